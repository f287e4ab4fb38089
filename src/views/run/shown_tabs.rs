//! Which tabs a run has: an optimization and a program only where there is one.

use crate::loader::{Lane, RunPage};
use crate::model::{ArtifactOwner, ProgramSource};
use crate::state::Tab;
use crate::views::scene::Scene;

/// The tabs of a run. The one that is shown stands among them in any case.
pub(super) fn shown_tabs(scene: &mut Scene<'_>, page: &RunPage) -> Vec<Tab> {
    let current = scene.state.location().tab;
    let tree = scene.loader.artifacts(&ArtifactOwner::Run(page.run.id.clone()), Lane::Visible);
    let files: Vec<&str> = tree.value().map_or_else(Vec::new, |tree| {
        tree.entries.iter().filter(|entry| !entry.is_folder).map(|entry| entry.path.as_str()).collect()
    });
    let has = |tab: Tab| match tab {
        Tab::Optimization => is_optimization(page) || files.contains(&ProgramSource::BestModelJson.as_str()),
        Tab::Evolution => is_optimization(page),
        Tab::Program => has_program(page, &files),
        _ => true,
    };
    Tab::OF_RUN.into_iter().filter(|tab| current == Some(*tab) || has(*tab)).collect()
}

/// The tab of a run that is shown first.
pub(super) fn first(page: &RunPage) -> Tab {
    if is_optimization(page) { Tab::Optimization } else { Tab::Overview }
}

/// DSPy names evaluations after their metric key, which begins so.
fn is_optimization(page: &RunPage) -> bool {
    page.children.iter().any(|child| child.name.starts_with("eval"))
}

fn has_program(page: &RunPage, files: &[&str]) -> bool {
    let is_file = |source: ProgramSource| files.contains(&source.as_str());
    is_file(ProgramSource::ModelJson)
        || is_file(ProgramSource::BestModelJson)
        || page.values.params.iter().any(|param| param.key.contains(".signature."))
}
