//! Modules that try several times, or ask several programs: their attempts, and which of them was handed on as far as
//! the store tells. It marks none (DSPy 2.6 – 3.5), so whatever is said of that is inferred from equal outputs.

use std::collections::HashMap;

use super::content::words;
use crate::analysis::SpanTokens;
use crate::analysis::python_repr::prediction_of_text;
use crate::model::dspy::attempts::{
    ADVICE, ATTEMPT, BEST_OF_N, ENSEMBLED_PROGRAM, MULTI_CHAIN_COMPARISON, REFINE, REWARD, REWARD_CODE, THRESHOLD,
};
use crate::model::program::Object;
use crate::model::{Forest, Json, Reveal, SpanBody, SpanHead, Tokens};

/// Fields in which it is thought, and which no two attempts need have alike.
const THOUGHTS: [&str; 2] = ["rationale", "reasoning"];

/// What tried several times.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AttemptsKind {
    /// `dspy.BestOfN`
    BestOfN,
    /// `dspy.Refine`
    Refine,
    /// `dspy.MultiChainComparison`
    MultiChainComparison,
    /// What `dspy.Ensemble` makes of several programs.
    Ensemble,
    /// Any module below which calls of modules ran at the same time: threads that keep the trace, gathered `acall`s.
    AtOnce,
}

/// Attempts that stand beside each other.
#[derive(Clone, Debug, PartialEq)]
pub struct Attempts {
    /// The span of the module, by its place in the list of spans.
    pub span: usize,
    /// Which module.
    pub kind: AttemptsKind,
    /// The attempts in the order in which they began.
    pub attempts: Vec<Attempt>,
    /// Which of them was handed on.
    pub choice: Choice,
    /// What an attempt must be worth to be the last one, where the store tells.
    pub threshold: Option<String>,
}

/// One attempt.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Attempt {
    /// Its span, by its place in the list of spans; `None` of one that was given.
    pub span: Option<usize>,
    /// What it gave back, by name.
    pub fields: Object,
    /// What it gave back, where that has no names.
    pub value: Option<Json>,
    /// Why it failed.
    pub error: Option<String>,
    /// What it was advised to do otherwise than the one before.
    pub advice: Option<Json>,
    /// What it was worth, where the store tells.
    pub reward: Option<String>,
    /// How long it took.
    pub duration_ns: Option<i64>,
    /// Its usage, where the store knows that.
    pub tokens: Option<Tokens>,
}

/// Which attempt was handed on, by their places among the attempts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Choice {
    /// Only this one gave back what the module did.
    One(usize),
    /// Each of these did; which of them was taken is not stored.
    Several(Vec<usize>),
    /// None did.
    None,
    /// The module gave back nothing that could be compared.
    Unknown,
}

impl AttemptsKind {
    /// Its class; of any module, what happened.
    pub fn name(self) -> &'static str {
        match self {
            Self::BestOfN => BEST_OF_N,
            Self::Refine => REFINE,
            Self::MultiChainComparison => MULTI_CHAIN_COMPARISON,
            Self::Ensemble => ENSEMBLED_PROGRAM,
            Self::AtOnce => "Calls at once",
        }
    }

    /// By the name of a span.
    fn of_name(name: &str) -> Option<Self> {
        let (class, method) = name.split_once('.')?;
        let is_run = ["forward", "aforward", "acall", "__call__"].iter().any(|run| method.starts_with(run));
        let kind = match class {
            BEST_OF_N => Self::BestOfN,
            REFINE => Self::Refine,
            MULTI_CHAIN_COMPARISON => Self::MultiChainComparison,
            ENSEMBLED_PROGRAM => Self::Ensemble,
            _ => return None,
        };
        is_run.then_some(kind)
    }

    /// Whether a span of this name may have attempts, seen without its body.
    pub fn is_named(name: &str) -> bool {
        Self::of_name(name).is_some()
    }
}

impl Choice {
    /// Whether this attempt gave back what the module did.
    pub fn holds(&self, attempt: usize) -> bool {
        match self {
            Self::One(one) => *one == attempt,
            Self::Several(all) => all.contains(&attempt),
            Self::None | Self::Unknown => false,
        }
    }
}

