//! What a trace is about, beside its spans: as keys of its document, and in words.

use serde::Serialize;

use super::Answer;
use crate::cli::failure::Failure;
use crate::cli::json::{known, preview};
use crate::cli::words;
use crate::model::{Json, TraceId};
use crate::query::ask::Session;
use crate::query::trace_json::TraceJson;
use crate::query::{ExpectedBy, ExpectedField, ProgramOfTrace, SessionTurn, SessionTurnOf};
use crate::query::{TraceAnswer, TraceAnswerOf, TraceExample, TraceExampleOf, TraceProgram};
use crate::store::Result;
use std::sync::Arc;

/// Previews are no wider than this; they are the beginning of a value in any case.
const PREVIEW: usize = 100;

/// So many expected fields are told in words.
const FIELDS: usize = 20;

/// What is known beside the spans.
pub(super) struct Beside {
    example: Arc<Option<TraceExample>>,
    answer: Arc<TraceAnswer>,
    turn: Arc<Option<SessionTurn>>,
    program: Arc<Option<TraceProgram>>,
}

/// Asks for it.
pub(super) fn beside(session: &mut Session<'_>, trace: &TraceId) -> Result<Beside> {
    Ok(Beside {
        example: session.ask(&TraceExampleOf(trace.clone()))?,
        answer: session.ask(&TraceAnswerOf(trace.clone()))?,
        turn: session.ask(&SessionTurnOf(trace.clone()))?,
        program: session.ask(&ProgramOfTrace(trace.clone()))?,
    })
}

/// The document of a trace with it.
#[derive(Serialize)]
pub(super) struct WithBeside<'a> {
    #[serde(flatten)]
    trace: TraceJson<'a>,
    example: Option<OneExample<'a>>,
    expected: Vec<OneField<'a>>,
    turn: Option<OneTurn<'a>>,
    program: Option<OneProgram<'a>>,
}

#[derive(Serialize)]
struct OneExample<'a> {
    run_id: &'a str,
    row: usize,
    score: Option<f64>,
    parts: std::collections::BTreeMap<&'a str, f64>,
    source: Option<&'static str>,
    feedback: Vec<OneSaid<'a>>,
    /// Why it cannot be told whether this trace is the one that was scored.
    unsure: Option<String>,
}

#[derive(Serialize)]
struct OneSaid<'a> {
    by: Option<&'a str>,
    text: &'a str,
}

#[derive(Serialize)]
struct OneField<'a> {
    name: &'a str,
    expected: &'a Json,
    answered: Option<&'a Json>,
    /// The field of the answer that it is.
    answered_field: Option<&'a str>,
    same: Option<bool>,
    source: &'static str,
    by: Option<&'a str>,
}

#[derive(Serialize)]
struct OneTurn<'a> {
    session: &'a str,
    /// From 1.
    turn: usize,
    turns: usize,
    previous: Option<&'a str>,
    next: Option<&'a str>,
}

#[derive(Serialize)]
struct OneProgram<'a> {
    run_id: &'a str,
    state_hash: Option<&'a str>,
    name: Option<String>,
    optimization: Option<&'a str>,
    source: &'static str,
    inferred: bool,
    reason: Option<&'a str>,
}

impl<'a> WithBeside<'a> {
    pub(super) fn new(trace: TraceJson<'a>, beside: &'a Beside) -> Self {
        Self {
            trace,
            example: beside.example.as_ref().as_ref().map(OneExample::from),
            expected: beside.answer.expected.iter().map(OneField::from).collect(),
            turn: beside.turn.as_ref().as_ref().map(OneTurn::from),
            program: beside.program.as_ref().as_ref().map(OneProgram::from),
        }
    }
}

impl<'a> From<&'a TraceExample> for OneExample<'a> {
    fn from(one: &'a TraceExample) -> Self {
        let said = |(by, text): &'a (String, String)| OneSaid { by: known(by), text };
        Self {
            run_id: one.of.run.as_str(),
            row: one.row,
            score: one.score.filter(|score| score.is_finite()),
            parts: one.parts.iter().map(|(name, score)| (name.as_str(), *score)).collect(),
            source: one.source.as_str(),
            feedback: one.feedback.iter().map(said).collect(),
            unsure: one.unsure.map(|why| why.to_string()),
        }
    }
}

