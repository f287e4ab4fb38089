//! Words that must not mislead: whose schema a store has, what is missing, how often it is said.

use std::path::PathBuf;

use rusqlite::Connection;
use serde_json::{Value, json};

use super::{answered, database, document, run, text};

/// A recorded database without its artifacts, changed by SQL.
fn copied(store: &str, sql: &str) -> (tempfile::TempDir, PathBuf) {
    let home = tempfile::tempdir().expect("a folder");
    let path = home.path().join("mlflow.db");
    std::fs::copy(database(store), &path).expect("copied");
    let db = Connection::open(&path).expect("opened");
    db.execute_batch("pragma foreign_keys = off").expect("set");
    db.execute_batch(sql).expect(sql);
    (home, path)
}

fn one(path: &PathBuf, sql: &str) -> String {
    let db = Connection::open(path).expect("opened");
    db.query_row(sql, [], |row| row.get(0)).expect(sql)
}

fn findings(document: &Value) -> Vec<(String, u64)> {
    let list = document["findings"].as_array().expect("a list").iter();
    list.map(|one| (one["what"].as_str().expect("text").to_owned(), one["count"].as_u64().expect("a number"))).collect()
}

#[test]
fn a_migrated_store_was_not_written_by_the_mlflow_of_its_schema() {
    let (_home, path) = copied("v2.22", "update alembic_version set version_num = 'f4a9b2c7d1e6'");
    let told = answered(&["check", text(&path)]);
    assert!(told.contains("schema of MLflow 3.18") && !told.contains("written by"), "{told}");
    let store = document(&["check", text(&path)])["store"].clone();
    assert_eq!((&store["schema_of"], &store["written_by"]), (&json!("schema of MLflow 3.18"), &Value::Null));
}

#[test]
fn what_no_table_can_tell_is_unknown_and_not_0() {
    let tables = "drop table trace_tags; drop table trace_request_metadata; drop table trace_info; drop table if exists assessments";
    let (_home, path) = copied("v2.22", tables);
    assert_eq!(document(&["traces", text(&path)]), json!({"total": null, "traces": []}));
    assert!(answered(&["traces", text(&path)]).contains("no table of them"));
    assert_eq!(document(&["check", text(&path)])["traces"]["total"], Value::Null);
    assert!(answered(&["check", text(&path)]).contains("no table of them"));
    // An empty table is known to be empty.
    let (_home, path) =
        copied("v2.22", "delete from trace_tags; delete from trace_request_metadata; delete from trace_info");
    assert_eq!(document(&["traces", text(&path)])["total"], json!(0));
}

#[test]
fn nobody_is_blamed_for_files_that_were_never_logged() {
    let (_home, path) = copied(
        "v2.22",
        "delete from tags where key in ('mlflow.loggedArtifacts', 'mlflow.log-model.history'); \
         delete from params; delete from trace_tags; delete from trace_request_metadata; delete from trace_info",
    );
    let told = answered(&["check", text(&path)]);
    assert!(told.contains("as is normal for runs that logged nothing"), "{told}");
    assert!(!told.contains("not here;") && !told.contains("copy"), "{told}");

    // Where the database tells of files, they are missed: as many runs as it tells of.
    let (_home, path) = copied("v2.22", "");
    let logged = "select count(distinct run_uuid) from (
        select run_uuid from tags where key in ('mlflow.loggedArtifacts', 'mlflow.log-model.history')
        union select run_uuid from params where key like '%.signature.instructions')
        where run_uuid in (select run_uuid from runs where lifecycle_stage is not 'deleted')";
    let logged: u64 = one(&path, &format!("select cast(({logged}) as text)")).parse().expect("a number");
    assert!(logged > 0);
    let document = document(&["check", text(&path)]);
    let finding = document["findings"].as_array().expect("a list").iter();
    let finding = finding.clone().find(|one| one["what"].as_str().is_some_and(|what| what.contains("not here; copy")));
    let places = finding.expect("missed")["where"].as_array().expect("places").clone();
    let missed = places.iter().filter_map(|place| {
        let (_, rest) = place.as_str()?.split_once("): ")?;
        rest.split_once(" of ")?.0.parse::<u64>().ok()
    });
    assert_eq!(missed.sum::<u64>(), logged, "{places:?}");
}

