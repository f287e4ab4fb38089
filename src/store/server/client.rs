//! Requests to a tracking server: only such that read (`GET`, and `POST` to a search), to the one host that the user
//! named, bounded in time, size and number, given up as soon as nobody waits any more.

mod lasting;
mod sending;

use std::path::PathBuf;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use self::sending::{AT_ONCE, LOOK, Running};
use super::credentials::Credentials;
use super::exchange::{CONNECT, LONGEST, PATIENCE, Request, Response};
use super::kept::{Got, Kept, Proof};
use super::said::{beginning, error_of};
use super::sign_ins::SignIns;
use super::standing::Pulse;
use super::tls::tls;
use crate::model::{Json, Reveal, Unmasked, json};
use crate::store::{ReadCx, Refusal, Result, StoreError, StoreLocation};

/// Waits before a request is sent again that may go better then.
const PAUSES: [Duration; 3] = [Duration::from_millis(200), Duration::from_millis(700), Duration::from_secs(2)];
/// The longest pause that a server can ask for.
const LONGEST_PAUSE: Duration = Duration::from_secs(10);
/// Documents are not read beyond this: what is longer would not be parsed.
pub(super) const MAX_DOCUMENT: u64 = json::MAX_BYTES as u64;
/// Files are not read beyond this.
pub(super) const MAX_FILE: u64 = 512 << 20;
/// Ways from one address to another of the same host.
const REDIRECTS: usize = 3;

/// What need not be escaped in the value of a query.
pub(super) const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// One server.
#[derive(Clone)]
pub struct Client {
    agent: ureq::Agent,
    /// For whoever keeps files elsewhere: MLflow's certificates are for its own server.
    elsewhere: ureq::Agent,
    /// Scheme, host, port and prefix, without a slash at the end.
    pub(super) base: Arc<str>,
    pub(super) place: StoreLocation,
    /// As they were found when it was opened.
    pub(super) credentials: Credentials,
    /// What the user said since then goes before that.
    pub(super) sign_ins: SignIns,
    /// The workspace that is asked for, if any (MLflow ≥ 3.10).
    workspace: Option<Arc<str>>,
    pub(super) running: Running,
    pulse: Arc<Pulse>,
    pub(super) kept: Arc<Kept>,
}

/// What came back of a request.
#[derive(Debug)]
pub enum Answer<T> {
    /// What was asked for.
    Found(T),
    /// There is no such thing.
    Absent,
    /// This server has no such endpoint: it is of another version.
    NoEndpoint,
    /// It does not understand the request: what it says.
    Rejected(String),
}

/// Bytes of a file as a server gives them.
#[derive(Debug)]
pub struct Bytes {
    /// Its beginning.
    pub bytes: Unmasked<Vec<u8>>,
    /// How long it is, as far as the server says.
    pub length: Option<u64>,
    /// It goes on.
    pub is_cut: bool,
}

impl Client {
    /// A client of the server at `base`, which is asked nothing yet. `variable` reads the environment; what the server
    /// says is kept in the folder `cache`.
    ///
    /// # Errors
    /// [`StoreError::Network`] where a certificate that MLflow's variables name cannot be used.
    pub fn new(
        place: StoreLocation,
        base: &str,
        credentials: Credentials,
        variable: impl Fn(&str) -> Option<String>,
        cache: Option<PathBuf>,
    ) -> Result<Self> {
        let tls = tls(&variable).map_err(|message| StoreError::Network { place: place.clone(), message })?;
        let builder = || {
            ureq::Agent::config_builder()
                .http_status_as_error(false)
                .max_redirects(0)
                .max_redirects_will_error(false)
                .timeout_global(Some(LONGEST))
                .timeout_connect(Some(CONNECT))
                .timeout_recv_response(Some(PATIENCE))
                .timeout_per_read(Some(PATIENCE))
                .max_idle_connections_per_host(AT_ONCE)
                .user_agent(concat!("dspyglass/", env!("CARGO_PKG_VERSION")))
        };
        let workspace: Option<Arc<str>> = variable("MLFLOW_WORKSPACE").filter(|name| !name.is_empty()).map(Arc::from);
        let kept = Kept::new(cache, &place, base, workspace.as_deref());
        Ok(Self {
            agent: builder().tls_config(tls).build().new_agent(),
            elsewhere: builder().build().new_agent(),
            base: base.trim_end_matches('/').into(),
            place,
            credentials,
            sign_ins: SignIns::default(),
            workspace,
            running: Arc::default(),
            pulse: Arc::default(),
            kept: Arc::new(kept),
        })
    }

    /// Whether it is asked by TLS.
    pub(super) fn has_tls(&self) -> bool {
        self.base.starts_with("https://")
    }

    /// Where the server is.
    pub fn place(&self) -> &StoreLocation {
        &self.place
    }

