//! Two traces beside each other: their spans aligned, and what two spans that stand for each other have in them.

use std::sync::Arc;

use super::bodies_at_once::bodies_at_once;
use super::chat::{OneCall, one_call};
use super::trace::TraceTreeOf;
use crate::analysis::span_difference::{ComparedSpan, span_difference};
use crate::analysis::trace_alignment::{AlignedRow, AlignedSide, Alignment, RowChange, SpanPrint, align};
use crate::analysis::{SpanTokens, dspy, roll_up, trace_total};
use crate::model::{SpanBody, Tokens, TraceId};
use crate::query::TraceTree;
use crate::query::ask::{CostClass, Question, Session};
use crate::store::{Part, Result};

pub use crate::analysis::span_difference::{PartChange, PartDiff, PartPlace};
pub use crate::analysis::trace_alignment::Differs;

/// What decides of the bodies of a trace's spans, in the order of its tree's spans. Empty of a trace that is gone.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SpanPrintsOf(pub TraceId);

impl Question for SpanPrintsOf {
    type Answer = Vec<SpanPrint>;
    const LABEL: &'static str = "what spans hold, to compare";
    const COST: CostClass = CostClass::Rows;

    fn answer(&self, session: &mut Session<'_>) -> Result<Self::Answer> {
        let tree = session.ask(&TraceTreeOf(self.0.clone()))?;
        let Some(tree) = tree.as_ref() else { return Ok(Vec::new()) };
        let mut prints = Vec::with_capacity(tree.spans.len());
        for some in bodies_at_once(session.store, &tree.spans) {
            session.cx.check()?;
            let bodies = session.store.span_bodies(session.cx, &self.0, some)?;
            prints.extend(bodies.iter().map(SpanPrint::of));
            prints.resize_with(prints.len() + some.len().saturating_sub(bodies.len()), SpanPrint::default);
        }
        Ok(prints)
    }

    fn bytes(answer: &Self::Answer) -> usize {
        answer.iter().map(SpanPrint::bytes).sum()
    }
}

/// One of two traces that are compared.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ComparedTrace {
    /// The trace and its spans.
    pub tree: Arc<Option<TraceTree>>,
    /// The usage of each span, in the order of the tree's spans.
    pub tokens: Vec<SpanTokens>,
    /// The usage of all, recomputed from its spans.
    pub total: Option<Tokens>,
    /// The model that each span called.
    pub models: Vec<Option<String>>,
}

/// Two traces, aligned.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AlignedTraces {
    /// The first and the other.
    pub traces: [ComparedTrace; 2],
    /// Their spans in rows.
    pub alignment: Alignment,
}

/// How many rows there are of each kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RowCounts {
    /// Both have it, nothing differs.
    pub same: usize,
    /// Both have it, something differs.
    pub changed: usize,
    /// Only the first has it.
    pub only_first: usize,
    /// Only the other has it.
    pub only_other: usize,
}

impl AlignedTraces {
    /// The tree of one side.
    pub fn tree(&self, side: usize) -> Option<&TraceTree> {
        self.traces.get(side)?.tree.as_ref().as_ref()
    }

    /// The duration of a row's span on one side, in nanoseconds; `None` where there is none or it has not ended.
    pub fn duration_ns(&self, row: &AlignedRow, side: usize) -> Option<i64> {
        self.tree(side)?.spans.get((*row.spans.get(side)?)?)?.duration_ns()
    }

    /// By how much longer the other span took; `None` unless both ended.
    pub fn duration_difference_ns(&self, row: &AlignedRow) -> Option<i64> {
        Some(self.duration_ns(row, 1)?.saturating_sub(self.duration_ns(row, 0)?))
    }

    /// The usage of a row's span on one side, with that of what is below it.
    pub fn tokens(&self, row: &AlignedRow, side: usize) -> Option<Tokens> {
        self.traces.get(side)?.tokens.get((*row.spans.get(side)?)?)?.total
    }

    /// How many rows there are of each kind.
    pub fn counts(&self) -> RowCounts {
        RowCounts::of(&self.alignment.rows)
    }
}

impl RowCounts {
    /// Of these rows.
    pub fn of<'a>(rows: impl IntoIterator<Item = &'a AlignedRow>) -> Self {
        let mut counts = Self::default();
        for row in rows {
            *match row.change {
                RowChange::Same => &mut counts.same,
                RowChange::Changed(_) => &mut counts.changed,
                RowChange::OnlyFirst => &mut counts.only_first,
                RowChange::OnlyOther => &mut counts.only_other,
            } += 1;
        }
        counts
    }
}

/// Two traces, aligned; `Err` inside names the one that the store does not have.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct AlignedTracesOf(pub TraceId, pub TraceId);

impl Question for AlignedTracesOf {
    type Answer = std::result::Result<AlignedTraces, TraceId>;
    const LABEL: &'static str = "traces to compare";
    const COST: CostClass = CostClass::Rows;

