//! `dspyglass scores`

use std::sync::Arc;

use serde::Serialize;

use super::Answer;
use crate::analysis::score_matrix::ExampleClass;
use crate::cli::args::ScoresArgs;
use crate::cli::failure::Failure;
use crate::cli::json::{self, Real, Warnings};
use crate::cli::table::{Side, Table};
use crate::cli::words;
use crate::model::program::Object;
use crate::model::{Json, TraceId};
use crate::query::{Optimization, OptimizationOf, ScoreSource, Scores, ScoresOf, TraceLink, TracesOfExamples};

#[derive(Serialize)]
struct Document<'a> {
    evaluations: Vec<&'a str>,
    examples: Vec<ExampleJson<'a>>,
    columns: Vec<ColumnJson<'a>>,
    /// The score from which on an example is right; null without scores.
    threshold: Option<Real>,
    /// By which fields examples were told apart.
    joined_by: &'a [String],
    #[serde(skip_serializing_if = "Warnings::is_empty")]
    warnings: Warnings,
}

#[derive(Serialize)]
struct ExampleJson<'a> {
    inputs: Object,
    expected: Object,
    scores: Vec<Option<Real>>,
    trace_ids: Vec<Option<&'a str>>,
    class: Option<&'static str>,
}

#[derive(Serialize)]
struct ColumnJson<'a> {
    run_id: &'a str,
    kind: &'static str,
    candidate: usize,
    source: Option<&'static str>,
    without_scores: Option<String>,
    rows: usize,
    scored: usize,
    mean: Option<Real>,
    interval: Option<[Real; 2]>,
    /// None of its examples is here: it has no field in common with the others.
    left_out: bool,
}

pub(super) fn answer(args: &ScoresArgs, answer: &mut Answer<'_>) -> Result<(), Failure> {
    let run = answer.run(&args.parent)?;
    let optimization = answer.session.ask(&OptimizationOf(run.id.clone()))?;
    let scores = answer.session.ask(&ScoresOf::optimization(run.id.clone()))?;
    let (Some(optimization), Some(scores)) = (optimization.as_ref(), scores.as_ref()) else {
        return Err(answer.absent("run", &args.parent));
    };
    if answer.is_json { print_json(scores, answer) } else { print(optimization, scores, answer) }
}

fn print_json(scores: &Scores, answer: &mut Answer<'_>) -> Result<(), Failure> {
    let mut traces: Vec<Arc<Vec<TraceLink>>> = Vec::with_capacity(scores.columns.len());
    for column in &scores.columns {
        traces.push(answer.session.ask(&TracesOfExamples(column.run_id.clone()))?);
    }
    let rule = scores.usual_rule();
    let classes = rule.map_or_else(|| vec![None; scores.matrix.examples.len()], |rule| scores.classes(rule));
    let examples = scores.matrix.examples.iter().zip(classes).map(|(one, class)| {
        let (inputs, expected) = scores.parted(&one.example);
        ExampleJson {
            inputs,
            expected,
            scores: one.scores.iter().map(|score| score.map(Real)).collect(),
            trace_ids: one.rows.iter().zip(&traces).map(|(row, links)| trace_of(*row, links)).collect(),
            class: class.map(ExampleClass::as_str),
        }
    });
    let document = Document {
        evaluations: scores.columns.iter().map(|column| column.run_id.as_str()).collect(),
        examples: examples.collect(),
        columns: scores.columns.iter().enumerate().map(|(at, column)| column_json(scores, at, column)).collect(),
        threshold: rule.map(|rule| Real(rule.threshold)),
        joined_by: &scores.matrix.shared_fields,
        warnings: answer.session.cx.take_warnings().into(),
    };
    json::write(&document, answer.out)
}

fn trace_of(row: Option<u32>, links: &[TraceLink]) -> Option<&str> {
    links.get(row? as usize)?.trace().map(TraceId::as_str)
}

fn column_json<'a>(scores: &Scores, at: usize, column: &'a crate::query::ScoreColumn) -> ColumnJson<'a> {
    let without_scores = match &column.source {
        ScoreSource::Nothing(why) => Some(why.to_string()),
        _ => None,
    };
    ColumnJson {
        run_id: column.run_id.as_str(),
        kind: column.kind.as_str(),
        candidate: column.candidate,
        source: column.source.as_str(),
        without_scores,
        rows: column.examples,
        scored: column.scored,
        mean: column.mean.map(Real),
        interval: column.scaled_interval().map(|ends| ends.map(Real)),
        left_out: scores.matrix.left_out.contains(&at),
    }
}

/// One sign an evaluation, so that hundreds of them stand beside an example.
fn print(found: &Optimization, scores: &Scores, answer: &mut Answer<'_>) -> Result<(), Failure> {
    let Some(rule) = scores.usual_rule() else {
        writeln!(answer.out, "No example of these evaluations has a score")?;
        for (column, one) in scores.columns.iter().zip(&found.evaluations) {
            if let ScoreSource::Nothing(why) = &column.source {
                writeln!(answer.out, "{}: {why}", words::clean(&one.name))?;
            }
        }
        return Ok(());
    };
    let classes = scores.classes(rule);
    let examples = words::counted(scores.matrix.examples.len(), "example");
    let evaluations = words::counted(scores.columns.len(), "evaluation");
    let right = if rule.is_binary { "1".to_owned() } else { format!("{} or more", words::value(rule.threshold)) };
    writeln!(answer.out, "{examples} over {evaluations} · right is a score of {right}")?;
    let counts: Vec<String> = ExampleClass::ALL
        .into_iter()
        .map(|class| (class, classes.iter().filter(|one| **one == Some(class)).count()))
        .filter(|(_, count)| *count > 0)
        .map(|(class, count)| format!("{} {}", words::count(count as u64), class.as_str()))
        .collect();
    if !counts.is_empty() {
        writeln!(answer.out, "Seed to winner: {}", counts.join(", "))?;
    }
    writeln!(answer.out, "✓ right, ✕ wrong, ? no score, · not evaluated; evaluations in their order\n")?;
    let columns = [
        ("#", Side::Right),
        ("Evaluations", Side::Left),
        ("Class", Side::Left),
        ("Example", Side::Left),
        ("Expected", Side::Left),
    ];
    let mut table = Table::new(&columns);
    for ((number, one), class) in scores.matrix.examples.iter().enumerate().zip(classes) {
        let (inputs, expected) = scores.parted(&one.example);
        let sign = |(score, row): (&Option<f64>, &Option<u32>)| match (score, row) {
            (Some(score), _) if rule.is_right(*score) => '✓',
            (Some(_), _) => '✕',
            (None, Some(_)) => '?',
            (None, None) => '·',
        };
        table.row(vec![
            (number + 1).to_string(),
            one.scores.iter().zip(&one.rows).map(sign).collect(),
            class.map_or("–", ExampleClass::as_str).to_owned(),
            one_line(&inputs),
            one_line(&expected),
        ]);
    }
    Ok(table.print(answer.style, answer.out)?)
}

/// The values of an example in one line; with their names if there are several.
fn one_line(fields: &Object) -> String {
    let text = |value: &Json| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let named = |(name, value): (&String, &Json)| {
        if fields.len() == 1 { text(value) } else { format!("{name}: {}", text(value)) }
    };
    let joined = fields.iter().map(named).collect::<Vec<_>>().join(" · ");
    words::cut(&words::clean(&joined), 60)
}
