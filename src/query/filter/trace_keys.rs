//! What traces can be filtered and sorted by.

use crate::store::TraceColumn;

/// What of a trace is compared.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(in crate::query) enum TraceField {
    /// A tag.
    Tag(String),
    /// A key of its metadata.
    Metadata(String),
    /// An assessment of this name; only of this kind if one is named.
    Assessment(String, Option<&'static str>),
    /// Anything else.
    Attribute(TraceAttribute),
}

/// Something of a trace that has a name of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::query) enum TraceAttribute {
    Id,
    Status,
    Name,
    Run,
    /// Its run, or one that is above that.
    Optimization,
    Experiment,
    Session,
    Start,
    Latency,
    Input,
    Output,
    StoredTokens,
    StoredCost,
    /// Recomputed by the prices that are known.
    Cost,
    Tokens,
    InputTokens,
    OutputTokens,
    Cached,
    SpanType,
    SpanName,
    Predictor,
    Model,
    Adapter,
    ParseFallback,
    Error,
    /// As an example of the evaluation that it was recorded in, else what was assessed.
    Score,
    FailedTool,
    OutOfSteps,
    HistoryCut,
}

/// What the values of an attribute are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::query) enum TraceValueKind {
    Number,
    /// Milliseconds, also written `2s`.
    Duration,
    /// Milliseconds since the epoch, also written as a date or `-2h`.
    Moment,
    Text,
    /// A text without difference of case.
    Word,
}

impl TraceAttribute {
    /// Every name of every attribute; the first of each is the one to show. MLflow's own (`timestamp_ms`,
    /// `execution_time_ms`, `request_id`, …) are among them.
    const NAMES: [(&'static str, Self); 56] = [
        ("status", Self::Status),
        ("state", Self::Status),
        ("name", Self::Name),
        ("trace_name", Self::Name),
        ("input", Self::Input),
        ("inputs", Self::Input),
        ("request", Self::Input),
        ("output", Self::Output),
        ("outputs", Self::Output),
        ("response", Self::Output),
        ("latency_ms", Self::Latency),
        ("latency", Self::Latency),
        ("duration_ms", Self::Latency),
        ("duration", Self::Latency),
        ("execution_time_ms", Self::Latency),
        ("execution_time", Self::Latency),
        ("time", Self::Start),
        ("start_time", Self::Start),
        ("start_time_ms", Self::Start),
        ("timestamp_ms", Self::Start),
        ("timestamp", Self::Start),
        ("model", Self::Model),
        ("adapter", Self::Adapter),
        ("error", Self::Error),
        ("cached", Self::Cached),
        ("score", Self::Score),
        ("parse_fallback", Self::ParseFallback),
        ("failed_tool", Self::FailedTool),
        ("failed_tools", Self::FailedTool),
        ("out_of_steps", Self::OutOfSteps),
        ("history_cut", Self::HistoryCut),
        ("span_type", Self::SpanType),
        ("span_name", Self::SpanName),
        ("predictor", Self::Predictor),
        ("signature", Self::Predictor),
        ("tokens", Self::Tokens),
        ("total_tokens", Self::Tokens),
        ("input_tokens", Self::InputTokens),
        ("output_tokens", Self::OutputTokens),
        ("tokens.total", Self::Tokens),
        ("tokens.input", Self::InputTokens),
        ("tokens.output", Self::OutputTokens),
        ("stored_tokens", Self::StoredTokens),
        ("cost", Self::Cost),
        ("stored_cost", Self::StoredCost),
        ("cost_usd", Self::StoredCost),
        ("run", Self::Run),
        ("run_id", Self::Run),
        ("optimization", Self::Optimization),
        ("experiment", Self::Experiment),
        ("experiment_id", Self::Experiment),
        ("session", Self::Session),
        ("session_id", Self::Session),
        ("id", Self::Id),
        ("trace_id", Self::Id),
        ("request_id", Self::Id),
    ];

    /// By a name, in lower case. MLflow writes `span.type` and `span.name`, whose dots are cut before: `type`.
    pub fn named(name: &str) -> Option<Self> {
        let name = if name == "type" { "span_type" } else { name };
        Self::NAMES.into_iter().find(|(known, _)| *known == name).map(|(_, one)| one)
    }

    /// Every attribute by the name to show, in order.
    pub fn shown() -> impl Iterator<Item = (&'static str, Self)> {
        Self::NAMES.into_iter().filter(|(name, one)| one.name() == *name)
    }

    /// The name to show.
    pub fn name(self) -> &'static str {
        Self::NAMES.into_iter().find(|(_, one)| *one == self).map_or("", |(name, _)| name)
    }

    pub fn kind(self) -> TraceValueKind {
        match self {
            Self::StoredTokens
            | Self::StoredCost
            | Self::Cost
            | Self::Tokens
            | Self::InputTokens
            | Self::OutputTokens
            | Self::Score => TraceValueKind::Number,
            Self::Latency => TraceValueKind::Duration,
            Self::Start => TraceValueKind::Moment,
            Self::Status | Self::Cached | Self::ParseFallback | Self::OutOfSteps | Self::HistoryCut => {
                TraceValueKind::Word
            }
            Self::Id
            | Self::Name
            | Self::Run
            | Self::Optimization
            | Self::Experiment
            | Self::Session
            | Self::Input
            | Self::Output
            | Self::SpanType
            | Self::SpanName
            | Self::Predictor
            | Self::Model
            | Self::Adapter
            | Self::Error
            | Self::FailedTool => TraceValueKind::Text,
        }
    }

