//! Metrics. Values are `f64` with NaN and ±infinity as such: the reader has already undone
//! MLflow's encoding (`is_nan = 1`, ±1.797…e308).

use std::sync::Arc;

/// One logged value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MetricPoint {
    /// The step that was given, 0 if none; may repeat and may be negative.
    pub step: i64,
    /// When it was logged, milliseconds since the epoch.
    pub timestamp_ms: i64,
    /// The value; may be NaN or ±infinity.
    pub value: f64,
}

/// Every point of one metric of one run, by step, then time, then value as stored.
#[derive(Clone, Debug, PartialEq)]
pub struct MetricSeries {
    /// The metric's key.
    pub key: Arc<str>,
    /// All its points.
    pub points: Vec<MetricPoint>,
}

/// The value that MLflow keeps as the latest one of a metric (largest step, then time).
#[derive(Clone, Debug, PartialEq)]
pub struct LatestMetric {
    /// The metric's key.
    pub key: Arc<str>,
    /// Its last point.
    pub point: MetricPoint,
}

/// The way MLflow's SQL store writes infinity: the largest finite number of its sign.
/// (MLflow 2.21 – 3.18, `sqlalchemy_store.log_metric`.)
pub fn from_stored(value: f64, is_nan: bool) -> f64 {
    if is_nan {
        f64::NAN
    } else if value >= f64::MAX {
        f64::INFINITY
    } else if value <= f64::MIN {
        f64::NEG_INFINITY
    } else {
        value
    }
}

#[cfg(test)]
mod tests {
    use super::from_stored;

    #[test]
    fn undoes_the_encoding_of_what_is_not_finite() {
        assert!(from_stored(0.0, true).is_nan());
        assert_eq!(from_stored(1.797_693_134_862_315_7e308, false), f64::INFINITY);
        assert_eq!(from_stored(-1.797_693_134_862_315_7e308, false), f64::NEG_INFINITY);
        assert_eq!(from_stored(1e308, false), 1e308);
    }
}
