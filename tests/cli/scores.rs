//! The matrix of examples against the files it came from, its traces against plain SQL, the verdict against the
//! textbook.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use dspyglass::cli::{Outcome, run_over};
use dspyglass::model::{ArtifactOwner, LatestMetric, MetricPoint, RunValues};
use dspyglass::store::memory::MemoryStore;
use dspyglass::store::{OpenOptions, Store, StoreLocation};
use serde_json::{Value, json};

use super::against_sql::rows;
use super::{answered, databases, document, text};

/// The optimizations of all stores with what is said of their examples.
fn optimizations() -> Vec<(PathBuf, String, Value)> {
    let mut found = Vec::new();
    for database in databases() {
        let sql = "select distinct value from tags where key = 'mlflow.parentRunId' order by 1";
        for parent in rows(&database, sql) {
            let parent = parent[0].as_str().expect("an id").to_owned();
            let told = document(&["scores", text(&database), &parent]);
            found.push((database.clone(), parent, told));
        }
    }
    found
}

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

/// true is 1; GEPA's objects hold the number.
fn score(cell: &Value) -> Option<f64> {
    let cell = cell.get("score").unwrap_or(cell);
    cell.as_f64().or(cell.as_bool().map(|is_right| f64::from(u8::from(is_right))))
}

/// The rows of a table: what is shared of each example, and its score.
fn table(document: &Value, fields: &BTreeSet<&str>) -> Vec<(BTreeMap<String, Value>, Option<f64>)> {
    let columns: Vec<&str> =
        document["columns"].as_array().expect("columns").iter().filter_map(Value::as_str).collect();
    let read = |row: &Value| {
        let cells = || columns.iter().zip(row.as_array().expect("a row"));
        let example = cells().filter_map(|(name, cell)| Some((name.strip_prefix("example_")?, cell)));
        let example =
            example.filter(|(name, _)| fields.contains(name)).map(|(name, cell)| (name.to_owned(), cell.clone()));
        (example.collect(), cells().find(|(name, _)| **name == "score").and_then(|(_, cell)| score(cell)))
    };
    document["data"].as_array().expect("rows").iter().map(read).collect()
}

fn list<'a>(value: &'a Value, key: &str) -> &'a Vec<Value> {
    value[key].as_array().unwrap_or_else(|| panic!("no list {key} in {value}"))
}

#[test]
fn every_cell_is_one_of_its_table() {
    let (mut cells, mut tables) = (0, 0);
    for (database, _, told) in optimizations() {
        let fields: BTreeSet<&str> = list(&told, "joined_by").iter().filter_map(Value::as_str).collect();
        for (at, column) in list(&told, "columns").iter().enumerate() {
            assert_eq!(column["run_id"], told["evaluations"][at]);
            if column["source"] != "result_table.json" || column["left_out"] == true {
                continue;
            }
            let run = column["run_id"].as_str().expect("an id");
            let stored = file(database.parent().expect("a folder"), run, "result_table.json").expect("its table");
            // In the order of the file; an example that stands there twice is told twice, in that order.
            let mut wanted: BTreeMap<String, Vec<Option<f64>>> = BTreeMap::new();
            for (example, score) in table(&stored, &fields) {
                wanted.entry(json!(example).to_string()).or_default().push(score);
            }
            let mut found: BTreeMap<String, Vec<Option<f64>>> = BTreeMap::new();
            for example in list(&told, "examples") {
                let all = [&example["inputs"], &example["expected"]].map(|part| part.as_object().expect("fields"));
                let shared: BTreeMap<&String, &Value> =
                    all.into_iter().flatten().filter(|(name, _)| fields.contains(name.as_str())).collect();
                let key = json!(shared).to_string();
                let Some(rows) = wanted.get(&key) else {
                    assert_eq!(example["scores"][at], Value::Null, "{run} has no such example");
                    continue;
                };
                let of_this = found.entry(key).or_default();
                if of_this.len() < rows.len() {
                    of_this.push(example["scores"][at].as_f64());
                    cells += 1;
                } else {
                    assert_eq!(example["scores"][at], Value::Null, "{run} has it no more often");
                }
            }
            assert_eq!(found, wanted, "{run}");
            tables += 1;
        }
    }
    assert!(tables >= 40 && cells >= 200, "{tables} tables, {cells} cells");
}

