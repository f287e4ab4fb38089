//! What follows from the spans of a trace alone, without their bodies.

use std::collections::BTreeMap;

use super::adapters::Outline;
use super::alike::{Alike, alike};
use super::critical_path::critical_path;
use super::oddities::{Oddity, oddities};
use super::overview::Overview;
use super::own_time::own_stretches;
use super::span_groups::{SpanGroup, span_groups};
use super::stretches::Stretches;
use crate::model::{Forest, SpanHead};

/// What a tree of spans shows of each of them and of all.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TraceShape {
    /// When each span worked itself.
    pub own: Stretches,
    /// What determined how long the trace took.
    pub critical: Stretches,
    /// How many spans do.
    pub critical_spans: usize,
    /// The kind of work of each span.
    pub groups: Vec<SpanGroup>,
    /// How many spans there are of each kind of work, those that there are, in the order of [`SpanGroup::ALL`].
    pub counts: Vec<(SpanGroup, usize)>,
    /// How many failed.
    pub errors: usize,
    /// How many stand at the top.
    pub roots: usize,
    /// What is odd, by the place of the span.
    pub oddities: BTreeMap<usize, Vec<Oddity>>,
    /// Runs of siblings that are alike, by the positions of the outline.
    pub alike: Vec<Alike>,
    /// How many of the outline's spans before a position failed; one more than there are positions.
    pub errors_before: Vec<u32>,
    /// The position of each span in the whole forest.
    pub positions: Vec<u32>,
    /// All of it at one look.
    pub overview: Overview,
}

impl TraceShape {
    /// Of the spans that the forest and the outline were built from.
    pub fn new(forest: &Forest, outline: &Outline, spans: &[SpanHead]) -> Self {
        let own = own_stretches(forest, spans);
        let groups = span_groups(forest, spans);
        let count = |group: SpanGroup| (group, groups.iter().filter(|one| **one == group).count());
        let counts: Vec<_> = SpanGroup::ALL.into_iter().map(count).filter(|(_, count)| *count > 0).collect();
        let mut failed = 0;
        let mut errors_before = vec![0];
        errors_before.extend(outline.forest.nodes.iter().map(|node| {
            failed += u32::from(is_failed(spans, node.item));
            failed
        }));
        let mut positions = vec![0; spans.len()];
        for (position, node) in forest.nodes.iter().enumerate() {
            if let Some(place) = positions.get_mut(node.item) {
                *place = u32::try_from(position).unwrap_or(u32::MAX);
            }
        }
        let critical = critical_path(forest, spans);
        Self {
            critical_spans: (0..spans.len()).filter(|span| !critical.of(*span).is_empty()).count(),
            critical,
            counts,
            errors: (0..spans.len()).filter(|at| is_failed(spans, *at)).count(),
            roots: forest.nodes.iter().filter(|node| node.depth == 0).count(),
            oddities: oddities(forest, spans),
            alike: alike(&outline.forest, spans),
            errors_before,
            positions,
            overview: Overview::new(forest, spans, &own, &groups),
            own,
            groups,
        }
    }

    /// How many of the outline's spans at these positions failed.
    pub fn errors_within(&self, positions: std::ops::Range<usize>) -> usize {
        let before = |at: usize| self.errors_before.get(at).copied().unwrap_or(0) as usize;
        before(positions.end).saturating_sub(before(positions.start))
    }

    /// Whether a span is on the critical path.
    pub fn is_critical(&self, span: usize) -> bool {
        !self.critical.of(span).is_empty()
    }
}

fn is_failed(spans: &[SpanHead], at: usize) -> bool {
    spans.get(at).is_some_and(|span| span.status == "ERROR")
}
