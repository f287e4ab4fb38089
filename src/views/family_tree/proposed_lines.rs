//! The lines of a proposed text, and which of them stand for it where it is folded. Made on a worker.

use std::time::Instant;

use crate::analysis::text_diff::diff_texts;
use crate::views::text_change::marked;
use crate::views::wrapped::Paper;
use crate::widgets::diff_text::{DiffLine, Mark, Wrap, unified};
use crate::words;

/// So many lines of a folded text are shown.
const LINES_FOLDED: usize = 3;

/// The lines of a folded text that are not shown; empty ones do not count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Hidden {
    /// Those that changed, and all where nothing tells what did.
    pub more: usize,
    /// Those that the parent has, too.
    pub unchanged: usize,
}

impl Hidden {
    /// `… 3 more lines, 2 unchanged`
    pub fn words(self) -> String {
        let unchanged = words::count(self.unchanged as u64);
        match (self.more, self.unchanged) {
            (0, 1) => "… 1 unchanged line".to_owned(),
            (0, _) => format!("… {unchanged} unchanged lines"),
            (more, 0) => format!("… {}", words::counted(more, "more line")),
            (more, _) => format!("… {} that changed, {unchanged} unchanged", words::counted(more, "more line")),
        }
    }

    /// Nothing is left out.
    pub fn is_none(self) -> bool {
        self.more + self.unchanged == 0
    }
}

/// The lines of a proposed text.
pub(super) struct Lines {
    pub lines: Vec<DiffLine>,
    /// Which of them changed; `None` where nothing tells, or all is the same.
    changed: Option<Vec<bool>>,
    /// It took too long to compare them word by word in full.
    pub is_cut: bool,
    /// The text is the one it was made from.
    pub is_same: bool,
}

impl Lines {
    /// Beside what the text was made from, if that is known.
    pub fn of(before: Option<&str>, proposed: &str, paper: &Paper, deadline: Option<Instant>) -> Self {
        let wrap = Wrap { width: paper.width, widths: &paper.widths, shows_space: false };
        let Some(before) = before else {
            let lines = unified(&[(Mark::Same, proposed)], wrap);
            return Self { lines, changed: None, is_cut: false, is_same: false };
        };
        let diff = diff_texts(before, proposed, deadline);
        let lines = unified(&marked(&diff), wrap);
        let changed =
            (!diff.is_same()).then(|| lines.iter().map(|line| has_text(line, |mark| mark != Mark::Same)).collect());
        Self { lines, changed, is_cut: diff.is_cut, is_same: diff.is_same() }
    }

    /// The proposed text alone. What changed in it is still known, though it is not marked.
    pub fn without_marks(self, proposed: &str, paper: &Paper) -> Self {
        let wrap = Wrap { width: paper.width, widths: &paper.widths, shows_space: false };
        // Where a line of both texts begins, and whether something was added in it.
        let mut at = 0;
        let mut added: Vec<(usize, bool)> = Vec::new();
        for line in &self.lines {
            added.push((at, has_text(line, |mark| mark == Mark::Added)));
            let kept = line.pieces.iter().filter(|piece| piece.mark != Mark::Removed);
            at += kept.map(|piece| piece.raw.len()).sum::<usize>();
        }
        let lines = unified(&[(Mark::Same, proposed)], wrap);
        let mut begin = 0;
        let changed: Vec<bool> = (lines.iter())
            .map(|line| {
                let end = begin + line.pieces.iter().map(|piece| piece.raw.len()).sum::<usize>();
                let first = added.partition_point(|(at, _)| *at <= begin).saturating_sub(1);
                let within = added.get(first..).unwrap_or_default().iter().take_while(|(at, _)| *at < end);
                let is_changed = within.clone().any(|(_, is_added)| *is_added);
                begin = end;
                is_changed
            })
            .collect();
        let changed = self.changed.and(Some(changed)).filter(|changed| changed.contains(&true));
        Self { lines, changed, ..self }
    }

    /// The lines that stand for a long text: those that changed first, none of them empty; and what they leave out.
    pub fn folded(&self) -> (Vec<DiffLine>, Hidden) {
        let is_told = |at: &usize| self.lines.get(*at).is_some_and(|line| has_text(line, |_| true));
        let is_changed = |at: &usize| match &self.changed {
            Some(changed) => changed.get(*at).copied().unwrap_or_default(),
            None => true,
        };
        let (more, unchanged): (Vec<usize>, Vec<usize>) = (0..self.lines.len()).filter(is_told).partition(is_changed);
        // One line alone would only be replaced by another.
        let most = if more.len() == LINES_FOLDED + 1 { LINES_FOLDED + 1 } else { LINES_FOLDED };
        // Where only ends of lines changed, no line has a text that did.
        let shown = if more.is_empty() { &unchanged } else { &more };
        let shown: Vec<DiffLine> = shown.iter().take(most).filter_map(|at| self.lines.get(*at).cloned()).collect();
        let hidden = match more.is_empty() {
            true => Hidden { more: 0, unchanged: unchanged.len() - shown.len() },
            false => Hidden { more: more.len() - shown.len(), unchanged: unchanged.len() },
        };
        (shown, hidden)
    }
}

/// Some piece of a line with such a mark is more than spaces and a line end.
fn has_text(line: &DiffLine, is_wanted: impl Fn(Mark) -> bool) -> bool {
    line.pieces.iter().any(|piece| is_wanted(piece.mark) && !piece.raw.trim().is_empty())
}
