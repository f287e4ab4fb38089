//! GEPA's family tree: who was bred from whom, what was proposed and what became of it.

mod inferred;
mod names;

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::sync::Arc;

use super::optimization::{Optimization, OptimizationOf};
use super::program::{gepa_candidates, gepa_table};
use super::provenance::{Looked, writers};
use super::result_table::result_table;
use crate::analysis::family_tree::{FamilyCandidate, FamilyProposal, add_front, proposals_of};
use crate::analysis::gepa_evaluations::has_instructions;
use crate::analysis::optimization::{Optimizer, ProgramNames};
use crate::analysis::provenance::{TextMatch, Writer, WriterKind};
use crate::model::dspy::artifacts::{CANDIDATES, PROPOSALS, VALSET_FRONT};
use crate::model::{Program, ResultRow, RunId};
use crate::query::ask::{Question, Session};
use crate::query::runs::ValuesOf;
use crate::store::{Part, ReadCx, Result};

pub use names::called;

/// Where a family tree was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FamilyTreeSource {
    /// GEPA's own tables, which it writes with `use_mlflow=True`.
    Tables,
    /// What the proposer was given and wrote, and what was evaluated.
    Inferred,
}

/// GEPA's family tree.
#[derive(Clone, Debug, PartialEq)]
pub struct FamilyTree {
    /// The optimization.
    pub parent: RunId,
    /// Where it was read.
    pub source: FamilyTreeSource,
    /// The candidates in the order of their numbers, the seed first.
    pub candidates: Vec<FamilyCandidate>,
    /// What the programs of the optimization are called.
    pub names: Arc<ProgramNames>,
    /// The proposals in order.
    pub proposals: Vec<FamilyProposal>,
    /// How far the search for the proposers' spans came.
    pub looked: Looked,
}

impl FamilyTree {
    /// About how many bytes it holds.
    pub fn bytes(&self) -> usize {
        let proposal = |one: &FamilyProposal| {
            let texts = one.texts.iter().map(|(_, text)| 80 + text.len()).sum::<usize>();
            200 + texts + one.writers.iter().flatten().map(|writer| writer.bytes()).sum::<usize>()
        };
        self.candidates.iter().map(bytes_of).sum::<usize>() + self.proposals.iter().map(proposal).sum::<usize>()
    }
}

/// About how many bytes a candidate holds.
fn bytes_of(one: &FamilyCandidate) -> usize {
    let texts = one.instructions.iter().map(|(_, text)| 80 + text.len()).sum::<usize>();
    200 + texts + (one.scores.len() + one.front.len()) * 40
}

/// The family tree of an optimization; `None` if it is not GEPA's or the store does not have it.
///
/// # Errors
/// Those of the store; a table that cannot be read is a warning.
pub fn family_tree(session: &mut Session<'_>, parent: &RunId) -> Result<Option<FamilyTree>> {
    let found = session.ask(&OptimizationOf(parent.clone()))?;
    let Some(found) = found.as_ref() else { return Ok(None) };
    let proposals = gepa_table(session, parent, PROPOSALS)?;
    let is_told = proposals.is_some() || gepa_table(session, parent, CANDIDATES)?.is_some();
    if !is_told && found.optimizer.name != Some(Optimizer::Gepa) {
        return Ok(None);
    }
    let mut spans = Vec::new();
    let mut looked = writers(session, parent, &mut |writer| {
        if matches!(writer.kind, WriterKind::Proposer | WriterKind::CallOfProposer | WriterKind::ReflectionPrompt) {
            spans.push(Arc::clone(writer));
        }
        ControlFlow::Continue(())
    })?;
    if !is_told {
        let (candidates, proposals) = inferred::family_tree(found, spans);
        let source = FamilyTreeSource::Inferred;
        let names = Arc::clone(&found.names);
        return Ok(Some(FamilyTree { parent: parent.clone(), source, candidates, names, proposals, looked }));
    }
    let mut candidates = (*session.ask(&CandidatesOf(parent.clone()))?).clone();
    let mut proposals = proposals.as_ref().map(proposals_of).unwrap_or_default();
    if let Some(front) = gepa_table(session, parent, VALSET_FRONT)? {
        add_front(&front, &mut candidates);
    }
    add_scores_of_seed(session, &mut candidates)?;
    looked.complete &= give_writers(session.cx, &mut proposals, &spans)?;
    let (source, names) = (FamilyTreeSource::Tables, Arc::clone(&found.names));
    Ok(Some(FamilyTree { parent: parent.clone(), source, candidates, names, proposals, looked }))
}

/// GEPA's candidates with their parents and evaluations, and nothing of what was proposed: where GEPA wrote tables, no
/// trace is read for them. Empty if it is not GEPA's.
pub(super) fn family(session: &mut Session<'_>, found: &Optimization) -> Result<Vec<FamilyCandidate>> {
    let parent = &found.run.id;
    if gepa_table(session, parent, CANDIDATES)?.is_none() {
        let told = session.ask(&FamilyTreeOf(parent.clone()))?;
        return Ok(told.as_ref().as_ref().map(|told| told.candidates.clone()).unwrap_or_default());
    }
    Ok((*session.ask(&CandidatesOf(parent.clone()))?).clone())
}

/// The candidates that GEPA's tables name, with their parents, scores and evaluations, the seed first; empty if the
/// store has no such run.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct CandidatesOf(RunId);

