//! Whether several plain evaluations of an experiment have examples, told cheaply.

use super::evaluated::plain_runs;
use crate::model::dspy::artifacts::RESULT_TABLE;
use crate::model::{ArtifactOwner, ExperimentId};
use crate::query::ask::{Question, Session};
use crate::store::Result;

/// No more runs are looked at, the newest first: it is asked for each experiment that is shown.
const LOOKED_AT: usize = 200;
/// So many evaluations can stand beside each other.
const SEVERAL: usize = 2;

/// Whether at least two evaluations of an experiment that are part of no optimization have a table of their examples.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct HasPlainEvaluations(pub ExperimentId);

impl Question for HasPlainEvaluations {
    type Answer = bool;
    const LABEL: &'static str = "plain evaluations";

    fn answer(&self, session: &mut Session<'_>) -> Result<Self::Answer> {
        let mut found = 0;
        for run in plain_runs(session, &self.0)?.into_iter().rev().take(LOOKED_AT) {
            session.cx.check()?;
            // A folder that cannot be read is told where its run is looked at.
            let table = session.store.artifact(session.cx, &ArtifactOwner::Run(run.id), RESULT_TABLE, 1);
            found += usize::from(matches!(table, Ok(Some(_))));
            if found >= SEVERAL {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn bytes(_: &Self::Answer) -> usize {
        1
    }
}
