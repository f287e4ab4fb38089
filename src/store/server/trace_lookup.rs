//! Lines of traces, by what a list told of them, and traces by their ids.

use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap};
use std::sync::{MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::artifacts::is_plain;
use super::client::Answer;
use super::known::KnownTraces;
use super::trace_lists::{TRACES, TraceSearch};
use super::{Shared, filters, traces};
use crate::model::{ExperimentId, Json, RunId, TraceId, TraceRow, Unmasked};
use crate::store::{
    Order, ReadCx, Result, RunTraces, TraceColumn, TraceHandle, TraceQuery, TraceValue, Trail, counting,
};

/// Traces of runs are counted through so many pages; beyond that it stays unknown.
const COUNTED: usize = 20;

/// Ids are looked for through so many pages where a server cannot look for how they begin.
const LOOKED: usize = 400;

/// What was told of a trace is told again for so long.
const FRESH: Duration = Duration::from_secs(3);

/// What is known of a trace, and its handle.
type Line = (TraceHandle, Unmasked<Json>);

impl Shared {
    /// What was learned of traces.
    pub fn known_traces(&self) -> MutexGuard<'_, KnownTraces> {
        self.traces.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The traces of a list through so many pages, and whether these are all.
    pub fn all_traces(&self, cx: &ReadCx, query: &TraceQuery, pages: usize) -> Result<(Vec<TraceHandle>, bool)> {
        let mut query = query.clone();
        let mut trail = Trail::default();
        let mut found = Vec::new();
        for _ in 0..pages {
            let page = self.trace_page(cx, &query)?;
            found.extend(page.handles.iter().copied());
            query.cursor = trail.follow(page.next.as_ref());
            if query.cursor.is_none() {
                return Ok((found, true));
            }
        }
        Ok((found, false))
    }

    /// See [`crate::store::Store::trace_rows`].
    pub fn trace_rows(&self, cx: &ReadCx, handles: &[TraceHandle]) -> Result<Vec<TraceRow>> {
        let lines = self.lines(cx, handles)?;
        let row = |(_, info): &Line| traces::row(info.as_stored_for_structure(), cx.reveal());
        Ok(lines.iter().filter_map(row).collect())
    }

    /// What stands in columns of traces.
    pub fn columns_of(
        &self,
        cx: &ReadCx,
        handles: &[TraceHandle],
        columns: &[TraceColumn],
    ) -> Result<Vec<(TraceHandle, Vec<TraceValue>)>> {
        let is_of_row = columns.iter().all(TraceColumn::is_of_row);
        let mut found = Vec::with_capacity(handles.len());
        for some in handles.chunks(TRACES) {
            cx.check()?;
            for (handle, info) in self.lines(cx, some)? {
                let Some(row) = traces::row(info.as_stored_for_structure(), cx.reveal()) else { continue };
                let head = if is_of_row { None } else { self.head(cx, &row, &info)? };
                found.push((handle, columns.iter().map(|column| column.value(&row, head.as_ref())).collect()));
            }
        }
        Ok(found)
    }

    /// What is known of traces, in the order of their handles. What was given up is asked for again, many at once.
    fn lines(&self, cx: &ReadCx, handles: &[TraceHandle]) -> Result<Vec<Line>> {
        let gone: Vec<(TraceHandle, TraceId, ExperimentId)> = {
            let known = self.known_traces();
            handles.iter().filter_map(|handle| known.gone(*handle).map(|(id, home)| (*handle, id, home))).collect()
        };
        // What is asked for again is held here: remembering it may give up what came before.
        let mut again: HashMap<TraceHandle, Unmasked<Json>> = HashMap::new();
        if gone.len() > 1 && self.has_trace_search.get() != Some(&false) {
            for some in gone.chunks(filters::LISTED) {
                for (id, info) in self.infos_by_id(cx, some)? {
                    let handle = self.known_traces().handle_of(&id);
                    again.extend(handle.map(|handle| (handle, info)));
                }
            }
        }
        for (handle, id, _) in gone {
            cx.check()?;
            if let Entry::Vacant(place) = again.entry(handle)
                && let Some(info) = self.trace_info(cx, &id)?
            {
                place.insert(info);
            }
        }
        let known = self.known_traces();
        let line = |handle: &TraceHandle| {
            let info = again.remove(handle).or_else(|| known.info(*handle)?.1)?;
            Some((*handle, info))
        };
        Ok(handles.iter().filter_map(line).collect())
    }

    /// The lines of traces by their ids, as far as one search tells them.
    fn infos_by_id(
        &self,
        cx: &ReadCx,
        wanted: &[(TraceHandle, TraceId, ExperimentId)],
    ) -> Result<Vec<(TraceId, Unmasked<Json>)>> {
        let Some(clause) = filters::ids(wanted.iter().map(|(_, id, _)| id.as_str())) else { return Ok(Vec::new()) };
        let mut experiments: Vec<&str> = wanted.iter().map(|(.., home)| home.as_str()).collect();
        experiments.sort_unstable();
        experiments.dedup();
        let search = TraceSearch { experiments, clauses: vec![clause], limit: TRACES, ..TraceSearch::default() };
        let page = self.search_traces(cx, &search)?;
        let mut found = Vec::with_capacity(page.infos.len());
        for info in page.infos {
            let Some(row) = traces::row(info.as_stored_for_structure(), cx.reveal()) else { continue };
            self.known_traces().remember(row.id.clone(), row.experiment_id, &info);
            found.push((row.id, info));
        }
        Ok(found)
    }

    /// What is known of a trace without asking.
    pub fn known_info(&self, trace: &TraceId) -> Option<Unmasked<Json>> {
        let known = self.known_traces();
        let handle = known.handle_of(trace)?;
        known.info(handle)?.1
    }

    /// As [`Self::trace_info`], or what it told a moment ago.
    pub fn trace_info_soon(&self, cx: &ReadCx, trace: &TraceId) -> Result<Option<Unmasked<Json>>> {
        {
            let latest = self.latest.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some((_, _, info)) = latest.as_ref().filter(|(id, at, _)| id == trace && at.elapsed() < FRESH) {
                return Ok(Some(info.clone()));
            }
        }
        self.trace_info(cx, trace)
    }

    /// The next question asks the server again.
    pub fn forget_latest(&self) {
        *self.latest.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// One trace as the server tells it, with its assessments.
    pub fn trace_info(&self, cx: &ReadCx, trace: &TraceId) -> Result<Option<Unmasked<Json>>> {
        let info = info_by(trace, |path| self.client.get(cx, path, &[]))?;
        if let Some(info) = &info
            && let Some(row) = traces::row(info.as_stored_for_structure(), cx.reveal())
        {
            self.known_traces().remember(trace.clone(), row.experiment_id, info);
            let mut latest = self.latest.lock().unwrap_or_else(PoisonError::into_inner);
            *latest = Some((trace.clone(), Instant::now(), info.clone()));
        }
        Ok(info)
    }

    /// See [`crate::store::Store::run_traces`].
    pub fn run_traces(
        &self,
        cx: &ReadCx,
        experiment: Option<&ExperimentId>,
    ) -> Result<Option<Vec<(RunId, RunTraces)>>> {
        let query = TraceQuery { experiment: experiment.cloned(), ..TraceQuery::default() };
        let (handles, is_whole) = self.all_traces(cx, &query, COUNTED)?;
        if !is_whole {
            return Ok(None);
        }
        let rows = self.trace_rows(cx, &handles)?;
        Ok(Some(counting::by_run(rows.iter())))
    }

    /// See [`crate::store::Store::trace_ids`].
    pub fn trace_ids(&self, cx: &ReadCx, prefix: &str, limit: usize) -> Result<Vec<TraceId>> {
        let whole = TraceId::from(prefix);
        if is_plain(prefix) && self.trace_info(cx, &whole)?.is_some() {
            return Ok(vec![whole]);
        }
        let experiments = self.experiments(cx, true)?;
        let mut search = TraceSearch {
            experiments: experiments.iter().map(|one| one.id.as_str()).collect(),
            clauses: filters::id_begins(prefix).into_iter().collect(),
            order_by: vec!["request_id ASC".to_owned()],
            limit: TRACES,
            token: None,
        };
        let mut found: BTreeSet<TraceId> = BTreeSet::new();
        if limit == 0 || search.experiments.is_empty() {
            return Ok(Vec::new());
        }
        for _ in 0..LOOKED {
            let page = self.search_traces(cx, &search)?;
            if page.refused.is_some() || self.has_trace_search.get() == Some(&false) {
                // An older server looks for whole ids alone.
                let (handles, _) =
                    self.all_traces(cx, &TraceQuery { order: Order::NewestFirst, ..TraceQuery::default() }, LOOKED)?;
                let known = self.known_traces();
                found.extend(handles.into_iter().filter_map(|handle| known.id_of(handle)));
                break;
            }
            for info in page.infos {
                let Some(row) = traces::row(info.as_stored_for_structure(), cx.reveal()) else { continue };
                found.extend(row.id.as_str().starts_with(prefix).then(|| row.id.clone()));
                self.known_traces().remember(row.id, row.experiment_id, &info);
            }
            if found.len() >= limit || page.next.is_none() || page.next == search.token {
                break;
            }
            search.token = page.next;
        }
        Ok(found.into_iter().filter(|id| id.as_str().starts_with(prefix)).take(limit).collect())
    }
}

/// What is said of a trace by the endpoint that a server has for it, as `ask` answers for its path.
pub fn info_by(
    trace: &TraceId,
    mut ask: impl FnMut(&str) -> Result<Answer<Unmasked<Json>>>,
) -> Result<Option<Unmasked<Json>>> {
    if !is_plain(trace.as_str()) {
        return Ok(None);
    }
    let inner = |found: Unmasked<Json>, key: &str| {
        let mut entries = found.into_entries().ok()?;
        entries.find(|(own, _)| own == key).map(|(_, inner)| inner)
    };
    Ok(match ask(&format!("/api/3.0/mlflow/traces/{trace}"))? {
        Answer::Found(found) => inner(found, "trace").and_then(|trace| inner(trace, "trace_info")),
        Answer::Absent | Answer::Rejected(_) => None,
        Answer::NoEndpoint => match ask(&format!("/api/2.0/mlflow/traces/{trace}/info"))? {
            Answer::Found(found) => inner(found, "trace_info"),
            _ => None,
        },
    })
}
