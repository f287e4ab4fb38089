//! Agents as steps, attempts beside each other, passages as a list, calls that left the trace; found from the list.

use crate::common::{NOW_MS, PATH, click, settle, small_store, type_into, wait, wait_for, window};
use dspyglass::app::Viewer;
use dspyglass::model::{SpanBody, SpanHead};
use dspyglass::state::Action;
use dspyglass::store::memory::MemoryStore;
use egui::accesskit::Role;
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use serde_json::{Value, json};

const MS: i64 = 1_000_000;
const START: i64 = (NOW_MS - 300_000) * MS;

/// A span that ran between two moments, in milliseconds after the beginning; one without outputs failed.
fn span(
    (id, parent): (&str, Option<&str>),
    (name, kind): (&str, &str),
    (from, to): (i64, i64),
    inputs: Value,
    outputs: Value,
) -> (SpanHead, SpanBody) {
    let status = if outputs.is_null() { "ERROR" } else { "OK" };
    let head = SpanHead {
        kind: kind.into(),
        status: status.into(),
        ..MemoryStore::span(id, parent, name, START + from * MS, START + to * MS)
    };
    let outputs = Some(outputs).filter(|value| !value.is_null());
    (head, SpanBody { inputs: Some(inputs), outputs, ..SpanBody::default() })
}

/// `dspy.ReAct` as MLflow 3.17 records it: a tool that fails in the first step, and no `finish` after the last.
fn put_agent(store: &MemoryStore, id: &str, steps: usize) {
    let mut trajectory = serde_json::Map::new();
    let mut spans = Vec::new();
    for at in 0..steps {
        let failed = "Execution error in flaky: \nTraceback (most recent call last):\nValueError: no shelf for it";
        let (tool, seen) = if at == 0 { ("flaky", failed) } else { ("stock", "16 pieces") };
        let thought = format!("I look into shelf {at}.");
        trajectory.insert(format!("thought_{at}"), json!(thought));
        trajectory.insert(format!("tool_name_{at}"), json!(tool));
        trajectory.insert(format!("tool_args_{at}"), json!({"thing": "saddle"}));
        trajectory.insert(format!("observation_{at}"), json!(seen));
        let (decider, called, from) = (format!("p{at}"), format!("t{at}"), 10 * at as i64);
        let next = json!({"next_thought": thought, "next_tool_name": tool, "next_tool_args": {"thing": "saddle"}});
        spans.push(span((&decider, Some("a")), ("Predict.forward", "LLM"), (from + 1, from + 5), json!({}), next));
        let gave = if at == 0 { Value::Null } else { json!(seen) };
        let name = format!("Tool.{tool}");
        spans.push(span((&called, Some("a")), (&name, "TOOL"), (from + 6, from + 8), json!({"thing": "saddle"}), gave));
    }
    let outputs = json!({"trajectory": trajectory, "answer": "Sixteen."});
    let whole = (0, 10 * steps as i64);
    spans.insert(0, span(("a", None), ("ReAct.forward", "AGENT"), whole, json!({"question": "How many?"}), outputs));
    store.put_trace(MemoryStore::trace_head(id, "1", Some("child"), "ReAct.forward", NOW_MS - 300_000), spans);
}

fn at(trace: &str) -> String {
    format!("experiment/1/run/child/trace/{trace}")
}

fn chosen_tab(harness: &Harness<'_, Viewer>) -> Vec<String> {
    let tabs = harness.get_all_by_role(Role::Tab);
    let chosen = tabs.filter(|tab| tab.accesskit_node().is_selected() == Some(true));
    chosen.filter_map(|tab| tab.accesskit_node().label()).collect()
}

fn sees(harness: &Harness<'_, Viewer>, label: &str) -> bool {
    harness.query_all_by_label_contains(label).next().is_some()
}

#[test]
fn steps_are_the_first_view_of_an_agent() {
    let store = small_store();
    put_agent(&store, "tr-agent", 2);
    let mut harness = window(&store, Some(&at("tr-agent")), Some(PATH));
    for label in ["Step 1", "I look into shelf 0.", "flaky", "Failed: ValueError: no shelf for it", "Step 2"] {
        wait_for(&mut harness, label);
    }
    settle(&mut harness);
    assert_eq!(chosen_tab(&harness), ["Steps"]);
    // What it was asked stands above, what it answered below, and nothing is told twice.
    let top = |label: &str| harness.get_all_by_label_contains(label).next().expect("there").rect().top();
    let step = |label: &str| harness.get_by_role_and_label(Role::Link, label).rect().top();
    assert!(top("How many?") < step("Step 1") && step("Step 1") < step("Step 2") && step("Step 2") < top("Sixteen."));
    assert!(!sees(&harness, "thought_0"));
    // It went wrong under a status that says OK: told above the steps, and in the header of the trace.
    for label in ["Ran out of steps: after 2 steps the last action is stock, not finish", "Step 1: flaky failed"] {
        assert!(sees(&harness, label), "{label}");
    }
    harness.get_by_role_and_label(Role::Button, "ran out of steps");
    // A step leads to its span, a flag to what it is of.
    harness.get_by_role_and_label(Role::Link, "Step 2").click();
    harness.step();
    settle(&mut harness);
    assert_eq!(harness.state().state().location().to_string(), format!("dspyglass:{}/span/p1", at("tr-agent")));
    click(&mut harness, "flaky failed");
    settle(&mut harness);
    assert_eq!(harness.state().state().location().to_string(), format!("dspyglass:{}/span/t0", at("tr-agent")));
}

