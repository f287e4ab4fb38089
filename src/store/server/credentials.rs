//! Who asks a server: found where MLflow's own client finds it (2.21 – 3.18, `mlflow/utils/credentials.py`), kept in
//! memory, never shown.

use std::fmt;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::store::{Address, AddressKind, StoreLocation};

/// Larger files hold no credentials.
const MAX_BYTES: u64 = 64 << 10;

/// What is sent with every request, or nothing.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Credentials {
    header: Option<String>,
    /// Some were found that are not sent: the server that they are for.
    owner: Option<String>,
}

/// Says nothing of them but whether there are some.
impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.header.is_some() { "Credentials(…)" } else { "Credentials(none)" })
    }
}

impl Credentials {
    /// A name and a password.
    pub fn basic(user: &str, password: &str) -> Self {
        let header = format!("Basic {}", STANDARD.encode(format!("{user}:{password}")));
        Self { header: Some(header), owner: None }
    }

    /// A token.
    pub fn bearer(token: &str) -> Self {
        Self { header: Some(format!("Bearer {token}")), owner: None }
    }

    /// The value of the header `Authorization`, only for the request itself.
    pub(super) fn header(&self) -> Option<&str> {
        self.header.as_deref()
    }

    /// The server that those are for which were found and are not sent, without a path.
    pub fn owner(&self) -> Option<&str> {
        self.owner.as_deref()
    }

    /// Those that an address holds, else those of the variables `MLFLOW_TRACKING_USERNAME` and `_PASSWORD`, each
    /// filled up from the file `~/.mlflow/credentials`, else `MLFLOW_TRACKING_TOKEN`.
    ///
    /// What does not stand in the address is for the server that `MLFLOW_TRACKING_URI` names, if it names one. MLflow
    /// sends it to whichever it is told to use; here any address can be opened, one that somebody sent included, and
    /// nobody but that server learns it.
    pub fn find(address: &Address, variable: impl Fn(&str) -> Option<String>, home: Option<&Path>) -> Self {
        if let Some(info) = address.user_info() {
            let decoded = |text: &str| percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned();
            let (user, password) = info.split_once(':').unwrap_or((info, ""));
            return Self::basic(&decoded(user), &decoded(password));
        }
        let variable = |name: &str| variable(name).filter(|value| !value.is_empty());
        let file = home.map(|home| home.join(".mlflow").join("credentials")).and_then(|path| read(&path));
        let in_file = |key: &str| file.as_deref().and_then(|text| value_in(text, "mlflow", key));
        let user = variable("MLFLOW_TRACKING_USERNAME").or_else(|| in_file("mlflow_tracking_username"));
        let password = variable("MLFLOW_TRACKING_PASSWORD").or_else(|| in_file("mlflow_tracking_password"));
        let found = match (user, password, variable("MLFLOW_TRACKING_TOKEN")) {
            (Some(user), Some(password), _) => Self::basic(&user, &password),
            (_, _, Some(token)) => Self::bearer(&token),
            _ => return Self::default(),
        };
        let named = variable("MLFLOW_TRACKING_URI").map(|uri| StoreLocation::from(uri.trim()));
        let named = named.as_ref().and_then(StoreLocation::address);
        let server = named.filter(|named| named.kind() == AddressKind::TrackingServer).map(origin);
        match server.filter(|server| *server != origin(address)) {
            Some(other) => Self { header: None, owner: Some(other) },
            None => found,
        }
    }
}

/// Scheme, host and port of a server, without a port that its scheme has anyway.
fn origin(address: &Address) -> String {
    let shown = address.to_string().to_ascii_lowercase();
    let (scheme, rest) = shown.split_once("://").unwrap_or_default();
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let own_port = if scheme == "https" { ":443" } else { ":80" };
    format!("{scheme}://{}", authority.strip_suffix(own_port).unwrap_or(authority))
}

/// A small file as text.
pub(super) fn read(path: &Path) -> Option<String> {
    String::from_utf8(read_bytes(path, MAX_BYTES)?).ok()
}

/// A file of no more than `most` bytes.
pub(super) fn read_bytes(path: &Path, most: u64) -> Option<Vec<u8>> {
    let about = std::fs::metadata(path).ok()?;
    (about.is_file() && about.len() <= most).then(|| std::fs::read(path).ok()).flatten()
}

