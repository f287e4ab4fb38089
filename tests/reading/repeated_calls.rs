//! Code that is copied of a call repeats its messages exactly: as Python with doubles of dspy and litellm and with the
//! real ones where they are installed, as a line for a shell with curl. Calls are those of the recorded stores.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};

use dspyglass::model::{Json, SpanBody};
use dspyglass::query::ask::{Memo, Session};
use dspyglass::query::chat::{Language, Request, chat};
use dspyglass::query::trace_document;
use dspyglass::store::{ReadCx, TraceQuery};
use serde_json::json;

use super::support::{folder_of, reader, stores};

/// What stands for the address of a model in copied code; the stand-in puts its own there.
const ADDRESS: &str = "http://stand-in.invalid/v1";
/// The Python that has dspy and litellm, where it is not `python3`.
const PYTHON: &str = "DSPYGLASS_DSPY_PYTHON";
const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/reading/repeat.py");

/// A call that can be repeated.
struct Call {
    place: String,
    /// The messages that its span says were sent; a prompt stands for one message of a user.
    messages: Json,
    request: Request,
}

/// Every call of every recorded store, and how many of them cannot be repeated.
fn calls() -> (Vec<Call>, usize) {
    let (mut found, mut without) = (Vec::new(), 0);
    for place in stores() {
        let name = folder_of(&place).file_name().expect("a name").to_string_lossy().into_owned();
        let mut store = reader(&place);
        let cx = ReadCx::new();
        let index = store.trace_index(&cx, &TraceQuery::default()).expect("traces");
        let rows = store.trace_rows(&cx, &index.handles).expect("rows");
        let mut session = Session::new(store.as_mut(), &cx, Memo::new().into(), 1);
        for row in rows {
            let Some(document) = trace_document(&mut session, &row.id).expect("read") else { continue };
            for call in chat(&document) {
                let mut body = document.bodies[call.span].clone();
                let inputs = body.inputs.as_ref().expect("inputs");
                let messages = match &inputs["messages"] {
                    list @ Json::Array(_) => list.clone(),
                    _ => json!([{"role": "user", "content": inputs["prompt"]}]),
                };
                redirect(&mut body);
                match Request::of(&body) {
                    Some(request) => found.push(Call { place: format!("{name} {}", row.id), messages, request }),
                    None => without += 1,
                }
            }
        }
    }
    (found, without)
}

/// The call goes to the stand-in, whatever its model is.
fn redirect(body: &mut SpanBody) {
    body.attributes.insert("api_base".to_owned(), json!(ADDRESS));
    let model = body.attributes.get("model").and_then(Json::as_str).unwrap_or_default();
    let name = model.rsplit('/').next().filter(|name| !name.is_empty()).unwrap_or("model");
    let model = format!("openai/{name}");
    body.attributes.insert("model".to_owned(), Json::from(model));
    if let Some(inputs) = body.inputs.as_mut().and_then(Json::as_object_mut) {
        inputs.remove("api_base");
    }
}

