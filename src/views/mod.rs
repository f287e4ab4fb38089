//! What is on screen: one folder per place, each with a pure `rows.rs` (answers → flat rows) and a thin
//! part that paints them.
//!
//! A view reads the state and the loader's slots, and returns what the user did as actions. What it
//! remembers between frames – rows that were made, how a list is scrolled, what is typed – is its
//! `…Memory`; everything that matters beyond that is in the state.
//!
//! Deliberately absent: I/O, spawning, the clock (it comes in with the [`Scene`]).

mod artifacts_folder;
mod command;
mod compare;
mod details;
mod experiment;
mod failed;
mod first_lines;
mod kept;
mod keys;
mod lineage;
mod menu;
mod notices;
mod optimization;
mod origin;
mod outside;
mod palette;
mod parts;
mod passport;
mod program;
mod run;
mod scene;
mod scroll;
mod status_bar;
mod step;
mod time;
mod top_bar;
mod trace;
mod traces;
mod tree;
mod welcome;
mod window;

pub use command::Command;
pub use scene::{Clock, Scene};
pub use window::{Memory, window_ui};
