//! `dspyglass overview`

use serde::Serialize;

use super::Answer;
use super::cost_json::SumJson;
use crate::analysis::cost::CostSum;
use crate::analysis::optimization::Optimizer;
use crate::cli::args::OverviewArgs;
use crate::cli::failure::Failure;
use crate::cli::json::{self, Real, Usage, Warnings, known};
use crate::cli::table::{Side, Table};
use crate::cli::words;
use crate::query::ask::Session;
use crate::query::{OptimizationCostOf, OptimizationsOf, OverviewKind, OverviewRow};
use crate::store::Part;

#[derive(Serialize)]
struct Document<'a> {
    rows: Vec<Row<'a>>,
    #[serde(skip_serializing_if = "Warnings::is_empty")]
    warnings: Warnings,
}

#[derive(Serialize)]
struct Row<'a> {
    run_id: &'a str,
    experiment_id: &'a str,
    kind: &'static str,
    name: Option<&'a str>,
    optimizer: Option<&'a str>,
    status: Option<&'a str>,
    start_time_ms: Option<i64>,
    duration_ms: Option<i64>,
    /// Of its evaluations, in order.
    scores: Vec<Option<Real>>,
    seed: Option<Real>,
    best: Option<Real>,
    /// On how many examples the best was scored.
    n: Option<u64>,
    traces: Option<u64>,
    errors: Option<u64>,
    tokens: Option<Usage>,
    /// `C4`
    winner: Option<String>,
    /// So many examples were scored in its evaluations, as far as they tell.
    metric_calls: Option<u64>,
    /// What scores are called on its traces, where they are called one thing.
    metric: Option<&'a str>,
    /// Of the traces whose cost is known; null if it is known of none.
    #[serde(flatten)]
    cost: SumJson,
}

impl<'a> Row<'a> {
    fn new((row, cost): (&'a OverviewRow, &Option<CostSum>)) -> Self {
        Self {
            run_id: row.run.id.as_str(),
            experiment_id: row.run.experiment_id.as_str(),
            kind: row.kind.as_str(),
            name: known(&row.run.name),
            optimizer: row.optimizer.map(Optimizer::name),
            status: json::status(&row.run.status),
            start_time_ms: row.run.start_time_ms,
            duration_ms: row.run.duration_ms(),
            scores: row.steps.iter().map(|step| step.score.map(Real)).collect(),
            seed: row.seed.map(Real),
            best: row.best.map(Real),
            n: row.n,
            traces: row.traces.map(|traces| traces.traces),
            errors: row.traces.map(|traces| traces.errors),
            tokens: row.traces.and_then(|traces| traces.tokens).map(Usage::from),
            winner: row.winner.map(|winner| winner.to_string()),
            metric_calls: row.metric_calls(),
            metric: row.metric.as_deref(),
            cost: SumJson::new(cost.as_ref()),
        }
    }
}

/// What each of them cost; `None` of those for which there was no time, which a warning tells. What was looked at is
/// kept, so that asking again comes further.
fn costs(session: &mut Session<'_>, rows: &[OverviewRow]) -> Result<Vec<Option<CostSum>>, Failure> {
    /// One of them takes no more than four times the time of a round in the background.
    const ROUND: u32 = 2;
    let time = session.cx.begin(Part::Costs);
    let mut costs = Vec::new();
    for row in rows {
        let asked = OptimizationCostOf { run: row.run.id.clone(), round: Some(ROUND) };
        let cost = if time.is_spent() { None } else { Some(session.ask(&asked)?) };
        let whole = cost.as_ref().and_then(|cost| cost.as_ref().as_ref()).filter(|cost| cost.is_whole);
        costs.push(whole.map(|cost| cost.costs.all.clone()));
    }
    let left = costs.iter().filter(|cost| cost.is_none()).count();
    if left > 0 {
        let runs = words::counted(left, "run");
        session.cx.warn("cost", format!("there was no time for that of {runs}: dspyglass cost STORE RUN takes it"));
    }
    Ok(costs)
}

pub(super) fn answer(args: &OverviewArgs, answer: &mut Answer<'_>) -> Result<(), Failure> {
    let experiment = args.experiment.as_ref().map(|wanted| answer.experiment(wanted)).transpose()?;
    let rows = answer.session.ask(&OptimizationsOf(experiment.map(|experiment| experiment.id)))?;
    let costs = costs(&mut answer.session, &rows)?;
    if answer.is_json {
        let warnings = answer.session.cx.take_warnings().into();
        return json::write(&Document { rows: rows.iter().zip(&costs).map(Row::new).collect(), warnings }, answer.out);
    }
    if rows.is_empty() {
        writeln!(answer.out, "No optimizations and no evaluations")?;
        return Ok(());
    }
    let started = words::time_header("Started", answer.style.is_utc);
    let mut table = Table::new(&[
        ("Run", Side::Left),
        ("Name", Side::LeftCut),
        ("What", Side::Left),
        ("Status", Side::Left),
        (&*started, Side::Left),
        ("Duration", Side::Right),
        ("Evaluations", Side::Right),
        ("Seed", Side::Right),
        ("Best", Side::Right),
        ("n", Side::Right),
        ("Traces", Side::Right),
        ("Errors", Side::Right),
        ("Tokens", Side::Right),
        ("Cost", Side::Right),
    ]);
    for (row, cost) in rows.iter().zip(&costs) {
        let real = |value: Option<f64>| value.map_or_else(|| words::UNKNOWN.to_owned(), words::value);
        let what = match (row.kind, row.optimizer) {
            (OverviewKind::Evaluation, _) => "evaluation",
            (_, Some(optimizer)) => optimizer.name(),
            (_, None) => "optimizer unknown",
        };
        let is_one = row.kind == OverviewKind::Optimization;
        table.row(vec![
            words::id_head(row.run.id.as_str()).to_owned(),
            row.run.name.clone(),
            what.to_owned(),
            row.run.status.as_str().to_lowercase(),
            words::time(row.run.start_time_ms, answer.style.is_utc),
            words::duration_or_unknown(row.run.duration_ms()),
            if is_one { words::count(row.steps.len() as u64) } else { String::new() },
            if is_one { real(row.seed) } else { String::new() },
            real(row.best),
            words::count_or_unknown(row.n),
            words::count_or_unknown(row.traces.map(|traces| traces.traces)),
            words::count_or_unknown(row.traces.map(|traces| traces.errors)),
            words::tokens(row.traces.and_then(|traces| traces.tokens)),
            cost.as_ref()
                .and_then(CostSum::of_all)
                .map_or_else(|| words::UNKNOWN.to_owned(), |cost| words::cost(cost.usd, cost.certainty.sign())),
        ]);
    }
    Ok(table.print(answer.style, answer.out)?)
}
