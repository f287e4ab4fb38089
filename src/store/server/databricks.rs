//! MLflow as Databricks hosts it: the same lists under the address of a workspace, and files behind addresses that are
//! signed for a while and lead elsewhere (MLflow 2.21 – 3.18, `store/artifact/databricks_artifact_repo_resources.py`).
//!
//! Nothing of this was tried on Databricks itself, but on a stand-in that answers as its interface is documented.
//! Traces of Unity Catalog need a SQL warehouse, and are out of reach.

use std::path::Path;

use serde_json::json;

use super::Shared;
use super::client::{Answer, Bytes, Client, MAX_DOCUMENT, MAX_FILE};
use super::credentials::{Credentials, read, value_in};
use super::exchange::{Request, Response, Signed};
use super::fields::{list, name};
use crate::model::{ArtifactOwner, Json, Unmasked};
use crate::store::{Address, ReadCx, Result};

/// Where a workspace is and who asks.
#[derive(Debug)]
pub struct Workspace {
    /// `https://…`, without a slash at the end.
    pub host: String,
    /// A token, or a name and a password.
    pub credentials: Credentials,
}

/// The section of the file that counts where none is named.
const DEFAULT: &str = "DEFAULT";

impl Workspace {
    /// The workspace of an address `databricks://profile` or `databricks://`: a profile that the address or
    /// `DATABRICKS_CONFIG_PROFILE` names is read whole from the file that `DATABRICKS_CONFIG_FILE` names, else
    /// `~/.databrickscfg`; without one `DATABRICKS_HOST` with `DATABRICKS_TOKEN` count, else the file's section
    /// `DEFAULT`. Unlike Databricks' own client, a profile is never mixed with variables: a token goes to its own host.
    ///
    /// # Errors
    /// What is missing, as part of a sentence, and what to do.
    pub fn find(
        address: &Address,
        variable: impl Fn(&str) -> Option<String>,
        home: Option<&Path>,
    ) -> std::result::Result<Self, String> {
        let variable =
            |name: &str| variable(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty());
        let named = address.to_string();
        let named = named.split_once("://").map_or("", |(_, profile)| profile.trim_end_matches('/')).to_owned();
        if named.contains(':') {
            return Err(
                "an address with a scope of secrets is known inside Databricks alone; name a profile".to_owned()
            );
        }
        let profile = Some(named).filter(|name| !name.is_empty()).or_else(|| variable("DATABRICKS_CONFIG_PROFILE"));
        let (host, token) = (variable("DATABRICKS_HOST"), variable("DATABRICKS_TOKEN"));
        if let (None, Some(host), Some(token)) = (&profile, &host, &token) {
            return Ok(Self { host: base_of(host)?, credentials: Credentials::bearer(token) });
        }
        let path = match variable("DATABRICKS_CONFIG_FILE") {
            Some(path) => crate::store::whole_path(Path::new(&path)),
            None => home.ok_or("this user has no home with a .databrickscfg")?.join(".databrickscfg"),
        };
        let section = profile.as_deref().unwrap_or(DEFAULT);
        let whole =
            format!("set DATABRICKS_HOST and DATABRICKS_TOKEN, or write host and token into {}", path.display());
        let text = read(&path).ok_or_else(|| format!("{} cannot be read; {whole}", path.display()))?;
        let value = |key: &str| value_in(&text, section, key);
        let Some(host) = value("host") else {
            return Err(format!("{} names no host under [{section}]; {whole}", path.display()));
        };
        let credentials = match (value("token"), value("username"), value("password")) {
            (Some(token), _, _) => Credentials::bearer(&token),
            (None, Some(user), Some(password)) => Credentials::basic(&user, &password),
            _ => {
                return Err(format!(
                    "{} has no token under [{section}], and other ways to sign in are not known here; {whole}",
                    path.display()
                ));
            }
        };
        Ok(Self { host: base_of(&host)?, credentials })
    }
}

/// A host as an address. A token is sent in the clear to this machine alone.
fn base_of(host: &str) -> std::result::Result<String, String> {
    let host = host.trim_end_matches('/');
    // With a name in front, or a question behind, another host is asked than the one that seems to be named.
    if host.contains(|c: char| c.is_whitespace() || "@?#".contains(c)) {
        return Err("its host is no address".to_owned());
    }
    if let Some(rest) = host.strip_prefix("http://") {
        let name = rest.split(['/', ':']).next().unwrap_or_default();
        let is_here = matches!(name, "127.0.0.1" | "localhost");
        return if is_here { Ok(host.to_owned()) } else { Err("its host has no https".to_owned()) };
    }
    let rest = host.strip_prefix("https://").unwrap_or(host);
    if rest.is_empty() {
        return Err("its host is no address".to_owned());
    }
    Ok(format!("https://{rest}"))
}

