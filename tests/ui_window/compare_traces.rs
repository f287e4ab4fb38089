//! Traces beside each other: how one gets there, what is marked, what differs in a span, where keys lead.

use crate::common::{NOW_MS, PATH, click, settle, small_store, trace, wait, wait_for, window};
use dspyglass::app::Viewer;
use dspyglass::model::{SpanBody, SpanHead};
use dspyglass::state::{ComparedRow, ComparedTraces, Place};
use dspyglass::store::memory::MemoryStore;
use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use serde_json::{Value, json};

const PROMPT: &str = "Your input fields are:\n1. `ticket` (str):\nYour output fields are:\n1. `queue` (str):\nAll \
    interactions will be structured in the following way, with the appropriate values filled in.\n\n\
    [[ ## ticket ## ]]\n{ticket}\n\n[[ ## queue ## ]]\n{queue}\n\n[[ ## completed ## ]]\nIn adhering to this \
    structure, your objective is: \n        ";

/// A call of the program with these instructions, which gave this answer; `more` stands before its last span.
fn put(store: &MemoryStore, id: &str, instructions: &str, answer: &str, ms: i64, more: Option<(SpanHead, SpanBody)>) {
    let (mut head, mut spans) = trace(id, "child");
    head.row.start_time_ms = NOW_MS - 400_000 + ms;
    let asked = "[[ ## ticket ## ]]\nWhere is my parcel?";
    for (span, body) in &mut spans {
        if span.kind == "CHAT_MODEL" {
            let system = format!("{PROMPT}{instructions}");
            let messages = json!([{"role": "system", "content": system}, {"role": "user", "content": asked}]);
            body.inputs = Some(json!({ "messages": messages }));
            body.outputs = Some(json!([format!("[[ ## queue ## ]]\n{answer}")]));
            span.end_ns = span.end_ns.map(|end| end + ms * 1_000_000);
        } else if span.kind != "PARSER" {
            body.outputs = Some(json!({ "queue": answer }));
        }
    }
    if let Some(more) = more {
        spans.push(more);
    }
    store.put_trace(head, spans);
}

fn tool(name: &str, output: Value) -> (SpanHead, SpanBody) {
    let start = (NOW_MS - 400_000 + 95) * 1_000_000;
    let span = MemoryStore::span("t", Some("a"), name, start, start + 2_000_000);
    (SpanHead { kind: "TOOL".into(), ..span }, SpanBody { outputs: Some(output), ..SpanBody::default() })
}

fn store() -> MemoryStore {
    let store = small_store();
    put(&store, "tr-a", "Route the ticket.", "billing", 0, None);
    put(&store, "tr-b", "Route the ticket by its first request.", "shipping", 40, None);
    put(&store, "tr-c", "Route the ticket.", "billing", 7, Some(tool("Tool.lookup", json!("found"))));
    store
}

fn at(place: &str) -> Harness<'static, Viewer> {
    let mut harness = window(&store(), Some(place), Some(PATH));
    wait_for(&mut harness, "Compare traces");
    settle(&mut harness);
    settle(&mut harness);
    harness
}

fn compared(harness: &Harness<'_, Viewer>) -> ComparedTraces {
    match harness.state().state().location() {
        Place::CompareTraces(compared) => compared.clone(),
        other => panic!("not a comparison: {other}"),
    }
}

fn ids(harness: &Harness<'_, Viewer>) -> Vec<String> {
    compared(harness).traces.iter().map(ToString::to_string).collect()
}

/// The aligned spans as a screen reader hears them, and whether each is selected.
fn rows(harness: &Harness<'_, Viewer>) -> Vec<(String, bool)> {
    let rows = harness.query_all_by_role(Role::Row).filter_map(|row| {
        let node = row.accesskit_node();
        Some((node.label()?, node.is_selected() == Some(true)))
    });
    rows.collect()
}

fn selected(harness: &Harness<'_, Viewer>) -> String {
    rows(harness).into_iter().find(|(_, selected)| *selected).map(|(label, _)| label).unwrap_or_default()
}

/// What the rows about the span say.
fn told(harness: &Harness<'_, Viewer>) -> Vec<String> {
    harness.query_all_by_role(Role::ListItem).filter_map(|item| item.accesskit_node().label()).collect()
}

/// Presses the button whose words begin so.
fn press_button(harness: &Harness<'_, Viewer>, begin: &str) {
    let buttons = harness.query_all_by_role(Role::Button);
    let mut named = buttons.filter(|one| one.accesskit_node().label().is_some_and(|label| label.starts_with(begin)));
    named.next().unwrap_or_else(|| panic!("no button {begin}")).click();
}

