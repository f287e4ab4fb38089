//! Signatures in the traces of a run, of its family and of other runs of the experiment: few
//! traces are read, the newest first, until every field is known.

use crate::analysis::program_state::{
    SeenSignature, SignatureText, fits_all, signature_of_repr, signature_of_text, tells_all,
};
use crate::model::{Json, Program, ProgramSource, Run, RunId, SpanBody, SpanHead, TraceId, TraceRow};
use crate::query::ask::Session;
use crate::query::runs::RelatedRuns;
use crate::store::{Result, TraceQuery};

/// Traces of one run.
const TRACES: usize = 4;

/// Children of an optimization: its own newest traces are often the proposer's.
const CHILDREN: usize = 3;

/// Other runs of the experiment that are looked into.
const OTHERS: usize = 8;

/// And so many are asked whether they have traces at all.
const OTHERS_ASKED: usize = 24;

/// Traces of the experiment of which those are looked into that were recorded in no run.
const RUNLESS: usize = 60;

/// Spans of one trace: an agent of hundreds of steps repeats itself.
const SPANS: usize = 32;

/// The signatures that may be those of `program`: in traces of its own run, then of the parent,
/// whose fields are the same, then of the parent's children; of a best program in those of the
/// run's own children. Where these do not tell, in traces of other runs of the experiment, those
/// nearest in time first, and in such of no run.
pub fn signatures(session: &mut Session<'_>, run: &Run, program: &Program) -> Result<Vec<SeenSignature>> {
    let mut look = Look { program, home: &run.id, seen: Vec::new(), is_elsewhere: false };
    let has_fields = program.predictors.iter().any(|predictor| !predictor.fields.is_empty());
    if !has_fields || look.search_run(session, &run.id)? {
        return Ok(look.seen);
    }
    let is_best = program.source == ProgramSource::BestModelJson;
    let family = session.ask(&RelatedRuns { experiment: Some(run.experiment_id.clone()), with_deleted: true })?;
    let parent = match family.iter().find(|other| other.id == run.id).and_then(|it| it.parent_id.as_ref()) {
        _ if is_best => Some(&run.id),
        Some(parent) if look.search_run(session, parent)? => return Ok(look.seen),
        parent => parent,
    };
    let is_child = |other: &&Run| parent.is_some() && other.parent_id.as_ref() == parent;
    for child in family.iter().rev().filter(is_child).filter(|other| other.id != run.id).take(CHILDREN) {
        if look.search_run(session, &child.id)? {
            return Ok(look.seen);
        }
    }
    if fits_all(program, &look.seen) {
        return Ok(look.seen);
    }
    look.is_elsewhere = true;
    let is_other = |other: &&Run| other.id != run.id && Some(&other.id) != parent && !is_child(other);
    let others: Vec<&Run> = family.iter().filter(is_other).collect();
    // What is wrong with other runs is no matter of this one.
    session.cx.quietly(|| look.search_others(session, run, others))?;
    Ok(look.seen)
}

/// What is looked for, and what was found.
struct Look<'p> {
    program: &'p Program,
    /// The run whose program it is.
    home: &'p RunId,
    seen: Vec<SeenSignature>,
    /// What is looked into is no family.
    is_elsewhere: bool,
}

impl Look<'_> {
    /// Looks through the newest traces of a run; whether everything is known now.
    fn search_run(&mut self, session: &mut Session<'_>, run: &RunId) -> Result<bool> {
        let query = TraceQuery { run: Some(run.clone()), limit: Some(TRACES), ..TraceQuery::default() };
        let index = session.store.trace_index(session.cx, &query)?;
        for row in session.store.trace_rows(session.cx, &index.handles)? {
            self.search_trace(session, &row, Some(run))?;
            if tells_all(self.program, &self.seen) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Looks through other runs of the experiment, those that started nearest to `home` first, and through traces
    /// of no run.
    fn search_others(&mut self, session: &mut Session<'_>, home: &Run, mut others: Vec<&Run>) -> Result<()> {
        let from = |other: &Run| Some(other.start_time_ms?.abs_diff(home.start_time_ms?));
        others.sort_by_key(|other| from(other).unwrap_or(u64::MAX));
        let mut looked = 0;
        for other in others.into_iter().take(OTHERS_ASKED) {
            let before = self.seen.len();
            self.search_run(session, &other.id)?;
            looked += usize::from(self.seen.len() > before);
            if looked == OTHERS || fits_all(self.program, &self.seen) {
                break;
            }
        }
        if !fits_all(self.program, &self.seen) {
            self.search_no_run(session, home)?;
        }
        Ok(())
    }

    /// Looks through the newest traces of the experiment that were recorded in no run.
    fn search_no_run(&mut self, session: &mut Session<'_>, home: &Run) -> Result<()> {
        let experiment = Some(home.experiment_id.clone());
        let query = TraceQuery { experiment, limit: Some(RUNLESS), ..TraceQuery::default() };
        let index = session.store.trace_index(session.cx, &query)?;
        for row in session.store.trace_rows(session.cx, &index.handles)?.into_iter().filter(|row| row.run_id.is_none())
        {
            self.search_trace(session, &row, None)?;
            if fits_all(self.program, &self.seen) {
                break;
            }
        }
        Ok(())
    }

    fn search_trace(&mut self, session: &mut Session<'_>, row: &TraceRow, run: Option<&RunId>) -> Result<()> {
        session.cx.check()?;
        for signature in of_trace(session, &row.id)? {
            let is_known = |one: &SeenSignature| one.signature == signature && one.is_elsewhere == self.is_elsewhere;
            if !self.seen.iter().any(is_known) {
                self.seen.push(SeenSignature {
                    signature,
                    trace: row.id.clone(),
                    run: run.filter(|run| *run != self.home).cloned(),
                    is_elsewhere: self.is_elsewhere,
                });
            }
        }
        Ok(())
    }
}

/// The signatures of the predictors that a trace shows.
pub fn of_trace(session: &mut Session<'_>, trace: &TraceId) -> Result<Vec<SignatureText>> {
    let spans = session.store.spans(session.cx, trace)?;
    let is_format = |span: &&SpanHead| span.name.contains("Adapter.format");
    let found = read(session, trace, spans.iter().filter(is_format), of_format)?;
    // Without an adapter's span (a log level that leaves them out) the names are still told.
    if found.is_empty() {
        let predict = spans.iter().filter(|span| span.name.contains("Predict") || span.name.contains("ChainOfThought"));
        return read(session, trace, predict, of_predict);
    }
    Ok(found)
}

fn read<'a>(
    session: &mut Session<'_>,
    trace: &TraceId,
    spans: impl Iterator<Item = &'a SpanHead>,
    signature: impl Fn(&SpanBody) -> Option<SignatureText>,
) -> Result<Vec<SignatureText>> {
    let mut found = Vec::new();
    for span in spans.take(SPANS) {
        let body = session.store.span_body(session.cx, trace, span.handle)?;
        found.extend(body.as_ref().and_then(&signature).filter(|one| !found.contains(one)));
    }
    Ok(found)
}

fn of_format(body: &SpanBody) -> Option<SignatureText> {
    signature_of_repr(body.inputs.as_ref()?.get("signature")?.as_str()?)
}

fn of_predict(body: &SpanBody) -> Option<SignatureText> {
    let attribute = |key: &str| body.attributes.get(key).and_then(Json::as_str);
    signature_of_text(attribute("extended_signature").or_else(|| attribute("signature"))?)
}
