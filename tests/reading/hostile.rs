//! Damaged and malicious stores: nothing panics, a damaged row costs that row, and what is
//! told of it is told once.

use std::fs;
use std::path::Path;

use dspyglass::model::{ArtifactOwner, Json, RunId, RunStatus, TraceId};
use dspyglass::store::{CancelToken, OpenOptions, ReadCx, RunQuery, RunScope, Store, StoreError, TraceQuery, open};
use rusqlite::Connection;

use crate::support::{copy_of, walk};

/// Asks everything and takes every answer, errors included.
fn walk_tolerantly(store: &mut dyn Store) -> usize {
    let cx = ReadCx::new();
    let query = RunQuery::new(RunScope::All).with_deleted();
    let mut answers = 0;
    answers += usize::from(store.experiments(&cx, true).is_ok());
    answers += usize::from(store.experiment_counts(&cx).is_ok());
    answers += usize::from(store.run_values(&cx, &query).is_ok());
    for run in store.runs(&cx, &query).unwrap_or_default() {
        answers += usize::from(store.metric_history(&cx, &run.id, None).is_ok());
        answers += usize::from(store.dataset_inputs(&cx, &run.id).is_ok());
        answers += usize::from(store.logged_models(&cx, &run.id).is_ok());
        answers += usize::from(store.artifacts(&cx, &ArtifactOwner::Run(run.id)).is_ok());
    }
    let index = store.trace_index(&cx, &TraceQuery::default()).unwrap_or_default();
    for row in store.trace_rows(&cx, &index.handles).unwrap_or_default() {
        answers += usize::from(store.trace(&cx, &row.id).is_ok());
        let spans = store.spans(&cx, &row.id).unwrap_or_default();
        answers += usize::from(store.span_facts(&cx, &row.id, &spans).is_ok());
        for span in &spans {
            answers += usize::from(store.span_body(&cx, &row.id, span.handle).is_ok());
        }
    }
    answers
}

/// A small generator of numbers, the same on every machine.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % below as u64) as usize
    }
}

#[test]
fn flipped_bytes_anywhere_cause_errors_at_most() {
    let home = copy_of("server-3.17");
    let database = home.path().join("mydb.sqlite");
    let whole = fs::read(&database).expect("read");
    let (mut opened, mut answered) = (0, 0);
    for seed in 1..=40u64 {
        let mut dice = Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        let mut bytes = whole.clone();
        for _ in 0..1 + dice.roll(8) {
            let place = 100 + dice.roll(bytes.len() - 100);
            bytes[place] ^= 1 << dice.roll(8);
        }
        fs::write(&database, &bytes).expect("written");
        match open(&database, &OpenOptions::default()) {
            Ok(mut store) => {
                opened += 1;
                answered += walk_tolerantly(&mut *store);
            }
            Err(error) => assert!(error.to_string().contains("damaged"), "{error}"),
        }
    }
    assert!(opened > 20 && answered > 1000, "{opened} of 40 opened, {answered} answers");
}

#[test]
fn files_cut_or_overwritten_at_any_place_are_no_panic() {
    let home = copy_of("server-3.17");
    let database = home.path().join("mydb.sqlite");
    let whole = fs::read(&database).expect("read");
    let mut dice = Dice(7);
    for round in 0..30 {
        let mut bytes = whole.clone();
        if round % 2 == 0 {
            bytes.truncate(dice.roll(whole.len()));
        } else {
            let start = dice.roll(whole.len() - 5000);
            bytes[start..start + 5000].fill(dice.roll(256) as u8);
        }
        fs::write(&database, &bytes).expect("written");
        match open(&database, &OpenOptions::default()) {
            Ok(mut store) => {
                walk_tolerantly(&mut *store);
            }
            Err(error) => assert!(error.to_string().contains("mydb.sqlite"), "{error}"),
        }
    }
}

