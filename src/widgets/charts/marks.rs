//! What a chart paints beside its lines: outliers at the border, names at the ends, the values under the pointer.

use super::series::{OutlierKind, Series, SeriesStyle};
use crate::widgets::glyphs::Glyph;
use crate::widgets::row_text;
use crate::widgets::tokens::Tokens;
use crate::widgets::tokens::size::{self, Type};
use crate::words;
use egui::{Align, Align2, Painter, Pos2, Rect, Stroke, pos2, vec2};
use egui_plot::{PlotPoint, PlotTransform};

/// Marks nearer than this to the last one of their kind would only make a band.
const MARKS_APART: f32 = 9.0;

/// Marks at the top border for +∞, at the bottom for −∞ and NaN.
pub(super) fn outliers(painter: &Painter, transform: &PlotTransform, series: &Series, tokens: &Tokens) {
    let frame = *transform.frame();
    let color = series.tone.color(tokens);
    let mut last: Option<(f32, OutlierKind)> = None;
    for outlier in series.outliers() {
        let x = transform.position_from_point_x(outlier.x);
        let is_near = last.is_some_and(|(at, kind)| kind == outlier.kind && (x - at).abs() < MARKS_APART);
        if !frame.x_range().contains(x) || is_near {
            continue;
        }
        last = Some((x, outlier.kind));
        let (glyph, y) = match outlier.kind {
            OutlierKind::Infinity => (Glyph::Up, frame.top() + 6.0),
            OutlierKind::NegativeInfinity => (Glyph::Down, frame.bottom() - 6.0),
            OutlierKind::NotANumber => (Glyph::Cross, frame.bottom() - 6.0),
        };
        glyph.paint(painter, pos2(x, y), 11.0, color);
    }
}

/// How many points have no place, in words; empty if all have one.
pub(super) fn outlier_text(series: &[Series]) -> String {
    let count = |kind| {
        let of = |s: &Series| s.outliers().iter().filter(|o| o.kind == kind).count();
        series.iter().map(of).sum::<usize>()
    };
    let kinds = [
        (OutlierKind::NotANumber, "✕", "NaN"),
        (OutlierKind::Infinity, "▲", "+∞"),
        (OutlierKind::NegativeInfinity, "▼", "−∞ or no logarithm"),
    ];
    let mut out = String::new();
    for (kind, sign, word) in kinds {
        let n = count(kind);
        if n > 0 {
            if !out.is_empty() {
                out.push_str("   ");
            }
            out.push_str(&format!("{sign} {} {word}", words::count(n as u64)));
        }
    }
    out
}

/// Writes each series' name at the right end of its line, moved apart so that none covers another.
pub(super) fn names(painter: &Painter, transform: &PlotTransform, series: &[Series], room: Rect, tokens: &Tokens) {
    let frame = *transform.frame();
    let mut ends: Vec<(f32, &Series)> = series
        .iter()
        .filter(|s| !s.is_faint && !s.name().is_empty())
        .filter_map(|s| {
            let last = s.points().last()?;
            Some((transform.position_from_point_y(last.y), s))
        })
        .collect();
    ends.sort_by(|a, b| a.0.total_cmp(&b.0));
    let height = 15.0;
    let mut next = frame.top();
    for (y, series) in ends {
        let y = y.clamp(frame.top() + height / 2.0, frame.bottom() - height / 2.0).max(next);
        next = y + height;
        if y > frame.bottom() {
            break;
        }
        let rect = Rect::from_center_size(pos2(room.center().x, y), vec2(room.width(), height));
        let color = series.tone.color(tokens);
        row_text::paint(painter, rect, series.name(), Type::Caption, color, Align::Min);
    }
}

