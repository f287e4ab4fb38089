//! What a list of traces is filtered and sorted by: typed, by chips, by the titles of its columns; remembered.

use crate::common::{NOW_MS, PATH, click, settle, type_into, wait, wait_for, window, window_saving};
use dspyglass::app::Viewer;
use dspyglass::model::{Entry, Reveal, Session, Shown, SpanBody, Unmasked};
use dspyglass::state::Action;
use dspyglass::store::memory::MemoryStore;
use egui::accesskit::Role;
use egui::{Key, Modifiers, OutputCommand};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};

/// Four traces; the newest is the last.
fn store() -> MemoryStore {
    let store = MemoryStore::new();
    store.add_experiment("1", "desk");
    for (at, (name, status, took)) in
        (0..).zip([("amber", "OK", 300), ("birch", "ERROR", 100), ("cedar", "OK", 200), ("dogwood", "ERROR", 400)])
    {
        let mut head = MemoryStore::trace_head(&format!("tr-{name}"), "1", None, name, NOW_MS - 100_000 + at * 1_000);
        (head.row.status, head.row.duration_ms) = (status.to_owned(), Some(took));
        let span = MemoryStore::span("a", None, name, 1, 2);
        store.put_trace(head, vec![(span, SpanBody::default())]);
    }
    store
}

