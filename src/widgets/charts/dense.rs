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
    let scale = Scale::new(transform);
    let mut mesh = Mesh::default();
    let most = (transform.frame().width() / STRETCH) as usize + 2;
    mesh.reserve_vertices(4 * most);
    mesh.reserve_triangles(2 * most);
    let mut bar: Option<Bar> = None;
    let mut last: Option<(f64, Pos2)> = None;
    for point in points {
        let at = scale.position(point);
        let stretch = stretch_of(at.x);
        let from = last.filter(|(x, _)| !is_broken(series, *x, point.x)).map(|(_, at)| at);
        match &mut bar {
            Some(bar) if bar.stretch == stretch && from.is_some() => bar.take(at.y),
            _ => {
                if let Some(done) = bar.take() {
                    mesh.add_colored_rect(done.rect(width), color);
                }
                let mut begun = Bar { stretch, low: at.y, high: at.y };
                if let Some(from) = from {
                    if stretch > stretch_of(from.x) + 1 {
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

/// Where values stand on the screen: what `PlotTransform` says, asked once for all points.
struct Scale {
    low: [f64; 2],
    origin: Pos2,
    per_value: [f64; 2],
}

impl Scale {
    fn new(transform: &PlotTransform) -> Self {
        let low = transform.bounds().min();
        let origin = transform.position_from_point(&PlotPoint::new(low[0], low[1]));
        Self { low, origin, per_value: transform.dpos_dvalue() }
    }

    fn position(&self, point: &PlotPoint) -> Pos2 {
        let x = (point.x - self.low[0]) * self.per_value[0];
        let y = (point.y - self.low[1]) * self.per_value[1];
        pos2(self.origin.x + x as f32, self.origin.y + y as f32)
    }
}

/// The stretch of the axis in which a place of the screen lies.
fn stretch_of(x: f32) -> i32 {
    // Rounded down; `floor` is a call where the processor is not known to have it.
    let stretches = x / STRETCH;
    let toward_zero = stretches as i32;
    toward_zero - i32::from(toward_zero as f32 > stretches)
}

/// Whether a value that is no number lies between two x: a line must not bridge it.
fn is_broken(series: &Series, from: f64, to: f64) -> bool {
    let outliers = series.outliers();
    let after = outliers.partition_point(|outlier| outlier.x <= from);
    outliers.get(after).is_some_and(|outlier| outlier.x < to)
}

/// One stretch of the axis and how far the line reaches in it, in points of the screen.
struct Bar {
    stretch: i32,
    low: f32,
    high: f32,
}

impl Bar {
    fn take(&mut self, y: f32) {
        self.low = self.low.min(y);
        self.high = self.high.max(y);
    }

    fn rect(&self, width: f32) -> Rect {
        let left = self.stretch as f32 * STRETCH;
        Rect::from_min_max(pos2(left, self.low - width / 2.0), pos2(left + STRETCH, self.high + width / 2.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui_plot::PlotBounds;

    #[test]
    fn points_stand_where_the_plot_puts_them() {
        let frame = Rect::from_min_max(pos2(100.0, 50.0), pos2(900.0, 450.0));
        let bounds = PlotBounds::from_min_max([1.7e12, -3.0], [1.8e12, 5.0]);
        let transform = PlotTransform::new(frame, bounds, [false, false]);
        let scale = Scale::new(&transform);
        for (x, y) in [(1.7e12, -3.0), (1.75e12, 0.5), (1.8e12, 5.0), (1.6e12, 9.0)] {
            let point = PlotPoint::new(x, y);
            assert!(scale.position(&point).distance(transform.position_from_point(&point)) < 0.01, "{x} {y}");
        }
    }

    #[test]
    fn stretches_are_rounded_down() {
        assert_eq!([-4.1, -2.0, -0.1, 0.0, 1.9, 2.0, 5.0].map(stretch_of), [-3, -1, -1, 0, 0, 1, 2]);
    }
}
