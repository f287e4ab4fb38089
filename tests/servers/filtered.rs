//! Filters and orders that a server applies: MLflow's own server beside the reader of the file behind it, with texts
//! that a grammar may stumble over.

use std::path::Path;

use crate::real::{Server, copy, mlflow, upgraded};
use dspyglass::model::{RunStatus, TraceId};
use dspyglass::store::{
    ColumnOrder, Comparison, OpenOptions, Order, ReadCx, RunCondition, RunQuery, RunScope, Store, TimeWindow,
    TraceColumn, TraceCondition, TraceQuery, open,
};

/// Values as people give them, and as somebody may who wants to break a filter.
const TEXTS: [&str; 16] = [
    "plain",
    "Plain",
    "two words",
    " spaces around ",
    "it's",
    "say \"so\"",
    "it's \"so\"",
    "100%",
    "under_score",
    "back\\slash",
    "ends with \\",
    "x' OR '1'='1",
    "a -- b; c /* d */ `e`",
    "line\nbreak",
    "問い合わせ窓口",
    "emoji 🙂, tab\t, (IN) AND IS NULL",
];

/// Keys of params, tags and metadata.
const KEYS: [&str; 7] = ["k", "a key", "a.b/c", "name", "Created", "鍵", "run_id"];

/// The keys that are asked for with the text at a place: the first one always, of the others some each time.
fn keys_for(at: usize) -> impl Iterator<Item = &'static str> {
    KEYS.into_iter()
        .enumerate()
        .filter(move |(place, _)| *place == 0 || (place + at).is_multiple_of(4))
        .map(|(_, key)| key)
}

/// Gives runs and traces such texts, each to every third of them.
fn spice(file: &Path) {
    let db = rusqlite::Connection::open(file).expect("a database");
    db.busy_timeout(std::time::Duration::from_secs(10)).expect("set");
    let ids = |sql: &str| -> Vec<String> {
        let mut statement = db.prepare(sql).expect("a statement");
        statement.query_map([], |row| row.get(0)).expect("rows").map(|id| id.expect("an id")).collect()
    };
    let (runs, traces) =
        (ids("select run_uuid from runs order by 1"), ids("select request_id from trace_info order by 1"));
    for (at, text) in TEXTS.iter().enumerate() {
        for (place, key) in KEYS.iter().enumerate() {
            let taken = |list: &[String]| -> Vec<String> {
                list.iter()
                    .enumerate()
                    .filter(|(n, _)| n % TEXTS.len() == (at + place) % TEXTS.len())
                    .map(|(_, id)| id.clone())
                    .collect()
            };
            for run in taken(&runs) {
                let insert =
                    |table: &str| format!("insert or replace into {table} (key, value, run_uuid) values (?1, ?2, ?3)");
                db.execute(&insert("params"), [key, *text, &run]).expect("a param");
                db.execute(&insert("tags"), [key, *text, &run]).expect("a tag");
                if place == 0 {
                    db.execute(&insert("tags"), ["mlflow.runName", *text, &run]).expect("a name");
                    db.execute("update runs set name = ?1 where run_uuid = ?2", [*text, &run]).expect("a name");
                }
            }
            for trace in taken(&traces) {
                for table in ["trace_tags", "trace_request_metadata"] {
                    let sql = format!("insert or replace into {table} (key, value, request_id) values (?1, ?2, ?3)");
                    db.execute(&sql, [key, *text, &trace]).expect("a tag");
                }
                if place == 0 {
                    let session =
                        if at % 2 == 0 { text.to_string() } else { serde_json::json!([text, "part"]).to_string() };
                    let sql =
                        "update trace_info set trace_name = ?1, session_id = ?2, status = ?3 where request_id = ?4";
                    let status = if at % 3 == 0 { "ERROR" } else { "OK" };
                    db.execute(sql, [*text, &session, status, &trace]).expect("a name");
                }
            }
        }
    }
    db.execute("update trace_info set execution_time_ms = null where rowid % 5 = 0", []).expect("no duration");
    // Several began together.
    db.execute("update trace_info set timestamp_ms = timestamp_ms - timestamp_ms % 60000", []).expect("together");
}

fn run_conditions() -> Vec<Vec<RunCondition>> {
    let mut all: Vec<Vec<RunCondition>> = Vec::new();
    for (at, text) in TEXTS.into_iter().enumerate() {
        all.push(vec![RunCondition::Name(text.to_owned())]);
        for key in keys_for(at) {
            all.push(vec![RunCondition::Param { key: key.to_owned(), value: text.to_owned() }]);
            all.push(vec![RunCondition::Tag { key: key.to_owned(), value: text.to_owned() }]);
        }
    }
    for status in ["FINISHED", "RUNNING", "KILLED", "odd"] {
        all.push(vec![RunCondition::Status(RunStatus::parse(status))]);
    }
    all.push(vec![
        RunCondition::Param { key: "k".to_owned(), value: "plain".to_owned() },
        RunCondition::Tag { key: "a key".to_owned(), value: "it's".to_owned() },
    ]);
    all
}

