//! Whether something was written to a server: it sends no word of it, so that it is asked from time to time for what
//! changes first, the newest and the running runs and the newest traces.
//!
//! The first look waits for the experiments alone, which whoever opens a server wants to see. What the rest of it
//! looked like then is asked for behind that, on a thread of its own. Whoever goes on looking does not wait for the first
//! look at all.

use std::hash::{BuildHasher, DefaultHasher, Hash, Hasher, RandomState};
use std::sync::{Arc, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::json;

use super::Shared;
use super::client::Answer;
use super::lists::SEARCH_RUNS;
use super::together::together;
use super::trace_lists::TraceSearch;

use crate::model::Experiment;
use crate::store::{ReadCx, Result, Revision, StoreError, Urgency};

/// A server is not asked more often.
const EVERY: Duration = Duration::from_secs(3);

/// How many of the newest are looked at.
const NEWEST: usize = 10;

/// No longer than this is asked for what nobody waits for.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// When it was asked last, and what was seen.
#[derive(Debug)]
pub struct Watch {
    asked: Option<Instant>,
    /// When it was tried last in vain, and what came of that; `None` once it was answered.
    failed: Option<(Instant, StoreError)>,
    experiments: Option<u64>,
    rest: Option<u64>,
    /// How often something else was seen than before.
    changes: u64,
    /// What tells this opening from others: what was read before it may be old.
    opening: u64,
    /// That of whoever does not wait for it.
    first: FirstLook,
}

/// How far the first look has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum FirstLook {
    #[default]
    Wanted,
    UnderWay,
    Done,
}

impl Default for Watch {
    fn default() -> Self {
        let opening = RandomState::new().build_hasher().finish();
        Self {
            asked: None,
            failed: None,
            experiments: None,
            rest: None,
            changes: 0,
            opening,
            first: FirstLook::default(),
        }
    }
}

impl Watch {
    fn revision(&self) -> Revision {
        Revision(self.opening.wrapping_add(self.changes))
    }

    /// Takes in what was seen, and says whether it is something else than before.
    fn see(&mut self, experiments: u64, rest: Option<u64>) -> bool {
        let is_other = |before: Option<u64>, now: u64| before.is_some_and(|before| before != now);
        let has_changed = is_other(self.experiments, experiments) || rest.is_some_and(|rest| is_other(self.rest, rest));
        self.experiments = Some(experiments);
        self.rest = rest.or(self.rest);
        self.changes += u64::from(has_changed);
        has_changed
    }
}

/// What is asked of runs.
#[derive(Clone, Copy)]
enum Look {
    Runs { filter: &'static str, order: &'static str },
    Traces,
}

const LOOKS: [Look; 4] = [
    Look::Runs { filter: "", order: "attributes.start_time DESC" },
    Look::Runs { filter: "attributes.status = 'RUNNING'", order: "attributes.start_time DESC" },
    Look::Runs { filter: "", order: "attributes.end_time DESC" },
    Look::Traces,
];

impl Shared {
    fn watch(&self) -> MutexGuard<'_, Watch> {
        self.watch.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// See [`crate::store::Store::revision`]. An error is told again, too, without asking again at once.
    pub fn revision(self: &Arc<Self>, cx: &ReadCx) -> Result<Revision> {
        if self.is_watched {
            let mut watch = self.watch();
            match watch.first {
                FirstLook::Done => {}
                FirstLook::UnderWay => return Ok(watch.revision()),
                FirstLook::Wanted => {
                    watch.first = FirstLook::UnderWay;
                    let revision = watch.revision();
                    drop(watch);
                    if self.look_first() {
                        return Ok(revision);
                    }
                }
            }
        }
        self.look_noting(cx)
    }

    /// Looks for the first time on a thread of its own; says whether that could be begun.
    fn look_first(self: &Arc<Self>) -> bool {
        let shared = Arc::clone(self);
        let look = move || {
            // What came of it is told to the next look.
            let _ = shared.look_noting(&ReadCx::new().with_deadline(PATIENCE));
            shared.watch().first = FirstLook::Done;
        };
        let is_begun = thread::Builder::new().name("dspyglass-first-look".to_owned()).spawn(look).is_ok();
        if !is_begun {
            self.watch().first = FirstLook::Done;
        }
        is_begun
    }

    /// Something that was shown is something else by now.
    pub fn note_change(&self) {
        self.watch().changes += 1;
        self.spans.lock().unwrap_or_else(PoisonError::into_inner).forget();
    }

    fn look_noting(self: &Arc<Self>, cx: &ReadCx) -> Result<Revision> {
        let tried = Instant::now();
        let seen = self.look_again(cx);
        if let Err(error) = &seen
            && let Some(error) = again(error)
        {
            let mut watch = self.watch();
            // That of an earlier attempt is not made younger.
            let is_old = watch.failed.as_ref().is_some_and(|(at, _)| at.elapsed() < EVERY);
            watch.failed = if is_old { watch.failed.take() } else { Some((tried, error)) };
        }
        seen
    }

