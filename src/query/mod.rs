//! One type per question ([`ask::Question`]), and a function where an answer needs no type of its own: reads through
//! a store, computes with `analysis`. The window's loader and the terminal ask here alike, so that the two cannot
//! disagree.
//!
//! Every function blocks, obeys the cancel and deadline of its [`crate::store::ReadCx`] and warns into it.
//! Errors are those of the store; what a store does not have is `None`, [`Found::Nothing`] or
//! empty.

pub mod artifacts;
pub mod ask;
pub mod attachments;
pub mod beside;
mod bodies_at_once;
mod call_texts;
pub mod chat;
pub mod check;
pub mod cost;
mod data_rows;
pub mod demo_origins;
pub mod diff;
pub mod doctor;
pub mod evolution;
pub mod example_answer;
pub mod example_cell;
pub mod example_rows;
pub mod experiments;
pub mod export;
pub mod facts_cache;
pub mod failures;
pub mod family_tree;
pub mod feedback_source;
pub mod filter;
pub mod filtered_runs;
mod filtered_traces;
mod infer_rules;
pub(crate) mod json;
pub mod labels;
pub mod likely_calls;
mod lookup;
pub mod metrics;
mod no_spans;
pub mod optimization;
pub mod optimization_cost;
pub mod optimizations;
pub mod parts;
pub mod picked_traces;
pub mod plain_evaluation;
pub mod prices;
pub mod program;
pub mod program_change;
pub mod program_history;
pub mod program_names;
pub mod prompt_candidates;
pub mod prompt_change;
pub mod prompt_demos;
pub mod provenance;
pub mod registered_prompts;
pub mod repeats;
mod replace_file;
pub mod result_rows;
pub mod result_table;
pub mod run_page;
pub mod runs;
pub mod scores;
mod search;
pub mod server_report;
pub mod session_cost;
pub mod sessions;
pub mod sides;
pub mod slices;
mod span_record;
pub mod stats;
pub mod steps;
pub mod table;
pub mod trace;
pub mod trace_alignment;
pub mod trace_counts;
pub mod trace_facts;
pub(crate) mod trace_json;
pub mod trace_lines;
mod trace_scores;
pub mod traces;
pub mod valset_scores;
pub mod verdict;

