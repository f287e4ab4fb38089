//! `traces --filter` and `--sort`: what SQL says, and what is said of mistakes.

use rusqlite::{Connection, OpenFlags};
use serde_json::Value;

use super::{database, databases, document, run, text};

fn asked(database: &std::path::Path, sql: &str) -> Vec<String> {
    let uri = format!("file:{}?immutable=1", database.display());
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI;
    let conn = Connection::open_with_flags(uri, flags).expect("opened");
    let mut statement = conn.prepare(sql).expect("SQL");
    let rows = statement.query_map([], |row| row.get::<_, String>(0)).expect("asked");
    rows.map(|id| id.expect("an id")).collect()
}

fn ids(document: &Value) -> Vec<String> {
    let traces = document["traces"].as_array().expect("traces");
    traces.iter().map(|one| one["id"].as_str().expect("an id").to_owned()).collect()
}

#[test]
fn a_filter_selects_and_an_order_sorts_as_sql_does() {
    let mut found = 0;
    for store in databases() {
        let has_traces = "select name from sqlite_master where name = 'trace_info'";
        if asked(&store, has_traces).is_empty() {
            continue;
        }
        let newest = "order by timestamp_ms desc, request_id desc";
        for (filter, sort, sql) in [
            ("status = ok and latency_ms > 20", "", format!("where status = 'OK' and execution_time_ms > 20 {newest}")),
            (
                "attributes.status != 'OK' or execution_time_ms <= 15",
                "",
                format!("where status <> 'OK' or execution_time_ms <= 15 {newest}"),
            ),
            ("not latency > 1s", "", format!("where not coalesce(execution_time_ms > 1000, 0) {newest}")),
            ("time >= 2020-01-01", "time:asc", "order by timestamp_ms, request_id".to_owned()),
            (
                "",
                "latency_ms:desc",
                "order by execution_time_ms desc nulls last, timestamp_ms desc, request_id desc".to_owned(),
            ),
            ("time < -0ms", "status", format!("order by status, {}", &newest[9..])),
        ] {
            let mut args = vec!["traces", text(&store), "--filter", filter];
            if !sort.is_empty() {
                args.extend(["--sort", sort]);
            }
            let wanted = asked(&store, &format!("select request_id from trace_info {sql}"));
            if sort == "time:asc" {
                let told: Vec<i64> = document(&args[..])["traces"]
                    .as_array()
                    .expect("traces")
                    .iter()
                    .filter_map(|one| one["start_time_ms"].as_i64())
                    .collect();
                assert!(told.is_sorted() && told.len() == wanted.len(), "{store:?}");
                continue;
            }
            let answer = document(&args);
            assert_eq!(ids(&answer), wanted, "{store:?}: {filter} {sort}");
            assert_eq!(answer["total"].as_u64(), Some(wanted.len() as u64));
            found += wanted.len();
        }
    }
    assert!(found > 500, "{found}");
}

#[test]
fn all_traces_of_an_optimization_are_those_of_its_run_and_of_the_runs_under_it() {
    let store = database("v3.17");
    let runs = "select run_uuid from runs where run_uuid = P or run_uuid in \
                (select run_uuid from tags where key = 'mlflow.parentRunId' and value = P)";
    let parents = asked(&store, "select distinct value from tags where key = 'mlflow.parentRunId'");
    let mut compared = 0;
    for parent in parents {
        let runs = runs.replace('P', &format!("'{parent}'"));
        let sql = format!(
            "select m.request_id from trace_request_metadata m where m.key = 'mlflow.sourceRun' and m.value in ({runs})"
        );
        let mut wanted = asked(&store, &sql);
        let filter = format!("optimization = {parent}");
        let mut told = ids(&document(&["traces", text(&store), "--filter", &filter]));
        wanted.sort();
        told.sort();
        assert_eq!(told, wanted, "{parent}");
        compared += told.len();
    }
    assert!(compared > 10, "{compared}");
}

#[test]
fn a_mistake_is_told_with_its_place_and_nothing_is_printed() {
    let store = database("v3.17");
    for (args, said) in [
        (["--filter", "status = OK and colour = red"], "character 17: found `colour`"),
        (
            ["--filter", "latency_ms > fast"],
            "character 14: found `fast`, expected milliseconds or a duration such as 2s",
        ),
        (["--filter", "time > yesterday"], "expected a time such as 2026-11-28"),
        (["--filter", "metrics.eval > 3"], "since traces have no metrics"),
        (["--sort", "colour"], "cannot sort by colour"),
    ] {
        let output = run(&[&["traces", text(&store)][..], &args].concat());
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(told.contains(said), "{args:?}: {told}");
        assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0), "{args:?}");
    }
}
