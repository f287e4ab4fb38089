//! `dspyglass experiments`

use serde::Serialize;

use super::Answer;
use crate::cli::args::ExperimentsArgs;
use crate::cli::failure::Failure;
use crate::cli::json::{self, Warnings};
use crate::cli::table::{Side, Table};
use crate::cli::words;
use crate::query::{self, ExperimentRow};

#[derive(Serialize)]
struct Document<'a> {
    experiments: Vec<One<'a>>,
    #[serde(skip_serializing_if = "Warnings::is_empty")]
    warnings: Warnings,
}

#[derive(Serialize)]
struct One<'a> {
    id: &'a str,
    name: &'a str,
    lifecycle_stage: &'a str,
    creation_time_ms: Option<i64>,
    runs: u64,
    traces: Option<u64>,
}

impl<'a> From<&'a ExperimentRow> for One<'a> {
    fn from(row: &'a ExperimentRow) -> Self {
        Self {
            id: row.experiment.id.as_str(),
            name: &row.experiment.name,
            lifecycle_stage: row.experiment.lifecycle.as_str(),
            creation_time_ms: row.experiment.creation_time_ms,
            runs: row.counts.runs,
            traces: row.counts.traces,
        }
    }
}

pub(super) fn answer(args: &ExperimentsArgs, answer: &mut Answer<'_>) -> Result<(), Failure> {
    let rows = query::experiments(&mut answer.session, args.deleted)?;
    if answer.is_json {
        let document = Document {
            experiments: rows.iter().map(One::from).collect(),
            warnings: answer.session.cx.take_warnings().into(),
        };
        return json::write(&document, answer.out);
    }
    if rows.is_empty() {
        writeln!(answer.out, "No experiments")?;
        return Ok(());
    }
    let created = words::time_header("Created", answer.style.is_utc);
    let mut header = vec![
        ("Id", Side::Right),
        ("Name", Side::LeftCut),
        ("Runs", Side::Right),
        ("Traces", Side::Right),
        (&*created, Side::Left),
    ];
    if args.deleted {
        header.push(("Stage", Side::Left));
    }
    let mut table = Table::new(&header);
    for ExperimentRow { experiment, counts } in &rows {
        let mut cells = vec![
            experiment.id.to_string(),
            experiment.name.clone(),
            words::count(counts.runs),
            words::count_or_unknown(counts.traces),
            words::time(experiment.creation_time_ms, answer.style.is_utc),
        ];
        if args.deleted {
            cells.push(experiment.lifecycle.as_str().to_owned());
        }
        table.row(cells);
    }
    Ok(table.print(answer.style, answer.out)?)
}
