use serde_json::json;

use super::*;
use crate::model::{Json, LabelChange, LabelOf};
use crate::query::LabelBooks;
use crate::query::ask::Memo;
use crate::store::memory::MemoryStore;
use crate::store::{ReadCx, Store};
use std::sync::Arc;

fn body(inputs: Json, outputs: Json) -> SpanBody {
    SpanBody { inputs: Some(inputs), outputs: Some(outputs), ..SpanBody::default() }
}

fn put(store: &MemoryStore, id: &str, body: SpanBody) {
    let head = MemoryStore::trace_head(id, "1", None, "QA", 1_700_000_000_123);
    store.put_trace(head, vec![(MemoryStore::span("70c2e937cd2d5551", None, "QA", 1, 2), body)]);
}

fn ids(all: &[&str]) -> Vec<TraceId> {
    all.iter().map(|id| TraceId::from(*id)).collect()
}

fn written(store: &MemoryStore, books: &Arc<LabelBooks>, format: ExportFormat, all: &[&str]) -> (String, Exported) {
    let (mut store, cx) = (store.clone(), ReadCx::new());
    let store: &mut dyn Store = &mut store;
    let memo = Arc::new(Memo::new().with_labels(Arc::clone(books)));
    let mut out = Vec::new();
    let exporting = Exporting { format, is_single: all.len() == 1, out: &mut out };
    let exported = exporting.write(&mut Session::new(store, &cx, memo, 1), &ids(all)).expect("written");
    (String::from_utf8(out).expect("text"), exported)
}

fn parsed(text: &str) -> Json {
    serde_json::from_str(text).expect(text)
}

#[test]
fn attributes_of_otlp_are_typed_and_ids_are_hex() {
    let store = MemoryStore::new();
    let mut deep = json!("end");
    for _ in 0..60 {
        deep = json!([deep]);
    }
    let inputs = json!({"n": 3, "f": 1.0, "big": 18446744073709551615u64, "no": null, "is": true, "list": ["x", 2], "deep": deep});
    put(&store, "tr-00112233445566778899aabbccddeeff", body(inputs, json!("4")));
    let (text, _) =
        written(&store, &Arc::default(), ExportFormat::Otlp, &["tr-00112233445566778899aabbccddeeff", "gone"]);
    let document = parsed(&text);
    let span = &document["resourceSpans"][0]["scopeSpans"][0]["spans"][0];
    assert_eq!(span["traceId"], "00112233445566778899aabbccddeeff");
    assert_eq!((&span["spanId"], &span["startTimeUnixNano"]), (&json!("70c2e937cd2d5551"), &json!("1")));
    assert_eq!(span["status"], json!({"code": 1}));
    let value = |key: &str| {
        let all = span["attributes"].as_array().expect("a list");
        all.iter().find(|one| one["key"] == key).map(|one| one["value"].clone()).expect(key)
    };
    let inputs = value("mlflow.spanInputs");
    let field = |key: &str| {
        let all = inputs["kvlistValue"]["values"].as_array().expect("a list");
        all.iter().find(|one| one["key"] == key).map(|one| one["value"].clone()).expect(key)
    };
    assert_eq!(field("n"), json!({"intValue": "3"}));
    assert_eq!(field("f").to_string(), "{\"doubleValue\":1.0}");
    assert!(field("big").get("doubleValue").is_some(), "it is no 64-bit signed integer");
    assert_eq!((field("no"), field("is")), (json!({}), json!({"boolValue": true})));
    assert_eq!(field("list"), json!({"arrayValue": {"values": [{"stringValue": "x"}, {"intValue": "2"}]}}));
    assert!(field("deep").to_string().contains("[[[[[[[[[["), "what is nested too deep is JSON in a text");
}

#[test]
fn one_trace_stands_alone_and_several_in_a_list() {
    let store = MemoryStore::new();
    put(&store, "tr-1", body(json!({"q": 1}), json!({"a": 2})));
    put(&store, "tr-2", body(json!({"q": 1}), json!({"a": 2})));
    let books = Arc::default();
    let (text, exported) = written(&store, &books, ExportFormat::Mlflow, &["tr-1"]);
    assert_eq!(parsed(&text)["info"]["trace_id"], "tr-1");
    assert_eq!(exported, Exported { written: 1, left_out: 0 });
    let (text, exported) = written(&store, &books, ExportFormat::Mlflow, &["tr-1", "gone", "tr-2"]);
    assert_eq!(parsed(&text)[1]["info"]["request_time"], "2023-11-14T22:13:20.123Z");
    assert_eq!(exported, Exported { written: 2, left_out: 1 });
    for format in [ExportFormat::Mlflow, ExportFormat::Trainset] {
        assert_eq!(parsed(&written(&store, &books, format, &["gone", "gone too"]).0), json!([]));
    }
    assert_eq!(written(&store, &books, ExportFormat::Jsonl, &["tr-1", "tr-2"]).0.lines().count(), 2);
}

