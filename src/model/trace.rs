//! Traces without their spans.

use super::mlflow::{OWN, trace as keys};
use super::{Cached, Entry, ExperimentId, Json, RunId, Session, Shown, TraceId};

/// Token usage. Each number is `None` where the store does not tell it: unknown is never 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Tokens {
    /// Prompt tokens.
    pub input: Option<u64>,
    /// Completion tokens.
    pub output: Option<u64>,
    /// As stored, else input + output where both are known.
    pub total: Option<u64>,
}

impl Tokens {
    /// From the three numbers; `None` if none of them is known.
    pub fn new(input: Option<u64>, output: Option<u64>, total: Option<u64>) -> Option<Self> {
        let total = total.or_else(|| Some(input?.saturating_add(output?)));
        (input.is_some() || output.is_some() || total.is_some()).then_some(Self { input, output, total })
    }

    /// Reads `{"input_tokens", "output_tokens", "total_tokens"}` (attribute
    /// `mlflow.chat.tokenUsage`, metadata `mlflow.trace.tokenUsage`; MLflow ≥ 3.2).
    pub fn from_usage(usage: &Json) -> Option<Self> {
        let number = |key: &str| {
            let value = usage.get(key)?;
            value.as_u64().or_else(|| value.as_f64().filter(|n| *n >= 0.0).map(|n| n as u64))
        };
        Self::new(number("input_tokens"), number("output_tokens"), number("total_tokens"))
    }

    /// Sums piece by piece; what is unknown on either side stays unknown in the sum.
    pub fn plus(self, other: Self) -> Self {
        let add = |a: Option<u64>, b: Option<u64>| Some(a?.saturating_add(b?));
        Self {
            input: add(self.input, other.input),
            output: add(self.output, other.output),
            total: add(self.total, other.total),
        }
    }
}

/// One line of a list of traces.
#[derive(Clone, Debug, PartialEq)]
pub struct TraceRow {
    /// Its id.
    pub id: TraceId,
    /// The experiment it belongs to.
    pub experiment_id: ExperimentId,
    /// The run it was recorded in (metadata `mlflow.sourceRun`), if any.
    pub run_id: Option<RunId>,
    /// Its name, usually that of the root span; empty if it has none.
    pub name: String,
    /// `OK`, `ERROR`, `IN_PROGRESS`, …, as stored.
    pub status: String,
    /// Start, milliseconds since the epoch; 0 if it is unknown.
    pub start_time_ms: i64,
    /// How long it took, milliseconds; `None` while it runs.
    pub duration_ms: Option<i64>,
    /// The totals that MLflow stored (not recomputed from the spans).
    pub tokens: Option<Tokens>,
    /// The cost that MLflow stored, in US dollars; DSPy's traces have none.
    pub cost_usd: Option<f64>,
    /// Whether the model's answers came from a cache, as far as that can be told.
    pub cached: Option<Cached>,
    /// How many spans the store says that it has.
    pub span_count: Option<u64>,
    /// The session that it belongs to, if any.
    pub session: Option<Session>,
    /// The beginning of its inputs (at most about 1,000 characters), as stored.
    pub request_preview: Option<Shown>,
    /// The beginning of its outputs, as stored.
    pub response_preview: Option<Shown>,
}

/// What a list shows of what a trace was given and gave back: the beginnings, as stored.
#[derive(Clone, Debug, PartialEq)]
pub struct TracePreview {
    /// The trace.
    pub id: TraceId,
    /// [`TraceRow::request_preview`]
    pub request: Option<Shown>,
    /// [`TraceRow::response_preview`]
    pub response: Option<Shown>,
}

/// A trace with everything but its spans.
#[derive(Clone, Debug, PartialEq)]
pub struct TraceHead {
    /// What a list shows of it.
    pub row: TraceRow,
    /// Its tags, by key.
    pub tags: Vec<Entry>,
    /// Its metadata, by key.
    pub metadata: Vec<Entry>,
    /// Its assessments, by time.
    pub assessments: Vec<Assessment>,
    /// What the user's program calls the request, if it said (MLflow ≥ 3.0).
    pub client_request_id: Option<Shown>,
}

/// What MLflow notes in tags and metadata for itself, or what is shown elsewhere: inputs, outputs,
/// sizes, places, the run, the session. Everything else is told to people.
const BOOKKEEPING: [&str; 14] = [
    keys::ARTIFACTS,
    keys::RUN,
    keys::COST,
    keys::FINALIZED,
    keys::BYTES,
    keys::SIZES,
    keys::SPANS,
    keys::TOKENS,
    keys::INPUTS,
    keys::NAME,
    keys::OUTPUTS,
    keys::SCHEMA,
    keys::SESSION,
    keys::USER,
];