/// What each snippet sends, as the script says.
fn run(python: &str, mode: &str, snippets: &[String]) -> Vec<Json> {
    let mut child = Command::new(python)
        .args([SCRIPT, mode])
        .env("OPENAI_API_KEY", "of-the-environment")
        .env("LITELLM_LOCAL_MODEL_COST_MAP", "True")
        .env("DSPY_CACHEDIR", std::env::temp_dir().join("dspyglass-no-cache"))
        .env("PYTHONIOENCODING", "utf-8")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("python");
    let mut stdin = child.stdin.take().expect("stdin");
    let text = Json::from(snippets.to_vec()).to_string();
    let writer = std::thread::spawn(move || stdin.write_all(text.as_bytes()));
    let output = child.wait_with_output().expect("the script");
    writer.join().expect("written").expect("written");
    let lines = String::from_utf8(output.stdout).expect("UTF-8");
    lines.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

fn has(program: &str, args: &[&str]) -> bool {
    let run = Command::new(program).args(args).stdout(Stdio::null()).stderr(Stdio::null()).status();
    run.is_ok_and(|status| status.success())
}

/// Compares what was sent with what the spans say; what a client wrote anew is `read` on both sides.
fn same(calls: &[Call], sent: &[Json], read: impl Fn(&Json) -> Json) {
    assert_eq!(calls.len(), sent.len());
    let other = calls
        .iter()
        .zip(sent)
        .filter(|(call, sent)| sent["error"] != Json::Null || read(&sent["messages"]) != read(&call.messages));
    let told: Vec<String> =
        other.map(|(call, sent)| format!("{}\n{sent}\ninstead of\n{}", call.place, call.messages)).collect();
    assert!(told.is_empty(), "{} calls are not repeated, the first: {}", told.len(), told[0]);
}

/// Messages as dspy (3.4) writes them anew: arguments of tools, which stand there as JSON in a text, without blanks, and
/// results of tools without the tool's name, which the provider knows by the id.
fn written_anew(messages: &Json) -> Json {
    let mut messages = messages.clone();
    for message in messages.as_array_mut().into_iter().flatten().filter_map(Json::as_object_mut) {
        if message.get("role").and_then(Json::as_str) == Some("tool") {
            message.remove("name");
        }
        for call in message.get_mut("tool_calls").and_then(Json::as_array_mut).into_iter().flatten() {
            let read = call["function"]["arguments"].as_str().and_then(|text| serde_json::from_str(text).ok());
            if let Some(read) = read {
                call["function"]["arguments"] = read;
            }
        }
    }
    messages
}

#[test]
fn copied_python_says_the_messages_of_every_recorded_call() {
    if !has("python3", &["--version"]) {
        println!("skipped: no python3 here");
        return;
    }
    let (calls, without) = calls();
    for language in [Language::Dspy, Language::LiteLlm] {
        let snippets: Vec<String> = calls.iter().map(|call| call.request.code(language)).collect();
        let sent = run("python3", "fake", &snippets);
        same(&calls, &sent, Json::clone);
        for (call, sent) in calls.iter().zip(&sent) {
            assert_eq!(sent["options"]["api_base"], ADDRESS, "{}", call.place);
            assert_eq!(sent["options"]["api_key"], Json::Null, "{}: keys come from the environment", call.place);
        }
    }
    println!("{} calls, {without} without messages", calls.len());
    assert!(calls.len() > 300, "{}", calls.len());
}

#[test]
fn copied_python_repeats_every_recorded_call_against_a_stand_in() {
    let python = std::env::var(PYTHON).unwrap_or_else(|_| "python3".to_owned());
    if !has(&python, &["-c", "import dspy, litellm"]) {
        println!("skipped: {python} has no dspy and litellm; {PYTHON} names a Python that has them");
        return;
    }
    let (calls, _) = calls();
    for language in [Language::Dspy, Language::LiteLlm] {
        let snippets: Vec<String> = calls.iter().map(|call| call.request.code(language)).collect();
        same(&calls, &run(&python, "real", &snippets), written_anew);
        println!("{language:?}: {} calls repeated", calls.len());
    }
}

/// The stand-in; it ends with the test.
struct StandIn {
    child: Child,
    lines: std::io::Lines<BufReader<std::process::ChildStdout>>,
    port: u64,
}

impl StandIn {
    fn new() -> Self {
        let mut child =
            Command::new("python3").args([SCRIPT, "serve"]).stdout(Stdio::piped()).spawn().expect("python3");
        let mut lines = BufReader::new(child.stdout.take().expect("stdout")).lines();
        let port = lines.next().expect("a line").expect("a port").parse().expect("a number");
        Self { child, lines, port }
    }

    fn told(&mut self) -> Json {
        serde_json::from_str(&self.lines.next().expect("a line").expect("text")).expect("JSON")
    }
}

impl Drop for StandIn {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

#[test]
fn a_copied_line_of_curl_sends_the_messages_of_every_recorded_call() {
    if !has("curl", &["--version"]) || !has("python3", &["--version"]) {
        println!("skipped: no curl, or no python3, here");
        return;
    }
    let (calls, _) = calls();
    let mut stand_in = StandIn::new();
    // A shell and a connection for each: some of every kind are enough, and the longest.
    let mut chosen: Vec<&Call> = calls.iter().step_by(calls.len().div_ceil(60)).collect();
    chosen.extend(calls.iter().max_by_key(|call| call.messages.to_string().len()));
    for call in &chosen {
        let address = format!("http://127.0.0.1:{}/v1", stand_in.port);
        let code = call.request.code(Language::Curl).replace(ADDRESS, &address);
        let mut shell = Command::new("sh")
            .env("OPENAI_API_KEY", "of-the-environment")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("a shell");
        shell.stdin.take().expect("stdin").write_all(code.as_bytes()).expect("written");
        assert!(shell.wait().expect("ran").success(), "{}: {code}", call.place);
        let told = stand_in.told();
        assert_eq!(told["body"]["messages"], call.messages, "{}", call.place);
        assert_eq!(told["key"], "Bearer of-the-environment");
    }
    println!("{} of {} calls repeated by curl", chosen.len(), calls.len());
}
