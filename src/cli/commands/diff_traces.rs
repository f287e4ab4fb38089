//! `dspyglass diff-traces`

use serde::Serialize;

use super::diff::Pieces;
use super::diff_traces_compared::{Compared, compare};
use super::{Answer, diff_traces_text, several};
use crate::analysis::span_difference::PartDiff;
use crate::analysis::trace_alignment::{AlignedRow, RowChange};
use crate::cli::args::DiffTracesArgs;
use crate::cli::failure::Failure;
use crate::cli::json::{self, Usage, Warnings};
use crate::model::TraceId;
use crate::query::trace_alignment::{AlignedTraces, PartPlace};
use crate::query::{self, Found};

pub(super) fn answer(args: &DiffTracesArgs, answer: &mut Answer<'_>) -> Result<(), Failure> {
    let first = trace(&args.first, answer)?;
    let mut compared = Vec::with_capacity(args.others.len());
    for other in &args.others {
        let other = trace(other, answer)?;
        compared.push(compare([first.clone(), other], args.full, answer)?);
    }
    match answer.is_json {
        true => print(&compared, answer),
        false => diff_traces_text::print(&compared, args.full, answer),
    }
}

fn trace(id: &str, answer: &mut Answer<'_>) -> Result<TraceId, Failure> {
    match query::find_trace(&mut answer.session, id)? {
        Found::One(id) => Ok(id),
        Found::Several(ids) => Err(several("traces", id, &ids)),
        Found::Nothing => Err(answer.absent("trace", id)),
    }
}

#[derive(Serialize)]
struct Document<'a> {
    traces: Vec<OneTrace<'a>>,
    comparisons: Vec<OneComparison<'a>>,
    #[serde(skip_serializing_if = "Warnings::is_empty")]
    warnings: Warnings,
}

#[derive(Serialize)]
struct OneTrace<'a> {
    id: &'a str,
    name: &'a str,
    status: Option<&'a str>,
    duration_ms: Option<i64>,
    tokens: Option<Usage>,
    spans: usize,
}

#[derive(Serialize)]
struct OneComparison<'a> {
    a: &'a str,
    b: &'a str,
    same: bool,
    counts: Counts,
    first: Option<First<'a>>,
    rows: Vec<OneRow<'a>>,
}

#[derive(Serialize)]
struct Counts {
    same: usize,
    changed: usize,
    only_a: usize,
    only_b: usize,
}

#[derive(Serialize)]
struct First<'a> {
    row: usize,
    parts: Vec<OnePart<'a>>,
}

#[derive(Serialize)]
struct OneRow<'a> {
    depth: u32,
    change: &'static str,
    differs: Vec<&'static str>,
    a: Option<OneSpan<'a>>,
    b: Option<OneSpan<'a>>,
    duration_difference_ns: Option<i64>,
    parts: Option<Vec<OnePart<'a>>>,
}

#[derive(Serialize)]
struct OneSpan<'a> {
    span_id: &'a str,
    name: &'a str,
    #[serde(rename = "type")]
    kind: &'a str,
    status: Option<&'a str>,
    duration_ns: Option<i64>,
    tokens: Option<Usage>,
    model: Option<&'a str>,
}

#[derive(Serialize)]
struct OnePart<'a> {
    place: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    number: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<&'a str>,
    kind: Option<&'static str>,
    name: &'a str,
    change: &'static str,
    text: Pieces<'a>,
    complete: bool,
}

