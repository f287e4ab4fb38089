//! Looking for text in spans: the page, the ways to it, and the way from a hit to its span.

use std::path::{Path, PathBuf};

use crate::common::{NOW_MS, PATH, real_window, settle, small_store, trace, type_into, wait, wait_for, window};
use dspyglass::app::{Args, Viewer, ViewerOptions};
use dspyglass::model::{RunId, SpanBody};
use dspyglass::state::{Action, DetailTab, Place, SearchPlace, SearchWithin};
use dspyglass::store::memory::MemoryStore;
use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use serde_json::json;

const FIELD: &str = "Text to search for";

fn at(store: &MemoryStore, place: &str) -> Harness<'static, Viewer> {
    let mut harness = window(store, Some(place), Some(PATH));
    settle(&mut harness);
    harness
}

fn place(harness: &Harness<'_, Viewer>) -> Place {
    harness.state().state().location().clone()
}

fn search(harness: &Harness<'_, Viewer>) -> SearchPlace {
    match place(harness) {
        Place::Search(search) => search,
        other => panic!("no search: {other}"),
    }
}

fn has_field(harness: &Harness<'_, Viewer>) -> bool {
    let field = harness.query_by_role_and_label(Role::TextInput, FIELD);
    field.is_some_and(|field| field.accesskit_node().is_focused())
}

fn press(harness: &mut Harness<'_, Viewer>, key: Key) {
    harness.key_press(key);
    harness.step();
    settle(harness);
}

/// The labels of the hits on screen.
fn hits(harness: &Harness<'_, Viewer>) -> Vec<String> {
    let rows = harness.query_all_by_role(Role::TreeItem);
    let label = |row: egui_kittest::Node<'_>| row.accesskit_node().label().unwrap_or_default();
    rows.map(label).filter(|label| label.contains(": ")).collect()
}

/// A store whose traces each have a span that says `needle`.
fn many(count: i64) -> MemoryStore {
    let store = MemoryStore::new();
    store.add_experiment("1", "one");
    for number in 0..count {
        let id = format!("tr-{number:05}");
        let body = SpanBody { outputs: Some(json!(["needle", number])), ..SpanBody::default() };
        let head = MemoryStore::trace_head(&id, "1", None, &id, NOW_MS - number);
        store.put_trace(head, vec![(MemoryStore::span("s", None, "Predict", 0, 1), body)]);
    }
    store.serve_pages(100);
    store
}

#[test]
fn a_text_that_is_typed_is_found_and_leads_to_its_span() {
    let mut harness = at(&small_store(), "experiment/1/run/child?tab=traces");
    press(&mut harness, Key::Slash);
    assert!(has_field(&harness), "among traces the key leads to their texts");
    assert_eq!(search(&harness).within(), SearchWithin::Run);
    type_into(&mut harness, FIELD, "SHIPPING");
    wait_for(&mut harness, "4 hits in 1 trace");
    wait_for(&mut harness, "TicketRouter.forward, finished");
    assert_eq!(search(&harness).pattern.text, "SHIPPING");
    let found = hits(&harness);
    assert_eq!(found.len(), 4, "{found:?}");
    let lm = "LM.__call__, outputs: [[ ## queue ## ]] shipping";
    assert!(found.iter().any(|hit| hit == lm), "{found:?}");
    harness.get_by_role_and_label(Role::TreeItem, lm).click();
    harness.step();
    settle(&mut harness);
    let Place::Trace { run, trace, span, detail, .. } = place(&harness) else { panic!("no trace") };
    assert_eq!((run, trace.as_str()), (Some(RunId::from("child")), "tr-1"));
    assert_eq!((span.map(|span| span.id), detail), (Some("d".to_owned()), DetailTab::Outputs));
    // It is looked for there, too.
    wait_for(&mut harness, "1 of 1");
    let field = harness.get_by_role_and_label(Role::TextInput, "Find in span");
    assert_eq!(field.accesskit_node().value().as_deref(), Some("SHIPPING"));
    // Who comes back finds the page and the row.
    harness.state_mut().act(Action::Back);
    settle(&mut harness);
    wait_for(&mut harness, "4 hits in 1 trace");
    assert!(harness.get_by_role_and_label(Role::TreeItem, lm).accesskit_node().is_selected() == Some(true));
}

