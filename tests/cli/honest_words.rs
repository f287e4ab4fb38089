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
