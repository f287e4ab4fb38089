//! The bytes of an artifact on their way to the screen. What they are – a table, an image – the views make
//! of them on a worker ([`super::Loader::derive`]).

use std::sync::Arc;

use super::text::fresh_id;

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
        Self { id: fresh_id(), bytes: bytes.into(), full_size, is_cut }
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