impl TraceHead {
    /// Who it was made for (metadata `mlflow.trace.user`), if that is known.
    pub fn user(&self) -> Option<&Shown> {
        let user = self.metadata.iter().find(|entry| *entry.key == *keys::USER).map(|entry| &entry.value);
        user.filter(|user| !user.as_str().is_empty())
    }

    /// Its tags without those that MLflow sets for itself.
    pub fn told_tags(&self) -> impl Iterator<Item = &Entry> {
        told(&self.tags)
    }

    /// Its metadata without what MLflow notes for itself and what is shown elsewhere.
    pub fn told_metadata(&self) -> impl Iterator<Item = &Entry> {
        told(&self.metadata)
    }

    /// The assessment that `one` overrides, where the trace has it.
    pub fn overridden_by(&self, one: &Assessment) -> Option<&Assessment> {
        let id = one.overrides.as_deref()?;
        self.assessments.iter().find(|other| other.id == id)
    }
}

/// The user's own first, each part by key.
fn told(entries: &[Entry]) -> impl Iterator<Item = &Entry> {
    let is_mlflows = |entry: &&Entry| entry.key.starts_with(OWN);
    // Outside of a repository MLflow writes its three git keys all the same, with nothing in them.
    let says_nothing = move |entry: &&Entry| is_mlflows(entry) && entry.value.as_str().is_empty();
    let shown = move || entries.iter().filter(move |entry| !BOOKKEEPING.contains(&&*entry.key) && !says_nothing(entry));
    shown().filter(move |entry| !is_mlflows(entry)).chain(shown().filter(is_mlflows))
}

/// A judgement on a trace: feedback or an expectation.
#[derive(Clone, Debug, PartialEq)]
pub struct Assessment {
    /// Its id; empty if the store has none.
    pub id: String,
    /// Its name, for DSPy the metric function's.
    pub name: String,
    /// `feedback`, `expectation`, …
    pub kind: String,
    /// Its value.
    pub value: Json,
    /// An error in its place, if any.
    pub error: Option<String>,
    /// Why, if said.
    pub rationale: Option<String>,
    /// `CODE`, `HUMAN`, `LLM_JUDGE`.
    pub source_type: String,
    /// Which function or person.
    pub source_id: Option<String>,
    /// The span it is about, if not the whole trace (hex, as stored).
    pub span_id: Option<String>,
    /// When it was made, milliseconds since the epoch.
    pub created_ms: Option<i64>,
    /// False where a later assessment overrides it.
    pub is_valid: bool,
    /// The id of the assessment that it overrides.
    pub overrides: Option<String>,
    /// What else was noted with it; null if nothing.
    pub metadata: Json,
}

impl Assessment {
    /// The kind of those that say what was expected.
    pub const EXPECTATION: &str = "expectation";

    /// Whether it says what was expected, not how good the answer is.
    pub fn is_expectation(&self) -> bool {
        self.kind == Self::EXPECTATION
    }

    /// Who made it: `HUMAN ana@example.org`; `CODE` alone where no name, or DSPy's `default`, is noted.
    pub fn source(&self) -> String {
        match self.source_id.as_deref().filter(|id| !id.is_empty() && *id != "default") {
            Some(id) if self.source_type.is_empty() => id.to_owned(),
            Some(id) => format!("{} {id}", self.source_type),
            None => self.source_type.clone(),
        }
    }

    /// What is wrong in its place, in one sentence: `error` is JSON since MLflow 3.
    pub fn error_text(&self) -> Option<String> {
        let error = self.error.as_deref()?;
        let Some(Json::Object(map)) = serde_json::from_str(error).ok() else { return Some(error.to_owned()) };
        let text = |key: &str| map.get(key).and_then(Json::as_str).filter(|text| !text.is_empty());
        match (text("error_code"), text("error_message")) {
            (Some(code), Some(message)) => Some(format!("{code}: {message}")),
            (Some(one), None) | (None, Some(one)) => Some(one.to_owned()),
            (None, None) => Some(error.to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_stays_unknown() {
        assert_eq!(Tokens::new(None, None, None), None);
        assert_eq!(Tokens::from_usage(&serde_json::json!({})), None);
        let known = Tokens::new(Some(3), Some(4), None).expect("known");
        assert_eq!(known.total, Some(7));
        let half = Tokens::new(Some(3), None, None).expect("half known");
        assert_eq!(known.plus(half), Tokens { input: Some(6), output: None, total: None });
    }
}
