//! Whose a trace is and what was judged of it; lists of traces by session.

use crate::common::{NOW_MS, PATH, click, settle, wait, wait_for, window};
use dspyglass::model::{Assessment, Entry, Reveal, Session, Shown, SpanBody, SpanHead, Unmasked};
use dspyglass::store::memory::MemoryStore;
use egui::Key;
use egui::accesskit::Role;
use egui_kittest::kittest::{NodeT, Queryable};
use serde_json::json;

fn entry(key: &str, value: &str) -> Entry {
    Entry { key: key.into(), value: Shown::Text(value.into()) }
}

/// Five traces of three sessions and one of none; the newest is the last.
fn store() -> MemoryStore {
    let store = MemoryStore::new();
    store.add_experiment("1", "chat");
    let sessions = [
        ("first", Some("desk-7")),
        ("second", Some("visit-3")),
        ("third", Some(r#"["desk-7","turn-1"]"#)),
        ("alone", None),
        ("fifth", Some("visit-3")),
    ];
    for (at, (name, session)) in (0..).zip(sessions) {
        let mut head = MemoryStore::trace_head(&format!("tr-{name}"), "1", None, name, NOW_MS - 100_000 + at * 1_000);
        head.row.session = session.and_then(|text| Session::read(Unmasked::new(text.to_owned()), Reveal::Masked));
        head.metadata.push(entry("mlflow.trace.user", "ana@example.org"));
        head.metadata.push(entry("release", "1.4.2"));
        head.tags.push(entry("channel", "phone"));
        head.assessments.push(Assessment {
            source_type: "HUMAN".into(),
            source_id: Some("bo@example.org".into()),
            rationale: Some("The date is wrong".into()),
            ..MemoryStore::score("correct", json!(false))
        });
        let span = MemoryStore::span("a", None, name, 1, 2);
        store.put_trace(head, vec![(span, SpanBody::default())]);
    }
    store
}

/// What a screen reader hears of the rows of the list.
fn rows(harness: &egui_kittest::Harness<'_, dspyglass::app::Viewer>) -> Vec<String> {
    let rows = harness.query_all_by_role(Role::Row);
    rows.filter_map(|row| row.accesskit_node().label()).collect()
}

/// The place of the row that holds a text.
fn at(rows: &[String], text: &str) -> usize {
    rows.iter().position(|row| row.contains(text)).unwrap_or_else(|| panic!("{text} in {rows:?}"))
}

#[test]
fn traces_of_a_session_stand_together() {
    let mut harness = window(&store(), Some("experiment/1?tab=traces"), Some(PATH));
    wait_for(&mut harness, "fifth");
    settle(&mut harness);
    let flat = rows(&harness);
    assert!(at(&flat, "alone") < at(&flat, "third") && at(&flat, "third") < at(&flat, "second"), "{flat:?}");
    wait_for(&mut harness, "2 sessions");
    click(&mut harness, "By session");
    settle(&mut harness);
    let grouped = rows(&harness);
    let order = ["visit-3", "fifth", "second", "desk-7", "third", "first", "No session", "alone"];
    let places: Vec<usize> = order.iter().map(|text| at(&grouped, text)).collect();
    assert!(places.is_sorted(), "{grouped:?}");
    assert!(grouped[places[0]].contains("2 traces") && grouped[places[4]].contains("turn-1"), "{grouped:?}");

    // The head of a session folds, with the keyboard, too.
    harness.get_by_role_and_label(Role::Table, "Traces").focus();
    harness.step();
    harness.key_press(Key::Home);
    harness.step();
    harness.key_press(Key::ArrowLeft);
    harness.step();
    wait(&mut harness, "a folded session", |harness| !rows(harness).iter().any(|row| row.contains("fifth")));
    assert!(rows(&harness).iter().any(|row| row.contains("third")));
    harness.key_press(Key::ArrowRight);
    harness.step();
    wait(&mut harness, "an open session", |harness| rows(harness).iter().any(|row| row.contains("fifth")));
}

#[test]
fn lists_without_sessions_offer_nothing() {
    let store = MemoryStore::new();
    store.add_experiment("1", "plain");
    let head = MemoryStore::trace_head("tr-1", "1", None, "lonely", NOW_MS);
    store.put_trace(head, Vec::new());
    let mut harness = window(&store, Some("experiment/1?tab=traces"), Some(PATH));
    wait_for(&mut harness, "lonely");
    settle(&mut harness);
    assert!(harness.query_all_by_label("By session").next().is_none());
}

#[test]
fn a_trace_tells_whose_it_is_and_what_was_judged() {
    let mut harness = window(&store(), Some("experiment/1/trace/tr-third"), Some(PATH));
    wait_for(&mut harness, "Session desk-7, turn-1");
    wait_for(&mut harness, "ana@example.org (user)");
    click(&mut harness, "About");
    settle(&mut harness);
    for told in [
        "correct: false (feedback · HUMAN bo@example.org)",
        "The date is wrong",
        "channel: phone (tag)",
        "release: 1.4.2 (metadata)",
    ] {
        wait_for(&mut harness, told);
    }
    click(&mut harness, "Session desk-7, turn-1");
    settle(&mut harness);
    wait(&mut harness, "the list by session", |harness| rows(harness).iter().any(|row| row.contains("No session")));
}

#[test]
fn doubled_adapters_fold_and_a_fallback_and_a_missing_attachment_are_marked() {
    let store = MemoryStore::new();
    store.add_experiment("1", "chat");
    let start = NOW_MS * 1_000_000;
    let span = |id: &str, parent: Option<&str>, name: &str, kind: &str, at: i64| SpanHead {
        kind: kind.into(),
        ..MemoryStore::span(id, parent, name, start + at * 1_000_000, start + (at + 1) * 1_000_000)
    };
    let address = "mlflow-attachment://aaaa-1?content_type=image%2Fpng&trace_id=tr-f&size=78";
    let image = SpanBody { inputs: Some(json!({ "url": address })), ..SpanBody::default() };
    let spans = vec![
        (span("p", None, "Predict.forward", "LLM", 0), SpanBody::default()),
        (span("x1", Some("p"), "XMLAdapter.format", "PARSER", 1), SpanBody::default()),
        (span("x2", Some("x1"), "XMLAdapter.format", "PARSER", 2), SpanBody::default()),
        (span("m1", Some("p"), "LM.__call__", "CHAT_MODEL", 3), image),
        (span("j1", Some("p"), "JSONAdapter.format", "PARSER", 4), SpanBody::default()),
        (span("m2", Some("p"), "LM.__call__", "CHAT_MODEL", 5), SpanBody::default()),
    ];
    store.put_trace(MemoryStore::trace_head("tr-f", "1", None, "Predict.forward", NOW_MS), spans);
    let mut harness = window(&store, Some("experiment/1/trace/tr-f/span/m1"), Some(PATH));
    wait_for(&mut harness, "adapter fallback");
    wait_for(&mut harness, "1 attachment missing");
    wait_for(&mut harness, "Attachment missing (image/png): attachments/aaaa-1");
    settle(&mut harness);
    let tree = |harness: &egui_kittest::Harness<'_, dspyglass::app::Viewer>| -> Vec<String> {
        let rows = harness.query_all_by_role(Role::TreeItem).map(|row| row.accesskit_node());
        rows.map(|row| format!("{} {}", row.label().unwrap_or_default(), row.description().unwrap_or_default()))
            .collect()
    };
    let folded = tree(&harness);
    assert!(!folded.iter().any(|row| row.contains("Adapter")), "{folded:?}");
    assert!(folded.iter().any(|row| row.contains("LM.__call__") && row.contains("fallback")), "{folded:?}");
    click(&mut harness, "Adapters folded");
    settle(&mut harness);
    let shown = tree(&harness);
    let doubled: Vec<&String> = shown.iter().filter(|row| row.contains("XMLAdapter.format")).collect();
    assert!(doubled.len() == 1 && doubled[0].contains("×2"), "{shown:?}");
    wait_for(&mut harness, "5 of 6 spans shown, 1 doubled");
}
