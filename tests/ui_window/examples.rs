//! The matrix of examples in the window: equal to the tables that it came from, worked by chips, menus and keys, and
//! read at every size.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::common::{click, real_window, settle, type_into, wait, wait_for};
use dspyglass::app::{Args, Viewer, ViewerOptions};
use egui::Key;
use egui::accesskit::Role;
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use serde_json::Value;

/// An optimization of right and wrong answers, with two minibatches.
pub const PLAIN: (&str, &str) = ("v3.17", "experiment/1/run/c0488c2282d6484cabe484b482a9f296");
/// A GEPA with graded scores, of tables and of `valset_scores.json`.
pub const GRADED: (&str, &str) = ("real-3.18", "experiment/2/run/371a32c960db4ebb890a23242cb85013");

fn folder(store: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/stores").join(store)
}

fn at(store: &str, place: &str) -> Harness<'static, Viewer> {
    let args =
        Args { store: Some(folder(store).join("mlflow.db")), at: Some(place.to_owned()), utc: true, ..Args::default() };
    let mut harness = real_window(ViewerOptions { args, ..ViewerOptions::default() });
    wait(&mut harness, "the matrix", |harness| harness.query_by_role_and_label(Role::Table, "Examples").is_some());
    settle(&mut harness);
    harness
}

pub fn tab((store, place): (&str, &str)) -> Harness<'static, Viewer> {
    at(store, &format!("{place}?tab=examples"))
}

fn address(harness: &Harness<'_, Viewer>) -> String {
    harness.state().state().location().to_string()
}

/// The rows on screen by what their examples are, with their cells by the titles of the columns.
fn rows(harness: &Harness<'_, Viewer>) -> Vec<(String, BTreeMap<String, String>)> {
    let label = |node: &egui_kittest::Node<'_>| node.accesskit_node().label().unwrap_or_default();
    let heads: BTreeMap<usize, String> = harness
        .query_all_by_role(Role::ColumnHeader)
        .filter_map(|node| Some((node.accesskit_node().data().column_index()?, label(&node))))
        .collect();
    let mut rows: BTreeMap<usize, BTreeMap<String, String>> = BTreeMap::new();
    for cell in harness.query_all_by_role(Role::Cell) {
        let node = cell.accesskit_node();
        let (Some(row), Some(column)) = (node.data().row_index(), node.data().column_index()) else { continue };
        let title = heads.get(&column).cloned().unwrap_or_default();
        rows.entry(row).or_default().insert(title, label(&cell));
    }
    let named = |cells: BTreeMap<String, String>| (cells.get("Example").cloned().unwrap_or_default(), cells);
    rows.into_values().map(named).collect()
}

#[test]
fn a_column_tells_in_how_many_evaluations_an_example_is_right() {
    let harness = tab(PLAIN);
    let rows = rows(&harness);
    assert!(!rows.is_empty());
    for (example, cells) in rows {
        let scores = cells.iter().filter(|(title, _)| title.starts_with('C')).map(|(_, said)| said.as_str());
        let (right, wrong) = scores.fold((0, 0), |(right, wrong), said| match said {
            said if said.ends_with("right") => (right + 1, wrong),
            said if said.ends_with("wrong") => (right, wrong + 1),
            _ => (right, wrong),
        });
        assert_eq!(cells["Right"], format!("{right}/{}", right + wrong), "{example}: {cells:?}");
    }
}

/// The scores of a table by the beginning of the question, as they stand in the file.
fn table(store: &str, experiment: &str, run: &str) -> Vec<(Value, Value)> {
    let path = folder(store).join("mlruns").join(experiment).join(run).join("artifacts/result_table.json");
    let table: Value = serde_json::from_slice(&std::fs::read(path).expect("a table")).expect("JSON");
    let columns: Vec<&str> = table["columns"].as_array().expect("columns").iter().filter_map(Value::as_str).collect();
    let place = |name: &str| columns.iter().position(|column| *column == name).expect("a column");
    let (score, question) = (place("score"), place("example_question"));
    let rows = table["data"].as_array().expect("rows");
    rows.iter().map(|row| (row[question].clone(), row[score].clone())).collect()
}

