//! Examples by the value of a field, by what failed, by their scores: where the winner gained, and where it lost.

mod classes;
mod failures;
mod head;
mod links;
mod rows;
mod scores;
mod sides;
mod spread;
mod table;

use egui::{ScrollArea, Ui};

use super::parts::slot_ui;
use super::scene::Scene;
use super::scores_of::evaluated;
use crate::loader::{Lane, RunPage};
use crate::model::RunId;
use crate::query::{BothSidesOf, Evaluated, FailuresOf, ScoresOf, Sides, SliceBy, SlicesOf};
use crate::widgets::section::{card_ui, text_ui};
use crate::widgets::table::TableState;
use crate::widgets::tokens::Tone;
use crate::widgets::tokens::size::{self, Type};
use links::Links;
use sides::SideNames;
use spread::SpreadMemory;

/// What the tab remembers.
#[derive(Default)]
pub(super) struct SlicesMemory {
    /// Of which optimization, or evaluation.
    of: Option<RunId>,
    /// Which evaluations were chosen; `None` for the usual ones.
    chosen: Option<Sides>,
    table: ListMemory,
    classes: ListMemory,
    failures: failures::FailuresMemory,
    spread: SpreadMemory,
}

/// What a table remembers, and the row that the keyboard stands on.
#[derive(Default)]
struct ListMemory {
    table: TableState,
    cursor: Option<usize>,
    /// How high the cards above it are, so that both are equally high.
    height: f32,
}

/// From this width two cards stand beside each other.
const TWO_COLUMNS: f32 = 820.0;

pub(super) fn slices_ui(
    ui: &mut Ui,
    scene: &mut Scene<'_>,
    memory: &mut SlicesMemory,
    page: &RunPage,
    field: Option<&str>,
) {
    let run = &page.run.id;
    if memory.of.as_ref() != Some(run) {
        *memory = SlicesMemory { of: Some(run.clone()), ..SlicesMemory::default() };
    }
    let of = evaluated(page);
    let score = scene.state.page().matrix.score.clone();
    let slot = scene.loader.ask(&ScoresOf { of: of.clone(), score: score.clone() }, Lane::Selection);
    let Some(scores) = slot_ui(ui, scene, &slot, "The examples", size::TABLE_ROW).cloned() else { return };
    let Some(scores) = scores.as_ref() else { return };
    let both_of = |sides: Sides| BothSidesOf { of: of.clone(), sides, score: score.clone() };
    let usual = scene.loader.ask(&both_of(Sides::SeedAndWinner), Lane::Selection);
    let Some(usual) = slot_ui(ui, scene, &usual, "The scores", size::TABLE_ROW).cloned() else { return };
    // A plain evaluation is alone anyway.
    let is_plain = matches!(of, Evaluated::Runs(_));
    let why = usual.as_ref().as_ref().and_then(|answer| answer.as_ref().err().copied());
    // Where seed and winner cannot be compared, one evaluation is shown alone.
    let sides = match (&memory.chosen, why) {
        (Some(chosen), _) => chosen.clone(),
        (None, None) => Sides::SeedAndWinner,
        (None, Some(_)) => match sides::best_alone(scores) {
            Some(best) => Sides::One(best),
            None => return scores::nothing_ui(ui, scene, scores),
        },
    };
    let slot = scene.loader.ask(&both_of(sides.clone()), Lane::Selection);
    let Some(both) = slot_ui(ui, scene, &slot, "The scores", size::TABLE_ROW).cloned() else { return };
    let by = field.map_or(SliceBy::Usual, |field| SliceBy::Field(field.to_owned()));
    let slot =
        scene.loader.ask(&SlicesOf { of: of.clone(), sides: sides.clone(), by, score: score.clone() }, Lane::Selection);
    let found = slot.value().cloned();
    let failed =
        scene.loader.ask(&FailuresOf { of: of.clone(), sides: sides.clone(), score: score.clone() }, Lane::Visible);
    ScrollArea::vertical().id_salt("slices").auto_shrink(false).show(ui, |ui| {
        let known = &both;
        let Some(Ok(both)) = known.as_ref() else {
            let sentence = "These two evaluations scored no example that both have";
            ui.horizontal_wrapped(|ui| {
                head::pickers_ui(ui, memory, scores, sides::chosen_ids(&sides));
                scores::chooser_ui(ui, scene, scores);
            });
            ui.add_space(size::GAP_S);
            text_ui(ui, sentence, Type::Body, Tone::Neutral);
            return;
        };
        let names = SideNames::of(scores, both, &sides);
        let links = Links { of: both.ids[1].clone() };
        let answer = found.as_ref().and_then(|answer| answer.as_ref().as_ref()?.as_ref().ok());
        head::head_ui(
            ui,
            scene,
            memory,
            head::Shown { scores, both, found: answer, why: why.filter(|_| !is_plain), links: &links },
        );
        ui.add_space(size::GAP_S);
        if let Some(found) = answer {
            if found.field.is_some() {
                table::card(ui, scene, &mut memory.table, table::Shown { found, names: &names, links: &links });
                ui.add_space(size::GAP_S);
            }
            if let Some(confusion) = &found.confusion {
                classes::card(
                    ui,
                    scene,
                    &mut memory.classes,
                    classes::Shown { found, confusion, names: &names, links: &links },
                );
                ui.add_space(size::GAP_S);
            }
        } else {
            let _ = slot_ui(ui, scene, &slot, "The slices", size::TABLE_ROW);
            ui.add_space(size::GAP_S);
        }
        let failures = failed.value().and_then(|answer| answer.as_ref().as_ref()?.as_ref().ok());
        match failures {
            Some(found) => {
                failures::card(ui, scene, &mut memory.failures, failures::Shown { found, names: &names, links: &links })
            }
            None => {
                let _ = slot_ui(ui, scene, &failed, "The failures", size::TABLE_ROW);
            }
        }
        ui.add_space(size::GAP_S);
        memory.spread.update(known);
        spread::cards(ui, scene, &mut memory.spread, spread::Shown { both, scores, names: &names, links: &links });
        ui.add_space(size::GAP_L);
    });
}

