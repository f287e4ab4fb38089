//! What was expected of an example of an optimization's own data: what its traces answered outside of any evaluation.

use crate::analysis::example_traces::{ExampleTrace, ExampleTraces, named_inputs};
use crate::model::dspy::artifacts;
use crate::model::program::Object;
use crate::model::{ResultRow, ResultTable, RunId, TraceId};
use crate::query::ask::Session;
use crate::query::data_rows::DataRows;
use crate::query::example_answer::root_body;
use crate::store::Result;

/// The fields that a trace was not given, of the example in `trainset.json` or `valset.json` of its run that says what it
/// was given; and which file that is. `None` where there is none, or several that are not the same.
pub(super) fn expected(
    session: &mut Session<'_>,
    run: &RunId,
    trace: &TraceId,
) -> Result<Option<(Object, &'static str)>> {
    for path in [artifacts::TRAINSET, artifacts::VALSET] {
        let Some(rows) = DataRows::read(session, run, path)? else { continue };
        let Some((example_fields, examples)) = rows.into_examples() else { continue };
        let Some(given) = root_body(session, trace)?.and_then(|body| body.inputs).and_then(named_inputs) else {
            return Ok(None);
        };
        let row = |example| ResultRow { example, ..ResultRow::default() };
        let rows = examples.into_iter().map(row).collect();
        let table = ResultTable { example_fields, rows, ..ResultTable::default() };
        let alone = [ExampleTrace { id: trace.clone(), inputs: Some(given.clone()), outputs: None }];
        let traces = ExampleTraces::new(&table, &alone, true);
        let fits = |(at, _): &(usize, &ResultRow)| !traces.candidates(*at).is_empty();
        let mut fitting = table.rows.iter().enumerate().filter(fits).map(|(_, row)| &row.example);
        let Some(first) = fitting.next().filter(|first| fitting.all(|other| other == *first)) else { continue };
        let fields = first.iter().filter(|(name, _)| !given.contains_key(*name));
        return Ok(Some((fields.map(|(name, value)| (name.clone(), value.clone())).collect(), path)));
    }
    Ok(None)
}