#[test]
fn every_cell_is_that_of_its_table() {
    let harness = tab(PLAIN);
    let shown = rows(&harness);
    assert_eq!(shown.len(), 3);
    let columns = [
        ("full_0", "b5aaf2aa01534e5db6d5bb720983613f"),
        ("mini_0", "c2835b00f9eb47fea0887716dc933f9c"),
        ("mini_1", "116bbd74cc924598bc577c521c328166"),
        ("full_1", "c91f5dd318db4333b3c244c61448dc9e"),
    ];
    let mut seen = 0;
    for (title, run) in columns {
        let scores = table("v3.17", "1", run);
        for (example, cells) in &shown {
            let cell = cells.iter().find(|(head, _)| head.ends_with(title)).map(|(_, cell)| cell.as_str());
            let score = scores.iter().find(|(question, _)| question == example).map(|(_, score)| score);
            let wanted = match score.and_then(Value::as_bool) {
                Some(true) => "right",
                Some(false) => "wrong",
                None => "not evaluated",
            };
            assert_eq!(cell, Some(wanted), "{title}: {example}");
            seen += 1;
        }
    }
    assert_eq!(seen, 12);
    // The sums: of a full evaluation and of a minibatch.
    for sum in ["66.67, 3", "50.00, 2"] {
        assert!(
            harness.query_all_by_role(Role::Cell).any(|cell| cell.accesskit_node().label().as_deref() == Some(sum)),
            "{sum}"
        );
    }
    assert!(harness.query_by_label("3 examples · 4 evaluations · scores from result_table.json").is_some());
}

#[test]
fn chips_list_one_class_and_all_again() {
    let mut harness = tab(PLAIN);
    // By the tables: the first and the third are right in both full evaluations, the second is wrong in both.
    for chip in ["All 3", "always wrong 1", "always right 2", "unstable 0"] {
        assert!(harness.query_by_role_and_label(Role::Button, chip).is_some(), "{chip}");
    }
    click(&mut harness, "always wrong 1");
    settle(&mut harness);
    let listed: Vec<String> = rows(&harness).into_iter().map(|(example, _)| example).collect();
    assert_eq!(listed.len(), 1);
    assert!(listed[0].starts_with("Bo packs 5 boxes"), "{listed:?}");
    click(&mut harness, "All 3");
    settle(&mut harness);
    assert_eq!(rows(&harness).len(), 3);
}

#[test]
fn texts_filter_and_who_comes_back_finds_them() {
    let mut harness = tab(PLAIN);
    harness.key_press(Key::Slash);
    harness.step();
    harness.step();
    let field = harness.get_by_role_and_label(Role::TextInput, "Filter these examples");
    assert!(field.accesskit_node().is_focused(), "the key leads to the filter");
    type_into(&mut harness, "Filter these examples", "marbles");
    assert_eq!(rows(&harness).len(), 1);
    assert!(harness.query_by_label_contains("1 of 3 examples").is_some());
    type_into(&mut harness, "Filter these examples", " of nobody");
    assert!(harness.query_by_label("No example passes these filters").is_some());
    click(&mut harness, "Show all examples");
    settle(&mut harness);
    assert_eq!(rows(&harness).len(), 3);
    click(&mut harness, "always wrong 1");
    settle(&mut harness);
    // Away, and back.
    harness.get_by_role_and_label(Role::ColumnHeader, "C1 ★ full_0").click();
    settle(&mut harness);
    assert!(address(&harness).contains("b5aaf2aa01534e5db6d5bb720983613f"), "the head leads to its run");
    harness.state_mut().act(dspyglass::state::Action::Back);
    wait(&mut harness, "the matrix", |harness| harness.query_by_role_and_label(Role::Table, "Examples").is_some());
    settle(&mut harness);
    assert_eq!(rows(&harness).len(), 1, "the class is still chosen");
}

#[test]
fn the_address_holds_what_is_chosen() {
    let mut harness = tab(PLAIN);
    let cell = harness.get_all_by_role(Role::Cell).find(|cell| {
        cell.accesskit_node().label().as_deref() == Some("wrong") && cell.accesskit_node().data().row_index() == Some(1)
    });
    cell.expect("a wrong answer in the second row").click();
    harness.step();
    harness.step();
    let chosen = address(&harness);
    assert!(chosen.contains("tab=examples") && chosen.contains("item=1"), "{chosen}");
    assert!(chosen.contains("evaluation=b5aaf2aa01534e5db6d5bb720983613f"), "{chosen}");
    // Keys go on from there: to the right, where it was not evaluated, and down.
    harness.key_press(Key::ArrowRight);
    harness.step();
    harness.step();
    assert!(address(&harness).contains("evaluation=c2835b00f9eb47fea0887716dc933f9c"), "{}", address(&harness));
    harness.key_press(Key::ArrowDown);
    harness.step();
    harness.step();
    assert!(address(&harness).contains("item=2"), "{}", address(&harness));
    for (key, item) in [(Key::K, "item=1"), (Key::J, "item=2")] {
        harness.key_press(key);
        harness.step();
        harness.step();
        assert!(address(&harness).contains(item), "{key:?}: {}", address(&harness));
    }
    // The same in a new window: the row is chosen, and the keys go on there.
    let again = chosen.trim_start_matches("dspyglass:").to_owned();
    let mut harness = at("v3.17", &again);
    let row = harness.get_all_by_role(Role::Row).find(|row| row.accesskit_node().data().is_selected() == Some(true));
    let label = row.and_then(|row| row.accesskit_node().label()).unwrap_or_default();
    assert!(label.contains("Bo packs 5 boxes"), "{label}");
    harness.key_press(Key::ArrowUp);
    harness.step();
    harness.step();
    assert!(address(&harness).contains("item=0"), "{}", address(&harness));
}

