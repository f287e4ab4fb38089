//! Requests to a tracking server: only such that read (`GET`, and `POST` to a search), to the one host that the user
//! named, bounded in time, size and number, given up as soon as nobody waits any more.

use std::sync::{Arc, Condvar, Mutex, PoisonError, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::credentials::Credentials;
use super::exchange::{PATIENCE, Request, Response, exchange, may_pass, said_of};
use super::sign_ins::SignIns;
use super::standing::{Pulse, Standing};
use super::tls::tls;
use crate::model::{Json, Reveal, Unmasked, json};
use crate::store::{ReadCx, Refusal, Result, StoreError, StoreLocation};

/// How long it may take to reach it.
const CONNECT: Duration = Duration::from_secs(10);
/// How often whoever waits looks whether he still has to.
const LOOK: Duration = Duration::from_millis(20);
/// Waits before a request is sent again that may go better then.
const PAUSES: [Duration; 3] = [Duration::from_millis(200), Duration::from_millis(700), Duration::from_secs(2)];
/// The longest pause that a server can ask for.
const LONGEST_PAUSE: Duration = Duration::from_secs(10);
/// Answers are not read beyond this.
const MAX_BYTES: u64 = 512 << 20;
/// Requests at the same time.
const AT_ONCE: usize = 6;
/// Ways from one address to another of the same host.
const REDIRECTS: usize = 3;
/// What of an answer that is no JSON is told.
const TOLD: usize = 120;

/// What need not be escaped in the value of a query.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// One server.
#[derive(Clone)]
pub struct Client {
    agent: ureq::Agent,
    /// Scheme, host, port and prefix, without a slash at the end.
    pub(super) base: Arc<str>,
    pub(super) place: StoreLocation,
    /// As they were found when it was opened.
    pub(super) credentials: Credentials,
    /// What the user said since then goes before that.
    pub(super) sign_ins: SignIns,
    /// The workspace that is asked for, if any (MLflow ≥ 3.10).
    workspace: Option<Arc<str>>,
    pub(super) running: Arc<(Mutex<usize>, Condvar)>,
    pulse: Arc<Pulse>,
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
    /// A client of the server at `base`, which is asked nothing yet. `variable` reads the environment.
    ///
    /// # Errors
    /// [`StoreError::Network`] where a certificate that MLflow's variables name cannot be used.
    pub fn new(
        place: StoreLocation,
        base: &str,
        credentials: Credentials,
        variable: impl Fn(&str) -> Option<String>,
    ) -> Result<Self> {
        let tls = tls(&variable).map_err(|message| StoreError::Network { place: place.clone(), message })?;
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .timeout_connect(Some(CONNECT))
            .timeout_recv_response(Some(PATIENCE))
            .timeout_per_read(Some(PATIENCE))
            .max_idle_connections_per_host(AT_ONCE)
            .user_agent(concat!("dspyglass/", env!("CARGO_PKG_VERSION")))
            .tls_config(tls)
            .build();
        Ok(Self {
            agent: config.new_agent(),
            base: base.trim_end_matches('/').into(),
            place,
            credentials,
            sign_ins: SignIns::default(),
            workspace: variable("MLFLOW_WORKSPACE").filter(|name| !name.is_empty()).map(Arc::from),
            running: Arc::default(),
            pulse: Arc::default(),
        })
    }

    /// Where the server is.
    pub fn place(&self) -> &StoreLocation {
        &self.place
    }

    /// Whether it answers, as far as that is known.
    pub fn standing(&self) -> Standing {
        self.pulse.standing()
    }

    /// See [`Pulse::returns`].
    pub fn returns(&self) -> u64 {
        self.pulse.returns()
    }

    /// Asks for a JSON document. `query`: names and values, escaped here.
    ///
    /// # Errors
    /// [`StoreError`] where nobody answers, or not as MLflow does.
    pub fn get(&self, cx: &ReadCx, path: &str, query: &[(&str, &str)]) -> Result<Answer<Unmasked<Json>>> {
        self.json(cx, path, Request { url: self.url(path, query), body: None, most: MAX_BYTES })
    }

    /// Asks a search, which is the one kind of `POST` that changes nothing.
    ///
    /// # Errors
    /// As [`Self::get`].
    pub fn search(&self, cx: &ReadCx, path: &str, body: &Json) -> Result<Answer<Unmasked<Json>>> {
        debug_assert!(path.ends_with("/search"), "{path} is no search");
        self.json(
            cx,
            path,
            Request { url: self.url(path, &[]), body: Some(body.to_string().into_bytes()), most: MAX_BYTES },
        )
    }

    /// Asks for the first `most` bytes of a file. `is_patient`: again, where the server says that it could not.
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
    ) -> Result<Answer<Bytes>> {
        let request = Request { url: self.url(path, query), body: None, most: most.min(MAX_BYTES) };
        let response = self.answered(cx, &request, is_patient)?;
        if response.status == 200 {
            let Response { bytes, length, is_cut, .. } = response;
            return Ok(Answer::Found(Bytes { bytes: Unmasked::new(bytes), length, is_cut }));
        }
        Err(match self.refused(path, response)? {
            Answer::Absent => return Ok(Answer::Absent),
            Answer::NoEndpoint => return Ok(Answer::NoEndpoint),
            Answer::Rejected(why) => return Ok(Answer::Rejected(why)),
            Answer::Found(_) => self.strange(path, "two answers"),
        })
    }

    fn url(&self, path: &str, query: &[(&str, &str)]) -> String {
        let mut url = format!("{}{path}", self.base);
        for (at, (key, value)) in query.iter().enumerate() {
            url.push(if at == 0 { '?' } else { '&' });
            url.push_str(key);
            url.push('=');
            url.extend(utf8_percent_encode(value, PLAIN));
        }
        url
    }

    fn json(&self, cx: &ReadCx, path: &str, request: Request) -> Result<Answer<Unmasked<Json>>> {
        let response = self.answered(cx, &request, true)?;
        if response.status != 200 {
            return self.refused(path, response);
        }
        if response.is_cut {
            return Err(self.strange(path, &format!("an answer of more than {} MB", MAX_BYTES >> 20)));
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
            401 => Err(StoreError::Refused { place: self.place.clone(), refusal: Refusal::Unknown }),
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

    /// Sends a request, again where that may help, and follows the server within its own host.
    fn answered(&self, cx: &ReadCx, request: &Request, is_patient: bool) -> Result<Response> {
        let mut request = request.clone();
        let mut pauses = PAUSES.into_iter();
        let mut redirects = 0;
        loop {
            cx.check()?;
            let since = Instant::now();
            let sent = self.send(cx, request.clone());
            if pauses.len() == 0 || is_final(&sent) {
                let sent = sent.as_ref().map(|response| response.status);
                self.pulse.feel(sent.map_err(Failure::error), since.elapsed());
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

    /// Sends one request on a thread of its own: whoever waits can leave before the server has answered.
    fn send(&self, cx: &ReadCx, request: Request) -> std::result::Result<Response, Failure> {
        let turn = self.turn(cx).map_err(Failure::Final)?;
        let (sender, receiver) = mpsc::sync_channel(1);
        let (agent, credentials, workspace) = (self.agent.clone(), self.who(), self.workspace.clone());
        let cancel = cx.cancel_token().clone();
        let work = move || {
            let _turn = turn;
            let is_wanted = || !cancel.is_cancelled();
            let _ = sender.send(exchange(&agent, &request, credentials.header(), workspace.as_deref(), is_wanted));
        };
        let thread = thread::Builder::new().name("dspyglass-request".to_owned()).spawn(work);
        if let Err(error) = thread {
            return Err(Failure::Final(self.network(&format!("no thread for the request: {error}"))));
        }
        loop {
            match receiver.recv_timeout(LOOK) {
                Ok(Ok(response)) => return Ok(response),
                Ok(Err(error)) => {
                    let message = said_of(&error);
                    let error = self.network(&message);
                    return Err(if may_pass(&message) { Failure::MayPass(error) } else { Failure::Final(error) });
                }
                Err(mpsc::RecvTimeoutError::Timeout) => cx.check().map_err(Failure::Final)?,
                Err(mpsc::RecvTimeoutError::Disconnected) => {
                    return Err(Failure::Final(self.network("the request broke off")));
                }
            }
        }
    }

    /// Waits until a request may be sent.
    fn turn(&self, cx: &ReadCx) -> Result<Turn> {
        let (count, freed) = &*self.running;
        let mut running = count.lock().unwrap_or_else(PoisonError::into_inner);
        while *running >= AT_ONCE {
            cx.check()?;
            running = freed.wait_timeout(running, LOOK).unwrap_or_else(PoisonError::into_inner).0;
        }
        *running += 1;
        Ok(Turn(Arc::clone(&self.running)))
    }
}

/// Why there is no answer.
enum Failure {
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

/// One of the requests that may run; free again when it is dropped.
struct Turn(Arc<(Mutex<usize>, Condvar)>);

impl Drop for Turn {
    fn drop(&mut self) {
        let (count, freed) = &*self.0;
        let mut running = count.lock().unwrap_or_else(PoisonError::into_inner);
        *running = running.saturating_sub(1);
        freed.notify_one();
    }
}

/// MLflow's own words for what is wrong: its code and its message.
fn error_of(bytes: &[u8]) -> Option<(String, String)> {
    let said = json::decode(bytes).value;
    let said = said.as_stored_for_structure();
    let text = |key: &str| Some(said.get(key)?.as_str()?.to_owned());
    Some((text("error_code")?, Unmasked::new(text("message").unwrap_or_default()).readable(Reveal::Masked)))
}

/// How an answer begins that is no JSON, as far as it can be told in a sentence.
fn beginning(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes.get(..4 * TOLD).unwrap_or(bytes)).into_owned();
    let is_page = text.trim_start().starts_with('<');
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let text: String = text.chars().take(TOLD).collect();
    match (text.is_empty(), is_page) {
        (true, _) => "an empty answer".to_owned(),
        (_, true) => "a web page".to_owned(),
        _ => format!("what is no JSON: {text}"),
    }
}
