//! A program wherever it appears in a store: where it came from, every evaluation of it, and
//! what was made of it.

mod data;
mod families;
mod index;
mod run_ref;

use std::collections::HashMap;

use super::data_rows::DataRows;
use super::optimization::{Optimization, OptimizationOf, score};
use super::program::program_state;
use super::provenance::{Provenance, provenances};
use super::result_table::result_table;
use super::runs::{RelatedRuns, ValuesOf};
use super::trace_counts::TraceCountsOf;
use crate::analysis::optimization::{Evaluation, ProgramName, ProgramNames};
use crate::model::dspy::artifacts::TRAINSET;
use crate::model::dspy::run_names;
use crate::model::{Program, Run, RunId, RunStatus, StateHash, Tokens};
use crate::query::ask::{Question, Session};
use crate::store::{Part, Result, RunTraces};

use families::families;

pub use data::EvaluationData;
pub(super) use data::Seen;
pub use families::{Family, Relative};
pub use index::{AllStates, StateIndex, find_program};
pub use run_ref::RunRef;

/// The program stands in more optimizations than can be told of while somebody waits: so many
/// are read.
const MAX_OPTIMIZATIONS: usize = 24;

/// One page about one program.
#[derive(Clone, Debug, PartialEq)]
pub struct ProgramHistory {
    /// Which program.
    pub hash: StateHash,
    /// What it is.
    pub program: Program,
    /// The run that it was read from.
    pub read_in: RunId,
    /// Every evaluation of it, by start.
    pub evaluations: Vec<ProgramEvaluation>,
    /// Where its instructions came from, in the first optimization that made it, else that was
    /// given it; empty if it is in none.
    pub origins: Vec<Provenance>,
    /// Which rows of that optimization's trainset its demos are, where they are some.
    pub demos: Vec<TrainsetDemo>,
    /// Its place in the family trees of GEPA.
    pub families: Vec<Family>,
    /// The optimizations that gave it back.
    pub winner_of: Vec<RunRef>,
    /// The optimizations that were given it, where that can be told.
    pub seed_of: Vec<RunRef>,
    /// What the optimizations that evaluated it call it.
    pub names: Vec<(RunRef, ProgramName)>,
    /// How many runs were looked at.
    pub runs: usize,
    /// Nothing was left out: not a run, nor an optimization.
    pub complete: bool,
}

impl ProgramHistory {
    /// About how many bytes it holds.
    pub fn bytes(&self) -> usize {
        let texts = self.program.predictors.iter().map(|one| {
            let instructions = one.instructions.as_ref().map_or(0, String::len);
            instructions + one.demos.len() * 1_000 + one.fields.len() * 300
        });
        let origins = self.origins.iter().map(Provenance::bytes);
        texts.sum::<usize>() + origins.sum::<usize>() + self.evaluations.len() * 600
    }
}

/// One evaluation of the program.
#[derive(Clone, Debug, PartialEq)]
pub struct ProgramEvaluation {
    /// The run.
    pub run: Run,
    /// The name of its experiment.
    pub experiment: String,
    /// The optimization that it is part of.
    pub optimization: Option<RunRef>,
    /// What that calls the program.
    pub program: Option<ProgramName>,
    /// Its score, if it has one.
    pub score: Option<f64>,
    /// How many examples were scored, if known.
    pub n: Option<u64>,
    /// On what.
    pub data: EvaluationData,
    /// What its traces used, as far as they tell.
    pub tokens: Option<Tokens>,
    /// Its traces, counted.
    pub traces: Option<RunTraces>,
}

/// A demo that is a row of the trainset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrainsetDemo {
    /// The path of the predictor.
    pub path: String,
    /// The place of the demo.
    pub demo: usize,
    /// The optimization whose trainset it is.
    pub parent: RunId,
    /// The first row that equals it.
    pub row: usize,
}

