//! Labels as the terminal lists them, from files as the window writes them.

use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use super::{database, document, text};

/// The program with a data folder of its own.
fn run_in(data: &Path, args: &[&str]) -> Value {
    let mut command = Command::new(env!("CARGO_BIN_EXE_dspyglass"));
    command.args(args).stdin(Stdio::null()).env("TZ", "UTC").env("XDG_DATA_HOME", data);
    let output = command.output().expect("the program starts");
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("JSON")
}

#[cfg(target_os = "linux")]
#[test]
fn labels_of_a_store_follow_it_and_become_a_trainset() {
    use dspyglass::model::{Judgement, LabelChange, LabelOf};
    use dspyglass::query::LabelBooks;
    use dspyglass::store::{OpenOptions, ReadCx};

    let database = database("v3.17");
    let data = tempfile::tempdir().expect("a folder");
    let mut store = dspyglass::store::open(&database, &OpenOptions::default()).expect("opens");
    let (cx, books) = (ReadCx::new(), LabelBooks::in_folder(Some(data.path().join("dspyglass"))));
    let key = dspyglass::query::labels::book::store_key(&mut *store, &cx).expect("a key");
    let book = books.open(store.id(), &key);
    // Traces of an evaluation, one that was scored 0 and one that was scored more.
    let runs = document(&["runs", text(&database)])["runs"].take();
    let of_run = |run: &Value| document(&["scores", text(&database), run["id"].as_str().expect("id")]);
    let scored: Vec<(String, f64)> = runs
        .as_array()
        .expect("runs")
        .iter()
        .filter(|run| run["name"] == "eval_full_0")
        .flat_map(|run| {
            let found = of_run(run);
            found["examples"]
                .as_array()
                .expect("examples")
                .iter()
                .filter_map(|one| Some((one["trace_ids"][0].as_str()?.to_owned(), one["scores"][0].as_f64()?)))
                .collect::<Vec<_>>()
        })
        .collect();
    let with = |is: fn(f64) -> bool| scored.iter().find(|(_, score)| is(*score)).expect("one").0.clone();
    let (wrong, right) = (with(|score| score == 0.0), with(|score| score == 1.0));
    let say = |id: &str, change| book.change(&LabelOf::Trace(id.into()), change, 1_000).expect("kept");
    say(&wrong, LabelChange::Judgement(Some(Judgement::Right)));
    say(&right, LabelChange::Judgement(Some(Judgement::Wrong)));
    say(&right, LabelChange::Corrected(json!({"answer": "corrected by hand"}).as_object().cloned()));
    say("tr-of-another-store", LabelChange::Note("elsewhere".to_owned()));
    // A copy of the store has them, too.
    let copy = data.path().join("copy.db");
    std::fs::copy(&database, &copy).expect("copied");
    for store in [&database, &copy] {
        let labels = run_in(data.path(), &["labels", text(store), "--json"])["labels"].take();
        let of =
            |id: &str| labels.as_array().expect("labels").iter().find(|one| one["trace_id"] == id).expect(id).clone();
        assert_eq!(labels.as_array().map(Vec::len), Some(3));
        assert_eq!((&of(&wrong)["label"], &of(&right)["label"]), (&json!("right"), &json!("wrong")));
        assert_eq!(of("tr-of-another-store")["missing"], true);
        if store == &database {
            // Scores stand beside the artifacts, which the copy lacks.
            assert_eq!((&of(&wrong)["score"], &of(&wrong)["disagrees"]), (&json!(0.0), &json!(true)));
            assert_eq!(of(&right)["disagrees"], true);
            let disagreeing = run_in(data.path(), &["labels", text(store), "--disagree", "--json"]);
            assert_eq!(disagreeing["labels"].as_array().map(Vec::len), Some(2));
        }
    }
    let examples = run_in(data.path(), &["export", text(&database), "--to", "trainset", "--trace", &wrong, &right]);
    let from: Vec<&str> =
        examples.as_array().expect("examples").iter().filter_map(|one| one["dspy_answer_from"].as_str()).collect();
    assert_eq!(from, ["right", "corrected"]);
    assert_eq!(examples[1]["answer"], "corrected by hand");
    assert_eq!(document(&["labels", text(&database)])["labels"], json!([]), "others have none of them");
}
