//! Runs and their metrics, page by page as a server gives them.

use std::sync::Arc;

use serde_json::json;

use super::artifacts::is_plain;
use super::client::Answer;
use super::fields::{list, next};
use super::places::Place;
use super::standing::now_ms;
use super::{Shared, filters, runs};
use crate::model::{ExperimentId, Json, LoggedModel, MetricPoint, MetricSeries, Run, RunId, RunValues, Unmasked};
use crate::store::{Order, Page, ReadCx, Result, RunQuery, RunScope, Total};

/// Runs of the first page.
const FIRST_RUNS: usize = 1_000;
/// Runs of each page behind it; a server gives 50,000 (MLflow 2.21 – 3.18).
const RUNS: usize = 10_000;
/// Requests that are sent together.
pub const AT_ONCE: usize = 6;
/// Pages of a metric's history: more points than these are told of nowhere.
const POINT_PAGES: usize = 400;
/// Points of a page of a metric's history.
const POINTS: &str = "25000";

/// The search of runs.
pub const SEARCH_RUNS: &str = "/api/2.0/mlflow/runs/search";

impl Shared {
    /// See [`crate::store::Store::run_row_page`].
    pub fn run_row_page(&self, cx: &ReadCx, query: &RunQuery) -> Result<Page<(Run, RunValues)>> {
        let none = Page { rows: Vec::new(), next: None, total: Total::Exact(0) };
        let experiments: Vec<ExperimentId> = match &query.scope {
            RunScope::One(id) => {
                let row = self.run(cx, id)?.and_then(|run| runs::run(run.as_stored_for_structure(), cx.reveal()));
                let rows: Vec<_> = row.into_iter().filter(|row| passes(query, row)).collect();
                return Ok(Page { total: Total::Exact(rows.len() as u64), rows, next: None });
            }
            RunScope::Experiment(id) => vec![id.clone()],
            RunScope::All => self.experiments(cx, true)?.into_iter().map(|one| one.id).collect(),
        };
        if experiments.is_empty() || query.limit == Some(0) {
            return Ok(if experiments.is_empty() { none } else { Page { total: Total::AtLeast(0), ..none } });
        }
        let (Some(mut place), Some(clauses)) =
            (Place::at(query.cursor.as_ref(), cx), filters::of_runs(query, cx.reveal()))
        else {
            return Ok(none);
        };
        let ids: Vec<&str> = experiments.iter().map(ExperimentId::as_str).collect();
        let direction = if query.order == Order::OldestFirst { "ASC" } else { "DESC" };
        // The first rows soon, the others with fewer questions.
        let most = if query.cursor.is_none() { FIRST_RUNS } else { RUNS };
        let body = |clauses: &[String]| {
            let mut body = json!({"experiment_ids": ids,
                "run_view_type": if query.with_deleted { "ALL" } else { "ACTIVE_ONLY" },
                "max_results": query.limit.unwrap_or(most).min(most),
                "order_by": [format!("attributes.start_time {direction}"), format!("attributes.run_name {direction}")]});
            for (key, value) in [("filter", filters::joined(clauses)), ("page_token", place.token.clone())] {
                if let (Some(value), Some(map)) = (value, body.as_object_mut()) {
                    map.insert(key.to_owned(), Json::from(value));
                }
            }
            body
        };
        let clauses = if place.is_unfiltered { Vec::new() } else { clauses };
        let mut answer = self.client.search(cx, SEARCH_RUNS, &body(&clauses))?;
        if matches!(answer, Answer::Rejected(_)) && !clauses.is_empty() && place.token.is_none() {
            answer = self.client.search(cx, SEARCH_RUNS, &body(&[]))?;
            place.is_unfiltered = true;
        }
        let page = match answer {
            Answer::Found(page) => page,
            // An experiment that is not there, or a place that another store named.
            Answer::Absent | Answer::NoEndpoint => return Ok(none),
            Answer::Rejected(why) => {
                cx.warn("a list of runs", why);
                return Ok(none);
            }
        };
        let page = page.as_stored_for_structure();
        let told = list(page, "runs");
        self.ended_runs.note(told, now_ms());
        let mut rows: Vec<(Run, RunValues)> = told.iter().filter_map(|one| runs::run(one, cx.reveal())).collect();
        rows.retain(|row| passes(query, row));
        query.order.sort_runs(&mut rows, |(run, _)| run);
        let next = place.behind_rows(told.len(), next(page), cx);
        let is_whole = next.is_none() && query.cursor.is_none();
        let total = if is_whole { Total::Exact(rows.len() as u64) } else { Total::AtLeast(rows.len() as u64) };
        Ok(Page { rows, next: next.map(|next| next.cursor()), total })
    }

