//! A line of the palette: what it says, what it belongs to, where it leads.

use crate::loader::StoreLocation;
use crate::state::{Action, Place};
use crate::views::command::Command;
use crate::widgets::offers::Offer;

/// What belongs together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Group {
    Pasted,
    Recent,
    Here,
    Commands,
    Experiments,
    Runs,
    Traces,
    Prompts,
    Text,
    Stores,
}

/// The headings, in order.
pub(super) const GROUPS: [&str; 10] = [
    "Pasted",
    "Recent places",
    "On this page",
    "Commands",
    "Experiments",
    "Runs",
    "Traces",
    "Prompts",
    "Text",
    "Recent stores",
];

/// Where a line leads.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Target {
    Run(Command),
    Go(Place),
    Open(StoreLocation),
    /// Something that needs no more than to be said.
    Act(Action),
    /// A button on screen.
    Press(Offer),
}

/// A line of the palette.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Entry {
    pub text: String,
    pub note: String,
    pub shortcut: String,
    pub group: Group,
    pub target: Target,
}

impl Entry {
    pub fn new(group: Group, text: impl Into<String>, note: impl Into<String>, target: Target) -> Self {
        Self { text: text.into(), note: note.into(), shortcut: String::new(), group, target }
    }
}
