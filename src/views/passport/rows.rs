//! What the page of a program says, as lines.

use crate::analysis::optimization::EvaluationKind;
use crate::analysis::provenance::WriterKind;
use crate::query::passport::{EvaluationData, PassportEvaluation};
use crate::query::{Origin, Passport, Provenance};
use crate::state::{Location, Place, SpanRef};
use crate::widgets::format;

/// A line that may lead somewhere.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Line {
    /// The words that lead there.
    pub text: String,
    /// What stands behind them.
    pub note: String,
    /// Where it leads.
    pub target: Option<Location>,
}

/// Where an instruction came from.
pub(super) fn origin(told: &Provenance) -> Line {
    let plain = |text: &str, note: String| Line { text: text.to_owned(), note, target: None };
    match &told.origin {
        Origin::Writer(found) => {
            let writer = &found.writer;
            let place = Place::Trace { experiment: None, run: Some(told.parent.clone()), trace: writer.trace.clone() };
            let span = SpanRef { id: writer.span_id.clone(), nth: writer.span_nth };
            let what = match writer.kind {
                WriterKind::Proposer | WriterKind::CallOfProposer | WriterKind::ReflectionPrompt => {
                    "Written by the proposer"
                }
                WriterKind::BareCall => "Written by a model",
                WriterKind::OtherPredictor => "Written by a predictor",
            };
            let signature = writer.signature.as_deref().map(|text| format!(" · {text}")).unwrap_or_default();
            let inferred = if found.is_inferred { " · inferred" } else { "" };
            Line {
                text: format!("{what} in {}", writer.name),
                note: format!("{}{inferred}", signature.trim_start_matches(" · ")),
                target: Some(Location { span: Some(span), ..Location::at(place) }),
            }
        }
        Origin::Program { is_inferred: false } => {
            plain("Of the program that was given to the optimization", "no proposer wrote it".to_owned())
        }
        Origin::Program { is_inferred: true } => {
            plain("Of the program that was given to the optimization", "inferred".to_owned())
        }
        Origin::Unknown => {
            let traces = format::count(told.looked.traces);
            let rest = if told.looked.complete { "" } else { "; there are more" };
            plain("Its origin is not known", format!("it is in no output of the {traces} traces looked into{rest}"))
        }
    }
}

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
        score: one.score.map(format::value),
        n: one.n.map(format::count),
        data: data(&one.data),
        optimization: one.optimization.as_ref().map(|home| home.name.clone()),
        experiment: one.experiment.clone(),
        tokens: one.tokens.and_then(|tokens| tokens.total).map(format::count_short),
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
