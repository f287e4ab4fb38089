//! What changed between two runs: their programs, their params and metrics, and the examples
//! that one got right and the other wrong.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use super::program::{Read, program, read_json};
use crate::analysis::program_diff::{ProgramDiff, diff_programs};
use crate::analysis::program_state::describes_program;
use crate::analysis::result_table::{RightRule, join_examples, table_from_json};
use crate::model::program::Object;
use crate::model::result_table::RESULT_TABLE;
use crate::model::{Program, ResultTable, RunId, RunValues, Shown};
use crate::store::{ReadCx, Result, RunQuery, RunScope, Store, TraceQuery};

/// So long texts are compared word by word; what is left then counts as replaced. Texts of
/// 100 kB that share their words need a fraction of it.
const TEXTS: Duration = Duration::from_millis(200);

/// What changed from run `a` to run `b`.
#[derive(Clone, Debug, PartialEq)]
pub struct RunDiff {
    /// The program of `a`.
    pub old: Program,
    /// The program of `b`.
    pub new: Program,
    /// What changed in the program.
    pub program: ProgramDiff,
    /// The params that differ, by key.
    pub params: Vec<ParamChange>,
    /// The metrics whose latest values differ, by key.
    pub metrics: Vec<MetricChange>,
    /// The examples that both evaluated; `None` unless both have a table of results.
    pub examples: Option<ExampleDiff>,
}

/// What of two runs can be compared, even where one has no program.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// The program of `a`, if it has one.
    pub old: Option<Program>,
    /// The program of `b`, if it has one.
    pub new: Option<Program>,
    /// What changed in the program; `None` unless both have one.
    pub program: Option<ProgramDiff>,
    /// The params that differ, by key.
    pub params: Vec<ParamChange>,
    /// The metrics whose latest values differ, by key.
    pub metrics: Vec<MetricChange>,
    /// The examples that both evaluated; `None` unless both have a table of results.
    pub examples: Option<ExampleDiff>,
    /// How many rows the tables of results of `a` and `b` have.
    pub rows: [Option<usize>; 2],
}

/// A param that differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParamChange {
    /// The key.
    pub key: String,
    /// Its value in `a`, if it has one.
    pub old: Option<Shown>,
    /// Its value in `b`, if it has one.
    pub new: Option<Shown>,
    /// It repeats what the program's state says.
    pub is_of_program: bool,
}

/// A metric that differs.
#[derive(Clone, Debug, PartialEq)]
pub struct MetricChange {
    /// The key.
    pub key: String,
    /// Its latest value in `a`, if it has one.
    pub old: Option<f64>,
    /// Its latest value in `b`, if it has one.
    pub new: Option<f64>,
}

/// The examples that both runs evaluated.
#[derive(Clone, Debug, PartialEq)]
pub struct ExampleDiff {
    /// From which score on an example counts as right; `None` if there are no scores.
    pub rule: Option<RightRule>,
    /// How many examples both have.
    pub joined: usize,
    /// How many of these have a score in both.
    pub scored: usize,
    /// Wrong in `a`, right in `b`, in the order of `a`.
    pub fixed: Vec<ExampleChange>,
    /// Right in `a`, wrong in `b`, in the order of `a`.
    pub broken: Vec<ExampleChange>,
}

/// An example with two scores.
#[derive(Clone, Debug, PartialEq)]
pub struct ExampleChange {
    /// What the program was given; all of the example where no trace tells what that was.
    pub inputs: Object,
    /// The rest of the example.
    pub expected: Object,
    /// Its score in `a`.
    pub old: f64,
    /// Its score in `b`.
    pub new: f64,
    /// Its row in the table of `a`.
    pub old_row: usize,
    /// Its row in the table of `b`.
    pub new_row: usize,
}

/// What changed from run `a` to run `b`; `None` if either has no program. An optimization
/// stands for its best program.
///
/// # Errors
/// Those of the store.
pub fn diff(store: &mut dyn Store, cx: &ReadCx, a: &RunId, b: &RunId) -> Result<Option<RunDiff>> {
    let Comparison { old, new, program, params, metrics, examples, .. } = compare(store, cx, a, b)?;
    let (Some(old), Some(new), Some(program)) = (old, new, program) else { return Ok(None) };
    Ok(Some(RunDiff { old, new, program, params, metrics, examples }))
}

/// Compares run `b` with run `a`. An optimization stands for its best program.
///
/// # Errors
/// Those of the store.
pub fn compare(store: &mut dyn Store, cx: &ReadCx, a: &RunId, b: &RunId) -> Result<Comparison> {
    let (old, new) = (program(store, cx, a, false)?, program(store, cx, b, false)?);
    cx.check()?;
    let deadline = Instant::now().checked_add(TEXTS);
    let program = old.as_ref().zip(new.as_ref()).map(|(old, new)| diff_programs(old, new, deadline));
    let (old_values, new_values) = (values(store, cx, a)?, values(store, cx, b)?);
    let tables = (result_table(store, cx, a)?, result_table(store, cx, b)?);
    let examples = match &tables {
        (Some(old), Some(new)) => {
            let inputs = example_inputs(store, cx, a, old)?;
            Some(diff_examples(old, new, inputs.as_ref()))
        }
        _ => None,
    };
    let rows = [&tables.0, &tables.1].map(|table| table.as_ref().map(|table| table.rows.len()));
    let (params, metrics) = (diff_params(&old_values, &new_values), diff_metrics(&old_values, &new_values));
    Ok(Comparison { old, new, program, params, metrics, examples, rows })
}

