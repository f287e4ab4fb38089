//! The program of a run and the story of an optimization, by what a screen reader hears.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::common::{PATH, click, real_window, settle, small_store, wait, wait_for, window, window_saving};
use dspyglass::app::{Args, Viewer, ViewerOptions};
use dspyglass::model::{ArtifactOwner, Entry, RunId, RunValues, Shown};
use dspyglass::state::{Place, RunTab};
use egui::accesskit::Role;
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use serde_json::{Value, json};

const PROGRAM: &str = "experiment/1/run/child?tab=program";

/// The small store with a program of two predictors.
fn store_with_program() -> dspyglass::store::memory::MemoryStore {
    let store = small_store();
    let predictor = |instructions: &str, demos: Value| {
        let fields = json!([{"prefix": "Ticket:", "description": "${ticket}"}, {"prefix": "Queue:", "description": "where it goes"}]);
        json!({"traces": [], "train": [], "demos": demos, "lm": {"model": "m-1"},
               "signature": {"instructions": instructions, "fields": fields}})
    };
    let demos = json!([{"augmented": true, "ticket": "Where is my parcel?", "queue": "shipping"},
                       {"ticket": "My card was charged twice", "queue": "billing"}]);
    let state = json!({"plan": predictor("Make a plan.", json!([])),
                       "solve.predict": predictor("Route the ticket.\nOne word.", demos)});
    store.put_artifact(ArtifactOwner::Run("child".into()), "model.json", state.to_string().as_bytes());
    let trainset = json!({"columns": ["ticket", "queue"], "data": [
        ["Another one", "other"], ["My card was charged twice", "billing"], ["Where is my parcel?", "late"]]});
    store.put_artifact(ArtifactOwner::Run("parent".into()), "trainset.json", trainset.to_string().as_bytes());
    store
}

#[test]
fn a_program_is_read_from_top_to_bottom() {
    let mut harness = window(&store_with_program(), Some(PROGRAM), Some(PATH));
    wait_for(&mut harness, "Make a plan.");
    wait_for(&mut harness, "from model.json");
    wait_for(&mut harness, "This predictor has no demos");
    click(&mut harness, "solve.predict");
    settle(&mut harness);
    wait_for(&mut harness, "Route the ticket.");
    wait_for(&mut harness, "Field ticket");
    wait_for(&mut harness, "Demos · 1 bootstrapped, 1 labelled");
    wait_for(&mut harness, "Demo 1  bootstrapped");
    wait_for(&mut harness, "Demo 2  labelled, From trainset row 2");
    wait_for(&mut harness, "model: m-1");
    harness.get_by_role_and_label(Role::Table, "Demos");
    let second = |harness: &Harness<'_, Viewer>| {
        let rows = harness.query_all_by_role(Role::Row);
        rows.filter(|row| row.accesskit_node().label().is_some_and(|label| label.starts_with("Demo 2  "))).count()
    };
    assert_eq!(second(&harness), 1);
    harness.get_all_by_label_contains("Demo 2  labelled").next().expect("a row").click();
    harness.step();
    settle(&mut harness);
    wait_for(&mut harness, "Demo 2 · labelled · row 2 of trainset.json");
    assert!(harness.state().state().location().to_string().contains("item=solve.predict"));
}

#[test]
fn a_program_is_exported_as_it_is_stored() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = store_with_program();
    let mut harness = window_saving(&store, PROGRAM, folder.path());
    wait_for(&mut harness, "Make a plan.");
    click(&mut harness, "Export model.json…");
    let file = folder.path().join("model.json");
    wait(&mut harness, "the file", |_| file.exists());
    let written: Value = serde_json::from_slice(&std::fs::read(&file).expect("read")).expect("JSON");
    assert_eq!(written["plan"]["signature"]["instructions"], "Make a plan.");
}

#[test]
fn a_broken_file_is_said_and_params_stand_in() {
    let store = small_store();
    let id = RunId::from("child");
    let instructions =
        Entry { key: "Router.predict.signature.instructions".into(), value: Shown::Text("From the params.".into()) };
    store.put_values(&id, RunValues { params: vec![instructions], ..RunValues::default() });
    store.put_artifact(ArtifactOwner::Run(id), "model.json", b"{\"predict\": {\"demos\": [".as_slice());
    let mut harness = window(&store, Some(PROGRAM), Some(PATH));
    wait_for(&mut harness, "From the params.");
    wait_for(&mut harness, "model.json is no JSON: cut short, damaged or nested too deeply");
    wait_for(&mut harness, "Incomplete: params are cut at 6000 characters");
    wait_for(&mut harness, "from params");
    assert!(harness.query_by_label("Export model.json…").is_none());
}

