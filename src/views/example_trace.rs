//! The way from an example of an evaluation to its trace: which one it is, is looked up when somebody wants to see it.

use super::names::experiment_of;
use super::scene::Scene;
use crate::loader::Lane;
use crate::model::{EvaluationId, RunId, TraceId};
use crate::query::{PromptOfTrace, TraceLink, TracesOfExamples};
use crate::state::{Action, DetailTab, NoticeText, Place, SpanRef};

/// The trace that is to be opened as soon as it is known which one it is.
#[derive(Debug, Default)]
pub(super) struct WantedTrace(Option<Wanted>);

#[derive(Clone, Debug)]
struct Wanted {
    of: EvaluationId,
    row: usize,
    then: Then,
}

/// What is to be seen of the trace.
#[derive(Clone, Debug)]
enum Then {
    /// All of it, from its first span on.
    Open,
    /// The call that wrote the answer.
    Prompt,
    /// What is different in it.
    Compare { with: TraceId },
}

impl WantedTrace {
    /// The user wants to see the trace of this row of an evaluation.
    pub fn open(&mut self, of: EvaluationId, row: usize) {
        self.0 = Some(Wanted { of, row, then: Then::Open });
    }

    /// The user wants to see the prompt that led to the answer to this row of an evaluation.
    pub fn prompt(&mut self, of: EvaluationId, row: usize) {
        self.0 = Some(Wanted { of, row, then: Then::Prompt });
    }

    /// The user wants to see a trace beside that of this row of an evaluation.
    pub fn compare(&mut self, with: TraceId, of: EvaluationId, row: usize) {
        self.0 = Some(Wanted { of, row, then: Then::Compare { with } });
    }

    /// Goes there once it is known; where it cannot be told, says why.
    pub fn follow(&mut self, scene: &mut Scene<'_>) {
        let Some(Wanted { of, row, then }) = self.0.clone() else { return };
        let slot = scene.loader.ask(&TracesOfExamples(of.clone()), Lane::Selection);
        let why = match (slot.error(), slot.value().map(|links| links.get(row).cloned())) {
            (_, Some(Some(TraceLink::One(trace)))) => {
                if let Some(place) = place(scene, of.run, trace, then) {
                    self.0 = None;
                    scene.go(place);
                }
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

/// Where that is seen; `None` while that is being looked up.
fn place(scene: &mut Scene<'_>, run: RunId, trace: TraceId, then: Then) -> Option<Place> {
    let experiment = experiment_of(scene, &run);
    match then {
        Then::Open => Some(Place::of_trace(experiment, Some(run), trace)),
        Then::Compare { with } => Some(Place::comparing_traces(vec![with, trace])),
        Then::Prompt => {
            let slot = scene.loader.ask(&PromptOfTrace(trace.clone()), Lane::Selection);
            let found = match (slot.value(), slot.error()) {
                (Some(found), _) => found.as_ref().clone(),
                // The trace itself says what is wrong with it.
                (None, Some(_)) => None,
                (None, None) => return None,
            };
            let span = found.map(|span| SpanRef { id: span.id, nth: span.nth });
            Some(Place::Trace { experiment, run: Some(run), trace, span, detail: DetailTab::default() })
        }
    }
}
