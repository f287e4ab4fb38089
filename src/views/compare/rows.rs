//! What changed between two runs as flat rows of one height. Made on a worker.

pub(super) mod evolution;
mod examples;
mod program;
mod values;

pub(in crate::views) use program::NOT_IN_FULL;
pub(super) use program::{CARD_GAP, CARD_PADDING, GUTTER, title};

use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use crate::loader::PreparedDiff;
use crate::model::{RunId, TraceId};
use crate::state::CompareTab;
use crate::widgets::diff_text::{DiffLine, Mark};
use crate::widgets::text::{CharWidths, TextLines};
use crate::widgets::tokens::Tone;

/// Where the text of a sentence begins, right of its glyph.
pub(super) const SENTENCE_LEFT: f32 = 22.0;

/// What is wanted of the rows.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Options {
    pub tab: CompareTab,
    /// How wide the rows are, in points.
    pub width: f32,
    /// Changes with the font, the zoom and the screen.
    pub scale: u32,
    pub is_unified: bool,
    pub only_differences: bool,
    pub shows_space: bool,
    /// The predictors whose unchanged lines are shown, too.
    pub whole: BTreeSet<usize>,
}

impl Options {
    /// What tells these options from others.
    pub fn key(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        let flags = (self.is_unified, self.only_differences, self.shows_space);
        (self.tab, self.width.to_bits(), self.scale, flags, &self.whole).hash(&mut hasher);
        hasher.finish()
    }
}

/// Which side of a comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Side {
    Old,
    New,
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

/// An example that is right on one side only.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct ExampleCell {
    /// Its inputs, in one line.
    pub text: String,
    /// All of it, for a tooltip.
    pub whole: String,
    pub scores: [f64; 2],
    pub is_fixed: bool,
    /// Its traces in both runs; where one cannot be told, why.
    pub traces: [Result<TraceId, String>; 2],
}

/// One row.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Row {
    /// Nothing: a gap.
    Gap,
    /// A predictor, and what became of each of its parts.
    Predictor { title: String, facts: Vec<(String, Tone)> },
    /// A program state of an optimization: how its evaluations are called and scored.
    Step { number: usize, title: String, facts: Vec<(String, Tone)>, run: RunId },
    /// Predictors that are the same, in one line.
    Same(String),
    /// A caption over what follows.
    Caption(String),
    /// Something that must be read, in a sentence.
    Sentence(String),
    /// What of a sentence has no room on the line above.
    Rest(String),
    /// The top of the two cards, or of the one.
    Top { predictor: usize },
    /// A line of the old text and one of the new.
    Pair(Option<DiffLine>, Option<DiffLine>),
    /// A line of both texts in one.
    Line(DiffLine),
    /// Within a card: where MLflow cut one of the texts, and whose rest follows.
    Cut(String),
    /// Lines that did not change.
    Hidden { predictor: usize, lines: usize },
    /// The bottom of the cards.
    Bottom,
    /// Titles of the columns of demos.
    DemoHead { columns: Vec<String> },
    /// A demo.
    Demo { mark: Mark, cells: Vec<DemoCell>, note: String, whole: String },
    /// A value that differs.
    Change(ChangeRow),
    /// Two captions, one over each half.
    Captions(String, String),
    /// An example at the left and one at the right.
    Examples(Option<ExampleCell>, Option<ExampleCell>),
    /// An example alone.
    Example(ExampleCell),
}

/// The rows of a tab.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Rows {
    pub rows: Vec<Row>,
}

/// Makes the rows.
pub(super) fn rows(prepared: &PreparedDiff, options: &Options, widths: &CharWidths) -> Rows {
    let diff = &prepared.diff;
    let mut rows = Vec::new();
    match options.tab {
        CompareTab::Params => values::params(diff, &mut rows),
        CompareTab::Metrics => values::metrics(diff, &mut rows),
        CompareTab::Tags => values::tags(diff, &mut rows),
        CompareTab::Examples => examples::examples(diff, options, &mut rows),
        CompareTab::Program => {
            program::program(diff, options, widths, &mut rows);
            if diff.program.is_some() && diff.examples.as_ref().is_some_and(|all| all.scored > 0) {
                if rows.last() != Some(&Row::Gap) {
                    rows.push(Row::Gap);
                }
                examples::examples(diff, options, &mut rows);
            }
        }
    }
    Rows { rows: broken_into_lines(rows, options.width, widths) }
}

/// Sentences and captions that are wider than a row go on in the next ones.
fn broken_into_lines(rows: Vec<Row>, width: f32, widths: &CharWidths) -> Vec<Row> {
    let mut broken = Vec::with_capacity(rows.len());
    for row in rows {
        let (text, room, is_sentence) = match row {
            Row::Sentence(text) => (text, width - SENTENCE_LEFT, true),
            Row::Caption(text) => (text, width, false),
            other => {
                broken.push(other);
                continue;
            }
        };
        let lines = TextLines::new(text.as_str()).wrapped(room.max(80.0), widths);
        for at in 0..lines.len() {
            let line = lines.line(at).trim_end().to_owned();
            broken.push(match (is_sentence, at) {
                (true, 0) => Row::Sentence(line),
                (true, _) => Row::Rest(line),
                (false, _) => Row::Caption(line),
            });
        }
    }
    broken
}

impl Rows {
    /// About how many bytes they hold.
    pub fn bytes(&self) -> usize {
        Self::bytes_of(&self.rows)
    }

    fn bytes_of(rows: &[Row]) -> usize {
        let of_line =
            |line: &DiffLine| line.pieces.iter().map(|piece| 60 + piece.text.len() + piece.raw.len()).sum::<usize>();
        let of_row = |row: &Row| match row {
            Row::Pair(old, new) => old.iter().chain(new).map(of_line).sum(),
            Row::Line(line) => of_line(line),
            Row::Cut(text) => text.len(),
            Row::Demo { cells, whole, .. } => {
                whole.len() + cells.iter().map(|cell| 40 + cell.text.len()).sum::<usize>()
            }
            Row::Change(change) => [&change.old, &change.new].into_iter().flatten().map(String::len).sum(),
            Row::Example(one) => one.text.len() + one.whole.len() + 80,
            Row::Examples(old, new) => old.iter().chain(new).map(|one| one.text.len() + one.whole.len() + 80).sum(),
            _ => 0,
        };
        rows.iter().map(|row| 120 + of_row(row)).sum()
    }
}

/// `1 differs`, `2 differ`.
fn differ(n: usize) -> String {
    let ending = if n == 1 { "s" } else { "" };
    format!("{} differ{ending}", crate::words::count(n as u64))
}

/// The beginning of a text that is longer than so many bytes.
fn cut_text(text: &str, most: usize) -> String {
    match text.len() > most {
        true => format!("{}…", &text[..text.floor_char_boundary(most)]),
        false => text.to_owned(),
    }
}
