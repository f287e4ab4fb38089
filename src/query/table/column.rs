//! Columns and cells.

use std::collections::HashMap;
use std::sync::Arc;

use crate::model::mlflow;
use crate::model::{Entry, Run, RunValues, Shown};
use crate::query::{RunTable, TraceCounts, lookup};
use crate::words::natural;

/// A column of a table of runs.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum RunColumn {
    /// Something that every run could have.
    Attribute(RunAttribute),
    /// The last value of a metric.
    Metric(Arc<str>),
    /// A param.
    Param(Arc<str>),
    /// A tag.
    Tag(Arc<str>),
    /// How many traces were recorded in it.
    Traces,
    /// How many of them ended with an error.
    Errors,
    /// The tokens that they used, as far as they tell.
    Tokens,
}

/// An attribute of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RunAttribute {
    /// Its name.
    Name,
    /// How it stands.
    Status,
    /// Its start, milliseconds since the epoch.
    Start,
    /// How long it took, milliseconds; unknown while it runs.
    Duration,
    /// Its id.
    Id,
    /// Who ran it (tag `mlflow.user`).
    User,
    /// What ran (tag `mlflow.source.name`).
    Source,
}

/// The column that says which run a row is: its name, or its id where it has none.
pub const NAME: RunColumn = RunColumn::Attribute(RunAttribute::Name);

/// A column and how many runs have something in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ColumnUse {
    /// The column.
    pub column: RunColumn,
    /// How many runs do not leave it empty.
    pub runs: usize,
}

/// What stands in a cell.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Cell<'a> {
    /// A text.
    Text(&'a str),
    /// A metric's value; may be NaN or ±infinity.
    Number(f64),
    /// A count or a number of milliseconds, as the column says.
    Whole(i64),
    /// There is none, or nobody knows: never the same as 0 or an empty text.
    Unknown,
    /// It is a secret.
    Masked,
}

/// The attributes, in the order in which a table shows them.
const ATTRIBUTES: [RunAttribute; 7] = [
    RunAttribute::Name,
    RunAttribute::Status,
    RunAttribute::Start,
    RunAttribute::Duration,
    RunAttribute::User,
    RunAttribute::Source,
    RunAttribute::Id,
];

/// Every column that some run has something in: attributes, figures of the traces, then metrics,
/// params and tags in natural order.
pub fn columns_of(table: &RunTable, traces: &TraceCounts) -> Vec<ColumnUse> {
    let figures = [RunColumn::Traces, RunColumn::Errors, RunColumn::Tokens];
    let mut found: Vec<ColumnUse> = Vec::new();
    for column in ATTRIBUTES.map(RunColumn::Attribute).into_iter().chain(figures) {
        let is_known = |row: &&(Run, RunValues)| cell(row, traces, &column) != Cell::Unknown;
        let runs = table.rows.iter().filter(is_known).count();
        found.push(ColumnUse { column, runs });
    }
    let mut metrics: HashMap<&Arc<str>, usize> = HashMap::new();
    let mut params: HashMap<&Arc<str>, usize> = HashMap::new();
    let mut tags: HashMap<&Arc<str>, usize> = HashMap::new();
    for (_, values) in &table.rows {
        values.metrics.iter().for_each(|metric| *metrics.entry(&metric.key).or_default() += 1);
        values.params.iter().for_each(|param| *params.entry(&param.key).or_default() += 1);
        values.tags.iter().for_each(|tag| *tags.entry(&tag.key).or_default() += 1);
    }
    found.extend(in_order(metrics, RunColumn::Metric));
    found.extend(in_order(params, RunColumn::Param));
    found.extend(in_order(tags, RunColumn::Tag));
    // Runs without a name are called by their ids: there is always a column that says which run it is.
    found.retain(|one| one.runs > 0 || one.column == NAME);
    found
}

/// Columns of keys, in natural order.
fn in_order(
    keys: HashMap<&Arc<str>, usize>,
    column: impl Fn(Arc<str>) -> RunColumn,
) -> impl Iterator<Item = ColumnUse> {
    let mut keys: Vec<(&Arc<str>, usize)> = keys.into_iter().collect();
    keys.sort_by(|(a, _), (b, _)| natural::compare(a, b));
    keys.into_iter().map(move |(key, runs)| ColumnUse { column: column(Arc::clone(key)), runs })
}

