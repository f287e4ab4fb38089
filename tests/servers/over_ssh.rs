//! A store on another machine: what is told of it is what its reader tells beside it, and every way in which that
//! machine can fail is told in a sentence.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use dspyglass::model::{ArtifactOwner, Matcher, PromptKey, PromptUsesWanted, Reveal, SearchPattern, Warning};
use dspyglass::store::{
    CancelToken, OpenOptions, Order, ReadCx, Remedy, RunQuery, RunScope, SearchScope, Sought, SpanSearch, Store,
    StoreError, TraceColumn, TraceQuery, open,
};

use crate::compare::same;
use crate::over_ssh::{Machine, address, program};

/// The databases of the recorded stores.
fn recorded() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/stores");
    let folders = std::fs::read_dir(root).expect("listed").flatten().map(|entry| entry.path());
    let database = |folder: PathBuf| {
        ["mlflow.db", "mydb.sqlite"].map(|name| folder.join(name)).into_iter().find(|file| file.is_file())
    };
    let found: Vec<PathBuf> = folders.filter_map(database).collect();
    assert!(found.len() >= 8, "{found:?}");
    found
}

fn one() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/stores/v3.17/mlflow.db")
}

/// Asks both, and holds what they say against each other.
struct Both<'a> {
    beside: &'a mut dyn Store,
    over_ssh: &'a mut dyn Store,
    reveal: Reveal,
    compared: usize,
}

impl Both<'_> {
    fn ask<T: std::fmt::Debug>(
        &mut self,
        what: &str,
        ask: impl Fn(&mut dyn Store, &ReadCx) -> Result<T, StoreError>,
    ) -> T {
        let reveal = self.reveal;
        let said = |store: &mut dyn Store| -> (T, Vec<Warning>) {
            let cx = ReadCx::new().with_reveal(reveal);
            let value = ask(store, &cx).unwrap_or_else(|error| panic!("{what}: {error}"));
            (value, cx.take_warnings())
        };
        let (beside, over_ssh) = (said(self.beside), said(self.over_ssh));
        let (a, b) = (format!("{beside:?}"), format!("{over_ssh:?}"));
        assert!(a == b, "{what}: beside the store\n{a}\nand over ssh\n{b}");
        self.compared += 1;
        beside.0
    }
}

#[test]
fn every_question_is_answered_as_beside_the_store() {
    for file in recorded() {
        for reveal in [Reveal::Masked, Reveal::Revealed] {
            let machine = Machine::new();
            let mut beside = open(&file, &OpenOptions::default()).expect("the file");
            let mut over_ssh = machine.open(&file).expect("the same over ssh");
            assert_eq!(beside.capabilities(), over_ssh.capabilities());
            let (a, b) = (beside.info(), over_ssh.info());
            assert_eq!((a.kind, a.size_bytes, a.schema_of, a.notices), (b.kind, b.size_bytes, b.schema_of, b.notices));
            assert_eq!(b.location.to_string(), address(&file));
            let mut both = Both { beside: &mut *beside, over_ssh: &mut over_ssh, reveal, compared: 0 };
            compare(&mut both);
            assert!(both.compared > 150, "{}: {}", file.display(), both.compared);
        }
    }
}

