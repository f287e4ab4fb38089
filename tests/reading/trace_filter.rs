//! Filters and orders of lists of traces: what they select equals what `trace_filter.py` selects from plain SQL and
//! from the spans in tables and files.

use std::path::Path;

use dspyglass::model::TraceId;
use dspyglass::query::ask::Session;
use dspyglass::query::{FilteredTracesOf, Now, TraceFilter, TraceScope, TraceSort};
use dspyglass::store::{ReadCx, Store};
use sha2::{Digest, Sha256};

use crate::support::{databases, folder_of, json as read_json, reader, recorded};

const NOW: Now = Now { ms: 0, is_utc: true };

fn selected(store: &mut dyn Store, text: &str, sort: TraceSort) -> Vec<TraceId> {
    let filter = TraceFilter::parse(text, NOW).unwrap_or_else(|error| panic!("{text}: {error}"));
    let cx = ReadCx::new();
    let question = FilteredTracesOf { scope: TraceScope::All, filter, sort };
    let found = Session::alone(store, &cx).ask(&question).expect("filtered");
    assert!(found.facts.is_none_or(|facts| facts.is_whole()), "{text}");
    let ids = store.trace_ids_of(&cx, &found.list.handles).expect("ids");
    assert_eq!(ids.len() as u64, found.list.total.least());
    ids
}

#[test]
fn random_filters_select_what_python_selects() {
    let beside = recorded().join("trace_filter.json");
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reading/trace_filter.json");
    let is_asked_of_others = std::env::var_os("DSPYGLASS_STORES").is_some();
    if is_asked_of_others && !beside.exists() {
        return;
    }
    let expected = read_json(if is_asked_of_others { &beside } else { &own });
    let (mut tried, mut differing, mut some) = (0, Vec::new(), 0);
    for database in databases() {
        let name = folder_of(&database).file_name().expect("a name").to_string_lossy().into_owned();
        let Some(filters) = expected[&*name].as_array() else { continue };
        let mut store = reader(&database);
        for row in filters {
            let text = row[0].as_str().expect("a filter");
            let mut ids: Vec<String> =
                selected(&mut *store, text, TraceSort::default()).iter().map(ToString::to_string).collect();
            ids.sort();
            let hash: String =
                Sha256::digest(ids.join("\n")).iter().map(|byte| format!("{byte:02x}")).collect::<String>()[..16]
                    .to_owned();
            tried += 1;
            some += u64::from(!ids.is_empty());
            if row[1].as_u64() != Some(ids.len() as u64) || row[2].as_str() != Some(&*hash) {
                differing.push(format!("{name}: {text}: {} here, {} by Python", ids.len(), row[1]));
            }
        }
    }
    assert!(differing.is_empty(), "{} of {tried}:\n{}", differing.len(), differing.join("\n"));
    assert!(tried >= 200 && some * 3 > tried, "{some} of {tried} find anything");
}
