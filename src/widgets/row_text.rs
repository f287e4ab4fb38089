//! Painting one line of text into a rectangle, cut with an ellipsis.

mod line;
mod middle;

pub use line::{GRAPHEMES_MOST, layout};
pub use middle::{layout_key, paint_key};

use super::tokens::size::Type;
use super::value_text;
use egui::{Align, Color32, Galley, Painter, Rect, pos2};
use std::sync::Arc;

/// Paints `text` into `rect`, in the middle of its height. Returns what it covers.
pub fn paint(painter: &Painter, rect: Rect, text: &str, cut: Type, color: Color32, align: Align) -> Rect {
    if text.is_empty() || rect.width() < 2.0 {
        return Rect::from_min_size(rect.min, egui::Vec2::ZERO);
    }
    let galley = fitted(painter, text, cut, rect.width());
    paint_galley(painter, rect, galley, color, align)
}

/// Wider than any window; no layout of [`GRAPHEMES_MOST`] is cut by it.
const ENDLESS: f32 = 100_000.0;

/// Texts up to so many bytes are laid out whole first: most of them fit, however wide their place is.
pub const SHORT: usize = 64;

/// Lays `text` out as one line as wide as it needs.
pub fn natural(painter: &Painter, text: &str, cut: Type) -> Arc<Galley> {
    within(painter, text, cut, ENDLESS)
}

/// Lays `text` out as one line that is at most `width` wide.
pub fn fitted(painter: &Painter, text: &str, cut: Type, width: f32) -> Arc<Galley> {
    if text.len() <= SHORT {
        let whole = natural(painter, text, cut);
        if whole.size().x <= width {
            return whole;
        }
    }
    within(painter, text, cut, width)
}

fn within(painter: &Painter, text: &str, cut: Type, width: f32) -> Arc<Galley> {
    match cut {
        // Only values are in a face whose characters are all equally wide.
        Type::Value => value_text::layout(painter, text, width),
        _ => layout(painter, text, cut.font(), width),
    }
}

/// Paints a dotted name. In too little room its beginning gives way: the end tells it from its neighbours.
pub fn paint_dotted(painter: &Painter, rect: Rect, name: &str, cut: Type, color: Color32) -> Rect {
    let fits = |text: &str| Some(layout(painter, text, cut.font(), rect.width())).filter(|galley| !galley.elided);
    let shorter = |(dot, _): (usize, &str)| fits(&format!("…{}", &name[dot + 1..]));
    match fits(name).or_else(|| name.match_indices('.').find_map(shorter)) {
        Some(galley) => paint_galley(painter, rect, galley, color, Align::Min),
        None => paint(painter, rect, name, cut, color, Align::Min),
    }
}

/// Longer names are cut at their end.
const NUMBERED_MOST: usize = 48;
/// So many characters of a name stay before its middle that gives way.
const LEAST_BEFORE: usize = 4;

/// Paints a name that may end with a number: `eval_minibatch_12`. In too little room its middle gives way, as in
/// `eval_mi…_12`: the number tells it from its neighbours.
pub fn paint_numbered(painter: &Painter, rect: Rect, name: &str, cut: Type, color: Color32) -> Rect {
    let fits = |text: &str| Some(layout(painter, text, cut.font(), rect.width())).filter(|galley| !galley.elided);
    match fits(name).or_else(|| shorter(name).into_iter().find_map(|text| fits(&text))) {
        Some(galley) => paint_galley(painter, rect, galley, color, Align::Min),
        None => paint(painter, rect, name, cut, color, Align::Min),
    }
}

/// A numbered name with less and less of its beginning; nothing of another one.
fn shorter(name: &str) -> Vec<String> {
    let end = name.rfind('_').filter(|_| name.len() <= NUMBERED_MOST).unwrap_or(0);
    let (begin, number) = name.split_at(end);
    let digits = number.strip_prefix('_').unwrap_or_default();
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Vec::new();
    }
    let ends = begin.char_indices().skip(LEAST_BEFORE).map(|(at, _)| at);
    let mut all: Vec<String> = ends.map(|at| format!("{}…{number}", &begin[..at])).collect();
    all.reverse();
    all
}

/// Paints a layout into `rect`, in the middle of its height. Returns what it covers.
pub fn paint_galley(painter: &Painter, rect: Rect, galley: Arc<Galley>, color: Color32, align: Align) -> Rect {
    let width = galley.size().x;
    let x = match align {
        Align::Min => rect.left(),
        Align::Center => rect.center().x - width / 2.0,
        Align::Max => rect.right() - width,
    };
    let y = rect.center().y - galley.size().y / 2.0;
    let at = pos2(painter.round_to_pixel(x), painter.round_to_pixel(y));
    let covered = Rect::from_min_size(at, galley.size());
    painter.galley(at, galley, color);
    covered
}

trait RoundToPixel {
    fn round_to_pixel(&self, point: f32) -> f32;
}

impl RoundToPixel for Painter {
    fn round_to_pixel(&self, point: f32) -> f32 {
        let scale = self.pixels_per_point();
        (point * scale).round() / scale
    }
}

#[cfg(test)]
mod tests {
    use super::shorter;

    #[test]
    fn the_middle_of_a_numbered_name_gives_way() {
        let all = shorter("eval_full_12");
        assert_eq!(all, ["eval_ful…_12", "eval_fu…_12", "eval_f…_12", "eval_…_12", "eval…_12"]);
        for other in ["eval", "", "_1", "eval_", "eval_full", "größe_äö", &"x".repeat(60)] {
            assert_eq!(shorter(other), [""; 0], "{other}");
        }
        assert_eq!(shorter("äöüßé_7"), ["äöüß…_7"]);
    }
}