/// What stands in a column of a row.
pub fn cell<'a>((run, values): &'a (Run, RunValues), traces: &TraceCounts, column: &RunColumn) -> Cell<'a> {
    let whole = |number: Option<u64>| {
        number.map_or(Cell::Unknown, |number| Cell::Whole(i64::try_from(number).unwrap_or(i64::MAX)))
    };
    match column {
        RunColumn::Attribute(attribute) => self::attribute(*attribute, run, values),
        RunColumn::Metric(key) => {
            lookup::metric(values, key).map_or(Cell::Unknown, |metric| Cell::Number(metric.point.value))
        }
        RunColumn::Param(key) => shown(lookup::param(values, key)),
        RunColumn::Tag(key) => shown(lookup::tag(values, key)),
        RunColumn::Traces => whole(traces.of(&run.id).map(|counts| counts.traces)),
        RunColumn::Errors => whole(traces.of(&run.id).map(|counts| counts.errors)),
        RunColumn::Tokens => whole(traces.of(&run.id).and_then(|counts| counts.tokens?.total)),
    }
}

fn attribute<'a>(attribute: RunAttribute, run: &'a Run, values: &'a RunValues) -> Cell<'a> {
    let text = |text: &'a str| if text.is_empty() { Cell::Unknown } else { Cell::Text(text) };
    match attribute {
        RunAttribute::Name => text(&run.name),
        RunAttribute::Status => text(run.status.as_str()),
        RunAttribute::Id => text(run.id.as_str()),
        RunAttribute::Start => run.start_time_ms.map_or(Cell::Unknown, Cell::Whole),
        RunAttribute::Duration => run.duration_ms().map_or(Cell::Unknown, Cell::Whole),
        RunAttribute::User => shown(lookup::tag(values, mlflow::run::USER)),
        RunAttribute::Source => shown(lookup::tag(values, mlflow::run::SOURCE_NAME)),
    }
}

fn shown(entry: Option<&Entry>) -> Cell<'_> {
    match entry.map(|entry| &entry.value) {
        None => Cell::Unknown,
        Some(Shown::Masked) => Cell::Masked,
        Some(Shown::Text(text)) => Cell::Text(text),
    }
}

impl RunColumn {
    /// Its name in settings and files: `attributes.status`, `metrics.eval`, `traces`.
    pub fn to_text(&self) -> String {
        match self {
            Self::Attribute(attribute) => format!("attributes.{}", attribute.name()),
            Self::Metric(key) => format!("metrics.{key}"),
            Self::Param(key) => format!("params.{key}"),
            Self::Tag(key) => format!("tags.{key}"),
            Self::Traces => "traces".to_owned(),
            Self::Errors => "errors".to_owned(),
            Self::Tokens => "tokens".to_owned(),
        }
    }

    /// The column of such a name.
    pub fn parse(text: &str) -> Option<Self> {
        let Some((entity, key)) = text.split_once('.') else {
            return match text {
                "traces" => Some(Self::Traces),
                "errors" => Some(Self::Errors),
                "tokens" => Some(Self::Tokens),
                _ => None,
            };
        };
        match entity {
            "attributes" => ATTRIBUTES.into_iter().find(|one| one.name() == key).map(Self::Attribute),
            "metrics" => Some(Self::Metric(key.into())),
            "params" => Some(Self::Param(key.into())),
            "tags" => Some(Self::Tag(key.into())),
            _ => None,
        }
    }
}

impl RunAttribute {
    fn name(self) -> &'static str {
        match self {
            Self::Name => "run_name",
            Self::Status => "status",
            Self::Start => "start_time",
            Self::Duration => "duration_ms",
            Self::Id => "run_id",
            Self::User => "user_id",
            Self::Source => "source",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_comes_back_from_its_name() {
        let keys = [RunColumn::Metric("a.b/c".into()), RunColumn::Param("".into()), RunColumn::Tag("mlflow.x".into())];
        let figures = [RunColumn::Traces, RunColumn::Errors, RunColumn::Tokens];
        for column in ATTRIBUTES.map(RunColumn::Attribute).into_iter().chain(keys).chain(figures) {
            assert_eq!(RunColumn::parse(&column.to_text()), Some(column));
        }
        for text in ["", "planet", "attributes.moon", "moon.x"] {
            assert_eq!(RunColumn::parse(text), None);
        }
    }
}
