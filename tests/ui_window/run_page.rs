//! A run's page: its facts and links, a long value read whole, its note, its children.

use crate::common::{NOW_MS, PATH, click, settle, small_store, type_into, wait, wait_for, window};
use dspyglass::app::Viewer;
use dspyglass::model::{Entry, RunId, RunValues, Shown};
use dspyglass::state::{Place, RunTab};
use dspyglass::store::memory::MemoryStore;
use egui::accesskit::Role;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;

fn entry(key: &str, value: &str) -> Entry {
    Entry { key: key.into(), value: Shown::Text(value.into()) }
}

fn store() -> MemoryStore {
    let store = small_store();
    let instructions = format!("Route the ticket.\n{}\nThe last line of all", "Read it twice. ".repeat(200));
    store.put_values(
        &RunId::from("child"),
        RunValues {
            params: vec![entry("lm_params", r#"{"model": "gpt-4o-mini"}"#), entry("solve.instructions", &instructions)],
            tags: vec![
                entry(
                    "mlflow.note.content",
                    "# Findings\n\nSee [the paper](https://example.org/paper) ![x](http://evil/x.png)",
                ),
                entry("mlflow.source.name", "train.py"),
                entry("team", "support"),
            ],
            ..RunValues::default()
        },
    );
    let mut orphan = MemoryStore::run("orphan", "1", "eval_full_9", NOW_MS - 400_000);
    orphan.parent_id = Some(RunId::from("gone"));
    store.put_run(orphan);
    store
}

/// The value that is read whole.
fn opened(harness: &Harness<'_, Viewer>) -> Option<String> {
    match harness.state().state().location() {
        Place::Run { tab: Some(RunTab::Overview { value }), .. } => value.clone(),
        other => panic!("no overview: {other}"),
    }
}

#[test]
fn a_long_value_is_read_whole_and_searched() {
    let mut harness = window(&store(), Some("experiment/1/run/child?tab=overview"), Some(PATH));
    wait_for(&mut harness, "solve.instructions");
    settle(&mut harness);
    let row = harness.get_all_by_role(Role::Row).find(|row| {
        use egui_kittest::kittest::NodeT;
        row.accesskit_node().label().is_some_and(|label| label.contains("solve.instructions"))
    });
    row.expect("the param's row").click();
    harness.step();
    settle(&mut harness);
    assert_eq!(opened(&harness).as_deref(), Some("param/solve.instructions"));
    wait_for(&mut harness, "Copy value");
    type_into(&mut harness, "Find in this value", "LAST LINE");
    wait_for(&mut harness, "1 of 1");
    wait_for(&mut harness, "The last line of all");
    click(&mut harness, "Close value");
    settle(&mut harness);
    assert_eq!(opened(&harness), None);
}

#[test]
fn the_note_is_markdown_and_its_links_ask_first() {
    let mut harness = window(&store(), Some("experiment/1/run/child?tab=overview"), Some(PATH));
    wait_for(&mut harness, "Findings");
    settle(&mut harness);
    assert!(harness.query_by_label("Findings").is_some(), "rendered, not raw");
    harness.get_by_role_and_label(Role::Link, "the paper").click();
    harness.step();
    settle(&mut harness);
    wait_for(&mut harness, "Open https://example.org/paper in the browser?");
    click(&mut harness, "Dismiss");
    settle(&mut harness);
    wait(&mut harness, "no question", |harness| harness.query_by_label("Dismiss").is_none());
}

#[test]
fn parents_and_children_lead_to_each_other() {
    let mut harness = window(&store(), Some("experiment/1/run/parent?tab=overview"), Some(PATH));
    wait_for(&mut harness, "Children");
    settle(&mut harness);
    let child = harness.get_all_by_role(Role::ListItem).find(|row| {
        use egui_kittest::kittest::NodeT;
        row.accesskit_node().label().is_some_and(|label| label == "eval_full_0")
    });
    child.expect("the child's row").click();
    harness.step();
    settle(&mut harness);
    assert!(matches!(harness.state().state().location(), Place::Run { run, .. } if run.as_str() == "child"));
    click(&mut harness, "Overview");
    click(&mut harness, "Parent: bold-finch-218");
    settle(&mut harness);
    assert!(matches!(harness.state().state().location(), Place::Run { run, .. } if run.as_str() == "parent"));
}

#[test]
fn a_parent_that_is_missing_is_said() {
    let mut harness = window(&store(), Some("experiment/1/run/orphan"), Some(PATH));
    wait_for(&mut harness, "parent missing");
    wait_for(&mut harness, "Parent: gone");
}