/// The names of the traces in their order.
fn listed(harness: &Harness<'_, Viewer>) -> Vec<&'static str> {
    let rows = harness.query_all_by_role(Role::Row).filter_map(|row| row.accesskit_node().label()).collect::<Vec<_>>();
    let name = |row: &String| ["amber", "birch", "cedar", "dogwood"].into_iter().find(|name| row.contains(name));
    rows.iter().filter_map(name).collect()
}

fn address(harness: &Harness<'_, Viewer>) -> String {
    harness.state().state().location().to_string()
}

#[test]
fn what_is_typed_selects_and_is_remembered() {
    let mut harness = window(&store(), Some("experiment/1?tab=traces"), Some(PATH));
    wait_for(&mut harness, "dogwood");
    assert_eq!(listed(&harness), ["dogwood", "cedar", "birch", "amber"]);
    harness.key_press(Key::F);
    harness.step();
    let field = harness.get_by_role_and_label(Role::TextInput, "Filter these traces");
    assert!(field.accesskit_node().is_focused());
    type_into(&mut harness, "Filter these traces", "latency_ms < 250");
    settle(&mut harness);
    wait_for(&mut harness, "2 of 4 traces");
    assert_eq!(listed(&harness), ["cedar", "birch"]);
    assert_eq!(address(&harness), "dspyglass:experiment/1?tab=traces&filter=latency_ms%20%3C%20250");

    // Who comes back, by the tab or by the history, finds what was typed.
    harness.state_mut().act(Action::GoTo("dspyglass:experiment/1".to_owned()));
    settle(&mut harness);
    harness.state_mut().act(Action::GoTo("dspyglass:experiment/1?tab=traces".to_owned()));
    settle(&mut harness);
    wait_for(&mut harness, "2 of 4 traces");
    assert_eq!(listed(&harness), ["cedar", "birch"]);
}

#[test]
fn a_chip_writes_into_the_line_and_takes_it_back() {
    let mut harness = window(&store(), Some("experiment/1?tab=traces&filter=latency_ms%20%3C%20250"), Some(PATH));
    wait_for(&mut harness, "2 of 4 traces");
    click(&mut harness, "Errors");
    settle(&mut harness);
    wait_for(&mut harness, "1 of 4 traces");
    assert_eq!(listed(&harness), ["birch"]);
    assert!(address(&harness).ends_with("%20and%20status%20%3D%20ERROR"), "{}", address(&harness));
    click(&mut harness, "Errors");
    settle(&mut harness);
    wait_for(&mut harness, "2 of 4 traces");
    assert_eq!(listed(&harness), ["cedar", "birch"]);
}

#[test]
fn sessions_have_chips_where_there_are_several() {
    let store = store();
    for (at, id) in (0..).zip(["calm", "calm", "a-session-with-quite-a-long-id"]) {
        let mut head = MemoryStore::trace_head(&format!("tr-{at}"), "1", None, "elm", NOW_MS - 50_000 + at);
        head.row.session = Session::read(Unmasked::new(id.to_owned()), Reveal::Masked);
        store.put_trace(head, vec![(MemoryStore::span("a", None, "elm", 1, 2), SpanBody::default())]);
    }
    let mut harness = window(&store, Some("experiment/1?tab=traces"), Some(PATH));
    wait_for(&mut harness, "Session calm");
    assert!(harness.query_by_label("Session a-sessio…-long-id").is_some());
    click(&mut harness, "Session calm");
    settle(&mut harness);
    wait_for(&mut harness, "2 of 7 traces");
    assert!(address(&harness).ends_with("&filter=session%20%3D%20%27calm%27"), "{}", address(&harness));
}

#[test]
fn the_column_of_the_order_stays_in_a_small_window() {
    for (sort, stays) in [("", false), ("&sort=latency_ms%3Adesc", true)] {
        let mut harness = window(&store(), Some(&format!("experiment/1?tab=traces{sort}")), Some(PATH));
        harness.set_size([560.0, 600.0].into());
        wait_for(&mut harness, "dogwood");
        settle(&mut harness);
        let title = harness.query_by_role_and_label(Role::ColumnHeader, "Duration").map(|title| title.rect());
        let is_there = title.is_some_and(|title| title.width() > 1.0 && title.right() <= 560.0);
        assert_eq!(is_there, stays, "{sort}: {title:?}");
    }
}

#[test]
fn an_order_stands_in_the_address_and_holds_with_a_filter() {
    let at = "experiment/1?tab=traces&filter=status%20%3D%20ok%20or%20name%20~%20birch&sort=latency_ms%3Adesc";
    let mut harness = window(&store(), Some(at), Some(PATH));
    wait_for(&mut harness, "3 of 4 traces");
    assert_eq!(listed(&harness), ["amber", "cedar", "birch"]);
}

#[test]
fn a_mistake_is_told_and_the_list_stays() {
    let mut harness = window(&store(), Some("experiment/1?tab=traces"), Some(PATH));
    wait_for(&mut harness, "dogwood");
    type_into(&mut harness, "Filter these traces", "status = ERROR and colour = red");
    settle(&mut harness);
    harness.key_press(Key::Escape);
    settle(&mut harness);
    wait_for(&mut harness, "Found `colour`, expected an attribute such as status");
    assert!(!listed(&harness).is_empty());
}

/// Clicks so far from the left of the row of a trace; long enough after the last click not to be a double click.
fn click_row(harness: &mut Harness<'_, Viewer>, name: &str, x: f32, modifiers: Modifiers) {
    std::thread::sleep(std::time::Duration::from_millis(400));
    let is_row = |row: &egui_kittest::Node<'_>| row.accesskit_node().label().is_some_and(|label| label.contains(name));
    let rect = harness.query_all_by_role(Role::Row).find(is_row).expect("a row").rect();
    let at = egui::pos2(rect.left() + x, rect.center().y);
    harness.event(egui::Event::PointerMoved(at));
    for pressed in [true, false] {
        let button = egui::PointerButton::Primary;
        harness.event_modifiers(egui::Event::PointerButton { pos: at, button, pressed, modifiers }, modifiers);
        harness.step();
    }
    settle(harness);
}

/// Where the boxes are, and where the names are.
const BOX: f32 = 18.0;
const NAME: f32 = 260.0;

fn copied(harness: &Harness<'_, Viewer>) -> Option<String> {
    harness.output().platform_output.commands.iter().find_map(|command| match command {
        OutputCommand::CopyText(text) => Some(text.clone()),
        _ => None,
    })
}

#[test]
fn several_are_selected_and_opened_as_a_list() {
    let mut harness = window(&store(), Some("experiment/1?tab=traces"), Some(PATH));
    wait_for(&mut harness, "dogwood");
    settle(&mut harness);
    assert!(harness.query_by_label_contains("selected ×").is_none());
    click_row(&mut harness, "dogwood", NAME, Modifiers::COMMAND);
    wait_for(&mut harness, "1 selected ×");
    click_row(&mut harness, "birch", NAME, Modifiers::SHIFT);
    wait_for(&mut harness, "3 selected ×");
    assert_eq!(address(&harness), "dspyglass:experiment/1?tab=traces", "what selects opens nothing");
    // The keyboard: to the last row, which is selected by Space, and no more by another one.
    harness.get_by_role_and_label(Role::Table, "Traces").focus();
    harness.step();
    harness.key_press(Key::End);
    harness.step();
    harness.step();
    wait_for(&mut harness, "3 selected ×");
    harness.key_press(Key::Space);
    harness.step();
    wait_for(&mut harness, "4 selected ×");
    harness.key_press(Key::Space);
    harness.step();
    wait_for(&mut harness, "3 selected ×");
    harness.key_press(Key::Escape);
    harness.step();
    wait(&mut harness, "none", |harness| harness.query_by_label_contains("selected ×").is_none());

    // Steps lead to rows as well.
    harness.key_press(Key::K);
    harness.run_steps(2);
    harness.key_press(Key::Space);
    harness.step();
    wait_for(&mut harness, "1 selected ×");
    click(&mut harness, "1 selected ×");

    click_row(&mut harness, "amber", BOX, Modifiers::NONE);
    click_row(&mut harness, "cedar", BOX, Modifiers::NONE);
    // What is selected stays so in another order.
    click(&mut harness, "Duration");
    settle(&mut harness);
    assert_eq!(listed(&harness), ["dogwood", "amber", "cedar", "birch"]);
    wait_for(&mut harness, "2 selected ×");
    click(&mut harness, "Open as list");
    settle(&mut harness);
    wait_for(&mut harness, "2 of 4 traces");
    assert_eq!(listed(&harness).len(), 2);
    assert!(listed(&harness).iter().all(|name| ["amber", "cedar"].contains(name)), "{:?}", listed(&harness));
    assert!(address(&harness).contains("&filter=id%20in%20%28%27tr-amber%27%2C%20%27tr-cedar%27%29"));
    assert!(harness.query_by_label_contains("selected ×").is_none());
    harness.state_mut().act(Action::Back);
    settle(&mut harness);
    wait(&mut harness, "all of them", |harness| listed(harness).len() == 4);
    assert_eq!(listed(&harness), ["dogwood", "amber", "cedar", "birch"]);
}

#[test]
fn what_is_selected_is_exported_and_its_ids_copied() {
    let store = store();
    let mut head = MemoryStore::trace_head("tr-elm", "1", None, "elm", NOW_MS - 50_000);
    let value = Shown::Text("sk-very-secret-0123456789abcdef".into());
    head.tags.push(Entry { key: "api_key".into(), value });
    store.put_trace(head, vec![(MemoryStore::span("a", None, "elm", 1, 2), SpanBody::default())]);
    let folder = tempfile::tempdir().expect("a folder");
    let mut harness = window_saving(&store, "experiment/1?tab=traces", folder.path());
    wait_for(&mut harness, "elm");
    settle(&mut harness);
    for name in ["amber", "elm"] {
        click_row(&mut harness, name, BOX, Modifiers::NONE);
    }
    wait_for(&mut harness, "2 selected ×");
    click(&mut harness, "Export…");
    click(&mut harness, "JSON of dspyglass");
    wait_for(&mut harness, "Saved as");
    let text = std::fs::read_to_string(folder.path().join("traces-selected.json")).expect("saved");
    let traces: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let ids: Vec<&str> = traces.as_array().expect("an array").iter().filter_map(|one| one["id"].as_str()).collect();
    assert_eq!(ids, ["tr-elm", "tr-amber"]);
    assert_eq!(traces[0]["tags"]["api_key"]["masked"], true);
    assert_eq!(traces[1]["duration_ms"], 300);
    assert_eq!(traces[1]["spans"][0]["name"], "amber");
    assert!(!text.contains("very-secret"));

    harness.get_by_label("Copy ids").click();
    let ids = (0..1_000).find_map(|_| {
        harness.step();
        std::thread::sleep(std::time::Duration::from_millis(2));
        copied(&harness)
    });
    assert_eq!(ids.as_deref(), Some("tr-elm\ntr-amber"));
    click(&mut harness, "2 selected ×");
    wait(&mut harness, "none", |harness| harness.query_by_label_contains("selected ×").is_none());
}

#[test]
fn the_key_for_comparing_says_how_many_traces_it_takes() {
    let mut harness = window(&store(), Some("experiment/1?tab=traces"), Some(PATH));
    wait_for(&mut harness, "cedar");
    settle(&mut harness);
    click_row(&mut harness, "amber", BOX, Modifiers::NONE);
    wait_for(&mut harness, "1 selected ×");
    harness.key_press(Key::D);
    wait_for(&mut harness, "2 to 12 traces can be compared");
    assert!(address(&harness).contains("tab=traces"), "{}", address(&harness));
}

#[test]
fn the_traces_beside_one_are_those_of_the_list_it_was_opened_from() {
    let at = "experiment/1?tab=traces&filter=latency_ms%20%3C%20350&sort=latency_ms%3Adesc";
    let mut harness = window(&store(), Some(at), Some(PATH));
    wait_for(&mut harness, "3 of 4 traces");
    assert_eq!(listed(&harness), ["amber", "cedar", "birch"]);
    click_row(&mut harness, "cedar", NAME, Modifiers::NONE);
    wait_for(&mut harness, "2 of 3");
    harness.key_press(Key::J);
    settle(&mut harness);
    wait_for(&mut harness, "3 of 3");
    assert_eq!(address(&harness), "dspyglass:experiment/1/trace/tr-birch");
    // There is none after the last one.
    harness.key_press(Key::J);
    settle(&mut harness);
    assert_eq!(address(&harness), "dspyglass:experiment/1/trace/tr-birch");
    for _ in 0..2 {
        harness.key_press(Key::K);
        settle(&mut harness);
    }
    wait_for(&mut harness, "1 of 3");
    assert_eq!(address(&harness), "dspyglass:experiment/1/trace/tr-amber");
    for _ in 0..3 {
        harness.state_mut().act(Action::Back);
    }
    settle(&mut harness);
    wait_for(&mut harness, "2 of 3");

    // Who comes by a link comes from no list.
    harness.state_mut().act(Action::GoTo("dspyglass:experiment/1/trace/tr-birch".to_owned()));
    settle(&mut harness);
    wait_for(&mut harness, "3 of 4");
}

#[test]
fn a_filtered_list_stands_by_session_too() {
    let store = MemoryStore::new();
    store.add_experiment("1", "desk");
    for (at, (name, session, status)) in (0..).zip([
        ("amber", Some("desk-7"), "ERROR"),
        ("birch", Some("visit-3"), "ERROR"),
        ("cedar", Some("desk-7"), "OK"),
        ("dogwood", None, "ERROR"),
    ]) {
        let mut head = MemoryStore::trace_head(&format!("tr-{name}"), "1", None, name, NOW_MS - 100_000 + at * 1_000);
        head.row.session = session.and_then(|text| Session::read(Unmasked::new(text.to_owned()), Reveal::Masked));
        head.row.status = status.to_owned();
        store.put_trace(head, vec![(MemoryStore::span("a", None, name, 1, 2), SpanBody::default())]);
    }
    let mut harness = window(&store, Some("experiment/1?tab=traces&filter=status%20%3D%20ERROR"), Some(PATH));
    wait_for(&mut harness, "3 of 4 traces");
    click(&mut harness, "By session");
    wait_for(&mut harness, "No session");
    let rows = harness.query_all_by_role(Role::Row).filter_map(|row| row.accesskit_node().label()).collect::<Vec<_>>();
    let order = ["visit-3", "birch", "desk-7", "amber", "No session", "dogwood"];
    let places: Vec<_> = order.iter().map(|name| rows.iter().position(|row| row.contains(name))).collect();
    assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{rows:?}");
    assert!(!rows.iter().any(|row| row.contains("cedar")), "{rows:?}");
}
