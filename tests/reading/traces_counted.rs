//! The traces of every run, counted.

use std::collections::BTreeMap;
use std::path::Path;

use dspyglass::model::{ExperimentId, Tokens};
use dspyglass::store::memory::MemoryStore;
use dspyglass::store::{ReadCx, RunTraces, Store};
use rusqlite::{Connection, OpenFlags};

use crate::support::{copy_of, databases};
use crate::traces_of_runs::{ids, of_run, opened, strings};

/// Counts from plain rows: what belongs to a run, and what each trace tells of its tokens.
fn counted_by_sql(database: &Path, experiment: Option<&str>) -> BTreeMap<String, RunTraces> {
    let db = Connection::open_with_flags(database, OpenFlags::SQLITE_OPEN_READ_ONLY).expect("opened");
    let columns = strings(&db, "select name from pragma_table_info(?1)", "trace_info");
    let mut found: BTreeMap<String, RunTraces> = BTreeMap::new();
    let rows = "select request_id from trace_info where ?1 in ('', cast(experiment_id as text))";
    for trace in strings(&db, rows, experiment.unwrap_or_default()) {
        let metadata = |key: &str| {
            let sql = format!("select value from trace_request_metadata where key = '{key}' and request_id = ?1");
            strings(&db, &sql, &trace).pop()
        };
        let Some(run) = metadata("mlflow.sourceRun") else { continue };
        let usage = metadata("mlflow.trace.tokenUsage")
            .map(|usage| -> serde_json::Value { serde_json::from_str(&usage).expect("JSON") });
        let number = |name: &str| {
            let has_column = columns.iter().any(|column| column == name);
            let sql = format!("select cast({name} as text) from trace_info where request_id = ?1");
            let stored = has_column.then(|| strings(&db, &sql, &trace).remove(0)).and_then(|text| text.parse().ok());
            stored.or_else(|| usage.as_ref()?[name].as_u64())
        };
        let tokens = Tokens::new(number("input_tokens"), number("output_tokens"), number("total_tokens"));
        let status = strings(&db, "select status from trace_info where request_id = ?1", &trace).remove(0);
        let counts = found.entry(run).or_default();
        counts.traces += 1;
        let at =
            "select cast(timestamp_ms + coalesce(execution_time_ms, 0) as text) from trace_info where request_id = ?1";
        counts.last_ms = counts.last_ms.max(strings(&db, at, &trace).remove(0).parse().ok());
        counts.errors += u64::from(status == "ERROR");
        if let Some(tokens) = tokens {
            counts.with_tokens += 1;
            let sum = |a: Option<u64>, b: Option<u64>| a.or(b).map(|_| a.unwrap_or(0) + b.unwrap_or(0));
            let so_far = counts.tokens.unwrap_or_default();
            counts.tokens = Some(Tokens {
                input: sum(so_far.input, tokens.input),
                output: sum(so_far.output, tokens.output),
                total: sum(so_far.total, tokens.total),
            });
        }
    }
    found
}

fn counted(store: &mut dyn Store, experiment: Option<&str>) -> BTreeMap<String, RunTraces> {
    let experiment = experiment.map(ExperimentId::from);
    let found = store.run_traces(&ReadCx::new(), experiment.as_ref()).expect("counted").expect("told");
    found.into_iter().map(|(run, counts)| (run.to_string(), counts)).collect()
}

#[test]
fn traces_errors_and_tokens_of_every_run() {
    let mut with_tokens = 0;
    let mut without = 0;
    for database in databases() {
        let mut store = opened(&database);
        let copy = MemoryStore::copy_of(&mut *store, &ReadCx::new()).expect("copied");
        for mut reader in [store, Box::new(copy) as Box<dyn Store>] {
            let wanted = counted_by_sql(&database, None);
            assert_eq!(counted(&mut *reader, None), wanted, "{database:?}");
            for (run, counts) in &wanted {
                assert_eq!(ids(&mut *reader, &of_run(run)).0, counts.traces);
            }
            with_tokens += wanted.values().filter(|counts| counts.tokens.is_some()).count();
            without += wanted.values().filter(|counts| counts.tokens.is_none()).count();
            for experiment in reader.experiments(&ReadCx::new(), true).expect("experiments") {
                let id = experiment.id.as_str();
                assert_eq!(counted(&mut *reader, Some(id)), counted_by_sql(&database, Some(id)), "{database:?}");
            }
            assert_eq!(counted(&mut *reader, Some("nowhere")), BTreeMap::new());
        }
    }
    assert!(with_tokens > 0 && without > 0, "{with_tokens} runs tell tokens, {without} do not");
}