    fn answer(&self, session: &mut Session<'_>) -> Result<Self::Answer> {
        let mut sides = Vec::with_capacity(2);
        for trace in [&self.0, &self.1] {
            let tree = session.ask(&TraceTreeOf(trace.clone()))?;
            if tree.is_none() {
                return Ok(Err(trace.clone()));
            }
            sides.push((tree, session.ask(&SpanPrintsOf(trace.clone()))?));
        }
        let side = |at: usize| {
            let (tree, prints) = sides.get(at)?;
            let tree = tree.as_ref().as_ref()?;
            Some(AlignedSide { forest: &tree.forest, spans: &tree.spans, prints })
        };
        let (Some(first), Some(other)) = (side(0), side(1)) else { return Ok(Err(self.0.clone())) };
        let alignment = align(first, other);
        let compared = |at: usize, side: AlignedSide<'_>| {
            let own: Vec<Option<Tokens>> = side.prints.iter().map(|print| print.tokens).collect();
            ComparedTrace {
                tree: sides.get(at).map(|(tree, _)| Arc::clone(tree)).unwrap_or_default(),
                tokens: roll_up(side.forest, &own),
                total: trace_total(side.forest, &own),
                models: side.prints.iter().map(|print| print.model.clone()).collect(),
            }
        };
        Ok(Ok(AlignedTraces { traces: [compared(0, first), compared(1, other)], alignment }))
    }

    fn bytes(answer: &Self::Answer) -> usize {
        let Ok(answer) = answer else { return 100 };
        let spans: usize = answer.traces.iter().map(|trace| trace.tokens.len()).sum();
        answer.alignment.rows.len() * 64 + spans * 160
    }
}

/// What two spans that stand for each other have in them, part by part. The spans are named by their places in the
/// trees; one of them may be missing.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SpanPairOf {
    /// The traces.
    pub traces: [TraceId; 2],
    /// The span of each.
    pub spans: [Option<usize>; 2],
}

impl Question for SpanPairOf {
    type Answer = Vec<PartDiff>;
    const LABEL: &'static str = "two spans to compare";
    const COST: CostClass = CostClass::Bodies;

    fn answer(&self, session: &mut Session<'_>) -> Result<Self::Answer> {
        let first = self.side(session, 0)?;
        let other = self.side(session, 1)?;
        let deadline = session.cx.begin(Part::Texts).ends();
        Ok(span_difference(
            first.as_ref().and_then(OneSpan::compared),
            other.as_ref().and_then(OneSpan::compared),
            deadline,
        ))
    }

    fn bytes(answer: &Self::Answer) -> usize {
        answer.iter().map(PartDiff::bytes).sum()
    }
}

/// One of the two spans, read.
struct OneSpan {
    tree: Arc<Option<TraceTree>>,
    at: usize,
    body: SpanBody,
    /// The same as an LM call, if it is one.
    call: Option<dspy::Call>,
}

impl OneSpan {
    fn compared(&self) -> Option<ComparedSpan<'_>> {
        let head = self.tree.as_ref().as_ref()?.spans.get(self.at)?;
        Some(ComparedSpan { head, body: &self.body, call: self.call.as_ref() })
    }
}

impl SpanPairOf {
    fn side(&self, session: &mut Session<'_>, side: usize) -> Result<Option<OneSpan>> {
        let (Some(trace), Some(at)) = (self.traces.get(side), self.spans.get(side).copied().flatten()) else {
            return Ok(None);
        };
        let answer = session.ask(&TraceTreeOf(trace.clone()))?;
        let Some(tree) = answer.as_ref() else { return Ok(None) };
        let Some(OneCall { body, call }) = one_call(session, tree, at)? else { return Ok(None) };
        Ok(Some(OneSpan { tree: Arc::clone(&answer), at, body, call: call.map(|(call, _)| call.call) }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::SpanHead;
    use crate::store::ReadCx;
    use crate::store::memory::MemoryStore;
    use serde_json::json;

    fn span(id: &str, parent: Option<&str>, name: &str, kind: &str, start_ns: i64) -> SpanHead {
        let end_ns = if parent.is_none() { 1_000 } else { start_ns + 1 };
        SpanHead { kind: kind.to_owned(), ..MemoryStore::span(id, parent, name, start_ns, end_ns) }
    }

    #[test]
    fn a_pair_is_read_without_the_rest_of_its_traces() {
        let store = MemoryStore::new();
        let asked = |about: usize| SpanBody {
            inputs: Some(json!({"messages": [{"role": "user", "content": format!("about {about}")}]})),
            outputs: Some(json!(["told"])),
            ..SpanBody::default()
        };
        let mut spans = vec![(span("r", None, "Ask.forward", "CHAIN", 0), SpanBody::default())];
        for at in 0..50 {
            let of = |what: &str, name: &str, kind: &str, after: i64| {
                span(&format!("{what}{at}"), Some("r"), name, kind, 1 + 3 * at as i64 + after)
            };
            spans.push((of("f", "ChatAdapter.format", "PARSER", 0), SpanBody::default()));
            spans.push((of("c", "LM.__call__", "CHAT_MODEL", 1), asked(at)));
            spans.push((of("p", "ChatAdapter.parse", "PARSER", 2), SpanBody::default()));
        }
        store.put_trace(MemoryStore::trace_head("tr-1", "1", None, "Ask", 1), spans.clone());
        store.put_trace(MemoryStore::trace_head("tr-2", "1", None, "Ask", 2), spans);
        let (mut reader, cx) = (store.clone(), ReadCx::new());
        let mut session = Session::alone(&mut reader, &cx);
        let pair = |calls: [usize; 2]| SpanPairOf { traces: ["tr-1".into(), "tr-2".into()], spans: calls.map(Some) };
        let parts = session.ask(&pair([2, 5])).expect("read");
        let request = parts.iter().find(|part| part.place == PartPlace::Request).expect("a request");
        assert_eq!(request.change(), PartChange::Changed, "it is read as an LM call: {parts:?}");
        assert_eq!(store.calls("span_body"), 4, "of each trace the call and what wrote its prompt");
        session.ask(&pair([0, 0])).expect("read");
        assert_eq!(store.calls("span_body"), 6, "of what is no call nothing else");
    }
}
