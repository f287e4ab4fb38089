//! Answers whose time runs out: what could not be looked into is told as such, and nothing else changes.

use std::ffi::OsString;
use std::time::Duration;

use dspyglass::cli::{Outcome, run_within};
use dspyglass::model::{Json, StateHash};
use dspyglass::query::ask::Session;
use dspyglass::query::family_tree::family_tree;
use dspyglass::query::program_history::ProgramHistoryOf;
use dspyglass::query::{self, NoTrace, TraceLink};
use dspyglass::store::{Budget, OpenOptions, Part, ReadCx, StoreLocation};

use crate::support::{reader, recorded};

/// GEPA with its tables, of `gepa-3.17`: two evaluations of it, and the program of the second.
const PARENT: &str = "7b9bf2b833b7444bbb493e0f879490dc";
const SEED: &str = "a102f8d2bdd444d6a8fc31fda3a7ce89";
const WINNER: &str = "e5d210d7e7dd45f6ba52977d7db8669a";
const WINNER_STATE: &str = "88c670ea1254c8a684b1cae1c75831eea9c0c1806c1fce2b44b2a4c482337aef";

/// No part but `part` is short of time.
fn without(part: Part) -> Budget {
    Budget::of(Duration::from_secs(3_600)).with(part, Duration::ZERO)
}

fn enough() -> Budget {
    Budget::of(Duration::from_secs(3_600))
}

/// The answer of the terminal.
fn document(args: &[&str], budget: Budget) -> Json {
    let store = recorded().join("gepa-3.17");
    let store = store.to_str().expect("Unicode");
    let args = ["dspyglass", args[0], store].into_iter().chain(args[1..].iter().copied()).chain(["--json"]);
    let open = |location: &StoreLocation, options: &OpenOptions| dspyglass::store::open(location, options);
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let Outcome::Done(_) = run_within(args.map(OsString::from), &open, budget, &mut out, &mut err) else {
        panic!("the window")
    };
    serde_json::from_slice(&out).unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&err)))
}

/// The values of a key, wherever they stand.
fn all<'j>(document: &'j Json, key: &str) -> Vec<&'j Json> {
    match document {
        Json::Object(map) => {
            map.iter().flat_map(|(name, value)| if name == key { vec![value] } else { all(value, key) }).collect()
        }
        Json::Array(items) => items.iter().flat_map(|item| all(item, key)).collect(),
        _ => Vec::new(),
    }
}

#[test]
fn texts_that_were_not_compared_are_said_to_be() {
    let diff = ["diff", SEED, WINNER];
    let (whole, short) = (document(&diff, enough()), document(&diff, without(Part::Texts)));
    assert_eq!((&whole["texts_complete"], &short["texts_complete"]), (&Json::Bool(true), &Json::Bool(false)));
    assert_eq!(short["predictors"][0]["instructions_complete"], Json::Bool(false));
    // Coarse, not wrong: both texts can be put together from the pieces.
    let texts = |document: &Json| {
        ["insert", "delete"].map(|other| {
            let pieces = document["predictors"][0]["instructions"].as_array().expect("pieces");
            let kept = pieces.iter().filter(|piece| piece["op"] != other);
            kept.map(|piece| piece["text"].as_str().expect("text")).collect::<String>()
        })
    };
    assert_eq!(texts(&whole), texts(&short));
    // Time for texts has nothing to do with examples.
    assert_eq!(whole["examples"], short["examples"]);

    let evolution = ["evolution", PARENT];
    let (whole, short) = (document(&evolution, enough()), document(&evolution, without(Part::Texts)));
    assert!(all(&whole, "diff_complete").iter().all(|told| **told != Json::Bool(false)));
    assert!(all(&short, "diff_complete").contains(&&Json::Bool(false)), "{short}");
    assert_eq!(all(&whole, "instructions"), all(&short, "instructions"));
}

#[test]
fn traces_that_were_not_looked_into_are_no_missing_traces() {
    let compared = |budget: Budget| {
        let (mut store, cx) = (reader(&recorded().join("gepa-3.17/mlflow.db")), ReadCx::new().with_budget(budget));
        let told = query::compare(&mut Session::alone(store.as_mut(), &cx), &SEED.into(), &WINNER.into());
        told.expect("read").examples.expect("both have scores")
    };
    let links = |budget: Budget| -> Vec<TraceLink> {
        let told = compared(budget);
        told.fixed.iter().chain(&told.broken).flat_map(|one| one.traces.clone()).collect()
    };
    let whole = links(enough());
    assert!(!whole.is_empty() && whole.iter().all(|link| link.trace().is_some()), "{whole:?}");
    let short = links(without(Part::ExampleTraces).with(Part::TracesByExample, Duration::ZERO));
    assert_eq!(short.len(), whole.len());
    assert!(short.iter().all(|link| *link == TraceLink::Unknown(NoTrace::NotRead)), "{short:?}");
    // What was read in time is told apart from then on only if there is time for that.
    let unsorted = links(without(Part::TracesByExample).with(Part::ExampleTraces, Duration::from_secs(3_600)));
    assert_eq!(unsorted, whole, "whichever ends later counts");
}

#[test]
fn writers_that_were_not_looked_for_are_not_said_to_be_absent() {
    let told = |budget: Budget| {
        let (mut store, cx) = (reader(&recorded().join("gepa-3.17/mlflow.db")), ReadCx::new().with_budget(budget));
        family_tree(&mut Session::alone(store.as_mut(), &cx), &PARENT.into()).expect("read").expect("GEPA's")
    };
    let whole = told(enough());
    let found = |told: &query::FamilyTree| told.proposals.iter().flat_map(|one| &one.writers).flatten().count();
    assert!(whole.looked.complete && found(&whole) > 0);
    for part in [Part::Writers, Part::WritersByProposal] {
        let short = told(without(part));
        assert!(!short.looked.complete, "{part:?}");
        assert_eq!((short.proposals.len(), found(&short)), (whole.proposals.len(), 0), "{part:?}");
    }
    assert_eq!(told(without(Part::Writers)).looked.traces, 0);
    assert_eq!(document(&["family-tree", PARENT], without(Part::Writers))["complete"], Json::Bool(false));
}

#[test]
fn a_program_history_without_its_optimizations_says_so() {
    let told = |budget: Budget| {
        let (mut store, cx) = (reader(&recorded().join("gepa-3.17/mlflow.db")), ReadCx::new().with_budget(budget));
        let hash = ProgramHistoryOf(StateHash::from(WINNER_STATE));
        let told = Session::alone(store.as_mut(), &cx).ask(&hash).expect("read");
        (*told).clone().expect("a program")
    };
    let (whole, short) = (told(enough()), told(without(Part::Homes)));
    assert!(whole.complete && !whole.families.is_empty());
    assert!(!short.complete && short.families.is_empty());
    // The evaluations themselves are known all the same.
    assert_eq!(short.evaluations.len(), whole.evaluations.len());
}