    /// A value as it is compared: `error` is the status `ERROR`, `true` a `yes`.
    pub fn normal(self, text: String) -> String {
        match self {
            Self::Status => text.to_uppercase(),
            Self::ParseFallback | Self::Cached | Self::OutOfSteps | Self::HistoryCut => match &*text.to_lowercase() {
                "true" => if self == Self::Cached { "likely" } else { "yes" }.to_owned(),
                "false" => "no".to_owned(),
                "yes" if self == Self::Cached => "likely".to_owned(),
                other => other.to_owned(),
            },
            _ => text,
        }
    }

    /// What it is, for people.
    pub fn note(self) -> &'static str {
        match self {
            Self::Id => "the trace's id",
            Self::Status => "OK, ERROR, IN_PROGRESS",
            Self::Name => "the trace's name",
            Self::Run => "the run it was recorded in, by name or id",
            Self::Optimization => "its run, or the parent of that, by name or id",
            Self::Experiment => "its experiment, by name or id",
            Self::Session => "the session it belongs to",
            Self::Start => "when it began: 2026-11-28, '2026-11-28 10:30', -2h",
            Self::Latency => "milliseconds, or 2s, 1.5min",
            Self::Input => "the beginning of its inputs",
            Self::Output => "the beginning of its outputs",
            Self::StoredTokens => "the total that MLflow stored",
            Self::StoredCost => "US dollars, as MLflow stored it",
            Self::Cost => "US dollars, by what its spans used and the prices of its models",
            Self::Tokens => "all tokens, recomputed from its spans",
            Self::InputTokens => "input tokens, recomputed from its spans",
            Self::OutputTokens => "output tokens, recomputed from its spans",
            Self::Cached => "no, partly, likely",
            Self::SpanType => "the type of any of its spans",
            Self::SpanName => "the name of any of its spans",
            Self::Predictor => "the signature of any predictor that it called: question -> answer",
            Self::Model => "any of the models that were called",
            Self::Adapter => "any of DSPy's adapters that were used",
            Self::ParseFallback => "yes where an answer could not be parsed and another adapter was tried",
            Self::Error => "the type of an exception in any of its spans",
            Self::Score => "its score as an example of its evaluation, else the one that was assessed",
            Self::FailedTool => "a tool that failed, by name; code of an agent is `code`",
            Self::OutOfSteps => "yes where an agent ended because it had no step left, whatever the status",
            Self::HistoryCut => "yes where an agent dropped its oldest steps, for the prompt was too long",
        }
    }
}

impl TraceField {
    /// The column of a store that holds it; `None` if it is derived from other things.
    pub fn column(&self) -> Option<TraceColumn> {
        let column = match self {
            Self::Tag(key) => TraceColumn::Tag(key.clone()),
            Self::Metadata(key) => TraceColumn::Metadata(key.clone()),
            Self::Assessment(name, kind) => TraceColumn::Assessment { name: name.clone(), kind: *kind },
            Self::Attribute(one) => match one {
                TraceAttribute::Id => TraceColumn::Id,
                TraceAttribute::Status => TraceColumn::Status,
                TraceAttribute::Name => TraceColumn::Name,
                TraceAttribute::Run | TraceAttribute::Optimization => TraceColumn::Run,
                TraceAttribute::Experiment => TraceColumn::Experiment,
                TraceAttribute::Session => TraceColumn::Session,
                TraceAttribute::Start => TraceColumn::Started,
                TraceAttribute::Latency => TraceColumn::Duration,
                TraceAttribute::Input => TraceColumn::Input,
                TraceAttribute::Output => TraceColumn::Output,
                TraceAttribute::StoredTokens => TraceColumn::Tokens,
                TraceAttribute::StoredCost => TraceColumn::Cost,
                TraceAttribute::Cost
                | TraceAttribute::Tokens
                | TraceAttribute::InputTokens
                | TraceAttribute::OutputTokens
                | TraceAttribute::Cached
                | TraceAttribute::SpanType
                | TraceAttribute::SpanName
                | TraceAttribute::Predictor
                | TraceAttribute::Model
                | TraceAttribute::Adapter
                | TraceAttribute::ParseFallback
                | TraceAttribute::Error
                | TraceAttribute::Score
                | TraceAttribute::FailedTool
                | TraceAttribute::OutOfSteps
                | TraceAttribute::HistoryCut => return None,
            },
        };
        Some(column)
    }

    /// Params, tags and their like are texts that count as numbers beside a number.
    pub fn kind(&self) -> Option<TraceValueKind> {
        match self {
            Self::Tag(_) | Self::Metadata(_) | Self::Assessment(..) => None,
            Self::Attribute(one) => Some(one.kind()),
        }
    }

    /// For people.
    pub fn describe(&self) -> String {
        match self {
            Self::Tag(key) => format!("the tag `{key}`"),
            Self::Metadata(key) => format!("the metadata `{key}`"),
            Self::Assessment(name, kind) => format!("the {} `{name}`", kind.unwrap_or("assessment")),
            Self::Attribute(one) => format!("`{}`", one.name()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_attribute_has_a_name_to_show_and_no_name_means_two() {
        let shown: Vec<_> = TraceAttribute::shown().collect();
        assert_eq!(shown.len(), 29);
        for (name, one) in TraceAttribute::NAMES {
            assert_eq!(TraceAttribute::named(name), Some(one), "{name}");
        }
    }
}
