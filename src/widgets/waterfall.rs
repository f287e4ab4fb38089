//! Bars over time: all that are visible in one mesh, and the axis above them.

use super::row_text;
use super::tokens::Tokens;
use super::tokens::size::{self, Type};
use egui::{Align, Color32, Mesh, Painter, Rect, Shape, Ui, pos2};

/// A stretch of time and the points it is drawn on. Time stays whole nanoseconds until the last step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TimeScale {
    origin_ns: i64,
    span_ns: i64,
    left: f32,
    right: f32,
}

impl TimeScale {
    /// The time from `start_ns` to `end_ns` on the points from `left` to `right`.
    pub fn new(start_ns: i64, end_ns: i64, left: f32, right: f32) -> Self {
        Self {
            origin_ns: start_ns,
            span_ns: end_ns.saturating_sub(start_ns).max(1),
            left,
            right: right.max(left + 1.0),
        }
    }

    /// Where a time stands. Beyond the edges it stands on them.
    pub fn x(&self, at_ns: i64) -> f32 {
        let share = at_ns.saturating_sub(self.origin_ns) as f64 / self.span_ns as f64;
        self.left + (share.clamp(0.0, 1.0) * f64::from(self.right - self.left)) as f32
    }

    /// Round marks from the origin on, as offsets in nanoseconds, at least `least` points apart.
    pub fn ticks(&self, least: f32) -> Vec<i64> {
        let room = f64::from((self.right - self.left) / least.max(1.0)).max(1.0);
        let step = nice_step((self.span_ns as f64 / room).ceil() as i64);
        (0..).map(|n: i64| n.saturating_mul(step)).take_while(|offset| *offset <= self.span_ns).take(1_000).collect()
    }
}

/// The smallest of 1, 2, 5 × 10ⁿ ns, or of the steps of a clock, that is at least `least`.
fn nice_step(least: i64) -> i64 {
    const SECOND: i64 = 1_000_000_000;
    const CLOCK: [i64; 9] = [1, 2, 5, 10, 15, 30, 60, 120, 300];
    let least = least.max(1);
    if least > SECOND {
        if let Some(step) = CLOCK.iter().map(|s| s * SECOND).find(|step| *step >= least) {
            return step;
        }
        let mut step = 600 * SECOND;
        while step < least {
            step = step.saturating_mul(2);
        }
        return step;
    }
    let mut power = 1;
    loop {
        if let Some(step) = [1, 2, 5].into_iter().map(|m| m * power).find(|s| *s >= least) {
            return step;
        }
        power *= 10;
    }
}

/// Collects the bars of the visible rows and paints them at once.
#[derive(Debug)]
pub struct Waterfall {
    scale: TimeScale,
    pixel: f32,
    mesh: Mesh,
}

impl Waterfall {
    /// Begins with no bar. `pixels_per_point` as egui says, for bars that would be thinner than a pixel.
    pub fn new(scale: TimeScale, pixels_per_point: f32) -> Self {
        Self { scale, pixel: 1.0 / pixels_per_point.max(0.1), mesh: Mesh::default() }
    }

    /// Adds a bar in the middle of a row's height, and returns where it stands.
    pub fn add(&mut self, row: Rect, start_ns: i64, end_ns: i64, color: Color32) -> Rect {
        let left = self.round(self.scale.x(start_ns));
        let right = self.round(self.scale.x(end_ns.max(start_ns)));
        // At the right edge a thin bar grows to the left, or it would not be seen.
        let left = left.min(self.scale.right - self.pixel);
        let right = right.max(left + self.pixel);
        let half = (size::BAR / 2.0).min(row.height() / 2.0);
        let rect = Rect::from_min_max(
            pos2(left, self.round(row.center().y - half)),
            pos2(right, self.round(row.center().y + half)),
        );
        if rect.width() >= 6.0 * self.pixel && rect.height() >= 6.0 * self.pixel {
            self.rounded(rect, color);
        } else {
            self.mesh.add_colored_rect(rect, color);
        }
        rect
    }

    /// Paints all bars.
    pub fn paint(self, painter: &Painter) {
        if !self.mesh.is_empty() {
            painter.add(Shape::mesh(self.mesh));
        }
    }

    /// The number of vertices so far.
    pub fn vertices(&self) -> usize {
        self.mesh.vertices.len()
    }

    fn round(&self, point: f32) -> f32 {
        (point / self.pixel).round() * self.pixel
    }