/// Types into the palette and takes what is offered.
fn choose(harness: &mut Harness<'_, Viewer>, id: &str) {
    wait_for(harness, "Compare with which trace?");
    harness.event(egui::Event::Text(id.to_owned()));
    harness.step();
    wait(harness, id, |harness| harness.query_by_role_and_label(Role::ListItem, id).is_some());
    settle(harness);
    press(harness, Modifiers::NONE, Key::Enter);
}

fn press(harness: &mut Harness<'_, Viewer>, modifiers: Modifiers, key: Key) {
    harness.key_press_modifiers(modifiers, key);
    harness.step();
    settle(harness);
    settle(harness);
}

#[test]
fn the_first_difference_is_marked_and_told_word_by_word() {
    let harness = at("compare-traces/tr-a/tr-b");
    let labels: Vec<String> = rows(&harness).into_iter().map(|(label, _)| label).collect();
    assert_eq!(labels.len(), 3, "adapters are folded: {labels:?}");
    assert!(
        labels[0].contains("Span TicketRouter.forward, Differs outputs, Time A 100 ms, Time B 100 ms"),
        "{labels:?}"
    );
    let call = selected(&harness);
    assert!(call.contains("Span LM.__call__") && call.contains("Differs inputs, outputs (first)"), "{call}");
    assert!(call.contains("Time A 87 ms, Time B 127 ms, B − A +40.0 ms") || call.contains("B − A +40 ms"), "{call}");
    let told = told(&harness);
    let has = |line: &str| told.iter().any(|one| one == line);
    assert!(has("System") && has("instructions") && has("Answer") && has("queue"), "{told:?}");
    assert!(
        told.iter().any(|one| one.starts_with("Route the ticket") && one.contains("{+ by its first request")),
        "{told:?}"
    );
    assert!(has("[-billing-]{+shipping+}"), "{told:?}");
    assert!(!told.iter().any(|one| one.contains("Where is my parcel?")), "the question is the same: {told:?}");
    assert!(told.iter().any(|one| one.contains("the same · Show them")), "{told:?}");
}

#[test]
fn what_is_the_same_is_shown_on_demand() {
    let mut harness = at("compare-traces/tr-a/tr-b");
    let label = told(&harness).into_iter().find(|one| one.contains("Show them")).expect("a row");
    let button = harness.get_all_by_role_and_label(Role::Button, &label).next().expect("a button");
    button.click();
    harness.step();
    settle(&mut harness);
    assert!(told(&harness).iter().any(|one| one.contains("Where is my parcel?")), "{:?}", told(&harness));
}

#[test]
fn keys_lead_from_difference_to_difference() {
    let mut harness = at("compare-traces/tr-a/tr-b");
    press(&mut harness, Modifiers::NONE, Key::K);
    assert!(selected(&harness).contains("Predict.forward"), "{}", selected(&harness));
    assert!(matches!(compared(&harness).row, Some(ComparedRow::First(span)) if span.id == "b"));
    press(&mut harness, Modifiers::NONE, Key::K);
    assert!(selected(&harness).contains("TicketRouter.forward"));
    press(&mut harness, Modifiers::NONE, Key::J);
    press(&mut harness, Modifiers::NONE, Key::J);
    assert!(selected(&harness).contains("LM.__call__"));
    // The next one is folded away, and unfolded by going there.
    press(&mut harness, Modifiers::NONE, Key::K);
    // The first arrow gives the keyboard to the rows.
    press(&mut harness, Modifiers::NONE, Key::ArrowLeft);
    press(&mut harness, Modifiers::NONE, Key::ArrowLeft);
    assert_eq!(rows(&harness).len(), 2, "{:?}", rows(&harness));
    press(&mut harness, Modifiers::NONE, Key::J);
    assert!(selected(&harness).contains("LM.__call__"), "{:?}", rows(&harness));
}

#[test]
fn a_span_of_one_trace_alone_is_marked() {
    let mut harness = at("compare-traces/tr-a/tr-c");
    let call = selected(&harness);
    assert!(call.contains("Span Tool.lookup") && call.contains("only in B (first)"), "{call}");
    assert!(told(&harness).iter().any(|one| one == "{+found+}"), "{:?}", told(&harness));
    click(&mut harness, "Differences only");
    settle(&mut harness);
    let labels = rows(&harness);
    assert_eq!(labels.len(), 2, "the tool and what it is part of: {labels:?}");
    press(&mut harness, Modifiers::NONE, Key::B);
    assert_eq!(ids(&harness), ["tr-c", "tr-a"]);
    assert!(selected(&harness).contains("only in A (first)"), "{}", selected(&harness));
}

