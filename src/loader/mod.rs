//! Between the window and the store: worker threads, questions, answers, what is kept of them.
//!
//! In every frame a view says what it wants ([`Loader::trace_tree`], …) and gets a [`Slot`]: what is
//! there. What is missing or older than the store is asked for on a worker; what nobody wanted in
//! the last frame any more is cancelled. So the newest wish always wins, and two things that are
//! wanted at once never cancel each other.
//!
//! Nothing here blocks the window: reading, opening, even asking for a file's size happen on
//! workers; a worker that is stuck is abandoned and replaced; dropping the loader waits for nobody.
//!
//! Deliberately absent: egui (the window is woken through a callback).

mod answer;
mod crew;
mod derive;
mod diff;
mod evolution;
mod file;
mod jobs;
mod keeper;
mod lineage;
mod opening;
mod prepare;
mod program;
mod questions;
mod queue;
mod readable;
mod receiving;
mod request;
mod rows;
mod scout;
mod shelf;
mod slot;
mod states;
#[cfg(test)]
mod tests;
mod text;
mod watching;
mod worker;

pub use crate::store::nearby::{FolderName, Nearby, NearbyKind, NearbyStores};
pub use answer::TracePlace;
pub use crew::Patience;
pub use diff::PreparedDiff;
pub use evolution::PreparedEvolution;
pub use file::FileBytes;
pub use keeper::{Loader, OpenStore, Slowest, StoreState};
pub use lineage::PreparedLineage;
pub use opening::Opener;
pub use prepare::{BodyPart, PreparedBody, PreparedEvent, PreparedText};
pub use program::{PreparedDemo, PreparedPredictor, PreparedProgram};
pub use request::{DerivedKey, Lane, Request, TraceScope};
pub use scout::whole_path;
pub use slot::{SKELETON_AFTER, Slot};
pub use text::{Text, fresh_id};
pub use worker::Wake;

pub use crate::query::TraceCounts;
pub use crate::query::table::PreparedRuns;
pub use crate::query::trace::SpanFigures;
pub use crate::query::{
    DemoOrigin, NoSpans, Optimization, RunPage, RunTree, SpanTokens, TokenSource, TraceFigures, TraceTree,
};
