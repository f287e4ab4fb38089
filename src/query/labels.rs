//! What the user says of traces and examples: kept in the user's data folder, one file for each store, never in the
//! store.
//!
//! A store is known again by its first experiment – MLflow makes one with every store, and notes when – so that labels
//! stay where the store is moved, copied or opened by another path; one that does not tell that is known by where it
//! is. A file is a log, one change on a line: whoever writes appends under a lock, so that two windows never lose what
//! the other one wrote, and a line that a crash cut short costs that line.

pub mod book;
mod file;
mod scored;

use std::sync::Arc;

use crate::model::Labels;
use crate::query::ask::{CostClass, Question, Session};
use crate::store::Result;
pub use book::{LabelBook, LabelBooks};
pub use scored::{Labelled, LabelledOf, TraceScore, TraceScoreOf};

/// All labels of a store.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct LabelsOfStore;

impl Question for LabelsOfStore {
    type Answer = Arc<Labels>;
    const LABEL: &'static str = "labels";
    // They change without the store: nothing may remember them.
    const COST: CostClass = CostClass::Bodies;

    fn answer(&self, session: &mut Session<'_>) -> Result<Self::Answer> {
        session.labels()
    }

    fn bytes(_: &Self::Answer) -> usize {
        // The book holds them.
        100
    }
}
