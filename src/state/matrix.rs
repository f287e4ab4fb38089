//! How the examples of a page are looked at.

use crate::analysis::matrix_view::MatrixSettings;

/// What the user chose of a matrix of examples. Which of them alone are listed is part of the address.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct MatrixChoice {
    /// Which of several scores, by its name; none: the one that an evaluation has its own from.
    pub score: Option<String>,
    /// Which rows and columns, in which order.
    pub settings: MatrixSettings,
}
