//! Much of everything: long lists, large texts, small windows.

use crate::common::{NOW_MS, PATH, click, settle, small_store, tiny_trace, wait, wait_for, window};
use dspyglass::app::Viewer;
use dspyglass::model::SpanBody;
use dspyglass::state::Action;
use dspyglass::store::StoreError;
use dspyglass::store::memory::MemoryStore;
use egui::Key;
use egui::accesskit::Role;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use serde_json::json;

#[test]
fn a_hundred_thousand_traces_jump_to_the_end() {
    let store = MemoryStore::new();
    store.add_experiment("1", "many");
    for number in 0..100_000 {
        let (head, spans) = tiny_trace(number);
        store.put_trace(head, spans);
    }
    let mut harness = window(&store, Some("experiment/1?tab=traces"), Some(PATH));
    wait_for(&mut harness, "call 99999");
    settle(&mut harness);
    assert!(harness.query_all_by_label_contains("call 0").next().is_none());
    let rows_read = store.calls("trace_rows");
    harness.get_by_role_and_label(Role::Table, "Traces").focus();
    harness.step();
    harness.key_press(Key::End);
    harness.step();
    wait(&mut harness, "the oldest trace", |harness| {
        harness.query_all_by_role(Role::Row).any(|row| format!("{row:?}").contains("call 0"))
    });
    assert!(store.calls("trace_rows") - rows_read < 10, "only what is seen is read");
    wait_for(&mut harness, "100,000 traces");
}

#[test]
fn a_list_whose_length_is_not_known_says_so() {
    let store = MemoryStore::new();
    store.add_experiment("1", "many");
    store.put_run(MemoryStore::run("r", "1", "run", NOW_MS));
    for number in 0..40 {
        let (mut head, spans) = tiny_trace(number);
        head.row.run_id = Some("r".into());
        store.put_trace(head, spans);
    }
    store.serve_pages(15);
    // The second page does not come.
    let asked = std::sync::atomic::AtomicUsize::new(0);
    store.fail_with(move |call| {
        let is_late = call == "trace_page" && asked.fetch_add(1, std::sync::atomic::Ordering::Relaxed) > 0;
        is_late.then_some(StoreError::TooSlow)
    });
    let mut harness = window(&store, Some("experiment/1/run/r?tab=traces"), Some(PATH));
    wait_for(&mut harness, "call 39");
    wait_for(&mut harness, "at least 15 traces");
    wait_for(&mut harness, "The traces could not be read");
    store.recover();
    click(&mut harness, "Read again");
    wait_for(&mut harness, "40 traces");
    // A trace's place is known where the number of all is not.
    let mut harness = window(&store, Some("experiment/1/run/r/trace/tr-000020"), Some(PATH));
    wait_for(&mut harness, "20 of at least 21");
}

/// A run of so many traces, fifteen in a page.
fn in_pages(traces: usize) -> MemoryStore {
    let store = MemoryStore::new();
    store.add_experiment("1", "many");
    store.put_run(MemoryStore::run("r", "1", "run", NOW_MS));
    for number in 0..traces {
        put_in_run(&store, number);
    }
    store.serve_pages(15);
    store
}

fn put_in_run(store: &MemoryStore, number: usize) {
    let (mut head, spans) = tiny_trace(number);
    head.row.run_id = Some("r".into());
    store.put_trace(head, spans);
}

#[test]
fn a_list_in_pages_is_not_read_whole_for_its_number() {
    let store = in_pages(150);
    let mut harness = window(&store, Some("experiment/1/run/r?tab=metrics"), Some(PATH));
    wait_for(&mut harness, "Traces");
    settle(&mut harness);
    assert!(store.calls("trace_page") < 5, "{}", store.calls("trace_page"));
    harness.state_mut().act(Action::GoTo("experiment/1/run/r?tab=traces".to_owned()));
    wait_for(&mut harness, "150 traces");
    assert!(store.calls("trace_page") >= 10, "{}", store.calls("trace_page"));
}

