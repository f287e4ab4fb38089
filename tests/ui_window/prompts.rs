//! The prompts of the registry: the way to them, their versions, what changed, who used them and back.

use std::path::PathBuf;

use crate::common::{PATH, click, real_window, settle, small_store, wait, wait_for, window};
use crate::prompt_store::{SECRET, make};
use dspyglass::app::{Args, Viewer, ViewerOptions};
use dspyglass::state::Action;
use egui::accesskit::Role;
use egui::{Key, Modifiers, OutputCommand};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};

/// The window over the store that was counted by hand.
fn at(place: &str) -> (tempfile::TempDir, Harness<'static, Viewer>) {
    let home = tempfile::tempdir().expect("a folder");
    let store: PathBuf = make(home.path());
    let args = Args { store: Some(store), at: Some(place.to_owned()), utc: true, ..Args::default() };
    let mut harness = real_window(ViewerOptions { args, ..ViewerOptions::default() });
    wait_for(&mut harness, "Experiments and runs");
    settle(&mut harness);
    (home, harness)
}

fn location(harness: &Harness<'_, Viewer>) -> String {
    harness.state().state().location().to_string()
}

/// What a screen reader hears of the rows of tables.
fn rows(harness: &Harness<'_, Viewer>) -> Vec<String> {
    harness.query_all_by_role(Role::Row).filter_map(|row| row.accesskit_node().label()).collect()
}

/// Everything that is said on screen.
fn said(harness: &Harness<'_, Viewer>) -> String {
    let said = |node: &egui_kittest::kittest::AccessKitNode<'_>| node.label().or(node.value());
    let all = harness.query_all_by(|node| said(node).is_some());
    all.filter_map(|node| said(&node.accesskit_node())).collect::<Vec<_>>().join("\n")
}

#[test]
fn the_tree_leads_to_prompts_where_there_are_some() {
    let mut harness = window(&small_store(), None, Some(PATH));
    wait_for(&mut harness, "ticket-router");
    settle(&mut harness);
    assert!(harness.query_by_role_and_label(Role::TreeItem, "Prompts").is_none(), "none are registered");

    let (_home, mut harness) = at("");
    let entry = |harness: &Harness<'_, Viewer>| {
        let items = harness.query_all_by_role(Role::TreeItem);
        let mut labels = items.filter_map(|item| item.accesskit_node().label());
        labels.find(|label| label.starts_with("Prompts"))
    };
    wait(&mut harness, "the entry", |harness| entry(harness).is_some());
    let label = entry(&harness).expect("the entry");
    click(&mut harness, &label);
    settle(&mut harness);
    assert_eq!(location(&harness), "dspyglass:prompts");
    let listed = rows(&harness);
    let names = ["chatty", "empty", "greet", "team/greet"];
    let places: Vec<Option<usize>> =
        names.iter().map(|name| listed.iter().position(|row| row.starts_with(&format!("Prompt {name},")))).collect();
    assert!(places.is_sorted() && places.iter().all(Option::is_some), "{listed:?}");
    let greet = listed.iter().find(|row| row.starts_with("Prompt greet,")).expect("the prompt");
    assert!(greet.contains("champion → 10, lost → 3, production → 2"), "{greet}");
    harness.state_mut().act(Action::Up);
    settle(&mut harness);
    assert_eq!(location(&harness), "dspyglass:");
}

#[test]
fn a_prompt_shows_its_versions_and_the_keyboard_goes_through_them() {
    let (_home, mut harness) = at("prompt/greet");
    wait_for(&mut harness, "How we greet");
    let listed = rows(&harness);
    let order = ["10", "4", "3", "2", "1"];
    let places: Vec<Option<usize>> = order
        .iter()
        .map(|version| listed.iter().position(|row| row.starts_with(&format!("Version {version},"))))
        .collect();
    assert!(places.is_sorted() && places.iter().all(Option::is_some), "{listed:?}");
    let row = |start: &str| {
        listed.iter().find(|row| row.starts_with(&format!("Version {start},"))).cloned().unwrap_or_default()
    };
    assert!(
        row("3").contains("deleted") && row("2").contains("@production") && row("2").contains("warmer"),
        "{listed:?}"
    );
    // The newest is shown, its secret masked, and the variables named.
    assert!(said(&harness).contains("with the key ‹masked›"), "{}", said(&harness));
    assert!(!said(&harness).contains(SECRET));
    assert!(harness.query_by_label("{{ language }}").is_some());
    harness.key_press(Key::J);
    settle(&mut harness);
    assert_eq!(location(&harness), "dspyglass:prompt/greet?version=4");
    wait_for(&mut harness, "No text was stored with this version");
    harness.key_press(Key::J);
    settle(&mut harness);
    wait_for(&mut harness, "This version was deleted");
    assert!(!said(&harness).contains("withdrawn words"));
    harness.key_press(Key::K);
    settle(&mut harness);
    assert_eq!(location(&harness), "dspyglass:prompt/greet?version=4");
    click(&mut harness, "@production");
    settle(&mut harness);
    assert_eq!(location(&harness), "dspyglass:prompt/greet?version=2");
    wait_for(&mut harness, "Say a warm hello to {{ name }} in {{ language }}.");
    harness.get_by_label("Copy Python that loads it").click();
    let copied = (0..4).find_map(|_| {
        harness.step();
        harness.output().platform_output.commands.iter().find_map(|command| match command {
            OutputCommand::CopyText(text) => Some(text.clone()),
            _ => None,
        })
    });
    let wanted = "import mlflow\n\nprompt = mlflow.genai.load_prompt(\"prompts:/greet/2\")";
    assert_eq!(copied.as_deref(), Some(wanted));
}

