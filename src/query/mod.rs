//! One function per question: reads through a store, computes with `analysis`. The window's
//! loader and the terminal ask here alike, so that the two cannot disagree.
//!
//! Every function blocks, obeys the cancel and deadline of its [`ReadCx`] and warns into it.
//! Errors are those of the store; what a store does not have is `None`, [`Found::Nothing`] or
//! empty.

pub mod artifacts;
pub mod ask;
pub mod check;
pub mod demo_origins;
pub mod diff;
pub mod evolution;
pub mod example_rows;
pub mod experiments;
pub mod filter;
pub mod lineage;
mod lookup;
pub mod metrics;
pub mod optimization;
pub mod passport;
pub mod program;
pub mod provenance;
pub mod run_page;
pub mod runs;
pub mod table;
pub mod trace;
pub mod trace_counts;
pub mod trace_lines;
pub mod traces;

pub use crate::analysis::example_traces::{NoTrace, TraceLink};
pub use crate::analysis::{SpanTokens, TokenSource};
pub use artifacts::{ArtifactFile, ArtifactText, ArtifactsOf, artifact_file, artifact_text, artifacts};
pub use check::{CheckReport, check};
pub use demo_origins::{DemoOrigin, demo_origins};
pub use diff::{
    Comparison, ExampleChange, ExampleDiff, MetricChange, ParamChange, RunDiff, compare, diff, example_inputs,
    result_table,
};
pub use evolution::evolution;
pub use example_rows::{NoScores, ScoreSource};
pub use experiments::{CountsOfExperiments, ExperimentRow, Experiments, experiments, find_experiment};
pub use filter::{Completion, CompletionKind, Filter, FilterError, FilterKeys, filter_keys};
pub use lineage::{FamilyTreeOf, Lineage, lineage};
pub use metrics::{MetricOf, metrics};
pub use optimization::{DataSize, Optimization, OptimizationOf, optimization};
pub use passport::{AllStates, Passport, PassportOf, StateIndex};
pub use program::{program, program_state};
pub use provenance::{Origin, Provenance, ProvenanceOf, provenance};
pub use run_page::{RunPage, RunPageOf, run_page};
pub use runs::{RunTable, RunTree, RunTreeOf, RunValuesOf, find_run, run_table, run_tree};
pub use trace::{
    TraceDocument, TraceFigures, TraceFiguresOf, TraceIdsLike, TraceTree, TraceTreeOf, find_trace, find_traces,
    span_beginning, span_body, span_facts, trace_document, trace_tree,
};
pub use trace_counts::{TraceCounts, TraceCountsOf, trace_counts_by_run};
pub use trace_lines::{TracePlace, TracePlaceOf, trace_lines};
pub use traces::{TraceIndexOf, TraceList, TraceScope, trace_index, trace_rows, traces};

/// What a search by id or name found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found<T> {
    /// The one.
    One(T),
    /// Several bear this name or begin like this: their ids.
    Several(Vec<String>),
    /// None.
    Nothing,
}

/// One, several or none of a list.
fn one_of<T>(mut found: Vec<T>, id: impl Fn(&T) -> String) -> Found<T> {
    match (found.pop(), found.is_empty()) {
        (Some(one), true) => Found::One(one),
        (Some(last), false) => Found::Several(found.iter().chain([&last]).map(id).collect()),
        (None, _) => Found::Nothing,
    }
}

#[cfg(test)]
mod tests;
