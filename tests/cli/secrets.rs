//! No secret of a recorded store leaves the terminal unless it was asked for.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Mutex;

use super::{commands, databases, document, run, text};

/// What the recordings hold in clear: the stand-in's key, the header of a second model.
const SECRETS: [&str; 2] = ["sk-fake", "sk-secret-header-31"];

/// How often each secret stands in everything that is said about a store.
fn said(database: &Path, reveal: bool) -> BTreeMap<&'static str, usize> {
    let store = text(database);
    let ids = |list: &serde_json::Value| -> Vec<String> {
        list.as_array().expect("a list").iter().filter_map(|one| one["id"].as_str().map(str::to_owned)).collect()
    };
    let listed = document(&["runs", store, "--deleted"])["runs"].take();
    let runs = ids(&listed);
    let parent = |run: &serde_json::Value| run["parent_id"].as_str().map(str::to_owned);
    let parents: BTreeSet<String> = listed.as_array().into_iter().flatten().filter_map(parent).collect();
    let traces = ids(&document(&["traces", store])["traces"]);
    let named = document(&["prompts", store])["prompts"].take();
    let prompts: Vec<String> =
        named.as_array().into_iter().flatten().filter_map(|one| one["name"].as_str().map(str::to_owned)).collect();
    let commands = commands();
    let mut questions: Vec<Vec<&str>> = Vec::new();
    for command in commands.iter().map(String::as_str) {
        match command {
            "traces" => {
                questions.push(vec![command, store]);
                // Whoever asks for a secret learns nothing of it.
                let filters =
                    ["input ~ 'sk-fake'", "tags.api_key = x or metadata.api_key ~ a", "output ~ x or input ~ x"];
                questions.extend(filters.iter().map(|filter| vec![command, store, "--filter", filter]));
            }
            // What it says before it is asked.
            "serve-stdio" => questions.push(vec![command, store]),
            // It asks no store.
            "prices" => questions.push(vec![command, "openai/gpt-4o-mini"]),
            "cost" => {
                questions.push(vec![command, store]);
                questions.extend(parents.iter().map(|id| vec![command, store, id]));
            }
            "prompts" => {
                questions.push(vec![command, store]);
                questions.extend(prompts.iter().map(|name| vec![command, store, name]));
            }
            "export" => {
                let formats = ["mlflow", "otlp", "jsonl", "trainset"];
                questions.extend(formats.iter().map(|format| vec![command, store, "--to", format]));
            }
            "experiments" | "runs" | "overview" | "check" | "labels" => questions.push(vec![command, store]),
            "metrics" | "optimization" | "program" => questions.extend(runs.iter().map(|id| vec![command, store, id])),
            // Of an optimization, and of every fourth other run: they say what the others say, put together anew.
            "history" | "evolution" | "family-tree" | "scores" | "slices" | "doctor" => {
                let some = runs.iter().enumerate().filter(|(at, id)| at % 4 == 0 || parents.contains(*id));
                let more: &[&str] = if command == "slices" { &["--failures"] } else { &[] };
                questions.extend(some.map(|(_, id)| [&[command, store, id.as_str()], more].concat()));
            }
            // The secrets themselves, and what stands around them; without --reveal they are not found.
            "search" => {
                let texts = ["sk-fake", "secret-header", "api_key", "Authorization"];
                questions.extend(texts.iter().map(|text| vec![command, store, text]));
                questions.push(vec![command, store, "--regex", "api.{0,40}"]);
                questions.push(vec![command, store, "sk-fake", "--limit", "1", "--count"]);
            }
            "stats" => {
                let keys = ["span", "predictor", "model", "error", "run", "session"];
                questions.extend(keys.iter().map(|by| vec![command, store, "--by", by]));
            }
            "trace" => {
                questions.extend(traces.iter().map(|id| vec![command, store, id]));
                // Of every eighth, once more, what the same values look like as prompts and steps.
                for id in traces.iter().step_by(8) {
                    questions.push(vec![command, store, id, "--chat", "--full"]);
                    questions.push(vec![command, store, id, "--steps", "--full"]);
                    questions.push(vec![command, store, id, "--chat", "--code", "curl"]);
                }
            }
            "diff" => {
                questions.extend(runs.windows(2).step_by(4).map(|pair| vec![command, store, &pair[0], &pair[1]]));
            }
            "diff-traces" => {
                let pairs = traces.windows(2).step_by(8);
                questions.extend(pairs.map(|pair| vec![command, store, &pair[0], &pair[1], "--full"]));
            }
            other => panic!("say here how {other} is asked"),
        }
    }
    let mut found = BTreeMap::new();
    for question in questions {
        let forms: &[bool] = if reveal { &[true] } else { &[true, false] };
        for &as_json in forms {
            let mut args = question.clone();
            args.extend(as_json.then_some("--json"));
            args.extend(reveal.then_some("--reveal"));
            let output = run(&args);
            for said in [output.stdout, output.stderr] {
                let said = String::from_utf8_lossy(&said);
                for secret in SECRETS {
                    let times = said.matches(secret).count();
                    assert!(reveal || times == 0, "{args:?} says {secret}");
                    *found.entry(secret).or_default() += times;
                }
            }
        }
    }
    found
}

#[test]
fn no_command_says_a_secret_of_a_recorded_store() {
    // Hundreds of questions for each store: stores do not wait for each other.
    let is_there = Mutex::new(BTreeMap::<&str, usize>::new());
    std::thread::scope(|scope| {
        for database in databases() {
            let is_there = &is_there;
            scope.spawn(move || {
                said(&database, false);
                let bytes = std::fs::read(&database).expect("read");
                let holds = |secret: &str| bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
                let home = database.parent().and_then(Path::file_name).expect("a folder");
                // What is looked for is really there to be said.
                if home == "v2.22" || holds(SECRETS[1]) {
                    for (secret, times) in said(&database, true) {
                        *is_there.lock().expect("no panic").entry(secret).or_default() += times;
                    }
                }
            });
        }
    });
    let is_there = is_there.into_inner().expect("no panic");
    assert!(SECRETS.iter().all(|secret| is_there.get(secret).is_some_and(|times| *times > 0)), "{is_there:?}");
}
