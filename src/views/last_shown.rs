//! What pages remember of the things they showed last, so that who comes back finds them as they were left.

/// No more things of a kind are remembered than this; the one that was shown longest ago goes.
const MOST: usize = 8;

/// A memory for each of the last things that were shown.
#[derive(Debug)]
pub(super) struct KeptPlaces<K, M> {
    /// The one shown last at the end.
    kept: Vec<(K, M)>,
}

impl<K, M> Default for KeptPlaces<K, M> {
    fn default() -> Self {
        Self { kept: Vec::new() }
    }
}

impl<K: PartialEq + Clone, M: Default> KeptPlaces<K, M> {
    /// The memory of this thing, which is shown now. `of_last` makes a new one, with what is to stay of the one
    /// that was shown last.
    pub fn of_or(&mut self, key: &K, of_last: impl FnOnce(&M) -> M) -> &mut M {
        let own = match self.kept.iter().position(|(known, _)| known == key) {
            Some(at) => self.kept.remove(at).1,
            None => self.kept.last().map_or_else(M::default, |(_, last)| of_last(last)),
        };
        if self.kept.len() >= MOST {
            self.kept.remove(0);
        }
        self.kept.push((key.clone(), own));
        let last = self.kept.len() - 1;
        &mut self.kept[last].1
    }

    /// The memory of this thing, which is shown now; a new one remembers nothing.
    pub fn of(&mut self, key: &K) -> &mut M {
        self.of_or(key, |_| M::default())
    }
}

#[cfg(test)]
mod tests {
    use super::{KeptPlaces, MOST};

    #[test]
    fn the_last_things_are_remembered() {
        let mut kept: KeptPlaces<usize, String> = KeptPlaces::default();
        kept.of(&1).push_str("one");
        kept.of(&2).push_str("two");
        assert_eq!(kept.of(&1), "one");
        assert_eq!(kept.of_or(&3, |last| format!("after {last}")), "after one");
        for key in 10..10 + MOST - 1 {
            kept.of(&key).push('x');
        }
        assert_eq!(kept.of(&3), "after one");
        assert_eq!(kept.of(&2), "");
    }
}
