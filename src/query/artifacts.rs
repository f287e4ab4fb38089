//! Artifacts as a list and as bytes.

use crate::model::{ArtifactOwner, ArtifactTree};
use crate::query::ask::{Question, Session};
use crate::store::Result;

/// The artifacts of a run, a trace or a logged model.
///
/// # Errors
/// Those of the store.
pub fn artifacts(session: &mut Session<'_>, owner: &ArtifactOwner) -> Result<ArtifactTree> {
    session.store.artifacts(session.cx, owner)
}

/// An artifact's beginning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArtifactFile {
    /// The bytes; where they are text, secrets in it are replaced unless revealed.
    pub bytes: Vec<u8>,
    /// The file is longer than what was read of it.
    pub is_cut: bool,
    /// The size of the file in bytes.
    pub full_size: u64,
}

/// The first `limit` bytes of an artifact; `None` if there is no such file.
///
/// # Errors
/// Those of the store.
pub fn artifact_file(
    session: &mut Session<'_>,
    owner: &ArtifactOwner,
    path: &str,
    limit: u64,
) -> Result<Option<ArtifactFile>> {
    let Some(artifact) = session.store.artifact(session.cx, owner, path, limit)? else { return Ok(None) };
    Ok(Some(ArtifactFile { bytes: artifact.bytes, is_cut: artifact.is_cut, full_size: artifact.full_size }))
}

/// The files of a run, a trace or a model.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ArtifactsOf(pub ArtifactOwner);

impl Question for ArtifactsOf {
    type Answer = ArtifactTree;
    const LABEL: &'static str = "artifacts";

    fn answer(&self, session: &mut Session<'_>) -> Result<Self::Answer> {
        artifacts(session, &self.0)
    }

    fn bytes(answer: &Self::Answer) -> usize {
        answer.entries.len() * 120
    }
}
