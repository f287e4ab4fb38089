//! On what a program was evaluated.

use crate::analysis::optimization::EvaluationKind;

/// What an evaluation was made on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EvaluationData {
    /// The validation set of its optimization, or a sample of it.
    Valset(EvaluationKind),
    /// What its optimization took for validation, which logged no `valset.json`.
    Optimizer(EvaluationKind),
    /// Examples of which none is in the trainset or valset of an optimization that made or
    /// gave back this program.
    HeldOut,
    /// Examples some of which are in such a trainset or valset.
    Overlapping {
        /// So many of them.
        seen: usize,
        /// Of so many.
        of: usize,
    },
    /// It cannot be told, and why.
    Unknown(&'static str),
}

impl EvaluationData {
    /// In words for people.
    pub fn words(&self) -> String {
        let kind = |kind: &EvaluationKind, full: &str, sample: &str, unknown: &str| match kind {
            EvaluationKind::Full => full.to_owned(),
            EvaluationKind::Minibatch => sample.to_owned(),
            EvaluationKind::Unknown => unknown.to_owned(),
        };
        match self {
            Self::Valset(of) => kind(of, "valset", "sample of the valset", "valset or a sample of it"),
            Self::Optimizer(of) => kind(
                of,
                "what the optimizer validated on",
                "sample of what the optimizer validated on",
                "data of the optimizer",
            ),
            Self::HeldOut => "held out".to_owned(),
            Self::Overlapping { seen, of } => format!("{seen} of {of} were in its trainset or valset"),
            Self::Unknown(why) => format!("unknown data: {why}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_is_named_for_what_it_is() {
        assert_eq!(EvaluationData::HeldOut.words(), "held out");
        assert_eq!(EvaluationData::Valset(EvaluationKind::Minibatch).words(), "sample of the valset");
        let overlapping = EvaluationData::Overlapping { seen: 2, of: 9 };
        assert_eq!(overlapping.words(), "2 of 9 were in its trainset or valset");
    }
}
