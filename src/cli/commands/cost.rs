//! `dspyglass cost`

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;

use super::Answer;
use super::cost_json::certainty;
use super::cost_text;
use crate::analysis::cost::UnknownCost;
use crate::cli::args::CostArgs;
use crate::cli::failure::Failure;
use crate::cli::json::{self, Warnings};
use crate::model::Prices;
use crate::query::{CostOf, CostOfFamily, Costs, OptimizationCost, OptimizationCostOf, TraceScope};

#[derive(Serialize)]
struct Document<'a> {
    total_usd: Option<f64>,
    exact: bool,
    priced_traces: u64,
    unknown_traces: u64,
    by_model: Vec<ModelJson<'a>>,
    by_run: Vec<RunJson<'a>>,
    certainty: Option<&'static str>,
    unknown: BTreeMap<&'static str, u64>,
    unpriced_models: Vec<UnpricedJson<'a>>,
    stored_costs: u64,
    differing_totals: u64,
    optimization: Option<OptimizationJson>,
    prices: Vec<PricesJson<'a>>,
    #[serde(skip_serializing_if = "Warnings::is_empty")]
    warnings: Warnings,
}

#[derive(Serialize)]
struct ModelJson<'a> {
    model: Option<&'a str>,
    input: Option<u64>,
    output: Option<u64>,
    usd: Option<f64>,
    certainty: Option<&'static str>,
    traces: u64,
}

#[derive(Serialize)]
struct RunJson<'a> {
    run_id: Option<&'a str>,
    usd: Option<f64>,
    certainty: Option<&'static str>,
    priced_traces: u64,
    unknown_traces: u64,
}

#[derive(Serialize)]
struct UnpricedJson<'a> {
    model: &'a str,
    traces: u64,
}

#[derive(Serialize)]
struct OptimizationJson {
    evaluating_usd: Option<f64>,
    proposing_usd: Option<f64>,
    after_best_usd: Option<f64>,
    saved_usd: Option<f64>,
    projected_usd: Option<f64>,
    evaluating_certainty: Option<&'static str>,
    evaluating_unknown_traces: u64,
    proposing_certainty: Option<&'static str>,
    proposing_unknown_traces: u64,
    after_best_certainty: Option<&'static str>,
    after_best_unknown_traces: u64,
}

#[derive(Serialize)]
struct PricesJson<'a> {
    source: String,
    models: usize,
    cut: Option<&'a str>,
}

pub(super) fn answer(args: &CostArgs, answer: &mut Answer<'_>) -> Result<(), Failure> {
    let run = args.run.as_deref().map(|text| answer.run(text)).transpose()?;
    let experiment = args.experiment.as_ref().map(|wanted| answer.experiment(wanted)).transpose()?;
    let scope = experiment.map_or(TraceScope::All, |experiment| TraceScope::Experiment(experiment.id));
    let (costs, optimization): (Arc<Costs>, Option<OptimizationCost>) = match &run {
        None => (answer.session.ask(&CostOf(scope))?, None),
        Some(run) => {
            let costs = answer.session.ask(&CostOfFamily(run.id.clone()))?;
            let found = answer.session.ask(&OptimizationCostOf::whole(run.id.clone()))?;
            let found = found.as_ref().as_ref().filter(|found| !found.by_run.is_empty()).cloned();
            (costs, found)
        }
    };
    let prices = answer.session.prices();
    if !answer.is_json {
        return cost_text::print(&costs, optimization.as_ref(), run.as_ref(), &prices, answer);
    }
    let warnings = answer.session.cx.take_warnings().into();
    json::write(&document(&costs, optimization.as_ref(), &prices, warnings), answer.out)
}

fn document<'a>(
    costs: &'a Costs,
    optimization: Option<&OptimizationCost>,
    prices: &'a Prices,
    warnings: Warnings,
) -> Document<'a> {
    let models = costs.models.0.iter().map(|(model, sum)| ModelJson {
        model: model.as_deref(),
        input: sum.input,
        output: sum.output,
        usd: sum.cost.map(|cost| cost.usd),
        certainty: sum.cost.map(|cost| cost.certainty.as_str()),
        traces: sum.traces,
    });
    let runs = costs.runs.iter().map(|(run, sum)| RunJson {
        run_id: run.as_ref().map(|run| run.as_str()),
        usd: sum.usd(),
        certainty: certainty(sum),
        priced_traces: sum.priced,
        unknown_traces: sum.unknown(),
    });
    Document {
        total_usd: costs.all.usd(),
        exact: costs.all.is_exact(),
        priced_traces: costs.all.priced,
        unknown_traces: costs.all.unknown(),
        by_model: models.collect(),
        by_run: runs.collect(),
        certainty: certainty(&costs.all),
        unknown: UnknownCost::ALL.iter().map(|why| (why.as_str(), costs.all.unknown_for(*why))).collect(),
        unpriced_models: costs.unpriced.iter().map(|(model, traces)| UnpricedJson { model, traces: *traces }).collect(),
        stored_costs: costs.all.stored,
        differing_totals: costs.differing_totals,
        optimization: optimization.map(|one| OptimizationJson {
            evaluating_usd: one.evaluating.usd(),
            proposing_usd: one.proposing.usd(),
            after_best_usd: one.after_best.usd(),
            saved_usd: one.saved_usd,
            projected_usd: one.projected_usd,
            evaluating_certainty: certainty(&one.evaluating),
            evaluating_unknown_traces: one.evaluating.unknown(),
            proposing_certainty: certainty(&one.proposing),
            proposing_unknown_traces: one.proposing.unknown(),
            after_best_certainty: certainty(&one.after_best),
            after_best_unknown_traces: one.after_best.unknown(),
        }),
        prices: prices
            .tables
            .iter()
            .map(|table| PricesJson {
                source: table.source.words(),
                models: table.models.len(),
                cut: table.cut.as_deref(),
            })
            .collect(),
        warnings,
    }
}
