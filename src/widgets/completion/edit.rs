//! What happens to the text and its caret: bytes for the caller, characters for egui.

use super::Completion;
use crate::widgets::tokens::Tokens;
use crate::widgets::tokens::size::Type;
use egui::text::{CCursor, CCursorRange, LayoutJob, TextFormat};
use egui::widgets::text_edit::TextEditState;
use egui::{Id, Stroke, Ui};
use std::ops::Range;

/// The byte at which a character begins.
pub(super) fn byte_of(text: &str, character: usize) -> usize {
    text.char_indices().nth(character).map_or(text.len(), |(byte, _)| byte)
}

/// The text after a completion, and the byte at which the caret then stands.
pub fn accept(text: &str, item: &Completion) -> (String, usize) {
    let start = text.floor_char_boundary(item.replace.start.min(text.len()));
    let end = text.ceil_char_boundary(item.replace.end.clamp(start, text.len()));
    let mut out = String::with_capacity(text.len() + item.text.len());
    out.push_str(&text[..start]);
    out.push_str(&item.text);
    let caret = out.len();
    out.push_str(&text[end..]);
    (out, caret)
}

/// Puts a completion into the text of the field `id`, and the caret behind it.
pub(super) fn accept_into(ui: &Ui, id: Id, text: &mut String, item: &Completion) {
    let (after, caret) = accept(text, item);
    let character = after[..caret].chars().count();
    *text = after;
    let mut state = TextEditState::load(ui.ctx(), id).unwrap_or_default();
    state.cursor.set_char_range(Some(CCursorRange::one(CCursor::new(character))));
    state.store(ui.ctx(), id);
}

/// The layout of a line whose `error` is underlined; an error at the end, where nothing stands, marks the last letter.
pub fn layout_with_error(text: &str, error: Option<&Range<usize>>, tokens: &Tokens) -> LayoutJob {
    let plain = TextFormat::simple(Type::Value.font(), tokens.text1);
    let mut job = LayoutJob { break_on_newline: false, ..LayoutJob::default() };
    let (mut start, mut end) = match error {
        Some(range) => (range.start.min(text.len()), range.end.min(text.len())),
        None => (text.len(), text.len()),
    };
    if error.is_some() && start >= end {
        start = text[..text.floor_char_boundary(start)].trim_end().len().saturating_sub(1);
        end = start + 1;
    }
    let start = text.floor_char_boundary(start.min(text.len()));
    let end = text.ceil_char_boundary(end.clamp(start, text.len()));
    let marked = TextFormat { underline: Stroke::new(1.5, tokens.bad), color: tokens.bad, ..plain.clone() };
    job.append(&text[..start], 0.0, plain.clone());
    job.append(&text[start..end], 0.0, marked);
    job.append(&text[end..], 0.0, plain);
    job
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::widgets::tokens::Palette;

    #[test]
    fn a_completion_replaces_bytes_and_carries_the_caret() {
        let item = Completion { replace: 4..7, text: "metrics.".to_owned(), ..Completion::default() };
        assert_eq!(accept("not met > 3", &item), ("not metrics. > 3".to_owned(), 12));
        let item = Completion { replace: 90..99, text: "x".to_owned(), ..Completion::default() };
        assert_eq!(accept("佐", &item), ("佐x".to_owned(), 4));
        let item = Completion { replace: 1..2, text: "x".to_owned(), ..Completion::default() };
        assert_eq!(accept("佐藤", &item), ("x藤".to_owned(), 1));
    }

    #[test]
    fn the_whole_text_is_laid_out_wherever_the_error_is() {
        let tokens = Tokens::get(true, Palette::default());
        for text in ["", "a", "metrics.佐 >", "   "] {
            let errors = [None, Some(0..0), Some(2..3), Some(9..12), Some(0..1), Some(99..100)];
            for error in errors {
                let job = layout_with_error(text, error.as_ref(), tokens);
                assert_eq!(job.text, text, "{error:?}");
            }
        }
        let job = layout_with_error("a = ", Some(&(4..4)), tokens);
        let marked = job.sections.iter().find(|section| section.format.underline.width > 0.0);
        assert_eq!(marked.map(|section| &job.text[section.byte_range.start.0..section.byte_range.end.0]), Some("="));
    }

    #[test]
    fn characters_become_bytes() {
        assert_eq!([0, 1, 2, 9].map(|character| byte_of("佐a", character)), [0, 3, 4, 4]);
    }
}
