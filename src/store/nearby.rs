//! What lies on disk before a store is open: whether a file is one, which ones a folder holds, the names that a
//! path may go on with. Only looked at, never copied or recovered, and never more than a bounded part of a folder.

use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use super::StoreError;
use super::at_path::{self, AtPath, DiskKind, is_called_database};
use super::location::from_home;
use super::sqlite::SqliteStore;

/// Files of a folder and below it that are looked into.
const MAX_LOOKED_INTO: usize = 64;
/// Names of a folder that are read; of a folder with all below it no more than that either.
const MAX_NAMES: usize = 5_000;
/// So deep below a folder stores are looked for, in no more folders than this: the nearest first.
const MAX_DEPTH: usize = 3;
const MAX_FOLDERS: usize = 300;
/// Folders below which nobody keeps a store, or in which a server keeps nothing but artifacts.
const NOT_ENTERED: [&str; 6] = ["__pycache__", "mlartifacts", "mlruns", "node_modules", "site-packages", "target"];

/// Something on disk, as far as it can be told without opening it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Nearby {
    /// Where it is.
    pub path: PathBuf,
    /// What it is.
    pub kind: NearbyKind,
    /// It is a folder, a store or not.
    pub is_folder: bool,
    /// Its size, if it is a file.
    pub size_bytes: Option<u64>,
    /// When it was changed last, in milliseconds since the epoch.
    pub modified_ms: Option<i64>,
    /// Of a store, what its latest experiments are called, the latest first; no more than a few, and none where that
    /// was not seen.
    pub experiments: Vec<String>,
}

/// What something on disk is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NearbyKind {
    /// Nothing is there.
    Missing,
    /// A store of MLflow, opened yet or not ([`DiskKind::instead`]).
    Store {
        /// What it is.
        kind: DiskKind,
        /// Whose schema it has (`schema of MLflow 3.17`), if it has one and as far as its tables tell.
        schema_of: Option<String>,
    },
    /// A SQLite database that a process left in the middle of a write: it is read through a copy.
    LeftWriting,
    /// Another folder.
    Folder,
    /// Something that cannot be opened, and why.
    Other(String),
}

impl Nearby {
    /// Whether opening it can succeed.
    pub fn is_store(&self) -> bool {
        match &self.kind {
            NearbyKind::Store { kind, .. } => kind.instead().is_none(),
            NearbyKind::LeftWriting => true,
            NearbyKind::Missing | NearbyKind::Folder | NearbyKind::Other(_) => false,
        }
    }

    /// What it is, in a few words.
    pub fn words(&self) -> String {
        match &self.kind {
            NearbyKind::Missing => "missing".to_owned(),
            NearbyKind::Store { kind, .. } if kind.instead().is_some() => format!("{}, not opened yet", kind.word()),
            NearbyKind::Store { schema_of: Some(schema), .. } => schema.clone(),
            NearbyKind::Store { kind: DiskKind::Sqlite, schema_of: None } => "MLflow".to_owned(),
            NearbyKind::Store { kind: kind @ (DiskKind::Folder | DiskKind::TraceFile), schema_of: None } => {
                kind.word().to_owned()
            }
            NearbyKind::LeftWriting => "left in the middle of a write".to_owned(),
            NearbyKind::Folder => "folder".to_owned(),
            NearbyKind::Other(_) => "cannot be opened".to_owned(),
        }
    }

    /// Whether opening it fails, or is not done as usual.
    pub fn needs_care(&self) -> bool {
        match &self.kind {
            NearbyKind::Store { kind, .. } => kind.instead().is_some(),
            NearbyKind::Folder => false,
            NearbyKind::Missing | NearbyKind::LeftWriting | NearbyKind::Other(_) => true,
        }
    }

    /// Of a store of a kind that is not opened yet, what it is and what to do, as a sentence.
    pub fn why_not_opened(&self) -> Option<String> {
        let NearbyKind::Store { kind, .. } = &self.kind else { return None };
        kind.instead().map(|instead| format!("A {}, which is not opened yet; {instead}", kind.word()))
    }
}

