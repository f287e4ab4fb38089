//! Servers that die, hang, answer late, too much, or something else: a word for each, no end in panic or in waiting,
//! and it goes on when the server is back.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use crate::stand_in::{Reply, StandIn, error, json, page};
use dspyglass::model::{ArtifactOwner, RunId, TraceId};
use dspyglass::store::{CancelToken, OpenOptions, ReadCx, RunQuery, RunScope, Store, StoreError, TraceQuery, open};

fn opened(server: &StandIn) -> Box<dyn Store> {
    open(server.address("").as_str(), &OpenOptions::default()).expect("nothing is asked yet")
}

const NONE: &str = r#"{"experiments": []}"#;

#[test]
fn nobody_at_the_address() {
    let address = StandIn::new(|_| json(NONE)).address("");
    let mut store = open(address.as_str(), &OpenOptions::default()).expect("opened");
    // The listener is gone, or takes one last connection and closes it.
    let error = store.experiments(&ReadCx::new(), true).expect_err("nobody");
    assert!(error.to_string().starts_with(&format!("cannot reach {address}")), "{error}");
}

#[test]
fn what_is_no_mlflow_is_told_in_a_sentence() {
    let of = |reply: fn() -> Reply| {
        let server = StandIn::new(move |_| reply());
        opened(&server).experiments(&ReadCx::new(), true).expect_err("no answer").to_string()
    };
    for (text, wanted) in [
        (of(|| page(200)), "a web page"),
        (of(|| page(404)), "there is no such endpoint"),
        (of(|| json("")), "an empty answer"),
        (of(|| json("[1, 2]")), "[1, 2]"),
        (of(|| json("{\"experiments\": [")), "what is no JSON"),
        (of(|| error(400, "INVALID_PARAMETER_VALUE", "api_key=abcdef123456 is bad")), "‹masked›"),
        (of(|| Reply::Half(b"{\"experiments\": [".to_vec())), "broke off"),
        (of(|| Reply::Dies), "cannot reach"),
    ] {
        assert!(text.contains(wanted), "{text}: {wanted}");
        assert!(!text.contains("abcdef123456"), "{text}");
    }
}

#[test]
fn a_server_that_is_busy_is_asked_again_and_one_that_is_back_answers() {
    for status in [429, 500, 503] {
        let count = Arc::new(AtomicUsize::new(0));
        let seen = Arc::clone(&count);
        let server = StandIn::new(move |_| match seen.fetch_add(1, Ordering::Relaxed) {
            0 => Reply::Said(status, vec![("Retry-After", "0".to_owned())], Vec::new()),
            1 => Reply::Dies,
            _ => json(NONE),
        });
        assert_eq!(opened(&server).experiments(&ReadCx::new(), true).expect("the third time").len(), 0);
        assert_eq!(count.load(Ordering::Relaxed), 3);
    }
    let server = StandIn::new(|_| error(500, "INTERNAL_ERROR", "the database is gone"));
    let text = opened(&server).experiments(&ReadCx::new(), true).expect_err("never").to_string();
    assert!(text.contains("500: the database is gone"), "{text}");
}

#[test]
fn who_waits_for_a_server_that_hangs_can_leave() {
    let server = StandIn::new(|_| Reply::Hangs);
    let limited = ReadCx::new().with_deadline(Duration::from_millis(50));
    assert!(matches!(opened(&server).experiments(&limited, true), Err(StoreError::TooSlow)));
    let token = CancelToken::new();
    let cx = ReadCx::new().with_cancel(token.clone());
    let mut store = opened(&server);
    std::thread::scope(|scope| {
        let asked = scope.spawn(move || store.experiments(&cx, true));
        while server.asked().len() < 2 {
            std::thread::sleep(Duration::from_millis(1));
        }
        token.cancel();
        assert!(matches!(asked.join().expect("no panic"), Err(StoreError::Cancelled)));
    });
}

#[test]
fn an_answer_without_an_end_is_left_when_nobody_waits() {
    let server = StandIn::new(|_| Reply::Endless);
    let cx = ReadCx::new().with_deadline(Duration::from_millis(300));
    assert!(matches!(opened(&server).experiments(&cx, true), Err(StoreError::TooSlow)));
    let owner = ArtifactOwner::Run(RunId::from("a"));
    let found = opened(&server).artifact(&ReadCx::new(), &owner, "a.bin", 1_000).expect("its beginning");
    assert_eq!(found.map(|found| (found.bytes.len(), found.is_cut)), Some((1_000, true)));
}

