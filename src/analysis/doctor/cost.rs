//! What an optimization cost, as far as that is odd.

use super::finding::{Evidence, Judgement, Severity, Target};
use super::rule::Rule;
use super::traces::{MOST, SeenTrace, TraceFacts, evidence};
use crate::analysis::cost::{CostSum, UnknownCost};
use crate::model::{Name, RunId};
use crate::words;

/// Less than so many US dollars is not worth a word.
const WORTH_TELLING: f64 = 1.0;

/// What is after the best score is told from this part of all on.
const TOLD_FROM: f64 = 0.5;

/// The evaluation that made the best score.
#[derive(Clone, Debug, PartialEq)]
pub struct BestEvaluation {
    /// Its run.
    pub run: RunId,
    /// What that is called.
    pub name: String,
    /// What its program is called: `C4`.
    pub program: String,
    /// The score.
    pub score: f64,
}

/// What an optimization cost.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct CostFacts {
    /// The optimization has ended.
    pub is_over: bool,
    /// There was time to look at all of its traces; else nothing of the rest is known.
    pub is_whole: bool,
    /// What all of its traces cost.
    pub all: CostSum,
    /// The models without a price, and in how many traces each was called; the most frequent first.
    pub unpriced: Vec<(Name, u64)>,
    /// Some traces of such a model.
    pub without_price: Vec<SeenTrace>,
    /// Where the user's own prices are, or would be.
    pub price_file: Option<String>,
    /// In how many traces the stored total of tokens is not the one that their spans tell.
    pub differing: u64,
    /// Some of these.
    pub with_other_total: Vec<SeenTrace>,
    /// What its evaluations cost.
    pub evaluating: CostSum,
    /// The evaluation that made the best score; `None` if none did.
    pub best: Option<BestEvaluation>,
    /// What the evaluations after that cost.
    pub after_best: CostSum,
    /// Each of these that is known to have cost something: run, name, US dollars as they are written; the dearest first.
    pub later: Vec<(RunId, String, String)>,
}

impl CostFacts {
    fn unlooked(&self, traces: &TraceFacts) -> Option<Judgement> {
        let late = || Judgement::unknown("the traces could not be looked into in time");
        traces.unlooked().or_else(|| (!self.is_whole).then(late))
    }
}

/// [`Rule::PricesMissing`]
pub fn prices_missing(traces: &TraceFacts, facts: &CostFacts) -> Judgement {
    if let Some(unknown) = facts.unlooked(traces) {
        return unknown;
    }
    let without = facts.all.unknown_for(UnknownCost::NoPrice);
    if without == 0 || facts.unpriced.is_empty() {
        return Judgement::Nothing;
    }
    let named = facts.unpriced.iter().take(MOST);
    let mut named: Vec<String> = match facts.unpriced.as_slice() {
        [(only, _)] => vec![only.to_string()],
        _ => named.map(|(model, in_traces)| format!("{model} ({})", words::counted(*in_traces, "trace"))).collect(),
    };
    let more = facts.unpriced.len().saturating_sub(MOST);
    named.extend((more > 0).then(|| words::counted(more, "other model")));
    let file = facts.price_file.as_deref().map_or_else(|| "a file of your own".to_owned(), str::to_owned);
    Judgement::found(
        (Rule::PricesMissing, Severity::Note),
        format!(
            "No price is known of {}: what {} of {} cost is unknown",
            named.join(", "),
            words::count(without),
            words::counted(facts.all.traces(), "trace")
        ),
        format!(
            "{file} can tell what a token costs, in LiteLLM's format, or that it is free: `dspyglass prices --help` \
             shows how. What is shown changes with it"
        ),
        evidence(&facts.without_price),
    )
}

/// [`Rule::TokensDiffer`]
pub fn tokens_differ(traces: &TraceFacts, facts: &CostFacts) -> Judgement {
    match facts.unlooked(traces) {
        Some(unknown) => unknown,
        None if facts.differing == 0 => Judgement::Nothing,
        None => Judgement::found(
            (Rule::TokensDiffer, Severity::Note),
            format!(
                "In {} of {} the total of tokens that MLflow stored is not the one that the spans tell",
                words::count(facts.differing),
                words::counted(facts.all.traces(), "trace")
            ),
            "Costs are of what the spans tell, each usage counted once; lists and sums of tokens are as MLflow stored them",
            evidence(&facts.with_other_total),
        ),
    }
}

/// [`Rule::SpentAfterBest`]
pub fn spent_after_best(traces: &TraceFacts, facts: &CostFacts) -> Judgement {
    if !facts.is_over {
        return Judgement::unknown("the optimization has not ended");
    }
    if let Some(unknown) = facts.unlooked(traces) {
        return unknown;
    }
    let Some(best) = &facts.best else { return Judgement::Nothing };
    let (Some(all), after) = (facts.evaluating.cost, facts.after_best.cost) else {
        return Judgement::unknown("what its evaluations cost is not known");
    };
    let Some(after) = after.filter(|after| after.usd >= WORTH_TELLING && after.usd >= all.usd * TOLD_FROM) else {
        return Judgement::Nothing;
    };
    let known = match facts.evaluating.unknown() {
        0 => String::new(),
        _ => format!(
            ", as far as is known ({} of {})",
            words::count(facts.evaluating.priced),
            words::counted(facts.evaluating.traces(), "trace")
        ),
    };
    let told = |cost: crate::analysis::cost::Cost| words::cost(cost.usd, cost.certainty.sign());
    let best_seen = format!("{}, the best score", best.name);
    let mut seen = vec![Evidence::new(Target::Run(best.run.clone()), best_seen)];
    let later = facts.later.iter().take(MOST - 1);
    seen.extend(later.map(|(run, name, usd)| Evidence::new(Target::Run(run.clone()), format!("{name}: {usd}"))));
    Judgement::found(
        (Rule::SpentAfterBest, Severity::Note),
        format!(
            "{} of {} that evaluations cost were spent after the best score, {} of {}{known}",
            told(after),
            told(all),
            words::value(best.score),
            best.program
        ),
        "No full evaluation that came later scored better: a smaller budget would have found the same",
        seen,
    )
}
