//! The table of an experiment's runs: filter, sort, pick columns, select, export.

use crate::common::{NOW_MS, PATH, click, settle, small_store, wait, wait_for, window, window_saving};
use dspyglass::app::Viewer;
use dspyglass::model::{Entry, MetricPoint, Reveal, RunId, RunStatus, RunValues, Unmasked};
use dspyglass::store::memory::MemoryStore;
use egui::Key;
use egui::accesskit::{Role, SortDirection};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};

/// An optimization with three evaluations, one of them adopted; a run whose parent is missing; one that stalled.
fn store() -> MemoryStore {
    let store = MemoryStore::new();
    store.add_experiment("1", "ticket-router");
    let put = |id: &str, name: &str, parent: Option<&str>, minutes: i64, eval: Option<f64>| {
        let mut run = MemoryStore::run(id, "1", name, NOW_MS - minutes * 60_000);
        run.parent_id = parent.map(RunId::from);
        if id == "p" {
            run.end_time_ms = Some(NOW_MS - 60 * 60_000);
        }
        if id == "stalled" {
            (run.status, run.end_time_ms) = (RunStatus::Running, None);
        }
        store.put_run(run);
        let entry =
            |key: &str, value: &str| Entry { key: key.into(), value: Unmasked::new(value).shown(key, Reveal::Masked) };
        let params = vec![entry("api_key", "sk-very-secret-1234567890"), entry("num_trials", "6")];
        let params = if parent.is_none() { params } else { Vec::new() };
        store.put_values(&RunId::from(id), RunValues { params, ..RunValues::default() });
        if let Some(value) = eval {
            let point = MetricPoint { step: 0, timestamp_ms: NOW_MS - minutes * 60_000, value };
            store.put_metric(&RunId::from(id), "eval", vec![point]);
        }
    };
    put("p", "bold-finch-218", None, 100, None);
    put("a", "eval_full_0", Some("p"), 99, Some(48.0));
    put("b", "eval_full_1", Some("p"), 98, Some(72.5));
    put("c", "eval_minibatch_0", Some("p"), 97, Some(90.0));
    put("o", "eval_full_7", None, 99, Some(60.0));
    put("m", "lonely", Some("gone"), 50, Some(10.0));
    put("stalled", "gepa-night", None, 90, None);
    let head = MemoryStore::trace_head("t", "1", Some("a"), "QA", NOW_MS - 99 * 60_000);
    store.put_trace(head, Vec::new());
    store
}

fn at_runs() -> Harness<'static, Viewer> {
    let mut harness = window(&store(), Some("experiment/1"), Some(PATH));
    wait_for(&mut harness, "7 runs");
    settle(&mut harness);
    harness
}

/// What each row of the table says, up to its status.
fn names(harness: &Harness<'_, Viewer>) -> Vec<String> {
    let label = |row: &egui_kittest::Node<'_>| row.accesskit_node().label().unwrap_or_default();
    let name = |label: String| {
        let name = label.split(", Status").next().unwrap_or_default().trim_start_matches("Run ");
        name.split(" (").next().unwrap_or_default().to_owned()
    };
    let mut rows: Vec<(usize, String)> = harness
        .query_all_by_role(Role::Row)
        .map(|row| (row.accesskit_node().position_in_set().unwrap_or_default(), name(label(&row))))
        .collect();
    rows.sort();
    rows.into_iter().map(|(_, name)| name).collect()
}

fn row<'h>(harness: &'h Harness<'_, Viewer>, name: &str) -> egui_kittest::Node<'h> {
    let mut rows = harness.query_all_by_role(Role::Row);
    rows.find(|row| row.accesskit_node().label().unwrap_or_default().contains(name)).expect("a row of this name")
}

