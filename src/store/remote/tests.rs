//! Both sides in one process, over pipes.

use std::io::{PipeReader, PipeWriter, Write, pipe};
use std::time::Instant;

use super::greeting::Greeting;
use super::link::Patience;
use super::*;
use crate::model::{Experiment, SpanBody, TraceHead};
use crate::store::memory::MemoryStore;
use crate::store::{CancelToken, Store};

const LONG: Duration = Duration::from_secs(30);

fn patience(silence_ms: u64, lost_ms: u64) -> Patience {
    let of = Duration::from_millis;
    Patience { greeting: LONG, silence: of(silence_ms), lost: of(lost_ms) }
}

fn pipes() -> (PipeReader, PipeWriter) {
    pipe().expect("a pipe")
}

/// A connection to this store.
fn served(store: &MemoryStore, patience: Patience) -> Link {
    let (store, (asked, asks), (hears, mut says)) = (store.fork().expect("forked"), pipes(), pipes());
    let other = thread::Builder::new().name("the other side".to_owned());
    other.spawn(move || serve(store, asked, &mut says)).expect("a thread");
    let link = Link::over(hears, asks, patience).expect("threads");
    assert!(matches!(link.greeting(|| Ok(())), Ok(Greeting::Opened { program, .. }) if program == PROGRAM));
    link
}

/// A reader over such a connection, which cannot be made anew.
fn reader(link: Link) -> RemoteStore {
    let place = StoreLocation::from("rack7:/srv/mlflow.db");
    let info = MemoryStore::new().info();
    let shared = Shared {
        target: place.address().and_then(Address::over_ssh).cloned().expect("over ssh"),
        place,
        options: OpenOptions::default(),
        ssh: Ssh::named("/no/such/ssh".into()),
        link: Mutex::new(Some(Arc::new(link))),
        made: Mutex::default(),
        count: AtomicU64::new(0),
        told: Mutex::new(Told { info, capabilities: crate::store::Capabilities::default() }),
        revision: Mutex::default(),
        seen: Mutex::default(),
        program: Mutex::default(),
    };
    RemoteStore { id: StoreId::fresh(), shared: Arc::new(shared) }
}

/// Traces of three spans each, and their ids in the order of a list.
fn put_traces(store: &MemoryStore, count: i64) -> Vec<TraceId> {
    let put = |at: i64| {
        let id = format!("tr-{at:02}");
        let spans =
            (0..3).map(|span| (MemoryStore::span(&format!("{span}"), None, "x", span, span + 1), SpanBody::default()));
        store.put_trace(MemoryStore::trace_head(&id, "1", None, &id, at), spans.collect());
        TraceId::from(&*id)
    };
    (0..count).map(put).collect()
}

fn experiments(link: &Link, cx: &ReadCx) -> std::result::Result<Vec<Experiment>, String> {
    let question = questions::question(cx, "experiments", |to| wire::Put::put(&true, to));
    let answer = link.ask(cx, &question.bytes).map_err(|why| format!("{why:?}"))?;
    match read(cx, &answer).expect("well formed") {
        (Answered::Well, Some(value)) => Ok(value),
        (other, _) => Err(theirs("rack7", other).to_string()),
    }
}

fn store() -> MemoryStore {
    let store = MemoryStore::new();
    store.add_experiment("1", "one");
    store
}

#[test]
fn what_nobody_waits_for_any_more_ends_on_the_other_side_too() {
    let store = store();
    let link = served(&store, patience(10_000, 40_000));
    store.set_delay(LONG * 10);
    let cancel = CancelToken::new();
    thread::scope(|scope| {
        // More than are answered at once: some are read, some wait.
        for _ in 0..10 {
            scope.spawn(|| {
                let cx = ReadCx::new().with_cancel(cancel.clone());
                assert!(experiments(&link, &cx).is_err_and(|why| why.contains("Cancelled")));
            });
        }
        let begun = Instant::now();
        while store.calls("experiments") < 4 {
            assert!(begun.elapsed() < LONG, "the readers are asked");
            thread::sleep(Duration::from_millis(5));
        }
        cancel.cancel();
    });
    store.set_delay(Duration::ZERO);
    // All readers would be busy for minutes.
    let cx = ReadCx::new().with_deadline(Duration::from_secs(10));
    assert_eq!(experiments(&link, &cx).map(|all| all.len()), Ok(1));
    assert!(store.calls("experiments") < 10, "those that waited were never read");
}

#[test]
fn who_takes_long_is_not_lost_and_who_is_silent_is() {
    let store = store();
    let link = served(&store, patience(30, 2_000));
    store.set_delay(Duration::from_millis(3_000));
    let answered = experiments(&link, &ReadCx::new());
    assert_eq!(answered.map(|all| all.len()), Ok(1));
    let ((_asked, asks), (hears, mut says)) = (pipes(), pipes());
    let told = Told { info: store.info(), capabilities: store.capabilities() };
    says.write_all(&greeting::greeting(Ok(&told))).expect("written");
    let link = Link::over(hears, asks, patience(30, 200)).expect("threads");
    assert!(link.greeting(|| Ok(())).is_ok());
    let silent = experiments(&link, &ReadCx::new()).expect_err("nobody answers");
    assert!(silent.contains("Silent(200ms)") && !link.is_open(), "{silent}");
}

