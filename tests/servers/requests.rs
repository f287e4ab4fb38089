//! What is sent to a server: only what reads, to the host that was named and to no other, with credentials that are
//! shown nowhere.

use std::process::Command;

use crate::stand_in::{Reply, StandIn, error, json, page};
use dspyglass::model::{ArtifactOwner, RunId, TraceId};
use dspyglass::store::{OpenOptions, ReadCx, Refusal, RunQuery, RunScope, Store, StoreError, TraceQuery, open};

/// Two pages of runs, two of traces, the older search of traces alone if `is_old`.
fn mlflow(is_old: bool) -> StandIn {
    StandIn::new(move |asked| {
        let path = asked.path.split('?').next().unwrap_or_default();
        let is_second = asked.body.contains("second") || asked.path.contains("second");
        match path {
            "/version" => Reply::Said(200, Vec::new(), if is_old { b"2.22.1".to_vec() } else { b"3.17.2".to_vec() }),
            "/api/2.0/mlflow/experiments/search" => json(r#"{"experiments": [{"experiment_id": "7", "name": "x"}]}"#),
            "/api/2.0/mlflow/runs/search" if is_second => json(
                r#"{"runs": [{"info": {"run_id": "b", "experiment_id": "7",
                "start_time": "2", "status": "RUNNING"}}]}"#,
            ),
            "/api/2.0/mlflow/runs/search" => json(
                r#"{"runs": [{"info": {"run_uuid": "a", "experiment_id": "7", "start_time": 1, "end_time": 5,
                "status": "FINISHED"}, "data": {"metrics": [{"key": "m", "value": "NaN"}], "params": [{"key": "p", "value": ""}]}}],
                "next_page_token": "second"}"#,
            ),
            "/api/3.0/mlflow/traces/search" if is_old => page(404),
            "/api/3.0/mlflow/traces/search" => json(
                r#"{"traces": [{"trace_id": "tr-1", "state": "OK", "request_time": "2026-11-20T22:13:35.440Z",
                "execution_duration": "0.290s", "trace_metadata": {"mlflow.sourceRun": "a"}, "tags": {}}]}"#,
            ),
            "/api/2.0/mlflow/traces" => json(
                r#"{"traces": [{"request_id": "tr-1", "status": "OK", "timestamp_ms": 1795212815440, "execution_time_ms": 290,
                "request_metadata": [{"key": "mlflow.sourceRun", "value": "a"}], "tags": []}]}"#,
            ),
            "/ajax-api/2.0/mlflow/get-trace-artifact" => {
                json(r#"{"spans": [{"span_id": "00f067aa0ba902b7", "name": "s"}, 7]}"#)
            }
            "/api/2.0/mlflow/artifacts/list" => {
                json(r#"{"root_uri": "mlflow-artifacts:/x", "files": [{"path": "a.json", "file_size": "3"}]}"#)
            }
            "/get-artifact" => Reply::Said(200, Vec::new(), b"[1]".to_vec()),
            "/api/2.0/mlflow/runs/get" => json(r#"{"run": {"info": {"run_id": "a"}}}"#),
            _ => error(404, "RESOURCE_DOES_NOT_EXIST", "nothing of this name"),
        }
    })
}

fn opened(address: &str) -> Box<dyn Store> {
    open(address, &OpenOptions::default()).expect("nothing is asked yet")
}

/// Everything that can be asked.
fn ask_all(store: &mut dyn Store, cx: &ReadCx) {
    let (run, trace) = (RunId::from("a"), TraceId::from("tr-1"));
    store.experiments(cx, true).expect("experiments");
    store.experiment_counts(cx).expect("counts");
    assert_eq!(store.run_rows(cx, &RunQuery::new(RunScope::All)).expect("runs").len(), 2);
    store.metric_history(cx, &run, None).expect("metrics");
    store.dataset_inputs(cx, &run).expect("datasets");
    store.logged_models(cx, &run).expect("models");
    let list = store.trace_index(cx, &TraceQuery::default()).expect("traces");
    let rows = store.trace_rows(cx, &list.handles).expect("rows");
    assert_eq!((rows[0].start_time_ms, rows[0].duration_ms), (1_795_212_815_440, Some(290)));
    assert_eq!(rows[0].run_id, Some(run.clone()));
    store.trace(cx, &trace).expect("a trace");
    let spans = store.spans(cx, &trace).expect("spans");
    assert_eq!(spans.len(), 1);
    store.span_bodies(cx, &trace, &spans).expect("bodies");
    store.run_traces(cx, None).expect("counted");
    store.trace_ids(cx, "tr-", 9).expect("ids");
    let owner = ArtifactOwner::Run(run);
    assert_eq!(store.artifacts(cx, &owner).expect("a list").entries[0].size, Some(3));
    assert_eq!(store.artifact(cx, &owner, "a.json", 99).expect("a file").expect("there").bytes, b"[1]");
    store.revision(cx).expect("a revision");
}