fn compare(both: &mut Both<'_>) {
    both.ask("experiments", |store, cx| store.experiments(cx, true));
    both.ask("counts", |store, cx| store.experiment_counts(cx));
    both.ask("inventory", |store, cx| store.inventory(cx));
    both.ask("traces of runs", |store, cx| {
        // In no order.
        let all = store.run_traces(cx, None)?;
        Ok(all.map(|all| all.into_iter().collect::<std::collections::BTreeMap<_, _>>()))
    });
    let query = RunQuery { limit: Some(7), ..RunQuery::new(RunScope::All).with_deleted() };
    both.ask("a page of runs", |store, cx| store.run_page(cx, &query));
    both.ask("a page of rows", |store, cx| store.run_row_page(cx, &query));
    let query = RunQuery::new(RunScope::All).with_deleted();
    let runs = both.ask("runs", |store, cx| store.runs(cx, &query));
    both.ask("rows", |store, cx| store.run_rows(cx, &query));
    both.ask("values", |store, cx| store.run_values(cx, &query));
    for run in runs.iter().map(|run| &run.id) {
        both.ask("metrics", |store, cx| store.metric_history(cx, run, None));
        both.ask("a metric", |store, cx| store.metric_history(cx, run, Some("eval")));
        both.ask("points", |store, cx| store.metric_counts(cx, run));
        both.ask("datasets", |store, cx| store.dataset_inputs(cx, run));
        both.ask("models", |store, cx| store.logged_models(cx, run));
        let owner = ArtifactOwner::Run(run.clone());
        let files = both.ask("files", |store, cx| {
            let tree = store.artifacts(cx, &owner)?;
            // Nobody can name a folder of another machine here.
            Ok((tree.entries, tree.folder, tree.absent, tree.outside, tree.is_cut))
        });
        for path in files.0.iter().filter(|entry| !entry.is_folder).map(|entry| &entry.path) {
            both.ask("a file", |store, cx| store.artifact(cx, &owner, path, 10_000));
            // It says nothing of its bytes: they are compared as they are shown.
            both.ask("a stored file", |store, cx| {
                let file = store.stored_artifact(cx, &owner, path, u64::MAX)?;
                Ok(file.map(|file| (file.full_size, file.bytes.readable_file(path, cx.reveal()))))
            });
        }
    }
    compare_traces(both);
    for prompt in both.ask("prompts", |store, cx| store.prompts(cx)) {
        both.ask("versions", |store, cx| store.prompt_versions(cx, &prompt.key));
        let uses = PromptUsesWanted::OfPrompt(prompt.key, 50);
        both.ask("uses", |store, cx| store.prompt_uses(cx, &uses));
    }
    let none = PromptKey::named("no such prompt");
    both.ask("no versions", |store, cx| store.prompt_versions(cx, &none));
}

fn compare_traces(both: &mut Both<'_>) {
    let first = TraceQuery { limit: Some(5), ..TraceQuery::default() };
    let page = both.ask("a page of traces", |store, cx| store.trace_page(cx, &first));
    let behind = TraceQuery { cursor: page.next, ..first };
    both.ask("the page behind it", |store, cx| store.trace_page(cx, &behind));
    let oldest = TraceQuery { order: Order::OldestFirst, ..TraceQuery::default() };
    let index = both.ask("an index", |store, cx| store.trace_index(cx, &oldest));
    both.ask("rows of traces", |store, cx| store.trace_rows(cx, &index.handles));
    both.ask("previews", |store, cx| store.trace_previews(cx, &index.handles));
    both.ask("lines", |store, cx| store.trace_lines(cx, &index.handles));
    both.ask("sessions", |store, cx| store.trace_sessions(cx, &oldest));
    let columns = [TraceColumn::Status, TraceColumn::Duration, TraceColumn::Tag("mlflow.user".into())];
    both.ask("columns", |store, cx| store.trace_values(cx, &oldest, &columns));
    let ids = both.ask("ids", |store, cx| store.trace_ids_of(cx, &index.handles));
    both.ask("ids by their beginning", |store, cx| store.trace_ids(cx, "tr-", 20));
    for trace in ids.iter().take(30) {
        both.ask("a place", |store, cx| store.trace_place(cx, &oldest, trace));
        both.ask("a trace", |store, cx| store.trace(cx, trace));
        let spans = both.ask("spans", |store, cx| store.spans(cx, trace));
        both.ask("facts", |store, cx| store.span_facts(cx, trace, &spans));
        both.ask("bodies", |store, cx| store.span_bodies(cx, trace, &spans));
        for span in spans.iter().take(3) {
            both.ask("a body", |store, cx| store.span_body(cx, trace, span.handle));
            both.ask("a beginning", |store, cx| store.span_beginning(cx, trace, span.handle, 200));
        }
        let owner = ArtifactOwner::Trace(trace.clone());
        both.ask("files of a trace", |store, cx| store.artifacts(cx, &owner).map(|tree| tree.entries));
    }
    let pattern = SearchPattern { text: "question".to_owned(), ignores_case: true, ..SearchPattern::default() };
    let sought = Sought::hits(Matcher::new(&pattern).expect("a pattern").into());
    let mut search = SpanSearch {
        sought: sought.clone(),
        scope: SearchScope::Traces { experiment: None, run: None },
        cursor: None,
        most: 40,
        within: Duration::from_secs(60),
    };
    let page = both.ask("hits", |store, cx| store.search_page(cx, &search));
    search.cursor = page.next;
    both.ask("more hits", |store, cx| store.search_page(cx, &search));
    if let Some(trace) = ids.first() {
        both.ask("hits in a trace", |store, cx| store.search_trace(cx, trace, &sought));
    }
    search.sought.is_counted = true;
    for scope in [search.scope.clone(), SearchScope::Store] {
        (search.scope, search.cursor) = (scope, None);
        both.ask("a count", |store, cx| store.search_page(cx, &search));
    }
}

