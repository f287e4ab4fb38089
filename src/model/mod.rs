//! Plain types of the field and pure functions on them: no I/O, no egui, no threads, no clock.
//!
//! Everything that a store says arrives here decoded and, unless the user asked to reveal
//! them, with secrets masked ([`secret`]), so that nothing above can leak one by forgetting.

pub mod artifact;
pub mod attachment;
pub mod cached;
pub mod dspy;
pub mod evaluation_id;
pub mod experiment;
pub mod forest;
pub mod ids;
pub mod json;
pub mod json_beginning;
pub mod label;
pub mod metric;
pub mod mlflow;
pub mod price;
pub mod program;
pub mod readable_file;
pub mod registered_prompt;
pub mod result_table;
pub mod run;
pub mod search;
pub mod secret;
pub mod session;
pub mod span;
pub mod trace;
pub mod trace_facts;
pub mod warning;

pub use artifact::{ArtifactEntry, ArtifactOwner, ArtifactTree};
pub use attachment::Attachment;
pub use cached::Cached;
pub use evaluation_id::{EvaluationId, TriedPrompt};
pub use experiment::{Experiment, ExperimentCounts, Lifecycle};
pub use forest::{Forest, ForestNode};
pub use ids::{ExperimentId, RunId, StateHash, TraceId};
pub use json::Json;
pub use label::{Judgement, Label, LabelChange, LabelOf, Labels};
pub use metric::{LatestMetric, MetricPoint, MetricSeries};
pub use price::{FoundPrice, Price, PriceTable, Prices, ServiceTier};
pub use program::{
    Demo, Direction, FactSource, Field, MissingPredictor, Predictor, Program, ProgramSource, predictor_title,
};
pub use registered_prompt::{
    PromptAlias, PromptContent, PromptKey, PromptMessage, PromptRef, PromptUse, PromptUser, PromptUsesWanted,
    PromptVersion, RegisteredPrompt,
};
pub use result_table::{ResultRow, ResultTable};
pub use run::{DatasetInput, Entry, LoggedModel, Run, RunStatus, RunValues};
pub use search::{Excerpt, FoundText, Matcher, PatternError, SearchField, SearchPattern};
pub use secret::{Reveal, Secret, Shown, Unmasked};
pub use session::Session;
pub use span::{CallText, EXCEPTION_TYPE, SpanBody, SpanEvent, SpanFacts, SpanHandle, SpanHead};
pub use trace::{Assessment, Tokens, TraceHead, TracePreview, TraceRow};
pub use trace_facts::{AdapterFact, AgentFact, ModelCalls, Name, SpanFact, TraceFacts, UsageFact};
pub use warning::Warning;
