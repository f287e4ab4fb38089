//! One request and its answer, without a judgement on either.

use std::io::Read;
use std::time::Duration;

use crate::model::{Reveal, Unmasked};

/// How long it may take to reach a server.
pub const CONNECT: Duration = Duration::from_secs(10);

/// How long a request may take as a whole, however steadily its answer comes.
pub const LONGEST: Duration = Duration::from_secs(15 * 60);

/// How long a server may need until it begins to answer, or between two pieces of an answer.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// Of an answer that is an error no more is read, in bytes.
const ERROR: u64 = 1 << 20;

/// What is asked.
#[derive(Clone)]
pub struct Request {
    /// Where.
    pub url: String,
    /// A JSON document to post; `None`: it is a `GET`.
    pub body: Option<Vec<u8>>,
    /// No more bytes of what was asked for are read.
    pub most: u64,
    /// It leads to somebody else, who is sent these headers and learns nothing of who asks.
    pub signed: Option<Vec<(String, String)>>,
    /// What comes back lets whoever has it in, and is kept nowhere.
    pub is_secret: bool,
}

impl Request {
    /// A `GET` of no more than `most` bytes.
    pub fn get(url: String, most: u64) -> Self {
        Self { url, body: None, most, signed: None, is_secret: false }
    }
}

/// An address that lets whoever has it read one file for a while; it is a secret.
pub struct Signed {
    /// The address.
    pub url: String,
    /// What has to be sent along.
    pub headers: Vec<(String, String)>,
}

/// What was answered, whatever it is.
pub struct Response {
    /// HTTP's status.
    pub status: u16,
    /// It says that it is JSON.
    pub is_json: bool,
    /// Where it sends whoever asks.
    pub elsewhere: Option<String>,
    /// How long it asks to be left alone.
    pub pause: Option<Duration>,
    /// How long the whole of it is, if it says so.
    pub length: Option<u64>,
    /// What was read of it.
    pub bytes: Vec<u8>,
    /// It goes on.
    pub is_cut: bool,
}

/// One request and what comes back, read until enough of it is there. Once nobody wants it any more it is an error: half
/// an answer is never given as a whole one.
pub fn exchange(
    agent: &ureq::Agent,
    request: &Request,
    credentials: Option<&str>,
    workspace: Option<&str>,
    is_wanted: impl Fn() -> bool,
) -> std::result::Result<Response, ureq::Error> {
    let mut headers = vec![("Accept", "application/json, */*")];
    match &request.signed {
        Some(own) => headers.extend(own.iter().map(|(name, value)| (name.as_str(), value.as_str()))),
        None => {
            headers.extend(credentials.map(|value| ("Authorization", value)));
            headers.extend(workspace.map(|name| ("X-MLFLOW-WORKSPACE", name)));
        }
    }
    let mut response = match &request.body {
        None => {
            let get = agent.get(&request.url);
            headers.into_iter().fold(get, |get, (name, value)| get.header(name, value)).call()?
        }
        Some(body) => {
            let post = agent.post(&request.url).header("Content-Type", "application/json");
            headers.into_iter().fold(post, |post, (name, value)| post.header(name, value)).send(&body[..])?
        }
    };
    let header = |name: &str| response.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let is_json = header("content-type").is_some_and(|kind| kind.contains("json"));
    let elsewhere = header("location");
    let pause = header("retry-after").and_then(|text| text.trim().parse().ok()).map(Duration::from_secs);
    let length = header("content-length").and_then(|text| text.trim().parse().ok());
    let (status, mut bytes) = (response.status().as_u16(), Vec::new());
    let most = if response.status().is_success() { request.most } else { ERROR };
    // One more than is wanted tells whether it goes on.
    let mut reader = response.body_mut().as_reader().take(most.saturating_add(1));
    let mut piece = vec![0; 64 << 10];
    loop {
        let count = reader.read(&mut piece).map_err(ureq::Error::Io)?;
        let Some(read) = piece.get(..count).filter(|read| !read.is_empty()) else { break };
        bytes.extend_from_slice(read);
        if !is_wanted() {
            return Err(ureq::Error::Io(std::io::ErrorKind::Interrupted.into()));
        }
    }
    let is_cut = bytes.len() as u64 > most;
    bytes.truncate(usize::try_from(most).unwrap_or(usize::MAX));
    Ok(Response { status, is_json, elsewhere, pause, length, bytes, is_cut })
}

/// What went wrong on the way, without the address, which is told beside it.
pub fn said_of(error: &ureq::Error) -> String {
    match error {
        ureq::Error::HostNotFound => "there is no such host".to_owned(),
        ureq::Error::ConnectionFailed => "connection refused".to_owned(),
        ureq::Error::Timeout(ureq::Timeout::Connect | ureq::Timeout::Resolve) => {
            format!("no connection within {} s", CONNECT.as_secs())
        }
        ureq::Error::Timeout(ureq::Timeout::Global) => {
            format!("the answer was not whole after {} min", LONGEST.as_secs() / 60)
        }
        ureq::Error::Timeout(_) => format!("no answer for {} s", PATIENCE.as_secs()),
        ureq::Error::Io(source) if source.kind() == std::io::ErrorKind::ConnectionRefused => {
            "connection refused".to_owned()
        }
        ureq::Error::Io(source) if source.kind() == std::io::ErrorKind::UnexpectedEof => BROKE_OFF.to_owned(),
        ureq::Error::Io(source) => Unmasked::new(source.to_string()).readable(Reveal::Masked),
        other => Unmasked::new(other.to_string()).readable(Reveal::Masked),
    }
}

const BROKE_OFF: &str = "the answer broke off";

/// Whether it may go better at once: the connection was lost, while a host that is not there stays so.
pub fn may_pass(message: &str) -> bool {
    message == BROKE_OFF || message.contains("reset") || message.contains("closed") || message.contains("disconnected")
}
