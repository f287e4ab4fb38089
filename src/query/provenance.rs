//! Where an instruction came from: the span that wrote it, and the evaluations that used it.

mod writers;

use std::ops::ControlFlow;

use super::optimization::{Optimization, OptimizationOf};
use super::program::StateOf;
use crate::analysis::provenance::{TextMatch, Writer, WriterKind};
use crate::model::{Program, RunId};
use crate::query::ask::{Question, Session};
use crate::store::Result;

pub use writers::Looked;
pub(super) use writers::writers;

/// Where the instruction of one predictor came from.
#[derive(Clone, Debug, PartialEq)]
pub struct Provenance {
    /// The optimization.
    pub parent: RunId,
    /// The path of the predictor.
    pub path: String,
    /// The instruction.
    pub instruction: String,
    /// Where it came from.
    pub origin: Origin,
    /// The evaluations of programs whose predictor of this path has this instruction, in order.
    pub used_by: Vec<UsedBy>,
    /// How far the search came.
    pub looked: Looked,
}

impl Provenance {
    /// About how many bytes it holds.
    pub fn bytes(&self) -> usize {
        let writer = match &self.origin {
            Origin::Writer(found) => found.writer.bytes(),
            Origin::Program { .. } | Origin::Unknown => 0,
        };
        self.instruction.len() + writer + self.used_by.len() * 120
    }
}

/// Where an instruction came from.
#[derive(Clone, Debug, PartialEq)]
pub enum Origin {
    /// It is the given program's: no proposer wrote it.
    Program {
        /// Not the seed tells it, but a proposer that was given it.
        is_inferred: bool,
    },
    /// A model wrote it.
    Writer(Box<Found>),
    /// It is in no output that was looked at.
    Unknown,
}

/// The span that wrote an instruction.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// The span, and what it was given.
    pub writer: Writer,
    /// How well its output fits.
    pub text_match: TextMatch,
    /// It may be a coincidence: the output holds more or less than the instruction, or it is
    /// not known to be a proposer's, or it was written after the first use.
    pub is_inferred: bool,
}

/// An evaluation that used an instruction.
#[derive(Clone, Debug, PartialEq)]
pub struct UsedBy {
    /// Its run.
    pub run_id: RunId,
    /// Its name.
    pub name: String,
    /// Its score, if it has one.
    pub score: Option<f64>,
}

/// Where the instruction of a predictor came from, in an optimization and one of its
/// evaluations (or the optimization itself, for its best program). `None` if the store does not
/// have the runs, or the program has no instruction at this path.
///
/// # Errors
/// Those of the store.
pub fn provenance(
    session: &mut Session<'_>,
    parent: &RunId,
    evaluation: &RunId,
    path: &str,
) -> Result<Option<Provenance>> {
    let found = session.ask(&OptimizationOf(parent.clone()))?;
    let Some(found) = found.as_ref() else { return Ok(None) };
    let own = found.evaluations.iter().position(|one| one.run_id == *evaluation);
    let program = match own.and_then(|at| found.programs[at].clone()) {
        Some(program) => Some(program),
        None => (*session.ask(&StateOf { run: evaluation.clone(), best: false })?).clone(),
    };
    let Some(instruction) = program.as_ref().and_then(|program| instruction_at(program, path)) else { return Ok(None) };
    let wanted = [(path, instruction)];
    Ok(provenances(session, found, &wanted)?.pop())
}

/// The same of several instructions with their paths, in their order: traces are read once.
pub(super) fn provenances(
    session: &mut Session<'_>,
    found: &Optimization,
    wanted: &[(&str, &str)],
) -> Result<Vec<Provenance>> {
    let mut searches: Vec<Search> = wanted.iter().map(|(path, text)| Search::new(found, path, text)).collect();
    let mut looked = Looked { complete: true, ..Looked::default() };
    if searches.iter().any(|search| !search.is_sure()) {
        looked = writers(session, &found.run.id, &mut |writer| {
            searches.iter_mut().filter(|search| !search.is_sure()).for_each(|search| search.see(writer));
            if searches.iter().all(Search::is_sure) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })?;
    }
    Ok(searches.into_iter().map(|search| search.end(looked)).collect())
}

