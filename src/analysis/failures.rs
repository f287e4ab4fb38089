//! Wrong examples by what they have in common: the exception, the answer that could not be parsed, the feedback, what was
//! taken for what. No model is asked.

use std::collections::HashMap;

/// What examples that failed have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FailureKind {
    /// Their programs ended with this exception, or gave back nothing.
    Exception,
    /// An answer of the model could not be parsed, whether another adapter helped or not.
    Parse,
    /// The metric said this about them, without what differs from example to example.
    Feedback,
    /// One value was taken for another one.
    Confused,
}

impl FailureKind {
    /// All of them, in the order in which they are told.
    pub const ALL: [Self; 4] = [Self::Exception, Self::Parse, Self::Feedback, Self::Confused];

    /// `exception`, `parse`, `feedback`, `confused`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Exception => "exception",
            Self::Parse => "parse",
            Self::Feedback => "feedback",
            Self::Confused => "confused",
        }
    }
}

/// What became of a failure between seed and winner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailureChange {
    /// Only the winner has it.
    New,
    /// Only the seed had it.
    Solved,
    /// Both have it.
    Stays,
}

/// Wrong examples with something in common.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FailureGroup {
    /// What kind of thing they have in common.
    pub kind: FailureKind,
    /// What it is: an exception, a template of feedbacks, `billing → shipping`.
    pub what: String,
    /// The examples of seed and winner, by their places in the matrix.
    pub examples: [Vec<u32>; 2],
    /// What one of them says in full, of the winner if it has one.
    pub sample: String,
}

impl FailureGroup {
    /// What became of it from the seed to the winner, if both tell such reasons.
    pub fn change(&self) -> Option<FailureChange> {
        match (self.examples[0].is_empty(), self.examples[1].is_empty()) {
            (true, true) => None,
            (true, false) => Some(FailureChange::New),
            (false, true) => Some(FailureChange::Solved),
            (false, false) => Some(FailureChange::Stays),
        }
    }
}

/// One reason why an example is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The example, by its place in the matrix.
    pub example: u32,
    /// Of the seed (0) or the winner (1).
    pub side: usize,
    /// What kind of reason it is.
    pub kind: FailureKind,
    /// The reason, as examples may share it.
    pub what: String,
    /// The same in full.
    pub sample: String,
}

/// Groups failures; in each kind the one with most examples of the winner stands first, then of the seed.
pub fn failure_groups(failures: Vec<Failure>) -> Vec<FailureGroup> {
    let mut places: HashMap<(FailureKind, String), usize> = HashMap::new();
    let mut groups: Vec<FailureGroup> = Vec::new();
    for one in failures {
        let at = *places.entry((one.kind, one.what.clone())).or_insert_with(|| {
            let (kind, what) = (one.kind, one.what);
            groups.push(FailureGroup { kind, what, examples: Default::default(), sample: String::new() });
            groups.len() - 1
        });
        let group = &mut groups[at];
        if group.sample.is_empty() || one.side == 1 && group.examples[1].is_empty() {
            group.sample = one.sample;
        }
        if let Some(examples) = group.examples.get_mut(one.side).filter(|it| it.last() != Some(&one.example)) {
            examples.push(one.example);
        }
    }
    groups.sort_by(|a, b| {
        let counts = |group: &FailureGroup| [group.examples[1].len(), group.examples[0].len()];
        a.kind.cmp(&b.kind).then_with(|| counts(b).cmp(&counts(a))).then_with(|| a.what.cmp(&b.what))
    });
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_tell_what_is_new_and_what_was_solved() {
        let one = |example, side, kind, what: &str| Failure {
            example,
            side,
            kind,
            what: what.into(),
            sample: format!("{what} {example}"),
        };
        use FailureKind::{Confused, Feedback};
        let found = failure_groups(vec![
            one(0, 0, Feedback, "old"),
            one(1, 0, Feedback, "both"),
            one(1, 1, Feedback, "both"),
            one(2, 1, Feedback, "both"),
            one(2, 1, Feedback, "both"),
            one(0, 1, Confused, "both"),
        ]);
        let told: Vec<_> = found.iter().map(|it| (it.kind, &*it.what, it.examples.clone(), it.change())).collect();
        let wanted = [
            (Feedback, "both", [vec![1], vec![1, 2]], Some(FailureChange::Stays)),
            (Feedback, "old", [vec![0], vec![]], Some(FailureChange::Solved)),
            (Confused, "both", [vec![], vec![0]], Some(FailureChange::New)),
        ];
        assert_eq!(told, wanted);
        assert_eq!(found[0].sample, "both 1", "the winner's");
    }
}
