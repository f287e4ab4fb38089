//! The spans of a trace as flat rows.

use std::ops::Range;

use crate::analysis::alike::Alike;
use crate::analysis::span_groups::SpanGroup;
use crate::loader::TraceTree;
use crate::model::ForestNode;
use crate::state::{FoldKey, Folds};

/// Of siblings that are alike no more than this many stand one by one, unless wanted; of more, so many are shown.
const ALIKE_MOST: u32 = 12;
const ALIKE_SHOWN: u32 = 5;

/// One row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct SpanLine {
    /// The span's place in [`TraceTree::spans`]; where it stands for a run, that of the run's first.
    pub ordinal: usize,
    pub depth: usize,
    /// Whether children are shown; `None` if there are none to show. Of a run, whether it is.
    pub is_open: Option<bool>,
    /// How many spans it stands for: more than 1 where an adapter stands twice.
    pub times: u32,
    /// It is no span but a run of siblings that are alike.
    pub run: Option<SiblingRun>,
}

/// Siblings that are alike, of which the first few stand above.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct SiblingRun {
    /// How many they are.
    pub count: usize,
    /// How many of them, and of all below them, failed.
    pub errors: usize,
    /// From the first start to the last end, nanoseconds.
    pub extent_ns: (i64, i64),
}

/// The rows, and what is left out of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct SpanLines {
    pub lines: Vec<SpanLine>,
    pub folded_adapters: usize,
    /// How many spans stand behind one of the same.
    pub doubled: usize,
    /// How many siblings are folded into runs.
    pub folded_alike: usize,
    /// How many rows are spans.
    pub spans: usize,
}

/// Whether a node is a step of an adapter that nothing is to be seen of.
fn is_quiet(tree: &TraceTree, node: &ForestNode) -> bool {
    // By the list of kinds: of 100,000 spans the texts would be read from all over the memory.
    tree.shape.groups.get(node.item) == Some(&SpanGroup::Adapter) && tree.spans[node.item].status != "ERROR"
}

/// Whether a node and all that is below it are quiet.
fn is_left_out(tree: &TraceTree, at: usize) -> bool {
    let nodes = &tree.outline.forest.nodes;
    nodes[at..=at + nodes[at].descendants].iter().all(|node| is_quiet(tree, node))
}

/// Whether a node is not shown because it is an adapter.
pub(super) fn is_out(tree: &TraceTree, at: usize, with_adapters: bool) -> bool {
    let node = tree.outline.forest.nodes.get(at);
    !with_adapters && node.is_some_and(|node| is_quiet(tree, node)) && is_left_out(tree, at)
}

impl SpanLines {
    /// Makes the rows anew, in the room of those before. Adapters are left out unless wanted; one that failed, or that
    /// has other spans below it, always stands. Of many siblings that are alike the first ones stand, and one row for
    /// the others. `kept` is an adapter that stands anyway, for it is looked at.
    pub fn make(&mut self, tree: &TraceTree, folds: &Folds<FoldKey>, with_adapters: bool, kept: Option<usize>) {
        self.make_once(tree, folds, with_adapters, kept);
        // Of a damaged trace nothing but adapters may be left: then they are what there is to see.
        if self.lines.is_empty() && !with_adapters {
            self.make_once(tree, folds, true, kept);
        }
    }

