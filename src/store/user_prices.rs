//! The user's own file of prices: what it is called, and what it says.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::StoredFile;
use super::untrusted;

/// No more of it is read than this; LiteLLM's whole table has 3.5 MB.
const MOST_BYTES: u64 = 64 << 20;

/// The file in this program's folder of settings; `None` where the system tells no such folder. It need not exist.
pub fn user_prices() -> Option<PathBuf> {
    directories::ProjectDirs::from("", "", "dspyglass").map(|dirs| dirs.config_dir().join("prices.json"))
}

/// What tells that a file has changed: when it was written, and how long it is.
pub type FileStamp = (Option<SystemTime>, u64);

/// That of a file, if it is there.
pub fn file_stamp(path: &Path) -> Option<FileStamp> {
    std::fs::metadata(path).ok().map(|about| (about.modified().ok(), about.len()))
}

/// What a file of prices says; `None` if it is no regular file.
///
/// # Errors
/// What the file system says.
pub fn read_price_file(path: &Path) -> std::io::Result<Option<StoredFile>> {
    untrusted::read(path, MOST_BYTES)
}
