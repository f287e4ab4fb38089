//! `dspyglass runs`

use serde::{Serialize, Serializer};

use super::{Answer, runs_text};
use crate::cli::args::RunsArgs;
use crate::cli::failure::Failure;
use crate::cli::json::{self, Entries, Latest, Warnings};
use crate::model::{Run, RunValues};
use crate::query::{self, Filter, RunTable};

#[derive(Serialize)]
struct Document<'a> {
    runs: Rows<'a>,
    #[serde(skip_serializing_if = "Warnings::is_empty")]
    warnings: Warnings,
}

/// Written row by row: the rows of thousands of runs are never all in memory twice.
struct Rows<'a>(&'a RunTable);

impl Serialize for Rows<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.rows.iter().map(|(run, values)| One::new(run, values)))
    }
}

#[derive(Serialize)]
struct One<'a> {
    id: &'a str,
    name: Option<&'a str>,
    experiment_id: &'a str,
    parent_id: Option<&'a str>,
    parent_inferred: bool,
    status: Option<&'a str>,
    start_time_ms: Option<i64>,
    end_time_ms: Option<i64>,
    metrics: Latest<'a>,
    params: Entries<'a>,
    tags: Entries<'a>,
    lifecycle_stage: &'a str,
}

impl<'a> One<'a> {
    fn new(run: &'a Run, values: &'a RunValues) -> Self {
        Self {
            id: run.id.as_str(),
            name: json::known(&run.name),
            experiment_id: run.experiment_id.as_str(),
            parent_id: run.parent_id.as_ref().map(|id| id.as_str()),
            parent_inferred: run.parent_inferred,
            status: json::status(&run.status),
            start_time_ms: run.start_time_ms,
            end_time_ms: run.end_time_ms,
            metrics: Latest(&values.metrics),
            params: Entries(&values.params),
            tags: Entries(&values.tags),
            lifecycle_stage: run.lifecycle.as_str(),
        }
    }
}

pub(super) fn answer(args: &RunsArgs, filter: &Filter, answer: &mut Answer<'_>) -> Result<(), Failure> {
    let experiment = args.experiment.as_deref().map(|text| answer.experiment(text)).transpose()?;
    let experiment = experiment.map(|experiment| experiment.id);
    let (table, total) = query::filtered_run_table(&mut answer.session, experiment.as_ref(), args.deleted, filter)?;
    if answer.is_json {
        let document = Document { runs: Rows(&table), warnings: answer.session.cx.take_warnings().into() };
        return json::write(&document, answer.out);
    }
    runs_text::print(table, total, !filter.is_empty(), answer)
}
