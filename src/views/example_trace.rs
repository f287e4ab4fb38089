//! The way from an example of an evaluation to its trace: which one it is, is looked up when somebody wants to see it.

use super::names::experiment_of;
use super::scene::Scene;
use crate::loader::Lane;
use crate::model::EvaluationId;
use crate::query::{TraceLink, TracesOfExamples};
use crate::state::{Action, NoticeText, Place};

/// The trace that is to be opened as soon as it is known which one it is.
#[derive(Debug, Default)]
pub(super) struct WantedTrace(Option<(EvaluationId, usize)>);

impl WantedTrace {
    /// The user wants to see the trace of this row of an evaluation.
    pub fn open(&mut self, of: EvaluationId, row: usize) {
        self.0 = Some((of, row));
    }

    /// Goes there once it is known; where it cannot be told, says why.
    pub fn follow(&mut self, scene: &mut Scene<'_>) {
        let Some((of, row)) = self.0.clone() else { return };
        let slot = scene.loader.ask(&TracesOfExamples(of.clone()), Lane::Selection);
        let why = match (slot.error(), slot.value().map(|links| links.get(row).cloned())) {
            (_, Some(Some(TraceLink::One(trace)))) => {
                self.0 = None;
                let experiment = experiment_of(scene, &of.run);
                scene.go(Place::of_trace(experiment, Some(of.run), trace));
                return;
            }
            (_, Some(Some(TraceLink::Unknown(why)))) => why.to_string(),
            (_, Some(None)) => "The evaluation does not have this example any more".to_owned(),
            (Some(error), None) => error.to_string(),
            (None, None) => return,
        };
        self.0 = None;
        scene.act(Action::Notify(NoticeText::hint("The trace of this example cannot be told".to_owned(), why)));
    }
}
