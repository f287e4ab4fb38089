//! What traces cost, held against plain Python with LiteLLM's figures, and what a file of prices changes.

use std::path::Path;

use serde_json::Value;

use super::{answered, database, databases, document, run, text};

fn expected() -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reading/cost.json");
    serde_json::from_slice(&std::fs::read(path).expect("cost.json is there")).expect("JSON")
}

fn is_near(told: &Value, wanted: &Value) -> bool {
    match (told.as_f64(), wanted.as_f64()) {
        (Some(told), Some(wanted)) => (told - wanted).abs() <= 1e-9 * wanted.abs().max(1e-6),
        _ => told == wanted,
    }
}

/// A file of prices in a folder of its own.
pub fn prices_of(text: &str) -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("prices.json");
    std::fs::write(&path, text).expect("written");
    let path = path.to_str().expect("text").to_owned();
    (folder, path)
}

#[test]
fn costs_are_those_of_plain_python_with_litellms_figures() {
    let expected = expected();
    let mut priced = 0;
    for database in databases() {
        let name = database.parent().and_then(Path::file_name).expect("a folder").to_string_lossy().into_owned();
        let wanted = &expected[&name];
        let told = document(&["cost", text(&database)]);
        for key in ["priced_traces", "unknown_traces", "certainty"] {
            assert_eq!(told[key], wanted[key], "{name}: {key}");
        }
        assert!(is_near(&told["total_usd"], &wanted["total_usd"]), "{name}: {told} is not {wanted}");
        assert_eq!(told["exact"], told["certainty"] == "exact" && told["unknown_traces"] == 0, "{name}");
        let models = told["by_model"].as_array().expect("a list");
        assert_eq!(models.len(), wanted["by_model"].as_object().expect("models").len(), "{name}");
        for one in models {
            let wanted = &wanted["by_model"][one["model"].as_str().unwrap_or_default()];
            for (at, key) in ["input", "output", "usd", "traces"].iter().enumerate() {
                assert!(is_near(&one[key], &wanted[at]), "{name}: {key} of {one} is not {}", wanted[at]);
            }
        }
        let runs = told["by_run"].as_array().expect("a list");
        assert_eq!(runs.len(), wanted["by_run"].as_object().expect("runs").len(), "{name}");
        for one in runs {
            let wanted = &wanted["by_run"][one["run_id"].as_str().unwrap_or_default()];
            for (at, key) in ["usd", "priced_traces", "unknown_traces"].iter().enumerate() {
                assert!(is_near(&one[key], &wanted[at]), "{name}: {key} of {one} is not {}", wanted[at]);
            }
            // What is not known of any trace is no 0.
            assert_eq!(one["usd"].is_null(), one["priced_traces"] == 0, "{name}: {one}");
        }
        let sum = |rows: &[Value]| rows.iter().filter_map(|one| one["usd"].as_f64()).sum::<f64>();
        let total = told["total_usd"].as_f64().unwrap_or_default();
        assert!((sum(models) - total).abs() < 1e-9 && (sum(runs) - total).abs() < 1e-9, "{name} adds up");
        priced += told["priced_traces"].as_u64().expect("a count");
    }
    assert!(priced > 100, "{priced}");
}

