//! A place as text that can be copied, kept, and given to `--at`.
//!
//! `dspyglass:experiment/3/run/abc/trace/tr-9/span/1f?tab=outputs`. The store stands apart, ids are
//! what they are in the store, percent-encoded. What is not understood is left out and said.

use std::fmt;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use super::comparing_traces::ComparedTraces;
use super::place::Place;
use super::prompts::PromptPlace;
use super::searching::SearchPlace;
use super::span_ref::SpanRef;
use super::tabs::{CompareTab, DetailTab, ExperimentTab, PromptTab, RunTab};
use crate::model::{ExperimentId, PromptKey, RunId, StateHash, TraceId};
use crate::words;

/// What stands as it is.
pub(super) const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');
/// What an address begins with.
pub(super) const SCHEME: &str = "dspyglass:";
/// An id of no letters, which encoding can never give; an empty part of a path is none.
const EMPTY_ID: &str = "%";
/// So much is told of what is not understood.
const TOLD_MOST: usize = 60;

impl Place {
    /// Reads an address. The second part says what was not understood and left out.
    pub fn parse(text: &str) -> (Self, Vec<String>) {
        let text = text.trim();
        let text = text.strip_prefix(SCHEME).unwrap_or(text);
        let (path, query) = text.split_once('?').unwrap_or((text, ""));
        let mut unknown = Vec::new();
        let mut place = parse_path(path, &mut unknown);
        let pairs: Vec<(&str, String)> = query
            .split('&')
            .filter(|pair| !pair.is_empty())
            .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
            .map(|(key, value)| (key, decode(value)))
            .collect();
        // What is chosen in a tab can be told only once the tab is known, wherever it stands.
        for (_, name) in pairs.iter().filter(|(key, _)| *key == "tab") {
            if !place.show_tab(name) {
                unknown.push(words::one_line(&format!("tab {name}"), TOLD_MOST).into_owned());
            }
        }
        for (key, value) in pairs.iter().filter(|(key, _)| *key != "tab") {
            if !place.choose(key, value) {
                unknown.push(match *key {
                    "item" | "phrase" | "against" | "nth" | "evaluation" | "only" | "over" | "everywhere"
                    | "filter" | "sort" | "scope" | "version" => {
                        words::one_line(&format!("{key} {value}"), TOLD_MOST).into_owned()
                    }
                    other => decode(other),
                });
            }
        }
        (place, unknown)
    }

    /// Shows the tab of this name, if this place has it.
    fn show_tab(&mut self, name: &str) -> bool {
        match self {
            Self::Store | Self::ProgramHistory(_) | Self::CompareTraces(_) | Self::Search(_) => false,
            Self::Prompts(prompts) => prompts.prompt.is_some() && set(&mut prompts.tab, PromptTab::named(name)),
            Self::Experiment { tab, .. } => set(tab, ExperimentTab::named(name)),
            Self::Run { tab, .. } => set(tab, RunTab::named(name).map(Some)),
            Self::Compare { tab, .. } => set(tab, CompareTab::named(name).map(Some)),
            Self::Trace { detail, .. } => set(detail, DetailTab::named(name)),
        }
    }

    /// Chooses what an address says under a key, if this place has such a thing.
    fn choose(&mut self, key: &str, text: &str) -> bool {
        match self {
            Self::Store | Self::ProgramHistory(_) => false,
            Self::Experiment { tab, .. } => tab.choose(key, text),
            Self::Run { tab: Some(tab), .. } => tab.choose(key, text),
            // Addresses used to leave out that it is a value of the overview, where that is shown first.
            Self::Run { tab, .. } => {
                let mut overview = RunTab::Overview { value: None };
                overview.choose(key, text) && set(tab, Some(Some(overview)))
            }
            Self::Search(search) => search.choose(key, text),
            Self::CompareTraces(compared) => compared.choose(key, text),
            Self::Prompts(prompts) => prompts.choose(key, text),
            Self::Compare { shown, .. } if key == "item" => set(shown, Some(Some(RunId::from(text)))),
            Self::Compare { tab, .. } => tab.as_mut().is_some_and(|tab| tab.choose(key, text)),
            Self::Trace { span: Some(span), .. } if key == "nth" => set(&mut span.nth, text.parse().ok()),
            Self::Trace { detail, .. } => detail.choose(key, text),
        }
    }
}

/// Sets what there is; says whether there was anything.
fn set<T>(target: &mut T, value: Option<T>) -> bool {
    let is_there = value.is_some();
    if let Some(value) = value {
        *target = value;
    }
    is_there
}

