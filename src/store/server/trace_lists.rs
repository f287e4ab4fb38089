//! Lists of traces, page by page as a server gives them, and their lines.

use std::sync::{MutexGuard, PoisonError};

use serde_json::json;

use super::artifacts::is_plain;
use super::client::Answer;
use super::fields::next;
use super::known::KnownTraces;
use super::{Shared, traces};
use crate::model::mlflow::trace::RUN;
use crate::model::{ExperimentId, Json, RunId, TraceId, TraceRow, Unmasked};
use crate::store::counting;
use crate::store::order::{RowKey, TraceKey};
use crate::store::{Cursor, Order, ReadCx, Result, RunTraces, Total, TraceHandle, TraceIndex, TraceQuery};

/// The most traces that a server gives in a page (MLflow 2.14 – 3.18).
const TRACES: usize = 500;
/// Traces are counted through so many pages; beyond that it stays unknown.
const COUNTED: usize = 20;

const SEARCH_TRACES: &str = "/api/3.0/mlflow/traces/search";

impl Shared {
    /// What was learned of traces.
    pub fn known_traces(&self) -> MutexGuard<'_, KnownTraces> {
        self.traces.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many traces an experiment has, if they are not too many to count.
    pub fn count_traces(&self, cx: &ReadCx, experiment: &ExperimentId) -> Result<Option<u64>> {
        let query = TraceQuery { experiment: Some(experiment.clone()), ..TraceQuery::default() };
        Ok(self.some_traces(cx, query)?.map(|handles| handles.len() as u64))
    }

    /// All traces of a list, if they are not too many.
    fn some_traces(&self, cx: &ReadCx, mut query: TraceQuery) -> Result<Option<Vec<TraceHandle>>> {
        let mut found = Vec::new();
        for _ in 0..COUNTED {
            let page = self.trace_page(cx, &query)?;
            found.extend(page.handles.iter().copied());
            if page.next.is_none() || page.next == query.cursor {
                return Ok(Some(found));
            }
            query.cursor = page.next;
        }
        Ok(None)
    }

    /// See [`crate::store::Store::trace_page`].
    pub fn trace_page(&self, cx: &ReadCx, query: &TraceQuery) -> Result<TraceIndex> {
        if query.limit == Some(0) {
            return Ok(TraceIndex { total: Total::AtLeast(0), ..TraceIndex::default() });
        }
        let experiments: Vec<ExperimentId> = match &query.experiment {
            Some(id) => vec![id.clone()],
            None => self.experiments(cx, true)?.into_iter().map(|one| one.id).collect(),
        };
        let ids: Vec<&str> = experiments.iter().map(ExperimentId::as_str).collect();
        if ids.is_empty() || query.run.as_ref().is_some_and(|run| !is_plain(run.as_str())) {
            return Ok(TraceIndex::default());
        }
        let filter = query.run.as_ref().map(|run| format!("request_metadata.`{}` = '{run}'", RUN));
        let limit = query.limit.unwrap_or(TRACES).min(TRACES);
        let cursor = query.cursor.as_ref().map(Cursor::as_str);
        let (infos, next) = self.trace_infos(cx, &ids, filter.as_deref(), query.order, limit, cursor)?;
        let mut rows: Vec<(TraceKey<String>, TraceHandle)> = Vec::with_capacity(infos.len());
        let mut known = self.known_traces();
        for info in infos {
            let Some(row) = traces::row(info.as_stored_for_structure(), cx.reveal()) else { continue };
            let key = TraceKey { start_ms: Some(row.start_time_ms), id: row.id.as_str().to_owned() };
            rows.push((key, known.remember(row.id, &info)));
        }
        // Among traces that began together a server has an order of its own.
        rows.sort_by(|(a, _), (b, _)| if query.order == Order::OldestFirst { a.by_age(b) } else { b.by_age(a) });
        let is_whole = next.is_none() && query.cursor.is_none();
        let total = if is_whole { Total::Exact(rows.len() as u64) } else { Total::AtLeast(rows.len() as u64) };
        Ok(TraceIndex {
            total,
            handles: rows.into_iter().map(|(_, handle)| handle).collect(),
            next: next.map(Cursor::new),
        })
    }

