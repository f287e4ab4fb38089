//! `dspyglass check http://…`: which MLflow answers and which endpoints it has.

use serde::Serialize;

use crate::store::{Endpoint, ServerReport};

/// As JSON says it.
#[derive(Serialize)]
pub(super) struct ServerDocument<'a> {
    /// `3.17.2`; null where the server does not say.
    version: Option<&'a str>,
    /// `SqlStore`.
    store_type: Option<&'a str>,
    workspaces_enabled: Option<bool>,
    endpoints: Vec<EndpointDocument>,
}

#[derive(Serialize)]
struct EndpointDocument {
    what: &'static str,
    path: &'static str,
    /// Null where the server does not let that be seen.
    is_there: Option<bool>,
    /// What becomes of it where it is missing.
    otherwise: &'static str,
}

impl<'a> From<&'a ServerReport> for ServerDocument<'a> {
    fn from(report: &'a ServerReport) -> Self {
        let endpoint = |one: &Endpoint| EndpointDocument {
            what: one.what,
            path: one.path,
            is_there: one.is_there,
            otherwise: one.otherwise,
        };
        Self {
            version: report.version.as_deref(),
            store_type: report.store_type.as_deref(),
            workspaces_enabled: report.workspaces,
            endpoints: report.endpoints.iter().map(endpoint).collect(),
        }
    }
}

/// What it says of itself, line by line.
pub(super) fn server_lines(report: &ServerReport) -> Vec<(&'static str, String)> {
    report.facts()
}

/// Which endpoints it has, in two columns below a heading.
pub(super) fn endpoint_lines(report: &ServerReport) -> Vec<String> {
    let width = report.endpoints.iter().map(|one| one.what.chars().count()).max().unwrap_or(0);
    let line = |one: &Endpoint| format!("  {:<width$}  {} ({})", one.what, one.words(), one.path);
    [String::new(), "Endpoints:".to_owned()].into_iter().chain(report.endpoints.iter().map(line)).collect()
}
