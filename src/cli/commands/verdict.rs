//! The verdict of an optimization in the terminal.

use std::sync::Arc;

use serde::Serialize;

use super::Answer;
use crate::analysis::statistics::{Comparison, Interval, PairedTest};
use crate::cli::failure::Failure;
use crate::cli::json::Real;
use crate::model::RunId;
use crate::query::{Between, HeldOut, HeldOutOf, NoVerdict, Scores, ScoresOf, Verdict, VerdictOf};

/// What the examples say beyond the scores.
pub(super) struct Proof {
    scores: Arc<Option<Scores>>,
    verdict: Arc<Option<Result<Verdict, NoVerdict>>>,
    held_out: Arc<Option<HeldOut>>,
}

impl Proof {
    pub(super) fn ask(run: &RunId, answer: &mut Answer<'_>) -> Result<Self, Failure> {
        let session = &mut answer.session;
        Ok(Self {
            scores: session.ask(&ScoresOf::optimization(run.clone()))?,
            verdict: session.ask(&VerdictOf(run.clone()))?,
            held_out: session.ask(&HeldOutOf(run.clone()))?,
        })
    }

    pub(super) fn verdict(&self) -> Option<&Result<Verdict, NoVerdict>> {
        self.verdict.as_ref().as_ref()
    }

    pub(super) fn held_out(&self) -> Option<&HeldOut> {
        self.held_out.as_ref().as_ref()
    }

    /// The interval of an evaluation's score, on its scale.
    pub(super) fn interval(&self, order: usize) -> Option<[f64; 2]> {
        self.scores.as_ref().as_ref()?.columns.get(order)?.scaled_interval()
    }
}

#[derive(Serialize)]
pub(super) struct VerdictJson<'a> {
    seed_run: &'a str,
    winner_run: &'a str,
    /// Which prompts of an optimization of prompts they are; not there for others.
    #[serde(skip_serializing_if = "Option::is_none")]
    seed_prompt: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    winner_prompt: Option<String>,
    n: usize,
    seed: Real,
    winner: Real,
    difference: Real,
    interval: Option<[Real; 2]>,
    fixed: usize,
    broken: usize,
    p: f64,
    test: &'static str,
    best_of: usize,
    /// p and the interval if the best of all candidates is looked at (Bonferroni).
    corrected: CorrectedJson,
    threshold: Real,
    more_examples: Option<usize>,
    held_out: Option<HeldOutJson<'a>>,
    text: String,
}

#[derive(Serialize)]
struct CorrectedJson {
    p: f64,
    interval: Option<[Real; 2]>,
}

#[derive(Serialize)]
struct HeldOutJson<'a> {
    seed_run: &'a str,
    winner_run: &'a str,
    n: usize,
    difference: Real,
    interval: Option<[Real; 2]>,
    p: f64,
}

impl<'a> VerdictJson<'a> {
    pub(super) fn new(verdict: &'a Verdict, held_out: Option<&'a HeldOut>) -> Self {
        let (told, unit) = (&verdict.comparison, verdict.unit);
        Self {
            seed_run: verdict.seed.run.as_str(),
            winner_run: verdict.winner.run.as_str(),
            seed_prompt: verdict.seed.prompt.map(|prompt| prompt.to_string()),
            winner_prompt: verdict.winner.prompt.map(|prompt| prompt.to_string()),
            n: told.examples,
            seed: Real(told.before * unit),
            winner: Real(told.after * unit),
            difference: Real(told.difference() * unit),
            interval: ends(told.interval, unit),
            fixed: verdict.fixed,
            broken: verdict.broken,
            p: told.p,
            test: test(told),
            best_of: verdict.best_of,
            corrected: CorrectedJson { p: verdict.corrected_p(), interval: ends(verdict.corrected, unit) },
            threshold: Real(verdict.rule.threshold),
            more_examples: told.more_examples(),
            held_out: held_out.map(HeldOutJson::new),
            text: verdict.text(held_out),
        }
    }
}

/// One evaluation against another.
#[derive(Serialize)]
pub(super) struct BetweenJson {
    n: usize,
    before: Real,
    after: Real,
    difference: Real,
    interval: Option<[Real; 2]>,
    fixed: usize,
    broken: usize,
    p: f64,
    test: &'static str,
    threshold: Real,
    more_examples: Option<usize>,
    /// What one point of an example is on the scale of the scores; null where that is unknown, so that the figures are
    /// those of examples.
    unit: Option<Real>,
    text: String,
}

impl From<&Between> for BetweenJson {
    fn from(verdict: &Between) -> Self {
        let (told, unit) = (&verdict.comparison, verdict.shown_unit());
        Self {
            n: told.examples,
            before: Real(told.before * unit),
            after: Real(told.after * unit),
            difference: Real(told.difference() * unit),
            interval: ends(told.interval, unit),
            fixed: verdict.fixed,
            broken: verdict.broken,
            p: told.p,
            test: test(told),
            threshold: Real(verdict.rule.threshold),
            more_examples: told.more_examples(),
            unit: verdict.unit.map(Real),
            text: verdict.text(),
        }
    }
}

impl<'a> HeldOutJson<'a> {
    fn new(held_out: &'a HeldOut) -> Self {
        let (told, unit) = (&held_out.comparison, held_out.unit);
        Self {
            seed_run: held_out.seed_run.as_str(),
            winner_run: held_out.winner_run.as_str(),
            n: told.examples,
            difference: Real(told.difference() * unit),
            interval: ends(told.interval, unit),
            p: told.p,
        }
    }
}

fn ends(interval: Option<Interval>, unit: f64) -> Option<[Real; 2]> {
    interval.map(|interval| interval.scaled(unit)).map(|interval| [Real(interval.low), Real(interval.high)])
}

fn test(told: &Comparison) -> &'static str {
    match told.test {
        PairedTest::McNemarExact => "mcnemar-exact",
        PairedTest::PairedBootstrap => "paired-bootstrap",
    }
}
