//! How often whoever looks at the window waits for a server before the thing itself is on screen. What was asked besides
//! and what came later kept nobody waiting: only what was answered by then counts.

use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use crate::common::{click, real_window, settle, wait, wait_for};
use crate::late::{Late, paths, rounds, told};
use crate::stand_in::Asked;
use dspyglass::app::{Args, Viewer, ViewerOptions};
use dspyglass::state::Action;
use egui::Key;
use egui::accesskit::Role;
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};

/// How late every answer is: longer than it takes to make rows of one and to draw them, so that what is asked besides and
/// behind that has not been answered by then.
const LATE: Duration = Duration::from_secs(1);
/// How late it is while nothing is counted.
const SOON: Duration = Duration::from_millis(10);
/// Nobody waits for that.
const NEVER: Duration = Duration::from_secs(3_600);

const EXPERIMENTS: &str = "/api/2.0/mlflow/experiments/search";
const SEARCHES: [&str; 2] = ["/api/2.0/mlflow/runs/search", "/api/3.0/mlflow/traces/search"];
const SPANS: &str = "/ajax-api/2.0/mlflow/get-trace-artifact";
const TRACE: &str = "experiment/1/trace/tr-099999";
const TRACES: &str = "experiment/1?tab=traces";

fn opened(late: &Late, at: Option<&str>, cache: Option<&Path>) -> Harness<'static, Viewer> {
    let args = Args { store: Some(late.address().into()), at: at.map(str::to_owned), utc: true, ..Args::default() };
    real_window(ViewerOptions { args, cache: cache.map(Path::to_owned), ..ViewerOptions::default() })
}

/// The rows of tables and trees on screen, as a screen reader says them.
fn rows(harness: &Harness<'_, Viewer>) -> Vec<String> {
    let all = [Role::Row, Role::TreeItem].map(|role| harness.query_all_by_role(role));
    all.into_iter().flatten().filter_map(|row| row.accesskit_node().label()).collect()
}

/// Tells a row from others.
type Is = fn(&str) -> bool;

fn is_experiment(row: &str) -> bool {
    row.starts_with("Experiment one")
}

/// The newest run with its metric and its param.
fn is_filled_run(row: &str) -> bool {
    row.starts_with("Run run-2210") && row.ends_with("eval 2,210, num_trials 2210")
}

/// The newest trace of the list.
fn is_newest(row: &str) -> bool {
    row.contains("Name call 99999")
}

/// The last one that is shown of the spans of a trace, which are alike.
fn is_span(row: &str) -> bool {
    row == "step 5"
}

/// Waits until such a row is on screen, and gives and tells the round trips that it took since the last count.
fn first_shown(harness: &mut Harness<'_, Viewer>, late: &Late, what: &str, is_it: impl Fn(&str) -> bool) -> usize {
    let since = Instant::now();
    wait(harness, what, |harness| rows(harness).iter().any(|row| is_it(row)));
    let mut answered = late.answered();
    let found = rounds(&mut answered);
    told(what, found, since);
    println!("    {}", paths(&answered));
    found.0
}

/// Everything is read that anybody asked for; from now on it is counted.
fn count_when_quiet(harness: &mut Harness<'_, Viewer>, late: &Late) {
    late.set(SOON);
    settle(harness);
    late.set(LATE);
    // A look for changes may be under way.
    thread::sleep(Duration::from_millis(200));
    late.answered();
}

fn click_row(harness: &mut Harness<'_, Viewer>, is_it: impl Fn(&str) -> bool) {
    {
        let mut all = harness.query_all_by_role(Role::Row);
        let row = all.find(|row| row.accesskit_node().label().is_some_and(|label| is_it(&label)));
        row.expect("on screen").click();
    }
    harness.step();
}

/// The looks for changes: the experiments, and the newest of everything.
fn is_look(asked: &Asked) -> bool {
    let body: serde_json::Value = serde_json::from_str(&asked.body).unwrap_or_default();
    asked.path == EXPERIMENTS || (SEARCHES.contains(&&*asked.path) && body["max_results"] == 10)
}

#[test]
fn experiments_are_on_screen_after_one_round_trip() {
    let late = Late::new(LATE);
    let mut harness = opened(&late, None, None);
    assert_eq!(first_shown(&mut harness, &late, "experiments", is_experiment), 1);
}

#[test]
fn runs_with_their_values_are_on_screen_after_three() {
    let late = Late::new(LATE);
    let mut harness = opened(&late, None, None);
    wait_for(&mut harness, "two");
    // What keeps a server busy, which is much, keeps nobody waiting. It ends in the middle of what is waited for, so
    // that there are more round trips than that takes.
    late.answered();
    click(&mut harness, "one");
    let rounds = first_shown(&mut harness, &late, "2,211 runs, beside a count of everything", is_filled_run);
    assert!(rounds <= 5, "{rounds}");
    drop(harness);
    let mut harness = opened(&late, None, None);
    wait_for(&mut harness, "two");
    count_when_quiet(&mut harness, &late);
    click(&mut harness, "one");
    let rounds = first_shown(&mut harness, &late, "2,211 runs", is_filled_run);
    assert!(rounds <= 3, "{rounds}");
}

