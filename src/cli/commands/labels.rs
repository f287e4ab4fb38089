//! `dspyglass labels`

use serde::Serialize;

use super::Answer;
use crate::cli::args::LabelsArgs;
use crate::cli::failure::Failure;
use crate::cli::json;
use crate::cli::table::{Side, Table};
use crate::cli::words;
use crate::model::program::Object;
use crate::model::{Judgement, LabelOf};
use crate::query::{Labelled, LabelledOf};

#[derive(Serialize)]
struct Document<'a> {
    labels: Vec<One<'a>>,
    #[serde(skip_serializing_if = "json::Warnings::is_empty")]
    warnings: json::Warnings,
}

#[derive(Serialize)]
struct One<'a> {
    trace_id: Option<&'a str>,
    example: Option<&'a str>,
    label: Option<&'static str>,
    note: Option<&'a str>,
    corrected: Option<&'a Object>,
    time_ms: i64,
    run_id: Option<&'a str>,
    score: Option<json::Real>,
    disagrees: Option<bool>,
    /// Whether the store has the trace; `null` of examples.
    missing: Option<bool>,
}

impl<'a> From<&'a Labelled> for One<'a> {
    fn from(one: &'a Labelled) -> Self {
        let (trace_id, example) = match &one.what {
            LabelOf::Trace(id) => (Some(id.as_str()), None),
            LabelOf::Example(key) => (None, Some(key.as_str())),
        };
        Self {
            trace_id,
            example,
            label: one.label.judgement.map(Judgement::word),
            note: json::known(&one.label.note),
            corrected: one.label.corrected.as_ref(),
            time_ms: one.label.time_ms,
            run_id: one.row.as_ref().and_then(|row| row.run_id.as_ref()).map(|id| id.as_str()),
            score: one.score.map(json::Real),
            disagrees: one.disagrees,
            missing: trace_id.map(|_| one.row.is_none()),
        }
    }
}

pub(super) fn answer(args: &LabelsArgs, answer: &mut Answer<'_>) -> Result<(), Failure> {
    let found = answer.session.ask(&LabelledOf { version: 0 })?;
    let shown: Vec<&Labelled> = found.iter().filter(|one| !args.disagree || one.disagrees == Some(true)).collect();
    if answer.is_json {
        let warnings = answer.session.cx.take_warnings().into();
        return json::write(&Document { labels: shown.into_iter().map(One::from).collect(), warnings }, answer.out);
    }
    if shown.is_empty() {
        let what = if args.disagree { "No label says otherwise than the metric" } else { "No labels" };
        writeln!(answer.out, "{what}")?;
        return Ok(());
    }
    let said = words::time_header("Said", answer.style.is_utc);
    let mut table = Table::new(&[
        (&*said, Side::Left),
        ("Of", Side::Left),
        ("Label", Side::Left),
        ("Score", Side::Right),
        ("Metric", Side::Left),
        ("Corrected", Side::LeftCut),
        ("Note", Side::LeftCut),
    ]);
    for one in &shown {
        let what = match &one.what {
            LabelOf::Trace(id) => id.to_string(),
            LabelOf::Example(key) => format!("example {key}"),
        };
        let metric = match (one.disagrees, one.row.is_some(), &one.what) {
            (Some(true), ..) => "disagrees",
            (Some(false), ..) => "agrees",
            (None, false, LabelOf::Trace(_)) => "trace is not in this store",
            _ => words::UNKNOWN,
        };
        let corrected = one.label.corrected.as_ref().map(|fields| json::preview(&fields.clone().into(), 60));
        table.row(vec![
            words::time(Some(one.label.time_ms), answer.style.is_utc),
            what,
            one.label.judgement.map_or(words::UNKNOWN, Judgement::word).to_owned(),
            one.score.map_or_else(|| words::UNKNOWN.to_owned(), words::value),
            metric.to_owned(),
            corrected.unwrap_or_default(),
            one.label.note.clone(),
        ]);
    }
    table.print(answer.style, answer.out)?;
    let disagreeing = found.iter().filter(|one| one.disagrees == Some(true)).count() as u64;
    let all = words::counted(found.len() as u64, "label");
    writeln!(answer.out, "{all}, {} otherwise than the metric", words::count(disagreeing))?;
    Ok(())
}
