//! "Where are the artifacts?": asked where they are missing, answered with a path, remembered per store.

use std::path::{Path, PathBuf};

use crate::common::{click, real_window, settle, wait, wait_for};
use dspyglass::app::{Args, SettingsPlace, Viewer, ViewerOptions};
use dspyglass::state::Action;
use eframe::App;
use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use rusqlite::Connection;

const QUESTION: &str = "Where are the artifacts?…";

/// A store of MLflow 2.22, whose spans are in artifacts, without them; and they, under another name, elsewhere.
struct Copied {
    home: tempfile::TempDir,
    files: tempfile::TempDir,
}

impl Copied {
    fn new() -> Self {
        let (home, files) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
        let recorded = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/stores/v2.22");
        std::fs::copy(recorded.join("mlflow.db"), home.path().join("mlflow.db")).expect("copied");
        copy(&recorded.join("mlruns"), &files.path().join("some bucket"));
        let db = Connection::open(home.path().join("mlflow.db")).expect("opened");
        let moved = "'s3://bucket/' || substr(COLUMN, instr(COLUMN, '/mlruns/') + 8)";
        let runs = format!("update runs set artifact_uri = {}", moved.replace("COLUMN", "artifact_uri"));
        let tags = format!(
            "update trace_tags set value = {} where key = 'mlflow.artifactLocation'",
            moved.replace("COLUMN", "value")
        );
        db.execute_batch(&format!("{runs}; {tags}")).expect("written");
        Self { home, files }
    }

    fn folder(&self) -> PathBuf {
        self.files.path().join("some bucket")
    }

    fn settings(&self) -> PathBuf {
        self.files.path().join("settings.json")
    }

    fn one(&self, sql: &str) -> String {
        let db = Connection::open(self.home.path().join("mlflow.db")).expect("opened");
        db.query_row(sql, [], |row| row.get(0)).expect("a row")
    }

    fn window(&self, at: Option<&str>) -> Harness<'static, Viewer> {
        let store = Some(self.home.path().join("mlflow.db"));
        let args = Args { store, at: at.map(str::to_owned), utc: true, ..Args::default() };
        let settings = SettingsPlace::at(self.settings());
        let mut harness = real_window(ViewerOptions { args, settings, ..ViewerOptions::default() });
        wait(&mut harness, "a store", |harness| harness.state().state().store().is_some());
        settle(&mut harness);
        harness
    }
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("made");
    for entry in std::fs::read_dir(from).expect("listed").flatten() {
        if entry.path().is_dir() {
            copy(&entry.path(), &to.join(entry.file_name()));
        } else {
            std::fs::copy(entry.path(), to.join(entry.file_name())).expect("copied");
        }
    }
}

fn is_shown(harness: &Harness<'_, Viewer>, part: &str) -> bool {
    harness.query_all_by_label_contains(part).next().is_some()
}

/// Types into the dialog's field, in place of what stands there.
fn type_path(harness: &mut Harness<'_, Viewer>, path: &Path) {
    let label = "Folder of the artifacts";
    wait(harness, label, |harness| harness.query_by_role_and_label(Role::TextInput, label).is_some());
    harness.get_by_role_and_label(Role::TextInput, label).focus();
    harness.step();
    harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
    harness.step();
    harness.get_by_role_and_label(Role::TextInput, label).type_text(path.to_str().expect("text"));
    harness.step();
}

fn has_button(harness: &Harness<'_, Viewer>, label: &str, enabled: bool) -> bool {
    let buttons = harness.query_all_by_role_and_label(Role::Button, label);
    buttons.into_iter().any(|button| button.accesskit_node().is_disabled() != enabled)
}

