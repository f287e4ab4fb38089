//! A line of more points than there is room for: one bar for each stretch of the axis, from its
//! lowest point to its highest and to where the line comes from. To the eye it is the same line, and
//! it costs a tenth: nothing is joined, rounded or feathered.

use super::series::Series;
use crate::widgets::tokens::Tokens;
use egui::{Mesh, Painter, Pos2, Rect, Shape, Stroke, pos2};
use egui_plot::{PlotPoint, PlotTransform};

/// The width of a bar, in points.
const STRETCH: f32 = 2.0;

/// Whether a line is so dense that bars show it.
pub(super) fn is_dense(points: usize, stretches: usize) -> bool {
    points > 2 * stretches
}

/// Paints a line as bars. `points` are what is drawn of it, by x.
pub(super) fn dense_line(
    painter: &Painter,
    transform: &PlotTransform,
    series: &Series,
    points: &[PlotPoint],
    tokens: &Tokens,
) {
    let color = series.tone.color(tokens);
    let (color, width) = if series.is_faint { (tokens.faint(color), 1.0) } else { (color, 1.6) };
    let mut mesh = Mesh::default();
    let mut bar: Option<Bar> = None;
    let mut last: Option<(f64, Pos2)> = None;
    for point in points {
        let at = transform.position_from_point(point);
        let stretch = (at.x / STRETCH).floor();
        let from = last.filter(|(x, _)| !is_broken(series, *x, point.x)).map(|(_, at)| at);
        match &mut bar {
            Some(bar) if bar.stretch == stretch && from.is_some() => bar.take(at.y),
            _ => {
                if let Some(done) = bar.take() {
                    mesh.add_colored_rect(done.rect(width), color);
                }
                let mut begun = Bar { stretch, low: at.y, high: at.y };
                if let Some(from) = from {
                    if stretch - (from.x / STRETCH).floor() > 1.5 {
                        painter.line_segment([from, at], Stroke::new(width, color));
                    } else {
                        begun.take(from.y);
                    }
                }
                bar = Some(begun);
            }
        }
        last = Some((point.x, at));
    }
    if let Some(done) = bar {
        mesh.add_colored_rect(done.rect(width), color);
    }
    painter.add(Shape::mesh(mesh));
}

/// Whether a value that is no number lies between two x: a line must not bridge it.
fn is_broken(series: &Series, from: f64, to: f64) -> bool {
    let outliers = series.outliers();
    let after = outliers.partition_point(|outlier| outlier.x <= from);
    outliers.get(after).is_some_and(|outlier| outlier.x < to)
}

/// One stretch of the axis and how far the line reaches in it, in points of the screen.
struct Bar {
    stretch: f32,
    low: f32,
    high: f32,
}

impl Bar {
    fn take(&mut self, y: f32) {
        self.low = self.low.min(y);
        self.high = self.high.max(y);
    }

    fn rect(&self, width: f32) -> Rect {
        let left = self.stretch * STRETCH;
        Rect::from_min_max(pos2(left, self.low - width / 2.0), pos2(left + STRETCH, self.high + width / 2.0))
    }
}
