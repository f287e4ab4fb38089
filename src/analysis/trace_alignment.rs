//! Two traces beside each other: which span of one stands for which of the other, what of each pair differs, and where
//! the two first went different ways.
//!
//! Every span of both stands in exactly one row. Siblings are aligned in their order, so that one that was inserted or
//! left out moves no other; see [`siblings`]. What a span was given counts when it begins, what it gave back when it
//! ends: the root's own outputs are the last thing that can differ, not the first.

mod print;
mod siblings;

pub use print::{SpanPrint, settings};

use crate::model::{Forest, SpanHead};
use siblings::Sibling;

/// One of the traces: the lists have the order of `spans`, the forest was built from it.
#[derive(Clone, Copy, Debug)]
pub struct AlignedSide<'a> {
    /// Parents and children.
    pub forest: &'a Forest,
    /// The heads of its spans.
    pub spans: &'a [SpanHead],
    /// What decides of their bodies.
    pub prints: &'a [SpanPrint],
}

/// A span of each trace, or a span that only one of them has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlignedRow {
    /// The span of the first trace and that of the other one, by their places among the spans.
    pub spans: [Option<usize>; 2],
    /// How many rows it stands below, 0 for roots.
    pub depth: u32,
    /// How many rows follow that are below this one.
    pub descendants: usize,
    /// What differs.
    pub change: RowChange,
}

/// What of a row differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RowChange {
    /// Nothing that is compared. Times and tokens are figures, they are shown and make no difference.
    Same,
    /// Both traces have it.
    Changed(Differs),
    /// Only the first trace has it.
    OnlyFirst,
    /// Only the other one has it.
    OnlyOther,
}

/// What of two spans differs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Differs {
    /// How it is called, or its type.
    pub name: bool,
    /// Its signature, model, temperature and whatever else was noted that is not MLflow's own.
    pub settings: bool,
    /// What it was given.
    pub inputs: bool,
    /// What it gave back.
    pub outputs: bool,
    /// How it ended, or the type of its exception.
    pub status: bool,
}

impl Differs {
    /// Nothing differs.
    pub fn is_empty(self) -> bool {
        self == Self::default()
    }

    /// What differs, in words, in the order in which it comes about.
    pub fn words(self) -> impl Iterator<Item = &'static str> {
        let Self { name, settings, inputs, outputs, status } = self;
        let all =
            [(name, "name"), (settings, "settings"), (inputs, "inputs"), (outputs, "outputs"), (status, "status")];
        all.into_iter().filter(|(differs, _)| *differs).map(|(_, word)| word)
    }
}

/// Two traces, aligned.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Alignment {
    /// The rows in the order of a tree.
    pub rows: Vec<AlignedRow>,
    /// The row that first differs, in the order in which things happened; `None` if none does. What adapters wrote and
    /// read counts only where nothing else differs or one of them failed: it stands in the calls around it.
    pub first: Option<usize>,
}

/// Aligns two traces.
pub fn align(first: AlignedSide<'_>, other: AlignedSide<'_>) -> Alignment {
    let sides = [Tree::new(first), Tree::new(other)];
    let mut rows = Vec::with_capacity(first.spans.len().max(other.spans.len()));
    // What is still to come, the next at the end. A chain of 100,000 spans is no deeper than one.
    let mut open: Vec<Step> = Vec::new();
    let below = |roots: [Vec<usize>; 2], depth: u32, open: &mut Vec<Step>| {
        let siblings = [0, 1].map(|side| {
            let of = |node: &usize| sides[side].sibling(*node);
            roots[side].iter().map(of).collect::<Vec<_>>()
        });
        let are_roots = depth == 0;
        let pairs = siblings::align(&siblings[0], &siblings[1], are_roots);
        let step = |pair: [Option<usize>; 2]| {
            let node = |side: usize| pair[side].and_then(|at| roots[side].get(at).copied());
            Step { nodes: [node(0), node(1)], depth }
        };
        open.extend(pairs.into_iter().rev().map(step));
    };
    below([sides[0].roots(), sides[1].roots()], 0, &mut open);
    while let Some(Step { nodes, depth }) = open.pop() {
        let spans = [0, 1].map(|side| nodes[side].and_then(|node| sides[side].item(node)));
        rows.push(AlignedRow { spans, depth, descendants: 0, change: change(&sides, spans) });
        let children = [0, 1].map(|side| nodes[side].map(|node| sides[side].children(node)).unwrap_or_default());
        if children.iter().any(|children| !children.is_empty()) {
            below(children, depth + 1, &mut open);
        }
    }
    set_descendants(&mut rows);
    let first = first_difference(&rows, &sides);
    Alignment { rows, first }
}

/// A pair whose row comes next, by the nodes of the forests.
struct Step {
    nodes: [Option<usize>; 2],
    depth: u32,
}

/// One side, for looking things up.
struct Tree<'a>(AlignedSide<'a>);

impl<'a> Tree<'a> {
    fn new(side: AlignedSide<'a>) -> Self {
        Self(side)
    }