#[test]
fn a_trace_whose_spans_are_elsewhere_shows_them_once_their_folder_is_named() {
    let copied = Copied::new();
    let trace = copied.one("select request_id from trace_info where status = 'OK' order by 1 limit 1");
    let experiment = copied.one("select cast(experiment_id as text) from trace_info order by request_id limit 1");
    let at = format!("experiment/{experiment}/trace/{trace}");
    let mut harness = copied.window(Some(&at));
    wait_for(&mut harness, "The spans of this trace are in a file, traces.json, which cannot be read");
    assert!(!is_shown(&harness, "killed"));
    click(&mut harness, QUESTION);
    type_path(&mut harness, &copied.folder().join("no such one"));
    wait_for(&mut harness, "is no folder");
    assert!(has_button(&harness, "Use this folder", false));
    type_path(&mut harness, &copied.folder());
    wait(&mut harness, "a folder", |harness| has_button(harness, "Use this folder", true));
    click(&mut harness, "Use this folder");
    wait(&mut harness, "spans", |harness| is_shown(harness, "spans shown"));
    settle(&mut harness);
    assert!(!is_shown(&harness, "traces.json, which"), "nothing is missing any more");
    let place = harness.state().state().location().to_string();
    assert!(place.contains(&trace), "it stays where it was: {place}");
    harness.state_mut().on_exit(None);

    // It is remembered for this store, and can be forgotten.
    let mut again = copied.window(None);
    wait_for(&mut again, "spans shown");
    again.state_mut().act(Action::AskForArtifacts(true));
    wait_for(&mut again, "Looked for below");
    click(&mut again, "Forget this folder");
    wait_for(&mut again, "The spans of this trace are in a file");
    again.state_mut().on_exit(None);
    let text = std::fs::read_to_string(copied.settings()).expect("written");
    assert!(!text.contains("some bucket"), "{text}");
}

#[test]
fn the_artifacts_of_a_run_ask_the_same_and_so_does_a_command() {
    let copied = Copied::new();
    let logged = std::fs::read_dir(copied.folder().join("1")).expect("listed").flatten();
    let has_program = |path: &PathBuf| path.join("artifacts/model.json").is_file();
    let folder = logged.map(|entry| entry.path()).find(has_program).expect("a run with a program");
    let run = folder.file_name().and_then(|name| name.to_str()).expect("an id").to_owned();
    let mut harness = copied.window(Some(&format!("experiment/1/run/{run}?tab=artifacts")));
    wait_for(&mut harness, "The artifacts are not here");
    assert!(is_shown(&harness, "s3://bucket/1/"));
    wait_for(&mut harness, QUESTION);
    harness.state_mut().act(Action::GoTo(format!("experiment/1/run/{run}?tab=program")));
    wait_for(&mut harness, "model.json is missing");
    wait_for(&mut harness, QUESTION);
    // Wherever the run is looked at, and where it is compared.
    for place in [format!("experiment/1/run/{run}?tab=overview"), format!("compare/{run}/{run}")] {
        harness.state_mut().act(Action::GoTo(place));
        wait(&mut harness, "the button", |harness| has_button(harness, "Artifacts missing", true));
    }
    // From the keyboard.
    harness.key_press_modifiers(Modifiers::COMMAND.plus(Modifiers::SHIFT), Key::A);
    harness.step();
    type_path(&mut harness, copied.files.path());
    wait(&mut harness, "a folder", |harness| has_button(harness, "Use this folder", true));
    harness.key_press(Key::Escape);
    harness.step();
    harness.key_press(Key::Escape);
    settle(&mut harness);
    assert!(!is_shown(&harness, "Use this folder"), "Escape leaves it");
    // Any folder above them will do only as far as an address reaches; the bucket itself does.
    harness.state_mut().act(Action::NameArtifacts(Some(copied.folder())));
    settle(&mut harness);
    wait(&mut harness, "the file", |harness| !is_shown(harness, "model.json is missing"));
    harness.state_mut().act(Action::GoTo(format!("experiment/1/run/{run}?tab=artifacts")));
    wait_for(&mut harness, "model.json");
    assert!(!is_shown(&harness, "The artifacts are not here") && !is_shown(&harness, "Artifacts missing"));
}
