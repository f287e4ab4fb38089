//! The design system: tokens, fonts, theme, and the widgets that every place of the window is made of.
//!
//! It knows egui and nothing of what it shows: no run, no trace, no store. A widget takes data and a
//! small scroll or view state that the caller owns, paints, and returns what the user did. Nothing is
//! remembered here beyond egui's own caches, so a view stays a pure function of the app's state.
//!
//! Deliberately absent: I/O, threads, clocks, and any colour or size outside [`tokens`].

pub mod category;
pub mod charts;
pub mod chips;
pub mod completion;
pub mod count_grid;
pub mod diff_text;
pub mod empty;
pub mod excerpt;
pub mod field;
pub mod fonts;
pub mod glyphs;
pub mod heat_grid;
pub mod hex_rows;
pub mod image_view;
pub mod json_rows;
pub mod key_value;
pub mod markdown;
pub mod matrix;
pub mod menu;
pub mod minimap;
pub mod notice;
pub mod offers;
pub mod palette;
pub mod row_text;
pub mod scroll;
pub mod section;
mod side_bar;
pub mod split;
pub mod system_fonts;
pub mod table;
pub mod tabs;
pub mod text;
pub mod theme;
pub mod time_window;
pub mod tokens;
pub mod tree_row;
mod value_text;
pub mod virtual_rows;
pub mod waterfall;
pub mod wording;
