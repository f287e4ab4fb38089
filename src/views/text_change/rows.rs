//! The rows of a card. Made on a worker.

use crate::analysis::text_diff::{PieceOp, TextCut, TextDiff};
use crate::views::wrapped::Paper;
use crate::widgets::diff_text::{DiffLine, Mark, Wrap, mark_phrase, side_by_side, unified};
use crate::words;

/// Between two cards, and within one at each side.
pub(super) const CARD_GAP: f32 = 12.0;
pub(super) const CARD_PADDING: f32 = 12.0;
/// For the sign of a line that changed.
pub(super) const GUTTER: f32 = 16.0;

/// So many unchanged lines stay around a change.
const CONTEXT: usize = 2;

/// Which side of a comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::views) enum Side {
    Old,
    New,
}

/// One row. A card has a number of its place's own.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::views) enum TextRow {
    /// Nothing: a gap.
    Gap,
    /// A caption over what follows.
    Caption(String),
    /// Something that must be read, in a sentence.
    Sentence(String),
    /// What of a sentence has no room on the line above.
    Rest(String),
    /// The top of the two cards, or of the one.
    Top { card: usize },
    /// A line of the old text and one of the new.
    Pair(Option<DiffLine>, Option<DiffLine>),
    /// A line of both texts in one.
    Line(DiffLine),
    /// Within a card: where MLflow cut one of the texts, and whose rest follows.
    Cut(String),
    /// Lines that did not change.
    Hidden { card: usize, lines: usize },
    /// The bottom of the cards.
    Bottom,
}

impl TextRow {
    /// About how many bytes it holds.
    pub fn bytes(&self) -> usize {
        let of_line =
            |line: &DiffLine| line.pieces.iter().map(|piece| 60 + piece.text.len() + piece.raw.len()).sum::<usize>();
        match self {
            Self::Pair(old, new) => old.iter().chain(new).map(of_line).sum(),
            Self::Line(line) => of_line(line),
            Self::Caption(text) | Self::Sentence(text) | Self::Rest(text) | Self::Cut(text) => text.len(),
            Self::Gap | Self::Top { .. } | Self::Hidden { .. } | Self::Bottom => 0,
        }
    }
}

/// What a card shows, and how.
#[derive(Clone, Copy, Debug)]
pub(in crate::views) struct Card<'a> {
    /// Its number.
    pub card: usize,
    pub diff: &'a TextDiff,
    /// What the old and the new text are called within a sentence.
    pub whose: [&'a str; 2],
    /// Lines that did not change are left out, but for some around a change.
    pub is_folded: bool,
    /// Both texts in one rather than beside each other.
    pub is_unified: bool,
    /// Spaces, tabs and line ends are shown as signs.
    pub shows_space: bool,
    pub paper: &'a Paper,
}

impl Card<'_> {
    /// Makes its rows.
    pub fn rows(&self) -> Vec<TextRow> {
        self.rows_with("")
    }

    /// The same with a passage of the new text marked, where both stand in one. Its lines are not left out.
    pub fn rows_with(&self, phrase: &str) -> Vec<TextRow> {
        let pieces = marked(self.diff);
        let lines: Vec<TextRow> = if self.is_unified {
            let mut lines = unified(&pieces, self.wrap());
            mark_phrase(&mut lines, phrase);
            lines.into_iter().map(TextRow::Line).collect()
        } else {
            side_by_side(&pieces, self.wrap()).into_iter().map(|(old, new)| TextRow::Pair(old, new)).collect()
        };
        let mut rows = vec![TextRow::Top { card: self.card }];
        if self.is_folded {
            push_changed(self.card, lines, &mut rows);
        } else {
            rows.extend(lines);
        }
        if let Some(cut) = &self.diff.unknown {
            self.push_rests(cut, &mut rows);
        }
        rows.push(TextRow::Bottom);
        rows
    }

    fn wrap(&self) -> Wrap<'_> {
        let width = match self.is_unified {
            true => self.paper.width - 2.0 * CARD_PADDING - GUTTER,
            false => (self.paper.width - CARD_GAP) / 2.0 - 2.0 * CARD_PADDING,
        };
        Wrap { width: width.max(40.0), widths: &self.paper.widths, shows_space: self.shows_space }
    }

    /// Says where MLflow cut the params, and shows what each side has from there on, unmarked: it
    /// may stand in both.
    fn push_rests(&self, cut: &TextCut, rows: &mut Vec<TextRow>) {
        let names = self.whose;
        let whose = match (cut.old, cut.new) {
            (true, true) => format!("{} and {}", names[0], names[1]),
            (true, false) => names[0].to_owned(),
            _ => names[1].to_owned(),
        };
        rows.push(TextRow::Cut(format!(
            "MLflow cut the param of {whose} here, at 6,000 characters: what follows is not known"
        )));
        for (side, (name, rest)) in names.into_iter().zip([&cut.old_rest, &cut.new_rest]).enumerate() {
            if rest.is_empty() {
                continue;
            }
            let length = words::counted(rest.chars().count(), "character");
            rows.push(TextRow::Cut(format!("Known of {name} alone: {length}, which may stand in both")));
            let lines = unified(&[(Mark::Same, rest.as_str())], self.wrap()).into_iter();
            rows.extend(lines.map(|line| match (self.is_unified, side) {
                (true, _) => TextRow::Line(line),
                (false, 0) => TextRow::Pair(Some(line), None),
                (false, _) => TextRow::Pair(None, Some(line)),
            }));
        }
    }
}

