//! The parts of MIPROv2's candidates against the files of their evaluations, counted here anew; repeated evaluations
//! against plain SQL.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;

use super::against_sql::rows;
use super::{answered, databases, document, text};

/// A file of a run, wherever its artifacts are.
fn file(folder: &Path, run: &str, name: &str) -> Option<Value> {
    for entry in std::fs::read_dir(folder).ok()?.flatten().filter(|entry| entry.path().is_dir()) {
        let path = entry.path();
        let found = if entry.file_name() == run {
            std::fs::read(path.join("artifacts").join(name)).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok())
        } else {
            file(&path, run, name)
        };
        if found.is_some() {
            return found;
        }
    }
    None
}

/// The place of a value among those that were seen, which it joins.
fn number(seen: &mut Vec<String>, value: String) -> usize {
    seen.iter().position(|known| *known == value).unwrap_or_else(|| {
        seen.push(value);
        seen.len() - 1
    })
}

/// Per predictor and pair of instruction and set: Σ score × n, Σ n, runs.
type Cells = BTreeMap<(String, usize, usize), (f64, f64, Vec<String>)>;

/// What `model.json`, `result_table.json` and the metric `eval` of all evaluations say; `None` if the first evaluation
/// is not the given program, which has no demos.
fn counted(home: &Path, evaluations: &[Value]) -> Option<Cells> {
    let mut instructions: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut sets: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut cells = Cells::new();
    for (at, one) in evaluations.iter().enumerate() {
        let run = one["run_id"].as_str().expect("an id");
        let Some(model) = file(home, run, "model.json") else { continue };
        let model = model.as_object().expect("predictors");
        let at_top = model.contains_key("signature").then(|| [(String::new(), Value::Object(model.clone()))]);
        let all: Vec<(String, Value)> = match at_top {
            Some(alone) => alone.to_vec(),
            None => model.iter().map(|(path, state)| (path.clone(), state.clone())).collect(),
        };
        for (path, state) in all.iter().filter(|(_, state)| state["signature"]["instructions"].is_string()) {
            let demos = state["demos"].to_string();
            if at == 0 && demos != "[]" {
                return None;
            }
            let given = state["signature"]["instructions"].as_str().expect("text").trim().to_owned();
            let instruction = number(instructions.entry(path.clone()).or_default(), given);
            let set = number(sets.entry(path.clone()).or_insert_with(|| vec!["[]".to_owned()]), demos);
            let cell = cells.entry((path.clone(), instruction, set)).or_default();
            cell.2.push(run.to_owned());
            if let (Some(score), Some(n)) = (one["score"].as_f64(), one["n"].as_f64()) {
                cell.0 += score * n;
                cell.1 += n;
            }
        }
    }
    Some(cells)
}

#[test]
fn the_grid_equals_the_files_of_the_evaluations() {
    let mut compared = 0;
    for database in databases() {
        let home = database.parent().expect("a folder");
        for parent in rows(&database, "select distinct value from tags where key = 'mlflow.parentRunId'") {
            let parent = parent[0].as_str().expect("an id");
            let told = document(&["optimization", text(&database), parent]);
            if told["optimizer"]["name"] != "MIPROv2" {
                assert!(told["grid"].is_null(), "only MIPROv2 has parts: {parent}");
                continue;
            }
            let evaluations = told["evaluations"].as_array().expect("evaluations");
            let Some(counted) = counted(home, evaluations) else { continue };
            let mut seen = 0;
            for grid in told["grid"].as_array().into_iter().flatten() {
                let path = grid["path"].as_str().expect("a path");
                for cell in grid["cells"].as_array().expect("cells") {
                    let at = |key: &str| cell[key].as_u64().expect("a number") as usize;
                    let known = counted.get(&(path.to_owned(), at("instruction"), at("demo_set")));
                    let (sum, n, runs) = known.unwrap_or_else(|| panic!("{parent} {path}: {cell}"));
                    assert_eq!(cell["run_ids"], serde_json::json!(runs), "{parent} {path}");
                    assert_eq!(cell["n"].as_f64(), Some(*n));
                    match cell["mean"].as_f64() {
                        Some(mean) => assert!((mean - sum / n).abs() < 1e-9, "{parent} {path}: {cell}"),
                        None => assert_eq!(*n, 0.0),
                    }
                    seen += 1;
                }
            }
            assert_eq!(seen, counted.len(), "every pair that was tried: {parent}");
            compared += seen;
        }
    }
    assert!(compared > 12, "{compared}");
}

#[test]
fn minibatches_count_once_each_and_repeats_are_those_of_one_state() {
    let mut repeats = 0;
    for database in databases() {
        for parent in rows(&database, "select distinct value from tags where key = 'mlflow.parentRunId'") {
            let parent = parent[0].as_str().expect("an id");
            let told = document(&["optimization", text(&database), parent]);
            let evaluations = told["evaluations"].as_array().expect("evaluations");
            let of = |runs: &Value, kind: &str| -> Vec<f64> {
                let is_its = |one: &&Value| runs.as_array().expect("runs").contains(&one["run_id"]);
                let all = evaluations.iter().filter(is_its).filter(|one| one["kind"] == kind);
                all.filter_map(|one| one["score"].as_f64()).collect()
            };
            let mut expected = 0;
            for program in told["programs"].as_array().expect("programs") {
                let scores = of(&program["run_ids"], "minibatch");
                if let Some(mean) = program["minibatches"]["mean"].as_f64() {
                    assert!((mean - scores.iter().sum::<f64>() / scores.len() as f64).abs() < 1e-9);
                } else {
                    assert!(scores.is_empty());
                }
                expected += usize::from(of(&program["run_ids"], "full").len() > 1 && !program["state_hash"].is_null());
            }
            let all = told["repeats"].as_array().expect("a list");
            assert_eq!(all.len(), expected, "{parent}");
            for one in all {
                let ids: Vec<String> = one["run_ids"].as_array().expect("runs").iter().map(Value::to_string).collect();
                let ids = ids.join(",").replace('"', "'");
                let sql = format!(
                    "select min(value), max(value) from latest_metrics where key = 'eval' and run_uuid in ({ids})"
                );
                let stored = rows(&database, &sql);
                assert_eq!(
                    [&one["low"], &one["high"]].map(Value::as_f64),
                    [stored[0][0].as_f64(), stored[0][1].as_f64()]
                );
                repeats += 1;
            }
        }
    }
    assert!(repeats >= 2, "{repeats}");
}

#[test]
fn people_read_the_grid_and_what_it_cannot_say() {
    let database = super::database("modern-3.18");
    let told = answered(&["optimization", text(&database), "ba9cb5cdf04d45a0a46c4f6feea2b16f"]);
    assert!(told.contains("Mean (n)") && told.contains("seed’s instruction") && told.contains("no demos"), "{told}");
    assert!(told.contains("a mean is not the effect of a part alone"));
    assert!(told.lines().any(|line| line.contains("Parts")), "{told}");
}
