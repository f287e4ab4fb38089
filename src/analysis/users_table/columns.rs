//! What the columns of a table that a user logged beside an evaluation hold, by their names. Nobody says how they have
//! to be called, so all of this is inferred: MLflow's page on DSPy logs `eval_results.json` with `exact_match`,
//! `mlflow.evaluate` writes `exact_match/v1`, `…/score` and `…/justification` (MLflow 2.21 – 3.18),
//! `mlflow.genai.evaluate` hands back `…/value` and `…/rationale` (MLflow 3.18), `mlflow.genai.optimize_prompts` writes
//! `inputs`, `output`, `expectation`, `aggregate_score` and a column for each scorer.

/// What a column seems to hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UsersColumn {
    /// A score, if its values are some; it is called so.
    Score(String),
    /// What was said about an answer.
    Feedback,
    /// An object of fields that the program was given.
    Inputs,
    /// An object of fields that were expected.
    Expected,
    /// What the program answered: an object of fields, or one value.
    Prediction,
    /// One field of that.
    PredictionField(String),
    /// One field of the example.
    ExampleField(String),
    /// A figure that belongs to the call and not to the example: how long it took, what it cost.
    Figure,
    /// Anything else; mostly a field of the example.
    Plain,
}

/// Names of scores, the surest first.
const SCORES: [&str; 14] = [
    "score",
    "correct",
    "is_correct",
    "exact_match",
    "match",
    "accuracy",
    "passed",
    "pass",
    "f1",
    "em",
    "metric",
    "rating",
    "grade",
    "reward",
];
const SCORE_ENDS: [&str; 5] = ["/score", "/value", "_score", "_match", "_correct"];
const FEEDBACKS: [&str; 6] = ["feedback", "rationale", "justification", "explanation", "critique", "comment"];
const FEEDBACK_ENDS: [&str; 4] = ["/justification", "/rationale", "_feedback", "_rationale"];
const PREDICTIONS: [&str; 8] =
    ["output", "outputs", "prediction", "predictions", "predicted", "pred", "response", "model_output"];
const FIGURES: [&str; 12] = [
    "latency",
    "duration",
    "time",
    "seconds",
    "tokens",
    "cost",
    "trace_id",
    "request_id",
    "run_id",
    "id",
    "index",
    "row",
];
const FIGURE_ENDS: [&str; 7] = ["_latency", "_duration", "_seconds", "_ms", "_tokens", "_cost", "_id"];

impl UsersColumn {
    /// What a column of this name seems to hold.
    pub fn of(name: &str) -> Self {
        let lower = name.to_lowercase();
        let is = |names: &[&str]| names.contains(&lower.as_str());
        let ends = |ends: &[&str]| ends.iter().any(|end| lower.ends_with(end) && lower.len() > end.len());
        if let Some(field) = name.strip_prefix("example_") {
            return Self::ExampleField(field.to_owned());
        }
        if let Some(field) = name.strip_prefix("pred_") {
            return Self::PredictionField(field.to_owned());
        }
        match lower.as_str() {
            "inputs" | "request" => return Self::Inputs,
            "expectation" | "expectations" | "expected" => return Self::Expected,
            _ => {}
        }
        if is(&FEEDBACKS) || ends(&FEEDBACK_ENDS) {
            Self::Feedback
        } else if is(&SCORES) || ends(&SCORE_ENDS) || is_versioned(&lower) {
            // The parts of one scorer's name are told apart by what stands before the slash.
            let short = name.strip_suffix("/score").or_else(|| name.strip_suffix("/value"));
            Self::Score(short.unwrap_or(name).to_owned())
        } else if is(&PREDICTIONS) {
            Self::Prediction
        } else if is(&FIGURES) || ends(&FIGURE_ENDS) {
            Self::Figure
        } else {
            Self::Plain
        }
    }

    /// How sure a score of this name is the one that counts: the less, the surer.
    pub fn rank(name: &str) -> usize {
        let lower = name.to_lowercase();
        SCORES.iter().position(|known| lower == *known).unwrap_or(SCORES.len())
    }
}

/// `exact_match/v1`
fn is_versioned(name: &str) -> bool {
    name.rsplit_once("/v").is_some_and(|(name, version)| {
        !name.is_empty() && !version.is_empty() && version.bytes().all(|byte| byte.is_ascii_digit())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_what_a_column_holds() {
        let score = |name: &str| UsersColumn::Score(name.to_owned());
        assert_eq!(UsersColumn::of("Correct"), score("Correct"));
        assert_eq!(UsersColumn::of("exact_match/v1"), score("exact_match/v1"));
        assert_eq!(UsersColumn::of("relevance/v1/score"), score("relevance/v1"));
        assert_eq!(UsersColumn::of("relevance/value"), score("relevance"));
        assert_eq!(UsersColumn::of("relevance/v1/justification"), UsersColumn::Feedback);
        assert_eq!(UsersColumn::of("example_q"), UsersColumn::ExampleField("q".to_owned()));
        assert_eq!(UsersColumn::of("pred_a"), UsersColumn::PredictionField("a".to_owned()));
        assert_eq!(["inputs", "expectation"].map(UsersColumn::of), [UsersColumn::Inputs, UsersColumn::Expected]);
        assert_eq!(["latency_ms", "trace_id"].map(UsersColumn::of), [UsersColumn::Figure, UsersColumn::Figure]);
        assert_eq!(
            ["question", "answer", "_score"].map(UsersColumn::of),
            [UsersColumn::Plain, UsersColumn::Plain, UsersColumn::Plain]
        );
        assert!(UsersColumn::rank("score") < UsersColumn::rank("exact_match"));
        assert!(UsersColumn::rank("exact_match") < UsersColumn::rank("wording"));
    }
}
