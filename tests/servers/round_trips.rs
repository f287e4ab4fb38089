//! How often whoever waits has to wait for a server: its answers are 50 ms late, and what is asked at the same time
//! counts once.

use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use crate::stand_in::{Asked, Reply, StandIn, error, json};
use dspyglass::model::{ExperimentId, TraceId};
use dspyglass::query::ask::{Memo, Session};
use dspyglass::query::{self, TracePageOf, TraceScope};
use dspyglass::store::{OpenOptions, ReadCx, RunQuery, RunScope, Store, Total, TraceQuery, open};

/// How late every answer is.
const LATE: Duration = Duration::from_millis(50);

const RUNS: usize = 2_211;
const TRACES: u64 = 100_000;
/// When the oldest trace began, milliseconds since the epoch; each next one began a millisecond later, two together.
const BEGIN: u64 = 1_795_000_000_000;

/// When requests came and when they were answered.
type Clock = Arc<Mutex<Vec<(Instant, Instant)>>>;

/// A server that holds 2,211 runs and 100,000 traces, and others that come while it is asked.
struct Late {
    server: StandIn,
    clock: Clock,
    more: Arc<AtomicU64>,
}

impl Late {
    fn new(late: Duration) -> Self {
        let (clock, more) = (Clock::default(), Arc::<AtomicU64>::default());
        let (own, count) = (Arc::clone(&clock), Arc::clone(&more));
        let server = StandIn::new(move |asked| {
            let begin = Instant::now();
            let reply = answer(asked, TRACES + count.load(Ordering::Relaxed));
            thread::sleep(late);
            own.lock().expect("no panic").push((begin, Instant::now()));
            reply
        });
        Self { server, clock, more }
    }

    fn opened(&self) -> Box<dyn Store> {
        open(self.server.address("").as_str(), &OpenOptions::default()).expect("nothing is asked yet")
    }

    /// How many round trips followed one another since the last call, and in how many requests.
    fn rounds(&self) -> (usize, usize) {
        let mut all = std::mem::take(&mut *self.clock.lock().expect("no panic"));
        all.sort_unstable();
        let mut rounds: Vec<usize> = Vec::new();
        for (begin, _) in &all {
            let before = all.iter().zip(&rounds).filter(|((_, end), _)| end <= begin).map(|(_, round)| *round).max();
            rounds.push(before.unwrap_or(0) + 1);
        }
        (rounds.iter().copied().max().unwrap_or(0), all.len())
    }
}

fn told(what: &str, (rounds, requests): (usize, usize), since: Instant) {
    println!("{what}: {rounds} round trips, {requests} requests, {} ms", since.elapsed().as_millis());
}