/// The table of results of a run; `None` if it has none or it cannot be read, which is a warning.
///
/// # Errors
/// Those of the store.
pub fn result_table(store: &mut dyn Store, cx: &ReadCx, run: &RunId) -> Result<Option<ResultTable>> {
    let Read::Good(decoded) = read_json(store, cx, run, RESULT_TABLE)? else { return Ok(None) };
    let place = format!("run {run}, {RESULT_TABLE}");
    match table_from_json(decoded.value, cx.reveal()) {
        Ok((table, problems)) => {
            for problem in problems {
                cx.warn(&place, problem);
            }
            Ok(Some(table))
        }
        Err(why) => {
            cx.warn(place, why);
            Ok(None)
        }
    }
}

/// Which fields of a table's examples the program was given, as the root span of the run's
/// newest trace tells; `None` if no trace does.
///
/// # Errors
/// Those of the store.
pub fn example_inputs(
    store: &mut dyn Store,
    cx: &ReadCx,
    run: &RunId,
    table: &ResultTable,
) -> Result<Option<BTreeSet<String>>> {
    let query = TraceQuery { run: Some(run.clone()), limit: Some(1), ..TraceQuery::default() };
    let index = store.trace_index(cx, &query)?;
    let Some(row) = store.trace_rows(cx, &index.handles)?.pop() else { return Ok(None) };
    let spans = store.spans(cx, &row.id)?;
    let Some(root) = spans.iter().find(|span| span.parent_id.is_none()) else { return Ok(None) };
    let Some(inputs) = store.span_body(cx, &row.id, root.handle)?.and_then(|body| body.inputs) else {
        return Ok(None);
    };
    let given = |name: &String| {
        inputs.get(name).is_some() || inputs.pointer("/kwargs").is_some_and(|it| it.get(name).is_some())
    };
    let names: BTreeSet<String> = table.example_fields.iter().filter(|name| given(name)).cloned().collect();
    Ok(Some(names).filter(|names| !names.is_empty()))
}

fn values(store: &mut dyn Store, cx: &ReadCx, run: &RunId) -> Result<RunValues> {
    let query = RunQuery { scope: RunScope::One(run.clone()), with_deleted: true };
    Ok(store.run_values(cx, &query)?.pop().map(|(_, values)| values).unwrap_or_default())
}

fn diff_params(old: &RunValues, new: &RunValues) -> Vec<ParamChange> {
    let keys: BTreeSet<&str> = old.params.iter().chain(&new.params).map(|entry| &*entry.key).collect();
    let value = |values: &RunValues, key: &str| super::lookup::param(values, key).map(|entry| entry.value.clone());
    let change = |key: &str| {
        let (old, new) = (value(old, key), value(new, key));
        let is_of_program = describes_program(key);
        (old != new).then(|| ParamChange { key: key.to_owned(), old, new, is_of_program })
    };
    keys.into_iter().filter_map(change).collect()
}

fn diff_metrics(old: &RunValues, new: &RunValues) -> Vec<MetricChange> {
    let keys: BTreeSet<&str> = old.metrics.iter().chain(&new.metrics).map(|metric| &*metric.key).collect();
    let value = |values: &RunValues, key: &str| super::lookup::metric(values, key).map(|metric| metric.point.value);
    let is_equal = |a: Option<f64>, b: Option<f64>| match (a, b) {
        (Some(a), Some(b)) => a == b || (a.is_nan() && b.is_nan()),
        (a, b) => a.is_none() && b.is_none(),
    };
    let change = |key: &str| {
        let (old, new) = (value(old, key), value(new, key));
        (!is_equal(old, new)).then(|| MetricChange { key: key.to_owned(), old, new })
    };
    keys.into_iter().filter_map(change).collect()
}

fn diff_examples(old: &ResultTable, new: &ResultTable, inputs: Option<&BTreeSet<String>>) -> ExampleDiff {
    let scores = old.rows.iter().chain(&new.rows).filter_map(|row| row.score);
    let rule = RightRule::of(scores);
    let pairs = join_examples(old, new);
    let mut diff = ExampleDiff { rule, joined: pairs.len(), scored: 0, fixed: Vec::new(), broken: Vec::new() };
    let Some(rule) = rule else { return diff };
    for (old_row, new_row) in pairs {
        let (Some(old_score), Some(new_score)) = (old.rows[old_row].score, new.rows[new_row].score) else { continue };
        diff.scored += 1;
        let list = match (rule.is_right(old_score), rule.is_right(new_score)) {
            (false, true) => &mut diff.fixed,
            (true, false) => &mut diff.broken,
            _ => continue,
        };
        let is_input = |name: &String| inputs.is_none_or(|inputs| inputs.contains(name));
        let of = |is_wanted: bool| -> Object {
            let fields = old.rows[old_row].example.iter().filter(|(name, _)| is_input(name) == is_wanted);
            fields.map(|(name, value)| (name.clone(), value.clone())).collect()
        };
        let (inputs, expected) = (of(true), of(false));
        list.push(ExampleChange { inputs, expected, old: old_score, new: new_score, old_row, new_row });
    }
    diff
}