impl Client {
    /// Asks a workspace of Databricks for an address to read from, which takes a `POST` there and changes nothing.
    ///
    /// # Errors
    /// As [`Self::get`].
    pub fn ask_to_read(&self, cx: &ReadCx, path: &str, body: &Json) -> Result<Answer<Unmasked<Json>>> {
        debug_assert!(path.ends_with("/credentials-for-read") || path.ends_with("/credentials-for-download"), "{path}");
        self.json(cx, path, &Request { is_secret: true, ..self.posting(path, body) })
    }

    /// Asks it for such an address by a `GET`.
    ///
    /// # Errors
    /// As [`Self::get`].
    pub fn get_to_read(&self, cx: &ReadCx, path: &str, query: &[(&str, &str)]) -> Result<Answer<Unmasked<Json>>> {
        self.json(cx, path, &Request { is_secret: true, ..Request::get(self.url(path, query), MAX_DOCUMENT) })
    }

    /// Reads the first `most` bytes of what a signed address leads to. Whoever keeps it is not told who asks, and is
    /// asked without TLS only where the server itself is.
    ///
    /// # Errors
    /// As [`Self::get`]; the address is in none of them.
    pub fn signed_bytes(&self, cx: &ReadCx, signed: Signed, most: u64) -> Result<Answer<Bytes>> {
        const WHAT: &str = "the place that the file is kept in";
        let is_safe = signed.url.starts_with("https://") || (!self.has_tls() && signed.url.starts_with("http://"));
        if !is_safe {
            return Err(self.strange(WHAT, "an address without https"));
        }
        let headers = Some(signed.headers);
        let request = Request { signed: headers, is_secret: true, ..Request::get(signed.url, most.min(MAX_FILE)) };
        let Response { status, bytes, length, is_cut, .. } = self.answered(cx, &request, &self.who(), true)?;
        match status {
            200 => Ok(Answer::Found(Bytes { bytes: Unmasked::new(bytes), length, is_cut })),
            404 => Ok(Answer::Absent),
            _ => Err(self.strange(WHAT, &status.to_string())),
        }
    }
}

impl Shared {
    /// The beginning of a file, from where a workspace keeps it.
    pub fn signed_file(&self, cx: &ReadCx, owner: &ArtifactOwner, path: &str, most: u64) -> Result<Answer<Bytes>> {
        let id = owner.id();
        let said = match owner {
            ArtifactOwner::Run(_) => {
                let body = json!({"run_id": id, "path": [path]});
                self.client.ask_to_read(cx, "/api/2.0/mlflow/artifacts/credentials-for-read", &body)?
            }
            ArtifactOwner::Model(_) => {
                let endpoint = format!("/api/2.0/mlflow/logged-models/{id}/artifacts/credentials-for-download");
                self.client.ask_to_read(cx, &endpoint, &json!({"paths": [path]}))?
            }
            ArtifactOwner::Trace(_) => {
                let endpoint = format!("/api/2.0/mlflow/traces/{id}/credentials-for-data-download");
                let query = [("path", path)];
                self.client.get_to_read(cx, &endpoint, if path.is_empty() { &[] } else { &query })?
            }
        };
        let said = match said {
            Answer::Found(said) => said,
            Answer::Absent => return Ok(Answer::Absent),
            Answer::NoEndpoint => return Ok(Answer::NoEndpoint),
            Answer::Rejected(why) => return Ok(Answer::Rejected(why)),
        };
        match signed(said.as_stored_for_structure()) {
            Some(signed) => self.client.signed_bytes(cx, signed, most),
            None => Err(self.client.strange("the address of a file", "none that can be read")),
        }
    }
}

