//! Servers in the window: who asks for a name and a password gets one, keeps nothing of it, and the page goes on.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::common::{click, real_window, settle, wait, wait_for};
use crate::stand_in::{Asked, Reply, StandIn, error, json, page};
use dspyglass::app::{Args, SettingsPlace, Viewer, ViewerOptions};
use dspyglass::state::Action;
use egui::Key;
use egui::accesskit::Role;
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};

const USER: &str = "ana";
const RIGHT: &str = "pw-right-7731";
const WRONG: &str = "pw-wrong-1377";
/// `ana:pw-right-7731`
const HEADER: &str = "Basic YW5hOnB3LXJpZ2h0LTc3MzE=";

fn answer(asked: &Asked) -> Reply {
    match asked.path.split('?').next().unwrap_or_default() {
        "/api/2.0/mlflow/experiments/search" => {
            json(r#"{"experiments": [{"experiment_id": "7", "name": "behind-a-door"}]}"#)
        }
        "/api/2.0/mlflow/runs/search" => json(
            r#"{"runs": [{"info": {"run_id": "a", "run_name": "bold-finch", "experiment_id": "7", "start_time": 1,
            "status": "FINISHED"}}]}"#,
        ),
        "/api/3.0/mlflow/traces/search" => json("{}"),
        _ => page(404),
    }
}

/// A server that lets read only who sends what `is_known` says.
fn locked(is_known: impl Fn(&str) -> bool + Send + Sync + 'static) -> StandIn {
    StandIn::new(move |asked| {
        if asked.path == "/version" {
            return Reply::Said(200, Vec::new(), b"3.17.2".to_vec());
        }
        match asked.header("authorization") {
            Some(header) if is_known(header) => answer(asked),
            _ => error(401, "UNAUTHENTICATED", "You are not authenticated"),
        }
    })
}

fn opened(address: &str, at: Option<&str>, settings: &Path) -> Harness<'static, Viewer> {
    let args = Args { store: Some(address.into()), at: at.map(str::to_owned), utc: true, ..Args::default() };
    let settings = SettingsPlace::at(settings.to_owned());
    real_window(ViewerOptions { args, settings, ..ViewerOptions::default() })
}

fn field<'h>(harness: &'h Harness<'_, Viewer>, role: Role, label: &'h str) -> egui_kittest::Node<'h> {
    harness.get_by_role_and_label(role, label)
}

fn typed(harness: &Harness<'_, Viewer>, role: Role, label: &str) -> String {
    field(harness, role, label).accesskit_node().value().unwrap_or_default()
}

fn put(harness: &mut Harness<'_, Viewer>, role: Role, label: &str, text: &str) {
    field(harness, role, label).focus();
    harness.step();
    field(harness, role, label).type_text(text);
    harness.step();
    harness.step();
}

/// Everything that a screen reader could say.
fn heard(harness: &Harness<'_, Viewer>) -> String {
    let root = harness.root();
    let all = root.query_all(egui_kittest::kittest::By::new());
    let said = all.map(|node| {
        let node = node.accesskit_node();
        format!("{:?} {:?} {:?}\n", node.label(), node.value(), node.data().description())
    });
    said.collect()
}

fn has_panel(harness: &Harness<'_, Viewer>) -> bool {
    harness.query_all_by_role_and_label(Role::PasswordInput, "Password").next().is_some()
}