#[test]
fn examples_that_differ_in_what_is_masked_are_not_one() {
    let store = MemoryStore::new();
    for (id, key) in [("tr-1", "sk-fake-abcdefghij1234567890"), ("tr-2", "sk-fake-bcdefghijk2345678901")] {
        put(&store, id, body(json!({"q": format!("whose is {key}?")}), json!({"a": id})));
    }
    put(&store, "tr-3", body(json!({"q": "1"}), json!({"a": "tr-3"})));
    put(&store, "tr-4", body(json!({"q": "1"}), json!({"a": "tr-4"})));
    let all = ["tr-1", "tr-2", "tr-3", "tr-4"];
    let (text, _) = written(&store, &Arc::default(), ExportFormat::Trainset, &all);
    assert!(!text.contains("abcdefghij") && text.contains("‹masked›"), "{text}");
    let examples = parsed(&text);
    let answers: Vec<_> = examples.as_array().expect("a list").iter().map(|one| one["a"].clone()).collect();
    assert_eq!(answers, [json!("tr-1"), json!("tr-2"), json!("tr-3")]);
}

#[test]
fn a_trainset_takes_the_users_word_first() {
    use crate::model::Judgement::{Right, Wrong};
    let store = MemoryStore::new();
    let books = Arc::new(LabelBooks::default());
    let book = books.open(store.id(), "x");
    let say = |id: &str, change| book.change(&LabelOf::Trace(id.into()), change, 1).expect("kept");
    let qa = |q: &str, a: &str| body(json!({"q": q}), json!({"a": a, "why": "w"}));
    for (id, q, a) in
        [("tr-1", "1", "x"), ("tr-2", "2", "x"), ("tr-3", "3", "x"), ("tr-4", "4", "x"), ("tr-5", "1", "y")]
    {
        put(&store, id, qa(q, a));
    }
    put(&store, "tr-6", body(json!("no names"), json!({"a": 1})));
    say("tr-1", LabelChange::Judgement(Some(Right)));
    say("tr-2", LabelChange::Judgement(Some(Wrong)));
    say("tr-3", LabelChange::Judgement(Some(Wrong)));
    say("tr-3", LabelChange::Corrected(json!({"a": "three"}).as_object().cloned()));
    let all = ["tr-5", "tr-4", "tr-3", "tr-2", "tr-1", "tr-6"];
    let (text, exported) = written(&store, &books, ExportFormat::Trainset, &all);
    let examples = parsed(&text);
    let told: Vec<_> = examples
        .as_array()
        .expect("a list")
        .iter()
        .map(|one| {
            assert_eq!(one[INPUT_KEYS], json!(["q"]));
            (one["q"].as_str().expect("q"), one["a"].as_str().expect("a"), one[ANSWER].as_str().expect("from"))
        })
        .collect();
    // Of the two with the same inputs the one that was called right; the wrong one is left out.
    assert_eq!(told, [("1", "x", "right"), ("4", "x", "answered"), ("3", "three", "corrected")]);
    assert_eq!(examples[2]["why"], "w", "what was not corrected stays");
    assert_eq!(exported, Exported { written: 3, left_out: 2 });
}

#[test]
fn a_trainset_expects_what_the_page_of_a_trace_does() {
    let store = MemoryStore::new();
    let noted = |name: &str, value: &str, source: &str| crate::model::Assessment {
        kind: "expectation".to_owned(),
        source_type: source.to_owned(),
        ..MemoryStore::score(name, value.into())
    };
    let mut head = MemoryStore::trace_head("tr-1", "1", None, "QA", 5);
    head.assessments = vec![noted("expected_a", "person's", "HUMAN"), noted("expected_a", "function's", "CODE")];
    let spans =
        vec![(MemoryStore::span("a", None, "QA", 1, 2), body(json!({"q": "1"}), json!({"a": "x", "why": "w"})))];
    store.put_trace(head, spans);
    let (text, _) = written(&store, &Arc::default(), ExportFormat::Trainset, &["tr-1"]);
    let example = &parsed(&text)[0];
    // An expectation is about the field without the prefix, and a person's word counts before a function's.
    assert_eq!((&example["a"], &example[ANSWER]), (&json!("person's"), &json!("expected")));
    assert_eq!(example.get("expected_a"), None, "{example}");
}

#[test]
fn a_secret_behind_an_escape_of_an_error_stays_masked() {
    let store = MemoryStore::new();
    let error = r#"{"error_code": "E", "error_message": "line\nsk-proj-abcdefghij1234567890"}"#;
    let mut head = MemoryStore::trace_head("tr-1", "1", None, "QA", 5);
    head.assessments =
        vec![crate::model::Assessment { error: Some(error.to_owned()), ..MemoryStore::score("metric", Json::Null) }];
    store.put_trace(head, vec![(MemoryStore::span("a", None, "QA", 1, 2), SpanBody::default())]);
    let (text, _) = written(&store, &Arc::default(), ExportFormat::Mlflow, &["tr-1"]);
    let told = &parsed(&text)["info"]["assessments"][0]["feedback"]["error"];
    assert_eq!(told["error_code"], "E");
    assert!(told["error_message"].as_str().is_some_and(|text| text.starts_with("line\n")), "{told}");
    assert!(!text.contains("abcdefghij1234567890"), "{text}");
    let (mut reader, cx) = (store.clone(), ReadCx::new());
    let head = reader.trace(&cx, &"tr-1".into()).expect("read").expect("there");
    let said = head.assessments[0].error_text().expect("an error");
    assert!(said.starts_with("E: line\n") && !said.contains("abcdefghij1234567890"), "{said}");
}
