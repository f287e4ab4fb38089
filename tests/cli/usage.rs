//! Exit codes, streams, hostile inputs.

use std::io::Read;
use std::process::{Command, Stdio};

use serde_json::json;

use super::{answered, commands, database, databases, document, run, text};

/// Fails with this code, one line (plus the caret of a filter) on standard error, nothing on
/// standard output.
fn refused(args: &[&str], code: i32) -> String {
    let output = run(args);
    let err = String::from_utf8(output.stderr).expect("text");
    assert_eq!(output.status.code(), Some(code), "{args:?}: {err}");
    assert!(output.stdout.is_empty(), "{args:?}");
    assert!(!err.is_empty() && !err.contains("panicked"), "{args:?}: {err}");
    err
}

#[test]
fn everything_is_answered_for_people_too() {
    for database in databases() {
        let store = text(&database);
        let trace = document(&["traces", store, "--limit", "1"])["traces"][0]["id"].as_str().expect("id").to_owned();
        let run_id = document(&["runs", store])["runs"][0]["id"].as_str().expect("id").to_owned();
        let questions: [&[&str]; 6] = [
            &["experiments", store],
            &["runs", store, "--utc"],
            &["metrics", store, &run_id],
            &["traces", store, "--limit", "3"],
            &["trace", store, &trace],
            &["check", store],
        ];
        for question in questions {
            let text = answered(question);
            assert!(!text.is_empty() && !text.contains('\u{1b}') && !text.contains('\r'), "{question:?}");
            assert!(text.ends_with('\n'), "{question:?}");
        }
    }
}

#[test]
fn the_folder_of_a_store_will_do() {
    let database = database("v3.17");
    let folder = database.parent().expect("a folder");
    assert_eq!(document(&["experiments", text(folder)]), document(&["experiments", text(&database)]));
}

#[test]
fn a_trace_may_be_named_by_its_beginning() {
    let database = database("v3.17");
    let store = text(&database);
    let id = document(&["traces", store, "--limit", "1"])["traces"][0]["id"].as_str().expect("an id").to_owned();
    assert_eq!(document(&["trace", store, &id[..16]])["id"], json!(id));
    assert!(refused(&["trace", store, "tr-"], 1).contains("traces begin with"));
}

/// The shortest beginning of four characters or more that no other id has.
fn shortest<'a>(id: &'a str, all: &[String]) -> &'a str {
    let lengths = 4..id.len();
    let unique =
        lengths.map(|length| &id[..length]).find(|begun| all.iter().filter(|id| id.starts_with(begun)).count() == 1);
    unique.unwrap_or(id)
}

#[test]
fn ids_may_be_abbreviated_where_they_are_unique() {
    for database in databases() {
        let store = text(&database);
        let ids = |list: &serde_json::Value| -> Vec<String> {
            list.as_array().expect("a list").iter().filter_map(|one| one["id"].as_str().map(str::to_owned)).collect()
        };
        let all = ids(&document(&["runs", store, "--deleted"])["runs"]);
        for run in all.iter().step_by(all.len() / 3 + 1) {
            let begun = shortest(run, &all);
            assert!(begun.len() < run.len());
            for question in [&["metrics"][..], &["optimization"], &["program"], &["traces", "--run"], &["diff", run]] {
                let ask = |id: &str| {
                    let mut args = vec![question[0], store];
                    args.extend(&question[1..]);
                    args.extend([id, "--json"]);
                    let output = super::run(&args);
                    (output.status.code(), output.stdout)
                };
                assert_eq!(ask(begun), ask(run), "{question:?} {begun}");
            }
        }
        let traces = ids(&document(&["traces", store])["traces"]);
        for trace in traces.iter().step_by(traces.len() / 2 + 1) {
            let begun = shortest(trace, &traces);
            for begun in [begun, begun.trim_start_matches("tr-")] {
                assert_eq!(document(&["trace", store, begun])["id"], json!(trace));
            }
        }
    }
}

#[test]
fn an_abbreviation_that_fits_several_names_them() {
    let home = tempfile::tempdir().expect("a folder");
    let path = home.path().join("mlflow.db");
    std::fs::copy(database("v3.17"), &path).expect("copied");
    let db = rusqlite::Connection::open(&path).expect("opened");
    let change = "pragma foreign_keys = off;
        update runs set run_uuid = 'cafe' || substr(run_uuid, 5) where rowid in (1, 2);
        update runs set name = 'cafe0' where rowid = 3;
        update experiments set experiment_id = 123450 + experiment_id where experiment_id > 0";
    db.execute_batch(change).expect("changed");
    let ids: Vec<String> = (db.prepare("select run_uuid from runs where rowid in (1, 2)").expect("prepared"))
        .query_map([], |row| row.get(0))
        .expect("asked")
        .map(|id| id.expect("an id"))
        .collect();
    drop(db);
    let store = text(&path);
    for args in
        [&["metrics", store, "cafe"][..], &["traces", store, "--run", "cafe"], &["diff", store, &ids[0], "cafe"]]
    {
        let err = refused(args, 1);
        assert!(err.contains("2 runs begin with \"cafe\"") && ids.iter().all(|id| err.contains(id)), "{err}");
    }
    // A name goes before a beginning, and what is too short is none.
    assert_ne!(document(&["traces", store, "--run", "cafe0"])["total"], json!(null));
    assert!(refused(&["metrics", store, "caf"], 1).contains("has no run"));
    let err = refused(&["runs", store, "--experiment", "12345"], 1);
    assert!(err.contains("experiments begin with \"12345\""), "{err}");
    assert!(refused(&["runs", store, "--experiment", "123"], 1).contains("has no experiment"));
    answered(&["runs", store, "--experiment", "123451"]);
}

