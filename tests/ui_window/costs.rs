//! What candidates and traces cost, in the window.

use dspyglass::app::{Args, Viewer, ViewerOptions};
use dspyglass::model::{ArtifactOwner, MetricPoint, Reveal, RunId, Session, Shown, SpanBody, Unmasked};
use dspyglass::query::PriceFile;
use dspyglass::state::{Place, RunTab};
use dspyglass::store::StoreError;
use dspyglass::store::memory::MemoryStore;
use egui::accesskit::Role;
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use serde_json::json;

use crate::common::{NOW_MS, PATH, click, settle, wait, wait_for, window, window_of_size, window_with};

/// An evaluation with this score, of two traces of a model that were given so many tokens each; nothing is known of
/// the usage where that is 0.
pub fn put(store: &MemoryStore, order: i64, score: f64, (model, input): (&str, u64)) {
    let id = RunId::from(format!("e{order}"));
    let mut run = MemoryStore::run(id.as_str(), "1", &format!("eval_full_{order}"), NOW_MS - 800_000 + order * 1_000);
    run.parent_id = Some(RunId::from("opt"));
    run.end_time_ms = Some(NOW_MS - 799_500 + order * 1_000);
    store.put_run(run);
    store.put_metric(&id, "eval", vec![MetricPoint { step: 0, timestamp_ms: NOW_MS, value: score }]);
    let state = json!({"solve": {"traces": [], "train": [], "demos": [], "lm": null, "signature":
        {"instructions": format!("{order}"), "fields": [{"prefix": "Ticket:", "description": "${ticket}"}]}}});
    let rows: Vec<_> = (0..2).map(|at| json!([format!("ticket {at}"), 1.0])).collect();
    let table = json!({"columns": ["example_ticket", "score"], "data": rows});
    store.put_artifact(ArtifactOwner::Run(id.clone()), "model.json", state.to_string().into_bytes());
    store.put_artifact(ArtifactOwner::Run(id.clone()), "result_table.json", table.to_string().into_bytes());
    for at in 0..2 {
        let trace = format!("tr-{order}-{at}");
        let root = MemoryStore::span("a", None, "Route.forward", 0, 100_000_000);
        let mut call = MemoryStore::span("b", Some("a"), "LM.__call__", 10_000_000, 90_000_000);
        call.kind = "CHAT_MODEL".into();
        let (mut used, mut called) = (SpanBody::default(), SpanBody::default());
        if input > 0 {
            let usage = json!({"input_tokens": input, "output_tokens": 0, "total_tokens": input});
            used.attributes.insert("mlflow.chat.tokenUsage".into(), usage);
        }
        called.attributes.insert("model".into(), json!(model));
        let mut head = MemoryStore::trace_head(&trace, "1", Some(id.as_str()), "Route.forward", NOW_MS - 799_000);
        let inputs = json!({"ticket": format!("ticket {at}")});
        head.row.request_preview = Some(Shown::Text(inputs.to_string().into()));
        head.row.session = Session::read(Unmasked::new(format!("desk-{order}")), Reveal::Masked);
        used.inputs = Some(inputs);
        store.put_trace(head, vec![(root, used), (call, called)]);
    }
}

/// C1 is cheap, C2 the better one, C3 as good and dearer, of C4 nobody knows what it cost.
pub fn store() -> MemoryStore {
    let store = MemoryStore::new();
    store.add_experiment("1", "router");
    store.put_run(MemoryStore::run("opt", "1", "opt", NOW_MS - 900_000));
    put(&store, 0, 50.0, ("openai/gpt-4o-mini", 100));
    put(&store, 1, 70.0, ("openai/gpt-4o-mini", 400));
    put(&store, 2, 70.0, ("openai/gpt-4o-mini", 1_000));
    put(&store, 3, 90.0, ("openai/gpt-4o-mini", 0));
    store
}

fn chart(harness: &Harness<'_, Viewer>) -> Option<(String, egui::Rect)> {
    let mut all = harness.query_all_by_role(Role::Image);
    let node =
        all.find(|node| node.accesskit_node().label().is_some_and(|label| label.starts_with("Score against cost")))?;
    Some((node.accesskit_node().label()?, node.rect()))
}

