//! Which MLflow answers and which endpoints it has, over stand-ins that have those of several versions.

use std::collections::BTreeSet;
use std::process::{Command, Stdio};

use crate::stand_in::{Reply, StandIn, error, json, page};
use dspyglass::store::{OpenOptions, ReadCx, Server, ServerReport, StoreError, open};
use serde_json::Value;

const OLD: [&str; 8] = [
    "/api/2.0/mlflow/experiments/search",
    "/api/2.0/mlflow/runs/search",
    "/api/2.0/mlflow/metrics/get-history",
    "/api/2.0/mlflow/traces",
    "/ajax-api/2.0/mlflow/get-trace-artifact",
    "/api/2.0/mlflow/artifacts/list",
    "/get-artifact",
    "/api/2.0/mlflow/registered-models/search",
];
const PROXY: &str = "/api/2.0/mlflow-artifacts/artifacts";
const SEARCH: &str = "/api/3.0/mlflow/traces/search";
const ONE: &str = "/api/3.0/mlflow/traces/";
const MANY: &str = "/api/3.0/mlflow/traces/batchGet";
const INFO: &str = "/api/3.0/mlflow/server-info";

/// A server of this version with these endpoints beside those that all have.
fn server(version: &'static str, has: &'static [&'static str]) -> StandIn {
    StandIn::new(move |asked| {
        let path = asked.path.split('?').next().unwrap_or_default();
        // Whatever trace is asked for.
        let path =
            if path.starts_with(ONE) && path != SEARCH && (path != MANY || !has.contains(&MANY)) { ONE } else { path };
        match path {
            "/version" => Reply::Said(200, Vec::new(), version.as_bytes().to_vec()),
            INFO if has.contains(&INFO) => json(r#"{"store_type": "SqlStore", "workspaces_enabled": true}"#),
            path if !OLD.contains(&path) && !has.contains(&path) => page(404),
            path if path.ends_with("/search") || path == MANY || path == PROXY => json("{}"),
            "/api/2.0/mlflow/traces" => json("{}"),
            "/get-artifact" => error(500, "INTERNAL_ERROR", "no such run"),
            _ => error(404, "RESOURCE_DOES_NOT_EXIST", "no such thing"),
        }
    })
}

fn report(server: &StandIn) -> Result<ServerReport, StoreError> {
    let store = open(server.address("").as_str(), &OpenOptions::default()).expect("an address");
    let answering = store.server().expect("a server");
    Server::report(&*answering, &ReadCx::new())
}

#[test]
fn each_version_is_told_by_what_it_has() {
    for (version, has) in [
        ("2.21.3", &[PROXY][..]),
        ("3.1.4", &[PROXY, ONE]),
        ("3.5.1", &[PROXY, ONE, SEARCH]),
        ("3.6.0", &[PROXY, ONE, SEARCH, MANY]),
        ("3.18.0", &[PROXY, ONE, SEARCH, MANY, INFO]),
        // Started with --no-serve-artifacts.
        ("3.18.0", &[ONE, SEARCH, MANY, INFO]),
    ] {
        let server = server(version, has);
        let report = report(&server).expect("a report");
        assert_eq!(report.version.as_deref(), Some(version));
        let info = (report.store_type.as_deref(), report.workspaces);
        assert_eq!(info, if has.contains(&INFO) { (Some("SqlStore"), Some(true)) } else { (None, None) });
        let paths = |is_there| -> BTreeSet<&str> {
            report.endpoints.iter().filter(|one| one.is_there == is_there).map(|one| one.path).collect()
        };
        let missing: BTreeSet<&str> = [PROXY, ONE, SEARCH, MANY].into_iter().filter(|one| !has.contains(one)).collect();
        assert_eq!(paths(Some(false)), missing, "{version}");
        // What fails may be there or not.
        assert_eq!(paths(None), BTreeSet::from(["/get-artifact"]), "{version}");
        assert_eq!(paths(Some(true)).len() + missing.len() + 1, report.endpoints.len());
        for asked in server.asked() {
            let is_search = asked.method == "POST" && asked.path.ends_with("/search");
            assert!(asked.method == "GET" || is_search, "{} {}", asked.method, asked.path);
        }
        // Each is asked once, also one that fails.
        assert_eq!(server.asked().len(), report.endpoints.len() + 2, "{version}");
    }
}

#[test]
fn who_may_not_look_is_not_told_that_endpoints_are_missing() {
    let server = StandIn::new(|asked| match asked.path.as_str() {
        "/version" => Reply::Said(200, Vec::new(), b"3.17.2".to_vec()),
        _ => error(401, "UNAUTHENTICATED", "who are you"),
    });
    let report = report(&server).expect("a report");
    assert_eq!(report.version.as_deref(), Some("3.17.2"));
    assert!(report.endpoints.iter().all(|one| one.is_there.is_none()));
    let address = StandIn::new(|_| page(404)).address("");
    let store = open(address.as_str(), &OpenOptions::default()).expect("an address");
    let nobody = store.server().expect("a server").report(&ReadCx::new());
    assert!(matches!(nobody, Err(StoreError::Network { .. })), "{nobody:?}");
}

fn terminal(args: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_dspyglass"));
    let output = command.args(args).stdin(Stdio::null()).output().expect("the program starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text")
}

#[test]
fn the_terminal_says_it_in_words_and_in_json() {
    let server = server("3.5.1", &[PROXY, ONE, SEARCH]);
    let address = server.address("ana:pw-secret-7@");
    let text = terminal(&["check", &address]);
    let lines = |wanted: &str| text.lines().filter(|line| line.contains(wanted)).count();
    assert_eq!(lines("MLflow 3.5.1"), 2, "{text}");
    assert_eq!(lines("missing: spans are fetched trace by trace (/api/3.0/mlflow/traces/batchGet)"), 1, "{text}");
    assert!(!text.contains("pw-secret-7"));
    let json: Value = serde_json::from_str(&terminal(&["check", &address, "--json"])).expect("JSON");
    let endpoints = json["server"]["endpoints"].as_array().expect("a list");
    let of = |path: &str| endpoints.iter().find(|one| one["path"] == path).expect("told")["is_there"].clone();
    assert_eq!((of(SEARCH), of(MANY), of("/get-artifact")), (Value::Bool(true), Value::Bool(false), Value::Null));
    assert_eq!((&json["server"]["version"], &json["server"]["store_type"]), (&Value::from("3.5.1"), &Value::Null));
    assert!(!json.to_string().contains("pw-secret-7"));
}
