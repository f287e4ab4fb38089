//! Tables of results as nobody would wish them: they are shown as far as they go, with a word on the rest.

use std::sync::Arc;

use dspyglass::analysis::matrix_view::MatrixSettings;
use dspyglass::model::{ArtifactOwner, Json, RunId};
use dspyglass::query::ask::Session;
use dspyglass::query::{ScoreSource, Scores, ScoresOf};
use dspyglass::store::ReadCx;
use dspyglass::store::memory::MemoryStore;
use serde_json::json;

/// Evaluations with these files, as a matrix.
fn scores(files: &[&str]) -> Arc<Option<Scores>> {
    let mut store = MemoryStore::new();
    store.add_experiment("1", "tables");
    let ids: Vec<RunId> = (0..files.len()).map(|at| RunId::from(format!("run{at}").as_str())).collect();
    for ((id, content), start_ms) in ids.iter().zip(files).zip(1..) {
        store.put_run(MemoryStore::run(id.as_str(), "1", id.as_str(), start_ms));
        store.put_artifact(ArtifactOwner::Run(id.clone()), "result_table.json", content.as_bytes().to_vec());
    }
    Session::alone(&mut store, &ReadCx::new()).ask(&ScoresOf::runs(ids)).expect("read")
}

fn table(columns: Json, data: Json) -> String {
    json!({"columns": columns, "data": data}).to_string()
}

/// The scores of a column, by the question of each example; `-` where it was not evaluated, `?` without a score.
fn column(found: &Scores, at: usize) -> String {
    let cell = |one: &dspyglass::analysis::score_matrix::MatrixExample| {
        let score = match (one.scores[at], one.rows[at]) {
            (Some(score), Some(_)) => score.to_string(),
            (None, Some(_)) => "?".to_owned(),
            _ => "-".to_owned(),
        };
        format!("{}:{score}", one.example.get("q").and_then(Json::as_str).unwrap_or("none"))
    };
    found.matrix.examples.iter().map(cell).collect::<Vec<_>>().join(" ")
}

