//! What GEPA's tables tell of its evaluations, against the files, plain SQL and the words of the
//! predictions themselves.

use std::collections::BTreeMap;
use std::path::Path;

use dspyglass::model::{Json, ProgramSource, RunId};
use dspyglass::query::ask::Session;
use dspyglass::query::{self, ScoreSource};
use dspyglass::store::ReadCx;
use rusqlite::Connection;

use crate::support::{copy_of, databases, files, json, reader, sql};

/// GEPA's evaluations that have no table of their own, by the id of their optimization.
fn bare_evaluations(database: &Path, parent: &str) -> Vec<(String, f64)> {
    let question = format!(
        "select r.run_uuid, m.value || '' from runs r join latest_metrics m on m.run_uuid = r.run_uuid and m.key = 'eval' \
         where r.name like 'eval_full_%' and r.start_time between (select start_time from runs where run_uuid = '{parent}') \
         and (select end_time from runs where run_uuid = '{parent}') \
         and r.experiment_id = (select experiment_id from runs where run_uuid = '{parent}') order by r.start_time"
    );
    sql(database, &question).into_iter().map(|row| (row[0].clone(), row[1].parse().expect("a score"))).collect()
}

/// The scores of a candidate in the order of the validation ids.
fn scores_of(table: &Json, candidate: usize) -> Option<Vec<f64>> {
    let columns: Vec<&str> = table["columns"].as_array()?.iter().filter_map(Json::as_str).collect();
    let rows = table["data"].as_array()?;
    let row = rows.iter().find(|row| row[0].as_u64() == Some(candidate as u64))?;
    let mut scores: BTreeMap<usize, f64> = BTreeMap::new();
    for (name, cell) in columns.iter().zip(row.as_array()?).skip(2) {
        scores.insert(name.parse().ok()?, cell.as_f64()?);
    }
    Some(scores.into_values().collect())
}

/// The text of the prediction that the root of a trace gave back, by what it was given.
fn predictions(database: &Path, run: &str) -> BTreeMap<String, String> {
    let question = format!(
        "select s.content from spans s join trace_request_metadata m on m.request_id = s.trace_id \
         and m.key = 'mlflow.sourceRun' where m.value = '{run}' and coalesce(s.parent_span_id, '') = ''"
    );
    let read = |row: Vec<String>| {
        let span: Json = serde_json::from_str(&row[0]).ok()?;
        let value = |key: &str| serde_json::from_str::<Json>(span["attributes"][key].as_str()?).ok();
        let outputs = value("mlflow.spanOutputs")?;
        Some((value("mlflow.spanInputs")?.to_string(), outputs[0].as_str()?.to_owned()))
    };
    sql(database, &question).into_iter().filter_map(read).collect()
}

#[test]
fn gepas_scores_are_those_of_the_table_beside_the_optimization() {
    let (mut evaluations, mut answers, mut judged) = (0, 0, 0);
    for database in databases() {
        let home = database.parent().expect("a folder");
        let own = files(home, "result_table.json");
        for (parent, path) in files(home, "valset_scores.json") {
            let (table, Some(valset)) = (json(&path), files(home, "valset.json").remove(&parent)) else { continue };
            let valset = json(&valset);
            let fields: Vec<&str> =
                valset["columns"].as_array().expect("columns").iter().filter_map(Json::as_str).collect();
            let mut store = reader(&database);
            let bare = bare_evaluations(&database, &parent).into_iter().filter(|(run, _)| !own.contains_key(run));
            for (at, (run, score)) in bare.enumerate() {
                let id = RunId::from(run.as_str());
                let compared =
                    query::compare(&mut Session::alone(store.as_mut(), &ReadCx::new()), &id, &id).expect("read");
                let expected = scores_of(&table, at + 1).expect("a row");
                let mean = 100.0 * expected.iter().sum::<f64>() / expected.len() as f64;
                assert!((mean - score).abs() < 0.0051, "{run}: the row means are the scores of the evaluations");
                let wanted = ScoreSource::Valset { parent: RunId::from(parent.as_str()), candidate: at + 1 };
                assert_eq!(compared.sources[0], wanted, "{run}");
                let examples = compared.examples.expect("scores");
                let (n, right) = (expected.len(), examples.rules[0].expect("a rule"));
                assert_eq!((examples.joined, examples.scored, compared.rows), (n, n, [Some(n), Some(n)]), "{run}");
                assert_eq!(examples.right[0], expected.iter().filter(|score| right.is_right(**score)).count());
                evaluations += 1;
                // The seed's own table holds the other side.
                let seed = own.keys().find(|run| {
                    let name = format!("select name from runs where run_uuid = '{run}'");
                    let of_parent = format!("select 1 from tags where run_uuid = '{run}' and value = '{parent}'");
                    sql(&database, &name)[0][0] == "eval_0" && !sql(&database, &of_parent).is_empty()
                });
                let seed = RunId::from(seed.expect("an evaluation of the seed").as_str());
                let diff =
                    query::compare(&mut Session::alone(store.as_mut(), &ReadCx::new()), &seed, &id).expect("read");
                let diff = diff.examples.expect("scores of both");
                assert!(diff.metric.is_same() && diff.scored == n, "{run}: {diff:?}");
                let texts = predictions(&database, &run);
                for one in diff.fixed.iter().chain(&diff.broken) {
                    let row = valset["data"].as_array().expect("rows").iter().position(|row| {
                        fields
                            .iter()
                            .enumerate()
                            .all(|(at, field)| one.inputs.get(*field).or(one.expected.get(*field)) == Some(&row[at]))
                    });
                    assert_eq!(one.new, expected[row.expect("an example of the valset")], "{run}");
                    let Some(answer) = &one.answers[1] else { continue };
                    assert!(answer.from_repr, "{run}: only its text was stored");
                    let text = &texts[&Json::Object(one.inputs.clone()).to_string()];
                    for (field, value) in &answer.fields {
                        assert!(text.contains(&format!("{field}=")), "{field} in {text}");
                        if let Some(value) = value.as_str().filter(|value| !value.contains(['\'', '"', '\\', '\n'])) {
                            assert!(text.contains(&format!("{field}='{value}'")), "{field} in {text}");
                        }
                    }
                    answers += 1;
                    // The recorded arithmetic is judged by equality.
                    if let (Some(expected), Some(given)) = (one.expected.get("answer"), answer.fields.get("answer"))
                        && one.inputs.contains_key("question")
                        && !one.inputs.contains_key("document")
                    {
                        assert_eq!(one.new == 1.0, expected == given, "{run}: {expected} {given}");
                        judged += 1;
                    }
                }
            }
        }
    }
    println!("{evaluations} evaluations, {answers} answers, {judged} judged");
    assert!(evaluations >= 2 && answers > 0 && judged > 0, "{evaluations} {answers} {judged}");
}

