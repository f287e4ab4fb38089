//! Spans and files by the other ways that a server has to them: many traces by one request, spans as OTLP, files through
//! its proxy or by a signed address.

use std::path::Path;

use dspyglass::model::{ArtifactOwner, Reveal, RunId, TraceId};
use dspyglass::store::{OpenOptions, ReadCx, RunQuery, Store, open};

use crate::between::gateway;
use crate::compare::{same, spans};
use crate::stand_in::{Reply, StandIn, error, json};

/// The records of spans.
const RECORDS: &str = "/ajax-api/2.0/mlflow/get-trace-artifact";

/// Asserts that spans are the same by batches, and where nothing but `/api` is let through; how many traces were told by
/// batches, and how many files were read by the proxy.
pub fn compare(name: &str, file: &mut Box<dyn Store>, server: &str) -> (usize, usize) {
    let cx = ReadCx::new().with_reveal(Reveal::Revealed);
    let ids = file.trace_ids(&cx, "", 200).expect("ids");
    let wanted: Vec<String> = ids.iter().map(|id| spans(&mut **file, &cx, id)).collect();
    let beside = gateway(server, |_| false);
    let mut store = open(beside.address("").as_str(), &OpenOptions::default()).expect("the server");
    // Lines first, as whoever needs many traces has them: they say how large each one is.
    store.trace_index(&cx, &Default::default()).expect("traces");
    store.expect_spans(&cx, &ids).expect("spans");
    let one_by_one = beside.asked().iter().filter(|asked| asked.path.starts_with(RECORDS)).count();
    for (id, wanted) in ids.iter().zip(&wanted) {
        let told = spans(&mut *store, &cx, id);
        same(&format!("{name}, {id} of a batch"), wanted, &told);
    }
    let api_alone = gateway(server, |path| !path.starts_with("/api/") && !path.starts_with("/version"));
    let mut store = open(api_alone.address("").as_str(), &OpenOptions::default()).expect("the server");
    for (id, wanted) in ids.iter().zip(&wanted) {
        match store.spans(&cx, id) {
            Ok(_) => same(&format!("{name}, {id} as OTLP"), wanted, &spans(&mut *store, &cx, id)),
            // Before MLflow 3.5 they were written to a file of the trace, which only `RECORDS` gives.
            Err(error) => assert!(error.to_string().contains("not stored in tracking store"), "{name}, {id}: {error}"),
        }
    }
    let asked = api_alone.asked();
    assert_eq!(asked.iter().filter(|asked| asked.path.starts_with(RECORDS)).count(), 1, "once in vain");
    assert!(asked.iter().any(|asked| asked.path.contains("allow_partial=true")));
    (ids.len() - one_by_one, files(name, &cx, file, &mut *store))
}

/// Asserts that files are the same through the proxy of a server; how many there are.
fn files(name: &str, cx: &ReadCx, file: &mut Box<dyn Store>, server: &mut dyn Store) -> usize {
    let mut read = 0;
    for run in file.runs(cx, &RunQuery::default()).expect("runs") {
        let owner = ArtifactOwner::Run(run.id);
        let tree = server.artifacts(cx, &owner).expect("files");
        if !tree.folder.is_some_and(|folder| folder.starts_with("mlflow-artifacts:")) {
            continue;
        }
        for entry in tree.entries.iter().filter(|entry| !entry.is_folder).take(8) {
            let told = |store: &mut dyn Store| store.artifact(cx, &owner, &entry.path, 10_000).expect("read");
            assert_eq!(told(server), told(&mut **file), "{name}, {}", entry.path);
            read += 1;
        }
    }
    read
}

/// How the server said that it gives signed addresses alone (MLflow 3.18, `server/artifact_transfer.py`).
fn presigned_only() -> Reply {
    error(403, "PERMISSION_DENIED", "Proxied artifact downloads are disabled on this server.")
}

