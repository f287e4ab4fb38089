//! One program has one name and one colour wherever it is shown, and the terminal calls it the same: read from what a
//! screen reader hears and from the shapes that are drawn there.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::common::{NOW_MS, PATH, click, real_window, settle, wait, wait_for, window};
use dspyglass::app::{Args, Viewer, ViewerOptions};
use dspyglass::cli::{Outcome, run_over};
use dspyglass::model::{ArtifactOwner, MetricPoint, RunId};
use dspyglass::store::memory::MemoryStore;
use dspyglass::store::{OpenOptions, StoreLocation, open};
use dspyglass::widgets::tokens::Tokens;
use egui::accesskit::Role;
use egui::epaint::Shape;
use egui::{Color32, Key, Modifiers, Rect};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use serde_json::Value;

/// A run of GEPA with four programs; the fourth, a merge of two others, was given back.
const GEPA: &str = "371a32c960db4ebb890a23242cb85013";
/// The evaluation of its seed, and the full one of its winner.
const SEED: &str = "36d9fe3b67964b75ad281089c9011761";
const WINNER: &str = "afceff86351e4e52a7d3e246f3cf7940";
/// The state of the winner, by its beginning.
const STATE: &str = "855704dda24";

fn recorded(store: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/stores").join(store).join("mlflow.db")
}

fn at(store: &str, place: &str) -> Harness<'static, Viewer> {
    let args = Args { store: Some(recorded(store)), at: Some(place.to_owned()), utc: true, ..Args::default() };
    let mut harness = real_window(ViewerOptions { args, ..ViewerOptions::default() });
    settle(&mut harness);
    settle(&mut harness);
    harness
}

/// What the terminal prints of a recorded store.
fn told(store: &str, args: &[&str]) -> String {
    let path = recorded(store);
    let open = |_: &StoreLocation, options: &OpenOptions| open(&path, options);
    let line = ["dspyglass", args[0], "store"].into_iter().chain(args[1..].iter().copied()).map(OsString::from);
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let outcome = run_over(line, &open, &mut out, &mut err);
    assert!(matches!(outcome, Outcome::Done(_)), "{}", String::from_utf8_lossy(&err));
    String::from_utf8(out).expect("text")
}

fn json(store: &str, args: &[&str]) -> Value {
    let args: Vec<&str> = args.iter().copied().chain(["--json"]).collect();
    serde_json::from_str(&told(store, &args)).expect("JSON")
}

/// Where the first thing stands whose label begins so.
fn place(harness: &mut Harness<'_, Viewer>, role: Role, label: &str) -> Rect {
    let is_it = |node: &egui_kittest::Node<'_>| {
        let node = node.accesskit_node();
        // What a text says is its value.
        node.role() == role && node.label().or_else(|| node.value()).is_some_and(|own| own.starts_with(label))
    };
    wait(harness, label, |harness| harness.query_all_by_role(role).any(|node| is_it(&node)));
    harness.query_all_by_role(role).find(is_it).expect("just seen").rect()
}

/// The shapes that were drawn within a place, each with what it covers and its colour.
fn drawn(harness: &Harness<'_, Viewer>, within: Rect) -> Vec<(Rect, Color32)> {
    fn look(shape: &Shape, found: &mut Vec<(Rect, Color32)>) {
        match shape {
            Shape::Vec(shapes) => shapes.iter().for_each(|shape| look(shape, found)),
            Shape::Circle(circle) => found.push((circle.visual_bounding_rect(), circle.fill)),
            Shape::Rect(rect) => found.push((rect.rect, rect.fill)),
            Shape::Path(path) => found.push((path.visual_bounding_rect(), path.fill)),
            _ => {}
        }
    }
    let mut found = Vec::new();
    harness.output().shapes.iter().for_each(|clipped| look(&clipped.shape, &mut found));
    found.retain(|(rect, color)| *color != Color32::TRANSPARENT && within.expand(1.0).contains_rect(*rect));
    found
}

