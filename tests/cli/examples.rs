//! The examples of `diff`, counted again in the tables that MLflow wrote.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::against_sql::rows;
use super::{answered, database, document, text};

/// The rows of a run's table, in the order of the validation set: score, then the fields of the example.
fn table(store: &Path, run: &str) -> Vec<(bool, Vec<Value>)> {
    fn find(folder: &Path, run: &str) -> Option<PathBuf> {
        let direct = folder.join(run).join("artifacts/result_table.json");
        let inner = || std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
        direct.is_file().then_some(direct).or_else(|| inner().filter(|it| it.is_dir()).find_map(|it| find(&it, run)))
    }
    let file = find(store.parent().expect("a folder"), run).expect("a table");
    let table: Value = serde_json::from_slice(&std::fs::read(file).expect("read")).expect("a document");
    let columns: Vec<&str> = table["columns"].as_array().expect("columns").iter().filter_map(Value::as_str).collect();
    let score = columns.iter().position(|column| *column == "score").expect("a score");
    let row = |row: &Value| {
        let cells = row.as_array().expect("cells");
        let example = columns.iter().zip(cells).filter(|(column, _)| column.starts_with("example_"));
        let is_right = cells[score] == json!(true) || cells[score].as_f64() == Some(1.0);
        (is_right, example.map(|(_, cell)| cell.clone()).collect())
    };
    table["data"].as_array().expect("rows").iter().map(row).collect()
}

/// In a store with an optimization: it, its first evaluation, and the best full one of its winner.
fn optimization(store: &str) -> (String, String, String) {
    let found = document(&["runs", store]);
    let runs = found["runs"].as_array().expect("runs").iter();
    let parents = runs.filter_map(|run| run["parent_id"].as_str());
    for parent in parents {
        let told = document(&["optimization", store, parent]);
        let of_winner = told["winner"]["run_ids"].as_array().cloned().unwrap_or_default();
        let evaluations = told["evaluations"].as_array().expect("evaluations");
        let full: Vec<&Value> = evaluations.iter().filter(|one| one["kind"] == "full").collect();
        let best = full
            .iter()
            .filter(|one| of_winner.contains(&one["run_id"]))
            .max_by(|a, b| a["score"].as_f64().partial_cmp(&b["score"].as_f64()).expect("scores"));
        if let (Some(first), Some(best)) = (full.first(), best)
            && first["state_hash"] != best["state_hash"]
            && told["winner"]["inferred"] == false
        {
            let id = |one: &Value| one["run_id"].as_str().expect("an id").to_owned();
            return (parent.to_owned(), id(first), id(best));
        }
    }
    panic!("no optimization in {store}");
}

#[test]
fn what_stayed_is_counted_and_listed_when_asked_for() {
    let path = database("server-3.17");
    let store = text(&path);
    let (_, seed, winner) = optimization(store);
    let (old, new) = (table(&path, &seed), table(&path, &winner));
    assert!(!old.is_empty() && old.len() == new.len(), "both evaluated all examples in one order");
    let mut counts = [[0_usize; 2]; 2];
    for ((was, example), (is, same)) in old.iter().zip(&new) {
        assert_eq!(example, same);
        counts[usize::from(*was)][usize::from(*is)] += 1;
    }
    let diff = document(&["diff", store, &seed, &winner]);
    let examples = &diff["examples"];
    assert_eq!(examples["unchanged"], json!({"wrong": counts[0][0], "right": counts[1][1]}));
    assert_eq!(examples["fixed"].as_array().map(Vec::len), Some(counts[0][1]));
    assert!(examples.get("still_wrong").is_none() && examples.get("still_right").is_none(), "nobody asked");
    let all = document(&["diff", store, &seed, &winner, "--all"]);
    for (key, count, score) in [("still_wrong", counts[0][0], 0.0), ("still_right", counts[1][1], 1.0)] {
        let list = all["examples"][key].as_array().expect(key);
        assert_eq!(list.len(), count, "{key}");
        for one in list {
            assert_eq!(one["scores"], json!([score, score]), "{key}");
            assert!(one["expected"].is_object() && one["predictions"][0].is_object(), "{one}");
        }
    }
    assert_eq!(all["examples"]["fixed"], examples["fixed"]);
    // The scores are the metric, whose difference nobody has to work out.
    let metric = |run: &str| {
        let sql = format!("select value from latest_metrics where run_uuid = '{run}' and key = 'eval'");
        rows(&path, &sql)[0][0].as_f64().expect("a number")
    };
    let scores = &diff["scores"];
    assert_eq!((scores["a"].as_f64(), scores["b"].as_f64()), (Some(metric(&seed)), Some(metric(&winner))));
    let difference = scores["difference"].as_f64().expect("one metric");
    assert!((difference - (metric(&winner) - metric(&seed))).abs() < 1e-6);
    let said = answered(&["diff", store, &seed, &winner]);
    let rest = format!("Still wrong: {}, still right: {} (--all lists them)", counts[0][0], counts[1][1]);
    assert!(said.contains(&rest), "{said}");
    let said = answered(&["diff", store, &seed, &winner, "--all"]);
    assert!(said.contains("  Still right: ") && said.contains("      expected: "), "{said}");
}

#[test]
fn an_optimization_stands_for_its_winners_evaluation() {
    for name in ["server-3.17", "copro-3.17", "modern-3.18"] {
        let path = database(name);
        let store = text(&path);
        let (parent, seed, winner) = optimization(store);
        let (told, with) = (document(&["diff", store, &seed, &winner]), document(&["diff", store, &seed, &parent]));
        assert_eq!(with["examples"], told["examples"], "{name}");
        assert_eq!(with["scores"], told["scores"], "{name}");
        assert_eq!(with["run_b"]["run_id"], json!(parent));
        assert_eq!(with["run_b"]["evaluation"]["run_id"], json!(winner));
        assert_eq!(with["run_b"]["evaluation"]["inferred"], json!(false));
        assert!(told["run_b"].get("evaluation").is_none() && with["run_a"].get("evaluation").is_none());
        let said = answered(&["diff", store, &seed, &parent]);
        assert!(said.contains("b stands for ") && said.contains("its winner's evaluation"), "{said}");
    }
}