#[test]
fn damaged_usage_costs_that_trace_only() {
    let home = copy_of("v3.5");
    let database = home.path().join("mlflow.db");
    let before = counted(&mut *opened(&database), None);
    let (run, counts) = before.iter().find(|(_, counts)| counts.with_tokens > 1).expect("a run with tokens");
    let db = Connection::open(&database).expect("opened");
    let trace = strings(
        &db,
        "select u.request_id from trace_request_metadata u join trace_request_metadata m using (request_id)
         where u.key = 'mlflow.trace.tokenUsage' and m.key = 'mlflow.sourceRun' and m.value = ?1",
        run,
    );
    for usage in
        ["{\"total_tokens\": ", "[]", "7", "", "{\"total_tokens\": -5}", "{\"total_tokens\": \"many\"}", "null"]
    {
        let sql =
            "update trace_request_metadata set value = ?1 where key = 'mlflow.trace.tokenUsage' and request_id = ?2";
        db.execute(sql, [usage, &trace[0]]).expect("damaged");
        let after = counted(&mut *opened(&database), None)[run];
        assert_eq!((after.traces, after.with_tokens), (counts.traces, counts.with_tokens - 1), "{usage}");
    }
    db.execute("delete from trace_request_metadata where key = 'mlflow.trace.tokenUsage'", []).expect("deleted");
    assert!(counted(&mut *opened(&database), None).values().all(|counts| counts.tokens.is_none()));
    db.execute_batch(
        "pragma foreign_keys = off; drop table trace_request_metadata; drop table if exists entity_associations",
    )
    .expect("dropped");
    assert_eq!(opened(&database).run_traces(&ReadCx::new(), None).expect("counted"), None);
}

/// MLflow may also note the run beside the trace: each list and each count has both, once.
#[test]
fn associated_traces_count_once() {
    let home = copy_of("v3.17");
    let database = home.path().join("mlflow.db");
    let db = Connection::open(&database).expect("opened");
    let columns = strings(&db, "select name from pragma_table_info(?1)", "entity_associations");
    let has_time = columns.iter().any(|column| column == "created_time");
    let time = if has_time { ("created_time,", "0,") } else { ("", "") };
    // Every third trace belongs to `r`, every second to the run that it names anyway.
    let sql = format!(
        "pragma foreign_keys = off;
         insert into entity_associations ({0} association_id, source_type, source_id, destination_type, destination_id)
         select {1} 'a' || rowid, 'trace', request_id, 'run', 'r' from trace_info where rowid % 3 = 0;
         insert into entity_associations ({0} association_id, source_type, source_id, destination_type, destination_id)
         select {1} 'b' || rowid, 'trace', request_id, 'run', value from trace_request_metadata
         where key = 'mlflow.sourceRun' and rowid % 2 = 0;",
        time.0, time.1
    );
    db.execute_batch(&sql).expect("associated");
    let mut wanted = counted_by_sql(&database, None);
    let listed = strings(
        &db,
        "select request_id from trace_info where rowid % 3 = 0 and ?1 = '' order by timestamp_ms desc, request_id desc",
        "",
    );
    let mut store = opened(&database);
    let found = counted(&mut *store, None);
    let of_r = found["r"];
    assert_eq!(of_r.traces, listed.len() as u64);
    wanted.insert("r".to_owned(), of_r);
    assert_eq!(found, wanted);
    for _ in 0..3 {
        assert_eq!(ids(&mut *store, &of_run("r")), (of_r.traces, listed.clone()));
        for (run, counts) in &wanted {
            assert_eq!(ids(&mut *store, &of_run(run)).0, counts.traces, "{run}");
        }
    }
}

/// Wherever usage is stored, the sums are those of the lines of a list.
#[test]
fn usage_in_a_table_of_its_own_counts() {
    let home = copy_of("v3.17");
    let database = home.path().join("mlflow.db");
    let db = Connection::open(&database).expect("opened");
    let insert = "pragma foreign_keys = off;
        insert into trace_metrics (request_id, key, value)
        select request_id, k.column1, rowid * k.column2 from trace_info,
        (values ('input_tokens', 3), ('output_tokens', 5)) k where rowid % 2 = 0;";
    db.execute_batch(insert).expect("inserted");
    let mut store = opened(&database);
    let cx = ReadCx::new();
    let found = counted(&mut *store, None);
    for (run, counts) in &found {
        let index = store.trace_index(&cx, &of_run(run)).expect("an index");
        let told: Vec<Tokens> =
            store.trace_rows(&cx, &index.handles).expect("rows").iter().filter_map(|row| row.tokens).collect();
        assert_eq!(counts.with_tokens, told.len() as u64, "{run}");
        let total = told.iter().filter_map(|tokens| tokens.total).sum::<u64>();
        assert_eq!(counts.tokens.and_then(|tokens| tokens.total), (!told.is_empty()).then_some(total), "{run}");
    }
    assert!(found.values().map(|counts| counts.with_tokens).sum::<u64>() > 9);
}
