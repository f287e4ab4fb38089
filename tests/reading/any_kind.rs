//! Every reader, on every recorded store of whatever kind, against what MLflow's own API says
//! (`tests/stores/*.mlflow.json`, written by `tests/stores/golden.py`) and against itself: nothing here needs SQL. A
//! recording in `tests/stores` without a database is opened as the folder that it is.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::over_ssh::Machine;
use crate::support::{assert_unchanged, folder_of, picture, reader, same_assessment, stores, walk};
use dspyglass::model::{ArtifactOwner, Reveal, RunId, SpanBody, TraceId};
use dspyglass::store::memory::MemoryStore;
use dspyglass::store::{Order, ReadCx, RunQuery, RunScope, Store, Total, TraceQuery};
use serde_json::Value as Json;

/// One store, read by one reader.
pub struct Case {
    pub place: PathBuf,
    pub store: Box<dyn Store>,
    pub cx: ReadCx,
}

/// The readers of these stores, each as it is asked over ssh, too, and the copy of each in memory, which other tests rely
/// on: it must answer as the real one does.
pub fn for_every_reader(places: Vec<PathBuf>, check: impl Fn(&mut Case)) {
    for place in places {
        let cx = ReadCx::new().with_reveal(Reveal::Revealed);
        let mut case = Case { store: reader(&place), place, cx };
        check(&mut case);
        let machine = Machine::new();
        let over_ssh = machine.open(&case.place).expect("opened over ssh");
        check(&mut Case {
            store: Box::new(over_ssh),
            place: case.place.clone(),
            cx: ReadCx::new().with_reveal(Reveal::Revealed),
        });
        let copy = MemoryStore::copy_of(&mut *case.store, &case.cx).expect("copied");
        check(&mut Case { store: Box::new(copy), ..case });
    }
}

/// The ids of all traces of a store, the latest first.
pub fn traces(store: &mut dyn Store, cx: &ReadCx) -> Vec<TraceId> {
    let index = store.trace_index(cx, &TraceQuery::default()).expect("an index");
    let rows = store.trace_rows(cx, &index.handles).expect("rows");
    rows.into_iter().map(|row| row.id).collect()
}

/// What MLflow's own API said of a recorded store.
fn golden(place: &Path) -> Json {
    let folder = folder_of(place);
    let name = folder.file_name().expect("a name").to_string_lossy();
    let file = folder.with_file_name(format!("{name}.mlflow.json"));
    let text = fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    serde_json::from_str(&text).expect("a golden file")
}

#[test]
fn everything_is_walked_and_stays_as_it_is() {
    for place in stores() {
        let folder = folder_of(&place);
        let before = picture(folder);
        let mut store = reader(&place);
        let seen = walk(&mut *store, &ReadCx::new());
        assert!(seen.runs > 0 && seen.bodies == seen.spans && seen.files > 0, "{}: {seen:?}", place.display());
        assert_eq!(seen.spans > 0, store.capabilities().keeps_traces, "{}", place.display());
        assert_unchanged(folder, &before);
    }
}

#[test]
fn pages_together_are_the_list() {
    for_every_reader(stores(), |case| {
        let (store, cx) = (&mut *case.store, &case.cx);
        for order in [Order::OldestFirst, Order::NewestFirst] {
            let all = RunQuery { order, ..RunQuery::new(RunScope::All).with_deleted() };
            let wanted = store.runs(cx, &all).expect("runs");
            let mut query = RunQuery { limit: Some(2), ..all };
            let mut found = Vec::new();
            loop {
                let page = store.run_page(cx, &query).expect("a page");
                let rows = store.run_row_page(cx, &query).expect("a page");
                assert!(rows.rows.iter().map(|(run, _)| run).eq(&page.rows), "the same runs with and without values");
                assert!(matches!(page.total, Total::AtLeast(_)) || page.total == Total::Exact(wanted.len() as u64));
                found.extend(page.rows);
                let Some(next) = page.next else { break };
                query.cursor = Some(next);
                assert!(found.len() < wanted.len(), "there is a page behind the last run");
            }
            assert_eq!(found, wanted, "{}", case.place.display());
        }
    });
}

