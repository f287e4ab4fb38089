//! The chart of an optimization and the table below it know each other.

use crate::common::{NOW_MS, PATH, settle, wait, wait_for, window};
use dspyglass::app::Viewer;
use dspyglass::model::artifact::ArtifactOwner;
use dspyglass::model::{MetricPoint, RunId};
use dspyglass::store::memory::MemoryStore;
use dspyglass::widgets::tokens::{Palette, Tokens};
use egui::accesskit::Role;
use egui::{Color32, Pos2, Shape};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use serde_json::json;

/// MIPROv2 in small: the seed in full, two candidates on minibatches, the second of them promoted.
fn store() -> MemoryStore {
    let store = MemoryStore::new();
    store.add_experiment("1", "ticket-router");
    let mut parent = MemoryStore::run("p", "1", "bold-finch-218", NOW_MS - 900_000);
    parent.end_time_ms = Some(NOW_MS - 1);
    store.put_run(parent);
    let put = |order: i64, name: &str, n: usize, score: f64, text: &str| {
        let id = RunId::from(format!("r{order}"));
        let mut run = MemoryStore::run(id.as_str(), "1", name, NOW_MS - 800_000 + order * 1_000);
        run.parent_id = Some(RunId::from("p"));
        store.put_run(run);
        store.put_metric(&id, "eval", vec![MetricPoint { step: 0, timestamp_ms: NOW_MS, value: score }]);
        let state = json!({"solve": {"traces": [], "train": [], "demos": [], "lm": null, "signature":
            {"instructions": text, "fields": [{"prefix": "Ticket:", "description": "${ticket}"}]}}});
        let rows: Vec<_> = (0..n).map(|at| json!([format!("ticket {at}"), score / 100.0])).collect();
        let table = json!({"columns": ["example_ticket", "score"], "data": rows});
        let owner = ArtifactOwner::Run(id);
        store.put_artifact(owner.clone(), "model.json", state.to_string().into_bytes());
        store.put_artifact(owner, "result_table.json", table.to_string().into_bytes());
    };
    put(0, "eval_full_0", 12, 50.0, "Route the ticket.");
    put(1, "eval_minibatch_0", 4, 29.999_999_999_999_996, "Be brief.");
    put(2, "eval_minibatch_1", 4, 80.0, "Read it twice.");
    put(3, "eval_full_1", 12, 70.0, "Read it twice.");
    store
}

fn story() -> Harness<'static, Viewer> {
    let mut harness = window(&store(), Some("experiment/1/run/p?tab=optimization"), Some(PATH));
    wait_for(&mut harness, "Score by evaluation, 4 evaluations");
    settle(&mut harness);
    harness
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

fn tokens() -> &'static Tokens {
    Tokens::get(true, Palette::GreenRed)
}

/// The centres of the rings around points.
fn rings(harness: &Harness<'_, Viewer>) -> Vec<Pos2> {
    let ring = |shape: &Shape| match shape {
        Shape::Circle(circle) if circle.fill == Color32::TRANSPARENT && circle.radius == 8.0 => Some(circle.center),
        _ => None,
    };
    shapes(harness).iter().filter_map(ring).collect()
}

fn chart(harness: &Harness<'_, Viewer>) -> egui::Rect {
    let begins = |label: String| label.starts_with("Score by evaluation, 4 evaluations: chart of");
    let mut found = harness.query_all_by_role(Role::Image);
    found.find(|chart| chart.accesskit_node().label().is_some_and(begins)).expect("the chart").rect()
}

/// The row of the table that says this first.
fn row(harness: &Harness<'_, Viewer>, begins: &str) -> egui::Rect {
    let rows = harness.get_all_by_role(Role::Row);
    let mut found = rows.filter(|row| row.accesskit_node().label().is_some_and(|label| label.contains(begins)));
    found.next().unwrap_or_else(|| panic!("no row {begins}")).rect()
}

/// Whether the row is painted as marked: with a bar before it.
fn is_marked(harness: &Harness<'_, Viewer>, row: egui::Rect) -> bool {
    let bar = |shape: &Shape| match shape {
        Shape::Rect(bar) => {
            bar.fill == tokens().accent
                && bar.rect.width() < 4.0
                && bar.rect.left_center().distance(row.left_center()) < 2.0
        }
        _ => false,
    };
    shapes(harness).iter().any(bar)
}

#[test]
fn a_point_marks_its_row_and_tells_what_it_is() {
    let mut harness = story();
    assert!(
        is_painted(&harness, "Score") && is_painted(&harness, "Evaluation, in order of start"),
        "the axes have titles"
    );
    let chart = chart(&harness);
    let row = row(&harness, "C2");
    assert!(!is_marked(&harness, row) && rings(&harness).is_empty());
    // The second of four evaluations stands after a third of the axis.
    harness.hover_at(Pos2::new(chart.left() + 0.345 * chart.width(), chart.center().y));
    wait(&mut harness, "what it tells", |harness| is_painted(harness, "C2 · eval_minibatch_0"));
    assert!(is_painted(&harness, "30, minibatch, n = 4"), "no noise of floats");
    assert!(is_painted(&harness, "best so far 50") && is_painted(&harness, "Be brief."));
    harness.step();
    assert!(is_marked(&harness, row));
    assert_eq!(rings(&harness).len(), 1);
    harness.hover_at(Pos2::new(5.0, 5.0));
    wait(&mut harness, "nothing marked", |harness| !is_marked(harness, row) && rings(harness).is_empty());
}

#[test]
fn a_row_marks_its_points() {
    let mut harness = story();
    let row = row(&harness, "C3");
    harness.hover_at(row.center());
    wait(&mut harness, "both of its evaluations", |harness| rings(harness).len() == 2);
    let chart = chart(&harness);
    assert!(rings(&harness).iter().all(|ring| chart.contains(*ring)));
    assert!(!is_marked(&harness, row), "it is pointed at already");
}
