//! What is told beside an optimization and its matrix – answers to examples, changes in candidates – against the files
//! and plain SQL.

use std::collections::BTreeMap;
use std::path::Path;

use dspyglass::analysis::evolution::Against;
use dspyglass::model::{Json, RunId};
use dspyglass::query::ask::Session;
use dspyglass::query::{self, ExampleCellOf, ScoreSource, TracesOfExamples};
use dspyglass::store::ReadCx;

use crate::support::{databases, files, json, reader, sql};

/// The parents of all optimizations of a database.
fn parents(database: &Path) -> Vec<RunId> {
    let question = "select distinct t.value from tags t join runs r on r.run_uuid = t.run_uuid \
                    where t.key = 'mlflow.parentRunId' and r.name like 'eval%'";
    sql(database, question).into_iter().map(|row| row[0].as_str().into()).collect()
}

#[test]
fn an_answer_and_its_feedback_are_those_of_the_table() {
    let (mut cells, mut answers, mut feedback) = (0, 0, 0);
    for database in databases() {
        let mut store = reader(&database);
        let cx = ReadCx::new();
        let mut session = Session::alone(store.as_mut(), &cx);
        for (run, path) in files(database.parent().expect("a folder"), "result_table.json") {
            let document = json(&path);
            let columns: Vec<&str> =
                document["columns"].as_array().into_iter().flatten().filter_map(Json::as_str).collect();
            for (row, stored) in document["data"].as_array().into_iter().flatten().enumerate() {
                let cell = session.ask(&ExampleCellOf { of: run.as_str().into(), row }).expect("read");
                let Some(cell) = cell.as_ref() else { panic!("{run} has row {row}") };
                cells += 1;
                let told = columns.iter().zip(stored.as_array().expect("a row"));
                let wanted: BTreeMap<&str, &Json> =
                    told.clone().filter_map(|(name, value)| Some((name.strip_prefix("pred_")?, value))).collect();
                if !wanted.is_empty() {
                    let answer = cell.answer.as_ref().expect("an answer");
                    assert!(!cell.is_from_trace && !answer.from_repr);
                    let told: BTreeMap<&str, &Json> = answer.fields.iter().map(|(name, it)| (&**name, it)).collect();
                    assert_eq!(told, wanted, "{run}, row {row}");
                    answers += 1;
                }
                let score = told.clone().find(|(name, _)| **name == "score").map(|(_, score)| score);
                if let Some(said) = score.and_then(|score| score["feedback"].as_str()) {
                    assert_eq!(cell.feedback, [(String::new(), said.to_owned())], "{run}, row {row}");
                    feedback += 1;
                }
            }
            let beyond = ExampleCellOf { of: run.as_str().into(), row: 100_000 };
            assert!(session.ask(&beyond).expect("read").is_none());
        }
    }
    assert!(cells > 100 && answers > 100 && feedback > 0, "{cells} {answers} {feedback}");
}

#[test]
fn an_answer_that_no_table_tells_is_that_of_its_trace() {
    let mut read = 0;
    for database in databases() {
        let mut store = reader(&database);
        let cx = ReadCx::new();
        let mut session = Session::alone(store.as_mut(), &cx);
        let tables = files(database.parent().expect("a folder"), "result_table.json");
        for parent in parents(&database) {
            let found = query::optimization(&mut session, &parent).expect("read").expect("an optimization");
            for one in found.evaluations.iter().filter(|one| !tables.contains_key(one.run_id.as_str())) {
                let links = session.ask(&TracesOfExamples((&one.run_id).into())).expect("read");
                for (row, link) in links.iter().enumerate() {
                    let cell = session.ask(&ExampleCellOf { of: (&one.run_id).into(), row }).expect("read");
                    let Some(cell) = cell.as_ref() else { continue };
                    assert_ne!(cell.source, ScoreSource::Table);
                    let Some(trace) = link.trace() else {
                        assert!(cell.answer.is_none(), "of no trace");
                        continue;
                    };
                    let question = format!(
                        "select s.content from spans s join trace_request_metadata m on m.request_id = s.trace_id \
                         and m.key = 'mlflow.sourceRun' where s.trace_id = '{trace}' and m.value = '{}' \
                         and coalesce(s.parent_span_id, '') = ''",
                        one.run_id
                    );
                    let Some(root) = sql(&database, &question).pop() else { continue };
                    let root: Json = serde_json::from_str(&root[0]).expect("json");
                    let outputs = root["attributes"]["mlflow.spanOutputs"].as_str().unwrap_or_default();
                    let Some(answer) = &cell.answer else { continue };
                    assert!(cell.is_from_trace);
                    // A prediction is stored as the text of its `repr`: every word of the answer stands in it.
                    for text in answer.fields.values().filter_map(Json::as_str) {
                        let head: String = text.chars().take_while(|c| c.is_alphanumeric() || *c == ' ').collect();
                        assert!(outputs.contains(&head), "{trace}: {head} is not in {outputs}");
                    }
                    read += 1;
                }
            }
        }
    }
    assert!(read > 0, "GEPA's evaluations have no table");
}

