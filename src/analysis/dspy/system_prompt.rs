//! A system prompt: which fields there are, how all is laid out, what is to be done.

use std::ops::Range;
use std::sync::Arc;

use super::cuts::{Cut, trimmed};
use super::field::Field;
use super::message::{PartKind, Reading};
use crate::model::dspy::prompts as marks;

/// What a system prompt says.
#[derive(Clone, Debug, Default)]
pub(super) struct SystemPrompt {
    /// Its pieces in order; empty if it is not one of DSPy's.
    pub(super) cuts: Vec<Cut>,
    pub(super) inputs: Vec<Field>,
    pub(super) outputs: Vec<Field>,
}

/// The sentences that divide one.
struct Sentences {
    inputs: &'static str,
    outputs: &'static str,
    rules: &'static str,
    objective: &'static str,
    reading: Reading,
}

const OF_MOST: Sentences = Sentences {
    inputs: marks::INPUT_FIELDS,
    outputs: marks::OUTPUT_FIELDS,
    rules: marks::RULES,
    objective: marks::OBJECTIVE,
    reading: Reading::Indented,
};

const OF_TWO_STEP: Sentences = Sentences {
    inputs: marks::TWO_STEP_INPUTS,
    outputs: marks::TWO_STEP_OUTPUTS,
    rules: marks::TWO_STEP_RULES,
    objective: marks::TWO_STEP_OBJECTIVE,
    reading: Reading::Plain,
};

impl SystemPrompt {
    /// Reads one of any adapter.
    pub(super) fn read(text: &str) -> Self {
        let is_two_step = text.starts_with(marks::TWO_STEP_BEGINNING);
        Self::divided(text, if is_two_step { &OF_TWO_STEP } else { &OF_MOST }).unwrap_or_default()
    }

    fn divided(text: &str, sentences: &Sentences) -> Option<Self> {
        let inputs = line_start(text, sentences.inputs, 0)?;
        // Without inputs, as of a program that takes none, the lists follow each other at once.
        let outputs = line_start(text, sentences.outputs, inputs + sentences.inputs.len())?;
        let rules = line_start(text, sentences.rules, outputs + sentences.outputs.len())?;
        let objective = line_start(text, sentences.objective, rules);
        let mut read = Self::default();
        let mut list = |heading: usize, sentence: &str, end: usize, kind: PartKind| {
            let start = heading + sentence.len();
            read.cuts.push(Cut::plain(text, heading..start, PartKind::Format));
            let (cuts, fields) = fields(text, start..end, kind);
            read.cuts.extend(cuts);
            fields
        };
        let input_fields = list(inputs, sentences.inputs, outputs, PartKind::InputField);
        let output_fields = list(outputs, sentences.outputs, rules, PartKind::OutputField);
        (read.inputs, read.outputs) = (input_fields, output_fields);
        read.cuts.push(Cut::plain(text, rules..objective.unwrap_or(text.len()), PartKind::Rules));
        if let Some(objective) = objective {
            let range = objective..text.len();
            let value = trimmed(text, objective + sentences.objective.len()..text.len());
            let cut = Cut::plain(text, range, PartKind::Objective);
            read.cuts.push(Cut { value, reading: sentences.reading, ..cut });
        }
        Some(read)
    }
}

/// Where a sentence begins a line, from `from` on.
fn line_start(text: &str, sentence: &str, from: usize) -> Option<usize> {
    let rest = text.get(from..)?;
    let is_start = |at: &usize| from + at == 0 || text.as_bytes().get(from + at - 1) == Some(&b'\n');
    memchr::memmem::find_iter(rest.as_bytes(), sentence).find(is_start).map(|at| from + at)
}

