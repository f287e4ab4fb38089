//! Which tables and columns a store has. Never which version: what exists is read.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use rusqlite::Connection;

use super::connection::explain;
use crate::store::{Result, StoreError};

/// The tables that are ever read. MLflow's `secrets`, `endpoints` and `webhooks` are not.
const READ: [&str; 27] = [
    "alembic_version",
    "assessments",
    "datasets",
    "entity_associations",
    "evaluation_dataset_records",
    "evaluation_datasets",
    "experiments",
    "input_tags",
    "inputs",
    "latest_metrics",
    "logged_models",
    "metrics",
    "model_version_tags",
    "model_versions",
    "params",
    "registered_model_aliases",
    "registered_model_tags",
    "registered_models",
    "runs",
    "spans",
    "tags",
    "trace_info",
    "trace_metrics",
    "trace_request_metadata",
    "trace_tags",
    "experiment_tags",
    "logged_model_tags",
];

/// Without these there is nothing that could be called an MLflow store.
const NEEDED: [(&str, &str); 2] = [("experiments", "experiment_id"), ("runs", "run_uuid")];

/// The tables of [`READ`] that exist, with their columns.
#[derive(Clone, Debug, Default)]
pub struct Schema {
    tables: HashMap<String, HashSet<String>>,
    /// The database's `alembic_version`, which names its schema.
    pub revision: Option<String>,
    /// Changes with every table, as SQLite counts.
    cookie: Option<i64>,
}

impl Schema {
    /// Looks at the database.
    ///
    /// # Errors
    /// [`StoreError::NotMlflow`] if it is somebody else's.
    pub fn read(conn: &Connection, path: &Path) -> Result<Self> {
        let sql = "select m.name, c.name from sqlite_master m, pragma_table_xinfo(m.name) c where m.type in ('table', 'view')";
        let collect = || -> rusqlite::Result<HashMap<String, HashSet<String>>> {
            let mut tables: HashMap<String, HashSet<String>> = HashMap::new();
            let mut statement = conn.prepare(sql)?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                let (Some(table), Some(column)) = (super::row::name(row, 0), super::row::name(row, 1)) else {
                    continue;
                };
                if READ.contains(&table.as_str()) {
                    tables.entry(table).or_default().insert(column);
                }
            }
            Ok(tables)
        };
        let cookie = cookie(conn);
        let tables = collect().map_err(|error| explain(path, "the list of tables", &error))?;
        let mut schema = Self { tables, revision: None, cookie };
        for (table, column) in NEEDED {
            if !schema.has(table, column) {
                return Err(StoreError::NotMlflow { path: path.to_owned(), missing: table.to_owned() });
            }
        }
        schema.read_revision(conn);
        Ok(schema)
    }

    /// Looks at a database that was opened before, which is cheap as long as its tables stay.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub fn read_again(before: &Self, conn: &Connection, path: &Path) -> Result<Self> {
        if before.cookie.is_none() || cookie(conn) != before.cookie {
            return Self::read(conn, path);
        }
        let mut schema = before.clone();
        schema.read_revision(conn);
        Ok(schema)
    }

    fn read_revision(&mut self, conn: &Connection) {
        let sql = "select version_num from alembic_version";
        let read = || conn.query_row(sql, [], |row| Ok(super::row::name(row, 0))).unwrap_or(None);
        self.revision = if self.has("alembic_version", "version_num") { read() } else { None };
    }

    /// Whether there is such a table.
    pub fn has_table(&self, table: &str) -> bool {
        self.tables.contains_key(table)
    }

    /// Whether there is such a column.
    pub fn has(&self, table: &str, column: &str) -> bool {
        self.tables.get(table).is_some_and(|columns| columns.contains(column))
    }

    /// Whether there is a registry in which prompts are told from models.
    pub fn keeps_prompts(&self) -> bool {
        self.has("registered_models", "name") && self.has("registered_model_tags", "name")
    }

    /// The column's name behind `alias.` if it exists, else `null`: a piece of a `select`.
    pub fn column(&self, table: &str, alias: &str, column: &str) -> String {
        if self.has(table, column) { format!("{alias}.{column}") } else { "null".to_owned() }
    }
}

fn cookie(conn: &Connection) -> Option<i64> {
    conn.query_row("pragma schema_version", [], |row| row.get(0)).ok()
}
