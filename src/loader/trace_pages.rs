//! Lists of traces that were put together of pages.

use std::collections::HashMap;
use std::sync::Arc;

use crate::query::TraceScope;
use crate::store::TraceIndex;

/// Those that are looked at.
#[derive(Debug, Default)]
pub(super) struct TracePages(HashMap<TraceScope, Joined>);

/// A list, and what it was put together of.
#[derive(Debug)]
struct Joined {
    pages: Vec<Arc<TraceIndex>>,
    whole: Arc<TraceIndex>,
    /// The frame in which it was last wanted.
    wanted: u64,
}

impl TracePages {
    /// Forgets everything.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// The pages as one list: the same as before while the pages are.
    pub fn join(&mut self, scope: &TraceScope, pages: Vec<Arc<TraceIndex>>, frame: u64) -> Arc<TraceIndex> {
        // A list that nobody looks at is put together again when it is.
        self.0.retain(|_, joined| joined.wanted + 1 >= frame);
        if let Some(joined) = self.0.get_mut(scope)
            && joined.pages.len() == pages.len()
            && joined.pages.iter().zip(&pages).all(|(old, new)| Arc::ptr_eq(old, new))
        {
            joined.wanted = frame;
            return Arc::clone(&joined.whole);
        }
        let whole = Arc::new(TraceIndex::of_pages(pages.iter().map(|page| &**page)));
        self.0.insert(scope.clone(), Joined { pages, whole: Arc::clone(&whole), wanted: frame });
        whole
    }
}
