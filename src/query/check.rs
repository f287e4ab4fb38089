//! What a store is, what it holds, and what of it is missing or damaged.

mod runs;
mod traces;

use crate::query::ask::Session;
use crate::store::{Result, StoreInfo};

/// What [`check`] found out.
#[derive(Clone, Debug, PartialEq)]
pub struct CheckReport {
    /// What the store is.
    pub info: StoreInfo,
    /// Experiments that are not deleted.
    pub experiments: u64,
    /// Deleted experiments.
    pub experiments_deleted: u64,
    /// Runs that are not deleted.
    pub runs: u64,
    /// Deleted runs.
    pub runs_deleted: u64,
    /// Runs that are not deleted, by status.
    pub run_statuses: Vec<(String, u64)>,
    /// All traces.
    pub traces: u64,
    /// How many of them were looked at, newest first.
    pub traces_checked: u64,
    /// Those looked at, by status.
    pub trace_statuses: Vec<(String, u64)>,
    /// Where spans are.
    pub spans: SpanPlaces,
    /// Where token usage is.
    pub tokens: TokenPlaces,
    /// What is missing or damaged, the worst first.
    pub findings: Vec<Finding>,
}

/// Where the spans of the traces that were looked at are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct SpanPlaces {
    /// All spans that were found.
    pub total: u64,
    /// Traces whose spans are in the database only.
    pub traces_in_database: u64,
    /// Traces that have an artifact `traces.json`.
    pub traces_in_artifacts: u64,
    /// Traces without any span.
    pub traces_without: u64,
}

/// Where the token usage of the traces that were looked at is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct TokenPlaces {
    /// Traces for which the store keeps a total.
    pub traces_with_total: u64,
    /// Traces whose spans were read for their usage, newest first.
    pub traces_recomputed: u64,
    /// Those of them in which some span carries usage.
    pub traces_with_span_usage: u64,
}

/// Something missing or damaged, however often it occurs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What, as a sentence without its subject's number: `say RUNNING`.
    pub what: String,
    /// What it is said of: `run`, `trace`, `experiment`, …
    pub of: &'static str,
    /// How often.
    pub count: u64,
    /// Where, for instance ids; the first [`MAX_PLACES`].
    pub places: Vec<String>,
}

/// A finding names no more places than this.
pub const MAX_PLACES: usize = 20;

/// Looks at everything that a store holds except the bodies of spans: how much there is, where
/// it is, what is missing or damaged. Takes time in proportion to the store; of very large
/// ones the newest traces only ([`CheckReport::traces_checked`]).
///
/// # Errors
/// Those of the store.
pub fn check(session: &mut Session<'_>) -> Result<CheckReport> {
    let mut report = CheckReport {
        info: session.store.info(),
        experiments: 0,
        experiments_deleted: 0,
        runs: 0,
        runs_deleted: 0,
        run_statuses: Vec::new(),
        traces: 0,
        traces_checked: 0,
        trace_statuses: Vec::new(),
        spans: SpanPlaces::default(),
        tokens: TokenPlaces::default(),
        findings: Vec::new(),
    };
    let known = runs::check_runs(session, &mut report)?;
    traces::check_traces(session, &known, &mut report)?;
    Ok(report)
}

/// Collects places under the same words.
#[derive(Default)]
struct Findings(Vec<Finding>);

impl Findings {
    fn add(&mut self, of: &'static str, what: &str, place: impl Into<String>) {
        let at = self.0.iter().position(|finding| finding.of == of && finding.what == what);
        let at = at.unwrap_or_else(|| {
            self.0.push(Finding { what: what.to_owned(), of, count: 0, places: Vec::new() });
            self.0.len() - 1
        });
        let finding = &mut self.0[at];
        finding.count += 1;
        if finding.places.len() < MAX_PLACES {
            finding.places.push(place.into());
        }
    }
}

/// Counts words, the most frequent first.
fn tally(words: impl Iterator<Item = String>) -> Vec<(String, u64)> {
    let mut counts: Vec<(String, u64)> = Vec::new();
    for word in words {
        match counts.iter_mut().find(|(known, _)| *known == word) {
            Some((_, count)) => *count += 1,
            None => counts.push((word, 1)),
        }
    }
    counts.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    counts
}

#[cfg(test)]
mod tests;
