//! The run doctor in the window: a line on the story, a tab with all findings in the terminal's words, and the way to
//! what shows each.

use std::path::Path;
use std::process::Command;

use crate::common::{PATH, click, real_window, settle, small_store, wait_for, window};
use dspyglass::app::{Args, Viewer, ViewerOptions};
use dspyglass::model::RunStatus;
use dspyglass::store::memory::MemoryStore;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use serde_json::Value;

/// An optimization by COPRO, of which there is more than one thing to say.
const STORE: &str = "copro-3.17";
const PARENT: &str = "e43b6a64f365446a9c438d2e1c938daa";

fn told_by_the_terminal() -> Value {
    let database = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/stores").join(STORE).join("mlflow.db");
    let output = Command::new(env!("CARGO_BIN_EXE_dspyglass"))
        .arg("doctor")
        .arg(database)
        .args([PARENT, "--json"])
        .output()
        .expect("the program starts");
    serde_json::from_slice(&output.stdout).expect("JSON")
}

fn opened(at: &str) -> Harness<'static, Viewer> {
    let database = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/stores").join(STORE).join("mlflow.db");
    let args = Args { store: Some(database), at: Some(at.to_owned()), utc: true, ..Args::default() };
    let mut harness = real_window(ViewerOptions { args, ..ViewerOptions::default() });
    settle(&mut harness);
    harness
}

#[test]
fn the_story_says_the_first_finding_and_leads_to_all_in_the_words_of_the_terminal() {
    let told = told_by_the_terminal();
    let findings = told["findings"].as_array().expect("a list");
    assert!(findings.len() >= 3, "{told}");
    let mut harness = opened(&format!("run/{PARENT}"));
    wait_for(&mut harness, "2 warnings, 1 note");
    let first = findings[0]["text"].as_str().expect("text");
    assert!(harness.query_by_label(first).is_some(), "{first}");
    click(&mut harness, "2 warnings, 1 note");
    settle(&mut harness);
    assert!(harness.state().state().location().to_string().ends_with("tab=doctor"));
    let heard = |harness: &Harness<'_, Viewer>, text: &str| harness.query_all_by_label(text).next().is_some();
    for finding in findings {
        for key in ["text", "advice"] {
            let text = finding[key].as_str().expect("text");
            assert!(heard(&harness, text), "{text}");
        }
        let rule = format!("Rule: {}", finding["fires"].as_str().expect("a rule"));
        assert!(heard(&harness, &rule), "{rule}");
        for evidence in finding["evidence"].as_array().expect("a list") {
            let what = evidence["what"].as_str().expect("words");
            assert!(harness.query_all_by_label_contains(what).next().is_some(), "{what}");
        }
    }
}

#[test]
fn evidence_is_one_click_away() {
    let told = told_by_the_terminal();
    for finding in told["findings"].as_array().expect("a list") {
        let evidence = &finding["evidence"][0];
        let mut harness = opened(&format!("run/{PARENT}?tab=doctor"));
        let what = evidence["what"].as_str().expect("words");
        wait_for(&mut harness, what);
        click(&mut harness, what);
        settle(&mut harness);
        let place = harness.state().state().location().to_string();
        let wanted = [&evidence["trace_id"], &evidence["artifact"], &evidence["run_id"]];
        let wanted = wanted.iter().find_map(|id| id.as_str()).expect("something to go to");
        assert!(place.contains(wanted), "{place} is not {wanted}");
    }
}

#[test]
fn an_optimization_that_runs_is_looked_into_only_in_its_tab() {
    let named_doctor = |status: RunStatus| {
        let store = small_store();
        let mut run = MemoryStore::run("parent", "1", "bold-finch-218", 1_000);
        run.status = status;
        store.put_run(run);
        let mut harness = window(&store, Some("experiment/1/run/parent"), Some(PATH));
        wait_for(&mut harness, "Score by evaluation");
        settle(&mut harness);
        let on_the_story = harness.query_all_by_label_contains("Doctor").count();
        let mut harness = window(&store, Some("experiment/1/run/parent?tab=doctor"), Some(PATH));
        wait_for(&mut harness, "1 trace looked into");
        on_the_story
    };
    // The tab alone, or the line, too.
    assert_eq!([RunStatus::Running, RunStatus::Finished].map(named_doctor), [1, 2]);
}