/// The fields of a numbered list: ``1. `name` (type): description``, which may go on over lines.
fn fields(text: &str, range: Range<usize>, kind: PartKind) -> (Vec<Cut>, Vec<Field>) {
    let (mut cuts, mut fields): (Vec<Cut>, Vec<Field>) = (Vec::new(), Vec::new());
    let mut at = range.start;
    while at < range.end {
        let end = memchr::memchr(b'\n', text.get(at..range.end).unwrap_or_default().as_bytes());
        let end = end.map_or(range.end, |end| at + end + 1);
        let line = text.get(at..end).unwrap_or_default();
        match line.strip_prefix(&format!("{}. `", fields.len() + 1)).and_then(|rest| rest.split_once('`')) {
            Some((name, rest)) if !name.is_empty() => {
                let field_type = field_type(rest).map(Arc::from);
                let name: Arc<str> = name.into();
                let cut = Cut::plain(text, at..end, kind);
                let described = end - rest.len() + field_type.as_deref().map_or(0, |known: &str| known.len() + 3);
                let value = described_in(text, described..end);
                cuts.push(Cut { name: Some(name.clone()), field_type: field_type.clone(), value, ..cut });
                fields.push(Field { name, field_type });
            }
            // A description, or what it says of a type, goes on.
            _ => {
                if let Some(cut) = cuts.last_mut() {
                    cut.text.end = end;
                    cut.value.end = trimmed(text, cut.value.start..end).end.max(cut.value.start);
                }
            }
        }
        at = end;
    }
    (cuts, fields)
}

/// The description behind a type: what follows the colon.
fn described_in(text: &str, range: Range<usize>) -> Range<usize> {
    let rest = text.get(range.clone()).unwrap_or_default();
    let colon = rest.strip_prefix(':').map_or(0, |_| 1);
    let value = trimmed(text, range.start + colon..range.end);
    if value.is_empty() { range.start + colon..range.start + colon } else { value }
}

/// The type in ` (Literal['a)', 'b']): …`: up to the bracket that closes the first one, outside of quotes.
fn field_type(rest: &str) -> Option<&str> {
    let inside = rest.strip_prefix(" (")?;
    let mut depth = 0_usize;
    let mut quote = None;
    let mut is_escaped = false;
    for (at, letter) in inside.char_indices() {
        match (quote, letter) {
            _ if is_escaped => is_escaped = false,
            (Some(_), '\\') => is_escaped = true,
            (Some(open), letter) if open == letter => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(letter),
            (None, '(') => depth += 1,
            (None, ')') if depth == 0 => return inside.get(..at),
            (None, ')') => depth -= 1,
            _ => {}
        }
    }
    inside.find("):").and_then(|at| inside.get(..at))
}

#[cfg(test)]
mod tests {
    use super::super::cuts::parts;
    use super::*;

    const PROMPT: &str = "Your input fields are:\n1. `q` (str): as it\ncame in\n2. `history` (History):\n\
        Your output fields are:\n1. `kind` (Literal['a)', \"b'(\"]): one of\n    Type description of X: y\n\
        2. `n` (int):\nAll interactions will be structured in the following way, with the appropriate values filled \
        in.\n\n<q>\n{q}\n</q>\nIn adhering to this structure, your objective is: \n        Sort.\n        Well.";

    #[test]
    fn fields_rules_and_objective_are_told_apart() {
        let read = SystemPrompt::read(PROMPT);
        let told = |fields: &[Field]| -> Vec<String> {
            fields.iter().map(|one| format!("{}: {}", one.name, one.field_type.as_deref().unwrap_or("?"))).collect()
        };
        assert_eq!(told(&read.inputs), ["q: str", "history: History"]);
        assert_eq!(told(&read.outputs), ["kind: Literal['a)', \"b'(\"]", "n: int"]);
        let parts = parts(PROMPT, read.cuts);
        let kinds: Vec<_> = parts.iter().map(|part| (part.kind.as_str(), &PROMPT[part.value.clone()])).collect();
        assert_eq!(kinds[1], ("input_field", "as it\ncame in"));
        assert_eq!(kinds[4], ("output_field", "one of\n    Type description of X: y"));
        assert_eq!(kinds[5], ("output_field", ""));
        assert_eq!(kinds.iter().map(|(kind, _)| *kind).collect::<Vec<_>>()[6..], ["rules", "objective"]);
        assert_eq!(kinds[7].1, "Sort.\n        Well.");
    }

    #[test]
    fn what_is_no_prompt_of_dspy_stays_whole() {
        for text in ["", "Hello", "Your input fields are:\n", "Your input fields are:\nYour output fields are:\n"] {
            assert!(SystemPrompt::read(text).cuts.is_empty(), "{text:?}");
        }
    }
}
