//! What was expected of an example of an optimization's own data: what its traces answered outside of any evaluation.

use super::example::bytes_of_fields;
use crate::analysis::example_traces::{ExampleTrace, ExampleTraces, named_inputs};
use crate::model::dspy::artifacts;
use crate::model::program::Object;
use crate::model::{ResultRow, ResultTable, RunId, TraceId};
use crate::query::ask::{CostClass, Question, Session};
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
    // Read once, and only where there is a file to look for it in.
    let mut given: Option<Object> = None;
    for path in [artifacts::TRAINSET, artifacts::VALSET] {
        let examples = session.ask(&DataExamplesOf { run: run.clone(), path })?;
        let Some(table) = examples.as_ref() else { continue };
        if given.is_none() {
            given = root_body(session, trace)?.and_then(|body| body.inputs).and_then(named_inputs);
        }
        let Some(given) = &given else { return Ok(None) };
        let alone = [ExampleTrace { id: trace.clone(), inputs: Some(given.clone()), outputs: None }];
        let traces = ExampleTraces::new(table, &alone, true);
        let fits = |(at, _): &(usize, &ResultRow)| !traces.candidates(*at).is_empty();
        let mut fitting = table.rows.iter().enumerate().filter(fits).map(|(_, row)| &row.example);
        let Some(first) = fitting.next().filter(|first| fitting.all(|other| other == *first)) else { continue };
        let fields = first.iter().filter(|(name, _)| !given.contains_key(*name));
        return Ok(Some((fields.map(|(name, value)| (name.clone(), value.clone())).collect(), path)));
    }
    Ok(None)
}

/// The examples of a data file of an optimization: many of its traces ask for them.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct DataExamplesOf {
    run: RunId,
    path: &'static str,
}

impl Question for DataExamplesOf {
    type Answer = Option<ResultTable>;
    const LABEL: &'static str = "examples of an optimization";
    const COST: CostClass = CostClass::Bodies;

    fn answer(&self, session: &mut Session<'_>) -> Result<Self::Answer> {
        let rows = DataRows::read(session, &self.run, self.path)?;
        let row = |example| ResultRow { example, ..ResultRow::default() };
        Ok(rows.and_then(DataRows::into_examples).map(|(example_fields, examples)| ResultTable {
            example_fields,
            rows: examples.into_iter().map(row).collect(),
            ..ResultTable::default()
        }))
    }

    fn bytes(answer: &Self::Answer) -> usize {
        let rows = answer.iter().flat_map(|table| &table.rows);
        rows.map(|row| 300 + bytes_of_fields(&row.example)).sum()
    }
}
