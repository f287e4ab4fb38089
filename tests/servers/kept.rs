//! What is kept of a server: a second look sends no request for what can't change, everything else is asked for anew; what
//! was seen is still shown, marked, when nobody answers; each user has what is his, and no credential is in any file.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::stand_in::{Asked, Reply, StandIn, error, json};
use dspyglass::cli;
use dspyglass::model::{ArtifactOwner, RunId, TraceId};
use dspyglass::store::{
    OpenOptions, ReadCx, RunQuery, RunScope, Standing, Store, StoreLocation, TraceQuery, open, server,
};
use dspyglass::words::Zone;

/// What the server has at the moment.
#[derive(Clone)]
struct World {
    is_gone: bool,
    /// The trace is there no more.
    is_deleted: bool,
    /// What is asked for a second trace fails.
    has_no_database: bool,
    /// State of the trace.
    state: &'static str,
    /// How many spans it says that the trace has.
    spans: u64,
    /// Status of the run.
    status: &'static str,
    tags: &'static str,
}

const WORLD: World = World {
    is_gone: false,
    is_deleted: false,
    has_no_database: false,
    state: "OK",
    spans: 1,
    status: "FINISHED",
    tags: "[]",
};

/// A server whose world a test changes.
struct Server {
    stand_in: StandIn,
    world: Arc<Mutex<World>>,
}

impl Server {
    fn new() -> Self {
        let world = Arc::new(Mutex::new(WORLD));
        let own = Arc::clone(&world);
        let stand_in = StandIn::new(move |asked| {
            let world = own.lock().unwrap_or_else(PoisonError::into_inner).clone();
            if world.is_gone { Reply::Dies } else { reply(asked, &world) }
        });
        Self { stand_in, world }
    }

    fn change(&self, change: impl FnOnce(&mut World)) {
        change(&mut self.world.lock().unwrap_or_else(PoisonError::into_inner));
    }

    fn open(&self, user: &str, cache: &Path) -> Box<dyn Store> {
        opened(&self.stand_in.address(user), cache)
    }

    /// Paths of the requests since there were so many.
    fn asked_since(&self, before: usize) -> Vec<String> {
        let paths = self.stand_in.asked().into_iter().skip(before);
        paths.map(|asked| asked.path.split('?').next().unwrap_or_default().to_owned()).collect()
    }
}

