//! Programs and their differences, against a plain walk over the files that DSPy wrote.

use std::collections::BTreeMap;
use std::path::Path;

use dspyglass::analysis::program_diff::{ChangeKind, diff_programs};
use dspyglass::analysis::program_state::{from_json, from_params};
use dspyglass::model::{Json, Program, ProgramSource, Reveal, RunId, Unmasked};
use dspyglass::query;
use dspyglass::query::ask::Session;
use dspyglass::store::{OpenOptions, ReadCx, RunQuery, RunScope, Store, open};
use serde_json::json;

use crate::support::{databases, files};

type Object = serde_json::Map<String, Json>;

fn read(path: &Path) -> Json {
    serde_json::from_slice(&std::fs::read(path).expect("read")).expect("json")
}

/// Path and state of each predictor, as a person would find them in the file.
fn bodies(document: &Json) -> Vec<(String, Object)> {
    let mut document = document.as_object().expect("an object").clone();
    document.remove("metadata");
    // A program that is itself a predictor, or a Flex with its source, has no path.
    if document.get("demos").is_some_and(Json::is_array) || document.contains_key("module_src") {
        return vec![(String::new(), document)];
    }
    document.into_iter().map(|(path, body)| (path, body.as_object().expect("a predictor").clone())).collect()
}

/// What counts of a file: no metadata, no history.
fn doing(document: &Json) -> BTreeMap<String, Object> {
    let strip = |(path, mut body): (String, Object)| {
        body.remove("traces");
        body.remove("train");
        (path, body)
    };
    bodies(document).into_iter().map(strip).collect()
}

fn assert_equal(program: &Program, document: &Json, place: &str) {
    assert!(program.complete && program.state_hash.is_some(), "{place}");
    if let Some(source) = document.get("module_src").and_then(Json::as_str) {
        // A Flex has no predictors but its source.
        assert!(format!("{program:?}").contains(source.lines().next().expect("a line")), "{place}");
        return;
    }
    let bodies = bodies(document);
    assert_eq!(program.predictors.len(), bodies.len(), "{place}");
    for (predictor, (path, body)) in program.predictors.iter().zip(bodies) {
        assert_eq!(predictor.path, path, "{place}");
        let signature = body.get("signature");
        let text = |value: Option<&Json>| value.and_then(Json::as_str).map(str::to_owned);
        assert_eq!(predictor.instructions, text(signature.and_then(|it| it.get("instructions"))), "{place}");
        let fields = signature.and_then(|it| it.get("fields")).and_then(Json::as_array).cloned().unwrap_or_default();
        let told: Vec<Json> = predictor
            .fields
            .iter()
            .map(|field| json!({"prefix": field.prefix, "description": field.description}))
            .collect();
        assert_eq!(told, fields, "{place}");
        let demos: Vec<Json> = predictor.demos.iter().map(|demo| Json::Object(demo.values.clone())).collect();
        assert_eq!(Json::Array(demos), body.get("demos").cloned().unwrap_or(json!([])), "{place}");
        for (demo, raw) in predictor.demos.iter().zip(body.get("demos").and_then(Json::as_array).into_iter().flatten())
        {
            assert_eq!(demo.is_bootstrapped(), raw.get("augmented") == Some(&json!(true)));
        }
        assert_eq!(predictor.lm, body.get("lm").filter(|lm| !lm.is_null()).cloned(), "{place}");
        assert_eq!(predictor.module_src, text(body.get("module_src")), "{place}");
        let fitted: Object = predictor
            .fields
            .iter()
            .filter(|field| !field.fitted.is_empty())
            .map(|field| (field.name.clone().expect("a name"), Json::Object(field.fitted.clone())))
            .collect();
        assert_eq!(Json::Object(fitted), body.get("fields").cloned().unwrap_or(json!({})), "{place}");
        let known = ["signature", "demos", "lm", "traces", "train", "module_src", "fields"];
        let other: Object = body.into_iter().filter(|(key, _)| !known.contains(&&**key)).collect();
        assert_eq!(predictor.other, other, "{place}");
    }
}

fn opened(database: &Path) -> Box<dyn Store> {
    open(database, &OpenOptions::default()).expect("opens")
}

fn all_runs(store: &mut dyn Store, cx: &ReadCx) -> Vec<RunId> {
    let query = RunQuery::new(RunScope::All).with_deleted();
    store.runs(cx, &query).expect("runs").into_iter().map(|run| run.id).collect()
}

