//! `dspyglass metrics`

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use super::Answer;
use crate::cli::args::MetricsArgs;
use crate::cli::failure::Failure;
use crate::cli::json::{self, Real, Warnings};
use crate::cli::table::{Side, Table};
use crate::cli::words;
use crate::model::{MetricPoint, MetricSeries};
use crate::query;

#[derive(Serialize)]
struct Document<'a> {
    metrics: AllSeries<'a>,
    #[serde(skip_serializing_if = "Warnings::is_empty")]
    warnings: Warnings,
}

struct AllSeries<'a>(&'a [MetricSeries]);

impl Serialize for AllSeries<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for series in self.0 {
            map.serialize_entry(&*series.key, &Points(&series.points))?;
        }
        map.end()
    }
}

struct Points<'a>(&'a [MetricPoint]);

impl Serialize for Points<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(|point| Point {
            step: point.step,
            timestamp_ms: point.timestamp_ms,
            value: Real(point.value),
        }))
    }
}

#[derive(Serialize)]
struct Point {
    step: i64,
    timestamp_ms: i64,
    value: Real,
}

pub(super) fn answer(args: &MetricsArgs, answer: &mut Answer<'_>) -> Result<(), Failure> {
    let run = answer.run(&args.run)?;
    let series = query::metrics(&mut answer.session, &run.id, args.key.as_deref())?;
    if let (Some(key), true) = (&args.key, series.is_empty()) {
        let all = query::metrics(&mut answer.session, &run.id, None)?;
        let keys: Vec<&str> = all.iter().map(|series| &*series.key).take(10).collect();
        let has = if keys.is_empty() { "it has none".to_owned() } else { format!("it has {}", keys.join(", ")) };
        return Err(Failure::Absent(format!("run {} has no metric {key:?}; {has}", run.id)));
    }
    if answer.is_json {
        let document = Document { metrics: AllSeries(&series), warnings: answer.session.cx.take_warnings().into() };
        return json::write(&document, answer.out);
    }
    if series.is_empty() {
        writeln!(answer.out, "No metrics")?;
    }
    for (at, series) in series.iter().enumerate() {
        if at > 0 {
            writeln!(answer.out)?;
        }
        print_series(series, answer)?;
    }
    Ok(())
}

/// Longer series are shown by this many rows at either end.
const ENDS: usize = 10;

fn print_series(series: &MetricSeries, answer: &mut Answer<'_>) -> Result<(), Failure> {
    let points = &series.points;
    // NaN is neither the least nor the greatest.
    let values = points.iter().map(|point| point.value).filter(|value| !value.is_nan());
    let range = values.fold(None, |range: Option<(f64, f64)>, value| {
        Some(range.map_or((value, value), |(low, high)| (low.min(value), high.max(value))))
    });
    let (low, high) = range.map_or((f64::NAN, f64::NAN), |range| range);
    let last = points.last().map_or(f64::NAN, |point| point.value);
    writeln!(
        answer.out,
        "{} · {} · min {} · max {} · last {}",
        words::clean(&series.key),
        words::counted(points.len() as u64, "point"),
        words::value(low),
        words::value(high),
        words::value(last)
    )?;
    let time = words::time_header("Time", answer.style.is_utc);
    let mut table = Table::new(&[("Step", Side::Right), (&*time, Side::Left), ("Value", Side::Right)]);
    let is_long = points.len() > 3 * ENDS;
    for (at, point) in points.iter().enumerate() {
        if is_long && at == ENDS {
            let between = (points.len() - 2 * ENDS) as u64;
            table.note(&format!(
                "… {} of {} rows not shown, --json has them",
                words::count(between),
                words::count(points.len() as u64)
            ));
        }
        if is_long && (ENDS..points.len() - ENDS).contains(&at) {
            continue;
        }
        let time = words::time(Some(point.timestamp_ms), answer.style.is_utc);
        table.row(vec![point.step.to_string(), time, words::exact(point.value)]);
    }
    Ok(table.print(answer.style, answer.out)?)
}