#[test]
fn scores_of_all_kinds_stand_beside_each_other() {
    let columns = || json!(["score", "example_q", "pred_a"]);
    let of = |scores: [Json; 4]| {
        let rows = scores.into_iter().zip(["a", "b", "c", "d"]).map(|(score, question)| json!([score, question, "x"]));
        table(columns(), rows.collect())
    };
    let files = [
        of([json!(0.25), json!(0.5), json!(1), json!(0)]),
        of([json!({"score": 0.5, "feedback": "half"}), json!({"score": true}), json!({"feedback": "lost"}), json!({"score": {}})]),
        of([json!(true), json!(false), Json::Null, Json::Null]),
        of([json!("0.7"), json!("good"), json!([1]), json!(1)]),
        r#"{"columns": ["score", "example_q", "pred_a"], "data": [[NaN, "a", 1], [Infinity, "b", 1], [1e400, "c", 1], [1, "d", 1]]}"#.to_owned(),
    ];
    let found = scores(&files.each_ref().map(String::as_str));
    let found = found.as_ref().as_ref().expect("runs");
    let told: Vec<String> = (0..files.len()).map(|at| column(found, at)).collect();
    assert_eq!(
        told,
        ["a:0.25 b:0.5 c:1 d:0", "a:0.5 b:1 c:? d:?", "a:1 b:0 c:? d:?", "a:? b:? c:? d:1", "a:? b:? c:? d:1"]
    );
    let words: Vec<&[String]> = found.columns.iter().map(|one| one.told.as_slice()).collect();
    assert!(words[0].is_empty());
    assert_eq!(
        words[1],
        [r#"result_table.json has something else than a number for a score in 2 rows, such as “{"feedback":"lost"}”"#]
    );
    assert_eq!(words[2], ["result_table.json has no score in 2 rows"]);
    assert_eq!(words[3], ["result_table.json has something else than a number for a score in 3 rows, such as “0.7”"]);
    assert!(
        words[4][0].starts_with("result_table.json has something else than a number for a score in 3 rows"),
        "{:?}",
        words[4]
    );
    assert_eq!(
        found.columns.iter().map(|one| (one.examples, one.scored)).collect::<Vec<_>>(),
        [(4, 4), (4, 2), (4, 2), (4, 1), (4, 1)]
    );
    let view = found.view(&MatrixSettings::default());
    assert_eq!(view.rule.map(|rule| (rule.threshold, rule.is_binary)), Some((0.5, false)), "half of what was seen");
}

#[test]
fn columns_that_differ_or_are_missing_are_told() {
    let files = [
        table(json!(["score", "example_q", "example_topic"]), json!([[1, "a", "x"], [0, "b", "y"], [1, "c", "x"]])),
        table(json!(["score", "example_q"]), json!([[0, "b"], [1, "e"]])),
        table(json!(["example_q", "pred_a"]), json!([["a", 1], ["b", 2]])),
        table(json!(["score", "example_other"]), json!([[1, "a"]])),
        table(json!(["score", "example_q"]), json!([[1], "odd", [0, "a", "more"]])),
    ];
    let found = scores(&files.each_ref().map(String::as_str));
    let found = found.as_ref().as_ref().expect("runs");
    assert_eq!(found.matrix.shared_fields, ["q"]);
    assert_eq!(column(found, 0), "a:1 b:0 c:1 e:- none:-");
    assert_eq!(column(found, 1), "a:- b:0 c:- e:1 none:-");
    assert_eq!(column(found, 2), "a:? b:? c:- e:- none:-");
    assert_eq!(column(found, 3), "a:- b:- c:- e:- none:-");
    assert_eq!(column(found, 4), "a:0 b:- c:- e:- none:1");
    let words: Vec<String> = found.columns.iter().map(|one| one.told.join("; ")).collect();
    assert_eq!(
        words,
        [
            "Not every evaluation has “topic”: examples are told apart without",
            "",
            "result_table.json has no column `score`",
            "It has no field in common with the other evaluations: none of its examples is here",
            "result_table.json has rows that are not as long as its list of columns: 3",
        ]
    );
    assert_eq!(found.columns[2].source, ScoreSource::Table);
}

#[test]
fn a_table_that_ends_in_the_middle_keeps_what_is_whole() {
    let rows: Vec<Json> =
        (0..60).map(|at| json!([at % 2, format!("question {at} [with \"signs\", 佐藤]"), "x"])).collect();
    let whole = table(json!(["score", "example_q", "pred_a"]), json!(rows));
    let cut = |end: usize| &whole[..whole.floor_char_boundary(end)];
    let files = [whole.as_str(), cut(whole.len() / 2), cut(whole.len() - 1), cut(30), "", "no table"];
    let found = scores(&files);
    let found = found.as_ref().as_ref().expect("runs");
    let half = files[1].matches(",\"x\"]").count();
    assert!((20..40).contains(&half), "{half}");
    for one in &found.matrix.examples[..half] {
        assert_eq!((one.scores[0], one.rows[0]), (one.scores[1], one.rows[1]), "{:?}", one.example);
    }
    assert!(found.matrix.examples[half..].iter().all(|one| one.rows[1].is_none()));
    let told: Vec<(usize, &[String])> = found.columns.iter().map(|one| (one.examples, one.told.as_slice())).collect();
    let word = |rows: usize| {
        vec![format!("result_table.json ends in the middle: {rows} rows before are whole, the rest is lost")]
    };
    assert_eq!((told[1].0, told[1].1), (half, word(half).as_slice()));
    assert_eq!((told[2].0, told[2].1), (60, word(60).as_slice()));
    assert!(told[3..].iter().all(|(examples, _)| *examples == 0));
}

#[test]
fn rows_that_repeat_are_told_and_kept() {
    let columns = || json!(["score", "example_q"]);
    let files = [
        table(columns(), json!([[1, "a"], [0, "a"], [1, "b"], [0, "a"]])),
        table(columns(), json!([[0, "a"], [1, "b"], [0, "b"]])),
    ];
    let found = scores(&files.each_ref().map(String::as_str));
    let found = found.as_ref().as_ref().expect("runs");
    assert_eq!((column(found, 0), column(found, 1)), ("a:1 a:0 b:1 a:0 b:-".into(), "a:0 a:- b:1 a:- b:0".into()));
    let words: Vec<String> = found.columns.iter().map(|one| one.told.join("; ")).collect();
    assert_eq!(
        words,
        [
            "2 rows repeat an example: they are joined with others in the order in which they stand",
            "1 row repeats an example: it is joined with others in the order in which they stand"
        ]
    );
}
