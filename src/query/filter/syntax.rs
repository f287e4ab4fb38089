//! What a filter is made of.

use super::trace_keys::{TraceField, TraceValueKind};

/// A part of a filter. Its depth is bounded by the parser.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Node {
    All(Vec<Node>),
    Any(Vec<Node>),
    Not(Box<Node>),
    Compare {
        field: Field,
        operator: Operator,
        value: Value,
    },
    Among {
        field: Field,
        values: Vec<String>,
        is_negated: bool,
    },
    IsAbsent(Field),
    /// What is looked through for plain words holds this one, which is in lower case; never parsed, only typed.
    Holds(String),
}

/// What is compared.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Field {
    Metric(String),
    Param(String),
    Tag(String),
    Attribute(Attribute),
    /// Of a trace.
    Trace(TraceField),
}

/// An attribute of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Attribute {
    RunId,
    Name,
    Status,
    ExperimentId,
    ParentId,
    ArtifactUri,
    Lifecycle,
    UserId,
    StartTime,
    EndTime,
    Duration,
}

impl Attribute {
    /// Every name of every attribute; the first of each is the one to show.
    pub(super) const NAMES: [(&'static str, Self); 17] = [
        ("status", Self::Status),
        ("run_name", Self::Name),
        ("run name", Self::Name),
        ("name", Self::Name),
        ("run_id", Self::RunId),
        ("start_time", Self::StartTime),
        ("created", Self::StartTime),
        ("end_time", Self::EndTime),
        ("duration_ms", Self::Duration),
        ("duration", Self::Duration),
        ("experiment_id", Self::ExperimentId),
        ("parent_id", Self::ParentId),
        ("parent_run_id", Self::ParentId),
        ("artifact_uri", Self::ArtifactUri),
        ("lifecycle_stage", Self::Lifecycle),
        ("user_id", Self::UserId),
        ("user", Self::UserId),
    ];

    /// Every attribute by the name to show, in order.
    pub(super) fn shown() -> impl Iterator<Item = (&'static str, Self)> {
        Self::NAMES.into_iter().filter(|(name, attribute)| attribute.name() == *name)
    }

    /// The name to show.
    pub(super) fn name(self) -> &'static str {
        Self::NAMES.into_iter().find(|(_, one)| *one == self).map_or("", |(name, _)| name)
    }

    /// What it is, for people.
    pub(super) fn describe(self) -> &'static str {
        match self {
            Self::RunId => "the run's id",
            Self::Name => "the run's name",
            Self::Status => "FINISHED, RUNNING, FAILED, KILLED, SCHEDULED",
            Self::ExperimentId => "the experiment's id",
            Self::ParentId => "the parent's id, inferred ones too",
            Self::ArtifactUri => "where its artifacts were recorded",
            Self::Lifecycle => "active or deleted",
            Self::UserId => "who ran it",
            Self::StartTime | Self::EndTime => "milliseconds since 1970",
            Self::Duration => "milliseconds",
        }
    }

    /// Times and durations are numbers of milliseconds.
    pub(super) fn is_number(self) -> bool {
        matches!(self, Self::StartTime | Self::EndTime | Self::Duration)
    }
}

/// How it is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Like,
    Ilike,
    Contains,
}

impl Operator {
    /// Whether it looks into texts, so that a number beside it makes no sense.
    pub(super) fn is_for_text(self) -> bool {
        matches!(self, Self::Like | Self::Ilike | Self::Contains)
    }
}

/// What it is compared with.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    Number(f64),
    Text(String),
}

impl Field {
    pub(super) fn is_number(&self) -> bool {
        match self {
            Self::Metric(_) => true,
            Self::Param(_) | Self::Tag(_) => false,
            Self::Attribute(attribute) => attribute.is_number(),
            Self::Trace(field) => {
                matches!(field.kind(), Some(TraceValueKind::Number | TraceValueKind::Duration | TraceValueKind::Moment))
            }
        }
    }

    /// A text that counts as a number beside one.
    pub(super) fn is_mixed(&self) -> bool {
        match self {
            Self::Param(_) | Self::Tag(_) => true,
            Self::Metric(_) | Self::Attribute(_) => false,
            Self::Trace(field) => field.kind().is_none(),
        }
    }

    /// For people.
    pub(super) fn describe(&self) -> String {
        match self {
            Self::Metric(key) => format!("the metric `{key}`"),
            Self::Param(key) => format!("the param `{key}`"),
            Self::Tag(key) => format!("the tag `{key}`"),
            Self::Attribute(attribute) => format!("the attribute `{}`", attribute.name()),
            Self::Trace(field) => field.describe(),
        }
    }
}
