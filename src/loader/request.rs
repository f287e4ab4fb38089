//! What can be asked of a store.

use std::hash::Hash;

use super::prepare::BodyPart;
use crate::model::{ArtifactOwner, ExperimentId, RunId, SpanHandle, StateHash, TraceId};
use crate::store::{TraceHandle, TraceQuery};

/// How urgent an answer is. Within a lane the newest request is served first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Lane {
    /// What the user has just selected.
    Selection,
    /// What else is on screen.
    Visible,
    /// What will probably be looked at next.
    Prefetch,
}

/// Which list of traces.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum TraceScope {
    /// All of the store.
    All,
    /// Those of an experiment.
    Experiment(ExperimentId),
    /// Those recorded in a run.
    Run(RunId),
}

impl TraceScope {
    /// The question for the store.
    pub fn query(&self) -> TraceQuery {
        match self {
            Self::All => TraceQuery::default(),
            Self::Experiment(id) => TraceQuery { experiment: Some(id.clone()), ..TraceQuery::default() },
            Self::Run(id) => TraceQuery { run: Some(id.clone()), ..TraceQuery::default() },
        }
    }
}

/// A question; also the key under which its answer is kept.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Request {
    /// All experiments.
    Experiments,
    /// How much each experiment holds.
    Counts,
    /// The runs of an experiment as a tree.
    RunTree(ExperimentId),
    /// Params, tags and latest metrics of an experiment's runs.
    RunValues(ExperimentId),
    /// The runs of an experiment with their values, prepared for a table and a tree.
    Runs(ExperimentId),
    /// The traces of each run of an experiment, counted.
    RunTraces(ExperimentId),
    /// One run with all that is attached to it.
    RunPage(RunId),
    /// Every point of one metric of a run.
    Metric(RunId, String),
    /// The skeleton of a list of traces.
    TraceIndex(TraceScope),
    /// The lines behind these handles.
    TraceRows(Vec<TraceHandle>),
    /// The traces of a list by session.
    TraceSessions(TraceScope),
    /// Where a trace stands in a list and what stands beside it; the number is where to look first.
    TracePlace(TraceScope, TraceId, usize),
    /// A trace and the heads of its spans, as a tree.
    TraceTree(TraceId),
    /// The ids of traces that begin with this.
    TraceIds(String),
    /// The facts beside a trace's spans, and what they add up to.
    SpanFacts(TraceId),
    /// One span's body, prepared for the screen, or the beginning of a long one; whether the span
    /// has ended.
    SpanBody(TraceId, SpanHandle, bool),
    /// All of one span's body, however long; whether the span has ended.
    WholeSpanBody(TraceId, SpanHandle, bool),
    /// One part of a span's body as JSON.
    SpanJson(TraceId, SpanHandle, BodyPart),
    /// The files of a run, a trace or a model.
    Artifacts(ArtifactOwner),
    /// Where an instruction came from: the optimization, one of its evaluations, the path of the predictor.
    Provenance(RunId, RunId, String),
    /// GEPA's family tree of an optimization.
    Lineage(RunId),
    /// A program wherever it appears.
    Passport(StateHash),
    /// The first bytes of one file, as many as this.
    Artifact(ArtifactOwner, String, u64),
    /// The program of a run, laid out for the screen; or only its `best_model.json`.
    Program(RunId, bool),
    /// The optimization under a parent run.
    Optimization(RunId),
    /// What changed from one run to another.
    Diff(RunId, RunId),
    /// A predictor's instructions along an optimization; the one that changed most, if none is named.
    Evolution(RunId, Option<String>),
    /// Whether the store was written to.
    Revision,
    /// Something that a view makes of an answer.
    Derived(DerivedKey),
}

/// Under which a derived value is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct DerivedKey {
    /// What it is.
    pub what: &'static str,
    /// What it is made of, for instance the id of a [`super::Text`].
    pub source: u64,
    /// In which way, for instance a width.
    pub variant: u64,
}

impl Request {
    /// What it asks for, in words: "slowest: list of traces, 84 ms".
    pub fn label(&self) -> &'static str {
        match self {
            Self::Experiments => "experiments",
            Self::Counts => "counts",
            Self::RunTree(_) => "runs",
            Self::RunValues(_) => "values of runs",
            Self::Runs(_) => "runs with their values",
            Self::RunTraces(_) => "traces of runs",
            Self::RunPage(_) => "run",
            Self::Metric(..) => "metric",
            Self::TraceIndex(_) => "list of traces",
            Self::TraceRows(_) => "lines of traces",
            Self::TraceSessions(_) => "sessions",
            Self::TracePlace(..) => "place in the list",
            Self::TraceTree(_) => "trace",
            Self::TraceIds(_) => "ids of traces",
            Self::SpanFacts(_) => "tokens of spans",
            Self::SpanBody(..) => "span",
            Self::WholeSpanBody(..) => "long span",
            Self::SpanJson(..) => "span as JSON",
            Self::Artifacts(_) => "artifacts",
            Self::Provenance(..) => "origin of an instruction",
            Self::Lineage(_) => "family tree",
            Self::Passport(_) => "program",
            Self::Artifact(..) => "artifact",
            Self::Program(..) => "program",
            Self::Optimization(_) => "optimization",
            Self::Diff(..) => "comparison",
            Self::Evolution(..) => "evolution",
            Self::Revision => "revision",
            Self::Derived(key) => key.what,
        }
    }
}
