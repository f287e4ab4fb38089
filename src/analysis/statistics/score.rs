//! In which interval the true score of a program lies.

use super::bootstrap::Resampled;
use super::interval::{Confidence, Interval};

/// How many resamples an interval of a score is made of.
const ROUNDS: usize = 2_000;

/// How an interval was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IntervalMethod {
    /// Wilson's, of a share.
    Wilson,
    /// Percentiles of means of resampled examples.
    Bootstrap,
}

/// An interval and how it was made.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ScoreInterval {
    /// The interval, in the unit of the scores.
    pub interval: Interval,
    /// How it was made.
    pub method: IntervalMethod,
    /// Of so many examples.
    pub examples: usize,
}

/// The interval of the mean of scores, one for each example. `None` without scores, if one is not
/// finite, or if they are graded and all the same: resampling them would claim to know the mean
/// exactly, and one example knows nothing of others.
pub fn score_interval(scores: &[f64], confidence: Confidence) -> Option<ScoreInterval> {
    let examples = scores.len();
    if is_right_or_wrong(scores) {
        let right = scores.iter().filter(|score| **score == 1.0).count();
        let interval = wilson(right, examples, confidence)?;
        return Some(ScoreInterval { interval, method: IntervalMethod::Wilson, examples });
    }
    let first = scores.first()?;
    if scores.iter().all(|score| score == first) {
        return None;
    }
    let interval = Resampled::means(scores, ROUNDS)?.percentile(confidence.left_out());
    Some(ScoreInterval { interval, method: IntervalMethod::Bootstrap, examples })
}

/// Whether all scores are 0 or 1.
pub(super) fn is_right_or_wrong(scores: &[f64]) -> bool {
    scores.iter().all(|score| *score == 0.0 || *score == 1.0)
}

/// Wilson's interval of a share (1927): between 0 and 1, and honest where all or none are right.
/// `None` of none.
pub fn wilson(right: usize, of: usize, confidence: Confidence) -> Option<Interval> {
    if of == 0 || right > of {
        return None;
    }
    let (n, z) = (of as f64, confidence.z());
    let share = right as f64 / n;
    let middle = share + z * z / (2.0 * n);
    let half = z * (share * (1.0 - share) / n + z * z / (4.0 * n * n)).sqrt();
    let whole = 1.0 + z * z / n;
    // At the ends it is exact, whatever rounding makes of it.
    let low = if right == 0 { 0.0 } else { ((middle - half) / whole).max(0.0) };
    let high = if right == of { 1.0 } else { ((middle + half) / whole).min(1.0) };
    Some(Interval { low, high })
}
