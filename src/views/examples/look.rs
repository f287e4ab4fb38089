//! A matrix of examples as it is looked at, made on a worker: which rows and columns, how these are called, what groups
//! come to.

use std::sync::Arc;

use super::sources::{self, Told};
use crate::analysis::matrix_view::{MatrixRow, MatrixSettings, MatrixView, Tally};
use crate::analysis::optimization::EvaluationKind;
use crate::loader::{Numbered, PreparedExamples};
use crate::model::dspy::run_names;
use crate::query::{ScoreColumn, Scores};
use crate::views::program_name;
use crate::widgets::tokens::Tone;
use crate::words::{self, Decimals};

/// What examples are made of.
pub(super) type Prepared = Arc<Option<Numbered<PreparedExamples>>>;

/// A matrix as it is looked at.
pub(super) struct Look {
    of: Prepared,
    pub view: MatrixView,
    /// How the columns that are shown are called.
    pub heads: Vec<Head>,
    /// What the examples of each group come to in each of these columns.
    pub by_group: Vec<Vec<Tally>>,
    /// In how many of these columns each row is right.
    pub right: Vec<String>,
    /// Between which numbers all scores lie.
    pub range: [f64; 2],
    /// What one point of an example is on the scale of the evaluations.
    pub scale: f64,
    /// From what the scores come.
    pub told: Told,
    /// How means are written, so that they stand under each other.
    pub decimals: Decimals,
}

/// How a column is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Head {
    /// `C4`, else the name of the run.
    pub title: String,
    /// The name of the run, where the title is that of its program.
    pub note: String,
    pub tone: Tone,
    pub is_winner: bool,
    pub about: String,
}

impl Look {
    pub fn new(of: Prepared, settings: &MatrixSettings) -> Option<Self> {
        let scores = of.as_ref().as_ref()?.value.scores()?;
        let view = scores.view(settings);
        let heads = view.columns.iter().filter_map(|at| Some(head(scores, scores.columns.get(*at)?))).collect();
        let by_group = by_group(scores, &view);
        let scale = scores.scale();
        let means = view.by_column.iter().chain(by_group.iter().flatten()).filter_map(Tally::mean);
        let decimals = Decimals::of(means.map(|mean| mean * scale));
        let range = scores.range.map_or([0.0, 1.0], |range| [range.low, range.high]);
        let told = sources::told(scores);
        let mut look = Self { view, heads, by_group, right: Vec::new(), range, scale, told, decimals, of };
        look.right = (0..look.view.rows.len()).map(|line| look.right_of(line)).collect();
        Some(look)
    }

    pub fn prepared(&self) -> Option<&PreparedExamples> {
        self.of.as_ref().as_ref().map(|prepared| &prepared.value)
    }

    pub fn scores(&self) -> Option<&Scores> {
        self.prepared()?.scores()
    }

    /// The evaluation that a shown column is.
    pub fn column(&self, shown: usize) -> Option<&ScoreColumn> {
        self.scores()?.columns.get(*self.view.columns.get(shown)?)
    }

    /// The example of a line; `None` of a heading.
    pub fn example(&self, line: usize) -> Option<usize> {
        match self.view.rows.get(line)? {
            MatrixRow::Example(row) => Some(row.example),
            MatrixRow::Group(_) => None,
        }
    }

    /// About how many bytes it holds.
    pub fn bytes(&self) -> usize {
        let heads: usize = self.heads.iter().map(|one| one.title.len() + one.note.len() + one.about.len() + 96).sum();
        let groups: usize = self.by_group.iter().map(|one| one.len() * size_of::<Tally>()).sum();
        let right: usize = self.right.iter().map(|one| one.len() + 24).sum();
        self.view.bytes() + heads + groups + right + self.told.about_trouble.len()
    }
}

fn head(scores: &Scores, column: &ScoreColumn) -> Head {
    let run = if column.run_name.is_empty() { column.run_id.as_str() } else { &column.run_name };
    let is_winner = scores.winner == Some(column.candidate);
    let about = sources::about(column, scores.scale());
    match &column.program {
        Some(program) => Head {
            title: program.name.to_string(),
            note: run_names::short(run),
            tone: program_name::tone(program.name),
            is_winner,
            about: format!("{} · {run}\n{about}", program.name.marked()),
        },
        None => Head {
            title: run.to_owned(),
            note: String::new(),
            tone: Tone::Category(column.candidate),
            is_winner,
            about: format!("{run}\n{about}"),
        },
    }
}

/// What the examples under each heading come to, by column.
fn by_group(scores: &Scores, view: &MatrixView) -> Vec<Vec<Tally>> {
    let mut tallies = vec![vec![Tally::default(); view.columns.len()]; view.groups.len()];
    let mut group = None;
    for row in &view.rows {
        let row = match row {
            MatrixRow::Group(at) => {
                group = tallies.get_mut(*at);
                continue;
            }
            MatrixRow::Example(row) => row,
        };
        let (Some(group), Some(example)) = (&mut group, scores.matrix.examples.get(row.example)) else { continue };
        for (tally, column) in group.iter_mut().zip(&view.columns) {
            if let Some(score) = example.scores.get(*column).copied().flatten() {
                tally.scored += 1;
                tally.sum += score;
                tally.right += usize::from(view.rule.is_some_and(|rule| rule.is_right(score)));
            }
        }
    }
    tallies
}

/// Whether an evaluation is one of many kinds, so that those on all examples can be told from the others.
pub(super) fn has_partial(scores: &Scores) -> bool {
    let is_full = |column: &&ScoreColumn| column.kind == EvaluationKind::Full;
    let full = scores.columns.iter().filter(is_full).count();
    full > 0 && full < scores.columns.len()
}

/// A mean as it is written under a column.
pub(super) fn mean(look: &Look, tally: &Tally) -> Option<String> {
    tally.mean().map(|mean| look.decimals.write(mean * look.scale))
}

/// How many, in a word: `12 examples`.
pub(super) fn examples(count: usize) -> String {
    words::counted(count, "example")
}
