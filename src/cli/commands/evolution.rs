//! `dspyglass evolution`

use serde::Serialize;

use super::Answer;
use super::diff::Pieces;
use super::diff_program_text::lines;
use super::program_text::title;
use crate::analysis::evolution::{Against, Evolution, Step};
use crate::analysis::optimization::Evaluation;
use crate::cli::args::EvolutionArgs;
use crate::cli::failure::Failure;
use crate::cli::json::{self, Real, Warnings, known};
use crate::cli::words;
use crate::model::{Run, RunId, StateHash};
use crate::query::{self, EvolutionWish};

#[derive(Serialize)]
struct Document<'a> {
    run_id: &'a str,
    predictor: Option<&'a str>,
    predictors: &'a [String],
    against: &'static str,
    steps: Vec<StepJson<'a>>,
    #[serde(skip_serializing_if = "Warnings::is_empty")]
    warnings: Warnings,
}

#[derive(Serialize)]
struct StepJson<'a> {
    /// `C4`
    program: String,
    state_hash: Option<&'a str>,
    instructions: Option<&'a str>,
    compared_with: Option<&'a str>,
    diff: Option<Pieces<'a>>,
    diff_complete: Option<bool>,
    seed: Option<bool>,
    winner: Option<bool>,
    evaluations: Vec<EvaluationJson<'a>>,
}

#[derive(Serialize)]
struct EvaluationJson<'a> {
    run_id: &'a str,
    name: Option<&'a str>,
    order: usize,
    kind: &'static str,
    n: Option<u64>,
    score: Option<Real>,
}

pub(super) fn answer(args: &EvolutionArgs, answer: &mut Answer<'_>) -> Result<(), Failure> {
    let run = answer.run(&args.parent)?;
    let wanted = args.predictor.as_deref();
    let wish = EvolutionWish { predictor: wanted, against: args.against };
    let found = query::evolution(&mut answer.session, &run.id, wish)?;
    let Some(found) = found else { return Err(answer.absent("run", &args.parent)) };
    if let Some(wanted) = wanted
        && found.predictor.as_deref() != Some(wanted)
    {
        return Err(unknown(&run, wanted, &found.predictors));
    }
    if let Some(wanted) = args.against
        && found.against != wanted
    {
        return Err(not_known(&run, wanted, &found.choices));
    }
    if answer.is_json { print_json(&run, &found, answer) } else { print(&run, &found, answer) }
}

/// Names the predictors that there are.
fn unknown(run: &Run, wanted: &str, predictors: &[String]) -> Failure {
    let all: Vec<String> = predictors.iter().map(|path| format!("{path:?}")).collect();
    let there = if all.is_empty() { "it has none with instructions".to_owned() } else { all.join(", ") };
    Failure::Absent(format!("run {} has no predictor {wanted:?}: {there}", run.id))
}

/// Says with what the states can be compared.
fn not_known(run: &Run, wanted: Against, choices: &[Against]) -> Failure {
    let known: Vec<&str> = choices.iter().map(|one| one.as_str()).collect();
    let what = match wanted {
        Against::Parent => "which state a proposer was shown",
        Against::Seed => "which program it was given",
        Against::Winner => "which program won",
        Against::Previous => "what came before",
    };
    Failure::Absent(format!("of run {} it is not known {what}; --against can be {}", run.id, known.join(", ")))
}

/// What the states are compared with, in words.
fn against_words(against: Against) -> &'static str {
    match against {
        Against::Previous => "the state before",
        Against::Seed => "the seed",
        Against::Parent => "its parent, which its proposer was shown",
        Against::Winner => "the winner",
    }
}

/// The first evaluation of the step that a step is compared with.
fn base<'a>(found: &'a Evolution, step: &Step) -> Option<&'a Evaluation> {
    let base = found.steps.get(step.base?)?;
    evaluations(found, base).next()
}

/// The evaluations of a step.
fn evaluations<'a>(found: &'a Evolution, step: &'a Step) -> impl Iterator<Item = &'a Evaluation> {
    step.evaluations.iter().filter_map(|at| found.evaluations.get(*at))
}

/// Whether a step is among the evaluations of a program, where these are known.
fn is_among(found: &Evolution, step: &Step, runs: &Option<Vec<RunId>>) -> Option<bool> {
    let runs = runs.as_ref()?;
    Some(evaluations(found, step).any(|one| runs.contains(&one.run_id)))
}

