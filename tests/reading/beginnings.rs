//! A long input is readable before all of it is read.

use dspyglass::query;
use dspyglass::query::ask::Session;
use dspyglass::store::{OpenOptions, ReadCx, open};
use rusqlite::Connection;
use serde_json::{Value, json};

use crate::support::copy_of;

#[test]
fn the_beginning_of_a_long_input_is_the_beginning_of_its_body() {
    let folder = copy_of("v3.17");
    let database = folder.path().join("mlflow.db");
    let db = Connection::open(&database).expect("opens");
    let (trace, span, content): (String, String, String) = db
        .query_row(
            "select trace_id, span_id, content from spans where content like '%mlflow.spanInputs%' order by rowid limit 1",
            [],
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
        )
        .expect("a span");
    let mut record: Value = serde_json::from_str(&content).expect("JSON");
    let long = "Ñandú said: 佐藤 🧮\n".repeat(50_000);
    record["attributes"]["mlflow.spanInputs"] = json!(json!({"question": long, "after": 1}).to_string());
    db.execute("update spans set content = ?1 where span_id = ?2", [&record.to_string(), &span]).expect("changed");
    drop(db);

    let mut store = open(&database, &OpenOptions::default()).expect("opens");
    let cx = ReadCx::new();
    let trace = trace.as_str().into();
    for head in store.spans(&cx, &trace).expect("spans") {
        let beginning =
            query::span_beginning(&mut Session::alone(&mut *store, &cx), &trace, head.handle).expect("reads");
        assert_eq!(beginning.is_some(), head.id == span, "{}", head.name);
        let Some(beginning) = beginning else { continue };
        let inputs = beginning.inputs.expect("inputs");
        let question = inputs["question"].as_str().expect("a text");
        assert!(
            question.len() > 50_000 && question.len() < 300_000 && long.starts_with(question),
            "{}",
            question.len()
        );
        let body = query::span_body(&mut Session::alone(&mut *store, &cx), &trace, head.handle)
            .expect("reads")
            .expect("there");
        assert_eq!(body.inputs, Some(json!({"question": long, "after": 1})));
    }
}
