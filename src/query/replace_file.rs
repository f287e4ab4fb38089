//! Writing a file where the user wants it: all of it or nothing, and never over a store.

use std::ffi::OsStr;
use std::fmt;
use std::fs::{File, Metadata, Permissions};
use std::io::{self, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use crate::store::{SQLITE_BEGIN, is_called_database};

/// What SQLite calls the files beside a database, behind its name (<https://www.sqlite.org/tempfiles.html>).
const BESIDE_DATABASE: [&str; 3] = ["-wal", "-shm", "-journal"];

/// Why a file was not written. What was there before is untouched.
#[derive(Debug)]
pub enum NotWritten<E> {
    /// Nothing may or can be written there: why, as part of a sentence (`it is a folder`).
    Refused(String),
    /// What was to be written could not be made.
    Content(E),
}

impl<E: fmt::Display> fmt::Display for NotWritten<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(why) => f.write_str(why),
            Self::Content(error) => error.fmt(f),
        }
    }
}

/// Writes a file as `write` says, in the place of what is there: under another name first, so that there is either all
/// of it or what was there before, with the permissions that it had.
///
/// `opened`: the file of the store that is read. It is refused, and so is every other database, what SQLite keeps
/// beside one, and whatever is no regular file.
///
/// # Errors
/// [`NotWritten`].
pub fn replace_file<T, E>(
    path: &Path,
    opened: Option<&Path>,
    write: impl FnOnce(&mut dyn Write) -> Result<T, E>,
) -> Result<T, NotWritten<E>> {
    let failed = |error: io::Error| NotWritten::Refused(error.to_string());
    let (target, before) = target(path, opened).map_err(NotWritten::Refused)?;
    let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut builder = tempfile::Builder::new();
    builder.prefix(".dspyglass-");
    // As any new file of the user's; temporary ones are private otherwise.
    #[cfg(unix)]
    if before.is_none() {
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    }
    let unfinished = builder.tempfile_in(folder).map_err(failed)?;
    if let Some(before) = &before {
        let permissions = permissions(unfinished.path(), before);
        unfinished.as_file().set_permissions(permissions).map_err(failed)?;
    }
    let mut out = BufWriter::with_capacity(1 << 16, unfinished);
    let value = write(&mut out).map_err(NotWritten::Content)?;
    let finished = out.into_inner().map_err(|error| failed(error.into_error()))?;
    finished.as_file().sync_all().map_err(failed)?;
    finished.persist(&target).map_err(|error| failed(error.error))?;
    sync_folder(folder);
    Ok(value)
}

/// The file that is meant, behind links, and what is known of it if it is there; or why it is not written.
fn target(path: &Path, opened: Option<&Path>) -> Result<(PathBuf, Option<Metadata>), String> {
    let belongs_to_database = "it is a file that SQLite keeps beside a database, which is never written over";
    if is_beside_database(path) {
        return Err(belongs_to_database.to_owned());
    }
    let about = match std::fs::metadata(path) {
        Ok(about) => about,
        Err(error) if error.kind() == io::ErrorKind::NotFound && !path.is_symlink() => {
            return Ok((path.to_owned(), None));
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err("it is a link that leads nowhere".to_owned());
        }
        Err(error) => return Err(error.to_string()),
    };
    let real = std::fs::canonicalize(path).map_err(|error| error.to_string())?;
    if about.is_dir() {
        return Err("it is a folder".to_owned());
    }
    if !about.is_file() {
        return Err("it is no regular file".to_owned());
    }
    if is_beside_database(&real) {
        return Err(belongs_to_database.to_owned());
    }
    // Compared by what it is and not by what is in it: to close a file drops all locks that SQLite has on it.
    if opened.is_some_and(|opened| is_same(&real, &about, opened)) {
        return Err("it is the store that is open, which is never written over".to_owned());
    }
    if about.permissions().readonly() {
        return Err("it is write-protected".to_owned());
    }
    let mut begin = Vec::new();
    let read = File::open(&real).and_then(|file| file.take(SQLITE_BEGIN.len() as u64).read_to_end(&mut begin));
    if let Err(error) = read {
        return Err(format!("it cannot be told whether it is a database: {error}"));
    }
    if begin == SQLITE_BEGIN {
        return Err("it is a database, which is never written over".to_owned());
    }
    Ok((real, Some(about)))
}

/// Whether a name is that of what SQLite keeps beside a database: of one that is there, or that is called as one.
fn is_beside_database(path: &Path) -> bool {
    let Some(name) = path.file_name().and_then(OsStr::to_str) else { return false };
    BESIDE_DATABASE.iter().filter_map(|ending| name.strip_suffix(ending)).any(|base| {
        let base = path.with_file_name(base);
        is_called_database(&base) || base.is_file()
    })
}

/// Whether two paths lead to one file; `real` is without links.
fn is_same(real: &Path, about: &Metadata, other: &Path) -> bool {
    if std::fs::canonicalize(other).is_ok_and(|other| other == *real) {
        return true;
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        std::fs::metadata(other).is_ok_and(|other| (other.dev(), other.ino()) == (about.dev(), about.ino()))
    }
    #[cfg(not(unix))]
    {
        let _ = about;
        false
    }
}

