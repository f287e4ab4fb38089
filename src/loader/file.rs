//! The bytes of an artifact on their way to the screen. What they are – a table, an image – the views make
//! of them on a worker ([`super::Loader::derive`]).

use std::sync::Arc;

use super::text::unique_id;
use crate::model::ArtifactOwner;
use crate::query;
use crate::query::ask::{CostClass, Question, Session};
use crate::store::Result;

/// The beginning of a file, never changed, and a number that no other has.
#[derive(Clone, Debug)]
pub struct FileBytes {
    id: u64,
    bytes: Arc<[u8]>,
    /// The size of the file.
    pub full_size: u64,
    /// Only its beginning was read.
    pub is_cut: bool,
}

impl FileBytes {
    /// Wraps what was read.
    pub fn new(bytes: Vec<u8>, full_size: u64, is_cut: bool) -> Self {
        Self { id: unique_id(), bytes: bytes.into(), full_size, is_cut }
    }

    /// What nothing else has: what is derived from the bytes is kept under it.
    pub fn id(&self) -> u64 {
        self.id
    }

    /// The bytes.
    pub fn bytes(&self) -> &Arc<[u8]> {
        &self.bytes
    }
}

impl PartialEq for FileBytes {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
            || self.full_size == other.full_size && self.is_cut == other.is_cut && self.bytes == other.bytes
    }
}

impl Eq for FileBytes {}

/// The beginning of a file; `None` inside if there is no such file.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FileOf {
    /// Whose artifact it is.
    pub owner: ArtifactOwner,
    /// Its path among the artifacts.
    pub path: String,
    /// No more than this many bytes.
    pub limit: u64,
}

impl Question for FileOf {
    type Answer = Option<FileBytes>;
    const LABEL: &'static str = "artifact";
    const COST: CostClass = CostClass::Bodies;

    fn answer(&self, session: &mut Session<'_>) -> Result<Self::Answer> {
        let file = query::artifact_file(session, &self.owner, &self.path, self.limit)?;
        Ok(file.map(|file| FileBytes::new(file.bytes, file.full_size, file.is_cut)))
    }

    fn bytes(answer: &Self::Answer) -> usize {
        answer.as_ref().map_or(0, |file| file.bytes.len())
    }
}