#[test]
fn an_id_that_a_person_types_leads_nowhere_else() {
    for_every_reader(stores(), |case| {
        let (store, cx) = (&mut *case.store, &case.cx);
        let some = store.runs(cx, &RunQuery::new(RunScope::All)).expect("runs").remove(0);
        let around = format!("{}/{}", some.experiment_id, some.id);
        let above = format!("../{around}");
        for id in ["", ".", "..", "../..", "/", &around, &above, "nobody"].map(RunId::from) {
            assert_eq!(store.runs(cx, &RunQuery::new(RunScope::One(id.clone()))).expect("none"), [], "{id}");
            assert!(store.metric_history(cx, &id, None).expect("none").is_empty(), "{id}");
            assert!(store.metric_counts(cx, &id).expect("none").is_empty(), "{id}");
            let owner = ArtifactOwner::Run(id.clone());
            assert!(store.artifacts(cx, &owner).expect("none").entries.is_empty(), "{id}");
            assert_eq!(store.artifact(cx, &owner, "meta.yaml", 9).expect("none"), None, "{id}");
        }
        let owner = ArtifactOwner::Run(some.id);
        assert_eq!(store.artifact(cx, &owner, "../meta.yaml", 9).expect("refused"), None);
    });
}

#[test]
fn secrets_are_nowhere_unless_revealed() {
    let found = std::cell::Cell::new(0);
    for_every_reader(stores(), |case| {
        let masked = ReadCx::new();
        for id in traces(&mut *case.store, &case.cx) {
            let heads = case.store.spans(&masked, &id).expect("spans");
            let hidden = case.store.span_bodies(&masked, &id, &heads).expect("bodies");
            let shown = case.store.span_bodies(&case.cx, &id, &heads).expect("bodies");
            assert!(!format!("{:?}{hidden:?}", case.store.trace(&masked, &id)).contains("sk-fake"));
            for (hidden, shown) in hidden.iter().zip(&shown) {
                // What is masked is the secret and nothing else.
                if let Some(key) = shown.attributes.get("api_key") {
                    assert_eq!(key, "sk-fake");
                    assert_eq!(hidden.attributes["api_key"], serde_json::json!({"masked": true}));
                    found.set(found.get() + 1);
                }
                let without = |body: &SpanBody| {
                    let mut body = body.clone();
                    body.attributes.shift_remove("api_key");
                    body
                };
                assert_eq!(without(hidden), without(shown));
            }
        }
    });
    assert!(found.get() > 0, "no store holds a key in clear, so nothing was shown");
}