/// A spiced store by its file and by a server on it.
struct Both {
    of_file: Box<dyn Store>,
    of_server: Box<dyn Store>,
    /// They end with it: the server first, then the folder that it keeps its store in.
    _server: Server,
    _home: tempfile::TempDir,
}

impl Both {
    /// `None` where there is no MLflow.
    fn spiced() -> Option<Self> {
        let program = mlflow()?;
        let (home, file) = copy("v3.17");
        let server = Server::start(&program, &upgraded(&program, &file), home.path());
        spice(&file);
        let options = OpenOptions { allow_outside: true, ..OpenOptions::default() };
        let of_file = open(&file, &options).expect("the file");
        let of_server = open(server.address(), &OpenOptions::default()).expect("the server");
        Some(Self { of_file, of_server, _server: server, _home: home })
    }
}

#[test]
fn runs_that_a_server_filters_are_those_of_the_file() {
    let Some(mut both) = Both::spiced() else { return };
    let (of_file, of_server) = (&mut both.of_file, &mut both.of_server);
    let cx = ReadCx::new();
    let all = of_file.run_rows(&cx, &RunQuery::default().with_deleted()).expect("runs");
    let mut conditions = run_conditions();
    for (run, values) in &all {
        let at = run.start_time_ms.expect("a start");
        for window in [(Some(at), None), (None, Some(at)), (Some(at + 1), None), (Some(at), Some(at))] {
            let window = TimeWindow { from_ms: window.0, until_ms: window.1 };
            conditions.push(vec![RunCondition::Started(window)]);
        }
        for metric in values.metrics.iter().take(3) {
            for comparison in [Comparison::Equal, Comparison::Less, Comparison::GreaterOrEqual] {
                let (key, value) = (metric.key.to_string(), metric.point.value);
                conditions.push(vec![RunCondition::Metric { key, comparison, value }]);
            }
        }
    }
    assert!(of_server.capabilities().filters_runs);
    let mut found = 0;
    for filter in conditions {
        let query = RunQuery { filter: filter.clone(), ..RunQuery::new(RunScope::All).with_deleted() };
        let ids = |store: &mut dyn Store| -> Vec<String> {
            store.runs(&cx, &query).expect("runs").into_iter().map(|run| run.id.to_string()).collect()
        };
        let (a, b) = (ids(&mut **of_file), ids(&mut **of_server));
        assert_eq!(a, b, "{filter:?}");
        found += a.len();
    }
    assert!(found > 100, "{found}");
    assert!(cx.take_warnings().is_empty());
}

fn trace_conditions() -> Vec<TraceCondition> {
    let mut all = Vec::new();
    let is = |column: TraceColumn, values: &[&str]| TraceCondition::Is {
        column,
        values: values.iter().map(|value| (*value).to_owned()).collect(),
    };
    for (at, text) in TEXTS.into_iter().enumerate() {
        all.push(TraceCondition::Name(text.to_owned()));
        all.push(TraceCondition::Session(text.to_owned()));
        all.push(TraceCondition::Not(Box::new(TraceCondition::Name(text.to_owned()))));
        for key in keys_for(at) {
            all.push(is(TraceColumn::Tag(key.to_owned()), &[text]));
            all.push(is(TraceColumn::Metadata(key.to_owned()), &[text]));
        }
        let part = text.chars().skip(1).take(4).collect::<String>();
        all.push(TraceCondition::Holds { column: TraceColumn::Name, text: part.clone() });
        all.push(TraceCondition::Holds { column: TraceColumn::Tag("k".to_owned()), text: part });
    }
    all.push(is(TraceColumn::Name, &["plain", "it's"]));
    all.push(is(TraceColumn::Tag("k".to_owned()), &["plain", "100%"]));
    all.push(TraceCondition::Any(vec![
        TraceCondition::Name("plain".to_owned()),
        TraceCondition::Name("100%".to_owned()),
    ]));
    all.push(TraceCondition::All(vec![
        TraceCondition::Status("OK".to_owned()),
        TraceCondition::Present(TraceColumn::Session),
    ]));
    for status in ["OK", "ERROR", "IN_PROGRESS", "odd"] {
        all.push(TraceCondition::Status(status.to_owned()));
        all.push(is(TraceColumn::Status, &[status, "OK"]));
    }
    for value in [0.0, 0.5, 1.0, 7.0, 20.0, -3.0] {
        for comparison in [Comparison::Equal, Comparison::Less, Comparison::LessOrEqual, Comparison::Greater] {
            all.push(TraceCondition::Compares { column: TraceColumn::Duration, comparison, value });
            all.push(TraceCondition::Compares { column: TraceColumn::Tokens, comparison, value });
        }
    }
    all
}