#[test]
fn the_cost_of_a_run_is_that_of_everything_below_it() {
    let store = database("real-3.18");
    let all = document(&["runs", text(&store)]);
    let listed = all["runs"].as_array().expect("runs");
    let parent = listed.iter().find_map(|run| run["parent_id"].as_str()).expect("an optimization");
    let told = document(&["cost", text(&store), parent]);
    let below = |run: &&Value| run["id"] == parent || run["parent_id"] == parent;
    let whole = document(&["cost", text(&store)]);
    let mut wanted = 0.0;
    for run in listed.iter().filter(below) {
        let of = |list: &Value| {
            let rows = list["by_run"].as_array().expect("a list");
            rows.iter().find(|one| one["run_id"] == run["id"]).and_then(|one| one["usd"].as_f64())
        };
        assert_eq!(of(&told), of(&whole), "{}", run["id"]);
        wanted += of(&whole).unwrap_or_default();
    }
    assert!((told["total_usd"].as_f64().unwrap_or_default() - wanted).abs() < 1e-9, "{told}");
    let sides = &told["optimization"];
    let side = |key: &str| sides[key].as_f64().unwrap_or_default();
    assert!((side("evaluating_usd") + side("proposing_usd") - wanted).abs() < 1e-9, "{sides}");
    assert!(sides["projected_usd"].is_null(), "it has ended");
    let optimization = document(&["optimization", text(&store), parent]);
    assert!(is_near(&optimization["cost_usd"], &told["total_usd"]), "{}", optimization["cost_usd"]);
    // A sum of some of the traces says of how many it is not, and how sure it is.
    assert_eq!(
        (&optimization["cost_certainty"], &optimization["cost_unknown_traces"]),
        (&told["certainty"], &told["unknown_traces"])
    );
    for one in optimization["evaluations"].as_array().expect("a list") {
        let rows = told["by_run"].as_array().expect("a list");
        let of_run = rows.iter().find(|row| row["run_id"] == one["run_id"]).expect("a row");
        let known = ["cost_usd", "cost_certainty", "cost_unknown_traces"].map(|key| &one[key]);
        assert_eq!(known, ["usd", "certainty", "unknown_traces"].map(|key| &of_run[key]), "{one}");
    }
    for side in ["evaluating", "proposing", "after_best"] {
        let (usd, certainty) = (&sides[format!("{side}_usd")], &sides[format!("{side}_certainty")]);
        assert_eq!(usd.is_null(), certainty.is_null(), "{sides}");
    }
    let unknown = |side: &str| sides[format!("{side}_unknown_traces")].as_u64().expect("a count");
    assert_eq!(Some(unknown("evaluating") + unknown("proposing")), told["unknown_traces"].as_u64());
}