    /// A page of traces as the server tells them, and where the next one begins.
    pub fn trace_infos(
        &self,
        cx: &ReadCx,
        experiments: &[&str],
        filter: Option<&str>,
        order: Order,
        limit: usize,
        cursor: Option<&str>,
    ) -> Result<(Vec<Unmasked<Json>>, Option<String>)> {
        let order = if order == Order::OldestFirst { "timestamp_ms ASC" } else { "timestamp_ms DESC" };
        let page = if *self.has_trace_search.get().unwrap_or(&true) {
            let locations: Vec<Json> = experiments
                .iter()
                .map(|id| json!({"type": "MLFLOW_EXPERIMENT", "mlflow_experiment": {"experiment_id": id}}))
                .collect();
            let mut body = json!({"locations": locations, "max_results": limit, "order_by": [order]});
            for (key, value) in [("filter", filter), ("page_token", cursor)] {
                if let (Some(value), Some(map)) = (value, body.as_object_mut()) {
                    map.insert(key.to_owned(), Json::from(value));
                }
            }
            let answer = self.client.search(cx, SEARCH_TRACES, &body)?;
            let _ = self.has_trace_search.set(!matches!(answer, Answer::NoEndpoint));
            answer
        } else {
            Answer::NoEndpoint
        };
        let page = match page {
            Answer::NoEndpoint => {
                let limit = limit.to_string();
                let mut query: Vec<(&str, &str)> = experiments.iter().map(|id| ("experiment_ids", *id)).collect();
                query.extend([("max_results", limit.as_str()), ("order_by", order)]);
                query.extend(filter.map(|filter| ("filter", filter)));
                query.extend(cursor.map(|cursor| ("page_token", cursor)));
                self.client.get(cx, "/api/2.0/mlflow/traces", &query)?
            }
            other => other,
        };
        let page = match page {
            Answer::Found(page) => page,
            Answer::Absent | Answer::NoEndpoint => return Ok((Vec::new(), None)),
            Answer::Rejected(why) => {
                cx.warn("a list of traces", why);
                return Ok((Vec::new(), None));
            }
        };
        let behind = next(page.as_stored_for_structure());
        let mut entries = page.into_entries().into_iter().flatten();
        let infos = entries.find(|(key, _)| key == "traces").and_then(|(_, infos)| infos.into_items().ok());
        Ok((infos.unwrap_or_default(), behind))
    }

    /// See [`crate::store::Store::trace_rows`].
    pub fn trace_rows(&self, cx: &ReadCx, handles: &[TraceHandle]) -> Result<Vec<TraceRow>> {
        let mut rows = Vec::with_capacity(handles.len());
        for handle in handles {
            cx.check()?;
            let known = self.known_traces().info(*handle);
            let info = match known {
                Some((_, Some(info))) => Some(info),
                Some((id, None)) => self.trace_info(cx, &id)?,
                None => None,
            };
            rows.extend(info.and_then(|info| traces::row(info.as_stored_for_structure(), cx.reveal())));
        }
        Ok(rows)
    }

    /// What is known of a trace without asking.
    pub fn known_info(&self, trace: &TraceId) -> Option<Unmasked<Json>> {
        let known = self.known_traces();
        let handle = known.handle_of(trace)?;
        known.info(handle)?.1
    }

    /// One trace as the server tells it, with its assessments.
    pub fn trace_info(&self, cx: &ReadCx, trace: &TraceId) -> Result<Option<Unmasked<Json>>> {
        if !is_plain(trace.as_str()) {
            return Ok(None);
        }
        let inner = |found: Unmasked<Json>, key: &str| {
            found
                .into_entries()
                .ok()
                .and_then(|mut entries| entries.find(|(own, _)| own == key))
                .map(|(_, inner)| inner)
        };
        let info = match self.client.get(cx, &format!("/api/3.0/mlflow/traces/{trace}"), &[])? {
            Answer::Found(found) => inner(found, "trace").and_then(|trace| inner(trace, "trace_info")),
            Answer::Absent | Answer::Rejected(_) => None,
            Answer::NoEndpoint => match self.client.get(cx, &format!("/api/2.0/mlflow/traces/{trace}/info"), &[])? {
                Answer::Found(found) => inner(found, "trace_info"),
                _ => None,
            },
        };
        if let Some(info) = &info {
            self.known_traces().remember(trace.clone(), info);
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
        let Some(handles) = self.some_traces(cx, query)? else { return Ok(None) };
        let rows = self.trace_rows(cx, &handles)?;
        Ok(Some(counting::by_run(rows.iter())))
    }

    /// See [`crate::store::Store::trace_ids`].
    pub fn trace_ids(&self, cx: &ReadCx, prefix: &str, limit: usize) -> Result<Vec<TraceId>> {
        let whole = TraceId::from(prefix);
        if is_plain(prefix) && self.trace_info(cx, &whole)?.is_some() {
            return Ok(vec![whole]);
        }
        let handles = self.some_traces(cx, TraceQuery::default())?.unwrap_or_default();
        let known = self.known_traces();
        let ids = handles.into_iter().filter_map(|handle| known.id_of(handle));
        let mut found: Vec<TraceId> = ids.filter(|id| id.as_str().starts_with(prefix)).collect();
        found.sort();
        found.truncate(limit);
        Ok(found)
    }
}