impl<'a> OnePart<'a> {
    fn new(part: &'a PartDiff) -> Self {
        let (place, number, role) = match &part.place {
            PartPlace::System => ("system", None, None),
            PartPlace::Demo(number) => ("demo", Some(*number), None),
            PartPlace::Turn(number, role) => ("turn", Some(*number), Some(&**role)),
            PartPlace::Request => ("request", None, None),
            PartPlace::Message(role) => ("message", None, Some(&**role)),
            PartPlace::Tools => ("tools", None, None),
            PartPlace::Answer(number) => ("answer", Some(*number), None),
            PartPlace::Inputs => ("inputs", None, None),
            PartPlace::Outputs => ("outputs", None, None),
            PartPlace::Settings => ("settings", None, None),
            PartPlace::End => ("end", None, None),
        };
        Self {
            place,
            number,
            role,
            kind: part.kind.map(|kind| kind.as_str()),
            name: &part.name,
            change: part.change().as_str(),
            text: Pieces(&part.text),
            complete: part.text.is_complete(),
        }
    }
}

impl<'a> OneRow<'a> {
    fn new(compared: &'a Compared, at: usize, row: &'a AlignedRow) -> Self {
        let (change, differs) = match row.change {
            RowChange::Same => ("same", Vec::new()),
            RowChange::Changed(differs) => ("changed", differs.words().collect()),
            RowChange::OnlyFirst => ("only_a", Vec::new()),
            RowChange::OnlyOther => ("only_b", Vec::new()),
        };
        let aligned = &compared.aligned;
        let parts = compared.parts.get(at).and_then(Option::as_ref).filter(|_| compared.is_full);
        Self {
            depth: row.depth,
            change,
            differs,
            a: span(aligned, row, 0),
            b: span(aligned, row, 1),
            duration_difference_ns: aligned.duration_difference_ns(row),
            parts: parts.map(|parts| parts.iter().map(OnePart::new).collect()),
        }
    }
}

fn span<'a>(aligned: &'a AlignedTraces, row: &AlignedRow, side: usize) -> Option<OneSpan<'a>> {
    let at = row.spans.get(side).copied().flatten()?;
    let span = aligned.tree(side)?.spans.get(at)?;
    Some(OneSpan {
        span_id: &span.id,
        name: &span.name,
        kind: &span.kind,
        status: json::known(&span.status),
        duration_ns: span.duration_ns(),
        tokens: aligned.tokens(row, side).map(Usage::from),
        model: aligned.traces.get(side)?.models.get(at)?.as_deref(),
    })
}

fn print(compared: &[Compared], answer: &mut Answer<'_>) -> Result<(), Failure> {
    let sides = compared.iter().enumerate().flat_map(|(at, one)| {
        let first = (at == 0).then_some((one, 0));
        first.into_iter().chain([(one, 1)])
    });
    let traces = sides.filter_map(|(one, side)| {
        let row = &one.aligned.tree(side)?.head.row;
        Some(OneTrace {
            id: row.id.as_str(),
            name: &row.name,
            status: json::known(&row.status),
            duration_ms: row.duration_ms,
            tokens: one.aligned.traces.get(side)?.total.map(Usage::from),
            spans: one.aligned.tree(side)?.spans.len(),
        })
    });
    let document = Document {
        traces: traces.collect(),
        comparisons: compared.iter().map(OneComparison::new).collect(),
        warnings: answer.session.cx.take_warnings().into(),
    };
    json::write(&document, answer.out)
}

impl<'a> OneComparison<'a> {
    fn new(compared: &'a Compared) -> Self {
        let rows = &compared.aligned.alignment.rows;
        let counts = compared.aligned.counts();
        let parts = |at: usize| compared.parts.get(at).and_then(Option::as_ref);
        let first = compared.aligned.alignment.first;
        Self {
            a: compared.ids[0].as_str(),
            b: compared.ids[1].as_str(),
            same: first.is_none(),
            counts: Counts {
                same: counts.same,
                changed: counts.changed,
                only_a: counts.only_first,
                only_b: counts.only_other,
            },
            first: first.map(|row| First {
                row,
                parts: parts(row).map(|parts| parts.iter().map(OnePart::new).collect()).unwrap_or_default(),
            }),
            rows: rows.iter().enumerate().map(|(at, row)| OneRow::new(compared, at, row)).collect(),
        }
    }
}
