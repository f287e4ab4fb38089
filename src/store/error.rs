//! Why a store, or something in it, could not be read. Every message names the place and
//! what to do, and ends without a full stop.

use std::path::PathBuf;

use super::location::{Address, AddressKind, StoreLocation};

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
    /// An address that nothing here can read.
    #[error("{address} is {what}", address = .0, what = not_opened(.0))]
    Server(Address),
    /// A file of no bytes.
    #[error("{} is empty: no MLflow has written to it yet", .0.display())]
    Empty(PathBuf),
    /// Not a regular file.
    #[error("{} is neither a file nor a folder", .0.display())]
    NotAFile(PathBuf),
    /// A file that is something else.
    #[error("{} is not a SQLite database; an MLflow store is a file such as mlflow.db, a file of traces is called *.json or *.jsonl", .0.display())]
    NotSqlite(PathBuf),
    /// A file that should hold traces and does not.
    #[error("{} holds no traces that can be opened: {why}; what opens is what MLflow's Trace.to_json and its page download, and OTLP/JSON", .path.display())]
    TraceFile {
        /// The file.
        path: PathBuf,
        /// What is wrong, as part of a sentence.
        why: String,
    },
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
    /// The file system said no to an artifact.
    #[error("cannot read {}: {source}", .path.display())]
    Artifact {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A server did not answer, or not to the end.
    #[error("cannot reach {place}: {message}; check that it runs and that this machine can reach it")]
    Network {
        /// The server.
        place: StoreLocation,
        /// What happened: `connection refused`, `no answer for 30 s`.
        message: String,
    },
    /// It is not known where a server is, or who asks it.
    #[error("cannot sign in to {place}: {why}")]
    SignIn {
        /// The server.
        place: StoreLocation,
        /// What is missing and what to do.
        why: String,
    },
    /// A server that is there and answers otherwise than MLflow's.
    #[error("{place} does not answer as an MLflow server does: {what}; check that the address leads to MLflow")]
    Answer {
        /// The server.
        place: StoreLocation,
        /// What was asked for and what came back, in short.
        what: String,
    },
    /// A server does not let whoever asks read.
    #[error("{}", refused(.place, *.refusal))]
    Refused {
        /// The server.
        place: StoreLocation,
        /// What it said.
        refusal: Refusal,
    },
    /// A store on another machine could not be reached, or not be read there.
    #[error("{told}")]
    OverSsh {
        /// What happened, where, and what to do.
        told: String,
        /// What would help.
        remedy: Remedy,
    },
    /// This store has no way to tell this, however often it is asked.
    #[error("{what} cannot be read from {place}: {why}")]
    Unsupported {
        /// The store.
        place: StoreLocation,
        /// What was asked for, in the plural: `spans`, `artifacts of logged models`.
        what: &'static str,
        /// Why: `MLflow 3.1 has no endpoint for them`.
        why: String,
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

/// How a server says no.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Refusal {
    /// It does not know who asks (HTTP status 401).
    Unknown,
    /// The same, where somebody is known to the environment whom `MLFLOW_TRACKING_URI` says to be known to another server.
    Elsewhere,
    /// It knows, and does not allow it (403).
    Forbidden,
}

/// What would help, as far as a program can offer it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Remedy {
    /// It may go better the next time.
    Retry,
    /// To say who one is, or to be somebody else.
    SignIn,
    /// To say where the artifacts are.
    LocateArtifacts,
    /// To open something else.
    OpenOther,
    /// Nothing: it is as it is.
    Nothing,
}

impl StoreError {
    /// What would help.
    pub fn remedy(&self) -> Remedy {
        match self {
            Self::Empty(_)
            | Self::Truncated { .. }
            | Self::Io { .. }
            | Self::Network { .. }
            | Self::Answer { .. }
            | Self::Sqlite { .. }
            | Self::Busy(_)
            | Self::Cancelled
            | Self::TooSlow => Remedy::Retry,
            Self::Refused { .. } | Self::SignIn { .. } => Remedy::SignIn,
            Self::OverSsh { remedy, .. } => *remedy,
            Self::Artifact { .. } => Remedy::LocateArtifacts,
            Self::Missing(_)
            | Self::NoStoreInFolder(_)
            | Self::SeveralStores { .. }
            | Self::FolderStore(_)
            | Self::Server(_)
            | Self::NotAFile(_)
            | Self::NotSqlite(_)
            | Self::NotMlflow { .. }
            | Self::TraceFile { .. } => Remedy::OpenOther,
            Self::Unsupported { .. } => Remedy::Nothing,
        }
    }
}

