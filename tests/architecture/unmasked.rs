//! Where a value of a store or a file comes in, and who looks at one that is not masked yet. Everything else is the
//! compiler's: [`Unmasked`](dspyglass::model::Unmasked) has no other way out than being masked.

use crate::rules::test_module_line;
use crate::source::Source;

/// Who looks at values as they are stored, and what for. Only the rooms that read and parse may be listed.
const LOOKS: &[(&str, &str)] = &[
    (
        "src/analysis/program_state/parse.rs",
        "counts the state of a program by its secrets, too, before they are masked",
    ),
    ("src/analysis/provenance.rs", "compares an instruction with what an answer holds"),
    ("src/analysis/result_table.rs", "reads the number of a score"),
    ("src/model/dspy/tables.rs", "takes a table apart; counts rows"),
    ("src/model/json.rs", "decodes"),
    ("src/model/price/litellm.rs", "reads prices, which no store holds"),
    ("src/model/readable_file.rs", "masks a file by what its bytes are"),
    ("src/model/secret/unmasked.rs", "is the type"),
    ("src/model/session.rs", "tells a list of ids from one id; each is masked"),
    ("src/query/demo_origins.rs", "tells rows of a trainset apart by their secrets, too"),
    ("src/query/prices.rs", "reads prices, which no store holds"),
    ("src/query/program/read.rs", "counts bytes"),
    ("src/store/artifacts/mod.rs", "finds the folder that an address names"),
    ("src/store/mod.rs", "counts bytes"),
    ("src/store/remote/wire/told.rs", "hands bytes of a file over, which are unmasked by type on the other side, too"),
    ("src/store/server/artifacts.rs", "reads paths and sizes, counts bytes"),
    ("src/store/server/client.rs", "tells an answer from an error; what it says of it is masked"),
    ("src/store/server/counts.rs", "looks whether a list is empty"),
    ("src/store/server/databricks.rs", "reads an address that is asked and shown nowhere"),
    ("src/store/server/experiments.rs", "hands answers to `runs`, which masks them"),
    (
        "src/store/server/endpoints.rs",
        "tells a page from an answer; what a server says of itself is a word or left out",
    ),
    ("src/store/server/kept/proof.rs", "reads states, times and sizes into a digest"),
    ("src/store/server/kept/reader.rs", "reads whose a token is, which is shown nowhere"),
    ("src/store/server/file_ways.rs", "reads an address that is asked and shown nowhere, and a path"),
    ("src/store/server/known.rs", "keeps what a server said as it was said, for whoever masks it"),
    ("src/store/server/lists.rs", "hands answers to `runs`, which masks them"),
    ("src/store/server/mod.rs", "reads the version, hands answers to `runs` and `traces`, which mask them"),
    ("src/store/server/prompt_uses.rs", "reads names and numbers of versions; hands the rest to `runs` and `traces`"),
    ("src/store/server/prompts.rs", "reads names, numbers and kinds, and masks texts"),
    ("src/store/server/runs.rs", "reads ids and numbers, and masks texts"),
    ("src/store/server/said.rs", "reads the message of an error, and masks it"),
    ("src/store/server/seen.rs", "tells whether what is said of a trace is what was said; hands it to `traces`"),
    ("src/store/server/spans.rs", "counts spans and bytes"),
    ("src/store/server/told_spans.rs", "hands answers on as records, unmasked by type; counts bytes"),
    ("src/store/server/trace_lists.rs", "hands answers to `traces`, which masks them"),
    ("src/store/server/trace_lookup.rs", "hands answers to `traces`, which masks them"),
    ("src/store/server/trace_place.rs", "reads ids and times by `traces`"),
    ("src/store/server/traces.rs", "reads ids and numbers, and masks texts"),
    ("src/store/server/watch.rs", "hashes answers and keeps nothing"),
    ("src/store/span_json.rs", "reads ids, times, names and counts of tokens"),
    ("src/store/span_json/beginning.rs", "closes what was cut open"),
    ("src/store/span_json/direct.rs", "parses a record into masked values"),
    ("src/store/span_json/find.rs", "tells whether a record may hold a text before it is decoded and masked"),
    (
        "src/store/trace_file.rs",
        "tells what stands in a file of traces, which becomes a store that masks what it gives",
    ),
    ("src/store/trace_file/mlflow.rs", "reads the parts of a trace into such a store"),
    ("src/store/trace_file/otlp.rs", "reads spans of others into such a store"),
    ("src/store/sqlite/prompt_uses.rs", "reads names of prompts, which lead to them"),
    ("src/store/sqlite/extras.rs", "reads ids and names of models"),
    ("src/store/sqlite/runs.rs", "knows a value again that it masked before"),
    ("src/store/sqlite/spans.rs", "counts spans and bytes"),
    ("src/store/sqlite/traces.rs", "reads numbers of tokens and costs"),
];

