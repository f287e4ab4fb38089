//! What a store is, what it holds, and what of it is missing or damaged.

mod runs;
mod traces;

use std::collections::HashSet;

use crate::query::ServerReportOf;
use crate::query::ask::Session;
use crate::store::{Inventory, Result, ServerReport, StoreInfo, TraceQuery};

/// What [`check`] found out.
#[derive(Clone, Debug, PartialEq)]
pub struct CheckReport {
    /// What the store is.
    pub info: StoreInfo,
    /// Which MLflow answers and which endpoints it has, if it is behind an address.
    pub server: Option<ServerReport>,
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
    /// All traces; `None` where the store has no table of them.
    pub traces: Option<u64>,
    /// How many of them were looked at, newest first.
    pub traces_checked: u64,
    /// Those looked at, by status.
    pub trace_statuses: Vec<(String, u64)>,
    /// Where spans are.
    pub spans: SpanPlaces,
    /// Where token usage is.
    pub tokens: TokenPlaces,
    /// Sessions of all traces.
    pub sessions: Sessions,
    /// Attachments of traces.
    pub attachments: AttachmentPlaces,
    /// What else the store holds.
    pub inventory: Inventory,
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
    /// Traces whose spans are in a file or an archive that is not here or not read.
    pub traces_unreadable: u64,
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

/// The sessions of all traces.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Sessions {
    /// How many there are; of a trace with several session ids the first counts.
    pub total: u64,
    /// How many session ids there are in all.
    pub ids: u64,
    /// How many traces belong to one.
    pub traces: u64,
}

/// The attachments of the traces that were looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct AttachmentPlaces {
    /// Files in the folders of attachments.
    pub files: u64,
    /// Attachments that are named by spans, of the traces whose spans were read
    /// ([`TokenPlaces::traces_recomputed`]).
    pub named: u64,
    /// Those of them whose file is not there.
    pub missing: u64,
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
    // Asked first: then the store knows its version, too.
    let server = session.ask(&ServerReportOf(0))?.as_ref().clone();
    let mut report = CheckReport {
        info: session.store.info(),
        server,
        experiments: 0,
        experiments_deleted: 0,
        runs: 0,
        runs_deleted: 0,
        run_statuses: Vec::new(),
        traces: None,
        traces_checked: 0,
        trace_statuses: Vec::new(),
        spans: SpanPlaces::default(),
        tokens: TokenPlaces::default(),
        sessions: count_sessions(session)?,
        attachments: AttachmentPlaces::default(),
        inventory: session.store.inventory(session.cx)?,
        findings: Vec::new(),
    };
    let known = runs::check_runs(session, &mut report)?;
    traces::check_traces(session, &known, &mut report)?;
    Ok(report)
}

fn count_sessions(session: &mut Session<'_>) -> Result<Sessions> {
    let named = session.store.trace_sessions(session.cx, &TraceQuery::default())?;
    let sessions: HashSet<&str> = named.iter().map(|(_, session)| session.id()).collect();
    let ids: HashSet<&str> = named.iter().flat_map(|(_, session)| session.ids()).map(|id| &**id).collect();
    Ok(Sessions { total: sessions.len() as u64, ids: ids.len() as u64, traces: named.len() as u64 })
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
