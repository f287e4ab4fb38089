//! What changed between two texts, word by word.
//!
//! Words are those of Unicode (UAX 29), so that Chinese and Japanese change by characters and
//! `don't` is one word. The pieces join back to both texts exactly. Large texts are compared
//! line by line first and by words only where lines differ, and everything ends at a deadline:
//! what has not been compared by then counts as replaced.

mod accidental;
mod cut;
mod lcs;
mod slide;
mod words;

pub use cut::{Known, TextCut, diff_known_texts};

use std::collections::HashMap;
use std::time::Instant;

use similar::{Algorithm, DiffOp, capture_diff_slices_deadline};

use words::{Word, texts, words};

/// What happened to a piece of text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PieceOp {
    /// It is in both.
    Equal,
    /// Only in the new text.
    Insert,
    /// Only in the old text.
    Delete,
}

impl PieceOp {
    /// The word for scripts.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Equal => "equal",
            Self::Insert => "insert",
            Self::Delete => "delete",
        }
    }
}

/// A piece of either text or of both.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// What happened to it.
    pub op: PieceOp,
    /// The text, never empty.
    pub text: String,
}

/// The pieces of two texts. Equal pieces and those of `Delete` join to the old text, equal
/// pieces and those of `Insert` to the new one, both up to what is [`TextDiff::unknown`]; where
/// a piece was replaced the old one stands first.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct TextDiff {
    /// The pieces in order.
    pub pieces: Vec<Piece>,
    /// The deadline came first: what had not been compared by then counts as replaced.
    pub is_cut: bool,
    /// One of the texts is known up to some place only, and what the other has from there on.
    pub unknown: Option<TextCut>,
}

impl TextDiff {
    /// The old text, as far as it is known.
    pub fn old(&self) -> String {
        self.joined(PieceOp::Delete) + self.unknown.as_ref().map_or("", |cut| &cut.old_rest)
    }

    /// The new text, as far as it is known.
    pub fn new_text(&self) -> String {
        self.joined(PieceOp::Insert) + self.unknown.as_ref().map_or("", |cut| &cut.new_rest)
    }

    /// All of both texts was compared word by word.
    pub fn is_complete(&self) -> bool {
        !self.is_cut && self.unknown.is_none()
    }

    /// Nothing changed.
    pub fn is_same(&self) -> bool {
        self.pieces.iter().all(|piece| piece.op == PieceOp::Equal)
    }

    /// Something changed, but only spaces and line ends.
    pub fn is_whitespace_only(&self) -> bool {
        let visible = |op: PieceOp| {
            let pieces = self.pieces.iter().filter(move |piece| piece.op == PieceOp::Equal || piece.op == op);
            pieces.flat_map(|piece| piece.text.chars()).filter(|c| !c.is_whitespace())
        };
        !self.is_same() && visible(PieceOp::Delete).eq(visible(PieceOp::Insert))
    }

    fn joined(&self, op: PieceOp) -> String {
        self.pieces.iter().filter(|piece| piece.op == PieceOp::Equal || piece.op == op).map(|p| &*p.text).collect()
    }
}

/// Texts of more words than this, taken together, are compared by lines first.
const MANY_WORDS: usize = 20_000;

/// Compares two texts; ends soon after `deadline`.
pub fn diff_texts(old: &str, new: &str, deadline: Option<Instant>) -> TextDiff {
    let mut runs = Runs::default();
    if old == new {
        runs.push(PieceOp::Equal, old);
    } else {
        let (old_words, new_words) = (words(old), words(new));
        if old_words.len() + new_words.len() <= MANY_WORDS {
            runs.add_words(&old_words, &new_words, deadline);
        } else {
            runs.add_lines(old, new, deadline);
        }
    }
    TextDiff { pieces: joined_up(runs.runs), is_cut: runs.is_cut, unknown: None }
}

/// Compares two texts line by line, as programs are read: a line that changed is replaced whole.
/// Ends soon after `deadline`.
pub fn diff_lines(old: &str, new: &str, deadline: Option<Instant>) -> TextDiff {
    let mut runs = Runs::default();
    let old: Vec<&str> = old.split_inclusive('\n').collect();
    let new: Vec<&str> = new.split_inclusive('\n').collect();
    for op in runs.compare(&old, &new, deadline) {
        let (old, new) = (old[op.old_range()].concat(), new[op.new_range()].concat());
        match op {
            DiffOp::Equal { .. } => runs.push(PieceOp::Equal, &old),
            _ => {
                runs.push(PieceOp::Delete, &old);
                runs.push(PieceOp::Insert, &new);
            }
        }
    }
    TextDiff { pieces: runs.runs, is_cut: runs.is_cut, unknown: None }
}

/// Compared parts in order; neighbours of one kind are one.
#[derive(Default)]
struct Runs {
    runs: Vec<Piece>,
    is_cut: bool,
}

