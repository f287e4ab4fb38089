//! Why an optimization has no evaluations, in words for the window and the terminal.

use super::Optimization;
use crate::analysis::optimization::Purpose;
use crate::model::RunValues;
use crate::model::mlflow::prompts;
use crate::query::lookup;

/// The scores of the prompts that were given and given back, if they are noted.
pub fn prompt_scores(values: &RunValues) -> [Option<f64>; 2] {
    prompts::SCORES.map(|key| lookup::metric(values, key).map(|metric| metric.point.value))
}

impl Optimization {
    /// Why there are no evaluations to compare, as a sentence without its full stop.
    pub fn why_no_evaluations(&self) -> String {
        match (self.optimizer.purpose, self.optimizer.name) {
            (Some(Purpose::Evaluation), _) => "This is an evaluation itself: none stands under it".to_owned(),
            (Some(Purpose::Prompts), _) => {
                let scores = match self.prompt_scores {
                    [Some(from), Some(to)] => format!("; their score went from {from} to {to}"),
                    [Some(score), None] => format!("; their first score was {score}"),
                    _ => String::new(),
                };
                format!("Prompts were optimized, not a program, and no evaluation is a run of its own{scores}")
            }
            (_, Some(optimizer)) if !optimizer.logs_evaluations() => {
                format!("{optimizer} logs no evaluations, so no candidates can be compared")
            }
            _ => "No evaluation was logged, so no candidates can be compared".to_owned(),
        }
    }
}
