//! Where a trace stands in a list. A list in the order of time is not read for it: what stands beside the trace is
//! asked for, and what stands before it is counted.

use super::trace_lists::{TRACES, TraceSearch};
use super::{Shared, traces};
use crate::model::{ExperimentId, Json, TraceId};
use crate::store::{Order, ReadCx, Result, TracePlace, TraceQuery, Trail};

impl Shared {
    /// See [`crate::store::Store::trace_place`].
    pub fn trace_place(&self, cx: &ReadCx, query: &TraceQuery, trace: &TraceId) -> Result<Option<TracePlace>> {
        let is_plain = query.run.is_none() && query.filter.is_empty() && query.sort.is_none();
        if is_plain
            && query.order == Order::NewestFirst
            && let Some(place) = self.place_by_time(cx, query, trace)?
        {
            return Ok(place);
        }
        self.place_in_list(cx, query, trace)
    }

    /// The place in a list of everything, the newest first; `None` where that cannot be told like this.
    fn place_by_time(&self, cx: &ReadCx, query: &TraceQuery, trace: &TraceId) -> Result<Option<Option<TracePlace>>> {
        let Some(info) = self.trace_info_soon(cx, trace)? else { return Ok(Some(None)) };
        let Some(row) = traces::row(info.as_stored_for_structure(), cx.reveal()) else { return Ok(None) };
        if query.experiment.as_ref().is_some_and(|wanted| *wanted != row.experiment_id) {
            return Ok(Some(None));
        }
        let experiments: Vec<ExperimentId> = match &query.experiment {
            Some(id) => vec![id.clone()],
            None => self.experiments(cx, true)?.into_iter().map(|one| one.id).collect(),
        };
        let start = row.start_time_ms;
        let search = |sign: &str, direction: &str, limit| TraceSearch {
            experiments: experiments.iter().map(ExperimentId::as_str).collect(),
            clauses: vec![format!("attributes.timestamp_ms {sign} {start}")],
            order_by: ["timestamp_ms", "request_id"].map(|column| format!("{column} {direction}")).into(),
            limit,
            token: None,
        };
        let together_with = self.search_traces(cx, &search("=", "DESC", TRACES))?;
        if start == 0 || together_with.refused.is_some() || together_with.next.is_some() {
            return Ok(None);
        }
        let id_of = |info: &Json| Some(traces::row(info, cx.reveal())?.id);
        let mut beside: Vec<TraceId> =
            together_with.infos.iter().filter_map(|info| id_of(info.as_stored_for_structure())).collect();
        beside.sort_by(|a, b| b.cmp(a));
        let Some(at) = beside.iter().position(|id| id == trace) else { return Ok(Some(None)) };
        let Some(newer) = self.count(cx, &search(">", "ASC", 1))? else { return Ok(None) };
        let first = |sign, direction| -> Result<Option<TraceId>> {
            let page = self.search_traces(cx, &search(sign, direction, 1))?;
            Ok(page.infos.first().and_then(|info| id_of(info.as_stored_for_structure())))
        };
        let previous = match at.checked_sub(1).and_then(|at| beside.get(at)) {
            Some(id) => Some(id.clone()),
            None => first(">", "ASC")?,
        };
        let next = match beside.get(at + 1) {
            Some(id) => Some(id.clone()),
            None => first("<", "DESC")?,
        };
        Ok(Some(Some(TracePlace { position: newer + at as u64, previous, next })))
    }

    /// The same by reading the list up to the trace.
    fn place_in_list(&self, cx: &ReadCx, query: &TraceQuery, trace: &TraceId) -> Result<Option<TracePlace>> {
        let mut query = TraceQuery { limit: None, cursor: None, ..query.clone() };
        let mut trail = Trail::default();
        let (mut before, mut previous, mut place) = (0, None, None::<TracePlace>);
        loop {
            cx.check()?;
            let page = self.trace_page(cx, &query)?;
            let known = self.known_traces();
            for id in page.handles.iter().filter_map(|handle| known.id_of(*handle)) {
                if let Some(place) = place {
                    return Ok(Some(TracePlace { next: Some(id), ..place }));
                }
                if id == *trace {
                    place = Some(TracePlace { position: before, previous: previous.take(), next: None });
                }
                (before, previous) = (before + 1, Some(id));
            }
            query.cursor = trail.follow(page.next.as_ref());
            if query.cursor.is_none() {
                return Ok(place);
            }
        }
    }
}
