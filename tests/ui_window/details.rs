//! A span's inputs and outputs in one scroll; as titled fields, and raw.

use crate::common::{NOW_MS, PATH, click, settle, small_store, trace, type_into, wait, wait_for, window};
use dspyglass::app::Viewer;
use dspyglass::model::{SpanBody, SpanHead};
use dspyglass::state::Action;
use dspyglass::store::memory::MemoryStore;
use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use serde_json::{Value, json};

const TOOL: &str = "experiment/1/run/child/trace/tr-tool/span/t";

/// A store with a trace of a tool that was given a long text.
fn with_tool() -> MemoryStore {
    let store = small_store();
    let (head, mut spans) = trace("tr-tool", "child");
    let inputs =
        json!({"ticket": "Where is my parcel?\nIt should have come.", "tries": 3, "api_key": "sk-very-secret-1"});
    let body = SpanBody { inputs: Some(inputs), outputs: Some(json!({"queue": "shipping"})), ..SpanBody::default() };
    let span = SpanHead { kind: "TOOL".into(), ..MemoryStore::span("t", Some("a"), "look_up", 1, 2) };
    spans.push((span, body));
    store.put_trace(head, spans);
    store
}

fn press(harness: &mut Harness<'_, Viewer>, modifiers: Modifiers, key: Key) {
    harness.key_press_modifiers(modifiers, key);
    harness.step();
    settle(harness);
}

fn chosen_tab(harness: &Harness<'_, Viewer>) -> Vec<String> {
    let tabs = harness.get_all_by_role(Role::Tab);
    let chosen = tabs.filter(|tab| tab.accesskit_node().is_selected() == Some(true));
    chosen.filter_map(|tab| tab.accesskit_node().label()).collect()
}

#[test]
fn inputs_and_outputs_stand_in_one_scroll_as_titled_fields() {
    let mut harness = window(&with_tool(), Some(TOOL), Some(PATH));
    for label in ["Inputs", "ticket", "It should have come.", "tries", "Outputs", "queue", "shipping"] {
        wait_for(&mut harness, label);
    }
    assert_eq!(chosen_tab(&harness), ["Fields"]);
    let heading = |label: &str| harness.get_by_role_and_label(Role::Heading, label).rect().top();
    assert!(heading("Inputs") < heading("Outputs"));
    assert!(harness.query_all_by_label_contains("very-secret").next().is_none());
}

#[test]
fn an_address_of_the_outputs_still_leads_to_them() {
    let store = small_store();
    let (head, mut spans) = trace("tr-tall", "child");
    let lines: String = (0..200).map(|line| format!("line {line}\n")).collect();
    let body =
        SpanBody { inputs: Some(json!({"tall": lines})), outputs: Some(json!("the very end")), ..SpanBody::default() };
    spans.push((MemoryStore::span("t", Some("a"), "tall", 1, 2), body));
    store.put_trace(head, spans);
    let at = "experiment/1/run/child/trace/tr-tall/span/t";
    let mut harness = window(&store, Some(at), Some(PATH));
    wait_for(&mut harness, "line 0");
    settle(&mut harness);
    assert!(harness.query_all_by_label("the very end").next().is_none());
    // The title of what is looked at stays in sight; an old address scrolls to what it names.
    harness.state_mut().act(Action::GoTo(format!("{at}?tab=outputs")));
    wait_for(&mut harness, "the very end");
    assert!(harness.query_all_by_label("line 0").next().is_none());
    assert_eq!(harness.state().state().location().to_string(), format!("dspyglass:{at}?tab=outputs"));
}

#[test]
fn a_key_that_a_trace_without_spans_could_not_answer_does_nothing_to_the_next_one() {
    let store = with_tool();
    store.put_trace(MemoryStore::trace_head("tr-bare", "1", Some("child"), "bare", NOW_MS), Vec::new());
    let mut harness = window(&store, Some("experiment/1/run/child/trace/tr-bare"), Some(PATH));
    wait_for(&mut harness, "There is no span to show");
    press(&mut harness, Modifiers::NONE, Key::R);
    harness.state_mut().act(Action::GoTo(TOOL.to_owned()));
    wait_for(&mut harness, "It should have come.");
    settle(&mut harness);
    assert_eq!(chosen_tab(&harness), ["Fields"]);
}

#[test]
fn all_that_was_stored_is_one_key_away() {
    let mut harness = window(&with_tool(), Some(TOOL), Some(PATH));
    wait_for(&mut harness, "It should have come.");
    press(&mut harness, Modifiers::NONE, Key::R);
    assert_eq!(chosen_tab(&harness), ["Raw"]);
    click(&mut harness, "Text");
    settle(&mut harness);
    for label in
        ["\"trace_id\": \"tr-tool\"", "\"ticket\": \"Where is my parcel?\\nIt should have come.\"", "\"start_ns\":"]
    {
        wait_for(&mut harness, label);
    }
    // It holds for all spans of this kind, until the same key is pressed again.
    harness.state_mut().act(Action::GoTo("experiment/1/run/child/trace/tr-tool/span/a".into()));
    settle(&mut harness);
    assert_eq!(chosen_tab(&harness), ["Raw"]);
    press(&mut harness, Modifiers::NONE, Key::R);
    assert_eq!(chosen_tab(&harness), ["Fields"]);
    // From what else was noted it leads there, too.
    click(&mut harness, "Attributes");
    press(&mut harness, Modifiers::NONE, Key::R);
    assert_eq!(chosen_tab(&harness), ["Raw"]);
}

