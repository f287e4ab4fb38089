//! What of the examples is chosen in the address, whichever place shows them.

use crate::model::EvaluationId;
use crate::state::{Action, ExampleSet, ExperimentTab, Place, RunTab};
use crate::views::scene::Scene;

/// What is chosen in the address.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::views) struct Chosen {
    /// The example that is looked at, by its place in the matrix.
    pub example: Option<usize>,
    /// The evaluation that is looked at.
    pub evaluation: Option<EvaluationId>,
    /// Only these are listed.
    pub only: Option<ExampleSet>,
}

impl Chosen {
    /// It is chosen now.
    pub fn show(self, scene: &mut Scene<'_>) {
        let Self { example, evaluation, only } = self;
        scene.act(match scene.place() {
            Place::Experiment { .. } => {
                Action::ShowExperimentTab(ExperimentTab::Examples { example, evaluation, only })
            }
            Place::Store
            | Place::Run { .. }
            | Place::Trace { .. }
            | Place::ProgramHistory(_)
            | Place::Compare { .. }
            | Place::CompareTraces(_)
            | Place::Search(_)
            | Place::Prompts(_) => Action::ShowRunTab(RunTab::Examples { example, evaluation, only }),
        });
    }
}
