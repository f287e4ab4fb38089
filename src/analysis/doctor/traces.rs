//! What the traces of an optimization show.

use std::collections::BTreeMap;

use super::finding::{Evidence, Judgement, Severity, Target};
use super::rule::Rule;
use crate::model::{RunId, TraceId};
use crate::words;

/// No more evidence of one kind is named.
pub(super) const MOST: usize = 5;

/// Fewer traces without tokens may be such for reasons of their own: the first call of a process that a cache answers
/// takes as long as a call (DSPy 3.4).
const ENOUGH: usize = 3;

/// A trace in which something was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeenTrace {
    /// The run that it was recorded in.
    pub run: RunId,
    /// The trace.
    pub trace: TraceId,
    /// What was seen.
    pub what: String,
}

/// A trace that ended with an error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FailedTrace {
    /// Which, and the message of the exception in one line.
    pub seen: SeenTrace,
    /// The exception's type; `None` where no span tells.
    pub kind: Option<String>,
}

/// Spans that failed within traces that ended well: tools, parts of programs that catch what they call. What adapters
/// failed to parse is not among them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FailedSpans {
    /// What the spans are called.
    pub name: String,
    /// The exception's type; `None` where no span tells.
    pub kind: Option<String>,
    /// How many there are.
    pub count: usize,
    /// The first of them.
    pub first: SeenTrace,
}

/// How calls were answered, over the traces that were looked into.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct CallFacts {
    /// Traces all of whose calls were likely answered from a cache.
    pub cached: Vec<SeenTrace>,
    /// Traces some of whose calls were.
    pub partly: Vec<SeenTrace>,
    /// Answers that could not be parsed in the end.
    pub unparsed: Vec<SeenTrace>,
    /// Traces in which another adapter was tried.
    pub fallbacks: Vec<SeenTrace>,
    /// Fallbacks in all of these.
    pub fallback_count: usize,
    /// Of these fallbacks, so many failed as well.
    pub failed_fallbacks: usize,
    /// Answers that were surely cut.
    pub cut: Vec<SeenTrace>,
    /// Answers that stop in their middle.
    pub broken_off: Vec<SeenTrace>,
    /// Traces without tokens that ended well with a prediction and were not cached.
    pub without_tokens: Vec<SeenTrace>,
    /// Traces without tokens of which that cannot be told.
    pub untold_tokens: usize,
}

/// The traces of an optimization and its evaluations.
#[derive(Clone, Debug, PartialEq)]
pub struct TraceFacts {
    /// The optimization.
    pub parent: RunId,
    /// How many traces there are; `None` where the store has none for want of a table, or does not tell their runs.
    pub traces: Option<u64>,
    /// How many of them ended with an error.
    pub errors: u64,
    /// How many of them tell their tokens.
    pub with_tokens: u64,
    /// How many evaluations there are.
    pub evaluations: usize,
    /// Evaluations with fewer traces than rows: run, name, traces, rows.
    pub short: Vec<(RunId, String, u64, u64)>,
    /// So many traces were looked into.
    pub looked: usize,
    /// Of so many that are listed.
    pub listed: usize,
    /// Those that ended with an error and were looked into.
    pub failed: Vec<FailedTrace>,
    /// Failed spans of traces that ended well.
    pub failed_spans: Vec<FailedSpans>,
    /// How calls were answered.
    pub calls: CallFacts,
}

impl TraceFacts {
    /// Nothing is known yet.
    pub fn new(parent: RunId) -> Self {
        Self {
            parent,
            traces: None,
            errors: 0,
            with_tokens: 0,
            evaluations: 0,
            short: Vec::new(),
            looked: 0,
            listed: 0,
            failed: Vec::new(),
            failed_spans: Vec::new(),
            calls: CallFacts::default(),
        }
    }

    /// `of 400 traces`, `of 1,200 traces looked into (5,000 in all)`
    fn of_looked(&self) -> String {
        let looked = words::counted(self.looked, "trace");
        if self.looked == self.listed {
            format!("of {looked}")
        } else {
            format!("of {looked} looked into ({} in all)", words::count(self.listed as u64))
        }
    }

    /// Why what calls did cannot be told.
    pub(super) fn unlooked(&self) -> Option<Judgement> {
        match (self.traces, self.looked) {
            (None, _) => Some(Judgement::unknown("the store does not tell which traces it has")),
            (Some(0), _) => Some(Judgement::unknown("there are no traces")),
            (Some(_), 0) => Some(Judgement::unknown("the traces could not be looked into in time")),
            _ => None,
        }
    }
}

pub(super) fn evidence<'a>(seen: impl IntoIterator<Item = &'a SeenTrace>) -> Vec<Evidence> {
    let of = |one: &SeenTrace| Evidence::new(Target::Trace(one.run.clone(), one.trace.clone()), one.what.clone());
    seen.into_iter().take(MOST).map(of).collect()
}

