//! Links to what is shown: copied, pasted wherever one may look for a store or a place, and what is said meanwhile.

use crate::common::{PATH, click, settle, small_store, type_into, wait, wait_for, window};
use dspyglass::app::Viewer;
use dspyglass::state::Action;
use dspyglass::store::memory::MemoryStore;
use dspyglass::store::{Store, StoreInfo};
use dspyglass::views::Command;
use egui::accesskit::Role;
use egui::{Key, Modifiers, OutputCommand};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};

/// A store that says where it is, as those on disk do.
fn store() -> MemoryStore {
    let store = small_store();
    store.set_info(StoreInfo { location: PATH.into(), ..store.info() });
    store
}

const PLACE: &str = "experiment/1/run/child?tab=traces";

fn copied(harness: &Harness<'_, Viewer>) -> Option<String> {
    harness.output().platform_output.commands.iter().find_map(|command| match command {
        OutputCommand::CopyText(text) => Some(text.clone()),
        _ => None,
    })
}

/// The link to what is shown, as its key copies it.
fn link(harness: &mut Harness<'_, Viewer>) -> String {
    let modifiers = Modifiers::COMMAND | Modifiers::SHIFT;
    let press = egui::Event::Key { key: Key::C, physical_key: None, pressed: true, repeat: false, modifiers };
    harness.event(press);
    harness.step();
    copied(harness).expect("a link")
}

fn says_copied(harness: &Harness<'_, Viewer>) -> bool {
    harness.query_by_role_and_label(Role::Status, "Copied").is_some()
}

fn location(harness: &Harness<'_, Viewer>) -> String {
    harness.state().state().location().to_string()
}

fn at(place: &str) -> Harness<'static, Viewer> {
    let mut harness = window(&store(), Some(place), Some(PATH));
    wait_for(&mut harness, "ticket-router");
    settle(&mut harness);
    harness
}

#[test]
fn a_link_holds_the_store_and_opens_it_wherever_it_is_pasted() {
    let text = link(&mut at(PLACE));
    assert_eq!(text, format!("dspyglass:{PLACE}&store={PATH}"));
    let is_there = |harness: &Harness<'_, Viewer>| location(harness) == format!("dspyglass:{PLACE}");

    // After --at, without any store beside it.
    let mut by_flag = window(&store(), Some(&text), None);
    wait(&mut by_flag, "the place", is_there);

    let mut by_field = window(&store(), None, None);
    settle(&mut by_field);
    type_into(&mut by_field, "Path of the store", &text);
    by_field.key_press(Key::Enter);
    by_field.step();
    wait(&mut by_field, "the place", is_there);

    for place in ["compare/parent/child", ""] {
        // Over another place of its store, and where no store is open.
        let mut by_palette = if place.is_empty() { window(&store(), None, None) } else { at(place) };
        settle(&mut by_palette);
        by_palette.key_press_modifiers(Modifiers::COMMAND, Key::K);
        by_palette.run_steps(2);
        by_palette.event(egui::Event::Paste(text.clone()));
        by_palette.run_steps(2);
        settle(&mut by_palette);
        by_palette.key_press(Key::Enter);
        by_palette.step();
        wait(&mut by_palette, "the place", is_there);
        assert!(by_palette.state().state().notices.is_empty());
    }
}

#[test]
fn whatever_is_copied_says_so_for_a_moment() {
    let mut harness = at("experiment/1/run/child");
    assert!(!says_copied(&harness));
    link(&mut harness);
    wait(&mut harness, "that it was copied", says_copied);
    wait(&mut harness, "that it goes by itself", |harness| !says_copied(harness));
    // By a button of the page.
    harness.state_mut().act(Action::Copy("child".to_owned()));
    wait(&mut harness, "that it was copied", says_copied);
    wait(&mut harness, "that it goes by itself", |harness| !says_copied(harness));
    // Out of a field, where nobody asks the window.
    type_into(&mut harness, "Filter runs", "bold");
    harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
    harness.step();
    harness.event(egui::Event::Copy);
    harness.step();
    assert_eq!(copied(&harness).as_deref(), Some("bold"));
    wait(&mut harness, "that it was copied", says_copied);
}

fn choose(harness: &mut Harness<'_, Viewer>, typed: &str) -> String {
    harness.key_press_modifiers(Modifiers::COMMAND, Key::K);
    harness.run_steps(3);
    harness.event(egui::Event::Text(typed.to_owned()));
    harness.run_steps(2);
    settle(harness);
    let name = harness
        .query_all_by_role(Role::ListItem)
        .find(|row| row.accesskit_node().is_selected() == Some(true))
        .and_then(|row| row.accesskit_node().label())
        .unwrap_or_default();
    // Without letting go of the key: only the frame of the press says what was copied.
    let (key, modifiers) = (Key::Enter, Modifiers::NONE);
    harness.event(egui::Event::Key { key, physical_key: None, pressed: true, repeat: false, modifiers });
    harness.step();
    name
}

#[test]
fn the_palette_finds_the_theme_every_tab_every_copy_and_the_buttons_of_the_page() {
    let mut harness = at("experiment/1/run/child");
    assert_eq!(choose(&mut harness, "theme"), Command::ToggleTheme.text());
    settle(&mut harness);
    assert_eq!(choose(&mut harness, "theme light"), "Light theme");
    settle(&mut harness);
    assert_eq!(harness.state().state().settings.theme, dspyglass::state::ThemeChoice::Light);
    assert_eq!(choose(&mut harness, "artifacts"), "Artifacts");
    settle(&mut harness);
    assert_eq!(location(&harness), "dspyglass:experiment/1/run/child?tab=artifacts");
    choose(&mut harness, "copy run name");
    assert_eq!(copied(&harness).as_deref(), Some("eval_full_0"));
    wait(&mut harness, "that it was copied", says_copied);
    choose(&mut harness, "copy path of");
    assert_eq!(copied(&harness).as_deref(), Some(PATH));

    // The buttons of another page: those of the last one are gone.
    harness.state_mut().act(Action::GoTo("experiment/1".to_owned()));
    settle(&mut harness);
    assert_eq!(choose(&mut harness, "columns"), "Columns…");
    wait(&mut harness, "the list of columns", |harness| {
        harness.query_by_role_and_label(Role::ListItem, "num_trials").is_some()
    });
    harness.key_press(Key::Escape);
    settle(&mut harness);
    assert_eq!(choose(&mut harness, "under parents"), "Under parents");
    settle(&mut harness);
    let table = harness.state().state().run_table(&"1".into()).cloned();
    assert!(table.is_some_and(|table| table.is_flat));
    click(&mut harness, "Under parents");
}
