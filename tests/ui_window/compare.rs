//! Runs beside each other, and a predictor along an optimization.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::common::{NOW_MS, PATH, click, real_window, settle, wait, wait_for, window};
use cpu_time::ThreadTime;
use dspyglass::app::{Args, Viewer, ViewerOptions};
use dspyglass::model::{ArtifactOwner, Entry, MetricPoint, RunId, RunValues, Shown};
use dspyglass::state::{CompareTab, Place, RunTab};
use dspyglass::store::memory::MemoryStore;
use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use serde_json::{Value, json};

fn state(instructions: &str, demos: Value) -> Value {
    let fields =
        json!([{"prefix": "Ticket:", "description": "${ticket}"}, {"prefix": "Queue:", "description": "${queue}"}]);
    let predictor = |instructions: &str, demos: Value| {
        json!({"traces": [], "train": [], "demos": demos, "lm": null,
               "signature": {"instructions": instructions, "fields": fields}})
    };
    json!({"plan": predictor("Plan first.", json!([])), "solve": predictor(instructions, demos)})
}

fn table(scores: &[f64]) -> Value {
    let data: Vec<Value> =
        (0..).zip(scores).map(|(at, score)| json!([format!("ticket {at}"), "billing", score])).collect();
    json!({"columns": ["example_ticket", "example_queue", "score"], "data": data})
}

/// An optimization with three full evaluations, of which the last is of the second's program; a run without program.
fn store() -> MemoryStore {
    let store = MemoryStore::new();
    store.add_experiment("1", "ticket-router");
    let put = |id: &str, name: &str, minutes: i64, instructions: &str, scores: &[f64]| {
        let mut run = MemoryStore::run(id, "1", name, NOW_MS - minutes * 60_000);
        run.parent_id = (id != "p" && id != "bare").then(|| RunId::from("p"));
        run.end_time_ms = Some(NOW_MS - if id == "p" { 1 } else { minutes } * 60_000);
        store.put_run(run);
        let id = RunId::from(id);
        if scores.is_empty() {
            return;
        }
        let value = 100.0 * scores.iter().sum::<f64>() / scores.len() as f64;
        store.put_metric(&id, "eval", vec![MetricPoint { step: 0, timestamp_ms: NOW_MS, value }]);
        let demo = json!({"ticket": "¿Pueden cambiar mi dirección?", "queue": "shipping", "augmented": true});
        let demos = if name == "eval_full_0" { json!([]) } else { json!([demo]) };
        let owner = ArtifactOwner::Run(id);
        store.put_artifact(owner.clone(), "model.json", state(instructions, demos).to_string().into_bytes());
        store.put_artifact(owner, "result_table.json", table(scores).to_string().into_bytes());
    };
    put("p", "bold-finch-218", 100, "", &[]);
    put("a", "eval_full_0", 99, "Route the support ticket.", &[0.0, 1.0, 0.0, 1.0]);
    put("b", "eval_full_1", 98, "Route the ticket by its first request.\nIgnore greetings.", &[1.0, 1.0, 1.0, 0.0]);
    put("c", "eval_full_2", 97, "Route the ticket by its first request.\nIgnore greetings.", &[1.0, 1.0, 1.0, 1.0]);
    put("bare", "no program", 96, "", &[]);
    store
}

fn at(place: &str) -> Harness<'static, Viewer> {
    let mut harness = window(&store(), Some(place), Some(PATH));
    wait_for(&mut harness, "Compare");
    settle(&mut harness);
    settle(&mut harness);
    harness
}

/// What the rows of the list say.
fn rows(harness: &Harness<'_, Viewer>) -> Vec<String> {
    let items = harness.query_all_by_role(Role::ListItem);
    let mut rows: Vec<(usize, String)> = items
        .map(|item| {
            let node = item.accesskit_node();
            (node.position_in_set().unwrap_or_default(), node.label().unwrap_or_default())
        })
        .collect();
    rows.sort();
    rows.into_iter().map(|(_, label)| label).collect()
}

fn has_row(harness: &Harness<'_, Viewer>, part: &str) -> bool {
    rows(harness).iter().any(|row| row.contains(part))
}

fn has_label(harness: &Harness<'_, Viewer>, part: &str) -> bool {
    harness.query_all_by_label_contains(part).next().is_some()
}