#[test]
fn every_program_is_what_its_file_says() {
    let mut seen = [0, 0, 0];
    for database in databases() {
        let home = database.parent().expect("a folder");
        let (models, best) = (files(home, "model.json"), files(home, "best_model.json"));
        let candidates = files(home, "candidates.json");
        let mut store = opened(&database);
        let cx = ReadCx::new().with_reveal(Reveal::Revealed);
        for run in all_runs(&mut *store, &cx) {
            let place = format!("{} {run}", database.display());
            let program = query::program(&mut Session::alone(&mut *store, &cx), &run, false).expect("read");
            match (program, models.get(run.as_str()), best.get(run.as_str())) {
                (Some(program), Some(file), _) => {
                    assert_eq!(program.source, ProgramSource::ModelJson, "{place}");
                    assert_equal(&program, &read(file), &place);
                    seen[0] += 1;
                }
                (Some(program), None, Some(file)) => {
                    assert_eq!(program.source, ProgramSource::BestModelJson, "{place}");
                    assert_equal(&program, &read(file), &place);
                }
                (Some(program), None, None) => {
                    // Of an optimization of prompts, which logs no program, GEPA's tables tell the texts.
                    let told = match program.source {
                        ProgramSource::Candidates | ProgramSource::SeedParams => candidates.contains_key(run.as_str()),
                        source => source == ProgramSource::Params,
                    };
                    assert!(told, "{place}: {:?}", program.source);
                    assert!(!program.complete && program.state_hash.is_none(), "{place}");
                    seen[2] += 1;
                }
                (None, model, best) => assert!(model.is_none() && best.is_none(), "{place}"),
            }
            let program = query::program_state(&mut Session::alone(&mut *store, &cx), &run, true).expect("read");
            assert_eq!(program.is_some(), best.contains_key(run.as_str()), "{place}");
            if let (Some(program), Some(file)) = (program, best.get(run.as_str())) {
                assert_equal(&program, &read(file), &place);
                seen[1] += 1;
            }
        }
    }
    assert!(seen[0] >= 10 && seen[1] >= 3, "{seen:?}");
}

/// Keys in the opposite order, everywhere.
fn turned(value: &Json) -> Json {
    match value {
        Json::Object(map) => Json::Object(map.iter().rev().map(|(key, value)| (key.clone(), turned(value))).collect()),
        Json::Array(items) => Json::Array(items.iter().map(turned).collect()),
        other => other.clone(),
    }
}

#[test]
fn equal_hashes_mean_equal_programs() {
    let parse = |document: &Json| {
        from_json(Unmasked::new(document.clone()), ProgramSource::ModelJson, Reveal::Masked).expect("a state").program
    };
    let mut states: Vec<(Program, BTreeMap<String, Object>)> = Vec::new();
    for database in databases() {
        let home = database.parent().expect("a folder");
        for file in files(home, "model.json").values().chain(files(home, "best_model.json").values()) {
            let document = read(file);
            let program = parse(&document);
            let mut edited = turned(&document);
            edited["metadata"] = json!({"dependency_versions": {"dspy": "9.9.9"}});
            assert_eq!(parse(&edited).state_hash, program.state_hash, "{}", file.display());
            for (path, body) in bodies(&document) {
                if let Some(instructions) = body.get("signature").and_then(|it| it["instructions"].as_str()) {
                    let mut other = document.clone();
                    let place = if path.is_empty() { &mut other } else { &mut other[&path] };
                    place["signature"]["instructions"] = json!(format!("{instructions} "));
                    assert_ne!(parse(&other).state_hash, program.state_hash, "{}", file.display());
                }
            }
            states.push((program, doing(&document)));
        }
    }
    // The winner is known by this: a best program is that of at least one evaluation.
    for (one, raw_one) in &states {
        for (other, raw_other) in &states {
            assert_eq!(one.state_hash == other.state_hash, raw_one == raw_other);
            assert_eq!(diff_programs(one, other, None).same, raw_one == raw_other);
        }
    }
}

#[test]
fn pieces_rebuild_both_programs() {
    let mut changed = 0;
    for database in databases() {
        let mut store = opened(&database);
        let cx = ReadCx::new();
        let programs: Vec<Program> = all_runs(&mut *store, &cx)
            .iter()
            .filter_map(|run| query::program_state(&mut Session::alone(&mut *store, &cx), run, false).expect("read"))
            .collect();
        for old in &programs {
            for new in &programs {
                let diff = diff_programs(old, new, None);
                let find = |program: &'_ Program, path: &str| -> Option<String> {
                    program.predictors.iter().find(|one| one.path == path).and_then(|one| one.instructions.clone())
                };
                for one in &diff.predictors {
                    assert_eq!(one.instructions.old(), find(old, &one.path).unwrap_or_default());
                    assert_eq!(one.instructions.new_text(), find(new, &one.path).unwrap_or_default());
                    changed += usize::from(one.change == ChangeKind::Changed);
                }
            }
        }
    }
    assert!(changed > 50, "{changed}");
}

#[test]
fn params_tell_the_same_as_the_file_as_far_as_they_go() {
    let mut seen = 0;
    for database in databases() {
        let models = files(database.parent().expect("a folder"), "model.json");
        let mut store = opened(&database);
        let cx = ReadCx::new();
        for (run, file) in models {
            let query = RunQuery::new(RunScope::One(run.as_str().into())).with_deleted();
            let Some((_, values)) = store.run_values(&cx, &query).expect("values").pop() else { continue };
            let Some(parsed) = from_params(&values.params) else { continue };
            let whole = from_json(Unmasked::new(read(&file)), ProgramSource::ModelJson, Reveal::Masked)
                .expect("a state")
                .program;
            let diff = diff_programs(&whole, &parsed.program, None);
            assert!(diff.same && !diff.complete, "{} {run}: {diff:#?}", database.display());
            seen += 1;
        }
    }
    assert!(seen >= 10, "{seen}");
}