/// The address that an answer signs, in each of the three forms.
fn signed(of: &Json) -> Option<Signed> {
    let first = |key: &str| list(of, key).first();
    let info = of
        .get("credential_info")
        .or_else(|| first("credential_infos"))
        .or_else(|| first("credentials").and_then(|one| one.get("credential_info")))?;
    let url = name(info, "signed_uri")?;
    let headers =
        list(info, "headers").iter().filter_map(|header| Some((name(header, "name")?, name(header, "value")?)));
    Some(Signed { url, headers: headers.collect() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::StoreLocation;

    const FILE: &str = "[DEFAULT]\nhost = https://first.cloud.databricks.com/\ntoken = dapi-one\n\n\
                        [team]\nhost: second.azuredatabricks.net\ntoken: dapi-two\n\n[plain]\nhost = http://far\ntoken = x\n\n\
                        [oauth]\nhost = https://x.databricks.com\nauth_type = databricks-cli\n\n[old]\nhost = https://o\n\
                        username = ana\npassword = pw\n";

    fn found(address: &str, variables: &[(&str, &str)], file: Option<&str>) -> std::result::Result<String, String> {
        let home = tempfile::tempdir().expect("a folder");
        if let Some(text) = file {
            std::fs::write(home.path().join(".databrickscfg"), text).expect("written");
        }
        let location = StoreLocation::from(address);
        let variable =
            |name: &str| variables.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
        let found = Workspace::find(location.address().expect("an address"), variable, Some(home.path()))?;
        assert!(!format!("{found:?}").contains("dapi"), "{found:?}");
        Ok(format!("{} {}", found.host, found.credentials.header().unwrap_or_default()))
    }

    #[test]
    fn a_workspace_is_found_where_databricks_keeps_it() {
        let (host, token) = (("DATABRICKS_HOST", "https://env.databricks.com"), ("DATABRICKS_TOKEN", "dapi-env"));
        let profile = ("DATABRICKS_CONFIG_PROFILE", "team");
        let first = Ok("https://first.cloud.databricks.com Bearer dapi-one".to_owned());
        let second = Ok("https://second.azuredatabricks.net Bearer dapi-two".to_owned());
        let of_env = Ok("https://env.databricks.com Bearer dapi-env".to_owned());
        assert_eq!(found("databricks://", &[], Some(FILE)), first);
        assert_eq!(found("databricks://team", &[], Some(FILE)), second);
        assert_eq!(found("databricks://", &[profile], Some(FILE)), second);
        assert_eq!(found("databricks://", &[host, token], None), of_env);
        // A token goes to its own host alone.
        assert_eq!(found("databricks://team", &[host, token], Some(FILE)), second);
        assert_eq!(found("databricks://", &[host], Some(FILE)), first);
        assert_eq!(found("databricks://old", &[], Some(FILE)), Ok("https://o Basic YW5hOnB3".to_owned()));
    }

    #[test]
    fn a_token_is_sent_in_the_clear_to_this_machine_alone() {
        for (host, is_taken) in [
            ("http://localhost:8080", true),
            ("http://127.0.0.1", true),
            ("http://localhost:x@evil", false),
            ("http://localhost?@evil", false),
            ("http://evil", false),
            ("https://a@evil", false),
            ("", false),
        ] {
            assert_eq!(base_of(host).is_ok(), is_taken, "{host}");
        }
    }

    #[test]
    fn what_is_missing_is_said() {
        for (address, file, wanted) in [
            ("databricks://", None, "cannot be read; set DATABRICKS_HOST"),
            ("databricks://nobody", Some(FILE), "names no host under [nobody]"),
            ("databricks://oauth", Some(FILE), "has no token under [oauth]"),
            ("databricks://plain", Some(FILE), "has no https"),
            ("databricks://scope:prefix", Some(FILE), "inside Databricks alone"),
        ] {
            let told = found(address, &[], file).expect_err(address);
            assert!(told.contains(wanted) && !told.contains("dapi"), "{address}: {told}");
        }
    }

    #[test]
    fn an_address_is_signed_in_three_forms() {
        let info = json!({"signed_uri": "https://bucket/x?sig=1", "headers": [{"name": "x-ms-blob", "value": "1"}]});
        for said in [
            json!({"credential_info": info}),
            json!({"credential_infos": [info]}),
            json!({"credentials": [{"credential_info": info}]}),
        ] {
            let signed = signed(&said).expect("signed");
            assert_eq!(signed.url, "https://bucket/x?sig=1");
            assert_eq!(signed.headers, [("x-ms-blob".to_owned(), "1".to_owned())]);
        }
        assert!(signed(&json!({"credential_infos": []})).is_none());
    }
}