fn compared(harness: &Harness<'_, Viewer>) -> Vec<String> {
    match harness.state().state().location() {
        Place::Compare { runs, .. } => runs.iter().map(ToString::to_string).collect(),
        other => panic!("not a comparison: {other:?}"),
    }
}

#[test]
fn what_changed_is_told_by_words_and_signs() {
    let mut harness = at("compare/a/b");
    assert!(has_row(&harness, "Predictor solve: instructions changed, +1 demo, fields same"));
    assert!(has_row(&harness, "[-support -]ticket"), "{:?}", rows(&harness));
    assert!(has_row(&harness, "{+"));
    assert!(has_row(&harness, "Demo added: ¿Pueden cambiar mi dirección?, shipping, bootstrapped"));
    assert!(has_row(&harness, "1 predictor is the same: plan"));
    assert!(has_row(&harness, "Fixed: ticket: ticket 0") && has_row(&harness, "Broken: ticket: ticket 3"));
    assert!(has_label(&harness, "eval_full_0 · 50"));
    click(&mut harness, "Differences only");
    settle(&mut harness);
    assert!(has_row(&harness, "Predictor plan: same") && has_row(&harness, "Plan first."));
    click(&mut harness, "Unified");
    settle(&mut harness);
    assert!(has_row(&harness, "Route the [-support -]ticket{+ by its first request.↵+}"), "{:?}", rows(&harness));
    click(&mut harness, "Show spaces");
    settle(&mut harness);
    assert!(has_row(&harness, "Plan·first."));
    let copy = harness.get_all_by_label("Copy the new instructions").last().expect("a button");
    copy.click();
    harness.step();
    let copied = harness.output().platform_output.commands.iter().find_map(|command| match command {
        egui::OutputCommand::CopyText(text) => Some(text.clone()),
        _ => None,
    });
    assert!(copied.is_some_and(|text| text.ends_with("Ignore greetings.")));
}

/// A trace in which a run was given a ticket and answered.
fn answered(store: &MemoryStore, id: &str, run: &str, ticket: &str) {
    let mut head = MemoryStore::trace_head(id, "1", Some(run), "Router.forward", NOW_MS - 50_000);
    head.row.request_preview = Some(Shown::Text(json!({"ticket": ticket}).to_string().into()));
    store.put_trace(head, Vec::new());
}

fn place(harness: &Harness<'_, Viewer>) -> String {
    harness.state().state().location().to_string()
}

fn press(harness: &mut Harness<'_, Viewer>, label: &str) {
    wait_for(harness, label);
    harness.get_by_role_and_label(Role::Button, label).click();
    harness.step();
    harness.step();
}

#[test]
fn an_example_opens_its_trace_in_either_run() {
    let store = store();
    for (id, run, ticket) in [
        ("tr-a0", "a", "ticket 0"),
        ("tr-b0", "b", "ticket 0"),
        ("tr-b2", "b", "ticket 2"),
        ("tr-a3", "a", "ticket 3"),
        ("tr-a3-again", "a", "ticket 3"),
    ] {
        answered(&store, id, run, ticket);
    }
    let open = || {
        let mut harness = window(&store, Some("compare/a/b?tab=examples"), Some(PATH));
        wait_for(&mut harness, "Fixed: ");
        settle(&mut harness);
        settle(&mut harness);
        harness
    };
    let mut harness = open();
    press(&mut harness, "Fixed: ticket: ticket 0 · queue: billing, 0 → 1");
    settle(&mut harness);
    assert_eq!(place(&harness), "dspyglass:experiment/1/run/b/trace/tr-b0", "the compared run by default");
    let mut harness = open();
    click(&mut harness, "Open in C1 · eval_full_0: ticket: ticket 0 · queue: billing");
    settle(&mut harness);
    assert_eq!(place(&harness), "dspyglass:experiment/1/run/a/trace/tr-a0");
    // Where one side has none, the other is opened; a score still says why.
    let mut harness = open();
    click(&mut harness, "Open in C1 · eval_full_0: ticket: ticket 2 · queue: billing");
    wait_for(&mut harness, "No trace of this example in C1 · eval_full_0: No trace of the run was given these inputs");
    press(&mut harness, "Broken: ticket: ticket 3 · queue: billing, 1 → 0");
    wait_for(
        &mut harness,
        "No trace of this example in C2 ★ · eval_full_1: No trace of the run was given these inputs",
    );
    click(&mut harness, "Open in C1 · eval_full_0: ticket: ticket 3 · queue: billing");
    wait_for(&mut harness, "2 traces of the run fit this example");
    assert_eq!(place(&harness), "dspyglass:compare/a/b?tab=examples");
    harness.get_by_role_and_label(Role::Button, "Fixed: ticket: ticket 2 · queue: billing, 0 → 1").click_secondary();
    harness.step();
    click(&mut harness, "Copy example");
    let mut harness = open();
    press(&mut harness, "Fixed: ticket: ticket 2 · queue: billing, 0 → 1");
    settle(&mut harness);
    assert_eq!(place(&harness), "dspyglass:experiment/1/run/b/trace/tr-b2");
}

