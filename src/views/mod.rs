//! What is on screen: one folder per place, each with a pure `rows.rs` (answers → flat rows) and a thin
//! part that paints them.
//!
//! A view reads the state and the loader's slots, and returns what the user did as actions. What it
//! holds between frames – rows that were made, where a drag began, what is typed – is its `…Memory`, and may
//! go whenever another thing is shown; how a page is to be found by who comes back is noted in the state
//! ([`crate::state::PageMemory`]).
//!
//! No place knows another one. What places share stands below them: `body` (long texts and JSON with a search),
//! `text_change` (what changed in a text), `command`, and the files of this folder. Who shows other places within
//! itself is the window, a run and an experiment with their tabs, and a trace where there is no room for its details.
//!
//! Deliberately absent: I/O, spawning, the clock (it comes in with the [`Scene`]).

mod artifacts_folder;
mod belongs;
mod body;
mod candidate;
mod command;
mod compare;
mod compare_traces;
mod comparing;
mod copied;
mod costs;
mod demos;
mod details;
mod distinctions;
mod doctor;
mod doctor_line;
mod evolution;
mod example_details;
mod example_trace;
mod example_words;
mod examples;
mod experiment;
mod export;
mod failed;
mod filter_words;

mod family_tree;
mod field_words;
mod keys;
mod label_editor;
mod label_list;
mod labels;
mod last_shown;
mod menu;
mod names;
mod notices;
mod optimization;
mod outside;
mod palette;
mod parts;
mod passing;
mod path;
mod program;
mod program_change;
mod program_history;
mod program_name;
mod prompts;
mod provenance;
mod python;
mod run;
mod run_menu;
mod scene;
mod score_choice;
mod scores_of;
mod scroll;
mod search;
mod server_check;
mod side_panel;
mod sign_in;
mod slices;
mod spans;
mod standing;
mod status_bar;
mod step;
mod store_names;
mod text_change;
mod time;
mod top_bar;
mod trace;
mod traces;
mod tree;
mod used_prompts;
mod welcome;
mod window;
mod wrapped;

pub use command::Command;
pub use scene::{Clock, Scene};
pub use window::{Memory, window_ui};
