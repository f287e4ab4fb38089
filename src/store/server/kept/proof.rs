//! What shows that something can't have changed since it was kept.
//!
//! A tracking server lets most things be changed at any time, and does not say when that happened. What is trusted to
//! stay is bound to facts that are asked for anyway, and that would be others if it had not.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::digest::beginning;
use crate::model::mlflow::trace::{COST, SIZES, TOKENS};
use crate::model::{Json, RunId};
use crate::store::server::fields::{duration_ms, list, moment_ms, name, stored, whole};

/// Who has ended may still be sending what was recorded last: exporters of spans wait for some seconds, and try again.
const SETTLED_MS: i64 = 120_000;

/// What was told of a run is not asked for again for so long.
const FRESH: Duration = Duration::from_secs(3);

/// Equal proofs: it is what it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof([u8; 16]);

impl Proof {
    fn of(parts: &[&str]) -> Self {
        let parts: Vec<&[u8]> = parts.iter().map(|part| part.as_bytes()).collect();
        Self(beginning(&parts))
    }

    /// As it is written to a file.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

/// That of the spans of a trace, from what the server says of it now: it has ended, a while ago, and when it began, how
/// long it took, its usage and how many spans of what sizes were counted are the same. `None` while it may get more of
/// them. Its tags and what people say of it are not in it: they change, and are asked for.
pub fn of_trace(info: &Json, now_ms: i64) -> Option<Proof> {
    let state = name(info, "state").or_else(|| name(info, "status"))?;
    let start = moment_ms(info, "request_time").or_else(|| whole(info, "timestamp_ms"))?;
    let took = duration_ms(info, "execution_duration").or_else(|| whole(info, "execution_time_ms"))?;
    let is_over = matches!(&*state, "OK" | "ERROR") && start.saturating_add(took) <= now_ms.saturating_sub(SETTLED_MS);
    if !is_over {
        return None;
    }
    let metadata = if info.get("trace_metadata").is_some() { "trace_metadata" } else { "request_metadata" };
    let said = |key: &str| stored(info, metadata, key).map_or("", |text| text.as_stored_for_structure());
    Some(Proof::of(&[&state, &start.to_string(), &took.to_string(), said(SIZES), said(TOKENS), said(COST)]))
}

/// That of the files of a run: it has ended, a while ago, and when, how and its tags are the same. MLflow writes a tag when
/// it adds a table or a model to a run that has ended; only a file that is added by hand to one goes without a mark.
fn of_run(run: &Json, now_ms: i64) -> Option<Proof> {
    let info = run.get("info")?;
    let end = whole(info, "end_time").filter(|end| *end > 0 && *end <= now_ms.saturating_sub(SETTLED_MS))?;
    let status = name(info, "status").filter(|status| matches!(&**status, "FINISHED" | "FAILED" | "KILLED"))?;
    let mut tags: Vec<String> = list(run.get("data")?, "tags").iter().map(Json::to_string).collect();
    tags.sort();
    let end = end.to_string();
    let parts: Vec<&str> = [&*status, &*end].into_iter().chain(tags.iter().map(String::as_str)).collect();
    Some(Proof::of(&parts))
}

/// The proofs of the runs that a server told of, as they were when it did so last, and when that was.
#[derive(Debug, Default)]
pub struct EndedRuns(Mutex<Ended>);

type Ended = HashMap<RunId, (Option<Proof>, Instant)>;

impl EndedRuns {
    /// Takes note of runs as the server tells them now.
    pub fn note<'a>(&self, runs: impl IntoIterator<Item = &'a Json>, now_ms: i64) {
        let (mut known, now) = (self.known(), Instant::now());
        for run in runs {
            let info = run.get("info").unwrap_or(&Json::Null);
            if let Some(id) = name(info, "run_id").or_else(|| name(info, "run_uuid")) {
                known.insert(RunId::from(id), (of_run(run, now_ms), now));
            }
        }
    }

    /// That of a run; `None` if nothing is known of it, `Some(None)` if it may still change.
    pub fn of(&self, run: &RunId) -> Option<Option<Proof>> {
        self.known().get(run).map(|(proof, _)| proof.clone())
    }

    /// Whether that was told a moment ago.
    pub fn is_fresh(&self, run: &RunId) -> bool {
        self.known().get(run).is_some_and(|(_, told)| told.elapsed() < FRESH)
    }

    /// Lets go of all of them.
    pub fn forget(&self) {
        self.known().clear();
    }

    fn known(&self) -> MutexGuard<'_, Ended> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const NOW: i64 = 1_795_300_000_000;

    #[test]
    fn spans_hold_while_what_is_said_of_their_trace_stays_and_not_before_it_has_settled() {
        let trace = |state: &str, took: &str, sizes: &str, tag: &str| {
            of_trace(
                &json!({"state": state, "request_time": "2026-11-20T22:13:35.440Z", "execution_duration": took,
                    "trace_metadata": {SIZES: sizes, "mlflow.user": tag}, "tags": {"t": tag}, "assessments": [tag]}),
                NOW,
            )
        };
        let proof = trace("OK", "0.290s", "{\"num_spans\": 3}", "a");
        assert!(proof.is_some());
        assert_eq!(proof, trace("OK", "0.290s", "{\"num_spans\": 3}", "b"), "tags are no matter of spans");
        for other in [
            trace("ERROR", "0.290s", "{\"num_spans\": 3}", "a"),
            trace("OK", "0.291s", "{\"num_spans\": 3}", "a"),
            trace("OK", "0.290s", "{\"num_spans\": 4}", "a"),
        ] {
            assert!(other.is_some() && other != proof);
        }
        assert_eq!(trace("IN_PROGRESS", "0.290s", "", "a"), None);
        let old = json!({"status": "OK", "timestamp_ms": 1_795_212_815_440_i64, "execution_time_ms": 290,
            "request_metadata": [{"key": SIZES, "value": "{\"num_spans\": 3}"}]});
        assert_eq!(of_trace(&old, NOW), proof, "as MLflow 2 tells it");
        assert_eq!(of_trace(&old, 1_795_212_815_440 + 290 + SETTLED_MS - 1), None);
        assert_eq!(of_trace(&json!({"state": "OK", "request_time": "2026-11-20T22:13:35.440Z"}), NOW), None);
    }

    #[test]
    fn files_hold_while_a_run_has_ended_and_its_tags_stay() {
        let run = |status: &str, end: &str, tags: Json| {
            let ended = EndedRuns::default();
            ended.note(
                [&json!({"info": {"run_id": "a", "status": status, "end_time": end}, "data": {"tags": tags}})],
                NOW,
            );
            ended.of(&RunId::from("a")).expect("noted")
        };
        let (a, b) = (json!({"key": "a", "value": "1"}), json!({"key": "b", "value": "2"}));
        let proof = run("FINISHED", "1795212815440", json!([a, b]));
        assert!(proof.is_some());
        assert_eq!(proof, run("FINISHED", "1795212815440", json!([b, a])));
        for other in [
            run("FAILED", "1795212815440", json!([a, b])),
            run("FINISHED", "1795212815441", json!([a, b])),
            run("FINISHED", "1795212815440", json!([a])),
        ] {
            assert!(other.is_some() && other != proof);
        }
        for open in [("RUNNING", "1795212815440"), ("FINISHED", "0"), ("FINISHED", "1795299999999")] {
            assert_eq!(run(open.0, open.1, json!([])), None, "{open:?}");
        }
        assert_eq!(EndedRuns::default().of(&RunId::from("a")), None);
    }
}
