//! An LM call as a chat: messages by role, each read as its adapter wrote it.

use crate::common::{NOW_MS, PATH, click, settle, small_store, type_into, wait_for, window};
use dspyglass::app::Viewer;
use dspyglass::model::{ArtifactOwner, SpanBody, SpanHead};
use dspyglass::state::Place;
use dspyglass::store::memory::MemoryStore;
use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use serde_json::{Value, json};

const SYSTEM: &str = "Your input fields are:\n1. `ticket` (str): What was written\nYour output fields are:\n\
    1. `queue` (Literal['billing', 'shipping']): Where it goes\nAll interactions will be structured in the following \
    way, with the appropriate values filled in.\n\n[[ ## ticket ## ]]\n{ticket}\n\n[[ ## queue ## ]]\n{queue}\n\n\
    [[ ## completed ## ]]\nIn adhering to this structure, your objective is: \n        Sort the ticket.";
const REMINDER: &str = "Respond with the corresponding output fields, starting with the field `[[ ## queue ## ]]`.";
const PNG: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
const AT: &str = "experiment/1/run/child/trace/tr-chat/span/d";

fn message(role: &str, content: impl Into<Value>) -> Value {
    json!({"role": role, "content": content.into()})
}

fn demo(ticket: &str, queue: &str) -> [Value; 2] {
    [
        message("user", format!("[[ ## ticket ## ]]\n{ticket}")),
        message("assistant", format!("[[ ## queue ## ]]\n{queue}\n\n[[ ## completed ## ]]\n")),
    ]
}

fn request(ticket: &str) -> Value {
    message("user", format!("[[ ## ticket ## ]]\n{ticket}\n\n{REMINDER}"))
}

/// A predictor with the steps of its adapter; `calls` are what was sent and what came back.
fn store_of(calls: &[(Value, Value)]) -> MemoryStore {
    let store = small_store();
    let mut head = MemoryStore::trace_head("tr-chat", "1", Some("child"), "Predict.forward", NOW_MS - 300_000);
    head.row.run_id = Some("child".into());
    let of = |id: &str, parent: Option<&str>, name: &str, kind: &str, at: i64| SpanHead {
        kind: kind.into(),
        ..MemoryStore::span(id, parent, name, at, at + 1)
    };
    let body = |inputs: Value, outputs: Value| SpanBody {
        inputs: Some(inputs),
        outputs: Some(outputs),
        ..SpanBody::default()
    };
    let mut spans = vec![(of("b", None, "Predict.forward", "LLM", 0), SpanBody::default())];
    for (at, (inputs, outputs)) in calls.iter().enumerate() {
        let (adapter, id) = [("ChatAdapter", "d"), ("JSONAdapter", "g")][at];
        let from = 10 * at as i64 + 1;
        let demos = json!([{"ticket": "a"}, {"ticket": "b"}]);
        let mut format = body(json!({"demos": demos}), json!([]));
        format.inputs = Some(
            json!({"demos": if inputs["messages"].as_array().is_some_and(|all| all.len() > 4) { demos } else { json!([]) }}),
        );
        spans.push((of(&format!("{id}-f"), Some("b"), &format!("{adapter}.format"), "PARSER", from), format));
        let mut call = body(inputs.clone(), outputs.clone());
        call.attributes.insert("model".into(), json!("openai/gpt-4o-mini"));
        call.attributes.insert("api_key".into(), json!("sk-very-secret-1234567890"));
        spans.push((of(id, Some("b"), "LM.__call__", "CHAT_MODEL", from + 1), call));
        let is_last = at + 1 == calls.len();
        let mut parse = of(&format!("{id}-p"), Some("b"), &format!("{adapter}.parse"), "PARSER", from + 2);
        let mut parsed = body(json!({}), json!({"queue": "shipping"}));
        if !is_last {
            parse.status = "ERROR".into();
            parsed = SpanBody { status_message: "queue is not one of two values".into(), ..SpanBody::default() };
        }
        spans.push((parse, parsed));
    }
    store.put_trace(head, spans);
    store
}

