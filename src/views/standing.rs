//! How a run stands, the same everywhere: a run that says that it is running and writes nothing has stalled.

use super::parts::{run_status, run_status_word};
use super::scene::{Clock, Scene};
use super::time::age;
use crate::analysis::optimization::planned_evaluations;
use crate::loader::{Lane, PreparedRuns, RunPage, TraceCounts};
use crate::model::dspy::run_names;
use crate::model::{ExperimentId, Run, RunStatus};
use crate::query::{TraceCountsOf, table::RunsOf};
use crate::widgets::glyphs::Status;
use crate::words;

/// How a run stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Standing {
    /// As it is drawn.
    pub status: Status,
    /// As a word: `finished`, `stalled`.
    pub word: String,
    /// When it last wrote something, if it says that it is running and the store tells.
    pub last_written_ms: Option<i64>,
}

impl Standing {
    /// As the run says by itself.
    fn told(run: &Run) -> Self {
        Self { status: run_status(&run.status), word: run_status_word(&run.status), last_written_ms: None }
    }

    /// Of a run among those of its experiment.
    pub fn among(run: &Run, runs: &PreparedRuns, row: usize, traces: &TraceCounts, clock: Clock) -> Self {
        let mut standing = Self::told(run);
        if run.status == RunStatus::Running {
            standing.last_written_ms = runs.last_written_ms(row, traces);
            if runs.stalled_since(row, traces, clock.now_ms).is_some() {
                (standing.status, standing.word) = (Status::Stalled, Status::Stalled.word().to_owned());
            }
        }
        standing
    }

    /// Since when nothing was heard of it; `None` unless it has stalled.
    pub fn stalled_since_ms(&self) -> Option<i64> {
        self.last_written_ms.filter(|_| self.status == Status::Stalled)
    }

    /// In words: `stalled for 3 h`.
    pub fn said(&self, clock: Clock) -> String {
        match self.stalled_since_ms() {
            Some(since) => format!("{} for {}", self.word, age(since, clock)),
            None => self.word.clone(),
        }
    }

    /// When it last wrote something, in words, if it says that it is running.
    pub fn last_written(&self, clock: Clock) -> Option<String> {
        let ago = |ms| match age(ms, clock).as_str() {
            "now" => "last written just now".to_owned(),
            age => format!("last written {age} ago"),
        };
        self.last_written_ms.map(ago)
    }
}

/// How a run of an experiment stands. Only of one that says that it is running it is asked whether it writes anything;
/// until that is known it stands as it says.
pub(super) fn standing(scene: &mut Scene<'_>, experiment: &ExperimentId, run: &Run) -> Standing {
    if run.status != RunStatus::Running {
        return Standing::told(run);
    }
    let runs = scene.loader.ask(&RunsOf(experiment.clone()), Lane::Prefetch);
    let traces = scene.loader.ask(&TraceCountsOf(Some(experiment.clone())), Lane::Prefetch);
    let known = runs.value().zip(traces.value());
    let among =
        known.and_then(|(runs, traces)| Some(Standing::among(run, runs, runs.row_of(&run.id)?, traces, scene.clock)));
    among.unwrap_or_else(|| Standing::told(run))
}

/// What is going on in a run that says that it is running: for how long, at which evaluation, when it last wrote.
pub(super) fn progress(page: &RunPage, standing: &Standing, clock: Clock) -> Vec<String> {
    let run = &page.run;
    if run.status != RunStatus::Running {
        return Vec::new();
    }
    let is_going_on = standing.status == Status::Running;
    let elapsed = run.start_time_ms.and_then(|start| clock.now_ms.checked_sub(start)).filter(|ms| *ms >= 0);
    let mut said = Vec::new();
    said.extend(elapsed.filter(|_| is_going_on).map(|ms| format!("for {}", words::elapsed_ms(ms))));
    said.extend(evaluation(page, is_going_on));
    said.extend(standing.last_written(clock));
    said
}

/// `evaluation 4 of 10` while one runs, else `4 of 10 evaluations`.
fn evaluation(page: &RunPage, is_going_on: bool) -> Option<String> {
    let begun = page.children.iter().filter(|run| run_names::is_of_optimizer(&run.name));
    let (mut count, mut runs) = (0, false);
    begun.for_each(|run| (count, runs) = (count + 1, runs || run.status == RunStatus::Running));
    // Where there are more than it was going to make, something else made them.
    let planned = planned_evaluations(&page.values.params).filter(|planned| *planned >= count);
    match (planned, is_going_on && runs) {
        _ if count == 0 => None,
        (Some(planned), true) => Some(format!("evaluation {} of {}", words::count(count), words::count(planned))),
        (None, true) => Some(format!("evaluation {}", words::count(count))),
        (Some(planned), false) => Some(format!("{} of {}", words::count(count), words::counted(planned, "evaluation"))),
        (None, false) => Some(words::counted(count, "evaluation")),
    }
}
