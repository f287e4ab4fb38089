//! What changed between two runs as flat rows of one height. Made on a worker.

mod examples;
mod program;
mod values;

use std::collections::BTreeSet;

pub(super) use examples::FIXED as EXAMPLE_FIXED;

use crate::model::TraceId;
use crate::query::{Comparison, UnchangedExamples};
use crate::state::{CompareTab, Outcome, Outcomes};
use crate::views::text_change::{SENTENCE_LEFT, TextRow};
use crate::views::wrapped::{Made, Paper};
use crate::widgets::diff_text::Mark;
use crate::widgets::text::TextLines;
use crate::widgets::tokens::Tone;

/// What is wanted of the rows.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Options {
    pub tab: CompareTab,
    pub is_unified: bool,
    pub only_differences: bool,
    pub shows_space: bool,
    /// The predictors whose unchanged lines are shown, too.
    pub whole: BTreeSet<usize>,
    /// Which examples are listed in their tab.
    pub outcomes: Outcomes,
    /// The number of the answer that tells the examples that did not change, if there is one.
    pub unchanged: Option<u64>,
}

/// A value beside another, shown on one line each; `whole` is for the tooltip and for copying.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ChangeRow {
    pub key: String,
    pub note: String,
    pub old: Option<String>,
    pub new: Option<String>,
    /// How much it grew: `+23.4`.
    pub delta: String,
}

/// A cell of a demo.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct DemoCell {
    pub text: String,
    pub is_changed: bool,
}

/// A demo that is in one program, or in both.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct DemoRow {
    pub mark: Mark,
    pub cells: Vec<DemoCell>,
    pub note: String,
    /// All of it, for a tooltip and for copying.
    pub whole: String,
}

/// An example that both runs evaluated.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct ExampleRow {
    /// Its place among the examples of the baseline.
    pub id: usize,
    pub outcome: Outcome,
    /// Its inputs, in one line.
    pub text: String,
    /// What was expected, in one line; empty where that is not told.
    pub expected: String,
    /// What each run answered, in one line; `None` where that is not known.
    pub answers: [Option<String>; 2],
    /// All of it, for copying.
    pub whole: String,
    /// The beginning of that, for a tooltip.
    pub tip: String,
    pub scores: [f64; 2],
    /// Its traces in both runs; where one cannot be told, why.
    pub traces: [Result<TraceId, String>; 2],
}

impl ExampleRow {
    /// Whether it is right in the baseline, or in the compared run.
    pub fn is_right(&self, side: usize) -> bool {
        match self.outcome {
            Outcome::Fixed => side == 1,
            Outcome::Broken => side == 0,
            Outcome::StillWrong => false,
            Outcome::StillRight => true,
        }
    }
}

/// How wide the columns of examples are, in points; one of which nothing is known is 0 wide.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct ExampleColumns {
    /// One score.
    pub score: f32,
    pub text: f32,
    pub expected: f32,
    pub answers: [f32; 2],
}

/// One row.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Row {
    /// A gap, a caption, a sentence, a row of a card. A card has the number of its predictor.
    Text(TextRow),
    /// A predictor, and what became of each of its parts.
    Predictor { title: String, facts: Vec<(String, Tone)> },
    /// Predictors that are the same, in one line.
    Same(String),
    /// Titles of the columns of demos.
    DemoHead { columns: Vec<String> },
    /// A demo.
    Demo(DemoRow),
    /// A value that differs.
    Change(ChangeRow),
    /// Titles of the columns of examples.
    ExampleHead,
    /// An example.
    Example(ExampleRow),
    /// In little room, what was expected and answered in the example above.
    Answers(String),
}

impl Row {
    const GAP: Self = Self::Text(TextRow::Gap);

    fn caption(text: String) -> Self {
        Self::Text(TextRow::Caption(text))
    }

    fn sentence(text: String) -> Self {
        Self::Text(TextRow::Sentence(text))
    }
}

/// The rows of a tab.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Rows {
    pub rows: Vec<Row>,
    /// Both texts stand in one card.
    pub is_unified: bool,
    pub columns: ExampleColumns,
}

/// Makes the rows. `unchanged`: the examples that did not change, where they are wanted and known.
pub(super) fn rows(diff: &Comparison, unchanged: Option<&UnchangedExamples>, options: &Options, paper: &Paper) -> Rows {
    let mut rows = Vec::new();
    match options.tab {
        CompareTab::Params => values::params(diff, &mut rows),
        CompareTab::Metrics => values::metrics(diff, &mut rows),
        CompareTab::Tags => values::tags(diff, &mut rows),
        CompareTab::Examples { .. } => examples::examples(diff, (options.outcomes, unchanged), paper.width, &mut rows),
        CompareTab::Program => {
            program::program(diff, options, paper, &mut rows);
            if diff.program.is_some() && diff.examples.as_ref().is_some_and(|all| all.scored > 0) {
                if rows.last() != Some(&Row::GAP) {
                    rows.push(Row::GAP);
                }
                examples::examples(diff, (Outcomes::default(), None), paper.width, &mut rows);
            }
        }
    }
    let columns = examples::columns(&rows, paper);
    Rows { rows: broken_into_lines(rows, paper), is_unified: options.is_unified, columns }
}

/// Sentences and captions that are wider than a row go on in the next ones.
fn broken_into_lines(rows: Vec<Row>, paper: &Paper) -> Vec<Row> {
    let mut broken = Vec::with_capacity(rows.len());
    for row in rows {
        let (text, room, is_sentence) = match row {
            Row::Text(TextRow::Sentence(text)) => (text, paper.width - SENTENCE_LEFT, true),
            Row::Text(TextRow::Caption(text)) => (text, paper.width, false),
            other => {
                broken.push(other);
                continue;
            }
        };
        let lines = TextLines::new(text.as_str()).wrapped(room.max(80.0), &paper.widths);
        for at in 0..lines.len() {
            let line = lines.line(at).trim_end().to_owned();
            broken.push(Row::Text(match (is_sentence, at) {
                (true, 0) => TextRow::Sentence(line),
                (true, _) => TextRow::Rest(line),
                (false, _) => TextRow::Caption(line),
            }));
        }
    }
    broken
}

impl Made for Rows {
    fn bytes(&self) -> usize {
        let of_row = |row: &Row| match row {
            Row::Text(text) => text.bytes(),
            Row::Demo(DemoRow { cells, whole, .. }) => {
                whole.len() + cells.iter().map(|cell| 40 + cell.text.len()).sum::<usize>()
            }
            Row::Change(change) => [&change.old, &change.new].into_iter().flatten().map(String::len).sum(),
            Row::Example(one) => {
                let answers = one.answers.iter().flatten().map(String::len).sum::<usize>();
                one.text.len() + one.expected.len() + answers + one.whole.len() + one.tip.len() + 160
            }
            Row::Answers(text) => text.len(),
            _ => 0,
        };
        self.rows.iter().map(|row| 120 + of_row(row)).sum()
    }
}

/// `1 differs`, `2 differ`.
fn differ(n: usize) -> String {
    let ending = if n == 1 { "s" } else { "" };
    format!("{} differ{ending}", crate::words::count(n as u64))
}