/// [`Rule::ParseFailures`]
pub fn parse_failures(facts: &TraceFacts) -> Judgement {
    let unparsed = &facts.calls.unparsed;
    match facts.unlooked() {
        Some(unknown) => unknown,
        None if unparsed.is_empty() => Judgement::Nothing,
        None => Judgement::found(
            (Rule::ParseFailures, Severity::Warning),
            format!(
                "In {} {} no adapter could read the answer",
                words::count(unparsed.len() as u64),
                facts.of_looked()
            ),
            "Such an example counts as failed: simpler output fields, or instructions that show the form, help",
            evidence(unparsed),
        ),
    }
}

/// [`Rule::Fallbacks`]
pub fn fallbacks_tried(facts: &TraceFacts) -> Judgement {
    let calls = &facts.calls;
    if let Some(unknown) = facts.unlooked() {
        return unknown;
    }
    if calls.fallbacks.is_empty() {
        return Judgement::Nothing;
    }
    let times = match calls.fallback_count == calls.fallbacks.len() {
        true => String::new(),
        false => format!(", {} in all", words::counted(calls.fallback_count, "time")),
    };
    let failed = match calls.failed_fallbacks {
        0 => String::new(),
        failed => format!("; {} failed, too", words::count(failed as u64)),
    };
    // One in ten costs a noticeable part of all calls.
    let is_frequent = calls.fallbacks.len() * 10 >= facts.looked;
    Judgement::found(
        (Rule::Fallbacks, if is_frequent { Severity::Warning } else { Severity::Note }),
        format!(
            "In {} {} another adapter had to be tried{times}{failed}",
            words::count(calls.fallbacks.len() as u64),
            facts.of_looked()
        ),
        "Each is a second call with another prompt than the one that is optimized",
        evidence(&calls.fallbacks),
    )
}

/// [`Rule::CachedAnswers`]
pub fn cached_answers(facts: &TraceFacts) -> Judgement {
    let calls = &facts.calls;
    if let Some(unknown) = facts.unlooked() {
        return unknown;
    }
    if calls.cached.is_empty() && calls.partly.is_empty() {
        return Judgement::Nothing;
    }
    let mut parts = Vec::new();
    if !calls.cached.is_empty() {
        parts.push(format!(
            "{} {} likely answered from a cache",
            words::count(calls.cached.len() as u64),
            facts.of_looked()
        ));
    }
    if !calls.partly.is_empty() {
        let partly = words::count(calls.partly.len() as u64);
        parts.push(match parts.is_empty() {
            true => format!("{partly} {} likely answered from a cache in part", facts.of_looked()),
            false => format!("{partly} in part"),
        });
    }
    Judgement::found(
        (Rule::CachedAnswers, Severity::Note),
        parts.join(", "),
        "An evaluation repeated from a cache says nothing of how scores vary; its times and tokens are not those of a model",
        evidence(calls.cached.iter().take(2).chain(calls.partly.iter().take(1))),
    )
}

/// [`Rule::TruncatedAnswers`]
pub fn truncated_answers(facts: &TraceFacts) -> Judgement {
    let calls = &facts.calls;
    if let Some(unknown) = facts.unlooked() {
        return unknown;
    }
    let [cut, broken] = [calls.cut.len(), calls.broken_off.len()].map(|n| words::count(n as u64));
    let text = match (calls.cut.is_empty(), calls.broken_off.is_empty()) {
        (true, true) => return Judgement::Nothing,
        (false, true) => format!("In {cut} {} an answer was cut at its limit of tokens", facts.of_looked()),
        (true, false) => format!("In {broken} {} an answer stops in its middle: perhaps cut", facts.of_looked()),
        (false, false) => {
            format!("In {cut} {} an answer was cut at its limit of tokens, in {broken} perhaps", facts.of_looked())
        }
    };
    Judgement::found(
        (Rule::TruncatedAnswers, Severity::Warning),
        text,
        "Give the LM a larger max_tokens; what is missing counts as wrong",
        evidence(calls.cut.iter().chain(&calls.broken_off)),
    )
}

/// What stands for an exception's type where the spans that would tell are not stored, or not here.
const NO_TYPE: &str = "of unknown type";

