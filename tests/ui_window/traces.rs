//! The page of a trace: zoom into its time, what stands out, what is folded, what is found, where keys lead.

use crate::common::{NOW_MS, PATH, click, settle, small_store, trace, type_into, wait, wait_for, window};
use dspyglass::app::Viewer;
use dspyglass::model::{SearchPattern, SpanBody, SpanHead};
use dspyglass::state::{Action, DetailTab, FoldKey, Place};
use dspyglass::store::memory::MemoryStore;
use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use serde_json::json;

const START: i64 = (NOW_MS - 400_000) * 1_000_000;
const STEPS: usize = 260;

fn span(id: &str, parent: Option<&str>, name: &str, kind: &str, from: i64, to: i64) -> SpanHead {
    SpanHead {
        kind: kind.to_owned(),
        ..MemoryStore::span(id, parent, name, START + from * 1_000_000, START + to * 1_000_000)
    }
}

/// A module that calls one tool 260 times, of which the 100th failed, and then a language model twice.
fn store() -> MemoryStore {
    let store = small_store();
    let (mut head, _) = trace("tr-long", "child");
    head.row.name = "Agent.forward".into();
    let body = |text: &str| SpanBody { inputs: Some(json!({ "q": text })), ..SpanBody::default() };
    let mut spans = vec![(span("root", None, "Agent.forward", "AGENT", 0, 3_000), body("all"))];
    for step in 0..STEPS {
        let at = step as i64 * 10;
        let mut one = span(&format!("s{step}"), Some("root"), "Tool.lookup", "TOOL", at, at + 8);
        one.status = if step == 100 { "ERROR" } else { "OK" }.to_owned();
        let text = if step % 100 == 7 { format!("the \"needle\"\nof {step}") } else { format!("step {step}") };
        spans.push((one, body(&text)));
    }
    spans.push((span("lm1", Some("root"), "LM.__call__", "CHAT_MODEL", 2_700, 2_800), body("first")));
    spans.push((span("lm2", Some("root"), "LM.__call__", "CHAT_MODEL", 2_800, 2_990), body("second")));
    store.put_trace(head, spans);
    store
}

fn at(place: &str, label: &str) -> Harness<'static, Viewer> {
    let mut harness = window(&store(), Some(place), Some(PATH));
    wait_for(&mut harness, label);
    settle(&mut harness);
    harness
}

fn opened() -> Harness<'static, Viewer> {
    at("trace/tr-long", "Find in this trace")
}

fn press(harness: &mut Harness<'_, Viewer>, modifiers: Modifiers, key: Key) {
    harness.key_press_modifiers(modifiers, key);
    harness.step();
    settle(harness);
}

fn focused(harness: &Harness<'_, Viewer>) -> String {
    match harness.state().state().location() {
        Place::Trace { span: Some(span), .. } => span.id.clone(),
        _ => String::new(),
    }
}

/// The rows on screen and whether each is selected.
fn rows(harness: &Harness<'_, Viewer>) -> Vec<(String, bool)> {
    let rows = harness.query_all_by_role(Role::TreeItem).filter_map(|row| {
        let node = row.accesskit_node();
        Some((node.label()?, node.is_selected() == Some(true)))
    });
    rows.collect()
}

fn shown_ns(harness: &Harness<'_, Viewer>) -> Option<(i64, i64)> {
    harness.state().state().page().spans.window_ns
}

#[test]
fn long_runs_are_one_row_that_says_what_failed_and_open_by_click_and_key() {
    let mut harness = opened();
    wait_for(&mut harness, "8 of 263 spans shown");
    wait_for(&mut harness, "255 alike folded");
    let run = "+ 255 more like these";
    wait_for(&mut harness, run);
    let described = harness.get_by_role_and_label(Role::TreeItem, run).accesskit_node().description();
    assert_eq!(described.as_deref(), Some("1 error"));
    click(&mut harness, run);
    settle(&mut harness);
    wait_for(&mut harness, "263 of 263 spans shown");
    // The keyboard stands on the row of the run, and folds it again.
    press(&mut harness, Modifiers::NONE, Key::ArrowLeft);
    wait_for(&mut harness, "8 of 263 spans shown");
    press(&mut harness, Modifiers::NONE, Key::Enter);
    wait_for(&mut harness, "263 of 263 spans shown");
}