#[test]
fn runs_without_tables_are_compared_by_the_scores_on_their_traces() {
    let store = store();
    for run in ["x", "y"] {
        store.put_run(MemoryStore::run(run, "1", run, NOW_MS - 60_000));
        for at in 0..4 {
            let ticket = json!({"ticket": format!("ticket {at}")}).to_string();
            let mut head =
                MemoryStore::trace_head(&format!("tr-{run}{at}"), "1", Some(run), "Router.forward", NOW_MS - 50_000);
            head.row.request_preview = Some(Shown::Text(ticket.into()));
            if at < 3 {
                head.assessments = vec![MemoryStore::score("exact", json!(run == "y" || at == 1))];
            }
            store.put_trace(head, Vec::new());
        }
    }
    let mut harness = window(&store, Some("compare/x/y?tab=examples"), Some(PATH));
    wait_for(&mut harness, "Fixed · 2");
    settle(&mut harness);
    let said = "The baseline has no result_table.json: its scores are assessments “exact” on traces, of 3 of 4 examples, none is stored of the others";
    assert!(has_row(&harness, said), "{:?}", rows(&harness));
    click(&mut harness, "Open in x: ticket 2");
    settle(&mut harness);
    assert_eq!(place(&harness), "dspyglass:experiment/1/run/x/trace/tr-x2");
    // A table on one side tells what was expected.
    let mut harness = window(&store, Some("compare/x/b?tab=examples"), Some(PATH));
    wait_for(&mut harness, "Fixed · 2");
    settle(&mut harness);
    assert!(has_row(&harness, "Fixed: ticket 0, 0 → 1") && has_row(&harness, "Fixed: ticket 2, 0 → 1"));
}

#[test]
fn how_it_is_shown_is_remembered() {
    let mut harness = at("compare/a/b");
    click(&mut harness, "Unified");
    click(&mut harness, "Show spaces");
    settle(&mut harness);
    let compare = harness.state().state().settings.compare;
    assert!(compare.is_unified && compare.shows_space && !compare.shows_all);
    // The switches of an evolution are the same.
    harness.state_mut().act(dspyglass::state::Action::GoTo("experiment/1/run/p?tab=evolution".into()));
    wait_for(&mut harness, "C1: eval_full_0");
    settle(&mut harness);
    click(&mut harness, "Differences only");
    settle(&mut harness);
    assert!(harness.state().state().settings.compare.shows_all);
}

#[test]
fn tabs_show_params_metrics_and_examples() {
    let mut harness = at("compare/a/b?tab=metrics");
    assert!(has_row(&harness, "eval: 50 → 75, +25"), "{:?}", rows(&harness));
    click(&mut harness, "Params");
    settle(&mut harness);
    assert!(has_row(&harness, "All params are the same"));
    assert_eq!(harness.state().state().location().to_string(), "dspyglass:compare/a/b?tab=params");
    // Neither a program nor a table on one side is said, and the rest is compared.
    let harness = at("compare/a/bare?tab=program");
    assert!(has_row(&harness, "The compared run has no program"));
    let harness = at("compare/a/bare?tab=examples");
    let why = "No score of an example is known of the compared run: it has no result_table.json and no traces";
    assert!(has_row(&harness, why), "{:?}", rows(&harness));
    assert!(!has_row(&harness, "known of the baseline"));
    let harness = at("compare/b/c");
    assert!(harness.query_by_label("The same program").is_some());
    let harness = at("compare/a/nowhere");
    assert!(has_label(&harness, "not in this store"));
}

