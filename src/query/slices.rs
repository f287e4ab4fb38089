//! Seed and winner of an optimization by the values of a field of the examples, and what they took for what.

use std::collections::HashSet;

use super::example_answer::answer;
use super::example_rows::{example_rows, links};
use super::scores::ScoresOf;
use super::verdict::{NoVerdict, Verdict, VerdictOf};
use crate::analysis::slices::{Confusion, Slice, slices};
use crate::model::program::Object;
use crate::model::{Json, RunId};
use crate::query::ask::{Question, Session};
use crate::store::{Allowance, Part, Result};

/// Examples by a field.
#[derive(Clone, Debug, PartialEq)]
pub struct Slices {
    /// The fields that examples can be parted by: with few values that repeat.
    pub fields: Vec<String>,
    /// One slice for each value of the field.
    pub slices: Vec<Slice>,
    /// What seed and winner took for what, if the field is what was expected and has few values.
    pub confusion: Option<Confusion>,
    /// One point of an example's score on the scale of `eval`: 100 or 1.
    pub unit: f64,
}

/// Seed and winner by a field of the examples; the outer `None` if the store has no such run.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SlicesOf {
    /// The optimization.
    pub parent: RunId,
    /// The field, without its `example_`; nothing for the fields alone.
    pub field: Option<String>,
}

impl Question for SlicesOf {
    type Answer = Option<std::result::Result<Slices, NoVerdict>>;
    const LABEL: &'static str = "slices of examples";

    fn answer(&self, session: &mut Session<'_>) -> Result<Self::Answer> {
        let verdict = session.ask(&VerdictOf(self.parent.clone()))?;
        let verdict = match verdict.as_ref() {
            None => return Ok(None),
            Some(Err(why)) => return Ok(Some(Err(*why))),
            Some(Ok(verdict)) => verdict,
        };
        let scores = session.ask(&ScoresOf::optimization(self.parent.clone()))?;
        let Some(scores) = scores.as_ref() else { return Ok(None) };
        let place = |run: &RunId| scores.columns.iter().position(|column| column.run_id == *run);
        let (Some(seed), Some(winner)) = (place(&verdict.seed_run), place(&verdict.winner_run)) else {
            return Ok(Some(Err(NoVerdict::NothingShared)));
        };
        let examples: Vec<Scored<'_>> = scores
            .matrix
            .examples
            .iter()
            .filter_map(|one| {
                let pair = (one.scores.get(seed).copied().flatten()?, one.scores.get(winner).copied().flatten()?);
                let rows = [*one.rows.get(seed)?, *one.rows.get(winner)?];
                Some(Scored { example: &one.example, pair, rows })
            })
            .collect();
        let fields = fields(&examples);
        let Some(field) = &self.field else {
            return Ok(Some(Ok(Slices { fields, slices: Vec::new(), confusion: None, unit: verdict.unit })));
        };
        let of_field = |one: &Scored<'_>| Some((text(one.example.get(field)?), one.pair));
        let slices = slices(&examples.iter().filter_map(of_field).collect::<Vec<_>>());
        let confusion = confusion(session, verdict, &examples, field)?;
        Ok(Some(Ok(Slices { fields, slices, confusion, unit: verdict.unit })))
    }

    fn bytes(answer: &Self::Answer) -> usize {
        let of = |one: &Slices| one.slices.iter().map(|slice| slice.value.len() + 200).sum::<usize>();
        answer.as_ref().and_then(|it| it.as_ref().ok()).map_or(0, of)
    }
}

/// An example that both scored.
struct Scored<'a> {
    example: &'a Object,
    pair: (f64, f64),
    /// Its rows in the tables of both.
    rows: [Option<u32>; 2],
}

fn text(value: &Json) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// The fields with at least two values, of which most repeat.
fn fields(examples: &[Scored<'_>]) -> Vec<String> {
    let mut names: Vec<&String> = Vec::new();
    for name in examples.iter().flat_map(|one| one.example.keys()) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let parts = |name: &&String| {
        let values: HashSet<String> = examples.iter().filter_map(|one| one.example.get(*name)).map(text).collect();
        values.len() >= 2 && values.len() * 2 <= examples.len() && values.len() <= Confusion::MOST_LABELS
    };
    names.into_iter().filter(parts).cloned().collect()
}

/// What seed and winner took for what: their predictions of a field of the examples, from their tables, else from the
/// traces of the examples.
fn confusion(
    session: &mut Session<'_>,
    verdict: &Verdict,
    examples: &[Scored<'_>],
    field: &str,
) -> Result<Option<Confusion>> {
    let time = session.cx.begin(Part::ExampleTraces);
    let rows_of = |side: usize| -> Vec<Option<usize>> {
        examples.iter().map(|one| one.rows[side].map(|row| row as usize)).collect()
    };
    let seed = predictions(session, &verdict.seed_run, &rows_of(0), (field, time))?;
    let winner = predictions(session, &verdict.winner_run, &rows_of(1), (field, time))?;
    let expected = examples.iter().map(|one| one.example.get(field).map(text));
    let answers: Vec<(String, [Option<String>; 2])> = expected
        .zip(seed.into_iter().zip(winner))
        .filter_map(|(expected, (seed, winner))| Some((expected?, [seed, winner])))
        .collect();
    Ok(Confusion::count(&answers))
}

fn predictions(
    session: &mut Session<'_>,
    run: &RunId,
    rows: &[Option<usize>],
    (field, time): (&str, Allowance),
) -> Result<Vec<Option<String>>> {
    let found = example_rows(session, run, time)?;
    let of_table = |row: usize| found.table.rows.get(row)?.prediction.get(field).map(text);
    if found.table.prediction_fields.iter().any(|name| name == field) {
        return Ok(rows.iter().map(|row| row.and_then(of_table)).collect());
    }
    let wanted: Vec<usize> = rows.iter().copied().flatten().collect();
    let links = links(session, run, &found, &wanted, time)?;
    let mut traces = links.iter();
    let mut told = Vec::with_capacity(rows.len());
    for row in rows {
        session.cx.check()?;
        let trace = row.and_then(|_| traces.next()).and_then(|link| link.trace());
        told.push(match trace {
            Some(trace) if !time.is_spent() => {
                answer(session, trace)?.and_then(|answer| answer.fields.get(field).map(text))
            }
            _ => None,
        });
    }
    Ok(told)
}