#[test]
fn a_list_in_pages_stays_where_it_is_though_it_is_read_again() {
    let store = in_pages(150);
    let mut harness = window(&store, Some("experiment/1/run/r?tab=traces"), Some(PATH));
    wait_for(&mut harness, "150 traces");
    settle(&mut harness);
    harness.get_by_role_and_label(Role::Table, "Traces").focus();
    harness.step();
    harness.key_press(Key::End);
    harness.step();
    settle(&mut harness);
    let scroll = |harness: &Harness<'_, Viewer>| harness.state().state().scroll("traces").expect("scrolled");
    let left = scroll(&harness);
    assert!(left.row > 100, "{left:?}");
    let is_there = |harness: &Harness<'_, Viewer>| {
        harness.query_all_by_role(Role::Row).any(|row| format!("{row:?}").contains("call 3"))
    };
    // A newer trace begins every page elsewhere; it does not move what is looked at to the first one.
    put_in_run(&store, 150);
    harness.state_mut().act(Action::Refresh);
    wait_for(&mut harness, "151 traces");
    settle(&mut harness);
    assert_eq!(scroll(&harness), left);
    wait(&mut harness, "where it was", is_there);
    // Nothing that was read may be shown after this.
    harness.state_mut().act(Action::Reveal(true));
    settle(&mut harness);
    harness.state_mut().act(Action::Reveal(false));
    harness.step();
    wait_for(&mut harness, "151 traces");
    settle(&mut harness);
    assert_eq!(scroll(&harness), left);
    wait(&mut harness, "where it was", is_there);
}

#[test]
fn a_huge_text_is_shown_and_stays_within_its_panel() {
    let store = small_store();
    let head = MemoryStore::trace_head("tr-huge", "1", None, "Huge", NOW_MS);
    let text = "one line without an end ".repeat(200_000);
    let body = SpanBody { inputs: Some(json!({ "prompt": text })), ..SpanBody::default() };
    store.put_trace(head, vec![(MemoryStore::span("a", None, "Huge", 1, 2), body)]);
    let mut harness = window(&store, Some("trace/tr-huge"), Some(PATH));
    wait_for(&mut harness, "one line without an end");
    wait_for(&mut harness, "4.8 MB");
}

#[test]
fn every_place_draws_small_and_light_and_with_hostile_words() {
    let store = small_store();
    let hostile = "\u{202e}evil\u{0}\n\u{1b}[31m 佐藤 🧮 \u{202e}مرحبا".repeat(40);
    store.add_experiment("3", &hostile);
    store.put_run(MemoryStore::run("h", "3", &hostile, NOW_MS));
    let head = MemoryStore::trace_head("tr-h", "3", Some("h"), &hostile, NOW_MS);
    let span = MemoryStore::span("s", None, &hostile, i64::MIN, i64::MAX);
    let body = SpanBody { inputs: Some(json!({ hostile.as_str(): hostile })), ..SpanBody::default() };
    store.put_trace(head, vec![(span, body)]);
    for size in [[1600.0, 1000.0], [1100.0, 700.0], [800.0, 600.0]] {
        let mut harness = window(&store, None, Some(PATH));
        harness.set_size(size.into());
        wait_for(&mut harness, "ticket-router");
        for place in [
            "",
            "experiment/1",
            "experiment/1?tab=traces",
            "experiment/2",
            "experiment/2?tab=traces",
            "experiment/3",
            "experiment/3?tab=traces",
            "experiment/1/run/child",
            "experiment/1/run/child?tab=metrics",
            "experiment/1/run/child?tab=traces",
            "experiment/1/run/child?tab=artifacts&item=model.json",
            "experiment/1/run/parent?tab=metrics",
            "experiment/1/run/parent?tab=artifacts",
            "experiment/3/run/h",
            "experiment/3/run/h/trace/tr-h",
            "experiment/1/run/child/trace/tr-1/span/d?tab=events",
            "run/none",
        ] {
            harness.state_mut().act(Action::GoTo(place.to_owned()));
            settle(&mut harness);
        }
        harness.state_mut().act(Action::ShowKeys(true));
        harness.state_mut().act(Action::ShowWarnings(true));
        harness.state_mut().act(Action::Theme(dspyglass::state::ThemeChoice::Light));
        settle(&mut harness);
    }
}