    fn item(&self, node: usize) -> Option<usize> {
        self.0.forest.nodes.get(node).map(|node| node.item)
    }

    fn span(&self, item: usize) -> Option<&'a SpanHead> {
        self.0.spans.get(item)
    }

    fn print(&self, item: usize) -> Option<&'a SpanPrint> {
        self.0.prints.get(item)
    }

    fn roots(&self) -> Vec<usize> {
        self.following(0, self.0.forest.nodes.len())
    }

    fn children(&self, node: usize) -> Vec<usize> {
        let below = self.0.forest.nodes.get(node).map_or(0, |node| node.descendants);
        self.following(node + 1, node + 1 + below)
    }

    /// The nodes from a place on that are below none of each other.
    fn following(&self, from: usize, to: usize) -> Vec<usize> {
        let next = |at: &usize| self.0.forest.nodes.get(*at).map(|node| at + 1 + node.descendants);
        std::iter::successors(Some(from), next).take_while(|at| *at < to).collect()
    }

    fn sibling(&self, node: usize) -> Sibling<'a> {
        let item = self.item(node);
        let span = item.and_then(|item| self.span(item));
        let print = item.and_then(|item| self.print(item));
        Sibling {
            name: span.map_or("", |span| &span.name),
            kind: span.map_or("", |span| &span.kind),
            signature: print.and_then(|print| print.signature.as_deref()),
            inputs: print.and_then(|print| print.inputs),
        }
    }
}

fn change(sides: &[Tree<'_>; 2], spans: [Option<usize>; 2]) -> RowChange {
    let (first, other) = match spans {
        [Some(first), Some(other)] => (first, other),
        [Some(_), None] => return RowChange::OnlyFirst,
        [None, _] => return RowChange::OnlyOther,
    };
    let heads = (sides[0].span(first), sides[1].span(other));
    let prints = (sides[0].print(first), sides[1].print(other));
    let of_head = |is: fn(&SpanHead, &SpanHead) -> bool| heads.0.zip(heads.1).is_some_and(|(a, b)| is(a, b));
    let of_print = |is: fn(&SpanPrint, &SpanPrint) -> bool| prints.0.zip(prints.1).is_some_and(|(a, b)| is(a, b));
    let differs = Differs {
        name: of_head(|a, b| a.name != b.name || a.kind != b.kind),
        settings: of_print(|a, b| a.settings != b.settings),
        inputs: of_print(|a, b| a.inputs != b.inputs),
        outputs: of_print(|a, b| a.outputs != b.outputs),
        status: of_head(|a, b| a.status != b.status) || of_print(|a, b| a.exception != b.exception),
    };
    if differs.is_empty() { RowChange::Same } else { RowChange::Changed(differs) }
}

/// Counts what is below each row, from the depths alone.
fn set_descendants(rows: &mut [AlignedRow]) {
    let mut open: Vec<usize> = Vec::new();
    for at in 0..=rows.len() {
        let depth = rows.get(at).map_or(0, |row| row.depth as usize);
        for done in open.drain(depth.min(open.len())..) {
            if let Some(row) = rows.get_mut(done) {
                row.descendants = at - done - 1;
            }
        }
        open.extend((at < rows.len()).then_some(at));
    }
}

/// The first row that differs, in the order in which spans begin and end.
fn first_difference(rows: &[AlignedRow], sides: &[Tree<'_>; 2]) -> Option<usize> {
    let is_adapter = |row: &AlignedRow| {
        let mut spans = (0..2).filter_map(|side| sides[side].span(row.spans[side]?));
        spans.any(super::adapters::is_adapter)
    };
    let fails_alone = |row: &AlignedRow| matches!(row.change, RowChange::Changed(Differs { status: true, .. }));
    first_where(rows, |row| !is_adapter(row) || fails_alone(row)).or_else(|| first_where(rows, |_| true))
}

fn first_where(rows: &[AlignedRow], counts: impl Fn(&AlignedRow) -> bool) -> Option<usize> {
    // The rows that have begun and not ended, with the places where they do.
    let mut open: Vec<(usize, usize)> = Vec::new();
    for at in 0..=rows.len() {
        while let Some((begun, _)) = open.pop_if(|(_, end)| *end <= at) {
            if rows.get(begun).is_some_and(|row| ends_otherwise(row) && counts(row)) {
                return Some(begun);
            }
        }
        let row = rows.get(at)?;
        if begins_otherwise(row) && counts(row) {
            return Some(at);
        }
        open.push((at, at + 1 + row.descendants));
    }
    None
}

fn begins_otherwise(row: &AlignedRow) -> bool {
    match row.change {
        RowChange::Same => false,
        // The program itself may be called otherwise from one candidate to the next.
        RowChange::Changed(Differs { name, settings, inputs, .. }) => name && row.depth > 0 || settings || inputs,
        RowChange::OnlyFirst | RowChange::OnlyOther => true,
    }
}

fn ends_otherwise(row: &AlignedRow) -> bool {
    matches!(row.change, RowChange::Changed(Differs { outputs, status, .. }) if outputs || status)
}

#[cfg(test)]
mod tests;