#[test]
fn of_several_each_has_its_times_and_one_is_told() {
    let mut harness = at("compare-traces/tr-a/tr-b/tr-c");
    let call = selected(&harness);
    assert!(call.contains("Time B 127 ms") && call.contains("Time C 94 ms"), "{call}");
    press_button(&harness, "C ");
    harness.step();
    settle(&mut harness);
    settle(&mut harness);
    assert_eq!(compared(&harness).shown.map(|trace| trace.to_string()).as_deref(), Some("tr-c"));
    let first = rows(&harness).into_iter().find(|(label, _)| label.contains("(first)")).map(|(label, _)| label);
    assert!(first.as_ref().is_some_and(|row| row.contains("Tool.lookup")), "{first:?}");
    assert!(rows(&harness).iter().any(|(row, _)| row.contains("Time B")), "the other one's times stay");
}

#[test]
fn selected_traces_of_the_list_are_compared() {
    for with_key in [false, true] {
        let mut harness = window(&store(), Some("experiment/1/run/child?tab=traces"), Some(PATH));
        wait_for(&mut harness, "Where is my parcel?");
        settle(&mut harness);
        harness.get_by_role_and_label(Role::Table, "Traces").focus();
        harness.step();
        press(&mut harness, Modifiers::NONE, Key::Home);
        press(&mut harness, Modifiers::NONE, Key::Space);
        wait_for(&mut harness, "1 selected ×");
        press(&mut harness, Modifiers::NONE, Key::ArrowDown);
        assert!(harness.query_by_label("Compare").is_none(), "one is not enough");
        press(&mut harness, Modifiers::NONE, Key::Space);
        match with_key {
            true => press(&mut harness, Modifiers::NONE, Key::D),
            false => click(&mut harness, "Compare"),
        }
        wait(&mut harness, "a comparison", |harness| {
            matches!(harness.state().state().location(), Place::CompareTraces(_))
        });
        assert_eq!(ids(&harness).len(), 2);
    }
}

#[test]
fn another_trace_is_chosen_from_the_page_of_one_and_added() {
    let mut harness = window(&store(), Some("experiment/1/run/child/trace/tr-a"), Some(PATH));
    wait_for(&mut harness, "Find in this trace");
    settle(&mut harness);
    press(&mut harness, Modifiers::COMMAND, Key::D);
    wait_for(&mut harness, "Compare with which trace?");
    let offered = |harness: &Harness<'_, Viewer>| {
        let items = harness.query_all_by_role(Role::ListItem).filter_map(|item| item.accesskit_node().label());
        items.filter(|label| label.contains("Where is my parcel?")).count()
    };
    wait(&mut harness, "the traces of the run", |harness| offered(harness) > 1);
    assert!(harness.query_by_role_and_label(Role::ListItem, "Close the store").is_none(), "no commands");
    choose(&mut harness, "tr-b");
    wait(&mut harness, "a comparison", |harness| matches!(harness.state().state().location(), Place::CompareTraces(_)));
    assert_eq!(ids(&harness), ["tr-a", "tr-b"]);
    click(&mut harness, "Add…");
    choose(&mut harness, "tr-c");
    wait(&mut harness, "three of them", |harness| ids(harness).len() == 3);
    assert_eq!(compared(&harness).shown.map(|trace| trace.to_string()).as_deref(), Some("tr-c"));
}

#[test]
fn a_span_leads_to_its_trace_and_a_trace_that_is_gone_is_named() {
    let mut harness = at("compare-traces/tr-a/tr-b");
    press_button(&harness, "B 127 ms");
    harness.step();
    let place = harness.state().state().location().to_string();
    assert!(place.contains("trace/tr-b/span/d"), "{place}");
    let mut harness = window(&store(), Some("compare-traces/tr-a/tr-gone"), Some(PATH));
    wait_for(&mut harness, "This store has no trace tr-gone");
}

#[test]
fn no_secret_is_shown() {
    let mut harness = at("compare-traces/tr-a/tr-b");
    let label = told(&harness).into_iter().find(|one| one.contains("Show them")).expect("a row");
    harness.get_all_by_role_and_label(Role::Button, &label).next().expect("a button").click();
    harness.step();
    settle(&mut harness);
    assert!(told(&harness).iter().any(|one| one.contains("api_key")), "{:?}", told(&harness));
    assert!(harness.query_all_by_label_contains("sk-very-secret").next().is_none());
}
