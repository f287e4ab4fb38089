//! Whether something was written to a server: it sends no word of it, so that it is asked from time to time for what
//! changes first, the newest and the running runs and the newest traces.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::PoisonError;
use std::time::{Duration, Instant};

use serde_json::json;

use super::Shared;
use super::client::Answer;
use crate::model::{Json, Unmasked};
use crate::store::{ReadCx, Result, Revision};

/// A server is not asked more often.
const EVERY: Duration = Duration::from_secs(3);

/// How many of the newest are looked at.
const NEWEST: usize = 10;

/// When it was asked last, and what came back.
#[derive(Debug, Default)]
pub struct Watch {
    asked: Option<Instant>,
    seen: Option<Revision>,
}

impl Shared {
    /// See [`crate::store::Store::revision`].
    pub fn revision(&self, cx: &ReadCx) -> Result<Revision> {
        {
            let mut watch = self.watch.lock().unwrap_or_else(PoisonError::into_inner);
            if let (Some(asked), Some(seen)) = (watch.asked, watch.seen)
                && asked.elapsed() < EVERY
            {
                return Ok(seen);
            }
            watch.asked = Some(Instant::now());
        }
        self.version(cx)?;
        let mut hasher = DefaultHasher::new();
        // What was shown while it was silent may be older than what is looked at here.
        self.client.returns().hash(&mut hasher);
        let experiments = self.experiments(cx, true)?;
        for experiment in &experiments {
            (experiment.id.as_str(), &experiment.name, experiment.lifecycle).hash(&mut hasher);
        }
        let ids: Vec<&str> = experiments.iter().map(|experiment| experiment.id.as_str()).collect();
        if !ids.is_empty() {
            for (filter, order) in [
                ("", "attributes.start_time DESC"),
                ("attributes.status = 'RUNNING'", "attributes.start_time DESC"),
                ("", "attributes.end_time DESC"),
            ] {
                let body = json!({"experiment_ids": ids, "filter": filter, "run_view_type": "ALL", "max_results": NEWEST,
                    "order_by": [order]});
                self.mix(&mut hasher, self.client.search(cx, "/api/2.0/mlflow/runs/search", &body)?);
            }
            let (found, _) = self.trace_infos(cx, &ids, None, crate::store::Order::NewestFirst, NEWEST, None)?;
            for info in found {
                info.as_stored_for_structure().to_string().hash(&mut hasher);
            }
        }
        let revision = Revision(hasher.finish());
        let mut watch = self.watch.lock().unwrap_or_else(PoisonError::into_inner);
        if watch.seen.replace(revision).is_some_and(|before| before != revision) {
            // A trace that was going on has other spans by now.
            self.spans.lock().unwrap_or_else(PoisonError::into_inner).forget();
        }
        Ok(revision)
    }

    fn mix(&self, hasher: &mut DefaultHasher, answer: Answer<Unmasked<Json>>) {
        if let Answer::Found(found) = answer {
            found.as_stored_for_structure().to_string().hash(hasher);
        }
    }
}