/// Dots of a series, hollow or filled.
pub(super) fn dots(
    painter: &Painter,
    transform: &PlotTransform,
    series: &Series,
    points: &[PlotPoint],
    tokens: &Tokens,
) {
    let color = series.tone.color(tokens);
    let frame = transform.frame().expand(5.0);
    for point in points {
        let at = transform.position_from_point(point);
        if !frame.contains(at) {
            continue;
        }
        match series.style {
            SeriesStyle::Rings => {
                painter.circle(at, 4.0, tokens.bg_panel, Stroke::new(1.4, color));
            }
            SeriesStyle::Dots => {
                painter.circle_filled(at, 4.5, color);
            }
            SeriesStyle::Line | SeriesStyle::Step => {
                painter.circle_filled(at, 2.4, color);
            }
        }
    }
}

/// No more series than this tell their values under the pointer.
const TOLD_MOST: usize = 16;
/// A point of another series counts as being under the line if it is this near, in points.
const NEAR: f32 = 5.0;

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

/// The line under the pointer and the exact values beside it.
pub(super) fn hover(
    painter: &Painter,
    transform: &PlotTransform,
    series: &[Series],
    pointer: Pos2,
    (x_text, y_text): (&dyn Fn(f64) -> String, &dyn Fn(f64) -> String),
    tokens: &Tokens,
) {
    let frame = *transform.frame();
    let x = transform.value_from_position(pointer).x;
    // The line stands on a point of what is in front; a faint series only lies behind.
    let is_all_faint = series.iter().all(|s| s.is_faint);
    let in_front = || series.iter().filter(|s| is_all_faint || !s.is_faint);
    let nearest = in_front().filter_map(|s| s.nearest_x(x)).min_by(|a, b| (a - x).abs().total_cmp(&(b - x).abs()));
    let Some(at) = nearest else { return };
    let line_x = transform.position_from_point_x(at);
    if !frame.x_range().contains(line_x) {
        return;
    }
    painter.vline(line_x, frame.y_range(), (size::RULE, tokens.text3));
    let mut lines = vec![(x_text(at), tokens.text2)];
    let mut count = 0;
    for series in in_front() {
        let Some(told) = told(transform, series, at, y_text) else { continue };
        count += 1;
        if count > TOLD_MOST {
            continue;
        }
        let name = words::one_line(series.name(), 40);
        let color = series.tone.color(tokens);
        lines.push((format!("{} {name}", told.text), color));
        if let Some(point) = told.point {
            painter.circle_filled(transform.position_from_point(&point), 3.5, color);
        }
    }
    if count > TOLD_MOST {
        lines.push((format!("and {} more", count - TOLD_MOST), tokens.text2));
    }
    let galleys: Vec<_> = lines
        .iter()
        .map(|(text, color)| (row_text::layout(painter, text, Type::ValueSmall.font(), 320.0), *color))
        .collect();
    let width = galleys.iter().map(|(galley, _)| galley.size().x).fold(0.0, f32::max);
    let box_size = vec2(width + 2.0 * size::GAP_S, galleys.len() as f32 * 16.0 + size::GAP_S);
    let is_left = line_x + 12.0 + box_size.x > frame.right();
    let corner = if is_left {
        pos2(line_x - 12.0 - box_size.x, frame.top() + 6.0)
    } else {
        pos2(line_x + 12.0, frame.top() + 6.0)
    };
    let rect = Rect::from_min_size(corner, box_size);
    let border = Stroke::new(size::RULE, tokens.line);
    painter.rect(rect, f32::from(size::RADIUS), tokens.bg_panel, border, egui::StrokeKind::Inside);
    for (index, (galley, color)) in galleys.into_iter().enumerate() {
        let line =
            Rect::from_min_size(rect.min + vec2(size::GAP_S, size::GAP_XS + index as f32 * 16.0), vec2(width, 16.0));
        row_text::paint_galley(painter, line, galley, color, Align::Min);
    }
}

/// The text about outliers, in the corner.
pub(super) fn corner_text(painter: &Painter, frame: Rect, text: &str, tokens: &Tokens) {
    let at = frame.right_top() + vec2(-4.0, 2.0);
    painter.text(at, Align2::RIGHT_TOP, text, Type::Caption.font(), tokens.warn);
}
