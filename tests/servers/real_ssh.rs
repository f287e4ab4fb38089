//! OpenSSH's own client and server on loopback between the two sides.
//!
//! The server is the one that `DSPYGLASS_SSHD` names, else `/usr/sbin/sshd`. Where there is none, or it does not start
//! (as root it wants a user of its own), this is skipped with a word, but not if it was named.

use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use dspyglass::store::remote::{RemoteStore, Ssh};
use dspyglass::store::{OpenOptions, ReadCx, RunQuery, Store, StoreError, StoreLocation, open};

use crate::over_ssh::program;

const NAMES_SSHD: &str = "DSPYGLASS_SSHD";

/// A running server, and how its client finds it. It ends with its value.
struct Sshd {
    child: Child,
    home: tempfile::TempDir,
}

impl Sshd {
    /// One whose shells find programs in these folders.
    fn start(folders: &str) -> Option<Self> {
        let named = std::env::var_os(NAMES_SSHD).map(PathBuf::from);
        let is_named = named.is_some();
        let program = named.unwrap_or_else(|| PathBuf::from("/usr/sbin/sshd"));
        let home = tempfile::tempdir().expect("a folder");
        if !program.is_file() || !["host", "own", "other"].iter().all(|name| makes_key(&home.path().join(name))) {
            assert!(!is_named, "{} or ssh-keygen is not there", program.display());
            println!("skipped: there is no OpenSSH server here; install openssh-server, or name one by {NAMES_SSHD}");
            return None;
        }
        let port = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address").port();
        let at = home.path().display().to_string();
        let config = format!(
            "Port {port}\nListenAddress 127.0.0.1\nHostKey {at}/host\nAuthorizedKeysFile {at}/own.pub\nPidFile none\n\
             UsePAM no\nStrictModes no\nPasswordAuthentication no\nKbdInteractiveAuthentication no\n\
             PermitRootLogin prohibit-password\nSetEnv PATH={folders} HOME={at}\n"
        );
        std::fs::write(home.path().join("sshd_config"), config).expect("written");
        let key = std::fs::read_to_string(home.path().join("host.pub")).expect("read");
        std::fs::write(home.path().join("known"), format!("[127.0.0.1]:{port} {key}")).expect("written");
        std::fs::write(home.path().join("nobody"), "").expect("written");
        let log = std::fs::File::create(home.path().join("log")).expect("a file");
        let mut child = Command::new(&program)
            .args(["-D", "-e", "-f"])
            .arg(home.path().join("sshd_config"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .expect("started");
        let until = Instant::now() + Duration::from_secs(20);
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            if child.try_wait().expect("its state").is_some() || Instant::now() > until {
                let said = std::fs::read_to_string(home.path().join("log")).unwrap_or_default();
                let _ = child.kill();
                assert!(!is_named, "{} does not start: {said}", program.display());
                println!("skipped: the OpenSSH server here does not start: {said}");
                return None;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        let sshd = Self { child, home };
        sshd.tell_client(port);
        Some(sshd)
    }

    /// Names the server `rack7`; `stranger` is the same by a key that it does not know.
    fn tell_client(&self, port: u16) {
        let at = self.home.path().display();
        let all = format!("HostName 127.0.0.1\nPort {port}\nIdentitiesOnly yes\nStrictHostKeyChecking yes\n");
        let config = format!(
            "Host rack7\nIdentityFile {at}/own\nUserKnownHostsFile {at}/known\n{all}\
             Host stranger\nIdentityFile {at}/other\nUserKnownHostsFile {at}/known\n{all}\
             Host unknown\nIdentityFile {at}/own\nUserKnownHostsFile {at}/nobody\n{all}"
        );
        std::fs::write(self.home.path().join("ssh_config"), config).expect("written");
    }

    fn open(&self, machine: &str, path: &Path) -> Result<RemoteStore, StoreError> {
        let ssh = format!("ssh -F {}", self.home.path().join("ssh_config").display());
        let location = StoreLocation::from(&*format!("{machine}:{}", path.display()));
        RemoteStore::open_by(Ssh::named(ssh.into()), location.address().expect("an address"), &OpenOptions::default())
    }
}

impl Drop for Sshd {
    fn drop(&mut self) {
        let _ = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status();
        let _ = self.child.wait();
    }
}

fn makes_key(path: &Path) -> bool {
    let mut command = Command::new("ssh-keygen");
    command.args(["-q", "-t", "ed25519", "-N", "", "-f"]).arg(path);
    command.status().is_ok_and(|status| status.success())
}

#[test]
fn a_store_is_read_through_openssh_and_its_refusals_are_told() {
    let folder = program().parent().expect("a folder").display().to_string();
    let Some(sshd) = Sshd::start(&format!("{folder}:/usr/bin:/bin")) else { return };
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/stores/gepa-3.17/mlflow.db");
    let mut beside = open(&file, &OpenOptions::default()).expect("the file");
    let mut over_ssh = sshd.open("rack7", &file).expect("opened");
    let cx = ReadCx::new();
    let rows = |store: &mut dyn Store| format!("{:?}", store.run_rows(&cx, &RunQuery::default()).expect("rows"));
    assert_eq!(rows(&mut *beside), rows(&mut over_ssh));
    let told = |machine: &str, path: &Path| match sshd.open(machine, path) {
        Err(error) => error.to_string(),
        Ok(_) => panic!("{machine} was opened"),
    };
    assert_eq!(told("rack7", Path::new("/no/such.db")), "on rack7: /no/such.db does not exist");
    assert!(told("stranger", &file).contains("does not let you in"), "{}", told("stranger", &file));
    assert!(told("unknown", &file).contains("the key of unknown is not known here"), "{}", told("unknown", &file));
    let Some(without) = Sshd::start("/usr/bin:/bin") else { return };
    let Err(missing) = without.open("rack7", &file) else { panic!("opened") };
    assert!(missing.to_string().contains("not installed on rack7"), "{missing}");
}
