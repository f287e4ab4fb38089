//! `dspyglass history`

use serde::Serialize;

use super::cost_json::SumJson;
use super::program::OnePredictor;
use super::{Answer, program_history_text, several};
use crate::analysis::cost::CostSum;
use crate::cli::args::HistoryArgs;
use crate::cli::failure::Failure;
use crate::cli::json::{self, Real, Usage, Warnings, known};
use crate::model::dspy::artifacts::{BEST_MODEL, MODEL};
use crate::model::{RunId, StateHash};
use crate::query::ask::Session;
use crate::query::program_history::{EvaluationData, Family, ProgramEvaluation, Relative, RunRef};
use crate::query::traces::TraceScope;
use crate::query::{self, CostOf, Found, Origin, ProgramHistory, ProgramHistoryOf, Provenance};

#[derive(Serialize)]
struct Document<'a> {
    state_hash: &'a str,
    evaluations: Vec<EvaluationJson<'a>>,
    origins: Vec<OriginJson<'a>>,
    demos: Vec<DemoJson<'a>>,
    families: Vec<FamilyJson<'a>>,
    programs: Vec<NameJson<'a>>,
    winner_of: Vec<RunJson<'a>>,
    seed_of: Vec<RunJson<'a>>,
    program: ProgramJson<'a>,
    runs: usize,
    complete: bool,
    #[serde(skip_serializing_if = "Warnings::is_empty")]
    warnings: Warnings,
}

#[derive(Serialize)]
struct ProgramJson<'a> {
    source: &'a str,
    complete: bool,
    predictors: Vec<OnePredictor<'a>>,
}

#[derive(Serialize)]
struct RunJson<'a> {
    run_id: &'a str,
    name: Option<&'a str>,
}

/// What an optimization calls the program.
#[derive(Serialize)]
struct NameJson<'a> {
    program: String,
    optimization: RunJson<'a>,
}

#[derive(Serialize)]
struct EvaluationJson<'a> {
    run_id: &'a str,
    name: Option<&'a str>,
    experiment_id: &'a str,
    experiment: Option<&'a str>,
    optimization: Option<RunJson<'a>>,
    program: Option<String>,
    status: Option<&'a str>,
    start_time_ms: Option<i64>,
    end_time_ms: Option<i64>,
    score: Option<Real>,
    n: Option<u64>,
    data: DataJson<'a>,
    traces: Option<u64>,
    tokens: Option<Usage>,
    /// Of its traces whose cost is known.
    #[serde(flatten)]
    cost: SumJson,
}

#[derive(Default, Serialize)]
struct DataJson<'a> {
    set: Option<&'a str>,
    part: Option<&'a str>,
    seen: Option<usize>,
    of: Option<usize>,
    reason: Option<&'a str>,
}

#[derive(Serialize)]
struct OriginJson<'a> {
    path: &'a str,
    optimization: &'a str,
    origin: Option<&'static str>,
    inferred: Option<bool>,
    r#match: Option<&'static str>,
    trace_id: Option<&'a str>,
    span_id: Option<&'a str>,
    used_by: Vec<&'a str>,
    complete: bool,
}

#[derive(Serialize)]
struct DemoJson<'a> {
    path: &'a str,
    demo: usize,
    optimization: &'a str,
    row: usize,
}

#[derive(Serialize)]
struct FamilyJson<'a> {
    optimization: RunJson<'a>,
    candidate: usize,
    program: Option<String>,
    parents: Vec<RelativeJson<'a>>,
    children: Vec<RelativeJson<'a>>,
    inferred: bool,
}

#[derive(Serialize)]
struct RelativeJson<'a> {
    candidate: usize,
    program: Option<String>,
    state_hash: Option<&'a str>,
    score: Option<Real>,
}

pub(super) fn answer(args: &HistoryArgs, answer: &mut Answer<'_>) -> Result<(), Failure> {
    let hash = meant(args, answer)?;
    let found = answer.session.ask(&ProgramHistoryOf(hash.clone()))?;
    let Some(found) = found.as_ref() else {
        return Err(Failure::Absent(format!("no run that is not deleted holds the program {hash} whole")));
    };
    let costs = costs(&mut answer.session, found)?;
    if answer.is_json { print_json(found, &costs, answer) } else { program_history_text::print(found, &costs, answer) }
}

/// What each of its evaluations cost, as far as that is known.
fn costs(session: &mut Session<'_>, found: &ProgramHistory) -> Result<Vec<CostSum>, Failure> {
    let mut of = |one: &ProgramEvaluation| Ok(session.ask(&CostOf(TraceScope::Run(one.run.id.clone())))?.all.clone());
    found.evaluations.iter().map(&mut of).collect()
}

