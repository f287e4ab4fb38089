//! `dspyglass cost` for people.

use std::collections::HashMap;

use super::{Answer, prices::about};
use crate::analysis::cost::{Cost, CostSum, UnknownCost};
use crate::cli::failure::Failure;
use crate::cli::table::{Side, Table};
use crate::cli::words;
use crate::model::{Prices, Run, RunId};
use crate::query::{Costs, OptimizationCost};
use crate::store::{RunQuery, RunScope};

/// `≤ $0.0012`, `–` where it is unknown.
fn told(cost: Option<Cost>) -> String {
    cost.map_or_else(|| words::UNKNOWN.to_owned(), |cost| words::cost(cost.usd, cost.certainty.sign()))
}

pub(super) fn print(
    costs: &Costs,
    optimization: Option<&OptimizationCost>,
    run: Option<&Run>,
    prices: &Prices,
    answer: &mut Answer<'_>,
) -> Result<(), Failure> {
    if let Some(run) = run {
        writeln!(answer.out, "{}", words::clean(&run.name))?;
    }
    let all = &costs.all;
    let traces = words::counted(all.priced, "trace");
    match all.cost {
        Some(cost) => writeln!(answer.out, "Cost       {} in {traces}", told(Some(cost)))?,
        None => writeln!(answer.out, "Cost       unknown")?,
    }
    if let Some(reason) = all.cost.map(|cost| cost.certainty.reason()).filter(|reason| !reason.is_empty()) {
        writeln!(answer.out, "           {reason}")?;
    }
    for (why, count) in UnknownCost::ALL.iter().map(|why| (why, all.unknown_for(*why))).filter(|(_, count)| *count > 0)
    {
        writeln!(answer.out, "Unknown    {} {}", words::counted(count, "trace"), why.words())?;
    }
    for (model, count) in &costs.unpriced {
        writeln!(answer.out, "No price   {}, in {}", words::clean(model), words::counted(*count, "trace"))?;
    }
    if costs.differing_totals > 0 {
        let traces = words::counted(costs.differing_totals, "trace");
        writeln!(answer.out, "Tokens     of {traces} MLflow stored another total than the spans tell")?;
    }
    if let Some(found) = optimization {
        let side = |sum: &CostSum| format!("{} in {}", told(sum.cost), words::counted(sum.traces(), "trace"));
        writeln!(answer.out, "Evaluating {}", side(&found.evaluating))?;
        writeln!(answer.out, "Proposing  {}", side(&found.proposing))?;
        if found.after_best.cost.is_some() {
            writeln!(answer.out, "After best {}, of evaluations after the best score so far", side(&found.after_best))?;
        }
        if let Some(saved) = found.saved_usd {
            writeln!(answer.out, "Saved      ~ {} by cached answers (likely)", words::dollars(Some(saved)))?;
        }
        if let Some(projected) = found.projected_usd {
            writeln!(answer.out, "Projected  ~ {} at its end", words::dollars(Some(projected)))?;
        }
    }
    models(costs, answer)?;
    runs(costs, answer)?;
    writeln!(answer.out)?;
    for table in &prices.tables {
        writeln!(answer.out, "Prices     {}", words::clean(&about(table)))?;
    }
    match &prices.failed {
        Some(failed) => Ok(writeln!(answer.out, "Prices     {}", words::clean(failed))?),
        None => Ok(()),
    }
}

fn models(costs: &Costs, answer: &mut Answer<'_>) -> Result<(), Failure> {
    if costs.models.0.is_empty() {
        return Ok(());
    }
    writeln!(answer.out)?;
    let mut table = Table::new(&[
        ("Model", Side::Left),
        ("Traces", Side::Right),
        ("Input", Side::Right),
        ("Output", Side::Right),
        ("Cost", Side::Right),
    ]);
    for (model, sum) in &costs.models.0 {
        table.row(vec![
            words::clean(model.as_deref().unwrap_or(words::UNKNOWN)),
            words::count(sum.traces),
            words::count_or_unknown(sum.input),
            words::count_or_unknown(sum.output),
            told(sum.cost),
        ]);
    }
    Ok(table.print(answer.style, answer.out)?)
}

fn runs(costs: &Costs, answer: &mut Answer<'_>) -> Result<(), Failure> {
    if costs.runs.is_empty() {
        return Ok(());
    }
    let everything = RunQuery::new(RunScope::All).with_deleted();
    let all = answer.session.store.runs(answer.session.cx, &everything)?;
    let names: HashMap<RunId, (usize, String)> =
        all.into_iter().enumerate().map(|(at, run)| (run.id, (at, run.name))).collect();
    // By start, as everywhere.
    let mut runs: Vec<(&Option<RunId>, &CostSum)> = costs.runs.iter().collect();
    runs.sort_by_key(|(run, _)| run.as_ref().map(|run| names.get(run).map_or(usize::MAX, |(at, _)| *at)));
    writeln!(answer.out)?;
    let mut table = Table::new(&[
        ("Run", Side::LeftCut),
        ("Id", Side::Left),
        ("Traces", Side::Right),
        ("Unknown", Side::Right),
        ("Cost", Side::Right),
    ]);
    for (run, sum) in runs {
        let name = run.as_ref().map_or("of no run", |run| names.get(run).map_or("", |(_, name)| name));
        table.row(vec![
            words::clean(name),
            run.as_ref().map_or(words::UNKNOWN, |run| words::id_head(run.as_str())).to_owned(),
            words::count(sum.traces()),
            words::count(sum.unknown()),
            told(sum.cost),
        ]);
    }
    Ok(table.print(answer.style, answer.out)?)
}
