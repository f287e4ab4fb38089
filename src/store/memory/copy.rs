//! Reading another store as a whole.

use super::{MemoryArtifacts, MemoryStore};
use crate::model::{ArtifactOwner, RunId};
use crate::store::{ReadCx, Result, RunQuery, RunScope, Store, TraceQuery};

/// Traces are read this many lines at a time.
const ROWS_AT_ONCE: usize = 500;

/// Artifacts are copied up to this many bytes each.
const MAX_ARTIFACT_BYTES: u64 = 64 << 20;

impl MemoryStore {
    /// Everything that another store holds, deleted things too. What `cx` does not reveal is
    /// masked in the copy for good; what is damaged is warned of in `cx` and left out as the
    /// other store leaves it out.
    ///
    /// # Errors
    /// Those of the other store.
    pub fn copy_of(store: &mut dyn Store, cx: &ReadCx) -> Result<Self> {
        let copy = Self::new();
        copy.set_info(store.info());
        copy.set_inventory(store.inventory(cx)?);
        for experiment in store.experiments(cx, true)? {
            copy.put_experiment(experiment);
        }
        let everything = RunQuery::new(RunScope::All).with_deleted();
        let runs = store.runs(cx, &everything)?;
        let values = store.run_values(cx, &everything)?;
        copy.change(|content| {
            content.runs = runs.clone();
            content.values = values.into_iter().collect();
        });
        for run in runs {
            copy.copy_run(store, cx, &run.id)?;
        }
        copy.copy_prompts(store, cx)?;
        let index = store.trace_index(cx, &TraceQuery::default())?;
        for handles in index.handles.chunks(ROWS_AT_ONCE) {
            for row in store.trace_rows(cx, handles)? {
                let Some(head) = store.trace(cx, &row.id)? else { continue };
                let spans = store.spans(cx, &row.id)?;
                let facts = store.span_facts(cx, &row.id, &spans)?;
                let bodies = store.span_bodies(cx, &row.id, &spans)?;
                let spans = spans.into_iter().zip(facts).zip(bodies).map(|((head, facts), body)| (head, facts, body));
                copy.put_trace_with_facts(head, spans.collect());
                copy.copy_artifacts(store, cx, ArtifactOwner::Trace(row.id))?;
            }
        }
        Ok(copy)
    }

    /// The parts of a run that have questions of their own.
    fn copy_run(&self, store: &mut dyn Store, cx: &ReadCx, run: &RunId) -> Result<()> {
        let history = store.metric_history(cx, run, None)?;
        let datasets = store.dataset_inputs(cx, run)?;
        let models = store.logged_models(cx, run)?;
        let model_ids: Vec<String> = models.iter().map(|model| model.id.clone()).collect();
        self.change(|content| {
            content.histories.insert(run.clone(), history);
            content.datasets.insert(run.clone(), datasets);
            content.models.insert(run.clone(), models);
        });
        self.copy_artifacts(store, cx, ArtifactOwner::Run(run.clone()))?;
        for id in model_ids {
            self.copy_artifacts(store, cx, ArtifactOwner::Model(id))?;
        }
        Ok(())
    }

    fn copy_artifacts(&self, store: &mut dyn Store, cx: &ReadCx, owner: ArtifactOwner) -> Result<()> {
        let mut artifacts = MemoryArtifacts { tree: store.artifacts(cx, &owner)?, ..MemoryArtifacts::default() };
        for entry in artifacts.tree.entries.iter().filter(|entry| !entry.is_folder) {
            cx.check()?;
            if let Some(artifact) = store.artifact(cx, &owner, &entry.path, MAX_ARTIFACT_BYTES)? {
                artifacts.files.insert(entry.path.clone(), artifact.bytes);
            }
        }
        self.change(|content| content.artifacts.insert(owner, artifacts));
        Ok(())
    }
}