#[test]
fn a_thousand_steps_are_drawn_as_far_as_they_are_seen() {
    let store = small_store();
    put_agent(&store, "tr-long", 1_000);
    let mut harness = window(&store, Some(&at("tr-long")), Some(PATH));
    wait_for(&mut harness, "ReAct · 1,000 steps");
    wait_for(&mut harness, "I look into shelf 0.");
    settle(&mut harness);
    assert!(!sees(&harness, "I look into shelf 900."));
    let drawn = harness.query_all_by_label_contains("I look into shelf").count();
    assert!(drawn < 40, "{drawn}");
}

#[test]
fn the_list_finds_agents_that_ran_out_of_steps_and_tools_that_failed() {
    let store = small_store();
    put_agent(&store, "tr-agent", 2);
    let mut harness = window(&store, Some("experiment/1?tab=traces"), Some(PATH));
    wait_for(&mut harness, "ReAct.forward");
    settle(&mut harness);
    let others = harness.query_all_by_role(Role::Row).count();
    assert!(others > 1, "{others}");
    for chip in ["Out of steps", "Failed tools"] {
        click(&mut harness, chip);
        settle(&mut harness);
        wait_for(&mut harness, "1 of ");
        let rows = harness.query_all_by_role(Role::Row).filter_map(|row| row.accesskit_node().label());
        let rows: Vec<String> = rows.filter(|row| row.contains(".forward")).collect();
        assert_eq!(rows.len(), 1, "{chip}: {rows:?}");
        assert!(rows[0].contains("ReAct.forward"), "{rows:?}");
        click(&mut harness, chip);
        settle(&mut harness);
    }
}

fn put_best_of(store: &MemoryStore) {
    let answer = |text: &str| json!({"answer": text});
    let one = |id: &str, from: i64, outputs: Value| {
        span((id, Some("a")), ("Predict.forward", "LLM"), (from, from + 8), json!({"question": "How many?"}), outputs)
    };
    let root =
        span(("a", None), ("BestOfN.forward", "CHAIN"), (0, 30), json!({"question": "How many?"}), answer("Two"));
    let spans = vec![root, one("p0", 1, answer("One")), one("p1", 10, answer("Two")), one("p2", 20, Value::Null)];
    store.put_trace(MemoryStore::trace_head("tr-best", "1", Some("child"), "BestOfN.forward", NOW_MS), spans);
}

#[test]
fn attempts_stand_beside_each_other_and_the_chosen_one_is_marked() {
    let store = small_store();
    put_best_of(&store);
    let mut harness = window(&store, Some(&at("tr-best")), Some(PATH));
    for label in ["Attempt 1", "Attempt 3", "Inferred: of 3, only attempt 2 gave the outputs that it hands on"] {
        wait_for(&mut harness, label);
    }
    settle(&mut harness);
    assert_eq!(chosen_tab(&harness), ["Attempts"]);
    let place = |label: &str| harness.get_by_role_and_label(Role::Link, label).rect();
    let (first, second) = (place("Attempt 1"), place("Attempt 2"));
    assert!(first.top() == second.top() && first.right() < second.left(), "{first} {second}");
    let mark = harness.get_by_label("same outputs").rect();
    assert!(mark.left() >= second.left() && mark.top() > second.top(), "{mark} {second}");
    assert!(sees(&harness, "Failed"), "the third one");
    harness.get_by_role_and_label(Role::Link, "Attempt 2").click();
    harness.step();
    settle(&mut harness);
    assert_eq!(harness.state().state().location().to_string(), format!("dspyglass:{}/span/p1", at("tr-best")));
}

#[test]
fn passages_are_the_first_view_of_a_retriever() {
    let store = small_store();
    let outputs = json!({"passages": ["Refunds are paid.", "A chain is under warranty."], "probs": [0.9, 0.1]});
    let spans = vec![span(("a", None), ("Shelf.forward", "RETRIEVER"), (0, 5), json!({"query": "refund?"}), outputs)];
    store.put_trace(MemoryStore::trace_head("tr-shelf", "1", Some("child"), "Shelf.forward", NOW_MS), spans);
    let mut harness = window(&store, Some(&at("tr-shelf")), Some(PATH));
    for label in ["refund?", "2 passages", "Passage 2", "probs 0.1", "A chain is under warranty."] {
        wait_for(&mut harness, label);
    }
    settle(&mut harness);
    assert_eq!(chosen_tab(&harness), ["Passages"]);
}

