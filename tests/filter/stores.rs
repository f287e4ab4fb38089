//! Where filters are tried: every recorded store as it is, and one with what recordings lack.

use std::path::{Path, PathBuf};

use rusqlite::Connection;

/// A store to try filters on.
pub struct Sample {
    pub name: String,
    pub database: PathBuf,
    /// Removed when dropped, if it is a copy.
    _home: Option<tempfile::TempDir>,
}

pub fn samples() -> Vec<Sample> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/stores");
    let mut found = Vec::new();
    for folder in std::fs::read_dir(root).expect("tests/stores is there").flatten() {
        for file in std::fs::read_dir(folder.path()).into_iter().flatten().flatten() {
            if file.path().extension().is_some_and(|ending| ending == "db" || ending == "sqlite") {
                let name = folder.file_name().to_string_lossy().into_owned();
                found.push(Sample { name, database: file.path(), _home: None });
            }
        }
    }
    found.sort_by(|a, b| a.database.cmp(&b.database));
    assert!(found.len() >= 8, "eight kinds of stores are recorded");
    let strange = strange(&found[found.len() - 1].database);
    found.push(strange);
    found
}

/// Values that are rare, each in some runs: not finite, empty, numbers in many spellings,
/// quotes, wildcards, letters beyond ASCII, keys that need quotes, runs without anything.
fn strange(from: &Path) -> Sample {
    let home = tempfile::tempdir().expect("a folder");
    let database = home.path().join("mlflow.db");
    std::fs::copy(from, &database).expect("copied");
    let db = Connection::open(&database).expect("opened");
    db.execute_batch("pragma foreign_keys = off; pragma ignore_check_constraints = on; begin").expect("begun");
    let texts = [
        "",
        " ",
        "7",
        " 7 ",
        "7.0",
        "07",
        "-7",
        "+7",
        "7.",
        ".5",
        "0.5",
        "5e-1",
        "1e3",
        "1000",
        "1E3",
        "1e400",
        "0x10",
        "inf",
        "-Infinity",
        "NaN",
        "nan",
        "1_000",
        "1,5",
        "seven",
        "Seven",
        "it's",
        "'",
        "\"",
        "`",
        "100%",
        "a_b",
        "a%b",
        "axb",
        "A_B",
        "\\",
        "Ünï",
        "ünï",
        "日本",
        "🧮 x",
        "line\nbreak",
        "tab\tbed",
        "null",
        "(x)",
        "a, b",
    ];
    let keys = ["n", "a b", "x`y", "q\"r", "it's", "a-b/c[0]", "é", "dotted.key.x", "and", "1st", "."];
    let numbers = [
        "0",
        "-0.0",
        "1",
        "-1",
        "0.1",
        "0.30000000000000004",
        "1e-300",
        "1e308",
        "-1e308",
        "1.7976931348623157e308",
        "-1.7976931348623157e308",
        "123456789012",
        "2.5",
        "72.5",
    ];
    for run in 0..120 {
        let id = format!("strange{run:03}");
        let (start, end) = (1_700_000_000_000_i64 + run * 1000, 1_700_000_000_000_i64 + run * 1500);
        let status = ["FINISHED", "FAILED", "RUNNING", "KILLED", "SCHEDULED", "paused", ""][run as usize % 7];
        db.execute(
            "insert into runs (run_uuid, name, experiment_id, status, start_time, end_time, lifecycle_stage, artifact_uri)
             select ?1, ?2, experiment_id, ?3, ?4, ?5, ?6, ?7 from runs limit 1",
            (
                &id,
                ["eval_full_3", "eval", "", "Ünï 100%", "it's"][run as usize % 5],
                status,
                (run % 9 != 0).then_some(start),
                (run % 4 != 0).then_some(end),
                if run % 11 == 0 { "deleted" } else { "active" },
                ["mlruns/1/x", "", "s3://b/ünï"][run as usize % 3],
            ),
        )
        .expect("a run");
        for (place, key) in keys.iter().enumerate() {
            let at = (run as usize * 7 + place * 13) % texts.len();
            if !(run as usize + place).is_multiple_of(3) {
                db.execute("insert into params (key, value, run_uuid) values (?1, ?2, ?3)", (key, texts[at], &id))
                    .expect("a param");
            }
            if !(run as usize + place).is_multiple_of(4) {
                let value = texts[(at * 5 + 1) % texts.len()];
                db.execute("insert into tags (key, value, run_uuid) values (?1, ?2, ?3)", (key, value, &id))
                    .expect("a tag");
            }
            if !(run as usize + place).is_multiple_of(5) {
                let at = (run as usize * 3 + place * 5) % (numbers.len() + 2);
                let is_nan = at >= numbers.len();
                let value: f64 = if is_nan { 0.0 } else { numbers[at].parse().expect("a number") };
                db.execute(
                    "insert into latest_metrics (key, value, timestamp, step, is_nan, run_uuid) values (?1, ?2, 0, 0, ?3, ?4)",
                    (key, value, is_nan, &id),
                )
                .expect("a metric");
            }
        }
        for (key, value, every) in
            [("mlflow.runName", "by its tag", 3), ("mlflow.user", "Ann", 2), ("mlflow.parentRunId", "strange000", 5)]
        {
            if run % every == 0 {
                db.execute("insert into tags (key, value, run_uuid) values (?1, ?2, ?3)", (key, value, &id))
                    .expect("a tag");
            }
        }
    }
    db.execute_batch("commit").expect("committed");
    Sample { name: "strange".to_owned(), database, _home: Some(home) }
}
