//! A JSON value as rows that fold: made flat on a worker, drawn only where it is seen.
//!
//! [`JsonRows`] is a pre-order array that the caller makes once from a value. What is folded, where it is
//! scrolled and where the keyboard stands is a [`JsonState`] that the caller keeps with the place.

mod flatten;
mod fold;
mod paint;
mod path;
mod preview;
mod row;
mod search;
mod view;

pub use flatten::{JsonOptions, JsonRows};
pub use fold::JsonFold;
pub use row::{JsonKey, JsonKind, JsonRow};
pub use search::{JsonHit, JsonPart};
pub use view::{JsonEvents, JsonState, JsonView};
