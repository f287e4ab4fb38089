//! What the spans of a trace tell, without any text that they were given or gave back: derived once per trace, and
//! small enough to be kept of every trace of a large store.

use std::sync::Arc;

use super::Tokens;
use super::dspy::agents::{TOOL_SPAN, is_numbered};

/// A name that many spans share: of a span, a kind, a model, a signature, an exception.
pub type Name = Arc<str>;

/// One span.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpanFact {
    /// Its name.
    pub name: Name,
    /// Its kind: `CHAIN`, `CHAT_MODEL`, … ([`super::SpanHead::kind`]).
    pub kind: Name,
    /// It ended with an error.
    pub has_failed: bool,
    /// How long it took, nanoseconds; `None` if it has not ended.
    pub duration_ns: Option<u64>,
    /// The same without the time in which its children worked.
    pub own_ns: Option<u64>,
    /// The model that it called.
    pub model: Option<Name>,
    /// The signature of the predictor that it is a call of, `question -> answer`.
    pub signature: Option<Name>,
    /// The type of the last exception that was noted in it.
    pub exception: Option<Name>,
    /// No span below it failed with the same exception: it came from here.
    pub is_origin: bool,
    /// Its own usage, else the sum of what is known below it; `None` where a span above it of the same name counts it
    /// already, too.
    pub tokens: Option<Tokens>,
}

/// Usage that counts in the total of a trace: that of a span with no usage above it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UsageFact {
    /// How much.
    pub tokens: Tokens,
    /// How many of its input tokens came from the provider's cache, if it tells.
    pub cached_input: Option<u64>,
    /// The model of all calls that it is of; `None` if there are several, or none tells.
    pub model: Option<Name>,
    /// The signature of the predictor that made all these calls; `None` if there are several, or one was made by none.
    pub signature: Option<Name>,
    /// The calls that it is of, by model and by how they were served, in their order.
    pub calls: Vec<ModelCalls>,
}

/// Calls of one model among those that usage is of.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ModelCalls {
    /// The model; `None` if the calls do not tell.
    pub model: Option<Name>,
    /// How they were asked to be served (`service_tier`), if they were.
    pub tier: Option<Name>,
    /// How many they are; a call within a call is the same one once more.
    pub calls: u32,
    /// Bytes of text that they were given; 0 where one model made all calls, and nobody had to know.
    pub given: u64,
    /// Bytes of text that they gave back.
    pub gave: u64,
}

/// An adapter that was used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AdapterFact {
    /// Which: `ChatAdapter`.
    pub name: Name,
    /// How often it wrote a prompt.
    pub prompts: u32,
    /// How many answers it could not parse.
    pub failed_parses: u32,
}

/// What went wrong in the agents of a trace, whatever status it has.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct AgentFact {
    /// One of them ended because it had no step left.
    pub is_out_of_steps: bool,
    /// One of them dropped its oldest steps, for the prompt was too long.
    pub has_cut_history: bool,
    /// The tools that failed in their steps, each once, sorted; code that they wrote is `code`.
    pub failed: Vec<Name>,
}

/// What the spans of a trace tell.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct TraceFacts {
    /// Its spans, by start, then as stored. Empty where the store holds none of it.
    pub spans: Vec<SpanFact>,
    /// What its total is the sum of.
    pub usage: Vec<UsageFact>,
    /// How many calls took the time of one that a model answers, and are of no usage: what they used is unknown.
    pub untold_calls: u32,
    /// The adapters, by name.
    pub adapters: Vec<AdapterFact>,
    /// How often another adapter was tried because one got no usable answer.
    pub fallbacks: u32,
    /// How many of these failed, too.
    pub failed_fallbacks: u32,
    /// What went wrong in its agents; `None` if none worked in it.
    pub agents: Option<AgentFact>,
}

/// DSPy's word for a span that calls a language model (MLflow 2.21 – 3.18).
pub(crate) const CALL: &str = "CHAT_MODEL";

impl SpanFact {
    /// Whether it calls a language model.
    pub fn is_call(&self) -> bool {
        &*self.kind == CALL
    }

    /// Whether it is a call of a predictor, not of what wraps one: DSPy's `Predict` alone is of this kind, and
    /// `ChainOfThought`, which has the signature as well, is not.
    pub fn is_predictor(&self) -> bool {
        self.signature.is_some() && &*self.kind == "LLM"
    }
}

impl TraceFacts {
    /// The usage of the whole trace, recomputed; `None` if no span tells any, which is not 0.
    pub fn tokens(&self) -> Option<Tokens> {
        self.usage.iter().map(|usage| usage.tokens).reduce(Tokens::plus)
    }

    /// How many of its input tokens came from the provider's cache, as far as spans tell.
    pub fn cached_input(&self) -> Option<u64> {
        self.usage.iter().filter_map(|usage| usage.cached_input).reduce(u64::saturating_add)
    }

    /// The calls of language models.
    pub fn calls(&self) -> impl Iterator<Item = &SpanFact> {
        self.spans.iter().filter(|span| span.is_call())
    }

    /// The calls of predictors.
    pub fn predictors(&self) -> impl Iterator<Item = &SpanFact> {
        self.spans.iter().filter(|span| span.is_predictor())
    }

    /// The models that it called, each once, sorted.
    pub fn models(&self) -> Vec<&str> {
        distinct(self.spans.iter().filter_map(|span| span.model.as_deref()))
    }

    /// The types of the exceptions in it, each once, sorted.
    pub fn exceptions(&self) -> Vec<&str> {
        distinct(self.spans.iter().filter_map(|span| span.exception.as_deref()))
    }

    /// The names of the tools that failed in it, each once, sorted: those of its agents, and whatever else has a span
    /// of a tool. A name ends without the number that MLflow 2 gives to repeated spans.
    pub fn failed_tool_names(&self) -> Vec<&str> {
        let of_agents = || self.agents.iter().flat_map(|agents| &agents.failed).map(|name| &**name);
        let spans = self.failed_tools().into_iter().map(|name| name.strip_prefix(TOOL_SPAN).unwrap_or(name));
        let is_told = |name: &&str| !of_agents().any(|known| is_numbered(name, known));
        distinct(spans.filter(is_told).chain(of_agents()))
    }

    /// The tools that failed in it, each once, sorted: a tool that raised does not fail the trace.
    pub fn failed_tools(&self) -> Vec<&str> {
        distinct(self.spans.iter().filter(|span| span.has_failed && &*span.kind == "TOOL").map(|span| &*span.name))
    }

    /// How many answers no adapter's parsing could read.
    pub fn failed_parses(&self) -> u32 {
        self.adapters.iter().map(|one| one.failed_parses).sum()
    }
}

fn distinct<'a>(names: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut names: Vec<&str> = names.collect();
    names.sort_unstable();
    names.dedup();
    names
}