#[test]
fn a_comparison_opens_on_the_first_tab_that_has_something() {
    let store = store();
    let shown = |harness: &Harness<'_, Viewer>| match harness.state().state().location() {
        Place::Compare { tab, .. } => *tab,
        other => panic!("no comparison: {other}"),
    };
    // Without programs, params and metrics that differ, tags are left.
    store.put_run(MemoryStore::run("plain", "1", "plain", NOW_MS - 95 * 60_000));
    let open = |place: &str| {
        let mut harness = window(&store, Some(place), Some(PATH));
        wait_for(&mut harness, "Compare");
        settle(&mut harness);
        settle(&mut harness);
        harness
    };
    let harness = open("compare/a/bare");
    assert!(has_row(&harness, "Metrics · 1 differs"), "{:?}", rows(&harness));
    assert_eq!(shown(&harness), None::<CompareTab>, "nobody chose a tab");
    let values = |learning: &str| RunValues {
        params: vec![Entry { key: "lr".into(), value: Shown::Text(learning.into()) }],
        tags: vec![
            Entry { key: "team".into(), value: Shown::Text(learning.into()) },
            Entry { key: "mlflow.runName".into(), value: Shown::Text(learning.into()) },
        ],
        ..RunValues::default()
    };
    store.put_values(&"bare".into(), values("0.1"));
    store.put_values(&"plain".into(), values("0.2"));
    let mut harness = open("compare/bare/plain");
    assert!(has_row(&harness, "lr: 0.1 → 0.2"), "{:?}", rows(&harness));
    click(&mut harness, "Tags");
    settle(&mut harness);
    assert!(has_row(&harness, "team: 0.1 → 0.2") && has_row(&harness, "Tags that MLflow sets · 1 differs"));
    let harness = open("compare/bare/plain?tab=program");
    assert!(has_row(&harness, "Neither run has a program: there is neither model.json"), "{:?}", rows(&harness));
}

#[test]
fn examples_of_two_metrics_are_on_two_scales() {
    let store = store();
    let put = |id: &str, scores: &[f64]| {
        store.put_run(MemoryStore::run(id, "1", id, NOW_MS - 90 * 60_000));
        let table = table(scores).to_string().into_bytes();
        store.put_artifact(ArtifactOwner::Run(id.into()), "result_table.json", table);
        let value = 100.0 * scores.iter().sum::<f64>() / scores.len() as f64;
        store.put_metric(&id.into(), "eval", vec![MetricPoint { step: 0, timestamp_ms: NOW_MS, value }]);
    };
    put("exact", &[0.0, 1.0, 1.0]);
    put("stars", &[5.0, 1.0, 0.0]);
    let mut harness = window(&store, Some("compare/exact/stars?tab=examples"), Some(PATH));
    wait_for(&mut harness, "Different metrics scored the two runs");
    settle(&mut harness);
    assert!(has_row(&harness, "The baseline · 2 of 3 right · scores from 0 to 1 · right is a score of 1"));
    assert!(has_row(
        &harness,
        "The compared run · 1 of 3 right · scores from 0 to 5 · right is a score of 2.5 or more"
    ));
    assert!(!has_row(&harness, "Fixed") && !has_row(&harness, "Broken"), "{:?}", rows(&harness));
    click(&mut harness, "Metrics");
    settle(&mut harness);
    // No difference of figures on two scales.
    assert!(has_row(&harness, "eval (scored by different metrics): 66.67 → 200"), "{:?}", rows(&harness));
    assert!(!has_row(&harness, "+133"));
}

