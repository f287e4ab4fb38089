//! Where costs are shown besides the page of an optimization: beside others of its kind, of an example, a span, a
//! session, a program; and what it will cost at its end. The store is that of `costs.rs`: a token costs 0.15 dollars a
//! million.

use dspyglass::app::{Args, Viewer, ViewerOptions};
use dspyglass::model::{ArtifactOwner, Entry, RunStatus, RunValues, Shown};
use dspyglass::query::PriceFile;
use dspyglass::state::{Place, RunTab};
use dspyglass::store::memory::MemoryStore;
use egui::accesskit::Role;
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use serde_json::json;

use crate::common::{NOW_MS, PATH, click, settle, wait, wait_for, window, window_with};
use crate::costs::write_price;
use crate::costs::{put, store};

/// The cells of the first row of a table that has one of this name.
fn row(harness: &Harness<'_, Viewer>, name: &str) -> Option<Vec<String>> {
    let rows = harness.query_all_by_role(Role::Row);
    let mut texts = rows.map(|row| row.children().filter_map(|cell| cell.accesskit_node().label()).collect::<Vec<_>>());
    let is_name = |text: &String| text.split_whitespace().next() == Some(name) && !text.contains("unknown");
    texts.find(|texts| texts.iter().any(is_name))
}

fn has_cell(harness: &Harness<'_, Viewer>, name: &str, cell: &str) -> bool {
    row(harness, name).is_some_and(|cells| cells.iter().any(|one| one == cell))
}

/// Whether anything is called so, whole or in part.
fn is_there(harness: &Harness<'_, Viewer>, text: &str) -> bool {
    harness.query_all_by_label_contains(text).next().is_some()
}

fn address(place: &Place) -> String {
    place.to_string().trim_start_matches("dspyglass:").to_owned()
}

/// Two times 100, 400 and 1,000 tokens; of the last two traces nothing is known.
#[test]
fn optimizations_stand_beside_each_other_with_their_costs() {
    let store = store();
    store.put_run(MemoryStore::run("old", "1", "old", NOW_MS - 1_900_000));
    let state = json!({"solve": {"traces": [], "train": [], "demos": [], "lm": null, "signature":
        {"instructions": "old", "fields": [{"prefix": "Ticket:", "description": "${ticket}"}]}}});
    store.put_artifact(ArtifactOwner::Run("old".into()), "best_model.json", state.to_string().into_bytes());
    let mut harness = window(&store, Some("experiment/1?tab=optimizations"), Some(PATH));
    wait(&mut harness, "its cost", |harness| has_cell(harness, "opt", "≥\u{a0}$0.00045"));
    settle(&mut harness);
    assert!(!row(&harness, "old").expect("it is listed").iter().any(|cell| cell.contains('$')), "nothing was traced");
}

#[test]
fn a_span_tells_what_it_cost_and_one_without_usage_tells_nothing() {
    let mut harness = window(&store(), Some("experiment/1/run/e1/trace/tr-1-0"), Some(PATH));
    wait_for(&mut harness, "100 ms · $0.00006");
    settle(&mut harness);
    // The call below is part of what the root tells.
    click(&mut harness, "LM.__call__");
    wait_for(&mut harness, "chat model · 80 ms");
    settle(&mut harness);
    assert!(!is_there(&harness, "80 ms · $"), "it has no usage of its own");
    let mut harness = window(&store(), Some("experiment/1/run/e3/trace/tr-3-0"), Some(PATH));
    wait_for(&mut harness, "100 ms");
    settle(&mut harness);
    assert!(!is_there(&harness, "$") && !is_there(&harness, "cost unknown"));
    // A model without a price is unknown, in the head of the span as well.
    let store = store();
    put(&store, 4, 10.0, ("ollama/mine", 300));
    let mut harness = window(&store, Some("experiment/1/run/e4/trace/tr-4-0"), Some(PATH));
    wait_for(&mut harness, "100 ms · cost unknown");
}

