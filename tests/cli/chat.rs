//! `trace --chat`, `--steps` and `--code` on traces of which it is known what they hold (DSPy 3.4.1, MLflow 3.18).

use serde_json::{Value, json};

use super::{answered, database, document, text};

const FALLBACK: &str = "tr-9c1acddbeedeb5fe019ee1e520197369";
const IMAGE: &str = "tr-35476534b460846759c8e122c3459ddb";
const NATIVE_TOOLS: &str = "tr-10c83db78f326c6a00e82795e083f190";
const OUT_OF_STEPS: &str = "tr-515371de4d8f94eed2dfa8490666712c";
const CODE_ACT: &str = "tr-c47a3edc1504435b1ebe20b4cb8eaaaa";

fn asked(trace: &str, more: &[&str]) -> Value {
    let store = database("modern-3.18");
    let mut args = vec!["trace", text(&store), trace];
    args.extend(more);
    document(&args)
}

fn told(trace: &str, more: &[&str]) -> String {
    let store = database("modern-3.18");
    let mut args = vec!["trace", text(&store), trace];
    args.extend(more);
    answered(&args)
}

/// Kind and name of parts.
fn parts(list: &Value) -> Vec<String> {
    let part =
        |part: &Value| format!("{} {}", part["kind"].as_str().unwrap_or("?"), part["name"].as_str().unwrap_or("-"));
    list.as_array().expect("parts").iter().map(part).collect()
}

#[test]
fn a_fallback_is_two_calls_of_two_adapters() {
    let calls = asked(FALLBACK, &["--chat"])["calls"].take();
    let [first, second] = calls.as_array().expect("calls").as_slice() else { panic!("{calls}") };
    assert_eq!((&first["adapter"], &second["adapter"]), (&json!("xml"), &json!("json")));
    assert_eq!((&first["fallback_of"], &second["fallback_of"]), (&Value::Null, &first["span_id"]));
    assert!(first["parse_error"].as_str().is_some_and(|error| error.contains("mismatched tag")), "{first}");
    assert_eq!(second["model"], "openai/gpt-4o-mini");
    assert_eq!(parts(&first["output"]), ["text -"]);
    assert_eq!(parts(&second["output"]), ["format -", "field reasoning", "field category", "field answer", "format -"]);
    assert_eq!(second["output"][2]["value"], "repair");
    let system = &first["messages"][0];
    assert_eq!(parts(&system["parts"])[..3], ["format -", "input_field ticket", "format -"]);
    assert_eq!(system["parts"][4]["type"], "Literal['billing', 'repair', 'delivery', 'other']");
    assert_eq!(parts(&first["messages"][1]["parts"]), ["field ticket", "format -"]);
    let people = told(FALLBACK, &["--chat"]);
    for line in
        ["! fallback: XMLAdapter.parse failed; JSONAdapter was tried next", "user · request", "  ticket", "  category"]
    {
        assert!(people.lines().any(|one| one == line), "{line}: {people}");
    }
}

#[test]
fn images_and_tools_stand_beside_the_text() {
    let call = asked(IMAGE, &["--chat"])["calls"][0].take();
    let message = &call["messages"][1];
    assert_eq!(parts(&message["parts"]), ["field picture", "image picture", "field question", "format -"]);
    let image = &message["parts"][1];
    assert_eq!((&image["media_type"], &image["size"], &image["text"]), (&json!("image/png"), &json!(78), &json!("")));
    let calls = asked(NATIVE_TOOLS, &["--chat"])["calls"].take();
    assert_eq!(
        parts(&calls[0]["output"]),
        ["field next_thought", "tool_call stock", "tool_call ledger", "tool_call stock"]
    );
    assert_eq!(calls[0]["output"][1]["text"], r#"{"thing": "dynamo light", "city": "Gent"}"#);
    assert_eq!(calls[0]["tools"].as_array().map(Vec::len), Some(3));
    let roles = calls[1]["messages"].as_array().expect("messages").iter().map(|one| one["role"].clone());
    assert_eq!(Value::from_iter(roles), json!(["system", "user", "assistant", "tool", "tool", "tool", "user"]));
    assert_eq!(parts(&calls[1]["messages"][4]["parts"]), ["tool_result ledger"]);
}

#[test]
fn agents_are_told_step_by_step() {
    let agent = asked(OUT_OF_STEPS, &["--steps"])["agents"][0].take();
    assert_eq!((&agent["kind"], &agent["status"]), (&json!("ReAct"), &json!("OK")));
    let action = &agent["steps"][0]["actions"][0];
    assert_eq!((&action["tool"], &action["arguments"]), (&json!("stock"), &json!({"thing": "saddle"})));
    assert_eq!(action["observation"]["pieces"], 16);
    assert!(action["span_id"].is_string() && agent["steps"][0]["duration_ns"].as_i64() > Some(0));
    assert_eq!(agent["findings"][0]["kind"], "out_of_steps");

    let agent = asked(NATIVE_TOOLS, &["--steps"])["agents"][0].take();
    let step = &agent["steps"][0];
    assert_eq!(agent["steps"].as_array().map(Vec::len), Some(2));
    let actions = step["actions"].as_array().expect("actions").iter();
    let actions = actions.map(|one| json!([one["tool"], one["failed"], one["span_id"].is_string()]));
    assert_eq!(
        Value::from_iter(actions),
        json!([["stock", false, true], ["ledger", true, true], ["stock", false, true]])
    );
    assert_eq!(
        (&step["thought"], &agent["steps"][1]["actions"][0]["tool"]),
        (&json!("Both at once."), &json!("submit"))
    );
    assert_eq!(agent["findings"], json!([{"kind": "action_failed", "step": 1, "text": "ledger failed"}]));

    let agent = asked(CODE_ACT, &["--steps"])["agents"][0].take();
    let codes = agent["steps"].as_array().expect("steps").iter();
    let codes = codes.map(|step| json!([step["actions"][0]["code"], step["actions"][0]["failed"]]));
    let wanted = json!([["print(double(4))", false], ["print(double('x') + 1)", true], ["print(double(21))", false]]);
    assert_eq!(Value::from_iter(codes), wanted);
    let people = told(OUT_OF_STEPS, &["--steps"]);
    assert!(people.contains("! ran out of steps: after 1 step the last action is stock, not finish"), "{people}");
}

#[test]
fn code_repeats_the_messages() {
    let sent = asked(FALLBACK, &[])["spans"].take();
    let sent = sent.as_array().expect("spans").iter().filter(|span| span["type"] == "CHAT_MODEL");
    let sent: Vec<Value> = sent.map(|span| span["inputs"]["messages"].clone()).collect();
    let code = told(FALLBACK, &["--chat", "--code", "curl"]);
    let bodies = code.lines().filter(|line| line.starts_with('{'));
    let bodies: Vec<Value> = bodies.map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(bodies.iter().map(|body| body["messages"].clone()).collect::<Vec<_>>(), sent);
    let code = told(FALLBACK, &["--chat", "--code", "dspy"]);
    assert_eq!(code.matches("lm = dspy.LM(\"openai/gpt-4o-mini\", cache=False").count(), 2, "{code}");
}
