use std::sync::Arc;
use std::time::{Duration, Instant};

use super::*;
use crate::query::ask::{Question, Session};
use crate::query::{Experiments, FilteredTracesOf, RunTreeOf, TraceCountsOf, TracePlaceOf, table::RunsOf};
use crate::store::memory::MemoryStore;
use crate::store::{Budget, Store, StoreError, Total, TraceIndex};

fn store() -> MemoryStore {
    let store = MemoryStore::new();
    store.add_experiment("1", "one");
    store.put_run(MemoryStore::run("a", "1", "first", 1));
    for number in 0..300 {
        let id = format!("tr-{number}");
        store.put_trace(MemoryStore::trace_head(&id, "1", Some("a"), &id, number), Vec::new());
    }
    store
}

fn loader(store: &MemoryStore, limit: Duration) -> Loader {
    let store = store.clone();
    let opener: Opener = Arc::new(move |location: &StoreLocation| match location.to_string().as_str() {
        "/missing" => Err(StoreError::Missing("/missing".into())),
        _ => store.fork(),
    });
    let timeouts = Timeouts { deadline: limit, after_deadline: limit, watch_every: Duration::from_millis(2) };
    Loader::new(opener, Arc::new(|| {})).with_timeouts(timeouts)
}

fn opened(store: &MemoryStore) -> Loader {
    opened_with(store, Duration::from_secs(20))
}

fn opened_with(store: &MemoryStore, limit: Duration) -> Loader {
    let mut loader = loader(store, limit);
    loader.open("/a");
    until(&mut loader, |loader| loader.state().open.is_some());
    loader
}

fn until(loader: &mut Loader, mut is_done: impl FnMut(&mut Loader) -> bool) {
    let end = Instant::now() + Duration::from_secs(10);
    loop {
        loader.begin_frame(Instant::now());
        if is_done(loader) {
            return;
        }
        assert!(Instant::now() < end, "waited in vain");
        std::thread::sleep(Duration::from_millis(1));
    }
}

#[test]
fn asked_once_and_kept() {
    let store = store();
    let mut loader = opened(&store);
    until(&mut loader, |loader| loader.ask(&Experiments, Lane::Visible).value().is_some());
    for _ in 0..50 {
        loader.begin_frame(Instant::now());
        loader.ask(&Experiments, Lane::Visible);
    }
    assert_eq!(store.calls("experiments"), 1);
    assert!(matches!(loader.ask(&Experiments, Lane::Visible), Slot::Ready { .. }));
}

#[test]
fn traces_of_runs_are_counted_once_for_each_change() {
    let store = store();
    let mut loader = opened(&store);
    let id = crate::model::ExperimentId::from("1");
    let traces = |loader: &mut Loader| {
        let slot = loader.ask(&TraceCountsOf(Some(id.clone())), Lane::Visible);
        slot.value().and_then(|counts| counts.of(&"a".into())).map(|counts| counts.traces)
    };
    until(&mut loader, |loader| traces(loader) == Some(300));
    for _ in 0..50 {
        loader.begin_frame(Instant::now());
        loader.watch(true);
        traces(&mut loader);
        loader.ask(&RunsOf(id.clone()), Lane::Visible);
    }
    assert_eq!(store.calls("run_traces"), 1);
    store.put_trace(MemoryStore::trace_head("late", "1", Some("a"), "late", 900), Vec::new());
    until(&mut loader, |loader| {
        loader.watch(true);
        traces(loader) == Some(301)
    });
    assert_eq!(store.calls("run_traces"), 2);
}

#[test]
fn a_path_without_a_store_says_why_and_keeps_the_open_one() {
    let mut loader = opened(&store());
    loader.open("/missing");
    until(&mut loader, |loader| loader.state().failed.is_some());
    let (path, error) = loader.take_failed().expect("failed");
    assert_eq!((path, error.to_string().as_str()), ("/missing".into(), "/missing does not exist"));
    assert!(matches!(error.store_error(), Some(StoreError::Missing(_))), "it is still what it was");
    assert!(loader.state().open.is_some());
}

