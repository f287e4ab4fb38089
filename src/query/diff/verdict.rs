//! The verdict on two evaluations, for whoever does not compare anything else of them.

use super::compare;
use crate::model::RunId;
use crate::query::ask::{Question, Session};
use crate::query::verdict::Between;
use crate::store::Result;

/// One evaluation against another; `None` where they share no scored example or were scored by different metrics. An
/// optimization stands for the evaluation of its winner.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct VerdictBetween {
    /// The evaluation that the other is compared with.
    pub before: RunId,
    /// The evaluation that is compared.
    pub after: RunId,
}

impl Question for VerdictBetween {
    type Answer = Option<Between>;
    const LABEL: &'static str = "verdict between two evaluations";

    fn answer(&self, session: &mut Session<'_>) -> Result<Self::Answer> {
        Ok(compare(session, &self.before, &self.after)?.examples.and_then(|examples| examples.verdict))
    }

    fn bytes(_: &Self::Answer) -> usize {
        200
    }
}