#[test]
fn only_what_reads_is_sent_and_credentials_are_shown_nowhere() {
    for is_old in [false, true] {
        let server = mlflow(is_old);
        let mut store = opened(&server.address("ana:pw-secret-7@"));
        let cx = ReadCx::new();
        assert!(server.asked().is_empty(), "opening asks nothing");
        ask_all(&mut *store, &cx);
        let asked = server.asked();
        for one in &asked {
            let is_search = one.method == "POST" && one.path.ends_with("/search");
            assert!(one.method == "GET" || is_search, "{} {}", one.method, one.path);
            // ana:pw-secret-7
            assert_eq!(one.header("authorization"), Some("Basic YW5hOnB3LXNlY3JldC03"), "{}", one.path);
            assert!(!one.path.contains("pw-secret"), "{}", one.path);
        }
        let was_asked = |path: &str| asked.iter().any(|one| one.path.starts_with(path));
        assert_eq!(was_asked("/api/2.0/mlflow/traces?"), is_old);
        let told = format!("{:?} {:?}", store.info(), cx.take_warnings());
        assert!(!told.contains("pw-secret") && told.contains(if is_old { "2.22.1" } else { "3.17.2" }), "{told}");
    }
}

#[test]
fn a_redirect_is_followed_within_the_host_and_to_no_other() {
    let other = mlflow(false);
    let to = other.address("");
    let server = StandIn::new(move |asked| match asked.path.as_str() {
        "/api/2.0/mlflow/experiments/search" => {
            Reply::Said(307, vec![("Location", "/ml/api/2.0/mlflow/experiments/search".to_owned())], Vec::new())
        }
        "/ml/api/2.0/mlflow/experiments/search" => json(r#"{"experiments": []}"#),
        path => Reply::Said(302, vec![("Location", format!("{to}{path}"))], Vec::new()),
    });
    let mut store = opened(&server.address("ana:pw-secret-7@"));
    let cx = ReadCx::new();
    assert_eq!(store.experiments(&cx, true).expect("followed").len(), 0);
    let error = store.spans(&cx, &TraceId::from("tr-1")).expect_err("not followed");
    let text = error.to_string();
    assert!(text.contains("sends whoever asks on to") && !text.contains("pw-secret"), "{text}");
    assert!(other.asked().is_empty(), "{:?}", other.asked());
}

#[test]
fn who_is_refused_is_told_so() {
    for (status, wanted) in [(401, Refusal::Unknown), (403, Refusal::Forbidden)] {
        let server = StandIn::new(move |_| error(status, "PERMISSION_DENIED", "no"));
        let mut store = opened(&server.address("ana:pw-secret-7@"));
        let error = store.experiments(&ReadCx::new(), true).expect_err("refused");
        assert!(matches!(&error, StoreError::Refused { refusal, .. } if *refusal == wanted), "{error}");
        assert!(!format!("{error} {error:?}").contains("pw-secret"));
    }
}

/// What `dspyglass` says and whether it succeeds, asked with variables of MLflow's.
fn asked_with(variables: &[(&str, &str)], args: &[&str]) -> (bool, String) {
    let home = tempfile::tempdir().expect("a folder");
    let mut command = Command::new(env!("CARGO_BIN_EXE_dspyglass"));
    command.args(args).env("HOME", home.path()).env("USERPROFILE", home.path());
    let output = command.envs(variables.iter().copied()).output().expect("it runs");
    (output.status.success(), String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned())
}

#[test]
fn credentials_of_the_environment_reach_no_other_server_than_their_own() {
    let own = mlflow(false);
    let other = StandIn::new(|_| error(401, "UNAUTHENTICATED", "who are you"));
    let (own_address, other_address) = (own.address(""), other.address(""));
    let variables = [("MLFLOW_TRACKING_URI", &*own_address), ("MLFLOW_TRACKING_TOKEN", "tok-secret-7")];
    let (_, told) = asked_with(&variables, &["check", &own_address]);
    let asked = own.asked();
    assert!(!asked.is_empty() && asked.iter().all(|one| one.header("authorization") == Some("Bearer tok-secret-7")));
    assert!(!told.contains("not sent"), "{told}");
    let (is_fine, told) = asked_with(&variables, &["experiments", &other_address]);
    let asked = other.asked();
    assert!(!asked.is_empty() && asked.iter().all(|one| one.header("authorization").is_none()), "{asked:?}");
    assert!(!is_fine && told.contains("for another server, which MLFLOW_TRACKING_URI names"), "{told}");
    // And where it lets everybody in.
    let open = mlflow(false);
    let (_, told) = asked_with(&variables, &["check", &open.address("")]);
    assert!(open.asked().iter().all(|one| one.header("authorization").is_none()), "{:?}", open.asked());
    assert!(told.contains(&format!("are for {own_address} (MLFLOW_TRACKING_URI) and are not sent")), "{told}");
    assert!(!told.contains("tok-secret"), "{told}");
}

#[test]
fn a_prefix_stays_in_front_and_a_page_of_mlflows_own_leads_to_its_server() {
    let server = StandIn::new(|_| json(r#"{"experiments": []}"#));
    for (address, wanted) in [
        ("/ml", "/ml/api/2.0/mlflow/experiments/search"),
        ("/ml/", "/ml/api/2.0/mlflow/experiments/search"),
        ("/#/experiments/7", "/api/2.0/mlflow/experiments/search"),
    ] {
        opened(&format!("{}{address}", server.address(""))).experiments(&ReadCx::new(), true).expect("answered");
        assert_eq!(server.asked().last().expect("asked").path, wanted);
    }
}

#[test]
fn an_older_server_is_asked_for_many_experiments_in_addresses_that_it_takes() {
    // Each of 600 experiments has three traces; a page holds 500.
    let server = StandIn::new(|asked| match asked.path.split_once('?') {
        None if asked.path == "/api/2.0/mlflow/experiments/search" => {
            let all: Vec<String> =
                (0..600).map(|at| format!(r#"{{"experiment_id": "{}"}}"#, 100_000_000_000_u64 + at)).collect();
            json(&format!(r#"{{"experiments": [{}]}}"#, all.join(",")))
        }
        Some(("/api/2.0/mlflow/traces", query)) => {
            let bound = query.split("timestamp_ms%20%3C%3D%20").nth(1).and_then(|rest| rest.split('&').next());
            let bound: u64 = bound.map_or(u64::MAX, |bound| bound.parse().expect("a number"));
            let experiments = query.split('&').filter_map(|part| part.strip_prefix("experiment_ids="));
            let mut found: Vec<u64> = experiments
                .map(|id| id.parse::<u64>().expect("an id") % 1_000)
                .flat_map(|at| (0..3).map(move |n| 1_000 + n * 600 + at))
                .filter(|start| *start <= bound)
                .collect();
            found.sort_unstable_by(|a, b| b.cmp(a));
            let next = if found.len() >= 500 { r#", "next_page_token": "eyJvZmZzZXQiOiA1MDB9""# } else { "" };
            let rows: Vec<String> = found
                .iter()
                .take(500)
                .map(|start| format!(r#"{{"request_id": "tr-{start}", "status": "OK", "timestamp_ms": {start}}}"#))
                .collect();
            json(&format!(r#"{{"traces": [{}]{next}}}"#, rows.join(",")))
        }
        _ => page(404),
    });
    let (mut store, cx) = (opened(&server.address("")), ReadCx::new());
    let list = store.trace_index(&cx, &TraceQuery::default()).expect("traces");
    let ids: Vec<String> =
        store.trace_ids_of(&cx, &list.handles).expect("ids").into_iter().map(|id| id.to_string()).collect();
    let wanted: Vec<String> = (1_000..2_800).rev().map(|start| format!("tr-{start}")).collect();
    assert!(ids == wanted, "{} of {}", ids.len(), wanted.len());
    let longest = server.asked().iter().map(|asked| asked.path.len()).max().expect("asked");
    assert!(longest < 4_000, "{longest} bytes");
    assert_eq!(cx.take_warnings(), []);
}
