//! Which state of a program a trace ran.

use std::collections::HashSet;

use crate::analysis::optimization::ProgramName;
use crate::model::{Program, ProgramSource, RunId, TraceId};
use crate::query::ask::{Question, Session};
use crate::query::optimization::{Optimization, OptimizationOf};
use crate::query::program::{StateOf, signatures_of_trace};
use crate::query::program_names::{NamedProgram, ProgramOfRun};
use crate::query::runs::RunOf;
use crate::store::Result;
use crate::words;

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
    let names = found.evaluations.iter().map(|one| found.names.of_run(&one.run_id));
    let named: Vec<(Option<ProgramName>, Option<&Program>)> =
        names.zip(&found.programs).map(|(name, program)| (name, program.as_ref())).collect();
    let Some(Only { at, name, unknown }) = only_with(&shown, &named) else { return Ok(None) };
    let (Some(one), Some(Some(program))) = (found.evaluations.get(at), found.programs.get(at)) else { return Ok(None) };
    Ok(Some(TraceProgram {
        run: one.run_id.clone(),
        run_name: one.name.clone(),
        named: Some(NamedProgram {
            name,
            optimization: found.run.id.clone(),
            optimization_name: found.run.name.clone(),
            is_of_winner: false,
        }),
        state_hash: program.state_hash.clone().map(|hash| hash.to_string()),
        source: program.source,
        inferred: Some(reason(name, unknown)),
    }))
}

fn reason(name: ProgramName, unknown: usize) -> String {
    let others = words::counted(unknown, "other program");
    match unknown {
        0 => format!(
            "Of the programs that were evaluated only {name} has the instructions of this trace; its demos were not compared"
        ),
        _ => format!(
            "Of the programs whose instructions are known only {name} has those of this trace; those of {others} are not known, and its demos were not compared"
        ),
    }
}

/// The only program that is known to have some instructions.
#[derive(Debug, PartialEq)]
struct Only {
    /// Its first evaluation that shows them.
    at: usize,
    name: ProgramName,
    /// Of so many others nobody knows whether they have them, too.
    unknown: usize,
}

/// `programs`: by evaluation, with their names; `None` if none is known to have all of `shown`, or several are.
fn only_with(shown: &[String], programs: &[(Option<ProgramName>, Option<&Program>)]) -> Option<Only> {
    let mut found: Option<(usize, ProgramName)> = None;
    // One that is not named is no other evaluation's.
    let (mut told, mut untold) = (HashSet::new(), HashSet::new());
    for (at, (name, program)) in programs.iter().enumerate() {
        let key = name.map_or(Err(at), |name| Ok(name.place));
        let has = program.map_or(Has::Unknown, |program| has_all(program, shown));
        if has == Has::Unknown {
            untold.insert(key);
            continue;
        }
        told.insert(key);
        if let Some(name) = name.filter(|_| has == Has::All) {
            match found {
                Some((_, known)) if known.place != name.place => return None,
                Some(_) => {}
                None => found = Some((at, name)),
            }
        }
    }
    let (at, name) = found?;
    Some(Only { at, name, unknown: untold.difference(&told).count() })
}

/// Whether a program has instructions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Has {
    All,
    NotAll,
    /// What was saved is not all of it, and lacks the instructions of a predictor.
    Unknown,
}

fn has_all(program: &Program, shown: &[String]) -> Has {
    let known: Vec<&str> = program.predictors.iter().filter_map(|one| one.instructions.as_deref()).collect();
    if shown.iter().all(|text| known.iter().any(|own| own.trim() == text.trim())) {
        Has::All
    } else if !program.complete && (known.len() < program.predictors.len() || known.is_empty()) {
        Has::Unknown
    } else {
        Has::NotAll
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::program::Predictor;

    #[test]
    fn of_programs_that_are_not_known_nobody_says_that_they_lack_the_instructions() {
        let program = |instructions: &[Option<&str>]| {
            let predictor =
                |text: &Option<&str>| Predictor { instructions: text.map(str::to_owned), ..Predictor::default() };
            Program {
                source: ProgramSource::Params,
                complete: false,
                stale: None,
                state_hash: None,
                predictors: instructions.iter().map(predictor).collect(),
                metadata: None,
                other: crate::model::program::Object::new(),
                missing: Vec::new(),
            }
        };
        let name = |place: usize| Some(ProgramName { place, is_seed: None, rank: None });
        let shown = ["Be brief.".to_owned()];
        let (brief, long) = (program(&[Some("Be brief. ")]), program(&[Some("Be long.")]));
        let half = program(&[Some("Be long."), None]);
        let told = |programs: &[(Option<ProgramName>, Option<&Program>)]| {
            only_with(&shown, programs).map(|only| (only.at, only.name.place, only.unknown))
        };
        assert_eq!(told(&[(name(0), Some(&long)), (name(1), Some(&brief))]), Some((1, 1, 0)));
        assert_eq!(told(&[(name(0), None), (name(1), Some(&brief)), (None, None)]), Some((1, 1, 2)));
        assert_eq!(told(&[(name(0), Some(&half)), (name(1), Some(&brief))]), Some((1, 1, 1)));
        let whole = Program { complete: true, ..half.clone() };
        assert_eq!(told(&[(name(0), Some(&whole)), (name(1), Some(&brief))]), Some((1, 1, 0)), "it has no signature");
        // Another evaluation of the same program tells it.
        assert_eq!(told(&[(name(0), None), (name(1), Some(&brief)), (name(0), Some(&long))]), Some((1, 1, 0)));
        assert_eq!(told(&[(name(0), Some(&brief)), (name(1), Some(&brief))]), None);
        assert_eq!(told(&[(name(0), Some(&long)), (name(1), None)]), None);
        let one = name(1).expect("a name");
        assert!(reason(one, 0).starts_with("Of the programs that were evaluated only C2 has"));
        let said = reason(one, 2);
        assert!(!said.contains("were evaluated") && said.contains("those of 2 other programs are not known"), "{said}");
    }
}
