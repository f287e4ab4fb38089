//! What tells one question from all others, without its type: under this answers are kept, by whoever keeps them.

use std::any::Any;
use std::fmt::Debug;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// What keeping an answer costs. Answers of one class share a bound, so that long texts never push out the tree that
/// they belong to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CostClass {
    /// Facts that other questions build on.
    Facts,
    /// Skeletons of many rows: spans of a trace, places of a list.
    Rows,
    /// Long texts and what is laid out for a screen: kept only by who shows them, never by a session.
    Bodies,
}

impl CostClass {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Facts, Self::Rows, Self::Bodies];

    /// About how many bytes of answers are worth keeping.
    pub fn most_bytes(self) -> usize {
        match self {
            Self::Rows => 16 << 20,
            Self::Facts | Self::Bodies => 32 << 20,
        }
    }
}

/// What an answer is kept under.
pub trait AnyKey: Debug + Send + Sync {
    /// Itself, to be compared with others of its type.
    fn as_any(&self) -> &dyn Any;
    /// Whether it asks the same.
    fn is_same(&self, other: &dyn AnyKey) -> bool;
    /// Feeds what identifies it to a hasher.
    fn hash_into(&self, hasher: &mut dyn Hasher);
    /// A copy to keep.
    fn to_shared(&self) -> Arc<dyn AnyKey>;
    /// What keeping its answer costs.
    fn cost(&self) -> CostClass;
}

impl PartialEq for dyn AnyKey {
    fn eq(&self, other: &Self) -> bool {
        self.is_same(other)
    }
}

impl Eq for dyn AnyKey {}

impl Hash for dyn AnyKey {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        self.hash_into(hasher);
    }
}
