//! What a chart paints of ranges of y: thin bars of how sure points are, brackets of how far they stray.

use super::pointed::{Bracket, Whisker};
use crate::widgets::tokens::Tokens;
use egui::{Painter, Stroke, pos2};
use egui_plot::{PlotPoint, PlotTransform};

/// How thick a bar is, in points; between points that stand close it is thinner.
const BAR: (f32, f32) = (1.0, 2.0);
/// Bars are thick where points stand so far apart.
const APART: f32 = 12.0;

/// Thin bars from low to high.
pub(super) fn whiskers(painter: &Painter, transform: &PlotTransform, whiskers: &[Whisker], tokens: &Tokens) {
    let one = transform.position_from_point_x(1.0) - transform.position_from_point_x(0.0);
    let width = if one >= APART { BAR.1 } else { BAR.0 };
    for whisker in whiskers {
        let at = |y: f64| transform.position_from_point(&PlotPoint::new(whisker.x, y));
        let color = whisker.tone.color(tokens);
        let color = if whisker.is_strong { color } else { tokens.faint(color) };
        painter.line_segment([at(whisker.low), at(whisker.high)], Stroke::new(width, color));
    }
}

/// So far beside the point a bracket stands, and so long its arms are.
const BESIDE: f32 = 11.0;
const ARM: f32 = 4.0;

/// Brackets that open towards their points.
pub(super) fn brackets(painter: &Painter, transform: &PlotTransform, brackets: &[Bracket], tokens: &Tokens) {
    for bracket in brackets {
        let at = |y: f64| transform.position_from_point(&PlotPoint::new(bracket.x, y));
        let (low, high) = (at(bracket.low), at(bracket.high));
        let x = low.x + BESIDE;
        let stroke = Stroke::new(1.6, bracket.tone.color(tokens));
        painter.line_segment([pos2(x, low.y), pos2(x, high.y)], stroke);
        for y in [low.y, high.y] {
            painter.line_segment([pos2(x - ARM, y), pos2(x, y)], stroke);
        }
    }
}

/// What the y axis has to show of ranges.
pub(super) fn y_range(whiskers: &[Whisker], brackets: &[Bracket]) -> Option<(f64, f64)> {
    let ends = whiskers.iter().map(|one| (one.low, one.high)).chain(brackets.iter().map(|one| (one.low, one.high)));
    let finite = ends.filter(|(low, high)| low.is_finite() && high.is_finite());
    finite.reduce(|(low, high), (a, b)| (low.min(a), high.max(b)))
}
