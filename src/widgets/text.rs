//! Long texts: split into lines on a worker, shown as virtual rows.

mod lines;
mod view;
mod visible;
mod wrap;

pub use lines::{LINE_CHARS_MOST, TextLines};
pub use view::{TextEvents, TextState, VirtualText};
pub use visible::visible_line;
pub use wrap::CharWidths;
