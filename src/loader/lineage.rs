//! GEPA's family tree, with a number under which rows are made of it.

use std::sync::Arc;

use super::text::fresh_id;
use crate::query::Lineage;

/// A family tree.
#[derive(Clone, Debug)]
pub struct PreparedLineage {
    /// What nothing else has: the rows for the screen are kept under it.
    pub id: u64,
    /// The tree; rows are made of it beside the frames.
    pub lineage: Arc<Lineage>,
}

impl PreparedLineage {
    pub(super) fn new(lineage: Lineage) -> Self {
        Self { id: fresh_id(), lineage: Arc::new(lineage) }
    }
}

/// Equal if they say the same, whatever their numbers.
impl PartialEq for PreparedLineage {
    fn eq(&self, other: &Self) -> bool {
        self.lineage == other.lineage
    }
}