#[test]
fn gepas_cells_are_those_of_its_own_table() {
    let mut checked = 0;
    for (database, parent, told) in optimizations() {
        let from_gepa: Vec<usize> = (0..list(&told, "columns").len())
            .filter(|at| told["columns"][*at]["source"] == "valset_scores.json")
            .collect();
        if from_gepa.is_empty() {
            continue;
        }
        let folder = database.parent().expect("a folder");
        let path = ["valset_scores.json", "valset_scores/valset_scores.json"];
        let stored = path.iter().find_map(|path| file(folder, &parent, path)).expect("GEPA's table");
        let sums: Vec<Vec<f64>> = list(&stored, "data")
            .iter()
            .map(|row| row.as_array().expect("a row").iter().skip(2).filter_map(Value::as_f64).collect())
            .collect();
        for at in from_gepa {
            let mut cells: Vec<f64> =
                list(&told, "examples").iter().filter_map(|one| one["scores"][at].as_f64()).collect();
            cells.sort_by(f64::total_cmp);
            let is_it = |row: &Vec<f64>| {
                let mut row = row.clone();
                row.sort_by(f64::total_cmp);
                row == cells
            };
            assert!(sums.iter().any(is_it), "{parent}, column {at}: {cells:?}");
            checked += 1;
        }
    }
    assert!(checked >= 2, "{checked}");
}

#[test]
fn cells_lead_to_traces_of_their_own_run() {
    let told_of_all = optimizations();
    let mut all = 0;
    for database in databases() {
        let sql = "select request_id, value from trace_request_metadata where key = 'mlflow.sourceRun'";
        let run_of: BTreeMap<String, String> = rows(&database, sql)
            .into_iter()
            .filter_map(|row| Some((row[0].as_str()?.to_owned(), row[1].as_str()?.to_owned())))
            .collect();
        let traces = |run: &str| run_of.values().filter(|of| *of == run).count();
        let (mut linked, mut cells) = (0, 0);
        for (_, _, told) in told_of_all.iter().filter(|(of, _, _)| *of == database) {
            for (at, run) in list(told, "evaluations").iter().enumerate() {
                let run = run.as_str().expect("an id");
                let of_column = || list(told, "examples").iter().map(|one| (&one["scores"][at], &one["trace_ids"][at]));
                for trace in of_column().filter_map(|(_, trace)| trace.as_str()) {
                    assert_eq!(run_of.get(trace).map(String::as_str), Some(run), "{trace} is of another run");
                }
                let scored = of_column().filter(|(score, _)| !score.is_null()).count();
                // Of most recorded runs only some traces were kept.
                if traces(run) >= scored {
                    cells += scored;
                    linked += of_column().filter(|(score, trace)| !score.is_null() && trace.is_string()).count();
                }
            }
        }
        assert!(linked * 100 >= cells * 95, "{}: {linked} of {cells} cells lead to a trace", database.display());
        all += linked;
    }
    assert!(all >= 60, "{all}");
}

/// Two-sided, by the sum of all outcomes that are no likelier (n is small here).
fn mcnemar(fixed: u64, broken: u64) -> f64 {
    let n = fixed + broken;
    let mut row = vec![1.0_f64];
    for _ in 0..n {
        let next = (0..=row.len()).map(|at| {
            let left = at.checked_sub(1).and_then(|at| row.get(at)).copied().unwrap_or_default();
            (left + row.get(at).copied().unwrap_or_default()) / 2.0
        });
        row = next.collect();
    }
    let observed = row[fixed as usize];
    row.iter().filter(|likely| **likely <= observed * (1.0 + 1e-9)).sum::<f64>().min(1.0)
}

#[test]
fn the_verdict_is_that_of_the_cells() {
    let mut seen = [0, 0];
    for (database, parent, told) in optimizations() {
        let optimization = document(&["optimization", text(&database), &parent]);
        let verdict = &optimization["verdict"];
        if verdict.is_null() {
            assert!(optimization["without_verdict"].is_string(), "{parent}");
            continue;
        }
        let place =
            |key: &str| list(&told, "evaluations").iter().position(|run| *run == verdict[key]).expect("a column");
        let (seed, winner) = (place("seed_run"), place("winner_run"));
        for (role, at) in [("seed", seed), ("winner", winner)] {
            let runs = list(&optimization[role], "run_ids");
            assert!(runs.contains(&told["evaluations"][at]), "{role} of {parent}");
            assert_eq!(optimization["evaluations"][at]["kind"], "full");
        }
        let pairs: Vec<(f64, f64)> = list(&told, "examples")
            .iter()
            .filter_map(|one| Some((one["scores"][seed].as_f64()?, one["scores"][winner].as_f64()?)))
            .collect();
        let threshold = told["threshold"].as_f64().expect("a threshold");
        let count = |is_it: &dyn Fn(&(f64, f64)) -> bool| pairs.iter().filter(|pair| is_it(pair)).count() as u64;
        let fixed = count(&|(a, b)| *a < threshold && *b >= threshold);
        let broken = count(&|(a, b)| *a >= threshold && *b < threshold);
        assert_eq!(verdict["n"], pairs.len());
        assert_eq!((&verdict["fixed"], &verdict["broken"]), (&json!(fixed), &json!(broken)), "{parent}");
        let score = |at: usize| optimization["evaluations"][at]["score"].as_f64().expect("a score");
        let difference = verdict["difference"].as_f64().expect("a difference");
        if pairs.len() as u64 == optimization["evaluations"][seed]["n"].as_u64().expect("n") {
            assert!((difference - (score(winner) - score(seed))).abs() < 0.011, "{parent}: {difference}");
        }
        let p = verdict["p"].as_f64().expect("p");
        match verdict["test"].as_str().expect("a test") {
            "mcnemar-exact" => {
                assert!((p - mcnemar(fixed, broken)).abs() < 1e-9, "{parent}: {p}");
                seen[0] += 1;
            }
            _ => {
                assert!(p > 0.0 && p <= 1.0);
                seen[1] += 1;
            }
        }
        let said = answered(&["optimization", text(&database), &parent]);
        assert!(said.contains(verdict["text"].as_str().expect("words")), "{said}");
    }
    assert!(seen[0] >= 3 && seen[1] >= 2, "{seen:?}");
}

