//! Examples over evaluations that no optimization holds together, against their tables and plain SQL.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use dspyglass::analysis::optimization::EvaluationKind;
use dspyglass::model::{Json, RunId};
use dspyglass::query::ask::Session;
use dspyglass::query::{ScoreSource, Scores, ScoresOf, TracesOfExamples};
use dspyglass::store::ReadCx;

use crate::support::{databases, files, json, reader, sql};

fn scores(database: &Path, asked: &ScoresOf) -> Arc<Option<Scores>> {
    let mut store = reader(database);
    Session::alone(store.as_mut(), &ReadCx::new()).ask(asked).expect("read")
}

/// true is 1; GEPA's objects hold the number.
fn score(cell: &Json) -> Option<f64> {
    let cell = cell.get("score").unwrap_or(cell);
    cell.as_f64().or(cell.as_bool().map(|is_right| f64::from(u8::from(is_right))))
}

/// Fails unless the columns of a matrix hold what their tables do; returns how many cells were compared.
fn compare(found: &Scores, tables: &BTreeMap<String, PathBuf>) -> usize {
    let fields: BTreeSet<&String> = found.matrix.shared_fields.iter().collect();
    let mut cells = 0;
    for (at, column) in found.columns.iter().enumerate() {
        let Some(path) = tables.get(column.run_id.as_str()) else { continue };
        assert_eq!(column.source, ScoreSource::Table);
        if found.matrix.left_out.contains(&at) {
            continue;
        }
        let table = json(path);
        let columns: Vec<&str> =
            table["columns"].as_array().expect("columns").iter().filter_map(Json::as_str).collect();
        let rows = table["data"].as_array().expect("rows");
        let mut met = 0;
        for one in &found.matrix.examples {
            let Some(row) = one.rows[at] else {
                assert_eq!(one.scores[at], None);
                continue;
            };
            let row = &rows[row as usize];
            for (name, cell) in columns.iter().zip(row.as_array().expect("cells")) {
                match name.strip_prefix("example_") {
                    Some(field) if fields.contains(&field.to_owned()) => assert_eq!(&one.example[field], cell),
                    _ if *name == "score" => assert_eq!(one.scores[at], score(cell)),
                    _ => {}
                }
            }
            met += 1;
        }
        assert_eq!(met, rows.len(), "{}: every row is in the matrix", column.run_id);
        let scored: Vec<f64> =
            rows.iter().filter_map(|row| score(row.get(columns.iter().position(|it| *it == "score")?)?)).collect();
        assert_eq!((column.examples, column.scored), (rows.len(), scored.len()));
        cells += met;
    }
    cells
}

#[test]
fn plain_evaluations_of_an_experiment_are_a_matrix() {
    let (mut cells, mut with_several) = (0, 0);
    for database in databases() {
        let tables = files(database.parent().expect("a folder"), "result_table.json");
        for experiment in sql(&database, "select experiment_id || '' from experiments where lifecycle_stage = 'active'")
        {
            let found = scores(&database, &ScoresOf::experiment(experiment[0].as_str().into()));
            let found = found.as_ref().as_ref().expect("an experiment");
            let plain = sql(
                &database,
                &format!(
                    "select r.run_uuid from runs r left join tags t on t.run_uuid = r.run_uuid and t.key = 'mlflow.parentRunId' \
                     where r.experiment_id = '{}' and r.lifecycle_stage = 'active' and r.name not like 'eval\\_full\\_%' escape '\\' \
                     and not exists (select 1 from tags o join runs c on c.run_uuid = o.run_uuid where \
                     o.key = 'mlflow.parentRunId' and o.value = t.value and c.name like 'eval\\_%' escape '\\') \
                     order by r.start_time",
                    experiment[0]
                ),
            );
            let wanted: Vec<&String> =
                plain.iter().map(|row| &row[0]).filter(|run| tables.contains_key(*run)).collect();
            let told: Vec<&str> = found
                .columns
                .iter()
                .filter(|column| column.source == ScoreSource::Table)
                .map(|column| column.run_id.as_str())
                .collect();
            assert_eq!(told, wanted, "{} of {}", experiment[0], database.display());
            let most = found.columns.iter().map(|column| column.examples).max();
            for column in &found.columns {
                assert!(column.examples > 0, "one without examples says nothing here");
                assert_eq!(column.kind == EvaluationKind::Full, Some(column.examples) == most, "{}", column.run_id);
                assert_eq!(column.program, None, "{} is of an optimization", column.run_id);
            }
            assert_eq!((found.seed, found.winner), (None, None));
            with_several += usize::from(told.len() > 1);
            cells += compare(found, &tables);
        }
        let nowhere = scores(&database, &ScoresOf::experiment("31415".into()));
        assert!(nowhere.is_none(), "the store has no such experiment");
    }
    assert!(cells >= 20 && with_several >= 1, "{cells} cells, {with_several} experiments with several");
}