fn reply(asked: &Asked, world: &World) -> Reply {
    let World { state, spans, status, tags, .. } = world;
    let trace = format!(
        r#"{{"trace_id": "tr-1", "state": "{state}", "request_time": "2026-11-20T22:13:35.440Z",
            "execution_duration": "0.290s", "tags": {{}},
            "trace_metadata": {{"mlflow.trace.sizeStats": "{{\"num_spans\": {spans}}}"}}}}"#
    );
    let run = format!(
        r#"{{"info": {{"run_id": "a", "experiment_id": "7", "start_time": 1, "end_time": 5, "status": "{status}"}},
            "data": {{"tags": {tags}}}}}"#
    );
    match asked.path.split('?').next().unwrap_or_default() {
        "/version" => Reply::Said(200, Vec::new(), b"3.17.2".to_vec()),
        "/api/2.0/mlflow/experiments/search" => json(r#"{"experiments": [{"experiment_id": "7", "name": "mine"}]}"#),
        "/api/2.0/mlflow/runs/search" => json(&format!(r#"{{"runs": [{run}]}}"#)),
        "/api/2.0/mlflow/runs/get" => json(&format!(r#"{{"run": {run}}}"#)),
        "/api/3.0/mlflow/traces/search" => json(&format!(r#"{{"traces": [{trace}]}}"#)),
        "/api/3.0/mlflow/traces/tr-1" if world.is_deleted => error(404, "RESOURCE_DOES_NOT_EXIST", "no such trace"),
        "/api/3.0/mlflow/traces/tr-1" => json(&format!(r#"{{"trace": {{"trace_info": {trace}}}}}"#)),
        "/api/3.0/mlflow/traces/tr-2" if world.has_no_database => {
            error(503, "TEMPORARILY_UNAVAILABLE", "the database is locked")
        }
        "/ajax-api/2.0/mlflow/get-trace-artifact" => json(
            r#"{"spans": [{"span_id": "00f067aa0ba902b7", "name": "s", "start_time_unix_nano": 1, "end_time_unix_nano": 9}]}"#,
        ),
        "/api/2.0/mlflow/artifacts/list" => {
            json(r#"{"root_uri": "x:/x", "files": [{"path": "a.json", "file_size": "3"}]}"#)
        }
        "/get-artifact" if asked.path.contains("a.json") => Reply::Said(200, Vec::new(), b"[1]".to_vec()),
        _ => error(404, "RESOURCE_DOES_NOT_EXIST", "nothing of this name"),
    }
}

fn opened(address: &str, cache: &Path) -> Box<dyn Store> {
    let options = OpenOptions { cache: Some(cache.to_owned()), ..OpenOptions::default() };
    open(address, &options).expect("nothing is asked yet")
}

fn cache() -> tempfile::TempDir {
    tempfile::tempdir().expect("a folder")
}

/// A look at a trace and at a file of a run, as pages take it: the heads first. What it saw.
fn look(store: &mut dyn Store, cx: &ReadCx) -> String {
    let (run, trace) = (RunId::from("a"), TraceId::from("tr-1"));
    let head = store.trace(cx, &trace).expect("a trace");
    let spans = store.spans(cx, &trace).expect("spans");
    let bodies = store.span_bodies(cx, &trace, &spans).expect("bodies");
    let runs = store.run_rows(cx, &RunQuery::new(RunScope::One(run.clone()))).expect("a run");
    let owner = ArtifactOwner::Run(run);
    let files = store.artifacts(cx, &owner).expect("files");
    let file = store.artifact(cx, &owner, "a.json", 99).expect("a file").expect("it is there");
    assert_eq!((spans.len(), runs.len(), files.entries.len(), &file.bytes[..]), (1, 1, 1, &b"[1]"[..]));
    format!("{head:?} {spans:?} {bodies:?} {runs:?} {files:?} {file:?}")
}

const SPANS: &str = "/ajax-api/2.0/mlflow/get-trace-artifact";
const FILES: &str = "/api/2.0/mlflow/artifacts/list";
const FILE: &str = "/get-artifact";
/// What is asked in any case: what is said of a trace and of a run, which may change.
const HEADS: [&str; 2] = ["/api/3.0/mlflow/traces/tr-1", "/api/2.0/mlflow/runs/get"];

#[test]
fn a_second_look_after_a_restart_sends_no_request_for_what_cant_change() {
    let (server, cache, cx) = (Server::new(), cache(), ReadCx::new());
    let first = look(&mut *server.open("", cache.path()), &cx);
    assert_eq!(server.asked_since(0), [HEADS[0], SPANS, HEADS[1], FILES, FILE]);
    let before = server.stand_in.asked().len();
    let second = look(&mut *server.open("", cache.path()), &cx);
    assert_eq!(server.asked_since(before), HEADS);
    assert_eq!(first, second);
    assert!(cx.take_warnings().is_empty());
    // Without a folder everything is asked for.
    let before = server.stand_in.asked().len();
    look(&mut *open(server.stand_in.address("").as_str(), &OpenOptions::default()).expect("opened"), &cx);
    assert_eq!(server.asked_since(before).len(), 5);
}

#[test]
fn a_list_tells_enough_to_show_a_trace_and_a_file_without_a_further_request() {
    let (server, cache, cx) = (Server::new(), cache(), ReadCx::new());
    look(&mut *server.open("", cache.path()), &cx);
    let mut store = server.open("", cache.path());
    store.trace_index(&cx, &TraceQuery::default()).expect("traces");
    store.run_rows(&cx, &RunQuery::new(RunScope::All)).expect("runs");
    let before = server.stand_in.asked().len();
    assert_eq!(store.spans(&cx, &TraceId::from("tr-1")).expect("spans").len(), 1);
    assert!(store.artifact(&cx, &ArtifactOwner::Run(RunId::from("a")), "a.json", 99).expect("a file").is_some());
    assert_eq!(server.asked_since(before), [""; 0]);
}

#[test]
fn that_a_run_has_no_such_file_is_not_asked_for_again_either() {
    let (server, cache, cx) = (Server::new(), cache(), ReadCx::new());
    let owner = ArtifactOwner::Run(RunId::from("a"));
    let look = || {
        let before = server.stand_in.asked().len();
        let found = server.open("", cache.path()).artifact(&cx, &owner, "none.json", 99).expect("an answer");
        assert!(found.is_none());
        server.asked_since(before)
    };
    assert_eq!((look(), look()), (vec![HEADS[1].to_owned(), FILE.to_owned()], vec![HEADS[1].to_owned()]));
    server.change(|world| world.status = "RUNNING");
    assert_eq!(look(), [HEADS[1], FILE], "it may come");
}

#[test]
fn what_may_change_is_asked_for_again() {
    let (server, cache, cx) = (Server::new(), cache(), ReadCx::new());
    let again = || {
        let before = server.stand_in.asked().len();
        look(&mut *server.open("", cache.path()), &cx);
        server.asked_since(before).into_iter().filter(|path| !HEADS.contains(&&**path)).collect::<Vec<_>>()
    };
    // A trace that goes on, and a run that does.
    server.change(|world| (world.state, world.status) = ("IN_PROGRESS", "RUNNING"));
    again();
    assert_eq!(again(), [SPANS, FILES, FILE]);
    // They end: once more, then no more.
    server.change(|world| *world = WORLD);
    assert_eq!(again(), [SPANS, FILES, FILE]);
    assert_eq!(again(), [""; 0]);
    // A span came late: not all of them are there, which is not kept for good.
    server.change(|world| world.spans = 2);
    assert_eq!((again(), again()), (vec![SPANS.to_owned()], vec![SPANS.to_owned()]));
    // MLflow added a table to the run.
    server.change(|world| *world = World { tags: r#"[{"key": "mlflow.loggedArtifacts", "value": "[1]"}]"#, ..WORLD });
    assert_eq!(again(), [FILES, FILE]);
    assert_eq!(again(), [""; 0]);
}

#[test]
fn whether_a_run_is_what_it_was_is_asked_again_after_a_while() {
    let (server, cache, cx) = (Server::new(), cache(), ReadCx::new());
    let (mut store, owner) = (server.open("", cache.path()), ArtifactOwner::Run(RunId::from("a")));
    store.artifacts(&cx, &owner).expect("files");
    server.change(|world| *world = World { tags: r#"[{"key": "mlflow.loggedArtifacts", "value": "[1]"}]"#, ..WORLD });
    let before = server.stand_in.asked().len();
    store.artifacts(&cx, &owner).expect("files");
    assert_eq!(server.asked_since(before), [""; 0]);
    std::thread::sleep(Duration::from_millis(3_100));
    store.artifacts(&cx, &owner).expect("files");
    assert_eq!(server.asked_since(before), [HEADS[1], FILES]);
}

#[test]
fn what_was_seen_is_shown_when_nobody_answers_and_is_marked() {
    let (server, cache, cx) = (Server::new(), cache(), ReadCx::new());
    let address = server.stand_in.address("");
    let mut store = server.open("", cache.path());
    let seen = look(&mut *store, &cx);
    let lists = |store: &mut dyn Store, cx: &ReadCx| {
        let experiments = store.experiments(cx, true).expect("experiments");
        let runs = store.run_rows(cx, &RunQuery::new(RunScope::All)).expect("runs");
        let traces = store.trace_index(cx, &TraceQuery::default()).expect("traces");
        let rows = store.trace_rows(cx, &traces.handles).expect("rows");
        assert_eq!((experiments.len(), runs.len(), rows.len()), (1, 1, 1));
        format!("{experiments:?} {runs:?} {rows:?}")
    };
    let listed = lists(&mut *store, &cx);
    store.revision(&cx).expect("a revision");
    assert!(cx.take_warnings().is_empty());
    let standing = store.info().standing.expect("a server has one");
    assert!(!standing.is_silent() && standing.answered_ms.is_some() && standing.words(Zone::Utc).is_none());
    drop((store, server));
    let mut store = opened(&address, cache.path());
    assert_eq!(look(&mut *store, &cx), seen);
    assert_eq!(lists(&mut *store, &cx), listed);
    let told: Vec<String> =
        cx.take_warnings().iter().map(|warning| format!("{}: {}", warning.place, warning.what)).collect();
    assert_eq!(told, [format!("{address}: {}", Standing::OLD)]);
    let standing = store.info().standing.expect("a server has one");
    let words = standing.words(Zone::Utc).expect("it is silent");
    assert!(words.starts_with("does not answer (connection refused); what is shown is as old as 20"), "{words}");
    assert!(standing.silence.and_then(|silence| silence.oldest_ms).is_some() && standing.answered_ms.is_none());
    let first = store.revision(&cx).expect("what was seen last");
    assert_eq!(first, store.revision(&cx).expect("and nothing new"));
    // What nobody looked at is not made up.
    let owner = ArtifactOwner::Run(RunId::from("a"));
    assert!(store.artifact(&cx, &owner, "b.json", 99).expect_err("unknown").to_string().contains("cannot reach"));
}

#[test]
fn a_server_that_is_back_is_read_again() {
    let (server, cache, cx) = (Server::new(), cache(), ReadCx::new());
    let mut store = server.open("", cache.path());
    let before = store.revision(&cx).expect("a revision");
    look(&mut *store, &cx);
    server.change(|world| world.is_gone = true);
    store.run_rows(&cx, &RunQuery::new(RunScope::One(RunId::from("a")))).expect("what it said before");
    let since = Instant::now();
    look(&mut *store, &cx);
    assert!(since.elapsed() < Duration::from_secs(2), "whoever has an answer does not wait for another attempt");
    assert!(store.info().standing.is_some_and(|standing| standing.is_silent()));
    server.change(|world| world.is_gone = false);
    // Nothing of it is kept: it is asked for at once.
    store.metric_history(&cx, &RunId::from("b"), Some("m")).expect("it is back");
    assert!(!store.info().standing.is_some_and(|standing| standing.is_silent()));
    let until = Instant::now() + Duration::from_secs(20);
    while store.revision(&cx).expect("a revision") == before {
        assert!(Instant::now() < until, "what was shown while it was silent is read again");
        std::thread::sleep(Duration::from_millis(100));
    }
    cx.take_warnings();
    look(&mut *store, &cx);
    assert!(cx.take_warnings().is_empty());
}

#[test]
fn one_question_that_fails_makes_nothing_old() {
    let (server, cache, cx) = (Server::new(), cache(), ReadCx::new());
    let mut store = server.open("", cache.path());
    look(&mut *store, &cx);
    server.change(|world| world.has_no_database = true);
    // The server says so itself, where a gateway says that there is no server.
    let failed = store.trace(&cx, &TraceId::from("tr-2")).expect_err("the database is locked");
    assert!(failed.to_string().contains("the database is locked"), "{failed}");
    assert!(!store.info().standing.is_some_and(|standing| standing.is_silent()));
    look(&mut *store, &cx);
    assert!(cx.take_warnings().is_empty(), "nothing is told from before");
}

#[test]
fn a_trace_is_asked_for_again_after_a_look_at_what_changed() {
    let (server, cache, cx) = (Server::new(), cache(), ReadCx::new());
    let (mut store, trace) = (server.open("", cache.path()), TraceId::from("tr-1"));
    let before = store.trace(&cx, &trace).expect("a trace");
    server.change(|world| world.state = "ERROR");
    assert_eq!(store.trace(&cx, &trace).expect("as it was a moment ago"), before);
    store.revision(&cx).expect("a look");
    assert_ne!(store.trace(&cx, &trace).expect("as it is"), before);
}

/// As the window opens it.
fn watched(server: &Server, cache: &Path) -> Box<dyn Store> {
    let options = OpenOptions { cache: Some(cache.to_owned()), is_watched: true, ..OpenOptions::default() };
    open(server.stand_in.address("").as_str(), &options).expect("nothing is asked yet")
}

/// Waits until the server said whether what is shown still holds.
fn wait_for_the_answer(store: &dyn Store) {
    let until = Instant::now() + Duration::from_secs(20);
    while store.info().standing.is_some_and(|standing| standing.asked_again_ms.is_some()) {
        assert!(Instant::now() < until, "waited in vain");
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn who_watches_sees_a_trace_at_once_as_it_was_and_then_as_it_is() {
    let (server, cache, cx, trace) = (Server::new(), cache(), ReadCx::new(), TraceId::from("tr-1"));
    look(&mut *server.open("", cache.path()), &cx);
    let seen = server.open("", cache.path()).trace(&cx, &trace).expect("a trace").expect("there");
    // Nothing changed: that is asked once, and only whoever watches does not wait for it.
    let mut store = watched(&server, cache.path());
    let (first, before) = (store.revision(&cx).expect("nobody waits"), server.stand_in.asked().len());
    assert_eq!(store.trace_as_seen(&cx, &trace).expect("a trace").as_ref(), Some(&seen));
    assert_eq!(store.spans(&cx, &trace).expect("spans").len(), 1);
    wait_for_the_answer(&*store);
    assert_eq!(store.trace_as_seen(&cx, &trace).expect("a trace").as_ref(), Some(&seen));
    let asked = server.asked_since(before);
    assert_eq!(asked.iter().filter(|path| **path == HEADS[0]).count(), 1, "{asked:?}");
    assert!(!asked.iter().any(|path| path == SPANS), "{asked:?}");
    assert_eq!(store.revision(&cx).expect("the same"), first);
    let mut other = server.open("", cache.path());
    server.change(|world| world.state = "ERROR");
    assert_eq!(other.trace_as_seen(&cx, &trace).expect("a trace").expect("there").row.status, "ERROR");
    // What was kept by that is what is shown next, and then that it is gone.
    for (world, now) in [(WORLD, Some("OK")), (World { is_deleted: true, ..WORLD }, None)] {
        let mut store = watched(&server, cache.path());
        let first = store.revision(&cx).expect("nobody waits");
        server.change(|own| *own = world);
        let shown = store.trace_as_seen(&cx, &trace).expect("a trace").expect("as it was");
        assert_ne!(Some(&*shown.row.status), now);
        wait_for_the_answer(&*store);
        assert_ne!(store.revision(&cx).expect("a change"), first);
        let shown = store.trace_as_seen(&cx, &trace).expect("an answer");
        assert_eq!(shown.as_ref().map(|head| &*head.row.status), now);
    }
}

#[test]
fn what_goes_on_or_was_never_seen_is_waited_for() {
    let (server, cache, cx, trace) = (Server::new(), cache(), ReadCx::new(), TraceId::from("tr-1"));
    server.change(|world| world.state = "IN_PROGRESS");
    look(&mut *server.open("", cache.path()), &cx);
    server.change(|world| world.state = "OK");
    let shown = watched(&server, cache.path()).trace_as_seen(&cx, &trace).expect("a trace").expect("there");
    assert_eq!(shown.row.status, "OK");
    let elsewhere = tempfile::tempdir().expect("a folder");
    let mut store = watched(&server, elsewhere.path());
    assert!(store.trace_as_seen(&cx, &trace).expect("a trace").is_some());
    assert!(store.info().standing.is_some_and(|standing| standing.asked_again_ms.is_none()));
}

#[test]
fn a_trace_that_was_seen_is_marked_as_old_while_nobody_answers() {
    let (server, cache, cx, trace) = (Server::new(), cache(), ReadCx::new(), TraceId::from("tr-1"));
    look(&mut *server.open("", cache.path()), &cx);
    server.change(|world| world.is_gone = true);
    let mut store = watched(&server, cache.path());
    assert!(store.trace_as_seen(&cx, &trace).expect("as it was").is_some());
    wait_for_the_answer(&*store);
    assert!(store.info().standing.is_some_and(|standing| standing.shows_old()));
}

#[test]
fn each_user_sees_what_he_has_seen() {
    let (server, cache, cx) = (Server::new(), cache(), ReadCx::new());
    let seen = look(&mut *server.open("ana:one@", cache.path()), &cx);
    let before = server.stand_in.asked().len();
    look(&mut *server.open("bo:one@", cache.path()), &cx);
    assert_eq!(server.asked_since(before).len(), 5, "what ana has is not for bo");
    let (ana, cy, nobody) = ["ana:two@", "cy:one@", ""].map(|user| server.stand_in.address(user)).into();
    drop(server);
    assert_eq!(look(&mut *opened(&ana, cache.path()), &cx), seen, "with another password, too");
    for address in [cy, nobody] {
        assert!(opened(&address, cache.path()).spans(&cx, &TraceId::from("tr-1")).is_err(), "{address}");
    }
}

/// All files below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

#[test]
fn no_credential_is_in_any_file_or_its_name() {
    let (cache, cx) = (cache(), ReadCx::new());
    let other = StandIn::new(|_| json("{}"));
    let elsewhere = other.address("");
    let right = "Basic YW5hOnJpZ2h0LXNlY3JldC03";
    let server = StandIn::new(move |asked| match asked.header("authorization") {
        Some(header) if header == right && asked.path.starts_with("/get-artifact") => {
            Reply::Said(302, vec![("Location", format!("{elsewhere}/stolen"))], Vec::new())
        }
        Some(header) if header == right => reply(asked, &WORLD),
        _ => error(401, "UNAUTHENTICATED", "who are you"),
    });
    for user in ["ana:wrong-secret-7@", "ana:right-secret-7@", "mal:right-secret-7@", ""] {
        let mut store = opened(&server.address(user), cache.path());
        let is_in = store.experiments(&cx, true).is_ok();
        assert_eq!(is_in, user.starts_with("ana:right"), "{user}");
        store.revision(&cx).ok();
        store.run_rows(&cx, &RunQuery::new(RunScope::All)).ok();
        store.spans(&cx, &TraceId::from("tr-1")).ok();
        let owner = ArtifactOwner::Run(RunId::from("a"));
        assert!(store.artifact(&cx, &owner, "a.json", 99).is_err(), "{user}: it leads to another host");
    }
    assert!(other.asked().is_empty());
    let found = files(cache.path());
    let bytes: Vec<u8> = found.iter().flat_map(|path| std::fs::read(path).expect("read")).collect();
    let has = |text: &str| bytes.windows(text.len()).any(|part| part == text.as_bytes());
    assert!(has("mine") && has("00f067aa0ba902b7"), "what the server said is there");
    let names = found.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(" ");
    for secret in ["secret-7", "YW5hOnJpZ2h0LXNlY3JldC03", "c2VjcmV0LTc", "YW5hO", "uthorization", "Basic "] {
        assert!(!has(secret) && !names.contains(secret), "{secret}");
    }
    for user in ["ana", "mal"] {
        assert!(!names.contains(user), "{names}");
    }
}

#[cfg(unix)]
#[test]
fn nobody_else_may_look_into_it() {
    use std::os::unix::fs::PermissionsExt;
    let (server, cache, cx) = (Server::new(), cache(), ReadCx::new());
    let mut store = server.open("", cache.path());
    look(&mut *store, &cx);
    let mode = |path: &Path| std::fs::metadata(path).expect("about it").permissions().mode() & 0o777;
    let found = files(cache.path());
    assert!(found.len() > 1, "a log is beside it while it is open: {found:?}");
    for path in found {
        assert_eq!((mode(&path), mode(path.parent().expect("a folder"))), (0o600, 0o700), "{}", path.display());
    }
}

#[test]
fn a_damaged_file_is_made_anew_and_said_once() {
    let (server, cache, cx) = (Server::new(), cache(), ReadCx::new());
    let seen = look(&mut *server.open("", cache.path()), &cx);
    for path in files(cache.path()) {
        std::fs::write(path, b"nothing that anybody could read").expect("written");
    }
    let before = server.stand_in.asked().len();
    let mut store = server.open("", cache.path());
    assert_eq!(look(&mut *store, &cx), seen);
    assert_eq!(server.asked_since(before).len(), 5);
    let told: Vec<String> = cx.take_warnings().iter().map(|warning| warning.what.to_string()).collect();
    assert_eq!(told, ["the file was damaged and is made anew"]);
    let before = server.stand_in.asked().len();
    look(&mut *server.open("", cache.path()), &cx);
    assert_eq!((server.asked_since(before).len(), cx.take_warnings().len()), (2, 0));
}

#[test]
fn a_server_that_never_answered_leaves_nothing() {
    let (server, cache) = (Server::new(), cache());
    let address = server.stand_in.address("");
    drop(server);
    assert!(opened(&address, cache.path()).experiments(&ReadCx::new(), true).is_err());
    assert!(files(cache.path()).is_empty());
}

#[test]
fn a_server_that_is_forgotten_leaves_nothing() {
    let (server, cache, cx) = (Server::new(), cache(), ReadCx::new());
    for user in ["", "ana:one@"] {
        look(&mut *server.open(user, cache.path()), &cx);
    }
    assert!(!files(cache.path()).is_empty());
    server::forget(cache.path(), &StoreLocation::from(server.stand_in.address("").as_str()));
    assert_eq!(files(cache.path()), Vec::<PathBuf>::new());
    let before = server.stand_in.asked().len();
    look(&mut *server.open("", cache.path()), &cx);
    assert_eq!(server.asked_since(before).len(), 5);
}

#[test]
fn the_terminal_says_that_what_it_shows_is_old() {
    let (server, cache) = (Server::new(), cache());
    let address = server.stand_in.address("ana:pw-secret-7@");
    let shown = server.stand_in.address("");
    let asked = |more: &[&str]| {
        let args: Vec<&str> =
            ["dspyglass", "experiments", &address, "--utc"].into_iter().chain(more.iter().copied()).collect();
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let opener = |location: &StoreLocation, options: &OpenOptions| {
            open(location.clone(), &OpenOptions { cache: Some(cache.path().to_owned()), ..options.clone() })
        };
        cli::run_over(args.into_iter().map(Into::into), &opener, &mut out, &mut err);
        (String::from_utf8(out).expect("text"), String::from_utf8(err).expect("text"))
    };
    let (plain, document) = (asked(&[]), asked(&["--json"]));
    assert_eq!((&*plain.1, &*document.1), ("", ""));
    assert!(plain.0.contains("mine"), "{plain:?}");
    drop(server);
    let (old, old_document) = (asked(&[]), asked(&["--json"]));
    assert_eq!(old.0, plain.0);
    let begin = format!("warning: {shown} does not answer (connection refused); what is shown is as old as 20");
    for err in [&old.1, &old_document.1] {
        assert!(err.starts_with(&begin) && err.ends_with(" UTC\n") && err.lines().count() == 1, "{err}");
        assert!(!err.contains("secret"), "{err}");
    }
    let read = |text: &str| serde_json::from_str::<serde_json::Value>(text).expect("a document");
    let (before, now) = (read(&document.0), read(&old_document.0));
    assert_eq!(before["experiments"], now["experiments"]);
    assert_eq!(now["warnings"], serde_json::json!([{"where": shown, "what": Standing::OLD}]));
}
