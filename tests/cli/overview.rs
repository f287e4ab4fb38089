//! Every optimization and evaluation in one line, against plain SQL and what `optimization` says of each.

use std::collections::BTreeSet;

use serde_json::Value;

use super::against_sql::rows;
use super::{answered, databases, document, text};

fn list<'a>(of: &'a Value, key: &str) -> &'a [Value] {
    of[key].as_array().map(Vec::as_slice).unwrap_or_default()
}

#[test]
fn every_scored_run_is_told_once_and_as_optimization_tells_it() {
    let (mut seen, mut costs) = (BTreeSet::new(), BTreeSet::new());
    for database in databases() {
        let told = document(&["overview", text(&database)]);
        let mut counted: Vec<String> = Vec::new();
        for row in list(&told, "rows") {
            let run = row["run_id"].as_str().expect("an id");
            seen.insert(row["kind"].as_str().expect("a kind").to_owned());
            counted.push(run.to_owned());
            assert_eq!(row["cost_usd"].is_null(), row["cost_certainty"].is_null(), "{row}");
            let cost = if row["kind"] == "evaluation" {
                let cost = document(&["cost", text(&database), run]);
                assert_eq!(row["cost_certainty"], cost["certainty"], "{run}");
                cost["total_usd"].clone()
            } else {
                document(&["optimization", text(&database), run])["cost_usd"].clone()
            };
            assert_eq!(row["cost_usd"], cost, "{run}");
            costs.insert(cost.is_null());
            if row["kind"] == "evaluation" {
                let sql = format!("select value from latest_metrics where key = 'eval' and run_uuid = '{run}'");
                assert_eq!(rows(&database, &sql)[0][0].as_f64(), row["best"].as_f64(), "{run}");
                continue;
            }
            let one = document(&["optimization", text(&database), run]);
            let evaluations = list(&one, "evaluations");
            counted.extend(evaluations.iter().filter_map(|one| one["run_id"].as_str()).map(str::to_owned));
            let scores: Vec<&Value> = evaluations.iter().map(|one| &one["score"]).collect();
            assert_eq!(list(row, "scores").iter().collect::<Vec<_>>(), scores, "{run}");
            assert_eq!(row["optimizer"], one["optimizer"]["name"]);
            let best = |runs: &Value| {
                let is_its = |one: &&Value| list(runs, "run_ids").contains(&one["run_id"]) && one["kind"] == "full";
                evaluations.iter().filter(is_its).filter_map(|one| one["score"].as_f64()).reduce(f64::max)
            };
            assert_eq!(
                (row["best"].as_f64(), row["seed"].as_f64()),
                (best(&one["winner"]), best(&one["seed"])),
                "{run}"
            );
            let calls = evaluations.iter().filter_map(|one| one["n"].as_u64()).reduce(|a, b| a + b);
            assert_eq!(row["metric_calls"].as_u64(), calls, "{run}");
        }
        // Whoever has a score stands in a line or in the optimization of one.
        let sql = "select m.run_uuid from latest_metrics m join runs r on r.run_uuid = m.run_uuid
                   where m.key = 'eval' and r.lifecycle_stage = 'active'";
        for row in rows(&database, sql) {
            let run = row[0].as_str().expect("an id");
            assert!(counted.iter().any(|one| one == run), "{run} of {database:?} is left out");
        }
        let once: BTreeSet<&String> = counted.iter().collect();
        assert_eq!(once.len(), counted.len(), "none is told twice: {database:?}");
        let starts: Vec<Option<i64>> = list(&told, "rows").iter().map(|row| row["start_time_ms"].as_i64()).collect();
        assert!(starts.is_sorted());
    }
    assert_eq!(seen.into_iter().collect::<Vec<_>>(), ["evaluation", "optimization"]);
    assert_eq!(costs.len(), 2, "some costs are known, and some are not");
}

#[test]
fn an_experiment_alone_has_its_own_and_people_read_them() {
    let database = super::database("modern-3.18");
    let told = document(&["overview", text(&database), "--experiment", "12"]);
    let all = list(&told, "rows");
    assert!(!all.is_empty() && all.iter().all(|row| row["experiment_id"] == "12"), "{told}");
    let mipro = all.iter().find(|row| row["optimizer"] == "MIPROv2").expect("it is recorded there");
    assert_eq!((mipro["kind"].as_str(), mipro["n"].as_u64()), (Some("optimization"), Some(4)));
    let said = answered(&["overview", text(&database)]);
    for word in ["MIPROv2", "BetterTogether", "evaluation", "Seed", "Best", "Cost"] {
        assert!(said.contains(word), "{word} in {said}");
    }
    assert!(said.contains('$') && !said.contains("$0.00 "), "{said}");
}
