//! Equal words that say nothing: in two sentences that share no thought, `the` and `.` still match. Left alone, they
//! cut one change into many; as part of the change, both sentences can be read.

use std::ops::Range;

use similar::{DiffOp, DiffTag};

use super::lcs::replacement;
use super::words::Word;

/// Makes a run of equal words part of the changes around it, if it is short beside both: where something was replaced
/// not longer than what stood there on average, where something was only added or deleted half of it (a little
/// stricter than diff-match-patch's semantic clean-up). What is left still joins to both texts.
pub(super) fn joined(ops: Vec<DiffOp>, old: &[Word<'_>], new: &[Word<'_>]) -> Vec<DiffOp> {
    let (old, new) = (Sizes::of(old), Sizes::of(new));
    let changed = |op: &DiffOp| old.within(op.old_range()) + new.within(op.new_range());
    let mut kept: Vec<DiffOp> = Vec::with_capacity(ops.len());
    for op in ops {
        kept.push(op);
        // What was joined may be longer than the run before it now.
        while let [.., before, equal @ DiffOp::Equal { .. }, after] = kept.as_slice()
            && 2 * old.within(equal.old_range()) <= changed(before).min(changed(after))
            && let Some(whole) = whole(before, after)
        {
            kept.truncate(kept.len() - 3);
            kept.push(whole);
        }
    }
    kept
}

/// A replacement is long from so many characters on, in both texts.
const LONG: usize = 20;
/// A line ends with no more signs: `."`, `?)`.
const SIGNS: usize = 3;

/// Makes the full stop behind a long replacement part of it, where it ends the line in both texts: alone it would
/// stand at the end of a line of which nothing else was kept.
pub(super) fn ended(ops: Vec<DiffOp>, old: &[Word<'_>], new: &[Word<'_>]) -> Vec<DiffOp> {
    let (old_sizes, new_sizes) = (Sizes::of(old), Sizes::of(new));
    let mut kept: Vec<DiffOp> = Vec::with_capacity(ops.len());
    for op in ops {
        let before = kept.last().copied();
        if let (Some(change @ DiffOp::Replace { .. }), DiffOp::Equal { old_index, new_index, len }) = (before, op)
            && old_sizes.within(change.old_range()).min(new_sizes.within(change.new_range())) >= LONG
            && let Some(signs) =
                signs(old, old_index, len).filter(|signs| self::signs(new, new_index, len) == Some(*signs))
        {
            kept.pop();
            let end = DiffOp::Equal { old_index: old_index + signs, new_index: new_index + signs, len: 0 };
            kept.extend(whole(&change, &end));
            if len > signs {
                let (old_index, new_index) = (old_index + signs, new_index + signs);
                kept.push(DiffOp::Equal { old_index, new_index, len: len - signs });
            }
            continue;
        }
        match (before, op) {
            // Nothing equal is left between them.
            (Some(before), op) if before.tag() != DiffTag::Equal && op.tag() != DiffTag::Equal => {
                kept.pop();
                kept.extend(whole(&before, &op));
            }
            _ => kept.push(op),
        }
    }
    kept
}

/// How many signs from a place on end their line, where nothing else stands before its end.
fn signs(text: &[Word<'_>], at: usize, most: usize) -> Option<usize> {
    (1..=SIGNS.min(most)).find(|count| {
        let signs = text.get(at..at + count).unwrap_or_default();
        let ends = text.get(at + count).is_some_and(|next| next.begins_line() || at + count + 1 == text.len());
        ends && signs.iter().all(|sign| sign.size() > 0 && sign.is_wordless() && !sign.has_gap())
    })
}

/// Two changes and what stands between them as one change.
fn whole(before: &DiffOp, after: &DiffOp) -> Option<DiffOp> {
    let (old_range, new_range) = (before.old_range(), before.new_range());
    replacement(
        old_range.start,
        after.old_range().end.checked_sub(old_range.start)?,
        new_range.start,
        after.new_range().end.checked_sub(new_range.start)?,
    )
}

/// How many characters the words before each place have.
struct Sizes(Vec<usize>);

impl Sizes {
    fn of(words: &[Word<'_>]) -> Self {
        let mut sum = 0;
        let sums = words.iter().map(|word| {
            sum += word.size();
            sum
        });
        Self(std::iter::once(0).chain(sums).collect())
    }

    /// The characters of some words.
    fn within(&self, words: Range<usize>) -> usize {
        let before = |at: usize| self.0.get(at).copied().unwrap_or_default();
        before(words.end).saturating_sub(before(words.start))
    }
}

#[cfg(test)]
mod tests {
    use super::super::{PieceOp, diff_texts};

    fn shown(old: &str, new: &str) -> String {
        let diff = diff_texts(old, new, None);
        assert_eq!((diff.old().as_str(), diff.new_text().as_str()), (old, new));
        let piece = |piece: &super::super::Piece| match piece.op {
            PieceOp::Equal => piece.text.clone(),
            PieceOp::Insert => format!("+[{}]", piece.text),
            PieceOp::Delete => format!("-[{}]", piece.text),
        };
        diff.pieces.iter().map(piece).collect()
    }

    #[test]
    fn sentences_that_share_only_small_words_are_one_change() {
        assert_eq!(
            shown("Act as the librarian of a software archive.", "You sort the technical texts into topics."),
            "-[Act as the librarian of a software archive.]+[You sort the technical texts into topics.]"
        );
    }

    #[test]
    fn the_end_of_a_line_of_which_nothing_is_kept_goes_with_it() {
        let new = "Act as a librarian.\n\nIf nothing fits, give your best guess.";
        assert_eq!(
            shown("Say which topic the document belongs to.", new),
            format!("-[Say which topic the document belongs to.]+[{new}]")
        );
        assert_eq!(
            shown(
                "Say which topic it is (the narrower one!)\n- Return one topic.",
                "Work in three steps and be kind (to all!)\n- Return one topic."
            ),
            "-[Say which topic it is (the narrower one!)]+[Work in three steps and be kind (to all!)]\n- Return one topic."
        );
        // Of a short change the end of its line is no part.
        assert_eq!(shown("answer in one line.", "answer in two words."), "answer in -[one line]+[two words].");
    }

    #[test]
    fn what_is_longer_than_the_changes_around_it_stays() {
        assert_eq!(
            shown("Read the whole question, then answer.", "Weigh the whole question, then reply."),
            "-[Read]+[Weigh] the whole question, then -[answer]+[reply]."
        );
        assert_eq!(shown("the support ticket", "the ticket of a user"), "the -[support ]ticket+[ of a user]");
        // A word was put before and one behind: nothing between them is accidental.
        assert_eq!(shown("answer in one line", "now answer in one line please"), "+[now ]answer in one line+[ please]");
    }
}
