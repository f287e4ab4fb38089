//! The examples of one of GEPA's evaluations that has no table of its own: GEPA scores through
//! `bootstrap_trace_data` (DSPy 3.4), and what each example scored stands beside the optimization.

use std::collections::BTreeMap;

use super::data_rows::DataRows;
use super::lookup;
use super::program::{GepaEvaluation, gepa_evaluation, gepa_table, program_state};
use super::result_table::result_table;
use crate::analysis::family_tree::objectives_of;
use crate::analysis::gepa_evaluations::has_score;
use crate::model::dspy::artifacts::{OBJECTIVE_SCORES, TRAINSET, VALSET, VALSET_SCORES};
use crate::model::dspy::keys;
use crate::model::program::Object;
use crate::model::{Json, ResultRow, ResultTable, RunId, RunValues};
use crate::query::ask::Session;
use crate::query::runs::{RunOf, ValuesOf};
use crate::store::Result;

/// Scores from GEPA's table.
#[derive(Clone, Debug, PartialEq)]
pub struct ValsetRows {
    /// The validation examples in order, with their scores and without any answer.
    pub table: ResultTable,
    /// The optimization.
    pub parent: RunId,
    /// The number of the candidate that was scored.
    pub candidate: usize,
    /// What it scored by each objective on average, where GEPA noted some; of single examples it does not.
    pub objectives: BTreeMap<String, f64>,
}

/// The examples that one of GEPA's evaluations scored; `None` if its optimization has no
/// `valset_scores.json`, if no candidate in it has the score of this evaluation, or if the
/// examples behind the ids are not stored.
///
/// # Errors
/// Those of the store; a file that cannot be read is a warning.
pub fn valset_rows(session: &mut Session<'_>, run: &RunId) -> Result<Option<ValsetRows>> {
    let Some(stored) = (*session.ask(&RunOf(run.clone()))?).clone() else { return Ok(None) };
    let values = session.ask(&ValuesOf(run.clone()))?;
    let Some(score) = lookup::score(&values) else { return Ok(None) };
    let program = program_state(session, run, false)?;
    let Some(found) = gepa_evaluation(session, &stored, program.as_ref())? else { return Ok(None) };
    let GepaEvaluation { parent, candidate, first } = found;
    if candidate.scores.is_empty() || !has_score(&candidate, Some(score)) {
        return Ok(None);
    }
    let parent_values = session.ask(&ValuesOf(parent.clone()))?;
    let Some(examples) = examples(session, &parent, &parent_values, first.as_ref())? else {
        session.cx.warn(
            format!("run {parent}, {VALSET_SCORES}"),
            "has scores of examples of which neither valset.json nor the first evaluation tells what they are",
        );
        return Ok(None);
    };
    let mut table = ResultTable { example_fields: examples.fields, ..ResultTable::default() };
    for (id, score) in &candidate.scores {
        let Some(example) = id.parse().ok().and_then(|id: usize| examples.rows.get(id)) else {
            // GEPA numbers them: another id is of nothing that is known here.
            return Ok(None);
        };
        table.rows.push(ResultRow {
            score: Some(*score),
            stored_score: Json::from(*score),
            example: example.clone(),
            ..ResultRow::default()
        });
    }
    let objectives = objectives(session, &parent, candidate.index)?;
    Ok(Some(ValsetRows { table, parent, candidate: candidate.index, objectives }))
}

/// A candidate's line in `objective_scores.json`; empty without one.
fn objectives(session: &mut Session<'_>, parent: &RunId, candidate: usize) -> Result<BTreeMap<String, f64>> {
    let Some(table) = gepa_table(session, parent, OBJECTIVE_SCORES)? else { return Ok(BTreeMap::new()) };
    Ok(objectives_of(&table, candidate))
}

/// Validation examples in the order of their ids.
struct Examples {
    fields: Vec<String>,
    rows: Vec<Object>,
}

/// What GEPA took for validation: `valset.json`, else the examples of its first evaluation, else
/// the trainset, which it takes where it was given no other. All but one that is not as long as
/// GEPA says.
fn examples(
    session: &mut Session<'_>,
    parent: &RunId,
    values: &RunValues,
    first: Option<&RunId>,
) -> Result<Option<Examples>> {
    let size = lookup::param(values, keys::VALSET_SIZE).and_then(|param| param.value.as_str().parse::<usize>().ok());
    let fits = |found: &Examples| size.is_none_or(|size| size == found.rows.len());
    if let Some(found) = data(session, parent, VALSET)?.filter(fits) {
        return Ok(Some(found));
    }
    if let Some(first) = first
        && let Some(table) = result_table(session, first)?
    {
        let rows = table.rows.into_iter().map(|row| row.example).collect();
        let found = Examples { fields: table.example_fields, rows };
        if fits(&found) {
            return Ok(Some(found));
        }
    }
    // Without the number of examples nothing says that it was the trainset.
    Ok(data(session, parent, TRAINSET)?.filter(|found| size.is_some() && fits(found)))
}

/// Those of a file.
fn data(session: &mut Session<'_>, run: &RunId, path: &str) -> Result<Option<Examples>> {
    let found = DataRows::read(session, run, path)?.and_then(DataRows::into_examples);
    Ok(found.map(|(fields, rows)| Examples { fields, rows }))
}