#[test]
fn enter_opens_the_trace_of_a_cell() {
    let mut harness = tab(PLAIN);
    let cell = harness.get_all_by_role(Role::Cell).find(|cell| {
        let node = cell.accesskit_node();
        node.label().as_deref() == Some("wrong") && node.data().row_index() == Some(1)
    });
    cell.expect("a wrong answer").click();
    settle(&mut harness);
    harness.key_press(Key::Enter);
    wait(&mut harness, "a trace", |harness| address(harness).contains("/trace/"));
    let trace = address(&harness).rsplit("/trace/").next().map(str::to_owned).unwrap_or_default();
    // The trace is one of the run of the column, and was given this example.
    let database = rusqlite::Connection::open_with_flags(
        folder("v3.17").join("mlflow.db"),
        rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY,
    );
    let count: i64 = database
        .expect("a database")
        .query_row(
            "select count(*) from trace_request_metadata m join trace_info i on i.request_id = m.request_id where \
             m.request_id = ?1 and m.key = 'mlflow.sourceRun' and m.value = 'b5aaf2aa01534e5db6d5bb720983613f' and \
             exists (select 1 from spans s where s.trace_id = m.request_id and s.content like '%Bo packs 5 boxes%')",
            [&trace],
            |row| row.get(0),
        )
        .expect("a count");
    assert_eq!(count, 1, "{trace}");
}

#[test]
fn the_threshold_moves_examples_between_classes() {
    let mut harness = tab(GRADED);
    // Half of the observed range; by it 10 are always right and 35 always wrong.
    let drag = |harness: &Harness<'_, Viewer>| {
        let node = harness.get_by_role(Role::SpinButton);
        node.accesskit_node().value().or(node.accesskit_node().label()).unwrap_or_default()
    };
    let right = |harness: &Harness<'_, Viewer>| {
        let chips = harness.query_all_by_role(Role::Button).filter_map(|chip| chip.accesskit_node().label());
        let count = chips.filter_map(|label| label.strip_prefix("always right ").and_then(|n| n.parse::<usize>().ok()));
        count.into_iter().next()
    };
    assert!(harness.query_by_label("Reset").is_none(), "{}", drag(&harness));
    let before = right(&harness).expect("a chip");
    let mut choice = harness.state().state().page().matrix.clone();
    choice.settings.threshold = Some(0.05);
    harness.state_mut().act(dspyglass::state::Action::ArrangeMatrix(choice));
    settle(&mut harness);
    let after = right(&harness).expect("a chip");
    assert!(after > before, "{after} > {before}");
    click(&mut harness, "Reset");
    settle(&mut harness);
    assert_eq!(right(&harness), Some(before));
    // Where all scores are 0 or 1, there is nothing to set.
    let harness = tab(PLAIN);
    assert!(harness.query_by_role(Role::SpinButton).is_none());
}

#[test]
fn groups_orders_and_values_are_chosen_from_menus() {
    let mut harness = tab(GRADED);
    click(&mut harness, "Not grouped");
    harness.get_by_role_and_label(Role::MenuItemCheckBox, "topic").click();
    settle(&mut harness);
    wait_for(&mut harness, "Grouped by topic");
    let headings = harness.query_all_by_label_contains(" · ").filter_map(|node| node.accesskit_node().label());
    assert!(headings.filter(|label| label.ends_with(" examples")).count() > 1);
    click(&mut harness, "Grouped by topic");
    let items = harness.query_all_by_role(Role::MenuItemCheckBox);
    items
        .into_iter()
        .find(|item| item.accesskit_node().label().as_deref() == Some("Not grouped"))
        .expect("an item")
        .click();
    settle(&mut harness);
    click(&mut harness, "In order");
    harness.get_by_role_and_label(Role::MenuItemCheckBox, "Hardness: the lowest mean first").click();
    settle(&mut harness);
    let mean = |cells: &BTreeMap<String, String>| {
        let scores =
            cells.values().filter_map(|cell| cell.split_once(", ").and_then(|(score, _)| score.parse::<f64>().ok()));
        let scores: Vec<f64> = scores.collect();
        scores.iter().sum::<f64>() / scores.len() as f64
    };
    let means: Vec<f64> = rows(&harness).iter().map(|(_, cells)| mean(cells)).collect();
    assert!(means.len() > 10 && means.windows(2).all(|pair| pair[0] <= pair[1] + 0.02), "{means:?}");
    click(&mut harness, "Values…");
    harness.step();
    harness.get_by_role_and_label(Role::ListItem, "numerics").click();
    settle(&mut harness);
    harness.key_press(Key::Escape);
    settle(&mut harness);
    assert!(rows(&harness).iter().all(|(_, cells)| cells.get("topic").map(String::as_str) == Some("numerics")));
    click(&mut harness, "topic: numerics");
    settle(&mut harness);
    assert!(rows(&harness).iter().any(|(_, cells)| cells.get("topic").map(String::as_str) != Some("numerics")));
}

