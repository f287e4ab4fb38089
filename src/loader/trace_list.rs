//! Lists of traces that come in pages: what is there is shown, the rest is read behind it.
//!
//! Each page is an answer of its own, asked for as long as somebody looks at the list. Most stores give all of a list
//! at once; then the list is that answer. When the store was written to, all cursors are new: what was shown stays
//! until as much of the new list is there.

use std::sync::Arc;
use std::time::Instant;

use super::lane::Lane;
use super::loader::Loader;
use super::slot::Slot;
use super::trace_pages::Chain;
use crate::query::{TracePageOf, TraceScope};
use crate::store::{TraceIndex, Trail};

impl Loader {
    /// A list of traces as far as it is there. Ask for it in every frame: the first page comes in `lane`, those
    /// behind it one after another when nobody waits for anything else.
    pub fn trace_index(&mut self, scope: &TraceScope, lane: Lane) -> Slot<TraceIndex> {
        self.trace_index_on(scope, lane, Lane::Prefetch)
    }

    /// The same where somebody may wait for what comes behind the end of what is there: it comes in the lane `behind`.
    pub fn trace_index_on(&mut self, scope: &TraceScope, lane: Lane, behind: Lane) -> Slot<TraceIndex> {
        let first = self.first_traces(scope, lane);
        let Some(page) = first.value().filter(|page| page.next.is_some()) else { return first };
        let mut pages = vec![Arc::clone(page)];
        let mut trail = Trail::default();
        let mut next = trail.follow(page.next.as_ref());
        let mut failed = first.error().cloned();
        let mut waits_since = None;
        while let Some(cursor) = next.take() {
            let question = TracePageOf { scope: scope.clone(), cursor: Some(cursor) };
            let slot = self.ask(&question, Lane::Prefetch);
            failed = failed.or_else(|| slot.error().cloned());
            let Some(page) = slot.value() else {
                self.ask(&question, behind);
                waits_since = Some(slot.since().unwrap_or_else(Instant::now));
                break;
            };
            next = trail.follow(page.next.as_ref());
            pages.push(Arc::clone(page));
        }
        let chain = Chain { pages, is_whole: waits_since.is_none(), warning: trail.warning() };
        let is_warned = self.trace_pages.warnings().count();
        let shown = self.trace_pages.join(scope, chain, self.frame);
        if self.trace_pages.warnings().count() != is_warned {
            self.collect_warnings();
        }
        match (failed, first) {
            (Some(error), _) => Slot::Failed { error, previous: Some(shown.list) },
            (None, Slot::Pending { since, .. }) => Slot::Pending { previous: Some(shown.list), since },
            (None, first) => match waits_since.filter(|_| shown.is_old) {
                Some(since) => Slot::Pending { previous: Some(shown.list), since },
                None => Slot::Ready { value: shown.list, warnings: first.warnings().into() },
            },
        }
    }

    /// The first page of it, for who wants to know how many there are and not which.
    pub fn first_traces(&mut self, scope: &TraceScope, lane: Lane) -> Slot<TraceIndex> {
        self.ask(&TracePageOf { scope: scope.clone(), cursor: None }, lane)
    }
}
