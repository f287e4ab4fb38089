//! What scores of examples say beyond their mean: intervals, paired tests, and how much the best
//! of many is worth. Every figure is reproducible: what is drawn at random has a fixed seed.
//!
//! `tests/reading/statistics.json` holds what SciPy and statsmodels make of 200 random tables.

mod bootstrap;
mod interval;
mod paired;
mod random;
mod score;

pub use interval::{Confidence, Interval};
pub use paired::{Comparison, PairedTest, compare_paired};
pub use score::{IntervalMethod, ScoreInterval, score_interval, wilson};
