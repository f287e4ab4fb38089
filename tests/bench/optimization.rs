//! A store with one large optimization: every evaluation has its program, its table, its score, and a trace for each
//! example.

use std::fs;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, params};
use serde_json::{Value, json};

use crate::Failure;

const EVALUATIONS: i64 = 200;
const EXAMPLES: usize = 300;
/// So many evaluations in a row are of one program.
const REPEATED: i64 = 4;
const EXPERIMENT: i64 = 900;
const START_MS: i64 = 1_795_300_000_000;

/// The database, made from the schema and rows of another one if it is not there yet.
pub fn made(source: &Path, home: &Path) -> Result<PathBuf, Failure> {
    let (folder, database) = (home.join("optimization"), home.join("optimization/mlflow.db"));
    if database.exists() {
        return Ok(database);
    }
    println!("growing {EVALUATIONS} evaluations of {EXAMPLES} examples into {} …", folder.display());
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder)?;
    let part = folder.join("mlflow.part");
    fs::copy(source, &part)?;
    let db = Connection::open(&part)?;
    db.execute_batch("pragma journal_mode = off; pragma synchronous = off; pragma foreign_keys = off; begin")?;
    write(&db, &folder)?;
    db.execute_batch("commit; pragma optimize")?;
    drop(db);
    fs::rename(&part, &database)?;
    Ok(database)
}

fn write(db: &Connection, folder: &Path) -> Result<(), Failure> {
    let location = folder.join("mlruns").join(EXPERIMENT.to_string());
    db.execute(
        "insert into experiments (experiment_id, name, artifact_location, lifecycle_stage) values (?1, 'large', ?2, 'active')",
        params![EXPERIMENT, location.display().to_string()],
    )?;
    let run = |id: &str, name: &str, start: i64, end: i64, files: &[(&str, Value)]| -> Result<(), Failure> {
        let artifacts = location.join(id).join("artifacts");
        fs::create_dir_all(&artifacts)?;
        for (file, content) in files {
            fs::write(artifacts.join(file), content.to_string())?;
        }
        let sql = "insert into runs (run_uuid, name, status, start_time, end_time, lifecycle_stage, artifact_uri, experiment_id) \
                   values (?1, ?2, 'FINISHED', ?3, ?4, 'active', ?5, ?6)";
        db.execute(sql, params![id, name, start, end, artifacts.display().to_string(), EXPERIMENT])?;
        Ok(())
    };
    let last = program(EVALUATIONS / REPEATED - 1);
    run("large-parent", "large", START_MS, START_MS + EVALUATIONS * 60_000, &[("best_model.json", last)])?;
    db.execute("insert into params (key, value, run_uuid) values ('num_trials', '200', 'large-parent')", [])?;
    let mut tag =
        db.prepare("insert into tags (key, value, run_uuid) values ('mlflow.parentRunId', 'large-parent', ?1)")?;
    let mut metric = db.prepare(
        "insert into latest_metrics (key, value, timestamp, step, is_nan, run_uuid) values ('eval', ?1, ?2, 0, 0, ?3)",
    )?;
    let mut trace = db.prepare(
        "insert into trace_info (request_id, experiment_id, timestamp_ms, execution_time_ms, status, request_preview) \
         values (?1, ?2, ?3, 90, 'OK', ?4)",
    )?;
    let mut metadata =
        db.prepare("insert into trace_request_metadata (key, value, request_id) values ('mlflow.sourceRun', ?1, ?2)")?;
    let questions: Vec<String> = (0..EXAMPLES)
        .map(|at| format!("Example {at}: {} boxes are packed by 佐藤; how many parts?", at * 7 % 90))
        .collect();
    for at in 0..EVALUATIONS {
        let (id, start) = (format!("large-{at:04}"), START_MS + at * 60_000);
        let is_right = |example: usize| (example as i64 * 7_919 + at * 104_729) % 1_000 < 400 + 2 * at;
        let rows: Vec<Value> = questions
            .iter()
            .enumerate()
            .map(|(example, question)| {
                let answer = if is_right(example) { "7" } else { "8" };
                json!([is_right(example), question, "7", "because", answer])
            })
            .collect();
        let right = (0..EXAMPLES).filter(|example| is_right(*example)).count();
        let columns = json!(["score", "example_question", "example_answer", "pred_reasoning", "pred_answer"]);
        let files =
            [("model.json", program(at / REPEATED)), ("result_table.json", json!({"columns": columns, "data": rows}))];
        run(&id, &format!("eval_full_{at}"), start, start + 50_000, &files)?;
        tag.execute([&id])?;
        metric.execute(params![(right as f64 * 10_000.0 / EXAMPLES as f64).round() / 100.0, start + 49_000, id])?;
        for (example, question) in questions.iter().enumerate() {
            let trace_id = format!("tr-large-{at:04}-{example:04}");
            let inputs = json!({"question": question}).to_string();
            trace.execute(params![trace_id, EXPERIMENT, start + example as i64 * 100, inputs])?;
            metadata.execute([&id, &trace_id])?;
        }
    }
    Ok(())
}

fn program(number: i64) -> Value {
    let fields = json!([{"prefix": "Question:", "description": "${question}"}, {"prefix": "Answer:", "description": "${answer}"}]);
    let demos: Vec<Value> =
        (0..number % 5).map(|demo| json!({"question": format!("Demo {demo}?"), "answer": demo.to_string()})).collect();
    let instructions = format!("Answer the question. Weigh {number} sides of it first. {}", "Be brief. ".repeat(20));
    json!({"predict": {"traces": [], "train": [], "demos": demos, "lm": null,
                       "signature": {"instructions": instructions, "fields": fields}}})
}
