//! What a trace is about, told below its spans: score, expected answer, session, program, the same example elsewhere;
//! and the way from a failing example to its prompt.

use std::path::Path;

use crate::common::{NOW_MS, PATH, click, real_window, settle, wait, wait_for, window};
use crate::desk::desk;
use dspyglass::app::{Args, Viewer, ViewerOptions};
use dspyglass::model::{Assessment, Reveal, Session, SpanBody, Unmasked};
use dspyglass::store::memory::MemoryStore;
use egui::Key;
use egui::accesskit::Role;
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use serde_json::json;

fn address(harness: &Harness<'_, Viewer>) -> String {
    harness.state().state().location().to_string()
}

/// Clicks the last wrong answer in the row of the first example.
fn click_last_wrong_of_the_first(harness: &Harness<'_, Viewer>) {
    let mut wrong = harness.get_all_by_role(Role::Cell).filter(|cell| {
        let node = cell.accesskit_node();
        node.label().as_deref() == Some("wrong") && node.data().row_index() == Some(0)
    });
    wrong.next_back().expect("a wrong answer of the first example").click();
}

/// From the run of the optimization, within five actions.
#[test]
fn a_failing_example_leads_to_its_prompt_and_to_a_candidate_that_got_it_right() {
    let store = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/stores/v3.17/mlflow.db");
    let at = "experiment/1/run/c0488c2282d6484cabe484b482a9f296".to_owned();
    let args = Args { store: Some(store), at: Some(at), utc: true, ..Args::default() };
    let mut harness = real_window(ViewerOptions { args, ..ViewerOptions::default() });
    settle(&mut harness);
    let mut actions = 0;

    // 1: to the examples.
    harness.get_all_by_role_and_label(Role::Tab, "Examples").next().expect("the tab").click();
    actions += 1;
    wait(&mut harness, "the matrix", |harness| harness.query_by_role_and_label(Role::Table, "Examples").is_some());
    settle(&mut harness);

    // 2: a wrong answer in a minibatch. What was expected and given stands beside the matrix.
    click_last_wrong_of_the_first(&harness);
    actions += 1;
    settle(&mut harness);
    assert!(address(&harness).contains("evaluation=c2835b00f9eb47fea0887716dc933f9c"), "{}", address(&harness));
    wait_for(&mut harness, "Expected");

    // 3: its prompt. The call of the model is focused, the expected and the given answer stand below the spans.
    harness.get_all_by_role_and_label(Role::Link, "Prompt →").next().expect("a way to the prompt").click();
    actions += 1;
    wait(&mut harness, "a trace", |harness| address(harness).contains("/trace/"));
    settle(&mut harness);
    let trace = address(&harness);
    let span =
        trace.rsplit("/span/").next().and_then(|rest| rest.split('?').next()).expect("a focused span").to_owned();
    let database = rusqlite::Connection::open_with_flags(
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/stores/v3.17/mlflow.db"),
        rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY,
    );
    let call: (String, String) = database
        .expect("a database")
        .query_row("select type, content from spans where span_id like '%' || ?1", [&span], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .expect("the span");
    assert_eq!(call.0, "CHAT_MODEL", "{trace}");
    assert!(call.1.contains("Ana has 28 books"), "the prompt of this example");
    wait_for(&mut harness, "score 0");
    for told in ["expected", "31", "answered", "32"] {
        assert!(harness.query_all_by_label(told).next().is_some(), "{told}");
    }

    // 4: beside that of a candidate that got it right.
    let compare = harness
        .get_all_by_role(Role::Button)
        .find(|one| one.accesskit_node().label().is_some_and(|label| label.starts_with("Compare with C")));
    compare.expect("a way to compare").click();
    actions += 1;
    wait(&mut harness, "two traces", |harness| address(harness).contains("compare-traces/"));
    let own = trace.rsplit("/trace/").next().and_then(|rest| rest.split('/').next()).expect("a trace");
    assert!(address(&harness).contains(&format!("compare-traces/{own}/tr-")), "{}", address(&harness));
    assert!(actions <= 5, "{actions}");
}

#[test]
fn the_same_example_elsewhere_is_listed_with_its_scores_and_traces() {
    let mut harness = window(&desk(), Some("experiment/1/run/best/trace/tr-best-9"), Some(PATH));
    wait_for(&mut harness, "score 0");
    wait_for(&mut harness, "0 of 1 right");
    // What it was expected to answer, of which nothing is known to be answered.
    wait_for(&mut harness, "cannot read ticket 9");
    assert!(harness.query_by_label("C2, winner").is_some(), "the program by its name");
    click(&mut harness, "Same example");
    wait_for(&mut harness, "Open trace");
    harness.get_by_role_and_label(Role::Link, "eval_full_0").click();
    wait(&mut harness, "the other trace", |harness| address(harness).contains("trace/tr-seed-9"));
    settle(&mut harness);
    // The program is one click away, and so is the matrix.
    wait_for(&mut harness, "In the matrix →");
    click(&mut harness, "In the matrix →");
    settle(&mut harness);
    let matrix = address(&harness);
    assert!(matrix.contains("run/parent?tab=examples") && matrix.contains("evaluation=seed"), "{matrix}");
    harness.state_mut().act(dspyglass::state::Action::Back);
    settle(&mut harness);
    // Below the way that leads here.
    harness.get_all_by_role_and_label(Role::Link, "eval_full_0").last().expect("the program").click();
    settle(&mut harness);
    assert!(address(&harness).contains("run/seed?tab=program"), "{}", address(&harness));
}

/// Three turns of a session, and another trace between them; on the second a person expects something.
fn talk() -> MemoryStore {
    let store = MemoryStore::new();
    store.add_experiment("1", "chat");
    for (at, (name, session)) in
        (0..).zip([("one", Some("desk-7")), ("two", Some("desk-7")), ("other", None), ("three", Some("desk-7"))])
    {
        let mut head = MemoryStore::trace_head(&format!("tr-{name}"), "1", None, name, NOW_MS - 100_000 + at * 1_000);
        head.row.session = session.and_then(|text| Session::read(Unmasked::new(text.to_owned()), Reveal::Masked));
        if name == "two" {
            head.assessments.push(Assessment {
                kind: "expectation".into(),
                source_type: "HUMAN".into(),
                source_id: Some("ana@example.org".into()),
                ..MemoryStore::score("answer", json!("Send the bell to Émile again, and say sorry for the long wait."))
            });
            head.assessments.push(Assessment {
                source_type: "LLM_JUDGE".into(),
                rationale: Some("It does not say sorry.".into()),
                ..MemoryStore::score("polite", json!("no"))
            });
        }
        let body = SpanBody {
            inputs: Some(json!({"question": name})),
            outputs: Some(json!({"answer": "Send the lamp to Émile again, after the long wait.", "reasoning": "…"})),
            ..SpanBody::default()
        };
        store.put_trace(head, vec![(MemoryStore::span("a", None, name, 1, 2), body)]);
    }
    store
}

#[test]
fn turns_of_a_session_lead_to_each_other() {
    let mut harness = window(&talk(), Some("experiment/1/trace/tr-two"), Some(PATH));
    wait_for(&mut harness, "turn 2 of 3");
    settle(&mut harness);
    harness.key_press(Key::CloseBracket);
    harness.step();
    wait_for(&mut harness, "turn 3 of 3");
    assert!(address(&harness).contains("trace/tr-three"), "{}", address(&harness));
    assert!(harness.query_by_label("Next turn").is_none(), "there is none");
    click(&mut harness, "Previous turn");
    wait_for(&mut harness, "turn 2 of 3");
    settle(&mut harness);
    harness.key_press(Key::OpenBracket);
    harness.step();
    wait_for(&mut harness, "turn 1 of 3");
    assert!(address(&harness).contains("trace/tr-one"), "{}", address(&harness));
}

#[test]
fn steps_through_a_list_by_session_follow_the_sessions() {
    let mut harness = window(&talk(), Some("experiment/1?tab=traces"), Some(PATH));
    wait_for(&mut harness, "1 session");
    click(&mut harness, "By session");
    settle(&mut harness);
    let row = harness
        .get_all_by_role(Role::Row)
        .find(|row| row.accesskit_node().label().is_some_and(|label| label.contains("three")));
    row.expect("the newest trace").click();
    wait(&mut harness, "the trace", |harness| address(harness).contains("trace/tr-three"));
    settle(&mut harness);
    // The trace of no session came between these two.
    for (key, trace, place) in
        [(Key::J, "tr-two", "2 of 4"), (Key::J, "tr-one", "3 of 4"), (Key::J, "tr-other", "4 of 4")]
    {
        harness.key_press(key);
        harness.step();
        wait(&mut harness, trace, |harness| address(harness).contains(&format!("trace/{trace}")));
        wait_for(&mut harness, place);
    }
}

#[test]
fn what_a_person_expects_stands_beside_the_answer_word_by_word() {
    let mut harness = window(&talk(), Some("experiment/1/trace/tr-two"), Some(PATH));
    wait_for(&mut harness, "expected by HUMAN ana@example.org");
    let spoken = |harness: &Harness<'_, Viewer>| -> String {
        let labels = harness.query_all_by_role(Role::Label);
        labels.filter_map(|node| node.accesskit_node().value()).filter(|text| text.contains("{+")).collect()
    };
    wait(&mut harness, "the difference", |harness| !spoken(harness).is_empty());
    let told = spoken(&harness);
    assert!(told.contains("[-bell-]{+lamp+}"), "{told}");
    // What was judged, by whom, and why; the rest of the answer by name.
    for told in ["polite", "no", "LLM_JUDGE", "It does not say sorry.", "also answered: reasoning"] {
        assert!(harness.query_all_by_label(told).next().is_some(), "{told}");
    }
    // Nothing of it is told where there is nothing to tell.
    let mut harness = window(&talk(), Some("experiment/1/trace/tr-other"), Some(PATH));
    settle(&mut harness);
    assert!(harness.query_all_by_label_contains("turn ").next().is_none());
    assert!(harness.query_by_label("Less").is_none() && harness.query_by_label("More").is_none());
}
