//! The verdict on the page of an optimization, in the words of the terminal.

use std::path::Path;
use std::process::Command;

use crate::common::{click, real_window, settle, wait_for};
use dspyglass::app::{Args, ViewerOptions};
use egui_kittest::kittest::Queryable;
use serde_json::Value;

/// An optimization of the sample stores that has a verdict, and one whose seed is still the best.
const GEPA: (&str, &str) = ("gepa-3.17", "7b9bf2b833b7444bbb493e0f879490dc");
const COPRO: (&str, &str) = ("copro-3.17", "e43b6a64f365446a9c438d2e1c938daa");

fn told_by_the_terminal((store, parent): (&str, &str)) -> Value {
    let database = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/stores").join(store).join("mlflow.db");
    let output = Command::new(env!("CARGO_BIN_EXE_dspyglass"))
        .arg("optimization")
        .arg(database)
        .args([parent, "--json"])
        .output()
        .expect("the program starts");
    serde_json::from_slice(&output.stdout).expect("JSON")
}

fn window((store, parent): (&str, &str)) -> egui_kittest::Harness<'static, dspyglass::app::Viewer> {
    let database = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/stores").join(store).join("mlflow.db");
    let args = Args { store: Some(database), at: Some(format!("run/{parent}")), utc: true, ..Args::default() };
    let mut harness = real_window(ViewerOptions { args, ..ViewerOptions::default() });
    wait_for(&mut harness, "Score by evaluation");
    settle(&mut harness);
    harness
}

#[test]
fn window_and_terminal_give_the_same_verdict() {
    let told = told_by_the_terminal(GEPA);
    let text = told["verdict"]["text"].as_str().expect("a verdict").to_owned();
    let mut harness = window(GEPA);
    wait_for(&mut harness, &format!("{} fixed, {} broken", told["verdict"]["fixed"], told["verdict"]["broken"]));
    let (figures, judgement) = text.split_once(": ").expect("figures and what they mean");
    let changed = figures.split_once(", ").expect("the difference first").1;
    assert!(harness.query_by_label(changed).is_some(), "{changed}");
    assert!(harness.query_by_label(judgement).is_some(), "{judgement}");
    click(&mut harness, "Compare examples");
    settle(&mut harness);
    assert!(harness.state().state().location().to_string().contains("compare/"));
}

#[test]
fn without_a_verdict_nothing_is_claimed() {
    let told = told_by_the_terminal(COPRO);
    assert!(told["verdict"].is_null() && told["without_verdict"].is_string());
    let harness = window(COPRO);
    assert!(harness.query_by_label_contains("more than luck").is_none());
    assert!(harness.query_by_label_contains("on the data it was chosen by").is_some());
}
