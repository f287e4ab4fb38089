//! An evaluation by itself: its card, what it says of several scores, prompts that were tried, and two beside each other.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::common::{click, real_window, settle, wait_for};
use dspyglass::app::{Args, Viewer, ViewerOptions};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use serde_json::Value;

fn database(store: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/stores").join(store).join("mlflow.db")
}

fn window(store: &str, at: &str) -> Harness<'static, Viewer> {
    let args = Args { store: Some(database(store)), at: Some(at.to_owned()), utc: true, ..Args::default() };
    real_window(ViewerOptions { args, ..ViewerOptions::default() })
}

fn told_by_the_terminal(store: &str, command: &str, ids: &[&str]) -> Value {
    let mut program = Command::new(env!("CARGO_BIN_EXE_dspyglass"));
    let output =
        program.arg(command).arg(database(store)).args(ids).arg("--json").output().expect("the program starts");
    serde_json::from_slice(&output.stdout).expect("JSON")
}

#[test]
fn an_evaluation_has_its_score_with_an_interval_and_leads_to_its_examples() {
    let run = "a98f4396202d4d34a1d7b14b2d60ba60";
    let column = told_by_the_terminal("modern-3.18", "scores", &[run])["columns"][0].take();
    let mut harness = window("modern-3.18", &format!("run/{run}?tab=overview"));
    wait_for(&mut harness, "Evaluation");
    settle(&mut harness);
    assert!(harness.query_all_by_label("40.6").count() >= 2, "the score stands in the card, and among the metrics");
    let [low, high] = [0, 1].map(|at| column["interval"][at].as_f64().expect("an end"));
    let value = dspyglass::words::value;
    let interval = format!("[{}, {}]", value(low), value(high));
    assert!(harness.query_all_by_label(&interval).next().is_some(), "{interval}");
    for said in ["3 examples", "Right", "wording", "With feedback", "result_table.json"] {
        assert!(harness.query_all_by_label_contains(said).next().is_some(), "{said}");
    }
    let link = harness.query_all_by_role_and_label(egui::accesskit::Role::Link, "Examples").next().expect("a link");
    link.click();
    harness.step();
    settle(&mut harness);
    assert!(harness.state().state().location().to_string().contains("tab=examples"));
}

#[test]
fn scorers_and_prompts_are_told() {
    let mut harness = window("modern-3.18", "run/e3156679a2a948129fd15655138ff8a7?tab=overview");
    wait_for(&mut harness, "polite: yes counts as 1, no as 0");
    for said in ["3 scores", "label/match", "wording", "of which none is chosen"] {
        assert!(harness.query_all_by_label_contains(said).next().is_some(), "{said}");
    }
    let mut harness = window("modern-3.18", "run/4e1396bc8cf7432389b3bab76b1211ae?tab=overview");
    wait_for(&mut harness, "Prompts tried · 2");
    for said in ["given · 0.25", "1 · 0.5", "Sort the ticket of a bicycle shop", "Read carefully."] {
        assert!(harness.query_all_by_label_contains(said).next().is_some(), "{said}");
    }
}

#[test]
fn prompts_stand_beside_each_other_with_what_changed() {
    let run = "4e1396bc8cf7432389b3bab76b1211ae";
    let mut harness = window("modern-3.18", &format!("run/{run}?tab=examples&item=1&evaluation={run}/candidate_1"));
    wait_for(&mut harness, "What changed in the prompt");
    for said in ["Candidate 1", "Iteration 0", "fixed", "do not say which of its prompts"] {
        assert!(harness.query_all_by_label_contains(said).next().is_some(), "{said}");
    }
    click(&mut harness, "What changed in the prompt");
    wait_for(&mut harness, "instructions changed");
    let mut harness = window("modern-3.18", &format!("run/{run}?tab=overview"));
    wait_for(&mut harness, "Open the matrix");
    let verdict = "could be luck, about 20 more examples would settle it";
    assert!(harness.query_all_by_label_contains(verdict).next().is_some());
}

#[test]
fn the_score_that_is_chosen_holds_for_slices() {
    let mut harness = window("modern-3.18", "run/e3156679a2a948129fd15655138ff8a7?tab=slices");
    wait_for(&mut harness, "The examples have 3 scores, and none of them is known to be the evaluation's");
    click(&mut harness, "wording");
    wait_for(&mut harness, "Score: wording");
    wait_for(&mut harness, "What failures have in common");
    assert!(harness.query_all_by_label_contains("4 examples with a score").next().is_some());
}

#[test]
fn two_evaluations_have_the_verdict_of_the_terminal() {
    let parent = "7b9bf2b833b7444bbb493e0f879490dc";
    let optimization = told_by_the_terminal("gepa-3.17", "optimization", &[parent]);
    let [seed, winner] = ["seed_run", "winner_run"].map(|key| optimization["verdict"][key].as_str().expect("a run"));
    let verdict = told_by_the_terminal("gepa-3.17", "diff", &[seed, winner])["verdict"].take();
    let text = verdict["text"].as_str().expect("words");
    let (_, meaning) = text.split_once(": ").expect("figures and what they mean");
    let mut harness = window("gepa-3.17", &format!("compare/{seed}/{winner}"));
    wait_for(&mut harness, meaning);
    settle(&mut harness);
    let p = dspyglass::words::p_value(verdict["p"].as_f64().expect("p"));
    assert!(harness.query_all_by_label_contains(&format!("n = {}, {p}", verdict["n"])).next().is_some());
}
