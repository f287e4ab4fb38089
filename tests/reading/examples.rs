//! Fixed and broken examples and the traces that show them, against the files and plain SQL.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use dspyglass::model::{Json, RunId};
use dspyglass::query::ask::Session;
use dspyglass::query::{self, NoScores, NoTrace, ScoreSource, TraceLink};
use dspyglass::store::ReadCx;

use crate::support::{copy_of, databases, files, json, reader, sql};

/// An example of a run as a person would read it: what was asked, and how it was scored.
#[derive(Clone, Debug, PartialEq)]
struct Example {
    asked: String,
    answer: Option<Json>,
    score: Option<f64>,
}

fn score(cell: &Json) -> Option<f64> {
    match cell {
        Json::Bool(is_right) => Some(f64::from(u8::from(*is_right))),
        Json::Object(parts) => parts["score"].as_f64(),
        other => other.as_f64(),
    }
}

/// The recorded programs are asked a question or a ticket.
fn asked(inputs: &Json) -> Option<String> {
    ["question", "ticket"].iter().find_map(|key| inputs.get(*key)?.as_str()).map(str::to_owned)
}

/// The columns of an example.
fn columns(path: &Path) -> BTreeSet<String> {
    let document = json(path);
    let names = document["columns"].as_array().expect("columns").iter().filter_map(Json::as_str);
    names.filter(|name| name.starts_with("example_")).map(str::to_owned).collect()
}

fn from_table(path: &Path) -> Vec<Example> {
    let document = json(path);
    let columns: Vec<&str> = document["columns"].as_array().expect("columns").iter().filter_map(Json::as_str).collect();
    let at = |name: &str| columns.iter().position(|column| *column == name);
    let question = at("example_question").or(at("example_ticket")).expect("a question");
    // A program that only sorts its tickets gives no answer that could be compared.
    let answer = ["pred_answer", "pred_summary", "pred_reply"].into_iter().find_map(at);
    let rows = document["data"].as_array().expect("data").iter();
    let example = |row: &Json| Example {
        asked: row[question].as_str().expect("text").to_owned(),
        answer: answer.map(|answer| row[answer].clone()),
        score: score(&row[at("score").expect("scores")]),
    };
    rows.map(example).collect()
}

/// The root of a trace: what it was given and what it gave back.
fn root(database: &Path, traces: &BTreeMap<String, std::path::PathBuf>, trace: &str) -> Option<(Json, Json)> {
    let has_table = sql(database, "select 1 from sqlite_master where name = 'spans'").len() == 1;
    let from_table = has_table.then(|| {
        let question =
            format!("select content from spans where trace_id = '{trace}' and coalesce(parent_span_id, '') = ''");
        sql(database, &question).first().and_then(|row| serde_json::from_str::<Json>(&row[0]).ok())
    });
    let span = match from_table.flatten() {
        Some(span) => span,
        // Its root was lost: what a list shows of it is left.
        None if !traces.contains_key(trace) => {
            let question =
                format!("select request_preview, response_preview from trace_info where request_id = '{trace}'");
            let row = sql(database, &question).pop()?;
            return Some((serde_json::from_str(&row[0]).ok()?, serde_json::from_str(&row[1]).unwrap_or(Json::Null)));
        }
        None => {
            let document = json(&traces[trace]);
            let is_root = |span: &&Json| {
                let parent = span.get("parent_id").or(span.get("parent_span_id"));
                parent.is_none_or(|parent| parent.as_str().is_none_or(str::is_empty))
            };
            document["spans"].as_array()?.iter().find(is_root)?.clone()
        }
    };
    let value = |key: &str| -> Option<Json> { serde_json::from_str(span["attributes"][key].as_str()?).ok() };
    Some((value("mlflow.spanInputs")?, value("mlflow.spanOutputs").unwrap_or(Json::Null)))
}

fn traces_of(database: &Path, run: &str) -> Vec<String> {
    let question =
        format!("select request_id from trace_request_metadata where key = 'mlflow.sourceRun' and value = '{run}'");
    sql(database, &question).into_iter().map(|mut row| row.remove(0)).collect()
}