/// What an address leads to, and what to open instead.
fn not_opened(address: &Address) -> &'static str {
    match address.kind() {
        AddressKind::DatabaseServer => {
            "a database server, which is not opened yet; of databases, SQLite files such as mlflow.db are"
        }
        // Tracking servers are opened, and never told of here.
        AddressKind::TrackingServer | AddressKind::Databricks | AddressKind::OverSsh | AddressKind::Other => {
            "an address that is not opened; name a file such as mlflow.db, or the folder that holds it"
        }
    }
}

/// As MLflow's own client finds credentials.
fn refused(place: &StoreLocation, refusal: Refusal) -> String {
    let is_databricks = place.address().is_some_and(|address| address.kind() == AddressKind::Databricks);
    match refusal {
        Refusal::Unknown | Refusal::Elsewhere if is_databricks => {
            format!(
                "{place} does not know the token (401); write one that is valid into the profile, or set DATABRICKS_TOKEN"
            )
        }
        Refusal::Unknown => format!(
            "{place} asks who you are (401); set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or \
             MLFLOW_TRACKING_TOKEN"
        ),
        Refusal::Elsewhere => format!(
            "{place} asks who you are (401); the credentials of the environment are for another server, which \
             MLFLOW_TRACKING_URI names; set it to this address to send them"
        ),
        Refusal::Forbidden => {
            format!("{place} does not let you read this (403); ask whoever runs it, or sign in as somebody else")
        }
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_server_did_is_said_with_what_to_do_and_without_a_password() {
        let place = || StoreLocation::from("https://me:pw1@host/ml");
        let refused = |refusal| StoreError::Refused { place: place(), refusal };
        let network = StoreError::Network { place: place(), message: "connection refused".to_owned() };
        let why = "MLflow 3.1 has no endpoint for them".to_owned();
        for (error, text, remedy) in [
            (
                network,
                "cannot reach https://host/ml: connection refused; check that it runs and that this machine can reach it",
                Remedy::Retry,
            ),
            (
                refused(Refusal::Unknown),
                "https://host/ml asks who you are (401); set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or \
                 MLFLOW_TRACKING_TOKEN",
                Remedy::SignIn,
            ),
            (
                refused(Refusal::Elsewhere),
                "https://host/ml asks who you are (401); the credentials of the environment are for another server, which \
                 MLFLOW_TRACKING_URI names; set it to this address to send them",
                Remedy::SignIn,
            ),
            (
                refused(Refusal::Forbidden),
                "https://host/ml does not let you read this (403); ask whoever runs it, or sign in as somebody else",
                Remedy::SignIn,
            ),
            (
                StoreError::Unsupported { place: place(), what: "spans", why },
                "spans cannot be read from https://host/ml: MLflow 3.1 has no endpoint for them",
                Remedy::Nothing,
            ),
        ] {
            assert_eq!((error.to_string().as_str(), error.remedy()), (text, remedy));
            assert!(!format!("{error:?}").contains("pw1"), "{error:?}");
        }
    }

    #[test]
    fn what_would_help_depends_on_what_went_wrong() {
        let source = || std::io::Error::other("no");
        let path = || PathBuf::from("/a/x");
        for (error, remedy) in [
            (StoreError::Busy(path()), Remedy::Retry),
            (StoreError::TooSlow, Remedy::Retry),
            (StoreError::Io { action: "read", path: path(), source: source() }, Remedy::Retry),
            (StoreError::Artifact { path: path(), source: source() }, Remedy::LocateArtifacts),
            (StoreError::NotSqlite(path()), Remedy::OpenOther),
        ] {
            assert_eq!(error.remedy(), remedy, "{error}");
        }
    }
}
