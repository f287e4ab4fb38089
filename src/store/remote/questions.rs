//! Every question that a store is asked, once for both sides: how this side asks it, and how the other one does.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::ahead::Shape;
use super::greeting::Told;
use super::wire::{Answered, Bytes, Malformed, Put, Take, Taken, Writer, said};
use super::{RemoteStore, spans};
use crate::model::{
    ArtifactOwner, ArtifactTree, DatasetInput, Experiment, ExperimentCounts, ExperimentId, LoggedModel, MetricSeries,
    PromptKey, PromptUse, PromptUsesWanted, PromptVersion, RegisteredPrompt, Run, RunId, RunValues, Session, SpanBody,
    SpanFacts, SpanHandle, SpanHead, TraceHead, TraceId, TracePreview, TraceRow,
};
use crate::store::{
    ArtifactBytes, Capabilities, Inventory, Page, ReadCx, Result, Revision, RunQuery, RunTraces, SearchPage, Sought,
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
    ($($question:ident($($given:ident: $type:ty => $read:ty, $passed:expr);*) -> $answer:ty $(, listing $id:expr)?;)*) => {
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

            fn trace_as_seen(&mut self, cx: &ReadCx, trace: &TraceId) -> Result<Option<TraceHead>> {
                // The reader over there watches nothing: it would have to ask first.
                self.trace(cx, trace)
            }

            fn spans(&mut self, cx: &ReadCx, trace: &TraceId) -> Result<Vec<SpanHead>> {
                self.spans_of(cx, trace)
            }

            fn span_facts(&mut self, cx: &ReadCx, trace: &TraceId, spans: &[SpanHead]) -> Result<Vec<SpanFacts>> {
                self.facts_of(cx, trace, spans)
            }

            fn bodies_at_once(&self) -> usize {
                spans::BODIES_AT_ONCE
            }

            fn span_bodies(&mut self, cx: &ReadCx, trace: &TraceId, spans: &[SpanHead]) -> Result<Vec<SpanBody>> {
                self.bodies_of(cx, trace, spans)
            }

            fn span_body(&mut self, cx: &ReadCx, trace: &TraceId, span: SpanHandle) -> Result<Option<SpanBody>> {
                self.body_of(cx, trace, span)
            }

            $(fn $question(&mut self, cx: &ReadCx, $($given: $type),*) -> Result<$answer> {
                let answer: $answer = self.ask(cx, stringify!($question), |_to| {
                    $($given.put(_to);)*
                })?;
                $(self.listed(answer.iter().map($id));)?
                Ok(answer)
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
                _ => {
                    if !spans::asked(store, cx, question, from, to)? {
                        return Err(Malformed);
                    }
                }
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
    runs(query: &RunQuery => RunQuery, &query) -> Vec<Run>,
        listing |run: &Run| run.id.as_str();
    run_rows(query: &RunQuery => RunQuery, &query) -> Vec<(Run, RunValues)>,
        listing |(run, _): &(Run, RunValues)| run.id.as_str();
    run_values(query: &RunQuery => RunQuery, &query) -> Vec<(RunId, RunValues)>;
    metric_history(run: &RunId => RunId, &run; key: Option<&str> => Option<String>, key.as_deref()) -> Vec<MetricSeries>;
    metric_counts(run: &RunId => RunId, &run) -> Vec<(Arc<str>, u64)>;
    dataset_inputs(run: &RunId => RunId, &run) -> Vec<DatasetInput>;
    logged_models(run: &RunId => RunId, &run) -> Vec<LoggedModel>;
    trace_page(query: &TraceQuery => TraceQuery, &query) -> TraceIndex;
    trace_index(query: &TraceQuery => TraceQuery, &query) -> TraceIndex;
    trace_values(query: &TraceQuery => TraceQuery, &query; columns: &[TraceColumn] => Vec<TraceColumn>, &columns)
        -> Vec<(TraceHandle, Vec<TraceValue>)>;
    trace_place(query: &TraceQuery => TraceQuery, &query; trace: &TraceId => TraceId, &trace) -> Option<TracePlace>;
    trace_rows(handles: &[TraceHandle] => Vec<TraceHandle>, &handles) -> Vec<TraceRow>,
        listing |row: &TraceRow| row.id.as_str();
    trace_previews(handles: &[TraceHandle] => Vec<TraceHandle>, &handles) -> Vec<TracePreview>,
        listing |preview: &TracePreview| preview.id.as_str();
    trace_lines(handles: &[TraceHandle] => Vec<TraceHandle>, &handles) -> Vec<(TraceHandle, TraceRow)>,
        listing |(_, row): &(TraceHandle, TraceRow)| row.id.as_str();
    trace_sessions(query: &TraceQuery => TraceQuery, &query) -> Vec<(TraceHandle, Session)>;
    inventory() -> Inventory;
    prompts() -> Vec<RegisteredPrompt>;
    prompt_versions(prompt: &PromptKey => PromptKey, &prompt) -> Vec<PromptVersion>;
    prompt_uses(wanted: &PromptUsesWanted => PromptUsesWanted, &wanted) -> Vec<PromptUse>;
    run_traces(experiment: Option<&ExperimentId> => Option<ExperimentId>, experiment.as_ref())
        -> Option<Vec<(RunId, RunTraces)>>;
    trace_ids(prefix: &str => String, &prefix; limit: usize => usize, limit) -> Vec<TraceId>,
        listing TraceId::as_str;
    trace(trace: &TraceId => TraceId, &trace) -> Option<TraceHead>;
    expect_spans(traces: &[TraceId] => Vec<TraceId>, &traces) -> ();
    span_beginning(trace: &TraceId => TraceId, &trace; span: SpanHandle => SpanHandle, span; most: usize => usize, most)
        -> Option<SpanBody>;
    trace_ids_of(handles: &[TraceHandle] => Vec<TraceHandle>, &handles) -> Vec<TraceId>,
        listing TraceId::as_str;
    search_page(search: &SpanSearch => SpanSearch, &search) -> SearchPage;
    search_trace(trace: &TraceId => TraceId, &trace; sought: &Sought => Sought, &sought) -> SearchPage;
    artifact(owner: &ArtifactOwner => ArtifactOwner, &owner; path: &str => String, &path; limit: u64 => u64, limit)
        -> Option<ArtifactBytes>;
    stored_artifact(owner: &ArtifactOwner => ArtifactOwner, &owner; path: &str => String, &path; limit: u64 => u64, limit)
        -> Option<StoredFile>;
}

/// A question as it is sent.
pub(super) struct Question {
    pub(super) bytes: Vec<u8>,
    /// What it is about, where the same could be asked of something else.
    pub(super) about: Option<(Shape, Arc<str>)>,
}

/// Longer ones are about more than what they begin with.
const SHORT: usize = 1024;

/// A question under these circumstances. How long is left for it comes first: that changes from one to the next.
pub(super) fn question(cx: &ReadCx, name: &str, put: impl FnOnce(&mut Writer)) -> Question {
    let mut to = Writer::default();
    cx.deadline().map(|end| end.saturating_duration_since(Instant::now())).put(&mut to);
    let from = to.len();
    cx.put(&mut to);
    name.put(&mut to);
    put(&mut to);
    let (bytes, first) = to.into_parts();
    let about = first
        .filter(|_| bytes.len() <= SHORT)
        .and_then(|(place, id)| Some(((bytes.get(from..place.start)?.to_vec(), bytes.get(place.end..)?.to_vec()), id)));
    Question { bytes, about }
}

/// The same question of something else, for as long as it takes.
pub(super) fn of_another(shape: &Shape, id: &Arc<str>) -> Vec<u8> {
    let (mut forever, mut about) = (Writer::default(), Writer::default());
    None::<Duration>.put(&mut forever);
    id.put(&mut about);
    [forever.into_parts().0, shape.0.clone(), about.into_parts().0, shape.1.clone()].concat()
}

/// A question that was read: its circumstances, its name, and what is left to be read.
pub(super) fn received<'a>(message: &'a [u8]) -> Taken<(ReadCx, String, Bytes<'a>)> {
    let mut from = Bytes::new(message);
    let left: Option<Duration> = Take::take(&mut from)?;
    let cx = ReadCx::take(&mut from)?;
    let cx = match left {
        Some(left) => cx.with_deadline(left),
        None => cx,
    };
    Ok((cx, Take::take(&mut from)?, from))
}

/// The answer of a reader as it is sent.
pub(super) fn answer(store: &mut dyn Store, cx: &ReadCx, name: &str, mut from: Bytes<'_>) -> Vec<u8> {
    let mut to = Writer::default();
    if asked(store, cx, name, &mut from, &mut to).is_ok() {
        return to.into_parts().0;
    }
    failed("the question could not be read")
}

/// An answer that nothing could be read, and why.
pub(super) fn failed(why: &str) -> Vec<u8> {
    let mut to = Writer::default();
    Vec::<crate::model::Warning>::new().put(&mut to);
    Answered::Failed(why.to_owned(), crate::store::Remedy::Nothing).put(&mut to);
    to.into_parts().0
}

/// Whether a question is the one that has to be asked of the same reader each time.
pub(super) fn is_revision(name: &str) -> bool {
    name == REVISION
}
