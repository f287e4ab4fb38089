//! What of a trace can be asked for by itself: to filter by it and to sort by it.

use crate::model::secret::{is_secret_key, masked_json};
use crate::model::{Assessment, Entry, Json, Shown, TraceHead, TraceRow};

/// Something that a list tells of each of its traces.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum TraceColumn {
    /// Its id.
    Id,
    /// MLflow's word for how it stands.
    Status,
    /// Its name.
    Name,
    /// The id of the run it was recorded in.
    Run,
    /// The id of its experiment.
    Experiment,
    /// The ids of its session and of the parts of that.
    Session,
    /// When it began, milliseconds since the epoch.
    Started,
    /// How long it took, milliseconds.
    Duration,
    /// The total of tokens that MLflow stored.
    Tokens,
    /// The cost in US dollars that MLflow stored.
    Cost,
    /// The beginning of its inputs, as stored.
    Input,
    /// The beginning of its outputs, as stored.
    Output,
    /// Its tag of this key.
    Tag(String),
    /// Its metadata of this key.
    Metadata(String),
    /// Its assessments of this name that no later one overrides.
    Assessment {
        /// The name.
        name: String,
        /// Only those of this kind: `feedback`, `expectation`.
        kind: Option<&'static str>,
    },
}

/// What stands in a column of a trace, as it may be shown.
#[derive(Clone, Debug, PartialEq)]
pub enum TraceValue {
    /// Nothing.
    Absent,
    /// Something that may not be seen.
    Masked,
    /// A number.
    Number(f64),
    /// A text; never empty.
    Text(String),
    /// Several texts; never none.
    Texts(Vec<String>),
}

impl TraceColumn {
    /// Whether it is told by the trace's line, without its tags, metadata and assessments.
    pub fn is_of_row(&self) -> bool {
        !matches!(self, Self::Tag(_) | Self::Metadata(_) | Self::Assessment { .. })
    }

    /// Whether its texts are shown as they are stored, whatever they are.
    pub fn is_never_masked(&self) -> bool {
        match self {
            Self::Id
            | Self::Status
            | Self::Name
            | Self::Run
            | Self::Experiment
            | Self::Started
            | Self::Duration
            | Self::Tokens
            | Self::Cost => true,
            Self::Session | Self::Input | Self::Output | Self::Tag(_) | Self::Metadata(_) | Self::Assessment { .. } => {
                false
            }
        }
    }

    /// Whether its values are secrets by its name.
    pub fn is_secret(&self) -> bool {
        match self {
            Self::Tag(key) | Self::Metadata(key) | Self::Assessment { name: key, .. } => is_secret_key(key),
            _ => false,
        }
    }

    /// What a trace has in it. `head`: the rest of it, where [`Self::is_of_row`] is false; without one it has nothing.
    pub fn value(&self, row: &TraceRow, head: Option<&TraceHead>) -> TraceValue {
        match self {
            Self::Id => TraceValue::text(row.id.as_str()),
            Self::Status => TraceValue::text(&row.status),
            Self::Name => TraceValue::text(&row.name),
            Self::Run => row.run_id.as_ref().map_or(TraceValue::Absent, |id| TraceValue::text(id.as_str())),
            Self::Experiment => TraceValue::text(row.experiment_id.as_str()),
            Self::Session => {
                let ids = row.session.iter().flat_map(|session| session.ids());
                TraceValue::texts(ids.map(|id| id.to_string()).collect())
            }
            // An unknown start is 0.
            Self::Started => TraceValue::number(Some(row.start_time_ms as f64).filter(|ms| *ms != 0.0)),
            Self::Duration => TraceValue::number(row.duration_ms.map(|ms| ms as f64)),
            Self::Tokens => TraceValue::number(row.tokens.and_then(|tokens| tokens.total).map(|total| total as f64)),
            Self::Cost => TraceValue::number(row.cost_usd),
            Self::Input => TraceValue::shown(row.request_preview.as_ref()),
            Self::Output => TraceValue::shown(row.response_preview.as_ref()),
            Self::Tag(key) => TraceValue::entry(head.map(|head| &*head.tags), key),
            Self::Metadata(key) => TraceValue::entry(head.map(|head| &*head.metadata), key),
            Self::Assessment { name, kind } => {
                let all = head.into_iter().flat_map(|head| &head.assessments);
                let is_it =
                    |one: &&Assessment| one.is_valid && one.name == *name && kind.is_none_or(|kind| one.kind == kind);
                TraceValue::assessments(all.filter(is_it).map(|one| one.value.clone()))
            }
        }
    }
}

impl TraceValue {
    /// A text, unless it is empty.
    pub fn text(text: &str) -> Self {
        if text.is_empty() { Self::Absent } else { Self::Text(text.to_owned()) }
    }

    /// Texts, unless there are none.
    pub fn texts(texts: Vec<String>) -> Self {
        if texts.is_empty() { Self::Absent } else { Self::Texts(texts) }
    }

    /// A number, if there is one.
    pub fn number(number: Option<f64>) -> Self {
        number.map_or(Self::Absent, Self::Number)
    }

    /// What may be shown, if there is anything.
    pub fn shown(shown: Option<&Shown>) -> Self {
        match shown {
            None => Self::Absent,
            Some(Shown::Masked) => Self::Masked,
            Some(Shown::Text(text)) => Self::text(text),
        }
    }

    /// Its text, or the first of several.
    pub fn first_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Texts(texts) => texts.first().map(String::as_str),
            Self::Absent | Self::Masked | Self::Number(_) => None,
        }
    }

    /// The values of assessments; masked if any of them is.
    pub fn assessments(values: impl Iterator<Item = Json>) -> Self {
        let mut texts = Vec::new();
        for value in values {
            if value == masked_json() {
                return Self::Masked;
            }
            texts.extend(json_text(&value));
        }
        Self::texts(texts)
    }

    fn entry(entries: Option<&[Entry]>, key: &str) -> Self {
        let entry = entries.unwrap_or_default().iter().find(|entry| *entry.key == *key);
        match entry.map(|entry| &entry.value) {
            // A tag may be there and say nothing.
            Some(Shown::Text(text)) => Self::Text(text.to_string()),
            other => Self::shown(other),
        }
    }
}

/// The value of an assessment as people write it: a text without its quotes; nothing for null.
fn json_text(value: &Json) -> Option<String> {
    match value {
        Json::Null => None,
        Json::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}
