//! The places of the window, each with what is looked at in it.

use super::comparing_traces::ComparedTraces;
use super::prompts::PromptPlace;
use super::searching::SearchPlace;
use super::span_ref::SpanRef;
use super::tabs::{CompareTab, DetailTab, ExperimentTab, PromptTab, RunTab};
use crate::loader::TraceScope;
use crate::model::{ExperimentId, PromptKey, RunId, StateHash, TraceId};

/// A place in the window, and what of it is looked at.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Default)]
pub enum Place {
    /// Choosing a store, or all of its experiments.
    #[default]
    Store,
    /// An experiment.
    Experiment {
        /// The experiment.
        experiment: ExperimentId,
        /// What of it is shown.
        tab: ExperimentTab,
    },
    /// A run.
    Run {
        /// The experiment it was reached through.
        experiment: Option<ExperimentId>,
        /// The run.
        run: RunId,
        /// What of it is shown; with none, what says most of such a run: its optimization, else its overview.
        tab: Option<RunTab>,
    },
    /// A trace.
    Trace {
        /// The experiment it was reached through.
        experiment: Option<ExperimentId>,
        /// The run it was reached through.
        run: Option<RunId>,
        /// The trace.
        trace: TraceId,
        /// The focused span; with none, the first.
        span: Option<SpanRef>,
        /// What of the focused span is shown.
        detail: DetailTab,
    },
    /// A program wherever it appears in the store; the beginning of its hash is enough.
    ProgramHistory(StateHash),
    /// Runs beside each other.
    Compare {
        /// The runs, two or more: the first is what the others are compared with.
        runs: Vec<RunId>,
        /// The one that is compared with the first now; with none, the second.
        shown: Option<RunId>,
        /// What of them is shown; with none, the first that has something.
        tab: Option<CompareTab>,
    },
    /// Traces beside each other.
    CompareTraces(ComparedTraces),
    /// A search for text in spans.
    Search(SearchPlace),
    /// The prompts of the registry, or one of them.
    Prompts(PromptPlace),
}

/// What a page is of, whichever way leads there and whatever of it is looked at.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Default)]
pub enum Subject {
    /// The store.
    #[default]
    Store,
    /// An experiment.
    Experiment(ExperimentId),
    /// A run.
    Run(RunId),
    /// A trace.
    Trace(TraceId),
    /// A program, by the beginning of its hash.
    ProgramHistory(StateHash),
    /// Runs beside each other.
    Compare(Vec<RunId>),
    /// Traces beside each other.
    CompareTraces(Vec<TraceId>),
    /// A search, by what is looked for.
    Search(String),
    /// The prompts of the registry, or one of them.
    Prompts(Option<PromptKey>),
}

impl Place {
    /// An experiment, looked at from the start.
    pub fn of_experiment(experiment: ExperimentId) -> Self {
        Self::Experiment { experiment, tab: ExperimentTab::default() }
    }

    /// A run, looked at from the start; `experiment` is the one it is reached through.
    pub fn of_run(experiment: Option<ExperimentId>, run: RunId) -> Self {
        Self::Run { experiment, run, tab: None }
    }

    /// A trace, looked at from the start; `experiment` and `run` are those it is reached through.
    pub fn of_trace(experiment: Option<ExperimentId>, run: Option<RunId>, trace: TraceId) -> Self {
        Self::Trace { experiment, run, trace, span: None, detail: DetailTab::default() }
    }

    /// Two or more runs beside each other, looked at from the start: the first is what the others are compared with.
    pub fn comparing(runs: Vec<RunId>) -> Self {
        Self::Compare { runs, shown: None, tab: None }
    }

    /// Two or more traces beside each other, looked at from the start: the first is what the others are compared with.
    pub fn comparing_traces(traces: Vec<TraceId>) -> Self {
        Self::CompareTraces(ComparedTraces::new(traces))
    }