#[test]
fn a_refresh_keeps_what_is_shown_and_equal_answers_are_the_same() {
    let store = store();
    let mut loader = opened(&store);
    until(&mut loader, |loader| loader.ask(&Experiments, Lane::Visible).value().is_some());
    let before = loader.ask(&Experiments, Lane::Visible).value().cloned().expect("there");
    store.set_delay(Duration::from_millis(30));
    loader.refresh();
    let slot = loader.ask(&Experiments, Lane::Visible);
    assert!(slot.is_pending() && slot.value().is_some());
    until(&mut loader, |loader| !loader.ask(&Experiments, Lane::Visible).is_pending());
    let after = loader.ask(&Experiments, Lane::Visible).value().cloned().expect("there");
    assert!(Arc::ptr_eq(&before, &after));
}

#[test]
fn what_nobody_wants_any_more_is_cancelled() {
    let store = store();
    let mut loader = opened(&store);
    store.set_delay(Duration::from_millis(200));
    assert!(loader.ask(&RunTreeOf("1".into()), Lane::Selection).is_pending());
    let began = Instant::now();
    loader.begin_frame(Instant::now());
    loader.begin_frame(Instant::now());
    assert!(!loader.is_reading());
    // It can be wanted again at once, and comes.
    store.set_delay(Duration::ZERO);
    until(&mut loader, |loader| loader.ask(&RunTreeOf("1".into()), Lane::Selection).value().is_some());
    assert!(began.elapsed() < Duration::from_secs(5));
}

#[test]
fn a_failure_is_kept_until_something_changes() {
    let store = store();
    let mut loader = opened(&store);
    store.fail_with(|call| (call == "experiments").then_some(StoreError::TooSlow));
    until(&mut loader, |loader| loader.ask(&Experiments, Lane::Visible).error().is_some());
    let failed = loader.ask(&Experiments, Lane::Visible);
    assert!(matches!(failed.error().and_then(Failure::store_error), Some(StoreError::TooSlow)), "{failed:?}");
    for _ in 0..20 {
        loader.begin_frame(Instant::now());
        loader.ask(&Experiments, Lane::Visible);
    }
    assert_eq!(store.calls("experiments"), 1);
    store.recover();
    loader.refresh();
    until(&mut loader, |loader| loader.ask(&Experiments, Lane::Visible).value().is_some());
}

#[test]
fn a_panic_becomes_a_failed_slot_and_the_worker_goes_on() {
    let store = store();
    let mut loader = opened(&store);
    store.fail_with(|call| {
        assert!(call != "experiments", "a mistake");
        None
    });
    until(&mut loader, |loader| loader.ask(&Experiments, Lane::Visible).error().is_some());
    let error = loader.ask(&Experiments, Lane::Visible).error().cloned().expect("failed");
    assert!(matches!(&error, Failure::Panic { .. }) && error.store_error().is_none());
    let told = error.to_string();
    assert!(told.contains("a mistake") && told.contains("report"), "{told}");
    until(&mut loader, |loader| loader.ask(&RunTreeOf("1".into()), Lane::Visible).value().is_some());
}

#[test]
fn stuck_workers_are_replaced() {
    let store = store();
    let mut loader = opened_with(&store, Duration::from_millis(200));
    // Sleeps through cancel and deadline, as a dead network folder does.
    store.fail_with(|call| {
        if call == "experiments" {
            std::thread::sleep(Duration::from_millis(1_500));
        }
        None
    });
    until(&mut loader, |loader| loader.ask(&Experiments, Lane::Visible).error().is_some());
    assert!(matches!(loader.ask(&Experiments, Lane::Visible).error(), Some(Failure::Stuck { .. })));
    assert_eq!(loader.abandoned(), 1);
    let began = Instant::now();
    drop(loader);
    assert!(began.elapsed() < Duration::from_millis(500), "dropping waits for nobody");
}

#[test]
fn changes_of_the_store_are_noticed() {
    let store = store();
    let mut loader = opened(&store);
    until(&mut loader, |loader| loader.ask(&RunTreeOf("1".into()), Lane::Visible).value().is_some());
    until(&mut loader, |loader| {
        loader.watch(true);
        store.calls("revision") > 2
    });
    store.put_run(MemoryStore::run("b", "1", "second", 2));
    until(&mut loader, |loader| {
        loader.watch(true);
        loader.ask(&RunTreeOf("1".into()), Lane::Visible).value().is_some_and(|tree| tree.runs.len() == 2)
    });
}

