//! Signing in: who asks a server is told in memory, for this run of the program only.

use std::sync::{Arc, PoisonError};

use serde_json::json;

use super::Shared;
use super::client::{Answer, Client};
use super::credentials::Credentials;
use super::endpoints::EXPERIMENTS;
use super::sign_ins::SignIns;
use super::standing::Standing;
use crate::store::{ReadCx, Result, Server, ServerReport, SignIn, StoreLocation};

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

    /// A client that asks as these, whoever asks else. Nothing that is kept answers for the server.
    pub fn asking_as(&self, credentials: Credentials) -> Self {
        let mut client = self.clone();
        (client.credentials, client.sign_ins, client.kept) = (credentials, SignIns::default(), Arc::default());
        client
    }
}

/// What no server tells (MLflow 2.21 – 3.18), while a file does.
const UNTOLD: [&str; 4] = [
    "whether an answer came from a cache, before the spans of its trace are read",
    "how many spans a trace has, where MLflow did not note it",
    "which files a trace has",
    "how many assessments, datasets and logged models there are in all",
];

impl Shared {
    /// Lets go of what was told to whoever asked before. Handles of traces stay what they are.
    fn forget_what_was_told(&self) {
        self.forget_experiments();
        self.forget_failure();
        self.forget_latest();
        self.known_traces().forget_lines();
        self.spans.lock().unwrap_or_else(PoisonError::into_inner).forget();
        self.ended_runs.forget();
    }
}

impl Server for Shared {
    fn place(&self) -> StoreLocation {
        self.client.place().clone()
    }

    fn in_flight(&self) -> usize {
        *self.client.running.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn standing(&self) -> Standing {
        self.client.standing()
    }

    fn untold(&self) -> &'static [&'static str] {
        &UNTOLD
    }

    fn report(&self, cx: &ReadCx) -> Result<ServerReport> {
        self.endpoints(cx)
    }

    fn knows_who(&self) -> bool {
        self.client.who().header().is_some()
    }

    fn sign_in(&self, cx: &ReadCx, who: &SignIn) -> Result<()> {
        let credentials = Credentials::from(who);
        // `/health` is told to everybody, experiments are not.
        match self.client.asking_as(credentials.clone()).search(cx, EXPERIMENTS, &json!({"max_results": 1}))? {
            Answer::Found(_) | Answer::Rejected(_) => {
                self.client.will_ask_as(credentials);
                self.forget_what_was_told();
                Ok(())
            }
            Answer::Absent | Answer::NoEndpoint => Err(self.client.strange(EXPERIMENTS, "no experiments")),
        }
    }
}
