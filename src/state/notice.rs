//! What the user is told at the top of the window, until it is taken away.

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NoticeKind {
    /// Something could not be done.
    Failed,
    /// Something to be careful about.
    Warning,
    /// Something that would help.
    Hint,
    /// Something was done as asked: said in passing, and gone by itself.
    Done,
}

/// One notice.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct NoticeText {
    /// How bad it is.
    pub kind: NoticeKind,
    /// What it is about, in a sentence.
    pub what: String,
    /// What can be done, or where it was; may be empty.
    pub advice: String,
}

impl NoticeText {
    /// Something could not be done.
    pub fn failed(what: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { kind: NoticeKind::Failed, what: what.into(), advice: advice.into() }
    }

    /// Something to be careful about.
    pub fn warning(what: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { kind: NoticeKind::Warning, what: what.into(), advice: advice.into() }
    }

    /// Something that would help.
    pub fn hint(what: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { kind: NoticeKind::Hint, what: what.into(), advice: advice.into() }
    }

    /// Something was done as asked.
    pub fn done(what: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { kind: NoticeKind::Done, what: what.into(), advice: advice.into() }
    }

    /// All of it in one line, for the clipboard.
    pub fn details(&self) -> String {
        if self.advice.is_empty() { self.what.clone() } else { format!("{} – {}", self.what, self.advice) }
    }
}
