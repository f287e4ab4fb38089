//! Programs that an optimization evaluated in full several times: how far the scores of one program stray is the store's
//! own measure of noise, unless a cache gave the same answers again.

use super::optimization::{Optimization, OptimizationOf};
use crate::analysis::optimization::{EvaluationKind, ProgramName};
use crate::model::{Cached, RunId};
use crate::query::ask::{Question, Session};
use crate::store::{Order, Result, TraceQuery};
use crate::words;

/// No more traces of an evaluation are asked where their answers came from.
const TRACES_MOST: usize = 1_000;

/// One program that was evaluated in full several times.
#[derive(Clone, Debug, PartialEq)]
pub struct Repeats {
    /// The place among [`Optimization::candidates`].
    pub candidate: usize,
    /// The places of its full evaluations that have a score, in order; two or more.
    pub evaluations: Vec<usize>,
    /// On how many examples; `None` if not known or not the same of all.
    pub n: Option<u64>,
    /// The lowest score.
    pub low: f64,
    /// The highest.
    pub high: f64,
    /// Where all scores are the same: where the answers of the later evaluations came from, as far as it was looked.
    pub answers: Option<Answers>,
}

/// Where answers came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Answers {
    /// So many traces tell.
    pub told: u64,
    /// So many of those are likely from a cache, all of their calls or some.
    pub cached: u64,
}

impl Repeats {
    /// `C4 was evaluated 3 times in full: 68.33 – 71.67`, and what the same score again is worth. `name`: what the
    /// program is called.
    pub fn words(&self, name: &str) -> String {
        let times = words::count(self.evaluations.len() as u64);
        let begin = format!("{name} was evaluated {times} times in full: ");
        let Some(answers) = self.answers else {
            return format!("{begin}{} – {}", words::value(self.low), words::value(self.high));
        };
        let same = format!("{begin}{} each time", words::value(self.low));
        match answers {
            Answers { told: 0, .. } => format!("{same}; where the answers came from is not known, it may be a cache"),
            Answers { cached: 0, .. } => format!("{same}, and no cache was seen to answer"),
            Answers { told, cached } if told == cached => {
                format!("{same}, likely with the same answers from a cache: no measure of noise")
            }
            Answers { told, cached } => format!(
                "{same}, {} of {} answers likely from a cache: no measure of noise",
                words::count(cached),
                words::count(told)
            ),
        }
    }

    /// Whether it tells how far scores stray: it does not if nothing says that a model answered again.
    pub fn tells_noise(&self) -> bool {
        self.answers.is_none_or(|answers| answers.told > 0 && answers.cached == 0)
    }
}

/// How far the scores of one program stray: the standard deviation of scores around the mean of their program, pooled
/// over all programs that tell it. `None` if none does.
pub fn pooled_deviation(found: &Optimization, all: &[Repeats]) -> Option<f64> {
    let (mut squares, mut free) = (0.0, 0);
    for one in all.iter().filter(|one| one.tells_noise()) {
        let scores: Vec<f64> =
            one.evaluations.iter().filter_map(|at| found.evaluations.get(*at)).filter_map(|one| one.score).collect();
        let mean = scores.iter().sum::<f64>() / scores.len() as f64;
        squares += scores.iter().map(|score| (score - mean).powi(2)).sum::<f64>();
        free += scores.len().saturating_sub(1);
    }
    (free > 0).then(|| (squares / free as f64).sqrt())
}

/// How far the scores of one program stray, in words, and what that is made of; `None` if none was evaluated repeatedly.
pub fn noise(found: &Optimization, all: &[Repeats]) -> Option<(String, String)> {
    let of = |one: &Repeats| one.words(&ProgramName::at(one.candidate).to_string());
    let unknown = || "not known".to_owned();
    Some(match (all, pooled_deviation(found, all)) {
        ([], _) => return None,
        ([one], Some(_)) => (of(one), String::new()),
        ([one], None) => (unknown(), of(one)),
        (_, Some(deviation)) => {
            let programs = words::counted(all.iter().filter(|one| one.tells_noise()).count(), "program");
            let about = format!("standard deviation of {programs} evaluated repeatedly in full");
            (format!("± {}", words::value((deviation * 100.0).round() / 100.0)), about)
        }
        (_, None) => {
            let programs = words::counted(all.len(), "program");
            let why = "had the same score each time, from a cache or nobody knows from where";
            (unknown(), format!("{programs} evaluated repeatedly in full {why}"))
        }
    })
}

/// The programs that an optimization evaluated repeatedly in full; none if the store does not have the run.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RepeatsOf(pub RunId);

impl Question for RepeatsOf {
    type Answer = Vec<Repeats>;
    const LABEL: &'static str = "repeated evaluations";

    fn answer(&self, session: &mut Session<'_>) -> Result<Self::Answer> {
        let found = session.ask(&OptimizationOf(self.0.clone()))?;
        let Some(found) = found.as_ref() else { return Ok(Vec::new()) };
        let mut all = scores_of(found);
        for one in &mut all {
            if one.low == one.high {
                one.answers = Some(answers(session, found, &one.evaluations)?);
            }
        }
        Ok(all)
    }

    fn bytes(answer: &Self::Answer) -> usize {
        answer.iter().map(|one| 100 + one.evaluations.len() * 8).sum()
    }
}

/// What the evaluations alone tell, without a look at their traces.
fn scores_of(found: &Optimization) -> Vec<Repeats> {
    let mut all = Vec::new();
    for (candidate, one) in found.candidates.iter().enumerate().filter(|(_, one)| one.state_hash.is_some()) {
        let full: Vec<_> = one
            .evaluations
            .iter()
            .filter_map(|at| Some((*at, found.evaluations.get(*at)?)))
            .filter(|(_, one)| one.kind == EvaluationKind::Full)
            .filter_map(|(at, one)| Some((at, one.score.filter(|score| score.is_finite())?, one.n)))
            .collect();
        if full.len() < 2 {
            continue;
        }
        let scores = || full.iter().map(|(_, score, _)| *score);
        let n = full.first().and_then(|(_, _, n)| *n).filter(|n| full.iter().all(|(_, _, other)| *other == Some(*n)));
        all.push(Repeats {
            candidate,
            n,
            low: scores().fold(f64::INFINITY, f64::min),
            high: scores().fold(f64::NEG_INFINITY, f64::max),
            evaluations: full.iter().map(|(at, ..)| *at).collect(),
            answers: None,
        });
    }
    all
}

/// Where the answers of all evaluations but the first came from.
fn answers(session: &mut Session<'_>, found: &Optimization, evaluations: &[usize]) -> Result<Answers> {
    let mut sum = Answers::default();
    for one in evaluations.iter().skip(1).filter_map(|at| found.evaluations.get(*at)) {
        let query = TraceQuery {
            run: Some(one.run_id.clone()),
            order: Order::OldestFirst,
            limit: Some(TRACES_MOST),
            ..TraceQuery::default()
        };
        let index = session.store.trace_index(session.cx, &query)?;
        for row in session.store.trace_rows(session.cx, &index.handles)? {
            session.cx.check()?;
            sum.told += u64::from(row.cached.is_some());
            sum.cached += u64::from(matches!(row.cached, Some(Cached::Partly | Cached::Likely)));
        }
    }
    Ok(sum)
}
