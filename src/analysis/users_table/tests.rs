use super::*;
use serde_json::json;

fn read(columns: Json, data: Json, given: &[&str]) -> Option<UsersTable> {
    let given = given.iter().map(|name| (*name).to_owned()).collect();
    users_table(Unmasked::new(json!({"columns": columns, "data": data})), &given, Reveal::Masked)
}

fn scores(table: &UsersTable) -> Vec<Option<f64>> {
    table.table.rows.iter().map(|row| row.score).collect()
}

#[test]
fn a_table_as_on_the_page_about_dspy() {
    let columns = json!(["question", "answer", "output", "exact_match", "latency"]);
    let answer = json!({"reasoning": "so", "answer": "3"});
    let data = json!([["How many?", "3", answer, true, 0.5], ["And now?", "4", {"answer": "5"}, false, 1]]);
    let found = read(columns, data, &["question"]).expect("a table with scores");
    assert_eq!((found.score.as_str(), found.rule), ("exact_match", ScoreRule::Name));
    assert_eq!(scores(&found), [Some(1.0), Some(0.0)]);
    assert_eq!(found.table.example_fields, ["question", "answer"]);
    assert_eq!(found.table.prediction_fields, ["reasoning", "answer"]);
    assert_eq!(found.table.rows[0].other, *json!({"latency": 0.5}).as_object().expect("an object"));
    assert_eq!(found.table.rows[0].stored_score, json!(true));
}

#[test]
fn a_table_of_a_prompt_that_was_tried() {
    let columns = json!(["inputs", "output", "expectation", "aggregate_score", "wording", "label/match"]);
    let row = json!([{"ticket": "t"}, "Send it.", {"label": "repair"}, 0.25, 0.5, false]);
    let found = read(columns, json!([row]), &[]).expect("a table with scores");
    assert_eq!((found.score.as_str(), found.rule), ("aggregate_score", ScoreRule::Aggregate));
    assert_eq!(found.table.score_names, ["aggregate_score", "wording", "label/match"]);
    assert_eq!(found.table.rows[0].scores["wording"], 0.5);
    assert_eq!(found.table.example_fields, ["ticket", "label"]);
    assert_eq!(found.inputs.iter().collect::<Vec<_>>(), ["ticket"]);
    assert_eq!(found.table.rows[0].prediction, *json!({"output": "Send it."}).as_object().expect("an object"));
}

#[test]
fn words_numbers_nulls_and_short_rows() {
    let columns = json!(["question", "relevance/v1/score", "polite/value", "polite/rationale", "correct"]);
    let data = json!([
        ["a", 4, "yes", "It says please", null],
        ["b", "NaN", "no", "", null],
        ["c", null, null, null, null],
        ["d"],
        "odd",
        ["a", 5, "yes", "Again", null],
    ]);
    let found = read(columns, data, &[]).expect("a table with scores");
    assert_eq!(found.table.score_names, ["relevance/v1", "polite"], "a column of nulls is no score");
    assert_eq!(scores(&found), [Some(4.0), None, None, None, None, Some(5.0)]);
    let polite: Vec<_> = found.table.rows.iter().map(|row| row.scores.get("polite").copied()).collect();
    assert_eq!(polite, [Some(1.0), Some(0.0), None, None, None, Some(1.0)]);
    assert_eq!(found.from_words, ["polite"]);
    assert_eq!(found.odd, 2);
    assert_eq!(found.table.rows[0].feedback.as_deref(), Some("It says please"));
    assert_eq!(found.table.rows[1].feedback, None);
}

#[test]
fn true_and_false_are_a_score_where_nothing_else_is() {
    let of =
        |columns: Json, row: Json, given: &[&str]| read(columns, json!([row]), given).map(|it| (it.score, it.rule));
    let told = of(json!(["q", "ok"]), json!(["a", true]), &["q"]);
    assert_eq!(told, Some(("ok".to_owned(), ScoreRule::TruthValues)));
    assert_eq!(of(json!(["q", "ok", "fine"]), json!(["a", true, false]), &["q"]), None, "which of them is not known");
    assert_eq!(of(json!(["q", "urgent"]), json!(["a", true]), &["q", "urgent"]), None, "it is an input");
    assert_eq!(of(json!(["question", "answer"]), json!(["a", "b"]), &[]), None);
    assert_eq!(of(json!(["q", "score"]), json!(["a", "high"]), &[]), None, "a word that says nothing");
    assert_eq!(users_table(Unmasked::new(json!([1])), &BTreeSet::new(), Reveal::Masked), None);
}
