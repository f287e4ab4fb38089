//! Signing in: who asks a server is told in memory, for this run of the program only.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::json;

use super::Shared;
use super::client::{Answer, Client};
use super::credentials::Credentials;
use crate::store::{ReadCx, Result, Server, SignIn, StoreLocation};

/// Where experiments are asked for, which a server that asks who one is tells nobody else (MLflow 2.21 – 3.18).
const EXPERIMENTS: &str = "/api/2.0/mlflow/experiments/search";

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

impl From<&SignIn> for Credentials {
    fn from(who: &SignIn) -> Self {
        match who {
            SignIn::Password { user, password } => Self::basic(user, password.for_sending()),
            SignIn::Token(token) => Self::bearer(token.for_sending().trim()),
        }
    }
}

impl Client {
    /// The same for a user who may sign in. Who is named in the address has signed in by that.
    pub fn with_sign_ins(mut self, sign_ins: SignIns) -> Self {
        self.sign_ins = sign_ins;
        if self.place.address().is_some_and(|address| address.user_info().is_some()) {
            self.will_ask_as(self.credentials.clone());
        }
        self
    }

    /// Who asks now.
    pub fn who(&self) -> Credentials {
        self.sign_ins.of(&self.base).unwrap_or_else(|| self.credentials.clone())
    }

    /// All that is asked from now on is asked as these, by every client of this server.
    pub fn will_ask_as(&self, credentials: Credentials) {
        self.sign_ins.keep(&self.base, credentials);
    }

    /// A client that asks as these, whoever asks else.
    pub fn asking_as(&self, credentials: Credentials) -> Self {
        let mut client = self.clone();
        (client.credentials, client.sign_ins) = (credentials, SignIns::default());
        client
    }
}

impl Server for Shared {
    fn place(&self) -> StoreLocation {
        self.client.place().clone()
    }

    fn knows_who(&self) -> bool {
        self.client.who().header().is_some()
    }

    fn sign_in(&self, cx: &ReadCx, who: &SignIn) -> Result<()> {
        let credentials = Credentials::from(who);
        // `/version` and `/health` are told to everybody (MLflow 2.21 – 3.18); experiments are not.
        match self.client.asking_as(credentials.clone()).search(cx, EXPERIMENTS, &json!({"max_results": 1}))? {
            Answer::Found(_) | Answer::Rejected(_) => {
                self.client.will_ask_as(credentials);
                Ok(())
            }
            Answer::Absent | Answer::NoEndpoint => Err(self.client.strange(EXPERIMENTS, "no experiments")),
        }
    }
}
