//! A very long input: what is typed into its search never waits for it.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::common::{PATH, settle, small_store, trace, wait_for, window};
use dspyglass::app::Viewer;
use dspyglass::model::{SpanBody, SpanHead};
use dspyglass::state::Action;
use dspyglass::store::memory::MemoryStore;
use egui::accesskit::Role;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use serde_json::json;

const LETTERS: usize = 20_000_000;

/// Texts of this size one after another: none waits for the other one.
static ALONE: Mutex<()> = Mutex::new(());

#[test]
fn a_search_in_twenty_million_letters_does_not_hold_the_window() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let store = small_store();
    let (head, mut spans) = trace("tr-long", "child");
    let line = "Where is my parcel? It should have come on Monday, and nobody answers the telephone.\n";
    let mut text = line.repeat(LETTERS / line.len());
    text.push_str("the needle at the very end");
    let inputs = Some(json!({"ticket": text}));
    spans[0].1 = SpanBody { inputs, ..SpanBody::default() };
    store.put_trace(head, spans);
    let mut harness = window(&store, Some("experiment/1/run/child/trace/tr-long/span/a"), Some(PATH));
    wait_for(&mut harness, "Find in span");
    harness.get_by_role_and_label(Role::TextInput, "Find in span").focus();
    harness.step();
    // While the text is still being prepared, and after it is.
    let mut slowest = Duration::ZERO;
    let mut step = |harness: &mut egui_kittest::Harness<'_, _>| {
        let start = Instant::now();
        harness.step();
        slowest = slowest.max(start.elapsed());
    };
    for letter in ["n", "e", "e", "d", "l", "e"] {
        harness.get_by_role_and_label(Role::TextInput, "Find in span").type_text(letter);
        step(&mut harness);
        std::thread::sleep(Duration::from_millis(5));
    }
    let end = Instant::now() + Duration::from_secs(120);
    while harness.query_all_by_label_contains("1 of 1").next().is_none() {
        assert!(Instant::now() < end, "the needle was not found");
        step(&mut harness);
        std::thread::sleep(Duration::from_millis(5));
    }
    step(&mut harness);
    println!("the slowest frame took {slowest:?}");
    // Without optimization and on a busy machine; a frame that waited for the text would take seconds.
    assert!(slowest < Duration::from_millis(1_500), "a frame took {slowest:?}");
}

#[test]
fn a_call_of_twenty_million_letters_is_read_as_a_chat_beside_the_frames() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let store = small_store();
    let (head, mut spans) = trace("tr-long", "child");
    let line = "Where is my parcel? It should have come on Monday, and nobody answers the telephone.\n";
    let system = "Your input fields are:\n1. `ticket` (str):\nYour output fields are:\n1. `queue` (str):\nAll \
        interactions will be structured in the following way, with the appropriate values filled in.\n\n\
        [[ ## ticket ## ]]\n{ticket}\nIn adhering to this structure, your objective is: \n        Sort it.";
    let ticket = format!("[[ ## ticket ## ]]\n{}", line.repeat(LETTERS / line.len()));
    let messages = json!([{"role": "system", "content": system}, {"role": "user", "content": ticket}]);
    let body = SpanBody {
        inputs: Some(json!({"messages": messages})),
        outputs: Some(json!(["[[ ## queue ## ]]\nshipping"])),
        ..SpanBody::default()
    };
    let span = MemoryStore::span("long", Some("b"), "LM.__call__", 1, 2);
    spans.push((SpanHead { kind: "CHAT_MODEL".into(), ..span }, body));
    store.put_trace(head, spans);
    let mut harness = window(&store, Some("experiment/1/run/child/trace/tr-long/span/long"), Some(PATH));
    let mut frames: Vec<Duration> = Vec::new();
    let end = Instant::now() + Duration::from_secs(120);
    let mut step = |harness: &mut egui_kittest::Harness<'_, _>| {
        let start = Instant::now();
        harness.step();
        frames.push(start.elapsed());
    };
    // What follows the text can be seen without scrolling past all of it.
    while harness.query_all_by_label("shipping").next().is_none()
        || harness.query_all_by_label("Sort it.").next().is_none()
    {
        assert!(Instant::now() < end, "the call was not read");
        step(&mut harness);
        std::thread::sleep(Duration::from_millis(5));
    }
    let slowest = frames.iter().max().copied().unwrap_or_default();
    let steady = steady(&mut harness);
    harness.state_mut().act(Action::GoTo("experiment/1/run/child/trace/tr-long/span/a".into()));
    settle(&mut harness);
    let usual = self::steady(&mut harness);
    println!("the slowest frame took {slowest:?}, a steady one {steady:?}, one of a short span {usual:?}");
    // Without optimization and on a busy machine; a frame that waited for the text would take seconds.
    assert!(slowest < Duration::from_millis(1_500), "a frame took {slowest:?}");
    assert!(steady < 5 * usual + Duration::from_millis(20), "a steady frame took {steady:?}, usually {usual:?}");
}

/// How long a frame takes in which nothing happens: that in the middle of some.
fn steady(harness: &mut Harness<'_, Viewer>) -> Duration {
    let mut frames: Vec<Duration> = (0..21)
        .map(|_| {
            let start = Instant::now();
            harness.step();
            start.elapsed()
        })
        .collect();
    frames.sort();
    frames[10]
}
