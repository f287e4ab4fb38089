//! Lists of traces, page by page: filtered and in order as far as a server does that, and here for the rest.

use serde_json::json;

use super::artifacts::is_plain;
use super::client::Answer;
use super::fields::next;
use super::places::Place;
use super::{Shared, filters, traces};
use crate::model::{ExperimentId, Json, TraceHead, TraceRow, Unmasked};
use crate::store::order::TraceKey;
use crate::store::{
    ColumnOrder, Order, ReadCx, Result, Total, TraceColumn, TraceCondition, TraceHandle, TraceIndex, TraceQuery,
};

/// The most traces that a server gives in a page (MLflow 2.14 – 3.18).
pub const TRACES: usize = 500;

/// Experiments that the older search is asked for at once: its address may have 4,094 bytes (gunicorn).
const IN_ADDRESS: usize = 2_000;

const SEARCH_TRACES: &str = "/api/3.0/mlflow/traces/search";
const SEARCH_TRACES_OLD: &str = "/api/2.0/mlflow/traces";

/// What a server is asked of traces.
#[derive(Clone, Debug, Default)]
pub struct TraceSearch<'a> {
    pub experiments: Vec<&'a str>,
    /// What all of them must be.
    pub clauses: Vec<String>,
    /// What comes first, as MLflow writes it.
    pub order_by: Vec<String>,
    pub limit: usize,
    pub token: Option<String>,
}

/// A page as a server gives it.
#[derive(Debug, Default)]
pub struct SearchedTraces {
    pub infos: Vec<Unmasked<Json>>,
    /// What it calls the next page.
    pub next: Option<String>,
    /// It does not understand the question: what it says.
    pub refused: Option<String>,
}

/// A trace that a page tells of, and what it is sorted by.
struct Told {
    key: TraceKey<String>,
    handle: Option<TraceHandle>,
}

impl Shared {
    /// See [`crate::store::Store::trace_page`].
    pub fn trace_page(&self, cx: &ReadCx, query: &TraceQuery) -> Result<TraceIndex> {
        if query.limit == Some(0) {
            return Ok(TraceIndex { total: Total::AtLeast(0), ..TraceIndex::default() });
        }
        if query.run.as_ref().is_some_and(|run| !is_plain(run.as_str())) {
            return Ok(TraceIndex::default());
        }
        let place = Place::at(query.cursor.as_ref(), cx);
        let Some((mut place, asked)) = place.zip(filters::of_traces(query, cx.reveal())) else {
            return Ok(TraceIndex::default());
        };
        let Some(order_by) = sorted_by(query.sort.as_ref(), query.order) else { return self.sorted_here(cx, query) };
        let experiments = self.experiments_of(cx, query)?;
        let ids: Vec<&str> = experiments.iter().map(ExperimentId::as_str).collect();
        if ids.is_empty() {
            return Ok(TraceIndex::default());
        }
        let most = query.limit.unwrap_or(usize::MAX);
        // Where it is looked at here what passes, pages are as large as they can be.
        let limit = if asked.is_all { most.min(TRACES) } else { TRACES };
        let by_time = query.sort.is_none();
        let bound = if by_time { place.bound(query.order) } else { None };
        let needed: Vec<String> = asked.needed.into_iter().chain(bound).collect();
        let wished = if place.is_unfiltered { Vec::new() } else { asked.wished };
        let clauses = needed.iter().chain(&wished).cloned().collect();
        let mut search = TraceSearch { experiments: ids, clauses, order_by, limit, token: place.token.clone() };
        let mut page = self.search_traces(cx, &search)?;
        if page.refused.is_some() && !wished.is_empty() && place.token.is_none() {
            // An older server knows less of the grammar.
            place.is_unfiltered = true;
            (search.clauses, search.limit) = (needed, TRACES);
            page = self.search_traces(cx, &search)?;
        }
        if page.refused.is_some() && query.sort.is_some() {
            return self.sorted_here(cx, query);
        }
        if let Some(why) = page.refused {
            cx.warn("a list of traces", why);
            return Ok(TraceIndex::default());
        }
        let mut told: Vec<Told> = Vec::with_capacity(page.infos.len());
        for info in page.infos {
            told.extend(self.told(cx, query, info)?);
        }
        let is_new = |one: &Told| !place.is_passed(query.order, &one.key);
        if by_time {
            if place.is_by_time() || !told.iter().any(is_new) {
                told.retain(is_new);
            }
            // Among traces that began together a server has an order of its own.
            told.sort_by(|a, b| query.order.compare(&a.key, &b.key));
        }
        let mut last = told.last().map(|one| one.key.clone());
        let mut behind = page.next;
        let mut handles: Vec<TraceHandle> = Vec::with_capacity(told.len());
        for one in &told {
            if let (true, Some(_)) = (handles.len() == most, one.handle) {
                // The rest of what was looked at comes with the next page, which begins behind the last one here.
                behind = behind.or(Some(super::places::token_at(0)));
                break;
            }
            handles.extend(one.handle);
            if handles.len() == most {
                last = Some(one.key.clone());
            }
        }
        let next = if by_time { place.behind(last, behind, cx) } else { place.behind_rows(told.len(), behind, cx) };
        let is_whole = next.is_none() && query.cursor.is_none();
        let total = if is_whole { Total::Exact(handles.len() as u64) } else { Total::AtLeast(handles.len() as u64) };
        Ok(TraceIndex { total, handles: handles.into(), next: next.map(|next| next.cursor()) })
    }

