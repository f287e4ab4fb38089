//! Files of traces: what `Trace.to_json` of MLflow, the download of its web page and OTLP/JSON exporters write, and
//! `dspyglass export`. Such a file is read once and as a whole, and becomes a store in memory.
//!
//! It may come from anybody: it is read up to a limit, parsed up to a depth, and what is not as it should be is one
//! sentence that names the file, or a notice where the rest can be shown.

mod mlflow;
mod otlp;

use std::path::Path;

use serde::de::IgnoredAny;

use super::memory::MemoryStore;
use super::{Capabilities, DiskKind, OpenedFor, Result, StoreError, StoreInfo, StoreLocation, untrusted};
use crate::model::{Experiment, Json, Lifecycle, SpanBody, SpanHead, TraceHead, Unmasked, json};
use crate::words;

/// Files are no larger, in bytes: in memory they take several times as much.
const MOST: u64 = 128_000_000;

/// The experiment of traces that name none.
const NO_EXPERIMENT: &str = "0";

/// A trace of a file. Nothing is masked yet: the store that it is put into does that whenever it is read.
pub(super) struct FileTrace {
    head: TraceHead,
    spans: Vec<(SpanHead, SpanBody)>,
}

/// Opens a file of traces.
///
/// # Errors
/// What the file system said, or why there are no traces in it.
pub fn open(path: &Path) -> Result<MemoryStore> {
    let failed = |why: String| StoreError::TraceFile { path: path.to_owned(), why };
    let io = |source| StoreError::Io { action: "read", path: path.to_owned(), source };
    let file = untrusted::read(path, MOST).map_err(io)?.ok_or_else(|| StoreError::NotAFile(path.to_owned()))?;
    if file.full_size > MOST {
        return Err(failed(format!(
            "it has {}, and no more than {} are opened at once; export fewer traces",
            words::bytes(file.full_size),
            words::bytes(MOST)
        )));
    }
    if file.full_size == 0 {
        return Err(failed("it is empty".to_owned()));
    }
    let size_bytes = Some(file.full_size);
    let (mut traces, mut strange) = (Vec::new(), Strange::default());
    let damaged = each_document(&file.bytes, |document| take(document, &mut traces, &mut strange)).map_err(failed)?;
    let mut notices: Vec<String> = damaged.into_iter().collect();
    if traces.is_empty() {
        return Err(failed(strange.first.unwrap_or_else(|| "its list of traces is empty".to_owned())));
    }
    if let Some(first) = strange.first {
        let left_out = words::counted(strange.count, "part");
        notices.push(format!("{left_out} of the file could not be read as traces and are left out: {first}"));
    }
    let store = MemoryStore::new();
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let mut experiments: Vec<String> = traces.iter().map(|one| one.head.row.experiment_id.to_string()).collect();
    experiments.sort();
    experiments.dedup();
    for id in &experiments {
        store.put_experiment(Experiment {
            id: id.as_str().into(),
            name: if experiments.len() == 1 { name.clone() } else { format!("{name}, experiment {id}") },
            lifecycle: Lifecycle::Active,
            creation_time_ms: None,
            artifact_location: None,
        });
    }
    let opened_for = match (&traces[..], &experiments[..]) {
        ([only], _) => Some(OpenedFor::Trace(only.head.row.id.clone())),
        (_, [only]) => Some(OpenedFor::TracesOf(only.as_str().into())),
        _ => None,
    };
    for FileTrace { head, spans } in traces {
        store.put_trace(head, spans);
    }
    // It is read once.
    store.set_capabilities(Capabilities { can_watch: false, keeps_prompts: false, ..Capabilities::ALL });
    store.set_info(StoreInfo {
        location: StoreLocation::Path(path.to_owned()),
        kind: DiskKind::TraceFile.word(),
        size_bytes,
        schema_of: None,
        opened_as: Some("read into memory".to_owned()),
        is_held: false,
        notices,
        opened_for,
        standing: None,
    });
    Ok(store)
}

/// What of a file is no trace: how often, and why the first is none. There may be many millions of them.
#[derive(Default)]
struct Strange {
    first: Option<String>,
    count: u64,
}

impl Strange {
    fn add(&mut self, why: impl FnOnce() -> String) {
        self.count += 1;
        if self.first.is_none() {
            self.first = Some(why());
        }
    }
}