#[test]
fn an_optimization_leads_to_its_candidates() {
    let mut harness = window(&store_with_program(), Some("experiment/1/run/parent"), Some(PATH));
    wait_for(&mut harness, "Score by evaluation");
    wait_for(&mut harness, "Candidate C1");
    wait_for(&mut harness, "best, inferred");
    harness.get_all_by_label_contains("Candidate C1").next().expect("a row").click();
    harness.step();
    settle(&mut harness);
    wait_for(&mut harness, "Make a plan.");
    let location = harness.state().state().location();
    let Place::Run { run, tab: Some(RunTab::Program { .. }), .. } = location else { panic!("{location}") };
    assert_eq!(run.as_str(), "child");
}

fn recorded(store: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/stores").join(store).join("mlflow.db")
}

/// What the terminal says in JSON.
fn told(args: &[&str], store: &Path) -> Value {
    let mut command = Command::new(env!("CARGO_BIN_EXE_dspyglass"));
    let output = command.arg(args[0]).arg(store).args(&args[1..]).arg("--json").output().expect("the program starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("JSON")
}

fn at(store: &Path, location: &str) -> Harness<'static, Viewer> {
    let args = Args { store: Some(store.to_owned()), at: Some(location.to_owned()), utc: true, ..Args::default() };
    real_window(ViewerOptions { args, ..ViewerOptions::default() })
}

#[test]
fn the_window_says_what_the_terminal_says() {
    for name in ["v3.17", "gepa-3.17", "copro-3.17"] {
        let store = recorded(name);
        let runs = told(&["runs"], &store);
        let runs = runs["runs"].as_array().expect("runs").clone();
        let parents: Vec<&str> = runs.iter().filter_map(|run| run["parent_id"].as_str()).collect();
        let parent =
            runs.iter().filter_map(|run| run["id"].as_str()).find(|id| parents.contains(id)).expect("a parent");
        let optimization = told(&["optimization", parent], &store);
        let mut harness = at(&store, &format!("run/{parent}?tab=optimization"));
        wait_for(&mut harness, "Score by evaluation");
        let optimizer = optimization["optimizer"]["name"].as_str().expect("a name");
        let reason = optimization["optimizer"]["reason"].as_str().expect("a reason");
        wait_for(&mut harness, &format!("{optimizer} inferred: {reason}"));
        let evaluations = optimization["evaluations"].as_array().expect("evaluations");
        wait_for(&mut harness, &format!("Score by evaluation, {} evaluations", evaluations.len()));
        let mut states: Vec<&str> = evaluations.iter().filter_map(|one| one["state_hash"].as_str()).collect();
        states.sort_unstable();
        states.dedup();
        wait_for(&mut harness, &format!("Candidate C{}", states.len()));
        assert!(harness.query_all_by_label_contains(&format!("Candidate C{}", states.len() + 1)).next().is_none());

        let child = evaluations[0]["run_id"].as_str().expect("an id");
        let program = told(&["program", child], &store);
        let mut harness = at(&store, &format!("run/{child}?tab=program"));
        let first = &program["predictors"][0];
        let instructions = first["instructions"].as_str().expect("instructions");
        wait_for(&mut harness, instructions.lines().next().expect("a line"));
        for field in first["fields"].as_array().expect("fields") {
            let known = |key: &str| field[key].as_str().unwrap_or("–").to_owned();
            let row = format!("Field {}, Direction {}, Type {}", known("name"), known("direction"), known("type"));
            wait_for(&mut harness, &row);
        }
        wait_for(&mut harness, &program["state_hash"].as_str().expect("a hash")[..10]);
    }
}

#[test]
fn what_is_guessed_or_inferred_is_heard_with_its_reason() {
    let mut harness = window(&store_with_program(), Some(PROGRAM), Some(PATH));
    wait_for(&mut harness, "Make a plan.");
    wait_for(&mut harness, "Field ticket (guessed), Direction");
    let cell = harness.get_all_by_role_and_label(Role::Cell, "ticket (guessed)").next().expect("a cell");
    let reason = cell.accesskit_node().description();
    assert!(reason.is_some_and(|reason| reason.starts_with("Guessed from the description")));

    // The evaluations of this optimization have no parent tag: their parent is inferred.
    let parent = "7b9bf2b833b7444bbb493e0f879490dc";
    let mut harness = at(&recorded("gepa-3.17"), &format!("run/{parent}?tab=optimization"));
    wait_for(&mut harness, "Score by evaluation");
    settle(&mut harness);
    let rows: Vec<String> =
        harness.query_all_by_role(Role::Row).filter_map(|row| row.accesskit_node().label()).collect();
    assert!(rows.iter().any(|row| row.starts_with("Candidate C2") && row.contains("no parent")), "{rows:?}");
    let marks = harness.query_all_by_role(Role::Cell).filter(|cell| {
        let node = cell.accesskit_node();
        node.label().is_some_and(|label| label.contains("no parent"))
            && node.description().is_some_and(|reason| reason.contains("It has no parent tag"))
    });
    assert!(marks.count() > 0);
}