#[test]
fn a_version_is_compared_with_the_one_before_it_or_any_other() {
    let (_home, mut harness) = at("prompt/greet?version=10&tab=changes");
    // Neither the deleted one nor the one without a text stands before it.
    wait_for(&mut harness, "Instructions of version 2 and version 10");
    click(&mut harness, "version 2");
    settle(&mut harness);
    wait_for(&mut harness, "Version 2 @production");
    click(&mut harness, "Version 1");
    settle(&mut harness);
    assert_eq!(location(&harness), "dspyglass:prompt/greet?tab=changes&against=1&version=10");
    wait_for(&mut harness, "Instructions of version 1 and version 10");
    let (_home, mut harness) = at("prompt/greet?version=1&tab=changes");
    wait_for(&mut harness, "There is no version before this one");
    settle(&mut harness);
}

#[test]
fn who_used_a_version_is_one_click_away_and_so_is_the_way_back() {
    let (_home, mut harness) = at("prompt/greet?version=2&tab=uses");
    wait(&mut harness, "uses", |harness| rows(harness).iter().any(|row| row.contains("night")));
    let listed = rows(&harness);
    let uses = |kind: &str| listed.iter().filter(|row| row.starts_with(&format!("Kind {kind},"))).count();
    assert_eq!((uses("run"), uses("trace")), (2, 2), "{listed:?}");
    let of_version = listed.iter().find(|row| row.starts_with("Version 2,")).expect("the version");
    assert!(of_version.contains("Runs 2, Traces 2"), "{of_version}");
    let row = listed.iter().find(|row| row.starts_with("Kind run,") && row.contains("night")).expect("the run");
    click(&mut harness, row);
    settle(&mut harness);
    harness.key_press(Key::Enter);
    settle(&mut harness);
    assert_eq!(location(&harness), "dspyglass:experiment/1/run/run-a");
    // The head of the run leads back to what it used.
    wait_for(&mut harness, "Prompt chatty version 1");
    click(&mut harness, "Prompt greet version 2");
    settle(&mut harness);
    assert_eq!(location(&harness), "dspyglass:prompt/greet?version=2");

    let (_home, mut harness) = at("trace/tr-3");
    wait_for(&mut harness, "Prompt greet version 10");
    click(&mut harness, "Prompt greet version 10");
    settle(&mut harness);
    assert_eq!(location(&harness), "dspyglass:prompt/greet?version=10");
}

#[test]
fn what_is_not_there_is_said() {
    for (place, text) in [
        ("prompt/nobody", "This store has no prompt nobody"),
        ("prompt/empty", "It has no versions"),
        ("prompt/greet?version=99", "It has no version 99"),
        ("prompt/greet?version=1&tab=uses&workspace=nowhere", "This store has no prompt nowhere/greet"),
        ("prompt/chatty?version=2", "what is stored is no list of messages"),
        ("prompt/chatty?version=1", "You are {{persona}}."),
        ("prompt/greet?version=4&tab=uses", "No run and no trace is linked to this version"),
    ] {
        let (_home, mut harness) = at(place);
        wait_for(&mut harness, text);
        settle(&mut harness);
    }
    let mut harness = window(&small_store(), Some("prompts"), Some(PATH));
    wait_for(&mut harness, "No prompts are registered in this store");
    settle(&mut harness);
}

#[test]
fn the_palette_finds_prompts_by_name() {
    let (_home, mut harness) = at("");
    harness.key_press_modifiers(Modifiers::COMMAND, Key::K);
    harness.step();
    harness.event(egui::Event::Text("chatty".to_owned()));
    harness.step();
    wait(&mut harness, "the prompt", |harness| harness.query_by_role_and_label(Role::ListItem, "chatty").is_some());
    settle(&mut harness);
    harness.key_press(Key::Enter);
    settle(&mut harness);
    assert_eq!(location(&harness), "dspyglass:prompt/chatty");
}
