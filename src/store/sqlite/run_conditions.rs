//! What a question asks of runs, as a `where`.

use rusqlite::types::Value;

use super::reader::Reader;
use crate::model::mlflow::run::NAME;
use crate::store::{RunCondition, RunQuery, RunScope};

impl Reader<'_> {
    /// The `where` of a question for runs and its parameters, for runs under the alias `r`.
    pub fn run_condition(&self, query: &RunQuery) -> (String, Vec<Value>) {
        let mut params: Vec<Value> = Vec::new();
        let mut conditions = vec![match &query.scope {
            RunScope::All => "1".to_owned(),
            // A number as MLflow writes it is compared as one, which can be looked up and costs less;
            // anything else as text: an experiment's id is whatever the user typed.
            RunScope::Experiment(id)
                if id.as_str().parse::<i64>().is_ok_and(|number| number.to_string() == id.as_str()) =>
            {
                format!("r.experiment_id = cast({} as integer)", param(&mut params, id.to_string()))
            }
            RunScope::Experiment(id) => {
                format!("cast(r.experiment_id as text) = {}", param(&mut params, id.to_string()))
            }
            RunScope::One(id) => format!("r.run_uuid = {}", param(&mut params, id.to_string())),
        }];
        let hides_deleted = !query.with_deleted
            && !matches!(query.scope, RunScope::One(_))
            && self.schema.has("runs", "lifecycle_stage");
        conditions.extend(hides_deleted.then(|| "r.lifecycle_stage is not 'deleted'".to_owned()));
        for condition in &query.filter {
            if condition.is_hidden(self.cx.reveal()) {
                conditions.push("0".to_owned());
            } else {
                self.add_run_condition(&mut conditions, &mut params, condition);
            }
        }
        (conditions.join(" and "), params)
    }

    fn add_run_condition(&self, conditions: &mut Vec<String>, params: &mut Vec<Value>, condition: &RunCondition) {
        let column = |name| self.schema.column("runs", "r", name);
        match condition {
            RunCondition::Status(status) => {
                let status = param(params, status.as_str().to_owned());
                conditions.push(format!("coalesce({}, '') = {status}", column("status")));
            }
            RunCondition::Name(name) => {
                let name = param(params, name.clone());
                let (own, tag) = (column("name"), self.tag_column(NAME));
                conditions.push(format!("coalesce(nullif({own}, ''), {tag}, '') = {name}"));
            }
            RunCondition::Started(window) => {
                let start = column("start_time");
                // An unknown start is in no window.
                conditions.push(format!("{start} is not null"));
                conditions.extend(window.from_ms.map(|from| format!("{start} >= {from}")));
                conditions.extend(window.until_ms.map(|until| format!("{start} <= {until}")));
            }
            RunCondition::Param { key, value } => {
                let key = param(params, key.clone());
                let value = param(params, value.clone());
                conditions.push(self.exists("params", &format!("v.key = {key} and v.value = {value}")));
            }
            RunCondition::Tag { key, value } => {
                let key = param(params, key.clone());
                let value = param(params, value.clone());
                conditions.push(self.exists("tags", &format!("v.key = {key} and v.value = {value}")));
            }
            RunCondition::Metric { key, comparison, value } => {
                let key = param(params, key.clone());
                // As MLflow stores what is infinite.
                let value = param(params, value.clamp(f64::MIN, f64::MAX));
                let compared = format!("v.is_nan is not 1 and v.value {} {value}", comparison.sign());
                conditions.push(self.exists("latest_metrics", &format!("v.key = {key} and {compared}")));
            }
        }
    }

    /// Whether a run has such a row of a table of values.
    fn exists(&self, table: &str, condition: &str) -> String {
        if !self.schema.has(table, "run_uuid") {
            // The parameters have to be named all the same.
            return format!("(select 0 from (select null as key, null as value, null as is_nan) v where {condition})");
        }
        format!("exists (select 1 from {table} v where v.run_uuid = r.run_uuid and {condition})")
    }

    /// A tag of a run `r`, as a piece of a `select`.
    pub fn tag_column(&self, key: &str) -> String {
        if !self.schema.has("tags", "run_uuid") {
            return "null".to_owned();
        }
        format!("(select value from tags t where t.key = '{key}' and t.run_uuid = r.run_uuid)")
    }
}

/// The name of a new parameter: `?3`.
fn param(params: &mut Vec<Value>, value: impl Into<Value>) -> String {
    params.push(value.into());
    format!("?{}", params.len())
}