/// Clicks the cell beside the box of a row: with `x` points from the left edge of the row.
fn click_row(harness: &mut Harness<'_, Viewer>, name: &str, x: f32, modifiers: egui::Modifiers) {
    let rect = row(harness, name).rect();
    let at = egui::pos2(rect.left() + x, rect.center().y);
    harness.event(egui::Event::PointerMoved(at));
    for pressed in [true, false] {
        harness.event_modifiers(
            egui::Event::PointerButton { pos: at, button: egui::PointerButton::Primary, pressed, modifiers },
            modifiers,
        );
        harness.step();
    }
    // Two clicks in a row are not to be one double click.
    harness.run_steps(2);
    std::thread::sleep(std::time::Duration::from_millis(400));
    settle(harness);
}

fn type_filter(harness: &mut Harness<'_, Viewer>, text: &str) {
    harness.key_press(Key::Slash);
    harness.step();
    harness.step();
    harness.get_by_role_and_label(Role::TextInput, "Filter these runs").type_text(text);
    harness.step();
    settle(harness);
}

#[test]
fn the_key_that_leads_into_the_filter_is_not_typed_there() {
    let mut harness = at_runs();
    // A keyboard sends the key and its character in one frame.
    let pressed = |pressed| egui::Event::Key {
        key: Key::Slash,
        physical_key: None,
        pressed,
        repeat: false,
        modifiers: egui::Modifiers::NONE,
    };
    harness.input_mut().events.extend([pressed(true), egui::Event::Text("/".to_owned())]);
    harness.step();
    harness.input_mut().events.push(pressed(false));
    harness.run_steps(2);
    settle(&mut harness);
    let field = harness.get_by_role_and_label(Role::TextInput, "Filter these runs");
    assert!(field.accesskit_node().is_focused());
    assert_eq!(field.accesskit_node().value().unwrap_or_default(), "");
}

#[test]
fn an_address_of_no_experiment_says_so() {
    let mut harness = window(&small_store(), Some("experiment/99"), Some(PATH));
    wait_for(&mut harness, "This store has no experiment 99; it may have been deleted");
}

#[test]
fn children_stand_under_their_parents_or_in_one_list() {
    let mut harness = at_runs();
    let tree = names(&harness);
    assert_eq!(
        tree,
        ["lonely", "gepa-night", "bold-finch-218", "eval_full_0", "eval_full_7", "eval_full_1", "eval_minibatch_0"]
    );
    let said = |harness: &Harness<'_, Viewer>, name: &str| row(harness, name).accesskit_node().label();
    assert!(said(&harness, "eval_full_7").is_some_and(|label| label.contains("eval_full_7 (inferred)")));
    assert!(said(&harness, "lonely").is_some_and(|label| label.contains("lonely (parent missing)")));
    let level = |name: &str| row(&harness, name).accesskit_node().data().level();
    assert_eq!((level("gepa-night"), level("eval_full_0")), (Some(1), Some(2)));
    click(&mut harness, "Fold the row of bold-finch-218");
    settle(&mut harness);
    assert_eq!(names(&harness), ["lonely", "gepa-night", "bold-finch-218"]);
    click(&mut harness, "Unfold all");
    settle(&mut harness);
    assert_eq!(names(&harness).len(), 7);
    click(&mut harness, "Under parents");
    settle(&mut harness);
    assert!(harness.query_by_label("Fold all").is_none());
    assert!(harness.query_by_label("Fold the row of bold-finch-218").is_none());
    let cells = |harness: &Harness<'_, Viewer>, label: &str| harness.query_all_by_label_contains(label).count();
    assert!(cells(&harness, "stalled") >= 1, "nothing was written for long");
    assert_eq!(cells(&harness, "very-secret"), 0);
}