#[test]
fn another_file_of_prices_makes_other_costs() {
    let store = database("v3.17");
    let before = document(&["cost", text(&store)]);
    let row = &before["by_model"][0];
    let (input, output) = (row["input"].as_f64().expect("told"), row["output"].as_f64().expect("told"));
    let (_folder, dear) =
        prices_of(r#"{"openai/gpt-4o-mini": {"input_cost_per_token": 0.001, "output_cost_per_token": 0.002}}"#);
    let told = document(&["cost", text(&store), "--prices", &dear]);
    let wanted = input * 0.001 + output * 0.002;
    assert!((told["total_usd"].as_f64().expect("known") - wanted).abs() < 1e-6, "{told}");
    assert_eq!((told["certainty"].as_str(), told["prices"][0]["source"].as_str()), (Some("exact"), Some(&*dear)));
    let filtered = |file: &[&str]| {
        let args = [&["traces", text(&store), "--filter", "cost > 0.05"], file].concat();
        document(&args)["total"].as_u64().expect("a count")
    };
    assert_eq!(filtered(&[]), 0);
    assert!(filtered(&["--prices", &dear]) > 0);
    let by_model = document(&["stats", text(&store), "--by", "model", "--prices", &dear]);
    assert!((by_model["all"]["cost_usd"].as_f64().expect("known") - wanted).abs() < 1e-6);
    assert!((by_model["rows"][0]["cost_usd"].as_f64().expect("known") - wanted).abs() < 1e-6);
    // Free is what its user calls free, and only then.
    let (_folder, free) =
        prices_of(r#"{"openai/gpt-4o-mini": {"input_cost_per_token": 0, "output_cost_per_token": "0"}}"#);
    let told = document(&["cost", text(&store), "--prices", &free]);
    assert_eq!((told["total_usd"].as_f64(), &told["priced_traces"]), (Some(0.0), &before["priced_traces"]));
    // A file that is not there is no reason to take other prices silently.
    let output = run(&["cost", text(&store), "--prices", "/nowhere/prices.json"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("/nowhere/prices.json"));
}

#[test]
fn prices_say_what_they_are_where_they_are_from_and_what_is_wrong() {
    let told = document(&["prices", "openai/gpt-4o-mini", "gpt-4o-mini", "nobody/knows-it"]);
    let keys: Vec<&String> = told["prices"][0].as_object().expect("an object").keys().collect();
    let wanted = ["model", "input_per_token", "output_per_token", "cached_input_per_token", "source", "entry"];
    assert_eq!(keys, wanted);
    assert_eq!(told["prices"].as_array().map(Vec::len), Some(2));
    assert_eq!(told["prices"][0]["input_per_token"].as_f64(), Some(1.5e-7));
    assert!(told["prices"][0]["source"].as_str().is_some_and(|source| source.starts_with("LiteLLM ")), "{told}");
    assert_eq!(told["unknown"], serde_json::json!(["nobody/knows-it"]));
    assert!(answered(&["prices", "nobody/knows-it"]).contains("nobody/knows-it: no price is known"));
    let all = document(&["prices"]);
    assert!(all["prices"].as_array().is_some_and(|list| list.len() > 3_000));
    // What is damaged costs no more than itself.
    let (_folder, damaged) = prices_of(
        r#"{"a": {"input_cost_per_token": "1e-6", "output_cost_per_token": 2e-6, "other": {}},
            "b": {"input_cost_per_token": -1, "output_cost_per_token": 1e-6},
            "c": {"input_cost_per_token": 1e-6, "output_cost_p"#,
    );
    let told = document(&["prices", "a", "b", "c", "--prices", &damaged]);
    assert_eq!((told["prices"].as_array().map(Vec::len), told["unknown"].as_array().map(Vec::len)), (Some(1), Some(2)));
    let table = &told["tables"][0];
    assert_eq!((&table["models"], &table["unusable"][0]["why"]), (&1.into(), &"a negative price".into()));
    assert!(table["cut"].as_str().is_some_and(|cut| cut.contains("line 3")), "{table}");
    let said = answered(&["prices", "a", "--prices", &damaged]);
    assert!(said.contains("b (a negative price)") && said.contains("line 3"), "{said}");
}

#[test]
fn models_without_a_price_are_counted_and_named() {
    // The built-in table knows all models of the recordings; a store of another model is made of one of them.
    let folder = tempfile::tempdir().expect("a folder");
    let copy = folder.path().join("mlflow.db");
    std::fs::copy(database("v3.17"), &copy).expect("copied");
    let connection = rusqlite::Connection::open(&copy).expect("opened");
    connection
        .execute("update spans set content = replace(content, 'openai/gpt-4o-mini', 'ollama/my-own-model')", [])
        .expect("changed");
    drop(connection);
    let told = document(&["cost", text(&copy)]);
    assert!(told["total_usd"].is_null() && told["priced_traces"] == 0, "{told}");
    assert_eq!(told["unpriced_models"][0]["model"], "ollama/my-own-model");
    assert_eq!(told["unpriced_models"][0]["traces"], told["unknown"]["no_price"]);
    assert!(told["by_model"][0]["usd"].is_null() && told["by_model"][0]["input"].as_u64() > Some(0), "{told}");
    let said = answered(&["cost", text(&copy)]);
    assert!(said.contains("No price   ollama/my-own-model, in ") && !said.contains("$0.00"), "{said}");
}

#[test]
fn an_experiment_costs_what_its_traces_do_and_a_program_what_its_evaluations_did() {
    let store = database("real-3.18");
    let whole = document(&["cost", text(&store)]);
    let mut sum = 0.0;
    let mut traces = 0;
    for experiment in document(&["experiments", text(&store)])["experiments"].as_array().expect("a list") {
        let id = experiment["id"].as_str().expect("an id");
        let told = document(&["cost", text(&store), "--experiment", id]);
        sum += told["total_usd"].as_f64().unwrap_or_default();
        traces += told["priced_traces"].as_u64().expect("a count");
        let count = |key: &str| told[key].as_u64().expect("a count");
        assert!(count("priced_traces") + count("unknown_traces") <= experiment["traces"].as_u64().expect("a count"));
    }
    assert_eq!(whole["priced_traces"].as_u64(), Some(traces));
    assert!((whole["total_usd"].as_f64().expect("known") - sum).abs() < 1e-12, "{sum}");
    assert_eq!(run(&["cost", text(&store), "a69060", "--experiment", "1"]).status.code(), Some(2), "one or the other");
    // Every evaluation of a program, wherever it stands.
    let of_run = |id: &serde_json::Value| {
        let rows = whole["by_run"].as_array().expect("a list");
        rows.iter().find(|one| one["run_id"] == *id).map_or(Value::Null, |one| one["usd"].clone())
    };
    let runs = document(&["runs", text(&store)]);
    let child =
        runs["runs"].as_array().expect("a list").iter().find(|one| one["id"] == "7863724a537f49eaa0381321215f3496");
    let told = document(&["history", text(&store), child.expect("an evaluation")["id"].as_str().expect("an id")]);
    let evaluations = told["evaluations"].as_array().expect("a list");
    assert!(!evaluations.is_empty());
    for one in evaluations {
        assert!(is_near(&one["cost_usd"], &of_run(&one["run_id"])), "{one}");
    }
}