fn with_demos() -> MemoryStore {
    let mut messages = vec![message("system", SYSTEM)];
    messages.extend(demo("The invoice is wrong", "billing"));
    messages.extend(demo("It came broken", "shipping"));
    messages.push(request("Where is my parcel?"));
    let answer = json!(["[[ ## queue ## ]]\nshipping\n\n[[ ## completed ## ]]"]);
    let store = store_of(&[(json!({"messages": messages}), answer)]);
    let demos = json!([
        {"ticket": "Something else", "queue": "billing"},
        {"augmented": true, "ticket": "It came broken", "queue": "shipping"},
    ]);
    let signature = json!({"instructions": "Sort the ticket.", "fields": [
        {"prefix": "Ticket:", "description": "${ticket}"}, {"prefix": "Queue:", "description": "${queue}"}]});
    let program = json!({"predict": {"traces": [], "train": [], "demos": demos, "signature": signature, "lm": null}});
    store.put_artifact(ArtifactOwner::Run("child".into()), "model.json", program.to_string().into_bytes());
    store
}

fn press(harness: &mut Harness<'_, Viewer>, modifiers: Modifiers, key: Key) {
    harness.key_press_modifiers(modifiers, key);
    harness.step();
    settle(harness);
}

fn is_there(harness: &Harness<'_, Viewer>, label: &str) -> bool {
    harness.query_all_by_label_contains(label).next().is_some()
}

#[test]
fn a_call_is_read_as_its_adapter_wrote_it() {
    let mut harness = window(&with_demos(), Some(AT), Some(PATH));
    for label in ["ChatAdapter · 2 demos", "system", "objective", "Sort the ticket.", "demo 1", "demo 2", "user"] {
        wait_for(&mut harness, label);
    }
    for label in ["ticket", "Where is my parcel?", "assistant", "queue", "shipping"] {
        wait_for(&mut harness, label);
    }
    let mut tabs = harness.get_all_by_role(Role::Tab).filter_map(|tab| {
        let tab = tab.accesskit_node();
        (tab.is_selected() == Some(true)).then(|| tab.label()).flatten()
    });
    assert_eq!(tabs.next().as_deref(), Some("Chat"));
    drop(tabs);
    // Marks of the adapter, rules and demos are folded; fields have their types.
    assert!(!is_there(&harness, "[[ ## ") && !is_there(&harness, "The invoice is wrong"));
    assert!(is_there(&harness, "Literal['billing', 'shipping']"));
    assert!(!is_there(&harness, "What was written"));
    click(&mut harness, "1 input, 1 output");
    wait_for(&mut harness, "What was written");
    wait_for(&mut harness, "Where it goes");
    click(&mut harness, "output rules");
    wait_for(&mut harness, "All interactions will be structured");
    click(&mut harness, "added by the adapter");
    wait_for(&mut harness, "Respond with the corresponding output fields");
    // Nothing is lost: the record has it all.
    press(&mut harness, Modifiers::NONE, Key::R);
    click(&mut harness, "Text");
    wait_for(&mut harness, "[[ ## completed ## ]]");
    assert!(!is_there(&harness, "very-secret"));
}

#[test]
fn a_demo_leads_to_that_of_the_program() {
    let mut harness = window(&with_demos(), Some(AT), Some(PATH));
    click(&mut harness, "demo 1");
    wait_for(&mut harness, "The invoice is wrong");
    settle(&mut harness);
    assert!(!is_there(&harness, "In the program"), "the program has no such demo");
    click(&mut harness, "demo 2");
    wait_for(&mut harness, "It came broken");
    click(&mut harness, "In the program");
    settle(&mut harness);
    let Place::Run { run, tab: Some(tab), .. } = harness.state().state().location().clone() else { panic!("no run") };
    assert_eq!((run.as_str(), tab.name()), ("child", "program"));
    wait_for(&mut harness, "Demo 2 · bootstrapped");
}

#[test]
fn a_failed_parse_and_the_fallback_are_flagged_with_the_reason() {
    let messages = [message("system", SYSTEM), request("Where is my parcel?")];
    let calls = [
        (json!({"messages": messages}), json!(["[[ ## queue ## ]]\nshipping or billing"])),
        (json!({"messages": messages}), json!(["{\"queue\": \"shipping\"}"])),
    ];
    let mut harness = window(&store_of(&calls), Some(AT), Some(PATH));
    for label in ["The answer could not be parsed", "queue is not one of two values", "JSONAdapter was tried next"] {
        wait_for(&mut harness, label);
    }
    click(&mut harness, "Show the next call");
    settle(&mut harness);
    for label in ["Fallback", "ChatAdapter.parse failed", "JSONAdapter", "shipping"] {
        wait_for(&mut harness, label);
    }
    assert!(harness.state().state().location().to_string().ends_with("span/g"));
    click(&mut harness, "Show the call before");
    settle(&mut harness);
    assert!(harness.state().state().location().to_string().ends_with("span/d"));
}