    /// The experiment that the address names.
    pub fn experiment(&self) -> Option<&ExperimentId> {
        match self {
            Self::Store
            | Self::ProgramHistory(_)
            | Self::Compare { .. }
            | Self::CompareTraces(_)
            | Self::Prompts(_) => None,
            Self::Experiment { experiment, .. } => Some(experiment),
            Self::Run { experiment, .. } | Self::Trace { experiment, .. } => experiment.as_ref(),
            Self::Search(search) => search.experiment.as_ref(),
        }
    }

    /// The run that the address names.
    pub fn run(&self) -> Option<&RunId> {
        match self {
            Self::Store
            | Self::Experiment { .. }
            | Self::ProgramHistory(_)
            | Self::Compare { .. }
            | Self::CompareTraces(_)
            | Self::Prompts(_) => None,
            Self::Run { run, .. } => Some(run),
            Self::Trace { run, .. } => run.as_ref(),
            Self::Search(search) => search.run.as_ref(),
        }
    }

    /// A search for text that begins here, with nothing typed.
    pub fn search(&self) -> SearchPlace {
        let trace = match self {
            Self::Trace { trace, .. } => Some(trace.clone()),
            Self::Search(search) => search.trace.clone(),
            _ => None,
        };
        SearchPlace {
            experiment: self.experiment().cloned(),
            run: self.run().cloned(),
            trace,
            ..SearchPlace::default()
        }
    }

    /// The list of traces that this place is part of.
    pub fn scope(&self) -> TraceScope {
        match (self.run(), self.experiment()) {
            (Some(run), _) => TraceScope::Run(run.clone()),
            (None, Some(experiment)) => TraceScope::Experiment(experiment.clone()),
            (None, None) => TraceScope::All,
        }
    }

    /// Whether a list of traces is on screen.
    pub fn lists_traces(&self) -> bool {
        match self {
            Self::Experiment { tab, .. } => matches!(tab, ExperimentTab::Traces { .. }),
            Self::Run { tab, .. } => matches!(tab, Some(RunTab::Traces { .. })),
            Self::Store
            | Self::Trace { .. }
            | Self::ProgramHistory(_)
            | Self::Compare { .. }
            | Self::CompareTraces(_)
            | Self::Search(_)
            | Self::Prompts(_) => false,
        }
    }

    /// Whether a matrix of examples is on screen.
    pub fn lists_examples(&self) -> bool {
        match self {
            Self::Experiment { tab, .. } => matches!(tab, ExperimentTab::Examples { .. }),
            Self::Run { tab, .. } => matches!(tab, Some(RunTab::Examples { .. })),
            Self::Store
            | Self::Trace { .. }
            | Self::ProgramHistory(_)
            | Self::Compare { .. }
            | Self::CompareTraces(_)
            | Self::Search(_)
            | Self::Prompts(_) => false,
        }
    }