#[test]
fn spans_in_an_absent_file_are_not_the_fault_of_a_killed_process() {
    // As 2.22 wrote it, and as an upgrade leaves it: with a table of spans that is empty.
    let upgraded = "create table spans (trace_id text, span_id text, parent_span_id text, name text, type text, \
                    status text, start_time_unix_nano integer, end_time_unix_nano integer, content text)";
    for change in ["", upgraded] {
        let (_home, path) = copied("v2.22", change);
        let id = one(&path, "select min(request_id) from trace_info where status = 'OK'");
        let told = answered(&["trace", text(&path), &id]);
        assert!(
            told.contains("are in a file, traces.json, which cannot be read") && !told.contains("killed"),
            "{told}"
        );
        let why = document(&["trace", text(&path), &id])["no_spans"].clone();
        assert!(why.as_str().is_some_and(|why| why.contains("traces.json")), "{why}");
        let traces: u64 = one(&path, "select cast(count(*) as text) from trace_info").parse().expect("a number");
        let found = findings(&document(&["check", text(&path)]));
        assert!(
            found.contains(&("has its spans in a file, traces.json, that is not here".to_owned(), traces)),
            "{found:?}"
        );
        let check = document(&["check", text(&path)]);
        let [without, unreadable] = ["traces_without", "traces_unreadable"].map(|key| check["spans"][key].as_u64());
        assert_eq!((without, unreadable), (Some(0), Some(traces)), "{check}");
        assert_eq!(check["tokens"]["traces_recomputed"], json!(0));
        let told = answered(&["check", text(&path)]);
        let spans = format!("Spans        0 found: {traces} traces with spans that are not here\n");
        assert!(told.contains(&spans) && told.contains("usage on spans unknown"), "{told}");
    }
    // The spans of 3.17 are in the database: what has none there has none at all.
    let (_home, path) = copied("v3.17", "delete from spans");
    let id = one(&path, "select min(request_id) from trace_info where status = 'OK'");
    let told = answered(&["trace", text(&path), &id]);
    assert!(told.contains("No spans are stored for this trace\n"), "{told}");
}

#[test]
fn warnings_of_one_kind_are_told_once() {
    let (_home, path) = copied("v3.17", "");
    let parent =
        one(&path, "select value from tags where key = 'mlflow.parentRunId' group by 1 order by count(*) desc limit 1");
    let args = ["optimization", text(&path), &parent];
    let told = document(&args)["warnings"].as_array().expect("warnings").clone();
    let missing = told.iter().filter(|one| one["what"].as_str().is_some_and(|what| what.starts_with("is missing")));
    let missing = missing.count();
    assert!(missing > 3, "{told:?}");
    let err = String::from_utf8(run(&args).stderr).expect("text");
    let of_kind: Vec<&str> = err.lines().filter(|line| line.contains("is missing")).collect();
    assert_eq!(of_kind.len(), 1, "{err}");
    assert!(of_kind[0].starts_with(&format!("warning: {missing} places, each: is missing")), "{err}");
    assert!(err.lines().count() < missing + 8, "{err}");
}

/// The id of a run by its name.
fn named(path: &PathBuf, name: &str) -> String {
    one(path, &format!("select run_uuid from runs where name = '{name}'"))
}

#[test]
fn an_evaluation_is_called_one_once_and_tokens_are_called_tokens() {
    let path = database("real-3.18");
    let told = answered(&["optimization", text(&path), &named(&path, "held out: seed")]);
    assert!(told.contains("Optimizer  none: it is an evaluation itself and optimized nothing\n"), "{told}");
    assert_eq!(told.matches("evaluation").count(), 1, "{told}");
    let path = database("v3.17");
    let sql = "select value from tags where key = 'mlflow.parentRunId' group by 1 order by count(*) desc limit 1";
    let told = answered(&["optimization", text(&path), &one(&path, sql)]);
    let traces = told.lines().find(|line| line.starts_with("Traces ")).expect("a line");
    let (_, tokens) = traces.split_once(" · ").expect("two facts");
    let (number, rest) = tokens.split_once(' ').expect("a number and its unit");
    assert!(number.replace(',', "").parse::<u64>().is_ok() && rest.starts_with("tokens"), "{traces}");
}

#[test]
fn runs_without_a_common_example_have_no_threshold() {
    let path = database("real-3.18");
    let args = ["diff", text(&path), &named(&path, "eval_minibatch_1"), &named(&path, "held out: seed")];
    let examples = document(&args)["examples"].clone();
    assert_eq!((&examples["joined"], &examples["threshold"]), (&json!(0), &Value::Null), "{examples}");
    assert_eq!(examples["thresholds"], json!([null, null]));
    let told = answered(&args);
    let about = told.split("\nExamples: ").nth(1).expect("said");
    assert!(about.starts_with("the runs have none in common\n") && !about.contains("right"), "{about}");
}

#[test]
fn inputs_that_cannot_be_told_apart_are_called_so() {
    let (_home, path) = copied("v3.17", "delete from spans; delete from trace_info");
    let recorded = database("v3.17");
    let artifacts = recorded.parent().expect("a folder").join("mlruns");
    let [a, b] = ["eval_minibatch_0", "eval_full_0"].map(|name| named(&path, name));
    let with = ["diff", text(&recorded), &a, &b];
    let without = ["diff", text(&path), &a, &b, "--artifacts", text(&artifacts)];
    let inputs = |args: &[&str]| {
        let examples = document(args)["examples"].clone();
        (examples["inputs_told"].clone(), examples["fixed"][0]["inputs"].clone())
    };
    let question = "Ana has 28 books and buys 3 more. How many are there now?";
    assert_eq!(inputs(&with), (json!(true), json!({"question": question})));
    assert_eq!(inputs(&without), (json!(false), json!({"question": question, "answer": "31"})));
    let mark = "Inputs are not told apart from what was expected";
    assert!(!answered(&with).contains(mark) && answered(&without).contains(mark));
}
