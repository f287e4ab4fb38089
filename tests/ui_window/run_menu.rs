//! What a run opens on, and what can be done with it from its row.

use crate::common::{NOW_MS, PATH, click, settle, wait, wait_for, window};
use crate::compare_examples::store;
use dspyglass::app::Viewer;
use dspyglass::model::{Entry, RunValues, Shown};
use dspyglass::state::{Action, Place};
use dspyglass::store::memory::MemoryStore;
use egui::Key;
use egui::accesskit::Role;
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};

fn at(store: &MemoryStore, place: &str, what: &str) -> Harness<'static, Viewer> {
    let mut harness = window(store, Some(place), Some(PATH));
    wait_for(&mut harness, what);
    settle(&mut harness);
    harness
}

fn compared(harness: &mut Harness<'_, Viewer>) -> Vec<String> {
    wait(harness, "a comparison", |harness| matches!(harness.state().state().location(), Place::Compare { .. }));
    match harness.state().state().location() {
        Place::Compare { runs, .. } => runs.iter().map(ToString::to_string).collect(),
        other => panic!("no comparison: {other}"),
    }
}

/// The text that the last frame put into the clipboard.
fn copied(harness: &Harness<'_, Viewer>) -> Option<String> {
    harness.output().platform_output.commands.iter().find_map(|command| match command {
        egui::OutputCommand::CopyText(text) => Some(text.clone()),
        _ => None,
    })
}

/// Opens the menu of a row, and chooses a line in it.
fn choose(harness: &mut Harness<'_, Viewer>, role: Role, part: &str, line: &str) {
    let row = harness.get_all_by_role(role).find(|row| {
        let node = row.accesskit_node();
        node.label().is_some_and(|label| label.contains(part))
    });
    row.unwrap_or_else(|| panic!("no row of {part}")).click_secondary();
    harness.step();
    harness.step();
    wait_for(harness, line);
    harness.get_by_role_and_label(Role::MenuItem, line).click();
    harness.step();
}

#[test]
fn the_key_compares_with_the_previous_different_program() {
    // `b` before `c` evaluated the same program.
    let mut harness = at(&store(), "experiment/1/run/c", "Compare…");
    harness.key_press(Key::D);
    assert_eq!(compared(&mut harness), ["a", "c"]);
    // Before an optimization stands what it was given.
    let mut harness = at(&store(), "experiment/1/run/p", "Compare…");
    harness.key_press(Key::D);
    assert_eq!(compared(&mut harness), ["a", "p"]);
    // Where there is none, that is said.
    let only = MemoryStore::new();
    only.add_experiment("1", "router");
    only.put_run(MemoryStore::run("p", "1", "calm-otter-77", NOW_MS - 90_000));
    for (id, minutes) in [("a", 1), ("b", 2)] {
        let mut run = MemoryStore::run(id, "1", &format!("eval_{id}"), NOW_MS - 80_000 + minutes);
        run.parent_id = Some("p".into());
        only.put_run(run);
        let state =
            r#"{"predict": {"demos": [], "signature": {"instructions": "Route it.", "fields": []}, "lm": null}}"#;
        only.put_artifact(dspyglass::model::ArtifactOwner::Run(id.into()), "model.json", state);
    }
    let mut harness = at(&only, "experiment/1/run/b", "Compare…");
    harness.key_press(Key::D);
    wait_for(&mut harness, "All evaluations of calm-otter-77 before this one are of the same program");
}