#[test]
fn tools_reasoning_and_turns_are_told_as_such() {
    let tools = json!([{"type": "function", "function": {"name": "look_up", "description": "Looks up an order"}}]);
    let call =
        json!([{"id": "call_1", "type": "function", "function": {"name": "look_up", "arguments": "{\"order\": 7}"}}]);
    let messages = json!([
        message("system", SYSTEM),
        request("Where is order 7?"),
        {"role": "assistant", "content": null, "tool_calls": call},
        {"role": "tool", "tool_call_id": "call_1", "name": "look_up", "content": "It is in Gent"},
    ]);
    let answer = json!([{"text": "[[ ## queue ## ]]\nshipping", "reasoning_content": "The order is on its way."}]);
    let store = store_of(&[(json!({"messages": messages, "tools": tools}), answer)]);
    let mut harness = window(&store, Some(AT), Some(PATH));
    for label in
        ["1 tool", "user · turn 1", "assistant · turn 1", "tool · turn 1", "call_1", "order  7", "It is in Gent"]
    {
        wait_for(&mut harness, label);
    }
    wait_for(&mut harness, "The order is on its way.");
    click(&mut harness, "look_up");
    wait_for(&mut harness, "Looks up an order");
}

#[test]
fn images_are_drawn_from_the_message_and_from_attachments() {
    let piece = |url: String| json!({"type": "image_url", "image_url": {"url": url}});
    let attached = |id: &str| piece(format!("mlflow-attachment://{id}?content_type=image%2Fpng&size=70"));
    let content = json!([
        {"type": "text", "text": "[[ ## ticket ## ]]\n"},
        piece(format!("data:image/png;base64,{PNG}")),
        attached("ab-1"),
        attached("ab-2"),
        piece("https://example.org/a.png".to_owned()),
        {"type": "input_audio", "input_audio": {"data": "AAAA", "format": "wav"}},
        {"type": "text", "text": format!("\n\n{REMINDER}")},
    ]);
    let messages = json!([message("system", SYSTEM), message("user", content)]);
    let store = store_of(&[(json!({"messages": messages}), json!(["[[ ## queue ## ]]\nshipping"]))]);
    let png = base64_of(PNG);
    store.put_artifact(ArtifactOwner::Trace("tr-chat".into()), "attachments/ab-1", png);
    let mut harness = window(&store, Some(AT), Some(PATH));
    for label in ["image · image/png · 70 B", "Image image.png", "Attachment missing", "audio · audio/wav"] {
        wait_for(&mut harness, label);
    }
    settle(&mut harness);
    let images = harness.get_all_by_role(Role::Image).filter_map(|image| image.accesskit_node().label());
    assert_eq!(images.filter(|label| label == "Image image.png").count(), 2);
    wait_for(&mut harness, "image · https://example.org/a.png");
    assert!(!is_there(&harness, PNG));
}

fn base64_of(text: &str) -> Vec<u8> {
    let value = |letter: u8| {
        let place =
            b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".iter().position(|one| *one == letter);
        place.unwrap_or(0) as u32
    };
    let letters: Vec<u8> = text.bytes().filter(|letter| *letter != b'=').collect();
    let chunk = |chunk: &[u8]| {
        let bits = chunk.iter().fold(0, |bits, letter| bits << 6 | value(*letter)) << (6 * (4 - chunk.len()));
        bits.to_be_bytes()[1..chunk.len()].to_vec()
    };
    letters.chunks(4).flat_map(chunk).collect()
}

#[test]
fn what_is_found_in_a_folded_demo_opens_it_and_marks_lead_to_the_record() {
    let mut harness = window(&with_demos(), Some(AT), Some(PATH));
    wait_for(&mut harness, "demo 1");
    settle(&mut harness);
    type_into(&mut harness, "Find in span", "invoice");
    wait_for(&mut harness, "1 of 1");
    wait_for(&mut harness, "The invoice is wrong");
    type_into(&mut harness, "Find in span", " ## ]]");
    wait_for(&mut harness, "nowhere");
    click(&mut harness, "Look in the raw record");
    settle(&mut harness);
    let field = harness.get_by_role_and_label(Role::TextInput, "Find in the record");
    assert_eq!(field.accesskit_node().value().as_deref(), Some("invoice ## ]]"));
}
