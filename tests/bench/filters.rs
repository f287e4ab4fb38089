//! What filters and orders of lists of traces cost: the first that a terminal asks for, the rounds of a window.

use std::path::Path;
use std::time::Instant;

use cpu_time::ProcessTime;
use dspyglass::query::ask::Session;
use dspyglass::query::{
    FilteredTraces, FilteredTracesOf, FilteredTracesSoFar, Now, TraceFilter, TraceScope, TraceSort, filtered_trace_list,
};
use dspyglass::store::{OpenOptions, ReadCx, Result, Store, open};

use crate::{Failure, median};

const ROUNDS: usize = 5;

/// As many as a terminal shows, or a window.
const SHOWN: usize = 50;

/// Measures and prints.
pub fn measure(database: &Path) -> std::result::Result<(), Failure> {
    let mut store = open(database, &OpenOptions::default())?;
    println!("\n{}: filters and orders of all traces; median of {ROUNDS}, warm, CPU / wall", database.display());
    println!(
        "{:<34} {:>17} {:>17} {:>17} {:>17} {:>12}",
        "milliseconds", "first 50, lines", "round 1", "round 2", "round 3, all", "pass"
    );
    for (filter, sort) in [
        ("status = ERROR", "time:desc"),
        ("latency_ms > 500", "time:desc"),
        ("latency_ms > 5", "time:desc"),
        ("time > 1970-01-01", "time:desc"),
        ("status = OK and latency_ms > 20", "time:desc"),
        ("input ~ question", "time:desc"),
        ("tags.nobody = has", "time:desc"),
        ("", "latency_ms:desc"),
        ("", "name"),
    ] {
        let now = Now { ms: 0, is_utc: true };
        let filter_read = TraceFilter::parse(filter, now).map_err(|error| format!("{filter}: {error}"))?;
        let sort: TraceSort = sort.parse().map_err(|_| "no order")?;
        let what = if filter.is_empty() { format!("by {sort}") } else { filter.to_owned() };
        let of = FilteredTracesOf { scope: TraceScope::All, filter: filter_read, sort };
        let lines =
            time(&mut *store, |session| filtered_trace_list(session, &of, Some(SHOWN)).map(|list| list.rows.len()))?;
        let mut told = vec![lines.0];
        let mut passing = 0;
        for round in 0..3 {
            let question = FilteredTracesSoFar { of: of.clone(), round };
            let (figures, handles) = time(&mut *store, |session| {
                session.ask(&question).map(|found: std::sync::Arc<FilteredTraces>| found.list.handles.len())
            })?;
            passing = handles;
            told.push(figures);
        }
        let cells: Vec<String> = told.iter().map(|(cpu, wall)| format!("{cpu:>8.1} /{wall:>7.1}")).collect();
        println!(
            "{what:<34} {} {passing:>12}",
            cells.iter().map(|cell| format!("{cell:>17}")).collect::<Vec<_>>().join(" ")
        );
    }
    Ok(())
}

/// The CPU time and the time of it, and what it gave.
fn time<T>(
    store: &mut dyn Store,
    mut ask: impl FnMut(&mut Session<'_>) -> Result<T>,
) -> std::result::Result<((f64, f64), T), Failure> {
    let cx = ReadCx::new();
    let mut last = ask(&mut Session::alone(store, &cx))?;
    let (mut cpu, mut wall) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let (start, worked) = (Instant::now(), ProcessTime::now());
        // A session of its own, which remembers nothing.
        last = ask(&mut Session::alone(store, &cx))?;
        cpu.push(worked.elapsed().as_secs_f64() * 1000.0);
        wall.push(start.elapsed().as_secs_f64() * 1000.0);
    }
    Ok(((median(cpu), median(wall)), last))
}
