//! Who answers behind an address, and who the user is to it.

use super::{ReadCx, Result, StoreLocation};
use crate::model::Secret;

/// Who the user says that they are, as a server asks for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignIn {
    /// A name and a password (HTTP Basic).
    Password {
        /// The name.
        user: String,
        /// The password.
        password: Secret,
    },
    /// A token (HTTP Bearer).
    Token(Secret),
}

/// Who answers behind an address: what only such a store can be asked, by all its readers alike.
pub trait Server: Send + Sync {
    /// Where it is; with its credentials, which are not shown.
    fn place(&self) -> StoreLocation;

    /// Whether it is told who asks.
    fn knows_who(&self) -> bool;

    /// Asks it whether it lets these read, and if so, everything is asked as these from now on, as long as the program
    /// runs. Nothing is written.
    ///
    /// # Errors
    /// [`super::StoreError::Refused`] where it does not; then all is as it was.
    fn sign_in(&self, cx: &ReadCx, who: &SignIn) -> Result<()>;
}