/// Looks at a path.
pub fn look_at(path: &Path) -> Nearby {
    let about = match at_path::about(path) {
        Ok(about) => about,
        Err(error) => {
            let kind = match error {
                StoreError::Missing(_) => NearbyKind::Missing,
                error => NearbyKind::Other(error.to_string()),
            };
            let path = path.to_owned();
            let experiments = Vec::new();
            return Nearby { path, kind, is_folder: false, size_bytes: None, modified_ms: None, experiments };
        }
    };
    let since = about.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    let modified_ms = since.and_then(|since| i64::try_from(since.as_millis()).ok());
    let (kind, experiments) = match at_path::what(path, &about) {
        AtPath::Store(kind) => probe(kind, path),
        AtPath::Folder => (NearbyKind::Folder, Vec::new()),
        AtPath::Neither => (NearbyKind::Other(StoreError::NotAFile(path.to_owned()).to_string()), Vec::new()),
    };
    let size_bytes = about.is_file().then_some(about.len());
    Nearby { path: path.to_owned(), kind, is_folder: about.is_dir(), size_bytes, modified_ms, experiments }
}

/// What can be told of something that has the shape of a store without opening it: what it is, and some experiments.
fn probe(kind: DiskKind, path: &Path) -> (NearbyKind, Vec<String>) {
    let kind = match kind {
        DiskKind::Sqlite => match SqliteStore::probe(path) {
            Ok(Some(probe)) => {
                return (NearbyKind::Store { kind, schema_of: probe.schema_of }, probe.experiments);
            }
            Ok(None) => NearbyKind::LeftWriting,
            Err(error) => NearbyKind::Other(error.to_string()),
        },
        DiskKind::Folder | DiskKind::TraceFile => NearbyKind::Store { kind, schema_of: None },
    };
    (kind, Vec::new())
}

/// What a folder holds for dspyglass.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NearbyStores {
    /// The stores in it, the latest first.
    pub stores: Vec<Nearby>,
    /// Stores of kinds that are not opened yet; each says [why](Nearby::why_not_opened).
    pub not_opened: Vec<Nearby>,
    /// Not all of its files were looked into, or not all folders below it.
    pub is_cut: bool,
}

/// Looks for stores in a folder and in the folders below it, as far as that is bounded.
pub fn stores_in(folder: &Path) -> NearbyStores {
    let mut found = NearbyStores::default();
    let mut paths = candidates(folder, &mut found.is_cut);
    found.is_cut |= paths.len() > MAX_LOOKED_INTO;
    paths.truncate(MAX_LOOKED_INTO);
    paths.extend(at_path::folder_stores(folder).map(|(_, path)| path));
    for seen in paths.iter().map(|path| look_at(path)) {
        if seen.is_store() {
            found.stores.push(seen);
        } else if seen.why_not_opened().is_some() {
            found.not_opened.push(seen);
        }
    }
    found.stores.sort_by(|a, b| b.modified_ms.cmp(&a.modified_ms).then_with(|| a.path.cmp(&b.path)));
    found
}

/// The files that are called like databases, the nearest first. Links to folders are not followed, nor is anything
/// hidden looked into.
fn candidates(folder: &Path, is_cut: &mut bool) -> Vec<PathBuf> {
    let mut candidates = Vec::new();
    let (mut level, mut folders, mut names) = (vec![folder.to_owned()], 0, 0);
    for depth in 0..=MAX_DEPTH {
        let (mut databases, mut below) = (Vec::new(), Vec::new());
        for folder in std::mem::take(&mut level) {
            folders += 1;
            if folders > MAX_FOLDERS || names >= MAX_NAMES {
                *is_cut = true;
                break;
            }
            let Ok(entries) = std::fs::read_dir(&folder) else { continue };
            for entry in entries.flatten() {
                names += 1;
                if names > MAX_NAMES {
                    *is_cut = true;
                    break;
                }
                if is_called_database(&entry.path()) {
                    databases.push(entry.path());
                } else if depth < MAX_DEPTH && is_entered(&entry) {
                    below.push(entry.path());
                }
            }
        }
        databases.sort();
        below.sort();
        candidates.append(&mut databases);
        level = below;
    }
    candidates
}

