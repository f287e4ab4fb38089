//! Long texts on their way to the screen. How they are broken into lines depends on the width and
//! the font, so the views derive that from them, on a worker where it takes long
//! ([`super::Loader::derive`]).

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// A text that is never changed, and a number that no other text has.
#[derive(Clone, Debug)]
pub struct Text {
    id: u64,
    text: Arc<str>,
    keys: Arc<[Range<usize>]>,
}

impl Text {
    /// Wraps a text.
    pub fn new(text: impl Into<Arc<str>>) -> Self {
        Self { id: unique_id(), text: text.into(), keys: Arc::new([]) }
    }

    /// Wraps a text of which some bytes are keys.
    pub fn with_keys(text: impl Into<Arc<str>>, keys: Vec<Range<usize>>) -> Self {
        Self { keys: keys.into(), ..Self::new(text) }
    }

    /// The bytes that are keys, in order.
    pub fn keys(&self) -> &[Range<usize>] {
        &self.keys
    }

    /// What nothing else has: what is derived from the text is kept under it.
    pub fn id(&self) -> u64 {
        self.id
    }

    /// The text.
    pub fn text(&self) -> &Arc<str> {
        &self.text
    }

    /// Its length in bytes.
    pub fn bytes(&self) -> usize {
        self.text.len() + self.keys.len() * 16
    }
}

/// A number that was never given out before: the source of a [`super::DerivedKey`].
pub fn unique_id() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

impl PartialEq for Text {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id || self.text == other.text
    }
}

impl Eq for Text {}

#[cfg(test)]
mod tests {
    use super::Text;

    #[test]
    fn equal_texts_are_equal_and_yet_told_apart() {
        let (a, b) = (Text::new("same"), Text::new("same"));
        assert_eq!(a, b);
        assert_ne!(a.id(), b.id());
    }
}
