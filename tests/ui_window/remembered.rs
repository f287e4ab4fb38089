//! What is found again after closing and opening the window, in a real settings file.

use crate::common::{PATH, click, real_window, settle, small_store, wait, wait_for, window_with};
use dspyglass::app::{Args, SettingsPlace, Viewer, ViewerOptions};
use dspyglass::state::{Action, Settings, ThemeChoice};
use eframe::App;
use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use std::path::Path;

fn options(file: &Path, store: Option<&str>) -> ViewerOptions {
    let args = Args { store: store.map(Into::into), utc: true, ..Args::default() };
    ViewerOptions { args, settings: SettingsPlace::at(file), ..ViewerOptions::default() }
}

fn saved(file: &Path) -> Settings {
    Settings::parse(&std::fs::read_to_string(file).expect("written")).expect("own settings")
}

fn close(mut harness: Harness<'_, Viewer>) {
    harness.state_mut().on_exit(None);
}

#[test]
fn closing_and_opening_again_restores_place_sizes_zoom_and_folds() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("settings.json");
    let store = small_store();
    let mut harness = window_with(&store, options(&file, Some(PATH)));
    wait_for(&mut harness, "ticket-router");
    harness.state_mut().act(Action::GoTo("experiment/1/run/child/trace/tr-1/span/d?tab=outputs".into()));
    settle(&mut harness);
    harness.state_mut().act(Action::ShowAdapters(true));
    harness.state_mut().act(Action::Theme(ThemeChoice::Light));
    for _ in 0..2 {
        harness.key_press_modifiers(Modifiers::COMMAND, Key::Plus);
        harness.step();
    }
    // The borders are moved with the keyboard.
    for (border, key) in [("Width of the tree", Key::ArrowRight), ("Width of the details", Key::ArrowRight)] {
        harness.get_by_role_and_label(Role::Splitter, border).focus();
        harness.step();
        harness.key_press(key);
        harness.step();
        harness.step();
    }
    settle(&mut harness);
    let location = harness.state().state().location().to_string();
    close(harness);

    let settings = saved(&file);
    assert_eq!((settings.tree_width, settings.details_width), (Some(300.0), Some(552.0)));
    assert_eq!((settings.zoom, settings.threshold), (1.2, None));
    let mut again = window_with(&store, options(&file, Some(PATH)));
    wait_for(&mut again, "LM.__call__");
    settle(&mut again);
    assert_eq!(again.state().state().location().to_string(), location);
    assert!(again.state().state().settings.show_adapters);
    assert_eq!(again.ctx.zoom_factor(), 1.2);
    let width = |harness: &Harness<'_, Viewer>, border: &str| {
        harness.get_by_role_and_label(Role::Splitter, border).accesskit_node().numeric_value()
    };
    assert_eq!(width(&again, "Width of the tree"), Some(300.0));
    assert_eq!(width(&again, "Width of the details"), Some(552.0));
    assert_eq!(again.state().state().settings.theme, ThemeChoice::Light);
}

#[test]
fn zoom_has_ends_and_a_way_back() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("settings.json");
    let mut harness = window_with(&small_store(), options(&file, None));
    settle(&mut harness);
    for (key, times, zoom) in [(Key::Minus, 9, 0.8), (Key::Equals, 20, 2.0), (Key::Num0, 1, 1.0)] {
        for _ in 0..times {
            harness.key_press_modifiers(Modifiers::COMMAND, key);
            harness.step();
        }
        harness.step();
        assert_eq!(harness.state().state().settings.zoom, zoom);
        assert_eq!(harness.ctx.zoom_factor(), zoom);
    }
}

#[test]
fn a_store_is_forgotten_only_after_a_second_yes() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("settings.json");
    let store = small_store();
    let mut harness = window_with(&store, options(&file, Some(PATH)));
    wait_for(&mut harness, "ticket-router");
    harness.state_mut().act(Action::GoTo("experiment/1".into()));
    settle(&mut harness);
    harness.key_press_modifiers(Modifiers::COMMAND | Modifiers::SHIFT, Key::Delete);
    harness.step();
    wait_for(&mut harness, "Forget memory?");
    click(&mut harness, "Dismiss");
    settle(&mut harness);
    assert!(harness.state().state().store().is_some());
    harness.key_press_modifiers(Modifiers::COMMAND | Modifiers::SHIFT, Key::Delete);
    harness.step();
    click(&mut harness, "Forget it");
    settle(&mut harness);
    wait_for(&mut harness, "or drop a file or a folder here");
    close(harness);
    let settings = saved(&file);
    assert!(settings.recent.is_empty() && settings.stores.is_empty());
}

#[test]
fn a_damaged_or_later_file_is_kept_and_told() {
    for (text, why) in [("{ damaged", "is damaged"), (r#"{"version": 99}"#, "by a later version")] {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("settings.json");
        std::fs::write(&file, text).expect("written");
        let mut harness = window_with(&small_store(), options(&file, None));
        wait_for(&mut harness, why);
        wait_for(&mut harness, "settings.kept-0.json");
        harness.state_mut().act(Action::Zoom(1.1));
        wait(&mut harness, "written anew", |_| file.exists());
        assert_eq!(saved(&file).zoom, 1.1);
        let kept = std::fs::read_to_string(folder.path().join("settings.kept-0.json")).expect("kept");
        assert_eq!(kept, text);
    }
}

#[test]
fn artifacts_outside_the_store_are_opened_only_with_a_word_that_is_remembered() {
    let folder = tempfile::tempdir().expect("a folder");
    let outside = tempfile::tempdir().expect("a folder");
    std::fs::write(outside.path().join("far-away.txt"), "hello").expect("written");
    let (file, database) = (folder.path().join("settings.json"), folder.path().join("mlflow.db"));
    let recorded = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/stores/v3.17/mlflow.db");
    std::fs::copy(recorded, &database).expect("copied");
    let run: String = {
        let db = rusqlite::Connection::open(&database).expect("opened");
        let uri = outside.path().to_string_lossy().into_owned();
        db.execute("update runs set artifact_uri = ?1", [uri]).expect("changed");
        db.query_row("select run_uuid from runs where lifecycle_stage = 'active' limit 1", [], |row| row.get(0))
            .expect("a run")
    };
    let options = || {
        let mut options = options(&file, database.to_str());
        options.args.at = Some(format!("run/{run}?tab=artifacts"));
        options
    };
    let mut harness = real_window(options());
    wait_for(&mut harness, "Artifacts of this store lie outside its own folder");
    assert!(harness.query_all_by_label_contains("far-away.txt").next().is_none());
    let folder_text = std::fs::canonicalize(outside.path()).expect("exists").display().to_string();
    click(&mut harness, &format!("Open artifacts in {folder_text}"));
    wait_for(&mut harness, "far-away.txt");
    close(harness);
    let mut again = real_window(options());
    wait_for(&mut again, "far-away.txt");
    settle(&mut again);
    assert!(again.query_all_by_label_contains("lie outside").next().is_none());
}
