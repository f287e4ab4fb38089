//! `dspyglass doctor`

use serde::Serialize;

use super::Answer;
use crate::analysis::doctor::{Evidence, Finding, Rule, Severity, Target};
use crate::cli::args::DoctorArgs;
use crate::cli::failure::Failure;
use crate::cli::json::{self, Warnings};
use crate::cli::style::Color;
use crate::cli::words;
use crate::query::{Diagnosis, DoctorOf};

#[derive(Serialize)]
struct Document<'a> {
    findings: Vec<FindingJson<'a>>,
    not_judged: Vec<NotJudgedJson<'a>>,
    rules: usize,
    traces: TracesJson,
    #[serde(skip_serializing_if = "Warnings::is_empty")]
    warnings: Warnings,
}

#[derive(Serialize)]
struct FindingJson<'a> {
    rule: &'static str,
    severity: &'static str,
    text: &'a str,
    advice: &'a str,
    /// When the rule fires.
    fires: &'static str,
    evidence: Vec<EvidenceJson<'a>>,
}

#[derive(Serialize)]
struct EvidenceJson<'a> {
    run_id: &'a str,
    trace_id: Option<&'a str>,
    artifact: Option<&'static str>,
    /// Places in the examples of `scores`.
    examples: Option<&'a [u32]>,
    what: &'a str,
}

#[derive(Serialize)]
struct NotJudgedJson<'a> {
    rule: &'static str,
    why: &'a str,
}

#[derive(Serialize)]
struct TracesJson {
    looked: usize,
    of: usize,
}

pub(super) fn answer(args: &DoctorArgs, answer: &mut Answer<'_>) -> Result<(), Failure> {
    let run = answer.run(&args.parent)?;
    let found = answer.session.ask(&DoctorOf(run.id.clone()))?;
    let Some(found) = found.as_ref() else { return Err(answer.absent("run", &args.parent)) };
    if answer.is_json { print_json(found, answer) } else { print(found, answer) }
}

fn print_json(found: &Diagnosis, answer: &mut Answer<'_>) -> Result<(), Failure> {
    let (looked, of) = found.traces;
    let document = Document {
        findings: found.findings.iter().map(finding).collect(),
        not_judged: found.not_judged.iter().map(|(rule, why)| NotJudgedJson { rule: rule.as_str(), why }).collect(),
        rules: Rule::ALL.len(),
        traces: TracesJson { looked, of },
        warnings: answer.session.cx.take_warnings().into(),
    };
    json::write(&document, answer.out)
}

fn finding(one: &Finding) -> FindingJson<'_> {
    FindingJson {
        rule: one.rule.as_str(),
        severity: one.severity.as_str(),
        text: &one.text,
        advice: &one.advice,
        fires: one.rule.sentence(),
        evidence: one.evidence.iter().map(evidence).collect(),
    }
}

fn evidence(one: &Evidence) -> EvidenceJson<'_> {
    let (trace_id, artifact, examples) = match &one.target {
        Target::Trace(_, trace) => (Some(trace.as_str()), None, None),
        Target::Artifact(_, path) => (None, Some(*path), None),
        Target::Examples(_, places) => (None, None, Some(&**places)),
        Target::Run(_) | Target::FamilyTree(_) => (None, None, None),
    };
    EvidenceJson { run_id: one.run().as_str(), trace_id, artifact, examples, what: &one.what }
}

fn print(found: &Diagnosis, answer: &mut Answer<'_>) -> Result<(), Failure> {
    for one in &found.findings {
        let (word, color) = match one.severity {
            Severity::Warning => ("warning", Color::Open),
            Severity::Note => ("note", Color::Good),
        };
        let word = if answer.style.has_color && one.severity == Severity::Warning {
            color.paint(word)
        } else {
            word.to_owned()
        };
        writeln!(answer.out, "{word}: {}", words::clean(&one.text))?;
        wrapped(answer, "  ", &words::clean(&one.advice))?;
        wrapped(answer, "  ", &format!("Rule {}: {}", one.rule.as_str(), one.rule.sentence()))?;
        for one in &one.evidence {
            writeln!(answer.out, "  · {}  {}", place(one), words::clean(&one.what))?;
        }
        writeln!(answer.out)?;
    }
    let judged = words::counted(found.judged(), "rule");
    let (looked, of) = found.traces;
    let traces = match (looked, of) {
        (_, 0) => String::new(),
        (looked, of) if looked == of => format!(", {} looked into", words::counted(of, "trace")),
        (looked, of) => {
            format!(", {} of {} looked into in time", words::count(looked as u64), words::counted(of, "trace"))
        }
    };
    match found.findings.len() {
        0 => writeln!(answer.out, "Nothing found: {judged} looked{traces}")?,
        all => {
            let warnings = words::counted(found.warnings(), "warning");
            let notes = words::counted(all - found.warnings(), "note");
            writeln!(answer.out, "{warnings}, {notes}: {judged} looked{traces}")?;
        }
    }
    if !found.not_judged.is_empty() {
        writeln!(answer.out, "Not judged:")?;
        for (rule, why) in &found.not_judged {
            writeln!(answer.out, "  {}: {}", rule.as_str(), words::clean(why))?;
        }
    }
    Ok(())
}

/// Where evidence is, as other commands take it.
fn place(one: &Evidence) -> String {
    let run = one.run();
    match &one.target {
        Target::Run(_) => format!("run {run}"),
        Target::FamilyTree(_) => format!("family-tree {run}"),
        Target::Trace(_, trace) => format!("trace {trace}"),
        Target::Artifact(_, path) => format!("{path} of run {run}"),
        Target::Examples(_, places) if places.is_empty() => format!("scores {run}"),
        Target::Examples(_, places) => {
            const SHOWN: usize = 12;
            let shown: Vec<String> = places.iter().take(SHOWN).map(|place| words::count(u64::from(*place))).collect();
            let more = if places.len() > SHOWN { ", …" } else { "" };
            format!("scores {run}, examples {}{more}", shown.join(", "))
        }
    }
}

/// A text in lines that fit the terminal, each behind a margin.
fn wrapped(answer: &mut Answer<'_>, margin: &str, text: &str) -> Result<(), Failure> {
    let room = answer.style.width.unwrap_or(100).saturating_sub(margin.len()).max(30);
    let mut line = String::new();
    for word in text.split(' ') {
        if !line.is_empty() && words::width(&line) + 1 + words::width(word) > room {
            writeln!(answer.out, "{margin}{line}")?;
            line.clear();
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    Ok(writeln!(answer.out, "{margin}{line}")?)
}
