//! `dspyglass optimization`

use serde::Serialize;

use super::Answer;
use super::cost_json::SumJson;
use super::optimization_programs::{ProgramJson, programs};
use super::parts::{self, GridJson};
use super::repeats::RepeatsJson;
use super::verdict::{Proof, VerdictJson};
use crate::analysis::cost::CostSum;
use crate::analysis::optimization::{
    COMPLETED_REASON, Evaluation, OVERLAP_REASON, Optimizer, ProgramName, ProgramRank, Purpose,
};
use crate::analysis::parts::Parts;
use crate::cli::args::OptimizationArgs;
use crate::cli::failure::Failure;
use crate::cli::json::{self, Real, Usage, Warnings, known};
use crate::cli::table::{Side, Table};
use crate::cli::words;
use crate::model::dspy::score_scale;
use crate::model::{RunId, StateHash};
use crate::query::parts::parts_of;
use crate::query::{self, DataSize, Optimization, OptimizationCost, OptimizationCostOf, Repeats, RepeatsOf};

#[derive(Serialize)]
struct Document<'a> {
    optimizer: OptimizerJson<'a>,
    winner: Option<WinnerJson<'a>>,
    evaluations: Vec<EvaluationJson<'a>>,
    tokens: Option<Usage>,
    #[serde(flatten)]
    cost: SumJson,
    trainset: Option<DataJson>,
    valset: Option<DataJson>,
    seed: Option<SeedJson<'a>>,
    best_program: Option<BestJson<'a>>,
    verdict: Option<VerdictJson<'a>>,
    /// Why there is none.
    without_verdict: Option<&'static str>,
    run_id: &'a str,
    status: Option<&'a str>,
    /// Every program by its name.
    programs: Vec<ProgramJson<'a>>,
    tie: Option<TieJson>,
    /// The programs that were evaluated in full several times.
    repeats: Vec<RepeatsJson<'a>>,
    /// Of MIPROv2: instructions by sets of demos, for each predictor.
    grid: Option<Vec<GridJson<'a>>>,
    #[serde(skip_serializing_if = "Warnings::is_empty")]
    warnings: Warnings,
}

#[derive(Serialize)]
struct OptimizerJson<'a> {
    name: Option<&'a str>,
    inferred: bool,
    /// What was optimized: `program`, `prompts`; `evaluation` where nothing was.
    purpose: Option<&'a str>,
    reason: &'a str,
}

#[derive(Serialize)]
struct WinnerJson<'a> {
    run_ids: Vec<&'a str>,
    state_hash: Option<&'a str>,
    inferred: bool,
}

#[derive(Serialize)]
struct TieJson {
    programs: Vec<String>,
    score: Real,
    kept: String,
    text: String,
}

#[derive(Serialize)]
struct SeedJson<'a> {
    run_ids: Vec<&'a str>,
    state_hash: Option<&'a str>,
}

#[derive(Serialize)]
struct BestJson<'a> {
    state_hash: Option<&'a str>,
    stale: Option<&'a str>,
}

#[derive(Serialize)]
struct DataJson {
    rows: u64,
    distinct: u64,
}

#[derive(Serialize)]
struct EvaluationJson<'a> {
    /// `C4`
    program: Option<String>,
    run_id: &'a str,
    name: Option<&'a str>,
    order: usize,
    kind: &'static str,
    n: Option<u64>,
    score: Option<Real>,
    /// In percent, where this was logged instead of a score.
    #[serde(skip_serializing_if = "Option::is_none")]
    completed: Option<Real>,
    best_so_far: Option<Real>,
    interval: Option<[Real; 2]>,
    #[serde(flatten)]
    cost: SumJson,
    state_hash: Option<&'a str>,
    parent_inferred: bool,
    ambiguous: bool,
}

