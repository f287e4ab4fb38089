//! Which rows of a tree are folded, and a version that says when rows have to be made anew.

use std::collections::HashSet;
use std::hash::Hash;

/// A set of folded (or unfolded) things with a version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folds<K: Hash + Eq> {
    keys: HashSet<K>,
    version: u64,
}

impl<K: Hash + Eq> Default for Folds<K> {
    fn default() -> Self {
        Self { keys: HashSet::new(), version: 0 }
    }
}

impl<K: Hash + Eq> Folds<K> {
    /// Whether `key` is in the set.
    pub fn has(&self, key: &K) -> bool {
        self.keys.contains(key)
    }

    /// Puts `key` into the set or takes it out.
    pub fn set(&mut self, key: K, is_in: bool) {
        let has_changed = if is_in { self.keys.insert(key) } else { self.keys.remove(&key) };
        self.version += u64::from(has_changed);
    }

    /// Empties the set.
    pub fn clear(&mut self) {
        self.keys.clear();
        self.version += 1;
    }

    /// Changes with every change.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// What is in the set, in no order.
    pub fn iter(&self) -> impl Iterator<Item = &K> {
        self.keys.iter()
    }
}
