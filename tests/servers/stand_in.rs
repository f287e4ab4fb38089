//! A server on loopback that answers each request as a test says, and remembers what it was asked.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

/// A request as it arrived.
#[derive(Clone, Debug)]
pub struct Asked {
    pub method: String,
    /// Path and query.
    pub path: String,
    /// Headers, names in small letters.
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Asked {
    /// The value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }
}

/// What is answered.
pub enum Reply {
    /// A status, further headers, a body.
    Said(u16, Vec<(&'static str, String)>, Vec<u8>),
    /// The beginning of an answer that promises more, then nothing.
    Half(Vec<u8>),
    /// An answer without an end.
    Endless,
    /// The same, a few bytes at a time.
    Drips,
    /// Nothing, with the connection open.
    Hangs,
    /// Nothing, with the connection closed.
    Dies,
}

/// A JSON document with status 200.
pub fn json(text: &str) -> Reply {
    Reply::Said(200, vec![("Content-Type", "application/json".to_owned())], text.as_bytes().to_vec())
}

/// An error as MLflow says it.
pub fn error(status: u16, code: &str, message: &str) -> Reply {
    let body = serde_json::json!({"error_code": code, "message": message}).to_string();
    Reply::Said(status, vec![("Content-Type", "application/json".to_owned())], body.into_bytes())
}

/// A page as a web server says it.
pub fn page(status: u16) -> Reply {
    let body = b"<!doctype html>\n<html><title>Not this</title></html>".to_vec();
    Reply::Said(status, vec![("Content-Type", "text/html".to_owned())], body)
}

/// The server; it ends with its value.
pub struct StandIn {
    port: u16,
    asked: Arc<Mutex<Vec<Asked>>>,
    is_over: Arc<AtomicBool>,
}

impl StandIn {
    /// Answers by `reply`, each connection on a thread of its own.
    pub fn new(reply: impl Fn(&Asked) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let (asked, is_over) = (Arc::<Mutex<Vec<Asked>>>::default(), Arc::<AtomicBool>::default());
        let reply = Arc::new(reply);
        let (seen, over) = (Arc::clone(&asked), Arc::clone(&is_over));
        let serve = move || {
            for stream in listener.incoming().flatten() {
                if over.load(Ordering::Relaxed) {
                    break;
                }
                let (reply, seen, over) = (Arc::clone(&reply), Arc::clone(&seen), Arc::clone(&over));
                let name = thread::Builder::new().name("stand-in-connection".to_owned());
                name.spawn(move || answer(stream, &*reply, &seen, &over)).expect("a thread");
            }
        };
        thread::Builder::new().name("stand-in".to_owned()).spawn(serve).expect("a thread");
        Self { port, asked, is_over }
    }

    /// Its address; `user` is put in front of the host (`name:password@`).
    pub fn address(&self, user: &str) -> String {
        format!("http://{user}127.0.0.1:{}", self.port)
    }

    /// What it was asked so far.
    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for StandIn {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::Relaxed);
        // The listener waits for one more.
        drop(TcpStream::connect(("127.0.0.1", self.port)));
    }
}

fn answer(stream: TcpStream, reply: &dyn Fn(&Asked) -> Reply, seen: &Mutex<Vec<Asked>>, over: &AtomicBool) {
    let mut reader = BufReader::new(stream.try_clone().expect("a stream"));
    let mut stream = stream;
    stream.set_nodelay(true).expect("a stream");
    while let Some(asked) = read(&mut reader) {
        seen.lock().unwrap_or_else(PoisonError::into_inner).push(asked.clone());
        match reply(&asked) {
            Reply::Said(status, headers, body) => {
                let mut head = format!("HTTP/1.1 {status} Said\r\nContent-Length: {}\r\n", body.len());
                for (name, value) in headers {
                    head.push_str(&format!("{name}: {value}\r\n"));
                }
                if stream.write_all(format!("{head}\r\n").as_bytes()).and_then(|()| stream.write_all(&body)).is_err() {
                    return;
                }
            }
            Reply::Half(body) => {
                let head = format!(
                    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
                    body.len() * 2
                );
                let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&body));
                return;
            }
            Reply::Endless => {
                let _ = stream.write_all(
                    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n{\"a\": \"",
                );
                let piece = vec![b'x'; 1 << 20];
                while !over.load(Ordering::Relaxed) && stream.write_all(&piece).is_ok() {}
                return;
            }
            Reply::Drips => {
                let begin = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n{\"a\": \"";
                let mut is_open = stream.write_all(begin).is_ok();
                while is_open && !over.load(Ordering::Relaxed) {
                    thread::sleep(std::time::Duration::from_millis(1));
                    is_open = stream.write_all(b"xxxx").is_ok();
                }
                return;
            }
            Reply::Hangs => {
                while !over.load(Ordering::Relaxed) {
                    thread::sleep(std::time::Duration::from_millis(5));
                }
                return;
            }
            Reply::Dies => return,
        }
    }
}

fn read(reader: &mut BufReader<TcpStream>) -> Option<Asked> {
    let mut line = String::new();
    (reader.read_line(&mut line).ok()? > 0).then_some(())?;
    let mut words = line.split_whitespace();
    let (method, path) = (words.next()?.to_owned(), words.next()?.to_owned());
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    let length = headers.iter().find(|(name, _)| name == "content-length").and_then(|(_, value)| value.parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    reader.read_exact(&mut body).ok()?;
    Some(Asked { method, path, headers, body: String::from_utf8_lossy(&body).into_owned() })
}
