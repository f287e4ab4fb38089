//! The welcome page over real folders.

use crate::common::{click, settle, small_store, type_into, wait, wait_for, window_with};
use dspyglass::app::{Args, SettingsPlace, Viewer, ViewerOptions};
use dspyglass::state::Settings;
use egui::Key;
use egui::accesskit::Role;
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use std::path::{Path, PathBuf};

fn recorded(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/stores").join(name)
}

/// The welcome page in a folder, with these recent stores.
fn welcome(folder: &Path, recent: &[&Path]) -> Harness<'static, Viewer> {
    let file = folder.join("settings.json");
    let mut settings = Settings::default();
    for path in recent.iter().rev() {
        settings.note_recent(&path.to_string_lossy());
    }
    std::fs::write(&file, settings.to_text()).expect("written");
    let options = ViewerOptions {
        settings: SettingsPlace::at(file),
        folder: Some(folder.to_owned()),
        ..ViewerOptions::default()
    };
    let mut harness = window_with(&small_store(), options);
    settle(&mut harness);
    harness
}

fn described(harness: &Harness<'_, Viewer>, path: &Path) -> String {
    let label = path.display().to_string();
    let row = harness.query_by_role_and_label(Role::Link, &label);
    row.and_then(|row| row.accesskit_node().data().description().map(str::to_owned)).unwrap_or_default()
}

#[test]
fn recent_stores_say_what_became_of_them() {
    let folder = tempfile::tempdir().expect("a folder");
    let (there, gone) = (recorded("v3.17/mlflow.db"), folder.path().join("gone.db"));
    let mut harness = welcome(folder.path(), &[&there, &gone]);
    wait(&mut harness, "what it is", |harness| described(harness, &there).contains("MLflow 3.17"));
    wait(&mut harness, "that it is gone", |harness| described(harness, &gone).ends_with(" · missing"));
    assert!(described(&harness, &there).contains("B · changed"), "{}", described(&harness, &there));
    // By its folder, and by its experiments: its file is called as every other.
    assert!(described(&harness, &there).starts_with("v3.17 · "), "{}", described(&harness, &there));
    assert!(described(&harness, &there).contains("math-miprov2"), "{}", described(&harness, &there));
    click(&mut harness, &format!("Forget {}", gone.display()));
    settle(&mut harness);
    assert_eq!(harness.state().state().settings.recent, [there.display().to_string()]);
    // One that exists is forgotten only after a second yes.
    click(&mut harness, &format!("Forget {}", there.display()));
    wait_for(&mut harness, "Forget mlflow.db?");
    assert_eq!(harness.state().state().settings.recent.len(), 1);
}

#[test]
fn stores_of_the_working_folder_are_offered_whatever_they_are_called() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = folder.path().join("tracking.sqlite3");
    std::fs::copy(recorded("server-3.17/mydb.sqlite"), &at).expect("copied");
    std::fs::write(folder.path().join("notes.db"), "no database").expect("written");
    std::fs::create_dir_all(folder.path().join("mlruns/0")).expect("made");
    std::fs::write(folder.path().join("mlruns/0/meta.yaml"), "name: Default").expect("written");
    let below = folder.path().join("notebooks/mlflow.db");
    std::fs::create_dir_all(folder.path().join("notebooks")).expect("made");
    std::fs::copy(recorded("v3.5/mlflow.db"), &below).expect("copied");
    let mut harness = welcome(folder.path(), &[]);
    wait_for(&mut harness, "tracking.sqlite3");
    wait(&mut harness, "the one below", |harness| described(harness, &below).starts_with("notebooks · "));
    assert!(harness.query_all_by_label_contains("notes.db").next().is_none());
    wait_for(&mut harness, "A folder store, which is not opened yet");
}

#[test]
fn a_store_that_cannot_be_opened_stands_in_the_field_to_be_corrected() {
    let args = Args { store: Some("/data/mlflo.db".into()), ..Args::default() };
    let mut harness = window_with(&small_store(), ViewerOptions { args, ..ViewerOptions::default() });
    wait_for(&mut harness, "This store could not be opened");
    settle(&mut harness);
    let field = |harness: &Harness<'_, Viewer>| {
        harness.get_by_role_and_label(Role::TextInput, "Path of the store").accesskit_node().value().unwrap_or_default()
    };
    assert_eq!(field(&harness), "/data/mlflo.db");
    // What is typed instead stays, whatever fails afterwards.
    type_into(&mut harness, "Path of the store", "x");
    harness.key_press(Key::Enter);
    settle(&mut harness);
    assert!(field(&harness).contains('x'));
}

#[test]
fn a_typed_path_is_completed_and_a_servers_address_explained() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::create_dir(folder.path().join("notebooks")).expect("made");
    std::fs::copy(recorded("v3.5/mlflow.db"), folder.path().join("notebooks/mlflow.db")).expect("copied");
    let mut harness = welcome(folder.path(), &[]);
    let typed = |harness: &Harness<'_, Viewer>| {
        harness.get_by_role_and_label(Role::TextInput, "Path of the store").accesskit_node().value().unwrap_or_default()
    };
    harness.event(egui::Event::Text(format!("{}/no", folder.path().display())));
    harness.step();
    wait(&mut harness, "the folder", |harness| harness.query_by_role_and_label(Role::ListItem, "notebooks/").is_some());
    harness.key_press(Key::Tab);
    harness.step();
    // A folder leads on to what is in it.
    wait(&mut harness, "the database", |harness| {
        harness.query_by_role_and_label(Role::ListItem, "mlflow.db").is_some()
    });
    harness.key_press(Key::ArrowDown);
    harness.step();
    harness.key_press(Key::Enter);
    harness.step();
    harness.step();
    assert_eq!(typed(&harness), folder.path().join("notebooks/mlflow.db").display().to_string());
}
