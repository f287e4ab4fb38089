//! In which order examples stand, and in which groups.

use std::cmp::Ordering;
use std::collections::HashMap;

use super::settings::{MatrixSettings, MatrixSort};
use super::tally::Tally;
use super::{ExampleRow, MatrixRow, score};
use crate::analysis::score_matrix::ScoreMatrix;
use crate::analysis::value_text::value_text;
use crate::words::natural;

/// The examples that have one value in the field that they are grouped by.
#[derive(Clone, Debug, PartialEq)]
pub struct MatrixGroup {
    /// The value, as [`value_text`](super::value_text) writes it; `None` for those without the field.
    pub value: Option<String>,
    /// How many examples are shown.
    pub examples: usize,
    /// So many of them both seed and winner scored.
    pub paired: usize,
    /// The mean of these in the seed; `None` without any.
    pub seed: Option<f64>,
    /// The mean of these in the winner; `None` without any.
    pub winner: Option<f64>,
    /// What they come to over all columns that are shown.
    pub tally: Tally,
}

impl MatrixGroup {
    /// Winner minus seed.
    pub fn difference(&self) -> Option<f64> {
        Some(self.winner? - self.seed?)
    }
}

/// Sorts what is shown, which comes in the order of the matrix.
pub(super) fn sort(
    matrix: &ScoreMatrix,
    settings: &MatrixSettings,
    ends: [Option<usize>; 2],
    shown: &mut Vec<ExampleRow>,
) {
    if settings.sort == MatrixSort::Order {
        if settings.is_reversed {
            shown.reverse();
        }
        return;
    }
    let rank = |row: &ExampleRow| -> Option<f64> {
        match settings.sort {
            MatrixSort::Order => None,
            MatrixSort::Flips => (row.tally.scored > 0).then_some(-(row.flips as f64)),
            MatrixSort::Hardness => row.tally.mean(),
            MatrixSort::Regressions => pair(matrix, ends, row).map(|(seed, winner)| winner - seed),
            MatrixSort::Column(column) => score(matrix.examples.get(row.example)?, column),
        }
    };
    let mut ranked: Vec<(Option<f64>, ExampleRow)> = shown.iter().map(|row| (rank(row), *row)).collect();
    ranked.sort_by(|(a, _), (b, _)| known_first(*a, *b, settings.is_reversed));
    *shown = ranked.into_iter().map(|(_, row)| row).collect();
}

/// Low before high, or the other way round; what is not known is last.
fn known_first(a: Option<f64>, b: Option<f64>, is_reversed: bool) -> Ordering {
    match (a, b) {
        (Some(a), Some(b)) if is_reversed => b.total_cmp(&a),
        (Some(a), Some(b)) => a.total_cmp(&b),
        (a, b) => b.is_some().cmp(&a.is_some()),
    }
}

/// The scores of seed and winner, if both have one.
fn pair(matrix: &ScoreMatrix, [seed, winner]: [Option<usize>; 2], row: &ExampleRow) -> Option<(f64, f64)> {
    let example = matrix.examples.get(row.example)?;
    Some((score(example, seed?)?, score(example, winner?)?))
}

/// Sorted examples under headings. What the winner lost most in stands first, then come groups that nothing is known
/// of; within a group the order stays.
pub(super) fn grouped(
    matrix: &ScoreMatrix,
    field: &str,
    ends: [Option<usize>; 2],
    shown: &[ExampleRow],
) -> (Vec<MatrixRow>, Vec<MatrixGroup>) {
    let mut places: HashMap<Option<String>, usize> = HashMap::new();
    let mut found: Vec<(MatrixGroup, Vec<ExampleRow>)> = Vec::new();
    for row in shown {
        let value = matrix.examples.get(row.example).and_then(|one| one.example.get(field));
        let value = value.map(|value| value_text(value).into_owned());
        let place = *places.entry(value.clone()).or_insert_with(|| {
            found.push((group(value), Vec::new()));
            found.len() - 1
        });
        found[place].1.push(*row);
    }
    for (group, rows) in &mut found {
        let pairs: Vec<(f64, f64)> = rows.iter().filter_map(|row| pair(matrix, ends, row)).collect();
        let mean = |of: fn(&(f64, f64)) -> f64| {
            (!pairs.is_empty()).then(|| pairs.iter().map(of).sum::<f64>() / pairs.len() as f64)
        };
        (group.examples, group.paired) = (rows.len(), pairs.len());
        (group.seed, group.winner) = (mean(|pair| pair.0), mean(|pair| pair.1));
        for row in rows.iter() {
            group.tally.scored += row.tally.scored;
            group.tally.right += row.tally.right;
            group.tally.sum += row.tally.sum;
        }
    }
    found.sort_by(|(a, _), (b, _)| {
        let by_value = || match (&a.value, &b.value) {
            (Some(a), Some(b)) => natural::compare(a, b),
            (a, b) => b.is_some().cmp(&a.is_some()),
        };
        known_first(a.difference(), b.difference(), false).then_with(by_value)
    });
    let mut rows = Vec::with_capacity(shown.len() + found.len());
    let mut groups = Vec::with_capacity(found.len());
    for (group, examples) in found {
        rows.push(MatrixRow::Group(groups.len()));
        rows.extend(examples.into_iter().map(MatrixRow::Example));
        groups.push(group);
    }
    (rows, groups)
}

fn group(value: Option<String>) -> MatrixGroup {
    MatrixGroup { value, examples: 0, paired: 0, seed: None, winner: None, tally: Tally::default() }
}
