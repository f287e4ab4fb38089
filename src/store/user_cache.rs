//! The user's folders: for what can be made anew, and for what only the user can say. Nothing is ever written beside a
//! store.

use std::path::PathBuf;

/// This program's folder in it; `None` where the system tells none. It need not exist.
pub fn user_cache() -> Option<PathBuf> {
    directories::ProjectDirs::from("", "", "dspyglass").map(|dirs| dirs.cache_dir().to_owned())
}

/// This program's folder for what the user says, which is kept; `None` where the system tells none. It need not exist.
pub fn user_data() -> Option<PathBuf> {
    directories::ProjectDirs::from("", "", "dspyglass").map(|dirs| dirs.data_dir().to_owned())
}
