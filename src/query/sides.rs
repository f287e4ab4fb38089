//! Which two evaluations are looked at example by example: seed and winner, or others.

use super::scores::{Evaluated, ScoreColumn, Scores, ScoresOf, unit};
use super::verdict::{NoVerdict, VerdictOf, seed_and_winner};
use crate::analysis::result_table::RightRule;
use crate::analysis::slices::Scored;
use crate::model::EvaluationId;
use crate::query::ask::{Question, Session};
use crate::store::Result;

/// Which evaluations are looked at.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Sides {
    /// Those of the verdict: the seed's and the winner's.
    SeedAndWinner,
    /// Any two.
    Two {
        /// What is compared with.
        before: EvaluationId,
        /// What is looked at.
        after: EvaluationId,
    },
    /// One alone.
    One(EvaluationId),
}

/// Two evaluations, or one, on the same examples.
#[derive(Clone, Debug, PartialEq)]
pub struct BothSides {
    /// What is compared with, if anything: a place among [`Scores::columns`].
    pub before: Option<usize>,
    /// What is looked at: a place among [`Scores::columns`].
    pub after: usize,
    /// What names these, in this order.
    pub ids: [Option<EvaluationId>; 2],
    /// The examples that all of them scored, in the order of the matrix.
    pub scored: Vec<Scored>,
    /// One point of an example's score on the scale of `eval`: 100 or 1; 1 where the scale is not known.
    pub unit: f64,
    /// Whether [`Self::unit`] is known.
    pub has_scale: bool,
    /// From which score on an example is right.
    pub rule: RightRule,
}

impl BothSides {
    /// A score of examples on the scale of `eval`.
    pub fn scaled(&self, score: f64) -> f64 {
        score * self.unit
    }

    /// The columns that are looked at.
    pub fn columns(&self) -> [Option<usize>; 2] {
        [self.before, Some(self.after)]
    }
}

/// The scores of both sides; the outer `None` if the store has no such evaluations.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct BothSidesOf {
    /// Among which evaluations.
    pub of: Evaluated,
    /// Which of them.
    pub sides: Sides,
    /// Which of several scores, by its name; `None` for the one that counts by itself.
    pub score: Option<String>,
}

impl Question for BothSidesOf {
    type Answer = Option<std::result::Result<BothSides, NoVerdict>>;
    const LABEL: &'static str = "two evaluations";

    fn answer(&self, session: &mut Session<'_>) -> Result<Self::Answer> {
        let scores = session.ask(&ScoresOf { of: self.of.clone(), score: self.score.clone() })?;
        let Some(scores) = scores.as_ref() else { return Ok(None) };
        let (before, after) = match &self.sides {
            Sides::SeedAndWinner => {
                let Evaluated::Optimization(parent) = &self.of else { return Ok(Some(Err(NoVerdict::NoSeed))) };
                if self.score.is_some() {
                    // The verdict is about the score that counts by itself.
                    match seed_and_winner(scores) {
                        Err(why) => return Ok(Some(Err(why))),
                        Ok(places) => {
                            let [Some(seed), Some(winner)] = places.map(|at| scores.columns.get(at)) else {
                                return Ok(None);
                            };
                            (Some(seed.id()), winner.id())
                        }
                    }
                } else {
                    match session.ask(&VerdictOf(parent.clone()))?.as_ref() {
                        None => return Ok(None),
                        Some(Err(why)) => return Ok(Some(Err(*why))),
                        Some(Ok(verdict)) => (Some(verdict.seed.clone()), verdict.winner.clone()),
                    }
                }
            }
            Sides::Two { before, after } => (Some(before.clone()), after.clone()),
            Sides::One(run) => (None, run.clone()),
        };
        Ok(Some(both_sides(scores, before, after)))
    }

    fn bytes(answer: &Self::Answer) -> usize {
        answer.as_ref().and_then(|it| it.as_ref().ok()).map_or(0, |it| it.scored.len() * 40)
    }
}

fn both_sides(
    scores: &Scores,
    before_id: Option<EvaluationId>,
    after_id: EvaluationId,
) -> std::result::Result<BothSides, NoVerdict> {
    let place = |id: &EvaluationId| scores.columns.iter().position(|column| column.is(id));
    let after = place(&after_id).ok_or(NoVerdict::WinnerNotScored)?;
    let before = before_id.as_ref().map(|id| place(id).ok_or(NoVerdict::SeedNotScored)).transpose()?;
    let scored: Vec<Scored> = scores
        .matrix
        .examples
        .iter()
        .zip(0..)
        .filter_map(|(one, example)| {
            let of = |at: usize| one.scores.get(at).copied().flatten();
            let before = match before {
                Some(before) => Some(of(before)?),
                None => None,
            };
            Some(Scored { example, before, after: of(after)? })
        })
        .collect();
    let rule = scores.usual_rule().filter(|_| !scored.is_empty()).ok_or(NoVerdict::NothingShared)?;
    let told = |at: usize| scores.columns.get(at).and_then(|column: &ScoreColumn| column.score.zip(column.mean));
    let of_both: Option<Vec<(f64, f64)>> = before.into_iter().chain([after]).map(told).collect();
    let known = of_both.and_then(|of_both| unit(&of_both));
    let ids = [before_id, Some(after_id)];
    Ok(BothSides { before, after, ids, scored, unit: known.unwrap_or(1.0), has_scale: known.is_some(), rule })
}