pub(super) fn answer(args: &OptimizationArgs, answer: &mut Answer<'_>) -> Result<(), Failure> {
    let run = answer.run(&args.parent)?;
    let found = query::optimization(&mut answer.session, &run.id)?;
    let Some(found) = found else { return Err(answer.absent("run", &args.parent)) };
    let proof = Proof::ask(&run.id, answer)?;
    let repeats = answer.session.ask(&RepeatsOf(run.id.clone()))?;
    let parts = parts_of(&found);
    let parts = parts.as_ref();
    let cost = answer.session.ask(&OptimizationCostOf::whole(run.id.clone()))?;
    let cost = cost.as_ref().as_ref();
    if answer.is_json {
        let warnings = answer.session.cx.take_warnings().into();
        return json::write(&document(&found, &proof, (&repeats, parts, cost), warnings), answer.out);
    }
    head(&found, &proof, answer)?;
    if let Some(told) = cost.and_then(cost_line) {
        writeln!(answer.out, "Cost       {told}")?;
    }
    if let Some((noise, about)) = query::noise(&found, &repeats) {
        writeln!(answer.out, "Noise      {}", [noise, about].join(": ").trim_end_matches(": "))?;
    }
    evaluations(&found, (&proof, parts), answer)?;
    match parts {
        Some(parts) => Ok(parts::print(&found, parts, answer.style, answer.out)?),
        None => Ok(()),
    }
}

fn document<'a>(
    found: &'a Optimization,
    proof: &'a Proof,
    (repeats, parts, cost): (&[Repeats], Option<&'a Parts>, Option<&OptimizationCost>),
    warnings: Warnings,
) -> Document<'a> {
    let data = |size: DataSize| DataJson { rows: size.rows, distinct: size.distinct };
    Document {
        optimizer: OptimizerJson {
            name: found.optimizer.name.map(Optimizer::name),
            inferred: found.optimizer.name.is_some() && !found.optimizer.is_stored,
            purpose: found.optimizer.purpose.map(Purpose::as_str),
            reason: &found.optimizer.reason,
        },
        winner: found.winner.as_ref().map(|winner| WinnerJson {
            run_ids: ids(&winner.run_ids),
            state_hash: hash(&winner.state_hash),
            inferred: winner.inferred,
        }),
        evaluations: found.evaluations.iter().map(|one| evaluation(found, one, (proof, cost))).collect(),
        tokens: found.tokens.map(Usage::from),
        cost: SumJson::new(cost.map(|cost| &cost.costs.all)),
        trainset: found.trainset.map(data),
        valset: found.valset.map(data),
        seed: found
            .seed
            .as_ref()
            .map(|seed| SeedJson { run_ids: ids(&seed.run_ids), state_hash: hash(&seed.state_hash) }),
        best_program: found
            .best
            .as_ref()
            .map(|best| BestJson { state_hash: hash(&best.state_hash), stale: best.stale.as_deref() }),
        verdict: proof
            .verdict()
            .and_then(|verdict| verdict.as_ref().ok())
            .map(|verdict| VerdictJson::new(verdict, proof.held_out())),
        without_verdict: proof.verdict().and_then(|verdict| verdict.as_ref().err()).map(|why| why.words()),
        run_id: found.run.id.as_str(),
        status: json::status(&found.run.status),
        programs: programs(found, parts),
        tie: found.tie.as_ref().map(|tie| TieJson {
            programs: tie.places.iter().map(|place| ProgramName::at(*place).to_string()).collect(),
            score: Real(tie.score),
            kept: tie.winner.to_string(),
            text: tie.words(),
        }),
        grid: parts.map(|parts| parts::grids(found, parts)),
        repeats: repeats.iter().map(|one| RepeatsJson::new(found, one)).collect(),
        warnings,
    }
}

/// `≤ $0.12 in 500 of 570 traces, $0.02 of it proposing`
fn cost_line(cost: &OptimizationCost) -> Option<String> {
    let all = &cost.costs.all;
    let told = |sum: &CostSum| sum.cost.map(|cost| words::cost(cost.usd, cost.certainty.sign()));
    let traces = match all.unknown() {
        0 => words::counted(all.priced, "trace"),
        _ => format!("{} of {}", words::count(all.priced), words::counted(all.traces(), "trace")),
    };
    let proposing = told(&cost.proposing).map(|told| format!(", {told} of it proposing")).unwrap_or_default();
    Some(format!("{} in {traces}{proposing}", told(all)?))
}

