//! What the traces of a list cost: all of them, by model and by run.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use super::optimization::OptimizationOf;
use super::runs::RelatedRuns;
use super::trace_facts::{known_trace, known_traces};
use super::traces::{TraceIndexOf, TraceScope};
use crate::analysis::cost::{Cost, CostSum, ModelSums, TraceCost, cost_of_trace};
use crate::model::{Forest, Name, Run, RunId, TraceId};
use crate::query::ask::{Question, Session};
use crate::store::{Result, TraceHandle};

/// Traces that are read together.
const AT_ONCE: usize = 100;

/// What the traces of a list cost. What their spans tell is derived once and kept.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CostOf(pub TraceScope);

/// What some traces cost.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Costs {
    /// All of them together.
    pub all: CostSum,
    /// By the models that they called.
    pub models: ModelSums,
    /// By the run in which they were recorded, those of none first.
    pub runs: BTreeMap<Option<RunId>, CostSum>,
    /// By what was done: the name of the trace and the signature of its first span.
    pub kinds: BTreeMap<TraceKind, CostSum>,
    /// The models without a price, and in how many traces each was called.
    pub unpriced: BTreeMap<Name, u64>,
    /// In how many traces the total that MLflow stored is not the one that their spans tell.
    pub differing_totals: u64,
}

/// What was done in a trace: runs of one program are alike in it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TraceKind {
    /// The name of the trace.
    pub name: Name,
    /// The signature of its first span, if that is a predictor.
    pub signature: Option<Name>,
}

impl Costs {
    /// Both together.
    pub fn merge(&mut self, other: &Self) {
        self.all.merge(&other.all);
        self.models.merge(&other.models);
        for (run, sum) in &other.runs {
            self.runs.entry(run.clone()).or_default().merge(sum);
        }
        for (kind, sum) in &other.kinds {
            self.kinds.entry(kind.clone()).or_default().merge(sum);
        }
        for (model, traces) in &other.unpriced {
            *self.unpriced.entry(Arc::clone(model)).or_default() += traces;
        }
        self.differing_totals += other.differing_totals;
    }
}

impl Question for CostOf {
    type Answer = Costs;
    const LABEL: &'static str = "cost of traces";

    fn answer(&self, session: &mut Session<'_>) -> Result<Self::Answer> {
        let index = session.ask(&TraceIndexOf(self.0.clone()))?;
        let prices = session.prices();
        let mut costs = Costs::default();
        for (done, handles) in index.handles.chunks(AT_ONCE).enumerate() {
            session.cx.check()?;
            session.tell_progress(done * AT_ONCE, index.handles.len());
            for known in known_traces(session, handles)? {
                let cost = cost_of_trace(&known.row, &known.facts, &prices);
                costs.all.add(&cost);
                costs.models.add(&cost);
                costs.runs.entry(known.row.run_id.clone()).or_default().add(&cost);
                let signature = known.facts.spans.first().and_then(|span| span.signature.clone());
                let kind = TraceKind { name: known.row.name.as_str().into(), signature };
                costs.kinds.entry(kind).or_default().add(&cost);
                for model in &cost.unpriced {
                    *costs.unpriced.entry(Arc::clone(model)).or_default() += 1;
                }
                let total = known.facts.tokens().and_then(|tokens| tokens.total);
                let stored = known.row.tokens.and_then(|tokens| tokens.total);
                costs.differing_totals += u64::from(total.is_some() && stored.is_some() && total != stored);
            }
        }
        Ok(costs)
    }

    fn bytes(answer: &Self::Answer) -> usize {
        800 + (answer.models.0.len() + answer.runs.len() + answer.kinds.len() + answer.unpriced.len()) * 200
    }
}

/// What a run cost with everything below it: its children, and evaluations that were adopted.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CostOfFamily(pub RunId);

impl Question for CostOfFamily {
    type Answer = Costs;
    const LABEL: &'static str = "cost of runs";

    fn answer(&self, session: &mut Session<'_>) -> Result<Self::Answer> {
        let mut costs = Costs::default();
        for run in family(session, &self.0)? {
            let own = session.ask(&CostOf(TraceScope::Run(run.clone())))?;
            costs.merge(&own);
            // A run without traces cost nothing that is known.
            costs.runs.entry(Some(run)).or_default();
        }
        Ok(costs)
    }

    fn bytes(answer: &Self::Answer) -> usize {
        CostOf::bytes(answer)
    }
}

/// The run, what stands below it, and the evaluations of its optimization; each once.
fn family(session: &mut Session<'_>, run: &RunId) -> Result<Vec<RunId>> {
    let all = session.ask(&RelatedRuns { experiment: None, with_deleted: false })?;
    let links: Vec<(&RunId, Option<&RunId>)> = all.iter().map(|one| (&one.id, one.parent_id.as_ref())).collect();
    let forest = Forest::build(&links);
    let mut found = vec![run.clone()];
    let of = |item: usize| all.get(item).map(|run: &Run| &run.id);
    if let Some(at) = forest.nodes.iter().position(|node| of(node.item) == Some(run)) {
        let below = forest.nodes.iter().skip(at + 1).take(forest.nodes[at].descendants);
        found.extend(below.filter_map(|node| of(node.item).cloned()));
    }
    if let Some(optimization) = session.ask(&OptimizationOf(run.clone()))?.as_ref() {
        found.extend(optimization.evaluations.iter().map(|one| one.run_id.clone()));
    }
    let mut seen = HashSet::new();
    found.retain(|run| seen.insert(run.clone()));
    Ok(found)
}

/// What one trace cost; `None` inside if the store does not have it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TraceCostOf(pub TraceId);

impl Question for TraceCostOf {
    type Answer = Option<TraceCost>;
    const LABEL: &'static str = "cost of a trace";

    fn answer(&self, session: &mut Session<'_>) -> Result<Self::Answer> {
        let known = known_trace(session, &self.0)?;
        Ok(known.map(|(row, facts)| cost_of_trace(&row, &facts, &session.prices())))
    }

    fn bytes(answer: &Self::Answer) -> usize {
        answer.as_ref().map_or(0, |cost| 200 + cost.shares.len() * 100)
    }
}

/// What each of some traces cost. Ask for a few at a time: what is not kept of them yet is derived before the answer.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CostOfEach(pub Vec<TraceHandle>);

impl Question for CostOfEach {
    type Answer = Vec<(TraceHandle, TraceCost)>;
    const LABEL: &'static str = "cost of traces in a list";

    fn answer(&self, session: &mut Session<'_>) -> Result<Self::Answer> {
        let prices = session.prices();
        let known = known_traces(session, &self.0)?;
        Ok(known.iter().map(|one| (one.handle, cost_of_trace(&one.row, &one.facts, &prices))).collect())
    }

    fn bytes(answer: &Self::Answer) -> usize {
        answer.iter().map(|(_, cost)| 160 + cost.shares.len() * 80).sum()
    }
}

/// What traces cost, those of which that is known.
///
/// # Errors
/// Those of the store.
pub fn costs_of(session: &mut Session<'_>, traces: &[TraceHandle]) -> Result<HashMap<TraceId, Cost>> {
    let prices = session.prices();
    let mut costs = HashMap::new();
    for some in traces.chunks(AT_ONCE) {
        session.cx.check()?;
        for one in known_traces(session, some)? {
            let cost = cost_of_trace(&one.row, &one.facts, &prices).known();
            costs.extend(cost.map(|cost| (one.row.id, cost)));
        }
    }
    Ok(costs)
}
