//! Lists of runs and traces: pages, filters, orders and places, on every recorded store and every kind of reader, against
//! plain SQL. One reader answers like a server that can do as little as one may.

use std::path::{Path, PathBuf};

use crate::over_ssh::Machine;
use crate::support::{copy_of, databases, reader, sql};
use dspyglass::model::{Reveal, RunStatus, TraceId};
use dspyglass::store::memory::MemoryStore;
use dspyglass::store::{
    Comparison, Order, ReadCx, RunCondition, RunQuery, RunScope, Store, TimeWindow, Total, TraceCondition, TraceIndex,
    TraceQuery,
};
use rusqlite::Connection;

/// How a reader answers.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Kind {
    Sqlite,
    Memory,
    /// Pages of three, no totals, nothing filtered.
    Server,
}

fn for_every_reader(check: impl Fn(&mut dyn Store, &Path, Kind)) {
    for database in databases() {
        let mut store = reader(&database);
        check(&mut *store, &database, Kind::Sqlite);
        let machine = Machine::new();
        check(&mut machine.open(&database).expect("opened over ssh"), &database, Kind::Sqlite);
        let mut copy = MemoryStore::copy_of(&mut *store, &revealed()).expect("copied");
        check(&mut copy, &database, Kind::Memory);
        copy.serve_pages(3);
        check(&mut copy, &database, Kind::Server);
    }
}

fn revealed() -> ReadCx {
    ReadCx::new().with_reveal(Reveal::Revealed)
}