    /// One run as the server tells it.
    pub fn run(&self, cx: &ReadCx, run: &RunId) -> Result<Option<Unmasked<Json>>> {
        if !is_plain(run.as_str()) {
            return Ok(None);
        }
        let answer = self.client.get(cx, "/api/2.0/mlflow/runs/get", &[("run_id", run.as_str())])?;
        let Answer::Found(found) = answer else { return Ok(None) };
        let mut entries = found.into_entries().into_iter().flatten();
        let found = entries.find(|(key, _)| key == "run").map(|(_, run)| run);
        self.ended_runs.note(found.as_ref().map(Unmasked::as_stored_for_structure), now_ms());
        Ok(found)
    }

    /// See [`crate::store::Store::logged_models`].
    pub fn logged_models(&self, cx: &ReadCx, run: &RunId) -> Result<Vec<LoggedModel>> {
        let Some(found) = self.run(cx, run)? else { return Ok(Vec::new()) };
        let found = found.as_stored_for_structure();
        let mut models: Vec<LoggedModel> = Vec::new();
        for id in runs::model_ids(found).iter().filter(|id| is_plain(id)) {
            if let Answer::Found(model) = self.client.get(cx, &format!("/api/2.0/mlflow/logged-models/{id}"), &[])? {
                models.extend(runs::model(model.as_stored_for_structure(), cx.reveal()));
            }
        }
        models.sort_by(|a, b| (a.creation_time_ms, &a.id).cmp(&(b.creation_time_ms, &b.id)));
        for model in runs::models_of_tag(found) {
            if models.iter().all(|known| known.id != model.id) {
                models.push(model);
            }
        }
        Ok(models)
    }

    /// See [`crate::store::Store::metric_history`].
    pub fn metric_history(&self, cx: &ReadCx, run: &RunId, key: Option<&str>) -> Result<Vec<MetricSeries>> {
        let keys: Vec<Arc<str>> = match key {
            Some(key) => vec![key.into()],
            None => {
                let row = self.run(cx, run)?.and_then(|run| runs::run(run.as_stored_for_structure(), cx.reveal()));
                row.map(|(_, values)| values.metrics.into_iter().map(|one| one.key).collect()).unwrap_or_default()
            }
        };
        let mut found = Vec::new();
        for key in keys.iter().filter(|_| is_plain(run.as_str())) {
            let points = self.points(cx, run, key)?;
            if !points.is_empty() {
                found.push(MetricSeries { key: Arc::clone(key), points });
            }
        }
        Ok(found)
    }

    fn points(&self, cx: &ReadCx, run: &RunId, key: &str) -> Result<Vec<MetricPoint>> {
        let mut points: Vec<MetricPoint> = Vec::new();
        let mut token: Option<String> = None;
        for page in 0..=POINT_PAGES {
            if page == POINT_PAGES {
                cx.warn(format!("metric {key} of run {run}"), "it has no end: what is told here is its beginning");
                break;
            }
            let mut query = vec![("run_id", run.as_str()), ("metric_key", key), ("max_results", POINTS)];
            query.extend(token.as_deref().map(|token| ("page_token", token)));
            let answer = self.client.get(cx, "/api/2.0/mlflow/metrics/get-history", &query)?;
            let Answer::Found(page) = answer else { break };
            let page = page.as_stored_for_structure();
            let before = points.len();
            points.extend(list(page, "metrics").iter().filter_map(runs::point));
            let behind = next(page).filter(|behind| token.as_ref() != Some(behind) && points.len() > before);
            let Some(behind) = behind else { break };
            token = Some(behind);
        }
        points.sort_by(|a, b| (a.step, a.timestamp_ms).cmp(&(b.step, b.timestamp_ms)).then(by_value(a.value, b.value)));
        Ok(points)
    }

    /// What every MLflow answers.
    pub fn must(&self, path: &str, answer: Answer<Unmasked<Json>>) -> Result<Unmasked<Json>> {
        match answer {
            Answer::Found(found) => Ok(found),
            Answer::Absent | Answer::NoEndpoint => Err(self.client.strange(path, "there is no such endpoint")),
            Answer::Rejected(why) => Err(self.client.strange(path, &why)),
        }
    }
}

/// Whether a run is what is asked for, whatever a server made of the question.
fn passes(query: &RunQuery, (run, values): &(Run, RunValues)) -> bool {
    query.filter.iter().all(|condition| condition.holds(run, values))
}

/// NaN comes last.
fn by_value(a: f64, b: f64) -> std::cmp::Ordering {
    a.is_nan().cmp(&b.is_nan()).then_with(|| a.total_cmp(&b))
}
