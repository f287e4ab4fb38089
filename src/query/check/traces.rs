//! The part of a check that concerns traces and spans.

use std::collections::HashSet;

use super::runs::Known;
use super::{CheckReport, Findings, tally};
use crate::model::mlflow::trace::{ATTACHMENTS, SPANS_FILE};
use crate::model::{ArtifactOwner, TraceId, TraceRow};
use crate::query::NoSpans;
use crate::query::ask::Session;
use crate::query::trace::{TraceTree, span_facts, trace_tree};
use crate::store::{Result, Total, TraceQuery};

/// Of how many traces the spans are listed.
const MAX_TRACES: usize = 20_000;

/// Of how many traces the spans are read for their usage.
const MAX_RECOMPUTED: u64 = 1_000;

pub(super) fn check_traces(session: &mut Session<'_>, known: &Known, report: &mut CheckReport) -> Result<()> {
    let list = crate::query::traces(session, &TraceQuery { limit: Some(MAX_TRACES), ..TraceQuery::default() })?;
    report.traces = list.total.and_then(Total::exact);
    report.traces_checked = list.rows.len() as u64;
    report.trace_statuses = tally(list.rows.iter().map(|row| row.status.clone()));
    let mut findings = Findings::default();
    let mut seen = HashSet::new();
    let mut incomplete: HashSet<TraceId> = HashSet::new();
    for row in &list.rows {
        session.cx.check()?;
        if !seen.insert(&row.id) {
            findings.add("trace", "stands twice in the store", row.id.as_str());
        }
        check_row(row, known, &mut findings);
        let Some(tree) = trace_tree(session, &row.id)? else { continue };
        if check_tree(&tree, &mut findings) {
            incomplete.insert(row.id.clone());
        }
        let artifacts = session.store.artifacts(session.cx, &ArtifactOwner::Trace(row.id.clone()))?;
        let is_attachment = |path: &str| path.strip_prefix(ATTACHMENTS).is_some_and(|name| !name.contains('/'));
        let files = artifacts.entries.iter().filter(|entry| !entry.is_folder);
        report.attachments.files += files.filter(|entry| is_attachment(&entry.path)).count() as u64;
        let is_in_artifacts = artifacts.entries.iter().any(|entry| entry.path == SPANS_FILE);
        report.spans.total += tree.spans.len() as u64;
        let is_unreadable = tree.spans.is_empty() && tree.no_spans.as_ref().is_some_and(is_elsewhere);
        match (tree.spans.is_empty(), is_in_artifacts) {
            (true, _) if is_unreadable => report.spans.traces_unreadable += 1,
            (true, _) => report.spans.traces_without += 1,
            (false, true) => report.spans.traces_in_artifacts += 1,
            (false, false) => report.spans.traces_in_database += 1,
        }
        report.tokens.traces_with_total += u64::from(row.tokens.is_some());
        if report.tokens.traces_recomputed < MAX_RECOMPUTED && !is_unreadable {
            let figures = span_facts(session, &tree)?;
            let tokens = figures.tokens;
            let missing = figures.attachments.missing().count();
            report.attachments.named += figures.attachments.list.len() as u64;
            report.attachments.missing += missing as u64;
            if missing > 0 {
                let all = figures.attachments.list.len();
                let place = format!("{} ({missing} of {all})", row.id);
                findings.add("trace", "names attachments whose files are not there", place);
            }
            report.tokens.traces_recomputed += 1;
            report.tokens.traces_with_span_usage += u64::from(tokens.is_some());
            if row.tokens.is_some() && tokens.is_some() && row.tokens != tokens {
                findings.add("trace", "has a stored token total that differs from that of its spans", row.id.as_str());
            }
        }
    }
    report.findings.append(&mut findings.0);
    // What became a finding needs no warning.
    for warning in session.cx.take_warnings() {
        let trace = warning.place.strip_prefix("trace ").map(TraceId::from);
        if !trace.is_some_and(|trace| incomplete.contains(&trace)) {
            session.cx.warn(warning.place, warning.what);
        }
    }
    Ok(())
}

fn check_row(row: &TraceRow, known: &Known, findings: &mut Findings) {
    let id = row.id.as_str();
    if row.duration_ms.is_none() || row.status == "IN_PROGRESS" {
        findings.add("trace", "did not end: its process still works on it, or was killed", id);
    }
    if row.run_id.as_ref().is_some_and(|run| !known.runs.contains(run)) {
        findings.add("trace", "belongs to a run that the store does not have", id);
    }
    if !known.experiments.contains(&row.experiment_id) {
        findings.add("trace", "belongs to an experiment that the store does not have", id);
    }
}

/// Whether there are spans, at a place where they cannot be read.
fn is_elsewhere(why: &NoSpans) -> bool {
    matches!(why, NoSpans::FolderAbsent { .. } | NoSpans::FileAbsent { .. } | NoSpans::Archived { .. })
}

/// Whether spans are missing.
fn check_tree(tree: &TraceTree, findings: &mut Findings) -> bool {
    let row = &tree.head.row;
    let id = row.id.as_str();
    if tree.head.metadata.is_empty() {
        findings.add("trace", "has no metadata, and so no run, size or source", id);
    }
    let found = tree.spans.len() as u64;
    let promised = row.span_count.filter(|promised| *promised > found);
    match promised {
        _ if found == 0 => match &tree.no_spans {
            Some(NoSpans::FolderAbsent { .. } | NoSpans::FileAbsent { .. }) => {
                findings.add("trace", "has its spans in a file, traces.json, that is not here", id);
            }
            Some(NoSpans::Archived { .. }) => {
                findings.add("trace", "has its spans in an archive, which is not read", id)
            }
            _ => findings.add("trace", "has no span", id),
        },
        Some(promised) => {
            findings.add("trace", "has fewer spans than the store says", format!("{id} ({found} of {promised})"));
        }
        None => {}
    }
    if tree.forest.nodes.iter().any(|node| node.lacks_parent) {
        findings.add("trace", "has spans whose parent is absent", id);
    }
    let mut ids = HashSet::new();
    if tree.spans.iter().any(|span| !ids.insert(&*span.id)) {
        findings.add("trace", "repeats the id of a span", id);
    }
    promised.is_some() || found == 0
}