pub use crate::analysis::example_traces::{NoTrace, TraceLink};
pub use crate::analysis::metric_match::{MetricMatch, ScoreRange};
pub use crate::analysis::trace_stats::{Percentiles, Stats, StatsBin, StatsBy, StatsRow};
pub use crate::analysis::{Fallback, FallbackOutcome, FallbackReason, Outline, SpanTokens, TokenSource, causes};
pub use artifacts::{ArtifactFile, ArtifactsOf, artifact_file, artifacts};
pub use attachments::{Attachments, NamedAttachment};
pub use beside::{
    ExpectedBy, ExpectedField, OtherEvaluation, ProgramOfTrace, PromptOfTrace, PromptSpan, SameExample, SameExampleOf,
    SessionTurn, SessionTurnOf, TraceAnswer, TraceAnswerOf, TraceExample, TraceExampleOf, TraceProgram,
};
pub use check::{CheckReport, check};
pub use cost::{CostOf, CostOfFamily, Costs, TraceCostOf};
pub use demo_origins::{DemoOrigin, demo_origins};
pub use diff::{
    Comparison, ExampleChange, ExampleDiff, FileDiff, MetricChange, NO_PROGRAM, ParamChange, StandIn, TagChange,
    UnchangedExamples, VerdictBetween, compare, diff_files, unchanged_examples,
};
pub use doctor::{Diagnosis, DoctorOf};
pub use evolution::{EvolutionWish, evolution};
pub use example_answer::{AnsweredFieldsOf, ExampleAnswer, answer_of_repr};
pub use example_cell::{ExampleCell, ExampleCellOf};
pub use example_rows::{EvaluationRowsOf, ExampleRows, NoScores, ScoreSource};
pub use experiments::{CountsOfExperiments, ExperimentRow, Experiments, experiments, find_experiment};
pub use export::{ExportError, ExportFormat, Exported, Exporting};
pub use failures::{Failures, FailuresOf};
pub use family_tree::{FamilyTree, FamilyTreeOf, family_tree};
pub use feedback_source::FeedbackSource;
pub use filter::{
    Completion, CompletionKind, Filter, FilterError, FilterKeys, NoSort, Now, TraceFilter, TraceKeysOf, TraceSort,
};
pub use filtered_runs::filtered_run_table;
pub use filtered_traces::{FactsProgress, FilteredTraces, FilteredTracesOf, FilteredTracesSoFar, filtered_trace_list};
pub use labels::{LabelBook, LabelBooks, Labelled, LabelledOf, LabelsOfStore, TraceScore, TraceScoreOf};
pub use metrics::{MetricCountsOf, MetricOf, metrics};
pub use no_spans::NoSpans;
pub use optimization::{DataSize, Optimization, OptimizationOf, optimization};
pub use optimization_cost::{OptimizationCost, OptimizationCostOf};
pub use optimizations::{OptimizationsOf, OverviewKind, OverviewRow};
pub use parts::PartsOf;
pub use picked_traces::{EXPORT_MOST, ExportedFile, PickedExportOf, PickedIdsOf, TraceExportOf};
pub use plain_evaluation::{NamedMean, PlainEvaluation, PlainEvaluationOf};
pub use prices::PriceFile;
pub use program::{program, program_state};
pub use program_change::{ProgramChange, program_change};
pub use program_history::{AllStates, ProgramHistory, ProgramHistoryOf, StateIndex, find_program};
pub use program_names::{NamedProgram, ProgramNamesOf, ProgramOfRun};
pub use prompt_candidates::{PromptCandidate, PromptCandidatesOf};
pub use prompt_change::prompt_change;
pub use prompt_demos::{PromptDemos, PromptDemosOf};
pub use provenance::{Origin, Provenance, ProvenanceOf, provenance};
pub use registered_prompts::{
    MOST_USERS, PromptChange, PromptPage, PromptPageOf, PromptUses, PromptUsesOf, PromptWish, PromptsUsedBy,
    RegisteredPrompts, find_prompt,
};
pub use repeats::{Repeats, RepeatsOf, noise, pooled_deviation};
pub use replace_file::{NotWritten, replace_file};
pub use result_rows::{ResultScores, ResultScoresOf, ResultTraceOf};
pub use result_table::{example_inputs, result_table};
pub use run_page::{RunPage, RunPageOf, run_page};
pub use runs::{RunTable, RunTree, RunTreeOf, RunValuesOf, find_run, run_table, run_tree};
pub use scores::{Evaluated, HasPlainEvaluations, ScoreColumn, Scores, ScoresOf, TracesOfExamples};
pub use search::{Search, SearchPageOf, Searched, SpanCount, count_behind, scope_of_page, search, search_scope_of_run};
pub use server_report::ServerReportOf;
pub use session_cost::{CostOfSome, SessionCostOf};
pub use sessions::{FilteredSessionsOf, SessionGroup, TraceSessionsOf, trace_sessions};
pub use sides::{BothSides, BothSidesOf, Sides};
pub use slices::{SliceBy, Slices, SlicesOf, WorstSlice, WorstSliceOf};
pub use span_record::span_record;
pub use stats::{CountedStats, StatsOf};
pub use trace::{
    MAX_CANDIDATES, TraceDocument, TraceFigures, TraceFiguresOf, TraceIdsLike, TraceTree, TraceTreeOf, find_trace,
    find_traces, span_beginning, span_body, span_facts, trace_document, trace_tree,
};
pub use trace_counts::{TraceCounts, TraceCountsOf, trace_counts_by_run};
pub use trace_facts::{KnownTrace, TraceFactsOf, known_traces};
pub use trace_lines::{TraceLineOf, TracePlace, TracePlaceBySessionOf, TracePlaceOf, trace_lines};
pub use traces::{TraceIndexOf, TraceList, TracePageOf, TraceScope, traces};
pub use verdict::{Between, HeldOut, HeldOutOf, NoVerdict, Verdict, VerdictOf};

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

/// A shorter beginning of an id stands for none, as in git: `1` is an experiment's whole id.
const SHORTEST_BEGINNING: usize = 4;

/// Whether an id is meant by its beginning.
fn is_begun(id: &str, typed: &str) -> bool {
    typed.len() >= SHORTEST_BEGINNING && id.starts_with(typed)
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
