//! What is told beside the spans of a trace, against the files of its run and plain SQL.

use std::collections::BTreeMap;
use std::path::Path;

use dspyglass::model::{Json, TraceId};
use dspyglass::query::ask::Session;
use dspyglass::query::{
    ExpectedBy, ProgramOfTrace, PromptOfTrace, SameExampleOf, ScoreSource, SessionTurnOf, TraceAnswerOf, TraceExampleOf,
};
use dspyglass::store::ReadCx;

use crate::support::{databases, files, json, reader, sql};

/// A `result_table.json`, row by row: column and cell.
fn rows(path: &Path) -> Vec<BTreeMap<String, Json>> {
    let document = json(path);
    let names: Vec<String> = document["columns"]
        .as_array()
        .expect("columns")
        .iter()
        .map(|name| name.as_str().expect("a name").to_owned())
        .collect();
    let data = document["data"].as_array().expect("data").iter();
    data.map(|row| names.iter().cloned().zip(row.as_array().expect("a row").iter().cloned()).collect()).collect()
}

/// A score as a cell holds it.
fn score(cell: &Json) -> Option<f64> {
    match cell {
        Json::Bool(is_right) => Some(f64::from(u8::from(*is_right))),
        Json::String(text) => text.parse().ok(),
        Json::Object(parts) => score(parts.get("score")?),
        other => other.as_f64(),
    }
}

