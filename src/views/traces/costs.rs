//! What the traces on screen cost: told by their spans, so it comes after their lines.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use crate::analysis::cost::{CostSum, TraceCost, UnknownCost};
use crate::loader::{Lane, SessionGroup};
use crate::query::CostOfSome;
use crate::query::ask::Question;
use crate::query::cost::CostOfEach;
use crate::store::TraceHandle;
use crate::views::costs::sum_cell;
use crate::views::scene::Scene;
use crate::widgets::table::CellText;
use crate::widgets::tokens::Tone;
use crate::words;

/// So many traces are asked together.
const TOGETHER: usize = 32;

/// The lines of all blocks that are on screen, so that scrolling by a few asks for nothing new.
pub(super) fn blocks(visible: &Range<usize>, len: usize) -> Range<usize> {
    let from = visible.start / TOGETHER * TOGETHER;
    let to = visible.end.div_ceil(TOGETHER).saturating_mul(TOGETHER).min(len);
    from.min(to)..to
}

/// The costs of the lines that are, or were just, on screen.
#[derive(Default)]
pub(super) struct CostsShown {
    answers: Vec<Arc<<CostOfEach as Question>::Answer>>,
    by_trace: HashMap<TraceHandle, TraceCost>,
    sessions: HashMap<Arc<str>, Arc<CostSum>>,
}

impl CostsShown {
    /// Asks for the costs of these lines; everything else on screen is asked before.
    pub fn want(&mut self, scene: &mut Scene<'_>, lines: &[TraceHandle]) {
        let asked = lines.chunks(TOGETHER).map(|some| CostOfEach(some.to_vec()));
        let found: Vec<_> =
            asked.filter_map(|one| scene.loader.ask(&one, Lane::Prefetch).value().map(Arc::clone)).collect();
        // While new ones are on their way, those from before stay.
        let is_same = found.len() == self.answers.len()
            && found.iter().zip(&self.answers).all(|(new, old)| Arc::ptr_eq(new, old));
        if is_same || found.is_empty() {
            return;
        }
        self.by_trace = found.iter().flat_map(|all| all.iter().cloned()).collect();
        self.answers = found;
    }

    /// Asks what the sessions cost whose heads are on screen.
    pub fn want_sessions<'g>(&mut self, scene: &mut Scene<'_>, groups: impl Iterator<Item = &'g SessionGroup>) {
        for group in groups.filter(|group| group.traces.len() <= CostOfSome::MOST) {
            let Some(id) = &group.id else { continue };
            let slot = scene.loader.ask(&CostOfSome(group.traces.clone()), Lane::Prefetch);
            if let Some(sum) = slot.value() {
                self.sessions.insert(Arc::clone(id), Arc::clone(sum));
            }
        }
    }

    /// The cell of the head of a session; nothing of the traces that belong to none.
    pub fn session_cell(&self, session: Option<&Arc<str>>) -> CellText<'static> {
        let sum = session.and_then(|session| self.sessions.get(session));
        sum.map_or_else(CellText::default, |sum| sum_cell(sum))
    }

    /// The cell of a line.
    pub fn cell(&self, line: TraceHandle) -> CellText<'static> {
        let Some(told) = self.by_trace.get(&line) else { return CellText::default() };
        match told.cost {
            Ok(cost) => {
                let about = if told.is_stored { "as MLflow stored it" } else { cost.certainty.reason() };
                CellText::value(words::cost(cost.usd, cost.certainty.sign())).hover(about)
            }
            Err(UnknownCost::NoPrice) => {
                CellText::unknown().hover(format!("No price is known of {}", told.unpriced.join(", ")))
            }
            Err(why) => CellText::unknown().tone(Tone::Faint).hover(format!("A trace {}", why.words())),
        }
    }
}