#[test]
fn lines_of_traces_are_read_where_they_are_looked_at() {
    let store = store();
    let mut loader = opened(&store);
    let scope = TraceScope::Experiment("1".into());
    until(&mut loader, |loader| loader.trace_index(&scope, Lane::Selection).value().is_some());
    let index = loader.trace_index(&scope, Lane::Selection).value().cloned().expect("there");
    until(&mut loader, |loader| {
        loader.trace_index(&scope, Lane::Selection);
        loader.want_trace_rows(&index.handles[290..], Lane::Visible);
        loader.trace_row(index.handles[299]).is_some()
    });
    assert_eq!(loader.trace_row(index.handles[299]).map(|row| row.name.as_str()), Some("tr-0"));
    assert!(loader.trace_row(index.handles[0]).is_none());
    let calls = store.calls("trace_rows");
    for _ in 0..20 {
        loader.begin_frame(Instant::now());
        loader.want_trace_rows(&index.handles[290..], Lane::Visible);
    }
    assert_eq!(store.calls("trace_rows"), calls);
    let wanted = crate::model::TraceId::from("tr-150");
    let question = TracePlaceOf { list: FilteredTracesOf::whole(scope), trace: wanted };
    until(&mut loader, |loader| loader.ask(&question, Lane::Selection).value().is_some());
    let place = loader.ask(&question, Lane::Selection).value().cloned().expect("there");
    let place = place.as_ref().clone().expect("in the list");
    assert_eq!((place.position, place.total), (149, Total::Exact(300)));
    assert_eq!((place.previous, place.next), (Some("tr-151".into()), Some("tr-149".into())));
}

#[test]
fn derived_values_are_made_once_on_a_worker() {
    let mut loader = opened(&store());
    let key = DerivedKey { what: "thread", source: unique_id(), variant: 0 };
    let make = || (std::thread::current().name().map(str::to_owned), 10);
    until(&mut loader, |loader| loader.derive(key, Lane::Visible, make).value().is_some());
    let name = loader.derive(key, Lane::Visible, make).value().cloned().expect("made");
    assert!(name.as_deref().is_some_and(|name| name.starts_with("reader-")));
}

/// Whether a part of an answer has any time.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct HasTime;

impl Question for HasTime {
    type Answer = bool;
    const LABEL: &'static str = "time for texts";

    fn answer(&self, session: &mut Session<'_>) -> crate::store::Result<bool> {
        Ok(!session.cx.begin(Part::Texts).is_spent())
    }

    fn bytes(_: &bool) -> usize {
        1
    }
}

#[test]
fn workers_keep_to_the_budget_of_the_window() {
    for (limit, expected) in [(Duration::from_secs(3_600), true), (Duration::ZERO, false)] {
        let mut loader = loader(&store(), Duration::from_secs(20)).with_budget(Budget::of(limit));
        loader.open("/a");
        until(&mut loader, |loader| loader.ask(&HasTime, Lane::Visible).value().is_some());
        assert_eq!(loader.ask(&HasTime, Lane::Visible).value().map(|told| **told), Some(expected));
    }
}

#[test]
fn the_store_that_is_open_answers_and_no_other() {
    let stores = ["first", "second"].map(|name| {
        let store = MemoryStore::new();
        store.add_experiment("1", name);
        store
    });
    let ids = [stores[0].id(), stores[1].id()];
    let opener: Opener = Arc::new(move |location: &StoreLocation| {
        let is_first = location.path().is_some_and(|path| path.ends_with("first"));
        stores[usize::from(!is_first)].fork()
    });
    let mut loader = Loader::new(opener, Arc::new(|| {}));
    assert!(matches!(loader.ask(&Experiments, Lane::Visible), Slot::Empty), "nothing is asked of no store");
    let mut epochs = vec![loader.epoch()];
    for (path, id) in [("/first", ids[0]), ("/second", ids[1]), ("/first", ids[0])] {
        loader.open(path);
        until(&mut loader, |loader| loader.state().open.as_ref().is_some_and(|open| open.id == id));
        let name = |loader: &mut Loader| {
            loader.ask(&Experiments, Lane::Visible).value().map(|list| format!("/{}", list[0].name))
        };
        assert!(name(&mut loader).is_none_or(|told| told == path), "what the other store said is not shown");
        until(&mut loader, |loader| name(loader).is_some());
        assert_eq!(name(&mut loader).as_deref(), Some(path));
        assert!(!epochs.contains(&loader.epoch()), "what views made of the other store counts no more");
        epochs.push(loader.epoch());
    }
}