/// Cells are texts where MLflow made them so.
fn loose(value: &Json) -> String {
    match value {
        Json::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// The inputs and outputs of a root by the table of spans.
fn root(database: &Path, trace: &str) -> Option<(Json, Json)> {
    let question =
        format!("select content from spans where trace_id = '{trace}' and coalesce(parent_span_id, '') = '' limit 1");
    let span: Json = serde_json::from_str(&sql(database, &question).pop()?.pop()?).ok()?;
    let attribute = |key: &str| -> Option<Json> {
        let text = span["attributes"].get(key)?.as_str()?;
        serde_json::from_str(text).ok()
    };
    Some((attribute("mlflow.spanInputs")?, attribute("mlflow.spanOutputs").unwrap_or(Json::Null)))
}

fn has(database: &Path, table: &str) -> bool {
    !sql(database, &format!("select 1 from sqlite_master where name = '{table}'")).is_empty()
}

fn traces_of(database: &Path, run: &str) -> Vec<String> {
    let question = format!(
        "select distinct request_id from trace_request_metadata where key = 'mlflow.sourceRun' and value = '{run}' order by 1"
    );
    sql(database, &question).into_iter().map(|mut row| row.remove(0)).collect()
}

/// No more traces of one run are looked at.
const TRACES: usize = 12;

#[test]
fn a_trace_has_the_score_and_the_expected_fields_of_its_row() {
    let (mut sure, mut other, mut fields, mut same) = (0, 0, 0, 0);
    for database in databases().into_iter().filter(|database| has(database, "spans")) {
        let tables = files(database.parent().expect("a folder"), "result_table.json");
        let mut store = reader(&database);
        let cx = ReadCx::new();
        let mut session = Session::alone(store.as_mut(), &cx);
        for (run, path) in &tables {
            let rows = rows(path);
            for trace in traces_of(&database, run).into_iter().take(TRACES) {
                let Some((inputs, outputs)) = root(&database, &trace) else { continue };
                let Json::Object(given) = &inputs else { continue };
                let given = match given.get("kwargs") {
                    Some(Json::Object(kwargs)) if given.len() <= 2 => kwargs,
                    _ => given,
                };
                let place = format!("{}: {trace} in {run}", database.display());
                let id = TraceId::from(trace.as_str());
                let told = session.ask(&TraceExampleOf(id.clone())).expect("read");
                let fits = |row: &&BTreeMap<String, Json>| {
                    let mut shared =
                        given.iter().filter_map(|(name, value)| Some((row.get(&format!("example_{name}"))?, value)));
                    shared.clone().count() > 0 && shared.all(|(cell, value)| loose(cell) == loose(value))
                };
                let Some(told) = told.as_ref() else {
                    let examples: Vec<String> = rows.iter().filter(fits).map(|row| format!("{row:?}")).collect();
                    // None fits, or several that are not the same.
                    assert!(examples.is_empty() || examples.iter().any(|one| *one != examples[0]), "{place}");
                    continue;
                };
                assert_eq!(told.of.run.as_str(), run);
                assert_eq!(told.source, ScoreSource::Table, "{place}");
                let row = &rows[told.row];
                assert!(fits(&row), "{place}: row {}", told.row);
                if told.unsure.is_none() {
                    sure += 1;
                    assert_eq!(told.score, score(&row["score"]), "{place}");
                } else {
                    other += 1;
                    assert!(told.score.is_none() || told.score == score(&row["score"]), "{place}");
                }
                let wanted: BTreeMap<&str, &Json> = row
                    .iter()
                    .filter_map(|(name, cell)| Some((name.strip_prefix("example_")?, cell)))
                    .filter(|(name, _)| !given.contains_key(*name))
                    .collect();
                assert_eq!(
                    told.expected.iter().map(|(name, value)| (name.as_str(), value)).collect::<BTreeMap<_, _>>(),
                    wanted
                );
                let answer = session.ask(&TraceAnswerOf(id)).expect("read");
                for field in answer.expected.iter().filter(|field| field.by == ExpectedBy::Example) {
                    fields += 1;
                    assert_eq!(wanted[field.name.as_str()], &field.expected, "{place}");
                    if let Json::Object(outputs) = &outputs {
                        assert_eq!(field.answered.as_ref(), outputs.get(&field.name), "{place}: {}", field.name);
                    }
                    same += usize::from(field.is_same() == Some(true));
                    if let Some(diff) = &field.diff {
                        assert_eq!(Some(diff.old().as_str()), field.expected.as_str(), "{place}");
                        assert_eq!(Some(diff.new_text().as_str()), field.answered.as_ref().and_then(Json::as_str));
                    }
                }
            }
        }
    }
    println!("{sure} sure, {other} not, {fields} expected fields, {same} of them answered so");
    assert!(sure > 20 && fields > 20 && same > 0, "{sure} {other} {fields} {same}");
}

#[test]
fn the_same_example_elsewhere_is_in_the_other_tables() {
    let mut compared = 0;
    for database in databases().into_iter().filter(|database| has(database, "spans")) {
        let tables = files(database.parent().expect("a folder"), "result_table.json");
        let mut store = reader(&database);
        let cx = ReadCx::new();
        let mut session = Session::alone(store.as_mut(), &cx);
        for (run, path) in &tables {
            let own = rows(path);
            for trace in traces_of(&database, run).into_iter().take(2) {
                let id = TraceId::from(trace.as_str());
                let example = session.ask(&TraceExampleOf(id.clone())).expect("read");
                let Some(example) = example.as_ref() else { continue };
                let same = session.ask(&SameExampleOf(id)).expect("read");
                let Some(same) = same.as_ref() else { continue };
                let place = format!("{}: {trace} in {run}", database.display());
                let row = &own[example.row];
                for one in same.others.iter().filter(|one| tables.contains_key(one.of.run.as_str())) {
                    let there = rows(&tables[one.of.run.as_str()]);
                    let there = &there[one.row];
                    let mut shared =
                        row.iter().filter(|(name, _)| name.starts_with("example_") && there.contains_key(*name));
                    assert!(shared.clone().count() > 0 && shared.all(|(name, cell)| there[name] == *cell), "{place}");
                    assert_eq!(one.score, score(&there["score"]), "{place} and {}", one.of.run);
                    let is_right = same.rule.zip(one.score).map(|(rule, score)| score >= rule.threshold);
                    assert_eq!(one.is_right, is_right);
                    assert_ne!(one.of.run.as_str(), run);
                    compared += 1;
                }
                let best = same.worth_comparing(example.score);
                let has_right = same.others.iter().any(|one| one.is_right == Some(true));
                if same.is_right == Some(false) && has_right {
                    assert_eq!(best.and_then(|one| one.is_right), Some(true), "{place}");
                }
            }
        }
    }
    println!("{compared} compared");
    assert!(compared > 20, "{compared}");
}

#[test]
fn turns_of_a_session_are_in_the_order_of_their_start() {
    let mut turns = 0;
    for database in databases() {
        let columns = sql(&database, "select name from pragma_table_info('trace_info')");
        if !columns.iter().any(|row| row[0] == "session_id") {
            continue;
        }
        let question = "select request_id, session_id, experiment_id from trace_info where coalesce(session_id, '') <> '' \
                        order by timestamp_ms, request_id";
        let mut by_session: BTreeMap<(String, String), Vec<String>> = BTreeMap::new();
        for row in sql(&database, question) {
            let first = match serde_json::from_str::<Json>(&row[1]) {
                Ok(Json::Array(items)) => items[0].as_str().expect("a text").to_owned(),
                _ => row[1].clone(),
            };
            by_session.entry((row[2].clone(), first)).or_default().push(row[0].clone());
        }
        let mut store = reader(&database);
        let cx = ReadCx::new();
        let mut session = Session::alone(store.as_mut(), &cx);
        for ((_, name), traces) in by_session {
            for (at, trace) in traces.iter().enumerate() {
                let told = session.ask(&SessionTurnOf(TraceId::from(trace.as_str()))).expect("read");
                let told = told.as_ref().clone().expect("a turn");
                let beside = |at: Option<usize>| at.and_then(|at| traces.get(at)).cloned();
                assert_eq!((&*told.session, told.position, told.turns), (name.as_str(), at, traces.len()));
                assert_eq!(told.previous.map(|id| id.to_string()), beside(at.checked_sub(1)));
                assert_eq!(told.next.map(|id| id.to_string()), beside(Some(at + 1)));
                turns += 1;
            }
        }
    }
    assert!(turns > 5, "{turns}");
}

#[test]
fn the_program_is_that_of_the_run_or_the_only_one_with_these_instructions() {
    let (mut own, mut inferred, mut open) = (0, 0, 0);
    for database in databases().into_iter().filter(|database| has(database, "spans")) {
        let models = files(database.parent().expect("a folder"), "model.json");
        let parents = sql(&database, "select distinct value from tags where key = 'mlflow.parentRunId'");
        let mut store = reader(&database);
        let cx = ReadCx::new();
        let mut session = Session::alone(store.as_mut(), &cx);
        for run in models.keys().filter(|run| parents.iter().all(|row| row[0] != **run)) {
            for trace in traces_of(&database, run).iter().take(2) {
                let told = session.ask(&ProgramOfTrace(TraceId::from(trace.as_str()))).expect("read");
                let told = told.as_ref().as_ref().expect("the run has a program");
                assert_eq!((told.run.as_str(), told.inferred.as_ref()), (run.as_str(), None), "{trace}");
                own += 1;
            }
        }
        for row in &parents {
            for trace in traces_of(&database, &row[0]).iter().take(TRACES) {
                let told = session.ask(&ProgramOfTrace(TraceId::from(trace.as_str()))).expect("read");
                let Some(told) = told.as_ref() else {
                    open += 1;
                    continue;
                };
                // An optimization has no state of its own while it runs.
                let why = told.inferred.as_deref().unwrap_or_default();
                assert!(why.contains("has the instructions of this trace"), "{}: {trace} {why}", database.display());
                let path = models.get(told.run.as_str());
                let Some(model) = path.map(|path| std::fs::read_to_string(path).expect("read")) else { continue };
                let question =
                    format!("select content from spans where trace_id = '{trace}' and name like '%Adapter.format%'");
                let shown = sql(&database, &question);
                let model: Json = serde_json::from_str(&model).expect("json");
                let known: Vec<&str> = instructions(&model);
                for content in shown.iter().map(|row| row[0].as_str()) {
                    // As the repr of a signature writes them, and as JSON writes that.
                    let is_there = |text: &&&str| {
                        let first = text.lines().next().unwrap_or_default();
                        content.contains(&first[..first.floor_char_boundary(40)])
                    };
                    assert!(known.iter().any(|text| is_there(&text)), "{trace}: {known:?}");
                }
                inferred += 1;
            }
        }
    }
    println!("{own} of their run, {inferred} inferred, {open} open");
    assert!(own > 20 && inferred > 0, "{own} {inferred} {open}");
}

/// The instructions of a saved program.
fn instructions(model: &Json) -> Vec<&str> {
    // A predictor alone is the whole program.
    let signatures = model.as_object().into_iter().flat_map(|map| map.values()).chain([model]);
    signatures.filter_map(|one| one.get("signature")?.get("instructions")?.as_str()).collect()
}

#[test]
fn the_prompt_behind_an_answer_is_a_call_of_the_predictor_that_wrote_it() {
    let (mut calls, mut told_by_field) = (0, 0);
    for database in databases().into_iter().filter(|database| has(database, "spans")) {
        let mut store = reader(&database);
        let cx = ReadCx::new();
        let mut session = Session::alone(store.as_mut(), &cx);
        for row in sql(&database, "select request_id from trace_info order by 1 limit 60") {
            let id = TraceId::from(row[0].as_str());
            let found = session.ask(&PromptOfTrace(id.clone())).expect("read");
            let question = format!("select span_id from spans where trace_id = '{id}' and type = 'CHAT_MODEL' limit 1");
            let has_call = !sql(&database, &question).is_empty();
            let Some(span) = found.as_ref() else {
                assert!(!has_call, "{}: {id}", database.display());
                continue;
            };
            let question = format!(
                "select s.type, p.type, p.content from spans s left join spans p on p.trace_id = s.trace_id \
                 and p.span_id = s.parent_span_id where s.trace_id = '{id}' and s.span_id like '%{}'",
                span.id
            );
            let Some(call) = sql(&database, &question).pop() else { continue };
            // A module that calls a model by itself has a span of a model's kind, too.
            assert!(matches!(call[0].as_str(), "CHAT_MODEL" | "LLM"), "{}: {id} {}", database.display(), call[0]);
            calls += 1;
            let answer = session.ask(&TraceAnswerOf(id.clone())).expect("read");
            let wrong = answer.expected.iter().find(|field| field.is_same() == Some(false));
            if let Some(field) = wrong.filter(|_| call[0] == "CHAT_MODEL" && call[1] == "LLM") {
                told_by_field += usize::from(call[2].contains(&field.name));
            }
        }
    }
    println!("{calls} calls, {told_by_field} by a field");
    assert!(calls > 30 && told_by_field > 0, "{calls} {told_by_field}");
}