/// Writes a file of prices that knows one model: what each of its input tokens costs.
pub fn write_price(path: &std::path::Path, each: &str) {
    let text = format!(r#"{{"openai/gpt-4o-mini": {{"input_cost_per_token": {each}, "output_cost_per_token": 0}}}}"#);
    std::fs::write(path, text).expect("written");
}

#[test]
fn the_cheapest_candidate_for_its_score_is_found_in_two_actions() {
    let mut harness = window(&store(), Some("experiment/1/run/opt?tab=optimization"), Some(PATH));
    wait_for(&mut harness, "Against cost");
    settle(&mut harness);
    // 1,000 times 400 tokens at 0.15 dollars a million.
    click(&mut harness, "Against cost");
    wait(&mut harness, "the chart", |harness| chart(harness).is_some());
    let (label, rect) = chart(&harness).expect("just seen");
    let wanted = "Score against cost, 3 programs; unbeaten: C1 50 (full) for $0.015; C2 70 (full) for $0.06";
    assert_eq!(label, wanted, "C3 costs more for the same, and of C4 nothing is known");
    // The second action is a click on the upper left point of the line: C2 stands a third of the way along.
    let body = egui::Rect::from_min_max(rect.min + egui::vec2(44.0, 16.0), rect.max - egui::vec2(40.0, 32.0));
    let beside = (0.15 - 0.015) * 0.08;
    let along = ((0.06 - 0.015 + beside) / (0.15 - 0.015 + 2.0 * beside)) as f32;
    let up = ((70.0 - 50.0 + 3.5) / (70.0 - 50.0 + 7.0)) as f32;
    let at = egui::pos2(body.left() + along * body.width(), body.bottom() - up * body.height());
    harness.hover_at(at);
    harness.step();
    harness.step();
    harness.drag_at(at);
    harness.step();
    harness.drop_at(at);
    settle(&mut harness);
    let place = harness.state().state().location().clone();
    let selected = matches!(&place, Place::Run { tab: Some(RunTab::Optimization { candidate: Some(run) }), .. } if run.as_str() == "e1");
    assert!(selected, "{place:?}");
}

#[test]
fn costs_stand_in_tables_and_what_is_unknown_is_no_0() {
    let mut harness = window(&store(), Some("experiment/1/run/opt?tab=optimization"), Some(PATH));
    wait_for(&mut harness, "Against cost");
    settle(&mut harness);
    let row = |harness: &Harness<'_, Viewer>, name: &str| -> Vec<String> {
        let rows = harness.query_all_by_role(Role::Row);
        let texts = rows.map(|row| row.children().filter_map(|cell| cell.accesskit_node().label()).collect::<Vec<_>>());
        let mut found = texts.filter(|texts| texts.first().is_some_and(|first| first.starts_with(name)));
        found.next().unwrap_or_else(|| panic!("no row {name}"))
    };
    assert!(row(&harness, "C2").iter().any(|cell| cell == "$0.00012"), "{:?}", row(&harness, "C2"));
    assert!(!row(&harness, "C4").iter().any(|cell| cell.contains('$')), "{:?}", row(&harness, "C4"));
    assert!(
        harness.query_all_by_label_contains("of 6 of 8 traces").next().is_some(),
        "the fact says what it leaves out"
    );
    // The list of traces, and a trace.
    let mut harness = window(&store(), Some("experiment/1/run/e1?tab=traces"), Some(PATH));
    wait_for(&mut harness, "$0.00006");
    let mut harness = window(&store(), Some("experiment/1/run/e1/trace/tr-1-0"), Some(PATH));
    wait_for(&mut harness, "$0.00006");
    settle(&mut harness);
    let mut harness = window(&store(), Some("experiment/1/run/e3/trace/tr-3-0"), Some(PATH));
    wait_for(&mut harness, "Route.forward");
    settle(&mut harness);
    assert!(harness.query_all_by_label_contains("$").next().is_none(), "no usage, no cost");
}

#[test]
fn a_file_of_prices_that_changes_changes_what_is_shown() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("prices.json");
    let prices = |each: &str| write_price(&path, each);
    prices("0.001");
    let args = Args {
        at: Some("experiment/1/run/e1/trace/tr-1-0".to_owned()),
        store: Some(PATH.into()),
        utc: true,
        ..Args::default()
    };
    let file = PriceFile { path: path.clone(), is_named: true };
    let mut harness = window_with(&store(), ViewerOptions { args, prices: Some(file), ..ViewerOptions::default() });
    wait_for(&mut harness, "$0.40");
    settle(&mut harness);
    prices("0.00250");
    wait_for(&mut harness, "$1.00");
}

#[test]
fn prices_that_changed_while_the_store_could_not_be_read_are_taken_over() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("prices.json");
    let prices = |each: &str| write_price(&path, each);
    prices("0.001");
    let store = store();
    let args = Args { at: Some("trace/tr-1-0".to_owned()), store: Some(PATH.into()), utc: true, ..Args::default() };
    let file = PriceFile { path: path.clone(), is_named: true };
    let mut harness = window_with(&store, ViewerOptions { args, prices: Some(file), ..ViewerOptions::default() });
    wait_for(&mut harness, "$0.40");
    settle(&mut harness);
    store.fail_with(|call| (call == "revision").then(|| StoreError::Missing(PATH.into())));
    prices("0.00250");
    let looks = store.calls("revision");
    wait(&mut harness, "looks that fail", |_| store.calls("revision") > looks + 2);
    store.recover();
    wait_for(&mut harness, "$1.00");
}

#[test]
fn costs_are_asked_for_where_their_column_has_room() {
    let at = Some("experiment/1/run/e1?tab=traces".to_owned());
    let args = Args { at, store: Some(PATH.into()), utc: true, ..Args::default() };
    let options = ViewerOptions { args, ..ViewerOptions::default() };
    let mut harness = window_of_size([640.0, 600.0], &store(), options);
    wait_for(&mut harness, "Route.forward");
    settle(&mut harness);
    settle(&mut harness);
    let left_out = |harness: &Harness<'_, Viewer>| {
        let note = harness.query_all_by_label_contains("Left out for want of room").next();
        note.and_then(|note| note.accesskit_node().label()).unwrap_or_default()
    };
    assert!(left_out(&harness).contains("Cost"), "{}", left_out(&harness));
    // A row is told with all of its columns, those without room, too.
    assert!(harness.query_all_by_label_contains("$0.00006").next().is_none());
    harness.set_size(egui::vec2(1_600.0, 1_000.0));
    wait_for(&mut harness, "$0.00006");
}
