//! Who answers behind an address, what it has, and who the user is to it.

use super::{ReadCx, Result, Standing, StoreLocation};
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

    /// How many requests are under way.
    fn in_flight(&self) -> usize;

    /// How current it is what it tells.
    fn standing(&self) -> Standing;

    /// What it does not tell, whatever it is asked: each as a part of a list.
    fn untold(&self) -> &'static [&'static str];

    /// Which MLflow answers and which endpoints it has; asks only what reads, for things that are not there.
    ///
    /// # Errors
    /// Where nobody answers.
    fn report(&self, cx: &ReadCx) -> Result<ServerReport>;

    /// Whether it is told who asks.
    fn knows_who(&self) -> bool;

    /// Asks it whether it lets these read, and if so, everything is asked as these from now on, as long as the program
    /// runs. Nothing is written.
    ///
    /// # Errors
    /// [`super::StoreError::Refused`] where it does not; then all is as it was.
    fn sign_in(&self, cx: &ReadCx, who: &SignIn) -> Result<()>;
}

/// Which MLflow answers, and which endpoints it has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerReport {
    /// Its version (`3.17.2`), if it says so.
    pub version: Option<String>,
    /// Where it keeps runs and traces (`SqlStore`), if it says so (MLflow ≥ 3.10).
    pub store_type: Option<String>,
    /// Whether it has workspaces, if it says so (MLflow ≥ 3.10).
    pub workspaces: Option<bool>,
    /// The endpoints that reading needs, or would use.
    pub endpoints: Vec<Endpoint>,
}

/// An endpoint of a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// What it is asked for: `Spans of a trace`.
    pub what: &'static str,
    /// Where it is, behind the address of the server.
    pub path: &'static str,
    /// Whether it is there; `None`: the server does not let that be seen, or fails.
    pub is_there: Option<bool>,
    /// What becomes of it where it is missing: `spans are fetched trace by trace`.
    pub otherwise: &'static str,
}

impl Endpoint {
    /// Whether it is there and what is done without it.
    pub fn words(&self) -> String {
        match self.is_there {
            Some(true) => "there".to_owned(),
            Some(false) => format!("missing: {}", self.otherwise),
            None => "not known: the server does not say".to_owned(),
        }
    }
}

impl ServerReport {
    /// What it says of itself, by name.
    pub fn facts(&self) -> Vec<(&'static str, String)> {
        let unknown = || "not told".to_owned();
        let workspaces = self.workspaces.map(|are_on| if are_on { "on" } else { "off" }.to_owned());
        vec![
            ("Version", self.version.as_ref().map_or_else(unknown, |version| format!("MLflow {version}"))),
            ("Store type", self.store_type.clone().unwrap_or_else(unknown)),
            ("Workspaces", workspaces.unwrap_or_else(unknown)),
        ]
    }
}
