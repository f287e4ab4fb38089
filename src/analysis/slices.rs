//! Examples by the value of one of their fields: in which group the winner gained, in which it lost, and what was taken
//! for what.

mod confusion;
mod field;
mod slice;
mod value;

pub use confusion::{Answered, Confusion, LabelScores};
pub use field::{Parting, SliceField, fields, part};
pub use slice::{Scored, SideScore, Slice, Worst, slices, worst};
pub use value::SliceValue;
