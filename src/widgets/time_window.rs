//! The part of a stretch of time that is shown: zoomed, moved, fitted.

/// No less is shown, nanoseconds.
const LEAST_NS: i64 = 1_000;
/// The room beside what is fitted, as a part of it.
const MARGIN: f64 = 0.04;

/// A stretch of time and the part of it that is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimeWindow {
    whole: (i64, i64),
    shown: (i64, i64),
}

impl TimeWindow {
    /// All of `whole`, or of it what `shown` says.
    pub fn new(whole: (i64, i64), shown: Option<(i64, i64)>) -> Self {
        let all = Self { whole, shown: whole };
        shown.map_or(all, |(from, to)| all.showing(from, f64_of(to, from)))
    }

    /// From and to, nanoseconds.
    pub fn shown(&self) -> (i64, i64) {
        self.shown
    }

    /// All of it, nanoseconds.
    pub fn whole(&self) -> (i64, i64) {
        self.whole
    }

    /// Whether all of it is shown.
    pub fn is_whole(&self) -> bool {
        self.shown == self.whole
    }

    /// Larger by a factor; `at_ns` stays where it is.
    #[must_use]
    pub fn zoomed(self, factor: f64, at_ns: i64) -> Self {
        if !factor.is_finite() || factor <= 0.0 {
            return self;
        }
        let (from, to) = self.shown;
        let at = at_ns.clamp(from, to);
        let width = f64_of(to, from);
        let wanted = (width / factor).clamp(LEAST_NS as f64, f64_of(self.whole.1, self.whole.0).max(LEAST_NS as f64));
        self.showing(add(at, -f64_of(at, from) * wanted / width.max(1.0)), wanted)
    }

    /// Later by a part of what is shown; earlier if negative.
    #[must_use]
    pub fn moved(self, share: f64) -> Self {
        let width = f64_of(self.shown.1, self.shown.0);
        self.showing(add(self.shown.0, width * share), width)
    }

    /// Showing this stretch, with a little room beside it.
    #[must_use]
    pub fn fitting(self, from: i64, to: i64) -> Self {
        let width = f64_of(to, from).max(LEAST_NS as f64);
        self.showing(add(from, -width * MARGIN), width * (1.0 + 2.0 * MARGIN))
    }

    /// What [`Self::new`] needs to show the same again.
    pub fn to_keep(self) -> Option<(i64, i64)> {
        (!self.is_whole()).then_some(self.shown)
    }

    /// As wide as wanted, from a time on, but not beyond the whole.
    fn showing(self, from: i64, width: f64) -> Self {
        let most = f64_of(self.whole.1, self.whole.0);
        let width = width.max(LEAST_NS as f64);
        if width >= most {
            return Self { shown: self.whole, ..self };
        }
        let from = from.clamp(self.whole.0, add(self.whole.1, -width).max(self.whole.0));
        Self { shown: (from, add(from, width).clamp(from, self.whole.1)), ..self }
    }
}

fn f64_of(to: i64, from: i64) -> f64 {
    (i128::from(to) - i128::from(from)) as f64
}

fn add(at: i64, by: f64) -> i64 {
    // Of a float the conversion saturates.
    let sum = i128::from(at) + by.round() as i128;
    i64::try_from(sum).unwrap_or(if sum < 0 { i64::MIN } else { i64::MAX })
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: (i64, i64) = (1_763_712_000_000_000_000, 1_763_712_100_000_000_000);

    #[test]
    fn what_is_under_the_pointer_stays_there() {
        let all = TimeWindow::new(WHOLE, None);
        let at = WHOLE.0 + 30_000_000_000;
        let mut window = all;
        for _ in 0..8 {
            window = window.zoomed(2.0, at);
            let (from, to) = window.shown();
            let share = (at - from) as f64 / (to - from) as f64;
            assert!((share - 0.3).abs() < 1e-6, "{share}");
        }
        for _ in 0..8 {
            window = window.zoomed(0.5, at);
        }
        assert!(window.is_whole(), "{window:?}");
        assert_eq!(all.zoomed(0.5, at), all);
        assert_eq!(all.zoomed(f64::NAN, at), all);
    }

    #[test]
    fn it_ends_where_the_whole_ends() {
        let window = TimeWindow::new(WHOLE, None).zoomed(10.0, WHOLE.0);
        assert_eq!(window.shown(), (WHOLE.0, WHOLE.0 + 10_000_000_000));
        assert_eq!(window.moved(-1.0), window);
        assert_eq!(window.moved(0.5).shown().0, WHOLE.0 + 5_000_000_000);
        assert_eq!(window.moved(1e9).shown().1, WHOLE.1);
        let least = (0..200).fold(window, |window, _| window.zoomed(2.0, WHOLE.1));
        assert_eq!(least.shown().1 - least.shown().0, 1_000);
        assert_eq!(TimeWindow::new(WHOLE, window.to_keep()), window);
    }

    #[test]
    fn a_span_is_fitted_with_room_beside_it() {
        let window = TimeWindow::new(WHOLE, None).fitting(WHOLE.0 + 50_000_000_000, WHOLE.0 + 60_000_000_000);
        assert_eq!(window.shown(), (WHOLE.0 + 49_600_000_000, WHOLE.0 + 60_400_000_000));
        assert!(window.fitting(WHOLE.0, WHOLE.1).is_whole());
        let point = window.fitting(WHOLE.0 + 7, WHOLE.0 + 7).shown();
        assert!(point.1 - point.0 >= 1_000);
        let extreme = TimeWindow::new((i64::MIN, i64::MAX), None).zoomed(3.0, 0).moved(1e300).fitting(5, 1);
        assert!(extreme.shown().0 <= extreme.shown().1);
    }
}
