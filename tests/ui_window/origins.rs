//! From an instruction to the span that wrote it, and the page of a program.

use std::path::{Path, PathBuf};

use crate::common::{NOW_MS, PATH, click, real_window, settle, wait, wait_for, window};
use dspyglass::analysis::optimization::Optimizer;
use dspyglass::app::{Args, Viewer, ViewerOptions};
use dspyglass::model::{ArtifactOwner, MetricPoint, RunId};
use dspyglass::query::ask::Session;
use dspyglass::query::{self, Origin};
use dspyglass::state::{Action, CompareTab, Place};
use dspyglass::store::memory::MemoryStore;
use dspyglass::store::{OpenOptions, ReadCx, open};
use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use serde_json::{Value, json};

fn recorded(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/stores").join(name).join("mlflow.db")
}

fn at(store: &Path, location: &str) -> Harness<'static, Viewer> {
    let args = Args { store: Some(store.to_owned()), at: Some(location.to_owned()), utc: true, ..Args::default() };
    real_window(ViewerOptions { args, ..ViewerOptions::default() })
}

fn address(harness: &Harness<'_, Viewer>) -> String {
    harness.state().state().location().to_string()
}

/// The link that begins so.
fn follow(harness: &mut Harness<'_, Viewer>, text: &str) {
    wait_for(harness, text);
    harness
        .get_all_by_label_contains(text)
        .find(|node| node.accesskit_node().role() == Role::Link)
        .expect("a link")
        .click();
    harness.step();
    settle(harness);
}

#[test]
fn one_click_leads_from_an_instruction_to_the_span_that_wrote_it() {
    for (name, optimizer) in
        [("v3.17", Optimizer::MiproV2), ("gepa-3.17", Optimizer::Gepa), ("copro-3.17", Optimizer::Copro)]
    {
        let database = recorded(name);
        let mut store = open(&database, &OpenOptions::default()).expect("opened");
        let cx = ReadCx::new();
        let runs = query::run_table(&mut Session::alone(store.as_mut(), &cx), None, false).expect("runs").rows;
        let mut parents: Vec<RunId> = runs.iter().filter_map(|(run, _)| run.parent_id.clone()).collect();
        parents.dedup();
        let mut optimizations = parents
            .iter()
            .filter_map(|parent| query::optimization(&mut Session::alone(store.as_mut(), &cx), parent).expect("read"));
        let is_it = |one: &query::Optimization| one.optimizer.name == Some(optimizer) && one.winner.is_some();
        let found = optimizations.find(is_it).expect("an optimization");
        let (mut written, mut given) = (0, 0);
        for (evaluation, program) in found.evaluations.iter().zip(&found.programs) {
            let predictor = &program.as_ref().expect("a program").predictors[0];
            let told = query::provenance(
                &mut Session::alone(store.as_mut(), &cx),
                &found.run.id,
                &evaluation.run_id,
                &predictor.path,
            );
            let told = told.expect("read").expect("told");
            let mut harness = at(&database, &format!("run/{}?tab=program", evaluation.run_id));
            match told.origin {
                Origin::Writer(by) => {
                    written += 1;
                    follow(&mut harness, "Written by the proposer in ");
                    let location = harness.state().state().location().clone();
                    let Place::Trace { trace, span, .. } = location else { panic!("{name}: {location}") };
                    assert_eq!(trace, by.writer.trace, "{name}");
                    assert_eq!(span.map(|span| span.id), Some(by.writer.span_id.clone()), "{name}");
                    // What it wrote stands in its details.
                    let text = predictor.instructions.as_deref().expect("instructions");
                    let line = text.lines().map(str::trim).find(|line| !line.is_empty()).expect("a line");
                    let words: String = line.chars().take(30).collect();
                    wait_for(&mut harness, words.trim());
                }
                Origin::Program { .. } => {
                    given += 1;
                    wait_for(&mut harness, "Of the program that was given to the optimization");
                }
                Origin::Unknown => panic!("{name}: {} has an unknown origin", evaluation.name),
            }
        }
        assert!(written > 0 && given > 0, "{name}: {written} {given}");
    }
}

#[test]
fn the_winner_of_an_optimization_leads_there_too() {
    let database = recorded("gepa-3.17");
    let mut store = open(&database, &OpenOptions::default()).expect("opened");
    let runs = query::run_table(&mut Session::alone(store.as_mut(), &ReadCx::new()), None, false).expect("runs").rows;
    let parent = runs.iter().find_map(|(run, _)| run.parent_id.clone()).expect("a parent");
    for tab in ["optimization", "program"] {
        let mut harness = at(&database, &format!("run/{parent}?tab={tab}"));
        follow(&mut harness, "Written by the proposer in ");
        let location = harness.state().state().location();
        assert!(matches!(location, Place::Trace { run: Some(run), span: Some(_), .. } if *run == parent), "{location}");
    }
}

