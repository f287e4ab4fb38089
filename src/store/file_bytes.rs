//! What is read of a file of a store.

use crate::model::Unmasked;

/// The bytes of an artifact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArtifactBytes {
    /// Its content. Where it is text, secrets in it are replaced unless revealed.
    pub bytes: Vec<u8>,
    /// The size of the file. What was masked has another one.
    pub full_size: u64,
    /// The file goes on behind `bytes`.
    pub is_cut: bool,
}

/// The bytes of a file as they stand in it.
#[derive(Debug, PartialEq)]
pub struct StoredFile {
    /// Its content, not masked.
    pub bytes: Unmasked<Vec<u8>>,
    /// The size of the file; larger than `bytes` if it was cut at the limit.
    pub full_size: u64,
}