#[test]
fn a_title_sorts_and_what_is_unknown_stays_last() {
    let mut harness = at_runs();
    click(&mut harness, "Under parents");
    settle(&mut harness);
    click(&mut harness, "eval");
    settle(&mut harness);
    assert_eq!(names(&harness)[..5], ["eval_minibatch_0", "eval_full_1", "eval_full_7", "eval_full_0", "lonely"]);
    let header = |harness: &Harness<'_, Viewer>| {
        harness.get_by_role_and_label(Role::ColumnHeader, "eval").accesskit_node().sort_direction()
    };
    assert_eq!(header(&harness), Some(SortDirection::Descending));
    click(&mut harness, "eval");
    settle(&mut harness);
    assert_eq!(names(&harness)[..2], ["lonely", "eval_full_0"]);
    assert_eq!(header(&harness), Some(SortDirection::Ascending));
    click(&mut harness, "eval");
    settle(&mut harness);
    assert_eq!(names(&harness)[0], "lonely", "the newest");
    assert_eq!(header(&harness), None);
}

#[test]
fn a_filter_finds_tells_its_mistakes_and_completes() {
    let mut harness = at_runs();
    type_filter(&mut harness, "metrics.eval > 50 adn");
    wait_for(&mut harness, "Found `adn`, expected AND");
    let field = harness.get_by_role_and_label(Role::TextInput, "Filter these runs");
    assert!(field.accesskit_node().description().is_some_and(|said| said.starts_with("Found `adn`")));
    for _ in 0.." adn".len() {
        harness.key_press(Key::Backspace);
    }
    harness.step();
    wait_for(&mut harness, "3 of 7 runs");
    settle(&mut harness);
    // The parent only shows where its children belong.
    assert_eq!(names(&harness), ["bold-finch-218", "eval_full_7", "eval_full_1", "eval_minibatch_0"]);
    // What was told of the last mistake went with it.
    assert!(harness.query_all_by_label_contains("Found `adn`").next().is_none());

    harness.key_press_modifiers(egui::Modifiers::COMMAND, Key::A);
    harness.step();
    harness.get_by_role_and_label(Role::TextInput, "Filter these runs").type_text("params.num");
    harness.step();
    settle(&mut harness);
    wait_for(&mut harness, "params.num_trials");
    harness.key_press(Key::Tab);
    harness.step();
    settle(&mut harness);
    let value = harness.get_by_role_and_label(Role::TextInput, "Filter these runs").accesskit_node().value();
    assert_eq!(value.as_deref().map(str::trim), Some("params.num_trials"));
    harness.get_by_role_and_label(Role::TextInput, "Filter these runs").type_text("= '6'");
    wait_for(&mut harness, "3 of 7 runs");

    harness.key_press_modifiers(egui::Modifiers::COMMAND, Key::A);
    harness.step();
    harness.get_by_role_and_label(Role::TextInput, "Filter these runs").type_text("FULL 1");
    wait_for(&mut harness, "1 of 7 runs with “FULL” and “1” in the name");
    harness.get_by_role_and_label(Role::TextInput, "Filter these runs").type_text(" nothing");
    click(&mut harness, "Clear the filter");
    wait_for(&mut harness, "7 runs");
}

fn filter_text(harness: &Harness<'_, Viewer>) -> String {
    harness.get_by_role_and_label(Role::TextInput, "Filter these runs").accesskit_node().value().unwrap_or_default()
}

#[test]
fn enter_applies_what_is_written_and_adds_nothing() {
    for text in ["status = 'FINISHED'", "metrics.eval > 50 ", "metrics.ev", "sta"] {
        let mut harness = at_runs();
        type_filter(&mut harness, text);
        wait(&mut harness, text, |harness| harness.query_by_label("Completions").is_some());
        harness.key_press(Key::Enter);
        harness.step();
        settle(&mut harness);
        assert_eq!(filter_text(&harness), text);
        assert!(harness.query_by_label("Completions").is_none());
    }
    let mut harness = at_runs();
    // What the keyboard was moved to is meant.
    type_filter(&mut harness, "status = 'FINISHED'");
    wait(&mut harness, "what may follow", |harness| harness.query_by_label("Completions").is_some());
    harness.key_press(Key::ArrowDown);
    harness.step();
    harness.key_press(Key::Enter);
    harness.step();
    settle(&mut harness);
    assert!(filter_text(&harness).starts_with("status = 'FINISHED' "), "{}", filter_text(&harness));
}

