//! What the files beside an optimization and its evaluations count.

use std::collections::HashSet;

use crate::model::dspy::artifacts::RESULT_TABLE;
use crate::model::dspy::tables::{count_rows, rows_of};
use crate::model::{Json, RunId};
use crate::query::ask::Session;
use crate::query::data_rows::as_text;
use crate::query::program::{Read, UnmaskedFile, read_json};
use crate::store::Result;

/// How many examples a file of data holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DataSize {
    /// Its rows.
    pub rows: u64,
    /// Its different rows: nested compiles append theirs to the same file.
    pub distinct: u64,
}

/// How many rows the result table of a run has; `None` if there is no such table.
pub fn table_rows(session: &mut Session<'_>, run: &RunId) -> Result<Option<u64>> {
    let file = session.ask(&UnmaskedFile { run: run.clone(), path: RESULT_TABLE.to_owned() })?;
    let Read::Good(bytes) = &*file else { return Ok(None) };
    let rows = count_rows(bytes);
    if rows.is_none() {
        session.cx.warn(format!("run {run}, {RESULT_TABLE}"), "is no table: cut short or damaged");
    }
    Ok(rows)
}

/// The size of `trainset.json` or `valset.json`; `None` if it is not there or no table.
pub fn data_size(session: &mut Session<'_>, run: &RunId, path: &str) -> Result<Option<DataSize>> {
    let Read::Good(decoded) = read_json(session, run, path)? else { return Ok(None) };
    let Some(rows) = rows_of(&decoded.value) else {
        session.cx.warn(format!("run {run}, {path}"), "is no table of examples");
        return Ok(None);
    };
    // A file to which a table was appended has `27` in some rows and `"27"` in others.
    let text = |row: &Json| match row.as_array() {
        Some(cells) => cells.iter().map(|cell| as_text(Some(cell))).collect::<Vec<_>>().join("\u{1f}"),
        None => row.to_string(),
    };
    let distinct: HashSet<String> = rows.iter().map(text).collect();
    Ok(Some(DataSize { rows: rows.len() as u64, distinct: distinct.len() as u64 }))
}
