//! Why a store, or something in it, could not be read. Every message names the place and
//! what to do, and ends without a full stop.

use std::path::PathBuf;

/// Why nothing could be read.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// There is nothing at this path.
    #[error("{} does not exist", .0.display())]
    Missing(PathBuf),
    /// A folder in which no store was found.
    #[error("{} holds no MLflow store: no SQLite database of MLflow (*.db, *.sqlite, *.sqlite3) is in it", .0.display())]
    NoStoreInFolder(PathBuf),
    /// A folder that holds several.
    #[error("{} holds several MLflow stores; name one of them: {}", .folder.display(), first_of(names))]
    SeveralStores {
        /// The folder.
        folder: PathBuf,
        /// The files in it.
        names: Vec<String>,
    },
    /// A folder of MLflow's file store.
    #[error("{} is a folder store (mlruns), which is not opened yet; a database can be made of it with `mlflow migrate-filestore` of MLflow 3.10 or later", .0.display())]
    FolderStore(PathBuf),
    /// An address of a tracking server.
    #[error(
        "{0} is a tracking server, which is not opened yet; name the file behind it, for instance the mlflow.db of `mlflow server --backend-store-uri sqlite:///mlflow.db`"
    )]
    Server(String),
    /// A file of no bytes.
    #[error("{} is empty: no MLflow has written to it yet", .0.display())]
    Empty(PathBuf),
    /// Not a regular file.
    #[error("{} is neither a file nor a folder", .0.display())]
    NotAFile(PathBuf),
    /// A file that is something else.
    #[error("{} is not a SQLite database; an MLflow store is a file such as mlflow.db", .0.display())]
    NotSqlite(PathBuf),
    /// A SQLite database of somebody else.
    #[error("{} is a SQLite database but not an MLflow store: it has no table `{missing}`", .path.display())]
    NotMlflow {
        /// The file.
        path: PathBuf,
        /// The first table that every MLflow store has and this one lacks.
        missing: String,
    },
    /// A file that is shorter than its own header says.
    #[error("{} is cut short: it should have {expected} bytes and has {actual}; copy it again from where it came", .path.display())]
    Truncated {
        /// The file.
        path: PathBuf,
        /// Bytes by its header.
        expected: u64,
        /// Bytes that are there.
        actual: u64,
    },
    /// The file system said no.
    #[error("cannot {action} {}: {source}", .path.display())]
    Io {
        /// What was tried, as a verb: `read`, `copy`.
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// SQLite said no.
    #[error("cannot read {what} of {}: {message}", .path.display())]
    Sqlite {
        /// What was being read.
        what: String,
        /// The database.
        path: PathBuf,
        /// What SQLite said, and what to do if that is known.
        message: String,
    },
    /// Somebody holds the database locked for longer than was waited.
    #[error("{} is locked by a process that writes to it; try again when it has finished", .0.display())]
    Busy(PathBuf),
    /// Nobody waits for the answer any more.
    #[error("cancelled")]
    Cancelled,
    /// The time that was given ran out.
    #[error("this took longer than allowed and was stopped")]
    TooSlow,
}

/// The first names, and how many more there are.
fn first_of(names: &[String]) -> String {
    const SHOWN: usize = 5;
    let shown = names.iter().take(SHOWN).map(String::as_str).collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(SHOWN) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}
