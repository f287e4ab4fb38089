//! From a cell to its trace, as soon as it is known which one that is.

use super::look::Look;
use crate::loader::Lane;
use crate::model::EvaluationId;
use crate::query::TracesOfExamples;
use crate::state::{Action, NoticeText, Place};
use crate::views::scene::Scene;
use crate::widgets::matrix::MatrixCursor;

/// The cell whose trace is wanted: an evaluation, and a row of its table.
#[derive(Clone, Debug, Default)]
pub(super) struct Opening(Option<(EvaluationId, usize)>);

impl Opening {
    /// The trace of a cell is to be opened. Says whether there can be one.
    pub fn want(&mut self, look: &Look, at: MatrixCursor) -> bool {
        self.0 = cell(look, at);
        self.0.is_some()
    }

    /// Opens what is wanted once it is known; says why if it cannot be told.
    pub fn resolve(&mut self, scene: &mut Scene<'_>) {
        let Some((of, row)) = self.0.clone() else { return };
        let slot = scene.loader.ask(&TracesOfExamples(of.clone()), Lane::Selection);
        if let Some(error) = slot.error() {
            let why = error.to_string();
            scene.act(Action::Notify(NoticeText::failed("The trace of this example could not be looked for", why)));
            self.0 = None;
            return;
        }
        let Some(links) = slot.value() else { return };
        self.0 = None;
        let link = links.get(row);
        match link.and_then(|link| link.trace()) {
            Some(trace) => {
                let experiment = scene.place().experiment().cloned();
                scene.go(Place::of_trace(experiment, Some(of.run), trace.clone()));
            }
            None => {
                let why = link.and_then(|link| link.why()).unwrap_or_default();
                scene.act(Action::Notify(NoticeText::hint("It cannot be told which trace is of this example", why)));
            }
        }
    }
}

/// The evaluation of a cell, and the row of its table; `None` where it was not evaluated.
fn cell(look: &Look, at: MatrixCursor) -> Option<(EvaluationId, usize)> {
    let shown = at.column?;
    let column = *look.view.columns.get(shown)?;
    let example = look.scores()?.matrix.examples.get(look.example(at.line)?)?;
    let row = example.rows.get(column).copied().flatten()?;
    Some((look.column(shown)?.id(), row as usize))
}

/// The traces of the evaluation that is looked at are found ahead of time.
pub(super) fn prepare(scene: &mut Scene<'_>, evaluation: Option<&EvaluationId>) {
    if let Some(of) = evaluation {
        scene.loader.ask(&TracesOfExamples(of.clone()), Lane::Prefetch);
    }
}