    fn make_once(&mut self, tree: &TraceTree, folds: &Folds<FoldKey>, with_adapters: bool, kept: Option<usize>) {
        let nodes = &tree.outline.forest.nodes;
        let times = |at: usize| tree.outline.times.get(at).copied().unwrap_or(1);
        let kept = kept.and_then(|kept| nodes.iter().position(|node| node.item == kept));
        let is_kept = |at: usize| kept.is_some_and(|kept| (at..=at + nodes[at].descendants).contains(&kept));
        let is_out = |at: usize| is_out(tree, at, with_adapters) && !is_kept(at);
        // Asked of every span: a list answers many times as fast as the set.
        let mut is_folded = vec![false; tree.spans.len()];
        for key in folds.iter() {
            if let FoldKey::Span(ordinal) = key
                && let Some(is_folded) = is_folded.get_mut(*ordinal)
            {
                *is_folded = true;
            }
        }
        let mut lines = std::mem::take(&mut self.lines);
        lines.clear();
        let mut made = Self { lines, ..Self::default() };
        let mut at = 0;
        while at < nodes.len() {
            let node = nodes[at];
            let below = at + 1..at + 1 + node.descendants;
            if is_out(at) {
                made.folded_adapters += (at..below.end).map(|at| times(at) as usize).sum::<usize>();
                at = below.end;
                continue;
            }
            if let Some(run) = run_at(tree, at, with_adapters) {
                let is_open = folds.has(&FoldKey::Alike(node.item));
                let end = run.end as usize;
                let rest = SiblingRun {
                    count: (run.count - ALIKE_SHOWN) as usize,
                    errors: tree.shape.errors_within(at..end),
                    extent_ns: extent_of(tree, at..end),
                };
                made.lines.push(SpanLine {
                    ordinal: node.item,
                    depth: node.depth as usize,
                    is_open: Some(is_open),
                    times: 1,
                    run: Some(rest),
                });
                if !is_open {
                    made.folded_alike += rest.count;
                    at = end;
                    continue;
                }
            }
            let mut has_children = false;
            let mut child = below.start;
            while child < below.end && !has_children {
                has_children = !is_out(child);
                child += nodes[child].descendants + 1;
            }
            let is_open = !is_folded.get(node.item).copied().unwrap_or(false);
            made.lines.push(SpanLine {
                ordinal: node.item,
                depth: node.depth as usize,
                is_open: has_children.then_some(is_open),
                times: times(at),
                run: None,
            });
            made.spans += 1;
            made.doubled += times(at) as usize - 1;
            at = if is_open { below.start } else { below.end };
        }
        *self = made;
    }
}

/// The run whose row stands before this node: of a long one, the first node that is not shown for itself.
fn run_at(tree: &TraceTree, at: usize, with_adapters: bool) -> Option<Alike> {
    let run = *tree.shape.alike.get(at)?;
    let is_long = run.count > ALIKE_MOST && !(with_adapters && run.has_between);
    (is_long && run.before == ALIKE_SHOWN).then_some(run)
}

/// From the first start to the last end of the topmost among these nodes.
fn extent_of(tree: &TraceTree, mut positions: Range<usize>) -> (i64, i64) {
    let mut extent = (i64::MAX, i64::MIN);
    while let Some(node) = tree.outline.forest.nodes.get(positions.start).filter(|_| !positions.is_empty()) {
        let span = &tree.spans[node.item];
        extent = (extent.0.min(span.start_ns), extent.1.max(span.end_ns.unwrap_or(span.start_ns)));
        positions.start += node.descendants + 1;
    }
    extent
}

/// What has to be folded otherwise for a span to be seen: what is folded of it, and how it has to be.
pub(super) fn hiding(
    tree: &TraceTree,
    folds: &Folds<FoldKey>,
    with_adapters: bool,
    ordinal: usize,
) -> Vec<(FoldKey, bool)> {
    let nodes = &tree.outline.forest.nodes;
    let mut hiding = Vec::new();
    let Some(own) = nodes.iter().position(|node| node.item == ordinal) else { return hiding };
    let (mut at, mut depth) = (own, nodes[own].depth);
    loop {
        let alike = |at: usize| tree.shape.alike.get(at).copied().unwrap_or_default();
        let run = alike(at);
        if run.count > ALIKE_MOST && run.before >= ALIKE_SHOWN {
            // Its end tells a run from others of the same depth.
            let is_first = |at: &usize| nodes[*at].depth == depth && alike(*at).end == run.end;
            let mut firsts = (0..=at).rev().filter(is_first);
            let first = firsts.find(|at| run_at(tree, *at, with_adapters).is_some());
            let key = first.map(|first| FoldKey::Alike(nodes[first].item));
            hiding.extend(key.filter(|key| !folds.has(key)).map(|key| (key, true)));
        }
        let Some(parent) = nodes[..at].iter().rposition(|node| node.depth < depth) else { return hiding };
        let key = FoldKey::Span(nodes[parent].item);
        if folds.has(&key) {
            hiding.push((key, false));
        }
        (at, depth) = (parent, nodes[parent].depth);
    }
}

/// When a run begins and ends, nanoseconds; `None` of a span.
pub(super) fn extent_of_run(line: &SpanLine) -> Option<(i64, i64)> {
    line.run.map(|run| run.extent_ns)
}

