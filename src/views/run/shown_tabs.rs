//! Which tabs a run has: an optimization and a program only where there is one.

use crate::analysis::optimization::Optimizer;
use crate::loader::{Lane, RunPage};
use crate::model::dspy::{artifacts, keys, run_names};
use crate::model::{ArtifactOwner, ArtifactTree, ProgramSource, RunId};
use crate::query::{ArtifactsOf, OptimizationOf, PlainEvaluationOf, PromptCandidatesOf};
use crate::state::RunTab;

use crate::views::scene::Scene;
use crate::views::scores_of::is_of_prompts;

/// The tabs of a run, nothing chosen in any. The one that is shown stands among them in any case.
pub(super) fn shown_tabs(scene: &mut Scene<'_>, known: &mut KnowsGepa, page: &RunPage, shown: &RunTab) -> Vec<RunTab> {
    let tree = scene.loader.ask(&ArtifactsOf(ArtifactOwner::Run(page.run.id.clone())), Lane::Visible);
    let files = tree.value().map_or_else(Vec::new, |tree| files_of(tree));
    let is_gepa = known.is_gepa(scene, page, &files);
    let is_told_by_gepa = is_told_by_gepa(scene, page);
    let has_examples = has_examples(scene, page, &files);
    let has = |tab: &RunTab| match tab {
        RunTab::Optimization { .. } => is_optimization(page) || files.contains(&ProgramSource::BestModelJson.as_str()),
        RunTab::Examples { .. } => is_optimization(page) || has_examples,
        RunTab::Slices { .. } => is_optimization(page) || has_examples,
        RunTab::FamilyTree { .. } => is_gepa,
        RunTab::Evolution { .. } | RunTab::Doctor => is_optimization(page),
        RunTab::Program { .. } => has_program(page, &files) || is_told_by_gepa,
        RunTab::Overview { .. } | RunTab::Metrics { .. } | RunTab::Traces { .. } | RunTab::Artifacts { .. } => true,
    };
    RunTab::ALL.iter().filter(|tab| tab.is_same_tab(shown) || has(tab)).cloned().collect()
}

/// Whether a run is one of GEPA's. What its files do not tell is asked once, not with every change of the store.
#[derive(Default)]
pub(super) struct KnowsGepa(Option<(RunId, bool)>);

impl KnowsGepa {
    fn is_gepa(&mut self, scene: &mut Scene<'_>, page: &RunPage, files: &[&str]) -> bool {
        let id = &page.run.id;
        if artifacts::OF_FAMILY_TREE.iter().any(|file| files.contains(file)) {
            return true;
        }
        if let Some((known, is_it)) = &self.0
            && known == id
        {
            return *is_it;
        }
        if !is_optimization(page) {
            return false;
        }
        let slot = scene.loader.ask(&OptimizationOf(id.clone()), Lane::Visible);
        let Some(found) = slot.value() else { return false };
        let is_it = found.as_ref().as_ref().is_some_and(|found| found.optimizer.name == Some(Optimizer::Gepa));
        // A young run may not have told yet.
        if is_it || page.run.end_time_ms.is_some() {
            self.0 = Some((id.clone(), is_it));
        }
        is_it
    }
}

/// Whether a run that is no optimization has examples with scores: in a table, else on its
/// traces.
fn has_examples(scene: &mut Scene<'_>, page: &RunPage, files: &[&str]) -> bool {
    if is_optimization(page) || !page.children.is_empty() {
        return false;
    }
    if files.contains(&artifacts::RESULT_TABLE) {
        return true;
    }
    // All its traces have to be looked into, which is done for who may have been scored.
    if page.values.metrics.is_empty() && !files.contains(&artifacts::USERS_TABLE) {
        return false;
    }
    if is_of_prompts(page) {
        let slot = scene.loader.ask(&PromptCandidatesOf(page.run.id.clone()), Lane::Prefetch);
        return slot.value().is_some_and(|found| found.iter().any(|one| !one.table.rows.is_empty()));
    }
    let slot = scene.loader.ask(&PlainEvaluationOf(page.run.id.clone()), Lane::Prefetch);
    slot.value().is_some_and(|found| found.is_some())
}

fn files_of(tree: &ArtifactTree) -> Vec<&str> {
    tree.entries.iter().filter(|entry| !entry.is_folder).map(|entry| entry.path.as_str()).collect()
}

/// GEPA's tables beside an optimization tell the instructions of evaluations that saved no program.
fn is_told_by_gepa(scene: &mut Scene<'_>, page: &RunPage) -> bool {
    page.parent.as_ref().is_some_and(|parent| {
        let tree = scene.loader.ask(&ArtifactsOf(ArtifactOwner::Run(parent.id.clone())), Lane::Visible);
        tree.value().is_some_and(|tree| tree.entries.iter().any(|entry| entry.path == artifacts::CANDIDATES))
    })
}

/// The tab of a run that is shown first: what an optimization found, what an evaluation in it evaluated.
pub(super) fn first(scene: &mut Scene<'_>, page: &RunPage) -> RunTab {
    if is_optimization(page) {
        return RunTab::Optimization { candidate: None };
    }
    let overview = RunTab::Overview { value: None };
    if page.parent.is_none() {
        return overview;
    }
    let tree = scene.loader.ask(&ArtifactsOf(ArtifactOwner::Run(page.run.id.clone())), Lane::Visible);
    let has_program = match tree.value() {
        Some(tree) => has_program(page, &files_of(tree)) || is_told_by_gepa(scene, page),
        // Nothing moves from under the eyes: evaluations have a program, and it is shown until that turns out untrue.
        None => has_program(page, &[]) || tree.error().is_none() && run_names::is_evaluation(&page.run.name),
    };
    if has_program { RunTab::Program { predictor: None } } else { overview }
}

fn is_optimization(page: &RunPage) -> bool {
    run_names::is_optimization(&page.children)
}

fn has_program(page: &RunPage, files: &[&str]) -> bool {
    let is_file = |source: ProgramSource| files.contains(&source.as_str());
    is_file(ProgramSource::ModelJson)
        || is_file(ProgramSource::BestModelJson)
        || page.values.params.iter().any(|param| param.key.contains(keys::SIGNATURE))
}
