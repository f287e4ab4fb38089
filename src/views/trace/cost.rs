//! What a trace cost, in a chip.

use egui::Ui;

use crate::analysis::cost::UnknownCost;
use crate::loader::{Lane, TraceTree};
use crate::query::TraceFiguresOf;
use crate::views::costs::about_trace;
use crate::views::scene::Scene;
use crate::widgets::chips::Chip;
use crate::words;

/// The cost, with the models that it is of; nothing of a trace that tells no usage.
pub(super) fn cost_ui(ui: &mut Ui, scene: &mut Scene<'_>, tree: &TraceTree) {
    let figures = scene.loader.ask(&TraceFiguresOf(tree.head.row.id.clone()), Lane::Visible);
    let Some(cost) = figures.value().and_then(|figures| figures.cost.as_ref()) else { return };
    match cost.cost {
        Ok(known) => {
            let text = words::cost(known.usd, known.certainty.sign());
            ui.add(Chip::new(&text)).on_hover_text(about_trace(cost).join("\n"));
        }
        Err(UnknownCost::NoPrice | UnknownCost::NoModel) => {
            ui.add(Chip::new("cost unknown")).on_hover_text(about_trace(cost).join("\n"));
        }
        Err(UnknownCost::LikelyCached | UnknownCost::NoUsage) => {}
    }
}
