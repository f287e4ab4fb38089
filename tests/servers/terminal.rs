//! What the terminal prints as JSON of a server and of the file behind it, field by field.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// What a server does not tell: there it is null. `[]` stands for each place of a list.
const UNKNOWN: [&str; 14] = [
    // From the times of spans, which lists of a server do not have; and what is counted of it.
    "traces[].cached",
    "traces[].span_count",
    "cached",
    "span_count",
    "repeats[].answers.cached",
    "repeats[].answers.told",
    "repeats[].text",
    // Which calls a cache answered is likely to be known by the same times: what it spared, and why a cost is unknown.
    "unknown.likely_cached",
    "unknown.no_usage",
    "cost_saved_usd",
    "optimization.saved_usd",
    // Whether a file is missing, or was never there.
    "optimizer.reason",
    // What there is beside runs and traces.
    "assessments",
    "logged_models",
];

/// What a server adds: MLflow 3.17 keeps it in columns.
const ADDED: [&str; 4] = ["mlflow.traceName", "mlflow.trace.tokenUsage", "mlflow.trace.cost", "mlflow.trace.session"];

/// What a command prints.
fn printed(store: &str, args: &[&str]) -> Value {
    let home = tempfile::tempdir().expect("a folder");
    let (command, rest) = args.split_first().expect("a command");
    let output = Command::new(env!("CARGO_BIN_EXE_dspyglass"))
        .args([command, store])
        .args(rest)
        .arg("--json")
        .env("XDG_CACHE_HOME", home.path())
        .env("XDG_CONFIG_HOME", home.path())
        .output()
        .expect("it runs");
    if !output.status.success() {
        // Both have to say that there is nothing.
        return Value::from("nothing of this kind");
    }
    serde_json::from_slice(&output.stdout).expect("JSON")
}

/// Asserts that both say the same; how many values were compared. Names of spans are not asked for where MLflow (3.5)
/// wrote spans twice, into its table and, with numbers behind equal names, into a file, which a server gives.
pub fn compare(name: &str, file: &Path, server: &str, writes_twice: bool) -> usize {
    let file = file.display().to_string();
    let ids = |of: &Value, list: &str| -> Vec<String> {
        let rows = of[list].as_array().expect("a list");
        rows.iter().filter_map(|row| row["id"].as_str()).map(str::to_owned).collect()
    };
    let runs = printed(&file, &["runs"]);
    let parent = runs["runs"].as_array().expect("runs").iter().find_map(|run| run["parent_id"].as_str());
    let parent = parent.expect("an optimization").to_owned();
    let runs = ids(&runs, "runs");
    let traces = ids(&printed(&file, &["traces"]), "traces");
    // Not `overview`, which tells of costs as much as there was time for.
    let mut commands = vec![vec!["experiments"], vec!["runs"], vec!["traces"]];
    commands.push(vec!["stats", "--by", if writes_twice { "run" } else { "span" }]);
    commands.extend(["optimization", "scores", "slices", "evolution", "cost"].map(|command| vec![command, &*parent]));
    commands
        .extend(runs.iter().step_by(3).take(4).flat_map(|run| ["metrics", "program"].map(|word| vec![word, &**run])));
    for trace in traces.iter().step_by(5).take(if writes_twice { 0 } else { 4 }) {
        commands.extend([vec!["trace", &**trace], vec!["trace", &**trace, "--chat"]]);
    }
    let mut compared = 0;
    for args in commands {
        let (of_file, of_server) = (printed(&file, &args), printed(server, &args));
        let mut place = String::new();
        compared += same(&format!("{name}, {args:?}"), &mut place, &of_file, &of_server);
    }
    compared
}

/// Asserts that two values are the same but for what a server does not tell.
fn same(what: &str, place: &mut String, file: &Value, server: &Value) -> usize {
    let end = place.len();
    match (file, server) {
        (Value::Object(of_file), Value::Object(of_server)) => {
            let mut compared = 0;
            for key in of_file.keys().chain(of_server.keys().filter(|key| !of_file.contains_key(*key))) {
                if ADDED.contains(&&**key) {
                    continue;
                }
                place.push_str(if end == 0 { "" } else { "." });
                place.push_str(key);
                let value = |of: &serde_json::Map<String, Value>| of.get(key).cloned().unwrap_or_default();
                compared += same(what, place, &value(of_file), &value(of_server));
                place.truncate(end);
            }
            compared
        }
        (Value::Array(of_file), Value::Array(of_server)) if of_file.len() == of_server.len() => {
            place.push_str("[]");
            let compared = of_file.iter().zip(of_server).map(|(a, b)| same(what, place, a, b)).sum();
            place.truncate(end);
            compared
        }
        _ => {
            let is_unknown = UNKNOWN.contains(&place.as_str());
            assert!(file == server || is_unknown, "{what}: {place} is {file} of the file and {server} of the server");
            1
        }
    }
}