#[test]
fn a_key_that_no_run_has_is_told_with_what_was_meant() {
    let mut harness = at_runs();
    type_filter(&mut harness, "metrics.evl > 70");
    wait_for(&mut harness, "No metric evl; did you mean eval?");
    wait_for(&mut harness, "0 of 7 runs");
    harness.key_press_modifiers(egui::Modifiers::COMMAND, Key::A);
    harness.step();
    harness.get_by_role_and_label(Role::TextInput, "Filter these runs").type_text("metrics.eval > 70");
    wait_for(&mut harness, "2 of 7 runs");
    assert!(harness.query_all_by_label_contains("did you mean").next().is_none());
}

#[test]
fn a_mistake_in_the_filter_hides_neither_count_nor_buttons() {
    for size in [[1600.0, 1000.0], [800.0, 600.0]] {
        let mut harness = at_runs();
        harness.set_size(size.into());
        settle(&mut harness);
        wait(&mut harness, "a row", |harness| harness.query_all_by_role(Role::Row).count() > 4);
        click_row(&mut harness, "eval_full_0", 18.0, egui::Modifiers::NONE);
        click_row(&mut harness, "eval_full_1", 18.0, egui::Modifiers::NONE);
        type_filter(&mut harness, "metrics.eval >");
        harness.key_press(Key::Enter);
        settle(&mut harness);
        wait_for(&mut harness, "Found the end, expected a number");
        for label in ["7 runs", "2 selected", "Compare", "Export CSV…"] {
            let found = harness.query_all_by_label_contains(label).next();
            let rect = found.unwrap_or_else(|| panic!("{label} at {size:?}")).rect();
            // Nothing stands over anything else of these.
            let remark = harness.query_all_by_label_contains("Found the end").next().expect("just seen").rect();
            assert!(!rect.intersects(remark.shrink(1.0)), "{label} at {size:?}: {rect} {remark}");
        }
    }
}

#[test]
fn the_key_for_filters_leads_to_what_traces_say() {
    let mut harness = window(&store(), Some("experiment/1?tab=traces"), Some(PATH));
    wait_for(&mut harness, "QA");
    settle(&mut harness);
    harness.key_press(Key::Slash);
    harness.run_steps(3);
    settle(&mut harness);
    let tree = harness.get_by_role_and_label(Role::TextInput, "Filter runs");
    assert!(!tree.accesskit_node().is_focused());
    let field = harness.get_by_role_and_label(Role::TextInput, "Text to search for");
    assert!(field.accesskit_node().is_focused());
}

#[test]
fn picked_columns_are_shown_masked_where_secret_and_remembered() {
    let mut harness = at_runs();
    assert!(harness.query_by_role_and_label(Role::ColumnHeader, "api_key").is_none());
    click(&mut harness, "Columns…");
    settle(&mut harness);
    harness.get_by_role_and_label(Role::ListItem, "api_key").click();
    harness.step();
    settle(&mut harness);
    harness.key_press(Key::Escape);
    settle(&mut harness);
    assert!(harness.query_by_role_and_label(Role::ColumnHeader, "api_key").is_some());
    wait_for(&mut harness, "‹masked›");
    assert!(harness.query_all_by_label_contains("very-secret").next().is_none());
    let table = harness.state().state().run_table(&"1".into()).expect("remembered");
    assert_eq!(table.shown.last().map(|column| column.column.as_str()), Some("params.api_key"));
}

