//! The run that the pointer stands on, in the list of runs or in a chart: each marks it in the other.

use egui::Context;

use crate::widgets::charts::{Marked, Series};
use crate::widgets::tokens::Tone;

/// Where the pointer stands, by the tone that a run alone has.
#[derive(Debug, Default)]
pub(super) struct Pointed {
    /// What was found in the last frame: in the list, and in a chart.
    last: [Option<Tone>; 2],
    now: [Option<Tone>; 2],
}

impl Pointed {
    /// A frame begins.
    pub fn begin(&mut self) {
        self.now = [None; 2];
    }

    /// The pointer stands on this run in the list.
    pub fn in_list(&mut self, tone: Tone) {
        self.now[0] = Some(tone);
    }

    /// The pointer stands on a point of this run in a chart.
    pub fn in_chart(&mut self, tone: Tone) {
        self.now[1] = Some(tone);
    }

    /// What was drawn before it was known is drawn again.
    pub fn end(&mut self, ctx: &Context) {
        if self.last != self.now {
            self.last = self.now;
            ctx.request_repaint();
        }
    }

    /// Whether this run is to be marked in the list.
    pub fn marks(&self, tone: Tone) -> bool {
        self.last[1] == Some(tone)
    }

    /// The lines of a chart in which the run of the list is told from the others, with rings around its points if they
    /// are few; `None` if all stay as they are.
    pub fn told_apart(&self, series: &[Series]) -> Option<(Vec<Series>, Vec<Marked>)> {
        let tone = self.last[0].filter(|tone| series.iter().any(|one| one.tone_of() == *tone))?;
        let is_it = |one: &Series| one.tone_of() == tone;
        let apart = series.iter().map(|one| if is_it(one) { one.clone() } else { one.clone().faint() }).collect();
        let few = series.iter().filter(|one| is_it(one) && one.points().len() <= FEW && !one.is_faint());
        let marked = few.flat_map(|one| one.points()).map(|point| Marked { at: [point.x, point.y], tone }).collect();
        Some((apart, marked))
    }
}

/// So many points have rings.
const FEW: usize = 3;
