//! Work of views that takes too long for a frame: wrapping a long text, thinning out a series.

use std::any::Any;
use std::sync::Arc;

use super::answer::{Answer, Derived};
use super::keeper::Loader;
use super::request::{DerivedKey, Lane, Request};
use super::slot::Slot;

type Make = Box<dyn FnOnce() -> (Arc<dyn Any + Send + Sync>, usize) + Send>;

/// How a derived value is made.
pub(super) struct Maker(Make);

impl Maker {
    pub fn make(self) -> Derived {
        let (value, bytes) = (self.0)();
        Derived { value, bytes }
    }
}

impl std::fmt::Debug for Maker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Maker")
    }
}

impl Loader {
    /// Makes a value on a worker and keeps it like an answer. `make` must be pure and gives the value
    /// and about how many bytes it holds; it is called only if there is none under this key.
    pub fn derive<T: Any + Send + Sync>(
        &mut self,
        key: DerivedKey,
        lane: Lane,
        make: impl FnOnce() -> (T, usize) + Send + 'static,
    ) -> Slot<T> {
        let maker = || {
            let make: Make = Box::new(move || {
                let (value, bytes) = make();
                (Arc::new(value) as Arc<dyn Any + Send + Sync>, bytes)
            });
            Some(Maker(make))
        };
        self.want_made(Request::Derived(key), lane, maker, |answer| match answer {
            Answer::Derived(derived) => Arc::clone(&derived.value).downcast::<T>().ok(),
            _ => None,
        })
    }
}
