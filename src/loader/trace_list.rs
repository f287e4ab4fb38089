//! Lists of traces that come in pages: what is there is shown, the rest is read behind it.
//!
//! Each page is an answer of its own, asked for as long as somebody looks at the list. Most stores give all of a list
//! at once; then the list is that answer.

use std::collections::HashSet;
use std::sync::Arc;

use super::lane::Lane;
use super::loader::Loader;
use super::slot::Slot;
use crate::query::{TracePageOf, TraceScope};
use crate::store::TraceIndex;

impl Loader {
    /// A list of traces as far as it is there. Ask for it in every frame: the first page comes in `lane`, those
    /// behind it one after another when nobody waits for anything else.
    pub fn trace_index(&mut self, scope: &TraceScope, lane: Lane) -> Slot<TraceIndex> {
        let first = self.ask(&TracePageOf { scope: scope.clone(), cursor: None }, lane);
        let Some(page) = first.value().filter(|page| page.next.is_some()) else { return first };
        let mut pages = vec![Arc::clone(page)];
        let mut next = page.next.clone();
        let mut failed = first.error().cloned();
        let mut seen = HashSet::new();
        // A store that leads round in a circle is followed once.
        while let Some(cursor) = next.filter(|cursor| seen.insert(cursor.clone())) {
            let slot = self.ask(&TracePageOf { scope: scope.clone(), cursor: Some(cursor) }, Lane::Prefetch);
            failed = failed.or_else(|| slot.error().cloned());
            let Some(page) = slot.value() else { break };
            next = page.next.clone();
            pages.push(Arc::clone(page));
        }
        let whole = self.trace_pages.join(scope, pages, self.frame);
        match (failed, first) {
            (Some(error), _) => Slot::Failed { error, previous: Some(whole) },
            (None, Slot::Pending { since, .. }) => Slot::Pending { previous: Some(whole), since },
            (None, first) => Slot::Ready { value: whole, warnings: first.warnings().into() },
        }
    }
}
