//! MLflow's own server on copies of the recorded stores, beside the reader of the file behind it: what both tell must
//! be the same, field by field.
//!
//! The program `mlflow` is the one that `DSPYGLASS_MLFLOW` names, else the one that is found by its name. Without it
//! this is skipped with a word, but not in CI.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use dspyglass::model::{ArtifactOwner, Reveal, RunId, SpanHead, TraceHead, TraceRow};
use dspyglass::store::{OpenOptions, Order, ReadCx, RunQuery, RunScope, Store, TraceQuery, open};

/// What a server adds to tags and metadata by itself: the file has it in columns (MLflow 3.17).
const ADDED: [&str; 4] = ["mlflow.traceName", "mlflow.trace.tokenUsage", "mlflow.trace.cost", "mlflow.trace.session"];

/// Recordings that this MLflow reads, older ones once it has upgraded them.
const STORES: [&str; 6] = ["v3.17", "gepa-3.17", "copro-3.17", "server-3.17", "v3.5", "v2.22"];

/// The program, if it is there.
fn mlflow() -> Option<PathBuf> {
    let named = std::env::var_os("DSPYGLASS_MLFLOW").map(PathBuf::from);
    let program = named.unwrap_or_else(|| PathBuf::from("mlflow"));
    let answers = Command::new(&program).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    if answers.is_ok_and(|status| status.success()) {
        return Some(program);
    }
    assert!(
        std::env::var_os("CI").is_none(),
        "{} does not run: install mlflow and name it by DSPYGLASS_MLFLOW",
        program.display()
    );
    println!("skipped: there is no program `mlflow` here; `pip install mlflow`, or name it by DSPYGLASS_MLFLOW");
    None
}

/// A copy of a recording whose artifacts are where it says.
fn copy(name: &str) -> (tempfile::TempDir, PathBuf) {
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/stores").join(name);
    let home = tempfile::tempdir().expect("a folder");
    copy_all(&from, home.path());
    let file = ["mlflow.db", "mydb.sqlite"].map(|name| home.path().join(name)).into_iter().find(|path| path.exists());
    (home, file.expect("a database"))
}

fn copy_all(from: &Path, to: &Path) {
    for entry in std::fs::read_dir(from).expect("a folder").flatten() {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            std::fs::create_dir(&target).expect("made");
            copy_all(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), &target).expect("copied");
        }
    }
}

/// Lets the addresses of artifacts lead into the copy.
fn localize(file: &Path, home: &Path) {
    let db = rusqlite::Connection::open(file).expect("a database");
    let some: Option<String> =
        db.query_row("select artifact_uri from runs where artifact_uri like '/%' limit 1", [], |row| row.get(0)).ok();
    let Some(root) = some.as_deref().and_then(|uri| uri.split_once("/mlruns/")).map(|(root, _)| root.to_owned()) else {
        return;
    };
    for (table, column) in [
        ("runs", "artifact_uri"),
        ("experiments", "artifact_location"),
        ("logged_models", "artifact_location"),
        ("trace_tags", "value"),
    ] {
        let sql = format!("update {table} set {column} = replace({column}, ?1, ?2) where {column} like ?1 || '/%'");
        // Older schemas lack some of them.
        let _ = db.execute(&sql, [root.as_str(), &home.display().to_string()]);
    }
}

/// A running server; it ends with its value.
struct Server {
    child: Child,
    address: String,
}

impl Server {
    fn start(program: &Path, file: &Path, home: &Path) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address").port();
        let uri = format!("sqlite:///{}", file.display());
        let upgraded =
            Command::new(program).args(["db", "upgrade", &uri]).stdout(Stdio::null()).stderr(Stdio::null()).status();
        assert!(upgraded.is_ok_and(|status| status.success()), "{uri} cannot be upgraded");
        let artifacts = home.join("mlartifacts");
        let log = std::fs::File::create(home.join("server.log")).expect("a file");
        let child = Command::new(program)
            .args([
                "server",
                "--backend-store-uri",
                &uri,
                "--host",
                "127.0.0.1",
                "--workers",
                "1",
                "--artifacts-destination",
            ])
            .arg(&artifacts)
            .args(["--port", &port.to_string()])
            .env("MLFLOW_SERVER_ENABLE_JOB_EXECUTION", "false")
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .expect("started");
        let server = Self { child, address: format!("http://127.0.0.1:{port}") };
        let until = Instant::now() + Duration::from_secs(180);
        loop {
            let mut store = open(server.address.as_str(), &OpenOptions::default()).expect("an address");
            match store.experiments(&ReadCx::new(), true) {
                Ok(_) => return server,
                Err(error) => assert!(Instant::now() < until, "the server did not come up: {error}"),
            }
            std::thread::sleep(Duration::from_millis(200));
        }
    }
}

impl Drop for Server {
    /// Its workers are in one group with it, and end when their parent does.
    fn drop(&mut self) {
        let _ = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status();
        let _ = self.child.wait();
    }
}

/// A line without what only the file tells.
fn told(mut row: TraceRow) -> TraceRow {
    // From the times of the spans, and counted where the store does not say it.
    row.cached = None;
    row.span_count = None;
    row
}

fn told_head(mut head: TraceHead) -> TraceHead {
    head.row = told(head.row);
    head.tags.retain(|entry| !ADDED.contains(&&*entry.key));
    head.metadata.retain(|entry| !ADDED.contains(&&*entry.key));
    head
}

