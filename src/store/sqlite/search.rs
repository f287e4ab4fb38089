//! Looking for text in spans: rows are read in the order in which they lie there, and only those are decoded whose
//! bytes may hold what is looked for; where it is only counted, none. Then come the traces whose spans are not all in the table.

use std::collections::{HashMap, HashSet};
use std::ops::ControlFlow;

use rusqlite::Row;
use serde::{Deserialize, Serialize};

use super::connection::Db;
use super::reader::Reader;
use super::row;
use super::spans::span_count;
use crate::model::mlflow::trace::SIZES;
use crate::model::{FoundText, SearchField, SpanHandle, TraceId};
use crate::store::search::{PageEnd, hits, in_span, read_place, write_place};
use crate::store::{Result, SearchPage, Sought, SpanHit, SpanSearch, span_json};

/// Rows lie together in blocks of this many. Block after block is read from the last to the first, since what was
/// written last is looked for most, and each forwards, as files are read quickest.
const ROWS_AT_ONCE: i64 = 2_048;

/// Traces are asked together whether all of their spans are in the table.
const TRACES_AT_ONCE: usize = 4_000;

/// The clock is looked at every so many rows.
const ROWS_PER_LOOK: u64 = 16;

/// Among damage rows are looked for one by one, and not from a row on that only damage or malice has.
const LAST_AMONG_DAMAGE: i64 = 1 << 30;

/// How much of a search has to do with the table; the rest is looking for traces in files.
const SHARE_OF_ROWS: f32 = 0.95;

/// Where a page of a search through the store ended.
#[derive(Debug, Serialize, Deserialize)]
pub enum Place {
    /// In the table: behind row `behind` of the block that ends with row `until` and lies behind row `base`; the last
    /// row of all was `last`.
    Rows { last: i64, base: i64, behind: i64, until: i64 },
    /// Among the traces whose spans are not all in the table: behind this id.
    Traces { after: String },
}

