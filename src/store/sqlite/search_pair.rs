//! Two blocks of rows at once: behind its first page a search of a large table reads with two connections, each on a
//! thread of its own. What they find stands as if one of them had read block after block.

use std::thread;

use super::SqliteStore;
use super::connection::{Db, Mode};
use super::reader::Reader;
use super::remembered::TraceFile;
use super::search::Place;
use crate::store::search::{PageEnd, in_list, read_place};
use crate::store::{ReadCx, Result, SearchPage, SearchScope, Sought, SpanSearch};

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
        sought: &Sought,
        page: &mut SearchPage,
        end: &PageEnd,
    ) -> Result<(Option<Place>, bool)> {
        let [last, base, ..] = first;
        let Some((next_base, next_until)) = self.block_before(base)? else {
            return Ok((self.search_block(first, sought, &end.of_time(), page)?, false));
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
                reader.search_rows(next, sought, &end_of_next, &mut page)
            })?;
            Ok((page, left, cx.take_warnings()))
        };
        thread::scope(|scope| {
            let thread = thread::Builder::new().name("dspyglass-search".to_owned());
            let Ok(helper) = thread.spawn_scoped(scope, search_next) else {
                return Ok((self.search_block(first, sought, &end.of_time(), page)?, true));
            };
            let left = self.search_rows(first, sought, &end.of_time(), page);
            let found = helper.join();
            if let Some(place) = left? {
                // What stands behind a piece that is missing is looked for again.
                return Ok((Some(place), true));
            }
            // Whoever waits has left, or had enough: so has this thread.
            self.cx.check()?;
            let Ok(Ok((behind, left, warnings))) = found else {
                // What the other connection could not read is looked for again by this one, which says what is wrong.
                return Ok((self.search_block(next, sought, &end.of_time(), page)?, true));
            };
            page.add(behind);
            self.cx.warn_again(&warnings);
            let next = left.map_or_else(|| self.place_before(last, next_base), |place| Ok(Some(place)))?;
            Ok((next, false))
        })
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::sync::Arc;
    use std::time::Duration;

    use super::super::source::Source;
    use super::*;
    use crate::model::{Matcher, SearchPattern};
    use crate::store::{OpenOptions, SpanHit};

    fn made(path: &Path, sql: &str) {
        rusqlite::Connection::open(path).expect("opened").execute_batch(sql).expect("done");
    }

    /// What is found with a second connection to a file.
    fn found(store: &mut SqliteStore, second: Option<&Path>) -> Vec<SpanHit> {
        let pattern = SearchPattern { text: "e".to_owned(), ..SearchPattern::default() };
        let sought = Sought::hits(Arc::new(Matcher::new(&pattern).expect("a pattern")));
        let (scope, within) = (SearchScope::Store, Duration::from_secs(60));
        let search = SpanSearch { sought, scope, cursor: None, most: usize::MAX, within };
        let open =
            |path| Db::open_in_place(&Source::open(path).expect("a database")).expect("opens").expect("in place");
        let (mut second, cx) = (second.map(open), ReadCx::new());
        let page = store.read(&cx, |reader| reader.search_store(second.as_mut(), &search));
        assert!(cx.take_warnings().is_empty());
        page.expect("searched").expect("a table").hits
    }

    #[test]
    fn what_a_second_connection_cannot_read_the_first_one_does() {
        let home = tempfile::tempdir().expect("a folder");
        let recorded = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/stores/v3.17/mlflow.db");
        let (path, other, log) = (home.path().join("a.db"), home.path().join("b.db"), home.path().join("c.db"));
        std::fs::copy(recorded, &path).expect("copied");
        // As many blocks as there are rows.
        made(
            &path,
            "pragma foreign_keys = off; update spans set rowid = -rowid; update spans set rowid = rowid * -3000",
        );
        made(&other, "create table other (a)");
        made(&log, "pragma journal_mode = wal; create table spans (span_id, name, content, type, trace_id)");
        let mut store = SqliteStore::open(&path, &OpenOptions::default()).expect("a store");
        let alone = found(&mut store, None);
        assert!(alone.len() > 20, "{}", alone.len());
        assert_eq!(found(&mut store, Some(&path)), alone);
        assert_eq!(found(&mut store, Some(&other)), alone, "it has no such table");
        assert_eq!(found(&mut store, Some(&log)), alone, "it is opened in another way, and would find nothing");
    }
}
