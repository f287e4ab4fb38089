//! The tabs of places, each written once: what it needs to know, how it is called in addresses and on screen.

use super::example_set::ExampleSet;
use super::outcomes::Outcomes;
use super::phrase::Phrase;
use crate::analysis::evolution::Against;
use crate::analysis::optimizations::Effort;
use crate::loader::TraceSort;
use crate::model::{EvaluationId, RunId};

/// Makes an enum of tabs from a table. A line is all that a tab is to addresses and to the row of tabs: its
/// fields with the key under which each stands in an address, its name there, its title on screen.
macro_rules! tabs {
    (
        $(#[$about_all:meta])*
        $tabs:ident {
            $(
                $(#[$about:meta])*
                $tab:ident $({ $($(#[$about_field:meta])* $field:ident: $type:ty = $key:literal),+ $(,)? })?
                    => $name:literal, $title:literal;
            )+
        }
    ) => {
        $(#[$about_all])*
        pub enum $tabs {
            $($(#[$about])* $tab $({ $($(#[$about_field])* $field: Option<$type>),+ })?),+
        }

        impl $tabs {
            /// All of them in the order in which they stand, nothing chosen in any.
            pub const ALL: &'static [Self] = &[$(Self::$tab $({ $($field: None),+ })?),+];

            /// Its name in an address.
            pub fn name(&self) -> &'static str {
                match self {
                    $(Self::$tab $({ $($field: _),+ })? => $name),+
                }
            }

            /// What it is called on screen.
            pub fn title(&self) -> &'static str {
                match self {
                    $(Self::$tab $({ $($field: _),+ })? => $title),+
                }
            }

            /// By its name in an address, nothing chosen in it.
            pub fn named(name: &str) -> Option<Self> {
                Self::ALL.iter().find(|tab| tab.name() == name).cloned()
            }

            /// The same tab, nothing chosen in it.
            pub fn unchosen(&self) -> Self {
                match self {
                    $(Self::$tab $({ $($field: _),+ })? => Self::$tab $({ $($field: None),+ })?),+
                }
            }

            /// Whether it is the same tab, whatever is chosen in each.
            pub fn is_same_tab(&self, other: &Self) -> bool {
                std::mem::discriminant(self) == std::mem::discriminant(other)
            }

            /// What is chosen in it, by the keys of addresses.
            pub(super) fn choices(&self) -> Vec<(&'static str, String)> {
                match self {
                    $(Self::$tab $({ $($field),+ })? => {
                        let choices: Vec<(&'static str, Option<String>)> =
                            vec![$($(($key, $field.as_ref().map(ToString::to_string))),+)?];
                        choices.into_iter().filter_map(|(key, text)| Some((key, text?))).collect()
                    })+
                }
            }

            /// Chooses what an address says under a key; says whether there is such a thing in this tab.
            pub(super) fn choose(&mut self, key: &str, text: &str) -> bool {
                let _ = text;
                match self {
                    $(Self::$tab $({ $($field),+ })? => {
                        $($(if key == $key {
                            *$field = text.parse().ok();
                            return $field.is_some();
                        })+)?
                    })+
                }
                let _ = key;
                false
            }
        }
    };
}

tabs! {
    /// A tab of an experiment.
    #[derive(Clone, Debug, PartialEq, Eq, Hash, Default)]
    ExperimentTab {
        /// The runs in a table.
        #[default]
        Runs => "runs", "Runs";
        /// Its optimizations on one chart.
        Optimizations {
            /// Over what they are drawn; what was chosen last or evaluations if nothing is.
            over: Effort = "over",
            /// With those of all other experiments.
            everywhere: bool = "everywhere",
        } => "optimizations", "Optimizations";
        /// Examples by plain evaluations.
        Examples {
            /// The example that is looked at, by its place in the matrix.
            example: usize = "item",
            /// The evaluation that is looked at.
            evaluation: EvaluationId = "evaluation",
            /// Only these are listed.
            only: ExampleSet = "only",
        } => "examples", "Examples";
        /// The list of its traces.
        Traces {
            /// Which of them, as it is typed; what was typed last if nothing is.
            filter: String = "filter",
            /// In which order; what was chosen last, or the newest first.
            sort: TraceSort = "sort",
        } => "traces", "Traces";
    }
}

tabs! {
    /// A tab of a run; those of an optimization and of a program are shown only where there is one.
    #[derive(Clone, Debug, PartialEq, Eq, Hash)]
    RunTab {
        /// The candidates of an optimization and who won.
        Optimization {
            /// The candidate that is looked at, by a run that evaluated it; the winner if none is chosen.
            candidate: RunId = "item",
        } => "optimization", "Optimization";
        /// Examples by evaluations.
        Examples {
            /// The example that is looked at, by its place in the matrix.
            example: usize = "item",
            /// The evaluation that is looked at.
            evaluation: EvaluationId = "evaluation",
            /// Only these are listed.
            only: ExampleSet = "only",
        } => "examples", "Examples";
        /// Seed and winner by the values of a field, and what failures have in common.
        Slices {
            /// The field; the first that parts the examples if none is chosen.
            field: String = "item",
        } => "slices", "Slices";
        /// Which candidates of GEPA's were bred from which, and what was proposed. Its name in addresses is that of
        /// the addresses that people copied.
        FamilyTree {
            /// The index that GEPA gave to the candidate that is chosen; the best one if none is.
            candidate: usize = "item",
        } => "lineage", "Family tree";
        /// A predictor's instructions along the evaluations of an optimization.
        Evolution {
            /// The predictor's path; the first that has instructions if none is chosen.
            predictor: String = "item",
            /// The passage of instructions whose history is shown.
            phrase: Phrase = "phrase",
            /// With what each state is compared; what was chosen last or fits the optimizer if nothing is.
            against: Against = "against",
        } => "evolution", "Evolution";
        /// What went wrong, or may have.
        Doctor => "doctor", "Doctor";
        /// Params, tags, datasets, models.
        Overview {
            /// The value that is read whole, by its group and key: `param/solve.instructions`.
            value: String = "item",
        } => "overview", "Overview";
        /// The program of the run.
        Program {
            /// The predictor's path; the first that can be read if none is chosen.
            predictor: String = "item",
        } => "program", "Program";
        /// Metrics and their charts.
        Metrics {
            /// The metric that is shown alone.
            key: String = "item",
        } => "metrics", "Metrics";
        /// The list of its traces.
        Traces {
            /// Which of them, as it is typed; what was typed last if nothing is.
            filter: String = "filter",
            /// In which order; what was chosen last, or the newest first.
            sort: TraceSort = "sort",
        } => "traces", "Traces";
        /// Files.
        Artifacts {
            /// The path of the file that is shown.
            path: String = "item",
        } => "artifacts", "Artifacts";
    }
}

impl ExperimentTab {
    /// The list of its traces, nothing chosen in it.
    pub const TRACES: Self = Self::Traces { filter: None, sort: None };
}

impl RunTab {
    /// The list of its traces, nothing chosen in it.
    pub const TRACES: Self = Self::Traces { filter: None, sort: None };
}

tabs! {
    /// A tab of runs that are compared.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    CompareTab {
        /// What changed in the program.
        Program => "program", "Program";
        /// Params.
        Params => "params", "Params";
        /// Metrics.
        Metrics => "metrics", "Metrics";
        /// The examples that were evaluated.
        Examples {
            /// Which of them are listed; those that changed if that was not chosen.
            show: Outcomes = "show",
        } => "examples", "Examples";
        /// Tags.
        Tags => "tags", "Tags";
    }
}

tabs! {
    /// A tab of a version of a prompt.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
    PromptTab {
        /// What it says.
        #[default]
        Text => "text", "Text";
        /// What changed in it.
        Changes {
            /// The version that it is compared with; the one before it if none is chosen.
            against: u64 = "against",
        } => "changes", "Changes";
        /// The runs and traces that used it.
        Uses => "uses", "Used by";
    }
}

tabs! {
    /// What of the focused span is shown. What it was given and gave back stands in one scroll, in one of the ways in
    /// which such a span can be read; which one was chosen is remembered by the panel and is no part of the address.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
    DetailTab {
        /// What it was given and gave back, from the start.
        #[default]
        Inputs => "inputs", "Inputs";
        /// The same, from what it gave back on.
        Outputs => "outputs", "Outputs";
        /// Everything else that was noted.
        Attributes => "attributes", "Attributes";
        /// Exceptions and other events.
        Events => "events", "Events";
    }
}
