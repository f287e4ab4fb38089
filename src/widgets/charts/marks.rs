//! What a chart paints beside its lines: outliers at the border, names at the ends, rings and bows.

use super::pointed::{Link, Marked};
use super::series::{OutlierKind, Series, SeriesStyle};
use crate::widgets::glyphs::Glyph;
use crate::widgets::row_text;
use crate::widgets::tokens::Tokens;
use crate::widgets::tokens::size::Type;
use crate::words;
use egui::epaint::QuadraticBezierShape;
use egui::{Align, Align2, Color32, Painter, Rect, Shape, Stroke, pos2, vec2};
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

/// How far a ring stands around the point that it marks.
const RING: f32 = 8.0;

/// Rings around points that are pointed at elsewhere.
pub(super) fn rings(painter: &Painter, transform: &PlotTransform, marked: &[Marked], tokens: &Tokens) {
    for point in marked {
        let at = transform.position_from_point(&PlotPoint::new(point.at[0], point.at[1]));
        painter.circle_stroke(at, RING, Stroke::new(1.6, point.tone.color(tokens)));
    }
}

/// So far above the straight way the middle of a bow stands, in points and as a share of its width, and at most.
const BOW: (f32, f32, f32) = (8.0, 0.05, 28.0);

/// Dashed bows from point to point.
pub(super) fn links(painter: &Painter, transform: &PlotTransform, links: &[Link], tokens: &Tokens) {
    let top = transform.frame().top();
    for link in links {
        let at = |[x, y]: [f64; 2]| transform.position_from_point(&PlotPoint::new(x, y));
        let (from, to) = (at(link.from), at(link.to));
        let middle = from.lerp(to, 0.5);
        let room = (from.y.min(to.y) - top).max(0.0);
        let height = (BOW.0 + BOW.1 * (to.x - from.x).abs()).min(BOW.2).min(room);
        let points = [from, pos2(middle.x, middle.y - 2.0 * height), to];
        let bow = QuadraticBezierShape::from_points_stroke(points, false, Color32::TRANSPARENT, Stroke::NONE);
        let (width, color) = if link.is_strong { (1.6, link.tone.color(tokens)) } else { (1.0, tokens.text3) };
        let stroke = Stroke::new(width, color);
        painter.extend(Shape::dashed_line(&bow.flatten(Some(0.5)), stroke, 3.0, 3.0));
    }
}

/// The text about outliers, in the corner.
pub(super) fn corner_text(painter: &Painter, frame: Rect, text: &str, tokens: &Tokens) {
    let at = frame.right_top() + vec2(-4.0, 2.0);
    painter.text(at, Align2::RIGHT_TOP, text, Type::Caption.font(), tokens.warn);
}
