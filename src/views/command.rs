//! What can be done everywhere: one table for the keys, the menu, the palette, the tooltips and the list of keys.

pub(super) mod keys;
mod labels;
mod spans;
mod when;

pub use labels::LabelCommand;
pub use spans::SpanCommand;
pub(super) use when::{has_runs_filter, leads_to_search};

use egui::{Key, KeyboardShortcut, Modifiers};

/// A command of the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Command {
    /// Search and run anything.
    Palette,
    /// One step back.
    Back,
    /// One step forward.
    Forward,
    /// One step out.
    Up,
    /// The next row, trace or run.
    Next,
    /// The previous row, trace or run.
    Previous,
    /// Give the keyboard to the filter.
    Filter,
    /// Give the keyboard to the filter of the traces that are listed.
    FilterTraces,
    /// Look for text in spans.
    SearchText,
    /// Leave what has the keyboard.
    Leave,
    /// Copy the address of this place.
    CopyLink,
    /// Show or hide adapters.
    ToggleAdapters,
    /// Show or mask secrets.
    Reveal,
    /// Read everything on screen again.
    Refresh,
    /// What was damaged or missing.
    ShowWarnings,
    /// Open another store.
    OpenStore,
    /// Open the sample store.
    OpenSample,
    /// Close the store.
    CloseStore,
    /// Forget what is remembered of the store.
    ForgetStore,
    /// What the server is and has.
    CheckServer,
    /// Say who one is to the server.
    SignIn,
    /// Say where the artifacts of the store are.
    ArtifactsFolder,
    /// Show or hide the tree.
    ToggleTree,
    /// Show or hide the panel at the right.
    TogglePanel,
    /// Dark or light.
    ToggleTheme,
    /// Everything larger.
    ZoomIn,
    /// Everything smaller.
    ZoomOut,
    /// Everything as the system has it.
    ZoomReset,
    /// The list of keys.
    ShowKeys,
    /// Compare a run with the baseline or the previous different program, or the selected runs.
    Compare,
    /// Compare a run with one that is chosen.
    CompareWith,
    /// Others are compared with this run.
    Baseline,
    /// Where the program of a run came from.
    ProgramHistory,
    /// Something with the spans of a trace.
    Spans(SpanCommand),
    /// Something that is said of a trace.
    Labels(LabelCommand),
}

/// Commands that belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CommandGroup {
    Go,
    View,
    Spans,
    Store,
    Window,
}

impl CommandGroup {
    pub(super) fn title(self) -> &'static str {
        match self {
            Self::Go => "Go",
            Self::View => "This view",
            Self::Spans => "A trace",
            Self::Store => "Store",
            Self::Window => "Window",
        }
    }
}

impl Command {
    /// All of them, by group, in the order of the menu.
    pub const ALL: [Self; 33 + SpanCommand::ALL.len() + LabelCommand::ALL.len()] = [
        Self::Palette,
        Self::Back,
        Self::Forward,
        Self::Up,
        Self::Next,
        Self::Previous,
        Self::Filter,
        Self::FilterTraces,
        Self::SearchText,
        Self::Leave,
        Self::Compare,
        Self::CompareWith,
        Self::Baseline,
        Self::ProgramHistory,
        Self::CopyLink,
        Self::ToggleAdapters,
        Self::Reveal,
        Self::Refresh,
        Self::ShowWarnings,
        Self::OpenStore,
        Self::OpenSample,
        Self::CloseStore,
        Self::ForgetStore,
        Self::CheckServer,
        Self::SignIn,
        Self::ArtifactsFolder,
        Self::ToggleTree,
        Self::TogglePanel,
        Self::ToggleTheme,
        Self::ZoomIn,
        Self::ZoomOut,
        Self::ZoomReset,
        Self::ShowKeys,
        Self::Spans(SpanCommand::Find),
        Self::Spans(SpanCommand::Parent),
        Self::Spans(SpanCommand::Child),
        Self::Spans(SpanCommand::NextSibling),
        Self::Spans(SpanCommand::PreviousSibling),
        Self::Spans(SpanCommand::Error),
        Self::Spans(SpanCommand::NextLm),
        Self::Spans(SpanCommand::PreviousLm),
        Self::Spans(SpanCommand::NextTurn),
        Self::Spans(SpanCommand::PreviousTurn),
        Self::Spans(SpanCommand::Critical),
        Self::Spans(SpanCommand::TimeIn),
        Self::Spans(SpanCommand::TimeOut),
        Self::Spans(SpanCommand::FitAll),
        Self::Spans(SpanCommand::FitSpan),
        Self::Spans(SpanCommand::Raw),
        Self::Spans(SpanCommand::CopySpan),
        Self::Spans(SpanCommand::CopyMessages),
        Self::Spans(SpanCommand::CopyDspy),
        Self::Spans(SpanCommand::CopyLiteLlm),
        Self::Spans(SpanCommand::CopyCurl),
        Self::Labels(LabelCommand::Right),
        Self::Labels(LabelCommand::Wrong),
        Self::Labels(LabelCommand::Note),
    ];

