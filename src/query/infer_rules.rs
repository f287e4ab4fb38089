//! The evaluations of InferRules, which MLflow takes for runs of their own.
//!
//! InferRules compiles a BootstrapFewShot first, and only that leaves a run of the optimization
//! (DSPy 2.6 – 3.4). For each candidate it then induces rules, in traces of no run, puts them
//! behind the instructions and evaluates that: a run `eval` without a parent.

use crate::model::dspy::keys::INSTRUCTIONS;
use crate::model::dspy::run_names;
use crate::model::{Run, RunId, TraceRow};
use crate::query::ask::Session;
use crate::query::runs::{RelatedRuns, ValuesOf};
use crate::store::{Result, TimeWindow, TraceCondition, TraceQuery};

/// What InferRules writes between the instructions and its rules.
const RULES: &str = "Please adhere to the following rules when making your prediction:";

/// The module that induces them.
const INDUCTION: &str = "RulesInductionProgram.forward";

/// No more candidates are looked at.
const MAX_CANDIDATES: usize = 100;

/// Nor more traces, the newest first.
const MAX_TRACES: usize = 5_000;

/// Why `best_model.json` is not what InferRules gave back.
pub(super) const INTERMEDIATE: &str = "This is the program of the BootstrapFewShot inside InferRules: it puts rules behind the \
     instructions afterwards, and MLflow does not save what it gave back";

/// The places of the evaluations that InferRules made after the BootstrapFewShot that `parent`
/// is, by start; empty if it was none. `runs` are those of the experiment by start, with their
/// inferred parents.
pub(super) fn evaluations(session: &mut Session<'_>, parent: &Run, runs: &[&Run]) -> Result<Vec<usize>> {
    let Some(end) = parent.end_time_ms else { return Ok(Vec::new()) };
    let is_after = |run: &Run| run.parent_id.is_none() && run.id != parent.id && run.start_time_ms >= Some(end);
    let after = (0..runs.len()).filter(|at| is_after(runs[*at]));
    // Whatever comes next and is no evaluation is something else.
    let mut candidates = Vec::new();
    for at in after.take_while(|at| run_names::is_plain(&runs[*at].name)).take(MAX_CANDIDATES) {
        session.cx.check()?;
        if has_rules(session, &runs[at].id)? {
            candidates.push(at);
        }
    }
    let Some(last) = candidates.last().and_then(|at| runs[*at].start_time_ms) else { return Ok(Vec::new()) };
    let mut inductions = inductions(session, parent, (end, last))?;
    inductions.sort_unstable();
    // One that the user made of the result has no induction before it.
    let mut since = end;
    candidates.retain(|at| {
        let Some(start) = runs[*at].start_time_ms else { return false };
        let is_induced = inductions.iter().any(|induced| (since..=start).contains(induced));
        if is_induced {
            since = start;
        }
        is_induced
    });
    Ok(candidates)
}

/// Why the `best_model.json` of a finished run is not what its optimizer gave back; `None` where
/// nothing says so.
pub(super) fn why_intermediate(session: &mut Session<'_>, run: &Run) -> Result<Option<String>> {
    let runs = session.ask(&RelatedRuns { experiment: Some(run.experiment_id.clone()), with_deleted: false })?;
    if runs.iter().any(|other| other.parent_id.as_ref() == Some(&run.id)) {
        return Ok(None);
    }
    let found = evaluations(session, run, &runs.iter().collect::<Vec<_>>())?;
    Ok((!found.is_empty()).then(|| INTERMEDIATE.to_owned()))
}

/// Whether the program that a run evaluated has rules behind its instructions.
fn has_rules(session: &mut Session<'_>, run: &RunId) -> Result<bool> {
    let values = session.ask(&ValuesOf(run.clone()))?;
    let instructions = values.params.iter().filter(|param| param.key.ends_with(INSTRUCTIONS));
    Ok(instructions.into_iter().any(|param| param.value.as_str().contains(RULES)))
}

/// When rules were induced between two moments.
fn inductions(session: &mut Session<'_>, parent: &Run, (from, to): (i64, i64)) -> Result<Vec<i64>> {
    let window = TimeWindow { from_ms: Some(from), until_ms: Some(to) };
    let query = TraceQuery {
        experiment: Some(parent.experiment_id.clone()),
        filter: vec![TraceCondition::Started(window)],
        limit: Some(MAX_TRACES),
        ..TraceQuery::default()
    };
    let index = session.store.trace_index(session.cx, &query)?;
    let mut found = Vec::new();
    for chunk in index.handles.chunks(500) {
        session.cx.check()?;
        let rows = session.store.trace_rows(session.cx, chunk)?;
        let is_it = |row: &&TraceRow| row.run_id.is_none() && row.name.starts_with(INDUCTION);
        found.extend(rows.iter().filter(is_it).map(|row| row.start_time_ms));
    }
    Ok(found)
}