#[test]
fn a_trace_of_30_spans_is_on_screen_after_two() {
    let late = Late::new(LATE);
    let mut harness = opened(&late, Some(TRACES), None);
    assert_eq!(first_shown(&mut harness, &late, "a list of traces", is_newest), 1);
    click_row(&mut harness, is_newest);
    let rounds = first_shown(&mut harness, &late, "a trace, beside a count of everything", is_span);
    assert!(rounds <= 4, "{rounds}");
    drop(harness);
    let mut harness = opened(&late, None, None);
    wait_for(&mut harness, "two");
    count_when_quiet(&mut harness, &late);
    harness.state_mut().act(Action::GoTo(TRACE.to_owned()));
    let rounds = first_shown(&mut harness, &late, "a trace of 30 spans", is_span);
    assert!(rounds <= 2, "{rounds}");
}

#[test]
fn a_hundred_thousand_traces_scroll_without_a_wait_for_all_of_them() {
    let late = Late::new(SOON);
    let mut harness = opened(&late, Some("experiment/1"), None);
    wait(&mut harness, "runs", |harness| rows(harness).iter().any(|row| is_filled_run(row)));
    count_when_quiet(&mut harness, &late);
    click(&mut harness, "Traces");
    assert_eq!(first_shown(&mut harness, &late, "the first of 100,000 traces", is_newest), 1);
    wait_for(&mut harness, "at least ");
    late.set(SOON);
    harness.get_by_role_and_label(Role::Table, "Traces").focus();
    harness.step();
    let top = |harness: &Harness<'_, Viewer>| harness.state().state().scroll("traces").map_or(0, |scroll| scroll.row);
    let since = Instant::now();
    while top(&harness) < 3_000 {
        assert!(since.elapsed() < Duration::from_secs(90), "no further than {}", top(&harness));
        harness.key_press(Key::PageDown);
        harness.step();
    }
    println!("3,000 lines further after {} ms", since.elapsed().as_millis());
    let is_down_there = |row: &String| row.contains("Name call 96");
    wait(&mut harness, "lines down there", |harness| rows(harness).iter().any(is_down_there));
    assert!(harness.query_all_by_label_contains("at least ").next().is_some(), "all of them were waited for");
    // However long an answer takes, the next frame does not wait for it.
    late.set(NEVER);
    let (mut slowest, mut frames, until) = (Duration::ZERO, 0, Instant::now() + Duration::from_secs(3));
    while Instant::now() < until {
        harness.key_press(if frames % 2 == 0 { Key::PageUp } else { Key::PageDown });
        let since = Instant::now();
        harness.step();
        (slowest, frames) = (slowest.max(since.elapsed()), frames + 1);
    }
    println!("{frames} frames while nobody answers, the slowest {} ms", slowest.as_millis());
    assert!(harness.state().loader().is_reading() && slowest < Duration::from_secs(2), "{slowest:?}");
}

#[test]
fn a_second_look_in_the_same_session_asks_nothing() {
    let late = Late::new(SOON);
    let mut harness = opened(&late, None, None);
    let looks: [(&str, Is); 3] = [("", is_experiment), ("experiment/1", is_filled_run), (TRACE, is_span)];
    let look = |harness: &mut Harness<'static, Viewer>| {
        for (place, is_it) in looks {
            harness.state_mut().act(Action::GoTo(place.to_owned()));
            harness.step();
            wait(harness, place, |harness| rows(harness).iter().any(|row| is_it(row)));
            settle(harness);
        }
    };
    look(&mut harness);
    let before = late.asked().len();
    look(&mut harness);
    let asked = &late.asked()[before..];
    let others: Vec<&str> = asked.iter().filter(|asked| !is_look(asked)).map(|asked| &*asked.path).collect();
    println!("a second look: {} requests that look for changes, {} others", asked.len() - others.len(), others.len());
    assert_eq!(others, [""; 0]);
}

#[test]
fn a_trace_that_was_seen_is_on_screen_after_a_restart_before_anybody_answers() {
    let cache = tempfile::tempdir().expect("a folder");
    let late = Late::new(SOON);
    let mut harness = opened(&late, Some(TRACE), Some(cache.path()));
    wait(&mut harness, "the trace", |harness| rows(harness).iter().any(|row| is_span(row)));
    settle(&mut harness);
    drop(harness);
    late.set(NEVER);
    thread::sleep(Duration::from_millis(200));
    late.answered();
    let before = late.asked().len();
    let mut harness = opened(&late, Some(TRACE), Some(cache.path()));
    assert_eq!(first_shown(&mut harness, &late, "a trace that was seen, after a restart", is_span), 0);
    wait_for(&mut harness, "checking…");
    // Somebody writes to it before the server answers: that is shown as soon as it does.
    *late.tag.lock().expect("no panic") = "looked at";
    late.set(SOON);
    click(&mut harness, "About");
    wait_for(&mut harness, "looked at");
    wait(&mut harness, "the time of the answer", |harness| {
        harness.query_all_by_label_contains("checking…").next().is_none()
    });
    assert!(late.asked()[before..].iter().all(|asked| !asked.path.starts_with(SPANS)), "its spans are the same");
    drop(harness);
    // The same from a list, which tells what is said of it now.
    let mut harness = opened(&late, Some(TRACES), Some(cache.path()));
    wait(&mut harness, "the list", |harness| rows(harness).iter().any(|row| is_newest(row)));
    late.set(NEVER);
    thread::sleep(Duration::from_millis(200));
    late.answered();
    click_row(&mut harness, is_newest);
    assert_eq!(first_shown(&mut harness, &late, "a trace that was seen, from a list after a restart", is_span), 0);
}