/// The row of a span; if it is folded away, the nearest row above it in the tree.
pub(super) fn row_of(lines: &[SpanLine], tree: &TraceTree, ordinal: usize) -> Option<usize> {
    let place = |ordinal: usize| tree.shape.positions.get(ordinal).copied().unwrap_or(0);
    let wanted = place(ordinal);
    // Rows stand in the order of the forest; that of a run before that of its first span.
    lines.partition_point(|line| place(line.ordinal) <= wanted).checked_sub(1)
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

    fn rows(tree: &TraceTree, folds: &Folds<FoldKey>, with_adapters: bool, kept: Option<usize>) -> SpanLines {
        let mut made = SpanLines::default();
        made.make(tree, folds, with_adapters, kept);
        made
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
        let folded = rows(&tree, &Folds::default(), false, None);
        assert_eq!(names(&tree, &folded), ["QA", "LM", "ChatAdapter.parse", "JSONAdapter", "LM again"]);
        assert_eq!(folded.folded_adapters, 2);
        assert_eq!(rows(&tree, &Folds::default(), true, None).lines.len(), 7);
        let kept = rows(&tree, &Folds::default(), false, Some(6));
        assert_eq!(names(&tree, &kept)[4..], ["LM again", "JSONAdapter.parse"], "it is looked at");
        assert_eq!(kept.folded_adapters, 1);
        let mut folds = Folds::default();
        folds.set(FoldKey::Span(0), true);
        let closed = rows(&tree, &folds, false, None);
        assert_eq!(closed.lines, [SpanLine { ordinal: 0, depth: 0, is_open: Some(false), times: 1, run: None }]);
        assert_eq!(row_of(&closed.lines, &tree, 5), Some(0));
    }

    /// A root with siblings of one name, of which the 20th failed and the 30th has a child that failed.
    fn long() -> TraceTree {
        let names: Vec<String> = (0..260).map(|at| at.to_string()).collect();
        let mut spans = vec![("r", None, "all", "CHAIN", "OK")];
        for (at, id) in names.iter().enumerate() {
            let name = if at == 255 { "another" } else { "step" };
            spans.push((id.as_str(), Some("r"), name, "TOOL", if at == 20 { "ERROR" } else { "OK" }));
        }
        spans.push(("below", Some("30"), "inner", "TOOL", "ERROR"));
        tree(&spans)
    }

    #[test]
    fn a_long_run_is_one_row_that_counts_what_failed_in_it() {
        let tree = long();
        let mut folds = Folds::default();
        let folded = rows(&tree, &folds, false, None);
        // The root, five, the run, the one that is called otherwise, and the four behind it.
        assert_eq!(folded.lines.len(), 1 + 5 + 1 + 1 + 4);
        let run = folded.lines[6];
        let rest = run.run.expect("a run");
        assert_eq!((rest.count, rest.errors, run.is_open, run.depth), (250, 2, Some(false), 1));
        assert_eq!((folded.folded_alike, folded.spans), (250, 11));
        assert_eq!(rest.extent_ns, (6, 260));
        let shown = folded.lines.iter().filter(|line| line.run.is_none()).count();
        assert_eq!(shown + rest.count + 1, tree.spans.len(), "the child of one is below it");
        folds.set(FoldKey::Alike(run.ordinal), true);
        let open = rows(&tree, &folds, false, None);
        assert_eq!((open.lines.len(), open.folded_alike), (tree.spans.len() + 1, 0));
        assert_eq!(open.lines[6].is_open, Some(true));
        assert_eq!(open.lines[7].ordinal, open.lines[6].ordinal);
        assert_eq!(row_of(&open.lines, &tree, open.lines[7].ordinal), Some(7), "the span, not its run");
    }

    #[test]
    fn what_hides_a_span_is_told() {
        let tree = long();
        let below = tree.spans.iter().position(|span| span.id == "below").expect("the span");
        let mut folds = Folds::default();
        assert_eq!(row_of(&rows(&tree, &folds, false, None).lines, &tree, below), Some(6), "its run stands for it");
        folds.set(FoldKey::Span(0), true);
        let hidden = hiding(&tree, &folds, false, below);
        assert_eq!(hidden, [(FoldKey::Alike(6), true), (FoldKey::Span(0), false)]);
        for (key, is_in) in hidden {
            folds.set(key, is_in);
        }
        let lines = rows(&tree, &folds, false, None).lines;
        let row = row_of(&lines, &tree, below).expect("a row");
        assert_eq!(lines[row].ordinal, below);
        assert!(hiding(&tree, &folds, false, below).is_empty());
        assert!(hiding(&tree, &folds, false, 9_999).is_empty());
    }
}
