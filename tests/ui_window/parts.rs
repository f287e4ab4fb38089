//! MIPROv2's instructions against its sets of demos, in the window.

use std::path::Path;

use crate::common::{click, real_window, settle, wait, wait_for};
use dspyglass::app::{Args, Viewer, ViewerOptions};
use egui::accesskit::Role;
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};

/// A MIPROv2 of the recorded stores whose program has two predictors.
const AT: &str = "experiment/12/run/ba9cb5cdf04d45a0a46c4f6feea2b16f?tab=optimization";

fn story() -> Harness<'static, Viewer> {
    let database = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/stores/modern-3.18/mlflow.db");
    let args = Args { store: Some(database), at: Some(AT.to_owned()), utc: true, ..Args::default() };
    let mut harness = real_window(ViewerOptions { args, ..ViewerOptions::default() });
    wait_for(&mut harness, "Score by evaluation");
    settle(&mut harness);
    harness
}

/// The cells of the grid, as they are spoken.
fn cells(harness: &Harness<'_, Viewer>) -> Vec<String> {
    let all = harness.query_all_by_role(Role::Button).filter_map(|node| node.accesskit_node().label());
    all.filter(|label| label.contains(": ") && (label.contains("instruction") || label.contains("Instruction")))
        .collect()
}

#[test]
fn a_grid_takes_the_place_of_the_list_and_leads_back_to_it() {
    let mut harness = story();
    wait(&mut harness, "the switch", |harness| harness.query_by_label("Instructions × demo sets").is_some());
    click(&mut harness, "Instructions × demo sets");
    wait(&mut harness, "cells", |harness| !cells(harness).is_empty());
    settle(&mut harness);
    let all = cells(&harness);
    // 25 on all four examples and 0 on a minibatch of two: 100 / 6.
    assert!(all.iter().any(|cell| cell.starts_with("Seed’s instruction, No demos: 16.67 n 6")), "{all:?}");
    assert!(harness.query_by_label_contains("a mean is not the effect of a part alone").is_some());
    let first = all[0].clone();
    click(&mut harness, &first);
    settle(&mut harness);
    let tables = harness.query_all_by_role(Role::Table).filter_map(|table| table.accesskit_node().label());
    assert_eq!(tables.filter(|label| label == "Candidates").count(), 1, "back in the list, at the candidate");
}
