//! Where it is kept: a folder in the user's cache folder, which nobody else may look into, and in it a file for each
//! server, workspace and user.

use std::fs::{self, DirBuilder};
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::digest::{beginning, hex};
use super::reader;
use crate::store::{Address, StoreLocation};

/// The folder in the user's cache folder.
const FOLDER: &str = "servers";

/// All files together are no larger before another one is opened; those that were not written for longest go first.
const MOST_OF_ALL: u64 = 2 << 30;

/// What SQLite keeps beside a database. The log goes first: a new database must not find an old one.
const PARTS: [&str; 4] = ["-wal", "-shm", "-journal", ""];

/// Where the files of one server and workspace are.
#[derive(Clone, Debug)]
pub struct Place {
    folder: PathBuf,
    /// The beginning of the names of all files of the server.
    server: String,
    base: String,
    workspace: String,
}

impl Place {
    /// That of a server, in the user's cache folder; `None` for what is none.
    pub fn new(cache: PathBuf, server: &StoreLocation, base: &str, workspace: Option<&str>) -> Option<Self> {
        let workspace = workspace.map(|name| format!("in {name}")).unwrap_or_default();
        let server = server_of(server.address()?);
        Some(Self { folder: cache.join(FOLDER), server, base: base.to_owned(), workspace })
    }

    /// The name of the file of whoever asks with these credentials.
    pub fn file_of(&self, credentials: Option<&str>) -> String {
        let reader = reader::identity(credentials, &self.base);
        let digest = beginning(&[self.base.as_bytes(), self.workspace.as_bytes(), reader.as_bytes()]);
        format!("{}-{}.db", self.server, hex(&digest))
    }

    /// Whether there is a file of this name.
    pub fn has(&self, name: &str) -> bool {
        self.folder.join(name).exists()
    }

    /// Makes room and the folder, and gives the path of a file; `None` where there can be none.
    pub fn prepare(&self, name: &str) -> Option<PathBuf> {
        make_private(&self.folder).ok()?;
        let path = self.folder.join(name);
        make_room(&self.folder, &path);
        Some(path)
    }
}

/// Where the requests to a server go: its address without what a browser shows behind it, and without a slash.
pub fn base_of(address: &Address) -> String {
    let shown = address.to_string();
    let base = shown.split(['?', '#']).next().unwrap_or(&shown);
    base.trim_end_matches('/').to_owned()
}

/// Deletes what is kept of the server at an address, of all users and workspaces. Whoever has it open goes on.
pub fn forget(cache: &Path, location: &StoreLocation) {
    let Some(address) = location.address() else { return };
    let begin = format!("{}-", server_of(address));
    for (path, _, _) in files(&cache.join(FOLDER)) {
        if path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(&begin)) {
            delete(&path);
        }
    }
}

/// Deletes a file and what SQLite keeps beside it.
pub fn delete(path: &Path) {
    for end in PARTS {
        let mut path = path.to_owned().into_os_string();
        path.push(end);
        // What is not there is deleted.
        let _ = fs::remove_file(path);
    }
}

/// Makes an empty file, unless there is one, that its owner alone may read and write.
pub fn make_private_file(path: &Path) -> io::Result<()> {
    // One that is there is not opened: closing it would end the locks that a connection of this process has on it.
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        _ => restrict(path, 0o600),
    }
}

fn make_private(folder: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)?;
    restrict(folder, 0o700)
}

/// Whatever it was before, a backup that was brought back or a careless copy.
#[cfg(unix)]
fn restrict(path: &Path, mode: u32) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    if fs::metadata(path)?.permissions().mode() & 0o777 == mode {
        return Ok(());
    }
    fs::set_permissions(path, fs::Permissions::from_mode(mode))
}

/// The user's folders are the user's there.
#[cfg(not(unix))]
fn restrict(_path: &Path, _mode: u32) -> io::Result<()> {
    Ok(())
}

fn server_of(address: &Address) -> String {
    let digest = beginning(&[base_of(address).to_ascii_lowercase().as_bytes()]);
    hex(digest.get(..8).unwrap_or_default())
}

/// The databases of the folder, with their sizes and when they were written.
fn files(folder: &Path) -> Vec<(PathBuf, u64, SystemTime)> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let databases = entries.filter(|entry| entry.path().extension().is_some_and(|end| end == "db"));
    let about = |entry: fs::DirEntry| {
        let about = entry.metadata().ok()?;
        Some((entry.path(), about.len(), about.modified().unwrap_or(SystemTime::UNIX_EPOCH)))
    };
    databases.filter_map(about).collect()
}

fn make_room(folder: &Path, but: &Path) {
    let mut all = files(folder);
    all.sort_by_key(|(_, _, written)| *written);
    let mut bytes: u64 = all.iter().map(|(_, bytes, _)| bytes).sum();
    for (path, own, _) in all.into_iter().filter(|(path, ..)| path != but) {
        if bytes <= MOST_OF_ALL {
            break;
        }
        delete(&path);
        bytes = bytes.saturating_sub(own);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(cache: &Path, address: &str, workspace: Option<&str>) -> Place {
        let location = StoreLocation::from(address);
        let base = base_of(location.address().expect("an address"));
        Place::new(cache.to_owned(), &location, &base, workspace).expect("an address")
    }

    #[test]
    fn each_server_workspace_and_user_has_a_file_of_its_own() {
        let cache = Path::new("/nowhere");
        let (ana, bo) = (Some("Basic YW5hOng="), Some("Basic Ym86eA=="));
        let names: Vec<String> = [
            ("http://host:5000", None, None),
            ("http://host:5000", None, ana),
            ("http://host:5000", None, bo),
            ("http://host:5000", Some("team"), ana),
            ("http://host:5000", Some("nobody"), None),
            ("http://host:5000/ml", None, ana),
            ("http://host:5001", None, ana),
        ]
        .into_iter()
        .map(|(address, workspace, user)| place(cache, address, workspace).file_of(user))
        .collect();
        let mut different = names.clone();
        different.sort();
        different.dedup();
        assert_eq!(different.len(), names.len(), "{names:?}");
        assert_eq!(place(cache, "http://host:5000/#/experiments/7", None).file_of(ana), names[1]);
        assert_eq!(place(cache, "http://ana:x@host:5000/", None).file_of(ana), names[1]);
    }

    #[test]
    fn a_server_is_forgotten_with_all_its_users_and_no_other_server_is() {
        let cache = tempfile::tempdir().expect("a folder");
        let paths: Vec<PathBuf> =
            [("http://a", None), ("http://a", Some("Basic YW5hOng=")), ("http://a/ml", None), ("http://b", None)]
                .into_iter()
                .map(|(address, user)| {
                    let place = place(cache.path(), address, None);
                    let path = place.prepare(&place.file_of(user)).expect("a path");
                    make_private_file(&path).expect("made");
                    fs::write(format!("{}-wal", path.display()), b"x").expect("made");
                    path
                })
                .collect();
        forget(cache.path(), &StoreLocation::from("http://a"));
        let is_there: Vec<bool> = paths.iter().map(|path| path.exists()).collect();
        assert_eq!(is_there, [false, false, true, true]);
        assert_eq!(fs::read_dir(cache.path().join(FOLDER)).expect("there").count(), 4);
        forget(cache.path(), &StoreLocation::from("/a/file.db"));
    }
}