impl Attempts {
    /// What is known of the choice, in words, with what it was seen by.
    pub fn told(&self) -> String {
        let count = self.attempts.len();
        if self.kind == AttemptsKind::MultiChainComparison {
            // It takes none, but writes an answer of its own.
            let same = self.attempts.iter().enumerate().filter(|(at, _)| self.choice.holds(*at)).count();
            return match same {
                0 => format!("None of {count} gave the answer that it gives itself"),
                all if all == count => format!("All {count} gave the answer that it gives itself"),
                some => format!("{some} of {count} gave the answer that it gives itself"),
            };
        }
        let same = "gave the outputs that it hands on";
        match &self.choice {
            Choice::One(at) => format!("Inferred: of {count}, only attempt {} {same}", at + 1),
            Choice::Several(all) if all.len() == count => {
                format!("All {count} {same}; which of them it took is not stored")
            }
            Choice::Several(all) => format!("{} of {count} {same}; which of them it took is not stored", all.len()),
            Choice::None => format!("None of {count} {same}"),
            Choice::Unknown => "It handed nothing on that could be compared".to_owned(),
        }
    }
}

/// The attempts of a trace in the order of its tree. `outline` is the forest with adapters folded; the other lists
/// stand in the order of `spans`. Where agents stand, by the places of their spans, their steps are told instead.
pub fn attempts(
    outline: &Forest,
    (spans, bodies, tokens): (&[SpanHead], &[SpanBody], &[SpanTokens]),
    is_agent: impl Fn(usize) -> bool,
    reveal: Reveal,
) -> Vec<Attempts> {
    let mut found = Vec::new();
    for (position, node) in outline.nodes.iter().enumerate() {
        let (Some(span), Some(body)) = (spans.get(node.item), bodies.get(node.item)) else { continue };
        let below: Vec<usize> = outline.children(position).filter_map(|at| Some(outline.nodes.get(at)?.item)).collect();
        let one = |at: usize| attempt(at, spans, bodies, tokens);
        let (kind, attempts, threshold) = match AttemptsKind::of_name(&span.name) {
            Some(AttemptsKind::MultiChainComparison) => {
                (AttemptsKind::MultiChainComparison, given(body, &below, bodies, reveal), None)
            }
            Some(kind) => {
                let (attempts, threshold) = tried(&below, spans, bodies, one);
                (kind, attempts, threshold)
            }
            None if is_agent(node.item) => continue,
            None => {
                let at_once = at_once(&below, spans);
                if at_once.len() < 2 {
                    continue;
                }
                (AttemptsKind::AtOnce, at_once.into_iter().filter_map(one).collect(), None)
            }
        };
        if !attempts.is_empty() {
            let choice = choice(kind, body.outputs.as_ref(), &attempts);
            found.push(Attempts { span: node.item, kind, attempts, choice, threshold });
        }
    }
    found
}

fn attempt(at: usize, spans: &[SpanHead], bodies: &[SpanBody], tokens: &[SpanTokens]) -> Option<Attempt> {
    let (span, body) = (spans.get(at)?, bodies.get(at)?);
    let (fields, value) = match &body.outputs {
        Some(Json::Object(fields)) => (fields.clone(), None),
        other => (Object::new(), other.clone().filter(|value| !value.is_null())),
    };
    let error = (span.status == "ERROR").then(|| super::trace_calls::error_of(body).unwrap_or_default());
    Some(Attempt {
        span: Some(at),
        fields,
        value,
        error,
        duration_ns: span.duration_ns(),
        tokens: tokens.get(at).and_then(|tokens| tokens.total),
        ..Attempt::default()
    })
}

/// Attempts one after the other, with the advice that stands between them.
fn tried(
    below: &[usize],
    spans: &[SpanHead],
    bodies: &[SpanBody],
    one: impl Fn(usize) -> Option<Attempt>,
) -> (Vec<Attempt>, Option<String>) {
    let (mut attempts, mut threshold): (Vec<Attempt>, _) = (Vec::new(), None);
    let mut advice = None;
    for at in below.iter().copied().filter(|at| is_module(*at, spans)) {
        let body = bodies.get(at);
        let inputs = body.and_then(|body| body.inputs.as_ref()).filter(|inputs| inputs.get(REWARD_CODE).is_some());
        let Some(inputs) = inputs else {
            attempts.extend(one(at).map(|attempt| Attempt { advice: advice.take(), ..attempt }));
            continue;
        };
        advice = body.and_then(|body| body.outputs.as_ref()?.get(ADVICE)).cloned();
        threshold = inputs.get(THRESHOLD).map(words).or(threshold);
        if let Some(last) = attempts.last_mut() {
            last.reward = inputs.get(REWARD).map(words);
        }
    }
    (attempts, threshold)
}

