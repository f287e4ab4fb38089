//! The demos of a prompt: folded, each one click away.

use egui::Ui;

use super::{Drawing, pieces};
use crate::loader::{ChatCard, Lane};
use crate::query::PromptDemosOf;
use crate::query::chat::CallOf;
use crate::state::{Action, Place, RunTab};
use crate::views::demos::{DEMOS, demo_key};
use crate::views::parts::link;
use crate::views::scene::Scene;
use crate::widgets::section::text_ui;
use crate::widgets::tokens::Tone;
use crate::widgets::tokens::size::{self, Type};

/// Draws the card of the demos, which is the `at`-th of the chat.
pub(super) fn demos_ui(ui: &mut Ui, scene: &mut Scene<'_>, drawing: &mut Drawing<'_>, (at, card): (usize, &ChatCard)) {
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.y = 2.0;
        for (number, demo) in card.demos.iter().enumerate() {
            let title = format!("demo {}", demo.number);
            ui.push_id(("demo", number), |ui| pieces::fold_ui(ui, drawing, (at, number), (&title, &demo.about)));
        }
    });
    for (number, demo) in card.demos.iter().enumerate() {
        if !drawing.memory.open.contains(&(at, number)) {
            continue;
        }
        ui.add_space(size::GAP_XS);
        ui.horizontal(|ui| {
            ui.spacing_mut().interact_size.y = size::LINE;
            text_ui(ui, &format!("demo {}", demo.number), Type::Small, Tone::Violet);
            ui.push_id(("program", number), |ui| program_ui(ui, scene, drawing, number));
        });
        pieces::pieces_ui(ui, scene, drawing, (at, pieces::below(number)), &demo.pieces);
    }
}

/// Leads to the demo in the program that the trace ran, where it is one of that program's.
fn program_ui(ui: &mut Ui, scene: &mut Scene<'_>, drawing: &Drawing<'_>, number: usize) {
    let (trace, span) = drawing.one.key();
    let slot = scene.loader.ask(&PromptDemosOf(CallOf { trace, span }), Lane::Visible);
    let Some(found) = slot.value().and_then(|found| found.as_ref().as_ref()) else { return };
    let Some(place) = found.places.get(number).copied().flatten() else { return };
    let tip = format!("Demo {} of {} in the program that this trace ran", place + 1, found.predictor);
    if link(ui, "In the program", Type::Small, Tone::Accent).on_hover_text(tip).clicked() {
        let experiment = scene.place().experiment().cloned();
        let tab = RunTab::Program { predictor: Some(found.predictor.clone()) };
        scene.act(Action::Go(Place::Run { experiment, run: found.run.clone(), tab: Some(tab) }));
        scene.act(Action::Selected(DEMOS, demo_key(&found.predictor, place)));
    }
}
