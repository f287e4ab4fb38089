//! A trace at one look: where in time and in the tree which kind of work was done, as a small grid.

use super::span_groups::SpanGroup;
use super::stretches::Stretches;
use crate::model::{Forest, SpanHead};

/// How fine the grid is at most: columns are time, rows are the tree from the top down.
const COLUMNS: usize = 360;
const ROWS: usize = 24;

/// What was done in a cell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Done {
    /// Nothing.
    #[default]
    Nothing,
    /// Something, but by spans of other rows, on behalf of one of this row.
    Below,
    /// Work of this kind.
    Work(SpanGroup),
    /// Something that failed.
    Failed,
}

/// The grid.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Overview {
    /// When it begins and ends, nanoseconds since the epoch.
    pub extent_ns: (i64, i64),
    /// How many cells are side by side.
    pub columns: usize,
    /// Row by row.
    pub cells: Vec<Done>,
}

impl Overview {
    /// Of the spans of a trace: their forest, when each worked itself, and what kind of work that was.
    pub fn new(forest: &Forest, spans: &[SpanHead], own: &Stretches, groups: &[SpanGroup]) -> Self {
        let Some(extent_ns) = extent(spans) else { return Self::default() };
        let rows = forest.len().clamp(1, ROWS);
        let mut cells = vec![Done::Nothing; rows * COLUMNS];
        let column = |at: i64| {
            let share = at.saturating_sub(extent_ns.0) as f64 / extent_ns.1.saturating_sub(extent_ns.0).max(1) as f64;
            ((share * COLUMNS as f64) as usize).min(COLUMNS - 1)
        };
        for (position, node) in forest.nodes.iter().enumerate() {
            let Some(span) = spans.get(node.item) else { continue };
            let row = position * rows / forest.len().max(1) * COLUMNS;
            let mut put = |from: i64, to: i64, done: Done| {
                for cell in cells.iter_mut().skip(row + column(from)).take(column(to.max(from)) + 1 - column(from)) {
                    if rank(done) > rank(*cell) {
                        *cell = done;
                    }
                }
            };
            let end = span.end_ns.unwrap_or(extent_ns.1);
            if node.descendants > 0 {
                put(span.start_ns, end, Done::Below);
            }
            let is_failed = span.status == "ERROR";
            let work =
                if is_failed { Done::Failed } else { Done::Work(*groups.get(node.item).unwrap_or(&SpanGroup::Other)) };
            if node.descendants == 0 {
                put(span.start_ns, end, work);
            } else {
                // What ends within the cell in which it began is not worth hiding what is below.
                own.of(node.item)
                    .iter()
                    .filter(|(from, to)| column(*from) < column(*to))
                    .for_each(|(from, to)| put(*from, *to, work));
            }
        }
        Self { extent_ns, columns: COLUMNS, cells }
    }
}

/// What is seen where several things were done: what failed, then calls and tools, then the rest.
fn rank(done: Done) -> u8 {
    match done {
        Done::Nothing => 0,
        Done::Below => 1,
        Done::Work(SpanGroup::Adapter | SpanGroup::Module | SpanGroup::Predictor | SpanGroup::Other) => 2,
        Done::Work(SpanGroup::Agent | SpanGroup::Retriever | SpanGroup::Tool | SpanGroup::Lm) => 3,
        Done::Failed => 4,
    }
}

/// From the first start to the last end, nanoseconds; never empty. `None` without spans.
pub fn extent(spans: &[SpanHead]) -> Option<(i64, i64)> {
    let start = spans.iter().map(|span| span.start_ns).min()?;
    let end = spans.iter().map(|span| span.end_ns.unwrap_or(span.start_ns)).max()?;
    Some((start, end.max(start.saturating_add(1))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::own_time::own_stretches;
    use crate::analysis::span_groups::span_groups;
    use crate::model::SpanHandle;

    #[test]
    fn every_span_is_seen_and_what_failed_first_of_all() {
        let span = |id: &str, parent: Option<&str>, kind: &str, status: &str, start_ns, end_ns| SpanHead {
            id: id.to_owned(),
            parent_id: parent.map(str::to_owned),
            name: String::new(),
            kind: kind.to_owned(),
            status: status.to_owned(),
            start_ns,
            end_ns: Some(end_ns),
            handle: SpanHandle(0),
        };
        let mut spans = vec![
            span("r", None, "CHAIN", "OK", 0, 36_000),
            span("a", Some("r"), "CHAT_MODEL", "OK", 100, 200),
            span("b", Some("r"), "TOOL", "ERROR", 18_000, 18_001),
        ];
        let grid = |spans: &[SpanHead]| {
            let links: Vec<_> = spans.iter().map(|span| (&*span.id, span.parent_id.as_deref())).collect();
            let forest = Forest::build(&links);
            Overview::new(&forest, spans, &own_stretches(&forest, spans), &span_groups(&forest, spans))
        };
        let small = grid(&spans);
        let at = |row: usize, column: usize| small.cells[row * COLUMNS + column];
        assert_eq!(small.cells.len(), 3 * COLUMNS);
        assert_eq!(at(1, 1), Done::Work(SpanGroup::Lm));
        assert_eq!((at(2, 180), at(2, 181)), (Done::Failed, Done::Nothing));
        assert_eq!(at(0, 300), Done::Work(SpanGroup::Module));
        // Of thousands in a row of the grid the one that failed is still seen.
        spans.extend((0..5_000).map(|at| span(&format!("x{at}"), Some("r"), "TOOL", "OK", at * 7, at * 7 + 5)));
        let large = grid(&spans);
        assert_eq!(large.cells.len(), ROWS * COLUMNS);
        assert!(large.cells[180] == Done::Failed);
        assert_eq!(Overview::new(&Forest::default(), &[], &Stretches::default(), &[]), Overview::default());
    }
}
