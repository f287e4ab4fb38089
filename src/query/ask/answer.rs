//! An answer without its type, for whoever keeps answers of all kinds.

use std::any::Any;
use std::fmt::Debug;
use std::sync::Arc;

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
