//! What the assessments on one trace say of its example (MLflow 3): scores by scorer, why, and what was expected.

use std::collections::{BTreeMap, BTreeSet};

use crate::analysis::named_scores::judged;
use crate::analysis::result_table::score;
use crate::model::Assessment;
use crate::model::program::Object;

/// The score that an assessment of code is, by its name: what DSPy's metrics leave.
pub fn score_of(assessment: &Assessment) -> Option<(String, f64)> {
    let is_score = is_valid_feedback(assessment) && assessment.source_type == CODE && assessment.error.is_none();
    let value = score(&assessment.value).filter(|_| is_score)?;
    Some((assessment.name.clone(), value))
}

/// The score that the assessments on one trace say: of the only one that scored it, or the only function among them.
pub fn only_score(assessments: &[Assessment]) -> Option<f64> {
    let Assessed { scores, by_code, .. } = Assessed::of(assessments);
    let of_code = by_code.first().filter(|_| by_code.len() == 1);
    let name = scores.keys().next().filter(|_| scores.len() == 1).or(of_code)?;
    scores.get(name).copied()
}

/// Who made an assessment: a function.
const CODE: &str = "CODE";

fn is_valid_feedback(assessment: &Assessment) -> bool {
    assessment.is_valid && assessment.kind == "feedback"
}

/// Those that nothing overrides, in the order in which they count: a person's word after a model's and that after a
/// function's.
pub fn by_weight(assessments: &[Assessment]) -> Vec<&Assessment> {
    let mut order: Vec<&Assessment> = assessments.iter().filter(|one| one.is_valid).collect();
    order.sort_by_key(|one| match one.source_type.as_str() {
        CODE => 0,
        "HUMAN" => 2,
        _ => 1,
    });
    order
}

/// All that is said of one trace.
#[derive(Default)]
pub struct Assessed {
    /// Scores by scorer.
    pub scores: BTreeMap<String, f64>,
    /// The scorers among them that are functions, as DSPy's metrics are.
    pub by_code: BTreeSet<String>,
    /// The scorers whose scores were words such as yes and no.
    pub from_words: BTreeSet<String>,
    /// What each gave, as stored: scores and what is none.
    pub values: Object,
    /// Why, by scorer.
    pub rationales: BTreeMap<String, String>,
    /// What went wrong in place of a score, by scorer.
    pub errors: BTreeMap<String, String>,
    /// What was expected, by name.
    pub expected: Object,
}

impl Assessed {
    /// Takes the assessments on a trace together. Of several of one name a person's counts before a model's and that
    /// before a function's; of these the last.
    pub fn of(assessments: &[Assessment]) -> Self {
        let mut found = Self::default();
        for one in by_weight(assessments) {
            if one.is_expectation() {
                found.expected.insert(one.name.clone(), one.value.clone());
            } else if is_valid_feedback(one) {
                found.take(one);
            }
        }
        found
    }

    fn take(&mut self, one: &Assessment) {
        let name = one.name.clone();
        for forgotten in [&mut self.by_code, &mut self.from_words] {
            forgotten.remove(&name);
        }
        self.scores.remove(&name);
        if let Some(text) = one.rationale.as_ref().filter(|text| !text.trim().is_empty()) {
            self.rationales.insert(name.clone(), text.clone());
        }
        if one.error.is_some() {
            self.errors.insert(name, one.error_text().unwrap_or_else(|| "error".to_owned()));
            return;
        }
        if !one.value.is_null() {
            self.values.insert(name.clone(), one.value.clone());
        }
        let number = score(&one.value);
        if number.is_none() && judged(&one.value).is_some() {
            self.from_words.insert(name.clone());
        }
        if let Some(score) = number.or_else(|| judged(&one.value)) {
            if one.source_type == CODE {
                self.by_code.insert(name.clone());
            }
            self.scores.insert(name, score);
        }
    }

    /// Without what this scorer gave.
    pub fn forget(&mut self, name: &str) -> bool {
        self.by_code.remove(name);
        self.rationales.remove(name);
        self.values.remove(name);
        self.scores.remove(name).is_some()
    }
}