/// [`Rule::Errors`]
pub fn errors_by_type(facts: &TraceFacts) -> Judgement {
    if let Some(unknown) = facts.unlooked() {
        return unknown;
    }
    if facts.errors == 0 && facts.failed.is_empty() && facts.failed_spans.is_empty() {
        return Judgement::Nothing;
    }
    let mut by_kind: BTreeMap<&str, Vec<&FailedTrace>> = BTreeMap::new();
    for one in &facts.failed {
        by_kind.entry(one.kind.as_deref().unwrap_or(NO_TYPE)).or_default().push(one);
    }
    let mut kinds: Vec<(&str, Vec<&FailedTrace>)> = by_kind.into_iter().collect();
    kinds.sort_by_key(|(_, traces)| std::cmp::Reverse(traces.len()));
    let mut parts = Vec::new();
    let errors = facts.errors.max(facts.failed.len() as u64);
    if errors > 0 {
        let all = facts.traces.unwrap_or(errors);
        let told: Vec<String> =
            kinds.iter().map(|(kind, traces)| format!("{} {kind}", words::count(traces.len() as u64))).collect();
        let told = match (facts.failed.len() as u64, told.as_slice()) {
            (0, _) => String::new(),
            (looked, _) if looked < errors => format!("; of {} looked into: {}", words::count(looked), told.join(", ")),
            (_, [_]) => format!(": {}", kinds.first().map_or(NO_TYPE, |(kind, _)| kind)),
            _ => format!(": {}", told.join(", ")),
        };
        parts.push(format!("{} of {} ended with an error{told}", words::count(errors), words::counted(all, "trace")));
    }
    if !facts.failed_spans.is_empty() {
        let of = |one: &FailedSpans| {
            let kind = one.kind.as_ref().map_or_else(String::new, |kind| format!(" ({kind})"));
            format!("{} {}{kind}", words::count(one.count as u64), one.name)
        };
        let told: Vec<String> = facts.failed_spans.iter().map(of).collect();
        parts.push(format!(
            "spans that failed within traces that ended well, {}: {}",
            facts.of_looked(),
            told.join(", ")
        ));
    }
    // Of each kind the first, then the others.
    let mut traces: Vec<&SeenTrace> = kinds.iter().filter_map(|(_, traces)| Some(&traces.first()?.seen)).collect();
    traces.extend(facts.failed_spans.iter().map(|one| &one.first));
    traces.extend(kinds.iter().flat_map(|(_, traces)| traces.iter().skip(1)).map(|one| &one.seen));
    let severity = if errors > 0 { Severity::Warning } else { Severity::Note };
    let advice = if errors > 0 {
        "Evaluate gives such an example the score for failures, whatever the program is worth"
    } else {
        "The program went on without them"
    };
    Judgement::found((Rule::Errors, severity), capitalized(&parts.join("; ")), advice, evidence(traces))
}

fn capitalized(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// [`Rule::TracesMissing`]
pub fn traces_missing(facts: &TraceFacts) -> Judgement {
    let rule = (Rule::TracesMissing, Severity::Warning);
    let parent = || vec![Evidence::new(Target::Run(facts.parent.clone()), "the optimization")];
    match facts.traces {
        None => Judgement::unknown("the store does not tell which traces it has"),
        // Optimizers that evaluate nothing may call no program either, as LabeledFewShot and Ensemble.
        Some(0) if facts.evaluations == 0 => Judgement::Nothing,
        Some(0) => Judgement::found(
            rule,
            match facts.evaluations {
                1 => "There are no traces of the optimization, nor of its evaluation".to_owned(),
                more => format!(
                    "There are no traces of the optimization, nor of its {} evaluations",
                    words::count(more as u64)
                ),
            },
            "Perhaps mlflow.dspy.autolog(log_traces_from_compile=True) was not set: it is off unless asked for \
             (MLflow 2.21 – 3.18), and then nothing within compile() is traced",
            parent(),
        ),
        Some(_) if facts.short.is_empty() => Judgement::Nothing,
        Some(_) => {
            let evidence = |(run, name, traces, rows): &(RunId, String, u64, u64)| {
                let what = format!("{name}: {} of {}", words::count(*traces), words::counted(*rows, "row"));
                Evidence::new(Target::Run(run.clone()), what)
            };
            let missing: u64 = facts.short.iter().map(|(_, _, traces, rows)| rows - traces).sum();
            let short = words::counted(facts.short.len(), "evaluation");
            let (has, its) = if facts.short.len() == 1 { ("has", "its table") } else { ("have", "their tables") };
            Judgement::found(
                (Rule::TracesMissing, Severity::Note),
                format!("{short} {has} fewer traces than rows of {its}, {} in all", words::count(missing)),
                "Perhaps they were lost or deleted, or the process ended before MLflow had written them",
                facts.short.iter().take(MOST).map(evidence).collect(),
            )
        }
    }
}

/// [`Rule::TokensMissing`]
pub fn tokens_missing(facts: &TraceFacts) -> Judgement {
    if let Some(unknown) = facts.unlooked() {
        return unknown;
    }
    if facts.with_tokens > 0 {
        return Judgement::Nothing;
    }
    let CallFacts { cached, without_tokens, untold_tokens, .. } = &facts.calls;
    match (without_tokens.len(), cached.len(), untold_tokens) {
        (0, 0, 0) => return Judgement::Nothing,
        (0, 0, _) => return Judgement::unknown("none of its traces is such that DSPy notes tokens for it"),
        (without, cached, _) if without < ENOUGH || without < cached => {
            return Judgement::unknown("most of its traces were likely answered from a cache, which uses no tokens");
        }
        _ => {}
    }
    Judgement::found(
        (Rule::TokensMissing, Severity::Note),
        format!("None of {} tells its tokens", words::counted(facts.traces.unwrap_or(facts.looked as u64), "trace")),
        "MLflow notes them since 3.5 with DSPy 3.0.4 or later, for which autolog() turns on track_usage; so what it cost \
         is unknown, not 0",
        evidence(without_tokens.iter().take(1)),
    )
}
