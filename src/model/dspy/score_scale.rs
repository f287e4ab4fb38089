//! The one scale on which scores of programs are told: that of the metric `eval`.
//!
//! `dspy.Evaluate` returns 100 × the mean of the metric over the examples, rounded to two digits, and MLflow logs it
//! as `eval` (DSPy 2.6 – 3.4, MLflow 2.21 – 3.18). GEPA's own tables hold the mean itself, from 0 to 1 for most metrics.

/// What the scale is, in words.
pub const WORDS: &str = "eval, 100 × the mean of the metric over the examples";

/// The score of which a metric with this mean is 1.
const FULL: f64 = 100.0;

/// The score of a program whose examples were scored so on average.
pub fn of_mean(mean: f64) -> f64 {
    FULL * mean
}

/// How much of the scale a score fills, from 0 to 1: one beyond 100 no more than all of it.
pub fn share(score: f64) -> f64 {
    (score / FULL).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_always_of_the_same_scale() {
        let told = [0.0, 0.5, 50.0, 100.0, 350.0, -20.0].map(share);
        assert_eq!(told, [0.0, 0.005, 0.5, 1.0, 1.0, 0.0]);
        assert_eq!(crate::words::value(of_mean(0.2695)), "26.95");
    }
}
