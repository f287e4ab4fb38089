//! Who the user is to servers, for this run of the program.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::credentials::Credentials;

/// Who the user said that they are, by the address of the server: also for the next time that it is opened, and for no
/// other server. Clones are the same.
#[derive(Clone, Debug, Default)]
pub struct SignIns(Arc<Mutex<HashMap<String, Credentials>>>);

/// Equal if they are the same.
impl PartialEq for SignIns {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for SignIns {}

impl SignIns {
    fn lock(&self) -> MutexGuard<'_, HashMap<String, Credentials>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Who asks the server at this address (scheme, host, port, prefix) from now on.
    pub(super) fn keep(&self, base: &str, credentials: Credentials) {
        self.lock().insert(base.to_owned(), credentials);
    }

    /// Who asks it, if that was said.
    pub(super) fn of(&self, base: &str) -> Option<Credentials> {
        self.lock().get(base).cloned()
    }
}
