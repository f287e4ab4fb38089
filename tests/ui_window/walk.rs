//! The whole way through the window, by what a screen reader hears.

use crate::common::{PATH, click, settle, small_store, trace, wait, wait_for, window};
use dspyglass::state::{Action, DetailTab, Place, RunTab};
use egui::Key;
use egui::accesskit::Role;
use egui_kittest::kittest::{NodeT, Queryable};

#[test]
fn from_the_welcome_page_to_what_was_said_to_the_model() {
    let store = small_store();
    let mut harness = window(&store, None, None);
    harness.step();
    harness.get_by_role_and_label(Role::TextInput, "Path of the store").type_text(PATH);
    harness.step();
    click(&mut harness, "Open");
    wait_for(&mut harness, "ticket-router");
    settle(&mut harness);

    click(&mut harness, "ticket-router");
    settle(&mut harness);
    wait_for(&mut harness, "bold-finch-218");
    assert_eq!(harness.state().state().location().to_string(), "dspyglass:experiment/1");
    click(&mut harness, "Unfold bold-finch-218");
    settle(&mut harness);
    click(&mut harness, "eval_full_0");
    settle(&mut harness);

    click(&mut harness, "Overview");
    wait_for(&mut harness, "num_trials");
    wait_for(&mut harness, "‹masked›");
    assert!(harness.query_all_by_label_contains("very-secret").next().is_none());

    harness.state_mut().act(Action::ShowRunTab(RunTab::Metrics { key: None }));
    settle(&mut harness);
    wait_for(&mut harness, "eval over steps, 3 points");
    wait_for(&mut harness, "3 points · 25 to 83.5 · 1 not finite");

    harness.state_mut().act(Action::ShowRunTab(RunTab::TRACES));
    settle(&mut harness);
    wait_for(&mut harness, "ticket: Where is my parcel?");
    harness.get_all_by_role(Role::Row).next().expect("a line").click();
    harness.step();
    settle(&mut harness);
    assert!(matches!(harness.state().state().location(), Place::Trace { .. }));

    wait_for(&mut harness, "3 of 5 spans shown, 2 adapters folded");
    wait_for(&mut harness, "tokens unknown");
    click(&mut harness, "LM.__call__");
    settle(&mut harness);
    wait_for(&mut harness, "[[ ## ticket ## ]]");
    wait_for(&mut harness, "queue");
    wait_for(&mut harness, "assistant");
    click(&mut harness, "Attributes");
    settle(&mut harness);
    wait_for(&mut harness, "api_key  ‹masked›");
    assert!(harness.query_all_by_label_contains("very-secret").next().is_none());
    click(&mut harness, "Reveal secrets");
    settle(&mut harness);
    wait_for(&mut harness, "very-secret");
    click(&mut harness, "Mask secrets");
    settle(&mut harness);
    assert!(harness.query_all_by_label_contains("very-secret").next().is_none());
    let location = harness.state().state().location();
    assert!(matches!(location, Place::Trace { detail: DetailTab::Attributes, .. }), "{location}");
}

#[test]
fn a_wrong_path_is_told_in_a_sentence_that_stays() {
    let mut harness = window(&small_store(), None, None);
    harness.step();
    harness.get_by_role_and_label(Role::TextInput, "Path of the store").type_text("/nowhere/at/all.db");
    harness.step();
    harness.key_press(Key::Enter);
    harness.step();
    wait_for(&mut harness, "/nowhere/at/all.db does not exist");
    for _ in 0..20 {
        harness.step();
    }
    wait_for(&mut harness, "Copy details");
}

