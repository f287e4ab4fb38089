//! Where the window is, as text that can be copied, kept, and given to `--at`.
//!
//! `dspyglass:experiment/3/run/abc/trace/tr-9/span/1f?tab=outputs`. The store stands apart, ids are
//! what they are in the store, percent-encoded. What is not understood is left out and said.

use std::fmt;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use super::tab::{DetailTab, Tab};
use crate::loader::TraceScope;
use crate::model::{ExperimentId, RunId, StateHash, TraceId};

const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');
const SCHEME: &str = "dspyglass:";

/// A place in the window.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Default)]
pub enum Place {
    /// Choosing a store, or all of its experiments.
    #[default]
    Store,
    /// An experiment.
    Experiment(ExperimentId),
    /// A run.
    Run {
        /// The experiment it was reached through.
        experiment: Option<ExperimentId>,
        /// The run.
        run: RunId,
    },
    /// A trace.
    Trace {
        /// The experiment it was reached through.
        experiment: Option<ExperimentId>,
        /// The run it was reached through.
        run: Option<RunId>,
        /// The trace.
        trace: TraceId,
    },
    /// A program wherever it appears in the store; the beginning of its hash is enough.
    Program(StateHash),
    /// Runs beside each other.
    Compare {
        /// The runs, two or more: the first is what the others are compared with.
        runs: Vec<RunId>,
    },
}

impl Place {
    /// The experiment that the address names.
    pub fn experiment(&self) -> Option<&ExperimentId> {
        match self {
            Self::Store | Self::Program(_) | Self::Compare { .. } => None,
            Self::Experiment(id) => Some(id),
            Self::Run { experiment, .. } | Self::Trace { experiment, .. } => experiment.as_ref(),
        }
    }

    /// The run that the address names.
    pub fn run(&self) -> Option<&RunId> {
        match self {
            Self::Store | Self::Experiment(_) | Self::Program(_) | Self::Compare { .. } => None,
            Self::Run { run, .. } => Some(run),
            Self::Trace { run, .. } => run.as_ref(),
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

    /// The place one step out.
    pub fn parent(&self) -> Option<Self> {
        let of_experiment = |id: &Option<ExperimentId>| id.clone().map_or(Self::Store, Self::Experiment);
        match self {
            Self::Store => None,
            Self::Experiment(_) | Self::Program(_) => Some(Self::Store),
            Self::Run { experiment, .. } => Some(of_experiment(experiment)),
            Self::Trace { experiment, run: Some(run), .. } => {
                Some(Self::Run { experiment: experiment.clone(), run: run.clone() })
            }
            Self::Trace { experiment, run: None, .. } => Some(of_experiment(experiment)),
            Self::Compare { runs } => {
                Some(runs.first().map_or(Self::Store, |run| Self::Run { experiment: None, run: run.clone() }))
            }
        }
    }
}

/// A span within a trace. Damaged stores repeat ids: `nth` counts its bearers, from 0.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SpanRef {
    /// The span's id as stored.
    pub id: String,
    /// Which of the spans with this id.
    pub nth: usize,
}

/// A place, and what of it is looked at.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Default)]
pub struct Location {
    /// The place.
    pub place: Place,
    /// The tab of an experiment or a run; the first one if none.
    pub tab: Option<Tab>,
    /// The focused span of a trace.
    pub span: Option<SpanRef>,
    /// The tab of the focused span.
    pub detail: DetailTab,
    /// The focused item of a tab: a metric's key, a file's path, of runs beside each other the one
    /// that is compared.
    pub item: Option<String>,
    /// The passage of instructions whose history is shown.
    pub phrase: Option<String>,
}

/// A passage of which the history is shown is not longer, in bytes: it is part of the address.
pub const PHRASE_MOST: usize = 2_000;

impl Location {
    /// A place, looked at from the start.
    pub fn at(place: Place) -> Self {
        Self { place, ..Self::default() }
    }

    /// This place with another tab.
    pub fn with_tab(mut self, tab: Tab) -> Self {
        self.tab = Some(tab);
        self
    }