#[test]
fn keys_lead_from_span_to_span_and_unfold_what_hides_it() {
    let mut harness = opened();
    press(&mut harness, Modifiers::NONE, Key::E);
    assert_eq!(focused(&harness), "s100");
    assert!(rows(&harness).contains(&("Tool.lookup".to_owned(), true)), "the span itself is on screen");
    wait_for(&mut harness, "263 of 263 spans shown");
    press(&mut harness, Modifiers::NONE, Key::N);
    assert_eq!(focused(&harness), "s101");
    press(&mut harness, Modifiers::SHIFT, Key::N);
    assert_eq!(focused(&harness), "s100");
    press(&mut harness, Modifiers::NONE, Key::M);
    assert_eq!(focused(&harness), "lm1");
    press(&mut harness, Modifiers::NONE, Key::M);
    assert_eq!(focused(&harness), "lm2");
    press(&mut harness, Modifiers::SHIFT, Key::M);
    assert_eq!(focused(&harness), "lm1");
    press(&mut harness, Modifiers::NONE, Key::H);
    assert_eq!(focused(&harness), "root");
    press(&mut harness, Modifiers::NONE, Key::L);
    assert_eq!(focused(&harness), "s0");
    // In a field they are letters.
    type_into(&mut harness, "Find in this trace", "e");
    assert_ne!(focused(&harness), "s100");
}

#[test]
fn time_is_zoomed_moved_and_fitted() {
    let mut harness = at("trace/tr-long/span/lm2", "Find in this trace");
    assert_eq!(shown_ns(&harness), None);
    press(&mut harness, Modifiers::NONE, Key::Z);
    let (from, to) = shown_ns(&harness).expect("a part");
    let ms = |ns: i64| (ns - START) / 1_000_000;
    assert!(ms(from) <= 2_800 && ms(from) > 2_780 && ms(to) >= 2_990 && ms(to) < 3_001, "{} {}", ms(from), ms(to));
    press(&mut harness, Modifiers::NONE, Key::Plus);
    let (closer, end) = shown_ns(&harness).expect("a part");
    assert!(end - closer < to - from);
    press(&mut harness, Modifiers::NONE, Key::Minus);
    press(&mut harness, Modifiers::NONE, Key::Num0);
    assert_eq!(shown_ns(&harness), None);
    // Ctrl and the wheel zoom at the pointer, Shift and the wheel move.
    let list = harness.get_by_role_and_label(Role::Tree, "Spans").rect();
    let pointer = egui::pos2(list.right() - 60.0, list.top() + 40.0);
    let wheel = |harness: &mut Harness<'_, Viewer>, modifiers: Modifiers, delta: egui::Vec2| {
        harness.event(egui::Event::PointerMoved(pointer));
        harness.event(egui::Event::MouseWheel {
            unit: egui::MouseWheelUnit::Point,
            source: egui::MouseWheelSource::Trackpad,
            delta,
            phase: egui::TouchPhase::Move,
            modifiers,
        });
        for _ in 0..20 {
            harness.step();
        }
    };
    harness.event(egui::Event::ModifiersChanged(Modifiers::COMMAND));
    wheel(&mut harness, Modifiers::COMMAND, egui::vec2(0.0, 200.0));
    let zoomed = shown_ns(&harness).expect("zoomed in");
    assert!(ms(zoomed.0) > 0, "what is at the right stays there");
    harness.event(egui::Event::ModifiersChanged(Modifiers::NONE));
    wheel(&mut harness, Modifiers::NONE, egui::vec2(80.0, 0.0));
    let moved = shown_ns(&harness).expect("moved");
    assert!(moved.0 < zoomed.0, "{moved:?} {zoomed:?}");
    assert!((moved.1 - moved.0 - (zoomed.1 - zoomed.0)).abs() < 1_000);
    // A drag moves it, too.
    harness.drag_at(pointer);
    harness.step();
    harness.event(egui::Event::PointerMoved(pointer - egui::vec2(50.0, 0.0)));
    harness.step();
    harness.step();
    let dragged = shown_ns(&harness).expect("dragged");
    assert!(dragged.0 > moved.0);
    harness.drop_at(pointer - egui::vec2(50.0, 0.0));
    harness.step();
    // Of so many spans there is a picture, in which a part can be chosen.
    let picture = harness.get_by_role_and_label(Role::Slider, "All of the time; drag to choose a part of it").rect();
    click(&mut harness, "All of the time");
    settle(&mut harness);
    assert_eq!(shown_ns(&harness), None);
    let within = |share: f32| egui::pos2(picture.left() + picture.width() * share, picture.center().y);
    harness.drag_at(within(0.25));
    harness.step();
    for share in [0.3, 0.4, 0.5] {
        harness.event(egui::Event::PointerMoved(within(share)));
        harness.step();
    }
    harness.drop_at(within(0.5));
    settle(&mut harness);
    let (from, to) = shown_ns(&harness).expect("a part was chosen");
    assert!((ms(from) - 750).abs() < 30 && (ms(to) - 1_500).abs() < 30, "{} {}", ms(from), ms(to));
}