/// Cards beside each other where there is room, equally high, else below each other. `height` is kept by the caller: what
/// the higher one needed last.
fn beside(ui: &mut Ui, height: &mut f32, add: [&mut dyn FnMut(&mut Ui); 2]) {
    let width = ui.available_width();
    let is_beside = width >= TWO_COLUMNS;
    let least = if is_beside { *height } else { 0.0 };
    let mut needed = 0.0_f32;
    let mut card = |ui: &mut Ui, add: &mut dyn FnMut(&mut Ui)| {
        card_ui(ui, |ui| {
            ui.set_width(ui.available_width());
            add(ui);
            let own = ui.min_rect().height();
            needed = needed.max(own);
            ui.add_space((least - own).max(0.0));
        });
    };
    let [first, second] = add;
    if !is_beside {
        card(ui, first);
        ui.add_space(size::GAP_S);
        card(ui, second);
        return;
    }
    let half = (width - size::GAP_M) / 2.0;
    let top = ui.available_rect_before_wrap().min;
    let mut bottom = top.y;
    for (at, add) in [first, second].into_iter().enumerate() {
        let left = top + egui::vec2(at as f32 * (half + size::GAP_M), 0.0);
        let rect = egui::Rect::from_min_size(left, egui::vec2(half, f32::INFINITY));
        let mut inner = ui.new_child(egui::UiBuilder::new().id_salt(("beside", at)).max_rect(rect));
        card(&mut inner, add);
        bottom = bottom.max(inner.min_rect().bottom());
    }
    if needed != *height {
        *height = needed;
        ui.ctx().request_repaint();
    }
    ui.advance_cursor_after_rect(egui::Rect::from_min_max(top, egui::pos2(top.x + width, bottom)));
}
