//! Everything that a run's page shows, except metric points, artifacts and traces.

use super::optimization::{score, table_rows};
use crate::analysis::optimization::may_count_completed;
use crate::analysis::program_state::is_source;
use crate::model::{DatasetInput, Experiment, LoggedModel, Run, RunId, RunValues};
use crate::query::ask::{Question, Session};
use crate::query::runs::{RelatedRuns, RunOf, ValuesOf};
use crate::store::Result;

/// A run and what surrounds it.
#[derive(Clone, Debug, PartialEq)]
pub struct RunPage {
    /// The run, with its inferred parent if it was adopted.
    pub run: Run,
    /// Its params, tags and latest metrics.
    pub values: RunValues,
    /// Its score as an evaluation; `None` if it has none, or none that can be called one.
    pub score: Option<f64>,
    /// The datasets that it was given.
    pub datasets: Vec<DatasetInput>,
    /// The models that it logged.
    pub models: Vec<LoggedModel>,
    /// Its experiment, if the store has it.
    pub experiment: Option<Experiment>,
    /// Its parent, stored or inferred, if the store has it (it may be deleted).
    pub parent: Option<Run>,
    /// Its children, adopted ones included, deleted ones not, by start, then name.
    pub children: Vec<Run>,
}

/// The metric of an evaluation, unless it may count runs that completed: where a Flex was
/// evaluated in full and no table of results says what the scores were.
fn page_score(session: &mut Session<'_>, run: &Run, values: &RunValues) -> Result<Option<f64>> {
    let Some(score) = score(values) else { return Ok(None) };
    let has_source = values.params.iter().any(|param| is_source(&param.key));
    if !has_source || !may_count_completed(&run.name) {
        return Ok(Some(score));
    }
    Ok(table_rows(session, &run.id)?.map(|_| score))
}

/// The score of a run, as its page has it.
pub(super) fn score_of_run(session: &mut Session<'_>, id: &RunId) -> Result<Option<f64>> {
    let (stored, values) = (session.ask(&RunOf(id.clone()))?, session.ask(&ValuesOf(id.clone()))?);
    stored.as_ref().as_ref().map_or(Ok(None), |run| page_score(session, run, &values))
}

impl RunPage {
    /// Whether the database tells that the run logged files; one that logged none misses none.
    pub fn has_logged_files(&self) -> bool {
        self.values.tell_of_files() || !self.models.is_empty()
    }
}

/// The page of a run; `None` if the store does not have it.
///
/// # Errors
/// Those of the store.
pub fn run_page(session: &mut Session<'_>, id: &RunId) -> Result<Option<RunPage>> {
    let stored = session.ask(&RunOf(id.clone()))?;
    let Some(stored) = (*stored).clone() else { return Ok(None) };
    let values = (*session.ask(&ValuesOf(id.clone()))?).clone();
    let family = session.ask(&RelatedRuns { experiment: Some(stored.experiment_id.clone()), with_deleted: true })?;
    let run = family.iter().find(|run| run.id == *id).cloned().unwrap_or(stored);
    let parent = family.iter().find(|other| Some(&other.id) == run.parent_id.as_ref()).cloned();
    let is_child = |other: &Run| {
        other.parent_id.as_ref() == Some(id) && other.id != *id && other.lifecycle == crate::model::Lifecycle::Active
    };
    let children = family.iter().filter(|other| is_child(other)).cloned().collect();
    let experiment = session.store.experiments(session.cx, true)?.into_iter().find(|one| one.id == run.experiment_id);
    Ok(Some(RunPage {
        score: page_score(session, &run, &values)?,
        values,
        datasets: session.store.dataset_inputs(session.cx, id)?,
        models: session.store.logged_models(session.cx, id)?,
        experiment,
        parent,
        children,
        run,
    }))
}

/// One run with all that is attached to it; `None` inside if the store has no such run.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RunPageOf(pub RunId);

impl Question for RunPageOf {
    type Answer = Option<RunPage>;
    const LABEL: &'static str = "run";

    fn answer(&self, session: &mut Session<'_>) -> Result<Self::Answer> {
        run_page(session, &self.0)
    }

    fn bytes(answer: &Self::Answer) -> usize {
        answer.as_ref().map_or(0, |page| {
            let inputs = page.datasets.iter().map(|input| {
                input.source.as_str().len()
                    + input.schema.as_ref().map_or(0, String::len)
                    + input.profile.as_ref().map_or(0, String::len)
            });
            page.values.bytes() + inputs.sum::<usize>() + page.models.len() * 200
        })
    }
}