#[test]
fn what_is_chosen_stands_out_is_counted_and_remembered() {
    let mut harness = opened();
    let count = |harness: &Harness<'_, Viewer>, kind: &str| {
        let mut chips = harness.query_all_by_role(Role::Button);
        let chip = chips.find(|chip| chip.accesskit_node().label().as_deref() == Some(kind));
        chip.and_then(|chip| chip.accesskit_node().description())
    };
    assert_eq!(count(&harness, "tool").as_deref(), Some("260"));
    assert_eq!(count(&harness, "LM").as_deref(), Some("2"));
    assert_eq!(count(&harness, "agent").as_deref(), Some("1"));
    assert_eq!(count(&harness, "errors").as_deref(), Some("1"));
    assert_eq!(count(&harness, "retriever"), None);
    let before = rows(&harness).len();
    click(&mut harness, "LM");
    settle(&mut harness);
    assert_eq!(rows(&harness).len(), before, "the others are faint, not gone");
    assert!(harness.state().state().page().spans.dims());
    harness.state_mut().act(Action::GoTo("trace/tr-1".into()));
    settle(&mut harness);
    assert!(!harness.state().state().page().spans.dims());
    harness.state_mut().act(Action::Back);
    settle(&mut harness);
    assert!(harness.state().state().page().spans.dims());
}

#[test]
fn a_text_is_found_in_all_spans_however_it_was_escaped() {
    let mut harness = opened();
    press(&mut harness, Modifiers::COMMAND, Key::F);
    let field = harness.get_by_role_and_label(Role::TextInput, "Find in this trace");
    assert!(field.accesskit_node().is_focused(), "the key leads to the field");
    type_into(&mut harness, "Find in this trace", "\"NEEDLE\"");
    // Every hundredth of 260 from the 7th on.
    wait_for(&mut harness, "1 of 3");
    assert_eq!(focused(&harness), "s7");
    wait_for(&mut harness, "263 of 263 spans shown");
    harness.get_by_role_and_label(Role::TextInput, "Find in this trace").focus();
    harness.step();
    press(&mut harness, Modifiers::NONE, Key::Enter);
    wait_for(&mut harness, "2 of 3");
    assert_eq!(focused(&harness), "s107");
    press(&mut harness, Modifiers::SHIFT, Key::Enter);
    wait_for(&mut harness, "1 of 3");
    click(&mut harness, "Previous place");
    settle(&mut harness);
    assert_eq!(focused(&harness), "s207");
    let Place::Trace { detail, .. } = harness.state().state().location() else { panic!("a trace") };
    assert_eq!(*detail, DetailTab::Inputs);
    // The details mark the same text.
    wait(&mut harness, "the place in the details", |harness| harness.query_all_by_label("1 of 1").next().is_some());
    click(&mut harness, ".*");
    type_into(&mut harness, "Find in this trace", "(");
    wait(&mut harness, "what is wrong", |harness| {
        harness.query_all_by_label_contains("regular expression").next().is_some()
    });
}

#[test]
fn who_comes_with_a_text_stays_at_the_span_in_which_it_stands() {
    let mut harness = at("experiment/1", "bold-finch-218");
    harness.state_mut().act(Action::GoTo("trace/tr-long/span/s107".into()));
    let pattern = SearchPattern { text: "needle".into(), ..SearchPattern::default() };
    harness.state_mut().act(Action::FindInside(pattern));
    settle(&mut harness);
    wait_for(&mut harness, "2 of 3");
    assert_eq!(focused(&harness), "s107");
    wait(&mut harness, "the row", |harness| rows(harness).contains(&("Tool.lookup".to_owned(), true)));
    let page = harness.state().state().page();
    assert!(page.folds.has(&FoldKey::Alike(6)), "its run is unfolded");
}

