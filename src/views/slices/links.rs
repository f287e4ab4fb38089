//! From a number to the examples behind it.

use crate::model::EvaluationId;
use crate::state::{Action, ExampleSet, RunTab};
use crate::views::scene::Scene;

/// Where the examples of this tab are looked at.
pub(super) struct Links {
    /// The evaluation that is looked at.
    pub of: Option<EvaluationId>,
}

impl Links {
    /// Goes to examples, by their places in the matrix; `title` says what they are.
    pub fn go(&self, scene: &mut Scene<'_>, title: &str, examples: &[u32]) {
        if examples.is_empty() {
            return;
        }
        let first = examples.iter().min().map(|example| *example as usize);
        let only = ExampleSet::new(title, examples.iter().copied());
        scene.act(Action::ShowRunTab(RunTab::Examples {
            example: first,
            evaluation: self.of.clone(),
            only: Some(only),
        }));
    }
}
