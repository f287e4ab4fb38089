//! GEPA's family tree.

use std::sync::Arc;

use super::numbered::Numbered;
use crate::model::RunId;
use crate::query::ask::{CostClass, Question, Session};
use crate::query::{FamilyTree, FamilyTreeOf};
use crate::store::Result;

/// The family tree of an optimization; `None` inside if it is not GEPA's.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PreparedFamilyTreeOf(pub RunId);

impl Question for PreparedFamilyTreeOf {
    type Answer = Option<Numbered<Arc<FamilyTree>>>;
    const LABEL: &'static str = "family tree";
    const COST: CostClass = CostClass::Bodies;

    fn answer(&self, session: &mut Session<'_>) -> Result<Self::Answer> {
        let told = session.ask(&FamilyTreeOf(self.0.clone()))?;
        Ok(told.as_ref().clone().map(Numbered::new))
    }

    fn bytes(answer: &Self::Answer) -> usize {
        answer.as_ref().map_or(0, |told| told.value.bytes())
    }
}