/// What the terminal says, with this stand-in for `ssh`.
fn said(machine: &Machine, args: &[&str]) -> (i32, String, String) {
    let mut command = Command::new(program());
    command.args(args).env("DSPYGLASS_SSH", machine.ssh()).env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY");
    let home = tempfile::tempdir().expect("a folder");
    let output = command.env("XDG_CACHE_HOME", home.path()).env("XDG_DATA_HOME", home.path()).output().expect("run");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code().unwrap_or(-1), text(&output.stdout), text(&output.stderr))
}

#[test]
fn the_terminal_says_the_same_as_beside_the_store() {
    let machine = Machine::new();
    for file in recorded() {
        let (path, far) = (file.display().to_string(), address(&file));
        let (_, runs, _) = said(&machine, &["runs", &path, "--json"]);
        let runs: serde_json::Value = serde_json::from_str(&runs).expect("a document");
        let parent = runs["runs"].as_array().into_iter().flatten().find_map(|run| run["parent_id"].as_str());
        let parent = parent.unwrap_or_default().to_owned();
        // Not what tells as much as there was time for, as `overview` does of costs.
        for question in [
            &["experiments"][..],
            &["runs"],
            &["traces"],
            &["search", "question"],
            &["search", "question", "--limit", "1", "--count"],
            &["optimization", &parent],
            &["scores", &parent],
        ] {
            let of = |store: &str| {
                let all = [&question[..1], &[store], &question[1..], &["--json"]].concat();
                let (code, out, err) = said(&machine, &all);
                (code, out.replace(&far, &path), err.replace(&far, &path))
            };
            let (here, there) = (of(&path), of(&far));
            let what = format!("{question:?} of {path}");
            assert_eq!((here.0, &*here.2), (there.0, &*there.2), "{what}");
            same(&what, &here.1, &there.1);
        }
    }
}

#[test]
fn what_is_remote_is_watched_and_goes_on_after_the_connection_was_lost() {
    let home = tempfile::tempdir().expect("a folder");
    let file = home.path().join("mlflow.db");
    std::fs::copy(one(), &file).expect("copied");
    // The process that answers is known, to end it.
    let machine = Machine::that(&format!("echo $$ > {}/pid; there \"$@\"", home.path().display()));
    let (mut store, cx) = (machine.open(&file).expect("opened"), ReadCx::new());
    let before = store.revision(&cx).expect("a revision");
    assert_eq!(store.revision(&cx).expect("a revision"), before);
    let db = rusqlite::Connection::open(&file).expect("opened");
    db.execute("update runs set name = 'renamed' where run_uuid = (select min(run_uuid) from runs)", [])
        .expect("written");
    let after = store.revision(&cx).expect("a revision");
    assert_ne!(after, before);
    let pid = std::fs::read_to_string(home.path().join("pid")).expect("a number");
    assert!(Command::new("kill").args(["-KILL", pid.trim()]).status().is_ok_and(|status| status.success()));
    let until = Instant::now() + Duration::from_secs(20);
    let runs = loop {
        // A question that was on its way is lost with the connection, the next one connects.
        match store.runs(&cx, &RunQuery::default()) {
            Ok(runs) => break runs,
            Err(error) => assert!(Instant::now() < until && error.remedy() == Remedy::Retry, "{error}"),
        }
    };
    assert!(runs.iter().any(|run| run.name == "renamed"));
    // What the new process says of changes is compared with nothing that the old one said.
    assert_ne!(store.revision(&cx).expect("a revision"), after);
}

