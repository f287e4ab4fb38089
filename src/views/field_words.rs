//! What is known of a signature's field, and how: pure functions of what was read.

use crate::model::{Direction, FactSource, Field};

/// How a fact is known, in words; empty where it simply stands in the file.
pub(super) fn reason(source: Option<&FactSource>) -> String {
    match source {
        None | Some(FactSource::Stored) => String::new(),
        Some(FactSource::Trace { trace, run: None }) => format!("Read in trace {trace} of this run"),
        Some(FactSource::Trace { trace, run: Some(run) }) => format!("Read in trace {trace} of run {run}"),
        Some(FactSource::Similar { trace, run }) => {
            let place = run.as_ref().map_or_else(String::new, |run| format!(" of run {run}"));
            format!("Inferred: a predictor with the same fields stands in trace {trace}{place}")
        }
        Some(FactSource::GuessedFromDescription) => {
            "Guessed from the description: DSPy writes ${name} where the author gave none".to_owned()
        }
        Some(FactSource::GuessedFromPrefix) => {
            "Guessed from the prefix, which DSPy makes of the name; the file does not hold the name".to_owned()
        }
        Some(FactSource::GuessedFromDemos) => "Guessed from the demos, which name their fields".to_owned(),
    }
}

/// A word that says whether a fact may be wrong.
pub(super) fn guessed(source: Option<&FactSource>) -> &'static str {
    source.map_or("", FactSource::mark)
}

/// The direction of a field as a word.
pub(super) fn direction(field: &Field) -> Option<&'static str> {
    field.direction.map(Direction::as_str)
}

/// What was fitted to a field: `threshold 0.35`.
pub(super) fn fitted(field: &Field) -> String {
    field.fitted.iter().map(|(key, value)| format!("{key} {value}")).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_be_wrong_says_why() {
        for source in [FactSource::GuessedFromDescription, FactSource::GuessedFromPrefix, FactSource::GuessedFromDemos]
        {
            assert_eq!(guessed(Some(&source)), "guessed");
            assert!(reason(Some(&source)).starts_with("Guessed from"));
        }
        assert_eq!((guessed(Some(&FactSource::Stored)), reason(Some(&FactSource::Stored)).as_str()), ("", ""));
        let trace = FactSource::Trace { trace: "tr-1".into(), run: Some("p".into()) };
        assert_eq!((guessed(Some(&trace)), reason(Some(&trace)).as_str()), ("", "Read in trace tr-1 of run p"));
    }
}