impl Reader<'_> {
    /// See [`crate::store::Store::search_page`]: all spans of the store; `None` if none are in the table. `second`:
    /// another connection, with which two blocks are read at once.
    pub fn search_store(&mut self, mut second: Option<&mut Db>, search: &SpanSearch) -> Result<Option<SearchPage>> {
        // The other one was opened before: since then somebody may have begun a log, which this one reads.
        second = second.filter(|other| other.mode == self.db.mode && other.is_current(self.source));
        let Some(first) = self.first_block()? else { return Ok(None) };
        let mut next = search.cursor.as_ref().map_or(Some(first), |cursor| read_place(self.cx, cursor));
        let end = PageEnd::of(search);
        let mut page = SearchPage { share: 1.0, ..SearchPage::default() };
        while let Some(place) = next {
            self.cx.check()?;
            next = match place {
                Place::Rows { last, base, behind, until } => {
                    let block = [last, base, behind, until];
                    match second.as_mut().filter(|_| base == behind) {
                        None => self.search_block(block, &search.sought, &end, &mut page)?,
                        Some(other) => {
                            let (next, is_too_much) =
                                self.search_pair(other, block, &search.sought, &mut page, &end)?;
                            if is_too_much {
                                second = None;
                            }
                            next
                        }
                    }
                }
                Place::Traces { after } => self.search_files(&after, &search.sought, &end, &mut page)?,
            };
            if let Some(place) = &next
                && end.is_reached(&page)
            {
                page.share = share_behind(place);
                page.next = Some(write_place(place));
                break;
            }
        }
        Ok(Some(page))
    }

    fn has_rows(&self) -> bool {
        self.schema.has("spans", "content")
    }

    fn first_block(&self) -> Result<Option<Place>> {
        if !self.has_rows() {
            return Ok(None);
        }
        let block = self.block_before(i64::MAX)?;
        Ok(block.map(|(base, until)| Place::Rows { last: until, base, behind: base, until }))
    }

    /// The last rows up to one: behind which row they lie, and the last of them. Ids may have gaps of any size.
    pub fn block_before(&self, most: i64) -> Result<Option<(i64, i64)>> {
        let sql = "select max(rowid) from spans where rowid <= ?1";
        let until = match self.first("spans", sql, [most], |values| row::int(values, 0))? {
            Some(until) => until,
            // It cannot be told for damage: what lies before that may still be read.
            None => Some(most).filter(|most| (1..=LAST_AMONG_DAMAGE).contains(most)),
        };
        Ok(until.map(|until| (until.saturating_sub(ROWS_AT_ONCE), until)))
    }

    /// Looks through a block of rows, or what is left of it, and says where the search goes on.
    pub fn search_block(
        &self,
        block: [i64; 4],
        sought: &Sought,
        end: &PageEnd,
        page: &mut SearchPage,
    ) -> Result<Option<Place>> {
        let [last, base, ..] = block;
        let left = self.search_rows(block, sought, end, page)?;
        left.map_or_else(|| self.place_before(last, base), |place| Ok(Some(place)))
    }

    /// Where a search goes on once everything behind a row is done.
    pub fn place_before(&self, last: i64, base: i64) -> Result<Option<Place>> {
        Ok(Some(match self.block_before(base)? {
            Some((base, until)) => Place::Rows { last, base, behind: base, until },
            None => Place::Traces { after: String::new() },
        }))
    }

    /// Looks through a block of rows; what is left of it at the end of the page.
    pub fn search_rows(
        &self,
        [last, base, mut behind, until]: [i64; 4],
        sought: &Sought,
        end: &PageEnd,
        page: &mut SearchPage,
    ) -> Result<Option<Place>> {
        let sql = "select rowid, span_id, name, content, type, trace_id from spans where rowid > ?1 and rowid <= ?2 order by rowid";
        while behind < until {
            let mut has_ended = false;
            let is_whole = self.each_until("spans", sql, [behind, until], |values| {
                behind = row::int(values, 0).unwrap_or(until);
                let is_long = self.search_row(values, None, sought, page);
                has_ended = (is_long || page.spans.is_multiple_of(ROWS_PER_LOOK)) && end.is_reached(page);
                if has_ended { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            })?;
            if is_whole && !has_ended {
                behind = until;
            } else if !is_whole {
                // Damage costs its row; whether there is anything behind it is asked row by row.
                behind = behind.saturating_add(1);
            }
            if has_ended && behind < until {
                return Ok(Some(Place::Rows { last, base, behind, until }));
            }
        }
        Ok(None)
    }

    /// Looks into a row of `rowid, span_id, name, content, type, trace_id`, the last of which is known or asked. Whether that
    /// may have taken a while.
    fn search_row(&self, values: &Row<'_>, trace: Option<&TraceId>, sought: &Sought, page: &mut SearchPage) -> bool {
        const LONG: usize = 1 << 16;
        page.spans += 1;
        let (content, matcher) = (row::bytes(values, 3), &*sought.matcher);
        let length = row::key(values, 3).len();
        if sought.is_counted {
            page.in_spans += u64::from(span_json::may_be_in(&content, row::key(values, 2), matcher));
            return length > LONG;
        }
        let in_name = matcher.in_text(&String::from_utf8_lossy(row::key(values, 2)), self.cx.reveal());
        let in_content = span_json::find(&content, matcher, self.cx.reveal());
        if in_name.is_none() && in_content.found.is_empty() {
            return length > LONG;
        }
        let trace = trace.cloned().or_else(|| row::name(values, 5).map(TraceId::from));
        let Some(trace) = trace else { return length > LONG };
        self.warn_of_raw(&trace, in_content.is_raw);
        let in_name = in_name.map(|excerpt| FoundText { field: SearchField::Name, excerpt });
        let hit = |found| SpanHit {
            trace: trace.clone(),
            span_id: row::name(values, 1).unwrap_or_default(),
            span_name: row::name(values, 2).unwrap_or_default(),
            span_kind: row::name(values, 4).unwrap_or_default(),
            handle: SpanHandle(row::count(values, 0).unwrap_or(u64::MAX)),
            found,
        };
        page.add_span(sought, in_name.into_iter().chain(in_content.found).map(hit));
        true
    }

    /// Looks through the files of the next traces behind an id whose spans are not all in the table, and says where
    /// the search goes on.
    fn search_files(
        &mut self,
        after: &str,
        sought: &Sought,
        end: &PageEnd,
        page: &mut SearchPage,
    ) -> Result<Option<Place>> {
        let mut traces: Vec<TraceId> = Vec::new();
        if self.schema.has("trace_info", "request_id") {
            let sql = format!(
                "select request_id from trace_info where request_id > ?1 order by request_id limit {TRACES_AT_ONCE}"
            );
            self.each("traces", &sql, [after], |values| traces.extend(row::name(values, 0).map(TraceId::from)))?;
        }
        let Some(last) = traces.last().cloned() else { return Ok(None) };
        for trace in self.incomplete(traces, after, &last)? {
            self.search_file(&trace, sought, page)?;
            if end.is_reached(page) {
                return Ok(Some(Place::Traces { after: trace.to_string() }));
            }
        }
        Ok(Some(Place::Traces { after: last.to_string() }))
    }

    /// Those of some traces, which stand behind an id and up to another one, that lack spans in the table. Asked of
    /// all at once, by the indexes that lead from one to the next.
    fn incomplete(&self, traces: Vec<TraceId>, after: &str, last: &TraceId) -> Result<Vec<TraceId>> {
        let mut rows: HashMap<TraceId, u64> = HashMap::with_capacity(traces.len());
        let range = (after, last.as_str());
        let sql = "select trace_id, count(*) from spans where trace_id > ?1 and trace_id <= ?2 group by trace_id";
        self.each("spans", sql, range, |values| {
            rows.extend(row::name(values, 0).map(TraceId::from).zip(row::count(values, 1)));
        })?;
        let mut lost: HashSet<TraceId> = HashSet::new();
        if self.schema.has("trace_request_metadata", "request_id") {
            let sql = format!(
                "select request_id, value from trace_request_metadata \
                 where key = '{SIZES}' and request_id > ?1 and request_id <= ?2"
            );
            self.each("metadata", &sql, range, |values| {
                let Some(trace) = row::name(values, 0).map(TraceId::from) else { return };
                let rows = rows.get(&trace).copied().unwrap_or(0);
                // Nearly every trace is whole, and says so as Python writes it.
                let says_so = format!("\"num_spans\": {rows},");
                if memchr::memmem::find(row::key(values, 1), says_so.as_bytes()).is_none()
                    && row::text(values, 1).and_then(|stats| span_count(&stats)).is_some_and(|all| all > rows)
                {
                    lost.insert(trace);
                }
            })?;
        }
        let is_incomplete = |trace: &TraceId| !rows.contains_key(trace) || lost.contains(trace);
        Ok(traces.into_iter().filter(is_incomplete).collect())
    }

    /// See [`crate::store::Store::search_trace`].
    pub fn search_trace(&mut self, trace: &TraceId, sought: &Sought) -> Result<SearchPage> {
        let mut page = SearchPage { share: 1.0, ..SearchPage::default() };
        if self.has_rows() {
            let sql = "select rowid, span_id, name, content, type from spans where trace_id = ?1 order by rowid";
            self.each(&format!("spans of trace {trace}"), sql, [trace.as_str()], |values| {
                self.search_row(values, Some(trace), sought, &mut page);
            })?;
        }
        let promised = self.promised_spans(trace)?;
        if page.spans == 0 || promised.is_some_and(|promised| promised > page.spans) {
            self.search_file(trace, sought, &mut page)?;
        }
        Ok(page)
    }

    /// Looks through those spans of a trace that are in its file alone.
    fn search_file(&mut self, trace: &TraceId, sought: &Sought, page: &mut SearchPage) -> Result<()> {
        let in_table = self.table_spans(trace)?;
        if in_table.is_empty()
            && let Some([spans, in_spans]) = self.spans_of_file_by_bytes(trace, sought)?
        {
            page.spans += spans;
            page.in_spans += in_spans;
            self.warn_of_lost(trace, self.promised_spans(trace)?, spans);
            return Ok(());
        }
        let in_file = self.spans_of_file(trace, &in_table)?;
        page.spans += in_file.len() as u64;
        self.warn_of_lost(trace, self.promised_spans(trace)?, (in_table.len() + in_file.len()) as u64);
        for (head, record) in in_file {
            self.cx.check()?;
            let body = span_json::body(record, self.cx.reveal());
            page.add_span(sought, hits(trace, &head, in_span(self.cx, &sought.matcher, &head.name, &body)));
        }
        Ok(())
    }
}

impl Place {
    /// How many rows of the table are left, about.
    pub fn rows_left(&self) -> i64 {
        match self {
            Self::Rows { base, behind, until, .. } => base.saturating_add(until.saturating_sub(*behind)).max(0),
            Self::Traces { .. } => 0,
        }
    }
}

/// Which part of a search is behind a place.
fn share_behind(place: &Place) -> f32 {
    match place {
        Place::Rows { last, .. } => SHARE_OF_ROWS * (1.0 - place.rows_left() as f64 / (*last).max(1) as f64) as f32,
        Place::Traces { .. } => SHARE_OF_ROWS,
    }
}