/// The place in the palette of the small marks that were drawn within a place; one for all of them.
fn colour(harness: &Harness<'_, Viewer>, within: Rect) -> usize {
    let tokens = Tokens::of(&harness.ctx);
    let marks = drawn(harness, within).into_iter().filter(|(rect, _)| (5.0..12.0).contains(&rect.width()));
    let mut slots: Vec<usize> =
        marks.filter_map(|(_, color)| tokens.categories.iter().position(|own| *own == color)).collect();
    slots.dedup();
    assert_eq!(slots.len(), 1, "one mark in a colour of the palette: {:?}", drawn(harness, within));
    slots[0]
}

#[test]
fn one_program_is_followed_through_every_place() {
    let mut seen: Vec<(&str, usize)> = Vec::new();
    let mut look = |what: &'static str, address: &str, role: Role, label: &str| {
        let mut harness = at("real-3.18", address);
        let rect = place(&mut harness, role, label);
        seen.push((what, colour(&harness, rect)));
    };
    let page = |tab: &str| format!("run/{GEPA}?tab={tab}");
    look("optimization, table", &page("optimization"), Role::Cell, "C4");
    look("optimization, head", &page("optimization"), Role::Label, "C4");
    look("evolution", &page("evolution"), Role::ListItem, "C4: eval_1, eval_full_2, ★ winner");
    look("family tree", &page("lineage"), Role::Cell, "C4 (GEPA's 3)");
    look("family tree, chosen", &page("lineage&item=3"), Role::Label, "C4, winner");
    let pair = format!("compare/{SEED}/{WINNER}");
    look("comparison", &pair, Role::Button, "C4 ★ · eval_full_2 · 37.63");
    look("page of a run", &format!("run/{WINNER}"), Role::Label, "C4, winner");
    let history = format!("program/{}", state());
    look("history, head", &history, Role::Label, "C4, winner");
    look("history, evaluation", &history, Role::Cell, "C4 of GEPA with feedback, lineage");
    let mut harness = at("real-3.18", &page("metrics"));
    click(&mut harness, "All children");
    settle(&mut harness);
    let rect = place(&mut harness, Role::CheckBox, "C4 · eval_full_2");
    seen.push(("metrics", colour(&harness, rect)));
    assert_eq!(seen.len(), 10);
    assert!(seen.iter().all(|(_, slot)| *slot == 3), "the fourth colour everywhere: {seen:?}");
    // The seed beside it has another one.
    let mut harness = at("real-3.18", &pair);
    let rect = place(&mut harness, Role::Button, "C1 seed · eval_0 · 29.46");
    assert_eq!(colour(&harness, rect), 0);
}

/// The whole hash of the winner.
fn state() -> String {
    let document = json("real-3.18", &["optimization", GEPA]);
    let hash = document["winner"]["state_hash"].as_str().expect("a hash").to_owned();
    assert!(hash.starts_with(STATE), "{hash}");
    hash
}

#[test]
fn the_tree_names_the_program_of_an_evaluation() {
    let mut harness = at("real-3.18", &format!("experiment/2/run/{WINNER}"));
    let rect = place(&mut harness, Role::TreeItem, "eval_full_2");
    let row = harness.query_all_by_role(Role::TreeItem).find(|node| node.rect() == rect).expect("a row");
    let said = row.accesskit_node().description().unwrap_or_default();
    assert!(said.contains("eval 37.63") && said.contains("program C4, winner"), "{said}");
    let tokens = Tokens::of(&harness.ctx);
    let bar = drawn(&harness, rect).into_iter().find(|(_, color)| *color == tokens.category(3));
    // A share of 37.63 of 100 in a track of 26 points.
    assert!(bar.is_some_and(|(bar, _)| (bar.width() - 26.0 * 0.3763).abs() < 0.1), "{bar:?}");
}