fn scores_of(database: &Path, run: &str) -> BTreeMap<String, f64> {
    if sql(database, "select 1 from sqlite_master where name = 'assessments'").is_empty() {
        return BTreeMap::new();
    }
    let question = format!(
        "select a.trace_id, a.value from assessments a join trace_request_metadata m on m.request_id = a.trace_id \
         and m.key = 'mlflow.sourceRun' where m.value = '{run}'"
    );
    let rows = sql(database, &question).into_iter();
    let read = |row: Vec<String>| Some((row[0].clone(), score(&serde_json::from_str(&row[1]).ok()?)?));
    rows.filter_map(read).collect()
}

/// Pairs by what was asked; of those asked several times, in their order.
fn joined<'a>(old: &'a [Example], new: &'a [Example]) -> Vec<(&'a Example, &'a Example)> {
    let mut left: Vec<&Example> = new.iter().collect();
    let pair = |one: &'a Example| {
        let at = left.iter().position(|other| other.asked == one.asked)?;
        Some((one, left.remove(at)))
    };
    old.iter().filter_map(pair).collect()
}

#[test]
fn examples_lead_to_the_traces_that_were_asked_them() {
    let (mut linked, mut unknown, mut pairs) = (0, BTreeMap::<String, usize>::new(), 0);
    for database in databases() {
        let home = database.parent().expect("a folder");
        let (tables, files) = (files(home, "result_table.json"), files(home, "traces.json"));
        let runs: Vec<&String> = tables.keys().collect();
        let mut store = reader(&database);
        let cx = ReadCx::new();
        for (a, b) in runs.iter().zip(runs.iter().skip(1)) {
            if columns(&tables[*a]) != columns(&tables[*b]) {
                continue; // of different programs: the examples are others, though questions may be the same
            }
            let compared =
                query::compare(&mut Session::alone(store.as_mut(), &cx), &a.as_str().into(), &b.as_str().into())
                    .expect("read");
            let told = compared.examples.expect("both have a table");
            assert_eq!(compared.sources, [ScoreSource::Table, ScoreSource::Table]);
            let (old, new) = (from_table(&tables[*a]), from_table(&tables[*b]));
            let all = joined(&old, &new);
            assert_eq!(told.joined, all.len());
            if !told.metric.is_same() {
                assert!(told.fixed.is_empty() && told.broken.is_empty(), "{}: {a} {b}", database.display());
                continue; // scores of two metrics say nothing together
            }
            let scores: Vec<f64> = old.iter().chain(&new).filter_map(|one| one.score).collect();
            let is_binary = scores.iter().all(|score| *score == 0.0 || *score == 1.0);
            let (low, high) = scores.iter().fold((f64::MAX, f64::MIN), |(a, b), score| (a.min(*score), b.max(*score)));
            let least = if is_binary { 1.0 } else { low + (high - low) / 2.0 };
            let right = |one: &Example| one.score.map(|score| score >= least);
            let changed = |from: bool| -> Vec<&str> {
                let is_it = |pair: &&(&Example, &Example)| (right(pair.0), right(pair.1)) == (Some(from), Some(!from));
                all.iter().filter(is_it).map(|pair| pair.0.asked.as_str()).collect()
            };
            for (list, from) in [(&told.fixed, false), (&told.broken, true)] {
                let questions: Vec<String> =
                    list.iter().filter_map(|one| asked(&Json::Object(one.inputs.clone()))).collect();
                assert_eq!(questions, changed(from), "{}: {a} {b}", database.display());
                pairs += 1;
                for (question, one) in questions.iter().zip(list) {
                    for ((run, examples), link) in [(*a, &old), (*b, &new)].into_iter().zip(&one.traces) {
                        let row = examples.iter().find(|row| row.asked == *question).expect("a row");
                        let of_run = traces_of(&database, run);
                        let roots = of_run.iter().filter_map(|id| Some((id, root(&database, &files, id)?)));
                        let fitting: BTreeSet<&str> = roots
                            .filter(|(_, (inputs, _))| asked(inputs).as_deref() == Some(question))
                            .filter(|(_, (_, outputs))| {
                                let given = ["answer", "summary", "reply"].iter().find_map(|key| outputs.get(*key));
                                given.is_none_or(|given| row.answer.as_ref().is_none_or(|answer| given == answer))
                            })
                            .map(|(id, _)| id.as_str())
                            .collect();
                        let place = format!("{}: {question} in {run}", database.display());
                        match link {
                            TraceLink::One(trace) => {
                                linked += 1;
                                assert!(fitting.contains(trace.as_str()), "{place}: {trace}");
                                assert_eq!(fitting.len(), 1, "{place}");
                            }
                            TraceLink::Unknown(why) => {
                                // A cut of a recording has fewer traces than its tables have rows.
                                if of_run.len() >= examples.len() {
                                    *unknown.entry(why.to_string()).or_default() += 1;
                                }
                                let is_so = match why {
                                    NoTrace::NoTraces => of_run.is_empty(),
                                    NoTrace::Several(n) => fitting.len() == *n,
                                    NoTrace::NoneWithInputs | NoTrace::OtherAnswer => fitting.is_empty(),
                                    NoTrace::SharedByRows(_) => {
                                        examples.iter().filter(|row| row.asked == *question).count() > 1
                                    }
                                    NoTrace::NotRead | NoTrace::OfAnyPrompt => false,
                                };
                                assert!(is_so, "{place}: {why}, {fitting:?}");
                            }
                        }
                    }
                }
            }
        }
    }
    println!("{pairs} lists, {linked} linked, {unknown:?}");
    assert!(linked > 10 && unknown.values().sum::<usize>() < linked / 10, "{linked} {unknown:?}");
}

