//! Comparing texts of which the end is not known.
//!
//! A text that was cut says nothing of what stood behind its end. What the other text has left
//! there may stand in both, so it counts neither as deleted nor as inserted.

use std::time::Instant;

use unicode_segmentation::UnicodeSegmentation;

use super::{Piece, PieceOp, TextDiff, diff_texts};

/// A text, and whether it goes on behind its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Known<'a> {
    /// The text, as far as it is known.
    pub text: &'a str,
    /// It was cut: what comes after it is not known.
    pub is_cut: bool,
}

/// Where the knowledge of two texts ends.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct TextCut {
    /// The old text was cut.
    pub old: bool,
    /// The new text was cut.
    pub new: bool,
    /// What the old text has behind the end of the new one; empty if nothing.
    pub old_rest: String,
    /// What the new text has behind the end of the old one; empty if nothing.
    pub new_rest: String,
}

/// Compares two texts as far as both are known; ends soon after `deadline`.
pub fn diff_known_texts(old: Known<'_>, new: Known<'_>, deadline: Option<Instant>) -> TextDiff {
    if !old.is_cut && !new.is_cut || old.text == new.text {
        let diff = diff_texts(old.text, new.text, deadline);
        let cut = TextCut { old: old.is_cut, new: new.is_cut, ..TextCut::default() };
        return TextDiff { unknown: (old.is_cut || new.is_cut).then_some(cut), ..diff };
    }
    // The last word of a cut text is the beginning of one.
    let (old_text, old_tail) = parted(old);
    let (new_text, new_tail) = parted(new);
    let mut diff = diff_texts(old_text, new_text, deadline);
    let end = end_of_knowledge(&diff.pieces, old.is_cut, new.is_cut);
    let behind = diff.pieces.split_off(end);
    let joined = |op: PieceOp| -> String {
        behind.iter().filter(|piece| piece.op == PieceOp::Equal || piece.op == op).map(|piece| &*piece.text).collect()
    };
    let mut old_rest = joined(PieceOp::Delete) + old_tail;
    let mut new_rest = joined(PieceOp::Insert) + new_tail;
    // What both go on with is equal, the beginning of a word included.
    let shared = shared_beginning(&old_rest, &new_rest);
    if shared == old_rest.len() && old.is_cut || shared == new_rest.len() && new.is_cut {
        push(&mut diff.pieces, PieceOp::Equal, &old_rest[..shared]);
        (old_rest, new_rest) = (old_rest.split_off(shared), new_rest.split_off(shared));
    }
    // Of a text that is known to its end, what the cut one has before its cut is surely not there.
    if !new.is_cut {
        push(&mut diff.pieces, PieceOp::Delete, &std::mem::take(&mut old_rest));
    }
    if !old.is_cut {
        push(&mut diff.pieces, PieceOp::Insert, &std::mem::take(&mut new_rest));
    }
    let unknown = Some(TextCut { old: old.is_cut, new: new.is_cut, old_rest, new_rest });
    TextDiff { unknown, ..diff }
}

/// A cut text without its last word, and that word.
fn parted(known: Known<'_>) -> (&str, &str) {
    let mut parts = known.text.split_word_bound_indices().rev();
    let last = parts.find(|(_, part)| !part.chars().all(char::is_whitespace)).map_or(0, |(at, _)| at);
    known.text.split_at(if known.is_cut { last } else { known.text.len() })
}

/// How many bytes two texts begin with alike.
fn shared_beginning(a: &str, b: &str) -> usize {
    a.chars().zip(b.chars()).take_while(|(a, b)| a == b).map(|(c, _)| c.len_utf8()).sum()
}

/// The first piece that stands behind the end of a cut text. Words that happen to stand in what
/// is left of one text and in what was added to the other must not make the rest look deleted:
/// the end is where the fewest characters count as changed.
fn end_of_knowledge(pieces: &[Piece], is_old_cut: bool, is_new_cut: bool) -> usize {
    let size = |piece: &Piece| piece.text.chars().count();
    let in_old: usize = pieces.iter().filter(|piece| piece.op != PieceOp::Insert).map(size).sum();
    let in_new: usize = pieces.iter().filter(|piece| piece.op != PieceOp::Delete).map(size).sum();
    let (mut changed, mut old_left, mut new_left) = (0, in_old, in_new);
    let mut best = (usize::MAX, 0);
    for at in 0..=pieces.len() {
        // Where the new text was cut, the rest of it was added before the cut, and the old one goes on behind it.
        let cost = [(is_new_cut, new_left), (is_old_cut, old_left)];
        let cost = cost.into_iter().filter(|(is_cut, _)| *is_cut).map(|(_, left)| changed + left).min();
        // Of equal ends the last one: it knows most.
        if let Some(cost) = cost.filter(|cost| *cost <= best.0) {
            best = (cost, at);
        }
        let Some(piece) = pieces.get(at) else { break };
        let size = size(piece);
        match piece.op {
            PieceOp::Equal => (old_left, new_left) = (old_left - size, new_left - size),
            PieceOp::Delete => (old_left, changed) = (old_left - size, changed + size),
            PieceOp::Insert => (new_left, changed) = (new_left - size, changed + size),
        }
    }
    best.1
}