    /// Reads an address. The second part says what was not understood and left out.
    pub fn parse(text: &str) -> (Self, Vec<String>) {
        let text = text.trim();
        let text = text.strip_prefix(SCHEME).unwrap_or(text);
        let (path, query) = text.split_once('?').unwrap_or((text, ""));
        let mut unknown = Vec::new();
        let (mut experiment, mut run, mut trace, mut span, mut program) = (None, None, None, None, None);
        let mut compared: Vec<RunId> = Vec::new();
        let mut parts = path.split('/').filter(|part| !part.is_empty());
        while let Some(name) = parts.next() {
            let target = match name {
                "experiment" => &mut experiment,
                "run" => &mut run,
                "trace" => &mut trace,
                "span" => &mut span,
                "program" => &mut program,
                "compare" => {
                    compared.extend(parts.by_ref().map(|id| RunId::from(decode(id))));
                    if compared.len() < 2 {
                        unknown.push("compare without two runs".to_owned());
                    }
                    continue;
                }
                other => {
                    unknown.push(decode(other));
                    continue;
                }
            };
            match parts.next() {
                Some(id) => *target = Some(decode(id)),
                None => unknown.push(format!("{name} without an id")),
            }
        }
        let experiment = experiment.map(ExperimentId::from);
        let run = run.map(RunId::from);
        let program = program.map(StateHash::from);
        let place = match (experiment, run, trace) {
            _ if compared.len() > 1 => Place::Compare { runs: compared },
            (experiment, None, None) if !compared.is_empty() => Place::Run { experiment, run: compared.remove(0) },
            (experiment, run, Some(trace)) => Place::Trace { experiment, run, trace: trace.into() },
            (experiment, Some(run), None) => Place::Run { experiment, run },
            (Some(experiment), None, None) => Place::Experiment(experiment),
            (None, None, None) => program.map_or(Place::Store, Place::Program),
        };
        let mut location = Self::at(place);
        let mut nth = 0;
        for (key, value) in
            query.split('&').filter(|pair| !pair.is_empty()).map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        {
            let value = decode(value);
            match key {
                "tab" => match (Tab::parse(&value), DetailTab::parse(&value)) {
                    (_, Some(tab)) if matches!(location.place, Place::Trace { .. }) => location.detail = tab,
                    (Some(tab), _) => location.tab = Some(tab),
                    _ => unknown.push(format!("tab {value}")),
                },
                "item" => location.item = Some(value),
                "phrase" => {
                    let mut phrase = value;
                    phrase.truncate(phrase.floor_char_boundary(PHRASE_MOST));
                    location.phrase = Some(phrase);
                }
                "nth" => nth = value.parse().unwrap_or(0),
                other => unknown.push(decode(other)),
            }
        }
        match span {
            Some(id) if matches!(location.place, Place::Trace { .. }) => location.span = Some(SpanRef { id, nth }),
            Some(_) => unknown.push("span without a trace".to_owned()),
            None => {}
        }
        (location, unknown)
    }
}

fn decode(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts: Vec<(&str, &str)> = Vec::new();
        if let Place::Compare { runs } = &self.place {
            // One word, and then the ids.
            parts.extend(runs.iter().enumerate().map(|(at, run)| (if at == 0 { "compare" } else { "" }, run.as_str())));
        }
        parts.extend(self.place.experiment().map(|id| ("experiment", id.as_str())));
        parts.extend(self.place.run().map(|id| ("run", id.as_str())));
        if let Place::Trace { trace, .. } = &self.place {
            parts.push(("trace", trace.as_str()));
            parts.extend(self.span.as_ref().map(|span| ("span", span.id.as_str())));
        }
        if let Place::Program(hash) = &self.place {
            parts.push(("program", hash.as_str()));
        }
        f.write_str(SCHEME)?;
        for (index, (name, id)) in parts.into_iter().enumerate() {
            let slash = if index > 0 { "/" } else { "" };
            let inner = if name.is_empty() { "" } else { "/" };
            write!(f, "{slash}{name}{inner}{}", utf8_percent_encode(id, PLAIN))?;
        }
        let mut query: Vec<String> = Vec::new();
        let is_trace = matches!(self.place, Place::Trace { .. });
        if is_trace && self.detail != DetailTab::default() {
            query.push(format!("tab={}", self.detail.name()));
        }
        query.extend(self.tab.filter(|_| !is_trace).map(|tab| format!("tab={}", tab.name())));
        query.extend(self.item.as_ref().map(|item| format!("item={}", utf8_percent_encode(item, PLAIN))));
        query.extend(self.phrase.as_ref().map(|phrase| format!("phrase={}", utf8_percent_encode(phrase, PLAIN))));
        query
            .extend(self.span.as_ref().filter(|span| is_trace && span.nth > 0).map(|span| format!("nth={}", span.nth)));
        if !query.is_empty() {
            write!(f, "?{}", query.join("&"))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_come_back_as_they_were() {
        for text in [
            "dspyglass:",
            "dspyglass:experiment/3",
            "dspyglass:experiment/3?tab=traces",
            "dspyglass:experiment/3/run/abc?tab=metrics&item=eval%2Ffull%20score",
            "dspyglass:run/%C3%A9%3F%23%2F%25",
            "dspyglass:run/p?tab=evolution&item=solve&phrase=a%20%26%20b",
            "dspyglass:trace/tr-1",
            "dspyglass:program/0a1b",
            "dspyglass:compare/a/b",
            "dspyglass:compare/a%2F%E4%BD%90/run/%3F%23/experiment?tab=examples&item=run",
            "dspyglass:experiment/3/run/abc/trace/tr-1/span/1f?tab=outputs&nth=2",
        ] {
            let (location, unknown) = Location::parse(text);
            assert_eq!(location.to_string(), text);
            assert!(unknown.is_empty(), "{unknown:?}");
        }
    }

    #[test]
    fn what_is_not_understood_is_said_and_left_out() {
        let (location, unknown) = Location::parse("experiment/3/planet/run/abc?tab=moon&tab=traces&x=1");
        assert_eq!(location.to_string(), "dspyglass:experiment/3/run/abc?tab=traces");
        assert_eq!(unknown, ["planet", "tab moon", "x"]);
        let endless = format!("run/p?tab=evolution&phrase={}", "é".repeat(1_000_000));
        assert_eq!(Location::parse(&endless).0.phrase.map(|phrase| phrase.len()), Some(PHRASE_MOST));
        let (location, unknown) = Location::parse("compare/a");
        assert_eq!((location.to_string().as_str(), unknown.len()), ("dspyglass:run/a", 1));
        assert_eq!(Location::parse("dspyglass:run").1, ["run without an id"]);
        assert_eq!(Location::parse("experiment/3/span/1").1, ["span without a trace"]);
    }

    #[test]
    fn outwards_step_by_step() {
        let mut place = Some(Location::parse("experiment/3/run/a/trace/t").0.place);
        let mut steps = 0;
        while let Some(at) = place {
            place = at.parent();
            steps += 1;
        }
        assert_eq!(steps, 4);
    }
}
