//! What was made for the things that were shown last, so that who comes back need not wait for it anew. What the
//! user did there is noted in the state.

/// For no more things of a kind than this it is kept; that of the one that was shown longest ago goes.
const MOST: usize = 8;

/// What was made for each of the last things that were shown.
#[derive(Debug)]
pub(super) struct LastShown<K, M> {
    /// That of the one shown last at the end.
    made: Vec<(K, M)>,
}

impl<K, M> Default for LastShown<K, M> {
    fn default() -> Self {
        Self { made: Vec::new() }
    }
}

impl<K: PartialEq + Clone, M: Default> LastShown<K, M> {
    /// What is made for this thing, which is shown now. `of_last` makes a new one, with what is to stay of the one
    /// that was shown last.
    pub fn of_or(&mut self, key: &K, of_last: impl FnOnce(&M) -> M) -> &mut M {
        let own = match self.made.iter().position(|(known, _)| known == key) {
            Some(at) => self.made.remove(at).1,
            None => self.made.last().map_or_else(M::default, |(_, last)| of_last(last)),
        };
        if self.made.len() >= MOST {
            self.made.remove(0);
        }
        self.made.push((key.clone(), own));
        let last = self.made.len() - 1;
        &mut self.made[last].1
    }

    /// What is made for this thing, which is shown now; for a new one nothing is.
    pub fn of(&mut self, key: &K) -> &mut M {
        self.of_or(key, |_| M::default())
    }
}

#[cfg(test)]
mod tests {
    use super::{LastShown, MOST};

    #[test]
    fn what_was_made_for_the_last_things_is_there() {
        let mut made: LastShown<usize, String> = LastShown::default();
        made.of(&1).push_str("one");
        made.of(&2).push_str("two");
        assert_eq!(made.of(&1), "one");
        assert_eq!(made.of_or(&3, |last| format!("after {last}")), "after one");
        for key in 10..10 + MOST - 1 {
            made.of(&key).push('x');
        }
        assert_eq!(made.of(&3), "after one");
        assert_eq!(made.of(&2), "");
    }
}
