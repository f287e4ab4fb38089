//! Who asks a server: found where MLflow's own client finds it (2.21 – 3.18, `mlflow/utils/credentials.py`), kept in
//! memory, never shown.

use std::fmt;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::store::Address;

/// Larger files hold no credentials.
const MAX_BYTES: u64 = 64 << 10;

/// What is sent with every request, or nothing.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Credentials(Option<String>);

/// Says nothing of them but whether there are some.
impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "Credentials(…)" } else { "Credentials(none)" })
    }
}

impl Credentials {
    /// A name and a password.
    pub fn basic(user: &str, password: &str) -> Self {
        Self(Some(format!("Basic {}", STANDARD.encode(format!("{user}:{password}")))))
    }

    /// A token.
    pub fn bearer(token: &str) -> Self {
        Self(Some(format!("Bearer {token}")))
    }

    /// The value of the header `Authorization`, only for the request itself.
    pub(super) fn header(&self) -> Option<&str> {
        self.0.as_deref()
    }

    /// Those that an address holds, else those of the variables `MLFLOW_TRACKING_USERNAME` and `_PASSWORD`, each
    /// filled up from the file `~/.mlflow/credentials`, else `MLFLOW_TRACKING_TOKEN`.
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
        match (user, password, variable("MLFLOW_TRACKING_TOKEN")) {
            (Some(user), Some(password), _) => Self::basic(&user, &password),
            (_, _, Some(token)) => Self::bearer(&token),
            _ => Self::default(),
        }
    }
}

/// A small file as text.
pub(super) fn read(path: &Path) -> Option<String> {
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
    use crate::store::StoreLocation;

    fn found(address: &str, variables: &[(&str, &str)], file: Option<&str>) -> Option<String> {
        let home = tempfile::tempdir().expect("a folder");
        if let Some(text) = file {
    String::from_utf8(read_bytes(path, MAX_BYTES)?).ok()
}

/// A file of no more than `most` bytes.
pub(super) fn read_bytes(path: &Path, most: u64) -> Option<Vec<u8>> {
            std::fs::create_dir(home.path().join(".mlflow")).expect("made");
            std::fs::write(home.path().join(".mlflow/credentials"), text).expect("written");
        }
        let location = StoreLocation::from(address);
        let variable =
            |name: &str| variables.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
        let found = Credentials::find(location.address().expect("an address"), variable, Some(home.path()));
        assert!(!format!("{found:?}").contains("Basic"));
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
}
