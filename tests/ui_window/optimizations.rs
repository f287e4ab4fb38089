//! Several optimizations on one chart.

use crate::common::{NOW_MS, PATH, click, settle, wait, wait_for, window};
use dspyglass::app::Viewer;
use dspyglass::model::artifact::ArtifactOwner;
use dspyglass::model::{MetricPoint, RunId};
use dspyglass::store::memory::MemoryStore;
use egui::accesskit::Role;
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use serde_json::json;

/// One full evaluation of an optimization, on twelve examples.
fn put(store: &MemoryStore, experiment: &str, parent: &str, order: i64, score: f64) {
    let id = RunId::from(format!("{parent}-{order}"));
    let mut run = MemoryStore::run(id.as_str(), experiment, &format!("eval_full_{order}"), NOW_MS - 800_000 + order);
    run.parent_id = Some(RunId::from(parent));
    run.end_time_ms = Some(NOW_MS - 800_000 + order * 60_000);
    store.put_run(run);
    store.put_metric(&id, "eval", vec![MetricPoint { step: 0, timestamp_ms: NOW_MS, value: score }]);
    let state = json!({"solve": {"traces": [], "train": [], "demos": [], "lm": null, "signature":
        {"instructions": format!("{order}"), "fields": [{"prefix": "Ticket:", "description": "${ticket}"}]}}});
    let rows: Vec<_> = (0..12).map(|at| json!([format!("ticket {at}"), 1.0])).collect();
    let table = json!({"columns": ["example_ticket", "score"], "data": rows});
    store.put_artifact(ArtifactOwner::Run(id.clone()), "model.json", state.to_string().into_bytes());
    store.put_artifact(ArtifactOwner::Run(id), "result_table.json", table.to_string().into_bytes());
}

/// Two optimizations of one scale and one whose scores are means, and one in another experiment.
fn store() -> MemoryStore {
    let store = MemoryStore::new();
    store.add_experiment("1", "ticket-router");
    store.add_experiment("2", "other");
    store.add_experiment("3", "empty");
    for (at, (experiment, parent, scores)) in [
        ("1", "first", [50.0, 70.0]),
        ("1", "second", [40.0, 90.0]),
        ("1", "third", [0.4, 0.5]),
        ("2", "fourth", [10.0, 20.0]),
    ]
    .into_iter()
    .enumerate()
    {
        store.put_run(MemoryStore::run(parent, experiment, parent, NOW_MS - 900_000 + at as i64));
        for (order, score) in (0..).zip(scores) {
            put(&store, experiment, parent, order, score);
        }
    }
    store
}

fn shown(at: &str) -> Harness<'static, Viewer> {
    let mut harness = window(&store(), Some(at), Some(PATH));
    settle(&mut harness);
    harness
}

/// What the chart says of itself.
fn chart(harness: &Harness<'_, Viewer>) -> Option<String> {
    let mut all = harness.query_all_by_role(Role::Image).filter_map(|node| node.accesskit_node().label());
    all.find(|label| label.starts_with("Best scores over"))
}

#[test]
fn optimizations_of_one_scale_share_a_chart_and_others_are_named() {
    let mut harness = shown("experiment/1?tab=optimizations");
    wait(&mut harness, "the chart", |harness| chart(harness).is_some());
    let told = chart(&harness).expect("a chart");
    assert!(told.contains("70 optimizer unknown first 2 points from 50 to 70"), "{told}");
    assert!(told.contains("90 optimizer unknown second 2 points from 40 to 90") && !told.contains("third"), "{told}");
    wait_for(&mut harness, "Left out: third: its scores go up to 1, those of others beyond");
    click(&mut harness, "Metric calls");
    wait(&mut harness, "another axis", |harness| chart(harness).is_some_and(|told| told.contains("over metric calls")));
    let address = harness.state().state().location().to_string();
    assert!(address.ends_with("experiment/1?tab=optimizations&over=metric-calls"), "{address}");
    click(&mut harness, "Tokens");
    wait_for(&mut harness, "No optimization here has any: no trace of its evaluations tells its tokens");
    click(&mut harness, "the whole store");
    click(&mut harness, "Time");
    wait(&mut harness, "all of the store", |harness| chart(harness).is_some_and(|told| told.contains("fourth")));
    let rows = harness.query_all_by_role(Role::Row).filter_map(|row| row.accesskit_node().label());
    assert_eq!(
        rows.filter(|label| label.contains("other") && label.contains("fourth")).count(),
        1,
        "with its experiment"
    );
}

#[test]
fn a_line_of_the_table_leads_to_the_optimization() {
    let mut harness = shown("experiment/1?tab=optimizations");
    wait(&mut harness, "the chart", |harness| chart(harness).is_some());
    let at = {
        let mut rows = harness.query_all_by_role(Role::Row);
        let row = rows.find(|row| row.accesskit_node().label().is_some_and(|label| label.contains("second")));
        row.expect("a row").rect().left_center() + egui::vec2(40.0, 0.0)
    };
    harness.hover_at(at);
    harness.drag_at(at);
    harness.drop_at(at);
    settle(&mut harness);
    let address = harness.state().state().location().to_string();
    assert!(address.ends_with("experiment/1/run/second?tab=optimization"), "{address}");
}

#[test]
fn an_experiment_without_optimizations_has_no_such_tab() {
    let tab = |harness: &Harness<'_, Viewer>| {
        let tabs = harness.query_all_by_role(Role::Tab).filter_map(|tab| tab.accesskit_node().label());
        tabs.filter(|label| label.starts_with("Optimizations")).count()
    };
    let mut with = shown("experiment/1");
    wait(&mut with, "its tab", |harness| tab(harness) == 1);
    let without = shown("experiment/3");
    assert_eq!(tab(&without), 0);
}
