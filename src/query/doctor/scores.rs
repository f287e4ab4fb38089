//! What the scores of an optimization tell, for the rules.

use super::progress::name;
use crate::analysis::doctor::{NoPrediction, ScoreFacts, Small};
use crate::model::{EvaluationId, Json, ResultRow, RunId};
use crate::query::ask::Session;
use crate::query::example_answer::answer;
use crate::query::example_rows::{ScoreSource, example_rows, links};
use crate::query::optimization::Optimization;
use crate::query::scores::{ScoreColumn, Scores};
use crate::query::verdict::{NoVerdict, Verdict, VerdictOf};
use crate::store::{Allowance, Part, Result};
use crate::words;

pub fn facts(session: &mut Session<'_>, found: &Optimization, scores: &Scores) -> Result<ScoreFacts> {
    let all = || scores.matrix.examples.iter().flat_map(|one| one.scores.iter().copied().flatten());
    let first = all().next();
    let mut scored: Vec<usize> = scores.columns.iter().filter(|one| one.scored > 0).map(|one| one.candidate).collect();
    scored.sort_unstable();
    scored.dedup();
    let full = found.candidates.iter().enumerate().filter_map(|(at, one)| {
        let (_, best) = one.full_range?;
        let run = one.evaluations.iter().filter_map(|at| found.evaluations.get(*at));
        let run = run.clone().find(|one| one.score == Some(best)).or_else(|| run.clone().next())?;
        Some((run.run_id.clone(), name(found, at), best))
    });
    let verdict = session.ask(&VerdictOf(found.run.id.clone()))?;
    let gain = match verdict.as_ref() {
        Some(Ok(verdict)) => Ok(unproved(verdict, scores)),
        // There is no gain that could be too small.
        Some(Err(NoVerdict::SeedWon)) => Ok(None),
        Some(Err(why)) => Err(why.words()),
        None => Err(NoVerdict::NoWinner.words()),
    };
    Ok(ScoreFacts {
        parent: found.run.id.clone(),
        only_score: first.filter(|first| all().all(|score| score == *first)),
        scores: all().count(),
        scored_programs: scored.len(),
        full: full.collect(),
        without_score: without_score(found, scores),
        without_prediction: without_prediction(session, scores)?,
        has_tables: scores.columns.iter().any(|one| one.source == ScoreSource::Table),
        gain,
    })
}

/// The gain of the winner, if it is one and not more than luck.
fn unproved(verdict: &Verdict, scores: &Scores) -> Option<Small> {
    let told = &verdict.comparison;
    let difference = told.difference();
    if difference <= 0.0 || told.is_more_than_luck() {
        return None;
    }
    let place = |id: &EvaluationId| scores.columns.iter().position(|column| column.is(id));
    let changed = place(&verdict.seed).zip(place(&verdict.winner)).map(|(seed, winner)| {
        let of = |one: &crate::analysis::score_matrix::MatrixExample, at: usize| one.scores.get(at).copied().flatten();
        let is_changed = |one: &crate::analysis::score_matrix::MatrixExample| {
            of(one, seed).zip(of(one, winner)).is_some_and(|(before, after)| before != after)
        };
        (0..).zip(&scores.matrix.examples).filter(|(_, one)| is_changed(one)).map(|(at, _)| at).collect()
    });
    Some(Small {
        winner: verdict.winner.run.clone(),
        figures: verdict.figures(),
        meaning: verdict.meaning(),
        changed: changed.unwrap_or_default(),
    })
}

/// The rows of tables that have no score, by evaluation.
fn without_score(found: &Optimization, scores: &Scores) -> Vec<(RunId, String, Vec<u32>)> {
    let of = |(at, column): (usize, &ScoreColumn)| {
        if column.source != ScoreSource::Table || column.scored == column.examples {
            return None;
        }
        let is_without = |one: &crate::analysis::score_matrix::MatrixExample| {
            one.rows.get(at).is_some_and(Option::is_some) && one.scores.get(at).copied().flatten().is_none()
        };
        let places = (0..).zip(&scores.matrix.examples).filter(|(_, one)| is_without(one)).map(|(place, _)| place);
        let places: Vec<u32> = places.collect();
        let name = found.evaluations.get(at).map_or_else(String::new, |one| one.name.clone());
        (!places.is_empty()).then(|| (column.run_id.clone(), name, places))
    };
    scores.columns.iter().enumerate().filter_map(of).collect()
}

/// The rows of tables without any prediction whose traces gave one: `Evaluate` runs the program and the metric as one,
/// and keeps nothing of a row in which either raised (DSPy 2.6 – 3.4).
fn without_prediction(session: &mut Session<'_>, scores: &Scores) -> Result<Vec<NoPrediction>> {
    let time: Allowance = session.cx.begin(Part::ExampleTraces);
    let mut found = Vec::new();
    for column in scores.columns.iter().filter(|one| one.source == ScoreSource::Table) {
        session.cx.check()?;
        if time.is_spent() {
            break;
        }
        let rows = example_rows(session, &column.run_id, time)?;
        let is_empty = |row: &ResultRow| {
            let counts_as_failed = matches!(&row.stored_score, Json::Number(score) if score.as_f64() == Some(0.0));
            counts_as_failed && !row.prediction.is_empty() && row.prediction.values().all(Json::is_null)
        };
        let wanted: Vec<usize> =
            rows.table.rows.iter().enumerate().filter(|(_, row)| is_empty(row)).map(|(at, _)| at).collect();
        if wanted.is_empty() {
            continue;
        }
        for link in links(session, &column.run_id, &rows, &wanted, time)? {
            let Some(trace) = link.trace() else { continue };
            let Some(head) = session.store.trace(session.cx, trace)? else { continue };
            let answer = answer(session, trace)?;
            let has_answer = answer.is_some_and(|one| one.fields.values().any(|value| !value.is_null()));
            if head.row.status != "OK" || !has_answer {
                continue;
            }
            let error = head.assessments.iter().find_map(|one| one.error_text());
            let error = error.map(|error| words::one_line(&error, 160).into_owned());
            found.push(NoPrediction { run: column.run_id.clone(), trace: trace.clone(), error });
        }
    }
    Ok(found)
}
