//! Back and forward, addresses, the menu, and the whole way by keys alone.

use crate::common::{NOW_MS, PATH, click, settle, small_store, trace, wait, wait_for, window};
use dspyglass::app::Viewer;
use dspyglass::state::{Action, Place};
use dspyglass::store::memory::MemoryStore;
use dspyglass::views::Command;
use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};

fn location(harness: &Harness<'_, Viewer>) -> String {
    harness.state().state().location().to_string()
}

fn press(harness: &mut Harness<'_, Viewer>, key: Key) {
    harness.key_press(key);
    harness.step();
    settle(harness);
}

fn go(harness: &mut Harness<'_, Viewer>, place: &str) {
    harness.state_mut().act(Action::GoTo(place.to_owned()));
    settle(harness);
}

/// A store whose list of traces is longer than the window.
fn long_store() -> MemoryStore {
    let store = small_store();
    for number in 0..300 {
        let (mut head, spans) = trace(&format!("tr-long-{number:03}"), "child");
        head.row.name = format!("call {number}");
        head.row.start_time_ms = NOW_MS - 10_000_000 - number;
        store.put_trace(head, spans);
    }
    store
}

#[test]
fn back_returns_to_the_same_lines_and_the_same_row() {
    let mut harness = window(&long_store(), Some("experiment/1?tab=traces"), Some(PATH));
    wait_for(&mut harness, "call 3");
    harness.get_by_role_and_label(Role::Table, "Traces").focus();
    harness.step();
    for _ in 0..6 {
        harness.key_press(Key::PageDown);
        harness.step();
    }
    settle(&mut harness);
    let selected = |harness: &Harness<'_, Viewer>| -> Option<String> {
        harness
            .query_all_by_role(Role::Row)
            .find(|row| row.accesskit_node().is_selected() == Some(true))
            .and_then(|row| row.accesskit_node().label())
    };
    wait(&mut harness, "a selected line", |harness| selected(harness).is_some_and(|label| label.contains("call")));
    let (row, scroll) = (selected(&harness), harness.state().state().scroll("traces"));
    assert!(scroll.is_some_and(|scroll| scroll.row > 20), "{scroll:?}");
    press(&mut harness, Key::Enter);
    assert!(matches!(harness.state().state().location(), Place::Trace { .. }));
    // Another list of the same kind must not disturb it.
    go(&mut harness, "experiment/1/run/child?tab=traces");
    press(&mut harness, Key::Backspace);
    press(&mut harness, Key::Backspace);
    assert_eq!(location(&harness), "dspyglass:experiment/1?tab=traces");
    wait(&mut harness, "the same line", |harness| selected(harness) == row);
    assert_eq!(harness.state().state().scroll("traces"), scroll);
    // The keys go on from there.
    press(&mut harness, Key::ArrowDown);
    wait(&mut harness, "the next line", |harness| selected(harness).is_some_and(|now| Some(now) != row));
    harness.key_press_modifiers(Modifiers::ALT, Key::ArrowRight);
    harness.step();
    settle(&mut harness);
    assert!(matches!(harness.state().state().location(), Place::Trace { .. }));
}

#[test]
fn a_copied_address_opens_the_same_place() {
    let store = small_store();
    let mut harness = window(&store, None, Some(PATH));
    wait_for(&mut harness, "ticket-router");
    for place in [
        "",
        "experiment/1",
        "experiment/1?tab=traces",
        "experiment/1/run/child",
        "experiment/1/run/child?tab=metrics&item=eval",
        "experiment/1/run/child?tab=artifacts&item=model.json",
        "run/parent?tab=traces",
        "trace/tr-1",
        "experiment/1/run/child/trace/tr-1/span/d?tab=attributes",
    ] {
        go(&mut harness, place);
        let shown = harness.state().state().location().clone();
        // Without letting go of the key: only the frame of the press says what was copied.
        let modifiers = Modifiers::COMMAND | Modifiers::SHIFT;
        let press = egui::Event::Key { key: Key::C, physical_key: None, pressed: true, repeat: false, modifiers };
        harness.event(press);
        harness.step();
        let copied = harness.output().platform_output.commands.iter().find_map(|command| match command {
            egui::OutputCommand::CopyText(text) => Some(text.clone()),
            _ => None,
        });
        let copied = copied.unwrap_or_else(|| panic!("nothing was copied at {place}"));
        let mut other = window(&store, Some(&copied), Some(PATH));
        wait_for(&mut other, "ticket-router");
        settle(&mut other);
        assert_eq!(*other.state().state().location(), shown, "{copied}");
        assert!(other.state().state().notices.is_empty());
    }
}

#[test]
fn the_menu_has_every_command_and_runs_it() {
    let mut harness = window(&small_store(), Some("experiment/1"), Some(PATH));
    wait_for(&mut harness, "bold-finch-218");
    settle(&mut harness);
    click(&mut harness, "Menu");
    // Those of spans and labels are for the keys alone: their buttons stand on the page of a trace.
    let is_of_menu = |command: &Command| !matches!(command, Command::Spans(_) | Command::Labels(_));
    for command in Command::ALL.into_iter().filter(is_of_menu) {
        let is_there = |role| harness.query_by_role_and_label(role, command.text()).is_some();
        assert!(is_there(Role::MenuItem) || is_there(Role::MenuItemCheckBox), "{command:?}");
    }
    harness.get_by_role_and_label(Role::MenuItem, Command::ShowKeys.text()).click();
    harness.step();
    settle(&mut harness);
    for command in Command::ALL {
        wait_for(&mut harness, &format!("{}: ", command.text()));
    }
    press(&mut harness, Key::Escape);
    assert!(!harness.state().state().shows_keys);
}