#[test]
fn the_family_tree_has_scores_of_every_candidate() {
    let database = copy_of("gepa-3.17");
    let database = database.path().join("mlflow.db");
    let parent = sql(&database, "select run_uuid from runs where name = 'gepa with lineage'")[0][0].clone();
    let tree = query::family_tree(
        &mut Session::alone(reader(&database).as_mut(), &ReadCx::new()),
        &RunId::from(parent.as_str()),
    );
    let tree = tree.expect("read").expect("GEPA's");
    // The table lacks the seed, whose evaluation has a table of its own.
    let own = files(database.parent().expect("a folder"), "result_table.json");
    let table = json(own.values().next().expect("the seed's"));
    let at = table["columns"].as_array().expect("columns").iter().position(|name| name == "score").expect("scores");
    let expected: Vec<f64> =
        table["data"].as_array().expect("rows").iter().filter_map(|row| row[at]["score"].as_f64()).collect();
    let told: Vec<f64> = tree.candidates[0].scores.iter().map(|(_, score)| *score).collect();
    assert_eq!(told, expected);
    assert!(tree.candidates.iter().all(|one| one.scores.len() == expected.len()));
}

/// A program that holds a `dspy.Retrieve` saves nothing of itself: neither files nor params.
#[test]
fn without_saved_programs_gepas_tables_tell_the_instructions() {
    let copy = copy_of("gepa-3.17");
    let database = copy.path().join("mlflow.db");
    for name in ["model.json", "best_model.json"] {
        for path in files(copy.path(), name).values() {
            std::fs::remove_file(path).expect("removed");
        }
    }
    let connection = Connection::open(&database).expect("opened");
    connection.execute("delete from params where key like '%.signature.%'", []).expect("deleted");
    drop(connection);
    let question = "select name, run_uuid from runs order by start_time";
    let runs: BTreeMap<String, RunId> =
        sql(&database, question).into_iter().map(|row| (row[0].clone(), RunId::from(row[1].as_str()))).collect();
    let parent = &runs["gepa with lineage"];
    let candidates = json(&files(copy.path(), "candidates.json")[parent.as_str()]);
    let text_at = candidates["columns"].as_array().expect("columns").iter().position(|name| name == "text:self");
    let text_of = |row: usize| candidates["data"][row][text_at.expect("texts")].as_str().expect("text").to_owned();
    let seed = sql(&database, "select value from params where key = 'summary/seed/self'")[0][0].clone();
    let mut store = reader(&database);
    let expected = [
        ("eval_0", ProgramSource::SeedParams, seed.clone()),
        ("eval_full_0", ProgramSource::Candidates, text_of(0)),
        ("eval_full_1", ProgramSource::Candidates, text_of(1)),
    ];
    for (name, source, text) in &expected {
        let program =
            query::program(&mut Session::alone(store.as_mut(), &ReadCx::new()), &runs[*name], false).expect("read");
        let program = program.unwrap_or_else(|| panic!("{name} has a place in GEPA's tables"));
        assert_eq!((program.source, program.complete, program.predictors.len()), (*source, false, 1), "{name}");
        assert_eq!(program.predictors[0].instructions.as_ref(), Some(text), "{name}");
    }
    let compared =
        query::compare(&mut Session::alone(store.as_mut(), &ReadCx::new()), &runs["eval_0"], &runs["eval_full_1"])
            .expect("read");
    let program = compared.program.expect("instructions of both");
    assert!(!program.same && !program.complete);
    assert_eq!(
        (program.predictors[0].instructions.old(), program.predictors[0].instructions.new_text()),
        (seed, text_of(1))
    );
    assert_eq!(compared.examples.expect("scores of both").scored, 4);
    // The family tree knows whose evaluation is whose, and the optimization its programs.
    let tree =
        query::family_tree(&mut Session::alone(store.as_mut(), &ReadCx::new()), parent).expect("read").expect("GEPA's");
    let users: Vec<&RunId> = tree.candidates.iter().flat_map(|one| &one.run_ids).collect();
    assert_eq!(users, [&runs["eval_0"], &runs["eval_full_0"], &runs["eval_full_1"]]);
    let found =
        query::optimization(&mut Session::alone(store.as_mut(), &ReadCx::new()), parent).expect("read").expect("a run");
    assert_eq!(found.seed.expect("a seed").run_ids, [runs["eval_0"].clone()]);
    assert!(found.programs.iter().all(Option::is_some));
}