#[test]
fn without_a_table_the_scores_on_the_traces_count() {
    let (mut from_traces, mut nothing) = (0, 0);
    for database in databases() {
        let home = database.parent().expect("a folder");
        let (tables, files) = (files(home, "result_table.json"), files(home, "traces.json"));
        let question = "select run_uuid from runs where name like 'eval%' and lifecycle_stage = 'active'";
        let runs: Vec<String> = sql(&database, question).into_iter().map(|mut row| row.remove(0)).collect();
        let parents: BTreeSet<String> = sql(&database, "select value from tags where key = 'mlflow.parentRunId'")
            .into_iter()
            .map(|mut row| row.remove(0))
            .collect();
        let bare: Vec<&String> = runs.iter().filter(|run| !tables.contains_key(*run)).collect();
        let mut store = reader(&database);
        for run in bare.into_iter().filter(|run| !parents.contains(*run)) {
            let id = RunId::from(run.as_str());
            let compared = query::compare(&mut Session::alone(store.as_mut(), &ReadCx::new()), &id, &id).expect("read");
            let scores = scores_of(&database, run);
            let traces = traces_of(&database, run);
            let place = format!("{}: {run}", database.display());
            match &compared.sources[0] {
                ScoreSource::Assessments { scored, examples, complete, .. } => {
                    from_traces += 1;
                    let mut by_question: BTreeMap<String, BTreeSet<Option<u64>>> = BTreeMap::new();
                    for trace in &traces {
                        let Some((inputs, _)) = root(&database, &files, trace) else { continue };
                        let score = scores.get(trace).map(|score| score.to_bits());
                        by_question.entry(asked(&inputs).expect("a question")).or_default().insert(score);
                    }
                    let agree = by_question.values().filter(|scores| scores.len() == 1 && !scores.contains(&None));
                    assert_eq!((*scored, *examples), (agree.count(), by_question.len()), "{place}");
                    assert!(*complete && compared.examples.is_some(), "{place}");
                }
                ScoreSource::Nothing(why) => {
                    nothing += 1;
                    let counts_completed = *why == NoScores::Completions;
                    let expected = match traces.is_empty() {
                        true => NoScores::NoTraces,
                        // GEPA on a Flex notes of each example whether it ran, which is no score.
                        false if counts_completed => NoScores::Completions,
                        false => NoScores::NoAssessments,
                    };
                    assert_eq!(*why, expected, "{place}");
                    assert!((counts_completed || scores.is_empty()) && compared.examples.is_none(), "{place}");
                }
                // Looked at where GEPA's tables are.
                ScoreSource::Valset { .. } => {}
                ScoreSource::Table | ScoreSource::UsersTable { .. } => panic!("{place}: there is no table"),
            }
        }
    }
    println!("{from_traces} from traces, {nothing} without scores");
    assert!(nothing > 0 && (from_traces > 0 || std::env::var_os("DSPYGLASS_STORES").is_none()), "{from_traces}");
}