#[test]
fn what_a_link_leads_to_is_listed_alone_until_it_is_taken_away() {
    let (store, place) = GRADED;
    let mut harness = at(store, &format!("{place}?tab=examples&only=2%2C4%20Got%20worse"));
    assert_eq!(rows(&harness).len(), 2);
    let numbers = |harness: &Harness<'_, Viewer>| -> Vec<String> {
        let numbers =
            harness.query_all_by_role(Role::Cell).filter(|cell| cell.accesskit_node().data().column_index() == Some(0));
        numbers.filter_map(|cell| cell.accesskit_node().label()).collect()
    };
    assert_eq!(numbers(&harness), ["3", "5"], "each keeps its number");
    click(&mut harness, "Got worse");
    settle(&mut harness);
    assert!(rows(&harness).len() > 10 && !address(&harness).contains("only="));
}

#[test]
fn plain_evaluations_have_examples_alone_and_beside_each_other() {
    let mut harness = at("real-3.18", "experiment/3?tab=examples");
    assert!(harness.query_by_label_contains("2 evaluations · scores from result_table.json").is_some());
    let heads = ["held out: seed", "held out: mipro winner"];
    for head in heads {
        assert!(harness.query_by_role_and_label(Role::ColumnHeader, head).is_some(), "{head}");
    }
    let scores = table("real-3.18", "3", "7863724a537f49eaa0381321215f3496");
    let shown = rows(&harness);
    let mut equal = 0;
    for (question, score) in scores {
        let question: String = question.as_str().expect("a text").chars().take(30).collect();
        let score: f64 = score.as_f64().expect("a score");
        let row = shown.iter().find(|(example, _)| example.contains(&question));
        let Some(cell) = row.and_then(|(_, cells)| cells.get("held out: mipro winner")) else { continue };
        let Some(figure) = cell.split(", ").next().and_then(|text| text.parse::<f64>().ok()) else { continue };
        equal += usize::from((figure - score).abs() < 5e-4);
    }
    assert!(equal >= 10, "{equal} cells equal the table");
    harness.get_by_role_and_label(Role::ColumnHeader, heads[0]).click();
    settle(&mut harness);
    click(&mut harness, "Examples");
    wait(&mut harness, "the matrix", |harness| harness.query_by_role_and_label(Role::Table, "Examples").is_some());
    settle(&mut harness);
    assert!(harness.query_by_label_contains("1 evaluation · scores from").is_some());
    for class in ["right ", "wrong "] {
        let chips = harness.query_all_by_role(Role::Button).filter_map(|chip| chip.accesskit_node().label());
        assert!(chips.into_iter().any(|label| label.starts_with(class)), "{class}");
    }
    // An experiment without several of them has no such tab.
    let args = Args {
        store: Some(folder("v3.17").join("mlflow.db")),
        at: Some("experiment/2".into()),
        utc: true,
        ..Args::default()
    };
    let mut harness = real_window(ViewerOptions { args, ..ViewerOptions::default() });
    settle(&mut harness);
    assert!(
        harness.query_by_role_and_label(Role::Tab, "Runs").is_some()
            || harness.query_by_label_contains("Runs").is_some()
    );
    assert!(harness.query_by_role_and_label(Role::Tab, "Examples").is_none());
}

#[test]
fn the_verdict_leads_to_the_matrix() {
    let (store, place) = ("gepa-3.17", "experiment/1/run/7b9bf2b833b7444bbb493e0f879490dc");
    let args = Args {
        store: Some(folder(store).join("mlflow.db")),
        at: Some(format!("{place}?tab=optimization")),
        utc: true,
        ..Args::default()
    };
    let mut harness = real_window(ViewerOptions { args, ..ViewerOptions::default() });
    click(&mut harness, "Open the matrix");
    wait(&mut harness, "the matrix", |harness| harness.query_by_role_and_label(Role::Table, "Examples").is_some());
    settle(&mut harness);
    let shown = rows(&harness);
    let changed = |label: &str| {
        let chips = harness.query_all_by_role(Role::Button).filter_map(|chip| chip.accesskit_node().label());
        let count = chips.filter_map(|chip| chip.strip_prefix(label).and_then(|n| n.trim().parse::<usize>().ok()));
        count.into_iter().next().unwrap_or_default()
    };
    assert!(changed("fixed") > 0);
    assert_eq!(shown.len(), changed("fixed") + changed("broken"));
}