#[test]
fn where_a_param_was_cut_is_said_and_nothing_behind_it_is_deleted() {
    let store = store();
    let whole: String = (0..200).map(|at| format!("Rule {at}: weigh the {at}th case by its own facts.\n")).collect();
    store.put_run(MemoryStore::run("whole", "1", "whole", NOW_MS - 90 * 60_000));
    let state = json!({"solve": {"demos": [], "lm": null, "signature": {"instructions": whole, "fields": []}}});
    store.put_artifact(ArtifactOwner::Run("whole".into()), "model.json", state.to_string().into_bytes());
    store.put_run(MemoryStore::run("cut", "1", "cut", NOW_MS - 90 * 60_000));
    let kept: String = format!("Read it twice.\n{whole}").chars().take(6000).collect();
    let params = vec![Entry { key: "R.solve.signature.instructions".into(), value: Shown::Text(kept.into()) }];
    store.put_values(&"cut".into(), RunValues { params, ..RunValues::default() });
    let mut harness = window(&store, Some("compare/whole/cut?tab=program"), Some(PATH));
    wait_for(&mut harness, "MLflow cut the param of the compared run here, at 6,000 characters");
    settle(&mut harness);
    let rows = rows(&harness);
    assert!(has_row(&harness, "Known of the baseline alone: 3,"), "{rows:?}");
    assert!(rows.iter().any(|row| row.contains("Read it twice.")), "{rows:?}");
    assert!(!rows.iter().any(|row| row.contains("removed")), "{rows:?}");
}

#[test]
fn several_are_compared_with_the_first() {
    let mut harness = at("compare/a/b/c");
    assert!(has_row(&harness, "Broken · 1"));
    click(&mut harness, "C2 ★ · eval_full_2 · 100");
    settle(&mut harness);
    settle(&mut harness);
    assert!(has_row(&harness, "Broken · 0") && has_row(&harness, "Fixed · 2"), "{:?}", rows(&harness));
    let location = harness.state().state().location();
    assert!(matches!(location, Place::Compare { shown: Some(run), .. } if run.as_str() == "c"), "{location}");
    click(&mut harness, "Swap");
    settle(&mut harness);
    assert_eq!(compared(&harness), ["c", "b", "a"]);
}

#[test]
fn a_run_is_compared_with_the_one_before_by_a_key() {
    let mut harness = window(&store(), Some("experiment/1/run/b"), Some(PATH));
    wait_for(&mut harness, "Overview");
    settle(&mut harness);
    harness.key_press(Key::D);
    wait(&mut harness, "a comparison", |harness| matches!(harness.state().state().location(), Place::Compare { .. }));
    assert_eq!(compared(&harness), ["a", "b"]);
    // The first one has none before it, which is said.
    let mut harness = window(&store(), Some("experiment/1/run/a"), Some(PATH));
    wait_for(&mut harness, "Overview");
    settle(&mut harness);
    harness.key_press(Key::D);
    wait_for(&mut harness, "No evaluation of bold-finch-218 comes before");
    // A trace stands for its run, even where the address does not name it.
    let mut harness = window(
        &{
            let store = store();
            answered(&store, "tr-b0", "b", "ticket 0");
            store
        },
        Some("trace/tr-b0"),
        Some(PATH),
    );
    wait_for(&mut harness, "Router.forward");
    settle(&mut harness);
    harness.key_press(Key::D);
    wait(&mut harness, "a comparison", |harness| matches!(harness.state().state().location(), Place::Compare { .. }));
    assert_eq!(compared(&harness), ["a", "b"]);
    // Among compared runs the shown one goes on with its own: the one before it evaluated the same program.
    harness.state_mut().act(dspyglass::state::Action::GoTo("compare/b/c".into()));
    settle(&mut harness);
    harness.key_press(Key::D);
    settle(&mut harness);
    settle(&mut harness);
    assert_eq!(compared(&harness), ["a", "c"]);
    let mut harness = window(&store(), Some("experiment/1/run/a"), Some(PATH));
    wait_for(&mut harness, "Overview");
    settle(&mut harness);
    // A baseline goes before the neighbour.
    harness.key_press(Key::B);
    wait_for(&mut harness, "eval_full_0 is the baseline now");
    harness.state_mut().act(dspyglass::state::Action::GoTo("experiment/1/run/c".into()));
    settle(&mut harness);
    harness.key_press(Key::D);
    wait(&mut harness, "a comparison", |harness| matches!(harness.state().state().location(), Place::Compare { .. }));
    assert_eq!(compared(&harness), ["a", "c"]);
}

