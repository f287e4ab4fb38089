//! A piece of a text with something marked in it, on one line: what is marked is always in view.

use std::borrow::Cow;

use super::row_text;
use super::tokens::Tokens;
use super::tokens::size::Type;
use crate::words;
use egui::{Align, Painter, Rect, vec2};

/// What stands before the mark takes no more than this part of the room, where there is too little for all.
const BEFORE: f32 = 0.34;
/// More of what is marked is not laid out.
const MARKED_MOST: usize = 300;

/// Paints what stands before the mark, what is marked, and what stands behind it into `rect`.
pub fn paint(painter: &Painter, rect: Rect, [before, marked, behind]: [&str; 3], tokens: &Tokens) {
    let cut = Type::Value;
    let (before, marked, behind) = (single_spaced(before), words::clean(marked), single_spaced(behind));
    let marked = words::ellipsize_graphemes(&marked, MARKED_MOST);
    let marked = row_text::fitted(painter, &marked, cut, rect.width());
    let left = (rect.width() - marked.size().x).max(0.0);
    let behind_width = row_text::fitted(painter, &behind, cut, left).size().x;
    let most = (left * BEFORE).max(left - behind_width);
    let before = end_of(&before, most, |text| row_text::natural(painter, text, cut).size().x);
    let mut at = rect;
    if !before.is_empty() {
        let galley = row_text::natural(painter, &before, cut);
        row_text::paint_galley(painter, at, galley.clone(), tokens.text2, Align::Min);
        at = at.with_min_x(at.left() + galley.size().x);
    }
    let mark = Rect::from_min_size(at.min, vec2(marked.size().x, rect.height())).shrink2(vec2(0.0, 4.0));
    painter.rect_filled(mark.intersect(rect), 2.0, tokens.warn_bg);
    let width = marked.size().x;
    row_text::paint_galley(painter, at, marked, tokens.text1, Align::Min);
    at = at.with_min_x((at.left() + width).min(rect.right()));
    row_text::paint(painter, at, &behind, cut, tokens.text2, Align::Min);
}

/// A text on one line: how far its lines are indented says nothing there.
fn single_spaced(text: &str) -> String {
    let mut spaced = words::clean(text);
    let mut was_space = false;
    spaced.retain(|c| !std::mem::replace(&mut was_space, c == ' ') || c != ' ');
    spaced
}

/// The end of a text that is at most `most` wide; `…` stands where it was cut, and nothing where not even that fits.
fn end_of(text: &str, most: f32, width: impl Fn(&str) -> f32) -> Cow<'_, str> {
    let whole = width(text);
    if whole <= most {
        return Cow::Borrowed(text);
    }
    let mut from = 0;
    loop {
        let rest = text.get(from..).unwrap_or_default();
        let shown = format!("…{rest}");
        let wide = width(&shown);
        if wide <= most && !rest.is_empty() {
            return Cow::Owned(shown);
        }
        let count = rest.chars().count();
        if count <= 1 {
            return Cow::Borrowed("");
        }
        // In a face of even characters this is enough at once.
        let over = ((wide - most) / (wide / (count + 1) as f32)).ceil().max(1.0) as usize;
        from += rest.char_indices().nth(over.min(count - 1)).map_or(rest.len(), |(at, _)| at);
    }
}

#[cfg(test)]
mod tests {
    use super::{end_of, single_spaced};

    #[test]
    fn lines_are_joined_by_single_spaces() {
        assert_eq!(single_spaced("a\n\n    b  c "), "a b c ");
        assert_eq!(single_spaced(" 漢\t字"), " 漢 字");
    }

    #[test]
    fn the_end_stays() {
        // A face in which ASCII is one wide, and everything else two.
        let width = |text: &str| text.chars().map(|c| if c.is_ascii() || c == '…' { 1.0 } else { 2.0 }).sum::<f32>();
        assert_eq!(end_of("some text", 9.0, width), "some text");
        assert_eq!(end_of("some text", 6.0, width), "… text");
        assert_eq!(end_of("漢字 text", 7.0, width), "…text");
        assert_eq!(end_of("some text", 1.0, width), "");
        for most in 0..20 {
            for text in ["", "a", "漢字漢字漢字", "a漢b字c"] {
                let shown = end_of(text, most as f32, width);
                assert!(width(&shown) <= most as f32 && text.ends_with(shown.trim_start_matches('…')), "{text} {most}");
            }
        }
    }
}
