//! Why a command line was not answered.

use std::process::ExitCode;

use crate::model::PatternError;
use crate::query::{FilterError, NoSort};
use crate::store::StoreError;

use super::words;

/// Why a command line was not answered.
#[derive(Debug)]
pub(super) enum Failure {
    /// Nothing could be read.
    Store(StoreError),
    /// What was asked for does not exist, or is not the only one of its name: a sentence.
    Absent(String),
    /// A filter that is none, and the mistake in it.
    Filter(String, FilterError),
    /// An order that is none.
    Sort(String, NoSort),
    /// A text that cannot be looked for.
    Pattern(PatternError),
    /// The output could not be written.
    Output(std::io::Error),
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::Output(error)
    }
}

impl From<serde_json::Error> for Failure {
    fn from(error: serde_json::Error) -> Self {
        Self::Output(error.into())
    }
}

impl Failure {
    /// Whether whoever read the output has seen enough (`| head`).
    fn is_closed_pipe(&self) -> bool {
        matches!(self, Self::Output(error) if error.kind() == std::io::ErrorKind::BrokenPipe)
    }

    /// What to print; nothing if nobody listens any more.
    pub(super) fn message(&self) -> Option<String> {
        match self {
            _ if self.is_closed_pipe() => None,
            Self::Store(error) => Some(words::clean(&error.to_string())),
            Self::Absent(message) => Some(words::clean(message)),
            Self::Filter(text, error) => Some(pointed(text, error)),
            Self::Sort(text, error) => Some(format!("cannot sort by {}: {error}", words::clean(text))),
            Self::Pattern(error) => Some(words::clean(&error.to_string())),
            Self::Output(error) => Some(format!("cannot write the output: {error}")),
        }
    }

    /// 1 where there is nothing, 2 for wrong usage.
    pub(super) fn exit_code(&self) -> ExitCode {
        match self {
            _ if self.is_closed_pipe() => ExitCode::SUCCESS,
            Self::Filter(..) | Self::Sort(..) | Self::Pattern(_) => ExitCode::from(2),
            _ => ExitCode::FAILURE,
        }
    }
}

/// How much of a filter is shown on either side of the mistake, in characters.
const AROUND: usize = 60;

/// The mistake, and the place in the filter with carets below it.
fn pointed(text: &str, error: &FilterError) -> String {
    let place = error.excerpt(text, AROUND);
    let cut = |is_cut: bool| if is_cut { "…" } else { "" };
    let before = format!("{}{}", cut(place.is_cut_before), words::clean(place.before));
    let marked = words::clean(place.marked);
    let after = format!("{}{}", words::clean(place.after), cut(place.is_cut_after));
    let indent = " ".repeat(words::width(&before));
    let carets = "^".repeat(words::width(&marked).max(1));
    format!(
        "the filter cannot be read at character {}: {}\n  {before}{marked}{after}\n  {indent}{carets}",
        place.character,
        words::clean(&error.to_string())
    )
}