/// The permissions of what was there, for a file that is its owner's and its group's as far as that is allowed. What
/// was for a group is for no other one.
#[cfg(unix)]
fn permissions(path: &Path, before: &Metadata) -> Permissions {
    use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
    let mut permissions = before.permissions();
    let (owner, group) = (before.uid(), before.gid());
    let is_own = std::fs::metadata(path).is_ok_and(|own| (own.uid(), own.gid()) == (owner, group));
    let keeps_group = is_own || chown(path, Some(owner), Some(group)).is_ok() || chown(path, None, Some(group)).is_ok();
    if !keeps_group {
        permissions.set_mode(permissions.mode() & !0o070);
    }
    permissions
}

#[cfg(not(unix))]
fn permissions(_path: &Path, before: &Metadata) -> Permissions {
    before.permissions()
}

/// The new name of the file outlasts a loss of power, too, where the system lets a folder be asked for that.
fn sync_folder(folder: &Path) {
    #[cfg(unix)]
    let _ = File::open(folder).and_then(|folder| folder.sync_all());
    #[cfg(not(unix))]
    let _ = folder;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put(path: &Path, opened: Option<&Path>, text: &str) -> Result<(), String> {
        replace_file(path, opened, |out| out.write_all(text.as_bytes())).map_err(|error| error.to_string())
    }

    /// What is in a folder.
    fn names(folder: &Path) -> Vec<String> {
        let entries = std::fs::read_dir(folder).expect("a folder").flatten();
        let mut names: Vec<String> = entries.map(|one| one.file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_file_is_replaced_whole_or_not_at_all() {
        let home = tempfile::tempdir().expect("a folder");
        let path = home.path().join("a.json");
        put(&path, None, "one").expect("written");
        put(&path, None, "two").expect("written");
        let failed = replace_file(&path, None, |out| {
            out.write_all(&[b'x'; 1 << 20])?;
            Err::<(), _>(io::Error::other("gone"))
        });
        assert!(matches!(failed, Err(NotWritten::Content(_))));
        assert_eq!(
            (std::fs::read_to_string(&path).expect("there"), names(home.path())),
            ("two".into(), vec!["a.json".to_owned()])
        );
        assert!(put(&home.path().join("nowhere/a.json"), None, "x").is_err());
        assert_eq!(put(home.path(), None, "x"), Err("it is a folder".to_owned()));
    }

    #[test]
    fn a_store_and_what_lies_beside_it_is_refused() {
        let home = tempfile::tempdir().expect("a folder");
        let at = |name: &str| home.path().join(name);
        std::fs::write(at("store.json"), "{}").expect("written");
        std::fs::write(at("data"), [&SQLITE_BEGIN[..], b"and more"].concat()).expect("written");
        std::fs::hard_link(at("store.json"), at("other.json")).expect("linked");
        let before = names(home.path());
        for (name, why) in [
            ("data", "it is a database"),
            ("data-wal", "beside a database"),
            ("mlflow.db-wal", "beside a database"),
            ("mlflow.db-shm", "beside a database"),
            ("x.sqlite-journal", "beside a database"),
            ("store.json", "the store that is open"),
            ("./store.json", "the store that is open"),
            ("other.json", "the store that is open"),
        ] {
            let told = put(&at(name), Some(&at("store.json")), "x").expect_err(name);
            assert!(told.contains(why), "{name}: {told}");
        }
        assert_eq!(
            (names(home.path()), std::fs::read_to_string(at("store.json")).expect("there")),
            (before, "{}".into())
        );
        put(&at("my-journal"), None, "x").expect("a name as any other");
    }

    #[cfg(unix)]
    #[test]
    fn links_lead_on_permissions_stay_and_devices_are_left_alone() {
        use std::os::unix::fs::{FileTypeExt, PermissionsExt, symlink};
        let home = tempfile::tempdir().expect("a folder");
        let at = |name: &str| home.path().join(name);
        std::fs::write(at("private"), "1").expect("written");
        let set = |mode| std::fs::set_permissions(at("private"), PermissionsExt::from_mode(mode)).expect("set");
        set(0o600);
        symlink(at("private"), at("link")).expect("linked");
        symlink(at("gone"), at("dangling")).expect("linked");
        put(&at("link"), None, "2").expect("written");
        let mode = || std::fs::metadata(at("private")).expect("there").permissions().mode() & 0o777;
        assert_eq!((mode(), std::fs::read_to_string(at("private")).expect("there")), (0o600, "2".to_owned()));
        assert!(at("link").is_symlink());
        assert_eq!(put(&at("dangling"), None, "x"), Err("it is a link that leads nowhere".to_owned()));
        set(0o444);
        assert_eq!(put(&at("private"), None, "x"), Err("it is write-protected".to_owned()));
        assert_eq!(put(Path::new("/dev/null"), None, "x"), Err("it is no regular file".to_owned()));
        assert!(std::fs::metadata("/dev/null").expect("there").file_type().is_char_device());
        let pipe = at("pipe");
        let made = std::process::Command::new("mkfifo").arg(&pipe).status();
        assert!(made.is_ok_and(|status| status.success()), "mkfifo makes a pipe");
        // Whoever opens it would wait for somebody at its other end.
        assert_eq!(put(&pipe, None, "x"), Err("it is no regular file".to_owned()));
    }
}
