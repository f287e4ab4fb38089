//! Between the window and the store: worker threads, questions, answers, what is kept of them.
//!
//! In every frame a view asks what it wants to show ([`Loader::ask`]) and gets a [`Slot`]: what is
//! there. What is missing or older than the store is asked for on a worker; what nobody wanted in
//! the last frame any more is cancelled. So the newest wish always wins, and two things that are
//! wanted at once never cancel each other.
//!
//! Nothing here blocks the window: reading, opening, even asking for a file's size happen on
//! workers; a worker that is stuck is abandoned and replaced; dropping the loader waits for nobody.
//!
//! Deliberately absent: egui (the window is woken through a callback).

mod attempts;
mod cache;
mod chat;
mod derive;
mod diff;
mod evolution;
mod examples;
mod facts;
mod failure;
mod family_tree;
mod file;
mod label_desk;
mod labels;
mod lane;
mod live;
#[expect(clippy::module_inception, reason = "the loader itself stands beside its parts")]
mod loader;
mod nearby;
mod numbered;
mod opening;
mod passages;
mod pool;
mod prepare;
mod probe;
mod program;
mod program_change;
mod prompts;
mod queue;
mod readable;
mod receiving;
mod row_cache;
mod search;
mod server;
mod server_desk;
mod slot;
mod span;
mod span_fields;
mod steps;
#[cfg(test)]
mod tests;
mod text;
mod trace_list;
mod trace_pages;
mod watching;
mod worker;

pub use crate::store::nearby::{FolderName, Nearby, NearbyKind, NearbyStores};
pub use crate::store::{AddressKind, Part, Remedy, StoreLocation, whole_path};
pub use attempts::{PreparedAttempt, PreparedAttempts, PreparedAttemptsOf, PreparedLikelyCallsOf};
pub use chat::{
    CardKind, ChatCard, ChatDemo, ChatOf, MEDIA_MOST, MediaSource, ParseError, Piece, PreparedChat, PreparedMedia,
    SignatureField,
};
pub use derive::DerivedKey;
pub use diff::{DiffOf, UnchangedOf};
pub use evolution::EvolutionOf;
pub use examples::{Beside, ExamplesOf, PreparedExamples};
pub use failure::Failure;
pub use family_tree::PreparedFamilyTreeOf;
pub use file::{FileBytes, FileOf};
pub use lane::Lane;
pub use loader::{Epoch, Loader, OpenStore, Slowest, StoreState};
pub use numbered::Numbered;
pub use opening::Opener;
pub use passages::{PreparedPassage, PreparedPassages, PreparedPassagesOf};
pub use pool::Timeouts;
pub use prepare::{BodyPart, PreparedBody, PreparedEvent, PreparedText};
pub use program::{PreparedDemo, PreparedPredictor, PreparedProgram, ProgramOf, ProgramStateOf};
pub use program_change::ProgramChangeOf;
pub use prompts::{PreparedPrompt, PreparedPromptChange, PromptChangeOf, PromptTextOf};
pub use readable::{Readable, readable};
pub use search::{CountSoFar, SearchSoFar};
pub use slot::{SKELETON_AFTER, Slot};
pub use span::{SpanAt, SpanBodyOf, SpanText, SpanTextOf, WholeSpanBodyOf};
pub use span_fields::{PreparedField, PreparedFields};
pub use steps::{AgentOf, Foldable, Observation, PreparedAction, PreparedAgent, PreparedCall, PreparedStep};
pub use text::{Text, unique_id};
pub use worker::Wake;

pub use crate::query::TraceCounts;
pub use crate::query::table::PreparedRuns;
pub use crate::query::trace::SpanFigures;
pub use crate::query::{
    DemoOrigin, NoSpans, Optimization, RunPage, RunTree, SessionGroup, SpanTokens, TokenSource, TraceFigures,
    TracePlace, TraceScope, TraceSort, TraceTree,
};
