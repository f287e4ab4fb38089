//! The lines of a list of traces: one after another, or by session.

use std::sync::Arc;

use crate::loader::SessionGroup;
use crate::state::{FoldKey, Folds};
use crate::store::TraceHandle;

/// What a line is; it stays the same when lines come before it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Line {
    /// The head of a session; `None`: of the traces that belong to none.
    Session(Option<Arc<str>>),
    /// A trace.
    Trace(TraceHandle),
}

impl Line {
    /// As it is noted of the page.
    pub fn to_text(&self) -> String {
        match self {
            Self::Trace(handle) => handle.0.to_string(),
            Self::Session(None) => "session".to_owned(),
            Self::Session(Some(id)) => format!("session/{id}"),
        }
    }

    /// Reads what was noted.
    pub fn parse(text: &str) -> Option<Self> {
        match text.strip_prefix("session") {
            Some("") => Some(Self::Session(None)),
            Some(id) => id.strip_prefix('/').map(|id| Self::Session(Some(id.into()))),
            None => text.parse().ok().map(|handle| Self::Trace(TraceHandle(handle))),
        }
    }
}

/// The lines of the sessions, without the traces of those that are folded.
pub(super) fn by_session(groups: &[SessionGroup], folds: &Folds<FoldKey>) -> Vec<Line> {
    let mut lines = Vec::with_capacity(groups.iter().map(|group| group.traces.len() + 1).sum());
    for group in groups {
        lines.push(Line::Session(group.id.clone()));
        if !folds.has(&FoldKey::Session(group.id.clone())) {
            lines.extend(group.traces.iter().map(|handle| Line::Trace(*handle)));
        }
    }
    lines
}

/// The lines of a list.
pub(super) enum Listing<'a> {
    /// Newest first.
    Plain(&'a [TraceHandle]),
    /// By session.
    BySession(&'a [Line]),
}

impl Listing<'_> {
    pub fn len(&self) -> usize {
        match self {
            Self::Plain(handles) => handles.len(),
            Self::BySession(lines) => lines.len(),
        }
    }

    pub fn get(&self, at: usize) -> Option<Line> {
        match self {
            Self::Plain(handles) => handles.get(at).copied().map(Line::Trace),
            Self::BySession(lines) => lines.get(at).cloned(),
        }
    }

    pub fn position(&self, line: &Line) -> Option<usize> {
        match (self, line) {
            (Self::Plain(handles), Line::Trace(wanted)) => handles.iter().position(|handle| handle == wanted),
            (Self::Plain(_), Line::Session(_)) => None,
            (Self::BySession(lines), wanted) => lines.iter().position(|line| line == wanted),
        }
    }

    /// The traces of some lines.
    pub fn handles(&self, range: std::ops::Range<usize>) -> Vec<TraceHandle> {
        let of = |at| match self.get(at) {
            Some(Line::Trace(handle)) => Some(handle),
            _ => None,
        };
        range.filter_map(of).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn traces_stand_under_their_session_unless_it_is_folded() {
        let group = |id: Option<&str>, traces: &[u64]| SessionGroup {
            id: id.map(Into::into),
            traces: traces.iter().copied().map(TraceHandle).collect(),
        };
        let groups = [group(Some("b"), &[9, 3]), group(Some("a"), &[8]), group(None, &[7])];
        let text = |lines: &[Line]| lines.iter().map(Line::to_text).collect::<Vec<_>>().join(" ");
        let open = by_session(&groups, &Folds::default());
        assert_eq!(text(&open), "session/b 9 3 session/a 8 session 7");
        let mut folds = Folds::default();
        folds.set(FoldKey::Session(Some("b".into())), true);
        folds.set(FoldKey::Session(None), true);
        let folded = by_session(&groups, &folds);
        assert_eq!(text(&folded), "session/b session/a 8 session");
        let listing = Listing::BySession(&open);
        for (at, line) in open.iter().enumerate() {
            assert_eq!(Line::parse(&line.to_text()).as_ref(), Some(line));
            assert_eq!(listing.position(line), Some(at));
        }
        assert_eq!(listing.handles(0..4), [TraceHandle(9), TraceHandle(3)]);
        assert_eq!(Line::parse("nonsense"), None);
    }
}
