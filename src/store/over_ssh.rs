//! A file on another machine, as people write where it is.

use std::borrow::Cow;
use std::fmt;

use super::address;

/// What stands before the colon of addresses of other programs. A machine of such a name is reached with `user@` before
/// it, or by `ssh://`.
const SCHEMES: [&str; 8] = ["file", "dbfs", "sqlite", "s3", "gs", "databricks", "http", "https"];

/// A file on another machine that is reached over ssh.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct OverSsh {
    /// As `ssh` takes it: the name of the machine or of one of the user's settings, or its address without brackets,
    /// with `user@` before it if said.
    host: String,
    port: Option<u16>,
    /// Absolute, or from the user's folder there.
    path: String,
}

impl OverSsh {
    /// Reads `host:/path`, `host:~/path` and `user@host:path`. A colon alone does not tell: files have them in their
    /// names, drives behind theirs, and schemes behind them.
    pub fn parse(text: &str) -> Option<Self> {
        // Colons within the brackets belong to the address of the machine.
        let opens = text.find('[').filter(|at| matches!(text.get(..*at), Some(user) if is_user(user)));
        let from = opens.and_then(|at| Some(at + text.get(at..)?.find(']')?)).unwrap_or(0);
        let colon = from + text.get(from..)?.find(':')?;
        let (host, path) = (text.get(..colon)?, text.get(colon + 1..)?);
        let is_drive = host.len() == 1;
        let is_told = path.starts_with('/') || path.starts_with('~') || host.contains('@');
        let one = Self { host: unbracketed(host), port: None, path: path.to_owned() };
        let is_scheme = SCHEMES.iter().any(|scheme| host.eq_ignore_ascii_case(scheme));
        (is_told && !is_drive && !is_scheme && !path.starts_with("//") && one.is_possible()).then_some(one)
    }

    /// Reads what stands behind `ssh://`: `user@host:port/path`. A password in it is left out, since `ssh` takes none.
    pub fn of_url(rest: &str) -> Option<Self> {
        let (authority, path) = rest.split_at(rest.find('/')?);
        let (user, machine) = match authority.rsplit_once('@') {
            Some((user, machine)) => (user.split(':').next().filter(|user| !user.is_empty()), machine),
            None => (None, authority),
        };
        let (machine, port) = match machine.rsplit_once(':') {
            Some((name, port)) if !name.is_empty() && !port.ends_with(']') => (name, Some(port.parse().ok()?)),
            _ => (machine, None),
        };
        let host = user.map_or_else(|| machine.to_owned(), |user| format!("{user}@{machine}"));
        // `ssh://host/~/store` leads to the user's folder, as in git.
        let path = path.strip_prefix("/~").map_or_else(|| path.to_owned(), |rest| format!("~{rest}"));
        let one = Self { host: unbracketed(&host), port, path };
        one.is_possible().then_some(one)
    }

    /// What cannot become an option of `ssh`, nor be anything but the name of a machine and a path.
    fn is_possible(&self) -> bool {
        let machine = address::after_user(&self.host);
        let is_name = |text: &str| {
            !text.is_empty() && !text.starts_with('-') && !text.contains(|c: char| c.is_whitespace() || c.is_control())
        };
        let has_no_path = self.host.contains(['/', '\\']) || machine.contains(['@', '[', ']']);
        is_name(&self.host) && is_name(machine) && !has_no_path && !matches!(self.path.as_str(), "" | "/")
    }

    /// The machine as `ssh` takes it.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The port, if not the usual one.
    pub fn port(&self) -> Option<u16> {
        self.port
    }

    /// The path on the other side.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The name of the file.
    pub fn name(&self) -> &str {
        self.path.trim_end_matches('/').rsplit('/').next().unwrap_or(&self.path)
    }
}

/// Nothing, or `user@`.
fn is_user(text: &str) -> bool {
    text.is_empty() || text.ends_with('@') && !text.contains(['/', ':'])
}

/// An address of IPv6 stands in brackets where a colon follows, and not where `ssh` takes it.
fn unbracketed(host: &str) -> String {
    let machine = address::after_user(host);
    let user = host.get(..host.len() - machine.len()).unwrap_or_default();
    let bare = machine.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(machine);
    format!("{user}{bare}")
}

fn bracketed(host: &str) -> Cow<'_, str> {
    let machine = address::after_user(host);
    let user = host.get(..host.len() - machine.len()).unwrap_or_default();
    if machine.contains(':') { format!("{user}[{machine}]").into() } else { host.into() }
}

