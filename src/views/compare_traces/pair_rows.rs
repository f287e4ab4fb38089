//! The rows of what two spans have in them: what differs, word by word. Made on a worker.

use std::collections::BTreeSet;

use crate::analysis::span_difference::{PartChange, PartDiff};
use crate::views::text_change::{NOT_IN_FULL, marked};
use crate::views::wrapped::{Made, Paper};
use crate::widgets::diff_text::{DiffLine, Wrap, unified};
use crate::words;

/// So many unchanged lines stay around a change.
const CONTEXT: usize = 2;
/// Of a text that only one side has so many lines are shown at first, and of one that is the same.
const ALONE: usize = 12;
const SAME: usize = 6;
/// What lines keep free at the left, for their sign.
pub(super) const LEFT: f32 = 22.0;

/// How the rows are wanted.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Options {
    /// Parts that are the same are shown, too.
    pub shows_same: bool,
    /// Of these parts all lines are shown.
    pub whole: BTreeSet<usize>,
    /// Spaces, tabs and line ends as signs.
    pub shows_space: bool,
}

/// One row.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum PairRow {
    /// Nothing: a gap.
    Gap,
    /// Where what follows stands.
    Place(String),
    /// What follows is called, and how it differs.
    Title(String, PartChange),
    /// A line of both texts in one.
    Line(DiffLine),
    /// So many lines of a part are left out.
    Hidden(usize, usize),
    /// Something that must be read.
    Sentence(&'static str),
    /// So many parts are the same: they can be shown.
    Same(usize),
}

/// The rows of two spans.
#[derive(Debug, Default)]
pub(super) struct PairRows {
    pub rows: Vec<PairRow>,
}

impl Made for PairRows {
    fn bytes(&self) -> usize {
        let of = |row: &PairRow| match row {
            PairRow::Line(line) => {
                line.pieces.iter().map(|piece| 60 + piece.text.len() + piece.raw.len()).sum::<usize>()
            }
            PairRow::Place(text) | PairRow::Title(text, _) => text.len(),
            _ => 0,
        };
        self.rows.iter().map(|row| std::mem::size_of::<PairRow>() + of(row)).sum()
    }
}

/// Makes the rows.
pub(super) fn rows(parts: &[PartDiff], options: &Options, paper: &Paper) -> PairRows {
    let mut rows = Vec::new();
    let mut before = None;
    let mut same = 0;
    for (number, part) in parts.iter().enumerate() {
        let change = part.change();
        if change == PartChange::Same {
            same += 1;
            if !options.shows_same {
                continue;
            }
        }
        if before != Some(&part.place) {
            if before.is_some() {
                rows.push(PairRow::Gap);
            }
            before = Some(&part.place);
            rows.push(PairRow::Place(words::sentence(&part.place.title())));
        }
        let title = part.title();
        if !title.is_empty() || change != PartChange::Changed {
            rows.push(PairRow::Title(title, change));
        }
        if !part.text.is_complete() {
            rows.push(PairRow::Sentence(NOT_IN_FULL));
        }
        let wrap = Wrap { width: paper.width - LEFT, widths: &paper.widths, shows_space: options.shows_space };
        let lines = unified(&marked(&part.text), wrap);
        push_lines(&mut rows, number, lines, change, options.whole.contains(&number));
    }
    if same > 0 {
        rows.push(PairRow::Gap);
        rows.push(PairRow::Same(same));
    }
    PairRows { rows }
}

/// Pushes the lines of a part, but for those that say nothing about what differs.
fn push_lines(rows: &mut Vec<PairRow>, part: usize, lines: Vec<DiffLine>, change: PartChange, is_whole: bool) {
    let total = lines.len();
    let is_kept: Vec<bool> = match change {
        _ if is_whole => vec![true; total],
        PartChange::Same => (0..total).map(|at| at < SAME).collect(),
        PartChange::Added | PartChange::Removed => (0..total).map(|at| at < ALONE).collect(),
        PartChange::Changed => {
            let mut kept = vec![false; total];
            for (at, _) in lines.iter().enumerate().filter(|(_, line)| line.is_changed()) {
                let around = at.saturating_sub(CONTEXT)..(at + CONTEXT + 1).min(total);
                kept.get_mut(around).into_iter().flatten().for_each(|kept| *kept = true);
            }
            kept
        }
    };
    let mut hidden = 0;
    let mut waiting = None;
    for (line, is_kept) in lines.into_iter().zip(is_kept) {
        if !is_kept {
            hidden += 1;
            waiting = Some(line);
            continue;
        }
        push_hidden(rows, part, &mut hidden, waiting.take());
        rows.push(PairRow::Line(line));
    }
    push_hidden(rows, part, &mut hidden, waiting.take());
}

/// A single line is shown: to say that it is not takes as much room.
fn push_hidden(rows: &mut Vec<PairRow>, part: usize, hidden: &mut usize, last: Option<DiffLine>) {
    match (std::mem::take(hidden), last) {
        (1, Some(line)) => rows.push(PairRow::Line(line)),
        (0, _) => {}
        (lines, _) => rows.push(PairRow::Hidden(part, lines)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::span_difference::PartPlace;
    use crate::analysis::text_diff::diff_texts;
    use crate::widgets::text::CharWidths;

    fn part(name: &str, old: &str, new: &str) -> PartDiff {
        PartDiff {
            place: PartPlace::Inputs,
            kind: None,
            name: name.to_owned(),
            text: diff_texts(old, new, None),
            has: [!old.is_empty(), !new.is_empty()],
        }
    }

    fn told(parts: &[PartDiff], options: &Options) -> Vec<String> {
        let paper = Paper { width: 400.0, widths: CharWidths::monospace() };
        let say = |row: &PairRow| match row {
            PairRow::Line(line) => line.spoken(),
            other => format!("{other:?}"),
        };
        rows(parts, options, &paper).rows.iter().map(say).collect()
    }

    #[test]
    fn what_is_the_same_is_counted_and_shown_on_demand() {
        let options = Options { shows_same: false, whole: BTreeSet::new(), shows_space: false };
        let parts = [part("q", "who", "who"), part("a", "me", "you"), part("b", "", "new")];
        let wanted = [
            "Place(\"Inputs\")",
            "Title(\"a\", Changed)",
            "[-me-]{+you+}",
            "Title(\"b\", Added)",
            "{+new+}",
            "Gap",
            "Same(1)",
        ];
        assert_eq!(told(&parts, &options), wanted);
        let all = told(&parts, &Options { shows_same: true, ..options });
        assert_eq!(all[1..3], ["Title(\"q\", Same)", "who"]);
    }

    #[test]
    fn lines_far_from_a_change_are_left_out_until_they_are_wanted() {
        let options = Options { shows_same: false, whole: BTreeSet::new(), shows_space: false };
        let old: Vec<String> = (0..20).map(|line| format!("line {line}")).collect();
        let new = old.join("\n").replace("line 9", "line nine");
        let parts = [part("text", &old.join("\n"), &new)];
        let folded = told(&parts, &options);
        assert_eq!(folded[2..5], ["Hidden(0, 7)", "line 7", "line 8"]);
        assert_eq!(folded[5..], ["line [-9-]{+nine+}", "line 10", "line 11", "Hidden(0, 8)"]);
        let whole = told(&parts, &Options { whole: BTreeSet::from([0]), ..options.clone() });
        assert_eq!(whole.len(), 22);
        let alone = told(&[part("text", "", &new)], &options);
        assert_eq!((alone.len(), alone.last().map(String::as_str)), (15, Some("Hidden(0, 8)")));
    }
}
