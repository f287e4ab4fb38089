//! What a few traces cost together, as those of a session do.

use std::sync::Arc;

use super::cost::CostOfEach;
use super::sessions::TraceSessionsOf;
use super::traces::TraceScope;
use crate::analysis::cost::CostSum;
use crate::model::ExperimentId;
use crate::query::ask::{Question, Session};
use crate::store::{Result, TraceHandle};

/// Traces that are read together.
const AT_ONCE: usize = 100;

/// What these traces cost together.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CostOfSome(pub Vec<TraceHandle>);

impl CostOfSome {
    /// Of no more traces than these somebody waits for it.
    pub const MOST: usize = 2_000;
}

impl Question for CostOfSome {
    type Answer = CostSum;
    const LABEL: &'static str = "cost of some traces";

    fn answer(&self, session: &mut Session<'_>) -> Result<Self::Answer> {
        let mut sum = CostSum::default();
        for some in self.0.chunks(AT_ONCE) {
            session.cx.check()?;
            session.ask(&CostOfEach(some.to_vec()))?.iter().for_each(|(_, cost)| sum.add(cost));
        }
        Ok(sum)
    }

    fn bytes(_: &Self::Answer) -> usize {
        100
    }
}

/// What a session of an experiment cost; `None` inside if there is none, or one of too many traces.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SessionCostOf(pub ExperimentId, pub Arc<str>);

impl Question for SessionCostOf {
    type Answer = Option<CostSum>;
    const LABEL: &'static str = "cost of a session";

    fn answer(&self, session: &mut Session<'_>) -> Result<Self::Answer> {
        let groups = session.ask(&TraceSessionsOf(TraceScope::Experiment(self.0.clone())))?;
        let group = groups.iter().find(|group| group.id.as_ref() == Some(&self.1));
        let Some(group) = group.filter(|group| group.traces.len() <= CostOfSome::MOST) else { return Ok(None) };
        Ok(Some((*session.ask(&CostOfSome(group.traces.clone()))?).clone()))
    }

    fn bytes(_: &Self::Answer) -> usize {
        100
    }
}
