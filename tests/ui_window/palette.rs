//! The palette in the window.

use crate::common::{PATH, settle, small_store, wait, wait_for, window};
use dspyglass::app::Viewer;
use dspyglass::state::{Action, Place, ThemeChoice};
use dspyglass::store::memory::MemoryStore;
use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};

const LABEL: &str = "Search or run a command";

fn opened(at: Option<&str>, path: Option<&str>, store: &MemoryStore) -> Harness<'static, Viewer> {
    let mut harness = window(store, at, path);
    settle(&mut harness);
    open(&mut harness);
    harness
}

fn open(harness: &mut Harness<'_, Viewer>) {
    harness.key_press_modifiers(Modifiers::COMMAND, Key::K);
    harness.step();
    harness.step();
    assert!(harness.query_by_role_and_label(Role::TextInput, LABEL).is_some());
}

fn type_and_choose(harness: &mut Harness<'_, Viewer>, text: &str, item: &str) {
    harness.event(egui::Event::Text(text.to_owned()));
    harness.step();
    wait(harness, item, |harness| harness.query_by_role_and_label(Role::ListItem, item).is_some());
    settle(harness);
    harness.key_press(Key::Enter);
    harness.step();
    settle(harness);
    assert!(!harness.state().state().shows_palette);
}

fn location(harness: &Harness<'_, Viewer>) -> String {
    harness.state().state().location().to_string()
}

#[test]
fn runs_are_found_in_experiments_that_were_never_looked_at() {
    let store = small_store();
    let mut harness = opened(None, Some(PATH), &store);
    type_and_choose(&mut harness, "eval_full", "eval_full_0");
    assert_eq!(location(&harness), "dspyglass:experiment/1/run/child");
    // The keyboard is not lost: the letters are commands again.
    open(&mut harness);
    type_and_choose(&mut harness, "parent", "bold-finch-218");
    assert_eq!(location(&harness), "dspyglass:experiment/1/run/parent");
    open(&mut harness);
    type_and_choose(&mut harness, "empty", "empty-one");
    assert_eq!(location(&harness), "dspyglass:experiment/2");
    // Where one was before stands first.
    open(&mut harness);
    settle(&mut harness);
    wait_for(&mut harness, "Recent places");
    harness.key_press(Key::Enter);
    harness.step();
    settle(&mut harness);
    assert_eq!(location(&harness), "dspyglass:experiment/1/run/parent");
}

#[test]
fn traces_are_found_by_the_beginning_of_their_id() {
    let mut harness = opened(None, Some(PATH), &small_store());
    type_and_choose(&mut harness, "tr-1", "tr-1");
    assert!(matches!(harness.state().state().location(), Place::Trace { trace, .. } if trace.as_str() == "tr-1"));
    wait_for(&mut harness, "LM.__call__");
}

#[test]
fn commands_run_from_it_and_escape_only_closes_it() {
    let mut harness = opened(Some("experiment/1"), Some(PATH), &small_store());
    type_and_choose(&mut harness, "dark or", "Theme: dark or light");
    assert_ne!(harness.state().state().settings.theme, ThemeChoice::System);
    open(&mut harness);
    harness.event(egui::Event::Text("j".to_owned()));
    harness.key_press(Key::J);
    harness.step();
    harness.key_press(Key::Escape);
    harness.step();
    settle(&mut harness);
    assert!(!harness.state().state().shows_palette);
    assert_eq!(location(&harness), "dspyglass:experiment/1");
}

#[test]
fn without_a_store_it_has_commands_and_says_why_no_more() {
    let mut harness = opened(None, None, &small_store());
    wait_for(&mut harness, "Open store…");
    assert!(harness.query_by_role_and_label(Role::ListItem, "Copy link to this view").is_none());
}

#[test]
fn many_runs_are_searched_beside_the_window() {
    let store = MemoryStore::new();
    for experiment in 0..40 {
        store.add_experiment(&experiment.to_string(), &format!("experiment {experiment}"));
        for run in 0..100 {
            let id = format!("{experiment:02}{run:03}");
            store.put_run(MemoryStore::run(&id, &experiment.to_string(), &format!("run_{experiment}_{run}"), run));
        }
    }
    let mut harness = opened(None, Some(PATH), &store);
    wait_for(&mut harness, "experiment 3");
    type_and_choose(&mut harness, "run_39_77", "run_39_77");
    assert_eq!(location(&harness), "dspyglass:experiment/39/run/39077");
    harness.state_mut().act(Action::Back);
    settle(&mut harness);
}

#[test]
fn the_ways_in_which_a_span_can_be_read_are_offered_as_its_panel_has_them() {
    let mut harness = opened(Some("experiment/1/run/child/trace/tr-1"), Some(PATH), &small_store());
    harness.event(egui::Event::Text("of this page".to_owned()));
    harness.step();
    settle(&mut harness);
    for gone in ["Inputs", "Outputs"] {
        assert!(harness.query_by_role_and_label(Role::ListItem, gone).is_none(), "{gone}");
    }
    harness.key_press(Key::Escape);
    settle(&mut harness);
    let selected = |harness: &Harness<'_, Viewer>, name: &str| {
        let tab =
            harness.query_all_by_role(Role::Tab).find(|tab| tab.accesskit_node().label().as_deref() == Some(name));
        tab.is_some_and(|tab| tab.accesskit_node().is_selected() == Some(true))
    };
    for way in ["Raw", "Fields", "Events"] {
        open(&mut harness);
        type_and_choose(&mut harness, way, way);
        wait(&mut harness, way, |harness| selected(harness, way));
    }
}
