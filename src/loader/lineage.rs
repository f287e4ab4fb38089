//! GEPA's family tree, with a number under which rows are made of it.

use std::sync::Arc;

use super::text::unique_id;
use crate::model::RunId;
use crate::query::ask::{CostClass, Question, Session};
use crate::query::{FamilyTreeOf, Lineage};
use crate::store::Result;

/// A family tree.
#[derive(Clone, Debug)]
pub struct PreparedLineage {
    /// What nothing else has: the rows for the screen are kept under it.
    pub id: u64,
    /// The tree; rows are made of it beside the frames.
    pub lineage: Arc<Lineage>,
}

impl PreparedLineage {
    pub(super) fn new(lineage: Arc<Lineage>) -> Self {
        Self { id: unique_id(), lineage }
    }
}

/// Equal if they say the same, whatever their numbers.
impl PartialEq for PreparedLineage {
    fn eq(&self, other: &Self) -> bool {
        self.lineage == other.lineage
    }
}

/// The family tree of an optimization; `None` inside if it is not GEPA's.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct LineageOf(pub RunId);

impl Question for LineageOf {
    type Answer = Option<PreparedLineage>;
    const LABEL: &'static str = "family tree";
    const COST: CostClass = CostClass::Bodies;

    fn answer(&self, session: &mut Session<'_>) -> Result<Self::Answer> {
        let told = session.ask(&FamilyTreeOf(self.0.clone()))?;
        Ok(told.as_ref().clone().map(PreparedLineage::new))
    }

    fn bytes(answer: &Self::Answer) -> usize {
        answer.as_ref().map_or(0, |told| told.lineage.bytes())
    }
}