fn state(instructions: &str, demos: Value) -> String {
    let fields = json!([{"prefix": "Ticket:", "description": "${ticket}"}]);
    json!({"predict": {"traces": [], "train": [], "demos": demos, "lm": null,
           "signature": {"instructions": instructions, "fields": fields}}})
    .to_string()
}

/// An optimization of three evaluations, and a held-out one of its winner.
fn store() -> MemoryStore {
    let store = MemoryStore::new();
    store.add_experiment("1", "ticket-router");
    let table = |tickets: &[&str]| {
        let data: Vec<Value> = tickets.iter().map(|ticket| json!([ticket, true])).collect();
        json!({"columns": ["example_ticket", "score"], "data": data}).to_string().into_bytes()
    };
    let demos = json!([{"ticket": "t1", "augmented": true}]);
    let put = |id: &str, name: &str, parent: Option<&str>, minutes: i64, text: &str, tickets: &[&str]| {
        let mut run = MemoryStore::run(id, "1", name, NOW_MS - minutes * 60_000);
        run.parent_id = parent.map(RunId::from);
        run.end_time_ms = Some(NOW_MS - 1);
        store.put_run(run);
        let id = RunId::from(id);
        let point = MetricPoint { step: 0, timestamp_ms: NOW_MS, value: minutes as f64 };
        store.put_metric(&id, "eval", vec![point]);
        let demos = if text == "First." { json!([]) } else { demos.clone() };
        store.put_artifact(ArtifactOwner::Run(id.clone()), "model.json", state(text, demos).into_bytes());
        store.put_artifact(ArtifactOwner::Run(id), "result_table.json", table(tickets));
    };
    let mut parent = MemoryStore::run("p", "1", "bold-finch-218", NOW_MS - 100 * 60_000);
    parent.end_time_ms = Some(NOW_MS - 1);
    store.put_run(parent);
    put("a", "eval_full_0", Some("p"), 70, "First.", &["t1", "t2"]);
    put("b", "eval_full_1", Some("p"), 60, "Better.", &["t1", "t2"]);
    put("c", "eval_full_2", Some("p"), 40, "Worse.", &["t1", "t2"]);
    put("held", "held out: winner", None, 30, "Better.", &["h1", "h2", "h3"]);
    put("seen", "again", None, 20, "Better.", &["t1", "h2", "h3"]);
    let owner = ArtifactOwner::Run("p".into());
    store.put_artifact(owner.clone(), "best_model.json", state("Better.", demos.clone()).into_bytes());
    let data = json!({"columns": ["ticket"], "data": [["t1"], ["t3"]]}).to_string().into_bytes();
    store.put_artifact(owner.clone(), "trainset.json", data);
    let data = json!({"columns": ["ticket"], "data": [["t2"]]}).to_string().into_bytes();
    store.put_artifact(owner, "valset.json", data);
    store
}

#[test]
fn the_page_of_a_program_tells_its_evaluations_and_leads_to_them() {
    let mut harness = window(&store(), Some("experiment/1/run/b?tab=program"), Some(PATH));
    wait_for(&mut harness, "Better.");
    wait_for(&mut harness, "Who wrote it was not found");
    wait_for(&mut harness, "the optimization has no traces to look into");
    click(&mut harness, "Where it came from");
    wait_for(&mut harness, "Where it stands");
    settle(&mut harness);
    assert!(matches!(harness.state().state().location(), Place::ProgramHistory(_)));
    harness.get_by_role_and_label(Role::Heading, "Evaluations");
    let has = |harness: &Harness<'_, Viewer>, text: &str| harness.query_all_by_label_contains(text).next().is_some();
    assert!(has(&harness, "1 predictor · 1 demo, 1 of them in the trainset · 3 evaluations"));
    for said in [
        ["eval_full_1", "60", "2", "valset", "bold-finch-218"],
        ["held out: winner", "30", "3", "held out", "none"],
        ["again", "20", "3", "1 of 3 were in its trainset or valset", "none"],
    ] {
        let row = evaluation(&harness, said[0]);
        let row = row.accesskit_node().label().unwrap_or_default();
        assert!(said.iter().all(|text| row.contains(text)), "{row}: {said:?}");
    }
    assert!(has(&harness, "chose it as its best program"));
    let page = address(&harness);
    // Its evaluations lead to their runs, the optimization to its own.
    for (name, place) in [("held out: winner", "experiment/1/run/held"), ("bold-finch-218", "run/p")] {
        match harness.query_all_by_role_and_label(Role::Link, name).last() {
            Some(link) => link.click(),
            None => evaluation(&harness, name).click(),
        }
        harness.step();
        settle(&mut harness);
        assert_eq!(address(&harness), format!("dspyglass:{place}"));
        harness.state_mut().act(Action::Back);
        settle(&mut harness);
        assert_eq!(address(&harness), page);
    }
    // It stands for its first evaluation.
    harness.key_press(Key::D);
    wait(&mut harness, "a comparison", |harness| matches!(harness.state().state().location(), Place::Compare { .. }));
    // Nobody chose a tab: it opens on the first that has something.
    assert_eq!(address(&harness), "dspyglass:compare/a/b");
}

