//! What rows of a list must be. These are the conditions that both MLflow's search and a table of its database can
//! look for; everything beyond them is looked for in what is read.
//!
//! A comparison with something that a row does not have is false, and so is one with what is masked: it can be
//! guessed by nobody.

use super::trace_column::{TraceColumn, TraceValue};
use crate::model::secret::{MASK, is_secret_key};
use crate::model::{Entry, Reveal, Run, RunStatus, RunValues, Shown, TraceHead, TraceRow, Unmasked};

/// What a run must be.
#[derive(Clone, Debug, PartialEq)]
pub enum RunCondition {
    /// It stands like this.
    Status(RunStatus),
    /// It has exactly this name.
    Name(String),
    /// It was started then.
    Started(TimeWindow),
    /// Its param of this key is exactly this.
    Param {
        /// The key.
        key: String,
        /// The whole text.
        value: String,
    },
    /// Its tag of this key is exactly this.
    Tag {
        /// The key.
        key: String,
        /// The whole text.
        value: String,
    },
    /// The latest point of its metric of this key compares like this with a number. NaN never does.
    Metric {
        /// The key.
        key: String,
        /// How the metric compares with the number.
        comparison: Comparison,
        /// The number.
        value: f64,
    },
}

/// How a value compares with another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// It is the same.
    Equal,
    /// It is smaller.
    Less,
    /// It is smaller or the same.
    LessOrEqual,
    /// It is larger.
    Greater,
    /// It is larger or the same.
    GreaterOrEqual,
}

/// From one moment to another, both in it; milliseconds since the epoch. `None`: without an end on that side.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct TimeWindow {
    /// The first moment.
    pub from_ms: Option<i64>,
    /// The last one.
    pub until_ms: Option<i64>,
}

/// What a trace must be.
#[derive(Clone, Debug, PartialEq)]
pub enum TraceCondition {
    /// MLflow's word for how it stands: `OK`, `ERROR`, `IN_PROGRESS`.
    Status(String),
    /// It has exactly this name.
    Name(String),
    /// It belongs to the session of this id; of a trace with several ids (MLflow ≥ 3.18), to any of them.
    Session(String),
    /// It was started then.
    Started(TimeWindow),
    /// What stands in a column is exactly one of these texts.
    Is {
        /// The column.
        column: TraceColumn,
        /// The texts, none of them empty.
        values: Vec<String>,
    },
    /// What stands in a column holds a text, case by case.
    Holds {
        /// The column.
        column: TraceColumn,
        /// The text.
        text: String,
    },
    /// The number in a column compares like this with another one.
    Compares {
        /// The column.
        column: TraceColumn,
        /// How.
        comparison: Comparison,
        /// The number.
        value: f64,
    },
    /// Something stands in a column, masked or not.
    Present(TraceColumn),
    /// All of these hold.
    All(Vec<TraceCondition>),
    /// One of these holds.
    Any(Vec<TraceCondition>),
    /// This does not hold.
    Not(Box<TraceCondition>),
}

impl TimeWindow {
    /// Whether it begins and ends.
    pub fn is_bounded(self) -> bool {
        self.from_ms.is_some() && self.until_ms.is_some()
    }

    /// Whether a moment is in it.
    pub fn holds(self, at_ms: i64) -> bool {
        self.from_ms.is_none_or(|from| from <= at_ms) && self.until_ms.is_none_or(|until| at_ms <= until)
    }
}

impl Comparison {
    /// Whether one number compares like this with another.
    pub fn holds(self, value: f64, with: f64) -> bool {
        match self {
            Self::Equal => value == with,
            Self::Less => value < with,
            Self::LessOrEqual => value <= with,
            Self::Greater => value > with,
            Self::GreaterOrEqual => value >= with,
        }
    }

    /// MLflow's sign, which is SQL's, too.
    pub fn sign(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
        }
    }
}

impl RunCondition {
    /// Whether a run is like this.
    pub fn holds(&self, run: &Run, values: &RunValues) -> bool {
        match self {
            Self::Status(status) => run.status == *status,
            Self::Name(name) => run.name == *name,
            Self::Started(window) => run.start_time_ms.is_some_and(|at| window.holds(at)),
            Self::Param { key, value } => is_shown(&values.params, key, value),
            Self::Tag { key, value } => is_shown(&values.tags, key, value),
            Self::Metric { key, comparison, value } => {
                let metric = values.metrics.iter().find(|metric| *metric.key == **key);
                metric.is_some_and(|metric| comparison.holds(metric.point.value, *value))
            }
        }
    }

