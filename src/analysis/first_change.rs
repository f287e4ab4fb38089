//! The first words of a text that another one does not have at their place: what tells two long texts apart at once.

use crate::words::one_line;

/// Where two texts part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FirstChange {
    /// The new text goes on with this, which the old one does not have there.
    Words {
        /// On one line; the rest of the text, up to [`MOST`].
        text: String,
        /// The texts part at their beginnings.
        is_start: bool,
    },
    /// The new text goes on as the old one does behind this, on one line.
    Without(String),
}

/// No more of a change is kept, in graphemes.
pub const MOST: usize = 200;
/// So many bytes have to go on alike to count as the same text behind a gap.
const GOES_ON: usize = 24;
/// A sentence of which no more than this is the same is shown from its beginning, in bytes.
const SENTENCE: usize = 28;

/// The words of a text from its beginning.
pub fn first_words(text: &str) -> FirstChange {
    FirstChange::Words { text: one_line(text.trim(), MOST).into_owned(), is_start: true }
}

/// Where a text parts from another one; `None` where it is the same but for spaces at its ends.
pub fn first_change(old: &str, new: &str) -> Option<FirstChange> {
    let (old, new) = (old.trim(), new.trim());
    if old == new {
        return None;
    }
    if new.is_empty() {
        return Some(first_words(new));
    }
    let at = word_start(new, common_prefix(old, new));
    let (Some(gone), Some(rest)) = (old.get(at..), new.get(at..)) else { return Some(first_words(new)) };
    // What follows may be what followed a passage that is gone.
    let beginning = rest.get(..rest.ceil_char_boundary(GOES_ON)).unwrap_or(rest);
    let behind = if rest.is_empty() { Some(gone.len()) } else { gone.find(beginning) };
    if let Some(gap) = behind.map(|end| whole_lines(old, at..at + end).trim()).filter(|gap| !gap.is_empty()) {
        return Some(FirstChange::Without(one_line(gap, MOST).into_owned()));
    }
    // The end of what is the same is no beginning of what is not.
    let is_end = |c: char| c.is_whitespace() || matches!(c, '.' | ',' | ';' | ':' | '!' | '?' | ')');
    let skipped = rest.trim_start_matches(is_end);
    let at = if skipped.is_empty() { at } else { new.len() - skipped.len() };
    let from = sentence_start(new, at);
    let text = new.get(from..).unwrap_or(rest);
    Some(FirstChange::Words { text: one_line(text, MOST).into_owned(), is_start: from == 0 })
}

/// How many bytes two texts have in common from their beginnings.
pub fn common_prefix(old: &str, new: &str) -> usize {
    let bytes = old.bytes().zip(new.bytes()).take_while(|(a, b)| a == b).count();
    new.floor_char_boundary(bytes)
}

/// A passage, moved back to where a line begins if it could as well have stood there: of `kind.\n- Be ` in
/// `- Be kind.\n- Be brief.` it is `- Be kind.\n`.
fn whole_lines(text: &str, passage: std::ops::Range<usize>) -> &str {
    let bytes = text.as_bytes();
    let is_same = |by: &usize| bytes.get(passage.start - by) == bytes.get(passage.end - by);
    let most = (1..=passage.start).take_while(is_same).last().unwrap_or_default();
    let begins_line = |by: &usize| *by == passage.start || bytes.get(passage.start - by - 1) == Some(&b'\n');
    let by = (0..=most).find(begins_line).unwrap_or_default();
    text.get(passage.start - by..passage.end - by).or_else(|| text.get(passage)).unwrap_or_default()
}

/// Where the word begins that a place stands in.
fn word_start(text: &str, at: usize) -> usize {
    let before = text.get(..at).unwrap_or_default();
    // Behind a whole word the next one begins.
    let is_whole = text.get(at..).and_then(|rest| rest.chars().next()).is_none_or(|next| !next.is_alphanumeric());
    match before.rfind(|c: char| !c.is_alphanumeric()) {
        _ if is_whole => at,
        Some(last) => last + before.get(last..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8),
        None => 0,
    }
}

/// Where the sentence or line begins that a place stands in, if that is near.
fn sentence_start(text: &str, at: usize) -> usize {
    let before = text.get(..at).unwrap_or_default();
    let line = before.rfind('\n').map_or(0, |end| end + 1);
    let sentence = [". ", "! ", "? ", ": "].iter().filter_map(|end| before.rfind(end).map(|start| start + 2)).max();
    let start = line.max(sentence.unwrap_or(0));
    if at - start <= SENTENCE { start } else { at }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str, is_start: bool) -> Option<FirstChange> {
        Some(FirstChange::Words { text: text.to_owned(), is_start })
    }

    #[test]
    fn texts_are_told_apart_by_the_first_words_that_differ() {
        assert_eq!(first_change("Route it.", " Route it.\n"), None);
        assert_eq!(
            first_change("Route the ticket.", "Act as a clerk.\n\nBe kind."),
            words("Act as a clerk. Be kind.", true)
        );
        let (old, new) =
            ("You are a clerk of the garden. Answer in one line.", "You are a clerk of the garden. Answer fast.");
        assert_eq!(first_change(old, new), words("Answer fast.", false), "from the beginning of its sentence");
        let long = "You are the clerk of a botanical garden who sorts all of the tickets";
        assert_eq!(first_change(&format!("{long} slowly."), &format!("{long} soon.")), words("soon.", false));
        assert_eq!(first_change("a\nb", "a\n\nb\nc"), words("b c", false));
        assert_eq!(first_change("Route it.", "Route it.\n- Be kind."), words("- Be kind.", false));
        assert_eq!(first_change("été un", "été deux"), words("été deux", true));
        assert_eq!(first_change("", "new"), words("new", true));
    }

    #[test]
    fn what_is_gone_is_named() {
        let without = |text: &str| Some(FirstChange::Without(text.to_owned()));
        assert_eq!(first_change("Route it.\n- Be kind.\n- Be brief.", "Route it.\n- Be brief."), without("- Be kind."));
        assert_eq!(first_change("Route it. Be kind.", "Route it."), without("Be kind."));
    }
}
