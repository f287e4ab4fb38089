//! A stand-in for `ssh`: runs here what it would run on the other side.

use std::path::{Path, PathBuf};

use dspyglass::store::remote::{RemoteStore, Ssh};
use dspyglass::store::{OpenOptions, StoreError, StoreLocation};

/// What comes before the text of each stand-in: `there` runs the command that `ssh` was given, with this program where
/// it would be installed.
const BEFORE: &str = r#"while [ "$1" != -- ]; do shift; done; shift; host=$1; shift; there() { exec sh -c "$*"; };"#;

/// A machine that is none. It is gone with its value.
pub struct Machine {
    home: tempfile::TempDir,
}

impl Machine {
    /// One that answers as it should.
    pub fn new() -> Self {
        Self::that(r#"there "$@""#)
    }

    /// One on which these lines of a shell stand for `ssh`.
    pub fn that(lines: &str) -> Self {
        let home = tempfile::tempdir().expect("a folder");
        let folder = program().parent().expect("a folder").to_owned();
        let text = format!("PATH='{}':\"$PATH\"; export PATH\n{BEFORE}\n{lines}\n", folder.display());
        std::fs::write(home.path().join("ssh.sh"), text).expect("written");
        Self { home }
    }

    /// How it is named in [`dspyglass::store::remote`]'s variable.
    pub fn ssh(&self) -> String {
        format!("sh {}", self.home.path().join("ssh.sh").display())
    }

    /// Opens a store on it.
    pub fn open(&self, path: &Path) -> Result<RemoteStore, StoreError> {
        self.open_with(path, &OpenOptions::default())
    }

    /// The same with decisions of the user.
    pub fn open_with(&self, path: &Path, options: &OpenOptions) -> Result<RemoteStore, StoreError> {
        let location = StoreLocation::from(&*address(path));
        let address = location.address().expect("an address");
        RemoteStore::open_by(Ssh::named(self.ssh().into()), address, options)
    }
}

/// The program that is tested.
pub fn program() -> PathBuf {
    PathBuf::from(env!("CARGO_BIN_EXE_dspyglass"))
}

/// A path of the machine as people write it.
pub fn address(path: &Path) -> String {
    format!("ana@rack7:{}", path.display())
}
