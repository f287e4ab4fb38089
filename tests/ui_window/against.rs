//! With what the states of an evolution are compared.

use std::path::Path;

use crate::common::{click, real_window, settle, wait_for};
use dspyglass::analysis::evolution::Against;
use dspyglass::app::{Args, Viewer, ViewerOptions};
use dspyglass::state::{Action, Place, RunTab};
use egui::accesskit::{Role, Toggled};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};

/// An optimization of COPRO's and one of GEPA's.
const COPRO: &str = "copro-3.17";
const GEPA: (&str, &str) = ("gepa-3.17", "7b9bf2b833b7444bbb493e0f879490dc");

fn at(store: &str, place: &str) -> Harness<'static, Viewer> {
    let database = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/stores").join(store).join("mlflow.db");
    let args = Args { store: Some(database), at: Some(place.to_owned()), utc: true, ..Args::default() };
    let mut harness = real_window(ViewerOptions { args, ..ViewerOptions::default() });
    wait_for(&mut harness, "C2");
    settle(&mut harness);
    harness
}

/// The run of COPRO, which has evaluations.
fn copro() -> String {
    let database = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/stores").join(COPRO).join("mlflow.db");
    let store = rusqlite::Connection::open_with_flags(database, rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY);
    let sql = "select value from tags where key = 'mlflow.parentRunId' limit 1";
    store.expect("opened").query_row(sql, [], |row| row.get(0)).expect("a parent")
}

fn chosen(harness: &Harness<'_, Viewer>) -> Vec<String> {
    let names = ["Before", "Seed", "Parent", "Winner"];
    let is_on = |name: &&str| {
        let mut chips = harness.query_all_by_role_and_label(Role::Button, name);
        chips.any(|chip| chip.accesskit_node().toggled() == Some(Toggled::True))
    };
    names.into_iter().filter(|name| is_on(name)).map(str::to_owned).collect()
}

fn against(harness: &Harness<'_, Viewer>) -> Option<Against> {
    match harness.state().state().location() {
        Place::Run { tab: Some(RunTab::Evolution { against, .. }), .. } => *against,
        other => panic!("no evolution: {other}"),
    }
}

#[test]
fn independent_proposals_are_compared_with_the_seed_and_bred_ones_with_their_parents() {
    let harness = at(COPRO, &format!("run/{}?tab=evolution", copro()));
    assert_eq!(chosen(&harness), ["Seed"]);
    assert!(harness.query_by_role_and_label(Role::Button, "Parent").is_none(), "nobody was bred here");
    let harness = at(GEPA.0, &format!("run/{}?tab=evolution", GEPA.1));
    assert_eq!(chosen(&harness), ["Parent"]);
    assert!(harness.query_all_by_label_contains("from C1").next().is_some(), "each names its parent");
}

#[test]
fn a_choice_is_part_of_the_address_and_remembered() {
    let page = format!("run/{}?tab=evolution", copro());
    let mut harness = at(COPRO, &page);
    assert_eq!(against(&harness), None);
    click(&mut harness, "Winner");
    settle(&mut harness);
    assert_eq!((against(&harness), chosen(&harness)), (Some(Against::Winner), vec!["Winner".to_owned()]));
    assert!(harness.state().state().location().to_string().ends_with("tab=evolution&against=winner"));
    // Who comes by an address that names none finds the same choice.
    harness.state_mut().act(Action::GoTo(page));
    harness.step();
    settle(&mut harness);
    assert_eq!((against(&harness), chosen(&harness)), (None, vec!["Winner".to_owned()]));
    assert_eq!(harness.state().state().settings.compare.against, Some(Against::Winner));
    // An address that names one is followed.
    let harness = at(GEPA.0, &format!("run/{}?tab=evolution&against=seed", GEPA.1));
    assert_eq!(chosen(&harness), ["Seed"]);
}
