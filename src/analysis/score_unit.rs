//! On which scale scores of examples are told: that of the score that was logged for all of them.

/// What one point of an example is on the scale of `eval`, by scores and the means of their examples: DSPy's `Evaluate`
/// logs 100 times the mean, rounded to two decimals (2.6 – 3.5); whoever logs `eval` by hand may log the mean itself.
/// `None` where it is neither for all of them, so that figures of examples cannot be told on that scale: a table that
/// was cut, or a score of another metric.
pub fn unit(scored: &[(f64, f64)]) -> Option<f64> {
    let fits = |unit: f64| scored.iter().all(|(score, mean)| (score - unit * mean).abs() <= 0.005_000_1);
    [100.0, 1.0].into_iter().find(|unit| fits(*unit))
}

#[cfg(test)]
mod tests {
    use super::unit;

    #[test]
    fn a_mean_of_0_takes_the_scale_of_the_other() {
        assert_eq!(unit(&[(45.83, 0.458_333)]), Some(100.0));
        assert_eq!(unit(&[(0.0, 0.0), (0.5, 0.5)]), Some(1.0));
        assert_eq!(unit(&[(0.0, 0.0), (50.0, 0.5)]), Some(100.0));
        assert_eq!(unit(&[(50.0, 0.5), (0.5, 0.5)]), None, "of two scales");
        assert_eq!(unit(&[(45.83, 0.4)]), None, "the table was cut");
        assert_eq!(unit(&[(f64::NAN, 0.4)]), None);
    }
}
