//! How long the story of a large optimization takes, and the matrix of its examples, beside raw SQLite and plain
//! parsing of the same files in the same run.

use std::path::{Path, PathBuf};

use dspyglass::analysis::matrix_view::{MatrixSettings, MatrixSort};
use dspyglass::analysis::score_matrix::{MatrixExample, ScoreMatrix};
use dspyglass::model::RunId;
use dspyglass::query::ask::Session;
use dspyglass::query::{HeldOutOf, OptimizationOf, Scores, ScoresOf, TracesOfExamples, VerdictOf};
use dspyglass::store::{OpenOptions, ReadCx, open};
use rusqlite::Connection;

use crate::{Failure, connect, matrix_frames, optimization, raw_bytes, row};

/// Measures the largest optimization of a store, or one that is made of another store, and prints.
pub fn measure(given: Option<PathBuf>, source: &Path) -> Result<(), Failure> {
    let database = match given {
        Some(database) => database,
        None => optimization::made(source, Path::new(env!("CARGO_TARGET_TMPDIR")))?,
    };
    let database = database.as_path();
    let raw = connect(database)?;
    let (parent, evaluations): (String, i64) = raw.query_row(
        "select t.value, count(*) from tags t join runs r on r.run_uuid = t.run_uuid where t.key = 'mlflow.parentRunId' \
         and r.name like 'eval%' group by 1 order by 2 desc limit 1",
        [],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    println!("\nan optimization of {evaluations} evaluations, milliseconds, every answer anew");
    println!("{:<44} {:>10} {:>12} {:>7}", "", "dspyglass", "raw", "ratio");
    let files = files(database, &raw, &parent)?;
    let parent = RunId::from(parent);
    let mut store = open(database, &OpenOptions::default())?;
    let cx = ReadCx::new();
    let programs = |path: &&PathBuf| !path.ends_with("result_table.json");
    row(
        "the story: its evaluations, verdict, held out",
        || {
            let mut session = Session::alone(&mut *store, &cx);
            let found = session.ask(&OptimizationOf(parent.clone())).is_ok();
            found && session.ask(&VerdictOf(parent.clone())).is_ok() && session.ask(&HeldOutOf(parent.clone())).is_ok()
        },
        || rows(&raw, &parent) + files.iter().map(|path| parsed(path)).sum::<usize>(),
    );
    row(
        "of it: its evaluations alone",
        || Session::alone(&mut *store, &cx).ask(&OptimizationOf(parent.clone())).is_ok(),
        || rows(&raw, &parent) + files.iter().filter(programs).map(|path| parsed(path)).sum::<usize>(),
    );
    row(
        "the matrix, with nothing known before",
        || Session::alone(&mut *store, &cx).ask(&ScoresOf::optimization(parent.clone())).is_ok(),
        || rows(&raw, &parent) + files.iter().map(|path| parsed(path)).sum::<usize>(),
    );
    let found = Session::alone(&mut *store, &cx).ask(&ScoresOf::optimization(parent.clone()))?;
    let Some(found) = found.as_ref() else { return Err("no such optimization".into()) };
    row(
        "the traces of all cells",
        || {
            let mut session = Session::alone(&mut *store, &cx);
            found.columns.iter().filter(|one| session.ask(&TracesOfExamples(one.id())).is_ok()).count()
        },
        || {
            let of_runs = "select r.run_uuid from runs r join tags t on t.run_uuid = r.run_uuid where t.value = ?1";
            let sql = format!(
                "select i.* from trace_request_metadata m join trace_info i on i.request_id = m.request_id \
                 where m.key = 'mlflow.sourceRun' and m.value in ({of_runs})"
            );
            raw_bytes(&raw, &sql, &[parent.as_str()])
        },
    );
    let settings = |sort, group_by: Option<&str>| MatrixSettings {
        sort,
        group_by: group_by.map(str::to_owned),
        ..MatrixSettings::default()
    };
    let scores =
        |scores: &Scores| scores.matrix.examples.iter().flat_map(|one| one.scores.iter().flatten()).sum::<f64>();
    row(
        "the matrix as it is looked at, by flips",
        || found.view(&settings(MatrixSort::Flips, None)).shown,
        || scores(found),
    );
    let large = large(found);
    row(
        "10,000 × 300 examples, by flips, in groups",
        || large.view(&settings(MatrixSort::Flips, Some("topic"))).shown,
        || scores(&large),
    );
    row("the same: values of its fields", || large.fields().len(), || scores(&large));
    matrix_frames::measure(database, &parent)
}

/// As many as nobody has evaluated yet.
fn large(like: &Scores) -> Scores {
    const EXAMPLES: usize = 10_000;
    const COLUMNS: usize = 300;
    let example = |at: usize| MatrixExample {
        example: [
            ("question", format!("Question {at}, {}", "words ".repeat(20))),
            ("topic", format!("topic {}", at % 12)),
        ]
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value.into()))
        .collect(),
        scores: (0..COLUMNS).map(|column| Some(((at * 31 + column * 17) % 5 % 2) as f64)).collect(),
        rows: vec![u32::try_from(at).ok(); COLUMNS],
    };
    let matrix = ScoreMatrix { examples: (0..EXAMPLES).map(example).collect(), ..like.matrix.clone() };
    let columns = (0..COLUMNS).filter_map(|at| like.columns.get(at % like.columns.len())).cloned().collect();
    Scores { matrix, columns, ..like.clone() }
}

/// The rows that the evaluations of an optimization are told from.
fn rows(raw: &Connection, parent: &RunId) -> usize {
    let of_runs = "(select run_uuid from tags where key = 'mlflow.parentRunId' and value = ?1)";
    let tables = ["runs", "params", "tags", "latest_metrics"];
    tables
        .iter()
        .map(|table| raw_bytes(raw, &format!("select * from {table} where run_uuid in {of_runs}"), &[parent.as_str()]))
        .sum()
}

/// The programs and tables of its evaluations.
fn files(database: &Path, raw: &Connection, parent: &str) -> Result<Vec<PathBuf>, Failure> {
    let sql = "select r.run_uuid, r.experiment_id || '' from runs r join tags t on t.run_uuid = r.run_uuid \
               where t.key = 'mlflow.parentRunId' and t.value = ?1";
    let mut statement = raw.prepare(sql)?;
    let runs: Vec<(String, String)> =
        statement.query_map([parent], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?;
    let home = database.parent().unwrap_or(Path::new("."));
    let of = |(run, experiment): &(String, String)| {
        let folder = home.join("mlruns").join(experiment).join(run).join("artifacts");
        ["model.json", "result_table.json"].map(|name| folder.join(name))
    };
    Ok(runs.iter().flat_map(of).filter(|path| path.is_file()).collect())
}

fn parsed(path: &Path) -> usize {
    let read = || -> Option<usize> {
        let bytes = std::fs::read(path).ok()?;
        let value: serde_json::Value = serde_json::from_slice(&bytes).ok()?;
        std::hint::black_box(&value);
        Some(bytes.len())
    };
    read().unwrap_or_default()
}
