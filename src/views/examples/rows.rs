//! What stands in the rows and cells of the matrix.

use std::borrow::Cow;

use super::look::{Head, Look, examples, mean};
use crate::analysis::matrix_view::MatrixRow;
use crate::analysis::score_matrix::MatrixExample;
use crate::widgets::matrix::{
    MatrixCell, MatrixColumn, MatrixSource, MatrixSum, StayingColumn, StayingKind, StayingText,
};
use crate::widgets::tokens::Tone;
use crate::words::{self, Decimals};

/// What the widest value asks for, and what a column has at least and at most.
const LETTER: f32 = 7.4;
const VALUE_ROOM: [f32; 2] = [72.0, 150.0];
/// The room for the text where there is enough.
const TEXT: f32 = 300.0;
/// The room for one digit of a row's number.
const DIGIT: f32 = 7.4;
const PADDING: f32 = 16.0;
/// The title of the column that sums a row up.
const RIGHT: &str = "Right";

/// What a cell says.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Said {
    NotEvaluated,
    NoScore,
    Score { score: f64, is_right: bool },
}

impl Look {
    /// The columns that stay: the number, what the example is, what is expected, and how often it was right.
    pub fn staying(&self) -> Vec<StayingColumn<'_>> {
        let Some(prepared) = self.prepared() else { return Vec::new() };
        let digits = words::count(prepared.texts.len() as u64).len() as f32;
        let number = StayingColumn { title: "", kind: StayingKind::Number, width: digits.max(2.0) * DIGIT + PADDING };
        let text = StayingColumn { title: "Example", kind: StayingKind::Text, width: TEXT };
        let value = |one: &crate::loader::Beside| {
            let letters = one.longest.max(one.title.chars().count()) as f32;
            (letters * LETTER + PADDING).clamp(VALUE_ROOM[0], VALUE_ROOM[1])
        };
        let values = prepared.beside.iter();
        let values = values.map(|one| StayingColumn { title: &one.title, kind: StayingKind::Value, width: value(one) });
        let digits = words::count(self.view.columns.len() as u64).len() as f32;
        let width = ((2.0 * digits + 1.0) * DIGIT).max(RIGHT.chars().count() as f32 * LETTER) + PADDING;
        let right = StayingColumn { title: RIGHT, kind: StayingKind::Number, width };
        let right = (self.view.columns.len() > 1 && self.view.rule.is_some()).then_some(right);
        [number, text].into_iter().chain(values).chain(right).collect()
    }

    /// In how many of the shown evaluations that scored an example it is right: `3/9`. Nothing where none did.
    pub(super) fn right_of(&self, line: usize) -> String {
        let said = (0..self.view.columns.len()).filter_map(|shown| self.said(line, shown));
        let (right, scored) = said.fold((0_u64, 0_u64), |(right, scored), one| match one {
            Said::Score { is_right, .. } => (right + u64::from(is_right), scored + 1),
            Said::NotEvaluated | Said::NoScore => (right, scored),
        });
        if scored == 0 { String::new() } else { format!("{}/{}", words::count(right), words::count(scored)) }
    }

    fn example_at(&self, line: usize) -> Option<&MatrixExample> {
        self.scores()?.matrix.examples.get(self.example(line)?)
    }

    /// What the cell of an example in a shown column says; `None` of a heading.
    pub fn said(&self, line: usize, shown: usize) -> Option<Said> {
        let (example, column) = (self.example_at(line)?, *self.view.columns.get(shown)?);
        let score = example.scores.get(column).copied().flatten();
        Some(match (score, example.rows.get(column).copied().flatten()) {
            (Some(score), _) => {
                Said::Score { score, is_right: self.view.rule.is_some_and(|rule| rule.is_right(score)) }
            }
            (None, Some(_)) => Said::NoScore,
            (None, None) => Said::NotEvaluated,
        })
    }

    /// Whether every score is 0 or 1, so that a mark says all of it.
    pub fn is_binary(&self) -> bool {
        self.view.rule.is_none_or(|rule| rule.is_binary)
    }

    /// How far a score is from the threshold to the end of the scale that it lies at, from 0 to 1.
    fn strength(&self, score: f64, is_right: bool) -> f32 {
        let Some(rule) = self.view.rule else { return 0.0 };
        let [least, most] = self.range;
        let end = if is_right { most } else { least };
        let far = (score - rule.threshold) / (end - rule.threshold);
        if far.is_finite() { far.clamp(0.0, 1.0) as f32 } else { 1.0 }
    }

    fn head(&self, shown: usize) -> Option<&Head> {
        self.heads.get(shown)
    }
}

fn text_at(texts: &[String], at: usize) -> Cow<'_, str> {
    texts.get(at).map_or(Cow::Borrowed(""), |text| text.as_str().into())
}

impl MatrixSource for Look {
    fn lines(&self) -> usize {
        self.view.rows.len()
    }