impl Question for CandidatesOf {
    type Answer = Vec<FamilyCandidate>;
    const LABEL: &'static str = "GEPA's candidates";

    fn answer(&self, session: &mut Session<'_>) -> Result<Self::Answer> {
        let found = session.ask(&OptimizationOf(self.0.clone()))?;
        let Some(found) = found.as_ref() else { return Ok(Vec::new()) };
        let values = session.ask(&ValuesOf(self.0.clone()))?;
        let mut candidates = gepa_candidates(session, &self.0, &values, first_program(found))?;
        let users = Users::new(found);
        for candidate in &mut candidates {
            session.cx.check()?;
            candidate.run_ids = users.of(candidate);
        }
        Ok(candidates)
    }

    fn bytes(answer: &Self::Answer) -> usize {
        answer.iter().map(bytes_of).sum()
    }
}

/// GEPA's family tree under a parent run; `None` inside if it is not GEPA's.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FamilyTreeOf(pub RunId);

impl Question for FamilyTreeOf {
    type Answer = Option<Arc<FamilyTree>>;
    const LABEL: &'static str = "family tree";

    fn answer(&self, session: &mut Session<'_>) -> Result<Self::Answer> {
        Ok(family_tree(session, &self.0)?.map(Arc::new))
    }

    fn bytes(answer: &Self::Answer) -> usize {
        answer.as_ref().map_or(0, |told| told.bytes())
    }
}

/// The program that was evaluated first, if it is the one that GEPA was given.
fn first_program(found: &Optimization) -> Option<&Program> {
    let run = found.seed.as_ref()?.run_ids.first()?;
    let at = found.evaluations.iter().position(|one| one.run_id == *run)?;
    found.programs[at].as_ref()
}

/// The scores of the seed, which GEPA's table lacks, from the table of results of its
/// evaluation: its rows are the validation examples in order, as the ids of the others are.
fn add_scores_of_seed(session: &mut Session<'_>, candidates: &mut [FamilyCandidate]) -> Result<()> {
    let Some((seed, others)) = candidates.split_first_mut() else { return Ok(()) };
    let Some(other) = others.iter().find(|one| !one.scores.is_empty()) else { return Ok(()) };
    let is_in_order = other.scores.iter().enumerate().all(|(at, (id, _))| *id == at.to_string());
    if !seed.scores.is_empty() || !is_in_order {
        return Ok(());
    }
    for run in &seed.run_ids {
        let Some(table) = result_table(session, run)? else { continue };
        if table.rows.len() == other.scores.len() {
            let score = |(at, row): (usize, &ResultRow)| Some((at.to_string(), row.score?));
            seed.scores = table.rows.iter().enumerate().filter_map(score).collect();
            return Ok(());
        }
    }
    Ok(())
}

/// The evaluations by the instructions of their programs.
struct Users<'f> {
    found: &'f Optimization,
    by_text: HashMap<&'f str, Vec<usize>>,
}

impl<'f> Users<'f> {
    fn new(found: &'f Optimization) -> Self {
        let mut by_text: HashMap<&str, Vec<usize>> = HashMap::new();
        for (at, program) in found.programs.iter().enumerate() {
            for text in
                program.iter().flat_map(|program| &program.predictors).filter_map(|one| one.instructions.as_ref())
            {
                let places = by_text.entry(text.trim()).or_default();
                if places.last() != Some(&at) {
                    places.push(at);
                }
            }
        }
        Self { found, by_text }
    }

    /// Those whose programs have all of a candidate's instructions.
    fn of(&self, candidate: &FamilyCandidate) -> Vec<RunId> {
        let places = candidate.instructions.first().and_then(|(_, text)| self.by_text.get(text.trim()));
        // Texts of params may be the beginnings of others.
        let of_params = || {
            let is_cut = |at: &usize| self.found.programs[*at].as_ref().is_some_and(|one| one.source.is_params());
            (0..self.found.programs.len()).filter(is_cut).collect()
        };
        let places = places.cloned().unwrap_or_else(of_params).into_iter();
        let has_all = |program: &Program| has_instructions(program, candidate);
        let users = places.filter(|at| self.found.programs[*at].as_ref().is_some_and(has_all));
        users.map(|at| self.found.evaluations[at].run_id.clone()).collect()
    }
}

/// Finds the span that wrote each text; where one was proposed several times, each span is
/// taken once, in their order. Says whether it came to the end in time.
fn give_writers(cx: &ReadCx, proposals: &mut [FamilyProposal], spans: &[Arc<Writer>]) -> Result<bool> {
    let mut is_taken = vec![false; spans.len()];
    let mut known: HashMap<String, Vec<usize>> = HashMap::new();
    let time = cx.begin(Part::WritersByProposal);
    for proposal in proposals {
        cx.check()?;
        if time.is_spent() {
            return Ok(false);
        }
        for (at, (_, text)) in proposal.texts.iter().enumerate() {
            let places = known.entry(text.clone()).or_insert_with(|| {
                let fits = |place: &usize| spans[*place].wrote(text) == Some(TextMatch::Whole);
                let mut places: Vec<usize> = (0..spans.len()).filter(fits).collect();
                places.sort_by_key(|place| (spans[*place].kind, *place));
                places
            });
            let Some(place) = places.iter().find(|place| !is_taken[**place]).or(places.first()) else { continue };
            is_taken[*place] = true;
            proposal.writers[at] = Some(Arc::clone(&spans[*place]));
        }
    }
    Ok(true)
}
