//! Fallbacks: where an adapter got no usable answer and another one was tried (DSPy: the JSON
//! adapter, in the same `Predict`).

use super::adapters::{AdapterStep, StepKind, step};
use crate::model::{Forest, SpanHead};

/// One fallback.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fallback {
    /// The adapter that got no usable answer.
    pub from: String,
    /// The adapter that was tried next.
    pub to: String,
    /// The span that writes the second prompt, by its place in the list of spans.
    pub format: usize,
    /// The call with the second prompt, if there is one.
    pub call: Option<usize>,
    /// What is seen of the first pass.
    pub reason: FallbackReason,
    /// What is seen of the second one.
    pub outcome: FallbackOutcome,
}

/// Why another adapter was tried, as far as the spans tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FallbackReason {
    /// The answer could not be parsed.
    ParseFailed,
    /// The call failed.
    CallFailed,
    /// Nothing was parsed at all, as after an empty answer: the second adapter is the only mark.
    NothingParsed,
}

/// How the second pass went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FallbackOutcome {
    /// Its answer was parsed.
    Parsed,
    /// It failed, too.
    Failed,
    /// No span tells.
    Unknown,
}

impl Fallback {
    /// In words: `XMLAdapter.parse failed; JSONAdapter was tried next`.
    pub fn text(&self) -> String {
        let Self { from, to, .. } = self;
        let first = match self.reason {
            FallbackReason::ParseFailed => format!("{from}.parse failed"),
            FallbackReason::CallFailed => format!("the call with {from} failed"),
            FallbackReason::NothingParsed => format!("{from} parsed nothing, as after an empty answer"),
        };
        let second = if self.outcome == FallbackOutcome::Failed { " and failed, too" } else { "" };
        format!("{first}; {to} was tried next{second}")
    }
}

/// What was seen of one adapter's pass.
struct Pass<'a> {
    adapter: &'a str,
    has_call: bool,
    has_failed_call: bool,
    has_parsed: bool,
    has_failed_parse: bool,
    /// The fallback that this pass is.
    fallback: Option<usize>,
}

/// The fallbacks of a trace, in the order of the tree. `forest` may be folded or not.
pub fn fallbacks(forest: &Forest, spans: &[SpanHead]) -> Vec<Fallback> {
    let mut found: Vec<Fallback> = Vec::new();
    for (position, node) in forest.nodes.iter().enumerate() {
        let mut pass: Option<Pass<'_>> = None;
        let end = (position + 1 + node.descendants).min(forest.nodes.len());
        let mut child = position + 1;
        while child < end {
            let at = forest.nodes[child];
            child += at.descendants + 1;
            if let Some(span) = spans.get(at.item) {
                look_at(span, at.item, &mut pass, &mut found);
            }
        }
    }
    found.sort_by_key(|fallback| spans.get(fallback.format).map(|span| span.start_ns));
    found
}

fn look_at<'a>(span: &'a SpanHead, ordinal: usize, pass: &mut Option<Pass<'a>>, found: &mut Vec<Fallback>) {
    let is_failed = span.status == "ERROR";
    match (step(span), pass.as_mut()) {
        (Some(AdapterStep { adapter, kind: StepKind::Format }), _) => {
            let reason = pass.as_ref().filter(|pass| pass.adapter != adapter).and_then(Pass::reason);
            let fallback = pass.as_ref().zip(reason).map(|(before, reason)| {
                found.push(Fallback {
                    from: before.adapter.to_owned(),
                    to: adapter.to_owned(),
                    format: ordinal,
                    call: None,
                    reason,
                    outcome: FallbackOutcome::Unknown,
                });
                found.len() - 1
            });
            *pass = Some(Pass {
                adapter,
                has_call: false,
                has_failed_call: false,
                has_parsed: false,
                has_failed_parse: false,
                fallback,
            });
        }
        (Some(AdapterStep { adapter, kind: StepKind::Parse }), Some(pass)) if pass.adapter == adapter => {
            pass.has_parsed |= !is_failed;
            pass.has_failed_parse |= is_failed;
            if let Some(fallback) = pass.fallback.and_then(|at| found.get_mut(at)) {
                fallback.outcome =
                    if pass.has_failed_parse { FallbackOutcome::Failed } else { FallbackOutcome::Parsed };
            }
        }
        (None, Some(pass)) if span.kind == "CHAT_MODEL" => {
            pass.has_call = true;
            pass.has_failed_call |= is_failed;
            if let Some(fallback) = pass.fallback.and_then(|at| found.get_mut(at)) {
                fallback.call = fallback.call.or(Some(ordinal));
                if is_failed {
                    fallback.outcome = FallbackOutcome::Failed;
                }
            }
        }
        _ => {}
    }
}

