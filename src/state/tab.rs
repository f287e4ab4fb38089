//! The tabs of places and of the details panel.

/// A tab of an experiment or a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Tab {
    /// The runs of an experiment.
    Runs,
    /// The candidates of an optimization and who won.
    Optimization,
    /// Params, tags, datasets, models.
    Overview,
    /// The program of a run.
    Program,
    /// Metrics and their charts.
    Metrics,
    /// The list of traces.
    Traces,
    /// Files.
    Artifacts,
    /// Params.
    Params,
    /// The examples that were evaluated.
    Examples,
    /// Tags.
    Tags,
    /// A predictor's instructions along the evaluations of an optimization.
    Evolution,
    /// Which candidates of GEPA's were bred from which, and what was proposed.
    Lineage,
}

impl Tab {
    /// The tabs of an experiment.
    pub const OF_EXPERIMENT: [Self; 2] = [Self::Runs, Self::Traces];
    /// The tabs of a run; an optimization and a program are shown only where there is one.
    pub const OF_RUN: [Self; 8] = [
        Self::Optimization,
        Self::Lineage,
        Self::Evolution,
        Self::Overview,
        Self::Program,
        Self::Metrics,
        Self::Traces,
        Self::Artifacts,
    ];

    /// The tabs of runs that are compared.
    pub const OF_COMPARE: [Self; 5] = [Self::Program, Self::Params, Self::Metrics, Self::Examples, Self::Tags];

    /// Its name in an address.
    pub fn name(self) -> &'static str {
        match self {
            Self::Runs => "runs",
            Self::Optimization => "optimization",
            Self::Overview => "overview",
            Self::Program => "program",
            Self::Metrics => "metrics",
            Self::Traces => "traces",
            Self::Artifacts => "artifacts",
            Self::Params => "params",
            Self::Examples => "examples",
            Self::Tags => "tags",
            Self::Evolution => "evolution",
            Self::Lineage => "lineage",
        }
    }

    /// What it is called on screen.
    pub fn title(self) -> &'static str {
        match self {
            Self::Runs => "Runs",
            Self::Optimization => "Optimization",
            Self::Overview => "Overview",
            Self::Program => "Program",
            Self::Metrics => "Metrics",
            Self::Traces => "Traces",
            Self::Artifacts => "Artifacts",
            Self::Params => "Params",
            Self::Examples => "Examples",
            Self::Tags => "Tags",
            Self::Evolution => "Evolution",
            Self::Lineage => "Family tree",
        }
    }

    /// By its name in an address.
    pub fn parse(name: &str) -> Option<Self> {
        let all = std::iter::once(Self::Runs).chain(Self::OF_RUN).chain(Self::OF_COMPARE);
        all.into_iter().find(|tab| tab.name() == name)
    }
}

/// A tab of the focused span.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum DetailTab {
    /// What it was given.
    #[default]
    Inputs,
    /// What it gave back.
    Outputs,
    /// Everything else that was noted.
    Attributes,
    /// Exceptions and other events.
    Events,
}

impl DetailTab {
    /// All of them, in order.
    pub const ALL: [Self; 4] = [Self::Inputs, Self::Outputs, Self::Attributes, Self::Events];

    /// Its name in an address.
    pub fn name(self) -> &'static str {
        match self {
            Self::Inputs => "inputs",
            Self::Outputs => "outputs",
            Self::Attributes => "attributes",
            Self::Events => "events",
        }
    }

    /// What it is called on screen.
    pub fn title(self) -> &'static str {
        match self {
            Self::Inputs => "Inputs",
            Self::Outputs => "Outputs",
            Self::Attributes => "Attributes",
            Self::Events => "Events",
        }
    }

    /// By its name in an address.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|tab| tab.name() == name)
    }
}
