//! A tracking server whose answers are late: it holds 2,211 runs and 100,000 traces of 30 spans each, and knows how many
//! round trips followed one another.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crate::stand_in::{Asked, Reply, StandIn, error, json};

pub const RUNS: usize = 2_211;
pub const TRACES: u64 = 100_000;
pub const SPANS: usize = 30;

/// When the oldest trace began, milliseconds since the epoch; each next one began a millisecond later, two together.
const BEGIN: u64 = 1_795_000_000_000;

/// A request that was answered.
#[derive(Clone, Debug)]
pub struct Answered {
    pub came: Instant,
    pub answered: Instant,
    /// Without its query.
    pub path: String,
    /// How long the answer was.
    pub bytes: usize,
}

/// What was answered so far, and how late each answer is.
#[derive(Default)]
struct Log {
    answered: Vec<Answered>,
    late: Duration,
}

/// The server; others write traces while it is asked.
pub struct Late {
    server: StandIn,
    log: Arc<Mutex<Log>>,
    /// So many more traces.
    pub more: Arc<AtomicU64>,
    /// What a trace is tagged with.
    pub tag: Arc<Mutex<&'static str>>,
}

impl Late {
    pub fn new(late: Duration) -> Self {
        let log = Arc::new(Mutex::new(Log { answered: Vec::new(), late }));
        let (more, tag) = (Arc::<AtomicU64>::default(), Arc::new(Mutex::new("")));
        let (own, count, tagged) = (Arc::clone(&log), Arc::clone(&more), Arc::clone(&tag));
        let server = StandIn::new(move |asked| {
            let came = Instant::now();
            while came.elapsed() < lock(&own).late {
                thread::sleep(Duration::from_millis(1));
            }
            let tag = *lock(&tagged);
            let reply = answer(asked, TRACES + count.load(Ordering::Relaxed), tag);
            let bytes = if let Reply::Said(_, _, body) = &reply { body.len() } else { 0 };
            let path = asked.path.split('?').next().unwrap_or_default().to_owned();
            lock(&own).answered.push(Answered { came, answered: Instant::now(), path, bytes });
            reply
        });
        Self { server, log, more, tag }
    }

    pub fn address(&self) -> String {
        self.server.address("")
    }

    /// What it was asked so far.
    pub fn asked(&self) -> Vec<Asked> {
        self.server.asked()
    }

    /// From now on its answers are so late, also those that somebody waits for already.
    pub fn set(&self, late: Duration) {
        lock(&self.log).late = late;
    }

    /// What was answered since the last call.
    pub fn answered(&self) -> Vec<Answered> {
        std::mem::take(&mut lock(&self.log).answered)
    }

    /// How many round trips followed one another since the last call, and in how many requests.
    pub fn rounds(&self) -> (usize, usize) {
        rounds(&mut self.answered())
    }
}

fn lock<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

/// How many round trips followed one another, and in how many requests: what was asked before the answer to another one
/// was there did not wait for it.
pub fn rounds(all: &mut [Answered]) -> (usize, usize) {
    all.sort_by_key(|one| (one.came, one.answered));
    let mut rounds: Vec<usize> = Vec::new();
    for one in all.iter() {
        let before = all.iter().zip(&rounds).filter(|(other, _)| other.answered <= one.came).map(|(_, round)| *round);
        rounds.push(before.max().unwrap_or(0) + 1);
    }
    (rounds.iter().copied().max().unwrap_or(0), all.len())
}

/// How often each path was asked for, in a line.
pub fn paths(all: &[Answered]) -> String {
    let mut counted: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for one in all {
        let (times, bytes) = counted.entry(&one.path).or_default();
        (*times, *bytes) = (*times + 1, *bytes + one.bytes);
    }
    let told = counted.iter().map(|(path, (times, bytes))| format!("{times} × {path} ({bytes} B)"));
    told.collect::<Vec<_>>().join(", ")
}

