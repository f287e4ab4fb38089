//! Some examples of a matrix, chosen for a reason that another view gives: those behind a number.

use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

/// No more examples are part of an address.
pub const EXAMPLES_MOST: usize = 2_000;

/// Some examples, by their places in the matrix, and what they are in words.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ExampleSet {
    examples: Vec<u32>,
    title: String,
}

impl ExampleSet {
    /// The examples of these places; those beyond [`EXAMPLES_MOST`] are left out. The title: `Broken, of the class billing`.
    pub fn new(title: impl Into<String>, examples: impl IntoIterator<Item = u32>) -> Self {
        let mut examples: Vec<u32> = examples.into_iter().take(EXAMPLES_MOST).collect();
        examples.sort_unstable();
        examples.dedup();
        Self { examples, title: title.into() }
    }

    /// What they are.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// Their places in the matrix, ascending.
    pub fn examples(&self) -> &[u32] {
        &self.examples
    }

    /// Whether it is one of them.
    pub fn contains(&self, example: usize) -> bool {
        u32::try_from(example).is_ok_and(|example| self.examples.binary_search(&example).is_ok())
    }
}

impl FromStr for ExampleSet {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        let (places, title) = text.split_once(' ').unwrap_or((text, ""));
        Ok(Self::new(title, places.split(',').filter_map(|place| place.parse().ok())))
    }
}

impl fmt::Display for ExampleSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, place) in self.examples.iter().enumerate() {
            write!(f, "{}{place}", if at == 0 { "" } else { "," })?;
        }
        write!(f, " {}", self.title)
    }
}
