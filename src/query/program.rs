//! What a run's program is.

mod gepa;
mod missing;
mod read;
mod traces;

use crate::analysis::program_state::{describe_fields, from_params};
use crate::model::{Program, ProgramSource, RunId, RunStatus};
use crate::query::ask::{Question, Session};
use crate::query::runs::{RunOf, ValuesOf};
use crate::store::Result;

pub(super) use gepa::{
    GepaEvaluation, add_programs as add_gepa_programs, candidates as gepa_candidates, evaluation as gepa_evaluation,
    table as gepa_table,
};
pub(super) use read::{NO_JSON, Read, UnmaskedFile, read_json, state};
pub(super) use traces::of_trace as signatures_of_trace;

/// The program of a run, with names, types and directions of its fields as far as they are
/// known: from `model.json`, else `best_model.json`, else its params, else what GEPA's tables
/// tell of it; with `best` from `best_model.json` alone. `None` if the store does not have the run or the run has no program.
///
/// # Errors
/// Those of the store; a file that cannot be read is a warning.
pub fn program(session: &mut Session<'_>, run: &RunId, best: bool) -> Result<Option<Program>> {
    let stored = session.ask(&RunOf(run.clone()))?;
    let Some(stored) = stored.as_ref() else { return Ok(None) };
    let Some(mut program) = state_of(session, run, best)? else {
        return if best { Ok(None) } else { gepa::program(session, stored) };
    };
    let seen = traces::signatures(session, stored, &program)?;
    describe_fields(&mut program, &seen);
    program.missing = missing::missing(session, run, &program)?;
    if program.source == ProgramSource::BestModelJson && program.stale.is_none() {
        program.stale = super::infer_rules::why_intermediate(session, stored)?;
    }
    Ok(Some(program))
}

/// As [`program`], without reading any trace or GEPA's tables: names of fields are guesses then, and their types
/// and directions are mostly unknown. For many programs at once.
///
/// # Errors
/// As [`program`].
pub fn program_state(session: &mut Session<'_>, run: &RunId, best: bool) -> Result<Option<Program>> {
    Ok((*session.ask(&StateOf { run: run.clone(), best })?).clone())
}

/// The program of a run without facts from traces; `None` inside if it has none.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct StateOf {
    /// The run.
    pub run: RunId,
    /// Only its `best_model.json`.
    pub best: bool,
}

impl Question for StateOf {
    type Answer = Option<Program>;
    const LABEL: &'static str = "program";

    fn answer(&self, session: &mut Session<'_>) -> Result<Self::Answer> {
        let Some(mut program) = state_of(session, &self.run, self.best)? else { return Ok(None) };
        describe_fields(&mut program, &[]);
        Ok(Some(program))
    }

    fn bytes(answer: &Self::Answer) -> usize {
        answer.as_ref().map_or(0, Program::bytes)
    }
}

fn state_of(session: &mut Session<'_>, run: &RunId, best: bool) -> Result<Option<Program>> {
    let mut is_model_broken = false;
    if !best {
        match read::state(session, run, ProgramSource::ModelJson)? {
            Read::Good(program) => return Ok(Some(program)),
            Read::Broken => is_model_broken = true,
            Read::Absent => {}
        }
    }
    // Where a run has a program of its own, the best one of something nested is not it.
    if !is_model_broken && let Read::Good(mut program) = read::state(session, run, ProgramSource::BestModelJson)? {
        let stored = session.ask(&RunOf(run.clone()))?;
        program.stale = stored.as_ref().as_ref().and_then(|run| stale(&run.status));
        return Ok(Some(program));
    }
    if best {
        return Ok(None);
    }
    let values = session.ask(&ValuesOf(run.clone()))?;
    let Some(parsed) = from_params(&values.params) else { return Ok(None) };
    if !is_model_broken {
        read::warn_of_absence(session, run)?;
    }
    for problem in parsed.problems {
        session.cx.warn(format!("run {run}, params"), problem);
    }
    Ok(Some(parsed.program))
}

/// Why the best program of a run in this state may not be its best.
fn stale(status: &RunStatus) -> Option<String> {
    let word = match status {
        RunStatus::Finished => return None,
        RunStatus::Other(word) if word.is_empty() => "without a status",
        other => other.as_str(),
    };
    Some(format!(
        "The run is {word}, not FINISHED: compiles inside the optimization overwrite best_model.json, so this may not be its best program"
    ))
}
