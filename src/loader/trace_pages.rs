//! Lists of traces that were put together of pages.

use std::collections::HashMap;
use std::sync::Arc;

use crate::model::Warning;
use crate::query::TraceScope;
use crate::store::TraceIndex;

/// Those that are looked at.
#[derive(Debug, Default)]
pub(super) struct TracePages(HashMap<TraceScope, Joined>);

/// The pages of a list that are there, from the first on.
#[derive(Debug)]
pub(super) struct Chain {
    pub pages: Vec<Arc<TraceIndex>>,
    /// Nothing is to come behind the last one.
    pub is_whole: bool,
    /// What is wrong with the way through them.
    pub warning: Option<Warning>,
}

/// A list to show.
#[derive(Clone, Debug)]
pub(super) struct ShownList {
    pub list: Arc<TraceIndex>,
    /// It was there before the pages that are there now, which are less.
    pub is_old: bool,
}

/// A list, and what it was put together of.
#[derive(Debug)]
struct Joined {
    chain: Chain,
    shown: ShownList,
    /// The frame in which it was last wanted.
    wanted: u64,
}

impl Chain {
    fn is_same(&self, other: &Self) -> bool {
        self.is_whole == other.is_whole
            && self.pages.len() == other.pages.len()
            && self.pages.iter().zip(&other.pages).all(|(old, new)| Arc::ptr_eq(old, new))
    }

    /// The pages as one list.
    fn join(&self) -> TraceIndex {
        let list = TraceIndex::of_pages(self.pages.iter().map(|page| &**page));
        // Where the way leads back, nothing is to come although the last page says so.
        if self.is_whole { TraceIndex { next: None, ..list } } else { list }
    }
}

impl TracePages {
    /// Forgets everything.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// The pages as one list, the same as before while the pages are. While they are less than what was shown, that.
    pub fn join(&mut self, scope: &TraceScope, chain: Chain, frame: u64) -> ShownList {
        // A list that nobody looks at is put together again when it is.
        self.0.retain(|_, joined| joined.wanted + 1 >= frame);
        if let Some(joined) = self.0.get_mut(scope)
            && joined.chain.is_same(&chain)
        {
            joined.wanted = frame;
            return joined.shown.clone();
        }
        let list = chain.join();
        let before = self.0.remove(scope).map(|joined| joined.shown.list);
        let shown = match before.filter(|before| !chain.is_whole && list.handles.len() < before.handles.len()) {
            Some(list) => ShownList { list, is_old: true },
            None => ShownList { list: Arc::new(list), is_old: false },
        };
        self.0.insert(scope.clone(), Joined { chain, shown: shown.clone(), wanted: frame });
        shown
    }

    /// What is wrong with the ways through the lists.
    pub fn warnings(&self) -> impl Iterator<Item = &Warning> {
        self.0.values().filter_map(|joined| joined.chain.warning.as_ref())
    }
}