#[test]
fn a_server_that_asks_is_told_and_the_page_goes_on_where_it_was() {
    let folder = tempfile::tempdir().expect("a folder");
    let settings = folder.path().join("settings.json");
    let server = locked(|header| header == HEADER);
    let address = server.address("");
    let mut harness = opened(&address, Some("experiment/7"), &settings);
    wait_for(&mut harness, &format!("{address} asks who you are"));
    put(&mut harness, Role::TextInput, "User name", USER);
    put(&mut harness, Role::PasswordInput, "Password", WRONG);
    assert_eq!(typed(&harness, Role::PasswordInput, "Password"), "•".repeat(WRONG.len()));
    assert!(!heard(&harness).contains(WRONG));
    harness.key_press(Key::Enter);
    harness.step();
    wait_for(&mut harness, "does not accept this user name and password");
    // The name stays, the password does not.
    assert_eq!(typed(&harness, Role::TextInput, "User name"), USER);
    assert_eq!(typed(&harness, Role::PasswordInput, "Password"), "");
    put(&mut harness, Role::PasswordInput, "Password", RIGHT);
    assert!(!heard(&harness).contains(RIGHT) && !format!("{:?}", harness.state().state()).contains(RIGHT));
    harness.key_press(Key::Enter);
    harness.step();
    wait_for(&mut harness, "bold-finch");
    assert!(!has_panel(&harness));
    assert_eq!(harness.state().state().location().to_string(), "dspyglass:experiment/7");
    settle(&mut harness);
    for asked in server.asked() {
        assert!(asked.method == "GET" || asked.path.ends_with("/search"), "{} {}", asked.method, asked.path);
        assert!(!asked.path.contains(RIGHT) && !asked.body.contains(RIGHT));
    }
    // It is opened again in this run of the program: nobody is asked again.
    harness.state_mut().act(Action::CloseStore);
    wait_for(&mut harness, "Recent stores");
    harness.get_by_role_and_label(Role::Link, &address).click();
    wait_for(&mut harness, "bold-finch");
    assert!(!has_panel(&harness));
    wait(&mut harness, "the address", |_| std::fs::read_to_string(&settings).is_ok_and(|text| text.contains(&address)));
    let kept = std::fs::read_to_string(&settings).expect("written");
    assert!(!kept.contains(RIGHT) && !kept.contains(WRONG) && !kept.contains(USER), "{kept}");
}

#[test]
fn a_token_is_taken_too_and_one_that_expires_is_asked_for_again() {
    let is_expired = Arc::new(AtomicBool::new(false));
    let expired = Arc::clone(&is_expired);
    let server = locked(move |header| match header {
        "Bearer t0ken-old" => !expired.load(Ordering::Relaxed),
        "Bearer t0ken-new" => true,
        _ => false,
    });
    let folder = tempfile::tempdir().expect("a folder");
    let mut harness = opened(&server.address(""), None, &folder.path().join("settings.json"));
    wait_for(&mut harness, "asks who you are");
    click(&mut harness, "Token");
    put(&mut harness, Role::PasswordInput, "Token", "t0ken-old");
    click(&mut harness, "Sign in");
    wait_for(&mut harness, "behind-a-door");
    settle(&mut harness);
    is_expired.store(true, Ordering::Relaxed);
    harness.state_mut().act(Action::Refresh);
    harness.step();
    wait_for(&mut harness, "does not accept the credentials that it was sent");
    // What was read stays on screen.
    assert!(harness.query_all_by_label_contains("behind-a-door").next().is_some());
    put(&mut harness, Role::PasswordInput, "Token", "t0ken-new");
    click(&mut harness, "Sign in");
    wait(&mut harness, "the panel to go", |harness| {
        harness.query_all_by_role_and_label(Role::PasswordInput, "Token").next().is_none()
    });
}

#[test]
fn who_does_not_sign_in_can_do_it_later() {
    let server = locked(|header| header == HEADER);
    let folder = tempfile::tempdir().expect("a folder");
    let mut harness = opened(&server.address(""), None, &folder.path().join("settings.json"));
    wait_for(&mut harness, "asks who you are");
    click(&mut harness, "Cancel");
    settle(&mut harness);
    assert!(!has_panel(&harness));
    // Meanwhile nobody looks for changes: servers lock out who asks in vain again and again.
    let before = server.asked().len();
    let until = std::time::Instant::now() + std::time::Duration::from_millis(2_500);
    wait(&mut harness, "a while", |_| std::time::Instant::now() >= until);
    assert_eq!(server.asked().len(), before);
    // Beside the sentence that says why nothing is there.
    click(&mut harness, "Sign in…");
    wait(&mut harness, "the panel", has_panel);
    harness.key_press(Key::Escape);
    harness.step();
    harness.step();
    assert!(!has_panel(&harness));
}

