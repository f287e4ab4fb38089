//! Whether an optimization helped, by more than luck: the seed against the winner, example by example.

mod between;
mod held_out;
mod words;

use super::optimization::OptimizationOf;
use super::prompt_candidates::PromptCandidatesOf;
use super::scores::{ScoreColumn, Scores, ScoresOf, unit};
use crate::analysis::optimization::EvaluationKind;
use crate::analysis::result_table::RightRule;
use crate::analysis::statistics::{Comparison, Confidence, Interval, compare_paired};
use crate::model::{EvaluationId, RunId};
use crate::query::ask::{Question, Session};
use crate::store::Result;

pub use between::Between;
pub(super) use between::Compared;
pub use held_out::{HeldOut, HeldOutOf};

/// The seed against the winner.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// The full evaluation of the seed.
    pub seed: EvaluationId,
    /// The full evaluation of the winner.
    pub winner: EvaluationId,
    /// The examples that both scored, in the unit of the examples.
    pub comparison: Comparison,
    /// The same interval, wider, so that it holds for the best of all candidates (Bonferroni).
    pub corrected: Option<Interval>,
    /// One point of an example's score on the scale of `eval`: 100 or 1.
    pub unit: f64,
    /// From which score on an example is right.
    pub rule: RightRule,
    /// Wrong in the seed, right in the winner.
    pub fixed: usize,
    /// Right in the seed, wrong in the winner.
    pub broken: usize,
    /// How many programs were fully evaluated on this data, the seed among them; the winner is the best of them.
    pub best_of: usize,
}

/// Why there is no verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoVerdict {
    /// Nobody knows which program it was given.
    NoSeed,
    /// There is no winner.
    NoWinner,
    /// The program that it was given is the winner.
    SeedWon,
    /// The seed has no full evaluation with scores of examples.
    SeedNotScored,
    /// The winner has none.
    WinnerNotScored,
    /// Both have, but of no example that both scored.
    NothingShared,
    /// The mean of the examples is not the score that was logged, on no scale that is known.
    UnknownScale,
}

impl NoVerdict {
    /// In words, as a sentence.
    pub fn words(self) -> &'static str {
        match self {
            Self::NoSeed => "No verdict: it is not known which program it was given",
            Self::NoWinner => "No verdict: there is no winner",
            Self::SeedWon => "The program that it was given is still the best: nothing better was found",
            Self::SeedNotScored => "No verdict: the scores of the seed's examples are not stored",
            Self::WinnerNotScored => "No verdict: the scores of the winner's examples are not stored",
            Self::NothingShared => "No verdict: seed and winner were scored on different examples",
            Self::UnknownScale => "No verdict: the scores of the examples do not add up to the score that was logged",
        }
    }
}

impl Verdict {
    /// p if the best of all challengers is looked at (Bonferroni).
    pub fn corrected_p(&self) -> f64 {
        self.comparison.p_of_best(challengers(self.best_of))
    }
}

/// The seed of an optimization against its winner; `None` if the store does not have the run.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct VerdictOf(pub RunId);

impl Question for VerdictOf {
    type Answer = Option<std::result::Result<Verdict, NoVerdict>>;
    const LABEL: &'static str = "verdict";

    fn answer(&self, session: &mut Session<'_>) -> Result<Self::Answer> {
        if !session.ask(&PromptCandidatesOf(self.0.clone()))?.is_empty() {
            let scores = session.ask(&ScoresOf::optimization(self.0.clone()))?;
            return Ok(scores.as_ref().as_ref().map(verdict));
        }
        let found = session.ask(&OptimizationOf(self.0.clone()))?;
        let Some(found) = found.as_ref() else { return Ok(None) };
        let no_verdict = match (&found.seed, &found.winner) {
            (_, None) => Some(NoVerdict::NoWinner),
            (None, _) => Some(NoVerdict::NoSeed),
            (Some(seed), Some(winner)) if seed.run_ids == winner.run_ids => Some(NoVerdict::SeedWon),
            _ => None,
        };
        if let Some(why) = no_verdict {
            return Ok(Some(Err(why)));
        }
        let scores = session.ask(&ScoresOf::optimization(self.0.clone()))?;
        Ok(scores.as_ref().as_ref().map(verdict))
    }

    fn bytes(_: &Self::Answer) -> usize {
        400
    }
}

fn verdict(scores: &Scores) -> std::result::Result<Verdict, NoVerdict> {
    let [seed, winner] = seed_and_winner(scores)?;
    let best_of = programs_fully_scored(scores);
    let pairs = scores.pairs(seed, winner);
    let (seed, winner) = (&scores.columns[seed], &scores.columns[winner]);
    let scored = |column: &ScoreColumn| column.score.zip(column.mean).ok_or(NoVerdict::UnknownScale);
    let unit = unit(&[scored(seed)?, scored(winner)?]).ok_or(NoVerdict::UnknownScale)?;
    let rule = scores.usual_rule().ok_or(NoVerdict::NothingShared)?;
    let Compared { comparison, fixed, broken } = Compared::of(&pairs, rule).ok_or(NoVerdict::NothingShared)?;
    Ok(Verdict {
        seed: seed.id(),
        winner: winner.id(),
        corrected: compare_paired(&pairs, Confidence::of_each(challengers(best_of))).and_then(|wider| wider.interval),
        fixed,
        broken,
        comparison,
        unit,
        rule,
        best_of,
    })
}

/// The full evaluations of seed and winner with scores of examples, by their places.
pub(super) fn seed_and_winner(scores: &Scores) -> std::result::Result<[usize; 2], NoVerdict> {
    let full =
        |candidate: usize| scores.columns.iter().position(|column| is_full(column) && column.candidate == candidate);
    let winner = scores.winner.ok_or(NoVerdict::NoWinner)?;
    let seed = scores.seed.ok_or(NoVerdict::NoSeed)?;
    if seed == winner {
        return Err(NoVerdict::SeedWon);
    }
    Ok([full(seed).ok_or(NoVerdict::SeedNotScored)?, full(winner).ok_or(NoVerdict::WinnerNotScored)?])
}

/// How many programs the winner was chosen from, besides the seed.
fn challengers(best_of: usize) -> usize {
    best_of.saturating_sub(1).max(1)
}

fn is_full(column: &ScoreColumn) -> bool {
    column.kind == EvaluationKind::Full && column.scored > 0
}

/// How many distinct programs have a full evaluation.
fn programs_fully_scored(scores: &Scores) -> usize {
    let mut candidates: Vec<usize> =
        scores.columns.iter().filter(|column| is_full(column)).map(|column| column.candidate).collect();
    candidates.sort_unstable();
    candidates.dedup();
    candidates.len()
}
