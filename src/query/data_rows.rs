//! The rows of `trainset.json` and `valset.json`: what an evaluation was made on, and from which
//! of them demos were taken.

use std::collections::HashSet;

use crate::analysis::canonical;
use crate::model::dspy::tables::RawTable;
use crate::model::program::Object;
use crate::model::{Demo, Json, ResultTable, RunId, Unmasked};
use crate::query::ask::Session;
use crate::query::program::{Read, read_json};
use crate::store::Result;

/// The rows of one data file of an optimization.
#[derive(Clone, Debug, Default)]
pub struct DataRows {
    columns: Vec<String>,
    rows: Vec<Vec<Json>>,
}

impl DataRows {
    /// Reads `trainset.json` or `valset.json`; `None` if it is not there or no table.
    pub fn read(session: &mut Session<'_>, run: &RunId, path: &str) -> Result<Option<Self>> {
        let Read::Good(decoded) = read_json(session, run, path)? else { return Ok(None) };
        let Ok(RawTable { columns, rows, .. }) = RawTable::read(decoded.value) else { return Ok(None) };
        let row = |cells: Unmasked<Json>| {
            let cells = columns.iter().zip(cells.into_items().unwrap_or_default());
            cells.map(|(name, cell)| cell.mask(name, session.cx.reveal())).collect()
        };
        let rows = rows.into_iter().map(row).collect();
        Ok(Some(Self { columns, rows }))
    }

    /// The fields, in the order of the columns.
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// Of each row what these fields hold, as one text. Values are compared as text: a file to which a table was
    /// appended has `27` in some rows and `"27"` in others (MLflow's `log_table` goes through pandas).
    pub fn keys<'d>(&'d self, fields: &'d [String]) -> impl Iterator<Item = String> + 'd {
        let at = |name: &String| self.columns.iter().position(|column| column == name);
        let places: Vec<Option<usize>> = fields.iter().map(at).collect();
        self.rows.iter().map(move |row| {
            let cells = places.iter().map(|at| as_text(at.and_then(|at| row.get(at))));
            cells.collect::<Vec<_>>().join("\u{1f}")
        })
    }

    /// The fields, and each row by them; `None` if a row is not as long as the list of columns.
    pub fn into_examples(self) -> Option<(Vec<String>, Vec<Object>)> {
        let fields = self.columns;
        let example = |row: Vec<Json>| -> Option<Object> {
            (row.len() == fields.len()).then(|| fields.iter().cloned().zip(row).collect())
        };
        let rows: Option<Vec<Object>> = self.rows.into_iter().map(example).collect();
        rows.map(|rows| (fields, rows))
    }

    /// Which examples of a table are among the rows; `None` if they have no field in common.
    pub fn overlap(&self, table: &ResultTable) -> Option<HashSet<usize>> {
        let shared: Vec<(&String, usize)> = table
            .example_fields
            .iter()
            .filter_map(|field| Some((field, self.columns.iter().position(|column| column == field)?)))
            .collect();
        if shared.is_empty() {
            return None;
        }
        let key = |cell: Option<&Json>| cell.map_or_else(|| b"-".to_vec(), canonical::bytes);
        let own: HashSet<Vec<u8>> =
            self.rows.iter().map(|row| shared.iter().flat_map(|(_, at)| key(row.get(*at))).collect()).collect();
        let is_known = |example: &Object| {
            let wanted: Vec<u8> = shared.iter().flat_map(|(field, _)| key(example.get(*field))).collect();
            own.contains(&wanted)
        };
        Some((0..table.rows.len()).filter(|at| is_known(&table.rows[*at].example)).collect())
    }

    /// The first row whose fields a demo has, all of them that both name.
    pub fn row_of(&self, demo: &Demo) -> Option<usize> {
        let shared: Vec<(usize, Vec<u8>)> = demo
            .fields()
            .filter_map(|(name, value)| {
                Some((self.columns.iter().position(|column| column == name)?, canonical::bytes(value)))
            })
            .collect();
        let is_it = |row: &Vec<Json>| {
            shared.iter().all(|(at, wanted)| row.get(*at).is_some_and(|cell| canonical::bytes(cell) == *wanted))
        };
        if shared.is_empty() { None } else { self.rows.iter().position(is_it) }
    }
}

/// A value as the text that it is or is written as; nothing where there is none.
pub fn as_text(value: Option<&Json>) -> String {
    match value {
        None => String::new(),
        Some(Json::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}
