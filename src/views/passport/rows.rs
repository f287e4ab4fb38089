//! What the page of a program says, as lines.

use crate::analysis::optimization::EvaluationKind;
use crate::query::Passport;
use crate::query::passport::{EvaluationData, PassportEvaluation};
use crate::state::{Location, Place};
use crate::views::origin::Line;
use crate::words;

/// On what an evaluation was made, in words.
pub(super) fn data(data: &EvaluationData) -> String {
    let kind = |kind: &EvaluationKind, full: &str, sample: &str, unknown: &str| match kind {
        EvaluationKind::Full => full.to_owned(),
        EvaluationKind::Minibatch => sample.to_owned(),
        EvaluationKind::Unknown => unknown.to_owned(),
    };
    match data {
        EvaluationData::Valset(of) => kind(of, "valset", "sample of the valset", "valset or a sample of it"),
        EvaluationData::Optimizer(of) => kind(
            of,
            "what the optimizer validated on",
            "sample of what the optimizer validated on",
            "data of the optimizer",
        ),
        EvaluationData::HeldOut => "held out".to_owned(),
        EvaluationData::Overlapping { seen, of } => format!("{seen} of {of} were in its trainset or valset"),
        EvaluationData::Unknown(why) => format!("unknown data: {why}"),
    }
}

/// One evaluation in the columns of a table; its name leads to its run.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Evaluated {
    pub name: String,
    pub score: Option<String>,
    pub n: Option<String>,
    pub data: String,
    /// The optimization it belongs to.
    pub optimization: Option<String>,
    pub experiment: String,
    pub tokens: Option<String>,
    pub target: Location,
}

/// An evaluation as a row.
pub(super) fn evaluation(one: &PassportEvaluation) -> Evaluated {
    let place = Place::Run { experiment: Some(one.run.experiment_id.clone()), run: one.run.id.clone() };
    Evaluated {
        name: if one.run.name.is_empty() { one.run.id.to_string() } else { one.run.name.clone() },
        score: one.score.map(words::value),
        n: one.n.map(words::count),
        data: data(&one.data),
        optimization: one.optimization.as_ref().map(|home| home.name.clone()),
        experiment: one.experiment.clone(),
        tokens: one.tokens.and_then(|tokens| tokens.total).map(words::count_short),
        target: Location::at(place),
    }
}

/// What was made of it.
pub(super) fn descendants(passport: &Passport) -> Vec<Line> {
    let run = |word: &str, one: &crate::query::passport::RunRef| Line {
        text: one.name.clone(),
        note: word.to_owned(),
        target: Some(Location::at(Place::Run { experiment: None, run: one.run_id.clone() })),
    };
    let mut lines: Vec<Line> = passport.winner_of.iter().map(|one| run("chose it as its best program", one)).collect();
    lines.extend(passport.seed_of.iter().map(|one| run("began with it", one)));
    for family in &passport.families {
        let inferred = if family.is_inferred { " · inferred" } else { "" };
        let groups = [("parent", &family.parents), ("child", &family.children)];
        for (word, relatives) in groups {
            lines.extend(relatives.iter().map(|one| Line {
                text: format!("Candidate {}", one.index),
                note: format!("{word} in {}{inferred}", family.parent.name),
                target: one.hash.clone().map(|hash| Location::at(Place::Program(hash))),
            }));
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_is_named_for_what_it_is() {
        assert_eq!(data(&EvaluationData::HeldOut), "held out");
        assert_eq!(data(&EvaluationData::Valset(EvaluationKind::Minibatch)), "sample of the valset");
        assert_eq!(data(&EvaluationData::Overlapping { seen: 2, of: 9 }), "2 of 9 were in its trainset or valset");
    }
}
