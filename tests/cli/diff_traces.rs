//! `diff-traces` on recorded stores, checked against what SQL says of the same spans.

use std::collections::BTreeMap;
use std::path::Path;

use rusqlite::{Connection, OpenFlags};
use serde_json::{Value, json};

use super::{answered, database, document, run, text};

/// The agent as DSPy 3.4 wrote it, and as its successor does.
const REACT: &str = "tr-515371de4d8f94eed2dfa8490666712c";
const REACT_V2: &str = "tr-10c83db78f326c6a00e82795e083f190";

/// A span as it is stored.
struct Stored {
    name: String,
    status: String,
    inputs: Option<Value>,
    outputs: Option<Value>,
}

fn stored(database: &Path, trace: &str) -> BTreeMap<String, Stored> {
    let db = Connection::open_with_flags(database, OpenFlags::SQLITE_OPEN_READ_ONLY).expect("opened");
    let mut statement =
        db.prepare("select span_id, name, status, content from spans where trace_id = ?1").expect("a statement");
    let row = |row: &rusqlite::Row<'_>| {
        let (id, name, status, content): (String, String, String, String) =
            (row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?);
        let content: Value = serde_json::from_str(&content).expect("JSON");
        let value = |key: &str| {
            let text = content["attributes"][key].as_str();
            text.map(|text| serde_json::from_str(text).unwrap_or_else(|_| json!(text)))
        };
        let (inputs, outputs) = (value("mlflow.spanInputs"), value("mlflow.spanOutputs"));
        Ok((id.trim_start_matches("0x").to_owned(), Stored { name, status, inputs, outputs }))
    };
    statement.query_map([trace], row).expect("rows").map(|row| row.expect("a row")).collect()
}

fn traces(database: &Path) -> Vec<String> {
    let db = Connection::open_with_flags(database, OpenFlags::SQLITE_OPEN_READ_ONLY).expect("opened");
    let mut statement = db.prepare("select distinct trace_id from spans order by 1").expect("a statement");
    statement.query_map([], |row| row.get(0)).expect("rows").map(|row| row.expect("a row")).collect()
}

fn compared(database: &Path, first: &str, other: &str, more: &[&str]) -> Value {
    let mut args = vec!["diff-traces", text(database), first, other];
    args.extend(more);
    let mut document = document(&args);
    assert_eq!(document["comparisons"].as_array().map(Vec::len), Some(1));
    document["comparisons"][0].take()
}

#[test]
fn every_span_of_both_stands_in_one_row_and_differs_where_the_store_says_so() {
    let mut pairs = 0;
    for store in ["real-3.18", "modern-3.18", "v3.17", "gepa-3.17"] {
        let database = database(store);
        for pair in traces(&database).windows(2).step_by(3) {
            pairs += 1;
            let (a, b) = (stored(&database, &pair[0]), stored(&database, &pair[1]));
            let found = compared(&database, &pair[0], &pair[1], &[]);
            let rows = found["rows"].as_array().expect("rows");
            for (side, of) in [("a", &a), ("b", &b)] {
                let mut ids: Vec<&str> = rows.iter().filter_map(|row| row[side]["span_id"].as_str()).collect();
                ids.sort_unstable();
                assert_eq!(ids, of.keys().map(String::as_str).collect::<Vec<_>>(), "{store} {pair:?} {side}");
            }
            for row in rows {
                let side = |side: &str, of: &BTreeMap<String, Stored>| {
                    row[side]["span_id"].as_str().map(|id| (of[id].name.clone(), of[id].status.clone(), id.to_owned()))
                };
                let (Some(first), Some(other)) = (side("a", &a), side("b", &b)) else {
                    let only = if row["a"].is_null() { "only_b" } else { "only_a" };
                    assert_eq!((&row["change"], &row["differs"]), (&json!(only), &json!([])), "{row}");
                    continue;
                };
                let (a, b) = (&a[&first.2], &b[&other.2]);
                let has = |what: &str| row["differs"].as_array().is_some_and(|all| all.contains(&json!(what)));
                assert_eq!(has("inputs"), a.inputs != b.inputs, "{store} {pair:?} {row}");
                assert_eq!(has("outputs"), a.outputs != b.outputs, "{store} {pair:?} {row}");
                assert_eq!(has("name"), a.name != b.name || row["a"]["type"] != row["b"]["type"]);
                assert!(!has("status") || a.status != b.status || a.status == "ERROR");
            }
            let counted = |change: &str| rows.iter().filter(|row| row["change"] == change).count();
            let wanted = json!({"same": counted("same"), "changed": counted("changed"), "only_a": counted("only_a"),
                                "only_b": counted("only_b")});
            assert_eq!(found["counts"], wanted);
            assert_eq!(found["same"].as_bool(), Some(counted("same") == rows.len()));
        }
    }
    assert!(pairs > 20, "{pairs}");
}