#[test]
fn who_left_a_server_that_drips_keeps_nobody_else_waiting() {
    let count = AtomicUsize::new(0);
    let server =
        StandIn::new(move |_| if count.fetch_add(1, Ordering::Relaxed) < 6 { Reply::Drips } else { json(NONE) });
    let mut store = opened(&server);
    for _ in 0..6 {
        let limited = ReadCx::new().with_deadline(Duration::from_millis(40));
        assert!(matches!(store.experiments(&limited, true), Err(StoreError::TooSlow)));
    }
    let cx = ReadCx::new().with_deadline(Duration::from_secs(5));
    assert_eq!(store.experiments(&cx, true).expect("a turn is free").len(), 0);
}

#[test]
fn what_was_cancelled_in_the_middle_is_no_answer() {
    let server = StandIn::new(|_| Reply::Drips);
    let owner = ArtifactOwner::Run(RunId::from("a"));
    // Time and again: between two pieces, and while one is on its way.
    for wait in (10..30).map(Duration::from_millis) {
        for is_file in [false, true] {
            let token = CancelToken::new();
            let cx = ReadCx::new().with_cancel(token.clone());
            let (mut store, owner) = (opened(&server), owner.clone());
            std::thread::scope(|scope| {
                let asked = scope.spawn(move || match is_file {
                    true => store.artifact(&cx, &owner, "a.bin", 1 << 20).map(|_| ()),
                    false => store.experiments(&cx, true).map(|_| ()),
                });
                std::thread::sleep(wait);
                token.cancel();
                let told = asked.join().expect("no panic");
                assert!(matches!(told, Err(StoreError::Cancelled)), "{told:?}");
            });
        }
    }
}

#[test]
fn a_folder_that_is_listed_many_times_is_there_once() {
    // Each folder says a hundred times that it holds a folder `a`: told as it is said, that is 100 to the 30th.
    let server = StandIn::new(|asked| {
        let folder = asked.path.split_once("path=").map_or("", |(_, path)| path).replace("%2F", "/");
        let path = if folder.is_empty() { "a".to_owned() } else { format!("{folder}/a") };
        let one = format!(r#"{{"path": "{path}", "is_dir": true}}"#);
        let times = if path.len() > 60 { 0 } else { 100 };
        json(&format!(r#"{{"root_uri": "x", "files": [{}]}}"#, vec![one; times].join(",")))
    });
    let cx = ReadCx::new().with_deadline(Duration::from_secs(20));
    let owner = ArtifactOwner::Run(RunId::from("a"));
    let tree = opened(&server).artifacts(&cx, &owner).expect("listed");
    assert_eq!((tree.entries.len(), tree.is_cut), (30, false));
}

#[test]
fn a_folder_that_is_gone_costs_what_was_in_it_and_nothing_else() {
    let server = StandIn::new(|asked| match asked.path.contains("path=gone") {
        true => error(404, "RESOURCE_DOES_NOT_EXIST", "nothing there"),
        false => json(r#"{"files": [{"path": "gone", "is_dir": true}, {"path": "x", "file_size": 1}]}"#),
    });
    let (cx, owner) = (ReadCx::new(), ArtifactOwner::Run(RunId::from("a")));
    let tree = opened(&server).artifacts(&cx, &owner).expect("listed");
    assert_eq!((tree.entries.len(), tree.absent), (2, None));
    assert_eq!(cx.take_warnings().len(), 1);
}

#[test]
fn wrong_types_cost_what_is_wrong_and_nothing_else() {
    let server = StandIn::new(|asked| match asked.path.split('?').next().unwrap_or_default() {
        "/api/2.0/mlflow/experiments/search" => json(
            r#"{"experiments": [7, null, {"experiment_id": 5}, {"experiment_id": "1", "name": 7, "creation_time": {}}],
            "next_page_token": ["x"]}"#,
        ),
        "/api/2.0/mlflow/runs/search" => json(
            r#"{"runs": [{"info": 7}, {"info": {"run_id": "a", "start_time": [], "status": 3}, "data": {"metrics": [{"key": 1},
            {"key": "m", "value": {}}], "params": {"p": 7}, "tags": [[]]}}, "x"]}"#,
        ),
        "/api/3.0/mlflow/traces/search" => json(
            r#"{"traces": [{"trace_id": 5}, {"trace_id": "tr-1", "request_time": "soon", "execution_duration": "1e9s",
            "trace_metadata": [], "tags": 7, "assessments": [7, {"assessment_name": "x", "feedback": 9}]}]}"#,
        ),
        _ => json(r#"{"spans": {"a": 1}, "files": 7, "metrics": "x", "run": []}"#),
    });
    let (mut store, cx) = (opened(&server), ReadCx::new());
    let experiments = store.experiments(&cx, true).expect("experiments");
    assert_eq!(experiments.iter().map(|one| one.id.as_str()).collect::<Vec<_>>(), ["1"]);
    let runs = store.run_rows(&cx, &RunQuery::new(RunScope::All)).expect("runs");
    assert_eq!(runs.iter().map(|(run, _)| run.id.as_str()).collect::<Vec<_>>(), ["a"]);
    let list = store.trace_index(&cx, &TraceQuery::default()).expect("traces");
    let rows = store.trace_rows(&cx, &list.handles).expect("rows");
    assert_eq!(
        rows.iter().map(|row| (row.id.as_str(), row.start_time_ms, row.duration_ms)).collect::<Vec<_>>(),
        [("tr-1", 0, None)]
    );
    let (trace, run) = (TraceId::from("tr-1"), RunId::from("a"));
    assert!(store.spans(&cx, &trace).expect("spans").is_empty());
    assert!(store.trace(&cx, &trace).expect("a trace").is_none());
    assert!(store.metric_history(&cx, &run, Some("m")).expect("metrics").is_empty());
    assert!(store.artifacts(&cx, &ArtifactOwner::Run(run)).expect("files").entries.is_empty());
}