#[test]
fn traces_that_a_server_filters_and_sorts_are_those_of_the_file() {
    let Some(mut both) = Both::spiced() else { return };
    let (of_file, of_server) = (&mut both.of_file, &mut both.of_server);
    let cx = ReadCx::new();
    let ids = |store: &mut dyn Store, query: &TraceQuery| -> Vec<TraceId> {
        let list = store.trace_index(&cx, query).expect("traces");
        store.trace_ids_of(&cx, &list.handles).expect("ids")
    };
    let all = ids(&mut **of_file, &TraceQuery::default());
    let rows: Vec<_> = all.iter().map(|id| of_file.trace(&cx, id).expect("a trace").expect("there").row).collect();
    let mut conditions = trace_conditions();
    for row in &rows {
        let window = TimeWindow { from_ms: Some(row.start_time_ms), until_ms: Some(row.start_time_ms + 60_000) };
        conditions.push(TraceCondition::Started(window));
        let value = row.start_time_ms as f64;
        conditions.push(TraceCondition::Compares { column: TraceColumn::Started, comparison: Comparison::Less, value });
        let values = vec![row.id.to_string(), "tr-nobody".to_owned()];
        conditions.push(TraceCondition::Is { column: TraceColumn::Id, values });
        let values = row.run_id.iter().map(ToString::to_string).collect();
        conditions.push(TraceCondition::Is { column: TraceColumn::Run, values });
        let values = vec![row.experiment_id.to_string()];
        conditions.push(TraceCondition::Is { column: TraceColumn::Experiment, values });
    }
    let mut found = 0;
    for (at, condition) in conditions.into_iter().enumerate() {
        let query = TraceQuery { filter: vec![condition.clone()], ..TraceQuery::default() };
        let (a, b) = (ids(&mut **of_file, &query), ids(&mut **of_server, &query));
        assert_eq!(a, b, "{condition:?}");
        found += a.len();
        if at % 4 != 0 {
            continue;
        }
        let alone = TraceQuery { limit: Some(2), ..query };
        let first: Vec<TraceId> = a.into_iter().take(2).collect();
        assert_eq!(ids(&mut **of_server, &alone), first, "the first two of {condition:?}");
    }
    assert!(found > 300, "{found}");
    let orders = [
        TraceColumn::Duration,
        TraceColumn::Status,
        TraceColumn::Name,
        TraceColumn::Started,
        TraceColumn::Tokens,
        TraceColumn::Tag("k".to_owned()),
        TraceColumn::Run,
    ];
    for column in orders {
        for is_descending in [false, true] {
            let sort = Some(ColumnOrder { column: column.clone(), is_descending });
            let filter = vec![TraceCondition::Not(Box::new(TraceCondition::Status("ERROR".to_owned())))];
            let query = TraceQuery { sort, filter, ..TraceQuery::default() };
            assert_eq!(ids(&mut **of_file, &query), ids(&mut **of_server, &query), "{column:?} {is_descending}");
        }
    }
    for (at, row) in rows.iter().enumerate().filter(|(at, _)| at % 3 == 0) {
        for experiment in [None, Some(row.experiment_id.clone()), Some("77".into())] {
            let query = TraceQuery { experiment, ..TraceQuery::default() };
            let place = |store: &mut dyn Store| store.trace_place(&cx, &query, &row.id).expect("a place");
            assert_eq!(place(&mut **of_file), place(&mut **of_server), "{at}: {query:?}");
        }
        let prefix = row.id.as_str().chars().take(4 + at % 5).collect::<String>();
        let begun = |store: &mut dyn Store| store.trace_ids(&cx, &prefix, 5).expect("ids");
        assert_eq!(begun(&mut **of_file), begun(&mut **of_server), "{prefix}");
    }
    // Page by page, in pages that end among traces that began together.
    for order in [Order::NewestFirst, Order::OldestFirst] {
        for limit in [1, 2, 7] {
            let mut query = TraceQuery { order, limit: Some(limit), ..TraceQuery::default() };
            let mut seen = Vec::new();
            loop {
                let page = of_server.trace_page(&cx, &query).expect("a page");
                assert!(page.handles.len() <= limit);
                seen.extend(of_server.trace_ids_of(&cx, &page.handles).expect("ids"));
                query.cursor = page.next;
                if query.cursor.is_none() {
                    break;
                }
            }
            assert_eq!(seen, ids(&mut **of_file, &TraceQuery { order, ..TraceQuery::default() }), "{order:?} {limit}");
        }
    }
    assert_eq!(cx.take_warnings(), []);
}
