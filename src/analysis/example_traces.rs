//! Which trace shows the evaluation of which example.
//!
//! MLflow notes no link between a row of `result_table.json` and a trace. Within the run, they are
//! matched by the values that the program was given, and where several traces were given the same,
//! by what it answered. What stays ambiguous is not guessed.

use std::collections::{HashMap, HashSet};

use super::canonical;
use super::example_key::ExampleKey;
use crate::model::program::Object;
use crate::model::result_table::ResultTable;
use crate::model::{Json, TraceId};

/// A trace as far as it tells which example it is of.
#[derive(Clone, Debug, PartialEq)]
pub struct ExampleTrace {
    /// Its id.
    pub id: TraceId,
    /// What its root was given, by name; `None` if that is not known.
    pub inputs: Option<Object>,
    /// What its root gave back, by name; `None` if that is not known or has no names.
    pub outputs: Option<Object>,
}

/// The trace of an example.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TraceLink {
    /// It is this one.
    One(TraceId),
    /// It cannot be told, and why.
    Unknown(NoTrace),
}

impl TraceLink {
    /// The trace, if it can be told.
    pub fn trace(&self) -> Option<&TraceId> {
        match self {
            Self::One(trace) => Some(trace),
            Self::Unknown(_) => None,
        }
    }

    /// Why it cannot be told, as a sentence.
    pub fn why(&self) -> Option<String> {
        match self {
            Self::One(_) => None,
            Self::Unknown(why) => Some(why.to_string()),
        }
    }
}

/// Why the trace of an example cannot be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoTrace {
    /// The run has no traces at all.
    NoTraces,
    /// No trace of the run was given these inputs.
    NoneWithInputs,
    /// There are traces with these inputs, but they answered something else.
    OtherAnswer,
    /// So many traces were given these inputs and answered this.
    Several(usize),
    /// The table has so many rows with these inputs and this answer, and fewer traces.
    SharedByRows(usize),
    /// Not all traces of the run could be looked into.
    NotRead,
    /// Several prompts were tried in one run, whose traces do not say of which of them they are.
    OfAnyPrompt,
}

impl std::fmt::Display for NoTrace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NoTraces => write!(f, "The run has no traces"),
            Self::NoneWithInputs => write!(f, "No trace of the run was given these inputs"),
            Self::OtherAnswer => write!(f, "The traces of the run with these inputs answered something else"),
            Self::Several(n) => write!(f, "{n} traces of the run fit this example"),
            Self::SharedByRows(n) => write!(f, "{n} rows of its table fit the same trace"),
            Self::NotRead => write!(f, "Not all traces of the run could be looked into"),
            Self::OfAnyPrompt => write!(f, "The traces of the run do not say which of its prompts they tried"),
        }
    }
}

/// The traces of a run by what they were given, in terms of a table's examples.
pub struct ExampleTraces<'a> {
    table: &'a ResultTable,
    traces: &'a [ExampleTrace],
    /// All traces of the run are known with their inputs.
    is_complete: bool,
    /// What a trace was given is not known.
    has_unknown: bool,
    /// Which of the groups each row is in.
    of_rows: Vec<usize>,
    /// Rows and traces of the same inputs.
    groups: Vec<SameInputs>,
}

/// Rows of a table with the same inputs, and the traces that were given these; by their places.
#[derive(Default)]
struct SameInputs {
    rows: Vec<usize>,
    traces: Vec<usize>,
}

impl<'a> ExampleTraces<'a> {
    /// Sorts the traces of a run by its table's examples.
    pub fn new(table: &'a ResultTable, traces: &'a [ExampleTrace], is_complete: bool) -> Self {
        let names: HashSet<&String> = traces.iter().flat_map(|one| &one.inputs).flat_map(Object::keys).collect();
        let given = ExampleKey::new(table.example_fields.iter().filter(|field| names.contains(field)));
        let mut places: HashMap<Vec<u8>, usize> = HashMap::with_capacity(table.rows.len());
        let mut groups: Vec<SameInputs> = Vec::with_capacity(table.rows.len());
        let mut of_rows = Vec::with_capacity(table.rows.len());
        for (at, row) in table.rows.iter().enumerate() {
            let place = *places.entry(given.of(&row.example, loose_bytes)).or_insert_with(|| {
                groups.push(SameInputs::default());
                groups.len() - 1
            });
            groups[place].rows.push(at);
            of_rows.push(place);
        }
        for (at, trace) in traces.iter().enumerate() {
            for inputs in trace.inputs.iter().filter(|inputs| given.is_in(inputs)) {
                if let Some(place) = places.get(&given.of(inputs, loose_bytes)) {
                    groups[*place].traces.push(at);
                }
            }
        }
        let has_unknown = traces.iter().any(|trace| trace.inputs.is_none());
        Self { table, traces, is_complete, has_unknown, of_rows, groups }
    }