    /// What it is called that of it is shown, where that was chosen.
    pub fn tab_title(&self) -> Option<&'static str> {
        match self {
            Self::Experiment { tab, .. } => (*tab != ExperimentTab::default()).then(|| tab.title()),
            Self::Run { tab, .. } => tab.as_ref().map(RunTab::title),
            Self::Compare { tab, .. } => tab.as_ref().map(CompareTab::title),
            Self::Prompts(PromptPlace { prompt: Some(_), tab, .. }) => {
                (*tab != PromptTab::default()).then(|| tab.title())
            }
            Self::Store
            | Self::Trace { .. }
            | Self::ProgramHistory(_)
            | Self::CompareTraces(_)
            | Self::Search(_)
            | Self::Prompts(_) => None,
        }
    }

    /// What it is a page of.
    pub fn subject(&self) -> Subject {
        match self {
            Self::Store => Subject::Store,
            Self::Experiment { experiment, .. } => Subject::Experiment(experiment.clone()),
            Self::Run { run, .. } => Subject::Run(run.clone()),
            Self::Trace { trace, .. } => Subject::Trace(trace.clone()),
            Self::ProgramHistory(hash) => Subject::ProgramHistory(hash.clone()),
            Self::Compare { runs, .. } => Subject::Compare(runs.clone()),
            Self::CompareTraces(compared) => Subject::CompareTraces(compared.traces.clone()),
            Self::Search(search) => Subject::Search(search.pattern.text.clone()),
            Self::Prompts(prompts) => Subject::Prompts(prompts.prompt.clone()),
        }
    }

    /// The place one step out: of a trace the list that it is in.
    pub fn parent(&self) -> Option<Self> {
        let of_experiment = |id: &Option<ExperimentId>, tab: ExperimentTab| {
            id.clone().map_or(Self::Store, |experiment| Self::Experiment { experiment, tab })
        };
        match self {
            Self::Store => None,
            Self::Prompts(PromptPlace { prompt: Some(_), .. }) => Some(Self::Prompts(PromptPlace::default())),
            Self::Experiment { .. } | Self::ProgramHistory(_) | Self::Prompts(_) => Some(Self::Store),
            Self::Run { experiment, .. } => Some(of_experiment(experiment, ExperimentTab::default())),
            Self::Trace { experiment, run: Some(run), .. } => {
                Some(Self::Run { experiment: experiment.clone(), run: run.clone(), tab: Some(RunTab::TRACES) })
            }
            Self::Trace { experiment, run: None, .. } => Some(of_experiment(experiment, ExperimentTab::TRACES)),
            Self::Search(SearchPlace { experiment, run, trace, .. }) => Some(match (trace, run, experiment) {
                (Some(trace), run, experiment) => Self::of_trace(experiment.clone(), run.clone(), trace.clone()),
                (None, Some(run), experiment) => Self::of_run(experiment.clone(), run.clone()),
                (None, None, Some(experiment)) => Self::of_experiment(experiment.clone()),
                (None, None, None) => Self::Store,
            }),
            Self::CompareTraces(ComparedTraces { traces, .. }) => {
                Some(traces.first().map_or(Self::Store, |trace| Self::of_trace(None, None, trace.clone())))
            }
            Self::Compare { runs, .. } => Some(runs.first().map_or(Self::Store, |run| Self::of_run(None, run.clone()))),
        }
    }
}

/// Something else of the place is looked at. A place of another kind has no such thing and stays as it is.
impl Place {
    pub(super) fn show_experiment_tab(&mut self, chosen: ExperimentTab) {
        if let Self::Experiment { tab, .. } = self {
            *tab = chosen;
        }
    }

    pub(super) fn show_run_tab(&mut self, chosen: RunTab) {
        if let Self::Run { tab, .. } = self {
            *tab = Some(chosen);
        }
    }

    pub(super) fn show_compare_tab(&mut self, chosen: CompareTab) {
        if let Self::Compare { tab, .. } = self {
            *tab = Some(chosen);
        }
    }

    pub(super) fn show_compared(&mut self, run: RunId) {
        if let Self::Compare { shown, .. } = self {
            *shown = Some(run);
        }
    }

    pub(super) fn look_at_traces(&mut self, wanted: ComparedTraces) {
        if let Self::CompareTraces(compared) = self {
            *compared = wanted;
        }
    }

    pub(super) fn look_for(&mut self, wanted: SearchPlace) {
        if let Self::Search(search) = self {
            *search = wanted;
        }
    }

    pub(super) fn show_prompt(&mut self, version: Option<u64>, chosen: PromptTab) {
        if let Self::Prompts(prompts) = self {
            (prompts.version, prompts.tab) = (version, chosen);
        }
    }

    pub(super) fn show_detail(&mut self, chosen: DetailTab) {
        if let Self::Trace { detail, .. } = self {
            *detail = chosen;
        }
    }

    pub(super) fn focus_span(&mut self, chosen: Option<SpanRef>) {
        if let Self::Trace { span, .. } = self {
            *span = chosen;
        }
    }
}
