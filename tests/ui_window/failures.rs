//! What cannot be read or opened: why, what is offered, and that no password is shown on the way.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::common::{NOW_MS, PATH, click, settle, small_store, wait, wait_for, window};
use dspyglass::app::{Args, Viewer, ViewerOptions};
use dspyglass::loader::Opener;
use dspyglass::state::Action;
use dspyglass::store::{Refusal, Store, StoreError, StoreInfo, StoreLocation};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;

const ADDRESS: &str = "http://me:pw1@mlflow.example.org:5000";
const SHOWN: &str = "http://mlflow.example.org:5000";

fn network() -> StoreError {
    StoreError::Network { place: ADDRESS.into(), message: "connection refused".to_owned() }
}

fn has(harness: &Harness<'_, Viewer>, label: &str) -> bool {
    harness.query_all_by_label_contains(label).next().is_some()
}

/// A trace whose spans cannot be read.
fn failing(error: impl Fn() -> StoreError + Send + 'static) -> Harness<'static, Viewer> {
    let store = small_store();
    store.fail_with(move |call| (call == "spans").then(&error));
    let mut harness = window(&store, Some("experiment/1/run/child/trace/tr-1"), Some(PATH));
    wait_for(&mut harness, "The trace could not be read");
    harness
}

#[test]
fn each_failure_offers_what_would_help() {
    let place = || StoreLocation::from(ADDRESS);
    let network = failing(network);
    assert!(has(&network, "connection refused") && has(&network, "Read again"));
    let busy = failing(|| StoreError::Busy("/a/mlflow.db".into()));
    assert!(has(&busy, "is locked by a process") && has(&busy, "Read again"));
    let refused = failing(move || StoreError::Refused { place: place(), refusal: Refusal::Unknown });
    assert!(has(&refused, "MLFLOW_TRACKING_TOKEN") && has(&refused, "Sign in…"));
    let unsupported = failing(move || StoreError::Unsupported { place: place(), what: "spans", why: "old".to_owned() });
    assert!(has(&unsupported, "spans cannot be read from") && !has(&unsupported, "Read again"));
    for harness in [network, busy, refused, unsupported] {
        assert!(has(&harness, "Copy details") && !has(&harness, "pw1"));
    }
}

#[test]
fn an_artifact_that_cannot_be_read_leads_to_where_the_artifacts_are() {
    let store = small_store();
    let error = || StoreError::Artifact { path: "/a/model.json".into(), source: std::io::Error::other("not mounted") };
    store.fail_with(move |call| (call == "artifact").then(error));
    let place = "experiment/1/run/child?tab=artifacts&item=model.json";
    let mut harness = window(&store, Some(place), Some(PATH));
    wait_for(&mut harness, "cannot read /a/model.json: not mounted");
    assert!(!has(&harness, "Read again"));
    click(&mut harness, "Where are the artifacts?…");
    assert!(harness.state().state().asks_for_artifacts);
}

#[test]
fn a_server_that_was_down_is_opened_when_it_is_up_and_shows_no_password() {
    let (store, is_up) = (small_store(), Arc::new(AtomicBool::new(false)));
    store.set_info(StoreInfo { location: ADDRESS.into(), ..store.info() });
    let up = Arc::clone(&is_up);
    let opener: Opener = Arc::new(move |location| {
        assert_eq!(location.address().and_then(|address| address.user_info()), Some("me:pw1"));
        if up.load(Ordering::Relaxed) { store.fork() } else { Err(network()) }
    });
    let args = Args { store: Some(ADDRESS.into()), utc: true, ..Args::default() };
    let options = ViewerOptions { args, ..ViewerOptions::default() };
    let mut harness = Harness::builder().with_size([1600.0, 1000.0]).allow_missing_glyphs().build_eframe(move |cc| {
        let viewer = Viewer::with_opener(&cc.egui_ctx, options, opener).with_now_ms(NOW_MS);
        dspyglass::widgets::fonts::without_system_fonts(&cc.egui_ctx);
        viewer
    });
    wait_for(&mut harness, "This store could not be opened");
    assert!(has(&harness, &format!("cannot reach {SHOWN}: connection refused")) && !has(&harness, "pw1"));
    is_up.store(true, Ordering::Relaxed);
    click(&mut harness, "Try again");
    wait(&mut harness, "the store", |harness| harness.state().state().store().is_some());
    settle(&mut harness);
    // Named where it stands first, with all of it below.
    assert!(has(&harness, "mlflow.example.org:5000") && has(&harness, SHOWN) && !has(&harness, "pw1"));
    assert_eq!(harness.state().state().settings.recent, [SHOWN]);
    assert!(!harness.state().state().settings.to_text().contains("pw1"));
    // It is kept for opening it again.
    harness.state_mut().act(Action::NameArtifacts(None));
    settle(&mut harness);
    assert!(harness.state().loader().state().failed.is_none());
    harness.state_mut().act(Action::CloseStore);
    settle(&mut harness);
    assert!(has(&harness, SHOWN) && !has(&harness, "pw1"));
}