/// The place that a path names, looked at from the start.
fn parse_path(path: &str, unknown: &mut Vec<String>) -> Place {
    let (mut experiment, mut run, mut trace, mut span, mut program) = (None, None, None, None, None);
    let mut compared: Vec<RunId> = Vec::new();
    let mut traces: Vec<TraceId> = Vec::new();
    let (mut is_search, mut is_prompts, mut prompt) = (false, false, None);
    let mut parts = path.split('/').filter(|part| !part.is_empty());
    while let Some(name) = parts.next() {
        let target = match name {
            "experiment" => &mut experiment,
            "run" => &mut run,
            "trace" => &mut trace,
            "span" => &mut span,
            "program" => &mut program,
            "prompt" => &mut prompt,
            "prompts" => {
                is_prompts = true;
                continue;
            }
            "search" => {
                is_search = true;
                continue;
            }
            "compare" => {
                compared.extend(parts.by_ref().map(|id| RunId::from(decode_id(id))));
                if compared.len() < 2 {
                    unknown.push("compare without two runs".to_owned());
                }
                continue;
            }
            "compare-traces" => {
                traces.extend(parts.by_ref().map(|id| TraceId::from(decode_id(id))));
                if traces.len() < 2 {
                    unknown.push("compare-traces without two traces".to_owned());
                }
                continue;
            }
            other => {
                unknown.push(decode(other));
                continue;
            }
        };
        match parts.next() {
            Some(id) => *target = Some(decode_id(id)),
            None => unknown.push(format!("{name} without an id")),
        }
    }
    let (experiment, run) = (experiment.map(ExperimentId::from), run.map(RunId::from));
    let span = span.map(|id| SpanRef { id, nth: 0 });
    let has_span = span.is_some();
    let place = match (experiment, run, trace.map(TraceId::from)) {
        (experiment, run, trace) if is_search => {
            Place::Search(SearchPlace { experiment, run, trace, ..SearchPlace::default() })
        }
        _ if compared.len() > 1 => Place::comparing(compared),
        _ if traces.len() > 1 => Place::CompareTraces(ComparedTraces::new(traces)),
        (experiment, run, None) if !traces.is_empty() => Place::of_trace(experiment, run, traces.remove(0)),
        (experiment, None, None) if !compared.is_empty() => Place::of_run(experiment, compared.remove(0)),
        (experiment, run, Some(trace)) => Place::Trace { experiment, run, trace, span, detail: DetailTab::default() },
        (experiment, Some(run), None) => Place::of_run(experiment, run),
        (Some(experiment), None, None) => Place::of_experiment(experiment),
        (None, None, None) if prompt.is_some() || is_prompts => {
            let prompt = prompt.map(|name| PromptKey::named(&name));
            Place::Prompts(PromptPlace { prompt, ..PromptPlace::default() })
        }
        (None, None, None) => program.map_or(Place::Store, |hash| Place::ProgramHistory(StateHash::from(hash))),
    };
    if has_span && !matches!(place, Place::Trace { .. }) {
        unknown.push("span without a trace".to_owned());
    }
    place
}

pub(super) fn decode(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

fn decode_id(part: &str) -> String {
    if part == EMPTY_ID { String::new() } else { decode(part) }
}

/// An address as it is written: the parts of the path, and what is chosen.
#[derive(Default)]
struct Parts {
    path: Vec<String>,
    query: Vec<(&'static str, String)>,
}

impl Parts {
    fn id(&mut self, id: &str) {
        let text = if id.is_empty() { EMPTY_ID.to_owned() } else { utf8_percent_encode(id, PLAIN).to_string() };
        self.path.push(text);
    }

    fn named(&mut self, name: &str, id: Option<&str>) {
        if let Some(id) = id {
            self.path.push(name.to_owned());
            self.id(id);
        }
    }

    fn tab(&mut self, name: &'static str, choices: Vec<(&'static str, String)>) {
        self.query.push(("tab", name.to_owned()));
        self.query.extend(choices);
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = Parts::default();
        parts.named("experiment", self.experiment().map(ExperimentId::as_str));
        parts.named("run", self.run().map(RunId::as_str));
        match self {
            Self::Store => {}
            Self::Experiment { experiment: _, tab } => {
                if *tab != ExperimentTab::default() {
                    parts.tab(tab.name(), tab.choices());
                }
            }
            Self::Run { experiment: _, run: _, tab } => {
                if let Some(tab) = tab {
                    parts.tab(tab.name(), tab.choices());
                }
            }
            Self::Trace { experiment: _, run: _, trace, span, detail } => {
                parts.named("trace", Some(trace.as_str()));
                parts.named("span", span.as_ref().map(|span| span.id.as_str()));
                if *detail != DetailTab::default() {
                    parts.tab(detail.name(), detail.choices());
                }
                let nth = span.as_ref().map_or(0, |span| span.nth);
                parts.query.extend((nth > 0).then(|| ("nth", nth.to_string())));
            }
            Self::CompareTraces(compared) => {
                parts.path.push("compare-traces".to_owned());
                compared.traces.iter().for_each(|trace| parts.id(trace.as_str()));
                parts.query.extend(compared.query());
            }
            Self::Search(search) => {
                parts.named("trace", search.trace.as_ref().map(TraceId::as_str));
                parts.path.push("search".to_owned());
                parts.query.extend(search.query());
            }
            Self::ProgramHistory(hash) => parts.named("program", Some(hash.as_str())),
            Self::Prompts(PromptPlace { prompt: None, .. }) => parts.path.push("prompts".to_owned()),
            Self::Prompts(prompts) => {
                parts.named("prompt", prompts.prompt.as_ref().map(|prompt| &*prompt.name));
                if prompts.tab != PromptTab::default() {
                    parts.tab(prompts.tab.name(), prompts.tab.choices());
                }
                parts.query.extend(prompts.query());
            }
            Self::Compare { runs, shown, tab } => {
                parts.path.push("compare".to_owned());
                runs.iter().for_each(|run| parts.id(run.as_str()));
                if let Some(tab) = tab {
                    parts.tab(tab.name(), tab.choices());
                }
                parts.query.extend(shown.as_ref().map(|run| ("item", run.to_string())));
            }
        }
        write!(f, "{SCHEME}{}", parts.path.join("/"))?;
        for (at, (key, value)) in parts.query.iter().enumerate() {
            let before = if at == 0 { '?' } else { '&' };
            write!(f, "{before}{key}={}", utf8_percent_encode(value, PLAIN))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