#[test]
fn any_runs_are_a_matrix_in_the_order_they_are_named_in() {
    let mut cells = 0;
    for database in databases() {
        let tables = files(database.parent().expect("a folder"), "result_table.json");
        let ids: Vec<RunId> = tables.keys().rev().map(|run| run.as_str().into()).collect();
        let named = ids.iter().cloned().chain([RunId::from("nowhere")]);
        let found = scores(&database, &ScoresOf::runs(named));
        let Some(found) = found.as_ref().as_ref() else { continue };
        let told: Vec<&RunId> = found.columns.iter().map(|column| &column.run_id).collect();
        assert_eq!(told, ids.iter().collect::<Vec<_>>());
        cells += compare(found, &tables);
        for run in &ids {
            let alone = scores(&database, &ScoresOf::runs([run.clone()]));
            let alone = alone.as_ref().as_ref().expect("a run");
            let name = &sql(&database, &format!("select name from runs where run_uuid = '{run}'"))[0][0];
            assert_eq!((alone.columns.len(), &alone.columns[0].run_name), (1, name));
            cells += compare(alone, &tables);
        }
        assert!(scores(&database, &ScoresOf::runs([RunId::from("nowhere")])).is_none());
    }
    assert!(cells >= 400, "{cells}");
}

#[test]
fn cells_of_any_runs_lead_to_traces_of_these_runs() {
    let mut all = 0;
    for database in databases() {
        let tables = files(database.parent().expect("a folder"), "result_table.json");
        let of_trace =
            sql(&database, "select request_id, value from trace_request_metadata where key = 'mlflow.sourceRun'");
        let run_of: BTreeMap<&str, &str> = of_trace.iter().map(|row| (row[0].as_str(), row[1].as_str())).collect();
        let ids = tables.keys().map(|run| RunId::from(run.as_str()));
        let found = scores(&database, &ScoresOf::runs(ids));
        let Some(found) = found.as_ref().as_ref() else { continue };
        let mut store = reader(&database);
        let cx = ReadCx::new();
        let mut session = Session::alone(store.as_mut(), &cx);
        let (mut cells, mut linked) = (0, 0);
        for (at, column) in found.columns.iter().enumerate() {
            let run = column.run_id.as_str();
            let links = session.ask(&TracesOfExamples(column.id())).expect("read");
            let rows: Vec<usize> =
                found.matrix.examples.iter().filter_map(|one| one.rows[at]).map(|row| row as usize).collect();
            let traces: Vec<&str> =
                rows.iter().filter_map(|row| links[*row].trace()).map(|trace| trace.as_str()).collect();
            assert!(traces.iter().all(|trace| run_of.get(trace) == Some(&run)), "a trace of another run beside {run}");
            // Of most recorded runs only some traces were kept.
            if run_of.values().filter(|of| **of == run).count() >= rows.len() {
                cells += rows.len();
                linked += traces.len();
            }
        }
        assert!(linked * 100 >= cells * 95, "{}: {linked} of {cells} cells", database.display());
        all += linked;
    }
    assert!(all >= 60, "{all}");
}
