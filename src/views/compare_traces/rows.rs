//! Which rows of two aligned traces are shown, and where the next difference is. Pure.

use crate::analysis::adapters::is_adapter;
use crate::analysis::trace_alignment::{AlignedRow, Differs, RowChange};
use crate::query::trace_alignment::{AlignedTraces, RowCounts};

/// What is left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Shown {
    /// Adapters are shown.
    pub adapters: bool,
    /// Rows that are the same, and have nothing below that differs, are not.
    pub only_differences: bool,
    /// This row is shown in any case.
    pub kept: Option<usize>,
}

/// One row on screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Line {
    /// Its place among the aligned rows.
    pub row: usize,
    /// Whether the rows below it are shown; `None` if there are none.
    pub is_open: Option<bool>,
}

/// The rows on screen. `is_folded` says of a row whether those below it are hidden.
pub(super) fn lines(aligned: &AlignedTraces, shown: Shown, is_folded: impl Fn(&AlignedRow) -> bool) -> Vec<Line> {
    let rows = &aligned.alignment.rows;
    let mut is_in: Vec<bool> =
        rows.iter().enumerate().map(|(at, row)| shown.kept == Some(at) || !is_left_out(aligned, row, shown)).collect();
    if shown.only_differences {
        // Where it differs is seen only below what it is part of.
        let mut open: Vec<(usize, usize)> = Vec::new();
        for (at, row) in rows.iter().enumerate() {
            while open.pop_if(|(_, end)| *end <= at).is_some() {}
            if is_in[at] {
                for (above, _) in open.iter().rev() {
                    // What stands above one that is shown is shown already.
                    if std::mem::replace(&mut is_in[*above], true) {
                        break;
                    }
                }
            }
            open.push((at, at + 1 + row.descendants));
        }
    }
    // How many are shown of the rows before each.
    let mut before = vec![0_usize; rows.len() + 1];
    for (at, is_in) in is_in.iter().enumerate() {
        before[at + 1] = before[at] + usize::from(*is_in);
    }
    let mut lines: Vec<Line> = Vec::new();
    let mut at = 0;
    while let Some(row) = rows.get(at) {
        let end = (at + 1 + row.descendants).min(rows.len());
        if !is_in[at] {
            at += 1;
            continue;
        }
        let has_some = before[end] > before[at + 1];
        let is_closed = has_some && is_folded(row);
        lines.push(Line { row: at, is_open: has_some.then_some(!is_closed) });
        at = if is_closed { end } else { at + 1 };
    }
    lines
}

/// How many rows there are of each kind, and how many adapters are left out.
pub(super) fn counts(aligned: &AlignedTraces, shown: Shown) -> (RowCounts, usize) {
    let rows = &aligned.alignment.rows;
    let is_told = |row: &&AlignedRow| shown.adapters || !is_quiet_adapter(aligned, row);
    let told: Vec<&AlignedRow> = rows.iter().filter(is_told).collect();
    let folded = rows.len() - told.len();
    (RowCounts::of(told), folded)
}

fn is_left_out(aligned: &AlignedTraces, row: &AlignedRow, shown: Shown) -> bool {
    !shown.adapters && is_quiet_adapter(aligned, row) || shown.only_differences && row.change == RowChange::Same
}

/// Whether a row is a step of an adapter that did not end otherwise: what it wrote stands in the call.
fn is_quiet_adapter(aligned: &AlignedTraces, row: &AlignedRow) -> bool {
    let fails_alone = matches!(row.change, RowChange::Changed(Differs { status: true, .. }));
    let span = |side: usize| aligned.tree(side)?.spans.get((*row.spans.get(side)?)?);
    let mut spans = [span(0), span(1)].into_iter().flatten();
    !fails_alone && spans.any(is_adapter)
}

/// The next row that differs behind `from`, or before it, among those that are shown or folded.
pub(super) fn next_difference(aligned: &AlignedTraces, shown: Shown, from: usize, is_forward: bool) -> Option<usize> {
    let rows = &aligned.alignment.rows;
    let differs = |at: &usize| {
        let row = rows.get(*at);
        row.is_some_and(|row| row.change != RowChange::Same && !is_left_out(aligned, row, shown))
    };
    match is_forward {
        true => (from + 1..rows.len()).find(differs),
        false => (0..from.min(rows.len())).rev().find(differs),
    }
}

/// The rows that a row stands below, the nearest first.
pub(super) fn above(rows: &[AlignedRow], at: usize) -> Vec<usize> {
    let mut depth = rows.get(at).map_or(0, |row| row.depth);
    let mut found = Vec::new();
    for (above, row) in rows.iter().enumerate().take(at).rev() {
        if row.depth < depth {
            depth = row.depth;
            found.push(above);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::trace_alignment::Alignment;

    /// Rows by depth: whether each differs.
    fn aligned(list: &[(u32, bool)]) -> AlignedTraces {
        let row = |(at, (depth, differs)): (usize, &(u32, bool))| {
            let below = list.iter().skip(at + 1).take_while(|(below, _)| below > depth).count();
            let change = Differs { inputs: true, ..Differs::default() };
            let change = if *differs { RowChange::Changed(change) } else { RowChange::Same };
            AlignedRow { spans: [Some(at), Some(at)], depth: *depth, descendants: below, change }
        };
        let rows = list.iter().enumerate().map(row).collect();
        AlignedTraces { alignment: Alignment { rows, first: None }, ..AlignedTraces::default() }
    }

    const ALL: Shown = Shown { adapters: true, only_differences: false, kept: None };

    #[test]
    fn what_differs_is_seen_below_what_it_is_part_of() {
        let aligned = aligned(&[(0, false), (1, false), (2, false), (2, true), (1, false), (0, false)]);
        let shown = |shown, folded: &[usize]| {
            let is_folded = |row: &AlignedRow| row.spans[0].is_some_and(|at| folded.contains(&at));
            lines(&aligned, shown, is_folded).into_iter().map(|line| (line.row, line.is_open)).collect::<Vec<_>>()
        };
        let (open, closed) = (Some(true), Some(false));
        assert_eq!(shown(ALL, &[]), [(0, open), (1, open), (2, None), (3, None), (4, None), (5, None)]);
        assert_eq!(shown(ALL, &[1]), [(0, open), (1, closed), (4, None), (5, None)]);
        let only = Shown { only_differences: true, ..ALL };
        assert_eq!(shown(only, &[]), [(0, open), (1, open), (3, None)]);
        assert_eq!(shown(Shown { kept: Some(5), ..only }, &[0]), [(0, closed), (5, None)]);
        assert_eq!(above(&aligned.alignment.rows, 3), [1, 0]);
    }

    #[test]
    fn from_difference_to_difference() {
        let aligned = aligned(&[(0, false), (1, true), (1, false), (1, true)]);
        let next = |from, is_forward| next_difference(&aligned, ALL, from, is_forward);
        assert_eq!([next(0, true), next(1, true), next(3, true)], [Some(1), Some(3), None]);
        assert_eq!([next(3, false), next(1, false)], [Some(1), None]);
    }
}
