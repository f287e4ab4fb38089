//! The line under the pointer, and what is told beside it.

use super::pointed::TipLine;
use super::series::{OutlierKind, Series};
use crate::widgets::row_text;
use crate::widgets::tokens::size::{self, Type};
use crate::widgets::tokens::{Tokens, Tone};
use crate::words;
use egui::{Align, Context, Id, LayerId, Order, Painter, Pos2, Rect, Stroke, pos2, vec2};
use egui_plot::{PlotPoint, PlotTransform};

/// No more series than this tell their values under the pointer.
const TOLD_MOST: usize = 16;
/// A point of another series counts as being under the line if it is this near, in points.
const NEAR: f32 = 5.0;
/// A line is cut at this width, in points, and is so high.
const LINE_MOST: f32 = 400.0;
const LINE_HEIGHT: f32 = 16.0;
/// The box stands so far beside the line.
const BESIDE: f32 = 12.0;

/// What a series says at the line.
struct Told {
    text: String,
    point: Option<PlotPoint>,
}

/// The value at the line, or at the series' own point beside it; the word for one that has no place.
fn told(transform: &PlotTransform, series: &Series, x: f64, y_text: &dyn Fn(f64) -> String) -> Option<Told> {
    if let Some(kind) = series.outlier_at(x) {
        let text = match kind {
            OutlierKind::NotANumber => "NaN",
            OutlierKind::Infinity => "+∞",
            OutlierKind::NegativeInfinity => "−∞ or no logarithm",
        };
        return Some(Told { text: text.to_owned(), point: None });
    }
    let line_x = transform.position_from_point_x(x);
    let near = || series.nearest(x).filter(|point| (transform.position_from_point_x(point.x) - line_x).abs() <= NEAR);
    let point = series.value_at(x).or_else(near)?;
    Some(Told { text: y_text(point.y), point: Some(point) })
}

/// The series that are read: those in front; a faint one only lies behind.
fn in_front(series: &[Series]) -> impl Iterator<Item = &Series> {
    let is_all_faint = series.iter().all(Series::is_faint);
    series.iter().filter(move |one| is_all_faint || !one.is_faint())
}

/// The x of the point at which the line stands, if it can be seen.
pub(super) fn line_x(transform: &PlotTransform, series: &[Series], pointer: Pos2) -> Option<f64> {
    let x = transform.value_from_position(pointer).x;
    let nearest = in_front(series).filter_map(|one| one.nearest_x(x));
    let at = nearest.min_by(|a, b| (a - x).abs().total_cmp(&(b - x).abs()))?;
    transform.frame().x_range().contains(transform.position_from_point_x(at)).then_some(at)
}

/// Paints the line and the dots on it; what the series say there, below `x_text`.
pub(super) fn read(
    painter: &Painter,
    transform: &PlotTransform,
    series: &[Series],
    at: f64,
    (x_text, y_text): (&dyn Fn(f64) -> String, &dyn Fn(f64) -> String),
    tokens: &Tokens,
) -> Vec<TipLine> {
    let line_x = transform.position_from_point_x(at);
    painter.vline(line_x, transform.frame().y_range(), (size::RULE, tokens.text3));
    let mut lines = vec![(x_text(at), Tone::Muted)];
    let mut count = 0;
    for series in in_front(series) {
        let Some(told) = told(transform, series, at, y_text) else { continue };
        count += 1;
        if count > TOLD_MOST {
            continue;
        }
        let name = words::one_line(series.name(), 40);
        lines.push((format!("{} {name}", told.text), series.tone));
        if let Some(point) = told.point {
            painter.circle_filled(transform.position_from_point(&point), 3.5, series.tone.color(tokens));
        }
    }
    if count > TOLD_MOST {
        lines.push((format!("and {} more", count - TOLD_MOST), Tone::Muted));
    }
    lines
}

/// A box that is higher than this part of the plot stands outside of it: it would hide what it speaks of.
const MOST_OF_PLOT: f32 = 0.6;

/// Where the box begins: in the plot, unless it would cover most of it; then below it, else above it, wherever there is
/// room in the window.
fn tip_top(frame: Rect, room: Rect, height: f32) -> f32 {
    let within = (frame.top() + 6.0).min(room.bottom() - height).max(room.top());
    if height <= frame.height() * MOST_OF_PLOT {
        return within;
    }
    let (below, above) = (frame.bottom() + size::GAP_XS, frame.top() - size::GAP_XS - height);
    if below + height <= room.bottom() {
        below
    } else if above >= room.top() {
        above
    } else {
        within
    }
}

/// The box with the lines, beside the line that stands at `line_x` of `frame`: at the right where there is room, and
/// always wholly within the window.
pub(super) fn tip(ctx: &Context, (frame, line_x): (Rect, f32), lines: &[TipLine], tokens: &Tokens) {
    if lines.is_empty() {
        return;
    }
    // Over everything: beside a narrow chart another one begins.
    let painter = ctx.layer_painter(LayerId::new(Order::Tooltip, Id::unique("tip of a chart")));
    let galleys: Vec<_> = lines
        .iter()
        .map(|(text, tone)| (row_text::layout(&painter, text, Type::ValueSmall.font(), LINE_MOST), tone.color(tokens)))
        .collect();
    let width = galleys.iter().map(|(galley, _)| galley.size().x).fold(0.0, f32::max);
    let room = ctx.content_rect().shrink(size::GAP_XS);
    let box_size = vec2(width + 2.0 * size::GAP_S, galleys.len() as f32 * LINE_HEIGHT + size::GAP_S);
    let is_left = line_x + BESIDE + box_size.x > frame.right().min(room.right());
    let x = if is_left { line_x - BESIDE - box_size.x } else { line_x + BESIDE };
    let x = x.min(room.right() - box_size.x).max(room.left());
    let rect = Rect::from_min_size(pos2(x, tip_top(frame, room, box_size.y)), box_size);
    let border = Stroke::new(size::RULE, tokens.line);
    painter.rect(rect, f32::from(size::RADIUS), tokens.bg_panel, border, egui::StrokeKind::Inside);
    for (index, (galley, color)) in galleys.into_iter().enumerate() {
        let top_left = rect.min + vec2(size::GAP_S, size::GAP_XS + index as f32 * LINE_HEIGHT);
        let line = Rect::from_min_size(top_left, vec2(width, LINE_HEIGHT));
        row_text::paint_galley(&painter, line, galley, color, Align::Min);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tip_that_would_cover_a_short_chart_stands_outside_of_it() {
        let room = Rect::from_min_max(pos2(0.0, 0.0), pos2(800.0, 600.0));
        let plot = |top: f32, height: f32| Rect::from_min_size(pos2(100.0, top), vec2(400.0, height));
        // Little of a high one is covered.
        assert_eq!(tip_top(plot(100.0, 300.0), room, 80.0), 106.0);
        // A short one: below it, where the window ends above it, where there is no room anywhere within.
        assert_eq!(tip_top(plot(100.0, 90.0), room, 80.0), 194.0);
        assert_eq!(tip_top(plot(500.0, 90.0), room, 80.0), 416.0);
        let low = Rect::from_min_max(pos2(0.0, 90.0), pos2(800.0, 190.0));
        assert_eq!(tip_top(plot(100.0, 80.0), low, 80.0), 106.0);
        for height in [10.0, 60.0, 200.0] {
            let top = tip_top(plot(250.0, 40.0), room, height);
            assert!(top + height <= 250.0 || top >= 290.0 || height <= 24.0, "{height}: {top}");
        }
    }
}