    /// A trace of a page, remembered; without a handle if it is not wanted.
    fn told(&self, cx: &ReadCx, query: &TraceQuery, info: Unmasked<Json>) -> Result<Option<Told>> {
        let Some(row) = traces::row(info.as_stored_for_structure(), cx.reveal()) else { return Ok(None) };
        let start_ms = Some(row.start_time_ms).filter(|start| *start != 0);
        let key = TraceKey { start_ms, id: row.id.as_str().to_owned() };
        let is_wanted = self.holds(cx, &query.filter, &row, &info)?;
        let handle = self.known_traces().remember(row.id, row.experiment_id, &info);
        Ok(Some(Told { key, handle: is_wanted.then_some(handle) }))
    }

    fn holds(&self, cx: &ReadCx, filter: &[TraceCondition], row: &TraceRow, info: &Unmasked<Json>) -> Result<bool> {
        let (of_row, of_rest): (Vec<_>, Vec<_>) = filter.iter().partition(|condition| condition.is_of_row());
        if !of_row.iter().all(|condition| condition.holds(row, None)) {
            return Ok(false);
        }
        if of_rest.is_empty() {
            return Ok(true);
        }
        let head = self.head(cx, row, info)?;
        Ok(of_rest.iter().all(|condition| condition.holds(row, head.as_ref())))
    }

    /// All of a trace whose line is here; the older search leaves assessments out.
    pub fn head(&self, cx: &ReadCx, row: &TraceRow, info: &Unmasked<Json>) -> Result<Option<TraceHead>> {
        let is_line = self.has_trace_search.get() == Some(&false);
        let whole = if is_line { self.trace_info(cx, &row.id)? } else { None };
        Ok(traces::head(whole.as_ref().unwrap_or(info).as_stored_for_structure(), cx.reveal()))
    }

    /// All of a list, in an order that no server has.
    fn sorted_here(&self, cx: &ReadCx, query: &TraceQuery) -> Result<TraceIndex> {
        let Some(order) = &query.sort else { return Ok(TraceIndex::default()) };
        let plain = TraceQuery { sort: None, limit: None, cursor: None, ..query.clone() };
        let (handles, _) = self.all_traces(cx, &plain, usize::MAX)?;
        let columns = std::slice::from_ref(&order.column);
        let mut rows = self.columns_of(cx, &handles, columns)?;
        rows.sort_by(|(_, a), (_, b)| match (a.first(), b.first()) {
            (Some(a), Some(b)) => order.compare(a, b),
            _ => std::cmp::Ordering::Equal,
        });
        let total = Total::Exact(rows.len() as u64);
        let most = query.limit.unwrap_or(usize::MAX);
        Ok(TraceIndex { total, handles: rows.into_iter().take(most).map(|(handle, _)| handle).collect(), next: None })
    }

    /// Where the traces of a query can be.
    fn experiments_of(&self, cx: &ReadCx, query: &TraceQuery) -> Result<Vec<ExperimentId>> {
        let mut experiments: Vec<ExperimentId> = match &query.experiment {
            Some(id) => vec![id.clone()],
            None => self.experiments(cx, true)?.into_iter().map(|one| one.id).collect(),
        };
        if let Some(wanted) = filters::experiments(&query.filter) {
            experiments.retain(|id| wanted.contains(id));
        }
        Ok(experiments)
    }

    /// A page of traces as the server tells them.
    pub fn search_traces(&self, cx: &ReadCx, search: &TraceSearch<'_>) -> Result<SearchedTraces> {
        if *self.has_trace_search.get().unwrap_or(&true) {
            let locations: Vec<Json> = search
                .experiments
                .iter()
                .map(|id| json!({"type": "MLFLOW_EXPERIMENT", "mlflow_experiment": {"experiment_id": id}}))
                .collect();
            let mut body = json!({"locations": locations, "max_results": search.limit, "order_by": search.order_by});
            for (key, value) in [("filter", filters::joined(&search.clauses)), ("page_token", search.token.clone())] {
                if let (Some(value), Some(map)) = (value, body.as_object_mut()) {
                    map.insert(key.to_owned(), Json::from(value));
                }
            }
            let answer = self.client.search(cx, SEARCH_TRACES, &body)?;
            let _ = self.has_trace_search.set(!matches!(answer, Answer::NoEndpoint));
            if !matches!(answer, Answer::NoEndpoint) {
                return Ok(searched(answer));
            }
        }
        let mut pieces = pieces(&search.experiments);
        match pieces.pop() {
            Some(only) if pieces.is_empty() => self.search_old(cx, search, &only),
            _ => self.search_in_pieces(cx, search),
        }
    }

