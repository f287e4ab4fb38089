//! MLflow as Databricks hosts it, by a stand-in that answers as its interface is documented: lists come from the
//! workspace, files from somebody else, who is never told who asks.

use std::process::Command;

use crate::stand_in::{Reply, StandIn, error, json};

const TOKEN: &str = "dapi-secret-7";
const SIGNED: &str = "signature-secret-8";
const SPANS: &[u8] = br#"{"spans": [{"name": "found in a bucket", "context": {"span_id": "0x1", "trace_id": "0x2"},
    "parent_id": null, "start_time": 1, "end_time": 2, "status_code": "OK", "attributes": {}}]}"#;

fn bucket() -> StandIn {
    StandIn::new(|asked| {
        if !asked.path.contains(SIGNED) || asked.header("x-ms-kind") != Some("blob") {
            return Reply::Said(403, Vec::new(), Vec::new());
        }
        match asked.path.split('?').next().unwrap_or_default() {
            "/spans" => Reply::Said(200, Vec::new(), SPANS.to_vec()),
            "/program" => {
                Reply::Said(200, Vec::new(), br#"{"self": {"signature": {"instructions": "From a bucket."}}}"#.to_vec())
            }
            _ => Reply::Said(404, Vec::new(), Vec::new()),
        }
    })
}

fn workspace(bucket: String) -> StandIn {
    StandIn::new(move |asked| {
        if asked.header("authorization") != Some(&*format!("Bearer {TOKEN}")) {
            return error(401, "UNAUTHENTICATED", "no token");
        }
        let info = |path: &str| {
            format!(
                r#"{{"signed_uri": "{bucket}/{path}?sig={SIGNED}", "headers": [{{"name": "x-ms-kind", "value": "blob"}}]}}"#
            )
        };
        match asked.path.split('?').next().unwrap_or_default() {
            "/api/2.0/mlflow/experiments/search" => {
                json(r#"{"experiments": [{"experiment_id": "7", "name": "/Users/ana/x"}]}"#)
            }
            "/api/2.0/mlflow/runs/search" => json(
                r#"{"runs": [{"info": {"run_id": "a", "experiment_id": "7", "start_time": 1, "end_time": 2, "status": "FINISHED"}}]}"#,
            ),
            "/api/2.0/mlflow/runs/get" => {
                json(r#"{"run": {"info": {"run_id": "a", "experiment_id": "7", "status": "FINISHED"}}}"#)
            }
            "/api/3.0/mlflow/traces/search" => json(
                r#"{"traces": [{"trace_id": "tr-1", "state": "OK", "request_time": "2026-11-20T22:13:35.440Z", "trace_metadata": {}}]}"#,
            ),
            "/api/3.0/mlflow/traces/tr-1" => json(
                r#"{"trace": {"trace_info": {"trace_id": "tr-1", "state": "OK", "request_time": "2026-11-20T22:13:35.440Z", "trace_metadata": {}}}}"#,
            ),
            "/api/2.0/mlflow/artifacts/list" => json(r#"{"files": [{"path": "model.json", "file_size": 60}]}"#),
            "/api/2.0/mlflow/artifacts/credentials-for-read" => {
                if !asked.body.contains(r#""path":["model.json"]"#) {
                    return error(404, "RESOURCE_DOES_NOT_EXIST", "no such file");
                }
                json(&format!(r#"{{"credential_infos": [{}]}}"#, info("program")))
            }
            "/api/2.0/mlflow/traces/tr-1/credentials-for-data-download" => {
                json(&format!(r#"{{"credential_info": {}}}"#, info("spans")))
            }
            _ => error(404, "ENDPOINT_NOT_FOUND", "no such endpoint"),
        }
    })
}

/// What `dspyglass` prints and whether it succeeds.
fn asked(host: &str, token: &str, args: &[&str]) -> (bool, String) {
    let home = tempfile::tempdir().expect("a folder");
    let output = Command::new(env!("CARGO_BIN_EXE_dspyglass"))
        .args(args)
        .env("HOME", home.path())
        .env("XDG_CACHE_HOME", home.path())
        .env("DATABRICKS_HOST", host)
        .env("DATABRICKS_TOKEN", token)
        .output()
        .expect("it runs");
    (output.status.success(), String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned())
}

#[test]
fn a_workspace_is_read_and_whoever_keeps_its_files_learns_nothing() {
    let bucket = bucket();
    let workspace = workspace(bucket.address(""));
    let host = workspace.address("");
    for (args, wanted) in [
        (&["experiments", "databricks://"][..], "/Users/ana/x"),
        (&["runs", "databricks://"], "a"),
        (&["traces", "databricks://"], "tr-1"),
        (&["trace", "databricks://", "tr-1"], "found in a bucket"),
        (&["program", "databricks://", "a"], "From a bucket."),
    ] {
        let (is_fine, told) = asked(&host, TOKEN, args);
        assert!(is_fine && told.contains(wanted), "{args:?}: {told}");
        assert!(!told.contains(TOKEN) && !told.contains(SIGNED), "{told}");
    }
    let of_bucket = bucket.asked();
    assert!(of_bucket.len() >= 2, "{of_bucket:?}");
    for one in &of_bucket {
        assert_eq!((one.method.as_str(), one.header("authorization")), ("GET", None), "{}", one.path);
    }
    for one in workspace.asked() {
        let only_reads =
            one.method == "GET" || one.path.ends_with("/search") || one.path.ends_with("/credentials-for-read");
        assert!(only_reads, "{} {}", one.method, one.path);
    }
}

#[test]
fn a_wrong_token_and_a_refusing_bucket_are_said_without_a_secret() {
    let workspace_alone = workspace("http://127.0.0.1:9/".to_owned());
    let (is_fine, told) = asked(&workspace_alone.address(""), "dapi-wrong-9", &["experiments", "databricks://"]);
    assert!(!is_fine && told.contains("does not know the token (401)") && !told.contains("dapi-wrong"), "{told}");
    let refusing = StandIn::new(|_| Reply::Said(403, Vec::new(), b"<Error>SignatureDoesNotMatch</Error>".to_vec()));
    let workspace = workspace(refusing.address(""));
    let (_, told) = asked(&workspace.address(""), TOKEN, &["trace", "databricks://", "tr-1"]);
    assert!(told.contains("403") && !told.contains(SIGNED) && !told.contains(TOKEN), "{told}");
}
