//! Every question that a store is asked, once for both sides: how this side asks it, and how the other one does.

use super::wire::{Answered, Bytes, Put, Take, Taken, Writer};
use super::{RemoteStore, greeting::Told};
use crate::model::{
    ArtifactOwner, ArtifactTree, DatasetInput, Experiment, ExperimentCounts, ExperimentId, LoggedModel, Matcher,
    MetricSeries, PromptKey, PromptUse, PromptUsesWanted, PromptVersion, RegisteredPrompt, Run, RunId, RunValues,
    Session, SpanBody, SpanFacts, SpanHandle, SpanHead, TraceHead, TraceId, TracePreview, TraceRow,
};
use crate::store::{
    ArtifactBytes, Capabilities, Inventory, Page, ReadCx, Result, Revision, RunQuery, RunTraces, SearchPage,
    SpanSearch, Store, StoreId, StoreInfo, StoredFile, TraceColumn, TraceHandle, TraceIndex, TracePlace, TraceQuery,
    TraceValue,
};

/// What is asked to learn whether the store changed; the answer tells the store anew, too.
const REVISION: &str = "revision";

/// What is answered to [`REVISION`].
type Changed = (Revision, Told);

/// The questions of [`Store`]: each by its name, with what is asked (as it is given here, as it is read on the other
/// side, and how it is given to the reader there) and what comes back.
macro_rules! questions {
    ($($question:ident($($given:ident: $type:ty => $read:ty, $passed:expr);*) -> $answer:ty;)*) => {
        impl Store for RemoteStore {
            fn id(&self) -> StoreId {
                self.own_id()
            }

            fn info(&self) -> StoreInfo {
                self.told().info
            }

            fn capabilities(&self) -> Capabilities {
                self.told().capabilities
            }

            fn fork(&self) -> Result<Box<dyn Store>> {
                Ok(Box::new(self.another()))
            }

            fn revision(&mut self, cx: &ReadCx) -> Result<Revision> {
                let (revision, told): Changed = self.ask(cx, REVISION, |_| {})?;
                Ok(self.changed(revision, told))
            }

            fn artifacts(&mut self, cx: &ReadCx, owner: &ArtifactOwner) -> Result<ArtifactTree> {
                let tree = self.ask(cx, "artifacts", |to| owner.put(to))?;
                // A folder that is named here would be one of this machine.
                Ok(ArtifactTree { can_be_named: false, ..tree })
            }

            $(fn $question(&mut self, cx: &ReadCx, $($given: $type),*) -> Result<$answer> {
                self.ask(cx, stringify!($question), |_to| {
                    $($given.put(_to);)*
                })
            })*
        }

        /// Asks a reader, and writes what it said.
        fn asked(store: &mut dyn Store, cx: &ReadCx, question: &str, from: &mut Bytes<'_>, to: &mut Writer) -> Taken<()> {
            match question {
                REVISION => {
                    from.end()?;
                    let revision = store.revision(cx);
                    let told = Told { info: store.info(), capabilities: store.capabilities() };
                    said(cx, revision.map(|revision| (revision, told)), to);
                }
                "artifacts" => {
                    let owner = ArtifactOwner::take(from)?;
                    from.end()?;
                    said(cx, store.artifacts(cx, &owner), to);
                }
                $(stringify!($question) => {
                    $(let $given: $read = Take::take(from)?;)*
                    from.end()?;
                    said(cx, store.$question(cx, $($passed),*), to);
                })*
                _ => return Err(super::wire::Malformed),
            }
            Ok(())
        }
    };
}

