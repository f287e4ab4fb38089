//! What a trace cost, in a chip.

use egui::Ui;

use crate::analysis::cost::{TraceCost, UnknownCost};
use crate::loader::{Lane, TraceTree};
use crate::query::TraceFiguresOf;
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
            ui.add(Chip::new(&text)).on_hover_text(about(cost).join("\n"));
        }
        Err(UnknownCost::NoPrice | UnknownCost::NoModel) => {
            ui.add(Chip::new("cost unknown")).on_hover_text(about(cost).join("\n"));
        }
        Err(UnknownCost::LikelyCached | UnknownCost::NoUsage) => {}
    }
}

/// How it came about, on lines.
fn about(cost: &TraceCost) -> Vec<String> {
    let mut lines: Vec<String> = cost
        .shares
        .iter()
        .map(|share| {
            let model = words::one_line(share.model.as_deref().unwrap_or("model unknown"), 80);
            let usd = share.cost.map_or("cost unknown".to_owned(), |cost| words::cost(cost.usd, cost.certainty.sign()));
            let tokens = |tokens: Option<u64>| tokens.map_or_else(|| words::UNKNOWN.to_owned(), words::count);
            format!("{model}: {} in, {} out, {usd}", tokens(share.input), tokens(share.output))
        })
        .collect();
    match cost.cost {
        Ok(_) if cost.is_stored => lines.push("As MLflow stored it; no price is known".to_owned()),
        Ok(known) if !known.certainty.reason().is_empty() => lines.push(known.certainty.reason().to_owned()),
        Ok(_) => {}
        Err(_) if !cost.unpriced.is_empty() => {
            lines.push(format!("No price is known of {}", cost.unpriced.join(", ")));
            lines.push("A file of your own can tell it: see dspyglass prices --help".to_owned());
        }
        Err(why) => lines.push(format!("A trace {}", why.words())),
    }
    lines
}