#[test]
fn what_mlflows_own_api_says() {
    let (compared, compared_scores) = (std::cell::Cell::new((0, 0, 0)), std::cell::Cell::new(0));
    for_every_reader(stores(), |case| {
        let golden = golden(&case.place);
        let query = RunQuery::new(RunScope::All).with_deleted();
        let runs = case.store.runs(&case.cx, &query).expect("runs");
        let values: BTreeMap<_, _> = case.store.run_values(&case.cx, &query).expect("values").into_iter().collect();
        let list = |key: &str| golden[key].as_array().expect("a list").clone();
        assert_eq!(case.store.experiments(&case.cx, true).expect("experiments").len(), list("experiments").len());
        assert_eq!(runs.len(), list("runs").len());
        for wanted in list("runs") {
            let run = runs.iter().find(|run| wanted["id"] == run.id.as_str()).expect("the same runs");
            assert_eq!(
                (&wanted["name"], &wanted["status"]),
                (&Json::from(&*run.name), &Json::from(run.status.as_str()))
            );
            assert_eq!(wanted["start_time"].as_i64(), run.start_time_ms);
            let values = &values[&run.id];
            let object = |entries: &[dspyglass::model::Entry]| -> Json {
                entries.iter().map(|entry| (entry.key.to_string(), Json::from(entry.value.as_str()))).collect()
            };
            assert_eq!(object(&values.params), wanted["params"]);
            assert_eq!(object(&values.tags), wanted["tags"]);
            assert_eq!(values.metrics.len(), wanted["metrics"].as_object().map_or(0, serde_json::Map::len));
            for metric in &values.metrics {
                assert_eq!(same_number(&wanted["metrics"][&*metric.key]), format!("{:?}", metric.point.value));
            }
            for series in case.store.metric_history(&case.cx, &run.id, None).expect("history") {
                let wanted_points = wanted["history"][&*series.key].as_array().expect("points").clone();
                let length = wanted["history_length"][&*series.key].as_u64().unwrap_or(wanted_points.len() as u64);
                assert_eq!(series.points.len() as u64, length);
                let found: Vec<String> = (series.points.iter())
                    .map(|point| format!("{} {} {:?}", point.step, point.timestamp_ms, point.value))
                    .collect();
                for point in wanted_points {
                    assert!(
                        found.contains(&format!("{} {} {}", point[0], point[1], same_number(&point[2]))),
                        "{point}"
                    );
                }
            }
            let (runs, traces, spans) = compared.get();
            compared.set((runs + 1, traces, spans));
        }
        let wanted_traces = if case.store.capabilities().keeps_traces { list("traces") } else { Vec::new() };
        for wanted in wanted_traces {
            let id = TraceId::from(wanted["request_id"].as_str().expect("an id"));
            let head = case.store.trace(&case.cx, &id).expect("read").expect("exists");
            assert_eq!(Json::from(head.row.start_time_ms), wanted["timestamp_ms"]);
            assert_eq!(head.row.duration_ms, wanted["execution_time_ms"].as_i64());
            let scores = wanted["assessments"].as_array().cloned().unwrap_or_default();
            assert!(scores.is_empty() || scores.len() == head.assessments.len(), "{id}");
            for score in scores {
                same_assessment(&score, &head.assessments);
                compared_scores.set(compared_scores.get() + 1);
            }
            let (runs, traces, mut compared_spans) = compared.get();
            let spans = wanted["spans"].as_array().cloned().unwrap_or_default();
            let heads = case.store.spans(&case.cx, &id).expect("spans");
            let bodies = case.store.span_bodies(&case.cx, &id, &heads).expect("bodies");
            for span in &spans {
                let place = heads
                    .iter()
                    .position(|head| span["span_id"].as_str().is_some_and(|id| id.trim_start_matches("0x") == head.id));
                let place = place.unwrap_or_else(|| panic!("{id} lacks {span}"));
                let head = &heads[place];
                let name = span["name"].as_str().expect("a name");
                // MLflow 2 numbers spans of one name when it loads them; the store does not.
                let numbered = name.rsplit_once('_').filter(|(_, number)| number.parse::<u32>().is_ok());
                assert!(
                    name == head.name || numbered.is_some_and(|(name, _)| name == head.name),
                    "{name} {}",
                    head.name
                );
                assert_eq!(span["type"].as_str(), Some(&*head.kind));
                assert_eq!(span["parent_id"].as_str().map(|id| id.trim_start_matches("0x")), head.parent_id.as_deref());
                assert_eq!((span["start_ns"].as_i64(), span["end_ns"].as_i64()), (Some(head.start_ns), head.end_ns));
                assert_eq!(span["status"].as_str(), Some(&*head.status));
                assert_eq!(span["inputs"], bodies[place].inputs.clone().unwrap_or_default());
                assert_eq!(span["outputs"], bodies[place].outputs.clone().unwrap_or_default());
                compared_spans += 1;
            }
            compared.set((runs, traces + 1, compared_spans));
        }
    });
    let (runs, traces, spans) = compared.get();
    assert!(runs > 30 && traces > 100 && spans > 300, "only {runs} runs, {traces} traces, {spans} spans were compared");
    let is_own = std::env::var_os("DSPYGLASS_STORES").is_none();
    assert!(!is_own || compared_scores.get() >= 90, "only {} assessments were compared", compared_scores.get());
}

/// A number of a golden file as Rust prints it. NaN is a word there, while MLflow's API gives
/// infinity back as it stores it: as the largest finite number.
fn same_number(value: &Json) -> String {
    match value.as_str() {
        Some("NaN") => "NaN".to_owned(),
        Some("Infinity") => "inf".to_owned(),
        Some("-Infinity") => "-inf".to_owned(),
        None if value.as_f64() == Some(f64::MAX) => "inf".to_owned(),
        None if value.as_f64() == Some(f64::MIN) => "-inf".to_owned(),
        _ => format!("{:?}", value.as_f64().unwrap_or_else(|| panic!("no number: {value}"))),
    }
}
