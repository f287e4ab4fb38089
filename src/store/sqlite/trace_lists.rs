//! Lists of traces: handles, page by page if that is wanted, and where a trace stands.

use std::borrow::Cow;

use rusqlite::types::Value;

use super::reader::Reader;
use super::row;
use crate::model::mlflow::trace as keys;
use crate::model::{ExperimentId, TraceId};
use crate::store::order::{Begin, RowKey, TraceKey};
use crate::store::{
    ColumnOrder, Order, Result, Total, TraceCondition, TraceHandle, TraceIndex, TracePlace, TraceQuery,
};

type Key = TraceKey<Cow<'static, str>>;

/// An experiment's id as `trace_info` stores it.
pub fn experiment_value(experiment: &ExperimentId) -> Value {
    match experiment.as_str().parse::<i64>() {
        Ok(number) => number.into(),
        Err(_) => experiment.to_string().into(),
    }
}

/// What [`Order`] means for traces `t`.
pub fn order_by(order: Order) -> &'static str {
    match order {
        Order::NewestFirst => "order by t.timestamp_ms desc, t.request_id desc",
        Order::OldestFirst => "order by t.timestamp_ms, t.request_id",
    }
}

/// What a statement asks of traces `t`: conditions that all hold, and their parameters.
#[derive(Clone, Default)]
pub struct Wanted {
    conditions: Vec<String>,
    /// The parameters, by their numbers.
    pub params: Vec<Value>,
}

impl Wanted {
    /// Another condition.
    pub fn and(&mut self, condition: impl Into<String>) {
        self.conditions.push(condition.into());
    }

    /// The name of a new parameter: `?3`.
    pub fn param(&mut self, value: impl Into<Value>) -> String {
        self.params.push(value.into());
        format!("?{}", self.params.len())
    }

    /// All of it as the `where` of a statement; empty if everything is wanted.
    pub fn clause(&self) -> String {
        if self.conditions.is_empty() { String::new() } else { format!("where {}", self.conditions.join(" and ")) }
    }
}

