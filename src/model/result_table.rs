//! The table of an evaluation: one row per example, in the order of the devset.

use std::collections::BTreeMap;

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
    /// The names of its scores, where they have some: the parts of a score that is an object, scorers, columns of a user's
    /// table. Empty where there is one score without a name.
    pub score_names: Vec<String>,
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
    /// All its scores by their names, those of [`ResultTable::score_names`]; one that it lacks is not there.
    pub scores: BTreeMap<String, f64>,
    /// What the metric said about it, if it said anything; where several spoke and none of them is the one that counts,
    /// each in a line behind its name.
    pub feedback: Option<String>,
    /// The same by the name of the score, where several spoke.
    pub said: BTreeMap<String, String>,
    /// Why a scorer gave no score, where that is noted, behind its name.
    pub error: Option<String>,
    /// The score as stored.
    pub stored_score: Json,
    /// The example's values.
    pub example: Object,
    /// What the program answered.
    pub prediction: Object,
    /// Columns of other names.
    pub other: Object,
}

impl ResultTable {
    /// Has the rows counted by the score of this name: one that lacks it has no score. Without names there is one
    /// score, which is called [`SCORE_COLUMN`].
    pub fn count_by(&mut self, name: &str) {
        let is_the_one = self.score_names.is_empty() && name == SCORE_COLUMN;
        for row in self.rows.iter_mut().filter(|_| !is_the_one) {
            row.score = row.scores.get(name).copied();
            if let Some(said) = row.said.get(name) {
                row.feedback = Some(said.clone());
            }
        }
    }

    /// The scores of a name, of the rows that have it.
    pub fn scores_named(&self, name: &str) -> Vec<f64> {
        self.rows.iter().filter_map(|row| row.scores.get(name).copied()).collect()
    }
}