    fn columns(&self) -> usize {
        self.view.columns.len()
    }

    fn column(&self, shown: usize) -> MatrixColumn<'_> {
        self.head(shown).map_or_else(MatrixColumn::default, |head| MatrixColumn {
            title: head.title.as_str().into(),
            note: head.note.as_str().into(),
            tone: Some(head.tone),
            has_star: head.is_winner,
        })
    }

    fn column_hover(&self, shown: usize) -> String {
        self.head(shown).map(|head| head.about.clone()).unwrap_or_default()
    }

    fn heading(&self, line: usize) -> Option<Cow<'_, str>> {
        let MatrixRow::Group(at) = self.view.rows.get(line)? else { return None };
        let group = self.view.groups.get(*at)?;
        let value = group.value.as_deref().map_or(Cow::Borrowed("without a value"), |value| words::one_line(value, 80));
        let value = if value.trim().is_empty() { Cow::Borrowed("(empty)") } else { value };
        Some(format!("{value} · {}", examples(group.examples)).into())
    }

    fn staying(&self, line: usize, staying: usize) -> StayingText<'_> {
        let (Some(prepared), Some(example)) = (self.prepared(), self.example(line)) else {
            return StayingText::default();
        };
        match staying {
            0 => StayingText { text: words::count(example as u64 + 1).into(), tone: Tone::Faint },
            1 => match prepared.texts.get(example) {
                Some(text) => StayingText { text: text.as_str().into(), tone: Tone::Neutral },
                None => StayingText::default(),
            },
            other => match prepared.beside.get(other - 2) {
                Some(one) => StayingText { text: text_at(&one.texts, example), tone: Tone::Muted },
                None => StayingText { text: text_at(&self.right, line), tone: Tone::Muted },
            },
        }
    }

    fn cell(&self, line: usize, shown: usize) -> MatrixCell<'_> {
        if let Some(MatrixRow::Group(at)) = self.view.rows.get(line) {
            let tally = self.by_group.get(*at).and_then(|tallies| tallies.get(shown));
            return tally
                .and_then(|tally| mean(self, tally))
                .map_or(MatrixCell::Blank, |mean| MatrixCell::Figure(mean.into()));
        }
        match self.said(line, shown) {
            None => MatrixCell::Blank,
            Some(Said::NotEvaluated) => MatrixCell::Absent,
            Some(Said::NoScore) => MatrixCell::Unknown,
            Some(Said::Score { is_right, .. }) if self.is_binary() => MatrixCell::Plain { is_good: is_right },
            Some(Said::Score { score, is_right }) => MatrixCell::Graded {
                is_good: is_right,
                strength: self.strength(score, is_right),
                figure: Decimals::HUNDREDTHS.write(score).into(),
            },
        }
    }

    fn spoken(&self, line: usize, shown: usize) -> String {
        let word = |is_right: bool| if is_right { "right" } else { "wrong" };
        match self.said(line, shown) {
            None => match self.cell(line, shown) {
                MatrixCell::Figure(figure) => figure.into_owned(),
                _ => String::new(),
            },
            Some(Said::NotEvaluated) => "not evaluated".to_owned(),
            Some(Said::NoScore) => "no score".to_owned(),
            Some(Said::Score { is_right, .. }) if self.is_binary() => word(is_right).to_owned(),
            Some(Said::Score { score, is_right }) => format!("{}, {}", words::value(score), word(is_right)),
        }
    }

    fn hover(&self, line: usize, shown: usize) -> String {
        let (Some(head), Some(said)) = (self.head(shown), self.said(line, shown)) else { return String::new() };
        let name = head.about.lines().next().unwrap_or_default();
        let told = match said {
            Said::NotEvaluated => "It was not evaluated on this example".to_owned(),
            Said::NoScore => "It was evaluated, and no score was written".to_owned(),
            Said::Score { is_right, .. } if self.is_binary() => if is_right { "Right" } else { "Wrong" }.to_owned(),
            Said::Score { score, is_right } => {
                let word = if is_right { "right" } else { "wrong" };
                let from = self.view.rule.map(|rule| words::value(rule.threshold)).unwrap_or_default();
                format!("{}: {word}, since right is {from} or more", words::precise(score))
            }
        };
        format!("{name}\n{told}")
    }

    fn sum(&self, shown: usize) -> Option<MatrixSum<'_>> {
        let tally = self.view.by_column.get(shown)?;
        let is_winner = self.head(shown).is_some_and(|head| head.is_winner);
        Some(match mean(self, tally) {
            Some(figure) => MatrixSum {
                figure: figure.into(),
                note: words::count(tally.scored as u64).into(),
                tone: if is_winner { Tone::Good } else { Tone::Neutral },
            },
            None => MatrixSum { figure: "–".into(), note: Cow::Borrowed(""), tone: Tone::Faint },
        })
    }
}