/// Gives what stands in a file: one document, or one after the other, each on a line. Says if there are lines that are
/// none.
fn each_document(
    bytes: &Unmasked<Vec<u8>>,
    mut take: impl FnMut(Unmasked<Json>),
) -> std::result::Result<Option<String>, String> {
    let whole = bytes.decode();
    if !whole.marks.is_raw {
        take(whole.value);
        return Ok(None);
    }
    // It holds a copy of the file.
    drop(whole);
    let stored = bytes.as_stored_for_structure();
    let lines = (1..).zip(stored.split(|byte| *byte == b'\n')).filter(|(_, line)| !line.trim_ascii().is_empty());
    let first = lines.clone().next().map(|(_, line)| json::decode(line));
    let is_lines = first.is_some_and(|first| !first.marks.is_raw) && lines.clone().nth(1).is_some();
    if !is_lines {
        return Err(why_no_json(stored));
    }
    let (mut first_damaged, mut damaged) = (None, 0);
    for (number, line) in lines {
        let line_read = json::decode(line);
        if line_read.marks.is_raw {
            damaged += 1;
            first_damaged.get_or_insert(number);
        } else {
            take(line_read.value);
        }
    }
    Ok(first_damaged.map(|first| {
        let (lines, first) = (words::counted(damaged, "line"), words::count(first));
        format!("{lines} of the file are no JSON and are left out, the first is line {first}")
    }))
}

/// Why bytes are no JSON.
fn why_no_json(bytes: &[u8]) -> String {
    match serde_json::from_slice::<IgnoredAny>(bytes) {
        Err(error) if error.is_eof() => "it ends in the middle; copy it again from where it came".to_owned(),
        Err(error) if error.to_string().starts_with("recursion limit") => {
            format!("it is nested too deeply at line {}", words::count(error.line() as u64))
        }
        Err(error) => {
            let (line, column) = (words::count(error.line() as u64), words::count(error.column() as u64));
            format!("it is no JSON, from line {line}, character {column} on")
        }
        Ok(_) => "it is nested too deeply".to_owned(),
    }
}

/// Takes the traces out of a document, and says of entries that are none why.
fn take(document: Unmasked<Json>, traces: &mut Vec<FileTrace>, strange: &mut Strange) {
    match document.as_stored_for_structure() {
        Json::Array(_) => {
            for item in document.into_items().unwrap_or_default() {
                take_one(item, traces, strange);
            }
        }
        Json::Object(map) if map.get("traces").is_some_and(Json::is_array) => {
            let lists = document.into_entries().into_iter().flatten().filter(|(key, _)| key == "traces");
            for item in lists.flat_map(|(_, list)| list.into_items().unwrap_or_default()) {
                take_one(item, traces, strange);
            }
        }
        _ => take_one(document, traces, strange),
    }
}

fn take_one(document: Unmasked<Json>, traces: &mut Vec<FileTrace>, strange: &mut Strange) {
    let Json::Object(map) = document.as_stored_for_structure() else {
        let what = kind_of(document.as_stored_for_structure());
        return strange.add(|| format!("{what} stands where a trace is expected"));
    };
    if map.contains_key("resourceSpans") {
        match otlp::traces(document) {
            Ok(found) => traces.extend(found),
            Err(why) => strange.add(|| why),
        }
    } else if map.contains_key("info") && map.contains_key("data") {
        match mlflow::trace(document) {
            Ok(found) => traces.push(found),
            Err(why) => strange.add(|| why),
        }
    } else {
        strange.add(|| {
            let keys: Vec<String> = map.keys().take(5).map(|key| words::one_line(key, 40).into_owned()).collect();
            let keys = if keys.is_empty() { "nothing".to_owned() } else { keys.join(", ") };
            format!("it holds {keys}, where a trace of MLflow has info and data, and OTLP has resourceSpans")
        });
    }
}

fn kind_of(value: &Json) -> &'static str {
    match value {
        Json::Null => "null",
        Json::Bool(_) => "true or false",
        Json::Number(_) => "a number",
        Json::String(_) => "a text",
        Json::Array(_) => "a list",
        Json::Object(_) => "an object",
    }
}

#[cfg(test)]
mod tests;