#[test]
fn secrets_stay_masked_unless_revealed() {
    let database = database("v2.22");
    let store = text(&database);
    let mut seen = 0;
    for trace in document(&["traces", store])["traces"].as_array().expect("a list") {
        let id = trace["id"].as_str().expect("an id");
        let masked = document(&["trace", store, id]);
        let revealed = document(&["trace", store, id, "--reveal"]);
        for (masked, revealed) in
            masked["spans"].as_array().into_iter().flatten().zip(revealed["spans"].as_array().into_iter().flatten())
        {
            if let Some(key) = revealed["attributes"]["api_key"].as_str() {
                assert_eq!(masked["attributes"]["api_key"], json!({"masked": true}));
                assert!(!masked.to_string().contains(key));
                seen += 1;
            }
        }
    }
    assert!(seen > 0, "MLflow 2.22 writes api_key in clear");
}

#[test]
fn what_the_store_does_not_have_is_named() {
    let database = database("v3.17");
    let store = text(&database);
    let cases: [&[&str]; 6] = [
        &["runs", store, "--experiment", "nowhere"],
        &["traces", store, "--experiment", "nowhere"],
        &["traces", store, "--run", "nowhere"],
        &["metrics", store, "nowhere"],
        &["trace", store, "nowhere"],
        &["trace", store, "nowhere", "--json"],
    ];
    for args in cases {
        let err = refused(args, 1);
        assert!(err.contains("nowhere") && err.lines().count() == 1, "{err}");
    }
}

#[test]
fn wrong_usage_is_two() {
    let database = database("v3.17");
    let store = text(&database);
    let err = refused(&["runs", store, "--filter", "metrics.eval >> 3"], 2);
    assert!(err.contains("character 15") && err.contains("  metrics.eval >> 3\n                ^"), "{err}");
    for args in [&["runs"][..], &["nonsense", store], &["traces", store, "--limit", "x"], &["runs", store, "--nope"]] {
        refused(args, 2);
    }
    // A filter is read before the store.
    refused(&["runs", "/nowhere/mlflow.db", "--filter", "("], 2);
}

#[test]
fn flags_stand_before_or_after() {
    let database = database("v3.5");
    let store = text(&database);
    assert_eq!(answered(&["--json", "runs", store]), answered(&["runs", store, "--json"]));
    assert_eq!(answered(&["runs", "--json", store, "--reveal"]), answered(&["--reveal", "--json", "runs", store]));
}

#[test]
fn a_closed_pipe_ends_quietly() {
    let database = database("v3.17");
    for json in [true, false] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_dspyglass"));
        command.args(["runs", text(&database)]).args(json.then_some("--json"));
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("started");
        let mut first = [0; 1];
        let mut out = child.stdout.take().expect("piped");
        out.read_exact(&mut first).expect("a byte");
        drop(out);
        let output = child.wait_with_output().expect("ended");
        assert_eq!(output.status.code(), Some(0));
        assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    }
}

#[test]
fn what_is_no_store_is_refused_in_one_line() {
    let home = tempfile::tempdir().expect("a folder");
    let path = |name: &str| home.path().join(name);
    std::fs::write(
        path("notes.db"),
        "these are notes, and long enough to be mistaken for a header of something\n".repeat(9),
    )
    .expect("written");
    std::fs::write(path("empty.db"), "").expect("written");
    std::fs::create_dir(path("folder")).expect("made");
    let other = rusqlite::Connection::open(path("other.sqlite")).expect("made");
    other.execute_batch("create table cats (name text); insert into cats values ('Tom')").expect("filled");
    drop(other);
    let whole = std::fs::read(database("v3.17")).expect("read");
    std::fs::write(path("cut.db"), &whole[..whole.len() / 3]).expect("written");
    std::fs::write(path("noise.db"), whole.iter().map(|byte| byte.wrapping_mul(31) ^ 0x5a).collect::<Vec<u8>>())
        .expect("written");
    for name in ["notes.db", "empty.db", "folder", "other.sqlite", "cut.db", "noise.db", "not-there.db"] {
        for command in ["experiments", "runs", "traces", "check"] {
            for json in [None, Some("--json")] {
                let path = path(name);
                let args: Vec<&str> = [command, text(&path)].into_iter().chain(json).collect();
                let err = refused(&args, 1);
                assert!(err.contains(name) && err.lines().count() == 1, "{args:?}: {err}");
            }
        }
    }
}

#[test]
fn help_teaches() {
    for command in &commands() {
        let help = answered(&[command, "--help"]);
        for wanted in ["Examples:", "JSON:", "--json", "--reveal", "--utc", "--artifacts"] {
            assert!(help.contains(wanted), "{command}: {wanted}");
        }
    }
    assert!(answered(&["--help"]).contains("Exit codes"));
    assert!(answered(&["--version"]).starts_with("dspyglass "));
}

#[cfg(not(feature = "window"))]
#[test]
fn a_program_without_a_window_says_so() {
    let database = database("v3.17");
    for args in [&[text(&database)][..], &[], &["--demo"]] {
        let said = refused(args, 2);
        assert!(said.contains("without its window") && said.lines().count() == 1, "{said}");
    }
    let help = answered(&["--help"]);
    assert!(!help.contains("--demo") && !help.contains("open the window"), "{help}");
}
