//! `dspyglass check`

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use super::Answer;
use super::check_server::{ServerDocument, endpoint_lines, server_lines};
use crate::cli::failure::Failure;
use crate::cli::json::{self, Warnings};
use crate::cli::warnings::place_lines;
use crate::cli::words::{self, counted};
use crate::query::{self, CheckReport};

#[derive(Serialize)]
struct Document<'a> {
    store: StoreDocument<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    server: Option<ServerDocument<'a>>,
    notices: &'a [String],
    experiments: Kept,
    runs: Runs<'a>,
    traces: Traces<'a>,
    spans: Spans,
    tokens: Tokens,
    sessions: Sessions,
    assessments: Option<Kinds<'a>>,
    attachments: Attachments,
    prompts: Option<u64>,
    prompt_versions: Option<u64>,
    datasets: Datasets,
    logged_models: Option<u64>,
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
    schema_of: Option<&'a str>,
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
    total: Option<u64>,
    checked: u64,
    status: Tally<'a>,
}

#[derive(Serialize)]
struct Spans {
    total: u64,
    traces_in_database: u64,
    traces_in_artifacts: u64,
    traces_without: u64,
    /// Whose spans are in a file or an archive that is not here or not read.
    traces_unreadable: u64,
}

#[derive(Serialize)]
struct Tokens {
    traces_with_total: u64,
    traces_recomputed: u64,
    traces_with_span_usage: u64,
}

#[derive(Serialize)]
struct Sessions {
    total: u64,
    ids: u64,
    traces: u64,
}

#[derive(Serialize)]
struct Kinds<'a> {
    total: u64,
    kinds: Tally<'a>,
}

#[derive(Serialize)]
struct Attachments {
    files: u64,
    named: u64,
    missing: u64,
}

#[derive(Serialize)]
struct Datasets {
    evaluation: Option<u64>,
    records: Option<u64>,
    of_runs: Option<u64>,
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
            path: info.location.to_string(),
            kind: info.kind,
            size_bytes: info.size_bytes,
            // Nothing in a store tells who wrote it.
            written_by: None,
            schema_of: info.schema_of.as_deref(),
            opened_as: info.opened_as.as_deref(),
        },
        server: report.server.as_ref().map(ServerDocument::from),
        notices: &info.notices,
        experiments: Kept { active: report.experiments, deleted: report.experiments_deleted },
        runs: Runs { active: report.runs, deleted: report.runs_deleted, status: Tally(&report.run_statuses) },
        traces: Traces { total: report.traces, checked: report.traces_checked, status: Tally(&report.trace_statuses) },
        spans: Spans {
            total: report.spans.total,
            traces_in_database: report.spans.traces_in_database,
            traces_in_artifacts: report.spans.traces_in_artifacts,
            traces_without: report.spans.traces_without,
            traces_unreadable: report.spans.traces_unreadable,
        },
        tokens: Tokens {
            traces_with_total: report.tokens.traces_with_total,
            traces_recomputed: report.tokens.traces_recomputed,
            traces_with_span_usage: report.tokens.traces_with_span_usage,
        },
        sessions: Sessions { total: report.sessions.total, ids: report.sessions.ids, traces: report.sessions.traces },
        assessments: report
            .inventory
            .assessments
            .as_deref()
            .map(|kinds| Kinds { total: sum(kinds), kinds: Tally(kinds) }),
        attachments: Attachments {
            files: report.attachments.files,
            named: report.attachments.named,
            missing: report.attachments.missing,
        },
        prompts: report.inventory.prompts,
        prompt_versions: report.inventory.prompt_versions,
        datasets: Datasets {
            evaluation: report.inventory.evaluation_datasets,
            records: report.inventory.dataset_records,
            of_runs: report.inventory.run_datasets,
        },
        logged_models: report.inventory.logged_models,
        findings: report.findings.iter().map(Finding::from).collect(),
        warnings: answer.session.cx.take_warnings().into(),
    };
    json::write(&document, answer.out)
}

