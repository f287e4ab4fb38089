//! Which endpoints a server has: asked one by one for something that is not there, which changes nothing and is answered
//! in MLflow's own words where the endpoint is, and by a web page where it is not.

use serde_json::json;

use super::Shared;
use super::client::{Answer, Bytes, Client};
use crate::model::Json;
use crate::store::{Endpoint, ReadCx, Result, ServerReport, StoreError};

/// Where experiments are asked for; a server that asks who one is tells them to nobody else (MLflow 2.21 – 3.18).
pub(super) const EXPERIMENTS: &str = "/api/2.0/mlflow/experiments/search";
/// What a server says of itself (MLflow ≥ 3.10).
const SERVER_INFO: &str = "/api/3.0/mlflow/server-info";

/// How an endpoint is asked.
enum Ask {
    /// A `GET` with these parameters.
    Get(&'static [(&'static str, &'static str)]),
    /// The same of something that tells what it has of what is asked for. Where it is missing, MLflow 3.1 – 3.5 takes its
    /// name for that of a trace, and says that there is none.
    Some(&'static [(&'static str, &'static str)]),
    /// A search, posted, for one row at most of these experiments.
    Search(fn() -> Json),
}

/// An endpoint that reading needs, or would use.
struct Known {
    what: &'static str,
    path: &'static str,
    ask: Ask,
    /// What becomes of it where it is missing.
    otherwise: &'static str,
}

/// So much of an answer is looked at.
const BEGINNING: u64 = 4 << 10;

/// No run, no trace and no file is called so.
const NONE: &str = "dspyglass-asks-what-is-there";

fn one() -> Json {
    json!({"max_results": 1})
}

fn of_nowhere() -> Json {
    json!({"experiment_ids": [], "max_results": 1})
}

fn traces_of_nowhere() -> Json {
    json!({"locations": [], "max_results": 1})
}

/// In the order in which they are told. Endpoints and versions: MLflow 2.21 – 3.18, read in its source.
const ENDPOINTS: [Known; 12] = [
    Known { what: "Experiments", path: EXPERIMENTS, ask: Ask::Search(one), otherwise: "nothing can be shown" },
    Known {
        what: "Runs",
        path: "/api/2.0/mlflow/runs/search",
        ask: Ask::Search(of_nowhere),
        otherwise: "no runs are shown",
    },
    Known {
        what: "Histories of metrics",
        path: "/api/2.0/mlflow/metrics/get-history",
        ask: Ask::Get(&[("run_id", NONE), ("metric_key", NONE)]),
        otherwise: "only the latest values are shown",
    },
    Known {
        what: "Search of traces",
        path: "/api/3.0/mlflow/traces/search",
        ask: Ask::Search(traces_of_nowhere),
        otherwise: "traces are listed as MLflow 2 did, without previews and assessments",
    },
    Known {
        what: "List of traces of MLflow 2",
        path: "/api/2.0/mlflow/traces",
        // Of a word as an experiment MLflow 3.17 says that it failed.
        ask: Ask::Get(&[("experiment_ids", "0"), ("max_results", "1")]),
        otherwise: "not needed where the search of traces is",
    },
    Known {
        what: "One trace",
        path: "/api/3.0/mlflow/traces/dspyglass-asks-what-is-there",
        ask: Ask::Get(&[]),
        otherwise: "a trace is told as MLflow 2 did, without assessments",
    },
    Known {
        what: "Spans of a trace",
        path: "/ajax-api/2.0/mlflow/get-trace-artifact",
        ask: Ask::Get(&[("request_id", NONE)]),
        otherwise: "spans are asked for as OTLP tells them",
    },
    Known {
        what: "Spans of many traces",
        path: "/api/3.0/mlflow/traces/batchGet",
        ask: Ask::Some(&[("trace_ids", NONE)]),
        otherwise: "spans are fetched trace by trace",
    },
    Known {
        what: "List of artifacts",
        path: "/api/2.0/mlflow/artifacts/list",
        ask: Ask::Get(&[("run_id", NONE)]),
        otherwise: "no artifacts are shown",
    },
    Known {
        what: "Artifacts",
        path: "/get-artifact",
        ask: Ask::Get(&[("run_id", NONE), ("path", NONE)]),
        otherwise: "artifacts are asked for through the server's proxy",
    },
    Known {
        what: "Artifacts through the server",
        path: "/api/2.0/mlflow-artifacts/artifacts",
        ask: Ask::Get(&[("path", NONE)]),
        otherwise: "the server reads artifacts where they are",
    },
    Known {
        what: "Prompts",
        path: "/api/2.0/mlflow/registered-models/search",
        ask: Ask::Get(&[("max_results", "1")]),
        otherwise: "no prompts are shown",
    },
];

impl Shared {
    /// See [`crate::store::Server::report`].
    pub fn endpoints(&self, cx: &ReadCx) -> Result<ServerReport> {
        // With passwords (`--app-name basic-auth`, MLflow 3.17) not even that is told to everybody.
        let version = self.version(cx)?.map(str::to_owned);
        // What it said before is no answer here.
        let client = self.client.asking_as(self.client.who());
        let info = match client.get(cx, SERVER_INFO, &[]) {
            Ok(Answer::Found(info)) => Some(info),
            // Older servers lack it, and who may not read it may read the rest.
            Ok(_) | Err(StoreError::Answer { .. } | StoreError::Refused { .. }) => None,
            Err(error) => return Err(error),
        };
        let info = info.as_ref().map(|info| info.as_stored_for_structure());
        let store_type = info.and_then(|info| info.get("store_type")?.as_str());
        let endpoints = ENDPOINTS.iter().map(|known| endpoint(&client, cx, known)).collect::<Result<_>>()?;
        Ok(ServerReport {
            version,
            store_type: store_type
                .filter(|name| name.len() < 40 && name.chars().all(char::is_alphanumeric))
                .map(str::to_owned),
            workspaces: info.and_then(|info| info.get("workspaces_enabled")?.as_bool()),
            endpoints,
        })
    }
}

fn endpoint(client: &Client, cx: &ReadCx, known: &Known) -> Result<Endpoint> {
    let answer = match known.ask {
        // Not a second time where it fails, which is an answer, too.
        Ask::Get(query) => client.bytes(cx, known.path, query, BEGINNING, false, None).map(is_no_page),
        Ask::Some(query) => client.bytes(cx, known.path, query, BEGINNING, false, None).map(|answer| match answer {
            Answer::Absent => Some(false),
            answer => is_no_page(answer),
        }),
        Ask::Search(body) => client.search(cx, known.path, &body()).map(|answer| told(&answer)),
    };
    let is_there = match answer {
        Ok(is_there) => is_there,
        // Somebody is there, who says no or fails.
        Err(StoreError::Refused { .. } | StoreError::Answer { .. }) => None,
        Err(error) => return Err(error),
    };
    // Without the name of what is not there.
    let path = known.path.strip_suffix(NONE).unwrap_or(known.path);
    Ok(Endpoint { what: known.what, path, is_there, otherwise: known.otherwise })
}

/// Whether there is an endpoint that answers so; `None`: that cannot be told.
fn told<T>(answer: &Answer<T>) -> Option<bool> {
    Some(!matches!(answer, Answer::NoEndpoint))
}

/// The same of a file, where a page in its place tells nothing: some proxies show one for every address.
fn is_no_page(answer: Answer<Bytes>) -> Option<bool> {
    let begins_page = |found: &Bytes| found.bytes.as_stored_for_structure().trim_ascii_start().starts_with(b"<");
    match answer {
        Answer::Found(found) if begins_page(&found) => None,
        answer => told(&answer),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_searches_are_posted() {
        for known in &ENDPOINTS {
            assert!(!matches!(known.ask, Ask::Search(_)) || known.path.ends_with("/search"), "{}", known.path);
            assert!(!known.otherwise.ends_with('.') && known.what.starts_with(char::is_uppercase));
        }
    }
}
