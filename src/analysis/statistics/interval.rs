//! Intervals, and how sure they are.

use statrs::distribution::{ContinuousCDF, Normal};

/// How sure an interval is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Confidence {
    left_out: f64,
}

impl Confidence {
    /// 95 %.
    pub const USUAL: Self = Self { left_out: 0.05 };

    /// 95 % for all of `count` claims together (Bonferroni): each leaves out 0.05 / count.
    pub fn of_each(count: usize) -> Self {
        Self { left_out: 0.05 / count.max(1) as f64 }
    }

    /// The share that lies outside.
    pub fn left_out(self) -> f64 {
        self.left_out
    }

    /// How many standard errors wide half of a normal interval is: 1.96 for 95 %.
    pub(super) fn z(self) -> f64 {
        normal_quantile(1.0 - self.left_out / 2.0)
    }
}

/// The value below which a share of the standard normal distribution lies.
pub(super) fn normal_quantile(share: f64) -> f64 {
    Normal::standard().inverse_cdf(share)
}

/// From low to high, in the unit of what it was made of.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

impl Interval {
    /// In another unit: both ends times a factor, which is positive.
    #[must_use]
    pub fn scaled(self, factor: f64) -> Self {
        Self { low: self.low * factor, high: self.high * factor }
    }
}
