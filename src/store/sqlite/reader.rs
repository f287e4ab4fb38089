//! One reading: a connection, what the tables look like, and whom to tell of damage.

use std::ops::ControlFlow;
use std::path::Path;

use rusqlite::{Connection, Params, Row, Statement, Transaction};

use super::connection::{Db, Version, explain};
use super::remembered::{OfVersion, RunTraceState, TraceFile, UsualTimes};
use super::row;
use super::schema::Schema;
use super::source::Source;
use crate::model::mlflow::trace::ARTIFACTS;
use crate::model::{ArtifactOwner, Unmasked};
use crate::store::artifacts::Artifacts;
use crate::store::{ReadCx, Result, StoreError};

/// Everything that a question needs; the questions themselves are in the files beside this one.
pub struct Reader<'a> {
    /// The database.
    pub conn: &'a Connection,
    /// Its path, for messages.
    pub path: &'a Path,
    /// What it holds.
    pub schema: &'a Schema,
    /// Cancel, deadline, warnings.
    pub cx: &'a ReadCx,
    /// Where files are.
    pub artifacts: &'a Artifacts,
    /// The `traces.json` that was read last.
    pub trace_file: &'a mut TraceFile,
    /// How the database is opened.
    pub db: &'a Db,
    /// The file.
    pub source: &'a Source,
    /// Which traces each run has, once it was asked for more than once.
    pub run_traces: &'a OfVersion<RunTraceState>,
    /// How long the models' calls usually take, once that was needed.
    pub usual: &'a OfVersion<UsualTimes>,
}

impl Reader<'_> {
    /// Several questions see the database as it is at the first of them, until this is dropped; and many small ones
    /// cost half, since none of them takes a lock of its own. `None` within another one.
    pub fn look(&self) -> Result<Option<Transaction<'_>>> {
        if !self.conn.is_autocommit() {
            return Ok(None);
        }
        self.conn.unchecked_transaction().map(Some).map_err(|error| explain(self.path, "the database", &error))
    }

    /// The same, and what its content depends on, if that can be told.
    pub fn look_at_version(&self) -> Result<(Option<Transaction<'_>>, Option<Version>)> {
        let before = self.db.version(self.source);
        let look = self.look()?;
        // It begins with its first reading.
        self.first("the database", "select 1 from sqlite_master limit 1", [], |_| ())?;
        let version = before.filter(|before| self.db.version(self.source).as_ref() == Some(before));
        Ok((look, version))
    }

    /// Calls `take` for every row. Damage in the middle ends this reading with a warning, so
    /// that the rows before it, and the rest of the store, stay usable.
    pub fn each(&self, what: &str, sql: &str, params: impl Params, take: impl FnMut(&Row<'_>)) -> Result<()> {
        self.each_of_whole(what, sql, params, take).map(drop)
    }

    /// As [`Reader::each`]; false if it ended with damage.
    pub fn each_of_whole(
        &self,
        what: &str,
        sql: &str,
        params: impl Params,
        take: impl FnMut(&Row<'_>),
    ) -> Result<bool> {
        let mut statement = self.conn.prepare_cached(sql).map_err(|error| explain(self.path, what, &error))?;
        self.each_answer(what, &mut statement, params, take)
    }

    /// As [`Reader::each_of_whole`], for a statement that is asked again and again.
    pub fn each_answer(
        &self,
        what: &str,
        statement: &mut Statement<'_>,
        params: impl Params,
        mut take: impl FnMut(&Row<'_>),
    ) -> Result<bool> {
        self.each_answer_until(what, statement, params, |row| {
            take(row);
            ControlFlow::Continue(())
        })
    }

    /// As [`Reader::each_of_whole`], as long as `take` wants more; true where it wants no more.
    pub fn each_until(
        &self,
        what: &str,
        sql: &str,
        params: impl Params,
        take: impl FnMut(&Row<'_>) -> ControlFlow<()>,
    ) -> Result<bool> {
        let mut statement = self.conn.prepare_cached(sql).map_err(|error| explain(self.path, what, &error))?;
        self.each_answer_until(what, &mut statement, params, take)
    }

    fn each_answer_until(
        &self,
        what: &str,
        statement: &mut Statement<'_>,
        params: impl Params,
        mut take: impl FnMut(&Row<'_>) -> ControlFlow<()>,
    ) -> Result<bool> {
        let fail = |error: rusqlite::Error| explain(self.path, what, &error);
        let mut rows = statement.query(params).map_err(fail)?;
        loop {
            match rows.next() {
                Ok(Some(row)) => match take(row) {
                    ControlFlow::Continue(()) => {}
                    ControlFlow::Break(()) => return Ok(true),
                },
                Ok(None) => return Ok(true),
                Err(error) => match explain(self.path, what, &error) {
                    StoreError::Sqlite { message, .. } if is_damage(&error) => {
                        self.cx.warn(what, message);
                        return Ok(false);
                    }
                    error => return Err(error),
                },
            }
        }
    }

    /// The first row, if there is one.
    pub fn first<T>(
        &self,
        what: &str,
        sql: &str,
        params: impl Params,
        mut take: impl FnMut(&Row<'_>) -> T,
    ) -> Result<Option<T>> {
        let fail = |error: rusqlite::Error| explain(self.path, what, &error);
        let mut statement = self.conn.prepare_cached(sql).map_err(fail)?;
        let mut rows = statement.query(params).map_err(fail)?;
        match rows.next() {
            Ok(row) => Ok(row.map(&mut take)),
            Err(error) if is_damage(&error) => {
                self.cx.warn(what, error.to_string());
                Ok(None)
            }
            Err(error) => Err(fail(error)),
        }
    }

    /// Changes when another connection commits.
    pub fn data_version(&self) -> Result<i64> {
        let version = self.first("the data version", "pragma data_version", [], |found| row::int(found, 0))?;
        Ok(version.flatten().unwrap_or(0))
    }

    /// Where somebody's artifacts were when they were recorded.
    pub fn artifact_uri(&self, owner: &ArtifactOwner) -> Result<Option<Unmasked<String>>> {
        let of_trace = format!("select value from trace_tags where key = '{ARTIFACTS}' and request_id = ?1");
        let (table, sql, id) = match owner {
            ArtifactOwner::Run(run) => ("runs", "select artifact_uri from runs where run_uuid = ?1", run.as_str()),
            ArtifactOwner::Trace(trace) => ("trace_tags", &*of_trace, trace.as_str()),
            ArtifactOwner::Model(model) => {
                ("logged_models", "select artifact_location from logged_models where model_id = ?1", model.as_str())
            }
        };
        if !self.schema.has_table(table) {
            return Ok(None);
        }
        Ok(self.first("an artifact location", sql, [id], |found| row::text(found, 0))?.flatten())
    }
}

fn is_damage(error: &rusqlite::Error) -> bool {
    use rusqlite::ErrorCode;
    matches!(
        error.sqlite_error_code(),
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::TooBig | ErrorCode::SystemIoFailure)
    )
}
