//! What an optimization learned from and was measured on, for the rules.

use std::collections::{HashMap, HashSet};

use super::progress::is_over;
use crate::analysis::canonical;
use crate::analysis::doctor::{DataFacts, Repeats};
use crate::analysis::optimization::EvaluationKind;
use crate::model::RunId;
use crate::model::dspy::artifacts::{TRAINSET, VALSET};
use crate::query::ask::Session;
use crate::query::data_rows::{DataRows, as_text};
use crate::query::example_rows::ScoreSource;
use crate::query::optimization::Optimization;
use crate::query::scores::{ScoreColumn, Scores};
use crate::store::Result;

const NO_TRAINSET: &str = "there is no trainset.json";
const OTHER_FIELDS: &str = "the examples have other fields than the data that was logged";

pub fn facts(session: &mut Session<'_>, found: &Optimization, scores: &Scores) -> Result<DataFacts> {
    let parent = &found.run.id;
    let trainset = DataRows::read(session, parent, TRAINSET)?;
    let valset = DataRows::read(session, parent, VALSET)?;
    let largest = largest_full(scores);
    Ok(DataFacts {
        parent: parent.clone(),
        is_over: is_over(found),
        optimizer: found.optimizer.name,
        trainset: trainset.as_ref().map(|rows| Repeats::of(rows.keys(rows.columns()))),
        has_valset: valset.is_some(),
        overlap: match (&trainset, &valset) {
            (None, _) => Err(NO_TRAINSET),
            (Some(trainset), Some(valset)) => overlap(trainset, valset),
            (Some(trainset), None) => evaluated_overlap(trainset, scores),
        },
        repeated: largest.map_or(Err("no full evaluation has a table"), |(at, _)| Ok(repeated(scores, at))),
        largest: largest.map(|(_, run)| run.clone()),
        unseen: valset.as_ref().map_or(Err("there is no valset.json"), |valset| unseen(valset, scores)),
    })
}

/// The full evaluation with the most rows, of those that have a table.
fn largest_full(scores: &Scores) -> Option<(usize, &RunId)> {
    let full = scores.columns.iter().enumerate().filter(|(_, one)| one.kind == EvaluationKind::Full && is_table(one));
    full.max_by_key(|(at, one)| (one.examples, std::cmp::Reverse(*at))).map(|(at, one)| (at, &one.run_id))
}

fn is_table(column: &ScoreColumn) -> bool {
    matches!(column.source, ScoreSource::Table | ScoreSource::Valset { .. }) && column.examples > 0
}

/// How many different rows of the valset are in the trainset. One of the two has to have all the fields of the other:
/// a label alone is the same for many.
fn overlap(trainset: &DataRows, valset: &DataRows) -> std::result::Result<(usize, usize), &'static str> {
    let shared: Vec<String> =
        valset.columns().iter().filter(|name| trainset.columns().contains(name)).cloned().collect();
    if shared.is_empty() || shared.len() < valset.columns().len().min(trainset.columns().len()) {
        return Err(OTHER_FIELDS);
    }
    let own: HashSet<String> = trainset.keys(&shared).collect();
    let theirs: HashSet<String> = valset.keys(&shared).collect();
    Ok((theirs.intersection(&own).count(), theirs.len()))
}

/// How many of the evaluated examples are in the trainset.
fn evaluated_overlap(trainset: &DataRows, scores: &Scores) -> std::result::Result<(usize, usize), &'static str> {
    let fields = fields_in(trainset, scores)?;
    let own: HashSet<String> = trainset.keys(fields).collect();
    let theirs = evaluated(scores, fields);
    if theirs.is_empty() {
        return Err("no evaluation tells its examples");
    }
    Ok((theirs.intersection(&own).count(), theirs.len()))
}

/// The fields by which evaluations were joined, if the data has all of them.
fn fields_in<'s>(data: &DataRows, scores: &'s Scores) -> std::result::Result<&'s [String], &'static str> {
    let fields = scores.matrix.shared_fields.as_slice();
    match fields.iter().all(|field| data.columns().contains(field)) {
        _ if fields.is_empty() => Err("no evaluation tells its examples"),
        true => Ok(fields),
        false => Err(OTHER_FIELDS),
    }
}

/// The different examples of all evaluations.
fn evaluated(scores: &Scores, fields: &[String]) -> HashSet<String> {
    let key = |one: &crate::analysis::score_matrix::MatrixExample| {
        fields.iter().map(|field| as_text(one.example.get(field))).collect::<Vec<_>>().join("\u{1f}")
    };
    scores.matrix.examples.iter().map(key).collect()
}

/// The places of the examples that an evaluation has several times, and how many rows these are beyond the first.
fn repeated(scores: &Scores, column: usize) -> (Vec<u32>, usize) {
    let mut places: HashMap<Vec<u8>, Vec<u32>> = HashMap::new();
    for (place, one) in (0..).zip(&scores.matrix.examples) {
        if one.rows.get(column).is_some_and(Option::is_some) {
            places.entry(canonical::object_bytes(&one.example)).or_default().push(place);
        }
    }
    let several = places.into_values().filter(|places| places.len() > 1);
    let (mut all, mut rows) = (Vec::new(), 0);
    for places in several {
        rows += places.len() - 1;
        all.extend(places);
    }
    all.sort_unstable();
    (all, rows)
}

/// How many different rows of the valset no evaluation has.
fn unseen(valset: &DataRows, scores: &Scores) -> std::result::Result<(usize, usize), &'static str> {
    if largest_full(scores).is_none() {
        return Err("no full evaluation has a table");
    }
    if scores.columns.iter().any(|one| one.kind == EvaluationKind::Full && !is_table(one))
        || !scores.matrix.left_out.is_empty()
    {
        return Err("not all full evaluations have a table that can be joined");
    }
    let fields = fields_in(valset, scores)?;
    let wanted: HashSet<String> = valset.keys(fields).collect();
    let seen = evaluated(scores, fields);
    Ok((wanted.difference(&seen).count(), wanted.len()))
}