pub fn told(what: &str, (rounds, requests): (usize, usize), since: Instant) {
    println!("{what}: {rounds} round trips, {requests} requests, {} ms", since.elapsed().as_millis());
}

fn answer(asked: &Asked, traces: u64, tag: &str) -> Reply {
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
            some_traces((traces, tag), body["filter"].as_str().unwrap_or_default(), is_ascending, from, most)
        }
        "/ajax-api/2.0/mlflow/get-trace-artifact" => json(&format!(r#"{{"spans": [{}]}}"#, spans())),
        "/api/3.0/mlflow/traces/batchGet" => {
            let ids = asked.path.split(['?', '&']).filter_map(|pair| pair.strip_prefix("trace_ids="));
            let told = ids.map(|id| format!(r#"{{"trace_info": {{"trace_id": "{id}"}}, "spans": [{}]}}"#, spans()));
            json(&format!(r#"{{"traces": [{}]}}"#, told.collect::<Vec<_>>().join(",")))
        }
        path => match path.strip_prefix("/api/3.0/mlflow/traces/tr-") {
            Some(number) if number.len() == 6 && number.parse().is_ok_and(|number: u64| number < traces) => {
                let number = number.parse().expect("just read");
                json(&format!(r#"{{"trace": {{"trace_info": {}}}}}"#, trace(number, tag)))
            }
            _ => error(404, "RESOURCE_DOES_NOT_EXIST", "nothing of this name"),
        },
    }
}

/// A root and what is below it.
fn spans() -> String {
    let span = |at: usize| {
        let parent = if at == 0 { "" } else { r#""parent_span_id": "0000000000000000", "# };
        format!(
            r#"{{"span_id": "{at:016x}", "name": "step {at}", {parent}"start_time_unix_nano": {at}, "end_time_unix_nano": 99}}"#
        )
    };
    let spans: Vec<String> = (0..SPANS).map(span).collect();
    spans.join(",")
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
            r#"{{"info": {{"run_id": "r{at}", "run_name": "run-{at}", "experiment_id": "1", "start_time": {at},
            "end_time": {}, "status": "FINISHED"}}, "data": {{"metrics": [{{"key": "eval", "value": {at}}}],
            "params": [{{"key": "num_trials", "value": "{at}"}}]}}}}"#,
            at + 9
        )
    };
    let rows: Vec<String> = (from..end).map(run).collect();
    let next = if end < RUNS { format!(r#", "next_page_token": "{}""#, token(end)) } else { String::new() };
    json(&format!(r#"{{"runs": [{}]{next}}}"#, rows.join(",")))
}

fn began(at: u64) -> u64 {
    BEGIN + at / 2
}

fn trace(at: u64, tag: &str) -> String {
    let time = chrono::DateTime::from_timestamp_millis(i64::try_from(began(at)).expect("a time")).expect("a time");
    let time = time.format("%Y-%m-%dT%H:%M:%S%.3fZ");
    format!(
        r#"{{"trace_id": "tr-{at:06}", "state": "OK", "request_time": "{time}", "execution_duration": "0.1s",
        "trace_location": {{"mlflow_experiment": {{"experiment_id": "1"}}}}, "trace_metadata": {{}}, "tags": {{"mlflow.traceName": "call {at}", "note": "{tag}"}}}}"#
    )
}

/// By start, then by id, as MLflow gives those that a filter wants: a time, or how an id begins.
fn some_traces((count, tag): (u64, &str), filter: &str, is_ascending: bool, from: usize, most: usize) -> Reply {
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
        write!(rows, "{}{}", if rows.is_empty() { "" } else { "," }, trace(*at, tag)).expect("written");
    }
    let is_full = found.len() >= from + most;
    let next = if is_full { format!(r#", "next_page_token": "{}""#, token(from + most)) } else { String::new() };
    json(&format!(r#"{{"traces": [{rows}]{next}}}"#))
}