#[test]
fn what_cannot_be_done_here_is_not_done() {
    let mut harness = window(&small_store(), None, None);
    settle(&mut harness);
    for command in [Command::CopyLink, Command::Reveal, Command::ForgetStore] {
        let shortcut = command.shortcuts()[0];
        harness.key_press_modifiers(shortcut.modifiers, shortcut.logical_key);
        harness.step();
    }
    let state = harness.state().state();
    assert!(!state.is_revealed && state.asks_to_forget.is_none());
}

/// Presses Tab until something of this role and label has the keyboard.
fn tab_to(harness: &mut Harness<'_, Viewer>, role: Role, label: &str) {
    for _ in 0..60 {
        let has_it = |harness: &Harness<'_, Viewer>| {
            harness.query_by_role_and_label(role, label).is_some_and(|node| node.accesskit_node().is_focused())
        };
        if has_it(harness) {
            return;
        }
        harness.key_press(Key::Tab);
        harness.step();
        harness.step();
    }
    panic!("{label} is not reached by Tab");
}

#[test]
fn from_the_welcome_page_to_a_span_by_keys_alone() {
    let mut harness = window(&small_store(), None, None);
    settle(&mut harness);
    // The path field has the keyboard from the start.
    harness.event(egui::Event::Text(PATH.to_owned()));
    harness.step();
    press(&mut harness, Key::Enter);
    wait_for(&mut harness, "ticket-router");
    settle(&mut harness);
    // So has the tree, now: down to the experiment, unfold it and its run, open the child.
    press(&mut harness, Key::ArrowDown);
    press(&mut harness, Key::Home);
    press(&mut harness, Key::ArrowRight);
    wait_for(&mut harness, "bold-finch-218");
    press(&mut harness, Key::ArrowDown);
    press(&mut harness, Key::ArrowRight);
    press(&mut harness, Key::ArrowDown);
    press(&mut harness, Key::Enter);
    assert_eq!(location(&harness), "dspyglass:experiment/1/run/child");
    tab_to(&mut harness, Role::Tab, "Overview");
    press(&mut harness, Key::ArrowRight);
    assert_eq!(location(&harness), "dspyglass:experiment/1/run/child?tab=program");
    press(&mut harness, Key::ArrowRight);
    press(&mut harness, Key::ArrowRight);
    assert_eq!(location(&harness), "dspyglass:experiment/1/run/child?tab=traces");
    wait_for(&mut harness, "ticket: Where is my parcel?");
    tab_to(&mut harness, Role::Table, "Traces");
    press(&mut harness, Key::ArrowDown);
    press(&mut harness, Key::Enter);
    wait_for(&mut harness, "LM.__call__");
    press(&mut harness, Key::ArrowDown);
    press(&mut harness, Key::ArrowDown);
    assert_eq!(location(&harness), "dspyglass:experiment/1/run/child/trace/tr-1/span/d");
    wait_for(&mut harness, "[[ ## ticket ## ]]");
    press(&mut harness, Key::Backspace);
    assert_eq!(location(&harness), "dspyglass:experiment/1/run/child?tab=traces");
    // And to what traces say; from elsewhere to the filter of the tree.
    press(&mut harness, Key::Slash);
    settle(&mut harness);
    assert!(location(&harness).contains("search"), "{}", location(&harness));
    press(&mut harness, Key::Escape);
    press(&mut harness, Key::Backspace);
    assert_eq!(location(&harness), "dspyglass:experiment/1/run/child?tab=traces");
    settle(&mut harness);
    tab_to(&mut harness, Role::Tab, "Traces");
    press(&mut harness, Key::ArrowLeft);
    press(&mut harness, Key::Slash);
    harness.step();
    assert!(harness.get_by_role_and_label(Role::TextInput, "Filter runs").accesskit_node().is_focused());
}

#[test]
fn in_a_small_window_the_details_are_a_tab() {
    let mut harness = window(&small_store(), Some("experiment/1/run/child/trace/tr-1/span/d"), Some(PATH));
    harness.set_size([800.0, 600.0].into());
    wait_for(&mut harness, "LM.__call__");
    settle(&mut harness);
    assert!(harness.query_all_by_label_contains("[[ ## ticket ## ]]").next().is_none());
    harness.get_by_role_and_label(Role::Tab, "Details").click();
    harness.step();
    wait_for(&mut harness, "[[ ## ticket ## ]]");
    harness.set_size([1600.0, 1000.0].into());
    settle(&mut harness);
    assert!(harness.query_by_role_and_label(Role::Tab, "Spans").is_none());
    wait_for(&mut harness, "LM.__call__");
}

#[test]
fn live_is_said_where_somebody_writes_and_only_there() {
    let store = small_store();
    let mut harness = window(&store, None, Some(PATH));
    wait_for(&mut harness, "ticket-router");
    settle(&mut harness);
    let is_live = |harness: &Harness<'_, Viewer>| harness.query_all_by_label("live").next().is_some();
    // Long enough to be looked at again: nobody writes.
    let end = std::time::Instant::now() + std::time::Duration::from_millis(2_500);
    while std::time::Instant::now() < end {
        harness.step();
        assert!(!is_live(&harness));
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    store.put_run(MemoryStore::run("new", "1", "just-written", NOW_MS));
    wait(&mut harness, "live", is_live);
}
