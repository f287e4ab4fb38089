//! Which state of a program a trace ran.

use crate::analysis::optimization::ProgramName;
use crate::model::{Program, ProgramSource, RunId, TraceId};
use crate::query::ask::{Question, Session};
use crate::query::optimization::{Optimization, OptimizationOf};
use crate::query::program::{StateOf, signatures_of_trace};
use crate::query::program_names::{NamedProgram, ProgramOfRun};
use crate::query::runs::RunOf;
use crate::store::Result;

/// A state of a program, as far as it can be told.
#[derive(Clone, Debug, PartialEq)]
pub struct TraceProgram {
    /// The run whose page shows the program.
    pub run: RunId,
    /// What that run is called.
    pub run_name: String,
    /// What its optimization calls the program, if the run is part of one.
    pub named: Option<NamedProgram>,
    /// The beginning of its hash is that of its page; `None` where the state is not known whole.
    pub state_hash: Option<String>,
    /// Where the state was read.
    pub source: ProgramSource,
    /// It is not the program that the run of the trace evaluated, but inferred; and why.
    pub inferred: Option<String>,
}

/// The state of a program that a trace ran: that which its run evaluated. Of a trace that an optimization left in its own
/// run it is the only one of its programs that has the instructions of the trace. `None` inside if it cannot be told.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ProgramOfTrace(pub TraceId);

impl Question for ProgramOfTrace {
    type Answer = Option<TraceProgram>;
    const LABEL: &'static str = "program of a trace";

    fn answer(&self, session: &mut Session<'_>) -> Result<Self::Answer> {
        let Some(head) = session.store.trace(session.cx, &self.0)? else { return Ok(None) };
        let Some(id) = head.row.run_id else { return Ok(None) };
        let run = session.ask(&RunOf(id.clone()))?;
        let Some(run) = run.as_ref() else { return Ok(None) };
        let named = session.ask(&ProgramOfRun(id.clone()))?;
        if let Some(named) = named.as_ref().as_ref().filter(|named| named.is_of_winner) {
            let found = session.ask(&OptimizationOf(named.optimization.clone()))?;
            return match found.as_ref() {
                Some(found) => by_instructions(session, &self.0, found),
                None => Ok(None),
            };
        }
        let Some(program) = state(session, &id)? else { return Ok(None) };
        // The best program of a run is not what ran in it.
        if program.source == ProgramSource::BestModelJson {
            return Ok(None);
        }
        Ok(Some(TraceProgram {
            run: id,
            run_name: run.name.clone(),
            named: named.as_ref().clone(),
            state_hash: program.state_hash.clone().map(|hash| hash.to_string()),
            source: program.source,
            inferred: None,
        }))
    }

    fn bytes(_: &Self::Answer) -> usize {
        400
    }
}

fn state(session: &mut Session<'_>, run: &RunId) -> Result<Option<Program>> {
    match session.ask(&StateOf { run: run.clone(), best: false })?.as_ref() {
        Some(program) => Ok(Some(program.clone())),
        // GEPA's tables may tell it.
        None => crate::query::program::program(session, run, false),
    }
}

/// The only program of an optimization with the instructions that a trace shows.
fn by_instructions(session: &mut Session<'_>, trace: &TraceId, found: &Optimization) -> Result<Option<TraceProgram>> {
    let shown = signatures_of_trace(session, trace)?;
    let mut shown: Vec<String> = shown.into_iter().filter_map(|one| one.instructions).collect();
    shown.retain(|text| !text.trim().is_empty());
    if shown.is_empty() {
        return Ok(None);
    }
    let has_all = |program: &Program| {
        let known: Vec<&str> = program.predictors.iter().filter_map(|one| one.instructions.as_deref()).collect();
        shown.iter().all(|text| known.iter().any(|own| own.trim() == text.trim()))
    };
    let mut fitting: Vec<ProgramName> = Vec::new();
    let mut place = None;
    for (at, program) in found.programs.iter().enumerate() {
        let (Some(program), Some(one)) = (program, found.evaluations.get(at)) else { continue };
        let Some(name) = found.names.of_run(&one.run_id).filter(|_| has_all(program)) else { continue };
        if !fitting.contains(&name) {
            fitting.push(name);
            place = Some((one, program));
        }
    }
    let ([name], Some((one, program))) = (fitting.as_slice(), place) else { return Ok(None) };
    Ok(Some(TraceProgram {
        run: one.run_id.clone(),
        run_name: one.name.clone(),
        named: Some(NamedProgram {
            name: *name,
            optimization: found.run.id.clone(),
            optimization_name: found.run.name.clone(),
            is_of_winner: false,
        }),
        state_hash: program.state_hash.clone().map(|hash| hash.to_string()),
        source: program.source,
        inferred: Some(format!(
            "Of the programs that were evaluated only {name} has the instructions of this trace; its demos were not compared"
        )),
    }))
}