/// Who makes values of bytes, and why nothing of it needs to be masked or how it is.
const WAYS_IN: &[(&str, &str)] = &[
    ("src/analysis/doctor/broken_off.rs", "whether an answer is complete JSON; keeps nothing"),
    ("src/analysis/dspy/json_fields.rs", "the names of fields in an answer that was masked as a text"),
    ("src/analysis/dspy/message.rs", "undoes the escapes of a text that was masked"),
    ("src/app/saver.rs", "the settings"),
    ("src/model/dspy/tables.rs", "counts rows and keeps nothing"),
    ("src/model/json.rs", "the one way from bytes to JSON, which comes out of it unmasked by type"),
    ("src/model/price/litellm.rs", "a table of prices, of the user's or built in, up to where it is damaged"),
    ("src/model/readable_file.rs", "rows of a file, each cell masked by its column"),
    ("src/model/search/encoded.rs", "looks through a value as it is written; what it gives is masked by its key"),
    ("src/model/trace.rs", "takes a code and a message out of a text that is masked"),
    ("src/query/diff/files.rs", "files that the user names; unmasked by type"),
    ("src/query/labels/file.rs", "what the user said, masked line by line"),
    ("src/query/replace_file.rs", "looks whether a file that is to be replaced is a database"),
    ("src/state/run_table.rs", "the settings"),
    ("src/state/settings.rs", "the settings"),
    ("src/store/at_path.rs", "looks whether a file is a database"),
    ("src/store/order.rs", "a cursor, which this file wrote itself of an id, a name and a time"),
    ("src/store/search.rs", "a cursor, which this file wrote itself of places in lists"),
    ("src/store/server/places.rs", "a cursor, which this file wrote itself of an id and a time, and a server's token"),
    ("src/store/server/credentials.rs", "the user's own credentials and certificates, kept where nothing shows them"),
    ("src/store/span_json.rs", "parts of a record, decoded by `json`"),
    ("src/store/span_json/direct.rs", "into types that are unmasked, or masked at once"),
    ("src/store/span_json/find.rs", "parts of a record, unmasked by type"),
    ("src/store/sqlite/log_index.rs", "the log of the database, of which only page numbers are read"),
    ("src/store/sqlite/row.rs", "columns; unmasked by type unless they are names"),
    ("src/store/sqlite/run_traces.rs", "ids of runs"),
    ("src/store/sqlite/source.rs", "the head of the database"),
    ("src/store/sqlite/spans.rs", "counts the spans of a file and keeps nothing"),
    ("src/store/trace_file.rs", "why a file is no JSON; keeps nothing"),
    ("src/store/untrusted.rs", "files that a store names; unmasked by type"),
    ("src/views/run/artifacts/grid.rs", "rows of a text that is masked; each cell again by its column"),
    ("src/views/run/artifacts/content.rs", "why a text is no JSON; keeps nothing"),
];

const LOOKING: [&str; 2] = ["as_stored_for_structure", "into_stored_to_take_apart"];
const MAKING: [&str; 8] = [
    "get_ref(",
    "serde_json::from_",
    "Deserializer::from_",
    "fs::read(",
    "read_to_string(",
    "File::open(",
    "RawValue",
    "from_reader(",
];

/// Values that are looked at before they are masked, by files that are not listed or may not be.
pub fn mistakes(files: &[(String, String)]) -> Vec<String> {
    let mut mistakes = unlisted(files, LOOKS, &LOOKING);
    mistakes.extend(unlisted(files, WAYS_IN, &MAKING));
    let rooms = ["src/model/", "src/analysis/", "src/store/", "src/query/"];
    let outside = LOOKS.iter().filter(|(file, _)| !rooms.iter().any(|room| file.starts_with(room)));
    mistakes.extend(outside.map(|(file, _)| format!("{file}: what is shown is masked before it comes here")));
    mistakes
}

fn unlisted(files: &[(String, String)], listed: &[(&str, &str)], wanted: &[&str]) -> Vec<String> {
    let mut mistakes = Vec::new();
    for (name, text) in files {
        // Files of tests make what they look at.
        if name.ends_with("/tests.rs") || name.contains("/tests/") {
            continue;
        }
        let source = Source::parse(text);
        let tests_begin = test_module_line(&source);
        let found = (1..).zip(source.code.lines()).take_while(|(line, _)| *line < tests_begin);
        let mut found = found.filter(|(_, code)| wanted.iter().any(|wanted| code.contains(wanted)));
        let first = found.next();
        match (first, listed.iter().any(|(file, _)| file == name)) {
            (Some((line, code)), false) => mistakes.push(format!("{name}, line {line}: `{}`", code.trim())),
            (None, true) => mistakes.push(format!("{name} does so no more; take it from the list")),
            _ => {}
        }
    }
    mistakes.extend(
        listed
            .iter()
            .filter(|(file, _)| !files.iter().any(|(name, _)| name == file))
            .map(|(file, _)| format!("{file} is gone")),
    );
    mistakes
}

#[test]
fn looking_is_found_and_a_stale_line_of_a_list_too() {
    let files = |code: &str| vec![("src/views/a.rs".to_owned(), code.to_owned())];
    assert_eq!(unlisted(&files("fn f() { value.as_stored_for_structure() }"), &[], &LOOKING).len(), 1);
    assert_eq!(
        unlisted(&files("fn f() {}\n#[cfg(test)]\nmod tests { into_stored_to_take_apart }"), &[], &LOOKING).len(),
        0
    );
    assert_eq!(unlisted(&files("fn f() {}"), &[("src/views/a.rs", "once")], &LOOKING).len(), 1);
    assert_eq!(unlisted(&files("fn f() {}"), &[("src/views/b.rs", "gone")], &LOOKING).len(), 1);
}
