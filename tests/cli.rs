//! The terminal twin as people and scripts run it: the real binary on recorded stores, its
//! answers compared with plain SQL.

#[path = "cli/against_sql.rs"]
mod against_sql;
#[path = "cli/beside.rs"]
mod beside;
#[path = "cli/chat.rs"]
mod chat;
#[path = "cli/cost.rs"]
mod cost;
#[path = "common/desk.rs"]
mod desk;
#[path = "cli/diff_traces.rs"]
mod diff_traces;
#[path = "cli/doctor.rs"]
mod doctor;
#[path = "cli/examples.rs"]
mod examples;
#[path = "cli/export.rs"]
mod export;
#[path = "cli/honest_words.rs"]
mod honest_words;
#[path = "cli/labels.rs"]
mod labels;
#[path = "cli/optimizers.rs"]
mod optimizer_answers;
#[path = "common/optimizers.rs"]
mod optimizers;
#[path = "cli/overview.rs"]
mod overview;
#[path = "cli/parts.rs"]
mod parts;
#[path = "cli/places.rs"]
mod places;
#[path = "cli/plain_evaluations.rs"]
mod plain_evaluations;
#[path = "cli/programs.rs"]
mod programs;
#[path = "common/prompts.rs"]
mod prompt_store;
#[path = "cli/prompts.rs"]
mod prompts;
#[path = "cli/scores.rs"]
mod scores;
#[path = "cli/search.rs"]
mod search;
#[path = "cli/secrets.rs"]
mod secrets;
#[path = "cli/slices.rs"]
mod slices;
#[path = "cli/steps.rs"]
mod steps;
#[path = "cli/trace_filter.rs"]
mod trace_filter;
#[path = "cli/traces.rs"]
mod traces;
#[path = "cli/tried_prompts.rs"]
mod tried_prompts;
#[path = "cli/usage.rs"]
mod usage;

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

/// The databases of the recorded stores.
fn databases() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/stores");
    let mut found = Vec::new();
    for folder in std::fs::read_dir(root).expect("tests/stores is there").flatten() {
        for file in std::fs::read_dir(folder.path()).into_iter().flatten().flatten() {
            if file.path().extension().is_some_and(|ending| ending == "db" || ending == "sqlite") {
                found.push(file.path());
            }
        }
    }
    found.sort();
    assert!(found.len() >= 8, "eight kinds of stores are recorded, found {found:?}");
    found
}

/// The database whose folder has this name.
fn database(store: &str) -> PathBuf {
    let is_it = |path: &PathBuf| path.parent().is_some_and(|folder| folder.ends_with(store));
    databases().into_iter().find(is_it).unwrap_or_else(|| panic!("no store {store}"))
}

/// Runs the program to its end.
fn run(args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_dspyglass"));
    command.args(args).stdin(Stdio::null()).env("TZ", "UTC");
    // Whoever runs the tests may have prices of his own.
    command.env("XDG_CONFIG_HOME", env!("CARGO_TARGET_TMPDIR"));
    command.output().expect("the program starts")
}

/// What it prints when all is well.
fn answered(args: &[&str]) -> String {
    let output = run(args);
    assert_eq!(output.status.code(), Some(0), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text")
}

/// The document that it prints.
fn document(args: &[&str]) -> Value {
    let mut all = args.to_vec();
    all.push("--json");
    let text = answered(&all);
    assert_eq!(text.lines().count(), 1, "one document on one line");
    serde_json::from_str(&text).expect("a JSON document")
}

/// The names of all commands, as the program lists them; a test that asks each cannot miss a new one.
fn commands() -> Vec<String> {
    let help = answered(&["--help"]);
    let listed = help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    let names = listed.filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    let names: Vec<String> = names.filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect();
    assert!(names.len() > 10 && names.iter().any(|name| name == "help"), "{names:?}");
    names.into_iter().filter(|name| name != "help").collect()
}

/// A path as an argument.
fn text(path: &Path) -> &str {
    path.to_str().expect("paths of this repository are text")
}