fn changed(sql: &str) -> (tempfile::TempDir, Box<dyn Store>) {
    let home = copy_of("v3.17");
    let database = home.path().join("mlflow.db");
    let writer = Connection::open(&database).expect("opened");
    writer.execute_batch("pragma foreign_keys = off; pragma ignore_check_constraints = on").expect("set");
    writer.execute_batch(sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
    drop(writer);
    let store = open(&database, &OpenOptions::default()).expect("opens");
    (home, store)
}

#[test]
fn wrong_types_and_bad_text_stay_readable() {
    let (_home, mut store) = changed(
        "update runs set name = x'ff41', status = 'PAUSED', start_time = 'soon' where rowid = 1;
         update runs set experiment_id = 'seven' where rowid = 2;
         update params set value = x'c3' where rowid = 1;
         update latest_metrics set value = 'high' where rowid = 1;
         update metrics set value = 'high' where rowid = 1;
         update trace_info set status = x'fe', timestamp_ms = 'x', execution_time_ms = -5 where rowid = 1;
         update spans set content = 'no json' where rowid = 1;
         update spans set content = '[1, 2]' where rowid = 2;
         update spans set content = '{\"attributes\": 7, \"events\": {\"a\": 1}, \"status\": []}' where rowid = 3;
         update spans set content = '{\"attributes\": {\"mlflow.spanInputs\": \"{\\\"x\\\": NaN, \\\"y\\\": \\\"\\\\ud83e\\\"}\"}}' where rowid = 4;
         update spans set end_time_unix_nano = null, start_time_unix_nano = -9223372036854775808 where rowid = 5;
         update spans set end_time_unix_nano = 9223372036854775807 where rowid = 6;",
    );
    let cx = ReadCx::new();
    let seen = walk(&mut *store, &cx);
    assert_eq!(seen.bodies, seen.spans);
    let warnings = cx.take_warnings();
    assert!(warnings.iter().any(|warning| warning.what.contains("no number")), "{warnings:?}");
    assert!(warnings.iter().any(|warning| warning.what.contains("no JSON")), "{warnings:?}");
    let query = RunQuery::new(RunScope::All).with_deleted();
    let runs = store.runs(&cx, &query).expect("runs");
    let odd = runs.iter().find(|run| run.status == RunStatus::Other("PAUSED".to_owned())).expect("kept");
    assert_eq!((odd.name.as_str(), odd.start_time_ms), ("\u{FFFD}A", None));
}

#[test]
fn repeated_and_circular_parents_cost_nothing() {
    let (_home, mut store) = changed(
        "update spans set parent_span_id = span_id;
         insert or replace into tags (key, value, run_uuid) select 'mlflow.parentRunId', run_uuid, run_uuid from runs;",
    );
    let seen = walk(&mut *store, &ReadCx::new());
    assert!(seen.spans > 0);
}

#[test]
fn a_store_without_most_tables_is_read_as_far_as_it_goes() {
    let mut without = String::new();
    for table in [
        "spans",
        "assessments",
        "trace_tags",
        "trace_request_metadata",
        "trace_metrics",
        "entity_associations",
        "logged_models",
        "inputs",
        "datasets",
        "input_tags",
        "tags",
        "params",
        "metrics",
        "latest_metrics",
        "trace_info",
    ] {
        without.push_str(&format!("drop table if exists {table};"));
        let (_home, mut store) = changed(&without);
        assert!(walk(&mut *store, &ReadCx::new()).runs > 0, "without {table}");
    }
    let (_home, mut store) = changed(
        "create table next_year (x); alter table runs add column mood text; update alembic_version set version_num = 'ffff'",
    );
    assert!(store.info().notices.iter().any(|notice| notice.contains("newer")));
    assert!(walk(&mut *store, &ReadCx::new()).spans > 0);
}

#[test]
fn artifact_addresses_never_lead_out() {
    let outside = tempfile::tempdir().expect("a folder");
    fs::write(outside.path().join("traces.json"), "{\"spans\": []}").expect("written");
    let place = outside.path().display();
    let (home, mut store) = changed(&format!(
        "update runs set artifact_uri = '{place}'; update trace_tags set value = '{place}' where key = 'mlflow.artifactLocation'; delete from spans"
    ));
    let cx = ReadCx::new();
    let query = RunQuery::new(RunScope::All).with_deleted();
    for run in store.runs(&cx, &query).expect("runs") {
        let tree = store.artifacts(&cx, &ArtifactOwner::Run(run.id)).expect("listed");
        assert!(tree.entries.is_empty() && tree.absent.is_some_and(|why| why.contains("outside")));
    }
    let allowed = OpenOptions { allow_outside: true, ..OpenOptions::default() };
    let mut store = open(home.path().join("mlflow.db"), &allowed).expect("opens");
    let run = store.runs(&cx, &query).expect("runs").remove(0);
    let tree = store.artifacts(&cx, &ArtifactOwner::Run(run.id)).expect("listed");
    assert_eq!(tree.entries.len(), 1);
}

#[test]
fn a_broken_traces_json_is_a_warning() {
    for (content, wanted) in [
        ("{\"spans\": [{\"name\"", "no complete JSON"),
        ("[]", "no list of spans"),
        ("{\"spans\": [7, {\"name\": \"x\"}]}", "has no id"),
        ("\u{0}\u{1}", "no complete JSON"),
    ] {
        let (home, mut store) = changed("delete from spans");
        let cx = ReadCx::new();
        let index = store.trace_index(&cx, &TraceQuery { limit: Some(1), ..TraceQuery::default() }).expect("an index");
        let trace = store.trace_rows(&cx, &index.handles).expect("rows").remove(0);
        let folder = folder_of(home.path(), &mut *store, &trace.id);
        fs::create_dir_all(&folder).expect("made");
        fs::write(folder.join("traces.json"), content).expect("written");
        assert_eq!(store.spans(&cx, &trace.id).expect("spans"), []);
        let warnings = cx.take_warnings();
        assert!(warnings.iter().any(|warning| warning.what.contains(wanted)), "{content}: {warnings:?}");
    }
}

fn folder_of(home: &Path, store: &mut dyn Store, trace: &TraceId) -> std::path::PathBuf {
    let head = store.trace(&ReadCx::new(), trace).expect("read").expect("exists");
    let location = head.tags.iter().find(|tag| &*tag.key == "mlflow.artifactLocation").expect("an address");
    let location = location.value.as_str();
    home.join(&location[location.find("mlruns/").expect("below mlruns")..])
}

#[test]
fn a_reading_stops_when_it_is_told() {
    let (_home, mut store) = changed("");
    let cancel = CancelToken::new();
    let cx = ReadCx::new().with_cancel(cancel.clone());
    assert!(store.experiments(&cx, true).is_ok());
    cancel.cancel();
    assert!(matches!(store.experiments(&cx, true), Err(StoreError::Cancelled)));
    let late = ReadCx::new().with_deadline(std::time::Duration::ZERO);
    assert!(matches!(store.run_values(&late, &RunQuery::new(RunScope::All).with_deleted()), Err(StoreError::TooSlow)));
    // And goes on for the next one.
    assert!(store.experiments(&ReadCx::new(), true).is_ok());
}

#[test]
fn what_a_store_does_not_have_is_no_error() {
    let (_home, mut store) = changed("");
    let cx = ReadCx::new();
    let nobody = RunId::from("nobody");
    let query = RunQuery::new(RunScope::One(nobody.clone()));
    assert_eq!(store.runs(&cx, &query).expect("runs"), []);
    assert_eq!(store.metric_history(&cx, &nobody, Some("' or 1 = 1 --")).expect("metrics"), []);
    assert_eq!(store.spans(&cx, &TraceId::from("nobody")).expect("spans"), []);
    assert!(store.artifacts(&cx, &ArtifactOwner::Run(nobody)).expect("artifacts").absent.is_some());
    assert!(cx.take_warnings().is_empty());
    assert_eq!(Json::Null, Json::default());
}
