//! MLflow's own server on copies of the recorded stores, beside the reader of the file behind it: what both tell must
//! be the same, field by field.
//!
//! The program `mlflow` is the one that `DSPYGLASS_MLFLOW` names, else the one that is found by its name. Without it
//! this is skipped with a word, but not in CI.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use dspyglass::store::{OpenOptions, ReadCx, open};

use crate::compare::compare;
use crate::{other_ways, terminal};

/// Those of which everything that the terminal prints is compared, too.
pub const PRINTED: [&str; 2] = ["v3.17", "gepa-3.17"];

/// Recordings that this MLflow reads, older ones once it has upgraded them.
pub const STORES: [&str; 6] = ["v3.17", "gepa-3.17", "copro-3.17", "server-3.17", "v3.5", "v2.22"];

/// The program, if it is there.
pub fn mlflow() -> Option<PathBuf> {
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

/// Which MLflow a program is.
pub fn version_of(program: &Path) -> String {
    let said = Command::new(program).arg("--version").output().expect("it runs").stdout;
    String::from_utf8_lossy(&said).trim().rsplit(' ').next().unwrap_or_default().to_owned()
}

/// A copy of a recording whose artifacts are where it says.
pub fn copy(name: &str) -> (tempfile::TempDir, PathBuf) {
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
pub fn localize(file: &Path, home: &Path) {
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

/// Brings a file to the schema of this MLflow, and gives its address.
pub fn upgraded(program: &Path, file: &Path) -> String {
    let uri = format!("sqlite:///{}", file.display());
    let upgraded =
        Command::new(program).args(["db", "upgrade", &uri]).stdout(Stdio::null()).stderr(Stdio::null()).status();
    assert!(upgraded.is_ok_and(|status| status.success()), "{uri} cannot be upgraded");
    uri
}

/// A port of loopback that nobody has.
pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address").port()
}

/// A running server; it ends with its value.
pub struct Server {
    child: Child,
    pub address: String,
}

impl Server {
    /// On a database that this MLflow knows ([`upgraded`]).
    pub fn start(program: &Path, uri: &str, home: &Path) -> Self {
        let artifacts = home.join("mlartifacts");
        let log = home.join("server.log");
        // Last of all: a port that is free now may be somebody's by and by.
        let port = free_port();
        let mut command = Command::new(program);
        command
            .args([
                "server",
                "--backend-store-uri",
                uri,
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
            .stderr(std::fs::File::create(&log).expect("a file"));
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let child = command.spawn().expect("started");
        let mut server = Self { child, address: format!("http://127.0.0.1:{port}") };
        let until = Instant::now() + Duration::from_secs(180);
        loop {
            let mut store = open(server.address(), &OpenOptions::default()).expect("an address");
            match store.experiments(&ReadCx::new(), true) {
                Ok(_) => return server,
                Err(error) => assert!(Instant::now() < until, "the server did not come up: {error}"),
            }
            if let Some(status) = server.child.try_wait().expect("a child") {
                let said = std::fs::read_to_string(&log).unwrap_or_default();
                panic!("the server ended with {status}: {said}");
            }
            std::thread::sleep(Duration::from_millis(200));
        }
    }
}

impl Server {
    /// Where it answers.
    pub fn address(&self) -> &str {
        &self.address
    }
}

impl Drop for Server {
    /// With its workers: all of its group are told to end, and made to if they do not.
    fn drop(&mut self) {
        let group = format!("-{}", self.child.id());
        let tell = |signal: &str| {
            let told = Command::new("kill").args([signal, "--", &group]).stderr(Stdio::null()).status();
            told.is_ok_and(|status| status.success())
        };
        let until = Instant::now() + Duration::from_secs(10);
        let mut is_there = tell("-TERM");
        while is_there && Instant::now() < until {
            std::thread::sleep(Duration::from_millis(50));
            let _ = self.child.try_wait();
            is_there = tell("-0");
        }
        if is_there {
            tell("-KILL");
        }
        let _ = self.child.wait();
    }
}

#[test]
fn a_server_tells_what_the_file_behind_it_tells() {
    let Some(program) = mlflow() else { return };
    let (mut batches, mut proxied) = (0, 0);
    for name in STORES {
        let (home, file) = copy(name);
        localize(&file, home.path());
        let server = Server::start(&program, &upgraded(&program, &file), home.path());
        let options = OpenOptions { allow_outside: true, ..OpenOptions::default() };
        let mut of_file = open(&file, &options).expect("the file");
        let mut of_server = open(server.address(), &OpenOptions::default()).expect("the server");
        let compared = compare(name, &mut of_file, &mut of_server);
        println!("{name}: {compared} values compared");
        assert!(compared > 100, "{name}: {compared}");
        let (told, read) = other_ways::compare(name, &mut of_file, &server.address);
        println!("{name}: {told} traces told by batches, {read} files read through the proxy");
        (batches, proxied) = (batches + told, proxied + read);
        if PRINTED.contains(&name) {
            let printed = terminal::compare(name, &file, &server.address, false);
            println!("{name}: {printed} printed values compared");
            assert!(printed > 1_000, "{name}: {printed}");
        }
    }
    assert!(batches > 100 && proxied > 10, "{batches} traces, {proxied} files");
}
