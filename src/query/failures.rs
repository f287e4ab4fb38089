//! What the wrong examples of seed and winner have in common.

mod feedback;
mod traces;

use super::feedback_source::FeedbackSource;
use super::scores::{Evaluated, Scores, ScoresOf};
use super::sides::{BothSides, BothSidesOf, Sides};
use super::slices::{Predictions, fields_of, objects, text};
use super::verdict::NoVerdict;
use crate::analysis::example_traces::{NoTrace, TraceLink};
use crate::analysis::failures::{Failure, FailureChange, FailureGroup, FailureKind, failure_groups};
use crate::analysis::slices::Parting;
use crate::model::ResultRow;
use crate::model::program::Object;
use crate::query::ask::{Question, Session};
use crate::store::{Allowance, Part, Result};
use traces::reasons;

/// Wrong examples by what they have in common.
#[derive(Clone, Debug, PartialEq)]
pub struct Failures {
    /// The groups, by kind; an example may be in one group of each kind.
    pub groups: Vec<FailureGroup>,
    /// How many examples of seed and winner are wrong or have no score; `None` if there is no seed.
    pub wrong: [Option<usize>; 2],
    /// Of how many.
    pub of: [Option<usize>; 2],
    /// The traces of all of them could be looked into.
    pub complete: bool,
    /// Where the feedback of seed and winner was read; `None` without any.
    pub feedback_from: [Option<FeedbackSource>; 2],
    /// Which kinds of reasons seed and winner tell at all, in the order of [`FailureKind::ALL`].
    known: [[bool; FailureKind::ALL.len()]; 2],
    /// Below this score an example is wrong.
    pub threshold: f64,
}

impl Failures {
    /// Whether a side tells reasons of a kind at all: an evaluation without a table has no feedback.
    pub fn knows(&self, kind: FailureKind, side: usize) -> bool {
        self.known.get(side).and_then(|known| known.get(kind as usize)).copied().unwrap_or_default()
    }

    /// The examples of a group; `None` where the side does not tell such reasons.
    pub fn examples<'a>(&self, group: &'a FailureGroup, side: usize) -> Option<&'a [u32]> {
        let examples = group.examples.get(side)?;
        self.knows(group.kind, side).then_some(examples.as_slice())
    }

    /// Where feedback was read, as a sentence without its beginning; empty where the tables tell it, as they usually do.
    pub fn feedback_words(&self) -> &'static str {
        match self.feedback_from.contains(&Some(FeedbackSource::Assessments)) {
            true => FeedbackSource::Assessments.words(),
            false => "",
        }
    }

    /// What became of a group from the seed to the winner; `None` where one of them does not tell such reasons, or not
    /// everything could be looked into.
    pub fn change(&self, group: &FailureGroup) -> Option<FailureChange> {
        let is_of_traces = matches!(group.kind, FailureKind::Exception | FailureKind::Parse);
        // Without traces nobody knows which exception it was.
        let have_traces = [0, 1].map(|side| self.knows(FailureKind::Parse, side));
        let is_alike = self.complete && have_traces[0] == have_traces[1];
        let is_known = [0, 1].into_iter().all(|side| self.knows(group.kind, side)) && (is_alike || !is_of_traces);
        group.change().filter(|_| is_known)
    }
}

/// The failures of evaluations; the outer `None` if the store has no such ones.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FailuresOf {
    /// Among which evaluations.
    pub of: Evaluated,
    /// Which of them are looked at.
    pub sides: Sides,
    /// Which of several scores, by its name; `None` for the one that counts by itself.
    pub score: Option<String>,
}

impl Question for FailuresOf {
    type Answer = Option<std::result::Result<Failures, NoVerdict>>;
    const LABEL: &'static str = "failures";

    fn answer(&self, session: &mut Session<'_>) -> Result<Self::Answer> {
        let sides =
            session.ask(&BothSidesOf { of: self.of.clone(), sides: self.sides.clone(), score: self.score.clone() })?;
        let sides = match sides.as_ref() {
            None => return Ok(None),
            Some(Err(why)) => return Ok(Some(Err(*why))),
            Some(Ok(sides)) => sides,
        };
        let scores = session.ask(&ScoresOf { of: self.of.clone(), score: self.score.clone() })?;
        let Some(scores) = scores.as_ref() else { return Ok(None) };
        let time = session.cx.begin(Part::Failures);
        let mut found = Failures {
            groups: Vec::new(),
            wrong: [None, None],
            of: [None, None],
            complete: true,
            feedback_from: [None, None],
            known: Default::default(),
            threshold: sides.rule.threshold,
        };
        let classes = classes(scores, sides);
        let mut all = Vec::new();
        for (side, column) in sides.columns().into_iter().enumerate() {
            let Some(column) = column else { continue };
            let wrong = wrong_examples(scores, sides, column);
            let evaluated = scores.matrix.examples.iter().filter(|one| matches!(one.rows.get(column), Some(Some(_))));
            (found.wrong[side], found.of[side]) = (Some(wrong.len()), Some(evaluated.count()));
            let mut one = OfSide {
                side,
                wrong: &wrong,
                classes: &classes,
                score: self.score.as_deref(),
                complete: true,
                feedback_from: None,
                known: [false; 4],
                all,
            };
            one.collect(session, scores, (column, time))?;
            found.feedback_from[side] = one.feedback_from;
            found.complete &= one.complete;
            found.known[side] = one.known;
            all = one.all;
        }
        found.groups = failure_groups(all);
        Ok(Some(Ok(found)))
    }

    fn bytes(answer: &Self::Answer) -> usize {
        let group = |one: &FailureGroup| {
            one.what.len() + one.sample.len() + 100 + 4 * one.examples.iter().map(Vec::len).sum::<usize>()
        };
        let of = |found: &Failures| found.groups.iter().map(group).sum::<usize>();
        answer.as_ref().and_then(|it| it.as_ref().ok()).map_or(0, of)
    }
}