/// The pieces of a difference as they are painted.
pub(in crate::views) fn marked(diff: &TextDiff) -> Vec<(Mark, &str)> {
    let mark = |op: PieceOp| match op {
        PieceOp::Equal => Mark::Same,
        PieceOp::Insert => Mark::Added,
        PieceOp::Delete => Mark::Removed,
    };
    diff.pieces.iter().map(|piece| (mark(piece.op), piece.text.as_str())).collect()
}

/// Lines that changed, and a few around them.
fn push_changed(card: usize, lines: Vec<TextRow>, rows: &mut Vec<TextRow>) {
    let line_changed = |line: &Option<DiffLine>| line.as_ref().is_none_or(DiffLine::is_changed);
    let is_changed = |row: &TextRow| match row {
        TextRow::Pair(old, new) => line_changed(old) || line_changed(new),
        TextRow::Line(line) => line.is_changed() || !line.marked.is_empty(),
        _ => true,
    };
    let mut is_near = vec![false; lines.len()];
    for (at, _) in lines.iter().enumerate().filter(|(_, row)| is_changed(row)) {
        let end = (at + CONTEXT + 1).min(lines.len());
        is_near[at.saturating_sub(CONTEXT)..end].fill(true);
    }
    // One line alone would only be replaced by another.
    for at in 0..lines.len() {
        let alone = (at == 0 || is_near[at - 1]) && is_near.get(at + 1).is_none_or(|near| *near);
        is_near[at] |= alone;
    }
    let mut hidden = 0;
    for (row, is_near) in lines.into_iter().zip(is_near) {
        if !is_near {
            hidden += 1;
            continue;
        }
        if hidden > 0 {
            rows.push(TextRow::Hidden { card, lines: std::mem::take(&mut hidden) });
        }
        rows.push(row);
    }
    if hidden > 0 {
        rows.push(TextRow::Hidden { card, lines: hidden });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::text_diff::diff_texts;
    use crate::widgets::text::CharWidths;

    fn said(card: &Card<'_>) -> Vec<String> {
        let line = |line: &Option<DiffLine>| line.as_ref().map(DiffLine::spoken).unwrap_or_default();
        let say = |row: &TextRow| match row {
            TextRow::Pair(old, new) => format!("{} | {}", line(old), line(new)),
            TextRow::Line(line) => line.spoken(),
            TextRow::Hidden { lines, .. } => format!("{lines} hidden"),
            TextRow::Cut(text) => text.clone(),
            other => format!("{other:?}"),
        };
        card.rows().iter().map(say).collect()
    }

    #[test]
    fn a_folded_card_keeps_a_few_lines_around_a_change() {
        let old: Vec<String> = (1..=9).map(|line| format!("line {line}")).collect();
        let new = old.join("\n").replace("line 5", "line five");
        let diff = diff_texts(&old.join("\n"), &new, None);
        let paper = Paper { width: 200.0, widths: CharWidths::monospace() };
        let card = Card {
            card: 3,
            diff: &diff,
            whose: ["the baseline", "the compared run"],
            is_folded: true,
            is_unified: true,
            shows_space: false,
            paper: &paper,
        };
        let wanted = [
            "Top { card: 3 }",
            "2 hidden",
            "line 3",
            "line 4",
            "line [-5-]{+five+}",
            "line 6",
            "line 7",
            "2 hidden",
            "Bottom",
        ];
        assert_eq!(said(&card), wanted);
        let whole = said(&Card { is_folded: false, ..card });
        assert_eq!((whole.len(), whole[1].as_str()), (11, "line 1"));
        let beside = said(&Card { is_unified: false, ..card });
        assert_eq!(beside[2], "line 3 | line 3");
        assert_eq!(beside[4], "line [-5-] | line {+five+}");
    }

    #[test]
    fn what_was_cut_is_said_and_its_rest_stands_on_its_side() {
        let mut diff = diff_texts("same", "same", None);
        diff.unknown = Some(TextCut { old: true, new: false, old_rest: String::new(), new_rest: "more".to_owned() });
        let paper = Paper { width: 200.0, widths: CharWidths::monospace() };
        let card = Card {
            card: 0,
            diff: &diff,
            whose: ["the state before", "this state"],
            is_folded: false,
            is_unified: false,
            shows_space: false,
            paper: &paper,
        };
        let told = said(&card);
        assert_eq!(told[1], "same | same");
        assert!(told[2].starts_with("MLflow cut the param of the state before here"), "{}", told[2]);
        assert_eq!(told[3], "Known of this state alone: 4 characters, which may stand in both");
        assert_eq!(told[4..], [" | more", "Bottom"]);
    }
}