#[test]
fn an_example_tells_what_it_cost_under_each_candidate() {
    let at = |example, run: &str| {
        let tab = RunTab::Examples { example: Some(example), evaluation: Some(run.into()), only: None };
        address(&Place::Run { experiment: Some("1".into()), run: "opt".into(), tab: Some(tab) })
    };
    let mut harness = window(&store(), Some(&at(1, "e1")), Some(PATH));
    // Of the selected candidate, and of the others below it.
    for cost in ["$0.00006", "$0.000015", "$0.00015", "cost unknown"] {
        wait(&mut harness, cost, |harness| harness.query_all_by_label(cost).next().is_some());
    }
}

#[test]
fn a_session_tells_what_it_cost_in_the_list_and_beside_a_trace() {
    let mut harness = window(&store(), Some("experiment/1?tab=traces"), Some(PATH));
    wait_for(&mut harness, "4 sessions");
    click(&mut harness, "By session");
    settle(&mut harness);
    wait(&mut harness, "its cost", |harness| has_cell(harness, "desk-1", "$0.00012"));
    wait(&mut harness, "that nothing is known", |harness| has_cell(harness, "desk-3", "–"));
    let mut harness = window(&store(), Some("experiment/1/run/e1/trace/tr-1-0"), Some(PATH));
    wait_for(&mut harness, "session $0.00012");
    let mut harness = window(&store(), Some("experiment/1/run/e3/trace/tr-3-0"), Some(PATH));
    wait_for(&mut harness, "of 2");
    settle(&mut harness);
    assert!(!is_there(&harness, "session $"), "of what it cost nothing is known");
}

#[test]
fn a_running_optimization_is_projected_and_marked_as_an_estimate() {
    let store = store();
    let mut run = MemoryStore::run("opt", "1", "opt", NOW_MS - 900_000);
    (run.status, run.end_time_ms) = (RunStatus::Running, None);
    store.put_run(run.clone());
    let params = [("num_trials", "5"), ("minibatch", "False")];
    let params = params.map(|(key, value)| Entry { key: key.into(), value: Shown::Text(value.into()) });
    store.put_values(&"opt".into(), RunValues { params: params.to_vec(), ..RunValues::default() });
    let mut harness = window(&store, Some("experiment/1/run/opt?tab=optimization"), Some(PATH));
    // Six are planned and four made, of which three cost 0.00015 on the average.
    wait_for(&mut harness, "when all planned evaluations are made");
    assert!(is_there(&harness, "~\u{a0}$0.00075"), "marked as an estimate");
    assert!(is_there(&harness, "$0.00045"), "beside what is spent");
    (run.status, run.end_time_ms) = (RunStatus::Finished, Some(NOW_MS - 1_000));
    store.put_run(run);
    let mut harness = window(&store, Some("experiment/1/run/opt?tab=optimization"), Some(PATH));
    wait_for(&mut harness, "$0.00045");
    settle(&mut harness);
    assert!(!is_there(&harness, "planned evaluations") && !is_there(&harness, "~\u{a0}$"));
}

#[test]
fn another_file_of_prices_is_seen_in_all_these_places() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("prices.json");
    let prices = |each: &str| write_price(&path, each);
    for (at, [before, after]) in [
        ("experiment/1?tab=optimizations", ["$3.00", "$6.00"]),
        ("experiment/1/run/e1/trace/tr-1-0", ["100 ms · $0.40", "100 ms · $0.80"]),
        ("experiment/1/run/e1/trace/tr-1-0", ["session $0.80", "session $1.60"]),
    ] {
        prices("0.001");
        let args = Args { at: Some(at.to_owned()), store: Some(PATH.into()), utc: true, ..Args::default() };
        let file = PriceFile { path: path.clone(), is_named: true };
        let mut harness = window_with(&store(), ViewerOptions { args, prices: Some(file), ..ViewerOptions::default() });
        wait_for(&mut harness, before);
        settle(&mut harness);
        prices("0.00200");
        wait_for(&mut harness, after);
    }
}
