//! The spans of a trace as flat rows, and what the header says of the whole.

use crate::analysis::adapters::is_adapter;
use crate::loader::{SpanTokens, TokenSource, TraceFigures, TraceTree};
use crate::model::Tokens;
use crate::state::{FoldKey, Folds};
use crate::words;

/// One row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct SpanLine {
    /// The span's place in [`TraceTree::spans`].
    pub ordinal: usize,
    pub depth: usize,
    /// Whether children are shown; `None` if there are none to show.
    pub is_open: Option<bool>,
    /// How many spans it stands for: more than 1 where an adapter stands twice.
    pub times: u32,
}

/// The rows, and how many adapters are folded away.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct SpanLines {
    pub lines: Vec<SpanLine>,
    pub folded_adapters: usize,
    /// How many spans stand behind one of the same.
    pub doubled: usize,
}

/// Makes the rows. Adapters are left out unless wanted; one that failed, or that has other spans below
/// it, always stands.
pub(super) fn rows(tree: &TraceTree, folds: &Folds<FoldKey>, with_adapters: bool) -> SpanLines {
    let made = make(tree, folds, with_adapters);
    // Of a damaged trace nothing but adapters may be left: then they are what there is to see.
    if made.lines.is_empty() && !with_adapters { make(tree, folds, true) } else { made }
}

fn make(tree: &TraceTree, folds: &Folds<FoldKey>, with_adapters: bool) -> SpanLines {
    let nodes = &tree.outline.forest.nodes;
    let times = |at: usize| tree.outline.times.get(at).copied().unwrap_or(1);
    let is_quiet = |at: usize| {
        let span = &tree.spans[nodes[at].item];
        is_adapter(span) && span.status != "ERROR"
    };
    let is_left_out = |at: usize| !with_adapters && (at..=at + nodes[at].descendants).all(is_quiet);
    let mut made = SpanLines::default();
    let mut at = 0;
    while at < nodes.len() {
        let node = nodes[at];
        let below = at + 1..at + 1 + node.descendants;
        if is_quiet(at) && is_left_out(at) {
            made.folded_adapters += (at..below.end).map(|at| times(at) as usize).sum::<usize>();
            at = below.end;
            continue;
        }
        let mut has_children = false;
        let mut child = below.start;
        while child < below.end && !has_children {
            has_children = !(is_quiet(child) && is_left_out(child));
            child += nodes[child].descendants + 1;
        }
        let is_open = !folds.has(&FoldKey::Span(node.item));
        made.lines.push(SpanLine {
            ordinal: node.item,
            depth: node.depth as usize,
            is_open: has_children.then_some(is_open),
            times: times(at),
        });
        made.doubled += times(at) as usize - 1;
        at = if is_open { below.start } else { below.end };
    }
    made
}

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

/// What stands beside a span's name: its model, that it failed, that it stands for several, that another
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
    // What is unusual stands first: the end is cut where there is little room.
    let parts = [&*times, if is_fallback { "fallback" } else { "" }, first];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
}

/// From the first start to the last end, nanoseconds; `None` without spans.
pub(super) fn extent(tree: &TraceTree) -> Option<(i64, i64)> {
    let start = tree.spans.iter().map(|span| span.start_ns).min()?;
    let end = tree.spans.iter().map(|span| span.end_ns.unwrap_or(span.start_ns)).max()?;
    Some((start, end.max(start.saturating_add(1))))
}

/// The row of a span; if it is folded away, the nearest row above it in the tree.
pub(super) fn row_of(lines: &[SpanLine], tree: &TraceTree, ordinal: usize) -> Option<usize> {
    let exact = lines.iter().position(|line| line.ordinal == ordinal);
    exact.or_else(|| {
        let place = |ordinal: usize| tree.forest.nodes.iter().position(|node| node.item == ordinal);
        let at = place(ordinal)?;
        lines.iter().rposition(|line| place(line.ordinal).is_some_and(|row| row < at))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::SpanHead;
    use crate::store::memory::MemoryStore;

    fn tree(spans: &[(&str, Option<&str>, &str, &str, &str)]) -> TraceTree {
        let head = MemoryStore::trace_head("t", "1", None, "QA", 0);
        let spans: Vec<SpanHead> = spans
            .iter()
            .enumerate()
            .map(|(at, (id, parent, name, kind, status))| SpanHead {
                kind: (*kind).to_owned(),
                status: (*status).to_owned(),
                ..MemoryStore::span(id, *parent, name, at as i64, at as i64 + 5)
            })
            .collect();
        TraceTree::new(head, spans)
    }

    fn names(tree: &TraceTree, lines: &SpanLines) -> Vec<String> {
        lines.lines.iter().map(|line| tree.spans[line.ordinal].name.clone()).collect()
    }

    #[test]
    fn adapters_fold_unless_they_failed_or_hold_others() {
        let tree = tree(&[
            ("1", None, "QA", "CHAIN", "OK"),
            ("2", Some("1"), "ChatAdapter.format", "PARSER", "OK"),
            ("3", Some("1"), "LM", "CHAT_MODEL", "OK"),
            ("4", Some("1"), "ChatAdapter.parse", "PARSER", "ERROR"),
            ("5", Some("1"), "JSONAdapter", "PARSER", "OK"),
            ("6", Some("5"), "LM again", "CHAT_MODEL", "OK"),
            ("7", Some("5"), "JSONAdapter.parse", "PARSER", "OK"),
        ]);
        let folded = rows(&tree, &Folds::default(), false);
        assert_eq!(names(&tree, &folded), ["QA", "LM", "ChatAdapter.parse", "JSONAdapter", "LM again"]);
        assert_eq!(folded.folded_adapters, 2);
        assert_eq!(rows(&tree, &Folds::default(), true).lines.len(), 7);
        let mut folds = Folds::default();
        folds.set(FoldKey::Span(0), true);
        let closed = rows(&tree, &folds, false);
        assert_eq!(closed.lines, [SpanLine { ordinal: 0, depth: 0, is_open: Some(false), times: 1 }]);
        assert_eq!(row_of(&closed.lines, &tree, 5), Some(0));
    }

    #[test]
    fn unknown_tokens_are_never_zero() {
        let unknown = SpanTokens { own: None, total: None, source: TokenSource::Unknown };
        assert_eq!(token_text(Some(&unknown)), "–");
        let sum = SpanTokens { own: None, total: Tokens::new(Some(1), Some(2), None), source: TokenSource::Sum };
        assert_eq!(token_text(Some(&sum)), "3 Σ");
        let figures = TraceFigures::default();
        assert_eq!(total_text(None, Some(&figures)), ("tokens unknown".to_owned(), None));
        let stored = Tokens::new(None, None, Some(8));
        let figures = TraceFigures { tokens: Tokens::new(None, None, Some(4)), ..TraceFigures::default() };
        assert_eq!(total_text(stored, Some(&figures)), ("4 tokens".to_owned(), Some("stored 8".to_owned())));
    }
}