impl Pass<'_> {
    /// Why another adapter follows; `None` if this one did what it should, or never asked a model.
    fn reason(&self) -> Option<FallbackReason> {
        match self {
            _ if self.has_failed_parse => Some(FallbackReason::ParseFailed),
            _ if self.has_failed_call => Some(FallbackReason::CallFailed),
            _ if self.has_call && !self.has_parsed => Some(FallbackReason::NothingParsed),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::adapters::Outline;
    use super::super::adapters::tests::spans;
    use super::*;

    /// The fallbacks of one `Predict` with these children, folded and not.
    fn of(children: &[(&str, usize, &str, &str)]) -> Vec<(String, Option<usize>)> {
        let list: Vec<_> = [("Predict.forward", 0, "LLM", "OK")].iter().chain(children).copied().collect();
        let (forest, spans) = spans(&list);
        let told: Vec<_> = fallbacks(&forest, &spans).iter().map(|one| (one.text(), one.call)).collect();
        let outline = Outline::new(&forest, &spans);
        let folded: Vec<_> = fallbacks(&outline.forest, &spans).iter().map(|one| (one.text(), one.call)).collect();
        assert_eq!(told, folded);
        told
    }

    const XML: (&str, usize, &str, &str) = ("XMLAdapter.format", 1, "PARSER", "OK");
    const XML_AGAIN: (&str, usize, &str, &str) = ("XMLAdapter.format", 2, "PARSER", "OK");
    const CALL: (&str, usize, &str, &str) = ("LM.__call__", 1, "CHAT_MODEL", "OK");
    const BAD: (&str, usize, &str, &str) = ("XMLAdapter.parse", 1, "PARSER", "ERROR");
    const GOOD: (&str, usize, &str, &str) = ("XMLAdapter.parse", 1, "PARSER", "OK");
    const JSON: (&str, usize, &str, &str) = ("JSONAdapter.format", 1, "PARSER", "OK");

    #[test]
    fn an_answer_that_could_not_be_parsed() {
        let parsed = ("JSONAdapter.parse", 1, "PARSER", "OK");
        let wanted = "XMLAdapter.parse failed; JSONAdapter was tried next".to_owned();
        assert_eq!(of(&[XML, XML_AGAIN, CALL, BAD, JSON, CALL, parsed]), [(wanted.clone(), Some(6))]);
        let failed = ("JSONAdapter.parse", 1, "PARSER", "ERROR");
        assert_eq!(of(&[XML, CALL, BAD, JSON, CALL, failed]), [(format!("{wanted} and failed, too"), Some(5))]);
        // One of several completions is enough.
        assert_eq!(of(&[XML, CALL, GOOD, BAD, GOOD, JSON]), [(wanted, None)]);
    }

    #[test]
    fn an_empty_answer_leaves_no_parse_and_a_failed_call_no_answer() {
        let silent = "XMLAdapter parsed nothing, as after an empty answer; JSONAdapter was tried next".to_owned();
        assert_eq!(of(&[XML, XML_AGAIN, CALL, JSON, CALL]), [(silent, Some(5))]);
        let failed_call = ("LM.__call__", 1, "CHAT_MODEL", "ERROR");
        let wanted = "the call with XMLAdapter failed; JSONAdapter was tried next".to_owned();
        assert_eq!(of(&[XML, failed_call, JSON]), [(wanted, None)]);
    }

    #[test]
    fn what_is_no_fallback() {
        assert_eq!(of(&[XML, CALL, GOOD]), []);
        assert_eq!(of(&[XML, CALL, GOOD, JSON, CALL]), [], "the first one did its work");
        assert_eq!(of(&[XML, JSON, CALL]), [], "nobody was asked in between");
        assert_eq!(of(&[JSON, CALL, ("JSONAdapter.parse", 1, "PARSER", "ERROR")]), [], "no other one was tried");
        let two_step = [
            ("TwoStepAdapter.format", 1, "PARSER", "OK"),
            CALL,
            ("TwoStepAdapter.parse", 1, "PARSER", "OK"),
            ("ChatAdapter.format", 2, "PARSER", "OK"),
            ("LM.__call__", 2, "CHAT_MODEL", "OK"),
            ("ChatAdapter.parse", 2, "PARSER", "OK"),
        ];
        assert_eq!(of(&two_step), []);
    }
}