    fn group(&self, row: usize) -> Option<&SameInputs> {
        self.groups.get(*self.of_rows.get(row)?)
    }

    /// The traces, by their places, that were given what a row says.
    pub fn candidates(&self, row: usize) -> &[usize] {
        self.group(row).map_or(&[], |group| &group.traces)
    }

    /// What rows have alike that lead to the same trace, or to none for the same reason; `None` for a row whose inputs no
    /// other has. To look for the trace of a row may cost as much as there are rows and traces with its inputs.
    pub fn likeness(&self, row: usize) -> Option<(usize, Vec<u8>)> {
        let place = *self.of_rows.get(row)?;
        let is_alone = self.groups.get(place)?.rows.len() == 1;
        (!is_alone).then(|| (place, canonical::object_bytes(&self.table.rows[row].prediction)))
    }

    /// The trace of a row.
    pub fn link(&self, row: usize) -> TraceLink {
        if self.traces.is_empty() && self.is_complete {
            return TraceLink::Unknown(NoTrace::NoTraces);
        }
        let group = self.group(row).filter(|_| self.is_complete);
        let Some(SameInputs { rows, traces: candidates }) = group else { return TraceLink::Unknown(NoTrace::NotRead) };
        if candidates.is_empty() {
            // It may be the one whose inputs are lost.
            let why = if self.has_unknown { NoTrace::NotRead } else { NoTrace::NoneWithInputs };
            return TraceLink::Unknown(why);
        }
        let answered = |row: usize, wanted: Answer| -> Vec<usize> {
            let prediction = &self.table.rows[row].prediction;
            let is_it = |at: &&usize| Answer::of(prediction, self.traces[**at].outputs.as_ref()) == wanted;
            candidates.iter().filter(is_it).copied().collect()
        };
        let mut fitting = answered(row, Answer::Same);
        if fitting.is_empty() {
            fitting = answered(row, Answer::Unknown);
        }
        let [one] = fitting.as_slice() else {
            let why = if fitting.is_empty() { NoTrace::OtherAnswer } else { NoTrace::Several(fitting.len()) };
            return TraceLink::Unknown(why);
        };
        // Rows that say the same are parted by nothing.
        let fits = |at: &&usize| {
            let other = &self.table.rows[**at];
            Answer::of(&other.prediction, self.traces[*one].outputs.as_ref()) != Answer::Other
        };
        match rows.iter().filter(fits).count() {
            0 | 1 => TraceLink::One(self.traces[*one].id.clone()),
            rows => TraceLink::Unknown(NoTrace::SharedByRows(rows)),
        }
    }
}

/// A value as bytes; what MLflow wrote as text into a table is equal to what it was.
fn loose_bytes(value: &Json) -> Vec<u8> {
    match value {
        Json::String(_) | Json::Array(_) | Json::Object(_) => canonical::bytes(value),
        other => canonical::bytes(&Json::from(other.to_string())),
    }
}

/// How an answer in a table and one in a trace go together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Answer {
    /// All fields that both have are equal, and there are some.
    Same,
    /// They cannot be compared.
    Unknown,
    /// A plain value differs.
    Other,
}

impl Answer {
    fn of(prediction: &Object, outputs: Option<&Object>) -> Self {
        let Some(outputs) = outputs else { return Self::Unknown };
        let mut found = Self::Unknown;
        for (name, value) in prediction {
            // A prediction that failed has no values.
            let Some(given) = outputs.get(name).filter(|_| !value.is_null()) else { continue };
            if loose_bytes(value) == loose_bytes(given) {
                found = Self::Same;
            } else if is_plain(value) && is_plain(given) {
                return Self::Other;
            }
        }
        found
    }
}

/// Written alike everywhere, unlike lists and objects.
fn is_plain(value: &Json) -> bool {
    !(value.is_array() || value.is_object())
}

