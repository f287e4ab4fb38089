//! What the page of a program says, as lines.

use crate::analysis::optimization::EvaluationKind;
use crate::query::Passport;
use crate::query::passport::{EvaluationData, PassportEvaluation};
use crate::state::{Location, Place};
use crate::views::origin::Line;
use crate::widgets::format;

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

/// One evaluation: its name leads to its run.
pub(super) fn evaluation(one: &PassportEvaluation) -> Line {
    let score = one.score.map_or_else(|| "no score".to_owned(), format::value);
    let n = one.n.map(|n| format!("n = {}", format::count(n)));
    let tokens =
        one.tokens.and_then(|tokens| tokens.total).map(|total| format!("{} tokens", format::count_short(total)));
    let home = one.optimization.as_ref().map(|home| format!("in {}", home.name));
    let parts = [Some(score), n, Some(data(&one.data)), home, Some(one.experiment.clone()), tokens];
    let note: Vec<String> = parts.into_iter().flatten().filter(|part| !part.is_empty()).collect();
    let place = Place::Run { experiment: Some(one.run.experiment_id.clone()), run: one.run.id.clone() };
    let name = if one.run.name.is_empty() { one.run.id.to_string() } else { one.run.name.clone() };
    Line { text: name, note: note.join(" · "), target: Some(Location::at(place)) }
}

/// What was made of it.
pub(super) fn descendants(passport: &Passport) -> Vec<Line> {
    let run = |word: &str, one: &crate::query::passport::RunRef| Line {
        text: one.name.clone(),
        note: word.to_owned(),
        target: Some(Location::at(Place::Run { experiment: None, run: one.run_id.clone() })),
    };
    let mut lines: Vec<Line> = passport.winner_of.iter().map(|one| run("gave it back", one)).collect();
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
