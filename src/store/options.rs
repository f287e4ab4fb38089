//! How a store is to be opened.

use std::path::PathBuf;

use super::server::SignIns;

/// What the user decided about a store before it is opened.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OpenOptions {
    /// Where the artifacts of a copied store are.
    pub artifacts_dir: Option<PathBuf>,
    /// Whether artifact folders outside the store's own folder may be opened where the store
    /// names them. A malicious store could name any folder, so this needs the user's word.
    pub allow_outside: bool,
    /// The user's cache folder, for what servers say; without one nothing of it is kept.
    pub cache: Option<PathBuf>,
    /// Who the user is to servers.
    pub sign_ins: SignIns,
    /// Whether somebody sits at the terminal of this program who can be asked for a password.
    pub may_ask: bool,
    /// Whether whoever opens it looks for changes ([`super::Store::revision`]) as long as it is open, and reads again what
    /// has changed: then nothing has to be waited for that is only asked to see whether it has.
    pub is_watched: bool,
}
