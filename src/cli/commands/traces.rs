//! `dspyglass traces`

use std::collections::HashMap;

use serde::{Serialize, Serializer};

use super::Answer;
use crate::analysis::cost::{Certainty, Cost};
use crate::cli::args::TracesArgs;
use crate::cli::failure::Failure;
use crate::cli::json::{self, Usage, Warnings};
use crate::cli::table::{Side, Table};
use crate::cli::words;
use crate::model::{Cached, RunId, Session, TraceId, TraceRow};
use crate::query::{self, FilteredTracesOf, Now, TraceFilter, TraceList, TraceScope, TraceSort};
use crate::store::{RunQuery, RunScope, Total, TraceHandle, TraceQuery};

#[derive(Serialize)]
struct Document<'a> {
    /// `null` where the store has no table of traces, or does not know how many there are.
    total: Option<u64>,
    /// What is known of the total where `total` is `null`.
    #[serde(skip_serializing_if = "Option::is_none")]
    total_at_least: Option<u64>,
    traces: Rows<'a>,
    #[serde(skip_serializing_if = "Warnings::is_empty")]
    warnings: Warnings,
}

struct Rows<'a>(&'a [TraceRow], &'a Costs);

impl Serialize for Rows<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(|row| One::new(row, self.1.of(row))))
    }
}

#[derive(Serialize)]
struct One<'a> {
    id: &'a str,
    run_id: Option<&'a str>,
    experiment_id: &'a str,
    name: Option<&'a str>,
    status: Option<&'a str>,
    start_time_ms: i64,
    duration_ms: Option<i64>,
    tokens: Option<Usage>,
    cost_usd: Option<f64>,
    cached: Option<json::CachedWord>,
    span_count: Option<u64>,
    session: Option<json::SessionIds<'a>>,
    cost_certainty: Option<&'static str>,
}

impl<'a> One<'a> {
    fn new(row: &'a TraceRow, cost: Option<Cost>) -> Self {
        Self {
            id: row.id.as_str(),
            run_id: row.run_id.as_ref().map(|id| id.as_str()),
            experiment_id: row.experiment_id.as_str(),
            name: json::known(&row.name),
            status: json::known(&row.status),
            start_time_ms: row.start_time_ms,
            duration_ms: row.duration_ms,
            tokens: row.tokens.map(Usage::from),
            cost_usd: cost.map(|cost| cost.usd),
            cached: row.cached.map(json::CachedWord),
            span_count: row.span_count,
            session: row.session.as_ref().map(json::SessionIds),
            cost_certainty: cost.map(|cost| cost.certainty.as_str()),
        }
    }
}

/// What traces cost is told by their spans: of no more traces than these all spans are read for it.
const MOST_COSTS: usize = 2_000;

/// What the traces of a list cost.
struct Costs(Option<HashMap<TraceId, Cost>>);

impl Costs {
    fn of_list(session: &mut query::ask::Session<'_>, traces: &[TraceHandle]) -> Result<Self, Failure> {
        let is_short = traces.len() <= MOST_COSTS;
        Ok(Self(is_short.then(|| query::cost::costs_of(session, traces)).transpose()?))
    }

    /// That of a trace, if it is known; of a long list what MLflow stored.
    fn of(&self, row: &TraceRow) -> Option<Cost> {
        match &self.0 {
            Some(known) => known.get(&row.id).copied(),
            None => {
                let stored = row.cost_usd.filter(|usd| usd.is_finite() && *usd > 0.0)?;
                Some(Cost { usd: stored, certainty: Certainty::Exact })
            }
        }
    }
}

/// Which traces are wanted, in which order.
pub(super) struct Wanted {
    filter: TraceFilter,
    sort: TraceSort,
}

impl Wanted {
    /// What is asked for, within what the user named. A run goes before an experiment.
    pub(super) fn question(
        self,
        experiment: Option<&str>,
        run: Option<&str>,
        answer: &mut Answer<'_>,
    ) -> Result<FilteredTracesOf, Failure> {
        let experiment = experiment.map(|text| answer.experiment(text)).transpose()?;
        let run = run.map(|text| answer.run(text)).transpose()?;
        let scope = match (experiment, run) {
            (_, Some(run)) => TraceScope::Run(run.id),
            (Some(experiment), None) => TraceScope::Experiment(experiment.id),
            (None, None) => TraceScope::All,
        };
        Ok(FilteredTracesOf { scope, filter: self.filter, sort: self.sort })
    }
}

/// Reads a filter of traces; everything passes without one.
///
/// # Errors
/// A filter that is none.
pub(super) fn filter(text: Option<&str>, is_utc: bool) -> Result<TraceFilter, Failure> {
    let text = text.unwrap_or_default();
    let now = Now { ms: chrono::Utc::now().timestamp_millis(), is_utc };
    TraceFilter::parse(text, now).map_err(|error| Failure::Filter(text.to_owned(), error))
}