#[test]
fn damages_have_their_words() {
    let store = small_store();
    let (head, _) = trace("tr-odd", "child");
    let spans = vec![
        (span("a", None, "first", "CHAIN", 0, 90), SpanBody::default()),
        (span("a", Some("a"), "twice", "CHAIN", 1, 2), SpanBody::default()),
        (span("b", Some("gone"), "orphan", "TOOL", 5, 9), SpanBody::default()),
        (span("c", Some("d"), "ring", "TOOL", 10, 20), SpanBody::default()),
        (span("d", Some("c"), "other half", "TOOL", 11, 12), SpanBody::default()),
        (span("e", Some("a"), "backwards", "TOOL", 30, 25), SpanBody::default()),
    ];
    store.put_trace(head, spans);
    let mut harness = window(&store, Some("trace/tr-odd"), Some(PATH));
    wait_for(&mut harness, "orphan");
    settle(&mut harness);
    wait_for(&mut harness, "3 roots");
    let note = |name: &str| {
        harness.get_all_by_role(Role::TreeItem).find_map(|row| {
            let node = row.accesskit_node();
            (node.label().as_deref() == Some(name)).then(|| node.description())
        })
    };
    assert_eq!(note("first").flatten().as_deref(), Some("id repeated"));
    assert_eq!(note("twice").flatten().as_deref(), Some("id repeated"));
    assert_eq!(note("orphan").flatten().as_deref(), Some("parent missing"));
    assert_eq!(note("ring").flatten().as_deref(), Some("its own ancestor"));
    assert_eq!(note("backwards").flatten().as_deref(), Some("ends before it starts"));
    assert_eq!(note("other half"), Some(None));
}

#[test]
fn the_critical_path_is_marked_when_it_is_asked_for() {
    let mut harness = opened();
    press(&mut harness, Modifiers::NONE, Key::X);
    let told = |harness: &Harness<'_, Viewer>| {
        let chip = harness.get_by_role_and_label(Role::Button, "Critical path").accesskit_node();
        (harness.state().state().page().spans.shows_critical, chip.description())
    };
    // All tools one after another, both calls, and the agent between them.
    assert_eq!(told(&harness), (true, Some("263 spans".to_owned())));
    press(&mut harness, Modifiers::NONE, Key::X);
    assert!(!told(&harness).0);
}

#[test]
fn texts_of_every_kind_are_shown_in_every_shape() {
    let store = small_store();
    let (head, _) = trace("tr-texts", "child");
    let nested = (0..1_000).fold(json!("the innermost"), |inner, _| json!([inner]));
    let texts = [
        ("nested", nested),
        ("nul", json!("before\u{0}after \u{1}\u{7f} the innermost")),
        ("line", json!(format!("{} the innermost", "x".repeat(5_000_000)))),
    ];
    let mut spans = vec![(span("root", None, "all", "CHAIN", 0, 90), SpanBody::default())];
    for (id, inputs) in texts {
        let body = SpanBody { inputs: Some(inputs), ..SpanBody::default() };
        spans.push((span(id, Some("root"), id, "TOOL", 1, 9), body));
    }
    store.put_trace(head, spans);
    let mut harness = window(&store, Some("trace/tr-texts"), Some(PATH));
    harness.set_size(egui::vec2(1_600.0, 1_000.0));
    for id in ["nested", "nul", "line"] {
        harness.state_mut().act(Action::GoTo(format!("trace/tr-texts/span/{id}")));
        wait_for(&mut harness, "Find in span");
        for shape in ["Raw", "Text", "Rows", "Fields"] {
            click(&mut harness, shape);
            let end = std::time::Instant::now() + std::time::Duration::from_secs(60);
            while harness.state().loader().is_reading() {
                assert!(std::time::Instant::now() < end, "{id} as {shape}");
                harness.step();
                std::thread::sleep(std::time::Duration::from_millis(2));
            }
            harness.step();
            assert!(harness.state().state().notices.is_empty(), "{id} as {shape}");
        }
    }
    type_into(&mut harness, "Find in this trace", "the innermost");
    wait_for(&mut harness, "3 of 3");
}