/// The program history of a program among those of an index; `None` if no active run holds it.
///
/// # Errors
/// Those of the store; a file that cannot be read is a warning.
pub fn program_history_in(
    session: &mut Session<'_>,
    index: &StateIndex,
    hash: &StateHash,
) -> Result<Option<ProgramHistory>> {
    let none = Vec::new();
    let (evaluated, best) = (index.evaluated.get(hash).unwrap_or(&none), index.best.get(hash).unwrap_or(&none));
    let Some(any) = evaluated.first().or(best.first()) else { return Ok(None) };
    let Some(program) = program_state(session, any, evaluated.is_empty())? else { return Ok(None) };
    let runs = session.ask(&RelatedRuns { experiment: None, with_deleted: false })?;
    let runs: HashMap<&RunId, &Run> = runs.iter().map(|run| (&run.id, run)).collect();
    let finished = best.iter().filter_map(|id| runs.get(id).copied()).filter(|run| run.status == RunStatus::Finished);
    let mut program_history = ProgramHistory {
        hash: hash.clone(),
        program,
        read_in: any.clone(),
        evaluations: Vec::new(),
        origins: Vec::new(),
        demos: Vec::new(),
        families: Vec::new(),
        winner_of: finished.map(RunRef::of).collect(),
        seed_of: Vec::new(),
        names: Vec::new(),
        runs: index.runs,
        complete: index.complete,
    };
    let own: Vec<&Run> = evaluated.iter().filter_map(|id| runs.get(id).copied()).collect();
    let mut homes: Vec<&Run> = Vec::new();
    let parents = own.iter().filter_map(|run| home(run, &runs));
    let winners = program_history.winner_of.iter().filter_map(|one| runs.get(&one.run_id).copied());
    for home in parents.chain(winners) {
        if homes.iter().all(|known| known.id != home.id) {
            homes.push(home);
        }
    }
    homes.sort_by_key(|run| run.start_time_ms);
    program_history.complete &= homes.len() <= MAX_OPTIMIZATIONS;
    let mut read = Vec::new();
    let time = session.cx.begin(Part::Homes);
    for home in homes.iter().take(MAX_OPTIMIZATIONS) {
        session.cx.check()?;
        if time.is_spent() {
            program_history.complete = false;
            break;
        }
        read.push(session.ask(&OptimizationOf(home.id.clone()))?);
    }
    let found: Vec<&Optimization> = read.iter().filter_map(|one| one.as_ref().as_ref()).collect();
    let own_name = |one: &&Optimization| {
        let is_it = |evaluation: &&Evaluation| evaluation.state_hash.as_ref() == Some(hash);
        let evaluation = one.evaluations.iter().find(is_it)?;
        Some((RunRef::of(&one.run), one.names.of_run(&evaluation.run_id)?))
    };
    program_history.names = found.iter().filter_map(own_name).collect();
    let seen = Seen::read(session, &homes)?;
    let known = Known { own: &own, runs: &runs, found: &found, seen: &seen };
    add_evaluations(session, &mut program_history, &known)?;
    add_origins(session, &mut program_history, &found)?;
    program_history.families = families(session, hash, &found)?;
    Ok(Some(program_history))
}

/// The optimization that an evaluation is part of: a plain `Evaluate` within a run of the user
/// is named `eval`, those of optimizers have a number.
fn home<'a>(run: &Run, runs: &HashMap<&RunId, &'a Run>) -> Option<&'a Run> {
    let parent = run.parent_id.as_ref().filter(|_| run_names::is_of_optimizer(&run.name))?;
    runs.get(parent).copied()
}

/// What is known around a program.
struct Known<'a> {
    /// The runs that evaluated it.
    own: &'a [&'a Run],
    /// All runs.
    runs: &'a HashMap<&'a RunId, &'a Run>,
    /// The optimizations in which it was evaluated.
    found: &'a [&'a Optimization],
    /// Their data.
    seen: &'a Seen,
}

