//! What can be asked, and the same without its type, for whoever keeps questions of all kinds.

use std::any::Any;
use std::fmt::Debug;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use super::session::Session;
use crate::store::Result;

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

/// A question for a store: the value is what identifies it. Questions ask each other through the [`Session`], never
/// in a circle.
pub trait Question: Clone + Debug + Eq + Hash + Send + Sync + 'static {
    /// What it answers. Equal answers let whoever drew from the old one keep its drawing.
    type Answer: PartialEq + Send + Sync + 'static;

    /// What it asks for, in words: "slowest: list of traces, 84 ms".
    const LABEL: &'static str;

    /// What keeping its answer costs.
    const COST: CostClass = CostClass::Facts;

    /// Finds the answer; blocks.
    ///
    /// # Errors
    /// Those of the store. What a store does not have is no error but an answer.
    fn answer(&self, session: &mut Session<'_>) -> Result<Self::Answer>;

    /// About how many bytes an answer holds.
    fn bytes(answer: &Self::Answer) -> usize;

    /// Whether writing to the store cannot change this answer any more.
    fn is_final(_answer: &Self::Answer) -> bool {
        false
    }
}

/// A [`Question`] of any type.
pub trait AnyQuestion: Debug + Send + Sync {
    /// Itself, to be compared with others of its type.
    fn as_any(&self) -> &dyn Any;
    /// Whether it asks the same.
    fn is_same(&self, other: &dyn AnyQuestion) -> bool;
    /// Feeds what identifies it to a hasher.
    fn hash_into(&self, hasher: &mut dyn Hasher);
    /// A copy to keep.
    fn to_shared(&self) -> Arc<dyn AnyQuestion>;
    /// [`Question::LABEL`]
    fn label(&self) -> &'static str;
    /// [`Question::COST`]
    fn cost(&self) -> CostClass;
    /// [`Question::answer`]
    ///
    /// # Errors
    /// Those of the question.
    fn find(&self, session: &mut Session<'_>) -> Result<AnyAnswer>;
}

impl<Q: Question> AnyQuestion for Q {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn is_same(&self, other: &dyn AnyQuestion) -> bool {
        other.as_any().downcast_ref::<Q>() == Some(self)
    }

    fn hash_into(&self, mut hasher: &mut dyn Hasher) {
        std::any::TypeId::of::<Q>().hash(&mut hasher);
        self.hash(&mut hasher);
    }

    fn to_shared(&self) -> Arc<dyn AnyQuestion> {
        Arc::new(self.clone())
    }

    fn label(&self) -> &'static str {
        Q::LABEL
    }

    fn cost(&self) -> CostClass {
        Q::COST
    }

    fn find(&self, session: &mut Session<'_>) -> Result<AnyAnswer> {
        let answer = self.answer(session)?;
        let (bytes, is_final) = (64 + Q::bytes(&answer), Q::is_final(&answer));
        Ok(AnyAnswer::new(answer, bytes, is_final))
    }
}

impl PartialEq for dyn AnyQuestion {
    fn eq(&self, other: &Self) -> bool {
        self.is_same(other)
    }
}

impl Eq for dyn AnyQuestion {}

impl Hash for dyn AnyQuestion {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        self.hash_into(hasher);
    }
}

/// The answer of a question of any type, shared by all who look at it.
#[derive(Clone)]
pub struct AnyAnswer {
    value: Arc<dyn Any + Send + Sync>,
    /// About how many bytes it holds.
    pub bytes: usize,
    /// Writing to the store cannot change it any more.
    pub is_final: bool,
    says_same: fn(&dyn Any, &dyn Any) -> bool,
}

impl AnyAnswer {
    /// Wraps an answer that can be compared with an earlier one.
    pub fn new<T: PartialEq + Send + Sync + 'static>(answer: T, bytes: usize, is_final: bool) -> Self {
        Self { value: Arc::new(answer), bytes, is_final, says_same: says_same::<T> }
    }

    /// Wraps something that is made once and never compared.
    pub fn opaque<T: Send + Sync + 'static>(answer: T, bytes: usize) -> Self {
        Self { value: Arc::new(answer), bytes, is_final: true, says_same: |_, _| false }
    }

    /// The answer, if it is of this type.
    pub fn get<T: Send + Sync + 'static>(&self) -> Option<Arc<T>> {
        Arc::clone(&self.value).downcast().ok()
    }

    /// This answer, or `previous` if it says the same: who drew from it need not draw anew.
    pub fn or_same(self, previous: Option<&Self>) -> Self {
        match previous {
            Some(previous) if (self.says_same)(&*self.value, &*previous.value) => previous.clone(),
            _ => self,
        }
    }
}

impl Debug for AnyAnswer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AnyAnswer").field("bytes", &self.bytes).finish_non_exhaustive()
    }
}

fn says_same<T: PartialEq + 'static>(a: &dyn Any, b: &dyn Any) -> bool {
    match (a.downcast_ref::<T>(), b.downcast_ref::<T>()) {
        (Some(a), Some(b)) => a == b,
        _ => false,
    }
}