    /// The search of MLflow 2, whose question is an address.
    fn search_old(&self, cx: &ReadCx, search: &TraceSearch<'_>, experiments: &[&str]) -> Result<SearchedTraces> {
        let limit = search.limit.to_string();
        let filter = filters::joined(&search.clauses);
        let mut query: Vec<(&str, &str)> = experiments.iter().map(|id| ("experiment_ids", *id)).collect();
        query.push(("max_results", limit.as_str()));
        query.extend(search.order_by.iter().map(|order| ("order_by", order.as_str())));
        query.extend(filter.as_deref().map(|filter| ("filter", filter)));
        query.extend(search.token.as_deref().map(|token| ("page_token", token)));
        Ok(searched(self.client.get(cx, SEARCH_TRACES_OLD, &query)?))
    }

    /// The same of more experiments than an address has room for: the first of each piece. What comes behind them has
    /// no token; a list in the order of time goes on without.
    fn search_in_pieces(&self, cx: &ReadCx, search: &TraceSearch<'_>) -> Result<SearchedTraces> {
        let mut all = SearchedTraces::default();
        if search.order_by.len() > 2 {
            let refused = Some("it cannot sort what is asked of it in pieces".to_owned());
            return Ok(SearchedTraces { refused, ..all });
        }
        let alone = TraceSearch { token: None, ..search.clone() };
        let mut found: Vec<(TraceKey<String>, Unmasked<Json>)> = Vec::new();
        for piece in pieces(&search.experiments) {
            let page = self.search_old(cx, &alone, &piece)?;
            if page.refused.is_some() {
                return Ok(page);
            }
            all.next = all.next.or(page.next);
            let keyed = page.infos.into_iter().filter_map(|info| {
                let row = traces::row(info.as_stored_for_structure(), cx.reveal())?;
                Some((TraceKey { start_ms: Some(row.start_time_ms), id: row.id.as_str().to_owned() }, info))
            });
            found.extend(keyed);
        }
        let is_oldest_first = search.order_by.first().is_some_and(|order| order.ends_with("ASC"));
        let order = if is_oldest_first { Order::OldestFirst } else { Order::NewestFirst };
        found.sort_by(|(a, _), (b, _)| order.compare(a, b));
        if found.len() > search.limit {
            found.truncate(search.limit);
            all.next = all.next.or(Some(super::places::token_at(search.limit as u64)));
        }
        all.infos = found.into_iter().map(|(_, info)| info).collect();
        Ok(all)
    }
}

fn searched(answer: Answer<Unmasked<Json>>) -> SearchedTraces {
    match answer {
        Answer::Found(page) => {
            let next = next(page.as_stored_for_structure());
            let mut entries = page.into_entries().into_iter().flatten();
            let infos = entries.find(|(key, _)| key == "traces").and_then(|(_, infos)| infos.into_items().ok());
            SearchedTraces { infos: infos.unwrap_or_default(), next, refused: None }
        }
        Answer::Absent | Answer::NoEndpoint => SearchedTraces::default(),
        Answer::Rejected(why) => SearchedTraces { refused: Some(why), ..SearchedTraces::default() },
    }
}

/// How a server sorts, where its order is that of the reader of a file: numbers, and words that compare the same in
/// every database. `None`: it has to be sorted here.
fn sorted_by(sort: Option<&ColumnOrder>, order: Order) -> Option<Vec<String>> {
    let direction = |is_descending: bool| if is_descending { "DESC" } else { "ASC" };
    let is_newest_first = order == Order::NewestFirst;
    let own = match sort {
        None => None,
        Some(ColumnOrder { column: TraceColumn::Duration, is_descending }) => {
            Some(("execution_time_ms", is_descending))
        }
        Some(ColumnOrder { column: TraceColumn::Status, is_descending }) => Some(("status", is_descending)),
        Some(_) => return None,
    };
    let own = own.map(|(column, is_descending)| format!("{column} {}", direction(*is_descending)));
    let by_age = ["timestamp_ms", "request_id"].map(|column| format!("{column} {}", direction(is_newest_first)));
    Some(own.into_iter().chain(by_age).collect())
}

/// Experiments in pieces that an address has room for.
fn pieces<'a>(experiments: &[&'a str]) -> Vec<Vec<&'a str>> {
    let mut pieces: Vec<Vec<&str>> = Vec::new();
    let mut left = 0;
    for id in experiments {
        let own = "&experiment_ids=".len() + id.len();
        if left < own || pieces.is_empty() {
            pieces.push(Vec::new());
            left = IN_ADDRESS;
        }
        left = left.saturating_sub(own);
        pieces.last_mut().into_iter().for_each(|piece| piece.push(id));
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn experiments_are_asked_for_in_pieces_that_an_address_has_room_for() {
        let ids: Vec<String> = (0..600).map(|number| format!("{}", 100_000_000_000_u64 + number)).collect();
        let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        let pieces = pieces(&ids);
        assert_eq!(pieces.iter().flatten().copied().collect::<Vec<_>>(), ids);
        assert!(pieces.len() > 5 && pieces.iter().all(|piece| piece.len() * 28 <= IN_ADDRESS), "{}", pieces.len());
        assert_eq!(super::pieces(&["1"]), [["1"]]);
    }
}
