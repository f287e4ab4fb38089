//! Where a store is, read once from what a person typed.

use std::fmt;
use std::path::{Path, PathBuf};

use super::address;
pub use super::over_ssh::OverSsh;
use crate::model::{Reveal, Unmasked};

/// Where a store is: the one place that tells a path from an address. Shown, it is what a person would copy, without
/// the name and password that an address may hold.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum StoreLocation {
    /// A file or a folder.
    Path(PathBuf),
    /// Something behind an address.
    Address(Address),
}

/// What an address leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AddressKind {
    /// MLflow's tracking server: `http://…`, `https://…`.
    TrackingServer,
    /// MLflow as Databricks hosts it: `databricks://profile`.
    Databricks,
    /// A database server that a tracking server keeps its store in, as SQLAlchemy writes it:
    /// `postgresql://…`, `mysql+pymysql://…`, `mssql+pyodbc://…`.
    DatabaseServer,
    /// A file on another machine, read by the dspyglass there: `user@host:/path/mlflow.db`, `ssh://host:2222/path`.
    OverSsh,
    /// Any other scheme.
    Other,
}

/// An address, with its credentials apart so that none is shown by accident.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Address {
    kind: AddressKind,
    /// All of it but the credentials.
    shown: String,
    host: String,
    user_info: Option<Box<str>>,
    over_ssh: Option<Box<OverSsh>>,
}

impl StoreLocation {
    /// Reads a path, `user@host:/path` as `scp` takes it, `sqlite:///relative.db` and `sqlite:////absolute.db` as MLflow writes them, `file://…`, or the
    /// address of something else. Nothing is looked at.
    pub fn parse(text: &Path) -> Self {
        let Some(known) = text.to_str() else { return Self::Path(text.to_owned()) };
        for scheme in ["sqlite:///", "file://"] {
            if let Some(rest) = known.strip_prefix(scheme) {
                return Self::Path(PathBuf::from(rest));
            }
        }
        // The same, as Java and MLflow's artifacts write it.
        if let Some(rest) = known.strip_prefix("file:").filter(|rest| rest.starts_with('/')) {
            return Self::Path(PathBuf::from(rest));
        }
        let address = Address::parse(known).or_else(|| OverSsh::parse(known).map(Address::of_ssh));
        address.map_or_else(|| Self::Path(text.to_owned()), Self::Address)
    }

    /// The same with its path made whole.
    pub fn whole(self) -> Self {
        match self {
            Self::Path(path) => Self::Path(whole_path(&path)),
            address => address,
        }
    }

    /// The path, if it is one.
    pub fn path(&self) -> Option<&Path> {
        match self {
            Self::Path(path) => Some(path),
            Self::Address(_) => None,
        }
    }

    /// The address, if it is one.
    pub fn address(&self) -> Option<&Address> {
        match self {
            Self::Path(_) => None,
            Self::Address(address) => Some(address),
        }
    }

    /// Its name where there is little room: of a file its own, of an address the host.
    pub fn name(&self) -> String {
        match self {
            Self::Path(path) => {
                path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned())
            }
            Self::Address(address) => address.host.clone(),
        }
    }

    /// Which of that name it is: the folder of a file, all of an address.
    pub fn whereabouts(&self) -> String {
        match self {
            Self::Path(path) => path.parent().map(|folder| folder.display().to_string()).unwrap_or_default(),
            Self::Address(address) => address.to_string(),
        }
    }
}

impl fmt::Display for StoreLocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Path(path) => path.display().fmt(f),
            Self::Address(address) => address.fmt(f),
        }
    }
}

/// As [`StoreLocation::parse`].
impl<T: AsRef<Path> + ?Sized> From<&T> for StoreLocation {
    fn from(text: &T) -> Self {
        Self::parse(text.as_ref())
    }
}

impl From<PathBuf> for StoreLocation {
    fn from(text: PathBuf) -> Self {
        Self::parse(&text)
    }
}