fn print_json(run: &Run, found: &Evolution, answer: &mut Answer<'_>) -> Result<(), Failure> {
    let step = |step: &'_ Step| {
        let is_known = step.instructions.is_some();
        (is_known, is_known.then(|| step.diff.is_complete()))
    };
    let steps = found.steps.iter().enumerate().map(|(at, one)| {
        let (is_known, diff_complete) = step(one);
        StepJson {
            program: found.name(at).to_string(),
            state_hash: one.state_hash.as_ref().map(StateHash::as_str),
            instructions: one.instructions.as_deref(),
            compared_with: base(found, one).map(|base| base.run_id.as_str()),
            diff: is_known.then_some(Pieces(&one.diff)),
            diff_complete,
            seed: is_among(found, one, &found.seed),
            winner: is_among(found, one, &found.winner),
            evaluations: evaluations(found, one).map(evaluation).collect(),
        }
    });
    let document = Document {
        run_id: run.id.as_str(),
        predictor: found.predictor.as_deref(),
        predictors: &found.predictors,
        against: found.against.as_str(),
        steps: steps.collect(),
        warnings: answer.session.cx.take_warnings().into(),
    };
    json::write(&document, answer.out)
}

fn evaluation(one: &Evaluation) -> EvaluationJson<'_> {
    EvaluationJson {
        run_id: one.run_id.as_str(),
        name: known(&one.name),
        order: one.order,
        kind: one.kind.as_str(),
        n: one.n,
        score: one.score.map(Real),
    }
}

fn print(run: &Run, found: &Evolution, answer: &mut Answer<'_>) -> Result<(), Failure> {
    let name = words::clean(if run.name.is_empty() { run.id.as_str() } else { &run.name });
    let Some(predictor) = &found.predictor else {
        writeln!(answer.out, "No instructions are known along {name}")?;
        return Ok(());
    };
    writeln!(answer.out, "{} along {name}", title(predictor))?;
    let others: Vec<String> =
        found.predictors.iter().filter(|path| *path != predictor).map(|path| title(path)).collect();
    if !others.is_empty() {
        writeln!(answer.out, "Others  {} (--predictor PATH)", others.join(", "))?;
    }
    writeln!(answer.out, "Each compared with {}", against_words(found.against))?;
    for (at, step) in found.steps.iter().enumerate() {
        let name = found.name(at);
        let star = name.rank.map(|rank| format!("★ {}", rank.word()));
        let marks = star.into_iter().chain(name.seed_word().map(str::to_owned));
        let program = step.state_hash.as_ref().map(|hash| format!("program {}", words::id_head(hash.as_str())));
        let program = program.unwrap_or_else(|| "unknown program".to_owned());
        let head: Vec<String> = [name.to_string()].into_iter().chain(marks).chain([program]).collect();
        writeln!(answer.out, "\n{}", head.join(" · "))?;
        for one in evaluations(found, step) {
            let score = one.score.map_or_else(|| words::UNKNOWN.to_owned(), words::value);
            let n = words::count_or_unknown(one.n);
            writeln!(
                answer.out,
                "  {}. {} · {} · n {n} · score {score}",
                one.order,
                words::clean(&one.name),
                one.kind.as_str()
            )?;
        }
        match &step.instructions {
            None => writeln!(answer.out, "    Instructions are not known")?,
            Some(text) if step.base.is_none() => {
                for line in text.lines() {
                    writeln!(answer.out, "{}", format!("    {}", words::clean(line)).trim_end())?;
                }
            }
            Some(_) if step.diff.is_same() => {
                let of = base(found, step).map(|base| words::clean(&base.name)).unwrap_or_default();
                writeln!(answer.out, "    Instructions as those of {of}")?;
            }
            Some(_) => {
                if found.against == Against::Parent
                    && let Some(base) = base(found, step)
                {
                    writeln!(answer.out, "    Changed from {}", words::clean(&base.name))?;
                }
                for line in lines(&step.diff, answer.style) {
                    writeln!(answer.out, "    {line}")?;
                }
            }
        }
        if step.instructions.is_some() && !step.diff.is_complete() {
            writeln!(answer.out, "    Not compared in full: a text is too long, or MLflow cut it")?;
        }
    }
    Ok(())
}