#[test]
fn another_run_is_chosen_in_the_palette_or_in_the_menu() {
    let mut harness = window(&store(), Some("experiment/1/run/a"), Some(PATH));
    wait_for(&mut harness, "Overview");
    settle(&mut harness);
    click(&mut harness, "Compare…");
    click(&mut harness, "With the winner");
    wait(&mut harness, "a comparison", |harness| matches!(harness.state().state().location(), Place::Compare { .. }));
    settle(&mut harness);
    assert_eq!(compared(&harness), ["a", "b"], "the state of the best full evaluation");
    harness.key_press_modifiers(Modifiers::COMMAND, Key::D);
    wait_for(&mut harness, "Compare with which run?");
    settle(&mut harness);
    harness.get_by_role_and_label(Role::TextInput, "Compare with which run?").type_text("no program");
    wait_for(&mut harness, "no program");
    settle(&mut harness);
    harness.key_press(Key::Enter);
    settle(&mut harness);
    assert_eq!(compared(&harness), ["a", "b", "bare"]);
}

#[test]
fn selected_runs_are_compared() {
    let mut harness = window(&store(), Some("experiment/1"), Some(PATH));
    wait_for(&mut harness, "5 runs");
    settle(&mut harness);
    let ids = ["a", "c"].map(RunId::from).to_vec();
    harness.state_mut().act(dspyglass::state::Action::SelectRuns("1".into(), ids));
    harness.step();
    harness.key_press(Key::D);
    settle(&mut harness);
    assert_eq!(compared(&harness), ["a", "c"]);
}

#[test]
fn a_predictor_is_followed_along_an_optimization() {
    let mut harness = window(&store(), Some("experiment/1/run/p?tab=evolution"), Some(PATH));
    wait_for(&mut harness, "C1: eval_full_0");
    settle(&mut harness);
    assert!(has_row(&harness, "C1: eval_full_0"));
    assert!(has_row(&harness, "C2: eval_full_1, eval_full_2, ★ best, inferred"), "{:?}", rows(&harness));
    assert!(has_row(&harness, "100 · full, n 4"));
    harness.get_by_role_and_label(Role::TextInput, "History of a phrase").focus();
    harness.step();
    harness.get_by_role_and_label(Role::TextInput, "History of a phrase").type_text("request. Ignore greetings");
    wait_for(&mut harness, "In 1 of 2 states, since C2");
    assert!(has_label(&harness, "87.5 with it (2), 50 without (1)"));
    assert!(has_row(&harness, "✓ has the phrase"));
    click(&mut harness, "plan");
    settle(&mut harness);
    settle(&mut harness);
    assert!(has_row(&harness, "The instructions are the same as those of "));
    let location = harness.state().state().location();
    assert!(matches!(location, Place::Run { tab: Some(RunTab::Evolution { .. }), .. }), "{location}");
}

#[test]
fn long_instructions_are_compared_beside_the_frames() {
    let store = MemoryStore::new();
    store.add_experiment("1", "long");
    let word = |seed: usize, at: usize| format!("word{} ", (at * seed * 7919) % 400);
    for (id, seed) in [("a", 1), ("b", 3)] {
        store.put_run(MemoryStore::run(id, "1", id, NOW_MS - 60_000));
        let text: String = (0..60_000).map(|at| word(seed, at)).collect();
        assert!(text.len() > 400_000, "no machine compares that much in the time there is");
        let owner = ArtifactOwner::Run(id.into());
        store.put_artifact(owner, "model.json", state(&text, json!([])).to_string().into_bytes());
    }
    let mut harness = window(&store, Some("compare/a/b"), Some(PATH));
    let mut longest = 0.0_f64;
    let mut frames_while_reading = 0;
    let end = std::time::Instant::now() + std::time::Duration::from_secs(20);
    while !has_row(&harness, "Predictor solve") {
        assert!(std::time::Instant::now() < end, "waited in vain");
        let start = ThreadTime::now();
        harness.step();
        let is_there = harness.query_all_by_label("Compare").next().is_some();
        if is_there && harness.state().loader().is_reading() {
            frames_while_reading += 1;
            longest = longest.max(start.elapsed().as_secs_f64());
        }
        std::thread::sleep(std::time::Duration::from_millis(2));
    }
    assert!(has_row(&harness, "Not compared word by word in full"), "{:?}", rows(&harness).first());
    assert!(frames_while_reading > 0, "the page stands before the texts are compared");
    for _ in 0..5 {
        let start = ThreadTime::now();
        harness.step();
        longest = longest.max(start.elapsed().as_secs_f64());
    }
    assert!(longest < 0.5, "a frame took {longest} s of its thread");
}

