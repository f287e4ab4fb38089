//! How sure scores are, in the chart of an optimization and in the table below it.

use crate::common::{NOW_MS, PATH, settle, wait, wait_for, window};
use dspyglass::app::Viewer;
use dspyglass::model::artifact::ArtifactOwner;
use dspyglass::model::{MetricPoint, RunId};
use dspyglass::store::memory::MemoryStore;
use egui::accesskit::Role;
use egui::{Pos2, Shape};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use serde_json::json;

/// The seed right in 6 of 12, another program right in 9 of 12 and then in 8 of 12, one without a table.
fn store() -> MemoryStore {
    let store = MemoryStore::new();
    store.add_experiment("1", "ticket-router");
    let mut parent = MemoryStore::run("p", "1", "bold-finch-218", NOW_MS - 900_000);
    parent.end_time_ms = Some(NOW_MS - 1);
    store.put_run(parent);
    let put = |order: i64, right: usize, has_table: bool, text: &str| {
        let id = RunId::from(format!("r{order}"));
        let name = format!("eval_full_{order}");
        let mut run = MemoryStore::run(id.as_str(), "1", &name, NOW_MS - 800_000 + order * 1_000);
        run.parent_id = Some(RunId::from("p"));
        store.put_run(run);
        let value = (100.0 * right as f64 / 12.0 * 100.0).round() / 100.0;
        store.put_metric(&id, "eval", vec![MetricPoint { step: 0, timestamp_ms: NOW_MS, value }]);
        let state = json!({"solve": {"traces": [], "train": [], "demos": [], "lm": null, "signature":
            {"instructions": text, "fields": [{"prefix": "Ticket:", "description": "${ticket}"}]}}});
        let rows: Vec<_> = (0..12).map(|at| json!([format!("ticket {at}"), u8::from(at < right)])).collect();
        let table = json!({"columns": ["example_ticket", "score"], "data": rows});
        let owner = ArtifactOwner::Run(id);
        store.put_artifact(owner.clone(), "model.json", state.to_string().into_bytes());
        if has_table {
            store.put_artifact(owner, "result_table.json", table.to_string().into_bytes());
        }
    };
    put(0, 6, true, "Route the ticket.");
    put(1, 9, true, "Read it twice.");
    put(2, 8, true, "Read it twice.");
    put(3, 7, false, "Be brief.");
    store
}

fn story(store: &MemoryStore) -> Harness<'static, Viewer> {
    let mut harness = window(store, Some("experiment/1/run/p?tab=optimization"), Some(PATH));
    wait_for(&mut harness, "Score by evaluation, 4 evaluations");
    settle(&mut harness);
    harness
}

/// The chart, with what it says of itself.
fn chart(harness: &Harness<'_, Viewer>) -> (egui::Rect, String) {
    let found = harness.query_all_by_role(Role::Image).find_map(|node| {
        let label = node.accesskit_node().label()?;
        label.starts_with("Score by evaluation").then(|| (node.rect(), label))
    });
    found.expect("the chart")
}

/// Every shape of the last frame.
fn shapes(harness: &Harness<'_, Viewer>) -> Vec<Shape> {
    fn flat(shape: &Shape, into: &mut Vec<Shape>) {
        match shape {
            Shape::Vec(shapes) => shapes.iter().for_each(|shape| flat(shape, into)),
            shape => into.push(shape.clone()),
        }
    }
    let mut all = Vec::new();
    harness.output().shapes.iter().for_each(|one| flat(&one.shape, &mut all));
    all
}

fn is_painted(harness: &Harness<'_, Viewer>, text: &str) -> bool {
    shapes(harness).iter().any(|shape| matches!(shape, Shape::Text(painted) if painted.galley.text() == text))
}

#[test]
fn every_evaluation_with_a_table_has_a_bar_and_tells_its_interval() {
    let mut harness = story(&store());
    wait(&mut harness, "the bars", |harness| chart(harness).1.ends_with("intervals of 3 points"));
    let (rect, _) = chart(&harness);
    assert!(is_painted(&harness, "│ 95 % interval"), "the legend names them");
    // Wilson's of 6 in 12, by statsmodels' proportion_confint: 0.25378 to 0.74622.
    harness.hover_at(Pos2::new(rect.left() + 0.06 * rect.width(), rect.center().y));
    wait(&mut harness, "what it tells", |harness| is_painted(harness, "95 % interval 25.38 – 74.62"));
    assert!(is_painted(&harness, "50, full, n = 12"));
    assert!(is_painted(&harness, "±25"), "the table has half of it");
    // 9 of 12: 0.46769 to 0.91107.
    assert!(is_painted(&harness, "±22"));
    harness.hover_at(Pos2::new(rect.right() - 0.02 * rect.width(), rect.center().y));
    wait(&mut harness, "another point", |harness| is_painted(harness, "58.33, full, n unknown"));
    assert!(
        !shapes(&harness).iter().any(|shape| matches!(shape, Shape::Text(painted)
            if painted.galley.text().starts_with("95 % interval "))),
        "without a table there is none"
    );
}

#[test]
fn repeated_evaluations_are_a_bracket_and_a_fact() {
    let mut harness = story(&store());
    wait(&mut harness, "the fact", |harness| {
        harness.query_by_label_contains("C2 was evaluated 2 times in full: 66.67 – 75").is_some()
    });
    // A bracket is an upright line and two arms of four points at its ends.
    let arms = shapes(&harness)
        .iter()
        .filter(|shape| match shape {
            Shape::LineSegment { points: [a, b], .. } => a.y == b.y && ((a.x - b.x).abs() - 4.0).abs() < 0.01,
            _ => false,
        })
        .count();
    assert_eq!(arms, 2);
}
