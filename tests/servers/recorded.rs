//! Older servers by what they answered: MLflow 2.22.1 and 3.5.1 on stores of their own age, each request with its
//! answer in a file of `tests/servers/answers`. What is read of that must be what the file behind it tells.
//!
//! `DSPYGLASS_RECORD=1 DSPYGLASS_MLFLOW=…/mlflow cargo test --test servers recorded` asks the server of the `mlflow` that
//! is named, compares, and writes the file anew where one has that version.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use dspyglass::store::{OpenOptions, open};
use serde_json::{Value, json};

use crate::between::forward;
use crate::compare::compare;
use crate::real::{Server, copy, localize, mlflow, upgraded, version_of};
use crate::stand_in::{Asked, Reply, StandIn};
use crate::terminal;

/// Versions, and the recordings that their servers stood on.
const RECORDED: [(&str, &str); 2] = [("2.22.1", "v2.22"), ("3.5.1", "v3.5")];

/// Where the store is said to be, whichever folder its copy is in: the answers hold it.
const PLACE: &str = "/tmp/dspyglass-recorded";

fn file_of(version: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/servers/answers").join(format!("mlflow-{version}.jsonl.gz"))
}

/// What tells requests apart.
fn key(asked: &Asked) -> String {
    let body = serde_json::from_str::<Value>(&asked.body).map_or_else(|_| asked.body.clone(), |body| body.to_string());
    format!("{} {} {body}", asked.method, asked.path)
}

#[test]
fn older_servers_tell_what_the_file_tells() {
    if std::env::var_os("DSPYGLASS_RECORD").is_some() {
        return record();
    }
    for (version, name) in RECORDED {
        let (home, file) = copy(name);
        localize(&file, Path::new(PLACE));
        let known = read(&file_of(version));
        let missed: Arc<Mutex<Vec<String>>> = Arc::default();
        let noted = Arc::clone(&missed);
        let server = StandIn::new(move |asked| {
            let Some((status, kind, body)) = known.get(&key(asked)) else {
                noted.lock().unwrap_or_else(PoisonError::into_inner).push(key(asked));
                return Reply::Said(400, Vec::new(), b"this was not recorded".to_vec());
            };
            Reply::Said(*status, vec![("Content-Type", kind.clone())], body.clone())
        });
        let options = OpenOptions { artifacts_dir: Some(home.path().to_owned()), ..OpenOptions::default() };
        let mut of_file = open(&file, &options).expect("the file");
        let mut of_server = open(server.address("").as_str(), &OpenOptions::default()).expect("the server");
        let compared = compare(&format!("MLflow {version}"), &mut of_file, &mut of_server);
        let printed = terminal::compare(&format!("MLflow {version}"), &file, &server.address(""), version == "3.5.1");
        let missed = missed.lock().unwrap_or_else(PoisonError::into_inner);
        assert!(missed.is_empty(), "asked for what was not recorded, record it anew: {missed:?}");
        println!("MLflow {version}: {compared} values compared, {printed} printed ones");
        assert!(compared > 100 && printed > 1_000, "{version}: {compared}, {printed}");
    }
}

/// Requests and answers of a file.
fn read(path: &Path) -> BTreeMap<String, (u16, String, Vec<u8>)> {
    let bytes = std::fs::read(path).expect("a recording");
    let mut text = String::new();
    flate2::read::GzDecoder::new(&bytes[..]).read_to_string(&mut text).expect("gzip");
    let line = |line: &str| {
        let of: Value = serde_json::from_str(line).expect("JSON");
        let said = |key: &str| of[key].as_str().unwrap_or_default().to_owned();
        let body = match of["bytes"].as_str() {
            Some(bytes) => STANDARD.decode(bytes).expect("base64"),
            None => said("text").into_bytes(),
        };
        (said("asked"), (of["status"].as_u64().expect("a status") as u16, said("kind"), body))
    };
    text.lines().map(line).collect()
}

fn record() {
    let program = mlflow().expect("a program");
    let version = version_of(&program);
    let (_, name) = RECORDED.into_iter().find(|(own, ..)| *own == version).expect("a version of these");
    let (home, file) = copy(name);
    let place = PathBuf::from(PLACE);
    let _ = std::fs::remove_dir_all(&place);
    let copied = std::process::Command::new("cp").arg("-r").arg(home.path()).arg(&place).status();
    assert!(copied.is_ok_and(|status| status.success()));
    let file = place.join(file.file_name().expect("a name"));
    localize(&file, &place);
    let server = Server::start(&program, &upgraded(&program, &file), &place);
    let lines: Arc<Mutex<BTreeMap<String, String>>> = Arc::default();
    let (noted, base) = (Arc::clone(&lines), server.address.clone());
    let proxy = StandIn::new(move |asked| {
        let (status, kind, body) = forward(&base, asked);
        let mut line = json!({"asked": key(asked), "status": status, "kind": kind});
        match std::str::from_utf8(&body) {
            Ok(text) => line["text"] = text.into(),
            Err(_) => line["bytes"] = STANDARD.encode(&body).into(),
        }
        noted.lock().unwrap_or_else(PoisonError::into_inner).insert(key(asked), line.to_string());
        Reply::Said(status, vec![("Content-Type", kind)], body)
    });
    let options = OpenOptions { allow_outside: true, ..OpenOptions::default() };
    let mut of_file = open(&file, &options).expect("the file");
    let mut of_server = open(proxy.address("").as_str(), &OpenOptions::default()).expect("the server");
    let compared = compare(name, &mut of_file, &mut of_server);
    let printed = terminal::compare(name, &file, &proxy.address(""), version == "3.5.1");
    let lines = lines.lock().unwrap_or_else(PoisonError::into_inner);
    println!("MLflow {version}: {compared} values compared, {printed} printed ones, {} answers recorded", lines.len());
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    for line in lines.values() {
        writeln!(packed, "{line}").expect("packed");
    }
    std::fs::create_dir_all(file_of(&version).parent().expect("a folder")).expect("made");
    std::fs::write(file_of(&version), packed.finish().expect("packed")).expect("written");
    let _ = std::fs::remove_dir_all(&place);
}