/// Spans by id. MLflow 3.5 wrote them twice: into its table, and into a file in which equal names have numbers behind
/// them. The reader of the file takes the one, the server gives the other.
fn by_id(mut heads: Vec<SpanHead>) -> Vec<SpanHead> {
    for head in &mut heads {
        let number = head.name.rsplit_once('_').filter(|(_, end)| end.parse::<u32>().is_ok());
        if let Some(name) = number.map(|(name, _)| name.to_owned()) {
            head.name = name;
        }
    }
    heads.sort_by(|a, b| a.id.cmp(&b.id));
    heads
}

#[test]
fn a_server_tells_what_the_file_behind_it_tells() {
    let Some(program) = mlflow() else { return };
    for name in STORES {
        let (home, file) = copy(name);
        localize(&file, home.path());
        let server = Server::start(&program, &file, home.path());
        let options = OpenOptions { allow_outside: true, ..OpenOptions::default() };
        let mut of_file = open(&file, &options).expect("the file");
        let mut of_server = open(server.address.as_str(), &OpenOptions::default()).expect("the server");
        let compared = compare(name, &mut of_file, &mut of_server);
        println!("{name}: {compared} values compared");
        assert!(compared > 100, "{name}: {compared}");
    }
}

fn compare(name: &str, file: &mut Box<dyn Store>, server: &mut Box<dyn Store>) -> usize {
    let cx = ReadCx::new().with_reveal(Reveal::Revealed);
    let mut compared = 0;
    let mut same = |what: &str, a: String, b: String| {
        assert!(a == b, "{name}, {what}: the file tells\n{a}\nand the server\n{b}");
        compared += 1;
    };
    for deleted in [false, true] {
        let lists = [&mut *file, &mut *server].map(|store| store.experiments(&cx, deleted).expect("experiments"));
        same("experiments", format!("{:?}", lists[0]), format!("{:?}", lists[1]));
    }
    let counts = [&mut *file, &mut *server].map(|store| store.experiment_counts(&cx).expect("counts"));
    for (a, b) in counts[0].iter().zip(&counts[1]) {
        same("counts", format!("{a:?}"), format!("{b:?}"));
    }
    let query = RunQuery::new(RunScope::All).with_deleted();
    let [rows, of_server] = [&mut *file, &mut *server].map(|store| store.run_rows(&cx, &query).expect("runs"));
    assert_eq!(rows.len(), of_server.len(), "{name}");
    let mut paths: Vec<(RunId, String)> = Vec::new();
    for (a, b) in rows.iter().zip(&of_server) {
        same("a run", format!("{a:?}"), format!("{b:?}"));
        let run = &a.0.id;
        let both = |store: &mut dyn Store| {
            let history = store.metric_history(&cx, run, None).expect("metrics");
            let given = store.dataset_inputs(&cx, run).expect("datasets");
            let models = store.logged_models(&cx, run).expect("models");
            let entries = store.artifacts(&cx, &ArtifactOwner::Run(run.clone())).expect("files").entries;
            (format!("{history:?}"), format!("{given:?}"), format!("{models:?}"), entries)
        };
        let (of_file, of_server) = (both(&mut **file), both(&mut **server));
        same("metrics", of_file.0, of_server.0);
        same("datasets", of_file.1, of_server.1);
        same("models", of_file.2, of_server.2);
        same(&format!("files of {run}"), format!("{:?}", of_file.3), format!("{:?}", of_server.3));
        paths.extend(of_file.3.into_iter().filter(|entry| !entry.is_folder).map(|entry| (run.clone(), entry.path)));
    }
    for (run, path) in paths.into_iter().take(40) {
        let owner = ArtifactOwner::Run(run);
        let read = |store: &mut dyn Store| format!("{:?}", store.artifact(&cx, &owner, &path, 10_000).expect("read"));
        let (a, b) = (read(&mut **file), read(&mut **server));
        same(&path, a, b);
    }
    for order in [Order::NewestFirst, Order::OldestFirst] {
        let query = TraceQuery { order, ..TraceQuery::default() };
        let list = |store: &mut dyn Store| {
            let index = store.trace_index(&cx, &query).expect("traces");
            store.trace_rows(&cx, &index.handles).expect("rows")
        };
        let (a, b) = (list(&mut **file), list(&mut **server));
        assert_eq!(a.len(), b.len(), "{name}");
        for (a, b) in a.into_iter().zip(b) {
            same("a line", format!("{:?}", told(a)), format!("{:?}", told(b)));
        }
    }
    let ids = file.trace_ids(&cx, "", 60).expect("ids");
    for id in ids {
        let head = |store: &mut dyn Store| told_head(store.trace(&cx, &id).expect("a trace").expect("there"));
        let (a, b) = (head(&mut **file), head(&mut **server));
        same("a trace", format!("{a:?}"), format!("{b:?}"));
        let spans = |store: &mut dyn Store| {
            let heads = by_id(store.spans(&cx, &id).expect("spans"));
            let facts = store.span_facts(&cx, &id, &heads).expect("facts");
            let bodies = store.span_bodies(&cx, &id, &heads).expect("bodies");
            let heads = heads.into_iter().map(|head| SpanHead { handle: dspyglass::model::SpanHandle(0), ..head });
            format!("{:?} {facts:?} {bodies:?}", heads.collect::<Vec<_>>())
        };
        let (a, b) = (spans(&mut **file), spans(&mut **server));
        same(&format!("the spans of {id}"), a, b);
    }
    compared
}
