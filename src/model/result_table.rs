//! The table of an evaluation: one row per example, in the order of the devset.

use super::Json;
use super::program::Object;

/// The column that holds the scores (MLflow 3.3 – 3.18).
pub const SCORE_COLUMN: &str = "score";

/// What `result_table.json` holds.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct ResultTable {
    /// The fields of the examples, in the order of the columns, without their `example_`.
    pub example_fields: Vec<String>,
    /// The fields of the predictions, without their `pred_`.
    pub prediction_fields: Vec<String>,
    /// The rows.
    pub rows: Vec<ResultRow>,
    /// What was strange about it, each the rest of a sentence that begins with its name.
    pub notes: Vec<String>,
}

/// One evaluated example.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct ResultRow {
    /// Its score (true is 1); `None` if there is none or it is no number.
    pub score: Option<f64>,
    /// What the metric said about it, if it said anything.
    pub feedback: Option<String>,
    /// The score as stored.
    pub stored_score: Json,
    /// The example's values.
    pub example: Object,
    /// What the program answered.
    pub prediction: Object,
    /// Columns of other names.
    pub other: Object,
}
