//! A matrix of examples as it is looked at: which rows and columns of it, in which order, in which groups, and what they
//! come to.

mod fields;
mod filter;
mod order;
mod settings;
mod tally;
#[cfg(test)]
mod tests;

use super::result_table::RightRule;
use super::score_matrix::{Classifier, ExampleClass, MatrixExample, ScoreMatrix};

pub use super::value_text::value_text;
pub use fields::{MatrixField, fields};
pub use order::MatrixGroup;
pub use settings::{FieldFilter, MatrixColumns, MatrixSettings, MatrixSort};
pub use tally::Tally;

/// What a view is made of.
#[derive(Clone, Copy, Debug)]
pub struct MatrixSource<'a> {
    /// The examples.
    pub matrix: &'a ScoreMatrix,
    /// The evaluations, in the order of the columns of the matrix.
    pub columns: &'a [MatrixColumn],
    /// The candidate that is the seed.
    pub seed: Option<usize>,
    /// The candidate that is the winner.
    pub winner: Option<usize>,
    /// From which score on an example is right, unless the settings say another threshold; `None` without scores.
    pub rule: Option<RightRule>,
}

/// An evaluation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MatrixColumn {
    /// Evaluations of one program have one number.
    pub candidate: usize,
    /// All of the validation set was evaluated.
    pub is_full: bool,
    /// So many of its examples have a score.
    pub scored: usize,
}

/// A matrix as it is looked at.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct MatrixView {
    /// From which score on an example is right; `None` without scores.
    pub rule: Option<RightRule>,
    /// The columns that stand for seed and winner, or for whichever two the settings set against each other.
    pub ends: [Option<usize>; 2],
    /// The columns to show, by their places in the matrix, ascending.
    pub columns: Vec<usize>,
    /// What the examples that are shown come to in each of these columns.
    pub by_column: Vec<Tally>,
    /// The rows from top to bottom.
    pub rows: Vec<MatrixRow>,
    /// The groups, in the order of their headings among the rows; empty where nothing is grouped.
    pub groups: Vec<MatrixGroup>,
    /// How many examples are shown.
    pub shown: usize,
    /// The class of every example, by its place in the matrix; `None` where no full evaluation scored it.
    pub classes: Vec<Option<ExampleClass>>,
    /// How many examples of each class there are, whichever classes are shown: of those that all other filters let pass.
    pub counts: ClassCounts,
}

/// A row.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum MatrixRow {
    /// The heading of a group, by its place among [`MatrixView::groups`].
    Group(usize),
    /// An example.
    Example(ExampleRow),
}

/// An example that is shown.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ExampleRow {
    /// Its place in the matrix.
    pub example: usize,
    /// What it comes to over the columns that are shown.
    pub tally: Tally,
    /// How often its outcome changed from one of these columns that scored it to the next.
    pub flips: usize,
}

/// How many examples there are of each class.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct ClassCounts {
    by_class: [usize; ExampleClass::ALL.len()],
    /// Those that no full evaluation scored.
    pub without: usize,
}

impl ClassCounts {
    /// Those of a class; of `None` those that no full evaluation scored.
    pub fn of(&self, class: Option<ExampleClass>) -> usize {
        class.map_or(self.without, |class| self.by_class[class as usize])
    }

    /// All together.
    pub fn all(&self) -> usize {
        self.by_class.iter().sum::<usize>() + self.without
    }

    fn add(&mut self, class: Option<ExampleClass>) {
        match class {
            Some(class) => self.by_class[class as usize] += 1,
            None => self.without += 1,
        }
    }
}

impl MatrixView {
    /// The row of an example; `None` if it is not shown.
    pub fn row_of(&self, example: usize) -> Option<usize> {
        self.rows.iter().position(|row| matches!(row, MatrixRow::Example(one) if one.example == example))
    }

    /// The place of a column of the matrix among those that are shown.
    pub fn column_of(&self, column: usize) -> Option<usize> {
        self.columns.binary_search(&column).ok()
    }

    /// About how many bytes it holds.
    pub fn bytes(&self) -> usize {
        self.rows.len() * size_of::<MatrixRow>()
            + self.classes.len()
            + self.columns.len() * (size_of::<usize>() + size_of::<Tally>())
            + self.groups.iter().map(|group| 160 + group.value.as_ref().map_or(0, String::len)).sum::<usize>()
    }
}

/// Looks at a matrix in a certain way.
pub fn view(source: &MatrixSource<'_>, settings: &MatrixSettings) -> MatrixView {
    let rule = source.rule.map(|rule| RightRule { threshold: settings.threshold.unwrap_or(rule.threshold), ..rule });
    let columns = settings.columns.of(source.columns);
    let ends = ends(source, settings);
    let classes = classes(source, rule, ends);
    let filter = filter::Filter::new(settings);
    let mut counts = ClassCounts::default();
    let mut shown: Vec<ExampleRow> = Vec::new();
    for (place, example) in source.matrix.examples.iter().enumerate() {
        if !filter.lets_pass(place, example) {
            continue;
        }
        let class = classes.get(place).copied().flatten();
        counts.add(class);
        if settings.classes.is_empty() || settings.classes.contains(&class) {
            let (tally, flips) = tally::of_example(example, &columns, rule);
            shown.push(ExampleRow { example: place, tally, flips });
        }
    }
    let by_column = tally::of_columns(source.matrix, &shown, &columns, rule);
    order::sort(source.matrix, settings, ends, &mut shown);
    let count = shown.len();
    let (rows, groups) = match &settings.group_by {
        Some(field) => order::grouped(source.matrix, field, ends, &shown),
        None => (shown.into_iter().map(MatrixRow::Example).collect(), Vec::new()),
    };
    MatrixView { rule, ends, columns, by_column, rows, groups, shown: count, classes, counts }
}

/// The full evaluations that stand for seed and winner: the first of each program, as in the verdict.
fn ends(source: &MatrixSource<'_>, settings: &MatrixSettings) -> [Option<usize>; 2] {
    if let Some(between) = settings.between {
        return between.map(|column| Some(column).filter(|column| *column < source.columns.len()));
    }
    [source.seed, source.winner].map(|candidate| {
        let candidate = candidate?;
        source.columns.iter().position(|one| one.candidate == candidate && one.is_full && one.scored > 0)
    })
}

fn classes(source: &MatrixSource<'_>, rule: Option<RightRule>, ends: [Option<usize>; 2]) -> Vec<Option<ExampleClass>> {
    let Some(rule) = rule else { return vec![None; source.matrix.examples.len()] };
    let full = source.columns.iter().enumerate().filter(|(_, one)| one.is_full).map(|(at, one)| (at, one.candidate));
    let candidate = |column: Option<usize>| source.columns.get(column?).map(|one| one.candidate);
    let mut classifier = Classifier::new(full, ends.map(candidate));
    source.matrix.examples.iter().map(|one| classifier.class(&one.scores, rule)).collect()
}

/// The score of an example in a column.
fn score(example: &MatrixExample, column: usize) -> Option<f64> {
    example.scores.get(column).copied().flatten()
}
