//! GEPA's family tree: who was bred from whom, what was proposed and what became of it.

mod inferred;

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::lookup;
use super::optimization::{Optimization, OptimizationOf};
use super::program::{Read, read_json};
use super::provenance::{Looked, instruction_at, writers};
use crate::analysis::lineage::{
    LineageCandidate, LineageProposal, Table, add_front, add_scores, candidates_of, proposals_of,
};
use crate::analysis::provenance::{TextMatch, Writer, WriterKind};
use crate::model::secret::mask_json;
use crate::model::{Json, Program, RunId, RunValues};
use crate::query::ask::{Question, Session};
use crate::query::runs::ValuesOf;
use crate::store::{ReadCx, Result};

/// So long it is looked for which span wrote which proposal: somebody waits.
const SORTING: Duration = Duration::from_secs(5);

/// Where a lineage was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineageSource {
    /// GEPA's own tables, which it writes with `use_mlflow=True`.
    Tables,
    /// What the proposer was given and wrote, and what was evaluated.
    Inferred,
}

/// GEPA's family tree.
#[derive(Clone, Debug, PartialEq)]
pub struct Lineage {
    /// The optimization.
    pub parent: RunId,
    /// Where it was read.
    pub source: LineageSource,
    /// The candidates in the order of their numbers, the seed first.
    pub candidates: Vec<LineageCandidate>,
    /// The proposals in order.
    pub proposals: Vec<LineageProposal>,
    /// How far the search for the proposers' spans came.
    pub looked: Looked,
}

impl Lineage {
    /// About how many bytes it holds.
    pub fn bytes(&self) -> usize {
        let candidate = |one: &LineageCandidate| {
            let texts = one.instructions.iter().map(|(_, text)| 80 + text.len()).sum::<usize>();
            200 + texts + (one.scores.len() + one.front.len()) * 40
        };
        let proposal = |one: &LineageProposal| {
            let texts = one.texts.iter().map(|(_, text)| 80 + text.len()).sum::<usize>();
            200 + texts + one.writers.iter().flatten().map(|writer| writer.bytes()).sum::<usize>()
        };
        self.candidates.iter().map(candidate).sum::<usize>() + self.proposals.iter().map(proposal).sum::<usize>()
    }
}

/// The lineage of an optimization; `None` if it is not GEPA's or the store does not have it.
///
/// # Errors
/// Those of the store; a table that cannot be read is a warning.
pub fn lineage(session: &mut Session<'_>, parent: &RunId) -> Result<Option<Lineage>> {
    let found = session.ask(&OptimizationOf(parent.clone()))?;
    let Some(found) = found.as_ref() else { return Ok(None) };
    let candidates = table(session, parent, "candidates.json")?;
    let proposals = table(session, parent, "proposals.json")?;
    let is_told = candidates.is_some() || proposals.is_some();
    if !is_told && found.optimizer.name != Some("GEPA") {
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
        let (candidates, proposals) = inferred::lineage(found, spans);
        let source = LineageSource::Inferred;
        return Ok(Some(Lineage { parent: parent.clone(), source, candidates, proposals, looked }));
    }
    let values = session.ask(&ValuesOf(parent.clone()))?;
    let mut candidates = candidates.as_ref().and_then(Table::of).map(|it| candidates_of(&it)).unwrap_or_default();
    if candidates.first().is_none_or(|first| first.index != 0) {
        candidates.insert(0, seed(session, found, &values, &candidates)?);
    }
    let mut proposals = proposals.as_ref().and_then(Table::of).map(|it| proposals_of(&it)).unwrap_or_default();
    if let Some(scores) = table(session, parent, "valset_scores.json")?.as_ref().and_then(Table::of) {
        add_scores(&scores, &mut candidates);
    }
    if let Some(front) = table(session, parent, "valset_pareto_front.json")?.as_ref().and_then(Table::of) {
        add_front(&front, &mut candidates);
    }
    let users = Users::new(found);
    for candidate in &mut candidates {
        session.cx.check()?;
        candidate.run_ids = users.of(&candidate.instructions);
    }
    looked.complete &= give_writers(session.cx, &mut proposals, &spans)?;
    Ok(Some(Lineage { parent: parent.clone(), source: LineageSource::Tables, candidates, proposals, looked }))
}

