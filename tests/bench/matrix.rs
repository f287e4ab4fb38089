//! How long the story of a large optimization takes, and the matrix of its examples, beside raw SQLite and plain
//! parsing of the same files in the same run.

use std::path::{Path, PathBuf};

use dspyglass::model::RunId;
use dspyglass::query::ask::Session;
use dspyglass::query::{HeldOutOf, OptimizationOf, ScoresOf, TracesOfExamples, VerdictOf};
use dspyglass::store::{OpenOptions, ReadCx, open};
use rusqlite::Connection;

use crate::{Failure, connect, raw_bytes, row};

/// Measures and prints.
pub fn measure(database: &Path) -> Result<(), Failure> {
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
            found.columns.iter().filter(|one| session.ask(&TracesOfExamples(one.run_id.clone())).is_ok()).count()
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
    Ok(())
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