/// The program of a run, else the one whose hash begins so.
fn meant(args: &HistoryArgs, answer: &mut Answer<'_>) -> Result<StateHash, Failure> {
    let typed = &args.program;
    match query::find_run(&mut answer.session, typed)? {
        Found::One(run) => {
            let program = query::program(&mut answer.session, &run.id, args.best)?;
            let hash = program.and_then(|program| program.state_hash);
            let what = if args.best { BEST_MODEL.to_owned() } else { format!("{MODEL} or {BEST_MODEL}") };
            hash.ok_or_else(|| Failure::Absent(format!("run {} has no program that is known whole: no {what}", run.id)))
        }
        Found::Several(ids) => Err(several("runs", typed, &ids)),
        Found::Nothing => match query::find_program(&mut answer.session, typed)? {
            Found::One(hash) => Ok(hash),
            Found::Several(ids) => Err(several("programs", typed, &ids)),
            Found::Nothing => Err(answer.absent("run or program", typed)),
        },
    }
}

fn print_json(found: &ProgramHistory, costs: &[CostSum], answer: &mut Answer<'_>) -> Result<(), Failure> {
    let document = Document {
        state_hash: found.hash.as_str(),
        evaluations: found.evaluations.iter().zip(costs).map(evaluation).collect(),
        origins: found.origins.iter().map(origin).collect(),
        demos: found
            .demos
            .iter()
            .map(|one| DemoJson { path: &one.path, demo: one.demo, optimization: one.parent.as_str(), row: one.row })
            .collect(),
        families: found.families.iter().map(family).collect(),
        programs: names(found),
        winner_of: found.winner_of.iter().map(run).collect(),
        seed_of: found.seed_of.iter().map(run).collect(),
        program: ProgramJson {
            source: found.program.source.as_str(),
            complete: found.program.complete,
            predictors: found.program.predictors.iter().map(OnePredictor::from).collect(),
        },
        runs: found.runs,
        complete: found.complete,
        warnings: answer.session.cx.take_warnings().into(),
    };
    json::write(&document, answer.out)
}

fn names(found: &ProgramHistory) -> Vec<NameJson<'_>> {
    let named = found.names.iter();
    named.map(|(home, name)| NameJson { program: name.to_string(), optimization: run(home) }).collect()
}

fn run(one: &RunRef) -> RunJson<'_> {
    RunJson { run_id: one.run_id.as_str(), name: known(&one.name) }
}

fn evaluation<'a>((one, cost): (&'a ProgramEvaluation, &CostSum)) -> EvaluationJson<'a> {
    EvaluationJson {
        run_id: one.run.id.as_str(),
        name: known(&one.run.name),
        experiment_id: one.run.experiment_id.as_str(),
        experiment: known(&one.experiment),
        optimization: one.optimization.as_ref().map(run),
        program: one.program.map(|name| name.to_string()),
        status: json::status(&one.run.status),
        start_time_ms: one.run.start_time_ms,
        end_time_ms: one.run.end_time_ms,
        score: one.score.map(Real),
        n: one.n,
        data: data(&one.data),
        traces: one.traces.map(|traces| traces.traces),
        tokens: one.tokens.map(Usage::from),
        cost: SumJson::new(Some(cost)),
    }
}

fn data(data: &EvaluationData) -> DataJson<'_> {
    let none = DataJson::default();
    match data {
        EvaluationData::Valset(kind) => DataJson { set: Some("valset"), part: Some(kind.as_str()), ..none },
        EvaluationData::Optimizer(kind) => DataJson { set: Some("optimizer"), part: Some(kind.as_str()), ..none },
        EvaluationData::HeldOut => DataJson { set: Some("held_out"), ..none },
        EvaluationData::Overlapping { seen, of } => {
            DataJson { set: Some("overlapping"), seen: Some(*seen), of: Some(*of), ..none }
        }
        EvaluationData::Unknown(why) => DataJson { reason: Some(why), ..none },
    }
}

fn origin(one: &Provenance) -> OriginJson<'_> {
    let (origin, inferred, writer) = match &one.origin {
        Origin::Writer(found) => (Some("written"), Some(found.is_inferred), Some(found)),
        Origin::Program { is_inferred } => (Some("given"), Some(*is_inferred), None),
        Origin::Unknown => (None, None, None),
    };
    OriginJson {
        path: &one.path,
        optimization: one.parent.as_str(),
        origin,
        inferred,
        r#match: writer.map(|found| found.text_match.as_str()),
        trace_id: writer.map(|found| found.writer.trace.as_str()),
        span_id: writer.map(|found| &*found.writer.span_id),
        used_by: one.used_by.iter().map(|used| RunId::as_str(&used.run_id)).collect(),
        complete: one.looked.complete,
    }
}

fn family(one: &Family) -> FamilyJson<'_> {
    FamilyJson {
        optimization: run(&one.parent),
        candidate: one.index,
        program: one.program.map(|name| name.to_string()),
        parents: one.parents.iter().map(relative).collect(),
        children: one.children.iter().map(relative).collect(),
        inferred: one.is_inferred,
    }
}

fn relative(one: &Relative) -> RelativeJson<'_> {
    RelativeJson {
        candidate: one.index,
        program: one.program.map(|name| name.to_string()),
        state_hash: one.hash.as_ref().map(StateHash::as_str),
        score: one.score.map(Real),
    }
}
