//! A second opinion: filters as SQL over the same store.
//!
//! Written from the rules in the documentation of `dspyglass::query::filter`, sharing no code
//! with it. Numbers in texts are recognised by SQLite's own numeric affinity.

use std::path::Path;

use rusqlite::types::Value;
use rusqlite::{Connection, OpenFlags};

use crate::generate::{Expression, Field, Literal};

/// A store and its params and tags once more, as numbers where they are some.
pub struct Reference(Connection);

impl Reference {
    pub fn open(database: &Path) -> Self {
        let db = Connection::open_with_flags(database, OpenFlags::SQLITE_OPEN_READ_ONLY).expect("opened");
        db.execute_batch(
            "pragma case_sensitive_like = true;
             create temp table number_of (entity, run_uuid, key, value numeric, word);
             insert into number_of select 'params', run_uuid, key, value, lower(trim(value)) from params;
             insert into number_of select 'tags', run_uuid, key, value, lower(trim(value)) from tags;
             create index temp.by_run on number_of (run_uuid, key);",
        )
        .expect("prepared");
        Self(db)
    }

    /// The ids of the runs that a filter selects, sorted.
    pub fn select(&self, expression: &Expression) -> Vec<String> {
        let mut values = Vec::new();
        let condition = condition(expression, &mut values);
        let sql = format!("select run_uuid from runs r where {condition} order by run_uuid");
        let mut statement = self.0.prepare(&sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
        let ids = statement.query_map(rusqlite::params_from_iter(values), |row| row.get(0)).expect("asked");
        ids.map(|id| id.expect("an id")).collect()
    }

    /// The keys of a table and how many runs that are not deleted have them, sorted.
    pub fn counted_keys(&self, table: &str) -> Vec<(String, usize)> {
        self.counted(
            &format!(
                "select v.key, count(*) from {table} v join runs r using (run_uuid)
             where r.lifecycle_stage != 'deleted' and ?1 = '' group by 1"
            ),
            "",
        )
    }

    /// The values of a param and how many runs that are not deleted have them, sorted.
    pub fn counted_values(&self, param: &str) -> Vec<(String, usize)> {
        self.counted(
            "select v.value, count(*) from params v join runs r using (run_uuid)
             where r.lifecycle_stage != 'deleted' and v.key = ?1 group by 1",
            param,
        )
    }

    fn counted(&self, sql: &str, param: &str) -> Vec<(String, usize)> {
        let mut statement = self.0.prepare(sql).expect(sql);
        let rows =
            statement.query_map([param], |row| Ok((row.get(0)?, row.get::<_, i64>(1)? as usize))).expect("asked");
        let mut found: Vec<_> = rows.map(|row| row.expect("a row")).collect();
        found.sort();
        found
    }
}

/// A condition that is 0 or 1 for each run, never null.
fn condition(expression: &Expression, values: &mut Vec<Value>) -> String {
    match expression {
        Expression::All(parts) => joined(parts, " and ", values),
        Expression::Any(parts) => joined(parts, " or ", values),
        Expression::Not(part) => format!("not ({})", condition(part, values)),
        Expression::IsNull(field, is_negated) => {
            let exists = exists(field, |_| "1".to_owned(), values);
            format!("{}{exists}", if *is_negated { "" } else { "not " })
        }
        Expression::Among(field, wanted, is_negated) => {
            let of = |own: &[String]| own.iter().map(|one| Value::from(one.clone())).collect::<Vec<_>>();
            let mut listed = of(wanted);
            let not = if *is_negated { "not " } else { "" };
            let marks = vec!["?"; wanted.len()].join(", ");
            let found = exists(field, |value| format!("{value} {not}in ({marks})"), values);
            values.append(&mut listed);
            found
        }
        Expression::Compare(field, operator, Literal::Text(text)) => {
            let found = exists(
                field,
                |value| match *operator {
                    "ILIKE" => format!("lower({value}) like lower(?)"),
                    "~" => format!("instr({value}, ?) > 0"),
                    operator => format!("{value} {operator} ?"),
                },
                values,
            );
            values.push(text.clone().into());
            found
        }
        Expression::Compare(field, operator, Literal::Number(number)) => {
            number_condition(field, operator, *number, values)
        }
    }
}

fn joined(parts: &[Expression], word: &str, values: &mut Vec<Value>) -> String {
    let parts: Vec<String> = parts.iter().map(|part| condition(part, values)).collect();
    format!("({})", parts.join(word))
}

/// Whether a run has the field with a value for which something holds.
fn exists(field: &Field, holds: impl Fn(&str) -> String, values: &mut Vec<Value>) -> String {
    let table = match field.entity {
        "metrics" => "latest_metrics",
        "attributes" => return attribute(&field.key, &holds),
        other => other,
    };
    values.push(field.key.clone().into());
    format!("exists (select 1 from {table} v where v.run_uuid = r.run_uuid and v.key = ? and {})", holds("v.value"))
}

/// Attributes are absent where they are null or empty; MLflow keeps some of them as tags.
fn attribute(name: &str, holds: &impl Fn(&str) -> String) -> String {
    let tag = |key: &str| format!("(select value from tags g where g.run_uuid = r.run_uuid and g.key = '{key}')");
    let value = match name {
        "run_id" => "r.run_uuid".to_owned(),
        "run_name" => format!("coalesce(nullif(r.name, ''), nullif({}, ''))", tag("mlflow.runName")),
        "experiment_id" => "cast(r.experiment_id as text)".to_owned(),
        "lifecycle_stage" => "(case r.lifecycle_stage when 'deleted' then 'deleted' else 'active' end)".to_owned(),
        "user_id" => tag("mlflow.user"),
        "parent_id" => format!("nullif({}, '')", tag("mlflow.parentRunId")),
        "duration_ms" => "(r.end_time - r.start_time)".to_owned(),
        "start_time" | "end_time" => format!("r.{name}"),
        other => format!("nullif(r.{other}, '')"),
    };
    format!("({value} is not null and {})", holds(&value))
}

fn number_condition(field: &Field, operator: &str, number: f64, values: &mut Vec<Value>) -> String {
    // NaN differs from everything and is nothing else.
    let of_nan = i32::from(operator == "!=");
    let found = match field.entity {
        "attributes" => attribute(&field.key, &|value: &str| format!("{value} {operator} ?")),
        "metrics" => {
            values.push(field.key.clone().into());
            format!(
                "exists (select 1 from latest_metrics v where v.run_uuid = r.run_uuid and v.key = ? and case
                   when v.is_nan then {of_nan}
                   else case when v.value >= 1.7976931348623157e308 then 9e999
                             when v.value <= -1.7976931348623157e308 then -9e999 else v.value end {operator} ? end)"
            )
        }
        entity => {
            values.push(field.key.clone().into());
            format!(
                "exists (select 1 from number_of v where v.entity = '{entity}' and v.run_uuid = r.run_uuid and v.key = ?
                   and case when v.word in ('nan', '+nan', '-nan') then {of_nan}
                     else case when v.word in ('inf', '+inf', 'infinity', '+infinity') then 9e999
                               when v.word in ('-inf', '-infinity') then -9e999
                               when typeof(v.value) in ('integer', 'real') then cast(v.value as real) end {operator} ? end)"
            )
        }
    };
    values.push(number.into());
    found
}