impl From<&StoreLocation> for StoreLocation {
    fn from(location: &StoreLocation) -> Self {
        location.clone()
    }
}

impl Address {
    /// What a store behind an address is called, unless it is one over ssh.
    pub const WORD: &'static str = "server";

    /// What a store behind this address is called.
    pub fn word(&self) -> &'static str {
        if self.kind == AddressKind::OverSsh { "over ssh" } else { Self::WORD }
    }

    /// The file on another machine that it leads to, if it does.
    pub fn over_ssh(&self) -> Option<&OverSsh> {
        self.over_ssh.as_deref()
    }

    fn of_ssh(target: OverSsh) -> Self {
        let (kind, shown, host) = (AddressKind::OverSsh, target.to_string(), target.name().to_owned());
        Self { kind, shown, host, user_info: None, over_ssh: Some(Box::new(target)) }
    }

    /// Reads what has a scheme; `None` for everything else. One letter is the drive of a path.
    fn parse(text: &str) -> Option<Self> {
        let (scheme, rest) = text.split_once("://")?;
        let is_scheme = scheme.len() > 1
            && scheme.starts_with(|first: char| first.is_ascii_alphabetic())
            && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c));
        if !is_scheme {
            return None;
        }
        let scheme = scheme.to_ascii_lowercase();
        if scheme == "ssh"
            && let Some(target) = OverSsh::of_url(rest)
        {
            return Some(Self::of_ssh(target));
        }
        let dialect = scheme.split('+').next().unwrap_or_default();
        let kind = match dialect {
            "http" | "https" => AddressKind::TrackingServer,
            "databricks" => AddressKind::Databricks,
            "postgresql" | "postgres" | "mysql" | "mariadb" | "mssql" | "oracle" => AddressKind::DatabaseServer,
            _ => AddressKind::Other,
        };
        let (user_info, rest) = address::split_user(rest);
        let shown = Unmasked::new(format!("{scheme}://{}", address::without_secrets(rest))).readable(Reveal::Masked);
        let host = shown.split_once("://").and_then(|(_, rest)| rest.split(['/', '?', '#']).next());
        let host = host.filter(|host| !host.is_empty()).unwrap_or(&scheme).to_owned();
        Some(Self { kind, shown, host, user_info: user_info.map(Box::from), over_ssh: None })
    }

    /// What it leads to.
    pub fn kind(&self) -> AddressKind {
        self.kind
    }

    /// The name and password that stand in it, as they stand there (`user:password`); only for whoever signs in with
    /// them, never to be shown.
    pub fn user_info(&self) -> Option<&str> {
        self.user_info.as_deref()
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}

/// Without its credentials: what is logged is shown as well.
impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Address").field("kind", &self.kind).field("shown", &self.shown).finish_non_exhaustive()
    }
}

/// A path as people type it, made whole: `~` is the user's folder, and what is relative belongs to the folder the
/// program was started in. Nothing is looked at.
pub fn whole_path(path: &Path) -> PathBuf {
    let path = from_home(path);
    std::path::absolute(&path).unwrap_or(path)
}

