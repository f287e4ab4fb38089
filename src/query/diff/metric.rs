//! Whether the examples of two runs were scored by one metric.

use std::collections::BTreeMap;

use crate::analysis::metric_match::{Alike, MetricClues, MetricMatch, ScoreRange, WRAPPED_METRIC, match_metrics};
use crate::model::dspy::run_names;
use crate::model::{ResultTable, RunId};
use crate::query::ask::Session;
use crate::query::example_rows::{ExampleRows, ScoreSource, score_of};
use crate::query::runs::{RelatedRuns, RunOf};
use crate::store::{Allowance, Result, TraceQuery};

/// On no more traces of a run a name is looked for: most assessments are lost (MLflow 3.13 – 3.18).
const MAX_TRACES: usize = 200;

/// Compares the metrics of two runs; `pairs` are the rows of the examples that both evaluated.
/// Names are looked for as long as there is `time`.
pub fn metric_match(
    session: &mut Session<'_>,
    runs: [&RunId; 2],
    rows: [&ExampleRows; 2],
    pairs: &[(usize, usize)],
    time: Allowance,
) -> Result<MetricMatch> {
    if runs[0] == runs[1] {
        return Ok(MetricMatch::itself());
    }
    let mut clues = [MetricClues::default(), MetricClues::default()];
    for ((clues, run), rows) in clues.iter_mut().zip(runs).zip(rows) {
        clues.range = ScoreRange::of(rows.table.rows.iter().filter_map(|row| row.score));
        clues.optimization = optimization_of(session, run)?;
    }
    let is_of_one = clues[0].optimization.is_some() && clues[0].optimization == clues[1].optimization;
    if !is_of_one {
        for ((clues, run), rows) in clues.iter_mut().zip(runs).zip(rows) {
            clues.name = name(session, run, rows, time)?.filter(|name| name != WRAPPED_METRIC);
        }
    }
    let [a, b] = &clues;
    Ok(match_metrics(a, b, alike(&rows[0].table, &rows[1].table, pairs)))
}

/// The name and the id of the optimization whose evaluation a run is: a plain `Evaluate` within
/// a run of the user is named `eval`, those of optimizers have a number.
fn optimization_of(session: &mut Session<'_>, run: &RunId) -> Result<Option<(String, String)>> {
    let Some(stored) = (*session.ask(&RunOf(run.clone()))?).clone() else { return Ok(None) };
    if !run_names::is_of_optimizer(&stored.name) {
        return Ok(None);
    }
    let family = session.ask(&RelatedRuns { experiment: Some(stored.experiment_id.clone()), with_deleted: true })?;
    let find = |id: &RunId| family.iter().find(|one| one.id == *id);
    let Some(parent) = find(run).and_then(|own| own.parent_id.clone()) else { return Ok(None) };
    let name = find(&parent).map(|parent| parent.name.clone()).filter(|name| !name.is_empty());
    Ok(Some((name.unwrap_or_else(|| parent.to_string()), parent.to_string())))
}

/// How the scores on a run's traces are called, if they are called one thing.
fn name(session: &mut Session<'_>, run: &RunId, rows: &ExampleRows, time: Allowance) -> Result<Option<String>> {
    if let ScoreSource::Assessments { metric, .. } = &rows.source {
        return Ok(Some(metric.clone()));
    }
    let query = TraceQuery { run: Some(run.clone()), limit: Some(MAX_TRACES), ..TraceQuery::default() };
    let index = session.store.trace_index(session.cx, &query)?;
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for row in session.store.trace_rows(session.cx, &index.handles)? {
        session.cx.check()?;
        if time.is_spent() {
            break;
        }
        let assessments = session.store.trace(session.cx, &row.id)?.map(|head| head.assessments).unwrap_or_default();
        for (name, _) in assessments.iter().filter_map(score_of) {
            *counts.entry(name).or_default() += 1;
        }
    }
    let most = counts.values().copied().max();
    let mut names = counts.into_iter().filter(|(_, count)| Some(*count) == most).map(|(name, _)| name);
    Ok(names.next().filter(|_| names.next().is_none()))
}

/// What the metric made of examples that both programs answered in the same words.
fn alike(a: &ResultTable, b: &ResultTable, pairs: &[(usize, usize)]) -> Alike {
    let mut found = Alike::default();
    for (a, b) in pairs.iter().filter_map(|(at, other)| a.rows.get(*at).zip(b.rows.get(*other))) {
        let (Some(old), Some(new)) = (a.score, b.score) else { continue };
        if !a.prediction.is_empty() && a.prediction == b.prediction {
            match (old - new).abs() < 1e-9 {
                true => found.agree += 1,
                false => found.differ += 1,
            }
        }
    }
    found
}