/// The answer of the terminal.
fn told(store: &Path, a: &str, b: &str) -> Option<Value> {
    let output = Command::new(env!("CARGO_BIN_EXE_dspyglass"))
        .args(["diff".as_ref(), store.as_os_str(), a.as_ref(), b.as_ref(), "--json".as_ref()])
        .output()
        .expect("it runs");
    output.status.success().then(|| serde_json::from_slice(&output.stdout).expect("a document"))
}

fn runs_of(store: &Path) -> Vec<String> {
    let output = Command::new(env!("CARGO_BIN_EXE_dspyglass"))
        .args(["runs".as_ref(), store.as_os_str(), "--json".as_ref()])
        .output()
        .expect("it runs");
    let document: Value = serde_json::from_slice(&output.stdout).expect("a document");
    let runs = document["runs"].as_array().expect("runs").iter();
    runs.filter_map(|run| run["id"].as_str().map(str::to_owned)).collect()
}

#[test]
fn window_and_terminal_say_the_same() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/stores");
    let mut compared = 0;
    for name in ["v2.22", "v3.5", "v3.17", "gepa-3.17", "copro-3.17", "server-3.17", "real-3.18", "modern-3.18"] {
        let Some(file) = database(&root.join(name)) else { continue };
        let runs = runs_of(&file);
        let pairs = runs.windows(2).filter_map(|pair| Some((pair, told(&file, &pair[0], &pair[1])?)));
        for (pair, told) in pairs.take(2) {
            compared += 1;
            let args = Args {
                at: Some(format!("compare/{}/{}", pair[0], pair[1])),
                store: Some(file.clone()),
                utc: true,
                ..Args::default()
            };
            let mut harness = real_window(ViewerOptions { args, ..ViewerOptions::default() });
            wait_for(&mut harness, "Differences only");
            settle(&mut harness);
            settle(&mut harness);
            for predictor in told["predictors"].as_array().expect("predictors").iter().take(1) {
                let path = predictor["path"].as_str().filter(|path| !path.is_empty()).unwrap_or("(the program itself)");
                let pieces = predictor["instructions"].as_array().expect("pieces");
                let is_same = pieces.iter().all(|piece| piece["op"] == "equal");
                let wanted = match predictor["change"].as_str() {
                    Some("same") => "the same:".to_owned(),
                    Some("changed") if is_same => format!("Predictor {path}: instructions same"),
                    Some("changed") => format!("Predictor {path}: instructions changed"),
                    Some("added") => format!("Predictor {path}: + added"),
                    _ => format!("Predictor {path}: − removed"),
                };
                assert!(has_row(&harness, &wanted), "{wanted}: {:?}", rows(&harness));
            }
            assert_eq!(has_label(&harness, "The same"), told["same"] == true);
            click(&mut harness, "Examples");
            settle(&mut harness);
            if told["examples"]["scored"].as_u64().is_some_and(|scored| scored > 0) {
                for (word, key) in [("Fixed", "fixed"), ("Broken", "broken")] {
                    let wanted = format!("{word} · {}", told["examples"][key].as_array().expect("a list").len());
                    assert!(has_row(&harness, &wanted), "{wanted}: {:?}", rows(&harness));
                }
            }
            click(&mut harness, "Metrics");
            settle(&mut harness);
            let metrics = told["metrics"].as_object().expect("metrics");
            for key in metrics.keys().take(10) {
                assert!(has_row(&harness, &format!("{key}: ")), "{key}: {:?}", rows(&harness));
            }
        }
    }
    assert!(compared >= 6, "{compared} pairs");
}

fn database(folder: &Path) -> Option<PathBuf> {
    let files = std::fs::read_dir(folder).ok()?.flatten().map(|file| file.path());
    files.into_iter().find(|path| path.extension().is_some_and(|ending| ending == "db" || ending == "sqlite"))
}
