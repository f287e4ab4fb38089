//! Means of samples that are drawn, with replacement, from what was observed.

use super::interval::Interval;
use super::random::Draws;

/// The seed of every bootstrap.
const SEED: u64 = 20_240_117;

/// Means of resamples, smallest first.
pub(super) struct Resampled(Vec<f64>);

impl Resampled {
    /// `rounds` means of as many values as there are. `None` without values, or if one is not finite.
    pub(super) fn means(values: &[f64], rounds: usize) -> Option<Self> {
        let count = u32::try_from(values.len()).ok().filter(|count| *count > 0)?;
        if values.iter().any(|value| !value.is_finite()) {
            return None;
        }
        let mut draws = Draws::new(SEED);
        let mut means: Vec<f64> = Vec::with_capacity(rounds);
        for _ in 0..rounds {
            let mut sum = 0.0;
            for _ in 0..count / 2 {
                let [a, b] = draws.two_below(count);
                sum += values[a] + values[b];
            }
            if count % 2 == 1 {
                sum += values[draws.two_below(count)[0]];
            }
            means.push(sum / f64::from(count));
        }
        means.sort_unstable_by(f64::total_cmp);
        Some(Self(means))
    }

    /// The interval that leaves out the same share on either side.
    pub(super) fn percentile(&self, left_out: f64) -> Interval {
        Interval { low: self.quantile(left_out / 2.0), high: self.quantile(1.0 - left_out / 2.0) }
    }

    /// Between two of them in proportion, as NumPy's `percentile` does.
    fn quantile(&self, share: f64) -> f64 {
        let last = self.0.len().saturating_sub(1);
        let at = share.clamp(0.0, 1.0) * last as f64;
        let below = (at.floor() as usize).min(last);
        let (Some(low), Some(high)) = (self.0.get(below), self.0.get((below + 1).min(last))) else { return f64::NAN };
        low + (high - low) * (at - below as f64)
    }

    /// How likely means on the other side of 0 are, twice; never 0, for more rounds could tell.
    pub(super) fn two_sided_p(&self) -> f64 {
        let count = |is_beyond: fn(f64) -> bool| self.0.iter().filter(|mean| is_beyond(**mean)).count();
        let fewer = count(|mean| mean <= 0.0).min(count(|mean| mean >= 0.0));
        (2.0 * (fewer as f64 + 1.0) / (self.0.len() as f64 + 1.0)).min(1.0)
    }
}
