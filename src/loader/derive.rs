//! Work of views that takes too long for a frame: wrapping a long text, thinning out a series.

use std::any::{Any, TypeId};
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::sync::{Arc, Mutex, PoisonError};

use super::lane::Lane;
use super::loader::Loader;
use super::slot::Slot;
use crate::query::ask::{AnyAnswer, AnyKey, AnyQuestion, CostClass, Session};
use crate::store::{Result, StoreError};

/// Under which a derived value is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct DerivedKey {
    /// What it is.
    pub what: &'static str,
    /// What it is made of, for instance the number of a [`super::Numbered`].
    pub source: u64,
    /// In which way, for instance a width.
    pub variant: u64,
}

type Make<T> = Box<dyn FnOnce() -> (T, usize) + Send>;

/// A question that no store is read for: it carries what makes its answer, or nothing to only look for one.
struct Derived<T> {
    key: DerivedKey,
    make: Mutex<Option<Make<T>>>,
    of: PhantomData<fn() -> T>,
}

impl<T> Derived<T> {
    fn new(key: DerivedKey, make: Option<Make<T>>) -> Self {
        Self { key, make: Mutex::new(make), of: PhantomData }
    }
}

impl<T> std::fmt::Debug for Derived<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Derived").field(&self.key).finish()
    }
}

impl<T: Send + Sync + 'static> AnyKey for Derived<T> {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn is_same(&self, other: &dyn AnyKey) -> bool {
        other.as_any().downcast_ref::<Self>().is_some_and(|other| other.key == self.key)
    }

    fn hash_into(&self, mut hasher: &mut dyn Hasher) {
        TypeId::of::<T>().hash(&mut hasher);
        self.key.hash(&mut hasher);
    }

    fn to_shared(&self) -> Arc<dyn AnyKey> {
        Arc::new(Self::new(self.key, None))
    }

    fn cost(&self) -> CostClass {
        CostClass::Bodies
    }
}

impl<T: Send + Sync + 'static> AnyQuestion for Derived<T> {
    fn label(&self) -> &'static str {
        self.key.what
    }

    fn find(&self, _: &mut Session<'_>) -> Result<AnyAnswer> {
        let make = self.make.lock().unwrap_or_else(PoisonError::into_inner).take();
        // It is made once; who has nothing to make it with only looked for it.
        let (value, bytes) = make.ok_or(StoreError::Cancelled)?();
        Ok(AnyAnswer::opaque(value, bytes))
    }
}

impl Loader {
    /// Makes a value on a worker and keeps it like an answer. `make` must be pure and gives the value
    /// and about how many bytes it holds; it is called only if there is none under this key.
    pub fn derive<T: Send + Sync + 'static>(
        &mut self,
        key: DerivedKey,
        lane: Lane,
        make: impl FnOnce() -> (T, usize) + Send + 'static,
    ) -> Slot<T> {
        let wanted = Derived::<T>::new(key, None);
        self.ask_any(&wanted, lane, || Arc::new(Derived::new(key, Some(Box::new(make)))))
    }
}
