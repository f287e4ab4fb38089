//! How the window shares little room: the tree gives way, tabs go into a menu.

use crate::common::{PATH, click, settle, small_store, wait, wait_for, window, window_with};
use dspyglass::app::{Args, SettingsPlace, Viewer, ViewerOptions};
use dspyglass::model::ArtifactOwner;
use dspyglass::state::Action;
use dspyglass::store::memory::MemoryStore;
use egui::accesskit::Role;
use egui::{Key, Modifiers, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};

fn tree_is_shown(harness: &Harness<'_, Viewer>) -> bool {
    harness.query_by_role_and_label(Role::TextInput, "Filter runs").is_some()
}

fn press_toggle(harness: &mut Harness<'_, Viewer>) {
    harness.key_press_modifiers(Modifiers::COMMAND, Key::B);
    harness.step();
    settle(harness);
}

#[test]
fn the_tree_is_hidden_by_a_key_and_stays_hidden() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("settings.json");
    let open = || {
        let args = Args { at: Some("experiment/1".into()), store: Some(PATH.into()), ..Args::default() };
        let options = ViewerOptions { args, settings: SettingsPlace::at(&path), ..ViewerOptions::default() };
        window_with(&small_store(), options)
    };
    let mut harness = open();
    wait_for(&mut harness, "bold-finch-218");
    assert!(tree_is_shown(&harness));
    press_toggle(&mut harness);
    assert!(!tree_is_shown(&harness));
    // The place has the room of the tree.
    let left = harness.get_by_role_and_label(Role::Tab, "Runs").rect().left();
    assert!(left < 40.0, "{left}");
    wait(&mut harness, "settings on disk", |_| {
        std::fs::read_to_string(&path).is_ok_and(|text| text.contains("hides_tree"))
    });
    drop(harness);

    let mut harness = open();
    wait_for(&mut harness, "bold-finch-218");
    assert!(!tree_is_shown(&harness));
    // In a list of traces the key for filters leads to the tree: it comes back for that.
    harness.state_mut().act(Action::GoTo("trace/tr-1".to_owned()));
    settle(&mut harness);
    click(&mut harness, "Show or hide the tree");
    settle(&mut harness);
    assert!(tree_is_shown(&harness));
}

#[test]
fn the_tree_is_narrow_in_a_small_window_unless_it_was_set() {
    let mut harness = window(&small_store(), Some("experiment/1"), Some(PATH));
    for (width, most) in [(1600.0, 292.0), (1100.0, 292.0), (800.0, 224.0)] {
        harness.set_size(vec2(width, 700.0));
        settle(&mut harness);
        let border = harness.get_by_role_and_label(Role::Splitter, "Width of the tree").rect().center().x;
        assert!((border - most).abs() < 3.0, "{border} of {width}");
    }
    harness.state_mut().act(Action::TreeWidth(320.0));
    settle(&mut harness);
    let border = harness.get_by_role_and_label(Role::Splitter, "Width of the tree").rect().center().x;
    assert!((border - 320.0).abs() < 3.0, "{border}");
}

fn tabs(harness: &Harness<'_, Viewer>) -> Vec<(String, egui::Rect)> {
    let of_run = |tab: &egui_kittest::Node<'_>| {
        tab.accesskit_node().parent().is_some_and(|row| row.label().as_deref() == Some("Run"))
    };
    let tabs = harness.query_all_by_role(Role::Tab).filter(of_run);
    tabs.filter_map(|tab| Some((tab.accesskit_node().label()?, tab.rect()))).collect()
}

#[test]
fn tabs_without_room_are_in_a_menu_and_the_chosen_one_never_is() {
    let store: MemoryStore = small_store();
    store.put_artifact(ArtifactOwner::Run("parent".into()), "best_model.json", br#"{"predict": {"demos": []}}"#);
    let mut harness = window(&store, Some("experiment/1/run/parent"), Some(PATH));
    wait_for(&mut harness, "Artifacts");
    settle(&mut harness);
    let all: Vec<String> = tabs(&harness).into_iter().map(|(name, _)| name).collect();
    assert!(all.len() >= 6 && harness.query_by_label("More tabs").is_none(), "{all:?}");

    harness.set_size(vec2(800.0, 600.0));
    harness.state_mut().act(Action::TreeWidth(300.0));
    settle(&mut harness);
    let few = tabs(&harness);
    assert!(few.len() < all.len());
    // One row, and each as wide as its words: nothing is squeezed.
    let (first, last) = (few.first().expect("a tab").1, few.last().expect("a tab").1);
    assert_eq!(first.y_range(), last.y_range());
    let more = harness.get_by_role_and_label(Role::Button, "More tabs").rect();
    assert!(more.left() >= last.right() - 0.5 && more.right() <= 800.0, "{more:?}");

    let gone = all.last().expect("a tab").clone();
    assert!(!few.iter().any(|(name, _)| *name == gone), "{few:?}");
    click(&mut harness, "More tabs");
    harness.get_by_role_and_label(Role::MenuItem, &gone).click();
    harness.step();
    settle(&mut harness);
    let shown = tabs(&harness);
    assert!(shown.iter().any(|(name, _)| *name == gone), "{shown:?}");
    assert!(harness.state().state().location().to_string().ends_with("tab=artifacts"));
}
