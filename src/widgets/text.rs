//! Long texts: split into lines on a worker, shown as virtual rows.

mod find;
mod grapheme;
mod keys;
mod lines;
mod offer;
mod select;
mod state;
mod view;
mod visible;
mod wrap;

pub use find::{Case, find_all};
pub use lines::{LINE_CHARS_MOST, TextLines};
pub use offer::offer_ui;
pub use select::{TextSelection, byte_of_shown, shown_chars, word_at};
pub use state::TextState;
pub use view::{TextEvents, VirtualText};
pub use visible::visible_line;
pub use wrap::CharWidths;
