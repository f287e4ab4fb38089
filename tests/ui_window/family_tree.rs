//! GEPA's family tree, by what a screen reader hears.

use std::path::{Path, PathBuf};

use crate::common::{PATH, click, real_window, settle, small_store, wait, wait_for, window};
use dspyglass::app::{Args, Viewer, ViewerOptions};
use dspyglass::model::{ArtifactOwner, RunId};
use dspyglass::query::ask::Session;
use dspyglass::query::{self, FamilyTree};
use dspyglass::state::{Action, Place, RunTab};
use dspyglass::store::{OpenOptions, ReadCx, open};
use egui::Key;
use egui::accesskit::Role;
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use serde_json::json;

const RUN: &str = "7b9bf2b833b7444bbb493e0f879490dc";

fn database() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/stores/gepa-3.17/mlflow.db")
}

/// What the reader tells, which its own tests hold against the recorded files.
fn told() -> FamilyTree {
    let mut store = open(database(), &OpenOptions::default()).expect("opened");
    query::family_tree(&mut Session::alone(store.as_mut(), &ReadCx::new()), &RUN.into())
        .expect("read")
        .expect("a family tree")
}

fn at(place: &str) -> Harness<'static, Viewer> {
    let args = Args { store: Some(database()), at: Some(place.to_owned()), utc: true, ..Args::default() };
    real_window(ViewerOptions { args, ..ViewerOptions::default() })
}

fn family_tree() -> Harness<'static, Viewer> {
    let mut harness = at(&format!("run/{RUN}?tab=lineage"));
    wait_for(&mut harness, "C1 (GEPA's 0)");
    wait_for(&mut harness, "Iteration");
    settle(&mut harness);
    harness
}

/// What the rows of a role say, with how deep they stand.
fn rows(harness: &Harness<'_, Viewer>, role: Role, begin: &str) -> Vec<(String, usize)> {
    let of = |node: egui_kittest::Node<'_>| {
        let node = node.accesskit_node();
        (node.label().unwrap_or_default(), node.data().level().unwrap_or_default())
    };
    let rows = harness.query_all_by_role(role).map(of);
    rows.filter(|(label, _)| label.starts_with(begin)).collect()
}

#[test]
fn a_tab_leads_to_the_family_tree() {
    let mut harness = at(&format!("run/{RUN}"));
    wait_for(&mut harness, "Score by evaluation");
    click(&mut harness, "Family tree");
    wait_for(&mut harness, "C1 (GEPA's 0)");
    let location = harness.state().state().location();
    assert!(matches!(location, Place::Run { tab: Some(RunTab::FamilyTree { .. }), .. }), "{location}");
    // The rows of the proposals are made on a worker.
    settle(&mut harness);
    harness.get_by_role_and_label(Role::Table, "Family tree");
    harness.get_by_role_and_label(Role::Tree, "Proposals");
}

#[test]
fn candidates_stand_below_their_parents_with_what_is_known() {
    let (told, harness) = (told(), family_tree());
    let rows = rows(&harness, Role::Row, "Candidate C");
    assert_eq!(rows.len(), told.candidates.len());
    let depth_of = |index: usize| {
        let mut depth = 1;
        let mut at = index;
        while let Some(parent) = told.candidates[at].parents.first() {
            (depth, at) = (depth + 1, *parent);
        }
        depth
    };
    for one in &told.candidates {
        // Its evaluations come in the order of its numbers.
        let name = format!("Candidate C{} (GEPA's {})", one.index + 1, one.index);
        let (label, level) = rows.iter().find(|(label, _)| label.starts_with(&name)).expect("its row");
        assert_eq!(*level, depth_of(one.index), "{label}");
        let score = dspyglass::words::value(100.0 * one.score.expect("a score"));
        assert!(label.contains(&format!("Score {score}")), "{label}");
        let examples = told.candidates[1].scores.len();
        let front = if one.front.is_empty() { "no".to_owned() } else { format!("{} / {examples}", one.front.len()) };
        assert!(label.contains(&format!("Front {front}")), "{label}");
        let parents = one.parents.first().map_or("seed".to_owned(), |parent| format!("from C{}", parent + 1));
        assert!(label.contains(&format!("Parents {parents}")), "{label}");
        assert!(label.contains("Evaluation eval"), "{label}");
    }
    assert_eq!(rows.iter().filter(|(label, _)| label.contains("Mark winner")).count(), 1);
}

