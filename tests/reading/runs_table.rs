//! What the table of runs shows, beside plain SQL.

use std::collections::BTreeMap;
use std::path::Path;

use dspyglass::model::ExperimentId;
use dspyglass::query::ask::Session;
use dspyglass::query::table::{Cell, LineOptions, PreparedRuns, RunColumn, RunLines, cell, columns_of, prepared_runs};
use dspyglass::query::{Filter, TraceCounts, trace_counts_by_run};
use dspyglass::store::ReadCx;
use rusqlite::{Connection, OpenFlags};

use crate::support::databases;
use crate::traces_of_runs::{opened, strings};

/// Whether a run and an experiment are not deleted, and the run is of that experiment.
const OF: &str = "r.lifecycle_stage = 'active' and cast(r.experiment_id as text) = ?1";

fn connect(database: &Path) -> Connection {
    Connection::open_with_flags(database, OpenFlags::SQLITE_OPEN_READ_ONLY).expect("opened")
}

/// Each run's cell by SQL: pairs of run and value, as texts.
fn by_sql(db: &Connection, sql: &str, experiment: &str) -> BTreeMap<String, String> {
    let pairs = strings(db, sql, experiment);
    pairs.iter().filter_map(|pair| pair.split_once('\u{1}')).map(|(run, value)| (run.into(), value.into())).collect()
}

/// The same as the table shows it; what is unknown is left out.
fn by_table(runs: &PreparedRuns, traces: &TraceCounts, column: &RunColumn) -> BTreeMap<String, String> {
    let text = |cell: Cell<'_>| match cell {
        Cell::Text(text) => Some(text.to_owned()),
        Cell::Number(number) => Some(number.to_string()),
        Cell::Whole(whole) => Some(whole.to_string()),
        Cell::Masked => Some("masked".to_owned()),
        Cell::Unknown => None,
    };
    let rows = runs.table.rows.iter();
    rows.filter_map(|row| Some((row.0.id.to_string(), text(cell(row, traces, column))?))).collect()
}

fn quoted(text: &str) -> String {
    text.replace('\'', "''")
}

fn sql_of(column: &RunColumn) -> Option<String> {
    let pair = |value: &str| format!("r.run_uuid || char(1) || {value}");
    let column = column.to_text();
    Some(match column.split_once('.') {
        Some(("attributes", "run_name")) => {
            format!("select {} from runs r where {OF} and r.name <> ''", pair("r.name"))
        }
        Some(("attributes", "status")) => format!("select {} from runs r where {OF}", pair("r.status")),
        Some(("attributes", "start_time")) => format!("select {} from runs r where {OF}", pair("r.start_time")),
        Some(("attributes", "duration_ms")) => {
            format!("select {} from runs r where {OF} and r.end_time is not null", pair("(r.end_time - r.start_time)"))
        }
        Some((table @ ("params" | "tags"), key)) => format!(
            "select {} from runs r join {table} v on v.run_uuid = r.run_uuid where {OF} and v.key = '{}'",
            pair("v.value"),
            quoted(key)
        ),
        None if column == "traces" || column == "errors" => format!(
            "select r.run_uuid || char(1) || count(t.request_id) from runs r \
             left join trace_request_metadata m on m.key = 'mlflow.sourceRun' and m.value = r.run_uuid \
             left join trace_info t on t.request_id = m.request_id {} where {OF} group by r.run_uuid",
            if column == "errors" { "and t.status = 'ERROR'" } else { "" }
        ),
        _ => return None,
    })
}

#[test]
fn each_column_shows_what_sql_tells() {
    let mut checked = 0;
    for database in databases() {
        let db = connect(&database);
        let mut store = opened(&database);
        let cx = ReadCx::new();
        for experiment in store.experiments(&cx, false).expect("experiments") {
            let id = experiment.id.as_str();
            let runs = prepared_runs(&mut Session::alone(&mut *store, &cx), &experiment.id).expect("runs");
            let traces =
                trace_counts_by_run(&mut Session::alone(&mut *store, &cx), Some(&experiment.id)).expect("counts");
            let active = format!("select r.run_uuid from runs r where {OF}");
            assert_eq!(runs.table.rows.len(), strings(&db, &active, id).len(), "{database:?}");
            for one in columns_of(&runs.table, &traces) {
                let shown = by_table(&runs, &traces, &one.column);
                assert_eq!(shown.len(), one.runs);
                if let RunColumn::Metric(key) = &one.column {
                    check_metric(&db, id, key, &shown);
                } else if let Some(sql) = sql_of(&one.column) {
                    let mut told = by_sql(&db, &sql, id);
                    // What is a secret shows nothing of itself.
                    told.iter_mut()
                        .filter(|(run, _)| shown.get(*run).is_some_and(|shown| shown == "masked"))
                        .for_each(|(_, value)| value.replace_range(.., "masked"));
                    assert_eq!(shown, told, "{database:?} {:?}", one.column);
                    checked += 1;
                }
            }
            check_filters(&db, &runs, &traces, &experiment.id);
        }
    }
    assert!(checked > 200, "{checked} columns were checked");
}

fn check_metric(db: &Connection, experiment: &str, key: &str, shown: &BTreeMap<String, String>) {
    let sql = format!(
        "select r.run_uuid || char(1) || case when v.is_nan then 'NaN' else printf('%!.17g', v.value) end \
         from runs r join latest_metrics v on v.run_uuid = r.run_uuid where {OF} and v.key = '{}'",
        quoted(key)
    );
    let told = by_sql(db, &sql, experiment);
    assert_eq!(told.len(), shown.len(), "{key}");
    for (run, value) in told {
        let told: f64 = value.parse().expect("a number");
        let shown: f64 = shown[&run].parse().expect("a number");
        // Infinity is stored as the largest number.
        let is_same = told == shown || told.is_nan() && shown.is_nan() || told.abs() == f64::MAX && shown.is_infinite();
        assert!(is_same, "{key} of {run}: {told} stored, {shown} shown");
    }
}

/// How many runs pass, as the line above the table says it.
fn check_filters(db: &Connection, runs: &PreparedRuns, traces: &TraceCounts, experiment: &ExperimentId) {
    let metric = |condition: &str| {
        format!(
            "select r.run_uuid from runs r where {OF} and exists (select 1 from latest_metrics v \
             where v.run_uuid = r.run_uuid and v.key = 'eval' and not v.is_nan and v.value {condition})"
        )
    };
    for (filter, sql) in [
        ("metrics.eval > 50", metric("> 50")),
        ("metrics.eval > 40 and metrics.eval <= 80", metric("between 40.0000001 and 80")),
        ("status = 'FINISHED'", format!("select r.run_uuid from runs r where {OF} and r.status = 'FINISHED'")),
        (
            "FULL eval",
            format!("select r.run_uuid from runs r where {OF} and r.name like '%full%' and r.name like '%eval%'"),
        ),
    ] {
        let (filter, _) = Filter::parse_typed(filter).expect("a filter");
        for is_flat in [false, true] {
            let options = LineOptions { filter: filter.clone(), is_flat, ..LineOptions::default() };
            let lines = RunLines::new(runs, traces, &options);
            let mut shown: Vec<String> = lines
                .lines
                .iter()
                .filter(|line| line.is_match)
                .map(|line| runs.table.rows[line.row].0.id.to_string())
                .collect();
            let mut told = strings(db, &sql, experiment.as_str());
            assert_eq!(lines.matches, told.len());
            shown.sort();
            told.sort();
            assert_eq!(shown, told);
        }
    }
}
