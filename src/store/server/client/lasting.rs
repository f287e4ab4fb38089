//! What a client does beside asking: it keeps what was said, and knows whether anybody is there.

use super::{Answer, Client, MAX_DOCUMENT};
use crate::model::{Json, Unmasked};
use crate::store::server::exchange::{Request, Response};
use crate::store::server::kept::{Got, Proof};
use crate::store::server::standing::{AskedAgain, Standing};
use crate::store::{ReadCx, Result};

impl Client {
    /// Whether it answers, as far as that is known.
    pub fn standing(&self) -> Standing {
        self.pulse.standing()
    }

    /// How often it answered again after something older was shown.
    pub fn returns(&self) -> u64 {
        self.pulse.returns()
    }

    /// The same where `holds` shows that what was sealed with it can't have changed: it is not asked for again. Beside a
    /// new answer what can be sealed of it.
    ///
    /// # Errors
    /// As [`Self::get`].
    pub fn get_lasting(
        &self,
        cx: &ReadCx,
        path: &str,
        query: &[(&str, &str)],
        holds: Option<&Proof>,
    ) -> Result<(Answer<Unmasked<Json>>, Option<Got>)> {
        self.lasting_json(cx, path, &Request::get(self.url(path, query), MAX_DOCUMENT), holds)
    }

    /// Whether [`Self::get_lasting`] would ask nobody.
    pub fn has_kept(&self, cx: &ReadCx, path: &str, query: &[(&str, &str)], holds: Option<&Proof>) -> bool {
        let request = Request::get(self.url(path, query), MAX_DOCUMENT);
        holds.is_some_and(|holds| self.kept.holds(cx, self.who().header(), &request, holds))
    }

    /// What was answered last to such a question in this or an earlier session, and when, milliseconds since the epoch.
    /// Nobody is asked whether it still holds.
    pub fn said(&self, cx: &ReadCx, path: &str) -> Option<(Answer<Unmasked<Json>>, i64)> {
        let request = Request::get(self.url(path, &[]), MAX_DOCUMENT);
        let (response, said_ms) = self.kept.said(cx, self.who().header(), &request)?;
        Some((self.document(path, response).ok()?, said_ms))
    }

    /// Notes that something is shown that was said at this time, until what it gives is dropped: the server is being asked
    /// whether it still holds.
    pub fn asks_again(&self, said_ms: i64) -> AskedAgain {
        AskedAgain::new(&self.pulse, said_ms)
    }

    /// Says of what was got that it holds as long as that can be proved.
    pub fn seal(&self, cx: &ReadCx, got: Option<Got>, proof: Option<&Proof>) {
        if let (Some(got), Some(proof)) = (got, proof) {
            self.kept.seal(cx, &got, proof);
        }
    }

    /// Whether anything is kept.
    pub fn keeps(&self) -> bool {
        self.kept.is_used()
    }

    /// What came of a request, or what is kept of it for whoever asks: they are told by the header that goes with it.
    pub(super) fn kept_or_answered(
        &self,
        cx: &ReadCx,
        request: &Request,
        is_patient: bool,
        holds: Option<&Proof>,
    ) -> Result<(Response, Option<Got>)> {
        let who = self.who();
        let ask = || self.answered(cx, request, &who, is_patient);
        if request.is_secret {
            return ask().map(|response| (response, None));
        }
        self.kept.answer(cx, who.header(), request, holds, &self.pulse, ask)
    }
}
