//! Equal words that say nothing: in two sentences that share no thought, `the` and `.` still match. Left alone, they
//! cut one change into many; as part of the change, both sentences can be read.

use std::ops::Range;

use similar::DiffOp;

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
            "-[Act as the librarian of a software archive]+[You sort the technical texts into topics]."
        );
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
