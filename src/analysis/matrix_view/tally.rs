//! What some scores come to.

use super::{ExampleRow, score};
use crate::analysis::result_table::RightRule;
use crate::analysis::score_matrix::{MatrixExample, ScoreMatrix};

/// What some scores come to.
#[derive(Clone, Copy, Debug, PartialEq, Default)]
pub struct Tally {
    /// So many there are.
    pub scored: usize,
    /// So many of them are right.
    pub right: usize,
    /// Their sum.
    pub sum: f64,
}

impl Tally {
    /// Their mean; `None` of none.
    pub fn mean(&self) -> Option<f64> {
        (self.scored > 0).then(|| self.sum / self.scored as f64)
    }

    fn add(&mut self, score: f64, is_right: bool) {
        self.scored += 1;
        self.right += usize::from(is_right);
        self.sum += score;
    }
}

/// That of an example over some columns, and how often its outcome changes from one to the next.
pub(super) fn of_example(example: &MatrixExample, columns: &[usize], rule: Option<RightRule>) -> (Tally, usize) {
    let (mut tally, mut flips) = (Tally::default(), 0);
    let Some(rule) = rule else { return (tally, flips) };
    let mut before = None;
    for score in columns.iter().filter_map(|column| score(example, *column)) {
        let is_right = rule.is_right(score);
        flips += usize::from(before.is_some_and(|before| before != is_right));
        before = Some(is_right);
        tally.add(score, is_right);
    }
    (tally, flips)
}

/// Those of columns over some examples.
pub(super) fn of_columns(
    matrix: &ScoreMatrix,
    shown: &[ExampleRow],
    columns: &[usize],
    rule: Option<RightRule>,
) -> Vec<Tally> {
    let mut tallies = vec![Tally::default(); columns.len()];
    let Some(rule) = rule else { return tallies };
    for example in shown.iter().filter_map(|row| matrix.examples.get(row.example)) {
        for (tally, column) in tallies.iter_mut().zip(columns) {
            if let Some(score) = score(example, *column) {
                tally.add(score, rule.is_right(score));
            }
        }
    }
    tallies
}
