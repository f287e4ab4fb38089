//! How often rows repeat.

use std::collections::HashMap;
use std::hash::Hash;

/// Rows that stand in a list several times, counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Repeats {
    /// All rows.
    pub rows: usize,
    /// Different rows.
    pub distinct: usize,
    /// How often the rarest row stands there.
    pub least: usize,
    /// How often the most frequent row stands there.
    pub most: usize,
}

impl Repeats {
    /// Counts rows.
    pub fn of<K: Hash + Eq>(keys: impl IntoIterator<Item = K>) -> Self {
        let mut counts: HashMap<K, usize> = HashMap::new();
        let mut rows = 0;
        for key in keys {
            rows += 1;
            *counts.entry(key).or_default() += 1;
        }
        let least = counts.values().copied().min().unwrap_or_default();
        let most = counts.values().copied().max().unwrap_or_default();
        Self { rows, distinct: counts.len(), least, most }
    }

    /// Whether any row stands there several times.
    pub fn has_repeats(self) -> bool {
        self.most > 1
    }

    /// Whether every row stands there equally often, as where whole lists were appended to one another.
    pub fn is_even(self) -> bool {
        self.least == self.most
    }
}

#[cfg(test)]
mod tests {
    use super::Repeats;

    #[test]
    fn rows_are_counted() {
        assert_eq!(Repeats::of(["a", "b", "a", "b"]), Repeats { rows: 4, distinct: 2, least: 2, most: 2 });
        assert!(Repeats::of(["a", "b", "a", "b"]).is_even() && Repeats::of(["a", "b", "a", "b"]).has_repeats());
        assert!(!Repeats::of(["a", "b", "a"]).is_even());
        assert!(!Repeats::of(["a", "b"]).has_repeats() && !Repeats::of(Vec::<u8>::new()).has_repeats());
    }
}
