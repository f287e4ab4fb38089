//! A very long input: what is typed into its search never waits for it.

use std::time::{Duration, Instant};

use crate::common::{PATH, small_store, trace, wait_for, window};
use dspyglass::model::SpanBody;
use egui::accesskit::Role;
use egui_kittest::kittest::Queryable;
use serde_json::json;

const LETTERS: usize = 20_000_000;

#[test]
fn a_search_in_twenty_million_letters_does_not_hold_the_window() {
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