impl Reader<'_> {
    /// What a query asks of traces, but for where to begin.
    pub fn wanted(&self, query: &TraceQuery) -> Wanted {
        let mut wanted = Wanted::default();
        if let Some(experiment) = &query.experiment {
            let experiment = wanted.param(experiment_value(experiment));
            wanted.and(format!("t.experiment_id = {experiment}"));
        }
        if let Some(run) = &query.run {
            wanted.param(run.to_string());
            let place = wanted.params.len();
            // Of the traces of a short time it is quicker to ask each whose it is than to look for those of the run.
            let is_short =
                query.filter.iter().any(|one| matches!(one, TraceCondition::Started(window) if window.is_bounded()));
            if is_short {
                wanted.and(self.is_of_run(place));
            } else {
                let ways = self.run_links(Some(place));
                let ways = ways.map_or("null".to_owned(), |links| format!("select request_id from ({links})"));
                wanted.and(format!("t.request_id in ({ways})"));
            }
        }
        for condition in &query.filter {
            let condition = self.trace_condition(&mut wanted, condition);
            wanted.and(condition);
        }
        wanted
    }

    /// What names a trace `t`, as a piece of a `select`: the column of MLflow ≥ 3.17, else a tag.
    pub fn name_column(&self) -> String {
        let column = self.schema.column("trace_info", "t", "trace_name");
        if !self.schema.has("trace_tags", "request_id") {
            return column;
        }
        let tag =
            format!("(select value from trace_tags g where g.key = '{}' and g.request_id = t.request_id)", keys::NAME);
        if column == "null" { tag } else { format!("coalesce({column}, {tag})") }
    }

    /// See [`crate::store::Store::trace_page`].
    pub fn trace_page(&self, query: &TraceQuery) -> Result<TraceIndex> {
        if !self.schema.has("trace_info", "request_id") {
            return Ok(TraceIndex::default());
        }
        // One more than wanted, to know whether there are more.
        let most = query.limit.unwrap_or(usize::MAX).saturating_add(1);
        let (mut handles, total) = match self.remembered_traces(query)? {
            Some(handles) => {
                let total = handles.len() as u64;
                (handles, Some(total))
            }
            None => (self.trace_handles(query, most)?, None),
        };
        let is_cut = query.limit.is_some_and(|limit| handles.len() > limit);
        let seen = handles.len() as u64;
        let total = match total {
            Some(total) => Total::Exact(total),
            None if is_cut || query.cursor.is_some() => self.total_of(query, seen)?,
            None => Total::Exact(seen),
        };
        let mut next = None;
        if let Some(limit) = query.limit.filter(|_| is_cut) {
            handles.truncate(limit);
            let last = handles.last().map(|handle| self.key_of(*handle)).transpose()?.flatten();
            next = last.map(|key| key.cursor());
        }
        Ok(TraceIndex { total, handles: handles.into(), next })
    }

    /// The traces that a query asks for, no more than `most`.
    fn trace_handles(&self, query: &TraceQuery, most: usize) -> Result<Vec<TraceHandle>> {
        let wanted = self.wanted(query);
        let parts = match Begin::<Key>::at(query.cursor.as_ref(), self.cx) {
            Begin::First => vec![wanted],
            Begin::Behind(key) => behind(&wanted, query.order, &key),
            Begin::Nowhere => Vec::new(),
        };
        let mut handles = Vec::new();
        for part in parts {
            let left = most.saturating_sub(handles.len());
            if left == 0 {
                break;
            }
            let limit = if left > i64::MAX as usize { String::new() } else { format!(" limit {left}") };
            let mut part = part;
            let order = self.order_of(&mut part, query);
            let sql = format!("select t.rowid from trace_info t {} {order}{limit}", part.clause());
            self.each("traces", &sql, rusqlite::params_from_iter(&part.params), |values| {
                handles.extend(row::count(values, 0).map(TraceHandle));
            })?;
        }
        Ok(handles)
    }

    /// The order that a query asks for.
    pub fn order_of(&self, wanted: &mut Wanted, query: &TraceQuery) -> String {
        let by_age = order_by(query.order);
        let Some(ColumnOrder { column, is_descending }) = &query.sort else { return by_age.to_owned() };
        let key = self.trace_column(wanted, column);
        let sign = if *is_descending { " desc" } else { "" };
        by_age.replacen("order by", &format!("order by {key}{sign} nulls last,"), 1)
    }

    /// How many traces a statement asks for.
    pub fn count_traces(&self, wanted: &Wanted) -> Result<Option<u64>> {
        let sql = format!("select count(*) from trace_info t {}", wanted.clause());
        let params = rusqlite::params_from_iter(&wanted.params);
        Ok(self.first("the number of traces", &sql, params, |values| row::count(values, 0))?.flatten())
    }

    fn key_of(&self, handle: TraceHandle) -> Result<Option<Key>> {
        let sql = "select timestamp_ms, request_id from trace_info where rowid = ?1";
        let rowid = i64::try_from(handle.0).unwrap_or(-1);
        let key = self.first("traces", sql, [rowid], |values| {
            Some(TraceKey { start_ms: row::int(values, 0), id: row::name(values, 1)?.into() })
        })?;
        Ok(key.flatten())
    }

    /// See [`crate::store::Store::trace_ids_of`].
    pub fn trace_ids_of(&self, handles: &[TraceHandle]) -> Result<Vec<TraceId>> {
        let _look = self.look()?;
        let keys = handles.iter().map(|handle| self.key_of(*handle));
        let ids = keys.map(|key| Ok(key?.map(|key| TraceId::from(key.id.into_owned()))));
        ids.filter_map(Result::transpose).collect()
    }

    /// See [`crate::store::Store::trace_place`].
    pub fn trace_place(&self, query: &TraceQuery, trace: &TraceId) -> Result<Option<TracePlace>> {
        if !self.schema.has("trace_info", "request_id") {
            return Ok(None);
        }
        let sql = "select rowid, timestamp_ms from trace_info where request_id = ?1";
        let found = self.first("traces", sql, [trace.as_str()], |values| {
            Some((TraceHandle(row::count(values, 0)?), row::int(values, 1)))
        })?;
        let Some((handle, start_ms)) = found.flatten() else { return Ok(None) };
        if query.run.is_some() || start_ms.is_none() {
            // Which traces a run has is at hand, or every one has to be looked at anyway; and what is no time has a
            // place that only the list tells.
            return self.place_in_list(query, handle);
        }
        let wanted = self.wanted(query);
        let mut alone = wanted.clone();
        let id = alone.param(trace.to_string());
        alone.and(format!("t.request_id = {id}"));
        if self.count_traces(&alone)? != Some(1) {
            return Ok(None);
        }
        let key = TraceKey { start_ms, id: trace.as_str().into() };
        let before = behind(&wanted, query.order.reversed(), &key);
        let mut position = 0;
        for part in &before {
            position += self.count_traces(part)?.unwrap_or(0);
        }
        let previous = self.first_id(&before, query.order.reversed())?;
        let next = self.first_id(&behind(&wanted, query.order, &key), query.order)?;
        Ok(Some(TracePlace { position, previous, next }))
    }

    fn place_in_list(&self, query: &TraceQuery, handle: TraceHandle) -> Result<Option<TracePlace>> {
        let index = self.trace_page(&TraceQuery { limit: None, cursor: None, ..query.clone() })?;
        let Some(at) = index.handles.iter().position(|one| *one == handle) else { return Ok(None) };
        let id_at = |at: Option<usize>| -> Result<Option<TraceId>> {
            let Some(handle) = at.and_then(|at| index.handles.get(at)) else { return Ok(None) };
            Ok(self.key_of(*handle)?.map(|key| TraceId::from(key.id.into_owned())))
        };
        let (previous, next) = (id_at(at.checked_sub(1))?, id_at(at.checked_add(1))?);
        Ok(Some(TracePlace { position: at as u64, previous, next }))
    }

    fn first_id(&self, parts: &[Wanted], order: Order) -> Result<Option<TraceId>> {
        for part in parts {
            let sql = format!("select t.request_id from trace_info t {} {} limit 1", part.clause(), order_by(order));
            let params = rusqlite::params_from_iter(&part.params);
            if let Some(id) = self.first("traces", &sql, params, |values| row::name(values, 0))?.flatten() {
                return Ok(Some(TraceId::from(id)));
            }
        }
        Ok(None)
    }
}

