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
    /// From which time on times are told.
    zero_ns: i64,
    left: f32,
    right: f32,
}

impl TimeScale {
    /// The time from `start_ns` to `end_ns` on the points from `left` to `right`.
    pub fn new(start_ns: i64, end_ns: i64, left: f32, right: f32) -> Self {
        Self {
            origin_ns: start_ns,
            zero_ns: start_ns,
            span_ns: end_ns.saturating_sub(start_ns).max(1),
            left,
            right: right.max(left + 1.0),
        }
    }

    /// The same, with times told from `zero_ns` on.
    #[must_use]
    pub fn told_from(self, zero_ns: i64) -> Self {
        Self { zero_ns, ..self }
    }

    /// Whether any of this is to be seen.
    pub fn shows(&self, from_ns: i64, to_ns: i64) -> bool {
        to_ns.max(from_ns) >= self.origin_ns && from_ns <= self.origin_ns.saturating_add(self.span_ns)
    }

    /// The time at a point. Beyond the edges it is theirs.
    pub fn at(&self, x: f32) -> i64 {
        let share = f64::from((x - self.left) / (self.right - self.left)).clamp(0.0, 1.0);
        self.origin_ns.saturating_add((share * self.span_ns as f64) as i64)
    }

    /// Where a time stands. Beyond the edges it stands on them.
    pub fn x(&self, at_ns: i64) -> f32 {
        let share = at_ns.saturating_sub(self.origin_ns) as f64 / self.span_ns as f64;
        self.left + (share.clamp(0.0, 1.0) * f64::from(self.right - self.left)) as f32
    }

    /// Round marks, as offsets from the zero in nanoseconds, at least `least` points apart.
    pub fn ticks(&self, least: f32) -> Vec<i64> {
        let room = f64::from((self.right - self.left) / least.max(1.0)).max(1.0);
        let step = nice_step((self.span_ns as f64 / room).ceil() as i64);
        let begin = self.origin_ns.saturating_sub(self.zero_ns);
        let end = begin.saturating_add(self.span_ns);
        let first = begin.div_euclid(step) + i64::from(begin.rem_euclid(step) > 0);
        (first..).map(|n: i64| n.saturating_mul(step)).take_while(|offset| *offset <= end).take(1_000).collect()
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

    /// The same, or nothing where no part of it is to be seen.
    pub fn add_if_seen(&mut self, row: Rect, start_ns: i64, end_ns: i64, color: Color32) -> Option<Rect> {
        self.scale.shows(start_ns, end_ns).then(|| self.add(row, start_ns, end_ns, color))
    }

    /// Adds a part of a bar that was added: of `stretches`, in order and apart from each other, those that are to be
    /// seen. However many there are, no more is drawn than there are pixels.
    pub fn add_within(&mut self, bar: Rect, stretches: &[(i64, i64)], color: Color32) {
        let first = stretches.partition_point(|(_, to)| *to < self.scale.origin_ns);
        let mut run: Option<(f32, f32)> = None;
        for (from, to) in stretches.get(first..).unwrap_or_default() {
            if !self.scale.shows(*from, *to) {
                break;
            }
            let left = self.round(self.scale.x(*from)).clamp(bar.left(), bar.right());
            let right = self.round(self.scale.x(*to)).clamp(left, bar.right());
            match &mut run {
                Some((_, end)) if left <= *end => *end = right.max(*end),
                _ => {
                    self.part(bar, run.replace((left, right)), color);
                }
            }
        }
        self.part(bar, run, color);
    }

    fn part(&mut self, bar: Rect, run: Option<(f32, f32)>, color: Color32) {
        let Some((left, right)) = run.filter(|(left, right)| left < right) else { return };
        let part = Rect::from_x_y_ranges(left..=right, bar.y_range());
        let is_round = bar.width() >= 6.0 * self.pixel && bar.height() >= 6.0 * self.pixel;
        if is_round && part == bar {
            self.rounded(part, color);
            return;
        }
        // At the ends of the bar it is as round as the bar.
        let inset = |at_end: bool| if is_round && at_end { self.pixel } else { 0.0 };
        let (near, far) = (inset(left <= bar.left()), inset(right >= bar.right()));
        let part = Rect::from_min_max(pos2(left + near, part.top()), pos2(right - far, part.bottom()));
        if part.width() > 0.0 {
            self.mesh.add_colored_rect(part, color);
        }
    }

    /// Adds thin lines below a bar that was added, for stretches as in [`Self::add_within`].
    pub fn underline(&mut self, bar: Rect, stretches: &[(i64, i64)], color: Color32) {
        let thick = 2.0 * self.pixel.max(0.5);
        let line = Rect::from_x_y_ranges(bar.x_range(), bar.bottom() + self.pixel..=bar.bottom() + self.pixel + thick);
        self.add_within(line, stretches, color);
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
    let wide = |text: &str| row_text::layout(ui.painter(), text, Type::Caption.font(), f32::INFINITY).size().x;
    let step_of = |ticks: &[i64]| match ticks {
        [first, second, ..] => second.saturating_sub(*first),
        _ => scale.span_ns,
    };
    let mut ticks = scale.ticks(58.0);
    if let Some(last) = ticks.last() {
        // The further from the zero, the longer what is told.
        let least = wide(&axis_label(*last, step_of(&ticks))) + size::GAP_S;
        if least > 58.0 {
            ticks = scale.ticks(least);
        }
    }
    let step = step_of(&ticks);
    for (index, offset) in ticks.iter().enumerate() {
        let x = scale.x(scale.zero_ns.saturating_add(*offset));
        let end = match ticks.get(index + 1) {
            Some(next) => scale.x(scale.zero_ns.saturating_add(*next)),
            None => rect.right(),
        };
        let cell = Rect::from_min_max(pos2(x, rect.top()), pos2(end, rect.bottom()));
        let text = axis_label(*offset, step);
        let width = wide(&text);
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
    fn a_part_of_the_time_is_told_from_the_beginning_of_all() {
        let part = TimeScale::new(1_000 + 730, 1_000 + 1_030, 0.0, 300.0).told_from(1_000);
        assert_eq!(part.ticks(90.0), [800, 900, 1_000]);
        assert_eq!((part.at(0.0), part.at(150.0), part.at(900.0)), (1_730, 1_880, 2_030));
        assert!(part.shows(0, 1_730) && part.shows(2_030, 9_000) && !part.shows(0, 1_729) && !part.shows(2_031, 3_000));
        let before = TimeScale::new(-50, 60, 0.0, 110.0).told_from(0);
        assert_eq!(before.ticks(50.0), [-50, 0, 50]);
    }

    #[test]
    fn no_more_parts_are_drawn_than_there_are_pixels() {
        let scale = TimeScale::new(0, 1_000_000, 0.0, 100.0);
        let row = Rect::from_min_max(pos2(0.0, 0.0), pos2(200.0, 26.0));
        let mut bars = Waterfall::new(scale, 1.0);
        let bar = bars.add(row, 0, 1_000_000, Color32::WHITE);
        let before = bars.vertices();
        let many: Vec<(i64, i64)> = (0..100_000).map(|at| (at * 10, at * 10 + 5)).collect();
        bars.add_within(bar, &many, Color32::BLACK);
        assert!(bars.vertices() - before <= 100 * 4, "{}", bars.vertices());
        let before = bars.vertices();
        bars.add_within(bar, &[(100_000, 200_000), (500_000, 900_000)], Color32::BLACK);
        assert_eq!(bars.vertices() - before, 8);
        bars.underline(bar, &[(0, 1_000_000)], Color32::BLACK);
        assert_eq!(bars.vertices() - before, 12);
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
