//! A window that nobody touches, over a store that nobody writes to, draws nothing.

use std::time::{Duration, Instant};

use crate::common::{NOW_MS, PATH, settle, small_store, wait, wait_for, window};
use dspyglass::app::Viewer;
use dspyglass::state::Action;
use dspyglass::store::memory::MemoryStore;
use egui_kittest::Harness;

/// When the window wants to be drawn next.
fn next_frame(harness: &Harness<'_, Viewer>) -> Duration {
    harness.output().viewport_output.values().map(|viewport| viewport.repaint_delay).min().unwrap_or(Duration::MAX)
}

#[test]
fn an_unchanged_store_draws_no_frame() {
    let store = small_store();
    let mut harness = window(&store, Some("experiment/1"), Some(PATH));
    wait_for(&mut harness, "bold-finch-218");
    for place in [
        "experiment/1",
        "experiment/1?tab=traces",
        "experiment/1/run/parent",
        "experiment/1/run/child?tab=metrics",
        "experiment/1/run/child?tab=artifacts",
        "experiment/1/run/child?tab=program",
        "compare/parent/child",
        "trace/tr-1",
        "search?text=parcel",
        "",
    ] {
        harness.state_mut().act(Action::GoTo(place.to_owned()));
        settle(&mut harness);
        // The settings are written, and what was pointed at is let go.
        wait(&mut harness, place, |harness| next_frame(harness) > Duration::from_secs(3600));
        let looks = store.calls("revision");
        let end = Instant::now() + Duration::from_secs(5);
        while store.calls("revision") == looks {
            assert!(Instant::now() < end, "the store is looked at all the same");
            std::thread::sleep(Duration::from_millis(5));
        }
        std::thread::sleep(Duration::from_millis(50));
        assert!(!harness.ctx.has_requested_repaint(), "{place}: a look that found nothing asked for a frame");
    }
    store.put_run(MemoryStore::run("late", "1", "a-late-run", NOW_MS));
    let end = Instant::now() + Duration::from_secs(5);
    while !harness.ctx.has_requested_repaint() {
        assert!(Instant::now() < end, "a change asks for a frame");
        std::thread::sleep(Duration::from_millis(5));
    }
    harness.state_mut().act(Action::GoTo("experiment/1".to_owned()));
    wait_for(&mut harness, "a-late-run");
    // It is called live for a while, and is drawn once more when that is over.
    settle(&mut harness);
    let next = next_frame(&harness);
    assert!(next > Duration::from_secs(20) && next <= Duration::from_secs(30), "{next:?}");
}