#[test]
fn every_way_leads_to_it() {
    let store = small_store();
    // From a trace, by the same key.
    let mut harness = at(&store, "experiment/1/run/child/trace/tr-1");
    press(&mut harness, Key::Slash);
    assert!(has_field(&harness) && search(&harness).within() == SearchWithin::Trace);
    // From anywhere, by the command's own key; the filter of runs keeps its key.
    let mut harness = at(&store, "experiment/1");
    press(&mut harness, Key::Slash);
    assert_eq!(place(&harness).to_string(), "dspyglass:experiment/1");
    press(&mut harness, Key::Escape);
    harness.key_press_modifiers(Modifiers::COMMAND | Modifiers::SHIFT, Key::F);
    harness.step();
    settle(&mut harness);
    assert!(has_field(&harness) && search(&harness).within() == SearchWithin::Experiment);
    // From the list of traces, by its button.
    let mut harness = at(&store, "experiment/1?tab=traces");
    harness.get_by_role_and_label(Role::Button, "Search text").click();
    harness.step();
    settle(&mut harness);
    assert!(has_field(&harness) && search(&harness).within() == SearchWithin::Experiment);
    // From the palette, whatever is typed.
    let mut harness = at(&store, "");
    harness.state_mut().act(Action::ShowPalette(true));
    settle(&mut harness);
    type_into(&mut harness, "Search or run a command", "my \"parcel\"");
    wait_for(&mut harness, "Search text for «my \"parcel\"»");
    press(&mut harness, Key::Enter);
    assert_eq!(search(&harness), SearchPlace::default().for_text("my \"parcel\""));
    // The list of keys tells.
    harness.state_mut().act(Action::ShowKeys(true));
    settle(&mut harness);
    wait_for(&mut harness, "Search text in spans…: Ctrl+Shift+F");
}

#[test]
fn switches_and_scope_are_part_of_the_address() {
    let mut harness = at(&small_store(), "experiment/1/run/child/trace/tr-1/search?text=ship");
    wait_for(&mut harness, "4 hits");
    for (key, part) in [(Key::C, "&case=match"), (Key::W, "&words=whole"), (Key::R, "&syntax=regex")] {
        harness.key_press_modifiers(Modifiers::ALT, key);
        harness.step();
        settle(&mut harness);
        assert!(place(&harness).to_string().ends_with(part), "{}", place(&harness));
    }
    wait_for(&mut harness, "Nothing found in 5 spans");
    harness.key_press_modifiers(Modifiers::ALT, Key::W);
    harness.step();
    wait_for(&mut harness, "4 hits");
    harness.get_by_role_and_label(Role::Button, "All of the store").click();
    harness.step();
    settle(&mut harness);
    assert!(place(&harness).to_string().ends_with("&scope=store"), "{}", place(&harness));
    harness.get_by_role_and_label(Role::Button, "By trace").click();
    harness.step();
    settle(&mut harness);
    assert!(place(&harness).to_string().ends_with("&list=flat"));
    let rows = harness.query_all_by_role(Role::TreeItem).filter(|row| {
        row.accesskit_node().label().is_some_and(|label| label.starts_with("TicketRouter.forward, finished"))
    });
    assert_eq!(rows.count(), 0, "no rows of traces");
}

#[test]
fn a_pattern_that_is_none_says_why_below_the_field() {
    let mut harness = at(&small_store(), "search?syntax=regex&case=match");
    type_into(&mut harness, FIELD, "[a-");
    wait_for(&mut harness, "this is no regular expression that can be looked for: unclosed character class");
    assert!(hits(&harness).is_empty());
    type_into(&mut harness, FIELD, "z]*hipping");
    wait_for(&mut harness, "4 hits");
    assert!(harness.query_all_by_label_contains("no regular expression").next().is_none());
}

#[test]
fn an_optimization_is_searched_with_its_child_runs() {
    let store = small_store();
    let (head, spans) = trace("tr-2", "parent");
    store.put_trace(head, spans);
    let mut harness = at(&store, "experiment/1/run/parent/search?text=shipping");
    wait_for(&mut harness, "8 hits in 2 traces");
    let mut child = at(&store, "experiment/1/run/child/search?text=shipping");
    wait_for(&mut child, "4 hits in 1 trace");
}

/// A recorded store, to one span of which an attribute with a secret was added.
fn with_secret(folder: &Path) -> PathBuf {
    let recorded = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/stores/modern-3.18/mlflow.db");
    let database = folder.join("mlflow.db");
    std::fs::copy(recorded, &database).expect("a copy");
    let connection = rusqlite::Connection::open(&database).expect("a database");
    let sql = "update spans set content = json_set(content, '$.attributes.api_key', '\"zebra-secret-0123456789\"') \
               where rowid = (select min(rowid) from spans)";
    assert_eq!(connection.execute(sql, []).expect("an update"), 1);
    database
}

#[test]
fn secrets_are_neither_found_nor_shown_unless_revealed() {
    let folder = tempfile::tempdir().expect("a folder");
    let args = Args {
        store: Some(with_secret(folder.path())),
        at: Some("search?text=zebra-secret".to_owned()),
        utc: true,
        ..Args::default()
    };
    let mut harness = real_window(ViewerOptions { args, ..ViewerOptions::default() });
    wait_for(&mut harness, "Nothing found in");
    harness.state_mut().act(Action::Reveal(true));
    wait_for(&mut harness, "1 hit in 1 trace");
    let found = hits(&harness);
    assert!(matches!(&found[..], [hit] if hit.ends_with("api_key: zebra-secret-0123456789")), "{found:?}");
    harness.state_mut().act(Action::Reveal(false));
    wait_for(&mut harness, "Nothing found in");
    assert!(harness.query_all_by_label_contains("zebra-secret-0").next().is_none());
    // What stands beside a secret is found, and the secret is not shown with it.
    harness.state_mut().act(Action::GoTo("search?text=api_key&case=match".to_owned()));
    wait_for(&mut harness, "looked at");
    let found = hits(&harness);
    assert!(found.iter().any(|hit| hit.ends_with("api_key: api_key")), "{found:?}");
    assert!(!found.iter().any(|hit| hit.contains("zebra")), "{found:?}");
}