#[test]
fn keys_lead_through_a_trace() {
    let store = small_store();
    let (head, spans) = trace("tr-0", "child");
    store.put_trace(head, spans);
    let mut harness = window(&store, Some("experiment/1/run/child/trace/tr-1"), Some(PATH));
    wait_for(&mut harness, "LM.__call__");
    settle(&mut harness);
    click(&mut harness, "Predict.forward");
    settle(&mut harness);
    harness.key_press(Key::ArrowDown);
    harness.step();
    settle(&mut harness);
    let span = |harness: &egui_kittest::Harness<'_, dspyglass::app::Viewer>| match harness.state().state().location() {
        Place::Trace { span, .. } => span.as_ref().map(|span| span.id.clone()),
        other => panic!("no trace: {other}"),
    };
    assert_eq!(span(&harness).as_deref(), Some("d"));
    harness.key_press(Key::ArrowLeft);
    harness.step();
    settle(&mut harness);
    assert_eq!(span(&harness).as_deref(), Some("b"));
    harness.key_press(Key::ArrowLeft);
    harness.step();
    settle(&mut harness);
    wait_for(&mut harness, "2 of 5 spans shown");
    harness.key_press(Key::ArrowRight);
    harness.key_press(Key::A);
    harness.step();
    settle(&mut harness);
    wait_for(&mut harness, "5 of 5 spans shown");

    wait_for(&mut harness, "1 of 2");
    harness.key_press(Key::J);
    harness.step();
    settle(&mut harness);
    wait_for(&mut harness, "2 of 2");
    assert!(harness.state().state().location().to_string().contains("trace/tr-0"));
    harness.key_press(Key::K);
    harness.step();
    settle(&mut harness);
    wait_for(&mut harness, "1 of 2");
    harness.key_press(Key::Backspace);
    harness.step();
    settle(&mut harness);
    assert!(harness.state().state().location().to_string().contains("trace/tr-0"));
}

#[test]
fn letters_that_are_typed_are_no_shortcuts() {
    let mut harness = window(&small_store(), Some("experiment/1/run/child/trace/tr-1"), Some(PATH));
    wait_for(&mut harness, "LM.__call__");
    settle(&mut harness);
    harness.get_by_role_and_label(Role::TextInput, "Filter runs").focus();
    harness.step();
    harness.key_press(Key::A);
    harness.key_press(Key::Backspace);
    harness.step();
    settle(&mut harness);
    assert!(!harness.state().state().settings.show_adapters);
    assert!(matches!(harness.state().state().location(), Place::Trace { .. }));
}

#[test]
fn what_is_written_appears_without_losing_the_place() {
    let store = small_store();
    let mut harness = window(&store, Some("experiment/1/run/child/trace/tr-1/span/d"), Some(PATH));
    wait_for(&mut harness, "[[ ## ticket ## ]]");
    settle(&mut harness);
    let (head, mut spans) = trace("tr-1", "child");
    let late = dspyglass::store::memory::MemoryStore::span("f", Some("a"), "Late.forward", 1, 2);
    spans.push((late, Default::default()));
    store.put_trace(head, spans);
    wait_for(&mut harness, "Late.forward");
    let location = harness.state().state().location().to_string();
    assert!(location.ends_with("trace/tr-1/span/d"), "{location}");
    let selected =
        harness.get_all_by_role(Role::TreeItem).filter(|node| node.accesskit_node().is_selected() == Some(true));
    assert!(selected.count() >= 1);
}

#[test]
fn a_place_that_is_not_there_is_said() {
    let mut harness = window(&small_store(), Some("experiment/1/moon/run/none"), Some(PATH));
    wait_for(&mut harness, "This store has no run none");
    wait_for(&mut harness, "Part of the address is not understood: moon");
    harness.state_mut().act(Action::GoTo("trace/none".into()));
    settle(&mut harness);
    wait_for(&mut harness, "This store has no trace none");
}

#[test]
fn a_reading_that_fails_or_panics_is_told_and_can_be_repeated() {
    let store = small_store();
    let mut harness = window(&store, Some("experiment/1"), Some(PATH));
    wait_for(&mut harness, "bold-finch-218");
    store.fail_with(|call| {
        assert!(call != "spans", "a mistake in a reader");
        None
    });
    harness.state_mut().act(Action::GoTo("experiment/1/run/child/trace/tr-1".into()));
    wait_for(&mut harness, "The trace could not be read");
    wait_for(&mut harness, "a mistake in a reader");
    store.recover();
    click(&mut harness, "Read again");
    wait_for(&mut harness, "LM.__call__");
    wait(&mut harness, "no failure", |harness| harness.query_by_label("The trace could not be read").is_none());
}