#[test]
fn rows_of_runs_have_a_menu() {
    let mut harness = at(&store(), "experiment/1/run/p", "Candidates");
    choose(&mut harness, Role::Row, "C2", "With the seed");
    assert_eq!(compared(&mut harness), ["a", "c"], "its best evaluation");
    // In the tree, wherever the window is.
    let mut harness = at(&store(), "experiment/1/run/p", "Candidates");
    harness.state_mut().act(Action::Unfold(dspyglass::state::TreeKey::Run("p".into()), true));
    settle(&mut harness);
    choose(&mut harness, Role::TreeItem, "eval_full_0", "With the winner");
    assert_eq!(compared(&mut harness), ["a", "c"].map(|id| if id == "c" { "b" } else { id }));
    let mut harness = at(&store(), "experiment/1", "4 runs");
    choose(&mut harness, Role::Row, "eval_full_2", "With the previous different program");
    assert_eq!(compared(&mut harness), ["a", "c"]);
    let mut harness = at(&store(), "experiment/1", "4 runs");
    choose(&mut harness, Role::Row, "bold-finch-218", "Copy run id");
    assert_eq!(copied(&harness).as_deref(), Some("p"));
    choose(&mut harness, Role::Row, "eval_full_1", "Copy link");
    assert_eq!(copied(&harness).map(|link| Place::parse(&link).0), Some(Place::of_run(Some("1".into()), "b".into())));
    choose(&mut harness, Role::Row, "eval_full_1", "Open its program");
    settle(&mut harness);
    assert_eq!(harness.state().state().location().to_string(), "dspyglass:experiment/1/run/b?tab=program");
    // An optimization is no evaluation of one.
    let mut harness = at(&store(), "experiment/1", "4 runs");
    harness
        .get_all_by_role(Role::Row)
        .find(|row| {
            let node = row.accesskit_node();
            node.label().is_some_and(|label| label.contains("bold-finch-218"))
        })
        .expect("its row")
        .click_secondary();
    wait_for(&mut harness, "With the seed");
    assert!(harness.query_by_label("With the winner").is_none());
    harness.key_press(Key::Escape);
    harness.step();
    harness.step();
    assert!(harness.query_by_label("With the seed").is_none(), "the menu is closed");
}

fn tab_shown(harness: &Harness<'_, Viewer>) -> Option<String> {
    let mut tabs = harness.query_all_by_role(Role::Tab).filter(|tab| tab.accesskit_node().is_selected() == Some(true));
    tabs.find_map(|tab| tab.accesskit_node().label())
}

#[test]
fn an_evaluation_opens_on_its_program_and_what_repeats_it_folds() {
    let store = store();
    let entry = |key: &str, value: &str| Entry { key: key.into(), value: Shown::Text(value.into()) };
    let params = vec![
        entry("Router.solve.signature.fields.0.prefix", "Ticket:"),
        entry("Router.solve.signature.instructions", "Route it."),
        entry("temperature", "0.7"),
    ];
    store.put_values(&"a".into(), RunValues { params, ..RunValues::default() });
    let mut harness = at(&store, "experiment/1/run/a", "Route it.");
    assert_eq!(tab_shown(&harness).as_deref(), Some("Program"));
    click(&mut harness, "Overview");
    wait_for(&mut harness, "2 params repeat the program");
    settle(&mut harness);
    let has_row = |harness: &Harness<'_, Viewer>, part: &str| {
        let mut rows = harness.query_all_by_role(Role::Row).filter_map(|row| row.accesskit_node().label());
        rows.any(|row| row.contains(part))
    };
    assert!(has_row(&harness, "temperature") && !has_row(&harness, "signature"));
    click(&mut harness, "2 params repeat the program");
    settle(&mut harness);
    assert!(has_row(&harness, "Router.solve.signature.instructions"));
    // An address of one of them opens it where it stands.
    let place = "experiment/1/run/a?tab=overview&item=param%2FRouter.solve.signature.instructions";
    let harness = at(&store, place, "Copy value");
    assert!(has_row(&harness, "Router.solve.signature.instructions"));
    // What is no child, or has no program, opens as before.
    let harness = at(&store, "experiment/1/run/p", "Candidates");
    assert_eq!(tab_shown(&harness).as_deref(), Some("Optimization"));
    let mut bare = MemoryStore::run("bare", "1", "eval_9", NOW_MS - 50_000);
    bare.parent_id = Some("p".into());
    store.put_run(bare);
    let mut harness = at(&store, "experiment/1/run/bare", "Compare…");
    settle(&mut harness);
    assert_eq!(tab_shown(&harness).as_deref(), Some("Overview"));
}