fn add_evaluations(session: &mut Session<'_>, program_history: &mut ProgramHistory, known: &Known<'_>) -> Result<()> {
    let Known { own, runs, found, seen } = *known;
    let names: HashMap<_, _> = session
        .store
        .experiments(session.cx, true)?
        .into_iter()
        .map(|experiment| (experiment.id, experiment.name))
        .collect();
    let counts = session.ask(&TraceCountsOf(None))?;
    for run in own {
        session.cx.check()?;
        let home = home(run, runs);
        let told = found.iter().flat_map(|one| &one.evaluations).find(|one| one.run_id == run.id);
        let (score, n, data) = match (home, told) {
            (Some(home), Some(told)) => {
                let has_valset = seen.with_valset.contains(&home.id);
                let data = if has_valset { EvaluationData::Valset } else { EvaluationData::Optimizer };
                (told.score, told.n, data(told.kind))
            }
            (Some(_), None) => {
                let score = score(&*session.ask(&ValuesOf(run.id.clone()))?);
                (score, None, EvaluationData::Unknown("its optimization was not read"))
            }
            (None, _) => {
                let score = score(&*session.ask(&ValuesOf(run.id.clone()))?);
                let table = result_table(session, &run.id)?;
                let n = table.as_ref().map(|table| table.rows.len() as u64);
                (score, n, seen.of_plain(table.as_ref()))
            }
        };
        let traces = counts.recorded(&run.id);
        program_history.evaluations.push(ProgramEvaluation {
            run: (*run).clone(),
            experiment: names.get(&run.experiment_id).cloned().unwrap_or_default(),
            optimization: home.map(RunRef::of),
            program: home.and_then(|home| name_in(found, home)).and_then(|names| names.of_run(&run.id)),
            score,
            n: n.or_else(|| traces.map(|traces| traces.traces).filter(|count| *count > 0)),
            data,
            tokens: traces.and_then(|traces| traces.tokens),
            traces,
        });
    }
    Ok(())
}

/// The names that an optimization gave, if it was read.
fn name_in<'a>(found: &[&'a Optimization], home: &Run) -> Option<&'a ProgramNames> {
    found.iter().find(|one| one.run.id == home.id).map(|one| &*one.names)
}

fn add_origins(session: &mut Session<'_>, program_history: &mut ProgramHistory, found: &[&Optimization]) -> Result<()> {
    let is_seed = |one: &&&Optimization| {
        one.seed.as_ref().and_then(|seed| seed.state_hash.as_ref()) == Some(&program_history.hash)
    };
    program_history.seed_of = found.iter().filter(is_seed).map(|one| RunRef::of(&one.run)).collect();
    let Some(first) = found.iter().find(|one| !is_seed(one)).or(found.first()) else { return Ok(()) };
    let predictors = &program_history.program.predictors;
    let wanted: Vec<(&str, &str)> =
        predictors.iter().filter_map(|one| Some((&*one.path, one.instructions.as_deref()?))).collect();
    program_history.origins = provenances(session, first, &wanted)?;
    if predictors.iter().all(|one| one.demos.is_empty()) {
        return Ok(());
    }
    let Some(trainset) = DataRows::read(session, &first.run.id, TRAINSET)? else { return Ok(()) };
    for predictor in predictors {
        let rows = predictor.demos.iter().enumerate().filter_map(|(demo, one)| Some((demo, trainset.row_of(one)?)));
        program_history.demos.extend(rows.map(|(demo, row)| TrainsetDemo {
            path: predictor.path.clone(),
            demo,
            parent: first.run.id.clone(),
            row,
        }));
    }
    Ok(())
}

/// A program wherever it appears; `None` inside if no active run holds it. People type the beginning of a hash.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ProgramHistoryOf(pub StateHash);

impl Question for ProgramHistoryOf {
    type Answer = Option<ProgramHistory>;
    const LABEL: &'static str = "program";

    fn answer(&self, session: &mut Session<'_>) -> Result<Self::Answer> {
        let index = session.ask(&AllStates)?;
        let hash = index.find(self.0.as_str()).unwrap_or_else(|| self.0.clone());
        program_history_in(session, &index, &hash)
    }

    fn bytes(answer: &Self::Answer) -> usize {
        answer.as_ref().map_or(0, ProgramHistory::bytes)
    }
}
