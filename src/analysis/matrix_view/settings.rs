//! In which way a matrix is looked at.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::MatrixColumn;
use crate::analysis::score_matrix::ExampleClass;

/// In which way a matrix is looked at; all of it in its own order unless told.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct MatrixSettings {
    /// From which score on an example is right; `None` for what the scores suggest.
    pub threshold: Option<f64>,
    /// The classes to show; all if there is none. `None` among them are the examples that no full evaluation scored.
    pub classes: BTreeSet<Option<ExampleClass>>,
    /// An example is shown if it has one of the values of each.
    pub fields: Vec<FieldFilter>,
    /// An example is shown if one of its fields holds this text, whatever the case; all if it is empty.
    pub text: String,
    /// Only these examples, by their places in the matrix, ascending.
    pub only: Option<Arc<[u32]>>,
    /// In which order.
    pub sort: MatrixSort,
    /// The other way round; what the order says nothing of stays last.
    pub is_reversed: bool,
    /// The field by whose values examples are grouped.
    pub group_by: Option<String>,
    /// Which evaluations.
    pub columns: MatrixColumns,
    /// Two columns, by their places, that are set against each other in place of seed and winner.
    pub between: Option<[usize; 2]>,
}

/// Some values of a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldFilter {
    /// The field.
    pub field: String,
    /// The values, as [`value_text`](super::value_text) writes them.
    pub values: BTreeSet<String>,
}

/// In which order examples stand. Those of which it says nothing stand last, equals in the order of the matrix.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum MatrixSort {
    /// That of the matrix.
    #[default]
    Order,
    /// Whose outcome changes most often from column to column first.
    Flips,
    /// With the lowest mean score first.
    Hardness,
    /// What the winner lost most against the seed first.
    Regressions,
    /// The lowest score in a column first.
    Column(usize),
}

/// Which evaluations are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum MatrixColumns {
    /// All of them.
    #[default]
    All,
    /// Those of the whole validation set.
    Full,
}

impl MatrixColumns {
    pub(super) fn of(self, columns: &[MatrixColumn]) -> Vec<usize> {
        let is_shown = |column: &MatrixColumn| self == Self::All || column.is_full;
        columns.iter().enumerate().filter(|(_, column)| is_shown(column)).map(|(at, _)| at).collect()
    }
}
