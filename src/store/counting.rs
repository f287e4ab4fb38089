//! Counts the traces of each run, for stores that give their lines.

use std::collections::HashMap;

use crate::model::{RunId, Tokens, TraceRow};
use crate::store::RunTraces;

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