/// `~/store` as the path that a shell makes of it.
pub(super) fn from_home(path: &Path) -> PathBuf {
    let Ok(rest) = path.strip_prefix("~") else { return path.to_owned() };
    directories::BaseDirs::new().map_or_else(|| path.to_owned(), |dirs| dirs.home_dir().join(rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> StoreLocation {
        StoreLocation::from(text)
    }

    #[test]
    fn paths_however_they_are_written() {
        for (text, path) in [
            ("mlflow.db", "mlflow.db"),
            ("/a b/mlflow.db", "/a b/mlflow.db"),
            ("sqlite:///relative.db", "relative.db"),
            ("sqlite:////a/absolute.db", "/a/absolute.db"),
            ("file:///a/mlruns", "/a/mlruns"),
            ("C://store/mlflow.db", "C://store/mlflow.db"),
            ("databricks", "databricks"),
            ("./http:/x", "./http:/x"),
        ] {
            assert_eq!(of(text), StoreLocation::Path(path.into()), "{text}");
            assert_eq!(of(text).to_string(), path);
        }
        assert_eq!((of("/a/mlflow.db").name().as_str(), of("/").name().as_str()), ("mlflow.db", "/"));
        let whole = of("sqlite:///mlflow.db").whole();
        assert!(whole.path().is_some_and(|path| path.is_absolute() && path.ends_with("mlflow.db")));
        assert_eq!(of("http://a").whole(), of("http://a"));
    }

    #[test]
    fn addresses_by_what_they_lead_to() {
        for (text, kind, name) in [
            ("http://localhost:5000", AddressKind::TrackingServer, "localhost:5000"),
            ("HTTPS://mlflow.example.org/ml?x=1", AddressKind::TrackingServer, "mlflow.example.org"),
            ("databricks://team", AddressKind::Databricks, "team"),
            ("databricks://", AddressKind::Databricks, "databricks"),
            ("postgresql+psycopg2://db/mlflow", AddressKind::DatabaseServer, "db"),
            ("ssh://host/a/mlflow.db", AddressKind::OverSsh, "mlflow.db"),
            ("ana@host:/a/mlflow.db", AddressKind::OverSsh, "mlflow.db"),
            ("sftp://host/a/mlflow.db", AddressKind::Other, "host"),
        ] {
            let location = of(text);
            assert_eq!(location.address().map(Address::kind), Some(kind), "{text}");
            assert_eq!((location.name().as_str(), location.path()), (name, None), "{text}");
        }
        assert_eq!(of("HTTP://Host/A").to_string(), "http://Host/A");
    }

    #[test]
    fn credentials_are_kept_and_never_shown() {
        for (text, shown, user_info) in [
            ("http://user:pw1@host:5000/x", "http://host:5000/x", "user:pw1"),
            ("https://tok3n@host", "https://host", "tok3n"),
            ("http://u:p@ss@host", "http://host", "u:p@ss"),
            // Not escaped, as people type them.
            ("http://u:pw1/2@host/x", "http://host/x", "u:pw1/2"),
            ("http://user:12/34@host/x", "http://host/x", "user:12/34"),
            ("http://user:12?a=34@host/x", "http://host/x", "user:12?a=34"),
            ("postgresql://u:p?w#1@db/mlflow", "postgresql://db/mlflow", "u:p?w#1"),
        ] {
            let location = of(text);
            let address = location.address().expect("an address");
            assert_eq!((address.to_string().as_str(), address.user_info()), (shown, Some(user_info)), "{text}");
            assert!(!format!("{location:?} {}", location.name()).contains(user_info), "{location:?}");
        }
        let asked = of("https://host/x?token=abcdef123456&page=2&password=pw1").to_string();
        assert_eq!(asked, "https://host/x?token=‹masked›&page=2&password=‹masked›");
        for text in
            ["http://localhost:5000/a@b", "http://10.0.0.7:5000/a@b", "http://[::1]:5000/a@b", "http://host/a@b"]
        {
            let location = of(text);
            assert_eq!(location.address().and_then(Address::user_info), None, "{text}");
            assert_eq!(location.to_string(), text);
        }
    }
    #[test]
    fn a_name_holds_no_secret() {
        for (text, name, shown) in [
            ("databricks://sk-proj-abcdefghij1234567890", "‹masked›", "databricks://‹masked›"),
            ("databricks://sk-fake", "‹masked›", "databricks://‹masked›"),
            ("databricks://token=abc123/x", "token=‹masked›", "databricks://token=‹masked›"),
        ] {
            let location = of(text);
            assert_eq!((location.name().as_str(), location.to_string().as_str()), (name, shown), "{text}");
            assert!(!format!("{location:?}").contains("abc"), "{location:?}");
        }
    }
}