#[test]
fn names_and_types_come_from_traces() {
    let mut told = 0;
    for database in databases() {
        let mut store = opened(&database);
        let cx = ReadCx::new();
        for run in all_runs(&mut *store, &cx) {
            let Some(program) = query::program(&mut Session::alone(&mut *store, &cx), &run, false).expect("read")
            else {
                continue;
            };
            for (field, predictor) in
                program.predictors.iter().flat_map(|one| one.fields.iter().map(move |it| (it, one)))
            {
                let place = format!("{} {run}: {field:?}", database.display());
                let Some(name) = field.name.as_deref() else {
                    // COPRO rewrites the last prefix, from which a name could be guessed else.
                    assert!(field.prefix.as_deref().is_some_and(|it| it.contains("proposed prefix")), "{place}");
                    continue;
                };
                let has = |name: &str| predictor.fields.iter().any(|field| field.name.as_deref() == Some(name));
                assert_eq!(field.direction.is_some(), field.direction_source.is_some(), "{place}");
                assert!(
                    field.direction.is_some() || field.name_source.as_ref().is_some_and(|it| !it.mark().is_empty()),
                    "{place}"
                );
                if let (Some(direction), true) =
                    (field.direction, has("question") && (name == "question" || name == "answer"))
                {
                    assert_eq!(direction.as_str(), if name == "question" { "input" } else { "output" }, "{place}");
                    assert!(field.type_.as_deref().is_none_or(|it| it == "str"), "{place}");
                }
                told += usize::from(field.type_.is_some());
            }
        }
    }
    assert!(told >= 50, "{told}");
}

/// Score and example of each row, as a person would read them.
fn rows(path: &Path) -> Vec<(Option<f64>, Object)> {
    let table = read(path);
    let columns: Vec<&str> = table["columns"].as_array().expect("columns").iter().filter_map(Json::as_str).collect();
    let row = |cells: &Json| {
        let named: Object =
            columns.iter().zip(cells.as_array().expect("a row")).map(|(n, c)| ((*n).to_owned(), c.clone())).collect();
        let score = match &named["score"] {
            Json::Bool(right) => Some(f64::from(u8::from(*right))),
            Json::Object(parts) => parts["score"].as_f64(),
            other => other.as_f64(),
        };
        (score, named.into_iter().filter(|(name, _)| name.starts_with("example_")).collect())
    };
    table["data"].as_array().expect("data").iter().map(row).collect()
}

#[test]
fn examples_fixed_and_broken_are_counted_as_naively() {
    let (mut flips, mut told_apart) = (0, 0);
    for database in databases() {
        let tables = files(database.parent().expect("a folder"), "result_table.json");
        let mut store = opened(&database);
        let cx = ReadCx::new();
        for (a, file_a) in tables.iter().take(12) {
            for (b, file_b) in tables.iter().take(12) {
                let diff =
                    query::compare(&mut Session::alone(&mut *store, &cx), &a.as_str().into(), &b.as_str().into())
                        .expect("read");
                let Some(examples) = diff.examples else { continue };
                if !examples.metric.is_same() {
                    assert!(examples.fixed.is_empty() && examples.broken.is_empty(), "{a} {b}");
                    continue;
                }
                let (rows_a, mut rows_b) = (rows(file_a), rows(file_b));
                let scores = || rows_a.iter().chain(&rows_b).filter_map(|row| row.0);
                let is_binary = scores().all(|score| score == 0.0 || score == 1.0);
                let (low, high) = (scores().fold(f64::MAX, f64::min), scores().fold(f64::MIN, f64::max));
                let threshold = if is_binary { 1.0 } else { low + (high - low) / 2.0 };
                let (mut fixed, mut broken, mut joined) = (0, 0, 0);
                for (score_a, example) in &rows_a {
                    let Some(at) = rows_b.iter().position(|row| row.1 == *example) else { continue };
                    let (score_b, _) = rows_b.remove(at);
                    joined += 1;
                    if let (Some(one), Some(two)) = (score_a, score_b) {
                        fixed += usize::from(*one < threshold && two >= threshold);
                        broken += usize::from(*one >= threshold && two < threshold);
                    }
                }
                let told = (examples.fixed.len(), examples.broken.len(), examples.joined);
                assert_eq!(told, (fixed, broken, joined), "{} {a} {b}", database.display());
                for one in examples.fixed.iter().chain(&examples.broken) {
                    // Where no trace shows what a program was given, nothing is told apart.
                    let is_told = !one.expected.is_empty();
                    assert!(!one.inputs.is_empty(), "{one:?}");
                    assert!(!is_told || !one.inputs.contains_key("answer"), "{one:?}");
                    told_apart += usize::from(is_told);
                }
                flips += fixed + broken;
            }
        }
    }
    assert!(flips > 0 && told_apart > 0, "{flips} {told_apart}");
}
