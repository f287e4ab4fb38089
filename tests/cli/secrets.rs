//! No secret of a recorded store leaves the terminal unless it was asked for.

use std::collections::BTreeMap;
use std::path::Path;

use super::{databases, document, run, text};

/// What the recordings hold in clear: the stand-in's key, the header of a second model.
const SECRETS: [&str; 2] = ["sk-fake", "sk-secret-header-31"];

/// How often each secret stands in everything that is said about a store.
fn said(database: &Path, reveal: bool) -> BTreeMap<&'static str, usize> {
    let store = text(database);
    let ids = |list: &serde_json::Value| -> Vec<String> {
        list.as_array().expect("a list").iter().filter_map(|one| one["id"].as_str().map(str::to_owned)).collect()
    };
    let runs = ids(&document(&["runs", store, "--deleted"])["runs"]);
    let traces = ids(&document(&["traces", store])["traces"]);
    let mut questions: Vec<Vec<&str>> =
        ["experiments", "runs", "traces", "check"].map(|command| vec![command, store]).into();
    for id in &runs {
        questions.extend(["metrics", "optimization", "program"].map(|command| vec![command, store, id]));
    }
    questions.extend(runs.windows(2).step_by(4).map(|pair| vec!["diff", store, &pair[0], &pair[1]]));
    questions.extend(traces.iter().map(|id| vec!["trace", store, id]));
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
    let mut is_there: BTreeMap<&str, usize> = BTreeMap::new();
    for database in databases() {
        said(&database, false);
        let bytes = std::fs::read(&database).expect("read");
        let holds = |secret: &str| bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
        let home = database.parent().and_then(Path::file_name).expect("a folder");
        // What is looked for is really there to be said.
        if home == "v2.22" || holds(SECRETS[1]) {
            for (secret, times) in said(&database, true) {
                *is_there.entry(secret).or_default() += times;
            }
        }
    }
    assert!(SECRETS.iter().all(|secret| is_there.get(secret).is_some_and(|times| *times > 0)), "{is_there:?}");
}