#[test]
fn hits_come_while_it_goes_on_which_can_be_stopped() {
    let mut harness = window(&many(30_000), Some("search?text=needle&case=match"), Some(PATH));
    // What is listed is bounded, and more is a button away.
    wait_for(&mut harness, "hits listed");
    assert!(!hits(&harness).is_empty() && listed(&harness).starts_with("2,"), "{}", listed(&harness));
    harness.get_by_role_and_label(Role::Button, "List 2,000 more").click();
    harness.step();
    wait(&mut harness, "more", |harness| listed(harness).starts_with("4,"));
}

/// The words of the line that say how many hits are listed.
fn listed(harness: &Harness<'_, Viewer>) -> String {
    let label = harness.query_all_by_label_contains("hits listed").next();
    label.and_then(|node| node.accesskit_node().label().or(node.accesskit_node().value())).unwrap_or_default()
}

#[test]
fn behind_the_hits_that_are_listed_the_rest_is_counted() {
    let store = many(12_000);
    let mut harness = window(&store, Some("search?text=needle&case=match"), Some(PATH));
    wait_for(&mut harness, "in at most 12,000 of 12,000 spans");
    assert!(listed(&harness).starts_with("2,"), "{}", listed(&harness));
    settle(&mut harness);
    assert!(harness.query_by_role_and_label(Role::Button, "Stop").is_none(), "it has ended");
    harness.get_by_role_and_label(Role::Button, "List 2,000 more").click();
    harness.step();
    wait(&mut harness, "more", |harness| listed(harness).starts_with("4,"));
    wait_for(&mut harness, "in at most 12,000 of 12,000 spans");
    // An expression might count a secret beside what is found.
    let mut harness = window(&store, Some("search?text=needle&case=match&syntax=regex"), Some(PATH));
    wait_for(&mut harness, "in how many spans is not known");
    harness.state_mut().act(Action::Reveal(true));
    wait_for(&mut harness, "in at most 12,000 of 12,000 spans");
    harness.state_mut().act(Action::Reveal(false));
    wait_for(&mut harness, "in how many spans is not known");
}

#[test]
fn a_count_can_be_stopped_and_goes_on() {
    let store = many(15_000);
    let mut harness = window(&store, Some("search?text=needle&case=match"), Some(PATH));
    wait(&mut harness, "a count", |harness| {
        harness.query_all_by_label_contains("in at most").next().is_some()
            && harness.query_by_role_and_label(Role::Button, "Stop").is_some()
    });
    harness.key_press(Key::Escape);
    harness.step();
    wait_for(&mut harness, "stopped");
    settle(&mut harness);
    assert!(harness.query_all_by_label_contains("of 15,000 spans").next().is_none(), "it is not counted to its end");
    harness.get_by_role_and_label(Role::Button, "Go on").click();
    harness.step();
    wait_for(&mut harness, "in at most 15,000 of 15,000 spans");
    assert!(harness.query_all_by_label("stopped").next().is_none());
}

#[test]
fn escape_stops_a_search_and_it_goes_on_where_it_stopped() {
    let mut harness = window(&many(6_000), Some("search?text=29&case=match"), Some(PATH));
    wait(&mut harness, "a search", |harness| harness.query_by_role_and_label(Role::Button, "Stop").is_some());
    harness.key_press(Key::Escape);
    harness.step();
    harness.step();
    wait_for(&mut harness, "stopped");
    settle(&mut harness);
    assert!(harness.query_all_by_label_contains("hits so far").next().is_some());
    harness.get_by_role_and_label(Role::Button, "Go on").click();
    harness.step();
    wait(&mut harness, "the end", |harness| {
        harness.query_by_role_and_label(Role::Button, "Search again").is_some()
            || harness.query_by_role_and_label(Role::Button, "List 2,000 more").is_some()
    });
}

#[test]
fn keys_move_fold_and_open() {
    let mut harness = at(&small_store(), "search?text=shipping");
    wait_for(&mut harness, "4 hits in 1 trace");
    harness.get_by_role_and_label(Role::TextInput, FIELD).focus();
    harness.step();
    press(&mut harness, Key::Enter);
    press(&mut harness, Key::ArrowLeft);
    press(&mut harness, Key::ArrowLeft);
    assert!(hits(&harness).is_empty(), "its trace is folded: {:?}", hits(&harness));
    press(&mut harness, Key::ArrowRight);
    press(&mut harness, Key::ArrowDown);
    press(&mut harness, Key::J);
    press(&mut harness, Key::Enter);
    assert!(matches!(place(&harness), Place::Trace { span: Some(span), .. } if span.id == "b"), "{}", place(&harness));
}