#[test]
fn a_server_that_only_signs_addresses_gives_files_and_whoever_keeps_them_learns_nothing() {
    const SIGNATURE: &str = "signature-secret-9";
    let bucket = StandIn::new(|asked| {
        let is_signed = asked.path == format!("/1/a/artifacts/a%20b/model.json?sig={SIGNATURE}");
        match is_signed && asked.header("x-kind") == Some("blob") {
            true => Reply::Said(200, Vec::new(), b"{\"from\": \"a bucket\"}".to_vec()),
            false => Reply::Said(403, Vec::new(), Vec::new()),
        }
    });
    let place = bucket.address("");
    let server = StandIn::new(move |asked| match asked.path.split('?').next().unwrap_or_default() {
        "/get-artifact" => presigned_only(),
        "/api/2.0/mlflow/artifacts/list" => {
            json(r#"{"root_uri": "mlflow-artifacts:/1/a/artifacts", "files": [{"path": "a b", "is_dir": true}]}"#)
        }
        "/api/2.0/mlflow-artifacts/artifacts/1/a/artifacts/a%20b/model.json" => presigned_only(),
        "/api/2.0/mlflow-artifacts/presigned/1/a/artifacts/a%20b/model.json" => json(&format!(
            r#"{{"url": "{place}/1/a/artifacts/a%20b/model.json?sig={SIGNATURE}", "headers": {{"x-kind": "blob"}}, "file_size": 20}}"#
        )),
        "/api/2.0/mlflow/runs/get" => {
            json(r#"{"run": {"info": {"run_id": "a", "experiment_id": "1", "status": "FINISHED", "end_time": 1}}}"#)
        }
        _ => error(404, "RESOURCE_DOES_NOT_EXIST", "no such thing"),
    });
    let cache = tempfile::tempdir().expect("a folder");
    let options = OpenOptions { cache: Some(cache.path().to_owned()), ..OpenOptions::default() };
    let (mut store, cx) = (open(server.address("").as_str(), &options).expect("opened"), ReadCx::new());
    let owner = ArtifactOwner::Run(RunId::from("a"));
    let read = store.stored_artifact(&cx, &owner, "a b/model.json", 10_000).expect("read").expect("there");
    assert_eq!(read.full_size, 20);
    for one in bucket.asked() {
        assert_eq!((one.method.as_str(), one.header("authorization")), ("GET", None), "{}", one.path);
    }
    assert!(server.asked().iter().all(|asked| asked.method == "GET"));
    for file in walk(cache.path()) {
        let bytes = std::fs::read(&file).expect("read");
        assert!(!bytes.windows(SIGNATURE.len()).any(|some| some == SIGNATURE.as_bytes()), "{}", file.display());
    }
    // Whoever may not read it is told so, whichever ways there are.
    let closed = StandIn::new(|asked| match asked.path.split('?').next().unwrap_or_default() {
        "/api/2.0/mlflow/artifacts/list" => json(r#"{"root_uri": "mlflow-artifacts:/1/a/artifacts"}"#),
        _ => error(403, "PERMISSION_DENIED", "not yours"),
    });
    let mut store = open(closed.address("").as_str(), &OpenOptions::default()).expect("opened");
    let told = store.stored_artifact(&cx, &owner, "model.json", 10).expect_err("refused").to_string();
    assert!(told.contains("403"), "{told}");
}

fn walk(folder: &Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder).expect("a folder").flatten().map(|entry| entry.path());
    entries.flat_map(|path| if path.is_dir() { walk(&path) } else { vec![path] }).collect()
}

#[test]
fn what_a_batch_leaves_in_doubt_is_asked_for_by_itself() {
    let span = |id: &str, attribute: &str| {
        format!(
            r#"{{"span_id": "{id}", "name": "told by a batch", "start_time_unix_nano": 1, "end_time_unix_nano": 2,
                "attributes": [{{"key": "mlflow.spanInputs", "value": {attribute}}}]}}"#
        )
    };
    let server = StandIn::new(move |asked| match asked.path.split('?').next().unwrap_or_default() {
        // One is whole, one has an attribute that the server could not read, one is unfinished and left out.
        "/api/3.0/mlflow/traces/batchGet" => json(&format!(
            r#"{{"traces": [{{"trace_info": {{"trace_id": "tr-1"}}, "spans": [{}]}},
                {{"trace_info": {{"trace_id": "tr-2"}}, "spans": [{}]}},
                {{"trace_info": {{"trace_id": "tr-of-nobody"}}, "spans": []}}]}}"#,
            span("aaaaaaaaaaaaaaaa", r#"{"int_value": "7"}"#),
            span("bbbbbbbbbbbbbbbb", "null").replace(r#", "value": null"#, ""),
        )),
        RECORDS => json(
            r#"{"spans": [{"span_id": "cccccccccccccccc", "name": "by itself", "start_time_unix_nano": 1,
                "attributes": {"mlflow.spanInputs": "{\"broken"}}]}"#,
        ),
        _ => error(404, "RESOURCE_DOES_NOT_EXIST", "no such thing"),
    });
    let mut store = open(server.address("").as_str(), &OpenOptions::default()).expect("opened");
    let (cx, ids) = (ReadCx::new(), ["tr-1", "tr-2", "tr-3"].map(TraceId::from));
    store.expect_spans(&cx, &ids).expect("spans");
    let names = ids.each_ref().map(|id| store.spans(&cx, id).expect("spans")[0].name.clone());
    assert_eq!(names, ["told by a batch", "by itself", "by itself"]);
    let asked = server.asked();
    assert_eq!(asked.iter().filter(|asked| asked.path.starts_with(RECORDS)).count(), 2);
    // A batch that the server cannot encode costs nothing but the request.
    let failing = StandIn::new(|asked| match asked.path.split('?').next().unwrap_or_default() {
        RECORDS => json(r#"{"spans": [{"span_id": "cccccccccccccccc", "name": "by itself"}]}"#),
        "/api/3.0/mlflow/traces/batchGet" => error(400, "INTERNAL_ERROR", "Value out of range: 18446744073709551616"),
        _ => error(404, "RESOURCE_DOES_NOT_EXIST", "no such thing"),
    });
    let mut store = open(failing.address("").as_str(), &OpenOptions::default()).expect("opened");
    store.expect_spans(&cx, &ids).expect("spans");
    assert_eq!(store.spans(&cx, &ids[2]).expect("spans").len(), 1);
    assert_eq!(cx.take_warnings(), []);
}
