//! A passage of instructions of which the history is looked up.

use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

/// A passage is not longer, in bytes: it is part of the address.
pub const PHRASE_MOST: usize = 2_000;

/// A passage of instructions, at most [`PHRASE_MOST`] bytes of it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Phrase(String);

impl Phrase {
    /// A passage; what is too much of it is left out.
    pub fn new(text: impl Into<String>) -> Self {
        let mut text = text.into();
        text.truncate(text.floor_char_boundary(PHRASE_MOST));
        Self(text)
    }

    /// Its text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Phrase {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Self::new(text))
    }
}

impl fmt::Display for Phrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