/// The examples that a column evaluated and that are not right, or have no score.
fn wrong_examples(scores: &Scores, sides: &BothSides, column: usize) -> Vec<u32> {
    let is_wrong = |scores: &[Option<f64>]| match scores.get(column).copied().flatten() {
        Some(score) => !sides.rule.is_right(score),
        None => true,
    };
    let all = scores.matrix.examples.iter().zip(0..);
    let evaluated = all.filter(|(one, _)| matches!(one.rows.get(column), Some(Some(_))));
    evaluated.filter(|(one, _)| is_wrong(&one.scores)).map(|(_, place)| place).collect()
}

/// The fields of few values that the program was not given: what one of them was taken for can be told.
fn classes(scores: &Scores, sides: &BothSides) -> Vec<String> {
    let fields = fields_of(scores, &objects(scores, sides));
    let is_given = |name: &str| scores.inputs.as_ref().is_some_and(|inputs| inputs.contains(name));
    let classes = fields.into_iter().filter(|field| field.parting == Parting::Values && !is_given(&field.name));
    classes.map(|field| field.name).collect()
}

/// The reasons why examples of one side are wrong.
struct OfSide<'a> {
    side: usize,
    wrong: &'a [u32],
    /// The fields of which it is told what was taken for what.
    classes: &'a [String],
    /// Which of several scores was chosen.
    score: Option<&'a str>,
    complete: bool,
    feedback_from: Option<FeedbackSource>,
    /// In the order of [`FailureKind::ALL`].
    known: [bool; FailureKind::ALL.len()],
    all: Vec<Failure>,
}

impl OfSide<'_> {
    fn collect(
        &mut self,
        session: &mut Session<'_>,
        scores: &Scores,
        (column, time): (usize, Allowance),
    ) -> Result<()> {
        let Some(found) = Predictions::of(session, scores, column, time)? else { return Ok(()) };
        let links = found.traces(session, self.wrong)?;
        let has_traces = self.wrong.is_empty() || links.iter().flatten().any(|link| link.trace().is_some());
        self.knows(FailureKind::Exception, has_traces || !found.fields().is_empty());
        self.knows(FailureKind::Parse, has_traces);
        self.feedback_from = found.feedback_from();
        for (example, link) in self.wrong.iter().zip(&links) {
            session.cx.check()?;
            let mut has_exception = false;
            match link.as_ref().map(|link| (link, link.trace())) {
                Some((_, Some(trace))) if !time.is_spent() => {
                    for (kind, what, sample) in reasons(session, trace)? {
                        has_exception |= kind == FailureKind::Exception;
                        self.push(*example, kind, what, sample);
                    }
                    if found.feedback_from().is_none() {
                        let said = feedback::of_trace(session, trace, self.score)?;
                        if !said.is_empty() {
                            self.feedback_from = Some(FeedbackSource::Assessments);
                        }
                        self.push_feedback(scores, *example, found.row(*example), &said);
                    }
                }
                Some((_, Some(_)) | (TraceLink::Unknown(NoTrace::NotRead), _)) => self.complete = false,
                _ => {}
            }
            let Some(row) = found.row(*example) else { continue };
            if !has_exception && has_no_prediction(row, found.fields()) {
                let what = "No prediction: all of its fields are null";
                self.push(*example, FailureKind::Exception, what.to_owned(), what.to_owned());
            }
            let said = feedback::of_row(row, self.score);
            self.push_feedback(scores, *example, Some(row), &said);
        }
        self.knows(FailureKind::Feedback, self.feedback_from.is_some());
        self.confused(session, scores, &found)
    }

    /// What was taken for what, of each field that is expected and predicted.
    fn confused(&mut self, session: &mut Session<'_>, scores: &Scores, found: &Predictions<'_>) -> Result<()> {
        for field in self.classes {
            let told = found.of_field(session, self.wrong, field)?;
            self.knows(FailureKind::Confused, self.wrong.is_empty() || told.iter().any(Option::is_some));
            for (example, predicted) in self.wrong.iter().zip(told) {
                let expected = scores.matrix.examples.get(*example as usize).and_then(|one| one.example.get(field));
                let (Some(expected), Some(predicted)) = (expected.map(text), predicted) else { continue };
                if expected != predicted {
                    let what = format!("{field}: {expected} → {predicted}");
                    self.push(*example, FailureKind::Confused, what, String::new());
                }
            }
        }
        Ok(())
    }

    fn push_feedback(&mut self, scores: &Scores, example: u32, row: Option<&ResultRow>, said: &[(String, String)]) {
        let nothing = Object::default();
        let of_example = scores.matrix.examples.get(example as usize).map(|one| &one.example);
        let of_example = of_example.or(row.map(|row| &row.example)).unwrap_or(&nothing);
        let prediction = row.map_or(&nothing, |row| &row.prediction);
        for (who, text) in said {
            let (what, sample) = feedback::alike(who, text, of_example, prediction);
            self.push(example, FailureKind::Feedback, what, sample);
        }
    }

    fn knows(&mut self, kind: FailureKind, is_known: bool) {
        self.known[kind as usize] |= is_known;
    }

    fn push(&mut self, example: u32, kind: FailureKind, what: String, sample: String) {
        self.all.push(Failure { example, side: self.side, kind, what, sample });
    }
}

/// MLflow's table has null in every field of the prediction where the program raised (3.3 – 3.18).
fn has_no_prediction(row: &ResultRow, fields: &[String]) -> bool {
    !fields.is_empty() && fields.iter().all(|name| row.prediction.get(name).is_none_or(serde_json::Value::is_null))
}
