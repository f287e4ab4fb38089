//! Files of every kind in the view that fits them, and in a clear state where none does.

use crate::common::{PATH, click, settle, small_store, type_into, wait, wait_for, window, window_saving};
use dspyglass::app::Viewer;
use dspyglass::model::{ArtifactOwner, RunId};
use dspyglass::state::{Action, RunTab};
use dspyglass::store::memory::MemoryStore;
use egui::accesskit::Role;
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};

/// Four white pixels.
fn png() -> Vec<u8> {
    let image = egui::ColorImage::filled([2, 2], egui::Color32::WHITE);
    let whole = egui::Rect::from_min_size(egui::Pos2::ZERO, egui::vec2(2.0, 2.0));
    dspyglass::widgets::image_view::encode_png(&image, whole, 1.0).expect("a PNG")
}

fn store() -> MemoryStore {
    let store = small_store();
    let put = |path: &str, bytes: &[u8]| store.put_artifact(ArtifactOwner::Run(RunId::from("child")), path, bytes);
    put("nested.json", br#"{"predict": {"demos": [{"ticket": "lost parcel"}]}, "lm": null}"#);
    put("broken.json", b"{\"predict\": ");
    put(
        "result_table.json",
        br#"{"columns": ["score", "example_ticket"], "data": [[10, "b"], [9, "a long answer"], [null, "c"]]}"#,
    );
    put("notes.md", b"# Findings\n\nsome *text*");
    put("scores.csv", b"name,score\nfirst,1\nsecond,2\n");
    put("page.html", b"<script>alert(1)</script>");
    put("plot.png", &png());
    put("no.png", b"this is no image");
    put("model.pkl", b"\x80\x04\x00\x01\x02");
    put("empty.txt", b"");
    store
}

fn at(path: &str) -> Harness<'static, Viewer> {
    let place = format!("experiment/1/run/child?tab=artifacts&item={path}");
    let mut harness = window(&store(), Some(&place), Some(PATH));
    wait_for(&mut harness, "Copy path");
    settle(&mut harness);
    harness
}

fn has_row(harness: &Harness<'_, Viewer>, role: Role, part: &str) -> bool {
    harness.get_all_by_role(role).any(|row| row.accesskit_node().label().is_some_and(|label| label.contains(part)))
}

#[test]
fn json_folds_and_is_searched() {
    let mut harness = at("nested.json");
    wait(&mut harness, "rows", |harness| has_row(harness, Role::TreeItem, "predict"));
    type_into(&mut harness, "Find in the file", "PARCEL");
    wait_for(&mut harness, "1 of 1");
    wait(&mut harness, "what was folded", |harness| has_row(harness, Role::TreeItem, "lost parcel"));
    click(&mut harness, "Close all");
    settle(&mut harness);
    wait(&mut harness, "folded", |harness| !has_row(harness, Role::TreeItem, "ticket: text"));
    click(&mut harness, "Raw");
    settle(&mut harness);
    wait_for(&mut harness, "\"ticket\": \"lost parcel\"");
}

#[test]
fn a_table_is_sorted_and_its_rows_are_read() {
    let mut harness = at("result_table.json");
    wait_for(&mut harness, "3 rows · 2 columns");
    let first = |harness: &Harness<'_, Viewer>| {
        harness.get_all_by_role(Role::Row).next().and_then(|row| row.accesskit_node().label())
    };
    assert!(first(&harness).is_some_and(|label| label.contains("10")));
    click(&mut harness, "score");
    settle(&mut harness);
    wait(&mut harness, "sorted", |harness| first(harness).is_some_and(|label| label.contains('9')));
    harness.get_all_by_role(Role::Row).next().expect("a row").click();
    harness.step();
    settle(&mut harness);
    wait_for(&mut harness, "Row 2 of 3");
    wait_for(&mut harness, "a long answer");
    click(&mut harness, "Close row");
    settle(&mut harness);
}

#[test]
fn each_kind_has_its_view() {
    for (path, told) in [
        ("broken.json", "This JSON cannot be read and is shown as text: EOF while parsing"),
        ("scores.csv", "2 rows · 2 columns"),
        ("page.html", "<script>alert(1)</script>"),
        ("no.png", "The image is not shown"),
        ("model.pkl", "00000000: 80 04 00 01 02"),
        ("empty.txt", "This file is empty"),
    ] {
        wait_for(&mut at(path), told);
    }
    let mut harness = at("notes.md");
    wait_for(&mut harness, "Findings");
    assert!(harness.query_all_by_label_contains("# Findings").next().is_none());
    let mut harness = at("plot.png");
    wait(&mut harness, "an image", |harness| harness.query_by_role_and_label(Role::Image, "Image plot.png").is_some());
    wait_for(&mut harness, "2 × 2 pixels");
}

#[test]
fn a_file_is_saved_and_nothing_unsafe_is_opened_outside() {
    let folder = tempfile::tempdir().expect("a folder");
    let place = "experiment/1/run/child?tab=artifacts&item=model.pkl";
    let mut harness = window_saving(&store(), place, folder.path());
    wait_for(&mut harness, "Save as…");
    settle(&mut harness);
    assert!(harness.query_by_label("Open outside…").is_none());
    click(&mut harness, "Save as…");
    let file = folder.path().join("model.pkl");
    wait(&mut harness, "the file", |_| file.exists());
    wait_for(&mut harness, "Saved as");
    assert_eq!(std::fs::read(&file).expect("written"), b"\x80\x04\x00\x01\x02");
    harness.state_mut().act(Action::ShowRunTab(RunTab::Artifacts { path: Some("gone.txt".into()) }));
    settle(&mut harness);
    wait_for(&mut harness, "Choose a file to see what it holds");
}