    fn look_again(self: &Arc<Self>, cx: &ReadCx) -> Result<Revision> {
        let is_first = {
            let watch = self.watch();
            if watch.asked.is_some_and(|asked| asked.elapsed() < EVERY) {
                return Ok(watch.revision());
            }
            if let Some((_, error)) = watch.failed.as_ref().filter(|(tried, _)| tried.elapsed() < EVERY)
                && let Some(error) = again(error)
            {
                return Err(error);
            }
            watch.asked.is_none()
        };
        self.forget_experiments();
        self.forget_latest();
        // Both are one look, and neither waits for the other.
        let found = together(cx, &[true, false], |cx, is_version| {
            if *is_version {
                // What is read does not hang on it.
                let _ = self.version(cx);
                return Ok(None);
            }
            self.experiments(cx, true).map(Some)
        })?;
        let experiments: Vec<Experiment> = found.into_iter().flatten().flatten().collect();
        let mut hasher = DefaultHasher::new();
        // What was shown while it was silent may be older than what is looked at here.
        self.client.returns().hash(&mut hasher);
        for experiment in &experiments {
            (experiment.id.as_str(), &experiment.name, experiment.lifecycle).hash(&mut hasher);
        }
        let ids: Vec<String> = experiments.into_iter().map(|experiment| experiment.id.to_string()).collect();
        let rest = if is_first {
            self.look_behind(ids);
            None
        } else {
            Some(self.rest(cx, &ids)?)
        };
        let mut watch = self.watch();
        // Only what was answered counts as a look: whoever asks again after an error is not told that all is well.
        (watch.asked, watch.failed) = (Some(Instant::now()), None);
        if watch.see(hasher.finish(), rest) {
            // A trace that was going on has other spans by now.
            self.spans.lock().unwrap_or_else(PoisonError::into_inner).forget();
            self.forget_latest();
        }
        Ok(watch.revision())
    }

    /// The next look asks the server, whatever went wrong a moment ago.
    pub fn forget_failure(&self) {
        self.watch().failed = None;
    }

    /// Asks what the rest looks like now, for the looks that follow.
    fn look_behind(self: &Arc<Self>, experiments: Vec<String>) {
        let shared = Arc::clone(self);
        // Without a thread, the next look is the first one at the rest.
        let _ = thread::Builder::new().name("dspyglass-first-look".to_owned()).spawn(move || {
            let cx = ReadCx::new().with_deadline(PATIENCE).with_urgency(Urgency::Behind);
            if let Ok(rest) = shared.rest(&cx, &experiments) {
                shared.watch().rest.get_or_insert(rest);
            }
        });
    }

    /// The newest runs, those that run, and the newest traces, as a number.
    fn rest(&self, cx: &ReadCx, experiments: &[String]) -> Result<u64> {
        let mut hasher = DefaultHasher::new();
        if !experiments.is_empty() {
            together(cx, &LOOKS, |cx, look| self.look(cx, experiments, *look))?.hash(&mut hasher);
        }
        Ok(hasher.finish())
    }

    fn look(&self, cx: &ReadCx, experiments: &[String], look: Look) -> Result<u64> {
        let mut hasher = DefaultHasher::new();
        match look {
            Look::Runs { filter, order } => {
                let body = json!({"experiment_ids": experiments, "filter": filter, "run_view_type": "ALL",
                    "max_results": NEWEST, "order_by": [order]});
                if let Answer::Found(found) = self.client.search(cx, SEARCH_RUNS, &body)? {
                    found.as_stored_for_structure().to_string().hash(&mut hasher);
                }
            }
            Look::Traces => {
                let experiments = experiments.iter().map(String::as_str).collect();
                let order_by = vec!["timestamp_ms DESC".to_owned()];
                let search = TraceSearch { experiments, order_by, limit: NEWEST, ..TraceSearch::default() };
                for info in self.search_traces(cx, &search)?.infos {
                    info.as_stored_for_structure().to_string().hash(&mut hasher);
                }
            }
        }
        Ok(hasher.finish())
    }
}

/// The same error for whoever asks again; `None` where it says more of whoever asked than of the server.
fn again(error: &StoreError) -> Option<StoreError> {
    Some(match error {
        StoreError::Network { place, message } => {
            StoreError::Network { place: place.clone(), message: message.clone() }
        }
        StoreError::Answer { place, what } => StoreError::Answer { place: place.clone(), what: what.clone() },
        StoreError::Refused { place, refusal } => StoreError::Refused { place: place.clone(), refusal: *refusal },
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_other_than_before_is_a_change() {
        let mut watch = Watch::default();
        let first = watch.revision();
        assert!(!watch.see(1, None) && !watch.see(1, Some(7)) && !watch.see(1, Some(7)) && !watch.see(1, None));
        assert_eq!(watch.revision(), first);
        assert!(watch.see(1, Some(8)) && watch.see(2, Some(8)));
        assert_ne!(watch.revision(), first);
        assert_ne!(Watch::default().revision(), first, "another opening knows nothing of this one");
    }
}
