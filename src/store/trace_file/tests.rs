use serde_json::json;

use super::*;
use crate::model::{Reveal, TraceId};
use crate::store::{ReadCx, Store, TraceQuery};

fn file(name: &str, content: impl AsRef<[u8]>) -> (tempfile::TempDir, std::path::PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join(name);
    std::fs::write(&path, content).expect("written");
    (folder, path)
}

fn opened(name: &str, content: impl AsRef<[u8]>) -> MemoryStore {
    let (_folder, path) = file(name, content);
    open(&path).unwrap_or_else(|error| panic!("{error}"))
}

fn refused(name: &str, content: impl AsRef<[u8]>) -> String {
    let (_folder, path) = file(name, content);
    let told = open(&path).err().expect("it is refused").to_string();
    assert!(told.contains(name) && told.contains("Trace.to_json") && !told.contains('\n'), "{told}");
    told
}

fn traces(store: &MemoryStore) -> usize {
    store.clone().trace_index(&ReadCx::new(), &TraceQuery::default()).expect("listed").handles.len()
}

fn a_trace(id: &str) -> Json {
    json!({
        "info": {"trace_id": id, "state": "OK", "request_time": "2025-01-02T03:04:05.678Z", "execution_duration_ms": 12,
            "trace_location": {"type": "MLFLOW_EXPERIMENT", "mlflow_experiment": {"experiment_id": "7"}},
            "tags": {"mlflow.traceName": "QA"},
            "trace_metadata": {"mlflow.sourceRun": "r1", "mlflow.trace.session": "s",
                "mlflow.trace.tokenUsage": "{\"input_tokens\": 3, \"output_tokens\": 4, \"total_tokens\": 7}"},
            "assessments": [{"assessment_id": "a-1", "assessment_name": "metric", "feedback": {"value": 1.0},
                "source": {"source_type": "CODE", "source_id": "default"}, "create_time": "2025-01-02T03:04:06Z",
                "rationale": "with api_key=sk-abcdefghij1234567890"}]},
        "data": {"spans": [{"trace_id": "BHI2e589L3mNexPN6lUDeQ==", "span_id": "cMLpN80tVVE=", "parent_span_id": null,
            "name": "QA", "start_time_unix_nano": 5, "end_time_unix_nano": 9, "events": [],
            "status": {"code": "STATUS_CODE_OK", "message": ""},
            "attributes": {"mlflow.traceRequestId": format!("\"{id}\""), "mlflow.spanInputs": "{\"q\": 1}",
                "api_key": "\"sk-fake-abcdefghij1234567890\""}}]},
    })
}

#[test]
fn a_trace_of_mlflow_is_read_in_every_wrapping() {
    let (one, two) = (a_trace("tr-1"), a_trace("tr-2"));
    let store = opened("one.json", one.to_string());
    assert_eq!(Store::info(&store).opened_for, Some(OpenedFor::Trace("tr-1".into())));
    let cx = ReadCx::new();
    let id = TraceId::from("tr-1");
    let head = store.clone().trace(&cx, &id).expect("read").expect("there");
    let row = &head.row;
    assert_eq!((row.start_time_ms, row.duration_ms, &*row.name), (1_735_787_045_678, Some(12), "QA"));
    assert_eq!((row.run_id.as_ref().map(|id| id.as_str()), row.experiment_id.as_str()), (Some("r1"), "7"));
    assert_eq!(row.tokens.and_then(|tokens| tokens.total), Some(7));
    assert_eq!((&head.assessments[0].value, &*head.assessments[0].name), (&json!(1.0), "metric"));
    assert!(!format!("{head:?}").contains("abcdefghij"), "{head:?}");
    let spans = store.clone().spans(&cx, &id).expect("read");
    assert_eq!((&*spans[0].id, spans[0].start_ns, spans[0].end_ns), ("70c2e937cd2d5551", 5, Some(9)));
    let body = |reveal| {
        let cx = ReadCx::new().with_reveal(reveal);
        store.clone().span_body(&cx, &id, spans[0].handle).expect("read").expect("there")
    };
    assert_eq!(body(Reveal::Masked).inputs, Some(json!({"q": 1})));
    assert_eq!(body(Reveal::Masked).attributes["api_key"], json!({"masked": true}));
    assert_eq!(body(Reveal::Revealed).attributes["api_key"], json!("sk-fake-abcdefghij1234567890"));

    let list = opened("list.json", json!([one, two]).to_string());
    assert_eq!(traces(&list), 2);
    assert_eq!(Store::info(&list).opened_for, Some(OpenedFor::TracesOf("7".into())));
    let can = Store::capabilities(&list);
    assert_eq!((can.can_watch, can.keeps_prompts, can.keeps_traces), (false, false, true));
    assert_eq!(traces(&opened("named.json", json!({"traces": [one, two]}).to_string())), 2);
    let lines = opened("lines.jsonl", format!("{one}\n\n{two}\n{{\"cut"));
    assert_eq!(traces(&lines), 2);
    let notices = Store::info(&lines).notices;
    assert!(notices[0].contains("the first is line 4"), "{notices:?}");
    let odd = Store::info(&opened("odd.json", json!([one, 7, {"a": 1}]).to_string())).notices;
    assert!(odd[0].starts_with("2 parts"), "{odd:?}");
}