fn push(pieces: &mut Vec<Piece>, op: PieceOp, text: &str) {
    match pieces.last_mut() {
        _ if text.is_empty() => {}
        Some(last) if last.op == op => last.text.push_str(text),
        _ => pieces.push(Piece { op, text: text.to_owned() }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: &str = "Plan the day. Weigh each task. Answer in one short line. Never guess a number.";

    fn whole(text: &str) -> Known<'_> {
        Known { text, is_cut: false }
    }

    fn cut(text: &str, at: usize) -> Known<'_> {
        Known { text: &text[..at], is_cut: true }
    }

    fn of(diff: &TextDiff, op: PieceOp) -> Vec<&str> {
        diff.pieces.iter().filter(|piece| piece.op == op).map(|piece| &*piece.text).collect()
    }

    #[test]
    fn what_stands_behind_a_cut_is_not_deleted() {
        let longer = format!("Read it twice. {WHOLE}");
        let diff = diff_known_texts(whole(WHOLE), cut(&longer, 60), None);
        assert_eq!((of(&diff, PieceOp::Delete), of(&diff, PieceOp::Insert)), (vec![], vec!["Read it twice. "]));
        let unknown = diff.unknown.as_ref().expect("a cut");
        assert_eq!((unknown.new, unknown.old, &*unknown.old_rest), (true, false, &WHOLE[45..]));
        assert_eq!((diff.old(), diff.new_text()), (WHOLE.to_owned(), longer[..60].to_owned()));
        // The other way round nothing is inserted behind the cut.
        let diff = diff_known_texts(cut(&longer, 60), whole(WHOLE), None);
        assert_eq!((of(&diff, PieceOp::Delete), of(&diff, PieceOp::Insert)), (vec!["Read it twice. "], vec![]));
        assert_eq!(diff.unknown.map(|cut| cut.new_rest).as_deref(), Some(&WHOLE[45..]));
    }

    #[test]
    fn a_word_that_was_cut_is_none_that_changed() {
        let diff = diff_known_texts(whole(WHOLE), cut(WHOLE, 34), None);
        assert!(diff.is_same() && !diff.is_complete(), "{diff:?}");
        assert_eq!((diff.old(), diff.new_text()), (WHOLE.to_owned(), WHOLE[..34].to_owned()));
        let same = diff_known_texts(cut(WHOLE, 40), cut(WHOLE, 40), None);
        assert!(same.is_same() && !same.is_complete());
    }

    #[test]
    fn what_a_cut_text_lost_before_its_cut_is_deleted() {
        let without = WHOLE.replace("Weigh each task. ", "");
        let diff = diff_known_texts(whole(WHOLE), cut(&without, 50), None);
        assert_eq!(of(&diff, PieceOp::Delete), ["Weigh each task. "]);
        // A text that is known to its end lacks what the cut one has left.
        let diff = diff_known_texts(cut(WHOLE, 60), whole("Plan the day."), None);
        assert_eq!(of(&diff, PieceOp::Delete), [&WHOLE[13..60]]);
    }

    #[test]
    fn words_that_happen_to_stand_in_both_ends_make_nothing_deleted() {
        let added =
            "Plan the day. From here on a long lesson follows: whoever waits for a number should never see two of them";
        let diff = diff_known_texts(whole(WHOLE), cut(added, added.len()), None);
        assert_eq!(of(&diff, PieceOp::Delete), Vec::<&str>::new(), "{diff:?}");
        assert_eq!(diff.old(), WHOLE);
        assert_eq!(diff.new_text(), added);
    }

    #[test]
    fn of_two_cut_texts_both_ends_are_unknown() {
        let longer = format!("Read it twice. {WHOLE}");
        let diff = diff_known_texts(cut(WHOLE, 60), cut(&longer, 60), None);
        assert_eq!((of(&diff, PieceOp::Delete), of(&diff, PieceOp::Insert)), (vec![], vec!["Read it twice. "]));
        assert_eq!((diff.old(), diff.new_text()), (WHOLE[..60].to_owned(), longer[..60].to_owned()));
    }
}
