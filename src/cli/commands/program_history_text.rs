//! A program wherever it appears, for people.

use super::Answer;
use super::program_text::title;
use crate::analysis::cost::CostSum;
use crate::cli::failure::Failure;
use crate::cli::table::{Side, Table};
use crate::cli::words;
use crate::query::family_tree::called;
use crate::query::program_history::{Family, ProgramEvaluation, Relative, RunRef};
use crate::query::{Origin, ProgramHistory, Provenance};

pub(super) fn print(found: &ProgramHistory, costs: &[CostSum], answer: &mut Answer<'_>) -> Result<(), Failure> {
    writeln!(answer.out, "Program {}", words::clean(found.hash.as_str()))?;
    for (home, program) in &found.names {
        writeln!(answer.out, "Called     {} of {}", program.marked(), name(home))?;
    }
    for (word, runs) in [("Winner of", &found.winner_of), ("Seed of  ", &found.seed_of)] {
        if !runs.is_empty() {
            writeln!(answer.out, "{word}  {}", runs.iter().map(name).collect::<Vec<_>>().join(", "))?;
        }
    }
    for one in &found.families {
        family(one, answer)?;
    }
    if !found.complete {
        let runs = words::counted(found.runs as u64, "run");
        writeln!(answer.out, "Note       Not all was looked into, {runs}: more may be known")?;
    }
    for predictor in &found.program.predictors {
        writeln!(answer.out, "\n{}", title(&predictor.path))?;
        for line in predictor.instructions.iter().flat_map(|text| text.lines()) {
            writeln!(answer.out, "{}", format!("  {}", words::clean(line)).trim_end())?;
        }
        if !predictor.demos.is_empty() {
            let demos = words::counted(predictor.demos.len() as u64, "demo");
            let known = found.demos.iter().filter(|demo| demo.path == predictor.path).count() as u64;
            let known = if known > 0 { format!(", {} from the trainset", words::count(known)) } else { String::new() };
            writeln!(answer.out, "  {demos}{known}")?;
        }
        if let Some(told) = found.origins.iter().find(|one| one.path == predictor.path) {
            origin(told, answer)?;
        }
    }
    evaluations(found, costs, answer)
}

fn name(run: &RunRef) -> String {
    words::clean(if run.name.is_empty() { run.run_id.as_str() } else { &run.name })
}

/// `C4 of bold-finch`
fn optimization(one: &ProgramEvaluation) -> String {
    let Some(home) = &one.optimization else { return words::UNKNOWN.to_owned() };
    one.program.map_or_else(|| name(home), |program| format!("{program} of {}", name(home)))
}

fn family(one: &Family, answer: &mut Answer<'_>) -> Result<(), Failure> {
    let inferred = if one.is_inferred { " (inferred)" } else { "" };
    let own = called(one.program, one.index);
    writeln!(answer.out, "Candidate  {own} in the family tree of {}{inferred}", name(&one.parent))?;
    let names = |all: &[Relative]| -> String {
        all.iter().map(|one| called(one.program, one.index)).collect::<Vec<_>>().join(", ")
    };
    for (word, relatives) in [("Parents  ", &one.parents), ("Children ", &one.children)] {
        if !relatives.is_empty() {
            writeln!(answer.out, "  {word}  {}", names(relatives))?;
        }
    }
    Ok(())
}

/// Who wrote the instructions above.
fn origin(told: &Provenance, answer: &mut Answer<'_>) -> Result<(), Failure> {
    let guessed = |is_inferred: bool| if is_inferred { " (inferred)" } else { "" };
    match &told.origin {
        Origin::Writer(found) => {
            let (span, trace) = (words::clean(&found.writer.span_id), words::clean(found.writer.trace.as_str()));
            writeln!(answer.out, "  Written by span {span} of trace {trace}{}", guessed(found.is_inferred))?;
        }
        Origin::Program { is_inferred } => {
            writeln!(answer.out, "  Of the program that was given to the optimization{}", guessed(*is_inferred))?;
        }
        Origin::Unknown => {}
    }
    Ok(())
}

fn evaluations(found: &ProgramHistory, costs: &[CostSum], answer: &mut Answer<'_>) -> Result<(), Failure> {
    writeln!(answer.out)?;
    if found.evaluations.is_empty() {
        writeln!(answer.out, "No evaluation of it was logged")?;
        return Ok(());
    }
    let mut table = Table::new(&[
        ("Evaluation", Side::Left),
        ("Score", Side::Right),
        ("n", Side::Right),
        ("Tokens", Side::Right),
        ("Cost", Side::Right),
        ("Data", Side::LeftCut),
        ("Optimization", Side::LeftCut),
        ("Experiment", Side::LeftCut),
    ]);
    for (one, cost) in found.evaluations.iter().zip(costs) {
        table.row(vec![
            if one.run.name.is_empty() { one.run.id.to_string() } else { one.run.name.clone() },
            one.score.map_or_else(|| words::UNKNOWN.to_owned(), words::value),
            words::count_or_unknown(one.n),
            words::tokens(one.tokens),
            cost.of_all()
                .map_or_else(|| words::UNKNOWN.to_owned(), |cost| words::cost(cost.usd, cost.certainty.sign())),
            one.data.words(),
            optimization(one),
            one.experiment.clone(),
        ]);
    }
    Ok(table.print(answer.style, answer.out)?)
}