#[test]
fn an_error_keeps_its_words_and_a_reader_that_fails_is_told() {
    let store = store();
    let link = served(&store, patience(10_000, 40_000));
    store.fail_with(|_| Some(StoreError::Busy("/srv/mlflow.db".into())));
    let told = experiments(&link, &ReadCx::new()).expect_err("it is locked");
    assert_eq!(told, format!("on rack7: {}", StoreError::Busy("/srv/mlflow.db".into())));
    store.recover();
    let cx = ReadCx::new();
    let unknown = link.ask(&cx, &questions::question(&cx, "no such question", |_| {}).bytes).expect("an answer");
    let (answered, none) = read::<u64>(&cx, &unknown).expect("well formed");
    assert!(matches!(answered, Answered::Failed(..)) && none.is_none());
    let nonsense = link.ask(&cx, b"nonsense").expect("an answer");
    assert!(matches!(read::<u64>(&cx, &nonsense), Ok((Answered::Failed(..), None))));
    assert!(experiments(&link, &cx).is_ok(), "it goes on");
}

#[test]
fn the_other_side_ends_with_its_input() {
    let ((asked, asks), (_hears, mut says)) = (pipes(), pipes());
    let store = store().fork().expect("forked");
    let other = thread::Builder::new().name("the other side".to_owned());
    let other = other.spawn(move || serve(store, asked, &mut says)).expect("a thread");
    drop(asks);
    assert!(other.join().expect("no panic").is_ok());
}

#[test]
fn what_comes_next_is_read_before_it_is_asked_for_and_once() {
    let store = store();
    let ids: Vec<String> = (0..40).map(|number| format!("tr-{number:02}")).collect();
    for (id, at) in ids.iter().zip(0..) {
        store.put_trace(MemoryStore::trace_head(id, "1", None, id, at), Vec::new());
    }
    let link = served(&store, patience(10_000, 40_000));
    link.ahead().listed(ids.iter().map(String::as_str));
    let cx = ReadCx::new();
    let ask = |id: &str| {
        let question = questions::question(&cx, "trace", |to| wire::Put::put(&TraceId::from(id), to));
        let answered = answer(&cx, &link, &question).expect("answered");
        match read::<Option<TraceHead>>(&cx, &answered) {
            Ok((Answered::Well, Some(Some(head)))) => head.row.id.to_string(),
            other => panic!("{other:?}"),
        }
    };
    ids.iter().take(3).for_each(|id| assert_eq!(ask(id), *id));
    let begun = Instant::now();
    while store.calls("trace") < 3 + 16 {
        assert!(begun.elapsed() < LONG, "those behind are read, though nobody asked yet");
        thread::sleep(Duration::from_millis(5));
    }
    ids.iter().skip(3).for_each(|id| assert_eq!(ask(id), *id));
    assert_eq!(store.calls("trace"), 40);
}

#[test]
fn whoever_reads_a_part_of_each_trace_has_no_bodies_read_ahead() {
    let store = store();
    let traces = put_traces(&store, 40);
    let mut remote = reader(served(&store, patience(10_000, 40_000)));
    remote.listed(traces.iter().map(TraceId::as_str));
    let cx = ReadCx::new();
    for trace in &traces {
        let spans = remote.spans(&cx, trace).expect("spans");
        assert_eq!(remote.span_bodies(&cx, trace, &spans[1..]).expect("bodies").len(), 2);
    }
    assert_eq!((store.calls("spans"), store.calls("span_body")), (40, 80), "each is read once");
    // Of whole traces they are, and once, too.
    for trace in &traces {
        let spans = remote.spans(&cx, trace).expect("spans");
        assert_eq!(remote.span_bodies(&cx, trace, &spans).expect("bodies").len(), 3);
    }
    assert_eq!(store.calls("span_body"), 80 + 120);
}

#[test]
fn what_failed_before_it_was_wanted_is_asked_once_more() {
    let store = store();
    let traces = put_traces(&store, 40);
    let mut remote = reader(served(&store, patience(10_000, 40_000)));
    remote.listed(traces.iter().map(TraceId::as_str));
    let cx = ReadCx::new();
    let (first, rest) = traces.split_at(3);
    for trace in &first[..2] {
        assert!(remote.trace(&cx, trace).expect("read").is_some());
    }
    store.fail_with(|call| (call == "trace").then(|| StoreError::Busy("/srv/mlflow.db".into())));
    // With the third one those behind it are asked.
    remote.trace(&cx, &first[2]).expect_err("locked by now");
    let begun = Instant::now();
    while store.calls("trace") < 3 + 16 {
        assert!(begun.elapsed() < LONG, "those behind are read, though nobody asked yet");
        thread::sleep(Duration::from_millis(5));
    }
    let told = remote.trace(&cx, &rest[0]).expect_err("it is still locked").to_string();
    assert!(told.contains("/srv/mlflow.db"), "{told}");
    store.recover();
    for trace in &rest[1..] {
        assert!(remote.trace(&cx, trace).expect("read").is_some());
    }
}

#[test]
fn a_portion_of_a_long_trace_goes_over_at_once() {
    let store = store();
    let spans = (0..1_001).map(|at| (MemoryStore::span(&format!("{at}"), None, "x", at, at + 1), SpanBody::default()));
    store.put_trace(MemoryStore::trace_head("tr-1", "1", None, "long", 1), spans.collect());
    let mut remote = reader(served(&store, patience(10_000, 40_000)));
    let (cx, trace) = (ReadCx::new(), TraceId::from("tr-1"));
    let spans = remote.spans(&cx, &trace).expect("spans");
    let portions: Vec<usize> = spans
        .chunks(remote.bodies_at_once())
        .map(|some| remote.span_bodies(&cx, &trace, some).expect("bodies").len())
        .collect();
    assert_eq!(portions, [256, 256, 256, 233]);
}