impl Runs {
    fn push(&mut self, op: PieceOp, text: &str) {
        match self.runs.last_mut() {
            _ if text.is_empty() => {}
            Some(last) if last.op == op => last.text.push_str(text),
            _ => self.runs.push(Piece { op, text: text.to_owned() }),
        }
    }

    /// Two pieces that stand at the same place.
    fn push_change(&mut self, old: &str, new: &str) {
        if old == new {
            self.push(PieceOp::Equal, old);
        } else {
            self.push(PieceOp::Delete, old);
            self.push(PieceOp::Insert, new);
        }
    }

    fn add_words(&mut self, old: &[Word<'_>], new: &[Word<'_>], deadline: Option<Instant>) {
        let ops = self.compare(&texts(old), &texts(new), deadline);
        let ops = accidental::joined(slide::slid(ops, old, new), old, new);
        words::add_words(self, &accidental::ended(ops, old, new), old, new);
    }

    fn add_lines(&mut self, old: &str, new: &str, deadline: Option<Instant>) {
        let old: Vec<&str> = old.split_inclusive('\n').collect();
        let new: Vec<&str> = new.split_inclusive('\n').collect();
        for op in self.compare(&old, &new, deadline) {
            let (old, new) = (old[op.old_range()].concat(), new[op.new_range()].concat());
            match op {
                DiffOp::Equal { .. } => self.push(PieceOp::Equal, &old),
                DiffOp::Replace { .. } => self.add_words(&words(&old), &words(&new), deadline),
                _ => {
                    self.push(PieceOp::Delete, &old);
                    self.push(PieceOp::Insert, &new);
                }
            }
        }
    }

    /// Compares by number instead of by text: each text is looked at once. The fewest changes where that can be
    /// known at once, and else those that are found quickly.
    fn compare(&mut self, old: &[&str], new: &[&str], deadline: Option<Instant>) -> Vec<DiffOp> {
        let mut numbers: HashMap<&str, u32> = HashMap::new();
        let mut number = |part| {
            let next = numbers.len() as u32;
            *numbers.entry(part).or_insert(next)
        };
        let old: Vec<u32> = old.iter().copied().map(&mut number).collect();
        let new: Vec<u32> = new.iter().copied().map(&mut number).collect();
        let is_late = || deadline.is_some_and(|deadline| Instant::now() >= deadline);
        if !is_late()
            && let Some(ops) = lcs::exact(&old, &new)
        {
            return ops;
        }
        let ops = capture_diff_slices_deadline(Algorithm::Myers, &old, &new, deadline);
        // Where one side is empty there is nothing to compare.
        self.is_cut |= !old.is_empty() && !new.is_empty() && is_late();
        ops
    }
}

/// Joins changes that only a space parts: `one two` → `three four` is one replacement, not two
/// with a space that happens to be equal.
fn joined_up(runs: Vec<Piece>) -> Vec<Piece> {
    let mut pieces = Vec::with_capacity(runs.len());
    let mut change = Change::default();
    let mut runs = runs.into_iter().peekable();
    while let Some(run) = runs.next() {
        match run.op {
            PieceOp::Delete => change.delete(&run.text),
            PieceOp::Insert => change.insert(&run.text),
            PieceOp::Equal => {
                let is_gap = run.text.chars().all(|c| c == ' ') && change.is_replacement() && runs.peek().is_some();
                if is_gap {
                    change.gap.push_str(&run.text);
                } else {
                    change.finish(&mut pieces);
                    pieces.push(run);
                }
            }
        }
    }
    change.finish(&mut pieces);
    // What was held back as a gap may touch an equal piece.
    let mut joined = Runs::default();
    for piece in &pieces {
        joined.push(piece.op, &piece.text);
    }
    joined.runs
}

/// A change in the making, and the equal space after it that may become part of it.
#[derive(Default)]
struct Change {
    old: String,
    new: String,
    gap: String,
}

impl Change {
    fn is_replacement(&self) -> bool {
        !self.old.is_empty() && !self.new.is_empty()
    }

    fn close_gap(&mut self) {
        let gap = std::mem::take(&mut self.gap);
        self.old.push_str(&gap);
        self.new.push_str(&gap);
    }

    fn delete(&mut self, text: &str) {
        self.close_gap();
        self.old.push_str(text);
    }

    fn insert(&mut self, text: &str) {
        self.close_gap();
        self.new.push_str(text);
    }

    fn finish(&mut self, pieces: &mut Vec<Piece>) {
        let Self { old, new, gap } = std::mem::take(self);
        for (op, text) in [(PieceOp::Delete, old), (PieceOp::Insert, new), (PieceOp::Equal, gap)] {
            if !text.is_empty() {
                pieces.push(Piece { op, text });
            }
        }
    }
}

#[cfg(test)]
mod tests;
