//! A program for people.

use super::Answer;
use super::provenance;
use crate::cli::failure::Failure;
use crate::cli::json::preview;
use crate::cli::table::{Side, Table};
use crate::cli::words;
use crate::model::program::{MISSING_REASON, Object};
use crate::model::{FactSource, Json, Predictor, Program, Run, predictor_title};

/// Values longer than this are cut.
const PREVIEW: usize = 120;

pub(super) fn print(run: &Run, program: &Program, answer: &mut Answer<'_>) -> Result<(), Failure> {
    writeln!(answer.out, "Program of {} · from {}", named(run), program.source.as_str())?;
    match &program.state_hash {
        Some(hash) => writeln!(answer.out, "state {}", hash.as_str())?,
        None if program.complete => {}
        None => writeln!(answer.out, "{}", program.incomplete())?,
    }
    if let Some(stale) = &program.stale {
        writeln!(answer.out, "Stale: {stale}")?;
    }
    for predictor in &program.predictors {
        print_predictor(predictor, answer)?;
        provenance::print(run, predictor, answer)?;
    }
    print_missing(program, answer)?;
    print_rest("Other", &program.other, answer)
}

/// Predictors that traces show and the state lacks.
fn print_missing(program: &Program, answer: &mut Answer<'_>) -> Result<(), Failure> {
    for one in &program.missing {
        writeln!(answer.out, "\nNot in the state: {}", words::clean(&one.named()))?;
        writeln!(answer.out, "  trace {} shows it; {MISSING_REASON}", words::clean(one.trace.as_str()))?;
    }
    Ok(())
}

/// `threshold 0.35`.
fn fitted(values: &Object) -> String {
    let all = values.iter().map(|(key, value)| format!("{key} {}", preview(value, PREVIEW)));
    all.collect::<Vec<_>>().join(", ")
}

/// The run as people know it.
pub(super) fn named(run: &Run) -> String {
    let name = words::clean(&run.name);
    let id = words::clean(run.id.as_str());
    if name.is_empty() { format!("run {id}") } else { format!("{name} ({id})") }
}

/// The path of a predictor; a bare one has none.
pub(super) fn title(path: &str) -> String {
    words::clean(predictor_title(path))
}

fn print_predictor(predictor: &Predictor, answer: &mut Answer<'_>) -> Result<(), Failure> {
    writeln!(answer.out, "\n{}", title(&predictor.path))?;
    if let Some(instructions) = &predictor.instructions {
        for line in instructions.lines() {
            writeln!(answer.out, "  {}", words::clean(line))?;
        }
    }
    if let Some(source) = &predictor.module_src {
        writeln!(answer.out, "  Source")?;
        for line in source.lines() {
            writeln!(answer.out, "{}", format!("    {}", words::clean(line)).trim_end())?;
        }
    }
    if !predictor.fields.is_empty() {
        writeln!(answer.out)?;
        let has_fitted = predictor.fields.iter().any(|field| !field.fitted.is_empty());
        let mut columns =
            vec![("  Field", Side::Left), ("Direction", Side::Left), ("Type", Side::Left), ("Prefix", Side::Left)];
        if has_fitted {
            columns.push(("Fitted", Side::Left));
        }
        columns.push(("Description", Side::LeftCut));
        let mut table = Table::new(&columns);
        for field in &predictor.fields {
            let known = |text: Option<&str>| text.map_or_else(|| words::UNKNOWN.to_owned(), str::to_owned);
            let marked = |text: String, source: &Option<FactSource>| match source.as_ref().map_or("", FactSource::mark)
            {
                "" => text,
                mark => format!("{text} ({mark})"),
            };
            let direction = field.direction.map(|direction| direction.as_str());
            let mut cells = vec![
                format!("  {}", marked(known(field.name.as_deref()), &field.name_source)),
                marked(known(direction), &field.direction_source),
                marked(known(field.type_.as_deref()), &field.type_source),
                known(field.prefix.as_deref()),
            ];
            if has_fitted {
                cells.push(fitted(&field.fitted));
            }
            cells.push(field.description.clone().unwrap_or_default());
            table.row(cells);
        }
        table.print(answer.style, answer.out)?;
    }
    if !predictor.demos.is_empty() {
        let bootstrapped = predictor.demos.iter().filter(|demo| demo.is_bootstrapped()).count();
        let count = words::counted(predictor.demos.len() as u64, "demo");
        writeln!(answer.out, "\n  {count}, {} of them bootstrapped", words::count(bootstrapped as u64))?;
        for (number, demo) in (1..).zip(&predictor.demos) {
            let kind = if demo.is_bootstrapped() { "bootstrapped" } else { "labelled" };
            writeln!(answer.out, "  {number}. {kind}")?;
            for (name, value) in demo.fields() {
                writeln!(answer.out, "     {} = {}", words::clean(name), preview(value, PREVIEW))?;
            }
        }
    }
    if let Some(lm) = &predictor.lm {
        writeln!(answer.out, "\n  LM {}", preview(lm, 4 * PREVIEW))?;
    }
    print_rest("  Other", &predictor.other, answer)
}

fn print_rest(title: &str, rest: &Object, answer: &mut Answer<'_>) -> Result<(), Failure> {
    if !rest.is_empty() {
        writeln!(answer.out, "\n{title} {}", preview(&Json::Object(rest.clone()), 4 * PREVIEW))?;
    }
    Ok(())
}
