//! Counts as cells, in the order that is chosen.

use std::cmp::Ordering;

use crate::model::predictor_title;
use crate::query::{CountedStats, Stats, StatsBy, StatsRow};
use crate::widgets::charts::{Series, SeriesStyle, TipLine};
use crate::widgets::table::{CellText, Column, Sort};
use crate::widgets::tokens::Tone;
use crate::words;

/// What a column shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shows {
    Key,
    Count,
    Errors,
    P50,
    P95,
    P99,
    Together,
    Own,
    Tokens,
    Cost,
}

/// What is said where there is no row.
pub(super) fn nothing(by: StatsBy) -> &'static str {
    match by {
        StatsBy::Span => "No spans of these traces are in the store",
        StatsBy::Predictor => "No call of a predictor was recorded in these traces",
        StatsBy::Model => "No call of a language model was recorded in these traces",
        StatsBy::Error => "No exception was noted in these traces",
        StatsBy::Run | StatsBy::Session => "No traces",
    }
}

const OWN: &str = "The time of all of them together without the time in which spans below them worked";
const TOGETHER: &str = "The time of all of them together";
const TOKENS: &str = "Recomputed from spans. Of a predictor or model: where all calls that a usage is of are its own; \
                      what several share belongs to none";

/// The columns.
pub(super) fn columns(by: StatsBy) -> Vec<(Shows, Column<'static>)> {
    let counted = if by.counts_traces() { "Traces" } else { "Spans" };
    let mut columns = vec![
        (Shows::Key, Column::text(by.title(), 200.0).growing()),
        (Shows::Count, Column::number(counted, 76.0)),
        (Shows::Errors, Column::number("Errors", 76.0)),
        (Shows::P50, Column::number("p50", 84.0).hint("Half of them took no longer (nearest rank)").minor(3)),
        (Shows::P95, Column::number("p95", 84.0).hint("95 of a hundred took no longer (nearest rank)")),
        (Shows::P99, Column::number("p99", 84.0).hint("99 of a hundred took no longer (nearest rank)").minor(1)),
        (Shows::Together, Column::number("Together", 98.0).hint(TOGETHER)),
        (Shows::Own, Column::number("Own time", 98.0).hint(OWN).minor(4)),
        (Shows::Tokens, Column::number("Tokens", 92.0).hint(TOKENS)),
        (Shows::Cost, Column::number("Cost", 112.0).hint("Tokens times the prices of the models").minor(2)),
    ];
    if by.counts_traces() {
        columns.retain(|(shows, _)| *shows != Shows::Own);
    }
    columns
}

/// The largest of each figure that has a bar.
#[derive(Default)]
pub(super) struct Most {
    count: u64,
    errors: u64,
    together: u64,
    own: u64,
    tokens: u64,
}

/// What is drawn of counts.
#[derive(Default)]
pub(super) struct Drawn {
    /// The rows, by their places.
    pub order: Vec<usize>,
    pub most: Most,
    pub series: Vec<Series>,
}

impl Drawn {
    pub fn of(found: &CountedStats, by: StatsBy, sort: Option<Sort>) -> Self {
        let rows = &found.stats.rows;
        let mut order: Vec<usize> = (0..rows.len()).collect();
        let shows = sort.and_then(|sort| Some((columns(by).get(sort.column)?.0, sort.descending)));
        if let Some((shows, descending)) = shows {
            let compare = |a: &usize, b: &usize| match (rows.get(*a), rows.get(*b)) {
                (Some(one), Some(other)) if shows == Shows::Key => {
                    let name =
                        |row, at: usize| name(row, found.titles.get(at).and_then(Option::as_deref), by).to_lowercase();
                    let ordering = name(one, *a).cmp(&name(other, *b));
                    if descending { ordering.reverse() } else { ordering }
                }
                (Some(one), Some(other)) => by_figure(figure(one, shows), figure(other, shows), descending),
                _ => Ordering::Equal,
            };
            order.sort_by(compare);
        }
        let most = |of: fn(&StatsRow) -> u64| rows.iter().map(of).max().unwrap_or(0);
        Self {
            order,
            most: Most {
                count: most(|row| row.count),
                errors: most(|row| row.errors),
                together: most(|row| row.total_ns),
                own: most(|row| row.own_ns),
                tokens: most(|row| row.tokens.and_then(|it| it.total).unwrap_or(0)),
            },
            series: series(&found.stats),
        }
    }

    /// The row at a place of the table, and what it is called.
    pub fn row<'f>(&self, found: &'f CountedStats, at: usize) -> Option<(&'f StatsRow, Option<&'f str>)> {
        let at = *self.order.get(at)?;
        Some((found.stats.rows.get(at)?, found.titles.get(at)?.as_deref()))
    }

    /// What happened in the stretch of time at `x`, which is `moment`.
    pub fn tip(&self, stats: &Stats, x: f64, moment: String) -> Vec<TipLine> {
        let at = (x / stats.bin_ms.max(1) as f64).max(0.0) as usize;
        let Some(bin) = stats.bins.get(at) else { return Vec::new() };
        let mut told = vec![(moment, Tone::Muted), (words::counted(bin.all.count, "trace"), Tone::Neutral)];
        if bin.all.errors > 0 {
            told.push((words::counted(bin.all.errors, "error"), Tone::Bad));
        }
        told.extend(
            bin.all.latency.map(|it| (format!("p50 {}, p95 {}", time(it.p50_ns), time(it.p95_ns)), Tone::Neutral)),
        );
        let tokens = bin.all.tokens.and_then(|it| it.total);
        told.extend(tokens.map(|tokens| (words::counted(tokens, "token"), Tone::Neutral)));
        told
    }
}