impl<'a> From<&'a ExpectedField> for OneField<'a> {
    fn from(one: &'a ExpectedField) -> Self {
        Self {
            name: &one.name,
            expected: &one.expected,
            answered: one.answered.as_ref(),
            answered_field: one.answered_as.as_deref(),
            same: one.is_same(),
            by: match &one.by {
                ExpectedBy::Noted(who) => known(who),
                ExpectedBy::Example | ExpectedBy::Data(_) => None,
            },
            source: match &one.by {
                ExpectedBy::Example => "example",
                ExpectedBy::Data(file) => file,
                ExpectedBy::Noted(_) => "assessment",
            },
        }
    }
}

impl<'a> From<&'a SessionTurn> for OneTurn<'a> {
    fn from(one: &'a SessionTurn) -> Self {
        Self {
            session: &one.session,
            turn: one.position + 1,
            turns: one.turns,
            previous: one.previous.as_ref().map(TraceId::as_str),
            next: one.next.as_ref().map(TraceId::as_str),
        }
    }
}

impl<'a> From<&'a TraceProgram> for OneProgram<'a> {
    fn from(one: &'a TraceProgram) -> Self {
        Self {
            run_id: one.run.as_str(),
            state_hash: one.state_hash.as_deref(),
            name: one.named.as_ref().map(|named| named.name.to_string()),
            optimization: one.named.as_ref().map(|named| named.optimization.as_str()),
            source: one.source.as_str(),
            inferred: one.inferred.is_some(),
            reason: one.inferred.as_deref(),
        }
    }
}

/// Prints it, a line each, and an empty line if there was anything.
pub(super) fn print(beside: &Beside, answer: &mut Answer<'_>) -> std::result::Result<(), Failure> {
    let lines = lines(beside);
    for line in &lines {
        writeln!(answer.out, "{line}")?;
    }
    if !lines.is_empty() {
        writeln!(answer.out)?;
    }
    Ok(())
}

fn lines(beside: &Beside) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(one) = beside.example.as_ref() {
        let score = one.score.map_or_else(|| "no score".to_owned(), |score| format!("score {}", words::value(score)));
        let parts = one.parts.iter().map(|(name, score)| format!("{} {}", words::clean(name), words::value(*score)));
        let place = format!("row {} of {}", words::count(one.row as u64 + 1), words::clean(one.of.run.as_str()));
        let unsure = one.unsure.map(|why| format!("not certain: {why}"));
        let said: Vec<String> = std::iter::once(score)
            .chain(parts)
            .chain([words::clean(&one.source.words()), place])
            .chain(unsure)
            .collect();
        lines.push(said.join(" · "));
        let feedback = one.feedback.iter().map(|(by, said)| match by.as_str() {
            "" => format!("    {}", short(said)),
            by => format!("    {}: {}", words::clean(by), short(said)),
        });
        lines.extend(feedback);
    }
    for field in beside.answer.expected.iter().take(FIELDS) {
        lines.extend(field_lines(field));
    }
    let more = beside.answer.expected.len().saturating_sub(FIELDS);
    if more > 0 {
        lines.push(format!("… and {} more expected", words::count(more as u64)));
    }
    if let Some(one) = beside.turn.as_ref() {
        let (turn, turns) = (words::count(one.position as u64 + 1), words::count(one.turns as u64));
        let mut said = vec![format!("turn {turn} of {turns} of session {}", short(&one.session))];
        said.extend(one.previous.as_ref().map(|id| format!("previous {}", words::clean(id.as_str()))));
        said.extend(one.next.as_ref().map(|id| format!("next {}", words::clean(id.as_str()))));
        lines.push(said.join(" · "));
    }
    if let Some(one) = beside.program.as_ref() {
        let name = one.named.as_ref().map(|named| format!("{} of ", named.name.marked())).unwrap_or_default();
        let run = if one.run_name.is_empty() { one.run.as_str() } else { &one.run_name };
        let mut said =
            vec![format!("program {name}{}", words::clean(run)), format!("run {}", words::clean(one.run.as_str()))];
        said.extend(one.inferred.as_ref().map(|why| format!("inferred: {why}")));
        lines.push(said.join(" · "));
    }
    lines
}

/// `expected topic = "rust-crate"`, what was answered below it.
fn field_lines(field: &ExpectedField) -> Vec<String> {
    let by = field.by.words().map(|by| format!(" · {}", short(&by))).unwrap_or_default();
    let mut lines = vec![format!("expected {} = {}{by}", words::clean(&field.name), preview(&field.expected, PREVIEW))];
    lines.push(match (&field.answered, field.is_same()) {
        (Some(_), Some(true)) => "    answered so".to_owned(),
        (Some(answered), _) => format!("    answered {}", preview(answered, PREVIEW)),
        (None, _) => "    nothing answered to it".to_owned(),
    });
    lines
}

fn short(text: &str) -> String {
    preview(&Json::from(text), PREVIEW)
}