/// GEPA's family tree under a parent run; `None` inside if it is not GEPA's.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FamilyTreeOf(pub RunId);

impl Question for FamilyTreeOf {
    type Answer = Option<Arc<Lineage>>;
    const LABEL: &'static str = "family tree";

    fn answer(&self, session: &mut Session<'_>) -> Result<Self::Answer> {
        Ok(lineage(session, &self.0)?.map(Arc::new))
    }

    fn bytes(answer: &Self::Answer) -> usize {
        answer.as_ref().map_or(0, |told| told.bytes())
    }
}

/// One of GEPA's tables, masked; `None` if it is not there or none.
fn table(session: &mut Session<'_>, run: &RunId, path: &str) -> Result<Option<Json>> {
    let Read::Good(decoded) = read_json(session, run, path)? else { return Ok(None) };
    if Table::of(&decoded.value).is_none() {
        session.cx.warn(format!("run {run}, {path}"), "is no table: it needs the lists `columns` and `data`");
        return Ok(None);
    }
    Ok(Some(mask_json("", decoded.value, session.cx.reveal())))
}

/// Candidate 0, which no table holds: its instructions are params and those of the first
/// evaluation, its score is the first that GEPA noted.
fn seed(
    session: &mut Session<'_>,
    found: &Optimization,
    values: &RunValues,
    others: &[LineageCandidate],
) -> Result<LineageCandidate> {
    let first = found.seed.as_ref().and_then(|seed| {
        let run = seed.run_ids.first()?;
        let at = found.evaluations.iter().position(|one| one.run_id == *run)?;
        found.programs[at].as_ref()
    });
    let components: Vec<&str> = match others.first() {
        Some(other) => other.instructions.iter().map(|(component, _)| &**component).collect(),
        None => values.params.iter().filter_map(|param| param.key.strip_prefix(SEED_PARAM)).collect(),
    };
    let instruction = |component: &str| {
        let of_program = first.and_then(|program| instruction_at(program, path_of(program, component)));
        let of_param = || lookup::param(values, &format!("{SEED_PARAM}{component}")).map(|param| param.value.as_str());
        Some((component.to_owned(), of_program.or_else(of_param)?.to_owned()))
    };
    let instructions = components.into_iter().filter_map(instruction).collect();
    let mut candidate = LineageCandidate { index: 0, instructions, ..LineageCandidate::default() };
    let histories = session.store.metric_history(session.cx, &found.run.id, Some("val_program_average"))?;
    // GEPA scores the seed before its first iteration, which is step 0.
    let first = histories.first().and_then(|series| series.points.iter().find(|point| point.step == 0));
    candidate.score = first.map(|point| point.value).filter(|value| value.is_finite());
    Ok(candidate)
}

/// Where GEPA keeps the instructions that it was given.
const SEED_PARAM: &str = "summary/seed/";

/// GEPA calls a program that is itself a predictor `self`.
fn path_of<'a>(program: &Program, component: &'a str) -> &'a str {
    let has = |path: &str| program.predictors.iter().any(|one| one.path == path);
    if component == "self" && !has("self") && has("") { "" } else { component }
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

    /// Those whose programs have all of these instructions.
    fn of(&self, instructions: &[(String, String)]) -> Vec<RunId> {
        let has_all = |program: &Program| {
            instructions.iter().all(|(component, text)| {
                let own = instruction_at(program, path_of(program, component));
                own.is_some_and(|own| own.trim() == text.trim())
            })
        };
        let places = instructions.first().and_then(|(_, text)| self.by_text.get(text.trim()));
        let places = places.into_iter().flatten().copied();
        let users = places.filter(|at| self.found.programs[*at].as_ref().is_some_and(has_all));
        users.map(|at| self.found.evaluations[at].run_id.clone()).collect()
    }
}

/// Finds the span that wrote each text; where one was proposed several times, each span is
/// taken once, in their order. Says whether it came to the end in time.
fn give_writers(cx: &ReadCx, proposals: &mut [LineageProposal], spans: &[Arc<Writer>]) -> Result<bool> {
    let mut is_taken = vec![false; spans.len()];
    let mut known: HashMap<String, Vec<usize>> = HashMap::new();
    let since = Instant::now();
    for proposal in proposals {
        cx.check()?;
        if since.elapsed() > SORTING {
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