#[test]
fn spans_of_others_become_traces() {
    let span = |trace: &str, id: &str, parent: &str, attributes: Json| {
        json!({"traceId": trace, "spanId": id, "parentSpanId": parent, "name": id, "startTimeUnixNano": "1000000",
            "endTimeUnixNano": 3_000_000, "status": {"code": 2, "message": "no"}, "attributes": attributes})
    };
    let (a, b) = ("00112233445566778899AABBCCDDEEFF", "f0112233445566778899aabbccddeeff");
    let plain = json!([{"key": "text", "value": {"stringValue": "42"}}, {"key": "n", "value": {"intValue": "42"}}]);
    let wrapped = json!([{"key": "mlflow.traceRequestId", "value": {"stringValue": "\"tr-own\""}},
        {"key": "mlflow.spanInputs", "value": {"stringValue": "{\"q\": [1]}"}}]);
    let document = json!({"resourceSpans": [
        {"scopeSpans": [{"spans": [span(a, "00000000000000a1", "", plain.clone()), span(b, "00000000000000b1", "", wrapped)]}]},
        {"scopeSpans": [{"spans": [span(a, "00000000000000a2", "00000000000000a1", plain), {"name": "no ids"}]}]},
    ]});
    let store = opened("spans.json", document.to_string());
    assert_eq!(traces(&store), 2);
    let cx = ReadCx::new();
    let of_a = TraceId::from("tr-00112233445566778899aabbccddeeff");
    let spans = store.clone().spans(&cx, &of_a).expect("read");
    assert_eq!(spans.len(), 2);
    let body = store.clone().span_body(&cx, &of_a, spans[0].handle).expect("read").expect("there");
    assert_eq!((&body.attributes["text"], &body.attributes["n"]), (&json!("42"), &json!(42)));
    let head = store.clone().trace(&cx, &of_a).expect("read").expect("there");
    assert_eq!((&*head.row.status, head.row.duration_ms, head.row.start_time_ms), ("ERROR", Some(2), 1));
    let own = TraceId::from("tr-own");
    let spans = store.clone().spans(&cx, &own).expect("read");
    let body = store.clone().span_body(&cx, &own, spans[0].handle).expect("read").expect("there");
    assert_eq!(body.inputs, Some(json!({"q": [1]})));
}

#[test]
fn hostile_files_get_one_sentence_that_names_them() {
    let deep = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    let cut = &a_trace("tr-1").to_string()[..300];
    for (name, content, wanted) in [
        ("empty.json", String::new(), "it is empty"),
        ("cut.json", cut.to_owned(), "ends in the middle"),
        ("words.json", "not JSON at all".to_owned(), "it is no JSON, from line 1"),
        ("deep.json", deep(100_000), "nested too deeply"),
        ("number.json", "7".to_owned(), "a number stands where a trace"),
        ("list.json", "[1, 2]".to_owned(), "a number stands where a trace"),
        ("none.json", "[]".to_owned(), "list of traces is empty"),
        ("other.json", "{\"columns\": [], \"data\": []}".to_owned(), "it holds columns, data"),
        ("info.json", "{\"info\": {}, \"data\": {}}".to_owned(), "names no trace_id"),
        ("types.json", "{\"info\": 7, \"data\": null}".to_owned(), "names no trace_id"),
        ("spans.json", "{\"info\": {\"trace_id\": \"x\"}, \"data\": {\"spans\": 7}}".to_owned(), "are no list"),
        ("otlp.json", "{\"resourceSpans\": [{\"scopeSpans\": [{\"spans\": [7, {}]}]}]}".to_owned(), "no span with a"),
        ("otlp2.json", "{\"resourceSpans\": 1}".to_owned(), "are no list"),
        ("lines.jsonl", "7\n8\n".to_owned(), "a number stands"),
    ] {
        let told = refused(name, content);
        assert!(told.contains(wanted), "{told}");
    }
    let (_folder, path) = file("large.json", "[");
    std::fs::File::options().write(true).open(&path).expect("opened").set_len(MOST + 1).expect("made longer");
    assert!(open(&path).err().expect("refused").to_string().contains("no more than 128"));
    // What is strange within a trace costs that alone.
    let mut odd = a_trace("tr-1");
    odd["data"]["spans"] = json!([7, null, {"span_id": 9}, {"span_id": "a", "attributes": "x", "events": {"a": 1}}]);
    odd["info"]["tags"] = json!([{"key": "a", "value": 1}, 7]);
    odd["info"]["request_time"] = json!({"a": 1});
    odd["info"]["assessments"] = json!([7, {"feedback": 9}]);
    let store = opened("odd.json", odd.to_string());
    assert_eq!(store.clone().spans(&ReadCx::new(), &"tr-1".into()).expect("read").len(), 1);
}
