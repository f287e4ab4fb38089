//! `dspyglass check`

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use super::Answer;
use crate::cli::failure::Failure;
use crate::cli::json::{self, Warnings};
use crate::cli::words::{self, counted};
use crate::query::{self, CheckReport};

#[derive(Serialize)]
struct Document<'a> {
    store: StoreDocument<'a>,
    notices: &'a [String],
    experiments: Kept,
    runs: Runs<'a>,
    traces: Traces<'a>,
    spans: Spans,
    tokens: Tokens,
    findings: Vec<Finding<'a>>,
    #[serde(skip_serializing_if = "Warnings::is_empty")]
    warnings: Warnings,
}

#[derive(Serialize)]
struct StoreDocument<'a> {
    path: String,
    kind: &'a str,
    size_bytes: Option<u64>,
    written_by: Option<&'a str>,
    opened_as: Option<&'a str>,
}

#[derive(Serialize)]
struct Kept {
    active: u64,
    deleted: u64,
}

#[derive(Serialize)]
struct Runs<'a> {
    active: u64,
    deleted: u64,
    status: Tally<'a>,
}

#[derive(Serialize)]
struct Traces<'a> {
    total: u64,
    checked: u64,
    status: Tally<'a>,
}

#[derive(Serialize)]
struct Spans {
    total: u64,
    traces_in_database: u64,
    traces_in_artifacts: u64,
    traces_without: u64,
}

#[derive(Serialize)]
struct Tokens {
    traces_with_total: u64,
    traces_recomputed: u64,
    traces_with_span_usage: u64,
}

#[derive(Serialize)]
struct Finding<'a> {
    of: &'a str,
    what: &'a str,
    count: u64,
    r#where: &'a [String],
}

impl<'a> From<&'a query::check::Finding> for Finding<'a> {
    fn from(finding: &'a query::check::Finding) -> Self {
        Self { of: finding.of, what: &finding.what, count: finding.count, r#where: &finding.places }
    }
}

struct Tally<'a>(&'a [(String, u64)]);

impl Serialize for Tally<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (word, count) in self.0 {
            map.serialize_entry(word, count)?;
        }
        map.end()
    }
}

pub(super) fn answer(answer: &mut Answer<'_>) -> Result<(), Failure> {
    let report = query::check(&mut answer.session)?;
    if answer.is_json { print_json(&report, answer) } else { print_text(&report, answer) }
}

fn print_json(report: &CheckReport, answer: &mut Answer<'_>) -> Result<(), Failure> {
    let info = &report.info;
    let document = Document {
        store: StoreDocument {
            path: info.path.display().to_string(),
            kind: info.kind,
            size_bytes: info.size_bytes,
            written_by: info.written_by.as_deref(),
            opened_as: info.opened_as.as_deref(),
        },
        notices: &info.notices,
        experiments: Kept { active: report.experiments, deleted: report.experiments_deleted },
        runs: Runs { active: report.runs, deleted: report.runs_deleted, status: Tally(&report.run_statuses) },
        traces: Traces { total: report.traces, checked: report.traces_checked, status: Tally(&report.trace_statuses) },
        spans: Spans {
            total: report.spans.total,
            traces_in_database: report.spans.traces_in_database,
            traces_in_artifacts: report.spans.traces_in_artifacts,
            traces_without: report.spans.traces_without,
        },
        tokens: Tokens {
            traces_with_total: report.tokens.traces_with_total,
            traces_recomputed: report.tokens.traces_recomputed,
            traces_with_span_usage: report.tokens.traces_with_span_usage,
        },
        findings: report.findings.iter().map(Finding::from).collect(),
        warnings: answer.session.cx.take_warnings().into(),
    };
    json::write(&document, answer.out)
}

fn print_text(report: &CheckReport, answer: &mut Answer<'_>) -> Result<(), Failure> {
    for (label, text) in summary(report) {
        writeln!(answer.out, "{label:<12} {}", words::clean(&text))?;
    }
    writeln!(answer.out)?;
    if report.findings.is_empty() {
        writeln!(answer.out, "Nothing is missing or damaged")?;
    } else {
        writeln!(answer.out, "To know:")?;
    }
    for finding in &report.findings {
        writeln!(answer.out, "- {}", words::clean(&sentence(finding)))?;
        let shown = finding.places.iter().take(PLACES_SHOWN);
        for place in shown.clone() {
            writeln!(answer.out, "    {}", words::clean(place))?;
        }
        let more = finding.count - shown.count() as u64;
        if more > 0 {
            writeln!(answer.out, "    … and {} more", words::count(more))?;
        }
    }
    Ok(())
}

/// Of a finding, so many places are named.
const PLACES_SHOWN: usize = 5;

/// `1 run says RUNNING`, `3 runs: says RUNNING` reads badly, so the noun leads: `3 runs, each:`.
fn sentence(finding: &query::check::Finding) -> String {
    match finding.count {
        1 => format!("1 {} {}", finding.of, finding.what),
        count => format!("{}, each: {}", counted(count, finding.of), finding.what),
    }
}

/// What the store is and holds, line by line.
fn summary(report: &CheckReport) -> Vec<(&'static str, String)> {
    let info = &report.info;
    let mut lines = vec![("Store", info.path.display().to_string())];
    let size = info.size_bytes.map_or(String::new(), |size| format!(", {}", words::bytes(size)));
    let writer = info.written_by.as_deref().map_or(String::new(), |by| format!(", written by {by}"));
    lines.push(("Kind", format!("{}{size}{writer}", info.kind)));
    if let Some(how) = &info.opened_as {
        lines.push(("Opened as", how.clone()));
    }
    for notice in &info.notices {
        lines.push(("Notice", notice.clone()));
    }
    let deleted = |count: u64| if count > 0 { format!(", {} deleted", words::count(count)) } else { String::new() };
    let statuses = |counts: &[(String, u64)]| {
        let words = counts.iter().map(|(word, count)| {
            format!("{} {}", words::count(*count), if word.is_empty() { "without status" } else { word })
        });
        if counts.is_empty() { String::new() } else { format!(" ({})", words.collect::<Vec<_>>().join(", ")) }
    };
    lines.push(("Experiments", words::count(report.experiments) + &deleted(report.experiments_deleted)));
    let runs = words::count(report.runs) + &statuses(&report.run_statuses) + &deleted(report.runs_deleted);
    lines.push(("Runs", runs));
    let checked = if report.traces_checked < report.traces {
        format!(", of which the newest {} were looked at", words::count(report.traces_checked))
    } else {
        String::new()
    };
    lines.push(("Traces", words::count(report.traces) + &statuses(&report.trace_statuses) + &checked));
    let spans = &report.spans;
    let places = [
        (spans.traces_in_database, "in the database only"),
        (spans.traces_in_artifacts, "with an artifact traces.json"),
        (spans.traces_without, "without spans"),
    ];
    let places = places.into_iter().filter(|(count, _)| *count > 0);
    let places = places.map(|(count, place)| format!("{} {place}", counted(count, "trace"))).collect::<Vec<_>>();
    let places = if places.is_empty() { String::new() } else { format!(": {}", places.join(", ")) };
    lines.push(("Spans", words::count(spans.total) + &places));
    if report.traces_checked > 0 {
        let tokens = &report.tokens;
        let stored = format!("{} with a stored total", counted(tokens.traces_with_total, "trace"));
        let read = counted(tokens.traces_recomputed, "trace");
        let usage = format!("usage on spans in {} of {read} read", words::count(tokens.traces_with_span_usage));
        lines.push(("Tokens", format!("{stored}; {usage}")));
    }
    lines
}
