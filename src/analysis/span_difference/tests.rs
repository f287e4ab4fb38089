use serde_json::json;

use super::*;
use crate::model::SpanHandle;

fn head(status: &str) -> SpanHead {
    SpanHead {
        id: "1".to_owned(),
        parent_id: None,
        name: "LM.__call__".to_owned(),
        kind: "CHAT_MODEL".to_owned(),
        status: status.to_owned(),
        start_ns: 0,
        end_ns: Some(1),
        handle: SpanHandle(0),
    }
}

fn body(inputs: Json, outputs: Json) -> SpanBody {
    SpanBody { inputs: Some(inputs), outputs: Some(outputs), ..SpanBody::default() }
}

/// `place/title: change`, of what differs.
fn told(parts: &[PartDiff]) -> Vec<String> {
    let changed = parts.iter().filter(|part| part.change() != PartChange::Same);
    changed.map(|part| format!("{}/{}: {}", part.place.title(), part.title(), part.change().as_str())).collect()
}

fn compared(first: &SpanBody, other: &SpanBody, is_call: bool) -> Vec<PartDiff> {
    let call = |body: &SpanBody| Call::read(body.inputs.as_ref(), body.outputs.as_ref(), None, None);
    let calls = [call(first), call(other)];
    let head = head("OK");
    let [a, b] = [(first, &calls[0]), (other, &calls[1])].map(|(body, call)| ComparedSpan {
        head: &head,
        body,
        call: is_call.then_some(call),
    });
    span_difference(Some(a), Some(b), None)
}

#[test]
fn values_are_compared_by_field() {
    let first = body(json!({"q": "the same", "deep": {"a": 1, "b": [1, 2]}, "gone": true}), json!("yes"));
    let other = body(json!({"deep": {"b": [1, 3], "a": 1}, "q": "the same", "new": null}), json!("no"));
    let parts = compared(&first, &other, false);
    let wanted = ["inputs/deep.b: changed", "inputs/gone: removed", "inputs/new: added", "outputs/: changed"];
    assert_eq!(told(&parts), wanted);
    let same = parts.iter().filter(|part| part.change() == PartChange::Same).count();
    assert_eq!(same, 3, "q, deep.a and the status");
}

fn prompt(instructions: &str, demos: &[(&str, &str)], question: &str) -> Json {
    let system = format!(
        "Your input fields are:\n1. `question` (str):\nYour output fields are:\n1. `answer` (str):\nAll interactions \
         will be structured in the following way, with the appropriate values filled in.\n\n[[ ## question ## ]]\n\
         {{question}}\n\n[[ ## answer ## ]]\n{{answer}}\n\n[[ ## completed ## ]]\nIn adhering to this structure, \
         your objective is: \n        {instructions}"
    );
    let asked = |question: &str| json!({"role": "user", "content": format!("[[ ## question ## ]]\n{question}")});
    let mut messages = vec![json!({"role": "system", "content": system})];
    for (question, answer) in demos {
        messages.push(asked(question));
        let answer = format!("[[ ## answer ## ]]\n{answer}\n\n[[ ## completed ## ]]\n");
        messages.push(json!({"role": "assistant", "content": answer}));
    }
    messages.push(asked(question));
    json!({"messages": messages, "temperature": 0.7})
}

#[test]
fn prompts_are_compared_by_the_parts_that_dspy_wrote() {
    let answer = |text: &str| json!([format!("[[ ## answer ## ]]\n{text}")]);
    let first = body(prompt("Answer.", &[("1+1", "2"), ("2+2", "4")], "3+3"), answer("7"));
    let other = body(prompt("Answer it in digits.", &[("2+2", "4"), ("5+5", "10")], "3+3"), answer("6"));
    let parts = compared(&first, &other, true);
    let wanted = [
        "system/instructions: changed",
        "demo 1/question: removed",
        "demo 1/answer: removed",
        "demo 2/question: added",
        "demo 2/answer: added",
        "answer/answer: changed",
    ];
    assert_eq!(told(&parts), wanted);
    let instructions = parts.iter().find(|part| part.title() == "instructions").expect("instructions");
    assert_eq!(
        (instructions.text.old(), instructions.text.new_text()),
        ("Answer.".into(), "Answer it in digits.".into())
    );
    assert!(parts.iter().any(|part| part.place == PartPlace::Demo(2) && part.change() == PartChange::Same), "kept");
}

#[test]
fn fields_of_a_signature_are_compared_one_by_one() {
    let mut other = prompt("Answer.", &[], "3+3");
    let system = other["messages"][0]["content"].as_str().expect("a prompt").to_owned();
    let fields = "1. `context` (str):\n2. `question` (list[str]):\nYour output";
    other["messages"][0]["content"] = json!(system.replace("1. `question` (str):\nYour output", fields));
    let parts = compared(&body(prompt("Answer.", &[], "3+3"), json!(["x"])), &body(other, json!(["x"])), true);
    assert_eq!(told(&parts), ["system/input field context: added", "system/input field question: changed"]);
    let question = parts.iter().find(|part| part.title() == "input field question").expect("the field");
    assert_eq!(
        (question.text.old(), question.text.new_text()),
        ("`question` (str):".into(), "`question` (list[str]):".into())
    );
}

#[test]
fn what_no_part_shows_is_shown_as_it_is_stored() {
    let mut other = prompt("Answer.", &[], "3+3");
    let reminder = "Respond with the corresponding output fields, starting with the field `[[ ## answer ## ]]`, and \
                    then ending with the marker for `[[ ## completed ## ]]`.";
    other["messages"][1]["content"] = json!(format!("[[ ## question ## ]]\n3+3\n\n{reminder}"));
    let first = body(prompt("Answer.", &[], "3+3"), json!(["x"]));
    let told = told(&compared(&first, &body(other, json!(["x"])), true));
    assert_eq!(told, ["inputs/messages: changed"]);
}

#[test]
fn a_span_without_a_partner_is_told_whole() {
    let alone = body(json!({"q": "who"}), json!({"a": "me"}));
    let head = head("ERROR");
    let side = ComparedSpan { head: &head, body: &alone, call: None };
    assert_eq!(
        told(&span_difference(None, Some(side), None)),
        ["inputs/q: added", "outputs/a: added", "how it ended/status: added"]
    );
    let removed = span_difference(Some(side), None, None);
    assert!(removed.iter().all(|part| part.change() == PartChange::Removed));
    assert_eq!(removed[0].text.old(), "who");
}

#[test]
fn a_withheld_value_stays_one() {
    let with = |key: Json| body(json!({"api_key": key}), json!(null));
    let parts = compared(&with(json!({"masked": true})), &with(json!({"masked": true})), false);
    assert_eq!((parts[0].name.as_str(), parts[0].text.old().as_str()), ("api_key", "‹masked›"));
}

#[test]
fn what_has_one_name_several_times_stands_in_its_order() {
    let units = |names: &str| -> Vec<Unit> {
        let unit =
            |name: char| Unit { place: PartPlace::Inputs, kind: None, name: name.to_string(), text: String::from("x") };
        names.chars().map(unit).collect()
    };
    let mut comparer = Comparer { deadline: None, parts: Vec::new() };
    comparer.by_name(units("abac"), units("xacayb"));
    let told: Vec<String> =
        comparer.parts.iter().map(|part| format!("{} {}", part.name, part.change().as_str())).collect();
    assert_eq!(told, ["x added", "a same", "b same", "a same", "c same", "y added"]);
}