fn column(database: &Path, question: &str) -> Vec<String> {
    sql(database, question).into_iter().map(|mut row| row.remove(0)).collect()
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

const ORDERS: [Order; 2] = [Order::OldestFirst, Order::NewestFirst];

// --- runs ---

fn run_ids(store: &mut dyn Store, query: &RunQuery) -> Vec<String> {
    store.runs(&revealed(), query).expect("runs").into_iter().map(|run| run.id.to_string()).collect()
}

fn runs_by_pages(store: &mut dyn Store, query: &RunQuery) -> Vec<String> {
    let (cx, mut query, mut found) = (revealed(), query.clone(), Vec::new());
    loop {
        let page = store.run_page(&cx, &query).expect("a page");
        let rows = store.run_row_page(&cx, &query).expect("a page");
        assert!(rows.rows.iter().map(|(run, _)| run).eq(&page.rows), "the same runs with and without values");
        assert_eq!((&rows.next, rows.total), (&page.next, page.total));
        found.extend(page.rows.iter().map(|run| run.id.to_string()));
        match page.next {
            Some(next) => query.cursor = Some(next),
            None => return found,
        }
    }
}

#[test]
fn pages_of_runs_are_the_list() {
    for_every_reader(|store, database, kind| {
        let everything = RunQuery::new(RunScope::All).with_deleted();
        let all = run_ids(store, &everything);
        let mut by_sql = column(database, "select run_uuid from runs order by start_time");
        assert_eq!(all.len(), by_sql.len());
        let starts = |ids: &[String]| -> Vec<String> { ids.iter().flat_map(|id| start_of(database, id)).collect() };
        assert_eq!(starts(&all), starts(&by_sql));
        for order in ORDERS {
            let mut wanted = all.clone();
            if order == Order::NewestFirst {
                wanted.reverse();
            }
            let query = RunQuery { order, ..everything.clone() };
            assert_eq!(run_ids(store, &query), wanted, "{kind:?}");
            assert_eq!(runs_by_pages(store, &query), wanted, "{kind:?}");
            let limited = RunQuery { limit: Some(2), ..query };
            assert_eq!(run_ids(store, &limited), &wanted[..2]);
            assert_eq!(runs_by_pages(store, &limited), wanted, "{kind:?}: a limit is one of each page");
            let page = store.run_page(&ReadCx::new(), &limited).expect("a page");
            let total = if kind == Kind::Server { Total::AtLeast(2) } else { Total::Exact(all.len() as u64) };
            assert_eq!((page.rows.len(), page.total), (2, total));
        }
        by_sql.sort();
        let mut sorted = all;
        sorted.sort();
        assert_eq!(sorted, by_sql);
    });
}

fn start_of(database: &Path, run: &str) -> Vec<String> {
    column(database, &format!("select cast(start_time as text) from runs where run_uuid = {}", quoted(run)))
}

#[test]
fn runs_are_filtered_as_sql_would() {
    for_every_reader(|store, database, kind| {
        let everything = RunQuery::new(RunScope::All).with_deleted();
        let all = run_ids(store, &everything);
        let check = |store: &mut dyn Store, filter: Vec<RunCondition>, condition: &str| -> usize {
            let wanted = column(database, &format!("select run_uuid from runs r where {condition}"));
            let in_order: Vec<String> = all.iter().filter(|id| wanted.contains(id)).cloned().collect();
            let query = RunQuery { filter, ..everything.clone() };
            assert_eq!(run_ids(store, &query), in_order, "{kind:?} {condition} {}", database.display());
            let rows = store.run_rows(&revealed(), &query).expect("rows");
            assert!(rows.iter().map(|(run, _)| run.id.as_str()).eq(in_order.iter().map(String::as_str)));
            let first = run_ids(store, &RunQuery { limit: Some(1), ..query });
            assert_eq!(first, in_order.iter().take(1).cloned().collect::<Vec<_>>());
            in_order.len()
        };
        for status in column(database, "select distinct status from runs") {
            let condition = RunCondition::Status(RunStatus::parse(&status));
            check(store, vec![condition], &format!("status = {}", quoted(&status)));
        }
        for name in column(database, "select distinct name from runs") {
            let condition = RunCondition::Name(name.clone());
            assert!(check(store, vec![condition], &format!("name = {}", quoted(&name))) > 0);
        }
        let starts = column(database, "select distinct cast(start_time as text) from runs order by start_time");
        let middle: i64 = starts[starts.len() / 2].parse().expect("a number");
        let window = |from_ms, until_ms| RunCondition::Started(TimeWindow { from_ms, until_ms });
        check(store, vec![window(Some(middle), None)], &format!("start_time >= {middle}"));
        check(store, vec![window(None, Some(middle))], &format!("start_time <= {middle}"));
        assert!(check(store, vec![window(Some(middle), Some(middle))], &format!("start_time = {middle}")) > 0);
        check(store, vec![window(Some(middle + 1), Some(middle))], "0");
        for table in ["params", "tags"] {
            let pairs =
                format!("select key, value from {table} where length(value) between 1 and 200 group by 1, 2 limit 12");
            for pair in sql(database, &pairs) {
                let (key, value) = (pair[0].clone(), pair[1].clone());
                let sql = format!(
                    "exists (select 1 from {table} v where v.run_uuid = r.run_uuid and key = {} and value = {})",
                    quoted(&key),
                    quoted(&value)
                );
                let condition = if table == "params" {
                    RunCondition::Param { key, value }
                } else {
                    RunCondition::Tag { key, value }
                };
                assert!(check(store, vec![condition], &sql) > 0);
            }
        }
        let metrics = "select key, cast(avg(value) as text) from latest_metrics group by key limit 10";
        for metric in sql(database, metrics) {
            for (comparison, sign) in [
                (Comparison::Equal, "="),
                (Comparison::Less, "<"),
                (Comparison::LessOrEqual, "<="),
                (Comparison::Greater, ">"),
                (Comparison::GreaterOrEqual, ">="),
            ] {
                let value: f64 = metric[1].parse().expect("a number");
                let sql = format!(
                    "exists (select 1 from latest_metrics v where v.run_uuid = r.run_uuid and key = {} \
                     and is_nan = 0 and value {sign} {value:?})",
                    quoted(&metric[0])
                );
                // What is infinite is stored as the largest number.
                let value = if value.abs() == f64::MAX { value * 2.0 } else { value };
                check(store, vec![RunCondition::Metric { key: metric[0].clone(), comparison, value }], &sql);
            }
        }
        let both = vec![RunCondition::Status(RunStatus::Finished), window(None, Some(middle))];
        check(store, both, &format!("status = 'FINISHED' and start_time <= {middle}"));
        check(store, vec![RunCondition::Param { key: "nobody".into(), value: "x".into() }], "0");
    });
}

#[test]
fn what_is_masked_is_found_by_nobody() {
    let home = copy_of("v3.17");
    let database = home.path().join("mlflow.db");
    let key = "sk-proj-0123456789abcdefghijklmnop";
    let writer = Connection::open(&database).expect("opened");
    let run: String = writer.query_row("select run_uuid from runs limit 1", [], |row| row.get(0)).expect("a run");
    for (name, value) in [("api_key", "plain words"), ("note", key)] {
        let insert = "insert into params (key, value, run_uuid) values (?1, ?2, ?3)";
        writer.execute(insert, (name, value, &run)).expect("written");
    }
    drop(writer);
    let mut store = reader(&database);
    let copy = MemoryStore::copy_of(&mut *store, &revealed()).expect("copied");
    let served = MemoryStore::copy_of(&mut *store, &revealed()).expect("copied");
    served.serve_pages(2);
    let readers: [Box<dyn Store>; 3] = [store, Box::new(copy), Box::new(served)];
    for mut store in readers {
        for (name, value) in [("api_key", "plain words"), ("note", key), ("note", "‹masked›"), ("api_key", "‹masked›")]
        {
            let filter = vec![RunCondition::Param { key: name.to_owned(), value: value.to_owned() }];
            let query = RunQuery { filter, ..RunQuery::new(RunScope::All).with_deleted() };
            assert!(store.runs(&ReadCx::new(), &query).expect("runs").is_empty(), "{name} {value}");
            let known = !value.contains("masked");
            assert_eq!(store.runs(&revealed(), &query).expect("runs").len(), usize::from(known), "{name} {value}");
        }
    }
}

// --- traces ---

fn trace_ids(store: &mut dyn Store, index: &TraceIndex) -> Vec<String> {
    let rows = store.trace_rows(&revealed(), &index.handles).expect("rows");
    rows.into_iter().map(|row| row.id.to_string()).collect()
}

fn listed(store: &mut dyn Store, query: &TraceQuery) -> (Total, Vec<String>) {
    let index = store.trace_index(&revealed(), query).expect("an index");
    assert_eq!(index.next, None, "a whole list ends");
    (index.total, trace_ids(store, &index))
}

fn by_sql(database: &Path, condition: &str, order: Order) -> Vec<String> {
    let mut ids = column(
        database,
        &format!("select request_id from trace_info t where {condition} order by timestamp_ms desc, request_id desc"),
    );
    if order == Order::OldestFirst {
        ids.reverse();
    }
    ids
}

/// All, those of each experiment, those of some runs; with their condition in SQL.
fn scopes(database: &Path) -> Vec<(TraceQuery, String)> {
    let mut scopes = vec![(TraceQuery::default(), "1".to_owned())];
    for id in column(database, "select cast(experiment_id as text) from experiments") {
        let query = TraceQuery { experiment: Some(id.as_str().into()), ..TraceQuery::default() };
        scopes.push((query, format!("experiment_id = {id}")));
    }
    let runs = "select value, count(*) from trace_request_metadata where key = 'mlflow.sourceRun' group by 1 order by 2 desc limit 3";
    for run in column(database, runs) {
        let condition = format!(
            "request_id in (select request_id from trace_request_metadata where key = 'mlflow.sourceRun' and value = {})",
            quoted(&run)
        );
        scopes.push((TraceQuery { run: Some(run.as_str().into()), ..TraceQuery::default() }, condition));
    }
    scopes
}

#[test]
fn pages_of_traces_are_the_list() {
    for_every_reader(|store, database, kind| {
        for (scope, condition) in scopes(database) {
            for order in ORDERS {
                let wanted = by_sql(database, &condition, order);
                let all = Total::Exact(wanted.len() as u64);
                let query = TraceQuery { order, ..scope.clone() };
                assert_eq!(listed(store, &query), (all, wanted.clone()), "{kind:?} {condition}");
                // Twice, since a list may be remembered the second time.
                for _ in 0..2 {
                    let limited = TraceQuery { limit: Some(4), ..query.clone() };
                    let (total, ids) = listed(store, &limited);
                    assert_eq!(ids, wanted[..wanted.len().min(4)]);
                    match kind {
                        Kind::Server if wanted.len() > 6 => assert_eq!(total.exact(), None, "it was not told"),
                        _ => assert_eq!(total, all, "{kind:?}"),
                    }
                    let mut pages = vec![store.trace_page(&revealed(), &limited).expect("a page")];
                    while let Some(next) = pages.last().and_then(|page| page.next.clone()) {
                        assert!(pages.len() <= wanted.len(), "it ends");
                        let query = TraceQuery { cursor: Some(next), ..limited.clone() };
                        pages.push(store.trace_page(&revealed(), &query).expect("a page"));
                    }
                    assert!(pages.iter().all(|page| page.handles.len() <= 4));
                    let joined = TraceIndex::of_pages(pages.iter());
                    assert_eq!(
                        (joined.total, trace_ids(store, &joined)),
                        (all, wanted.clone()),
                        "{kind:?} {condition}"
                    );
                }
            }
        }
    });
}

#[test]
fn traces_are_filtered_as_sql_would() {
    for_every_reader(|store, database, kind| {
        let columns = column(database, "select name from pragma_table_info('trace_info')");
        let has = |name: &str| columns.iter().any(|column| column == name);
        let tag = "(select value from trace_tags g where g.request_id = t.request_id and g.key = 'mlflow.traceName')";
        let name = if has("trace_name") { format!("coalesce(trace_name, {tag})") } else { tag.to_owned() };
        for (scope, condition) in scopes(database) {
            let check = |store: &mut dyn Store, filter: TraceCondition, and: &str| -> usize {
                let wanted = by_sql(database, &format!("{condition} and {and}"), Order::NewestFirst);
                let query = TraceQuery { filter: vec![filter], ..scope.clone() };
                let total = Total::Exact(wanted.len() as u64);
                assert_eq!(listed(store, &query), (total, wanted.clone()), "{kind:?} {condition} and {and}");
                let (_, first) = listed(store, &TraceQuery { limit: Some(1), ..query });
                assert_eq!(first, wanted[..wanted.len().min(1)]);
                wanted.len()
            };
            for status in column(database, "select distinct status from trace_info") {
                check(store, TraceCondition::Status(status.clone()), &format!("status = {}", quoted(&status)));
            }
            let names = format!("select distinct {name} from trace_info t where {name} is not null limit 5");
            for one in column(database, &names) {
                check(store, TraceCondition::Name(one.clone()), &format!("{name} = {}", quoted(&one)));
            }
            check(store, TraceCondition::Name("nobody".to_owned()), "0");
            let starts = column(database, "select cast(timestamp_ms as text) from trace_info order by timestamp_ms");
            let middle: i64 = starts[starts.len() / 2].parse().expect("a number");
            let window = TimeWindow { from_ms: Some(middle), until_ms: None };
            check(store, TraceCondition::Started(window), &format!("timestamp_ms >= {middle}"));
            let window = TimeWindow { from_ms: Some(middle), until_ms: Some(middle) };
            check(store, TraceCondition::Started(window), &format!("timestamp_ms = {middle}"));
        }
    });
}

#[test]
fn traces_of_a_session_are_found_by_its_id_and_by_that_of_a_part() {
    let mut lists = 0;
    let mut found = 0;
    for database in databases() {
        if !column(&database, "select name from pragma_table_info('trace_info')").contains(&"session_id".to_owned()) {
            continue;
        }
        let mut store = reader(&database);
        let mut served = MemoryStore::copy_of(&mut *store, &revealed()).expect("copied");
        served.serve_pages(3);
        let stored = "select distinct session_id from trace_info where session_id is not null and session_id != ''";
        for session in column(&database, stored) {
            let ids: Vec<String> = match serde_json::from_str::<Vec<String>>(&session) {
                Ok(ids) => {
                    lists += 1;
                    ids
                }
                Err(_) => vec![session.clone()],
            };
            for id in ids {
                let (whole, in_list) = (quoted(&id), quoted(&format!("%\"{id}\"%")));
                let wanted = by_sql(
                    &database,
                    &format!("(session_id = {whole} or session_id like {in_list})"),
                    Order::NewestFirst,
                );
                let query = TraceQuery { filter: vec![TraceCondition::Session(id)], ..TraceQuery::default() };
                assert_eq!(listed(&mut *store, &query).1, wanted);
                assert_eq!(listed(&mut served, &query).1, wanted);
                found += wanted.len();
            }
        }
    }
    assert!(lists > 0 && found > lists, "{lists} {found}");
}

#[test]
fn the_place_of_a_trace_is_told_without_the_list() {
    for_every_reader(|store, database, kind| {
        let cx = ReadCx::new();
        for (scope, condition) in scopes(database) {
            for order in ORDERS {
                let query = TraceQuery { order, limit: Some(1), ..scope.clone() };
                let wanted = by_sql(database, &condition, order);
                let step = (wanted.len() / 20).max(1);
                for at in (0..wanted.len()).step_by(step).chain(wanted.len().checked_sub(1)) {
                    let trace = TraceId::from(wanted[at].as_str());
                    let place = store.trace_place(&cx, &query, &trace).expect("read").expect("in the list");
                    let id = |at: Option<usize>| at.and_then(|at| wanted.get(at)).map(|id| TraceId::from(id.as_str()));
                    assert_eq!(place.position, at as u64, "{kind:?} {condition} {order:?}");
                    assert_eq!((place.previous, place.next), (id(at.checked_sub(1)), id(at.checked_add(1))));
                }
                assert_eq!(store.trace_place(&cx, &query, &TraceId::from("tr-nobody")).expect("read"), None);
                // One that is elsewhere.
                let elsewhere = by_sql(database, &format!("not ({condition})"), order);
                if let Some(id) = elsewhere.first() {
                    assert_eq!(store.trace_place(&cx, &query, &TraceId::from(id.as_str())).expect("read"), None);
                }
            }
        }
    });
}

/// A copy in which the starts of some traces are the same, unknown or no time at all.
fn with_odd_starts() -> (tempfile::TempDir, PathBuf) {
    let home = copy_of("v3.17");
    let database = home.path().join("mlflow.db");
    let writer = Connection::open(&database).expect("opened");
    writer
        .execute_batch(
            "pragma foreign_keys = off;
             create table other as select * from trace_info;
             drop table trace_info;
             alter table other rename to trace_info;
             update trace_info set timestamp_ms = 1000 where rowid % 5 = 1;
             update trace_info set timestamp_ms = null where rowid % 5 = 2;",
        )
        .expect("changed");
    (home, database)
}

#[test]
fn traces_that_started_together_or_at_no_time_have_their_place() {
    let (_home, database) = with_odd_starts();
    let (mut store, cx) = (reader(&database), ReadCx::new());
    for order in ORDERS {
        let wanted = by_sql(&database, "1", order);
        let mut query = TraceQuery { order, limit: Some(2), ..TraceQuery::default() };
        for (at, id) in wanted.iter().enumerate() {
            let place = store.trace_place(&cx, &query, &TraceId::from(id.as_str())).expect("read").expect("there");
            assert_eq!(place.position, at as u64, "{order:?}");
            assert_eq!(place.next.as_ref().map(TraceId::as_str), wanted.get(at + 1).map(String::as_str));
        }
        let mut found = Vec::new();
        loop {
            let page = store.trace_page(&cx, &query).expect("a page");
            assert_eq!(page.total, Total::Exact(wanted.len() as u64));
            found.extend(trace_ids(&mut *store, &page));
            match page.next {
                Some(next) => query.cursor = Some(next),
                None => break,
            }
        }
        assert_eq!(found, wanted, "{order:?}");
    }
}

#[test]
fn a_trace_that_does_not_tell_its_start_is_in_no_window() {
    let (_home, database) = with_odd_starts();
    let mut store = reader(&database);
    let mut copy = MemoryStore::copy_of(&mut *store, &revealed()).expect("copied");
    let mut served = MemoryStore::copy_of(&mut *store, &revealed()).expect("copied");
    served.serve_pages(3);
    let readers: [&mut dyn Store; 3] = [&mut *store, &mut copy, &mut served];
    for store in readers {
        for (from_ms, until_ms, condition) in [
            (None, Some(1_000), "timestamp_ms <= 1000"),
            (Some(-1), None, "timestamp_ms >= -1"),
            (None, None, "timestamp_ms is not null"),
        ] {
            let mut wanted = by_sql(&database, condition, Order::NewestFirst);
            wanted.sort();
            assert!(!wanted.is_empty(), "{condition}");
            let filter = vec![TraceCondition::Started(TimeWindow { from_ms, until_ms })];
            let (total, mut found) = listed(store, &TraceQuery { filter, ..TraceQuery::default() });
            found.sort();
            assert_eq!((total, found), (Total::Exact(wanted.len() as u64), wanted), "{condition}");
        }
    }
}
