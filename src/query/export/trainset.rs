//! Traces as examples that DSPy trains on.
//!
//! Each is an object of the fields, so that `dspy.Example(**one)` takes it; keys that begin with `dspy_` are not among
//! the fields of an Example (DSPy 2.5 – 3.5, `Example.keys`) and say what the fields do not.

use std::collections::HashMap;
use std::io::Write;

use super::{ExportError, Exported};
use crate::analysis::canonical;
use crate::analysis::example_traces::named_inputs;
use crate::model::program::Object;
use crate::model::secret::has_masked;
use crate::model::{Json, Judgement, Label, LabelOf, TraceHead, TraceId};
use crate::query::ask::Session;
use crate::query::beside::{answered_as, expectations};
use crate::query::example_answer::{answer_of, root_body};
use crate::store::Result;

/// The names of the fields that are inputs: `dspy.Example(**one).with_inputs(*one["dspy_input_keys"])`.
pub(super) const INPUT_KEYS: &str = "dspy_input_keys";
/// Where the answer comes from: `corrected`, `right`, `expected` or `answered`.
pub(super) const ANSWER: &str = "dspy_answer_from";
/// The trace that the example was made of.
const TRACE: &str = "dspy_trace_id";

/// Where an answer comes from; of the same inputs the later one of these counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum AnswerFrom {
    /// The program, and nobody said whether it is right.
    Answered,
    /// The data or an expectation on the trace.
    Expected,
    /// The program, and the user says that it is right.
    Right,
    /// The user.
    Corrected,
}

impl AnswerFrom {
    fn word(self) -> &'static str {
        match self {
            Self::Answered => "answered",
            Self::Expected => "expected",
            Self::Right => "right",
            Self::Corrected => "corrected",
        }
    }
}

/// Examples that were made of traces.
#[derive(Default)]
pub struct Trainset {
    examples: Vec<(AnswerFrom, Object)>,
    /// By their inputs, except for those that are masked: they may differ in just that.
    places: HashMap<Vec<u8>, usize>,
    left_out: u64,
}

impl Trainset {
    /// Adds what a trace tells: nothing, if its inputs have no names or no answer is known to be other than wrong.
    pub(super) fn add(&mut self, session: &mut Session<'_>, id: &TraceId) -> std::result::Result<(), ExportError> {
        let Some((from, inputs, answer)) = example(session, id)? else {
            self.left_out += 1;
            return Ok(());
        };
        let key = (!inputs.values().any(has_masked)).then(|| canonical::object_bytes(&inputs));
        let names: Vec<Json> = inputs.keys().map(|name| name.as_str().into()).collect();
        let mut fields = inputs;
        for (name, value) in answer {
            fields.entry(name).or_insert(value);
        }
        fields.insert(INPUT_KEYS.to_owned(), names.into());
        fields.insert(ANSWER.to_owned(), from.word().into());
        fields.insert(TRACE.to_owned(), id.as_str().into());
        let place = key.as_ref().and_then(|key| self.places.get(key));
        match place.and_then(|at| self.examples.get_mut(*at)) {
            Some(known) if known.0 >= from => {}
            Some(known) => *known = (from, fields),
            None => {
                self.places.extend(key.map(|key| (key, self.examples.len())));
                self.examples.push((from, fields));
            }
        }
        Ok(())
    }

    /// Writes the list of examples.
    pub(super) fn write(&self, out: &mut dyn Write) -> std::result::Result<Exported, ExportError> {
        let mut before = "[\n";
        for (_, example) in &self.examples {
            out.write_all(before.as_bytes())?;
            serde_json::to_writer(&mut *out, example)?;
            before = ",\n";
        }
        let empty = if self.examples.is_empty() { "[" } else { "" };
        out.write_all(format!("{empty}\n]\n").as_bytes())?;
        Ok(Exported { written: self.examples.len() as u64, left_out: self.left_out })
    }
}

/// The inputs of a trace and the answer to them.
fn example(session: &mut Session<'_>, id: &TraceId) -> Result<Option<(AnswerFrom, Object, Object)>> {
    let Some(head) = session.store.trace(session.cx, id)? else { return Ok(None) };
    let Some(body) = root_body(session, id)? else { return Ok(None) };
    let Some(inputs) = body.inputs.and_then(named_inputs).filter(|inputs| !inputs.is_empty()) else { return Ok(None) };
    let reveal = session.cx.reveal();
    let answered = body.outputs.and_then(|outputs| answer_of(outputs, reveal)).map(|answer| answer.fields);
    let labels = session.labels()?;
    let of_trace = labels.of(&LabelOf::Trace(id.clone()));
    let of_example = LabelOf::example(&inputs).and_then(|what| labels.of(&what));
    let corrected = [of_trace, of_example].into_iter().flatten().find_map(|label| label.corrected.clone());
    let judgement = of_trace.and_then(|label: &Label| label.judgement);
    // Whoever calls an example wrong says that of what its data expects.
    let is_wrong_example = of_example.is_some_and(|label| label.judgement == Some(Judgement::Wrong));
    // What the user says of the answer is said of all its fields, what is corrected of those that are named.
    let found = if let Some(corrected) = corrected {
        let mut fields = corrected;
        for (name, value) in answered.into_iter().flatten() {
            fields.entry(name).or_insert(value);
        }
        Some((AnswerFrom::Corrected, fields))
    } else if judgement == Some(Judgement::Right)
        && let Some(answered) = answered
    {
        Some((AnswerFrom::Right, answered))
    } else if !is_wrong_example
        && let Some(expected) = expected(session, &head, (&inputs, answered.as_ref().unwrap_or(&Object::new())))?
    {
        Some((AnswerFrom::Expected, expected))
    } else {
        answered.filter(|_| judgement != Some(Judgement::Wrong)).map(|answered| (AnswerFrom::Answered, answered))
    };
    Ok(found.map(|(from, answer)| (from, inputs, answer)))
}

/// What was expected of the fields of an answer: as the page of a trace tells it; what was noted on the trace counts
/// before what its example says.
fn expected(
    session: &mut Session<'_>,
    head: &TraceHead,
    (inputs, answered): (&Object, &Object),
) -> Result<Option<Object>> {
    let mut expected = Object::new();
    for (name, value, by) in expectations(session, head)? {
        let field = answered_as(&name, answered, &by).unwrap_or(name);
        if !inputs.contains_key(&field) && !value.is_null() {
            expected.insert(field, value);
        }
    }
    Ok(Some(expected).filter(|expected| !expected.is_empty()))
}
