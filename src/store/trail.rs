//! The way through a list that comes in pages: each says where the next one begins, and a store may lead round in a
//! circle.

use std::collections::HashSet;

use super::page::Cursor;
use crate::model::Warning;

/// The cursors of one list that were followed. None is followed twice, so that every list ends.
#[derive(Clone, Debug, Default)]
pub struct Trail {
    followed: HashSet<Cursor>,
    is_circle: bool,
}

impl Trail {
    /// The way through a list that is read from here on; `None`: from its beginning.
    pub fn from(begin: Option<&Cursor>) -> Self {
        Self { followed: begin.cloned().into_iter().collect(), is_circle: false }
    }

    /// Where to go on behind a page that says this; `None` at the end, and where a store leads back.
    pub fn follow(&mut self, next: Option<&Cursor>) -> Option<Cursor> {
        let next = next?;
        if self.followed.insert(next.clone()) {
            return Some(next.clone());
        }
        self.is_circle = true;
        None
    }

    /// What to say of the list if its store led back.
    pub fn warning(&self) -> Option<Warning> {
        if self.is_circle { Self::circle() } else { None }
    }

    /// What to say of a list whose pages tell nothing new, however they are called.
    pub fn circle() -> Option<Warning> {
        let what = "it has no end: its pages lead round in a circle, and each was read once";
        Some(Warning::new("a list", what))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cursor_is_followed_twice() {
        let [a, b] = ["a", "b"].map(Cursor::new);
        let mut trail = Trail::default();
        assert_eq!(trail.follow(Some(&a)), Some(a.clone()));
        assert_eq!(trail.follow(Some(&b)), Some(b));
        assert_eq!((trail.clone().follow(None), trail.warning()), (None, None), "an end is no circle");
        assert_eq!(trail.follow(Some(&a)), None);
        assert!(trail.warning().is_some());
        let mut trail = Trail::from(Some(&a));
        assert_eq!((trail.follow(Some(&a)), trail.warning().is_some()), (None, true));
    }
}