#[test]
fn a_password_in_an_address_is_used_and_stands_nowhere() {
    let server = locked(|header| header == HEADER);
    let folder = tempfile::tempdir().expect("a folder");
    let settings = folder.path().join("settings.json");
    let options = ViewerOptions { settings: SettingsPlace::at(settings.clone()), ..ViewerOptions::default() };
    let mut harness = real_window(options);
    settle(&mut harness);
    put(&mut harness, Role::TextInput, "Path of the store", &server.address(&format!("{USER}:{RIGHT}@")));
    harness.key_press(Key::Enter);
    harness.step();
    wait_for(&mut harness, "behind-a-door");
    settle(&mut harness);
    assert!(!heard(&harness).contains(RIGHT));
    assert_eq!(harness.state().state().settings.recent, [server.address("")]);
    harness.state_mut().act(Action::CloseStore);
    wait_for(&mut harness, "Recent stores");
    assert!(!heard(&harness).contains(RIGHT), "{}", heard(&harness));
    // As a recent store it has no password, and needs none in this run.
    harness.get_by_role_and_label(Role::Link, &server.address("")).click();
    wait_for(&mut harness, "behind-a-door");
    assert!(!has_panel(&harness));
}

#[test]
fn the_store_that_mlflow_uses_is_offered() {
    let server = locked(|header| header == HEADER);
    let folder = tempfile::tempdir().expect("a folder");
    let options = ViewerOptions {
        settings: SettingsPlace::at(folder.path().join("settings.json")),
        tracking_uri: Some(server.address(&format!("{USER}:{RIGHT}@")).as_str().into()),
        ..ViewerOptions::default()
    };
    let mut harness = real_window(options);
    wait_for(&mut harness, "behind-a-door");
    settle(&mut harness);
    harness.state_mut().act(Action::CloseStore);
    wait_for(&mut harness, "Recent stores");
    // It stands among the recent ones; forgotten there, it is still offered.
    assert!(harness.query_all_by_label("Named by MLFLOW_TRACKING_URI").next().is_none());
    let location = server.address("").as_str().into();
    harness.state_mut().act(Action::Forget(location));
    harness.step();
    wait_for(&mut harness, "Named by MLFLOW_TRACKING_URI");
    harness.get_by_role_and_label(Role::Link, &server.address("")).click();
    wait_for(&mut harness, "behind-a-door");
    assert!(!has_panel(&harness) && !heard(&harness).contains(RIGHT));
}

#[test]
fn the_status_bar_says_what_is_fetched_and_from_when_it_is_and_leads_to_what_the_server_has() {
    let (is_slow, is_gone) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicBool::new(false)));
    let (slow, gone) = (Arc::clone(&is_slow), Arc::clone(&is_gone));
    let server = StandIn::new(move |asked| {
        while slow.load(Ordering::Relaxed) && asked.path.ends_with("/runs/search") {
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
        match asked.path.as_str() {
            _ if gone.load(Ordering::Relaxed) => Reply::Dies,
            "/version" => Reply::Said(200, Vec::new(), b"3.5.1".to_vec()),
            _ => answer(asked),
        }
    });
    let folder = tempfile::tempdir().expect("a folder");
    let mut harness = opened(&server.address(""), Some("experiment/7"), &folder.path().join("settings.json"));
    wait_for(&mut harness, "bold-finch");
    settle(&mut harness);
    wait_for(&mut harness, "as of ");
    is_slow.store(true, Ordering::Relaxed);
    harness.state_mut().act(Action::Refresh);
    harness.step();
    wait_for(&mut harness, "Fetching ");
    wait_for(&mut harness, " request");
    is_slow.store(false, Ordering::Relaxed);
    settle(&mut harness);
    wait_for(&mut harness, "as of ");
    let store = "server · MLflow 3.5.1 · read-only";
    wait_for(&mut harness, store);
    click(&mut harness, store);
    wait_for(&mut harness, "missing: spans are fetched trace by trace");
    wait_for(&mut harness, "which files a trace has");
    wait_for(&mut harness, "MLflow 3.5.1");
    harness.key_press(Key::Escape);
    harness.step();
    harness.step();
    assert!(harness.query_all_by_label_contains("which files a trace has").next().is_none());
    // Nobody answers any more: what is shown stays, and is said to be old.
    is_gone.store(true, Ordering::Relaxed);
    harness.state_mut().act(Action::Refresh);
    harness.step();
    wait_for(&mut harness, "offline");
    assert!(harness.query_all_by_label_contains("bold-finch").next().is_some());
}
