//! What is computed from a store's contents: pure functions of model types, without I/O,
//! threads, a clock or anything that draws.

pub mod adoption;
pub mod optimization;
pub mod own_time;
pub mod program_state;
pub mod tokens;

pub use adoption::adopt_orphans;
pub use own_time::own_times_ns;
pub use tokens::{SpanTokens, TokenSource, roll_up, trace_total};
