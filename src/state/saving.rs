//! A file that the user asked to be written: a table, a picture, a chart's figures.

use std::fmt;
use std::sync::Arc;

/// What is to be written, and under which name it is suggested. Where to is asked in the system's dialog.
#[derive(Clone, PartialEq, Eq)]
pub struct FileToSave {
    /// The suggested name with its ending, without a folder.
    pub name: String,
    /// The content.
    pub bytes: Arc<[u8]>,
}

impl FileToSave {
    /// A file of this content.
    pub fn new(name: impl Into<String>, bytes: impl Into<Arc<[u8]>>) -> Self {
        Self { name: name.into(), bytes: bytes.into() }
    }
}

impl fmt::Debug for FileToSave {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FileToSave({:?}, {} bytes)", self.name, self.bytes.len())
    }
}