/// The instruction of the predictor at a path.
pub(super) fn instruction_at<'a>(program: &'a Program, path: &str) -> Option<&'a str> {
    program.predictors.iter().find(|one| one.path == path)?.instructions.as_deref()
}

/// Looks for the writer of one instruction.
struct Search {
    parent: RunId,
    path: String,
    instruction: String,
    used_by: Vec<UsedBy>,
    /// When it was first used, nanoseconds since the epoch.
    first_use_ns: Option<i64>,
    is_seed: bool,
    was_given: bool,
    best: Option<(Rank, Found)>,
}

/// Before or after the first use, how well it fits, what kind it is: the lowest is taken.
type Rank = (bool, TextMatch, WriterKind);

impl Search {
    fn new(found: &Optimization, path: &str, instruction: &str) -> Self {
        let is_same =
            |program: &Program| instruction_at(program, path).is_some_and(|text| text.trim() == instruction.trim());
        let users: Vec<usize> =
            (0..found.programs.len()).filter(|at| found.programs[*at].as_ref().is_some_and(is_same)).collect();
        let seed = found.seed.as_ref().and_then(|seed| seed.run_ids.first());
        let first_use_ms = users.iter().filter_map(|at| found.evaluations[*at].start_time_ms).min();
        Self {
            parent: found.run.id.clone(),
            path: path.to_owned(),
            instruction: instruction.to_owned(),
            is_seed: users.iter().any(|at| Some(&found.evaluations[*at].run_id) == seed),
            used_by: users
                .iter()
                .map(|at| {
                    let one = &found.evaluations[*at];
                    UsedBy { run_id: one.run_id.clone(), name: one.name.clone(), score: one.score }
                })
                .collect(),
            // To the end of the millisecond that MLflow noted.
            first_use_ns: first_use_ms.and_then(|ms| ms.checked_add(1)?.checked_mul(1_000_000)),
            was_given: false,
            best: None,
        }
    }

    /// Whether nothing better can come; writers come the oldest first.
    fn is_sure(&self) -> bool {
        self.is_seed
            || self.best.as_ref().is_some_and(|(rank, found)| {
                !found.is_inferred && matches!(rank.2, WriterKind::Proposer | WriterKind::ReflectionPrompt)
            })
    }

    fn see(&mut self, writer: &Writer) {
        let is_given = |text: &str| text.trim() == self.instruction.trim();
        self.was_given |= writer.given_instruction().is_some_and(is_given);
        let Some(text_match) = writer.wrote(&self.instruction) else { return };
        let is_late = self.first_use_ns.is_some_and(|first| writer.start_ns > first);
        let rank = (is_late, text_match, writer.kind);
        if self.best.as_ref().is_none_or(|(best, _)| rank < *best) {
            let is_inferred = is_late || writer.is_inferred(text_match);
            self.best = Some((rank, Found { writer: writer.clone(), text_match, is_inferred }));
        }
    }

    fn end(self, looked: Looked) -> Provenance {
        let origin = match self.best {
            _ if self.is_seed => Origin::Program { is_inferred: false },
            Some((_, found)) if !(found.is_inferred && self.was_given) => Origin::Writer(Box::new(found)),
            _ if self.was_given => Origin::Program { is_inferred: true },
            _ => Origin::Unknown,
        };
        let looked = if self.is_seed { Looked { complete: true, ..Looked::default() } } else { looked };
        Provenance {
            parent: self.parent,
            path: self.path,
            instruction: self.instruction,
            origin,
            used_by: self.used_by,
            looked,
        }
    }
}

/// Where the instruction at a path came from; `None` inside if there is no such instruction.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ProvenanceOf {
    /// The optimization.
    pub parent: RunId,
    /// One of its evaluations.
    pub evaluation: RunId,
    /// The path of the predictor.
    pub path: String,
}

impl Question for ProvenanceOf {
    type Answer = Option<Provenance>;
    const LABEL: &'static str = "origin of an instruction";

    fn answer(&self, session: &mut Session<'_>) -> Result<Self::Answer> {
        provenance(session, &self.parent, &self.evaluation, &self.path)
    }

    fn bytes(answer: &Self::Answer) -> usize {
        answer.as_ref().map_or(0, Provenance::bytes)
    }
}
