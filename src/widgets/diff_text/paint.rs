//! Painting a line of two compared texts.

use super::lines::{DiffLine, Mark};
use crate::widgets::tokens::Tokens;
use crate::widgets::tokens::size::{self, Type};
use egui::text::{CCursor, LayoutJob, TextFormat};
use egui::{Galley, Painter, Pos2, Rect, Stroke, StrokeKind, pos2, vec2};
use std::ops::Range;
use std::sync::Arc;

/// Lays a line out: added pieces on green and underlined, removed ones on red and struck through.
pub fn layout(painter: &Painter, line: &DiffLine, cut: Type, tokens: &Tokens) -> Arc<Galley> {
    let mut job = LayoutJob { break_on_newline: false, ..LayoutJob::default() };
    for piece in &line.pieces {
        let plain = TextFormat::simple(cut.font(), tokens.text1);
        let format = match piece.mark {
            Mark::Same => plain,
            Mark::Added => TextFormat {
                color: tokens.good_on_bg,
                background: tokens.good_bg,
                underline: Stroke::new(size::RULE, tokens.good_on_bg),
                ..plain
            },
            Mark::Removed => TextFormat {
                color: tokens.bad_on_bg,
                background: tokens.bad_bg,
                strikethrough: Stroke::new(size::RULE, tokens.bad_on_bg),
                ..plain
            },
        };
        job.append(&piece.text, 0.0, format);
    }
    painter.layout_job(job)
}

/// Paints a line into `rect`, in the middle of its height.
pub fn paint(painter: &Painter, rect: Rect, line: &DiffLine, cut: Type, tokens: &Tokens) {
    paint_selected(painter, rect, (line, None), cut, tokens);
}

/// The same with some of its characters selected. Returns the layout and where it stands.
pub fn paint_selected(
    painter: &Painter,
    rect: Rect,
    (line, selected): (&DiffLine, Option<Range<usize>>),
    cut: Type,
    tokens: &Tokens,
) -> (Arc<Galley>, Pos2) {
    let galley = layout(painter, line, cut, tokens);
    let y = rect.center().y - galley.size().y / 2.0;
    let scale = painter.pixels_per_point();
    let y = (y * scale).round() / scale;
    let painter = painter.with_clip_rect(rect.intersect(painter.clip_rect()));
    let at = pos2(rect.left(), y);
    let x = |chars: usize| at.x + galley.pos_from_cursor(CCursor::new(chars)).left();
    let place = |chars: &Range<usize>| Rect::from_x_y_ranges(x(chars.start)..=x(chars.end), rect.y_range());
    // What stands on green is framed, too: there the background is not seen.
    let marks: Vec<Rect> = line.marked.iter().map(|chars| place(chars).shrink2(vec2(0.0, 1.0))).collect();
    for mark in &marks {
        painter.rect_filled(*mark, 2.0, tokens.warn_bg);
    }
    if let Some(chars) = selected {
        painter.rect_filled(place(&chars), 0.0, tokens.bg_selected);
    }
    painter.galley(at, Arc::clone(&galley), tokens.text1);
    for mark in marks {
        painter.rect_stroke(mark, 2.0, Stroke::new(size::RULE, tokens.warn), StrokeKind::Outside);
    }
    (galley, at)
}
