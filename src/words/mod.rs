//! How figures, times and foreign texts are written: once, for the window and for the terminal alike.
//!
//! Deliberately absent: egui, and any word of MLflow.

pub mod csv;
mod durations;
mod figures;
pub mod natural;
mod numbers;
mod text;
mod times;

pub use durations::{duration_ms, duration_ns, duration_on_axis, elapsed_ms, signed_duration_ns};
pub use figures::{ColumnValues, Decimals, is_figure};
pub use numbers::{
    at_least, bytes, cost, count, count_or_more, counted, dollars, exact, for_programs, on_axis, p_value, precise,
    signed, tokens, value,
};
pub use text::{clean, ellipsize_graphemes, ellipsize_middle, id_head, one_line, sentence};
pub use times::{Zone, age, moment, moment_iso, moment_short, moment_utc};

/// What stands where something is unknown.
pub const UNKNOWN: &str = "–";