fn series(stats: &Stats) -> Vec<Series> {
    let Some(first) = stats.bins.first().map(|bin| bin.from_ms) else { return Vec::new() };
    let points = |of: fn(&StatsRow) -> u64| {
        let x = |from_ms: i64| from_ms.saturating_sub(first) as f64;
        stats.bins.iter().map(move |bin| (x(bin.from_ms), of(&bin.all) as f64)).collect::<Vec<_>>()
    };
    let mut all = vec![Series::new("traces", points(|row| row.count)).style(SeriesStyle::Step).tone(Tone::Category(0))];
    if stats.all.errors > 0 {
        all.push(Series::new("errors", points(|row| row.errors)).style(SeriesStyle::Step).tone(Tone::Bad));
    }
    all
}

/// What is unknown comes last either way.
fn by_figure(a: Option<f64>, b: Option<f64>, descending: bool) -> Ordering {
    match (a, b) {
        (Some(a), Some(b)) if descending => b.total_cmp(&a),
        (Some(a), Some(b)) => a.total_cmp(&b),
        (a, b) => b.is_some().cmp(&a.is_some()),
    }
}

fn figure(row: &StatsRow, shows: Shows) -> Option<f64> {
    let figure = match shows {
        Shows::Key => return None,
        Shows::Count => row.count,
        Shows::Errors => row.errors,
        Shows::P50 => row.latency?.p50_ns,
        Shows::P95 => row.latency?.p95_ns,
        Shows::P99 => row.latency?.p99_ns,
        Shows::Together => row.total_ns,
        Shows::Own => row.own_ns,
        Shows::Tokens => row.tokens?.total?,
        Shows::Cost => return row.cost.map(|cost| cost.usd),
    };
    Some(figure as f64)
}

/// Nanoseconds, written.
pub(super) fn time(ns: u64) -> String {
    words::duration_ns(i64::try_from(ns).unwrap_or(i64::MAX))
}

fn name<'a>(row: &'a StatsRow, title: Option<&'a str>, by: StatsBy) -> &'a str {
    match (title, row.key.as_deref()) {
        (Some(path), _) if by == StatsBy::Predictor => predictor_title(path),
        (Some(title), _) => title,
        (None, Some(key)) => key,
        (None, None) => match by {
            StatsBy::Run => "No run",
            StatsBy::Session => "No session",
            StatsBy::Error => "No exception noted",
            StatsBy::Span | StatsBy::Predictor | StatsBy::Model => "Not told",
        },
    }
}

/// One cell.
pub(super) fn cell<'a>(
    row: &'a StatsRow,
    title: Option<&'a str>,
    (by, shows): (StatsBy, Shows),
    most: &Most,
) -> CellText<'a> {
    let share = |part: u64, most: u64| if most == 0 { 0.0 } else { part as f32 / most as f32 };
    let latency = |of: fn(&crate::query::Percentiles) -> u64| match &row.latency {
        Some(told) => CellText::value(time(of(told))),
        None => CellText::unknown(),
    };
    match shows {
        Shows::Key if row.key.is_none() => CellText::text(name(row, title, by)).tone(Tone::Muted),
        Shows::Key => {
            let cell = CellText::text(name(row, title, by)).strong();
            match (title, row.key.as_deref()) {
                // A path is told from a program; what was recorded is the signature.
                (Some(_), Some(key)) => cell.note(key).hover(key),
                (_, Some(key)) => cell.hover(key),
                _ => cell,
            }
        }
        Shows::Count => CellText::value(words::count(row.count)).bar(share(row.count, most.count)),
        Shows::Errors if row.errors == 0 => CellText::value(words::count(0)).tone(Tone::Faint),
        Shows::Errors => {
            let of = format!("{} of {}", words::count(row.errors), words::count(row.count));
            CellText::value(words::count(row.errors)).tone(Tone::Bad).bar(share(row.errors, most.errors)).hover(of)
        }
        Shows::P50 => latency(|told| told.p50_ns),
        Shows::P95 => latency(|told| told.p95_ns),
        Shows::P99 => latency(|told| told.p99_ns),
        Shows::Together if row.latency.is_none() => CellText::unknown(),
        Shows::Together => CellText::value(time(row.total_ns)).bar(share(row.total_ns, most.together)),
        Shows::Own if row.latency.is_none() => CellText::unknown(),
        Shows::Own => CellText::value(time(row.own_ns)).bar(share(row.own_ns, most.own)),
        Shows::Tokens => match row.tokens.and_then(|it| it.total) {
            Some(total) => CellText::value(words::count(total)).bar(share(total, most.tokens)),
            None => CellText::unknown(),
        },
        Shows::Cost => match row.cost {
            Some(cost) => CellText::value(words::cost(cost.usd, cost.certainty.sign())).hover(cost.certainty.reason()),
            None => CellText::unknown(),
        },
    }
}

/// The filter whose traces are those of a row, as it is typed; `None` where no filter asks for them.
pub(super) fn filter(by: StatsBy, key: Option<&str>) -> Option<String> {
    let field = match by {
        StatsBy::Span => "span_name",
        StatsBy::Model => "model",
        StatsBy::Error => "error",
        StatsBy::Run => "run",
        StatsBy::Session => "session",
        StatsBy::Predictor => "predictor",
    };
    // Whatever quote stands in it, the other one stands around it.
    let key = key.filter(|key| !(key.contains('"') && key.contains('\'')))?;
    let quote = if key.contains('"') { '\'' } else { '"' };
    Some(format!("{field} = {quote}{key}{quote}"))
}