/// The row of an evaluation.
fn evaluation<'h>(harness: &'h Harness<'_, Viewer>, name: &str) -> egui_kittest::Node<'h> {
    let mut rows = harness.get_all_by_role(Role::Row);
    let is_it = |row: &egui_kittest::Node<'_>| row.accesskit_node().label().is_some_and(|it| it.contains(name));
    rows.find(is_it).expect("an evaluation")
}

/// The page of the program of a run, reached by its key.
fn page_of_held() -> Harness<'static, Viewer> {
    let mut harness = window(&store(), Some("experiment/1/run/held"), Some(PATH));
    wait_for(&mut harness, "Overview");
    settle(&mut harness);
    harness.key_press(Key::P);
    wait_for(&mut harness, "Where it stands");
    settle(&mut harness);
    harness
}

#[test]
fn a_key_and_the_palette_lead_to_the_page_of_a_program() {
    let mut harness = page_of_held();
    let page = address(&harness);
    assert!(page.starts_with("dspyglass:program/"), "{page}");
    // From the optimization it is the page of its best program: the same.
    harness.state_mut().act(Action::GoTo("experiment/1/run/p".into()));
    settle(&mut harness);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::K);
    harness.step();
    harness.step();
    harness.event(egui::Event::Text("program history".to_owned()));
    harness.step();
    let item = "Program history";
    wait(&mut harness, item, |harness| harness.query_by_role_and_label(Role::ListItem, item).is_some());
    settle(&mut harness);
    harness.key_press(Key::Enter);
    wait(&mut harness, "the page", |harness| address(harness) == page);
    // What has no program says so.
    let bare = store();
    bare.put_run(MemoryStore::run("bare", "1", "no program", NOW_MS - 60_000));
    let mut harness = window(&bare, Some("experiment/1/run/bare"), Some(PATH));
    wait_for(&mut harness, "Overview");
    settle(&mut harness);
    harness.key_press(Key::P);
    wait_for(&mut harness, "This run has no program");
    assert_eq!(address(&harness), "dspyglass:experiment/1/run/bare");
}

#[test]
fn links_of_a_page_are_reached_with_the_keyboard() {
    let mut harness = page_of_held();
    harness.get_by_role_and_label(Role::Table, "Evaluations").focus();
    harness.step();
    harness.key_press(Key::ArrowDown);
    harness.step();
    harness.key_press(Key::ArrowDown);
    harness.step();
    harness.key_press(Key::Enter);
    harness.step();
    settle(&mut harness);
    assert_eq!(address(&harness), "dspyglass:experiment/1/run/held");
}

#[test]
fn evaluations_that_are_not_listed_are_said() {
    let mut store = MemoryStore::new();
    store.add_experiment("1", "one");
    let state = json!({"p": {"demos": [], "signature": {"instructions": "Do", "fields": []}}}).to_string();
    for at in 0..203 {
        let run = MemoryStore::run(&format!("r{at}"), "1", "eval", NOW_MS - 1_000);
        store.put_artifact(ArtifactOwner::Run(run.id.clone()), "model.json", state.as_bytes());
        store.put_run(run);
    }
    let program = query::program(&mut Session::alone(&mut store, &ReadCx::new()), &RunId::from("r0"), false)
        .expect("read")
        .expect("there");
    let hash = program.state_hash.expect("a hash");
    let mut harness = window(&store, Some(&format!("program/{}", hash.as_str())), Some(PATH));
    wait_for(&mut harness, "The first 200 of 203 are listed");
}