fn print_text(report: &CheckReport, answer: &mut Answer<'_>) -> Result<(), Failure> {
    for (label, text) in summary(report) {
        writeln!(answer.out, "{label:<12} {}", words::clean(&text))?;
    }
    for line in report.server.iter().flat_map(endpoint_lines) {
        writeln!(answer.out, "{}", words::clean(&line))?;
    }
    writeln!(answer.out)?;
    if report.findings.is_empty() {
        writeln!(answer.out, "Nothing is missing or damaged")?;
    } else {
        writeln!(answer.out, "To know:")?;
    }
    for finding in &report.findings {
        writeln!(answer.out, "- {}", words::clean(&sentence(finding)))?;
        for line in place_lines(finding.places.iter().map(String::as_str), finding.count) {
            writeln!(answer.out, "{line}")?;
        }
    }
    Ok(())
}

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
    let mut lines = vec![("Store", info.location.to_string())];
    let size = info.size_bytes.map_or(String::new(), |size| format!(", {}", words::bytes(size)));
    let schema = info.schema_of.as_deref().map_or(String::new(), |schema| format!(", {schema}"));
    lines.push(("Kind", format!("{}{size}{schema}", info.kind)));
    if let Some(how) = &info.opened_as {
        lines.push(("Opened as", how.clone()));
    }
    if let Some(server) = &report.server {
        lines.extend(server_lines(server));
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
    let checked = if report.traces.is_some_and(|traces| report.traces_checked < traces) {
        format!(", of which the newest {} were looked at", words::count(report.traces_checked))
    } else {
        String::new()
    };
    let traces = report.traces.map_or("unknown: the store has no table of them".to_owned(), words::count);
    lines.push(("Traces", traces + &statuses(&report.trace_statuses) + &checked));
    let spans = &report.spans;
    let places = [
        (spans.traces_in_database, "in the database only"),
        (spans.traces_in_artifacts, "with an artifact traces.json"),
        (spans.traces_without, "without spans"),
        (spans.traces_unreadable, "with spans that are not here"),
    ];
    let places = places.into_iter().filter(|(count, _)| *count > 0);
    let places = places.map(|(count, place)| format!("{} {place}", counted(count, "trace"))).collect::<Vec<_>>();
    let places = if places.is_empty() { String::new() } else { format!(": {}", places.join(", ")) };
    let total = match (report.traces, spans.traces_unreadable) {
        (None, _) => words::UNKNOWN.to_owned(),
        (_, 0) => words::count(spans.total),
        (_, _) => format!("{} found", words::count(spans.total)),
    };
    lines.push(("Spans", total + &places));
    if report.traces_checked > 0 {
        let tokens = &report.tokens;
        let stored = format!("{} with a stored total", counted(tokens.traces_with_total, "trace"));
        let read = counted(tokens.traces_recomputed, "trace");
        let usage = match tokens.traces_recomputed {
            0 => "usage on spans unknown: those of no trace could be read".to_owned(),
            _ => format!("usage on spans in {} of {read} read", words::count(tokens.traces_with_span_usage)),
        };
        lines.push(("Tokens", format!("{stored}; {usage}")));
    }
    lines.extend(holdings(report));
    lines
}

/// What else the store holds; nothing of what it has no place for.
fn holdings(report: &CheckReport) -> Vec<(&'static str, String)> {
    let mut lines = Vec::new();
    let sessions = &report.sessions;
    if report.traces.is_some_and(|traces| traces > 0) {
        let on = if sessions.traces > 0 { format!(" on {}", counted(sessions.traces, "trace")) } else { String::new() };
        let parts = if sessions.ids > sessions.total {
            format!(" ({} with their parts)", counted(sessions.ids, "id"))
        } else {
            String::new()
        };
        lines.push(("Sessions", format!("{}{parts}{on}", words::count(sessions.total))));
    }
    let inventory = &report.inventory;
    if let Some(kinds) = &inventory.assessments {
        let told = kinds.iter().map(|(kind, count)| format!("{} {kind}", words::count(*count)));
        let told = told.collect::<Vec<_>>().join(", ");
        let told = if told.is_empty() { told } else { format!(" ({told})") };
        lines.push(("Assessments", words::count(sum(kinds)) + &told));
    }
    let attachments = &report.attachments;
    if attachments.files > 0 || attachments.named > 0 {
        let missing = if attachments.missing > 0 {
            format!(", {} missing", words::count(attachments.missing))
        } else {
            String::new()
        };
        let named = format!("{} named by spans{missing}", words::count(attachments.named));
        lines.push(("Attachments", format!("{}, {named}", counted(attachments.files, "file"))));
    }
    if let Some(prompts) = inventory.prompts {
        let versions = inventory.prompt_versions.filter(|_| prompts > 0);
        let versions = versions.map_or(String::new(), |count| format!(" ({})", counted(count, "version")));
        lines.push(("Prompts", words::count(prompts) + &versions));
    }
    let datasets = [
        inventory.evaluation_datasets.map(|count| {
            let records = inventory.dataset_records.filter(|_| count > 0);
            let records = records.map_or(String::new(), |count| format!(" ({})", counted(count, "record")));
            format!("{} for evaluation{records}", words::count(count))
        }),
        inventory.run_datasets.map(|count| format!("{} given to runs", words::count(count))),
    ];
    let datasets = datasets.into_iter().flatten().collect::<Vec<_>>().join(", ");
    if !datasets.is_empty() {
        lines.push(("Datasets", datasets));
    }
    if let Some(models) = inventory.logged_models {
        lines.push(("Models", format!("{} logged", words::count(models))));
    }
    lines
}

fn sum(counts: &[(String, u64)]) -> u64 {
    counts.iter().map(|(_, count)| count).sum()
}
