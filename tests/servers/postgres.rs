//! MLflow's own server on PostgreSQL: the recorded stores are brought there by `mlflow db upgrade` and a copy of each
//! table, and tell what the file tells.
//!
//! PostgreSQL is that of Debian's package, found in `/usr/lib/postgresql`, or where `DSPYGLASS_POSTGRES` says. It
//! listens on loopback alone, and keeps what it has in a temporary folder. Without it, or without the `mlflow` of
//! `real.rs`, this is skipped with a word, but not in CI.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use dspyglass::store::{OpenOptions, open};

use crate::compare::compare;
use crate::real::{PRINTED, STORES, Server, copy, free_port, localize, mlflow, upgraded};
use crate::terminal;

/// Where its programs are; `None` if they are nowhere.
fn programs() -> Option<PathBuf> {
    let named = std::env::var_os("DSPYGLASS_POSTGRES").map(PathBuf::from);
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut found: Vec<PathBuf> = versions.map(|entry| entry.path().join("bin")).collect();
    found.sort();
    let programs = named.or_else(|| found.pop()).filter(|folder| folder.join("initdb").exists());
    if programs.is_none() {
        assert!(std::env::var_os("CI").is_none(), "PostgreSQL is not there: install Debian's package `postgresql`");
        println!(
            "skipped: there is no PostgreSQL here; install it, or name the folder of its programs by DSPYGLASS_POSTGRES"
        );
    }
    programs
}

/// Its user may not be the administrator.
fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output().expect("`id`");
    id.stdout.trim_ascii() == b"0"
}

/// A running PostgreSQL without passwords; it ends with its value.
struct Postgres {
    programs: PathBuf,
    home: tempfile::TempDir,
    port: u16,
}

impl Postgres {
    fn start(programs: PathBuf) -> Self {
        let home = tempfile::tempdir().expect("a folder");
        if is_root() {
            let given = Command::new("chown").arg("postgres").arg(home.path()).status();
            assert!(given.is_ok_and(|status| status.success()), "the folder is not its own");
        }
        let server = Self { programs, home, port: free_port() };
        server.run("initdb", &["-A", "trust", "-U", "mlflow", "--no-sync", "-E", "UTF8", "--locale", "C"]);
        let options = format!(
            "-p {} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off -c synchronous_commit=off",
            server.port
        );
        let log = server.data().with_extension("log").display().to_string();
        server.run("pg_ctl", &["-w", "-t", "120", "-l", &log, "-o", &options, "start"]);
        server
    }

    fn data(&self) -> PathBuf {
        self.home.path().join("data")
    }

    /// Runs one of its programs on its folder, as the user who owns that.
    fn run(&self, program: &str, args: &[&str]) {
        let path = self.programs.join(program);
        let mut command = if is_root() {
            let mut command = Command::new("runuser");
            command.args(["-u", "postgres", "--"]).arg(path);
            command
        } else {
            Command::new(path)
        };
        let command = command.current_dir(self.home.path()).arg("-D").arg(self.data()).args(args);
        // Not through pipes: what it starts keeps them open.
        let status = command.stdout(Stdio::null()).stderr(Stdio::null()).status();
        assert!(status.as_ref().is_ok_and(std::process::ExitStatus::success), "{program}: {status:?}");
    }

    fn address(&self) -> String {
        format!("postgresql+psycopg2://mlflow@127.0.0.1:{}", self.port)
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        self.run("pg_ctl", &["-m", "immediate", "stop"]);
    }
}

/// Copies each table of some files to databases of their own, with the Python that MLflow runs with.
fn copied(program: &Path, postgres: &Postgres, stores: &[(&str, PathBuf)]) -> Vec<String> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/servers/to_postgres.py");
    let mut command = Command::new(program.with_file_name("python"));
    command.arg(script).arg(postgres.address());
    for (name, file) in stores {
        command.arg(file).arg(name);
    }
    let output = command.output().expect("the Python beside `mlflow`");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let rows: Vec<usize> = said.lines().map(|line| line.parse().expect("a count")).collect();
    assert!(rows.len() == stores.len() && rows.iter().all(|rows| *rows > 100), "{rows:?}");
    stores.iter().map(|(name, _)| format!("{}/{name}", postgres.address())).collect()
}

#[test]
fn a_server_on_postgresql_tells_what_the_file_tells() {
    let (Some(program), Some(programs)) = (mlflow(), programs()) else { return };
    let postgres = Postgres::start(programs);
    let copies = STORES.map(|name| {
        let (home, file) = copy(name);
        localize(&file, home.path());
        upgraded(&program, &file);
        (name, home, file)
    });
    let files = copies.each_ref().map(|(name, _, file)| (*name, file.clone()));
    let addresses = copied(&program, &postgres, &files);
    for ((name, home, file), address) in copies.iter().zip(addresses) {
        let server = Server::start(&program, &address, home.path());
        let options = OpenOptions { allow_outside: true, ..OpenOptions::default() };
        let mut of_file = open(file, &options).expect("the file");
        let mut of_server = open(server.address.as_str(), &OpenOptions::default()).expect("the server");
        let compared = compare(name, &mut of_file, &mut of_server);
        println!("{name}: {compared} values compared");
        assert!(compared > 100, "{name}: {compared}");
        if PRINTED.contains(name) {
            let printed = terminal::compare(name, file, &server.address, false);
            println!("{name}: {printed} printed values compared");
            assert!(printed > 1_000, "{name}: {printed}");
        }
    }
}
