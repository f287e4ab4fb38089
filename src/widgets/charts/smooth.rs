//! A line without its noise.

/// The exponential mean of `points`, each `(x, y)`: `weight` of what was before, the rest of what is new, corrected
/// for having begun with nothing. 0 changes nothing; what is not finite is left out, the mean goes on behind it.
pub fn smoothed(points: impl IntoIterator<Item = (f64, f64)>, weight: f64) -> Vec<(f64, f64)> {
    let weight = if weight.is_finite() { weight.clamp(0.0, 0.999) } else { 0.0 };
    let (mut mean, mut share) = (0.0, 1.0);
    let finite = points.into_iter().filter(|(x, y)| x.is_finite() && y.is_finite());
    finite
        .map(|(x, y)| {
            share *= weight;
            // By what is new of it, so that what does not change stays as it is to the last digit.
            let new = (1.0 - weight) / (1.0 - share);
            mean = if new == 1.0 { y } else { mean + (y - mean) * new };
            (x, mean)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::smoothed;

    #[test]
    fn a_constant_stays_and_noise_shrinks() {
        let flat = smoothed((0..5).map(|x| (f64::from(x), 7.0)), 0.9);
        assert!(flat.iter().all(|(_, y)| *y == 7.0), "{flat:?}");
        let third = smoothed((0..500).map(|x| (f64::from(x), 0.3763)), 0.97);
        assert!(third.iter().all(|(_, y)| *y == 0.3763), "not bent by a digit");
        let noise = [(0.0, 0.0), (1.0, f64::NAN), (2.0, 1.0), (3.0, 0.0)];
        assert_eq!(smoothed(noise, 0.0), [(0.0, 0.0), (2.0, 1.0), (3.0, 0.0)]);
        let some = smoothed(noise, 0.5);
        assert_eq!(some.len(), 3);
        assert!((some[1].1 - 2.0 / 3.0).abs() < 1e-9 && some[2].1 > 0.0 && some[2].1 < some[1].1);
    }
}