    /// The server that the credentials of the environment are for, if it is another one: they are not sent to this.
    pub fn owner_of_credentials(&self) -> Option<String> {
        self.who().owner().map(str::to_owned)
    }

    /// Asks for a JSON document. `query`: names and values, escaped here.
    ///
    /// # Errors
    /// [`StoreError`] where nobody answers, or not as MLflow does.
    pub fn get(&self, cx: &ReadCx, path: &str, query: &[(&str, &str)]) -> Result<Answer<Unmasked<Json>>> {
        self.get_lasting(cx, path, query, None).map(|(answer, _)| answer)
    }

    /// Asks a search, which is the one kind of `POST` that changes nothing.
    ///
    /// # Errors
    /// As [`Self::get`].
    pub fn search(&self, cx: &ReadCx, path: &str, body: &Json) -> Result<Answer<Unmasked<Json>>> {
        debug_assert!(path.ends_with("/search"), "{path} is no search");
        self.json(cx, path, &self.posting(path, body))
    }

    /// A request that posts a document.
    pub(super) fn posting(&self, path: &str, body: &Json) -> Request {
        Request { body: Some(body.to_string().into_bytes()), ..Request::get(self.url(path, &[]), MAX_DOCUMENT) }
    }

    /// Asks for the first `most` bytes of a file. `is_patient`: again, where the server says that it could not. `holds` as
    /// in [`Self::get_lasting`]; what is got is sealed with it.
    ///
    /// # Errors
    /// As [`Self::get`].
    pub fn bytes(
        &self,
        cx: &ReadCx,
        path: &str,
        query: &[(&str, &str)],
        most: u64,
        is_patient: bool,
        holds: Option<&Proof>,
    ) -> Result<Answer<Bytes>> {
        let request = Request::get(self.url(path, query), most.min(MAX_FILE));
        let (response, got) = self.kept_or_answered(cx, &request, is_patient, holds)?;
        if response.status == 200 {
            self.seal(cx, got, holds);
            let Response { bytes, length, is_cut, .. } = response;
            return Ok(Answer::Found(Bytes { bytes: Unmasked::new(bytes), length, is_cut }));
        }
        Err(match self.refused(path, response)? {
            Answer::Absent => {
                self.seal(cx, got, holds);
                return Ok(Answer::Absent);
            }
            Answer::NoEndpoint => return Ok(Answer::NoEndpoint),
            Answer::Rejected(why) => return Ok(Answer::Rejected(why)),
            Answer::Found(_) => self.strange(path, "two answers"),
        })
    }

    pub(super) fn url(&self, path: &str, query: &[(&str, &str)]) -> String {
        let mut url = format!("{}{path}", self.base);
        for (at, (key, value)) in query.iter().enumerate() {
            url.push(if at == 0 { '?' } else { '&' });
            url.push_str(key);
            url.push('=');
            url.extend(utf8_percent_encode(value, PLAIN));
        }
        url
    }

    pub(super) fn json(&self, cx: &ReadCx, path: &str, request: &Request) -> Result<Answer<Unmasked<Json>>> {
        self.lasting_json(cx, path, request, None).map(|(answer, _)| answer)
    }

    fn lasting_json(
        &self,
        cx: &ReadCx,
        path: &str,
        request: &Request,
        holds: Option<&Proof>,
    ) -> Result<(Answer<Unmasked<Json>>, Option<Got>)> {
        let (response, got) = self.kept_or_answered(cx, request, true, holds)?;
        let answer = self.document(path, response)?;
        let got = if matches!(answer, Answer::Found(_)) { got } else { None };
        Ok((answer, got))
    }

    /// The document that an answer holds.
    fn document(&self, path: &str, response: Response) -> Result<Answer<Unmasked<Json>>> {
        if response.status != 200 {
            return self.refused(path, response);
        }
        if response.is_cut {
            return Err(self.strange(path, &format!("an answer of more than {} MB", MAX_DOCUMENT >> 20)));
        }
        let decoded = json::decode(&response.bytes);
        if decoded.marks.is_raw || !decoded.value.as_stored_for_structure().is_object() {
            return Err(self.strange(path, &beginning(&response.bytes)));
        }
        Ok(Answer::Found(decoded.value))
    }

