//! What is computed from a store's contents: pure functions of model types, without I/O,
//! threads, a clock or anything that draws.

pub mod adapters;
pub mod canonical;
pub mod distinction;
pub mod doctor;
pub mod evolution;
pub mod example_key;
pub mod example_traces;
pub mod exceptions;
pub mod failures;
pub mod fallbacks;
pub mod family_tree;
pub mod feedback_template;
pub mod first_change;
pub mod gepa_evaluations;
pub mod inferred_parents;
pub mod matrix_view;
pub mod metric_match;
pub mod named_scores;
pub mod optimization;
pub mod optimizations;
pub mod own_time;
pub mod parts;
pub mod program_diff;
pub mod program_state;
pub mod provenance;
pub mod python_repr;
pub mod result_table;
pub mod score_matrix;
pub mod score_unit;
pub mod slices;
pub mod statistics;
pub mod text_diff;
pub mod tokens;
pub mod trace_facts;
pub mod users_table;
pub mod value_text;

pub use adapters::Outline;
pub use exceptions::{Cause, causes};
pub use fallbacks::{Fallback, FallbackOutcome, FallbackReason, fallbacks};
pub use inferred_parents::infer_parents;
pub use own_time::own_times_ns;
pub use program_diff::{ChangeKind, DemoDiff, FieldDiff, KeyChange, PredictorDiff, ProgramDiff, diff_programs};
pub use text_diff::{Piece, PieceOp, TextDiff, diff_texts};
pub use tokens::{SpanTokens, TokenSource, roll_up, trace_total};
pub use trace_facts::{Names, trace_facts};