#[test]
fn an_optimization_leads_to_what_changed_and_to_the_examples() {
    let database = recorded("gepa-3.17");
    let mut store = open(&database, &OpenOptions::default()).expect("opened");
    let cx = ReadCx::new();
    let runs = query::run_table(&mut Session::alone(store.as_mut(), &cx), None, false).expect("runs").rows;
    let parent = runs.iter().find_map(|(run, _)| run.parent_id.clone()).expect("a parent");
    let told =
        query::optimization(&mut Session::alone(store.as_mut(), &cx), &parent).expect("read").expect("an optimization");
    let (seed, winner) = (told.seed.expect("a seed"), told.winner.expect("a winner"));
    for (words, tab) in
        [("See what changed", CompareTab::Program), ("Compare examples", CompareTab::Examples { show: None })]
    {
        let mut harness = at(&database, &format!("run/{parent}?tab=optimization"));
        follow(&mut harness, words);
        let location = harness.state().state().location();
        // From the program that it was given to the one that it chose.
        let Place::Compare { runs, tab: shown, .. } = location else { panic!("{location}") };
        assert!(seed.run_ids.contains(&runs[0]) && winner.run_ids.contains(&runs[1]) && runs.len() == 2);
        assert_eq!(*shown, Some(tab));
    }
}

#[test]
fn the_keyboard_goes_on_in_the_table_of_the_place() {
    let mut harness = window(&store(), Some("experiment/1/run/p"), Some(PATH));
    wait_for(&mut harness, "Score by evaluation");
    settle(&mut harness);
    let press = |harness: &mut Harness<'_, Viewer>, key: Key| {
        harness.key_press(key);
        harness.run_steps(3);
        settle(harness);
    };
    let has_keys = |harness: &Harness<'_, Viewer>, table: &str| {
        // Where a row is selected it is that row.
        let node = harness.get_by_role_and_label(Role::Table, table).accesskit_node();
        node.is_focused() || node.children().any(|row| row.is_focused())
    };
    let title = harness.get_by_role_and_label(Role::ColumnHeader, "n");
    assert!(title.accesskit_node().data().description().is_some_and(|text| text.contains("how many examples")));
    press(&mut harness, Key::ArrowDown);
    assert!(has_keys(&harness, "Candidates"));
    // The winner is told beside the table and selected in it: from there the keys move.
    press(&mut harness, Key::ArrowUp);
    press(&mut harness, Key::ArrowDown);
    press(&mut harness, Key::Enter);
    assert_eq!(address(&harness), "dspyglass:experiment/1/run/b?tab=program");
    // Who comes back stands on the same row.
    harness.state_mut().act(Action::Back);
    harness.run_steps(3);
    settle(&mut harness);
    press(&mut harness, Key::ArrowUp);
    press(&mut harness, Key::Enter);
    assert_eq!(address(&harness), "dspyglass:experiment/1/run/a?tab=program");
    harness.state_mut().act(Action::Go(Place::of_experiment("1".into())));
    settle(&mut harness);
    wait_for(&mut harness, "Runs");
    press(&mut harness, Key::ArrowDown);
    assert!(has_keys(&harness, "Runs"));
}

#[test]
fn the_page_of_a_program_shows_its_demos_and_what_can_be_done_with_it() {
    let mut harness = window(&store(), Some("experiment/1/run/b?tab=program"), Some(PATH));
    wait_for(&mut harness, "Better.");
    click(&mut harness, "Where it came from");
    wait_for(&mut harness, "Where it stands");
    wait(&mut harness, "demos", |harness| harness.query_by_role_and_label(Role::Table, "Demos").is_some());
    settle(&mut harness);
    assert!(harness.query_by_label("Copy demo").is_none(), "a demo is read whole when it is chosen");
    let mut cells = harness.query_all_by_role(Role::Cell);
    let is_it = |cell: &egui_kittest::Node<'_>| cell.accesskit_node().label().is_some_and(|it| it.starts_with("1  "));
    cells.find(is_it).expect("its demo").click();
    drop(cells);
    harness.step();
    wait_for(&mut harness, "Copy demo");
    assert!(harness.query_all_by_label_contains("Demos · 1 ").next().is_some());
    assert!(harness.query_all_by_label_contains("of trainset.json").next().is_some(), "where its demo came from");
    harness.get_by_role_and_label(Role::Button, "Copy Python that loads this program").click();
    harness.step();
    let copied = harness.output().platform_output.commands.iter().find_map(|command| match command {
        egui::OutputCommand::CopyText(text) => Some(text.clone()),
        _ => None,
    });
    let copied = copied.expect("copied");
    assert!(copied.contains("program.load(") && copied.contains("model.json"), "{copied}");
    click(&mut harness, "Compare…");
    harness.step();
    click(&mut harness, "With the previous different program");
    wait(&mut harness, "a comparison", |harness| matches!(harness.state().state().location(), Place::Compare { .. }));
    assert_eq!(address(&harness), "dspyglass:compare/a/b");
}