#[test]
fn several_runs_are_selected_copied_and_exported() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut harness = window_saving(&store(), "experiment/1", folder.path());
    wait_for(&mut harness, "7 runs");
    settle(&mut harness);
    click_row(&mut harness, "eval_full_0", 18.0, egui::Modifiers::NONE);
    click_row(&mut harness, "eval_full_1", 18.0, egui::Modifiers::NONE);
    wait_for(&mut harness, "2 selected");
    click_row(&mut harness, "eval_minibatch_0", 400.0, egui::Modifiers::COMMAND);
    wait_for(&mut harness, "3 selected");
    let ids = |harness: &Harness<'_, Viewer>| {
        harness.state().state().selected_runs.ids.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(ids(&harness), ["a", "b", "c"]);
    // Sorting takes the selection along.
    click(&mut harness, "eval");
    settle(&mut harness);
    wait_for(&mut harness, "3 selected");
    click(&mut harness, "Export CSV…");
    wait_for(&mut harness, "Saved as");
    let text = std::fs::read_to_string(folder.path().join("ticket-router-runs.csv")).expect("saved");
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines[0].starts_with("run_name,status,start_time,duration_ms,metrics.eval,"), "{}", lines[0]);
    assert!(lines[0].ends_with(",run_id"), "{}", lines[0]);
    let of: Vec<&str> = lines[1..].iter().map(|line| line.split(',').next().unwrap_or_default()).collect();
    assert_eq!(of, ["eval_minibatch_0", "eval_full_1", "eval_full_0"]);
    click(&mut harness, "Clear selection");
    settle(&mut harness);
    assert!(ids(&harness).is_empty());
    click_row(&mut harness, "eval_full_1", 90.0, egui::Modifiers::NONE);
    wait(&mut harness, "the run", |harness| {
        harness.state().state().location().to_string() == "dspyglass:experiment/1/run/b"
    });
}

#[test]
fn the_tree_finds_runs_at_any_depth_and_says_how_they_stand() {
    let mut harness = window(&store(), None, Some(PATH));
    wait_for(&mut harness, "ticket-router");
    settle(&mut harness);
    harness.get_by_role_and_label(Role::TextInput, "Filter runs").focus();
    harness.step();
    harness.get_by_role_and_label(Role::TextInput, "Filter runs").type_text("FULL_1");
    harness.step();
    wait_for(&mut harness, "eval_full_1");
    settle(&mut harness);
    let items: Vec<(String, String, Option<usize>, Option<usize>)> = harness
        .query_all_by_role(Role::TreeItem)
        .map(|item| {
            let node = item.accesskit_node();
            let level = node.data().level();
            (node.label().unwrap_or_default(), node.description().unwrap_or_default(), level, node.size_of_set())
        })
        .collect();
    let names: Vec<&str> = items.iter().map(|(name, ..)| name.as_str()).collect();
    assert_eq!(names, ["ticket-router", "bold-finch-218", "eval_full_1"]);
    assert_eq!(items[1].1, "finished, best eval of its full evaluations 72.5, started 1 h ago");
    assert_eq!(items[2].1, "finished, eval 72.5, started 1 h ago, program C3, best, inferred");
    assert_eq!((items[2].2, items[2].3), (Some(3), Some(1)));
    harness.get_by_role_and_label(Role::TextInput, "Filter runs").type_text("x");
    wait_for(&mut harness, "No experiment and no run is called like this");
    for _ in 0.."FULL_1x".len() {
        harness.key_press(Key::Backspace);
    }
    harness.step();
    click(&mut harness, "Unfold ticket-router");
    settle(&mut harness);
    let described = |name: &str| {
        let mut items = harness.query_all_by_role(Role::TreeItem);
        let item = items.find(|item| item.accesskit_node().label().as_deref() == Some(name)).expect("in the tree");
        item.accesskit_node().description().unwrap_or_default()
    };
    assert_eq!(described("gepa-night"), "stalled for 1 h, started 1 h ago");
    assert!(described("lonely").ends_with("parent missing"));
}
