//! What a client does beside asking: it keeps what was said, and knows whether anybody is there.

use super::{Answer, Client, MAX_DOCUMENT};
use crate::model::{Json, Unmasked};
use crate::store::server::exchange::{Request, Response};
use crate::store::server::kept::Proof;
use crate::store::server::standing::Standing;
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

    /// The same where `holds` shows that what was sealed with it can't have changed: it is not asked for again.
    ///
    /// # Errors
    /// As [`Self::get`].
    pub fn get_lasting(
        &self,
        cx: &ReadCx,
        path: &str,
        query: &[(&str, &str)],
        holds: Option<&Proof>,
    ) -> Result<Answer<Unmasked<Json>>> {
        self.json(cx, path, &Request::get(self.url(path, query), MAX_DOCUMENT), holds)
    }

    /// Says of what was got last that it holds as long as that can be proved.
    pub fn seal(&self, cx: &ReadCx, path: &str, query: &[(&str, &str)], proof: &Proof) {
        self.seal_request(cx, &Request::get(self.url(path, query), MAX_DOCUMENT), proof);
    }

    /// The same of a request.
    pub(super) fn seal_request(&self, cx: &ReadCx, request: &Request, proof: &Proof) {
        self.as_reader(|reader| self.kept.seal(cx, reader, request, proof));
    }

    /// Whether anything is kept.
    pub fn keeps(&self) -> bool {
        self.kept.is_used()
    }

    /// What came of a request, or what is kept of it.
    pub(super) fn kept_or_answered(
        &self,
        cx: &ReadCx,
        request: &Request,
        is_patient: bool,
        holds: Option<&Proof>,
    ) -> Result<Response> {
        let ask = || self.answered(cx, request, is_patient);
        if request.is_secret {
            return ask();
        }
        self.as_reader(|reader| self.kept.answer(cx, reader, request, holds, &self.pulse, ask))
    }

    /// What is kept is kept for whoever asks: told by the header that goes with requests.
    fn as_reader<T>(&self, act: impl FnOnce(Option<&str>) -> T) -> T {
        act(self.who().header())
    }
}