/// As a person would type it.
impl fmt::Display for OverSsh {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let host = bracketed(&self.host);
        let Some(port) = self.port else { return write!(f, "{host}:{}", self.path) };
        let path = self.path.strip_prefix('~').map(|rest| format!("/~{rest}"));
        write!(f, "ssh://{host}:{port}{}", path.as_deref().unwrap_or(&self.path))
    }
}

#[cfg(test)]
mod tests {
    use crate::store::StoreLocation;

    fn told(text: &str) -> Option<(String, Option<u16>, String)> {
        let location = StoreLocation::from(text);
        let target = location.address()?.over_ssh()?;
        assert_eq!(StoreLocation::from(&*location.to_string()), location, "{text}");
        Some((target.host.clone(), target.port, target.path.clone()))
    }

    #[test]
    fn machines_and_paths_are_told_apart() {
        for (text, host, port, path) in [
            ("ana@rack7:/srv/mlflow.db", "ana@rack7", None, "/srv/mlflow.db"),
            ("rack7:/srv/a b/mlflow.db", "rack7", None, "/srv/a b/mlflow.db"),
            ("rack7:~/mlflow.db", "rack7", None, "~/mlflow.db"),
            ("ana@rack7:mlflow.db", "ana@rack7", None, "mlflow.db"),
            ("ana@rack7:/srv/a:b@c.db", "ana@rack7", None, "/srv/a:b@c.db"),
            ("ana@file:/srv/mlflow.db", "ana@file", None, "/srv/mlflow.db"),
            ("ssh://ana@rack7/srv/mlflow.db", "ana@rack7", None, "/srv/mlflow.db"),
            ("ssh://rack7:2222/srv/mlflow.db", "rack7", Some(2222), "/srv/mlflow.db"),
            ("[::1]:/srv/mlflow.db", "::1", None, "/srv/mlflow.db"),
            ("ana@[fe80::1%eth0]:~/a@b]:/[c].db", "ana@fe80::1%eth0", None, "~/a@b]:/[c].db"),
            ("ssh://[::1]/srv/mlflow.db", "::1", None, "/srv/mlflow.db"),
            ("ssh://ana@[::1]:2222/srv/mlflow.db", "ana@::1", Some(2222), "/srv/mlflow.db"),
            ("ssh://rack7:2222/~/mlflow.db", "rack7", Some(2222), "~/mlflow.db"),
        ] {
            assert_eq!(told(text), Some((host.to_owned(), port, path.to_owned())), "{text}");
        }
    }

    #[test]
    fn names_with_a_colon_stay_files_and_no_host_becomes_an_option() {
        for text in [
            "mlflow.db",
            "C:/store/mlflow.db",
            "2026-11-29T10:30.db",
            "./rack7:/srv/mlflow.db",
            "/srv/rack7:/mlflow.db",
            "dspyglass:sample",
            "rack7:",
            "rack7:/",
            "-oProxyCommand=x:/srv/mlflow.db",
            "ana@-oProxyCommand=x:/srv/mlflow.db",
            "ssh://-oProxyCommand=x/srv/mlflow.db",
            "a b:/srv/mlflow.db",
            "[rack7:/srv/mlflow.db",
            "dbfs:/x",
            "sqlite:/x.db",
            "s3:/bucket/mlflow.db",
            "gs:/bucket/mlflow.db",
            "databricks:/x",
            "http:/x",
            "HTTPS:/x",
            "file:~/mlruns",
        ] {
            assert_eq!(told(text), None, "{text}");
        }
    }

    #[test]
    fn a_file_with_its_scheme_is_its_path() {
        let location = StoreLocation::from("file:/srv/mlruns");
        assert_eq!(location.path(), Some(std::path::Path::new("/srv/mlruns")));
        assert_eq!(StoreLocation::from("file:///srv/mlruns"), location);
        let other = StoreLocation::from("sqlite:/x.db");
        assert_eq!(other.path(), Some(std::path::Path::new("sqlite:/x.db")));
    }

    #[test]
    fn a_password_in_an_address_is_neither_used_nor_shown() {
        let location = StoreLocation::from("ssh://ana:pw1@rack7/srv/mlflow.db");
        assert_eq!(location.to_string(), "ana@rack7:/srv/mlflow.db");
        assert!(!format!("{location:?}").contains("pw1"));
    }
}