#[test]
fn fields_are_searched_together() {
    let mut harness = window(&with_tool(), Some(TOOL), Some(PATH));
    wait_for(&mut harness, "It should have come.");
    type_into(&mut harness, "Find in span", "sh");
    // `should`, `shipping`.
    wait_for(&mut harness, "1 of 2");
    harness.get_by_role_and_label(Role::TextInput, "Find in span").focus();
    harness.step();
    press(&mut harness, Modifiers::NONE, Key::Enter);
    wait_for(&mut harness, "2 of 2");
    press(&mut harness, Modifiers::NONE, Key::Escape);
    press(&mut harness, Modifiers::NONE, Key::R);
    wait(&mut harness, "rows of JSON", |harness| {
        let rows = harness.get_all_by_role(Role::TreeItem);
        rows.filter_map(|row| row.accesskit_node().label()).any(|label| label.starts_with("inputs: object"))
    });
    type_into(&mut harness, "Find in the record", "should");
    wait_for(&mut harness, "1 of ");
}

/// What was put into the clipboard last.
fn copied(harness: &mut Harness<'_, Viewer>) -> String {
    let start = std::time::Instant::now();
    loop {
        harness.step();
        let commands = &harness.output().platform_output.commands;
        let text = commands.iter().find_map(|command| match command {
            egui::OutputCommand::CopyText(text) => Some(text.clone()),
            _ => None,
        });
        if let Some(text) = text {
            return text;
        }
        assert!(start.elapsed() < std::time::Duration::from_secs(10), "nothing was copied");
        std::thread::sleep(std::time::Duration::from_millis(2));
    }
}

#[test]
fn a_span_is_copied_as_json_by_key_and_menu() {
    let mut harness = window(&with_tool(), Some(TOOL), Some(PATH));
    wait_for(&mut harness, "It should have come.");
    hold(&mut harness, Modifiers::NONE, Key::Y);
    let record: Value = serde_json::from_str(&copied(&mut harness)).expect("JSON");
    assert_eq!((&record["name"], &record["type"]), (&json!("look_up"), &json!("TOOL")));
    assert_eq!(record["inputs"]["tries"], 3);
    assert_eq!(record["inputs"]["api_key"], json!({"masked": true}));
    assert_eq!(record["outputs"], json!({"queue": "shipping"}));
    click(&mut harness, "Copy");
    wait_for(&mut harness, "Outputs as JSON");
    harness.get_by_label("Outputs as JSON").click();
    assert_eq!(serde_json::from_str::<Value>(&copied(&mut harness)).expect("JSON"), json!({"queue": "shipping"}));
}

/// Presses a key in the next frame: what it copies is not missed among the frames of a press.
fn hold(harness: &mut Harness<'_, Viewer>, modifiers: Modifiers, key: Key) {
    let event = egui::Event::Key { key, physical_key: None, pressed: true, repeat: false, modifiers };
    harness.input_mut().events.push(event);
}

#[test]
fn a_call_is_copied_as_messages_and_as_code_without_its_key() {
    let mut harness = window(&small_store(), Some("experiment/1/run/child/trace/tr-1/span/d"), Some(PATH));
    wait_for(&mut harness, "assistant");
    let messages = json!([{"role": "user", "content": "[[ ## ticket ## ]]\nWhere is my parcel?"}]);
    hold(&mut harness, Modifiers::SHIFT, Key::Y);
    assert_eq!(serde_json::from_str::<Value>(&copied(&mut harness)).expect("JSON"), messages);
    let check = |code: &str, begin: &str| {
        assert!(code.starts_with(begin) && code.contains("Where is my parcel?"), "{code}");
        assert!(code.contains("OPENAI_API_KEY") && !code.contains("very-secret"), "{code}");
    };
    hold(&mut harness, Modifiers::NONE, Key::U);
    check(&copied(&mut harness), "import dspy\n");
    hold(&mut harness, Modifiers::SHIFT, Key::C);
    check(&copied(&mut harness), "curl https://api.openai.com/v1/chat/completions ");
    click(&mut harness, "Copy");
    wait_for(&mut harness, "Python for litellm");
    harness.get_by_label("Python for litellm").click();
    check(&copied(&mut harness), "import litellm\n");
    // What is no call has no messages, and says so.
    harness.state_mut().act(Action::GoTo("experiment/1/run/child/trace/tr-1/span/a".into()));
    settle(&mut harness);
    press(&mut harness, Modifiers::SHIFT, Key::Y);
    wait_for(&mut harness, "This span sent no messages to a model");
}
