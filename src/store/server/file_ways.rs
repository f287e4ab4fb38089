//! Files where `/get-artifact` is out of reach: a gateway lets nothing but `/api` through, or the server gives
//! signed addresses only (`MLFLOW_ARTIFACTS_PRESIGNED_ONLY`, MLflow 3.18).
//!
//! Files whose root is `mlflow-artifacts:` are given by the server's own proxy of its storage, or as an address that is
//! signed for one of them (MLflow ≥ 3.13). Such addresses are asked for by `GET` alone, and are kept nowhere.

use percent_encoding::utf8_percent_encode;

use super::Shared;
use super::client::{Answer, Bytes, PLAIN};
use super::exchange::Signed;
use super::fields::name;
use super::kept::Proof;
use crate::model::{ArtifactOwner, Json};
use crate::store::{ReadCx, Refusal, Result, StoreError};

/// What the server's proxy is asked for (MLflow ≥ 1.28).
const PROXIED: &str = "/api/2.0/mlflow-artifacts/artifacts";
/// An address that leads to one file (MLflow ≥ 3.13).
const SIGNED: &str = "/api/2.0/mlflow-artifacts/presigned";
/// Roots that the server's own proxy stands before.
const SCHEME: &str = "mlflow-artifacts:";

impl Shared {
    /// What another way gives of a file, of which `usual` came by the usual one.
    pub fn file_otherwise(
        &self,
        cx: &ReadCx,
        owner: &ArtifactOwner,
        (path, limit): (&str, u64),
        usual: Result<Answer<Bytes>>,
        holds: Option<&Proof>,
    ) -> Result<Answer<Bytes>> {
        if !is_out_of_reach(&usual) {
            return usual;
        }
        let Some(root) = self.proxied_root(cx, owner)? else { return usual };
        let place =
            std::iter::once(&*root).chain([path]).flat_map(|part| part.split('/')).filter(|part| !part.is_empty());
        let place: String =
            place.flat_map(|part| ["/".to_owned(), utf8_percent_encode(part, PLAIN).to_string()]).collect();
        let proxied = self.client.bytes(cx, &format!("{PROXIED}{place}"), &[], limit, false, holds);
        if !is_out_of_reach(&proxied) {
            return proxied;
        }
        let said = match self.client.get_to_read(cx, &format!("{SIGNED}{place}"), &[]) {
            Ok(Answer::Found(said)) => said,
            // It has no such endpoint, or its storage signs nothing: what was said first counts.
            Ok(_) | Err(StoreError::Answer { .. } | StoreError::Refused { .. }) => return usual,
            Err(error) => return Err(error),
        };
        match signed(said.as_stored_for_structure()) {
            Some(signed) => self.client.signed_bytes(cx, signed, limit),
            None => Err(self.client.strange("the address of a file", "none that can be read")),
        }
    }

    /// Where the files of somebody are below the root of the server's proxy; `None` if they are not there.
    fn proxied_root(&self, cx: &ReadCx, owner: &ArtifactOwner) -> Result<Option<String>> {
        let Answer::Found(listed) = self.folder(cx, owner, "", None)? else { return Ok(None) };
        Ok(name(listed.as_stored_for_structure(), "root_uri").and_then(|root| below_proxy(&root).map(str::to_owned)))
    }
}

/// Whether a file may be had by another way.
fn is_out_of_reach(answer: &Result<Answer<Bytes>>) -> bool {
    matches!(answer, Ok(Answer::NoEndpoint) | Err(StoreError::Refused { refusal: Refusal::Forbidden, .. }))
}

/// The path of an address below the proxy; `None` if it is another one's, or leads out of its root. What names a host
/// (`mlflow-artifacts://host/path`) means the server that was asked, as a rule, and any other is not asked.
fn below_proxy(root: &str) -> Option<&str> {
    let rest = root.strip_prefix(SCHEME)?;
    let path = match rest.strip_prefix("//") {
        Some(rest) => rest.split_once('/').map(|(_, path)| path)?,
        None => rest,
    };
    let is_plain = path.split('/').all(|part| part != "." && part != "..") && !path.contains(['\\', '?', '#']);
    Some(path.trim_matches('/')).filter(|path| is_plain && !path.is_empty())
}

/// `{url, headers: {name: value}}`
fn signed(of: &Json) -> Option<Signed> {
    let headers = of.get("headers").and_then(Json::as_object).into_iter().flatten();
    let headers = headers.filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())));
    Some(Signed { url: name(of, "url")?, headers: headers.collect() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_roots_of_the_proxy_lead_through_it() {
        for (root, wanted) in [
            ("mlflow-artifacts:/1/abc/artifacts", Some("1/abc/artifacts")),
            ("mlflow-artifacts://host:5000/1/abc/artifacts/", Some("1/abc/artifacts")),
            ("mlflow-artifacts:1/abc", Some("1/abc")),
            ("mlflow-artifacts:/", None),
            ("mlflow-artifacts://host", None),
            ("mlflow-artifacts:/1/../../etc", None),
            ("mlflow-artifacts:/1/a?b", None),
            ("s3://bucket/1/abc", None),
            ("/srv/mlruns/1/abc", None),
        ] {
            assert_eq!(below_proxy(root), wanted, "{root}");
        }
    }
}
