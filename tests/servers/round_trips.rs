//! How often whoever waits has to wait for a server: its answers are 50 ms late, and what is asked at the same time
//! counts once. What the window waits for is counted in `ui_window/round_trips.rs`.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread;
use std::time::{Duration, Instant};

use crate::late::{Late, RUNS, TRACES, told};
use crate::stand_in::{StandIn, error};
use dspyglass::model::{ExperimentId, TraceId};
use dspyglass::query::ask::{Memo, Session};
use dspyglass::query::{self, TracePageOf, TraceScope};
use dspyglass::store::{OpenOptions, ReadCx, RunQuery, RunScope, Store, Total, TraceQuery, open};

/// How late every answer is.
const LATE: Duration = Duration::from_millis(50);

fn opened(late: &Late) -> Box<dyn Store> {
    open(late.address().as_str(), &OpenOptions::default()).expect("nothing is asked yet")
}

#[test]
fn experiments_are_there_after_one_round_trip() {
    let late = Late::new(LATE);
    let (mut store, cx, since) = (opened(&late), ReadCx::new(), Instant::now());
    // As the window opens a store, and then asks for what it shows first.
    store.revision(&cx).expect("a revision");
    assert_eq!(store.experiments(&cx, false).expect("experiments").len(), 2);
    let rounds = late.rounds();
    told("experiments", rounds, since);
    assert_eq!(rounds.0, 1);
    assert_eq!(store.info().schema_of.as_deref(), Some("MLflow 3.17.2"));
}

#[test]
fn a_look_at_what_changed_takes_two_round_trips_and_an_error_is_not_forgotten() {
    let late = Late::new(LATE);
    let (mut store, cx) = (opened(&late), ReadCx::new());
    let first = store.revision(&cx).expect("a revision");
    thread::sleep(Duration::from_millis(3_200));
    late.rounds();
    let since = Instant::now();
    assert_eq!(store.revision(&cx).expect("a revision"), first, "nobody wrote");
    let rounds = late.rounds();
    told("a look", rounds, since);
    assert!(rounds.0 <= 2, "{rounds:?}");
    late.more.store(1, Ordering::Relaxed);
    thread::sleep(Duration::from_millis(3_200));
    assert_ne!(store.revision(&cx).expect("a revision"), first, "a trace came");
    let gone = StandIn::new(|_| error(400, "INVALID_PARAMETER_VALUE", "no"));
    let mut store = open(gone.address("").as_str(), &OpenOptions::default()).expect("nothing is asked yet");
    let told = store.revision(&cx).expect_err("an error").to_string();
    let asked = gone.asked().len();
    assert_eq!(store.revision(&cx).expect_err("the same error again").to_string(), told);
    assert_eq!(gone.asked().len(), asked, "and nothing is asked for it");
}

#[test]
fn runs_with_their_values_are_there_after_three() {
    let late = Late::new(LATE);
    for scope in [RunScope::All, RunScope::Experiment(ExperimentId::from("1"))] {
        let (mut store, cx, since) = (opened(&late), ReadCx::new(), Instant::now());
        let rows = store.run_rows(&cx, &RunQuery::new(scope.clone())).expect("runs");
        assert_eq!(rows.len(), RUNS);
        assert!(rows.iter().all(|(_, values)| values.metrics.len() == 1 && values.params.len() == 1));
        let rounds = late.rounds();
        told(&format!("{RUNS} runs of {scope:?}"), rounds, since);
        assert!(rounds.0 <= 3, "{rounds:?}");
    }
}

#[test]
fn a_trace_of_30_spans_is_there_after_two() {
    let late = Late::new(LATE);
    let (mut store, cx, since) = (opened(&late), ReadCx::new(), Instant::now());
    let mut session = Session::new(&mut *store, &cx, Arc::new(Memo::new()), 1);
    // As the terminal does: what was typed is an id, then all of the trace.
    let found = query::find_trace(&mut session, "tr-000007").expect("found");
    let query::Found::One(id) = found else { panic!("{found:?}") };
    assert_eq!(id, TraceId::from("tr-000007"));
    let tree = query::trace_tree(&mut session, &id).expect("a trace").expect("there");
    query::span_facts(&mut session, &tree).expect("figures");
    assert_eq!(tree.spans.len(), 30);
    let rounds = late.rounds();
    told("a trace of 30 spans", rounds, since);
    assert!(rounds.0 <= 2, "{rounds:?}");
}