#[test]
fn calls_that_left_the_trace_are_offered_and_marked_as_likely() {
    let store = small_store();
    let ask = json!({"ticket": "Where is my parcel?"});
    let fan = span(("a", None), ("Fan.forward", "CHAIN"), (0, 200), ask.clone(), json!({"queue": "shipping"}));
    let mut head = MemoryStore::trace_head("tr-fan", "1", Some("child"), "Fan.forward", NOW_MS - 300_000);
    head.row.duration_ms = Some(200);
    store.put_trace(head, vec![fan]);
    let call = span(("b", None), ("Lost.forward", "CHAIN"), (5, 90), ask, json!({"queue": "shipping"}));
    let mut head = MemoryStore::trace_head("tr-lost", "1", None, "Lost.forward", NOW_MS - 300_000 + 5);
    head.row.duration_ms = Some(85);
    store.put_trace(head, vec![call]);
    let mut harness = window(&store, Some(&at("tr-fan")), Some(PATH));
    click(&mut harness, "Likely calls");
    for label in ["found by time and inputs", "Lost.forward", "likely", "same outputs"] {
        wait_for(&mut harness, label);
    }
    settle(&mut harness);
    harness.get_by_role_and_label(Role::Link, "Lost.forward").click();
    harness.step();
    settle(&mut harness);
    assert!(harness.state().state().location().to_string().contains("trace/tr-lost"));
}

/// Waits until nothing wants to be drawn.
fn until_still(harness: &mut Harness<'_, Viewer>, what: &str) {
    wait(harness, what, |harness| {
        let next = harness.output().viewport_output.values().map(|viewport| viewport.repaint_delay).min();
        next.is_none_or(|next| next > std::time::Duration::from_secs(3_600))
    });
}

#[test]
fn a_reading_without_outputs_rests_though_a_link_asks_for_them() {
    let store = small_store();
    put_best_of(&store);
    let outputs = json!({"passages": ["Refunds are paid."]});
    let spans = vec![span(("a", None), ("Shelf.forward", "RETRIEVER"), (0, 5), json!({"query": "refund?"}), outputs)];
    store.put_trace(MemoryStore::trace_head("tr-shelf", "1", Some("child"), "Shelf.forward", NOW_MS), spans);
    let mut harness = window(&store, Some(&format!("{}?tab=outputs", at("tr-best"))), Some(PATH));
    wait_for(&mut harness, "Attempt 3");
    until_still(&mut harness, "attempts");
    harness.state_mut().act(Action::GoTo(format!("{}?tab=outputs", at("tr-shelf"))));
    wait_for(&mut harness, "Passage 1");
    until_still(&mut harness, "passages");
}

#[test]
fn many_long_passages_are_drawn_as_far_as_they_are_seen() {
    let store = small_store();
    let passages: Vec<String> =
        (0..300).map(|at| format!("Passage of shelf {at}. {}", "word ".repeat(1_600))).collect();
    let outputs = json!({"passages": passages});
    let spans = vec![span(("a", None), ("Shelf.forward", "RETRIEVER"), (0, 5), json!({"query": "refund?"}), outputs)];
    store.put_trace(MemoryStore::trace_head("tr-shelf", "1", Some("child"), "Shelf.forward", NOW_MS), spans);
    let mut harness = window(&store, Some(&at("tr-shelf")), Some(PATH));
    wait_for(&mut harness, "Passage of shelf 0.");
    until_still(&mut harness, "all of them are laid out");
    let drawn = harness.query_all_by_label_contains("Passage of shelf").count();
    assert!(drawn < 40, "{drawn}");
    let heads = harness.query_all_by_label("Passage 250").count();
    assert_eq!(heads, 0, "nor are their heads");
}

#[test]
fn what_is_found_in_steps_is_shown_there() {
    let store = small_store();
    let (mut head, mut spans) =
        (MemoryStore::trace_head("tr-book", "1", Some("child"), "ReAct.forward", NOW_MS), vec![]);
    head.row.duration_ms = Some(20);
    let trajectory = json!({"thought_0": "I look for the saddle.", "tool_name_0": "finish", "tool_args_0": {},
        "observation_0": "Completed."});
    let inputs = json!({"question": "How many?", "book": format!("saddle {}", "leather ".repeat(200))});
    let outputs = json!({"trajectory": trajectory, "answer": "Sixteen."});
    spans.push(span(("a", None), ("ReAct.forward", "AGENT"), (0, 20), inputs, outputs));
    store.put_trace(head, spans);
    let mut harness = window(&store, Some(&at("tr-book")), Some(PATH));
    wait_for(&mut harness, "I look for the saddle.");
    wait_for(&mut harness, "see Fields");
    settle(&mut harness);
    type_into(&mut harness, "Find in span", "saddle");
    wait(&mut harness, "one place", |harness| harness.query_all_by_label("1 of 1").next().is_some());
}