#[test]
fn a_trace_and_itself_are_the_same() {
    let database = database("modern-3.18");
    let found = compared(&database, REACT, REACT, &["--full"]);
    assert_eq!((&found["same"], &found["first"]), (&json!(true), &Value::Null));
    assert!(found["rows"].as_array().expect("rows").iter().all(|row| row["duration_difference_ns"] == 0));
    let told = answered(&["diff-traces", text(&database), REACT, REACT]);
    assert!(told.contains("Nothing differs"), "{told}");
}

/// The pieces of one side joined.
fn side(part: &Value, op: &str) -> String {
    let pieces = part["text"].as_array().expect("pieces").iter();
    let own = pieces.filter(|piece| piece["op"] == "equal" || piece["op"] == op);
    own.filter_map(|piece| piece["text"].as_str()).collect()
}

#[test]
fn what_was_sent_and_answered_joins_back_to_what_is_stored() {
    let database = database("real-3.18");
    let all = traces(&database);
    let mut parts = 0;
    for pair in all.windows(2) {
        let (a, b) = (stored(&database, &pair[0]), stored(&database, &pair[1]));
        let found = compared(&database, &pair[0], &pair[1], &["--full"]);
        for row in found["rows"].as_array().expect("rows").iter().filter(|row| row["a"]["type"] == "CHAT_MODEL") {
            let content = |of: &BTreeMap<String, Stored>, key: &str| {
                let span = row[key]["span_id"].as_str().and_then(|id| of.get(id));
                let messages = span.and_then(|span| span.inputs.as_ref()?["messages"].as_array().cloned());
                let sent = messages.into_iter().flatten().filter_map(|one| one["content"].as_str().map(str::to_owned));
                sent.collect::<Vec<_>>().join("\n")
            };
            let (first, other) = (content(&a, "a"), content(&b, "b"));
            for part in row["parts"].as_array().into_iter().flatten() {
                if part["place"] == "request" && part["kind"] == "field" {
                    parts += 1;
                    assert!(part["change"] == "added" || first.contains(&side(part, "delete")), "{part}");
                    assert!(part["change"] == "removed" || other.contains(&side(part, "insert")), "{part}");
                }
            }
        }
    }
    assert!(parts > 10, "{parts}");
}

#[test]
fn an_agent_stands_beside_its_successor() {
    let database = database("modern-3.18");
    let found = compared(&database, REACT, REACT_V2, &[]);
    let root = &found["rows"][0];
    assert_eq!((&root["a"]["name"], &root["b"]["name"]), (&json!("ReAct.forward"), &json!("ReActV2.forward")));
    assert_eq!(root["depth"], 0);
    assert_eq!(found["first"]["row"], 0, "they are called otherwise from the beginning");
    assert!(found["first"]["parts"].as_array().is_some_and(|parts| !parts.is_empty()));
    let told = answered(&["diff-traces", text(&database), REACT, REACT_V2]);
    assert!(told.contains("> ReAct.forward → ReActV2.forward"), "{told}");
    // Each further trace is compared with the first.
    let store = text(&database);
    let several = document(&["diff-traces", store, REACT, REACT_V2, REACT]);
    assert_eq!(several["traces"].as_array().map(Vec::len), Some(3));
    let pairs = several["comparisons"].as_array().expect("comparisons").iter();
    let pairs: Vec<Value> = pairs.map(|one| json!([one["a"], one["b"], one["same"]])).collect();
    assert_eq!(pairs, [json!([REACT, REACT_V2, false]), json!([REACT, REACT, true])]);
}

#[test]
fn one_trace_is_not_enough_and_one_that_is_not_there_is_named() {
    let database = database("modern-3.18");
    assert_eq!(run(&["diff-traces", text(&database), REACT]).status.code(), Some(2));
    let output = run(&["diff-traces", text(&database), REACT, "tr-nobody"]);
    assert_eq!((output.status.code(), output.stdout.len()), (Some(1), 0));
    assert!(String::from_utf8_lossy(&output.stderr).contains("tr-nobody"));
}