#[test]
fn nothing_of_a_path_is_a_word_of_the_shell() {
    let home = tempfile::tempdir().expect("a folder");
    let folder = home.path().join("it's $(touch spilled) `touch spilled`; \"touch\" & \\ * spilled");
    std::fs::create_dir(&folder).expect("made");
    let file = folder.join("--help mlflow.db");
    std::fs::copy(one(), &file).expect("copied");
    let machine = Machine::that(&format!("cd {}; there \"$@\"", home.path().display()));
    let mut store = machine.open(&file).expect("opened");
    assert!(!store.experiments(&ReadCx::new(), true).expect("experiments").is_empty());
    assert!(!home.path().join("spilled").exists());
    // Options of the user go over, too.
    let options = OpenOptions { artifacts_dir: Some(folder.join("no such")), ..OpenOptions::default() };
    let Err(error) = machine.open_with(&file, &options) else { panic!("opened") };
    assert!(error.to_string().contains("is no folder"), "{error}");
}

#[test]
fn what_a_shell_says_before_is_passed_over() {
    let machine = Machine::that("echo 'Welcome to rack7'; echo 'Last login: never' >&2; there \"$@\"");
    let mut store = machine.open(&one()).expect("opened");
    assert!(!store.experiments(&ReadCx::new(), true).expect("experiments").is_empty());
}

#[test]
fn every_failure_is_told_in_one_sentence_with_what_to_do() {
    let own = std::env::current_exe().expect("this program").display().to_string();
    for (lines, parts) in [
        (
            "echo 'sh: 1: exec: dspyglass: not found' >&2; exit 127",
            &["not installed on ana@rack7", "ssh ana@rack7 '", &own][..],
        ),
        ("echo motd; exit 127", &["not installed on ana@rack7"]),
        ("echo 'Exec format error' >&2; exit 126", &["cannot be run there (Exec format error)", "cargo install"]),
        ("echo 'Host key verification failed.' >&2; exit 255", &["the key of ana@rack7 is not known", "ssh ana@rack7"]),
        (
            "echo 'ana@rack7: Permission denied (publickey,password).' >&2; exit 255",
            &["ana@rack7 does not let you in", "Permission denied (publickey,password)", "ssh ana@rack7"],
        ),
        (
            "echo 'ssh: Could not resolve hostname rack7: Name or service not known' >&2; exit 255",
            &["cannot reach ana@rack7", "Could not resolve hostname"],
        ),
        ("echo \"error: unexpected argument '--' found\" >&2; exit 2", &["too old", "ssh ana@rack7 '"]),
        (
            "echo 'This account is not available.'; exit 0",
            &["otherwise than dspyglass", "This account is not available"],
        ),
        ("exit 0", &["closed the connection without a word"]),
        ("yes", &["otherwise than dspyglass", "“y”"]),
        (
            r"printf '\0dspyglass serve-stdio\0\007\0\0\0\005\0\0\0' ; printf '9.9.9'",
            &["dspyglass 9.9.9 on ana@rack7", "protocols 7 and"],
        ),
        (r"printf '\0dspyglass serve-stdio\0\001\0\0\0\377\377\377\377'", &["otherwise than dspyglass"]),
    ] {
        let begun = Instant::now();
        let Err(error) = Machine::that(lines).open(&one()) else { panic!("{lines}: opened") };
        let told = error.to_string();
        assert!(parts.iter().all(|part| told.contains(part)), "{lines}: {told}");
        assert!(!told.contains('\n') && !told.ends_with('.') && begun.elapsed() < Duration::from_secs(20), "{told}");
        assert_eq!(error.remedy(), Remedy::Retry);
    }
    // What the reader there says keeps its words and its remedy.
    let Err(error) = Machine::new().open(Path::new("/no/such/mlflow.db")) else { panic!("opened") };
    assert_eq!(error.to_string(), "on ana@rack7: /no/such/mlflow.db does not exist");
    assert_eq!(error.remedy(), Remedy::OpenOther);
    let gone = dspyglass::store::remote::Ssh::named("/no/such/ssh".into());
    let location = dspyglass::store::StoreLocation::from("ana@rack7:/srv/mlflow.db");
    let address = location.address().expect("an address");
    let Err(error) = dspyglass::store::remote::RemoteStore::open_by(gone, address, &OpenOptions::default()) else {
        panic!("opened")
    };
    assert!(error.to_string().contains("DSPYGLASS_SSH"), "{error}");
}