#[test]
fn the_palette_finds_a_program_by_its_name() {
    let mut harness = at("real-3.18", &format!("run/{SEED}"));
    place(&mut harness, Role::Label, "C1, seed");
    harness.key_press_modifiers(Modifiers::COMMAND, Key::K);
    harness.step();
    harness.event(egui::Event::Text("c4".to_owned()));
    harness.step();
    let rect = place(&mut harness, Role::ListItem, "C4 ★");
    assert_eq!(colour(&harness, rect), 3);
    settle(&mut harness);
    harness.key_press(Key::Enter);
    harness.step();
    settle(&mut harness);
    // Its first evaluation, by the time at which it started.
    place(&mut harness, Role::Heading, "eval_1");
    place(&mut harness, Role::Label, "C4, winner");
    harness.key_press_modifiers(Modifiers::COMMAND, Key::K);
    harness.step();
    harness.event(egui::Event::Text("eval_full_2".to_owned()));
    harness.step();
    place(&mut harness, Role::ListItem, "C4 ★ · eval_full_2");
}

#[test]
fn the_terminal_calls_it_the_same() {
    let optimization = json("real-3.18", &["optimization", GEPA]);
    let of = |run: &str| {
        let all = optimization["evaluations"].as_array().expect("a list");
        all.iter().find(|one| one["run_id"] == run).expect("an evaluation").clone()
    };
    assert_eq!((of(WINNER)["program"].as_str(), of(SEED)["program"].as_str()), (Some("C4"), Some("C1")));
    let named = &optimization["programs"][3];
    assert_eq!((&named["program"], &named["winner"], &named["seed"]), (&"C4".into(), &true.into(), &false.into()));
    assert_eq!(optimization["tie"], Value::Null);
    let steps = &json("real-3.18", &["evolution", GEPA])["steps"];
    assert_eq!((&steps[3]["program"], &steps[3]["winner"]), (&"C4".into(), &true.into()));
    let candidate = &json("real-3.18", &["family-tree", GEPA])["candidates"][3];
    assert_eq!((candidate["candidate"].as_u64(), candidate["program"].as_str()), (Some(3), Some("C4")));
    // GEPA noted a mean; the metric `eval` of the evaluation is 100 times that, rounded to two digits.
    let [mean, eval] = ["score", "eval"].map(|key| candidate[key].as_f64().expect("a score"));
    assert!((mean - 0.3763).abs() < 5e-5 && (eval - 37.63).abs() < 5e-3, "{mean} {eval}");
    let history = json("real-3.18", &["history", STATE]);
    assert_eq!(history["programs"][0]["program"], "C4");
    let text = told("real-3.18", &["family-tree", GEPA]);
    let row = text.lines().find(|line| line.contains("GEPA's 3")).expect("a row");
    assert!(row.starts_with("C4 ★ · GEPA's 3") && row.contains("C2, C3") && row.contains(" 37.63 "), "{row}");
    let text = told("real-3.18", &["diff", SEED, WINNER]);
    assert!(text.contains("a  C1 seed of GEPA") && text.contains("b  C4 ★ of GEPA"), "{text}");
}

#[test]
fn who_ties_with_the_winner_is_told_by_both() {
    for (store, run, tie) in [
        ("gepa-3.17", "7b9bf2b833b7444bbb493e0f879490dc", "C2 and C3 both at 75, the first was kept"),
        ("modern-3.18", "448d28e4320d4c3c844452973fc4542c", "C1 to C4 all at 33.33, the first was kept"),
        ("modern-3.18", "3a483ef558c34e3e94e4df436759a3e4", "C2 to C5 all at 100, the first was kept"),
    ] {
        let text = told(store, &["optimization", run]);
        assert!(text.lines().any(|line| line.trim_start_matches("Tie").trim() == tie), "{text}");
        assert_eq!(json(store, &["optimization", run])["tie"]["text"], tie);
        let mut harness = at(store, &format!("run/{run}?tab=optimization"));
        wait_for(&mut harness, tie);
    }
}

/// What is written within a place, each text as it is drawn.
fn written(harness: &Harness<'_, Viewer>, within: Rect) -> Vec<String> {
    fn look(shape: &Shape, within: Rect, found: &mut Vec<String>) {
        match shape {
            Shape::Vec(shapes) => shapes.iter().for_each(|shape| look(shape, within, found)),
            Shape::Text(text) if within.contains(text.visual_bounding_rect().center()) => {
                found.push(text.galley.rows.iter().map(|row| row.text()).collect());
            }
            _ => {}
        }
    }
    let mut found = Vec::new();
    harness.output().shapes.iter().for_each(|clipped| look(&clipped.shape, within, &mut found));
    found
}

