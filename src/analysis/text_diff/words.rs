//! Words with the space before them. Only words are compared: every other part of a text is a
//! space, and to compare these too takes four times as long and finds spaces equal that have
//! nothing to do with each other.

use similar::DiffOp;
use unicode_segmentation::UnicodeSegmentation;

use super::{PieceOp, Runs};

/// A word of Unicode (UAX 29), and the spaces and line ends before it. The last one of a text has
/// no word: it holds what is left.
#[derive(Clone, Copy, Debug)]
pub(super) struct Word<'t> {
    whole: &'t str,
    gap: usize,
}

impl<'t> Word<'t> {
    /// The spaces before it.
    fn gap(self) -> &'t str {
        &self.whole[..self.gap]
    }

    /// Without them.
    fn word(self) -> &'t str {
        &self.whole[self.gap..]
    }

    /// Its length in characters.
    pub(super) fn size(self) -> usize {
        self.word().chars().count()
    }

    /// It is the same word as another one; the spaces before them do not count.
    pub(super) fn is(self, other: Self) -> bool {
        self.word() == other.word()
    }

    /// It holds nothing but signs: no letter, no figure.
    pub(super) fn is_wordless(self) -> bool {
        !self.word().chars().any(char::is_alphanumeric)
    }

    /// Spaces or line ends stand before it.
    pub(super) fn has_gap(self) -> bool {
        self.gap > 0
    }

    /// It is the first one of its line.
    pub(super) fn begins_line(self) -> bool {
        self.gap().contains('\n')
    }
}

/// The words of a text, which join to it.
pub(super) fn words(text: &str) -> Vec<Word<'_>> {
    let mut words = Vec::new();
    let mut start = 0;
    for (at, part) in text.split_word_bound_indices() {
        if !part.chars().all(char::is_whitespace) {
            let end = at + part.len();
            words.push(Word { whole: &text[start..end], gap: at - start });
            start = end;
        }
    }
    words.push(Word { whole: &text[start..], gap: text.len() - start });
    words
}

/// The words alone.
pub(super) fn texts<'t>(words: &[Word<'t>]) -> Vec<&'t str> {
    words.iter().map(|word| word.word()).collect()
}

/// Takes over what was found of words, with the spaces between them.
pub(super) fn add_words(runs: &mut Runs, ops: &[DiffOp], old: &[Word<'_>], new: &[Word<'_>]) {
    let mut is_gap_told = false;
    for (at, op) in ops.iter().enumerate() {
        let (old_words, new_words) = (&old[op.old_range()], &new[op.new_range()]);
        if matches!(op, DiffOp::Equal { .. }) {
            for (old, new) in old_words.iter().zip(new_words) {
                if !std::mem::take(&mut is_gap_told) {
                    runs.push_change(old.gap(), new.gap());
                }
                runs.push(PieceOp::Equal, old.word());
            }
            continue;
        }
        // What stays behind the change, and with it the space before.
        let next = ops.get(at + 1).filter(|next| matches!(next, DiffOp::Equal { .. }));
        let next = next.and_then(|next| Some((old.get(next.old_range().start)?, new.get(next.new_range().start)?)));
        // `one two three` → `one three`: gone is `two `, not ` two`, so that whole lines go with
        // their own ends.
        match (old_words.first(), new_words.first(), next) {
            (Some(first), None, Some((behind, kept))) if first.gap() == kept.gap() => {
                runs.push(PieceOp::Equal, first.gap());
                runs.push(PieceOp::Delete, &(without_gap(old_words) + behind.gap()));
                is_gap_told = true;
            }
            (None, Some(first), Some((kept, behind))) if first.gap() == kept.gap() => {
                runs.push(PieceOp::Equal, first.gap());
                runs.push(PieceOp::Insert, &(without_gap(new_words) + behind.gap()));
                is_gap_told = true;
            }
            (Some(first), Some(other), _) if first.gap() == other.gap() => {
                runs.push(PieceOp::Equal, first.gap());
                runs.push(PieceOp::Delete, &without_gap(old_words));
                runs.push(PieceOp::Insert, &without_gap(new_words));
            }
            _ => {
                runs.push(PieceOp::Delete, &joined(old_words));
                runs.push(PieceOp::Insert, &joined(new_words));
            }
        }
    }
}

fn joined(words: &[Word<'_>]) -> String {
    words.iter().map(|word| word.whole).collect()
}

/// Without the space before the first.
fn without_gap(words: &[Word<'_>]) -> String {
    let Some((first, rest)) = words.split_first() else { return String::new() };
    std::iter::once(first.word()).chain(rest.iter().map(|word| word.whole)).collect()
}
