//! A secret planted into every place of a recorded store where somebody's text may stand: no answer of its reader
//! has it, unless it was asked to reveal.

use std::path::PathBuf;

use dspyglass::model::{ArtifactOwner, Reveal};
use dspyglass::store::{OpenOptions, ReadCx, RunQuery, RunScope, TraceQuery, open};
use rusqlite::Connection;

use crate::support::databases;

const PLANT: &str = "sk-planted-0123456789abcdef";

/// What is planted, and where.
const PLACES: &str = "
    insert into params (key, value, run_uuid) select 'planted', 'say PLANT', run_uuid from runs;
    insert into tags (key, value, run_uuid) select 'planted', 'PLANT', run_uuid from runs;
    insert into trace_tags (key, value, request_id) select 'planted', 'PLANT', request_id from trace_info;
    insert into trace_request_metadata (key, value, request_id) select 'planted', 'a PLANT', request_id from trace_info;
    update trace_info set request_preview = 'PLANT', response_preview = '{\"a\": \"PLANT\"}', client_request_id = 'PLANT',
        session_id = 'PLANT';
    update trace_request_metadata set value = 'PLANT' where key = 'mlflow.trace.session';
    update assessments set value = '\"PLANT\"', error = 'no PLANT', source_id = 'PLANT', rationale = 'as PLANT says',
        assessment_metadata = '{\"a\": [\"PLANT\"]}';
    update spans set content = replace(content, '\"attributes\": {', '\"attributes\": {\"planted\": \"PLANT\",
        \"model\": \"PLANT\", \"nested\": \"{\\\"a\\\": \\\"PLANT\\\"}\", ') where rowid % 2 = 0;
    update spans set content = replace(content, '\"events\": []', '\"events\": [{\"name\": \"e\", \"attributes\":
        {\"at\": \"PLANT\"}}], \"more\": [\"PLANT\"], \"nan\": NaN') where rowid % 2 = 1;
    update spans set content = replace(content, '\"message\": \"\"', '\"message\": \"PLANT\"');
    update runs set artifact_uri = 's3://me:PLANT@host/' || run_uuid;
    update experiments set artifact_location = 's3://PLANT@host/' || experiment_id;
    update logged_models set artifact_location = 's3://me:PLANT@host/' || model_id;
    update datasets set dataset_source = 'PLANT', dataset_schema = '{\"a\": \"PLANT\"}', dataset_profile = 'PLANT';
    update input_tags set value = 'PLANT';
";

fn planted() -> (tempfile::TempDir, PathBuf) {
    let home = tempfile::tempdir().expect("a folder");
    let path = home.path().join("mlflow.db");
    let recorded = databases().into_iter().find(|path| path.to_string_lossy().contains("modern-3.18"));
    std::fs::copy(recorded.expect("recorded"), &path).expect("copied");
    let db = Connection::open(&path).expect("opened");
    db.execute_batch("pragma foreign_keys = off").expect("set");
    db.execute_batch(&PLACES.replace("PLANT", PLANT)).expect("planted");
    (home, path)
}

/// Everything that the reader of a store answers, by what was asked.
fn answers(path: &std::path::Path, reveal: Reveal) -> Vec<(&'static str, String)> {
    let mut store = open(path, &OpenOptions::default()).expect("opened");
    let cx = ReadCx::new().with_reveal(reveal);
    let all = RunQuery::new(RunScope::All).with_deleted();
    let mut said: Vec<(&'static str, String)> = Vec::new();
    said.push(("experiments", format!("{:?}", store.experiments(&cx, true).expect("read"))));
    let runs = store.runs(&cx, &all).expect("read");
    said.push(("runs", format!("{runs:?}")));
    said.push(("run values", format!("{:?}", store.run_values(&cx, &all).expect("read"))));
    said.push(("run rows", format!("{:?}", store.run_rows(&cx, &all).expect("read"))));
    for run in &runs {
        said.push(("datasets", format!("{:?}", store.dataset_inputs(&cx, &run.id).expect("read"))));
        said.push(("models", format!("{:?}", store.logged_models(&cx, &run.id).expect("read"))));
        let owner = ArtifactOwner::Run(run.id.clone());
        said.push(("artifacts", format!("{:?}", store.artifacts(&cx, &owner).expect("read"))));
    }
    let query = TraceQuery::default();
    let index = store.trace_index(&cx, &query).expect("read");
    let rows = store.trace_rows(&cx, &index.handles).expect("read");
    said.push(("trace rows", format!("{rows:?}")));
    said.push(("sessions", format!("{:?}", store.trace_sessions(&cx, &query).expect("read"))));
    for row in &rows {
        said.push(("trace", format!("{:?}", store.trace(&cx, &row.id).expect("read"))));
        let spans = store.spans(&cx, &row.id).expect("read");
        said.push(("facts", format!("{:?}", store.span_facts(&cx, &row.id, &spans).expect("read"))));
        said.push(("bodies", format!("{:?}", store.span_bodies(&cx, &row.id, &spans).expect("read"))));
        for span in spans.iter().take(4) {
            said.push(("body", format!("{:?}", store.span_body(&cx, &row.id, span.handle).expect("read"))));
            let beginning = store.span_beginning(&cx, &row.id, span.handle, 600).expect("read");
            said.push(("beginning", format!("{beginning:?}")));
        }
    }
    said.push(("warnings", format!("{:?}", cx.take_warnings())));
    said
}

#[test]
fn a_planted_secret_is_in_no_answer() {
    let (_home, path) = planted();
    for (what, said) in answers(&path, Reveal::Masked) {
        let at = said.find(PLANT).map(|at| said[said.floor_char_boundary(at.saturating_sub(200))..at].to_owned());
        assert_eq!(at, None, "{what} tells it, after this");
    }
    // It is really there to be told: everywhere but in facts, which reveal nothing, and in warnings.
    let revealed = answers(&path, Reveal::Revealed);
    for what in [
        "experiments",
        "runs",
        "run values",
        "run rows",
        "datasets",
        "models",
        "artifacts",
        "trace rows",
        "sessions",
        "trace",
        "bodies",
        "body",
        "beginning",
    ] {
        assert!(revealed.iter().any(|(asked, said)| *asked == what && said.contains(PLANT)), "{what} never had it");
    }
    assert!(!revealed.iter().any(|(asked, said)| *asked == "facts" && said.contains(PLANT)));
}
