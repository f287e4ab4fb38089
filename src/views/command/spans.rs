//! What can be done with the spans of a trace: where the keyboard goes in the tree, and what of the time is shown.

use egui::{Key, KeyboardShortcut, Modifiers};

/// A command of the page of a trace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SpanCommand {
    /// Give the keyboard to the field that finds inside the trace.
    Find,
    /// To the parent.
    Parent,
    /// To the first child.
    Child,
    /// To the next sibling.
    NextSibling,
    /// To the previous sibling.
    PreviousSibling,
    /// To the first span that failed, then to the next one.
    Error,
    /// To the next call of a language model.
    NextLm,
    /// To the previous call of a language model.
    PreviousLm,
    /// Mark what determines how long the trace took.
    Critical,
    /// Show less time, larger.
    TimeIn,
    /// Show more time.
    TimeOut,
    /// Show all of the time.
    FitAll,
    /// Show the time of the focused span.
    FitSpan,
    /// Show all that was stored of the span, or go back to how it was read.
    Raw,
    /// Copy the span as JSON.
    CopySpan,
    /// Copy the messages that a model was sent.
    CopyMessages,
    /// Copy Python that repeats a call with `dspy.LM`.
    CopyDspy,
    /// Copy Python that repeats a call with `litellm`.
    CopyLiteLlm,
    /// Copy a line for a shell that repeats a call.
    CopyCurl,
}

impl SpanCommand {
    /// All of them.
    pub const ALL: [Self; 19] = [
        Self::Find,
        Self::Parent,
        Self::Child,
        Self::NextSibling,
        Self::PreviousSibling,
        Self::Error,
        Self::NextLm,
        Self::PreviousLm,
        Self::Critical,
        Self::TimeIn,
        Self::TimeOut,
        Self::FitAll,
        Self::FitSpan,
        Self::Raw,
        Self::CopySpan,
        Self::CopyMessages,
        Self::CopyDspy,
        Self::CopyLiteLlm,
        Self::CopyCurl,
    ];

    /// Whether the details of the focused span do it.
    pub fn is_of_details(self) -> bool {
        matches!(
            self,
            Self::Raw | Self::CopySpan | Self::CopyMessages | Self::CopyDspy | Self::CopyLiteLlm | Self::CopyCurl
        )
    }

    /// What it is called.
    pub fn text(self) -> &'static str {
        match self {
            Self::Find => "Find in this trace",
            Self::Parent => "Parent span",
            Self::Child => "First child span",
            Self::NextSibling => "Next sibling",
            Self::PreviousSibling => "Previous sibling",
            Self::Error => "First error, then the next",
            Self::NextLm => "Next LM call",
            Self::PreviousLm => "Previous LM call",
            Self::Critical => "Critical path",
            Self::TimeIn => "Less time, larger",
            Self::TimeOut => "More time, smaller",
            Self::FitAll => "All of the time",
            Self::FitSpan => "The time of the span",
            Self::Raw => "Raw record, and back",
            Self::CopySpan => "Copy span as JSON",
            Self::CopyMessages => "Copy chat messages",
            Self::CopyDspy => "Copy Python for dspy.LM",
            Self::CopyLiteLlm => "Copy Python for litellm",
            Self::CopyCurl => "Copy curl",
        }
    }

    /// What it does, for a tooltip.
    pub fn tooltip(self) -> &'static str {
        match self {
            Self::Find => "In the names, inputs, outputs, attributes and events of all spans of this trace",
            Self::Parent => "From a span to the one that it is part of",
            Self::Child => "From a span to the first of its parts",
            Self::NextSibling => "To the next part of the same span",
            Self::PreviousSibling => "To the part of the same span before this one",
            Self::Error => "To the first span that failed, or from one that failed to the next",
            Self::NextLm => "To the next call of a language model, from the top down",
            Self::PreviousLm => "To the call of a language model before, from the bottom up",
            Self::Critical => {
                "Underlines what determined how long the trace took: from its end backwards always the span that ended last; of spans that ran at the same time only the last to end counts"
            }
            Self::TimeIn => "Zoom into the time at the pointer, or at the span; also Ctrl and the wheel",
            Self::TimeOut => "Zoom out of the time; also Ctrl and the wheel",
            Self::FitAll => "From the first start to the last end; also a double click on the axis",
            Self::FitSpan => "From the start to the end of the span; also a double click on its bar",
            Self::Raw => "All that was stored of the focused span, as JSON, or back to how it was read",
            Self::CopySpan => "All that was stored of the focused span; secrets stay masked unless they are revealed",
            Self::CopyMessages => "The messages that the focused call sent to its model, as JSON",
            Self::CopyDspy => "Python that repeats the focused call with dspy.LM; its key comes from the environment",
            Self::CopyLiteLlm => {
                "Python that repeats the focused call with litellm; its key comes from the environment"
            }
            Self::CopyCurl => "A line for a shell that repeats the focused call; its key comes from the environment",
        }
    }

    /// The key; aliases follow the first.
    pub fn shortcuts(self) -> &'static [KeyboardShortcut] {
        const NONE: Modifiers = Modifiers::NONE;
        const SHIFT: Modifiers = Modifiers::SHIFT;
        const fn of(modifiers: Modifiers, key: Key) -> KeyboardShortcut {
            KeyboardShortcut::new(modifiers, key)
        }
        match self {
            Self::Find => const { &[of(Modifiers::COMMAND, Key::F)] },
            Self::Parent => const { &[of(NONE, Key::H)] },
            Self::Child => const { &[of(NONE, Key::L)] },
            Self::NextSibling => const { &[of(NONE, Key::N)] },
            Self::PreviousSibling => const { &[of(SHIFT, Key::N)] },
            Self::Error => const { &[of(NONE, Key::E)] },
            Self::NextLm => const { &[of(NONE, Key::M)] },
            Self::PreviousLm => const { &[of(SHIFT, Key::M)] },
            Self::Critical => const { &[of(NONE, Key::X)] },
            Self::TimeIn => const { &[of(NONE, Key::Plus), of(NONE, Key::Equals)] },
            Self::TimeOut => const { &[of(NONE, Key::Minus)] },
            Self::FitAll => const { &[of(NONE, Key::Num0)] },
            Self::FitSpan => const { &[of(NONE, Key::Z)] },
            Self::Raw => const { &[of(NONE, Key::R)] },
            Self::CopySpan => const { &[of(NONE, Key::Y)] },
            Self::CopyMessages => const { &[of(SHIFT, Key::Y)] },
            Self::CopyDspy => const { &[of(NONE, Key::U)] },
            Self::CopyLiteLlm => const { &[of(SHIFT, Key::U)] },
            Self::CopyCurl => const { &[of(SHIFT, Key::C)] },
        }
    }
}