    /// Two pixels off each corner, the outer one by half: smooth without the cost of a path.
    fn rounded(&mut self, r: Rect, color: Color32) {
        let p = self.pixel;
        let mut add = |x0: f32, y0: f32, x1: f32, y1: f32, color| {
            self.mesh.add_colored_rect(Rect::from_min_max(pos2(x0, y0), pos2(x1, y1)), color);
        };
        let (x0, y0, x1, y1) = (r.left(), r.top(), r.right(), r.bottom());
        add(x0, y0 + 2.0 * p, x1, y1 - 2.0 * p, color);
        let soft = color.gamma_multiply(0.55);
        for (near, far) in [(y0, y0 + p), (y1 - p, y1)] {
            add(x0 + 2.0 * p, near, x1 - 2.0 * p, far, color);
            add(x0 + p, near, x0 + 2.0 * p, far, soft);
            add(x1 - 2.0 * p, near, x1 - p, far, soft);
        }
        for (near, far) in [(y0 + p, y0 + 2.0 * p), (y1 - 2.0 * p, y1 - p)] {
            add(x0 + p, near, x1 - p, far, color);
            add(x0, near, x0 + p, far, soft);
            add(x1 - p, near, x1, far, soft);
        }
    }
}

/// Paints the axis into `rect`: offsets from the start at round steps, and the rule at the left.
pub fn axis_ui(ui: &Ui, rect: Rect, scale: &TimeScale) {
    let tokens = Tokens::of(ui);
    let ticks = scale.ticks(58.0);
    for (index, offset) in ticks.iter().enumerate() {
        let x = scale.x(scale.origin_ns.saturating_add(*offset));
        let end = match ticks.get(index + 1) {
            Some(next) => scale.x(scale.origin_ns.saturating_add(*next)),
            None => rect.right(),
        };
        let cell = Rect::from_min_max(pos2(x, rect.top()), pos2(end, rect.bottom()));
        let text = axis_label(*offset, ticks.get(1).copied().unwrap_or(*offset));
        let width = row_text::layout(ui.painter(), &text, Type::Caption.font(), f32::INFINITY).size().x;
        if width <= cell.width() {
            row_text::paint(ui.painter(), cell, &text, Type::Caption, tokens.text3, Align::Min);
        }
    }
}

/// All labels of an axis are in one unit, that of its step.
fn axis_label(offset_ns: i64, step_ns: i64) -> String {
    let (unit, name) = match step_ns {
        ..1_000 => (1, "ns"),
        1_000..1_000_000 => (1_000, "µs"),
        1_000_000..1_000_000_000 => (1_000_000, "ms"),
        1_000_000_000..120_000_000_000 => (1_000_000_000, "s"),
        _ => (60_000_000_000, "min"),
    };
    format!("{} {name}", offset_ns / unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY_NS: i64 = 86_400_000_000_000;

    #[test]
    fn a_nanosecond_is_exact_decades_after_the_epoch() {
        let start = 56 * 365 * DAY_NS;
        let scale = TimeScale::new(start, start + 100, 0.0, 100.0);
        assert_eq!(scale.x(start + 1), 1.0);
        assert_eq!(scale.x(start + 99), 99.0);
        assert_eq!(scale.x(i64::MIN), 0.0);
        assert_eq!(scale.x(i64::MAX), 100.0);
    }

    #[test]
    fn ticks_are_round() {
        let scale = TimeScale::new(0, 1_840_000_000, 0.0, 300.0);
        assert_eq!(scale.ticks(70.0), [0, 500_000_000, 1_000_000_000, 1_500_000_000]);
        for (least, step) in
            [(1, 1), (3, 5), (21_000_000, 50_000_000), (1_100_000_000, 2_000_000_000), (31_000_000_000, 60_000_000_000)]
        {
            assert_eq!(nice_step(least), step);
        }
        assert!(nice_step(i64::MAX) > 0);
        assert!(TimeScale::new(i64::MIN, i64::MAX, 0.0, 1e9).ticks(1.0).len() <= 1_000);
    }

    #[test]
    fn no_bar_is_thinner_than_a_pixel() {
        let scale = TimeScale::new(0, DAY_NS, 10.0, 110.0);
        let row = Rect::from_min_max(pos2(0.0, 0.0), pos2(200.0, 26.0));
        let mut bars = Waterfall::new(scale, 2.0);
        for (start, end) in [(0, 0), (5, 4), (DAY_NS, DAY_NS), (DAY_NS / 2, DAY_NS / 2 + 1)] {
            let bar = bars.add(row, start, end, Color32::WHITE);
            assert!(bar.width() >= 0.5, "{bar:?}");
            assert!(bar.left() >= 10.0 && bar.right() <= 110.0, "{bar:?}");
        }
        assert_eq!(bars.vertices(), 16);
    }
}
