//! How figures, times and foreign texts are written: once, for the window and for the terminal alike.
//!
//! Deliberately absent: egui, and any word of MLflow.

pub mod csv;
mod durations;
pub mod natural;
mod numbers;
mod text;
mod times;

pub use durations::{duration_ms, duration_ns, elapsed_ms};
pub use numbers::{at_least, bytes, count, count_or_more, counted, dollars, exact, for_programs, tokens, value};
pub use text::{clean, ellipsize_graphemes, id_head, one_line};
pub use times::{Zone, age, moment, moment_iso, moment_short, moment_utc};

/// What stands where something is unknown.
pub const UNKNOWN: &str = "–";