/// The instructions in a `model.json`, by the path of their predictor; a program that is one itself has none.
fn instructions(path: &Path) -> BTreeMap<String, String> {
    let document = json(path);
    let own = |part: &Json| part["signature"]["instructions"].as_str().map(str::to_owned);
    let of = |(path, part): (&String, &Json)| Some((path.clone(), own(part)?));
    let bare = own(&document).map(|text| (String::new(), text));
    document.as_object().into_iter().flatten().filter_map(of).chain(bare).collect()
}

#[test]
fn a_change_leads_from_the_text_of_one_file_to_that_of_the_other() {
    let (mut compared, mut bred) = (0, 0);
    for database in databases() {
        let home = database.parent().expect("a folder");
        let models = files(home, "model.json");
        let candidates = files(home, "candidates.json");
        let mut store = reader(&database);
        let cx = ReadCx::new();
        let mut session = Session::alone(store.as_mut(), &cx);
        for parent in parents(&database) {
            let found = query::optimization(&mut session, &parent).expect("read").expect("an optimization");
            for one in &found.evaluations {
                let told = query::program_change(&mut session, &parent, &one.run_id, None).expect("read");
                let told = told.expect("a candidate");
                assert_eq!(Some(told.candidate), found.candidate_of(&one.run_id));
                let (Some(diff), Some((base, base_run))) = (&told.diff, &told.base) else { continue };
                assert_ne!(*base, told.candidate, "nothing is compared with itself");
                let (Some(old), Some(new)) = (models.get(base_run.as_str()), models.get(told.run.as_str())) else {
                    continue;
                };
                let (old, new) = (instructions(old), instructions(new));
                for predictor in diff.predictors.iter().filter(|one| old.contains_key(&one.path)) {
                    assert_eq!(predictor.instructions.old(), old[&predictor.path], "{base_run} {}", predictor.path);
                    assert_eq!(
                        predictor.instructions.new_text(),
                        new[&predictor.path],
                        "{} {}",
                        told.run,
                        predictor.path
                    );
                    compared += 1;
                }
                if let (Against::Parent, Some(table)) = (told.against, candidates.get(parent.as_str())) {
                    is_bred_from(&json(table), &new, &old);
                    bred += 1;
                }
            }
        }
    }
    assert!(compared > 10 && bred > 0, "{compared} {bred}");
}

/// One of GEPA's candidates with these instructions has a parent with the others.
fn is_bred_from(table: &Json, new: &BTreeMap<String, String>, old: &BTreeMap<String, String>) {
    let columns: Vec<&str> = table["columns"].as_array().expect("columns").iter().filter_map(Json::as_str).collect();
    let rows = table["data"].as_array().expect("rows");
    let at = |name: &str| columns.iter().position(|column| *column == name).expect("a column");
    let texts = |row: &Json| -> BTreeMap<String, String> {
        let named = columns.iter().enumerate().filter_map(|(at, name)| Some((at, name.strip_prefix("text:")?)));
        let path = |name: &str| if name == "self" { String::new() } else { name.to_owned() };
        named.map(|(at, name)| (path(name), row[at].as_str().unwrap_or_default().to_owned())).collect()
    };
    let is = |row: &Json, wanted: &BTreeMap<String, String>| {
        texts(row).iter().all(|(path, text)| wanted.get(path).is_some_and(|one| one == text))
    };
    let is_child = |row: &&Json| is(row, new);
    let parents = |row: &Json| -> Vec<u64> {
        let told = &row[at("parent_ids")];
        let list = told.as_str().map_or_else(|| told.clone(), |text| serde_json::from_str(text).unwrap_or_default());
        list.as_array().into_iter().flatten().filter_map(Json::as_u64).collect()
    };
    // The table has no row of the first one, which is the seed.
    let row_of = |id: u64| rows.iter().find(|row| row[at("candidate_idx")].as_u64() == Some(id));
    let is_parent = |id: &u64| row_of(*id).map_or(*id == 0, |row| is(row, old));
    assert!(rows.iter().filter(is_child).any(|row| parents(row).iter().any(is_parent)), "{new:?} of {old:?}");
}