#[test]
fn a_hundred_thousand_traces_are_shown_from_the_first_page_on() {
    let late = Late::new(LATE);
    let (mut store, cx, since) = (opened(&late), ReadCx::new(), Instant::now());
    let mut session = Session::new(&mut *store, &cx, Arc::new(Memo::new()), 1);
    let scope = TraceScope::Experiment(ExperimentId::from("1"));
    let first = session.ask(&TracePageOf { scope: scope.clone(), cursor: None }).expect("a page");
    let lines = session.store.trace_rows(&cx, &first.handles).expect("lines");
    let rounds = late.rounds();
    told("the first of 100,000 traces", rounds, since);
    assert_eq!((rounds.0, lines.len(), first.total), (1, 500, Total::AtLeast(500)));
    let second = session.ask(&TracePageOf { scope, cursor: first.next.clone() }).expect("a page");
    let lines = session.store.trace_rows(&cx, &second.handles).expect("lines");
    assert_eq!((late.rounds().0, lines.len() >= 498), (1, true));
}

#[test]
fn no_trace_comes_twice_or_is_lost_while_others_are_written() {
    let late = Late::new(Duration::ZERO);
    let (mut store, cx, since) = (opened(&late), ReadCx::new(), Instant::now());
    let mut query = TraceQuery { experiment: Some(ExperimentId::from("1")), ..TraceQuery::default() };
    let mut ids: Vec<TraceId> = Vec::new();
    let mut pages = 0;
    loop {
        let page = store.trace_page(&cx, &query).expect("a page");
        ids.extend(store.trace_ids_of(&cx, &page.handles).expect("ids"));
        (query.cursor, pages) = (page.next, pages + 1);
        if query.cursor.is_none() {
            break;
        }
        // Somebody writes 7 more between two pages.
        late.more.fetch_add(7, Ordering::Relaxed);
    }
    told(&format!("all of them in {pages} pages"), late.rounds(), since);
    let wanted: Vec<TraceId> = (0..TRACES).rev().map(|at| TraceId::from(format!("tr-{at:06}"))).collect();
    assert!(ids == wanted, "{} traces", ids.len());
    assert_eq!(cx.take_warnings(), []);
}

#[test]
fn experiments_are_counted_without_reading_them() {
    let late = Late::new(LATE);
    let (mut store, cx, since) = (opened(&late), ReadCx::new(), Instant::now());
    let counts = store.experiment_counts(&cx).expect("counts");
    assert_eq!((counts[0].1.runs, counts[0].1.traces), (RUNS as u64, Some(TRACES)));
    let rounds = late.rounds();
    told("two experiments counted", rounds, since);
    let bytes: usize = late.asked().len();
    assert!(bytes < 150, "{bytes} requests");
    // Again, as after each change: whether there is one more, and one less.
    assert_eq!(store.experiment_counts(&cx).expect("counts"), counts);
    let more = late.asked().len() - bytes;
    assert!(more <= 2 * 2 * 2 + 1, "{more} requests");
}

#[test]
fn a_trace_is_found_among_a_hundred_thousand_without_reading_them() {
    let late = Late::new(LATE);
    let (mut store, cx, since) = (opened(&late), ReadCx::new(), Instant::now());
    let ids = store.trace_ids(&cx, "tr-00012", 20).expect("ids");
    let wanted: Vec<TraceId> = (120..130).map(|at| TraceId::from(format!("tr-{at:06}"))).collect();
    assert_eq!(ids, wanted, "beyond the newest ten thousand");
    let rounds = late.rounds();
    told("ids that begin like this", rounds, since);
    assert!(rounds.0 <= 3, "{rounds:?}");
    let since = Instant::now();
    let query = TraceQuery { experiment: Some(ExperimentId::from("1")), ..TraceQuery::default() };
    let place = store.trace_place(&cx, &query, &TraceId::from("tr-050001")).expect("a place").expect("there");
    assert_eq!(place.position, TRACES - 1 - 50_001);
    let beside = [place.previous, place.next].map(|id| id.expect("one beside it").to_string());
    assert_eq!(beside, ["tr-050002", "tr-050000"]);
    let rounds = late.rounds();
    told("the place of a trace", rounds, since);
    assert!(rounds.0 <= 15 && rounds.1 < 60, "{rounds:?}");
}

#[test]
fn spans_of_many_traces_are_asked_for_together() {
    let late = Late::new(LATE);
    let (mut store, cx, since) = (opened(&late), ReadCx::new(), Instant::now());
    let traces: Vec<TraceId> = (0..24).map(|at| TraceId::from(format!("tr-{at:06}"))).collect();
    store.expect_spans(&cx, &traces).expect("spans");
    let rounds = late.rounds();
    told("spans of 24 traces", rounds, since);
    assert_eq!(rounds, (1, 1));
    for trace in &traces {
        assert_eq!(store.spans(&cx, trace).expect("spans").len(), 30);
    }
    assert_eq!(late.rounds(), (0, 0), "they are there");
}
