//! What views can ask for, by type.

use std::collections::HashMap;
use std::sync::Arc;

use super::answer::{Answer, TracePlace};
use super::diff::PreparedDiff;
use super::evolution::PreparedEvolution;
use super::file::FileBytes;
use super::keeper::Loader;
use super::lineage::PreparedLineage;
use super::prepare::{BodyPart, PreparedBody};
use super::program::PreparedProgram;
use super::request::{Lane, Request, TraceScope};
use super::slot::Slot;
use super::text::Text;
use crate::model::{
    ArtifactOwner, ArtifactTree, Experiment, ExperimentCounts, ExperimentId, MetricSeries, RunId, RunValues,
    SpanHandle, StateHash, TraceId,
};
use crate::query::table::PreparedRuns;
use crate::query::{
    Optimization, Passport, Provenance, RunPage, RunTree, SessionGroup, TraceCounts, TraceFigures, TraceTree,
};
use crate::store::TraceIndex;

macro_rules! questions {
    ($($(#[$doc:meta])* $name:ident($($arg:ident: $ty:ty),*) -> $value:ty = $request:expr, $variant:ident;)*) => {
        impl Loader {
            $($(#[$doc])*
            pub fn $name(&mut self, $($arg: $ty,)* lane: Lane) -> Slot<$value> {
                self.want($request, lane, |answer| match answer {
                    Answer::$variant(value) => Some(Arc::clone(value)),
                    _ => None,
                })
            })*
        }
    };
}

questions! {
    /// All experiments that are not deleted.
    experiments() -> Vec<Experiment> = Request::Experiments, Experiments;
    /// How much each experiment holds.
    counts() -> Vec<(ExperimentId, ExperimentCounts)> = Request::Counts, Counts;
    /// The runs of an experiment.
    run_tree(id: &ExperimentId) -> RunTree = Request::RunTree(id.clone()), RunTree;
    /// Params, tags and latest metrics of an experiment's runs.
    run_values(id: &ExperimentId) -> HashMap<RunId, RunValues> = Request::RunValues(id.clone()), RunValues;
    /// The runs of an experiment with their values, and what is made of them once.
    runs(id: &ExperimentId) -> PreparedRuns = Request::Runs(id.clone()), Runs;
    /// The traces of each run of an experiment, counted; asked once for each change of the store.
    run_traces(id: &ExperimentId) -> TraceCounts = Request::RunTraces(id.clone()), RunTraces;
    /// One run; `None` inside if the store has no such run.
    run_page(id: &RunId) -> Option<RunPage> = Request::RunPage(id.clone()), RunPage;
    /// One metric of a run.
    metric(run: &RunId, key: &str) -> Option<MetricSeries> = Request::Metric(run.clone(), key.to_owned()), Metric;
    /// What changed from run `a` to run `b`.
    diff(a: &RunId, b: &RunId) -> PreparedDiff = Request::Diff(a.clone(), b.clone()), Diff;
    /// A predictor's instructions along an optimization; the one that changed most, if none is named.
    evolution(parent: &RunId, predictor: Option<&str>) -> Option<PreparedEvolution>
        = Request::Evolution(parent.clone(), predictor.map(str::to_owned)), Evolution;
    /// The skeleton of a list of traces.
    trace_index(scope: &TraceScope) -> TraceIndex = Request::TraceIndex(scope.clone()), TraceIndex;
    /// The traces of a list by session; none if no trace belongs to one.
    trace_sessions(scope: &TraceScope) -> Vec<SessionGroup> = Request::TraceSessions(scope.clone()), TraceSessions;
    /// Where a trace stands in a list; `near` is where it was last seen.
    trace_place(scope: &TraceScope, id: &TraceId, near: usize) -> Option<TracePlace>
        = Request::TracePlace(scope.clone(), id.clone(), near), TracePlace;
    /// A trace and its spans; `None` inside if the store has no such trace.
    trace_tree(id: &TraceId) -> Option<TraceTree> = Request::TraceTree(id.clone()), TraceTree;
    /// The ids of a few traces that begin with this, or with `tr-` and this.
    trace_ids(typed: &str) -> Vec<TraceId> = Request::TraceIds(typed.to_owned()), TraceIds;
    /// What stands beside the spans of a trace.
    span_facts(id: &TraceId) -> TraceFigures = Request::SpanFacts(id.clone()), SpanFacts;
    /// The body of a span, laid out; `None` inside if it is gone. Of a long one it is the beginning
    /// ([`PreparedBody::is_beginning`]): something to read while all of it comes.
    span_body(trace: &TraceId, span: SpanHandle, has_ended: bool) -> Option<PreparedBody>
        = Request::SpanBody(trace.clone(), span, has_ended), SpanBody;
    /// All of the body of a span, however long.
    whole_span_body(trace: &TraceId, span: SpanHandle, has_ended: bool) -> Option<PreparedBody>
        = Request::WholeSpanBody(trace.clone(), span, has_ended), SpanBody;
    /// A part of a span's body as JSON, for texts too long to have it at once.
    span_json(trace: &TraceId, span: SpanHandle, part: BodyPart) -> Option<Text>
        = Request::SpanJson(trace.clone(), span, part), SpanJson;
    /// The files of a run, a trace or a model.
    artifacts(owner: &ArtifactOwner) -> ArtifactTree = Request::Artifacts(owner.clone()), Artifacts;
    /// Where the instruction at a path came from, in an optimization and one of its evaluations; `None`
    /// inside if there is no such instruction.
    provenance(parent: &RunId, evaluation: &RunId, path: &str) -> Option<Provenance>
        = Request::Provenance(parent.clone(), evaluation.clone(), path.to_owned()), Provenance;
    /// The family tree of an optimization; `None` inside if it is not GEPA's.
    lineage(parent: &RunId) -> Option<PreparedLineage> = Request::Lineage(parent.clone()), Lineage;
    /// A program wherever it appears; `None` inside if no active run holds it.
    passport(hash: &StateHash) -> Option<Passport> = Request::Passport(hash.clone()), Passport;
    /// The first `limit` bytes of a file; `None` inside if there is no such file.
    artifact(owner: &ArtifactOwner, path: &str, limit: u64) -> Option<FileBytes>
        = Request::Artifact(owner.clone(), path.to_owned(), limit), Artifact;
    /// The program of a run, with `best` from `best_model.json` alone; `None` inside if it has none.
    program(run: &RunId, best: bool) -> Option<PreparedProgram> = Request::Program(run.clone(), best), Program;
    /// What is known of an optimization; `None` inside if the store has no such run.
    optimization(parent: &RunId) -> Option<Optimization> = Request::Optimization(parent.clone()), Optimization;
}