#[test]
fn an_answer_that_breaks_off_or_is_none_is_told_and_the_next_question_connects() {
    for (spoilt, part) in [
        // Dies in the middle of an answer.
        ("there \"$@\" | dd bs=1 count=20000 2> /dev/null", "was lost"),
        // A length that nobody has room for.
        (
            "(there \"$@\" | dd bs=1 count=9000 2> /dev/null; printf '\\377\\377\\377\\377AAAAAAAAAAAAAAAA'; sleep 5)",
            "was lost",
        ),
    ] {
        let home = tempfile::tempdir().expect("a folder");
        let flag = home.path().join("spoilt");
        std::fs::write(&flag, "").expect("written");
        let flag = flag.display();
        let machine = Machine::that(&format!("if [ -e {flag} ]; then rm {flag}; {spoilt}; else there \"$@\"; fi"));
        let (mut store, cx) = (machine.open(&one()).expect("opened"), ReadCx::new());
        let rows = |store: &mut dyn Store| store.run_rows(&cx, &RunQuery::default());
        let mut told = None;
        for _ in 0..50 {
            if let Err(error) = rows(&mut store) {
                told = Some(error);
                break;
            }
        }
        let told = told.expect("it breaks off");
        assert!(told.to_string().contains(part) && told.remedy() == Remedy::Retry, "{told}");
        assert!(rows(&mut store).is_ok_and(|rows| !rows.is_empty()), "{spoilt}");
    }
}

#[test]
fn a_machine_that_hangs_keeps_nobody_who_does_not_want_to_wait() {
    let home = tempfile::tempdir().expect("a folder");
    let pid = home.path().join("pid");
    let machine = Machine::that(&format!("echo $$ > {}; there \"$@\"", pid.display()));
    let mut store = machine.open(&one()).expect("opened");
    let signal = |name: &str| {
        let number = std::fs::read_to_string(&pid).expect("a number");
        assert!(Command::new("kill").args([name, number.trim()]).status().is_ok_and(|status| status.success()));
    };
    signal("-STOP");
    let cx = ReadCx::new().with_deadline(Duration::from_millis(300));
    assert!(matches!(store.experiments(&cx, true), Err(StoreError::TooSlow)));
    let cancel = CancelToken::new();
    let asks = std::thread::scope(|scope| {
        let asked = scope.spawn(|| {
            let cx = ReadCx::new().with_cancel(cancel.clone());
            store.experiments(&cx, true).map(|all| all.len())
        });
        std::thread::sleep(Duration::from_millis(200));
        cancel.cancel();
        asked.join().expect("no panic")
    });
    assert!(matches!(asks, Err(StoreError::Cancelled)), "{asks:?}");
    signal("-CONT");
    assert!(store.experiments(&ReadCx::new(), true).is_ok());
}

#[test]
fn a_person_who_starts_the_other_side_is_told_what_it_is_for() {
    let output =
        Command::new(program()).args(["serve-stdio", "/no/such.db"]).stdin(std::process::Stdio::null()).output();
    let output = output.expect("run");
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("/no/such.db does not exist"));
}