#[test]
fn proposals_say_what_became_of_them() {
    let (told, mut harness) = (told(), family_tree());
    let accepted = told.proposals.iter().filter(|one| one.candidate.is_some()).count();
    let rejected = told.proposals.len() - accepted;
    wait_for(&mut harness, &format!("{} proposals: {accepted} accepted, {rejected} rejected", told.proposals.len()));
    click(&mut harness, &format!("Accepted {accepted}"));
    settle(&mut harness);
    let heads = rows(&harness, Role::TreeItem, "Iteration ");
    assert_eq!(heads.len(), accepted);
    for (one, (head, level)) in told.proposals.iter().filter(|one| one.candidate.is_some()).zip(heads) {
        let value = |score: Option<f64>| dspyglass::words::value(score.expect("a score"));
        let wanted = format!(
            "Iteration {}, from C{}, accepted as C{}, score on the sample {} → {}, for {}",
            one.iteration.expect("a number"),
            one.parents[0] + 1,
            one.candidate.expect("accepted") + 1,
            value(one.before),
            value(one.after),
            one.texts[0].0.as_deref().expect("a component")
        );
        assert_eq!((head, level), (wanted, 1));
    }
    let has_marks = |harness: &Harness<'_, Viewer>| {
        let all = harness.query_all_by_role(Role::TreeItem).filter_map(|row| row.accesskit_node().label());
        all.into_iter().any(|label| label.contains("{+"))
    };
    assert!(has_marks(&harness), "what was added is told");
    click(&mut harness, "Changes");
    settle(&mut harness);
    assert!(!has_marks(&harness), "the texts alone");
}

#[test]
fn one_click_leads_to_the_span_that_wrote_a_proposal() {
    let (told, mut harness) = (told(), family_tree());
    let first = &told.proposals[0];
    let writer = first.writers[0].as_ref().expect("its span");
    let name = format!("What the proposer read, Iteration {}", first.iteration.expect("a number"));
    harness.get_by_role_and_label(Role::Link, &name).click();
    harness.step();
    settle(&mut harness);
    let location = harness.state().state().location().clone();
    let Place::Trace { trace, run, span, .. } = &location else { panic!("{location}") };
    assert_eq!((trace, run.as_ref().map(RunId::as_str)), (&writer.trace, Some(RUN)));
    assert_eq!(span.clone().map(|span| (span.id, span.nth)), Some((writer.span_id.clone(), writer.span_nth)));
    wait_for(&mut harness, "examples_with_feedback");
}

#[test]
fn a_candidate_is_opened_and_compared_with_its_parent() {
    let (told, mut harness) = (told(), family_tree());
    let child = told.candidates.iter().find(|one| one.parents == [1]).expect("bred from a candidate");
    let name = format!("C{} ", child.index + 1);
    let mut cells = harness.query_all_by_role(Role::Cell);
    let is_it = |cell: &egui_kittest::Node<'_>| cell.accesskit_node().label().is_some_and(|it| it.starts_with(&name));
    cells.find(is_it).expect("its cell").click();
    drop(cells);
    harness.step();
    settle(&mut harness);
    let location = harness.state().state().location();
    let tab = Some(RunTab::FamilyTree { candidate: Some(child.index) });
    assert!(matches!(location, Place::Run { tab: shown, .. } if *shown == tab), "{location}");
    click(&mut harness, "Show its proposal");
    settle(&mut harness);
    // Among the proposals, not in the tree of runs.
    let proposals = harness.get_by_role_and_label(Role::Tree, "Proposals");
    let mut chosen =
        proposals.query_all_by_role(Role::TreeItem).filter(|row| row.accesskit_node().is_selected() == Some(true));
    let label = chosen.find_map(|row| row.accesskit_node().label()).expect("a chosen row");
    assert!(label.contains(&format!("accepted as C{}", child.index + 1)), "{label}");
    drop(chosen);
    click(&mut harness, "Compare with C2");
    settle(&mut harness);
    let Place::Compare { runs, .. } = harness.state().state().location().clone() else { panic!("no comparison") };
    assert_eq!(runs, [told.candidates[1].run_ids[0].clone(), child.run_ids[0].clone()]);
    harness.state_mut().act(Action::Back);
    wait_for(&mut harness, "Show its proposal");
    // What its proposal changed: where its instructions part from its parent's.
    let own = &child.instructions[0].1;
    let shared = own.chars().zip(told.candidates[1].instructions[0].1.chars()).take_while(|(a, b)| a == b).count();
    let text = own.chars().skip(shared).collect::<String>();
    assert!(!text.is_empty() && !text.contains('\n'), "{text}");
    let row = format!("Candidate C{} ", child.index + 1);
    let row = harness.get_by(|node| node.label().is_some_and(|label| label.starts_with(&row))).rect();
    let mut cells = harness.query_all_by_role(Role::Cell);
    let is_it = |cell: &egui_kittest::Node<'_>| {
        row.contains(cell.rect().center()) && cell.accesskit_node().label().is_some_and(|it| it.contains(&text))
    };
    cells.find(is_it).expect("its instruction").click();
    drop(cells);
    settle(&mut harness);
    assert_eq!(*harness.state().state().location(), Place::comparing(runs));
    harness.state_mut().act(Action::Back);
    wait_for(&mut harness, "Show its proposal");
    harness.get_all_by_label_contains("Open eval").next().expect("its evaluation").click();
    settle(&mut harness);
    assert_eq!(harness.state().state().location().run(), child.run_ids.first());
}

