//! What a question asks of traces, as a piece of a `where`.

use super::reader::Reader;
use super::trace_lists::Wanted;
use crate::store::{TraceColumn, TraceCondition};

impl Reader<'_> {
    /// A condition on traces `t`: true where it holds; false or null where it does not.
    pub fn trace_condition(&self, wanted: &mut Wanted, condition: &TraceCondition) -> String {
        if condition.is_hidden(self.cx.reveal()) {
            return "0".to_owned();
        }
        match condition {
            TraceCondition::Status(status) => {
                let status = wanted.param(status.clone());
                format!("coalesce({}, '') = {status}", self.schema.column("trace_info", "t", "status"))
            }
            TraceCondition::Name(name) => {
                let name = wanted.param(name.clone());
                format!("coalesce({}, '') = {name}", self.name_column())
            }
            TraceCondition::Session(id) => self.is_in_session(wanted, id),
            TraceCondition::Started(window) => {
                // An unknown start is in no window.
                let mut parts = vec!["t.timestamp_ms <> 0".to_owned()];
                parts.extend(window.from_ms.map(|from| format!("t.timestamp_ms >= {from}")));
                parts.extend(window.until_ms.map(|until| format!("t.timestamp_ms <= {until}")));
                parts.join(" and ")
            }
            TraceCondition::Is { column: TraceColumn::Session, values } => {
                let ways: Vec<String> = values.iter().map(|id| self.is_in_session(wanted, id)).collect();
                joined(ways, " or ", "0")
            }
            // As it stands there, too, so that the index is asked; `01` is no name of experiment 1.
            TraceCondition::Is { column: TraceColumn::Experiment, values } if values.len() == 1 => {
                let experiment = self.schema.column("trace_info", "t", "experiment_id");
                let is_there = format!("{experiment} = {}", wanted.param(values.concat()));
                format!("{is_there} and {}", self.is_one_of(wanted, &TraceColumn::Experiment, values))
            }
            TraceCondition::Is { column, values } => self.is_one_of(wanted, column, values),
            TraceCondition::Holds { column, text } => {
                let own = self.trace_column(wanted, column);
                format!("instr({own}, {}) > 0", wanted.param(text.clone()))
            }
            // As it stands there, so that the index is asked.
            TraceCondition::Compares { column: TraceColumn::Started, comparison, value } => {
                format!("t.timestamp_ms <> 0 and t.timestamp_ms {} {}", comparison.sign(), wanted.param(*value))
            }
            TraceCondition::Compares { column, comparison, value } => {
                let own = self.trace_column(wanted, column);
                format!("{own} {} {}", comparison.sign(), wanted.param(*value))
            }
            TraceCondition::Present(column) => format!("{} is not null", self.trace_column(wanted, column)),
            TraceCondition::All(parts) => {
                let parts: Vec<String> = parts.iter().map(|part| self.trace_condition(wanted, part)).collect();
                joined(parts, " and ", "1")
            }
            TraceCondition::Any(parts) => {
                let parts: Vec<String> = parts.iter().map(|part| self.trace_condition(wanted, part)).collect();
                joined(parts, " or ", "0")
            }
            TraceCondition::Not(part) => format!("not coalesce(({}), 0)", self.trace_condition(wanted, part)),
        }
    }

    fn is_one_of(&self, wanted: &mut Wanted, column: &TraceColumn, values: &[String]) -> String {
        let own = self.trace_column(wanted, column);
        let values: Vec<String> = values.iter().map(|value| wanted.param(value.clone())).collect();
        format!("{own} in ({})", values.join(", "))
    }

    fn is_in_session(&self, wanted: &mut Wanted, id: &str) -> String {
        let id = wanted.param(id.to_owned());
        // It is an id, or a list of them as JSON.
        let is_list = "case when json_valid(s) then json_type(s) = 'array' else 0 end";
        let is_in_list = format!("exists (select 1 from json_each(s) where cast(value as text) = {id})");
        let session = self.session_column();
        format!("(select case when {is_list} then {is_in_list} else s = {id} end from (select {session} as s))")
    }
}

/// Parts in parentheses, with a word between them.
fn joined(parts: Vec<String>, word: &str, none: &str) -> String {
    if parts.is_empty() {
        return none.to_owned();
    }
    let parts: Vec<String> = parts.iter().map(|part| format!("({part})")).collect();
    format!("({})", parts.join(word))
}
