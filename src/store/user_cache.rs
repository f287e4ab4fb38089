//! The user's folder for what can be made anew: nothing of a store is ever written beside it.

use std::path::PathBuf;

/// This program's folder in it; `None` where the system tells none. It need not exist.
pub fn user_cache() -> Option<PathBuf> {
    directories::ProjectDirs::from("", "", "dspyglass").map(|dirs| dirs.cache_dir().to_owned())
}