#[test]
fn a_list_that_leads_round_ends() {
    let server = StandIn::new(|asked| match asked.path.as_str() {
        "/api/2.0/mlflow/experiments/search" => {
            json(r#"{"experiments": [{"experiment_id": "1"}], "next_page_token": "again"}"#)
        }
        "/api/2.0/mlflow/runs/search" => json(r#"{"runs": [{"info": {"run_id": "a"}}], "next_page_token": "again"}"#),
        _ => json(r#"{"traces": [{"trace_id": "tr-1"}], "next_page_token": "again"}"#),
    });
    let (mut store, cx) = (opened(&server), ReadCx::new());
    assert_eq!(store.experiments(&cx, true).expect("it ends").len(), 1);
    assert!(!store.runs(&cx, &RunQuery::new(RunScope::All)).expect("it ends").is_empty());
    assert!(!store.trace_index(&cx, &TraceQuery::default()).expect("it ends").handles.is_empty());
    store.experiment_counts(&cx).expect("it ends");
    store.run_traces(&cx, None).expect("it ends");
}

#[test]
fn a_list_whose_pages_have_ever_new_names_ends() {
    let count = Arc::new(AtomicUsize::new(0));
    let server = StandIn::new(move |asked| {
        let next = format!(r#""next_page_token": "t{}""#, count.fetch_add(1, Ordering::Relaxed));
        json(&match asked.path.split('?').next().unwrap_or_default() {
            "/api/2.0/mlflow/experiments/search" => format!(r#"{{"experiments": [{{"experiment_id": "1"}}], {next}}}"#),
            "/api/2.0/mlflow/runs/search" => format!(r#"{{"runs": [{{"info": {{"run_id": "a"}}}}], {next}}}"#),
            "/api/3.0/mlflow/traces/search" => format!(r#"{{"traces": [{{"trace_id": "tr-1"}}], {next}}}"#),
            "/api/2.0/mlflow/registered-models/search" => format!(r#"{{"registered_models": [], {next}}}"#),
            "/api/2.0/mlflow/metrics/get-history" => format!(r#"{{"metrics": [], {next}}}"#),
            _ => format!(r#"{{"model_versions": [], {next}}}"#),
        })
    });
    let (mut store, cx) = (opened(&server), ReadCx::new());
    assert_eq!(store.experiments(&cx, true).expect("it ends").len(), 1);
    assert_eq!(store.runs(&cx, &RunQuery::new(RunScope::All)).expect("it ends").len(), 1);
    assert_eq!(store.trace_index(&cx, &TraceQuery::default()).expect("it ends").handles.len(), 1);
    assert!(store.prompts(&cx).expect("it ends").is_empty());
    assert!(store.metric_history(&cx, &RunId::from("a"), Some("m")).expect("it ends").is_empty());
    assert!(!cx.take_warnings().is_empty(), "and it is said");
}

#[test]
fn a_server_that_keeps_its_version_back_is_watched_all_the_same() {
    for status in [401, 403, 404] {
        let server = StandIn::new(move |asked| match asked.path.as_str() {
            "/version" => error(status, "PERMISSION_DENIED", "not for you"),
            _ => json(NONE),
        });
        let (mut store, cx) = (opened(&server), ReadCx::new());
        store.revision(&cx).expect("a revision");
        assert_eq!(store.info().schema_of, None);
        assert!(store.experiments(&cx, true).expect("experiments").is_empty());
    }
}
