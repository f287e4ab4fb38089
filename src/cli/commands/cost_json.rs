//! A sum of costs beside other things, as programs read it.

use serde::Serialize;

use crate::analysis::cost::CostSum;

/// What is known of a sum: of how many of its traces it is not, and how sure what the others cost is.
#[derive(Serialize)]
pub(super) struct SumJson {
    cost_usd: Option<f64>,
    cost_certainty: Option<&'static str>,
    cost_unknown_traces: Option<u64>,
}

impl SumJson {
    /// `None` where nobody looked at the traces.
    pub(super) fn new(sum: Option<&CostSum>) -> Self {
        Self {
            cost_usd: sum.and_then(CostSum::usd),
            cost_certainty: sum.and_then(certainty),
            cost_unknown_traces: sum.map(CostSum::unknown),
        }
    }
}

/// How sure it is what the traces cost whose cost is known.
pub(super) fn certainty(sum: &CostSum) -> Option<&'static str> {
    sum.cost.map(|cost| cost.certainty.as_str())
}
