//! Where something was added or removed beside words that are the same, it could as well have been so a little earlier
//! or later: `wrong.` → `wrong. Look twice.` gained `. Look twice` or ` Look twice.`. Whole lines are read at once, and
//! pieces that begin in the middle of one are not.

use similar::DiffOp;

use super::words::Word;

/// No piece is moved farther, in words.
const MOST: usize = 400;

/// Moves what was only added or only removed to where it is made of whole lines, if such a place is beside it.
pub(super) fn slid(mut ops: Vec<DiffOp>, old: &[Word<'_>], new: &[Word<'_>]) -> Vec<DiffOp> {
    for at in 1..ops.len().saturating_sub(1) {
        let Some([before, change, after]) = ops.get_mut(at - 1..=at + 1) else { continue };
        let text = match change {
            DiffOp::Insert { .. } => new,
            DiffOp::Delete { .. } => old,
            DiffOp::Equal { .. } | DiffOp::Replace { .. } => continue,
        };
        let (Some(left), Some(right)) = (equal(before), equal(after)) else { continue };
        let range = if matches!(change, DiffOp::Insert { .. }) { change.new_range() } else { change.old_range() };
        let is_same = |a: usize, b: usize| matches!((text.get(a), text.get(b)), (Some(a), Some(b)) if a.is(*b));
        // Nothing that is equal on a side goes as a whole.
        let earlier = (1..left.min(MOST)).take_while(|by| is_same(range.start - by, range.end - by)).count();
        let later =
            (0..right.saturating_sub(1).min(MOST)).take_while(|by| is_same(range.start + by, range.end + by)).count();
        let score = |by: isize| {
            let place = |at: usize| at.checked_add_signed(by).map_or(0, |at| boundary(text, at));
            place(range.start) + place(range.end)
        };
        let ways = (-(earlier as isize)..=later as isize).filter(|by| *by != 0);
        let best = ways.max_by_key(|by| (score(*by), -by.abs())).filter(|by| score(*by) > score(0));
        if let Some(by) = best {
            *before = lengthened(*before, by);
            *change = moved(*change, by);
            *after = lengthened(moved(*after, by), -by);
        }
    }
    ops
}

fn equal(op: &DiffOp) -> Option<usize> {
    match op {
        DiffOp::Equal { len, .. } => Some(*len),
        _ => None,
    }
}

/// How well a piece may begin or end before a word: 2 where a line begins, 1 behind the end of a sentence.
fn boundary(text: &[Word<'_>], at: usize) -> u8 {
    let is_end = |word: &Word<'_>| word.is_wordless();
    match text.get(at) {
        _ if at == 0 || at + 1 >= text.len() => 2,
        Some(word) if word.begins_line() => 2,
        Some(word) if word.has_gap() && text.get(at - 1).is_some_and(is_end) => 1,
        _ => 0,
    }
}

fn moved(op: DiffOp, by: isize) -> DiffOp {
    let go = |at: usize| at.saturating_add_signed(by);
    match op {
        DiffOp::Equal { old_index, new_index, len } => {
            DiffOp::Equal { old_index: go(old_index), new_index: go(new_index), len }
        }
        DiffOp::Insert { old_index, new_index, new_len } => {
            DiffOp::Insert { old_index: go(old_index), new_index: go(new_index), new_len }
        }
        DiffOp::Delete { old_index, old_len, new_index } => {
            DiffOp::Delete { old_index: go(old_index), old_len, new_index: go(new_index) }
        }
        DiffOp::Replace { old_index, old_len, new_index, new_len } => {
            DiffOp::Replace { old_index: go(old_index), old_len, new_index: go(new_index), new_len }
        }
    }
}

fn lengthened(op: DiffOp, by: isize) -> DiffOp {
    match op {
        DiffOp::Equal { old_index, new_index, len } => {
            DiffOp::Equal { old_index, new_index, len: len.saturating_add_signed(by) }
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::shown;

    #[test]
    fn a_new_line_is_new_from_its_beginning_to_its_end() {
        assert_eq!(shown("Be brief.", "Be brief.\nBe kind."), "Be brief.+[\nBe kind.]");
        assert_eq!(
            shown("- Read twice.\n- Return one topic.", "- Read twice.\n- Look at the title.\n- Return one topic."),
            "- Read twice.\n+[- Look at the title.\n]- Return one topic."
        );
        assert_eq!(
            shown("- a is b.\n- a is c.\n- d is e.", "- a is b.\n- d is e."),
            "- a is b.\n-[- a is c.\n]- d is e."
        );
        assert_eq!(shown("Be brief. Stop.", "Be brief. Be kind. Stop."), "Be brief. +[Be kind. ]Stop.");
    }

    #[test]
    fn what_has_no_better_place_stays() {
        assert_eq!(shown("a b b c", "a b b b c"), "a b b +[b ]c");
        assert_eq!(shown("one two", "one one two"), "one +[one ]two");
    }
}