/// The names and values that a root was given: those of a call with `args` and `kwargs` too.
pub fn named_inputs(inputs: Json) -> Option<Object> {
    let Json::Object(mut inputs) = inputs else { return None };
    let is_call = inputs.len() <= 2 && inputs.keys().all(|key| key == "args" || key == "kwargs");
    match inputs.get_mut("kwargs") {
        Some(Json::Object(kwargs)) if is_call => Some(std::mem::take(kwargs)),
        _ => Some(inputs),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::result_table::ResultRow;
    use serde_json::json;

    fn object(value: Json) -> Object {
        match value {
            Json::Object(map) => map,
            _ => Object::new(),
        }
    }

    fn table(rows: &[(Json, Json)]) -> ResultTable {
        let row = |(example, prediction): &(Json, Json)| ResultRow {
            example: object(example.clone()),
            prediction: object(prediction.clone()),
            ..ResultRow::default()
        };
        ResultTable {
            example_fields: vec!["q".to_owned(), "a".to_owned()],
            rows: rows.iter().map(row).collect(),
            ..ResultTable::default()
        }
    }

    fn trace(id: &str, inputs: Json, outputs: Json) -> ExampleTrace {
        ExampleTrace { id: id.into(), inputs: Some(object(inputs)), outputs: Some(object(outputs)) }
    }

    #[test]
    fn inputs_tell_and_then_the_answer() {
        let table = table(&[
            (json!({"q": "x", "a": 1}), json!({"a": "7"})),
            (json!({"q": 5, "a": 1}), json!({"a": 7})),
            (json!({"q": "twice", "a": 1}), json!({"a": "first"})),
            (json!({"q": "twice", "a": 1}), json!({"a": "second"})),
            (json!({"q": "same", "a": 1}), json!({"a": "s"})),
            (json!({"q": "other", "a": 1}), json!({"a": "s"})),
            (json!({"q": "gone", "a": 1}), json!({})),
            (json!({"q": "alike", "a": 1}), json!({"a": "s"})),
            (json!({"q": "alike", "a": 1}), json!({"a": "s"})),
            (json!({"q": "odd", "a": 1}), json!({"a": ["1", "2"]})),
        ]);
        let traces = [
            trace("x", json!({"q": "x"}), json!({"a": "7", "more": 1})),
            trace("five", json!({"q": "5"}), json!({"a": "7"})),
            trace("second", json!({"q": "twice"}), json!({"a": "second"})),
            trace("first", json!({"q": "twice"}), json!({"a": "first"})),
            trace("s1", json!({"q": "same"}), json!({"a": "s"})),
            trace("s2", json!({"q": "same"}), json!({"a": "s"})),
            trace("o", json!({"q": "other"}), json!({"a": "t"})),
            trace("alike", json!({"q": "alike"}), json!({"a": "s"})),
            trace("odd", json!({"q": "odd"}), json!({"a": [1, 2]})),
        ];
        let links = ExampleTraces::new(&table, &traces, true);
        let told: Vec<TraceLink> = (0..table.rows.len()).map(|row| links.link(row)).collect();
        let one = |id: &str| TraceLink::One(id.into());
        let expected = [
            one("x"),
            one("five"),
            one("first"),
            one("second"),
            TraceLink::Unknown(NoTrace::Several(2)),
            TraceLink::Unknown(NoTrace::OtherAnswer),
            TraceLink::Unknown(NoTrace::NoneWithInputs),
            TraceLink::Unknown(NoTrace::SharedByRows(2)),
            TraceLink::Unknown(NoTrace::SharedByRows(2)),
            one("odd"),
        ];
        assert_eq!(told, expected);
        assert_eq!(ExampleTraces::new(&table, &[], true).link(0), TraceLink::Unknown(NoTrace::NoTraces));
        assert_eq!(ExampleTraces::new(&table, &traces, false).link(0), TraceLink::Unknown(NoTrace::NotRead));
        let lost = ExampleTrace { id: "lost".into(), inputs: None, outputs: None };
        let traces = [&traces[..], &[lost]].concat();
        let links = ExampleTraces::new(&table, &traces, true);
        assert_eq!((links.link(0), links.link(6)), (one("x"), TraceLink::Unknown(NoTrace::NotRead)));
    }

    #[test]
    fn calls_are_unpacked() {
        assert_eq!(named_inputs(json!({"args": [], "kwargs": {"q": 1}})), Some(object(json!({"q": 1}))));
        assert_eq!(named_inputs(json!({"q": 1, "kwargs": {}})), Some(object(json!({"q": 1, "kwargs": {}}))));
        assert_eq!(named_inputs(json!([1])), None);
    }
}