#[test]
fn a_list_in_pages_is_there_at_once_and_filled_behind() {
    let store = store();
    store.serve_pages(7);
    let mut loader = opened(&store);
    let scope = TraceScope::Run("a".into());
    let mut seen: Vec<Arc<TraceIndex>> = Vec::new();
    until(&mut loader, |loader| {
        if let Some(index) = loader.trace_index(&scope, Lane::Selection).value() {
            seen.push(Arc::clone(index));
        }
        seen.last().is_some_and(|index| index.next.is_none())
    });
    let whole = seen.last().expect("there");
    assert_eq!((whole.total, whole.handles.len()), (Total::Exact(300), 300));
    for index in &seen {
        assert!(whole.handles.starts_with(&index.handles));
        let shown = index.handles.len() as u64;
        let total = if shown == 300 { Total::Exact(300) } else { Total::AtLeast(shown) };
        assert_eq!(index.total, total, "never told as known");
    }
    assert!(seen.first().is_some_and(|index| index.handles.len() < 100), "the first page is not waited with");
    let pages = store.calls("trace_page");
    assert_eq!(pages, 43, "each page was read once");
    for _ in 0..5 {
        loader.begin_frame(Instant::now());
        let again = loader.trace_index(&scope, Lane::Selection).value().cloned().expect("there");
        assert!(Arc::ptr_eq(&again, whole), "what was joined stays");
    }
    assert_eq!(store.calls("trace_page"), pages);
    // A page that cannot be read: what is there stays, and nobody says that it is all.
    loader.refresh();
    store.fail_with(|call| (call == "trace_page").then_some(StoreError::TooSlow));
    until(&mut loader, |loader| loader.trace_index(&scope, Lane::Selection).error().is_some());
    assert!(loader.trace_index(&scope, Lane::Selection).value().is_some());
}

#[test]
fn a_list_in_pages_stays_while_it_is_read_again() {
    let store = store();
    store.serve_pages(7);
    let mut loader = opened(&store);
    let scope = TraceScope::Run("a".into());
    let index = |loader: &mut Loader| loader.trace_index(&scope, Lane::Selection);
    until(&mut loader, |loader| index(loader).value().is_some_and(|index| index.next.is_none()));
    // A newer trace: every page begins elsewhere.
    store.put_trace(MemoryStore::trace_head("tr-new", "1", Some("a"), "new", 1_000), Vec::new());
    loader.refresh();
    let mut was_pending = false;
    until(&mut loader, |loader| {
        let slot = index(loader);
        let shown = slot.value().expect("it stays");
        assert!(shown.handles.len() >= 300, "{} are left", shown.handles.len());
        was_pending |= slot.is_pending();
        shown.total == Total::Exact(301) && !slot.is_pending()
    });
    assert!(was_pending, "what is old is not told as what is there");
    // One that got shorter is shown as it is when it was read to its end.
    let shorter = TraceScope::Experiment("1".into());
    let whole = |loader: &mut Loader, count: u64| {
        until(loader, |loader| {
            let slot = loader.trace_index(&shorter, Lane::Selection);
            slot.value().is_some_and(|index| index.total == Total::Exact(count) && index.handles.len() as u64 == count)
        });
    };
    whole(&mut loader, 301);
    for number in 100..300 {
        let id = format!("tr-{number}");
        store.put_trace(MemoryStore::trace_head(&id, "2", None, &id, number), Vec::new());
    }
    loader.refresh();
    whole(&mut loader, 101);
}

#[test]
fn a_list_that_leads_round_ends_with_a_warning() {
    let store = store();
    store.serve_pages(7);
    store.lead_round();
    let mut loader = opened(&store);
    let scope = TraceScope::Run("a".into());
    until(&mut loader, |loader| {
        loader.trace_index(&scope, Lane::Selection).value().is_some_and(|index| index.next.is_none())
    });
    let index = loader.trace_index(&scope, Lane::Selection).value().cloned().expect("there");
    assert_eq!((index.handles.len(), index.total), (300, Total::AtLeast(300)), "nobody says that it is all");
    assert_eq!(loader.warnings().len(), 1);
    assert_eq!(store.calls("trace_page"), 43, "each page was read once");
}