#[test]
fn classes_are_counted_by_the_scores() {
    let mut seen = BTreeSet::new();
    for (database, parent, told) in optimizations() {
        let optimization = document(&["optimization", text(&database), &parent]);
        let full: Vec<usize> =
            (0..list(&told, "columns").len()).filter(|at| told["columns"][*at]["kind"] == "full").collect();
        for example in list(&told, "examples") {
            let right = |at: usize| Some(example["scores"][at].as_f64()? >= told["threshold"].as_f64()?);
            let outcomes: Vec<bool> = full.iter().filter_map(|at| right(*at)).collect();
            let class = example["class"].as_str();
            assert_eq!(class.is_none(), outcomes.is_empty(), "{parent}");
            match class {
                Some("always right") => assert!(outcomes.iter().all(|is_right| *is_right)),
                Some("always wrong") => assert!(outcomes.iter().all(|is_right| !is_right)),
                Some(class @ ("fixed" | "broken")) => {
                    let of = |role: &str| {
                        let runs = list(&optimization[role], "run_ids");
                        let at =
                            full.iter().find(|at| runs.contains(&told["evaluations"][**at]) && right(**at).is_some());
                        right(*at.expect("evaluated")).expect("scored")
                    };
                    assert_eq!((of("seed"), of("winner")), (class == "broken", class == "fixed"));
                }
                _ => assert!(class.is_none() || outcomes.contains(&true) && outcomes.contains(&false)),
            }
            seen.extend(class.map(str::to_owned));
        }
    }
    assert_eq!(seen.len(), 5, "{seen:?}");
}

#[test]
fn slices_and_confusion_are_counted_from_the_tables() {
    let mut sliced = 0;
    for (database, parent, told) in optimizations() {
        let fields = document(&["slices", text(&database), &parent]);
        let optimization = document(&["optimization", text(&database), &parent]);
        if optimization["verdict"].is_null() {
            assert!(fields["without_slices"].is_string() && list(&fields, "slices").is_empty());
            continue;
        }
        let place = |key: &str| {
            let run = &optimization["verdict"][key];
            list(&told, "evaluations").iter().position(|other| other == run).expect("a column")
        };
        let (seed, winner) = (place("seed_run"), place("winner_run"));
        for field in list(&fields, "fields").iter().map(|field| field.as_str().expect("a name")) {
            let found = document(&["slices", text(&database), &parent, "--by", field]);
            let mut wanted: BTreeMap<String, Vec<(f64, f64)>> = BTreeMap::new();
            for one in list(&told, "examples") {
                let value = one["inputs"].get(field).or(one["expected"].get(field)).expect("the field");
                let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                if let (Some(a), Some(b)) = (one["scores"][seed].as_f64(), one["scores"][winner].as_f64()) {
                    wanted.entry(value).or_default().push((a, b));
                }
            }
            assert_eq!(list(&found, "slices").len(), wanted.len(), "{parent} by {field}");
            let unit = optimization["verdict"]["seed"].as_f64().expect("a score")
                / wanted.values().flatten().map(|pair| pair.0).sum::<f64>()
                * optimization["verdict"]["n"].as_f64().expect("n");
            for slice in list(&found, "slices") {
                let pairs = &wanted[slice["value"].as_str().expect("a text")];
                assert_eq!(slice["n"], pairs.len());
                for (key, sum) in [
                    ("seed", pairs.iter().map(|pair| pair.0).sum::<f64>()),
                    ("winner", pairs.iter().map(|pair| pair.1).sum::<f64>()),
                ] {
                    let mean = sum / pairs.len() as f64;
                    let near = (slice[key].as_f64().expect("a mean") - mean * 100.0).abs() < 1e-6
                        || (slice[key].as_f64().expect("a mean") - mean * unit).abs() < 1e-6;
                    assert!(near, "{slice} of {mean}");
                }
                sliced += 1;
            }
        }
    }
    assert!(sliced >= 5, "{sliced}");
}

