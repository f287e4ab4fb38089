//! The experiments of a server, which nearly everything else asks for first.

use std::collections::HashSet;
use std::sync::PoisonError;
use std::time::{Duration, Instant};

use serde_json::json;

use super::fields::{list, next};
use super::places::Place;
use super::together::wait_for;
use super::{Shared, runs};
use crate::model::{Experiment, Json, Lifecycle, Unmasked};
use crate::store::{ReadCx, Result};
use crate::words::natural;

/// Experiments of a page.
const EXPERIMENTS: usize = 1_000;

/// What was told is told again for so long: one look at a page asks for them several times.
const FRESH: Duration = Duration::from_secs(3);

const SEARCH_EXPERIMENTS: &str = "/api/2.0/mlflow/experiments/search";

/// The pages that were told last, deleted experiments too.
#[derive(Debug, Default)]
pub struct KnownExperiments {
    pages: Vec<Unmasked<Json>>,
    asked: Option<Instant>,
}

impl Shared {
    /// See [`crate::store::Store::experiments`].
    pub fn experiments(&self, cx: &ReadCx, with_deleted: bool) -> Result<Vec<Experiment>> {
        // Who comes second waits for the answer of the first.
        let mut known = wait_for(cx, &self.experiments)?;
        if known.asked.is_none_or(|asked| asked.elapsed() > FRESH) {
            known.pages = self.experiment_pages(cx)?;
            known.asked = Some(Instant::now());
        }
        let of_page = |page: &Unmasked<Json>| -> Vec<Experiment> {
            let listed = list(page.as_stored_for_structure(), "experiments").iter();
            listed.filter_map(|one| runs::experiment(one, cx.reveal())).collect()
        };
        let mut found: Vec<Experiment> = known.pages.iter().flat_map(of_page).collect();
        found.retain(|one| with_deleted || one.lifecycle == Lifecycle::Active);
        found.sort_by(|a, b| natural::compare(a.id.as_str(), b.id.as_str()));
        found.dedup_by(|a, b| a.id == b.id);
        Ok(found)
    }

    /// The next question asks the server again.
    pub fn forget_experiments(&self) {
        self.experiments.lock().unwrap_or_else(PoisonError::into_inner).asked = None;
    }

    fn experiment_pages(&self, cx: &ReadCx) -> Result<Vec<Unmasked<Json>>> {
        let mut pages = Vec::new();
        let mut ids: HashSet<String> = HashSet::new();
        let mut place = Some(Place::default());
        while let Some(here) = place {
            let mut body = json!({"view_type": "ALL", "max_results": EXPERIMENTS});
            if let (Some(token), Some(map)) = (&here.token, body.as_object_mut()) {
                map.insert("page_token".to_owned(), Json::from(token.as_str()));
            }
            let page = self.must(SEARCH_EXPERIMENTS, self.client.search(cx, SEARCH_EXPERIMENTS, &body)?)?;
            let before = ids.len();
            let of = page.as_stored_for_structure();
            let listed = list(of, "experiments").iter();
            ids.extend(listed.filter_map(|one| one.get("experiment_id")?.as_str().map(str::to_owned)));
            place = here.behind_rows(ids.len() - before, next(of), cx);
            pages.push(page);
        }
        Ok(pages)
    }
}