/// Reads what was asked for. `is_utc`: dates are in UTC.
///
/// # Errors
/// A filter or an order that is none.
pub(super) fn wanted(args: &TracesArgs, is_utc: bool) -> Result<Wanted, Failure> {
    let filter = filter(args.filter.as_deref(), is_utc)?;
    let sort = args.sort.as_deref().map(|text| text.parse().map_err(|error| Failure::Sort(text.to_owned(), error)));
    Ok(Wanted { filter, sort: sort.transpose()?.unwrap_or_default() })
}

pub(super) fn answer(args: &TracesArgs, wanted: Wanted, answer: &mut Answer<'_>) -> Result<(), Failure> {
    let is_filtered = !wanted.filter.is_empty();
    let is_plain = wanted.filter.is_empty() && wanted.sort == TraceSort::default();
    let question = wanted.question(args.experiment.as_deref(), args.run.as_deref(), answer)?;
    let list = if is_plain {
        let query = TraceQuery { limit: args.limit, ..question.scope.query() };
        query::traces(&mut answer.session, &query)?
    } else {
        query::filtered_trace_list(&mut answer.session, &question, args.limit)?
    };
    let costs = Costs::of_list(&mut answer.session, &list.handles)?;
    if answer.is_json {
        let warnings = answer.session.cx.take_warnings().into();
        let (total, total_at_least) = match list.total {
            Some(Total::Exact(total)) => (Some(total), None),
            Some(Total::AtLeast(known)) => (None, Some(known)),
            None => (None, None),
        };
        return json::write(
            &Document { total, total_at_least, traces: Rows(&list.rows, &costs), warnings },
            answer.out,
        );
    }
    print(&list, &costs, (if is_plain { "newest" } else { "first" }, is_filtered), answer)
}

/// `first`: what the ones are that come first.
fn print(
    list: &TraceList,
    costs: &Costs,
    (first, is_filtered): (&str, bool),
    answer: &mut Answer<'_>,
) -> Result<(), Failure> {
    let Some(all) = list.total else {
        writeln!(answer.out, "No traces: this store has no table of them")?;
        return Ok(());
    };
    if all.is_zero() {
        writeln!(answer.out, "{}", if is_filtered { "No trace passes this filter" } else { "No traces" })?;
        return Ok(());
    }
    let everything = RunQuery::new(RunScope::All).with_deleted();
    let names: HashMap<RunId, String> =
        answer.session.store.runs(answer.session.cx, &everything)?.into_iter().map(|run| (run.id, run.name)).collect();
    let started = words::time_header("Started", answer.style.is_utc);
    let has_sessions = list.rows.iter().any(|row| row.session.is_some());
    let mut columns = vec![
        (&*started, Side::Left),
        ("Trace", Side::Left),
        ("Name", Side::LeftCut),
        ("Status", Side::Left),
        ("Duration", Side::Right),
        ("Tokens", Side::Right),
        ("Cost", Side::Right),
        ("Cached", Side::Left),
        ("Spans", Side::Right),
        ("Run", Side::LeftCut),
    ];
    if has_sessions {
        columns.push(("Session", Side::LeftCut));
    }
    let mut table = Table::new(&columns);
    for row in &list.rows {
        let text = |text: &str| if text.is_empty() { words::UNKNOWN.to_owned() } else { text.to_owned() };
        let run =
            row.run_id.as_ref().map(|id| names.get(id).filter(|name| !name.is_empty()).map_or(id.as_str(), |n| n));
        let cached = row.cached.map_or(words::UNKNOWN, Cached::as_str);
        let mut cells = vec![
            words::time(Some(row.start_time_ms), answer.style.is_utc),
            row.id.to_string(),
            text(&row.name),
            text(&row.status),
            words::duration_or_unknown(row.duration_ms),
            words::tokens(row.tokens),
            costs
                .of(row)
                .map_or_else(|| words::UNKNOWN.to_owned(), |cost| words::cost(cost.usd, cost.certainty.sign())),
            cached.to_owned(),
            words::count_or_unknown(row.span_count),
            text(run.unwrap_or_default()),
        ];
        if has_sessions {
            cells.push(row.session.as_ref().map_or_else(|| words::UNKNOWN.to_owned(), Session::text));
        }
        table.row_with(cells, Some(3));
    }
    table.print(answer.style, answer.out)?;
    let shown = list.rows.len() as u64;
    let total = match all {
        Total::Exact(all) => words::counted(all, "trace"),
        Total::AtLeast(known) => words::at_least(&words::counted(known, "trace")),
    };
    if Total::Exact(shown) == all {
        writeln!(answer.out, "{total}")?;
    } else {
        writeln!(answer.out, "{} of {total}, the {first}", words::count(shown))?;
    }
    Ok(())
}