/// What stands behind a key, in parts of the list one after another: each can be looked up in an index, which both
/// together (or a comparison of pairs) cannot.
fn behind(wanted: &Wanted, order: Order, key: &TraceKey<Cow<'_, str>>) -> Vec<Wanted> {
    let with = |condition: &str| {
        let mut part = wanted.clone();
        part.and(condition);
        part
    };
    let tied = |condition: &str, sign: &str| {
        let mut part = with(condition);
        let id = part.param(key.id.clone().into_owned());
        part.and(format!("t.request_id {sign} {id}"));
        part
    };
    // Of those that do not tell their start, every reader says that they are the oldest.
    match (key.start_ms, order) {
        (Some(start), Order::NewestFirst) => vec![
            tied(&format!("t.timestamp_ms = {start}"), "<"),
            with(&format!("t.timestamp_ms < {start}")),
            with("t.timestamp_ms is null"),
        ],
        (Some(start), Order::OldestFirst) => {
            vec![tied(&format!("t.timestamp_ms = {start}"), ">"), with(&format!("t.timestamp_ms > {start}"))]
        }
        (None, Order::NewestFirst) => vec![tied("t.timestamp_ms is null", "<")],
        (None, Order::OldestFirst) => vec![tied("t.timestamp_ms is null", ">"), with("t.timestamp_ms is not null")],
    }
}