/// An optimization of six tickets in memory: what was expected, what the seed and what the winner said.
fn tickets() -> MemoryStore {
    let store = MemoryStore::new();
    store.add_experiment("1", "tickets");
    let run = |id: &str, name: &str, parent: Option<&str>, start_ms, score: Option<f64>| {
        let mut run = MemoryStore::run(id, "1", name, start_ms);
        (run.parent_id, run.end_time_ms) = (parent.map(Into::into), Some(start_ms + 900));
        store.put_run(run);
        let point = |value| MetricPoint { step: 0, timestamp_ms: 0, value };
        let metrics = score.map(|score| LatestMetric { key: "eval".into(), point: point(score) });
        store.put_values(&id.into(), RunValues { metrics: metrics.into_iter().collect(), ..RunValues::default() });
    };
    let file = |run: &str, name: &str, content: Value| {
        store.put_artifact(ArtifactOwner::Run(run.into()), name, content.to_string().into_bytes());
    };
    let program = |instructions: &str| {
        let fields =
            json!([{"prefix": "Ticket:", "description": "${ticket}"}, {"prefix": "Queue:", "description": "${queue}"}]);
        json!({"traces": [], "train": [], "demos": [], "lm": null,
               "signature": {"instructions": instructions, "fields": fields}})
    };
    let expected = ["a", "a", "a", "b", "b", "b"];
    run("parent", "night", None, 0, None);
    for (at, (id, instructions, told)) in
        [("seed", "Sort.", ["a", "b", "b", "b", "c", "b"]), ("best", "Sort with care.", ["a", "a", "a", "a", "b", "b"])]
            .into_iter()
            .enumerate()
    {
        let right = expected.iter().zip(told).filter(|(expected, told)| **expected == *told).count();
        run(
            id,
            &format!("eval_full_{at}"),
            Some("parent"),
            1_000 + at as i64,
            Some((right as f64 / 6.0 * 10_000.0).round() / 100.0),
        );
        file(id, "model.json", program(instructions));
        let rows = expected.iter().zip(told).enumerate().map(|(at, (expected, told))| {
            json!([f64::from(u8::from(*expected == told)), format!("ticket {at}"), expected, told])
        });
        let columns = json!(["score", "example_ticket", "example_queue", "pred_queue"]);
        file(id, "result_table.json", json!({"columns": columns, "data": rows.collect::<Vec<_>>()}));
    }
    run("mini", "eval_minibatch_0", Some("parent"), 1_500, Some(50.0));
    file("parent", "best_model.json", program("Sort with care."));
    store
}

#[test]
fn what_was_taken_for_what_is_counted_for_seed_and_winner() {
    let store = tickets();
    let open = |_: &StoreLocation, _: &OpenOptions| store.fork();
    let ask = |args: &[&str]| -> Value {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let line = [&["dspyglass", args[0], "store"], &args[1..], &["--json"]].concat();
        let outcome = run_over(line.into_iter().map(OsString::from), &open, &mut out, &mut err);
        assert!(matches!(outcome, Outcome::Done(_)) && err.is_empty(), "{}", String::from_utf8_lossy(&err));
        serde_json::from_slice(&out).expect("JSON")
    };
    let found = ask(&["slices", "parent", "--by", "queue"]);
    assert_eq!(found["confusion"]["labels"], json!(["a", "b", "c"]));
    assert_eq!(found["confusion"]["seed"], json!([[1, 2, 0], [0, 2, 1], [0, 0, 0]]));
    assert_eq!(found["confusion"]["winner"], json!([[3, 0, 0], [1, 2, 0], [0, 0, 0]]));
    assert_eq!(found["fields"], json!(["queue"]));
    let slices = list(&found, "slices");
    let told: Vec<_> = slices.iter().map(|one| (one["value"].as_str(), one["n"].as_u64())).collect();
    assert_eq!(told, [(Some("b"), Some(3)), (Some("a"), Some(3))], "what gained least stands first");
    let verdict = &ask(&["optimization", "parent"])["verdict"];
    assert_eq!((&verdict["fixed"], &verdict["broken"], &verdict["n"]), (&json!(3), &json!(1), &json!(6)));
    assert!((verdict["p"].as_f64().expect("p") - 0.625).abs() < 1e-12, "five of sixteen, twice: {verdict}");
    let said = verdict["text"].as_str().expect("words");
    assert!(said.contains("could be luck, about") && said.contains("best of 2 on the data it was chosen on"), "{said}");
}
