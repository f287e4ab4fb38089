//! Two blocks of rows at once: behind its first page a search of a large table reads with two connections, each on a
//! thread of its own. What they find stands as if one of them had read block after block.

use std::thread;

use super::SqliteStore;
use super::connection::{Db, Mode};
use super::reader::Reader;
use super::remembered::TraceFile;
use super::search::Place;
use crate::model::Matcher;
use crate::store::search::{PageEnd, in_list, read_place};
use crate::store::{ReadCx, Result, SearchPage, SearchScope, SpanSearch};

/// Fewer rows are read before another connection is open.
const WORTH_ROWS: i64 = 16_384;

impl Mode {
    /// Whether a second connection takes nothing but time: it keeps no lock, and copies nothing.
    pub fn is_free(self) -> bool {
        matches!(self, Self::Plain | Self::Snapshot)
    }
}

/// Whether what is left of a search is worth another connection.
fn is_worth_two(cx: &ReadCx, search: &SpanSearch) -> bool {
    let place = search.cursor.as_ref().and_then(|cursor| read_place(cx, cursor));
    let rows_left = place.map_or(0, |place: Place| place.rows_left());
    rows_left >= WORTH_ROWS && thread::available_parallelism().is_ok_and(|threads| threads.get() > 1)
}

impl SqliteStore {
    /// See [`crate::store::Store::search_page`].
    pub(super) fn page_of_search(&mut self, cx: &ReadCx, search: &SpanSearch) -> Result<SearchPage> {
        if search.scope == SearchScope::Store {
            let mut second = self.second_for(cx, search);
            if let Some(page) = self.read(cx, |reader| reader.search_store(second.as_mut(), search))? {
                self.second = second.filter(|_| page.next.is_some());
                return Ok(page);
            }
        }
        in_list(self, cx, search)
    }

    /// Another connection for the next page of a search, if it is worth one.
    fn second_for(&mut self, cx: &ReadCx, search: &SpanSearch) -> Option<Db> {
        let kept = self.second.take().filter(|db| db.is_current(&self.source));
        if !is_worth_two(cx, search) || !self.mode.is_free() {
            return None;
        }
        // Without one the search takes longer, and finds the same.
        kept.or_else(|| Db::open_in_place(&self.source).ok().flatten()).filter(|db| db.mode == self.mode)
    }
}

impl Reader<'_> {
    /// Looks through a block of rows that was not begun and, on another thread, through the one that comes next. Where
    /// the search goes on; whether two at once are too much, since the first was not ready in time.
    pub fn search_pair(
        &self,
        second: &mut Db,
        first: [i64; 4],
        matcher: &Matcher,
        page: &mut SearchPage,
        end: &PageEnd,
    ) -> Result<(Option<Place>, bool)> {
        let [last, base, ..] = first;
        let Some((next_base, next_until)) = self.block_before(base)? else {
            return Ok((self.search_block(first, matcher, &end.of_time(), page)?, false));
        };
        let next = [last, next_base, next_base, next_until];
        let cx = self.cx.for_thread();
        let (path, schema, artifacts) = (self.path, self.schema, self.artifacts);
        let (source, run_traces, usual) = (self.source, self.run_traces, self.usual);
        let end_of_next = end.of_time();
        let search_next = move || -> Result<_> {
            let mut page = SearchPage::default();
            let left = second.guarded(&cx, |db| {
                let (conn, trace_file) = (&db.conn, &mut TraceFile::default());
                let reader =
                    Reader { conn, path, schema, cx: &cx, artifacts, trace_file, db, source, run_traces, usual };
                reader.search_rows(next, matcher, &end_of_next, &mut page)
            })?;
            Ok((page, left, cx.take_warnings()))
        };
        thread::scope(|scope| {
            let thread = thread::Builder::new().name("dspyglass-search".to_owned());
            let Ok(helper) = thread.spawn_scoped(scope, search_next) else {
                return Ok((self.search_block(first, matcher, &end.of_time(), page)?, true));
            };
            let left = self.search_rows(first, matcher, &end.of_time(), page);
            let found = helper.join();
            if let Some(place) = left? {
                // What stands behind a piece that is missing is looked for again.
                return Ok((Some(place), true));
            }
            let Ok(found) = found else {
                // Looked for again by this thread alone.
                return Ok((self.search_block(next, matcher, &end.of_time(), page)?, true));
            };
            let (behind, left, warnings) = found?;
            page.hits.extend(behind.hits);
            page.spans += behind.spans;
            self.cx.warn_again(&warnings);
            let next = left.map_or_else(|| self.place_before(last, next_base), |place| Ok(Some(place)))?;
            Ok((next, false))
        })
    }
}
