//! `dspyglass stats`

use serde::Serialize;

use super::Answer;
use crate::cli::args::StatsArgs;
use crate::cli::failure::Failure;
use crate::cli::json::{self, Usage, Warnings};
use crate::cli::table::{Side, Table};
use crate::cli::words;
use crate::model::predictor_title;
use crate::query::{CountedStats, StatsBy, StatsOf, StatsRow, TraceFilter, TraceScope};

/// No more of a key stands in a line.
const KEY_MOST: usize = 60;

#[derive(Serialize)]
struct Document<'a> {
    by: &'static str,
    all: RowJson<'a>,
    /// How many traces tell what they used.
    with_tokens: u64,
    rows: Vec<RowJson<'a>>,
    over_time: Vec<RowJson<'a>>,
    /// Of how many it is known what they cost.
    with_cost: u64,
    #[serde(skip_serializing_if = "Warnings::is_empty")]
    warnings: Warnings,
}

#[derive(Serialize)]
struct RowJson<'a> {
    #[serde(flatten)]
    what: What<'a>,
    count: u64,
    errors: u64,
    p50_ms: Option<u64>,
    p95_ms: Option<u64>,
    p99_ms: Option<u64>,
    p50_ns: Option<u64>,
    p95_ns: Option<u64>,
    p99_ns: Option<u64>,
    total_ns: u64,
    own_ns: u64,
    tokens: Option<Usage>,
    cost_usd: Option<f64>,
    cost_certainty: Option<&'static str>,
}

/// What a row stands for.
#[derive(Serialize)]
#[serde(untagged)]
enum What<'a> {
    All {},
    Time { from_ms: i64 },
    Key { key: Option<&'a str> },
    Predictor { key: Option<&'a str>, signature: Option<&'a str> },
    Run { key: Option<&'a str>, name: Option<&'a str> },
}

impl<'a> RowJson<'a> {
    fn new(what: What<'a>, row: &StatsRow) -> Self {
        let [p50_ns, p95_ns, p99_ns] = match row.latency {
            Some(told) => [told.p50_ns, told.p95_ns, told.p99_ns].map(Some),
            None => [None; 3],
        };
        let [p50_ms, p95_ms, p99_ms] = [p50_ns, p95_ns, p99_ns].map(|ns| ns.map(|ns| (ns + 500_000) / 1_000_000));
        let StatsRow { count, errors, total_ns, own_ns, cost, .. } = *row;
        let (cost_usd, cost_certainty) = (cost.map(|cost| cost.usd), cost.map(|cost| cost.certainty.as_str()));
        let tokens = row.tokens.map(Usage::from);
        Self {
            what,
            count,
            errors,
            p50_ms,
            p95_ms,
            p99_ms,
            p50_ns,
            p95_ns,
            p99_ns,
            total_ns,
            own_ns,
            tokens,
            cost_usd,
            cost_certainty,
        }
    }
}

pub(super) fn answer(args: &StatsArgs, filter: TraceFilter, answer: &mut Answer<'_>) -> Result<(), Failure> {
    let by = args.by.0;
    let scope = match (&args.experiment, &args.run) {
        (Some(experiment), _) => TraceScope::Experiment(answer.experiment(experiment)?.id),
        (None, Some(run)) => TraceScope::Run(answer.run(run)?.id),
        (None, None) => TraceScope::All,
    };
    let found = answer.session.ask(&StatsOf { scope, filter, by, round: None })?;
    let shown = args.limit.unwrap_or(usize::MAX);
    if !answer.is_json {
        return print(&found, by, shown, answer);
    }
    let stats = &found.stats;
    let rows = stats.rows.iter().zip(&found.titles).take(shown);
    let rows = rows.map(|(row, title)| {
        let (own, title) = (row.key.as_deref(), title.as_deref());
        let what = match by {
            StatsBy::Predictor => What::Predictor { key: title.or(own), signature: own },
            StatsBy::Run => What::Run { key: own, name: title },
            _ => What::Key { key: own },
        };
        RowJson::new(what, row)
    });
    let document = Document {
        by: by.word(),
        all: RowJson::new(What::All {}, &stats.all),
        with_tokens: stats.with_tokens,
        rows: rows.collect(),
        over_time: stats.bins.iter().map(|bin| RowJson::new(What::Time { from_ms: bin.from_ms }, &bin.all)).collect(),
        with_cost: stats.with_cost,
        warnings: answer.session.cx.take_warnings().into(),
    };
    json::write(&document, answer.out)
}

fn print(found: &CountedStats, by: StatsBy, shown: usize, answer: &mut Answer<'_>) -> Result<(), Failure> {
    let title = by.title();
    let counted = if by.counts_traces() { "Traces" } else { "Spans" };
    let mut table = Table::new(&[
        (title, Side::Left),
        (counted, Side::Right),
        ("Errors", Side::Right),
        ("p50", Side::Right),
        ("p95", Side::Right),
        ("p99", Side::Right),
        ("Together", Side::Right),
        ("Tokens", Side::Right),
        ("Cost", Side::Right),
    ]);
    for (row, title) in found.stats.rows.iter().zip(&found.titles).take(shown) {
        let name = match (title.as_deref(), row.key.as_deref()) {
            (Some(title), _) if by == StatsBy::Predictor => predictor_title(title),
            (Some(title), _) => title,
            (None, Some(key)) => key,
            (None, None) => words::UNKNOWN,
        };
        table.row(cells(words::cut(&words::clean(name), KEY_MOST), row));
    }
    table.print(answer.style, answer.out)?;
    let all = cells(String::new(), &found.stats.all);
    let traces = words::counted(found.stats.all.count, "trace");
    let told = format!(
        "{} with an error, p50 {}, p95 {}, p99 {}, tokens {}, cost {}",
        all[2], all[3], all[4], all[5], all[7], all[8]
    );
    Ok(writeln!(answer.out, "\nAll {traces}: {told}")?)
}

fn cells(name: String, row: &StatsRow) -> Vec<String> {
    let unknown = || words::UNKNOWN.to_owned();
    let time = |ns: u64| words::duration_ns(i64::try_from(ns).unwrap_or(i64::MAX));
    let latency = |of: fn(&crate::query::Percentiles) -> u64| row.latency.as_ref().map(of).map_or_else(unknown, time);
    let total = row.tokens.and_then(|tokens| tokens.total);
    vec![
        name,
        words::count(row.count),
        words::count(row.errors),
        latency(|told| told.p50_ns),
        latency(|told| told.p95_ns),
        latency(|told| told.p99_ns),
        row.latency.map_or_else(unknown, |_| time(row.total_ns)),
        total.map_or_else(unknown, words::count),
        row.cost.map_or_else(unknown, |cost| words::cost(cost.usd, cost.certainty.sign())),
    ]
}
