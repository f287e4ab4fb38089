//! What a table of results says of its rows: right or wrong, and which trace each example left.

use std::sync::Arc;

use egui::Ui;

use super::grid::Grid;
use crate::loader::{Lane, Slot};
use crate::model::RunId;
use crate::model::result_table::SCORE_COLUMN;
use crate::query::{ResultScores, ResultScoresOf, ResultTraceOf, TraceLink};
use crate::state::{Action, NoticeText, Place};
use crate::views::scene::Scene;
use crate::widgets::chips::Chip;
use crate::widgets::glyphs::Glyph;
use crate::widgets::section::text_ui;
use crate::widgets::table::CellText;
use crate::widgets::tokens::Tone;
use crate::widgets::tokens::size::Type;
use crate::words;

/// The table of results of a run.
pub(super) struct Results<'a> {
    run: &'a RunId,
    /// Which column holds the scores.
    pub column: Option<usize>,
    scores: Option<Arc<Option<ResultScores>>>,
}

impl<'a> Results<'a> {
    /// What is known of the rows of `grid`.
    pub fn ask(scene: &mut Scene<'_>, grid: &Grid, run: &'a RunId) -> Self {
        let slot = scene.loader.ask(&ResultScoresOf(run.clone()), Lane::Visible);
        let scores = slot.value().cloned();
        // A table that was read otherwise has other rows.
        let fits = |scores: &Arc<Option<ResultScores>>| {
            scores.as_ref().as_ref().is_some_and(|known| known.scores.len() == grid.rows() + grid.missing_rows)
        };
        let column = grid.columns.iter().position(|name| name == SCORE_COLUMN);
        Self { run, column, scores: scores.filter(fits) }
    }

    fn scores(&self) -> Option<&ResultScores> {
        self.scores.as_deref().and_then(Option::as_ref)
    }

    /// How many are right, and from which score on.
    pub fn facts_ui(&self, ui: &mut Ui) {
        let Some(scores) = self.scores() else { return };
        let (right, wrong) = scores.counts();
        for (glyph, tone, count, word) in
            [(Glyph::Check, Tone::Good, right, "right"), (Glyph::Cross, Tone::Bad, wrong, "wrong")]
        {
            glyph.show(ui, tone);
            text_ui(ui, &format!("{} {word}", words::count(count as u64)), Type::Small, Tone::Muted);
        }
        if !scores.rule.is_binary {
            let from = words::value(scores.rule.threshold);
            let text = format!("right from {from} on, half of the observed range");
            text_ui(ui, &text, Type::Small, Tone::Faint);
        }
    }

    /// A cell of the column of scores: the figure behind its mark; what else stands there is told below the table.
    pub fn cell(&self, row: usize, column: usize) -> Option<CellText<'static>> {
        let scores = self.scores().filter(|_| self.column == Some(column))?;
        let score = scores.scores.get(row).copied().flatten()?;
        let (glyph, tone) = match scores.is_right(row)? {
            true => (Glyph::Check, Tone::Good),
            false => (Glyph::Cross, Tone::Bad),
        };
        Some(CellText::value(words::value(score)).glyph(glyph, tone))
    }

    fn link(&self, scene: &mut Scene<'_>, row: usize) -> Slot<TraceLink> {
        scene.loader.ask(&ResultTraceOf { run: self.run.clone(), row }, Lane::Selection)
    }

    /// The way from a row to its trace, or why there is none.
    pub fn trace_ui(&self, ui: &mut Ui, scene: &mut Scene<'_>, row: usize) {
        let slot = self.link(scene, row);
        match slot.value().map(|link| (**link).clone()) {
            Some(TraceLink::One(trace)) => {
                let chip = Chip::button("Open its trace").glyph(Glyph::Arrow, Tone::Muted);
                if ui.add(chip).on_hover_text("Enter in the table does the same").clicked() {
                    self.go(scene, trace);
                }
            }
            Some(TraceLink::Unknown(why)) => {
                text_ui(ui, &why.to_string(), Type::Small, Tone::Muted);
            }
            None => {
                if let Some(error) = slot.error() {
                    text_ui(ui, &error.to_string(), Type::Small, Tone::Warn);
                }
            }
        }
    }

    fn go(&self, scene: &mut Scene<'_>, trace: crate::model::TraceId) {
        let experiment = scene.place().experiment().cloned();
        scene.go(Place::of_trace(experiment, Some(self.run.clone()), trace));
    }

    /// Goes to the trace of a row as soon as it is known which it is.
    pub fn open_when_known(&self, scene: &mut Scene<'_>, wanted: &mut Option<usize>) {
        let Some(row) = *wanted else { return };
        let slot = self.link(scene, row);
        let notice = match (slot.value().map(|link| (**link).clone()), slot.error()) {
            (Some(TraceLink::One(trace)), _) => {
                *wanted = None;
                return self.go(scene, trace);
            }
            (Some(TraceLink::Unknown(why)), _) => {
                NoticeText::hint("The trace of this row is not known", why.to_string())
            }
            (None, Some(error)) => NoticeText::failed("The trace of this row could not be read", error.to_string()),
            (None, None) => return,
        };
        *wanted = None;
        scene.act(Action::Notify(notice));
    }
}