fn answer(asked: &Asked, traces: u64) -> Reply {
    let body: serde_json::Value = serde_json::from_str(&asked.body).unwrap_or_default();
    let most = usize::try_from(body["max_results"].as_u64().unwrap_or(500)).expect("a size");
    let from = usize::try_from(offset(body["page_token"].as_str())).expect("an offset");
    match asked.path.split('?').next().unwrap_or_default() {
        "/version" => Reply::Said(200, Vec::new(), b"3.17.2".to_vec()),
        "/api/2.0/mlflow/experiments/search" => {
            json(r#"{"experiments": [{"experiment_id": "1", "name": "one"}, {"experiment_id": "2", "name": "two"}]}"#)
        }
        "/api/2.0/mlflow/runs/search" => runs(from, most),
        "/api/3.0/mlflow/traces/search" => {
            let is_ascending = body["order_by"][0].as_str().is_some_and(|order| order.ends_with("ASC"));
            some_traces(traces, body["filter"].as_str().unwrap_or_default(), is_ascending, from, most)
        }
        "/api/3.0/mlflow/traces/tr-000007" => json(&format!(r#"{{"trace": {{"trace_info": {}}}}}"#, trace(7))),
        "/api/3.0/mlflow/traces/tr-050001" => json(&format!(r#"{{"trace": {{"trace_info": {}}}}}"#, trace(50_001))),
        "/ajax-api/2.0/mlflow/get-trace-artifact" => {
            let spans: Vec<String> = (0..30)
                .map(|at| format!(r#"{{"span_id": "{at:016x}", "name": "s{at}", "start_time_unix_nano": {at}}}"#))
                .collect();
            json(&format!(r#"{{"spans": [{}]}}"#, spans.join(",")))
        }
        _ => error(404, "RESOURCE_DOES_NOT_EXIST", "nothing of this name"),
    }
}

/// `eyJvZmZzZXQiOiA1MDB9` is `{"offset": 500}`.
fn offset(token: Option<&str>) -> u64 {
    use base64::Engine as _;
    let Some(token) = token else { return 0 };
    let decoded = base64::engine::general_purpose::STANDARD.decode(token).expect("base64");
    serde_json::from_slice::<serde_json::Value>(&decoded).expect("JSON")["offset"].as_u64().expect("an offset")
}

fn token(offset: usize) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(format!("{{\"offset\": {offset}}}"))
}

fn runs(from: usize, most: usize) -> Reply {
    let end = RUNS.min(from + most);
    let run = |at: usize| {
        format!(
            r#"{{"info": {{"run_id": "r{at}", "experiment_id": "1", "start_time": {at}, "status": "FINISHED"}},
            "data": {{"metrics": [{{"key": "m", "value": {at}}}], "params": [{{"key": "p", "value": "v"}}]}}}}"#
        )
    };
    let rows: Vec<String> = (from..end).map(run).collect();
    let next = if end < RUNS { format!(r#", "next_page_token": "{}""#, token(end)) } else { String::new() };
    json(&format!(r#"{{"runs": [{}]{next}}}"#, rows.join(",")))
}

fn began(at: u64) -> u64 {
    BEGIN + at / 2
}

fn trace(at: u64) -> String {
    let time = chrono::DateTime::from_timestamp_millis(i64::try_from(began(at)).expect("a time")).expect("a time");
    let time = time.format("%Y-%m-%dT%H:%M:%S%.3fZ");
    format!(
        r#"{{"trace_id": "tr-{at:06}", "state": "OK", "request_time": "{time}", "execution_duration": "0.1s",
        "trace_location": {{"mlflow_experiment": {{"experiment_id": "1"}}}}, "trace_metadata": {{}}, "tags": {{}}}}"#
    )
}

/// By start, then by id, as MLflow gives those that a filter wants: a time, or how an id begins.
fn some_traces(count: u64, filter: &str, is_ascending: bool, from: usize, most: usize) -> Reply {
    let compared = filter.split("attributes.timestamp_ms ").nth(1).map(|rest| {
        let (sign, value) = rest.split_once(' ').expect("a comparison");
        (sign.to_owned(), value.parse::<u64>().expect("a number"))
    });
    let prefix = filter.split("attributes.request_id LIKE '").nth(1).map(|rest| rest.trim_end_matches("%'"));
    let is_wanted = |at: &u64| {
        let is_then = compared.as_ref().is_none_or(|(sign, value)| match &**sign {
            "<=" => began(*at) <= *value,
            "<" => began(*at) < *value,
            "=" => began(*at) == *value,
            ">" => began(*at) > *value,
            other => panic!("{other}"),
        });
        is_then && prefix.is_none_or(|prefix| format!("tr-{at:06}").starts_with(prefix))
    };
    let mut found: Vec<u64> = (0..count).filter(is_wanted).collect();
    if !is_ascending {
        found.reverse();
    }
    let mut rows = String::new();
    for at in found.iter().skip(from).take(most) {
        write!(rows, "{}{}", if rows.is_empty() { "" } else { "," }, trace(*at)).expect("written");
    }
    let is_full = found.len() >= from + most;
    let next = if is_full { format!(r#", "next_page_token": "{}""#, token(from + most)) } else { String::new() };
    json(&format!(r#"{{"traces": [{rows}]{next}}}"#))
}

#[test]
fn experiments_are_there_after_one_round_trip() {
    let late = Late::new(LATE);
    let (mut store, cx, since) = (late.opened(), ReadCx::new(), Instant::now());
    // As the window opens a store, and then asks for what it shows first.
    store.revision(&cx).expect("a revision");
    assert_eq!(store.experiments(&cx, false).expect("experiments").len(), 2);
    let rounds = late.rounds();
    told("experiments", rounds, since);
    assert_eq!(rounds.0, 1);
    assert_eq!(store.info().schema_of.as_deref(), Some("MLflow 3.17.2"));
}

#[test]
fn a_look_at_what_changed_takes_two_round_trips_and_an_error_is_not_forgotten() {
    let late = Late::new(LATE);
    let (mut store, cx) = (late.opened(), ReadCx::new());
    let first = store.revision(&cx).expect("a revision");
    thread::sleep(Duration::from_millis(3_200));
    late.rounds();
    let since = Instant::now();
    assert_eq!(store.revision(&cx).expect("a revision"), first, "nobody wrote");
    let rounds = late.rounds();
    told("a look", rounds, since);
    assert!(rounds.0 <= 2, "{rounds:?}");
    late.more.store(1, Ordering::Relaxed);
    thread::sleep(Duration::from_millis(3_200));
    assert_ne!(store.revision(&cx).expect("a revision"), first, "a trace came");
    let gone = StandIn::new(|_| error(400, "INVALID_PARAMETER_VALUE", "no"));
    let mut store = open(gone.address("").as_str(), &OpenOptions::default()).expect("nothing is asked yet");
    let told = store.revision(&cx).expect_err("an error").to_string();
    let asked = gone.asked().len();
    assert_eq!(store.revision(&cx).expect_err("the same error again").to_string(), told);
    assert_eq!(gone.asked().len(), asked, "and nothing is asked for it");
}

#[test]
fn runs_with_their_values_are_there_after_three() {
    let late = Late::new(LATE);
    for scope in [RunScope::All, RunScope::Experiment(ExperimentId::from("1"))] {
        let (mut store, cx, since) = (late.opened(), ReadCx::new(), Instant::now());
        let rows = store.run_rows(&cx, &RunQuery::new(scope.clone())).expect("runs");
        assert_eq!(rows.len(), RUNS);
        assert!(rows.iter().all(|(_, values)| values.metrics.len() == 1 && values.params.len() == 1));
        let rounds = late.rounds();
        told(&format!("{RUNS} runs of {scope:?}"), rounds, since);
        assert!(rounds.0 <= 3, "{rounds:?}");
    }
}

#[test]
fn a_trace_of_30_spans_is_there_after_two() {
    let late = Late::new(LATE);
    let (mut store, cx, since) = (late.opened(), ReadCx::new(), Instant::now());
    let mut session = Session::new(&mut *store, &cx, Arc::new(Memo::new()), 1);
    // As the terminal does: what was typed is an id, then all of the trace.
    let found = query::find_trace(&mut session, "tr-000007").expect("found");
    let query::Found::One(id) = found else { panic!("{found:?}") };
    assert_eq!(id, TraceId::from("tr-000007"));
    let tree = query::trace_tree(&mut session, &id).expect("a trace").expect("there");
    query::span_facts(&mut session, &tree).expect("figures");
    assert_eq!(tree.spans.len(), 30);
    let rounds = late.rounds();
    told("a trace of 30 spans", rounds, since);
    assert!(rounds.0 <= 2, "{rounds:?}");
}

#[test]
fn a_hundred_thousand_traces_are_shown_from_the_first_page_on() {
    let late = Late::new(LATE);
    let (mut store, cx, since) = (late.opened(), ReadCx::new(), Instant::now());
    let mut session = Session::new(&mut *store, &cx, Arc::new(Memo::new()), 1);
    let scope = TraceScope::Experiment(ExperimentId::from("1"));
    let first = session.ask(&TracePageOf { scope: scope.clone(), cursor: None }).expect("a page");
    let lines = session.store.trace_rows(&cx, &first.handles).expect("lines");
    let rounds = late.rounds();
    told("the first of 100,000 traces", rounds, since);
    assert_eq!((rounds.0, lines.len(), first.total), (1, 500, Total::AtLeast(500)));
    let second = session.ask(&TracePageOf { scope, cursor: first.next.clone() }).expect("a page");
    let lines = session.store.trace_rows(&cx, &second.handles).expect("lines");
    assert_eq!((late.rounds().0, lines.len() >= 498), (1, true));
}

#[test]
fn no_trace_comes_twice_or_is_lost_while_others_are_written() {
    let late = Late::new(Duration::ZERO);
    let (mut store, cx, since) = (late.opened(), ReadCx::new(), Instant::now());
    let mut query = TraceQuery { experiment: Some(ExperimentId::from("1")), ..TraceQuery::default() };
    let mut ids: Vec<TraceId> = Vec::new();
    let mut pages = 0;
    loop {
        let page = store.trace_page(&cx, &query).expect("a page");
        ids.extend(store.trace_ids_of(&cx, &page.handles).expect("ids"));
        (query.cursor, pages) = (page.next, pages + 1);
        if query.cursor.is_none() {
            break;
        }
        // Somebody writes 7 more between two pages.
        late.more.fetch_add(7, Ordering::Relaxed);
    }
    told(&format!("all of them in {pages} pages"), late.rounds(), since);
    let wanted: Vec<TraceId> = (0..TRACES).rev().map(|at| TraceId::from(format!("tr-{at:06}"))).collect();
    assert!(ids == wanted, "{} traces", ids.len());
    assert_eq!(cx.take_warnings(), []);
}

#[test]
fn experiments_are_counted_without_reading_them() {
    let late = Late::new(LATE);
    let (mut store, cx, since) = (late.opened(), ReadCx::new(), Instant::now());
    let counts = store.experiment_counts(&cx).expect("counts");
    assert_eq!((counts[0].1.runs, counts[0].1.traces), (RUNS as u64, Some(TRACES)));
    let rounds = late.rounds();
    told("two experiments counted", rounds, since);
    let bytes: usize = late.server.asked().len();
    assert!(bytes < 150, "{bytes} requests");
    // Again, as after each change: whether there is one more, and one less.
    assert_eq!(store.experiment_counts(&cx).expect("counts"), counts);
    let more = late.server.asked().len() - bytes;
    assert!(more <= 2 * 2 * 2 + 1, "{more} requests");
}

#[test]
fn a_trace_is_found_among_a_hundred_thousand_without_reading_them() {
    let late = Late::new(LATE);
    let (mut store, cx, since) = (late.opened(), ReadCx::new(), Instant::now());
    let ids = store.trace_ids(&cx, "tr-00012", 20).expect("ids");
    let wanted: Vec<TraceId> = (120..130).map(|at| TraceId::from(format!("tr-{at:06}"))).collect();
    assert_eq!(ids, wanted, "beyond the newest ten thousand");
    let rounds = late.rounds();
    told("ids that begin like this", rounds, since);
    assert!(rounds.0 <= 3, "{rounds:?}");
    let since = Instant::now();
    let query = TraceQuery { experiment: Some(ExperimentId::from("1")), ..TraceQuery::default() };
    let place = store.trace_place(&cx, &query, &TraceId::from("tr-050001")).expect("a place").expect("there");
    assert_eq!(place.position, TRACES - 1 - 50_001);
    let beside = [place.previous, place.next].map(|id| id.expect("one beside it").to_string());
    assert_eq!(beside, ["tr-050002", "tr-050000"]);
    let rounds = late.rounds();
    told("the place of a trace", rounds, since);
    assert!(rounds.0 <= 15 && rounds.1 < 60, "{rounds:?}");
}

#[test]
fn spans_of_many_traces_are_asked_for_together() {
    let late = Late::new(LATE);
    let (mut store, cx, since) = (late.opened(), ReadCx::new(), Instant::now());
    let traces: Vec<TraceId> = (0..24).map(|at| TraceId::from(format!("tr-{at:06}"))).collect();
    store.expect_spans(&cx, &traces).expect("spans");
    let rounds = late.rounds();
    told("spans of 24 traces", rounds, since);
    assert!(rounds.0 <= 6, "{rounds:?}");
    for trace in &traces {
        assert_eq!(store.spans(&cx, trace).expect("spans").len(), 30);
    }
    assert_eq!(late.rounds(), (0, 0), "they are there");
}
