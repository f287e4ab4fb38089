//! A long key in too little room: its middle gives way, since its end tells it from its neighbours.

use super::{layout, natural, paint_galley};
use crate::widgets::tokens::size::Type;
use crate::words::{ellipsize_middle, one_line};
use egui::{Align, Color32, Galley, Painter, Rect};
use std::sync::Arc;
use unicode_segmentation::UnicodeSegmentation as _;

/// Keys are looked at up to so many graphemes.
const LONGEST: usize = 400;

/// Paints a key, whole if it fits. Returns what it covers.
pub fn paint_key(painter: &Painter, rect: Rect, key: &str, cut: Type, color: Color32, align: Align) -> Rect {
    if key.is_empty() || rect.width() < 2.0 {
        return Rect::from_min_size(rect.min, egui::Vec2::ZERO);
    }
    paint_galley(painter, rect, layout_key(painter, key, cut, rect.width()), color, align)
}

/// The longest way to write a key that is at most `width` wide.
pub fn layout_key(painter: &Painter, key: &str, cut: Type, width: f32) -> Arc<Galley> {
    let key = one_line(key, LONGEST);
    let fits = |text: &str| Some(natural(painter, text, cut)).filter(|galley| galley.size().x <= width);
    if let Some(whole) = fits(&key) {
        return whole;
    }
    if let Some(found) = at_dots(&key).iter().find_map(|text| fits(text)) {
        return found;
    }
    // No part of it fits as a whole: two thirds of what does are its end.
    let graphemes = key.graphemes(true).count();
    let written = |kept: usize| ellipsize_middle(&key, kept / 3, kept - kept / 3);
    let (mut fitting, mut too_many) = (0, graphemes);
    while too_many - fitting > 1 {
        let kept = fitting + (too_many - fitting) / 2;
        if fits(&written(kept)).is_some() { fitting = kept } else { too_many = kept }
    }
    if fitting == 0 { layout(painter, &key, cut.font(), width) } else { natural(painter, &written(fitting), cut) }
}

/// Ways to shorten a dotted key, the longest first: its first part, and as many of its last parts as there is room
/// for; then without the first part.
fn at_dots(key: &str) -> Vec<String> {
    let dots: Vec<usize> = key.match_indices('.').map(|(at, _)| at).collect();
    let Some(first) = dots.first() else { return Vec::new() };
    let behind = |at: &usize| &key[at + 1..];
    // Two last parts tell more than the first and one; a single last part is the least.
    let headed =
        dots[1..dots.len().saturating_sub(1).max(1)].iter().map(|at| format!("{}…{}", &key[..=*first], behind(at)));
    let bare = dots.iter().map(|at| format!("…{}", behind(at)));
    headed.chain(bare).collect()
}

#[cfg(test)]
mod tests {
    use super::at_dots;

    #[test]
    fn the_last_parts_of_a_key_stay_longest() {
        let ways = at_dots("Agent.inner.react.signature.instructions");
        assert_eq!(
            ways,
            [
                "Agent.…react.signature.instructions",
                "Agent.…signature.instructions",
                "…inner.react.signature.instructions",
                "…react.signature.instructions",
                "…signature.instructions",
                "…instructions"
            ]
        );
        assert!(at_dots("no_dots").is_empty());
        assert_eq!(at_dots("a.b"), ["…b"]);
    }
}
