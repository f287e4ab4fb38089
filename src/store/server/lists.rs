//! Experiments, runs and their metrics, page by page as a server gives them.

use std::sync::Arc;

use serde_json::json;

use super::artifacts::is_plain;
use super::client::Answer;
use super::fields::{list, next};
use super::standing::now_ms;
use super::{Shared, runs};
use crate::model::{
    Experiment, ExperimentCounts, ExperimentId, Json, LoggedModel, MetricPoint, MetricSeries, Run, RunId, RunValues,
    Unmasked,
};
use crate::store::{Cursor, Order, Page, ReadCx, Result, RunQuery, RunScope, Total};
use crate::words::natural;

/// Runs of a page.
const RUNS: usize = 1_000;
/// Experiments of a page.
const EXPERIMENTS: usize = 1_000;
/// Points of a page of a metric's history.
const POINTS: &str = "25000";

const SEARCH_EXPERIMENTS: &str = "/api/2.0/mlflow/experiments/search";
const SEARCH_RUNS: &str = "/api/2.0/mlflow/runs/search";

impl Shared {
    /// See [`crate::store::Store::experiments`].
    pub fn experiments(&self, cx: &ReadCx, with_deleted: bool) -> Result<Vec<Experiment>> {
        let view = if with_deleted { "ALL" } else { "ACTIVE_ONLY" };
        let mut found: Vec<Experiment> = Vec::new();
        let mut token: Option<String> = None;
        loop {
            let mut body = json!({"view_type": view, "max_results": EXPERIMENTS});
            if let (Some(token), Some(map)) = (&token, body.as_object_mut()) {
                map.insert("page_token".to_owned(), Json::from(token.as_str()));
            }
            let page = self.must(SEARCH_EXPERIMENTS, self.client.search(cx, SEARCH_EXPERIMENTS, &body)?)?;
            let page = page.as_stored_for_structure();
            let before = found.len();
            found.extend(list(page, "experiments").iter().filter_map(|one| runs::experiment(one, cx.reveal())));
            let behind = next(page).filter(|behind| token.as_ref() != Some(behind) && found.len() > before);
            let Some(behind) = behind else { break };
            token = Some(behind);
        }
        found.sort_by(|a, b| natural::compare(a.id.as_str(), b.id.as_str()));
        found.dedup_by(|a, b| a.id == b.id);
        Ok(found)
    }

    /// See [`crate::store::Store::experiment_counts`]: runs are counted one page of ids at a time, traces stay unknown
    /// where there are too many to count.
    pub fn experiment_counts(&self, cx: &ReadCx) -> Result<Vec<(ExperimentId, ExperimentCounts)>> {
        let mut counts = Vec::new();
        for experiment in self.experiments(cx, true)? {
            let scope = RunScope::Experiment(experiment.id.clone());
            let mut query = RunQuery { limit: None, ..RunQuery::new(scope) };
            let mut runs = 0;
            loop {
                let page = self.run_row_page(cx, &query)?;
                runs += page.rows.len() as u64;
                if page.next.is_none() || page.next == query.cursor {
                    break;
                }
                query.cursor = page.next;
            }
            let traces = self.count_traces(cx, &experiment.id)?;
            counts.push((experiment.id, ExperimentCounts { runs, traces }));
        }
        Ok(counts)
    }

    /// See [`crate::store::Store::run_row_page`].
    pub fn run_row_page(&self, cx: &ReadCx, query: &RunQuery) -> Result<Page<(Run, RunValues)>> {
        let none = Page { rows: Vec::new(), next: None, total: Total::Exact(0) };
        let experiments: Vec<ExperimentId> = match &query.scope {
            RunScope::One(id) => {
                let row = self.run(cx, id)?.and_then(|run| runs::run(run.as_stored_for_structure(), cx.reveal()));
                let rows: Vec<_> = row.into_iter().collect();
                return Ok(Page { total: Total::Exact(rows.len() as u64), rows, next: None });
            }
            RunScope::Experiment(id) => vec![id.clone()],
            RunScope::All => self.experiments(cx, true)?.into_iter().map(|one| one.id).collect(),
        };
        if experiments.is_empty() || query.limit == Some(0) {
            return Ok(if experiments.is_empty() { none } else { Page { total: Total::AtLeast(0), ..none } });
        }
        let ids: Vec<&str> = experiments.iter().map(ExperimentId::as_str).collect();
        let direction = if query.order == Order::OldestFirst { "ASC" } else { "DESC" };
        let mut body = json!({"experiment_ids": ids,
            "run_view_type": if query.with_deleted { "ALL" } else { "ACTIVE_ONLY" },
            "max_results": query.limit.unwrap_or(RUNS).min(RUNS),
            "order_by": [format!("attributes.start_time {direction}"), format!("attributes.run_name {direction}")]});
        if let (Some(cursor), Some(map)) = (&query.cursor, body.as_object_mut()) {
            map.insert("page_token".to_owned(), Json::from(cursor.as_str()));
        }
        let page = match self.client.search(cx, SEARCH_RUNS, &body)? {
            Answer::Found(page) => page,
            // An experiment that is not there, or a place that another store named.
            Answer::Absent | Answer::NoEndpoint => return Ok(none),
            Answer::Rejected(why) => {
                cx.warn("a list of runs", why);
                return Ok(none);
            }
        };
        let page = page.as_stored_for_structure();
        self.ended_runs.note(list(page, "runs"), now_ms());
        let mut rows: Vec<(Run, RunValues)> =
            list(page, "runs").iter().filter_map(|one| runs::run(one, cx.reveal())).collect();
        query.order.sort_runs(&mut rows, |(run, _)| run);
        let next = next(page);
        let is_whole = next.is_none() && query.cursor.is_none();
        let total = if is_whole { Total::Exact(rows.len() as u64) } else { Total::AtLeast(rows.len() as u64) };
        Ok(Page { rows, next: next.map(Cursor::new), total })
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
        loop {
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
    fn must(&self, path: &str, answer: Answer<Unmasked<Json>>) -> Result<Unmasked<Json>> {
        match answer {
            Answer::Found(found) => Ok(found),
            Answer::Absent | Answer::NoEndpoint => Err(self.client.strange(path, "there is no such endpoint")),
            Answer::Rejected(why) => Err(self.client.strange(path, &why)),
        }
    }
}

/// NaN comes last.
fn by_value(a: f64, b: f64) -> std::cmp::Ordering {
    a.is_nan().cmp(&b.is_nan()).then_with(|| a.total_cmp(&b))
}