fn ids(runs: &[RunId]) -> Vec<&str> {
    runs.iter().map(RunId::as_str).collect()
}

fn hash(hash: &Option<StateHash>) -> Option<&str> {
    hash.as_ref().map(StateHash::as_str)
}

fn evaluation<'a>(
    found: &'a Optimization,
    one: &'a Evaluation,
    (proof, cost): (&Proof, Option<&OptimizationCost>),
) -> EvaluationJson<'a> {
    EvaluationJson {
        program: found.names.of_run(&one.run_id).map(|name| name.to_string()),
        run_id: one.run_id.as_str(),
        name: known(&one.name),
        order: one.order,
        kind: one.kind.as_str(),
        n: one.n,
        score: one.score.map(Real),
        completed: one.completed.map(Real),
        best_so_far: one.best_so_far.map(Real),
        interval: proof.interval(one.order).map(|ends| ends.map(Real)),
        cost: SumJson::new(cost.and_then(|cost| cost.by_run.get(&one.run_id))),
        state_hash: hash(&one.state_hash),
        parent_inferred: one.parent_inferred,
        ambiguous: one.is_ambiguous,
    }
}

/// What stands above the table, one fact a line.
fn head(found: &Optimization, proof: &Proof, answer: &mut Answer<'_>) -> Result<(), Failure> {
    let name = words::clean(&found.run.name);
    writeln!(answer.out, "{name} · {}", found.run.status.as_str().to_lowercase())?;
    match proof.verdict().filter(|verdict| verdict.is_ok() || !found.evaluations.is_empty()) {
        Some(Ok(verdict)) => writeln!(answer.out, "Verdict    {}", verdict.text(proof.held_out()))?,
        Some(Err(why)) => writeln!(answer.out, "Verdict    {}", why.words())?,
        None => {}
    }
    let reason = words::clean(&found.optimizer.reason);
    match found.optimizer.name {
        Some(name) if found.optimizer.is_stored => writeln!(answer.out, "Optimizer  {name} ({reason})")?,
        Some(name) => writeln!(answer.out, "Optimizer  {name} (inferred: {reason})")?,
        None if is_evaluation(found) => writeln!(answer.out, "Optimizer  none: {reason}")?,
        None => writeln!(answer.out, "Optimizer  unknown ({reason})")?,
    }
    if let Some(best) = &found.best
        && let Some(stale) = &best.stale
    {
        writeln!(answer.out, "Program    best_model.json is stale: {}", words::clean(stale))?;
    }
    for (what, size) in [("Trainset ", found.trainset), ("Valset   ", found.valset)] {
        let Some(size) = size else { continue };
        let rows = words::counted(size.distinct, "example");
        let repeated = if size.rows == size.distinct {
            String::new()
        } else {
            format!(" (written {} times in all)", words::count(size.rows))
        };
        writeln!(answer.out, "{what}  {rows}{repeated}")?;
    }
    if let Some(traces) = found.traces {
        let tokens = match found.tokens {
            None => "tokens unknown".to_owned(),
            Some(_) if traces.with_tokens < traces.traces => {
                format!("{} in the {} that tell", tokens(found), words::count(traces.with_tokens))
            }
            Some(_) => tokens(found),
        };
        writeln!(answer.out, "Traces     {} · {tokens}", words::count(traces.traces))?;
    }
    if found.evaluations.iter().any(|one| one.score.is_some()) {
        writeln!(answer.out, "Scores     {}", score_scale::WORDS)?;
    }
    if let Some(winner) = found.names.winner() {
        let inferred = if winner.rank == Some(ProgramRank::Best) { " (inferred: the best so far)" } else { "" };
        writeln!(answer.out, "Winner     {winner}{inferred}")?;
    }
    if let Some(tie) = &found.tie {
        writeln!(answer.out, "Tie        {}", tie.words())?;
    }
    if has_completed(found) {
        writeln!(answer.out, "Note       These evaluations have no scores: {COMPLETED_REASON}")?;
    }
    if found.evaluations.iter().any(|one| one.is_ambiguous) {
        writeln!(answer.out, "Note       ? marks what may belong elsewhere: {OVERLAP_REASON}")?;
    }
    Ok(())
}

