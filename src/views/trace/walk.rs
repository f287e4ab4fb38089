//! From span to span by key.

use super::rows::is_out;
use crate::analysis::span_groups::SpanGroup;
use crate::loader::TraceTree;
use crate::views::command::SpanCommand;

/// Where a command leads from a span, if it leads anywhere: a span's place in [`TraceTree::spans`]. Adapters that are
/// folded are passed over.
pub(super) fn target(tree: &TraceTree, from: usize, command: SpanCommand, with_adapters: bool) -> Option<usize> {
    let nodes = &tree.outline.forest.nodes;
    let at = nodes.iter().position(|node| node.item == from)?;
    let depth = nodes[at].depth;
    let is_shown = |at: &usize| !is_out(tree, *at, with_adapters);
    let is_failed = |at: &usize| tree.spans[nodes[*at].item].status == "ERROR";
    let is_lm = |at: &usize| tree.shape.groups.get(nodes[*at].item) == Some(&SpanGroup::Lm);
    let found = match command {
        SpanCommand::Parent => nodes[..at].iter().rposition(|node| node.depth < depth),
        SpanCommand::Child => {
            (at + 1..at + 1 + nodes[at].descendants).filter(|at| nodes[*at].depth == depth + 1).find(is_shown)
        }
        SpanCommand::NextSibling => {
            let below = (at + 1..nodes.len()).take_while(|at| nodes[*at].depth >= depth);
            below.filter(|at| nodes[*at].depth == depth).find(is_shown)
        }
        SpanCommand::PreviousSibling => {
            let above = (0..at).rev().take_while(|at| nodes[*at].depth >= depth);
            above.filter(|at| nodes[*at].depth == depth).find(is_shown)
        }
        // The first one, from wherever; from one that failed to the next, and around.
        SpanCommand::Error if is_failed(&at) => (at + 1..nodes.len()).chain(0..at).find(is_failed),
        SpanCommand::Error => (0..nodes.len()).find(is_failed),
        SpanCommand::NextLm => (at + 1..nodes.len()).find(is_lm),
        SpanCommand::PreviousLm => (0..at).rev().find(is_lm),
        SpanCommand::Find
        | SpanCommand::Critical
        | SpanCommand::TimeIn
        | SpanCommand::TimeOut
        | SpanCommand::FitAll
        | SpanCommand::FitSpan
        | SpanCommand::Raw
        | SpanCommand::CopySpan
        | SpanCommand::CopyMessages
        | SpanCommand::CopyDspy
        | SpanCommand::CopyLiteLlm
        | SpanCommand::CopyCurl => None,
    };
    found.map(|at| nodes[at].item)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::SpanHead;
    use crate::store::memory::MemoryStore;

    fn tree() -> TraceTree {
        let span = |at: usize, id: &str, parent: Option<&str>, kind: &str, status: &str| SpanHead {
            kind: kind.to_owned(),
            status: status.to_owned(),
            ..MemoryStore::span(id, parent, id, at as i64, at as i64 + 5)
        };
        let spans = vec![
            span(0, "qa", None, "CHAIN", "OK"),
            span(1, "format", Some("qa"), "PARSER", "OK"),
            span(2, "lm 1", Some("qa"), "CHAT_MODEL", "OK"),
            span(3, "parse", Some("qa"), "PARSER", "ERROR"),
            span(4, "tool", Some("qa"), "TOOL", "OK"),
            span(5, "lm 2", Some("tool"), "CHAT_MODEL", "ERROR"),
            span(6, "other", None, "CHAIN", "OK"),
        ];
        TraceTree::new(MemoryStore::trace_head("t", "1", None, "QA", 0), spans)
    }

    #[test]
    fn every_step_leads_where_it_says() {
        let tree = tree();
        let step = |from: usize, command, with_adapters| {
            target(&tree, from, command, with_adapters).map(|at| tree.spans[at].name.as_str())
        };
        assert_eq!(step(5, SpanCommand::Parent, false), Some("tool"));
        assert_eq!(step(0, SpanCommand::Parent, false), None);
        assert_eq!(step(0, SpanCommand::Child, false), Some("lm 1"));
        assert_eq!(step(0, SpanCommand::Child, true), Some("format"));
        assert_eq!(step(2, SpanCommand::Child, false), None);
        assert_eq!(step(2, SpanCommand::NextSibling, false), Some("parse"), "it failed");
        assert_eq!(step(2, SpanCommand::PreviousSibling, false), None);
        assert_eq!(step(2, SpanCommand::PreviousSibling, true), Some("format"));
        assert_eq!(step(4, SpanCommand::NextSibling, false), None, "those of its parent are none");
        assert_eq!(step(0, SpanCommand::NextSibling, false), Some("other"));
        assert_eq!(step(6, SpanCommand::PreviousSibling, false), Some("qa"));
        assert_eq!(step(0, SpanCommand::Error, false), Some("parse"));
        assert_eq!(step(3, SpanCommand::Error, false), Some("lm 2"));
        assert_eq!(step(5, SpanCommand::Error, false), Some("parse"), "around");
        assert_eq!(step(0, SpanCommand::NextLm, false), Some("lm 1"));
        assert_eq!(step(2, SpanCommand::NextLm, false), Some("lm 2"));
        assert_eq!(step(5, SpanCommand::NextLm, false), None);
        assert_eq!(step(6, SpanCommand::PreviousLm, false), Some("lm 2"));
        assert_eq!(step(9, SpanCommand::Parent, false), None);
    }
}