/// What is told without the tables is what is told with them, as far as the traces have scores.
#[test]
fn a_store_that_lost_its_tables_still_tells_fixed_and_broken() {
    let (mut told, mut changed) = (0, 0);
    for database in databases() {
        let home = database.parent().expect("a folder");
        let copy = copy_of(&home.file_name().expect("a name").to_string_lossy());
        for path in files(copy.path(), "result_table.json").values() {
            std::fs::remove_file(path).expect("removed");
        }
        let (mut whole, mut bare) =
            (reader(&database), reader(&copy.path().join(database.file_name().expect("a name"))));
        let cx = ReadCx::new();
        // A cut of a recording has fewer traces than its tables have rows.
        let rows = files(home, "result_table.json");
        let is_scored = |run: &&String| {
            let (scores, traces) = (scores_of(&database, run), traces_of(&database, run));
            let is_whole = traces.len() >= from_table(&rows[*run]).len();
            !traces.is_empty() && is_whole && traces.iter().all(|trace| scores.contains_key(trace))
        };
        let runs: Vec<&String> = rows.keys().filter(is_scored).collect();
        for (a, b) in runs.iter().zip(runs.iter().skip(1)) {
            let (a, b) = (RunId::from(a.as_str()), RunId::from(b.as_str()));
            let with = query::compare(&mut Session::alone(whole.as_mut(), &cx), &a, &b).expect("read");
            let without = query::compare(&mut Session::alone(bare.as_mut(), &cx), &a, &b).expect("read");
            assert!(without.sources.iter().all(|source| matches!(source, ScoreSource::Assessments { .. })), "{a} {b}");
            let (with, without) = (with.examples.expect("tables"), without.examples.expect("assessments"));
            told += 1;
            let lists = [(&with.fixed, &without.fixed), (&with.broken, &without.broken)];
            for (with, without) in lists {
                let sorted = |list: &[query::ExampleChange]| -> BTreeSet<(String, Option<String>, Option<String>)> {
                    let id = |link: &TraceLink| link.trace().map(ToString::to_string);
                    let question =
                        |one: &query::ExampleChange| asked(&Json::Object(one.inputs.clone())).expect("asked");
                    list.iter().map(|one| (question(one), id(&one.traces[0]), id(&one.traces[1]))).collect()
                };
                assert_eq!(sorted(with), sorted(without), "{}: {a} {b}", database.display());
                changed += with.len();
            }
        }
    }
    println!("{told} comparisons, {changed} examples");
    assert!(told > 0 && changed > 0, "{told} {changed}");
}

/// Where a table and assessments both tell, they tell the same.
#[test]
fn scores_on_traces_are_those_of_the_table() {
    let mut compared = 0;
    for database in databases() {
        let home = database.parent().expect("a folder");
        let (tables, files) = (files(home, "result_table.json"), files(home, "traces.json"));
        for (run, path) in &tables {
            let rows = from_table(path);
            for (trace, score) in scores_of(&database, run) {
                let Some((inputs, _)) = root(&database, &files, &trace) else { continue };
                let Some(question) = asked(&inputs) else { continue };
                let of_question: Vec<&Example> = rows.iter().filter(|row| row.asked == question).collect();
                if let [one] = of_question.as_slice() {
                    compared += 1;
                    // Tables are written with ten digits.
                    let of_table = one.score.expect("a score");
                    assert!((of_table - score).abs() < 1e-9, "{}: {question} in {run}", database.display());
                }
            }
        }
    }
    assert!(compared > 5, "{compared}");
}
