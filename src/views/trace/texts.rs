//! What the page of a trace says of its spans and of the whole.

use super::rows::{SiblingRun, SpanLine};
use crate::loader::{SpanFigures, SpanTokens, TokenSource, TraceFigures, TraceTree};
use crate::model::Tokens;
use crate::views::costs::told;
use crate::words;

/// Tokens of a span: its own, a sum (marked Σ), or unknown – never 0 for unknown.
pub(super) fn token_text(tokens: Option<&SpanTokens>) -> String {
    let Some(tokens) = tokens else { return String::new() };
    let total = tokens.total.and_then(|tokens| tokens.total);
    match (total, tokens.source) {
        (Some(total), TokenSource::Own) => words::count(total),
        (Some(total), _) => format!("{} Σ", words::count(total)),
        (None, _) => "–".to_owned(),
    }
}

/// The cost of a span: of its own usage, a sum (marked Σ), or unknown – never 0 for unknown.
pub(super) fn cost_text(figures: Option<&SpanFigures>) -> String {
    let Some(figures) = figures else { return String::new() };
    match (figures.cost, figures.tokens.source) {
        (Some(cost), TokenSource::Own) => told(cost),
        (Some(cost), _) => format!("{} Σ", told(cost)),
        (None, _) => "–".to_owned(),
    }
}

/// What the header says about tokens: the recomputed total, and the stored one where it differs.
pub(super) fn total_text(stored: Option<Tokens>, figures: Option<&TraceFigures>) -> (String, Option<String>) {
    let stored = stored.and_then(|tokens| tokens.total);
    let Some(figures) = figures else {
        let text = stored.map_or("tokens unknown".to_owned(), |total| format!("{} tokens", words::count(total)));
        return (text, stored.map(|_| "stored".to_owned()));
    };
    match (figures.tokens.and_then(|tokens| tokens.total), stored) {
        (Some(own), Some(stored)) if own != stored => {
            (format!("{} tokens", words::count(own)), Some(format!("stored {}", words::count(stored))))
        }
        (Some(own), _) => (format!("{} tokens", words::count(own)), None),
        (None, Some(stored)) => (format!("{} tokens", words::count(stored)), Some("stored".to_owned())),
        (None, None) => ("tokens unknown".to_owned(), None),
    }
}

/// What stands beside a span's name: what is odd about it, its model, that it failed, that it stands for several, that another
/// adapter was tried with it.
pub(super) fn note(tree: &TraceTree, line: &SpanLine, model: &str) -> String {
    let Some(span) = tree.spans.get(line.ordinal) else { return String::new() };
    let is_failed = span.status == "ERROR";
    let first = match (is_failed, span.end_ns) {
        (true, _) if model.is_empty() => "failed",
        (_, None) => "in progress",
        _ => model,
    };
    let is_fallback = tree.fallbacks.iter().any(|one| one.call == Some(line.ordinal) || one.format == line.ordinal);
    let times = if line.times > 1 { format!("×{}", line.times) } else { String::new() };
    let odd = tree.shape.oddities.get(&line.ordinal).into_iter().flatten().map(|odd| odd.words());
    // What is unusual stands first: the end is cut where there is little room.
    let parts = odd.chain([&*times, if is_fallback { "fallback" } else { "" }, first]);
    parts.filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
}

/// What a row says that stands for siblings: how many more, and how many of them failed.
pub(super) fn run_text(run: &SiblingRun, is_open: bool) -> (String, String) {
    let count = words::count(run.count as u64);
    let text = if is_open { format!("{count} more like these") } else { format!("+ {count} more like these") };
    let errors = match run.errors {
        0 => String::new(),
        errors => words::counted(errors, "error"),
    };
    (text, errors)
}

/// What is said of a span's time where the pointer rests on its bar.
pub(super) fn time_text(tree: &TraceTree, ordinal: usize, figures: Option<&SpanFigures>) -> String {
    let Some(span) = tree.spans.get(ordinal) else { return String::new() };
    let mut lines = vec![span.name.clone()];
    let from = span.start_ns.saturating_sub(tree.shape.overview.extent_ns.0);
    lines.push(match span.duration_ns() {
        Some(duration) => format!("{}, from {} on", words::duration_ns(duration), words::duration_ns(from)),
        None => format!("No end is recorded; it began at {}", words::duration_ns(from)),
    });
    let own = figures.map_or_else(|| span.end_ns.map(|_| tree.shape.own.length_ns(ordinal)), |one| one.own_time_ns);
    lines.extend(own.map(|own| format!("{} of it its own, without the spans below", words::duration_ns(own))));
    if tree.shape.is_critical(ordinal) {
        let critical = words::duration_ns(tree.shape.critical.length_ns(ordinal));
        lines.push(format!("{critical} of it on the critical path"));
    }
    lines.extend(tree.shape.oddities.get(&ordinal).into_iter().flatten().map(|odd| odd.words().to_owned()));
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::cost::{Certainty, Cost};

    #[test]
    fn unknown_tokens_are_never_zero() {
        let unknown = SpanTokens { own: None, total: None, source: TokenSource::Unknown };
        assert_eq!(token_text(Some(&unknown)), "–");
        let sum = SpanTokens { own: None, total: Tokens::new(Some(1), Some(2), None), source: TokenSource::Sum };
        assert_eq!(token_text(Some(&sum)), "3 Σ");
        let cost = |usd: Option<f64>, tokens: SpanTokens| {
            let cost = usd.map(|usd| Cost { usd, certainty: Certainty::AtMost });
            cost_text(Some(&SpanFigures { tokens, model: None, own_time_ns: None, cost, tells_cost: true }))
        };
        assert_eq!(cost(None, sum), "–", "what is told has no price");
        assert_eq!(cost(Some(0.5), sum), "≤\u{a0}$0.50 Σ");
        assert_eq!(cost(Some(0.5), SpanTokens { source: TokenSource::Own, ..sum }), "≤\u{a0}$0.50");
        let figures = TraceFigures::default();
        assert_eq!(total_text(None, Some(&figures)), ("tokens unknown".to_owned(), None));
        let stored = Tokens::new(None, None, Some(8));
        let figures = TraceFigures { tokens: Tokens::new(None, None, Some(4)), ..TraceFigures::default() };
        assert_eq!(total_text(stored, Some(&figures)), ("4 tokens".to_owned(), Some("stored 8".to_owned())));
    }
}
