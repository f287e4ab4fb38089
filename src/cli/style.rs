//! How text looks where it is printed to.

use std::io::IsTerminal;

/// How text looks where it is printed to.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Style {
    /// The width of the terminal in cells; `None` if it is no terminal, and nothing is cut.
    pub(super) width: Option<usize>,
    /// Whether status words are coloured.
    pub(super) has_color: bool,
    /// Times in UTC instead of local ones.
    pub(super) is_utc: bool,
}

impl Style {
    /// What standard output is good for. Colour is off where `NO_COLOR` is set to anything
    /// (<https://no-color.org>) or the terminal is `dumb`.
    pub(super) fn of_stdout() -> Self {
        let is_terminal = std::io::stdout().is_terminal();
        let is_set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let is_dumb = std::env::var_os("TERM").is_some_and(|value| value == "dumb");
        let columns = || std::env::var("COLUMNS").ok()?.parse().ok();
        let measured = || terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
        Self {
            width: if is_terminal { measured().or_else(columns).filter(|width| *width >= 20) } else { None },
            has_color: is_terminal && !is_set("NO_COLOR") && !is_dumb,
            is_utc: false,
        }
    }
}

/// The colour of a word that says how something stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Color {
    Good,
    Bad,
    Open,
}

impl Color {
    /// By MLflow's words for runs, traces and spans.
    pub(super) fn of_status(status: &str) -> Option<Self> {
        match status {
            "FINISHED" | "OK" => Some(Self::Good),
            "FAILED" | "KILLED" | "ERROR" => Some(Self::Bad),
            "RUNNING" | "IN_PROGRESS" | "SCHEDULED" => Some(Self::Open),
            _ => None,
        }
    }

    /// The text between the codes of this colour.
    pub(super) fn paint(self, text: &str) -> String {
        let code = match self {
            Self::Good => 32,
            Self::Bad => 31,
            Self::Open => 33,
        };
        format!("\u{1b}[{code}m{text}\u{1b}[0m")
    }
}
