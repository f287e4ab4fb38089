//! The examples of evaluations as they are listed: what each is in a line, and what of it stands beside that.

use std::sync::Arc;

use super::numbered::Numbered;
use crate::analysis::matrix_view::{MatrixField, value_text};
use crate::query::ask::{CostClass, Question, Session};
use crate::query::{Scores, ScoresOf};
use crate::store::Result;
use crate::words;

/// No more of a text is listed.
const TEXT_MOST: usize = 240;
/// A value stands in a column of its own if none of its field is longer, in letters.
const SHORT_MOST: usize = 24;
/// No more fields have a column of their own.
const BESIDE_MOST: usize = 2;

/// Examples and their scores, ready to be listed.
#[derive(Debug, PartialEq)]
pub struct PreparedExamples {
    found: Arc<Option<Scores>>,
    /// The fields of the examples, with their values.
    pub fields: Vec<MatrixField>,
    /// What each example is, in a line: what the program was given, the shorter fields first.
    pub texts: Vec<String>,
    /// Fields with columns of their own.
    pub beside: Vec<Beside>,
}

/// A field with a column of its own.
#[derive(Clone, Debug, PartialEq)]
pub struct Beside {
    /// What the column is called.
    pub title: String,
    /// The value of each example, in a line.
    pub texts: Vec<String>,
    /// How many letters the longest has.
    pub longest: usize,
}

impl PreparedExamples {
    /// The scores that were found.
    pub fn scores(&self) -> Option<&Scores> {
        self.found.as_ref().as_ref()
    }

    fn new(found: Arc<Option<Scores>>) -> Option<Self> {
        let scores = found.as_ref().as_ref()?;
        let fields = scores.fields();
        let is_input = |name: &str| scores.inputs.as_ref().is_none_or(|inputs| inputs.contains(name));
        let mut inputs: Vec<(usize, &str)> =
            fields.iter().map(|field| (length(scores, &field.name), field.name.as_str())).collect();
        inputs.retain(|(_, name)| is_input(name));
        inputs.sort_by_key(|(length, _)| *length);
        let text = |at: usize| {
            let example = &scores.matrix.examples[at].example;
            let values = inputs.iter().filter_map(|(_, name)| example.get(*name));
            let values: Vec<String> = values.map(|value| line(&value_text(value))).collect();
            words::ellipsize_graphemes(&values.join(" · "), TEXT_MOST).into_owned()
        };
        let texts = (0..scores.matrix.examples.len()).map(text).collect();
        let beside = beside(scores, &fields, is_input);
        Some(Self { fields, texts, beside, found: Arc::clone(&found) })
    }
}

/// A text in a line, its words with one space between them.
fn line(text: &str) -> String {
    let begin = words::ellipsize_graphemes(text, 2 * TEXT_MOST);
    let words: Vec<&str> = begin.split_whitespace().collect();
    words::one_line(&words.join(" "), TEXT_MOST).into_owned()
}

/// What is expected, or else known of an example beside what the program was given: the short values, else the
/// shortest.
fn beside(scores: &Scores, fields: &[MatrixField], is_input: impl Fn(&str) -> bool) -> Vec<Beside> {
    let others: Vec<&MatrixField> = fields.iter().filter(|field| !is_input(&field.name)).collect();
    let mut columns: Vec<Beside> = others
        .iter()
        .map(|field| {
            let text = |one: &crate::analysis::score_matrix::MatrixExample| {
                let value = one.example.get(&field.name).map(value_text).unwrap_or_default();
                line(&value)
            };
            let texts: Vec<String> = scores.matrix.examples.iter().map(text).collect();
            let longest = texts.iter().map(|text| text.chars().count()).max().unwrap_or_default();
            let title = if others.len() == 1 { "Expected".to_owned() } else { field.name.clone() };
            Beside { title, texts, longest }
        })
        .collect();
    let shortest = columns.iter().map(|one| one.longest).min().unwrap_or_default();
    columns.retain(|one| one.longest <= SHORT_MOST.max(shortest));
    columns.truncate(BESIDE_MOST);
    columns
}

/// How long the values of a field are, in the middle.
fn length(scores: &Scores, name: &str) -> usize {
    let values = scores.matrix.examples.iter().filter_map(|one| one.example.get(name));
    let mut lengths: Vec<usize> = values.map(|value| value_text(value).len()).collect();
    lengths.sort_unstable();
    lengths.get(lengths.len() / 2).copied().unwrap_or_default()
}

/// Examples over evaluations, ready to be listed; `None` inside where [`ScoresOf`] has none.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ExamplesOf(pub ScoresOf);

impl Question for ExamplesOf {
    type Answer = Option<Numbered<PreparedExamples>>;
    const LABEL: &'static str = "list of examples";
    const COST: CostClass = CostClass::Bodies;

    fn answer(&self, session: &mut Session<'_>) -> Result<Self::Answer> {
        let found = session.ask(&self.0)?;
        Ok(PreparedExamples::new(found).map(Numbered::new))
    }

    fn bytes(answer: &Self::Answer) -> usize {
        answer.as_ref().map_or(0, |Numbered { value, .. }| {
            let beside = value.beside.iter().flat_map(|one| &one.texts);
            let texts: usize = value.texts.iter().chain(beside).map(|text| text.len() + 24).sum();
            let values = value.fields.iter().flat_map(|field| &field.values);
            texts + values.map(|(value, _)| value.len() + 32).sum::<usize>()
        })
    }
}