/// Whether modules of a trace ran at the same time below the same span, seen without their bodies.
pub fn may_have_calls_at_once(spans: &[SpanHead]) -> bool {
    let mut by_parent: HashMap<&str, i64> = HashMap::new();
    let mut modules: Vec<&SpanHead> =
        (0..spans.len()).filter(|at| is_module(*at, spans)).map(|at| &spans[at]).collect();
    modules.sort_by_key(|span| span.start_ns);
    modules.into_iter().any(|span| {
        let Some(parent) = span.parent_id.as_deref() else { return false };
        let until = by_parent.entry(parent).or_insert(i64::MIN);
        let is_within = span.start_ns < *until;
        *until = (*until).max(span.end_ns.unwrap_or(span.start_ns));
        is_within
    })
}

/// Attempts that were given: predictions, of which only the `repr` is stored, else the texts made of them.
fn given(body: &SpanBody, below: &[usize], bodies: &[SpanBody], reveal: Reveal) -> Vec<Attempt> {
    let inputs = body.inputs.as_ref();
    let list = inputs.and_then(|inputs| inputs.get("completions").or_else(|| inputs.get("args")?.get(0))?.as_array());
    let read = |item: &Json| match item {
        Json::Object(fields) => Attempt { fields: fields.clone(), ..Attempt::default() },
        Json::String(text) => match prediction_of_text(text) {
            Some(fields) => Attempt { fields: fields.mask(reveal), ..Attempt::default() },
            None => Attempt { value: Some(item.clone()), ..Attempt::default() },
        },
        other => Attempt { value: Some(other.clone()), ..Attempt::default() },
    };
    if let Some(list) = list.filter(|list| !list.is_empty()) {
        return list.iter().map(read).collect();
    }
    let asked = below.first().and_then(|at| bodies.get(*at)?.inputs.as_ref()?.as_object());
    let texts = asked.into_iter().flatten().filter(|(name, _)| name.starts_with(ATTEMPT));
    texts.map(|(_, text)| Attempt { value: Some(text.clone()), ..Attempt::default() }).collect()
}

/// Whether a span is a call of a module, not of an adapter, a model or a tool.
fn is_module(at: usize, spans: &[SpanHead]) -> bool {
    spans.get(at).is_some_and(|span| !matches!(&*span.kind, "PARSER" | "CHAT_MODEL" | "TOOL" | "EMBEDDING"))
}

/// The modules among these that ran while another one of them did. How long one ran whose end is not known nobody
/// knows: it counts when it began.
fn at_once(below: &[usize], spans: &[SpanHead]) -> Vec<usize> {
    let mut modules: Vec<(i64, i64, usize)> = below
        .iter()
        .filter(|at| is_module(**at, spans))
        .filter_map(|at| spans.get(*at).map(|span| (span.start_ns, span.end_ns.unwrap_or(span.start_ns), *at)))
        .collect();
    modules.sort_unstable();
    let mut is_found = vec![false; modules.len()];
    let mut last: Option<(i64, usize)> = None;
    for (place, (start, end, _)) in modules.iter().enumerate() {
        if let Some((_, before)) = last.filter(|(until, _)| start < until) {
            is_found[before] = true;
            is_found[place] = true;
        }
        if last.is_none_or(|(until, _)| *end > until) {
            last = Some((*end, place));
        }
    }
    modules.into_iter().zip(is_found).filter(|(_, is_found)| *is_found).map(|((_, _, at), _)| at).collect()
}

/// Which of some attempts gave what the module handed on.
pub fn choice(kind: AttemptsKind, outputs: Option<&Json>, attempts: &[Attempt]) -> Choice {
    let Some(outputs) = outputs.filter(|outputs| !outputs.is_null()) else { return Choice::Unknown };
    let is_same = |attempt: &Attempt| match (outputs, &attempt.value) {
        (Json::Object(own), _) if kind == AttemptsKind::MultiChainComparison => has_answer(own, &attempt.fields),
        (Json::Object(own), None) => !attempt.fields.is_empty() && *own == attempt.fields,
        (own, value) => value.as_ref() == Some(own),
    };
    let same: Vec<usize> = attempts.iter().enumerate().filter(|(_, one)| is_same(one)).map(|(at, _)| at).collect();
    match *same {
        [] => Choice::None,
        [one] => Choice::One(one),
        _ => Choice::Several(same),
    }
}

/// Whether an attempt has all that both of them have, apart from what they thought.
fn has_answer(own: &Object, attempt: &Object) -> bool {
    let shared = own.iter().filter(|(name, _)| !THOUGHTS.contains(&name.as_str()));
    let shared: Vec<bool> = shared.filter_map(|(name, value)| Some(attempt.get(name)? == value)).collect();
    !shared.is_empty() && shared.iter().all(|is_same| *is_same)
}

#[cfg(test)]
mod tests;