/// `11,176 tokens`.
fn tokens(found: &Optimization) -> String {
    let told = words::tokens(found.tokens);
    match found.tokens.and_then(|tokens| tokens.total) {
        Some(_) => format!("{told} tokens"),
        None => format!("tokens {told}"),
    }
}

/// Where the share of completed runs stands among the columns.
const COMPLETED_AT: usize = 4;

/// `45 – 62`
fn told_interval([low, high]: [f64; 2]) -> String {
    format!("{} – {}", words::value(low), words::value(high))
}

fn has_completed(found: &Optimization) -> bool {
    found.evaluations.iter().any(|one| one.completed.is_some())
}

fn is_evaluation(found: &Optimization) -> bool {
    found.optimizer.name.is_none() && found.optimizer.purpose == Some(Purpose::Evaluation)
}

fn evaluations(
    found: &Optimization,
    (proof, parts): (&Proof, Option<&Parts>),
    answer: &mut Answer<'_>,
) -> Result<(), Failure> {
    if found.evaluations.is_empty() {
        // That an evaluation has none is said with its optimizer.
        if !is_evaluation(found) {
            writeln!(answer.out, "{}", words::clean(&found.why_no_evaluations()))?;
        }
        return Ok(());
    }
    writeln!(answer.out)?;
    let mut columns = vec![
        ("#", Side::Right),
        ("Evaluation", Side::Left),
        ("Kind", Side::Left),
        ("n", Side::Right),
        ("Score", Side::Right),
        ("95 %", Side::Right),
        ("Best so far", Side::Right),
        ("Program", Side::Left),
        ("State", Side::Left),
        ("Mark", Side::Left),
    ];
    let has_completed = has_completed(found);
    if has_completed {
        columns.insert(COMPLETED_AT, ("Completed", Side::Right));
    }
    if parts.is_some() {
        columns.push(("Parts", Side::Left));
    }
    let mut table = Table::new(&columns);
    for one in &found.evaluations {
        let real = |value: Option<f64>| value.map_or_else(|| "–".to_owned(), words::value);
        let state = one.state_hash.as_ref().map_or("–", |hash| words::id_head(hash.as_str()));
        let mut cells = vec![
            one.order.to_string(),
            one.name.clone(),
            one.kind.as_str().to_owned(),
            words::count_or_unknown(one.n),
            real(one.score),
            proof.interval(one.order).map_or_else(|| "–".to_owned(), told_interval),
            real(one.best_so_far),
            found.names.of_run(&one.run_id).map_or_else(|| words::UNKNOWN.to_owned(), |name| name.to_string()),
            state.to_owned(),
            marks(found, one).join(", "),
        ];
        if has_completed {
            let share = one.completed.map_or_else(|| "–".to_owned(), |share| format!("{} %", words::value(share)));
            cells.insert(COMPLETED_AT, share);
        }
        cells.extend(parts.map(|parts| parts::name(found, parts, &one.run_id)));
        table.row(cells);
    }
    Ok(table.print(answer.style, answer.out)?)
}

fn marks(found: &Optimization, one: &Evaluation) -> Vec<&'static str> {
    let mut marks = Vec::new();
    let name = found.names.of_run(&one.run_id);
    marks.extend(name.and_then(|name| name.rank).map(|rank| match rank {
        ProgramRank::Winner => "★ winner",
        ProgramRank::Best => "★ best (inferred)",
    }));
    marks.extend(name.and_then(|name| name.seed_word()));
    if one.parent_inferred {
        marks.push("(inferred)");
    }
    if one.is_ambiguous {
        marks.push("?");
    }
    marks
}
