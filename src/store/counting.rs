//! Counts the traces of each run, for stores that give their lines.

use std::collections::HashMap;

use crate::model::{RunId, Tokens, TraceRow};

/// The traces that were recorded in one run, counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct RunTraces {
    /// How many there are.
    pub traces: u64,
    /// How many of them ended with an error.
    pub errors: u64,
    /// How many of them tell which tokens they used; others were answered from a cache, called
    /// no model, are older than MLflow 3.2, or are such that DSPy notes no usage (failed ones, LMs
    /// called alone, GEPA's reflective minibatches).
    pub with_tokens: u64,
    /// The sums over those that tell each number; `None` if none does, which is not 0.
    pub tokens: Option<Tokens>,
    /// When the last of them began or ended, milliseconds since the epoch.
    pub last_ms: Option<i64>,
}

/// The traces of every run that has some, in no order.
pub(super) fn by_run<'a>(rows: impl Iterator<Item = &'a TraceRow>) -> Vec<(RunId, RunTraces)> {
    let mut counted: HashMap<&RunId, RunTraces> = HashMap::new();
    for row in rows {
        let Some(run) = &row.run_id else { continue };
        let counts = counted.entry(run).or_default();
        counts.traces += 1;
        let at = row.start_time_ms.saturating_add(row.duration_ms.unwrap_or(0));
        counts.last_ms = counts.last_ms.max(Some(at));
        counts.errors += u64::from(row.status == "ERROR");
        if let Some(tokens) = row.tokens {
            counts.with_tokens += 1;
            let sum = counts.tokens.unwrap_or_default();
            counts.tokens = Some(Tokens {
                input: add(sum.input, tokens.input),
                output: add(sum.output, tokens.output),
                total: add(sum.total, tokens.total),
            });
        }
    }
    counted.into_iter().map(|(run, counts)| (run.clone(), counts)).collect()
}

/// The sum of what is known; unknown if neither is.
fn add(a: Option<u64>, b: Option<u64>) -> Option<u64> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.saturating_add(b)),
        (known, None) | (None, known) => known,
    }
}