#[test]
fn a_narrow_tree_keeps_the_program_and_the_number_of_an_evaluation() {
    let store = MemoryStore::new();
    store.add_experiment("1", "shop");
    store.put_run(MemoryStore::run("p", "1", "bold-finch-218", NOW_MS - 600_000));
    for at in 0..13 {
        let name = format!("eval_minibatch_{at}");
        let mut run = MemoryStore::run(&name, "1", &name, NOW_MS - 500_000 + at);
        run.parent_id = Some("p".into());
        store.put_run(run);
        let id = RunId::from(name.as_str());
        store.put_metric(&id, "eval", vec![MetricPoint { step: 0, timestamp_ms: NOW_MS, value: 50.25 }]);
        let signature = serde_json::json!({"instructions": format!("Sort it {at} times."), "fields": []});
        let state = serde_json::json!({"predict": {"demos": [], "lm": null, "signature": signature}});
        store.put_artifact(ArtifactOwner::Run(id), "model.json", state.to_string().into_bytes());
    }
    let mut harness = window(&store, Some("experiment/1/run/eval_minibatch_12"), Some(PATH));
    settle(&mut harness);
    settle(&mut harness);
    let rect = place(&mut harness, Role::TreeItem, "eval_minibatch_12");
    let texts = written(&harness, rect);
    assert!(texts.iter().any(|text| text.starts_with("C13")), "{texts:?}");
    assert!(texts.iter().any(|text| text.starts_with("eval") && text.ends_with("…_12")), "{texts:?}");
    let rect = place(&mut harness, Role::TreeItem, "eval_minibatch_2");
    let texts = written(&harness, rect);
    assert!(texts.iter().any(|text| text == "C3") && texts.iter().any(|text| text.ends_with("_2")), "{texts:?}");
}

/// The track and what of it is filled, of the run's row in the tree.
fn bar(harness: &mut Harness<'_, Viewer>, run: &str) -> (f32, f32) {
    let rect = place(harness, Role::TreeItem, run);
    let mut bars: Vec<f32> = drawn(harness, rect)
        .into_iter()
        .filter(|(bar, _)| (bar.height() - 4.0).abs() < 0.1)
        .map(|(bar, _)| bar.width())
        .collect();
    bars.sort_by(|a, b| b.total_cmp(a));
    (bars.first().copied().unwrap_or_default(), bars.get(1).copied().unwrap_or_default())
}

#[test]
fn a_bar_in_the_tree_has_its_track_and_always_the_same_scale() {
    let store = MemoryStore::new();
    for (experiment, scores) in [("1", &[("half", 50.0), ("none", 0.0), ("beyond", 350.0)][..]), ("2", &[("low", 1.0)])]
    {
        store.add_experiment(experiment, &format!("shop {experiment}"));
        for (name, value) in scores {
            let id = RunId::from(*name);
            store.put_run(MemoryStore::run(name, experiment, name, NOW_MS - 60_000));
            store.put_metric(&id, "eval", vec![MetricPoint { step: 0, timestamp_ms: NOW_MS, value: *value }]);
        }
    }
    let mut harness = window(&store, None, Some(PATH));
    for experiment in ["Unfold shop 1", "Unfold shop 2"] {
        click(&mut harness, experiment);
        settle(&mut harness);
    }
    settle(&mut harness);
    assert_eq!(bar(&mut harness, "half"), (26.0, 13.0));
    assert_eq!(bar(&mut harness, "none"), (26.0, 0.0));
    assert_eq!(bar(&mut harness, "beyond"), (26.0, 26.0));
    // Alone in its experiment, too, it is 1 of 100 and no full bar; the least that is seen is as wide as high.
    assert_eq!(bar(&mut harness, "low"), (26.0, 4.0));
}