fn is_entered(entry: &std::fs::DirEntry) -> bool {
    let name = entry.file_name();
    let name = name.to_string_lossy();
    !name.starts_with('.') && !NOT_ENTERED.contains(&&*name) && entry.file_type().is_ok_and(|kind| kind.is_dir())
}

/// A name in a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FolderName {
    /// The name alone.
    pub name: String,
    /// It is a folder, or a link to one.
    pub is_folder: bool,
}

/// The folders of a folder, and the files in it that are called like databases: what a typed path may go on
/// with. Names that are no Unicode cannot be typed and are left out.
pub fn names_in(folder: &Path) -> Vec<FolderName> {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let Ok(entries) = std::fs::read_dir(from_home(folder)) else { return Vec::new() };
    let mut names: Vec<FolderName> = Vec::new();
    for entry in entries.flatten().take(MAX_NAMES) {
        let path = entry.path();
        let Ok(name) = entry.file_name().into_string() else { continue };
        let is_folder = match entry.file_type() {
            Ok(kind) if kind.is_symlink() => path.is_dir(),
            Ok(kind) => kind.is_dir(),
            Err(_) => false,
        };
        if is_folder || is_called_database(&path) {
            names.push(FolderName { name, is_folder });
        }
    }
    // Databases first: they are what is looked for.
    names.sort_by(|a, b| a.is_folder.cmp(&b.is_folder).then_with(|| crate::words::natural::compare(&a.name, &b.name)));
    names
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn recorded(name: &str) -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/stores").join(name)
    }

    #[test]
    fn what_a_folder_holds() {
        let home = tempfile::tempdir().expect("a folder");
        let at = |name: &str| home.path().join(name);
        fs::copy(recorded("v3.17/mlflow.db"), at("old.sqlite3")).expect("copied");
        fs::copy(recorded("v2.22/mlflow.db"), at("mlflow.db")).expect("copied");
        rusqlite::Connection::open(at("other.db")).and_then(|db| db.execute("create table a (b)", [])).expect("made");
        fs::write(at("empty.db"), "").expect("written");
        fs::write(at("notes.txt"), "x").expect("written");
        fs::create_dir_all(at("mlruns/1")).expect("made");
        fs::write(at("mlruns/1/meta.yaml"), "name: x").expect("written");
        let found = stores_in(home.path());
        let mut names: Vec<PathBuf> = found.stores.iter().map(|store| store.path.clone()).collect();
        names.sort();
        assert_eq!(names, [at("mlflow.db"), at("old.sqlite3")]);
        let [not_opened] = &found.not_opened[..] else { panic!("{found:?}") };
        assert_eq!((&not_opened.path, not_opened.is_folder), (&at("mlruns"), true));
        assert!(not_opened.needs_care() && not_opened.words() == "folder store, not opened yet");
        assert_eq!(
            not_opened.why_not_opened().as_deref(),
            Some(
                "A folder store, which is not opened yet; `mlflow migrate-filestore` of MLflow 3.10 or later makes a \
                 database of it"
            )
        );
        assert!(!found.is_cut && found.stores.iter().all(|store| store.size_bytes > Some(1_000)));
        assert_eq!(stores_in(&at("nowhere")), NearbyStores::default());

        let kind = |name: &str| look_at(&at(name)).kind;
        assert_eq!(kind("nothing.db"), NearbyKind::Missing);
        assert_eq!(kind("mlruns"), NearbyKind::Store { kind: DiskKind::Folder, schema_of: None });
        assert!(matches!(kind("old.sqlite3"), NearbyKind::Store { schema_of: Some(by), .. } if by.contains("3.17")));
        assert!(matches!(kind("other.db"), NearbyKind::Other(why) if why.contains("not an MLflow store")));
        assert!(matches!(kind("empty.db"), NearbyKind::Other(why) if why.contains("is empty")));
        let names: Vec<(String, bool)> =
            names_in(home.path()).into_iter().map(|name| (name.name, name.is_folder)).collect();
        let expected = [("empty.db", false), ("mlflow.db", false), ("old.sqlite3", false), ("other.db", false)];
        let expected = expected.into_iter().chain([("mlruns", true)]).map(|(name, is)| (name.to_owned(), is));
        assert_eq!(names, expected.collect::<Vec<_>>());
    }

    #[test]
    fn stores_below_a_folder_are_found_and_what_is_too_deep_is_not_looked_for() {
        let home = tempfile::tempdir().expect("a folder");
        let put = |at: &str| {
            let at = home.path().join(at);
            fs::create_dir_all(at.parent().expect("a folder")).expect("made");
            fs::copy(recorded("v3.17/mlflow.db"), &at).expect("copied");
            at
        };
        let near = put("notebooks/mlflow.db");
        let deep = put("a/b/c/tracking.db");
        for hidden in ["a/b/c/d/mlflow.db", ".cache/mlflow.db", "mlruns/0/mlflow.db", "node_modules/x/mlflow.db"] {
            put(hidden);
        }
        #[cfg(unix)]
        std::os::unix::fs::symlink(home.path(), home.path().join("again")).expect("linked");
        let found = stores_in(home.path());
        let mut paths: Vec<PathBuf> = found.stores.iter().map(|store| store.path.clone()).collect();
        paths.sort();
        assert_eq!(paths, [deep, near.clone()]);
        assert!(!found.is_cut);
        // What its experiments are called is what the database says.
        let conn = rusqlite::Connection::open(recorded("v3.17/mlflow.db")).expect("opens");
        let sql = "select name from experiments where name <> 'Default' and lifecycle_stage = 'active' order by experiment_id desc limit 4";
        let mut statement = conn.prepare(sql).expect("sql");
        let names: Vec<String> = statement.query_map([], |row| row.get(0)).expect("rows").flatten().collect();
        assert!(!names.is_empty());
        assert_eq!(look_at(&near).experiments, names);
    }

    #[test]
    fn so_many_folders_are_looked_into_and_no_more() {
        let home = tempfile::tempdir().expect("a folder");
        for folder in 0..MAX_FOLDERS + 5 {
            fs::create_dir(home.path().join(format!("{folder:04}"))).expect("made");
        }
        fs::copy(recorded("v3.17/mlflow.db"), home.path().join("0000/mlflow.db")).expect("copied");
        fs::copy(recorded("v3.17/mlflow.db"), home.path().join("0304/mlflow.db")).expect("copied");
        let found = stores_in(home.path());
        let paths: Vec<&PathBuf> = found.stores.iter().map(|store| &store.path).collect();
        assert_eq!(paths, [&home.path().join("0000/mlflow.db")]);
        assert!(found.is_cut);
    }

    #[test]
    fn a_database_left_in_a_write_is_not_copied_to_look_at_it() {
        let home = tempfile::tempdir().expect("a folder");
        let at = home.path().join("mlflow.db");
        fs::copy(recorded("v3.17/mlflow.db"), &at).expect("copied");
        fs::write(home.path().join("mlflow.db-wal"), [7; 64]).expect("written");
        assert_eq!(look_at(&at).kind, NearbyKind::LeftWriting);
        let listing: Vec<_> = fs::read_dir(home.path()).expect("listed").flatten().map(|e| e.file_name()).collect();
        assert_eq!(listing.len(), 2);
    }
}