    /// What it belongs to.
    pub(super) fn group(self) -> CommandGroup {
        match self {
            Self::Palette
            | Self::Back
            | Self::Forward
            | Self::Up
            | Self::Next
            | Self::Previous
            | Self::Filter
            | Self::FilterTraces
            | Self::SearchText
            | Self::Leave => CommandGroup::Go,
            Self::CopyLink
            | Self::ToggleAdapters
            | Self::Reveal
            | Self::Refresh
            | Self::ShowWarnings
            | Self::Compare
            | Self::CompareWith
            | Self::Baseline
            | Self::ProgramHistory => CommandGroup::View,
            Self::OpenStore
            | Self::OpenSample
            | Self::CloseStore
            | Self::ForgetStore
            | Self::CheckServer
            | Self::SignIn
            | Self::ArtifactsFolder => CommandGroup::Store,
            Self::ToggleTree
            | Self::TogglePanel
            | Self::ToggleTheme
            | Self::ZoomIn
            | Self::ZoomOut
            | Self::ZoomReset
            | Self::ShowKeys => CommandGroup::Window,
            Self::Spans(_) | Self::Labels(_) => CommandGroup::Spans,
        }
    }

    /// What it is called.
    pub fn text(self) -> &'static str {
        match self {
            Self::Palette => "Search or run a command…",
            Self::Back => "Back",
            Self::Forward => "Forward",
            Self::Up => "One step out",
            Self::Next => "Next run or trace",
            Self::Previous => "Previous run or trace",
            Self::Filter => "Filter runs, search traces",
            Self::FilterTraces => "Filter traces",
            Self::SearchText => "Search text in spans…",
            Self::Leave => "Leave the field or list",
            Self::CopyLink => "Copy link to this view",
            Self::ToggleAdapters => "Show or fold adapters",
            Self::Reveal => "Show or mask secrets",
            Self::Refresh => "Read again",
            Self::ShowWarnings => "Warnings of this store",
            Self::OpenStore => "Open store…",
            Self::OpenSample => "Open the sample store",
            Self::CloseStore => "Close this store",
            Self::ForgetStore => "Forget this store…",
            Self::CheckServer => "What this server tells…",
            Self::SignIn => "Sign in…",
            Self::ArtifactsFolder => "Where are the artifacts?…",
            Self::ToggleTree => "Show or hide the tree",
            Self::TogglePanel => "Show or hide the details",
            Self::ToggleTheme => "Theme: dark or light",
            Self::ZoomIn => "Zoom in",
            Self::ZoomOut => "Zoom out",
            Self::ZoomReset => "Zoom to 100 %",
            Self::ShowKeys => "List of keys",
            Self::Compare => "Compare",
            Self::CompareWith => "Compare with…",
            Self::Baseline => "Use as baseline",
            Self::ProgramHistory => "Program history",
            Self::Spans(command) => command.text(),
            Self::Labels(command) => command.text(),
        }
    }

    /// What it does, for a tooltip.
    pub fn tooltip(self) -> &'static str {
        match self {
            Self::Palette => "Find experiments, runs and traces by name or id, or run any command",
            Self::Back => "Go back to where you were before",
            Self::Forward => "Go forward again",
            Self::Up => "From a trace to its run, from a run to its experiment",
            Self::Next => "In a table the next row; on a page the run or trace that comes next in its list",
            Self::Previous => "In a table the row before; on a page the run or trace that comes before in its list",
            Self::Filter => {
                "In a table of runs a condition, as metrics.eval > 70, or a part of a name; among traces a text that they hold; elsewhere a part of the name of an experiment or run in the tree"
            }
            Self::FilterTraces => "In a list of traces a condition, as status = ERROR and latency_ms > 500",
            Self::SearchText => "Look for text in inputs, outputs, attributes, events and names of spans",
            Self::Leave => "Take the keyboard away from what has it",
            Self::CopyLink => {
                "It leads here, and names the store: paste it into the search, the field for a store, or after --at"
            }
            Self::ToggleAdapters => "Adapters only write prompts and parse answers; they are folded at first",
            Self::Reveal => "API keys, tokens and passwords are masked until you ask for them",
            Self::Refresh => "Read everything on screen again",
            Self::ShowWarnings => "What was damaged or missing in what was read",
            Self::OpenStore => "Choose another database or folder",
            Self::OpenSample => "A small store that comes with dspyglass",
            Self::CloseStore => "Go to the page on which a store is chosen",
            Self::ForgetStore => {
                "Take it off the recent stores, with its last place and folds; the file and your labels stay"
            }
            Self::CheckServer => "Which MLflow answers, which endpoints it has, and what it cannot tell",
            Self::SignIn => "Say who you are to the server; kept in memory until dspyglass ends",
            Self::ArtifactsFolder => "Name the folder that holds the artifacts of a copied store; it is remembered",
            Self::ToggleTree => "The tree of experiments and runs, at the left; it is remembered",
            Self::TogglePanel => "What is selected on the page, told at its right; it is remembered",
            Self::ToggleTheme => "Switch between dark and light",
            Self::ZoomIn => "Everything larger, up to 200 %",
            Self::ZoomOut => "Everything smaller, down to 80 %",
            Self::ZoomReset => "Everything as large as the system has it",
            Self::ShowKeys => "Show every key",
            Self::Compare => {
                "The selected runs or traces, or this run with the baseline or the previous different program"
            }
            Self::CompareWith => "Choose the run, or on the page of a trace the trace, that this one is compared with",
            Self::Baseline => "Other runs are compared with this one",
            Self::ProgramHistory => "Who wrote the instructions of this run's program, and every evaluation of it",
            Self::Spans(command) => command.tooltip(),
            Self::Labels(command) => command.tooltip(),
        }
    }

    /// The key; aliases follow the first.
    pub fn shortcuts(self) -> &'static [KeyboardShortcut] {
        const NONE: Modifiers = Modifiers::NONE;
        const ALT: Modifiers = Modifiers::ALT;
        const COMMAND: Modifiers = Modifiers::COMMAND;
        const BOTH: Modifiers = Modifiers::COMMAND.plus(Modifiers::SHIFT);
        const fn of(modifiers: Modifiers, key: Key) -> KeyboardShortcut {
            KeyboardShortcut::new(modifiers, key)
        }
        match self {
            Self::Palette => const { &[of(COMMAND, Key::K)] },
            Self::Back => const { &[of(ALT, Key::ArrowLeft), of(NONE, Key::Backspace), of(COMMAND, Key::OpenBracket)] },
            Self::Forward => const { &[of(ALT, Key::ArrowRight), of(COMMAND, Key::CloseBracket)] },
            Self::Up => const { &[of(ALT, Key::ArrowUp)] },
            Self::Next => const { &[of(NONE, Key::J)] },
            Self::Previous => const { &[of(NONE, Key::K)] },
            Self::Filter => const { &[of(NONE, Key::Slash)] },
            Self::FilterTraces => const { &[of(NONE, Key::F)] },
            Self::SearchText => const { &[of(BOTH, Key::F)] },
            Self::Leave => const { &[of(NONE, Key::Escape)] },
            Self::CopyLink => const { &[of(BOTH, Key::C)] },
            Self::ToggleAdapters => const { &[of(NONE, Key::A)] },
            Self::Reveal => const { &[of(BOTH, Key::R)] },
            Self::Refresh => const { &[of(NONE, Key::F5), of(COMMAND, Key::R)] },
            Self::ShowWarnings => const { &[of(BOTH, Key::W)] },
            Self::OpenStore => const { &[of(COMMAND, Key::O)] },
            Self::OpenSample => const { &[of(BOTH, Key::O)] },
            Self::CloseStore => const { &[of(COMMAND, Key::W)] },
            Self::ForgetStore => const { &[of(BOTH, Key::Delete)] },
            Self::CheckServer => const { &[of(BOTH, Key::I)] },
            Self::SignIn => const { &[of(BOTH, Key::U)] },
            Self::ArtifactsFolder => const { &[of(BOTH, Key::A)] },
            Self::ToggleTree => const { &[of(COMMAND, Key::B)] },
            Self::TogglePanel => const { &[of(NONE, Key::I)] },
            Self::ToggleTheme => const { &[of(BOTH, Key::L)] },
            Self::ZoomIn => const { &[of(COMMAND, Key::Plus), of(COMMAND, Key::Equals)] },
            Self::ZoomOut => const { &[of(COMMAND, Key::Minus)] },
            Self::ZoomReset => const { &[of(COMMAND, Key::Num0)] },
            Self::Compare => const { &[of(NONE, Key::D)] },
            Self::CompareWith => const { &[of(COMMAND, Key::D)] },
            Self::Baseline => const { &[of(NONE, Key::B)] },
            Self::ProgramHistory => const { &[of(NONE, Key::P)] },
            Self::ShowKeys => const { &[of(NONE, Key::F1), of(NONE, Key::Questionmark)] },
            Self::Spans(command) => command.shortcuts(),
            Self::Labels(command) => command.shortcuts(),
        }
    }
}