#[test]
fn the_keyboard_moves_through_proposals_and_opens_their_spans() {
    let (told, mut harness) = (told(), family_tree());
    harness.get_by_role_and_label(Role::Tree, "Proposals").focus();
    harness.step();
    harness.key_press(Key::ArrowDown);
    harness.step();
    harness.key_press(Key::Enter);
    settle(&mut harness);
    let writer = told.proposals[0].writers[0].as_ref().expect("its span");
    let Place::Trace { trace, .. } = harness.state().state().location().clone() else { panic!("no trace") };
    assert_eq!(trace, writer.trace);
}

#[test]
fn where_there_is_no_tree_a_sentence_says_so() {
    let store = small_store();
    let mut harness = window(&store, Some("experiment/1/run/parent"), Some(PATH));
    wait_for(&mut harness, "Score by evaluation");
    settle(&mut harness);
    assert!(harness.query_by_label("Family tree").is_none());
    let mut harness = window(&store, Some("experiment/1/run/parent?tab=lineage"), Some(PATH));
    wait_for(&mut harness, "No family tree: only GEPA breeds candidates from candidates");
}

#[test]
fn a_merged_candidate_stands_below_both_parents() {
    let store = small_store();
    let owner = ArtifactOwner::Run("parent".into());
    let candidates = json!({"columns": ["iteration", "candidate_idx", "parent_ids", "valset_score", "text:predict"],
        "data": [[1, 1, "[0]", 0.5, "One"], [2, 2, "[0]", 0.5, "Two"], [3, 3, "[1, 2]", 0.75, "Three"]]});
    store.put_artifact(owner.clone(), "candidates.json", candidates.to_string().into_bytes());
    let columns = ["iteration", "component", "status", "candidate_idx", "parent_ids", "proposed_text"];
    let long: String = (0..40).map(|line| format!("line {line}\n")).collect();
    let data: Vec<_> = (0..3_000).map(|at| json!([at, "predict", "rejected", -1, "[0]", long])).collect();
    let proposals = json!({"columns": columns, "data": data});
    store.put_artifact(owner, "proposals.json", proposals.to_string().into_bytes());
    let mut harness = window(&store, Some("experiment/1/run/parent?tab=lineage"), Some(PATH));
    wait_for(&mut harness, "GEPA's 3");
    wait(&mut harness, "proposals", |harness| !rows(harness, Role::TreeItem, "Iteration 0").is_empty());
    settle(&mut harness);
    let told: Vec<(String, usize)> = rows(&harness, Role::Row, "Candidate GEPA's 3");
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(
        told.iter().all(|(label, level)| label.contains("merged from GEPA's 1 and GEPA's 2") && *level == 3),
        "{told:?}"
    );
    assert!(told[1].0.starts_with("Candidate GEPA's 3 (merged, see above)"), "{told:?}");
    assert!(told[0].0.contains("Mark highest score"));
    // What is not evaluated cannot be compared, and what is not stored is unknown.
    assert!(harness.query_all_by_label_contains("Compare with").next().is_none());
    assert!(rows(&harness, Role::TreeItem, "Iteration 0, ")[0].0.contains("score on the sample unknown"));
    // Only what is seen of 3,000 proposals is there; a long text unfolds.
    assert!(harness.query_all_by_role(Role::TreeItem).count() < 200);
    click(&mut harness, "… 37 more lines");
    settle(&mut harness);
    wait_for(&mut harness, "line 12");
}