    /// What an answer means that is not what was asked for.
    fn refused(&self, path: &str, response: Response) -> Result<Answer<Unmasked<Json>>> {
        let said = if response.is_json { error_of(&response.bytes) } else { None };
        let has_code = |code: &str| said.as_ref().is_some_and(|(own, _)| own == code);
        match response.status {
            401 => {
                let is_elsewhere = self.who().owner().is_some();
                let refusal = if is_elsewhere { Refusal::Elsewhere } else { Refusal::Unknown };
                Err(StoreError::Refused { place: self.place.clone(), refusal })
            }
            403 => Err(StoreError::Refused { place: self.place.clone(), refusal: Refusal::Forbidden }),
            _ if has_code("RESOURCE_DOES_NOT_EXIST") || has_code("NOT_FOUND") => Ok(Answer::Absent),
            404 | 405 => Ok(Answer::NoEndpoint),
            _ if has_code("ENDPOINT_NOT_FOUND") || has_code("NOT_IMPLEMENTED") => Ok(Answer::NoEndpoint),
            400 if said.is_some() => Ok(Answer::Rejected(said.map(|(_, message)| message).unwrap_or_default())),
            status => {
                let what = said.map(|(_, message)| message).unwrap_or_else(|| beginning(&response.bytes));
                Err(self.strange(path, &format!("{status}: {what}")))
            }
        }
    }

    /// An answer that no MLflow gives.
    pub fn strange(&self, path: &str, what: &str) -> StoreError {
        let what = Unmasked::new(format!("{path} gives {what}")).readable(Reveal::Masked);
        StoreError::Answer { place: self.place.clone(), what }
    }

    /// Sends a request, again where that may help, and follows the server within its own host. `who` asks all the time,
    /// whoever signs in meanwhile.
    pub(super) fn answered(
        &self,
        cx: &ReadCx,
        request: &Request,
        who: &Credentials,
        is_patient: bool,
    ) -> Result<Response> {
        let mut request = request.clone();
        let mut pauses = PAUSES.into_iter();
        let mut redirects = 0;
        let began = Instant::now();
        loop {
            cx.check()?;
            let since = Instant::now();
            let sent = self.send(cx, request.clone(), who.clone());
            // Somebody else's storage says nothing of the server.
            if request.signed.is_none() && (pauses.len() == 0 || is_final(&sent)) {
                self.pulse.feel(sent.as_ref().map_err(Failure::error), began, since.elapsed());
            }
            let (error, pause) = match sent {
                Ok(response) if (300..400).contains(&response.status) => {
                    let to = response.elsewhere.unwrap_or_default();
                    redirects += 1;
                    if redirects > REDIRECTS {
                        return Err(self.network("it sends whoever asks from one address to another without end"));
                    }
                    request.url = self.within_host(&request.url, &to)?;
                    continue;
                }
                Ok(response) if response.status == 500 && !is_patient => return Ok(response),
                Ok(response) if matches!(response.status, 429 | 500 | 502 | 503 | 504) => match pauses.next() {
                    Some(pause) => (None, response.pause.map_or(pause, |asked| asked.min(LONGEST_PAUSE))),
                    None => return Ok(response),
                },
                Ok(response) => return Ok(response),
                Err(Failure::Final(error)) => return Err(error),
                Err(Failure::MayPass(error)) => match pauses.next() {
                    Some(pause) => (Some(error), pause),
                    None => return Err(error),
                },
            };
            drop(error);
            let until = Instant::now() + pause;
            while Instant::now() < until {
                cx.check()?;
                thread::sleep(LOOK);
            }
        }
    }

    /// Where a redirect leads, if that is the same host by the same scheme; nobody else is asked, least of all with
    /// credentials.
    fn within_host(&self, from: &str, to: &str) -> Result<String> {
        let origin = |url: &str| {
            let (scheme, rest) = url.split_once("://")?;
            let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
            Some((
                format!("{}://{}", scheme.to_ascii_lowercase(), rest[..end].to_ascii_lowercase()),
                scheme.len() + 3 + end,
            ))
        };
        let (own, end) = origin(from).unwrap_or_default();
        if to.starts_with('/') && !to.starts_with("//") {
            return Ok(format!("{}{to}", &from[..end.min(from.len())]));
        }
        match origin(to) {
            Some((other, _)) if other == own => Ok(to.to_owned()),
            Some((other, _)) => {
                let other = StoreLocation::from(other.as_str());
                Err(self.network(&format!("it sends whoever asks on to {other}; open that address if you trust it")))
            }
            None => Err(self.network("it sends whoever asks on to nowhere")),
        }
    }

    fn network(&self, message: &str) -> StoreError {
        StoreError::Network { place: self.place.clone(), message: message.to_owned() }
    }
}

/// Why there is no answer.
pub(super) enum Failure {
    /// The next time it may be there.
    MayPass(StoreError),
    /// It will be the same.
    Final(StoreError),
}

impl Failure {
    fn error(&self) -> &StoreError {
        match self {
            Self::MayPass(error) | Self::Final(error) => error,
        }
    }
}

/// Whether the same request is not sent again.
fn is_final(sent: &std::result::Result<Response, Failure>) -> bool {
    match sent {
        Ok(response) => !matches!(response.status, 429 | 500 | 502..=504),
        Err(failure) => matches!(failure, Failure::Final(_)),
    }
}