/// The value of a key in a section of a file as Python's `configparser` reads it.
pub(super) fn value_in(text: &str, section: &str, key: &str) -> Option<String> {
    let mut is_there = false;
    for line in text.lines().map(str::trim) {
        if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            is_there = name.trim() == section;
        } else if is_there
            && !line.starts_with(['#', ';'])
            && let Some(at) = line.find(['=', ':'])
            && line[..at].trim().eq_ignore_ascii_case(key)
        {
            let value = line[at + 1..].trim();
            return (!value.is_empty()).then(|| value.to_owned());
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(address: &str, variables: &[(&str, &str)], file: Option<&str>) -> Credentials {
        let home = tempfile::tempdir().expect("a folder");
        if let Some(text) = file {
            std::fs::create_dir(home.path().join(".mlflow")).expect("made");
            std::fs::write(home.path().join(".mlflow/credentials"), text).expect("written");
        }
        let location = StoreLocation::from(address);
        let variable =
            |name: &str| variables.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
        let found = Credentials::find(location.address().expect("an address"), variable, Some(home.path()));
        assert!(!format!("{found:?}").contains("Basic"));
        found
    }

    fn found(address: &str, variables: &[(&str, &str)], file: Option<&str>) -> Option<String> {
        let found = all(address, variables, file);
        let header = found.header()?;
        match header.strip_prefix("Basic ") {
            Some(encoded) => String::from_utf8(STANDARD.decode(encoded).expect("base64")).ok(),
            None => Some(header.to_owned()),
        }
    }

    #[test]
    fn credentials_are_found_where_mlflow_finds_them() {
        let user = ("MLFLOW_TRACKING_USERNAME", "ana");
        let password = ("MLFLOW_TRACKING_PASSWORD", "p:w");
        let token = ("MLFLOW_TRACKING_TOKEN", "t0k");
        let file = "# mine\n[other]\nmlflow_tracking_username = x\n[mlflow]\nmlflow_tracking_username = bo\n\
                    mlflow_tracking_password: s=1\n";
        assert_eq!(found("http://host", &[], None), None);
        assert_eq!(found("http://host", &[user, password, token], None).as_deref(), Some("ana:p:w"));
        assert_eq!(found("http://host", &[user, token], None).as_deref(), Some("Bearer t0k"));
        assert_eq!(found("http://host", &[], Some(file)).as_deref(), Some("bo:s=1"));
        assert_eq!(found("http://host", &[user], Some(file)).as_deref(), Some("ana:s=1"));
        assert_eq!(found("http://me:p%40w@host", &[user, password], Some(file)).as_deref(), Some("me:p@w"));
        assert_eq!(found("http://host", &[], Some("[mlflow]\nmlflow_tracking_username =\n")), None);
    }
    #[test]
    fn what_belongs_to_another_server_is_not_sent() {
        let token = ("MLFLOW_TRACKING_TOKEN", "t0k");
        let file = "[mlflow]\nmlflow_tracking_username = bo\nmlflow_tracking_password = s\n";
        for (uri, opened, is_sent) in [
            ("https://host", "https://host/ml", true),
            ("https://Host:443/ml/", "https://host", true),
            ("http://ana:pw@host:80", "http://host", true),
            ("http://[::1]:5000", "http://[::1]:5000/#/experiments", true),
            // It names no server.
            ("sqlite:///mlflow.db", "http://host", true),
            ("databricks://me", "http://host", true),
            ("", "http://host", true),
            ("https://host", "http://host", false),
            ("https://host", "https://host:8443", false),
            ("https://host", "https://host.example", false),
            ("https://host", "https://evil/https://host", false),
            ("http://localhost:5000", "http://localhost:5001", false),
        ] {
            let uri = ("MLFLOW_TRACKING_URI", uri);
            for found in [all(opened, &[token, uri], None), all(opened, &[uri], Some(file))] {
                assert_eq!((found.header().is_some(), found.owner().is_none()), (is_sent, is_sent), "{uri:?} {opened}");
            }
            // What stands in the address itself was written for it, and what is not there need not be told of.
            let own = opened.replacen("://", "://me:pw@", 1);
            assert_eq!(found(&own, &[token, uri], Some(file)).as_deref(), Some("me:pw"));
            assert_eq!(all(opened, &[uri], None), Credentials::default());
        }
        let elsewhere = all("http://b", &[token, ("MLFLOW_TRACKING_URI", "http://ana:pw@A:80/ml")], None);
        assert_eq!(elsewhere.owner(), Some("http://a"));
    }
}