    /// Whether it only asks for what is masked, so that it holds for no run. Whoever compares what is stored rather
    /// than what is shown has to ask this first.
    pub fn is_hidden(&self, reveal: Reveal) -> bool {
        match self {
            Self::Param { key, value } | Self::Tag { key, value } => {
                is_masked(value, reveal) || (reveal == Reveal::Masked && is_secret_key(key))
            }
            Self::Status(_) | Self::Name(_) | Self::Started(_) | Self::Metric { .. } => false,
        }
    }

    /// Whether it is told by the run's own row, without its params, tags and metrics.
    pub fn is_of_row(&self) -> bool {
        match self {
            Self::Status(_) | Self::Name(_) | Self::Started(_) => true,
            Self::Param { .. } | Self::Tag { .. } | Self::Metric { .. } => false,
        }
    }
}

fn is_shown(entries: &[Entry], key: &str, value: &str) -> bool {
    let found = entries.iter().find(|entry| *entry.key == *key);
    found.is_some_and(|entry| matches!(&entry.value, Shown::Text(text) if **text == *value && !text.contains(MASK)))
}

/// Whether a text would be masked, so that nothing that is shown is the same.
fn is_masked(text: &str, reveal: Reveal) -> bool {
    Unmasked::new(text).shown("", reveal).as_str() != text
}

impl TraceCondition {
    /// Whether a trace is like this. `head`: the rest of the trace, where [`Self::is_of_row`] is false.
    pub fn holds(&self, trace: &TraceRow, head: Option<&TraceHead>) -> bool {
        match self {
            Self::Status(status) => trace.status == *status,
            Self::Name(name) => trace.name == *name,
            Self::Session(id) => {
                let is_it = |own: &str| own == id && !own.contains(MASK);
                trace.session.as_ref().is_some_and(|session| session.ids().iter().any(|own| is_it(own)))
            }
            // An unknown start is in no window.
            Self::Started(window) => trace.start_time_ms != 0 && window.holds(trace.start_time_ms),
            Self::Is { column, values } => any_text(&column.value(trace, head), |text| {
                !text.contains(MASK) && values.iter().any(|value| value == text)
            }),
            Self::Holds { column, text } => any_text(&column.value(trace, head), |own| own.contains(text)),
            Self::Compares { column, comparison, value } => match column.value(trace, head) {
                TraceValue::Number(number) => comparison.holds(number, *value),
                _ => false,
            },
            Self::Present(column) => column.value(trace, head) != TraceValue::Absent,
            Self::All(parts) => parts.iter().all(|part| part.holds(trace, head)),
            Self::Any(parts) => parts.iter().any(|part| part.holds(trace, head)),
            Self::Not(part) => !part.holds(trace, head),
        }
    }

    /// As [`RunCondition::is_hidden`].
    pub fn is_hidden(&self, reveal: Reveal) -> bool {
        match self {
            Self::Session(id) => is_masked(id, reveal),
            Self::Is { column, values } if !column.is_never_masked() => {
                (reveal == Reveal::Masked && column.is_secret()) || values.iter().all(|value| is_masked(value, reveal))
            }
            Self::Holds { column, .. } => reveal == Reveal::Masked && column.is_secret(),
            _ => false,
        }
    }

    /// Whether it is told by the trace's line, without its tags, metadata and assessments.
    pub fn is_of_row(&self) -> bool {
        match self {
            Self::Status(_) | Self::Name(_) | Self::Session(_) | Self::Started(_) => true,
            Self::Is { column, .. }
            | Self::Holds { column, .. }
            | Self::Compares { column, .. }
            | Self::Present(column) => column.is_of_row(),
            Self::All(parts) | Self::Any(parts) => parts.iter().all(Self::is_of_row),
            Self::Not(part) => part.is_of_row(),
        }
    }
}

fn any_text(value: &TraceValue, is_it: impl Fn(&str) -> bool) -> bool {
    match value {
        TraceValue::Text(text) => is_it(text),
        TraceValue::Texts(texts) => texts.iter().any(|text| is_it(text)),
        TraceValue::Absent | TraceValue::Masked | TraceValue::Number(_) => false,
    }
}