questions! {
    experiments(with_deleted: bool => bool, with_deleted) -> Vec<Experiment>;
    experiment_counts() -> Vec<(ExperimentId, ExperimentCounts)>;
    run_page(query: &RunQuery => RunQuery, &query) -> Page<Run>;
    run_row_page(query: &RunQuery => RunQuery, &query) -> Page<(Run, RunValues)>;
    runs(query: &RunQuery => RunQuery, &query) -> Vec<Run>;
    run_rows(query: &RunQuery => RunQuery, &query) -> Vec<(Run, RunValues)>;
    run_values(query: &RunQuery => RunQuery, &query) -> Vec<(RunId, RunValues)>;
    metric_history(run: &RunId => RunId, &run; key: Option<&str> => Option<String>, key.as_deref()) -> Vec<MetricSeries>;
    metric_counts(run: &RunId => RunId, &run) -> Vec<(std::sync::Arc<str>, u64)>;
    dataset_inputs(run: &RunId => RunId, &run) -> Vec<DatasetInput>;
    logged_models(run: &RunId => RunId, &run) -> Vec<LoggedModel>;
    trace_page(query: &TraceQuery => TraceQuery, &query) -> TraceIndex;
    trace_index(query: &TraceQuery => TraceQuery, &query) -> TraceIndex;
    trace_values(query: &TraceQuery => TraceQuery, &query; columns: &[TraceColumn] => Vec<TraceColumn>, &columns)
        -> Vec<(TraceHandle, Vec<TraceValue>)>;
    trace_place(query: &TraceQuery => TraceQuery, &query; trace: &TraceId => TraceId, &trace) -> Option<TracePlace>;
    trace_rows(handles: &[TraceHandle] => Vec<TraceHandle>, &handles) -> Vec<TraceRow>;
    trace_previews(handles: &[TraceHandle] => Vec<TraceHandle>, &handles) -> Vec<TracePreview>;
    trace_lines(handles: &[TraceHandle] => Vec<TraceHandle>, &handles) -> Vec<(TraceHandle, TraceRow)>;
    trace_sessions(query: &TraceQuery => TraceQuery, &query) -> Vec<(TraceHandle, Session)>;
    inventory() -> Inventory;
    prompts() -> Vec<RegisteredPrompt>;
    prompt_versions(prompt: &PromptKey => PromptKey, &prompt) -> Vec<PromptVersion>;
    prompt_uses(wanted: &PromptUsesWanted => PromptUsesWanted, &wanted) -> Vec<PromptUse>;
    run_traces(experiment: Option<&ExperimentId> => Option<ExperimentId>, experiment.as_ref())
        -> Option<Vec<(RunId, RunTraces)>>;
    trace_ids(prefix: &str => String, &prefix; limit: usize => usize, limit) -> Vec<TraceId>;
    trace(trace: &TraceId => TraceId, &trace) -> Option<TraceHead>;
    spans(trace: &TraceId => TraceId, &trace) -> Vec<SpanHead>;
    span_facts(trace: &TraceId => TraceId, &trace; spans: &[SpanHead] => Vec<SpanHead>, &spans) -> Vec<SpanFacts>;
    span_body(trace: &TraceId => TraceId, &trace; span: SpanHandle => SpanHandle, span) -> Option<SpanBody>;
    span_beginning(trace: &TraceId => TraceId, &trace; span: SpanHandle => SpanHandle, span; most: usize => usize, most)
        -> Option<SpanBody>;
    span_bodies(trace: &TraceId => TraceId, &trace; spans: &[SpanHead] => Vec<SpanHead>, &spans) -> Vec<SpanBody>;
    trace_ids_of(handles: &[TraceHandle] => Vec<TraceHandle>, &handles) -> Vec<TraceId>;
    search_page(search: &SpanSearch => SpanSearch, &search) -> SearchPage;
    search_trace(trace: &TraceId => TraceId, &trace; matcher: &Matcher => Matcher, &matcher) -> SearchPage;
    artifact(owner: &ArtifactOwner => ArtifactOwner, &owner; path: &str => String, &path; limit: u64 => u64, limit)
        -> Option<ArtifactBytes>;
    stored_artifact(owner: &ArtifactOwner => ArtifactOwner, &owner; path: &str => String, &path; limit: u64 => u64, limit)
        -> Option<StoredFile>;
}

/// What a reading noted, what became of it, and what it gives.
fn said<T: Put>(cx: &ReadCx, answer: Result<T>, to: &mut Writer) {
    cx.take_warnings().put(to);
    match answer {
        Ok(value) => {
            Answered::Well.put(to);
            value.put(to);
        }
        Err(error) => Answered::of(&error).put(to),
    }
}

/// A question as it is sent.
pub(super) fn question(cx: &ReadCx, name: &str, put: impl FnOnce(&mut Writer)) -> Vec<u8> {
    let mut to = Writer::default();
    cx.put(&mut to);
    name.put(&mut to);
    put(&mut to);
    to.into_bytes()
}

/// A question that was read: its circumstances, its name, and what is left to be read.
pub(super) fn received<'a>(message: &'a [u8]) -> Taken<(ReadCx, String, Bytes<'a>)> {
    let mut from = Bytes::new(message);
    Ok((Take::take(&mut from)?, Take::take(&mut from)?, from))
}

/// The answer of a reader as it is sent.
pub(super) fn answer(store: &mut dyn Store, cx: &ReadCx, name: &str, mut from: Bytes<'_>) -> Vec<u8> {
    let mut to = Writer::default();
    if asked(store, cx, name, &mut from, &mut to).is_ok() {
        return to.into_bytes();
    }
    failed("the question could not be read")
}

/// An answer that nothing could be read, and why.
pub(super) fn failed(why: &str) -> Vec<u8> {
    let mut to = Writer::default();
    Vec::<crate::model::Warning>::new().put(&mut to);
    Answered::Failed(why.to_owned(), crate::store::Remedy::Nothing).put(&mut to);
    to.into_bytes()
}

/// Whether a question is the one that has to be asked of the same reader each time.
pub(super) fn is_revision(name: &str) -> bool {
    name == REVISION
}
