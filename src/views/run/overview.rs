//! A run's facts, params, tags, datasets and models.

use egui::{ScrollArea, Ui};

use super::rows::{self, Line};
use crate::loader::RunPage;
use crate::state::Action;
use crate::views::scene::Scene;
use crate::widgets::chips::Chip;
use crate::widgets::key_value::{self, KeyValue};
use crate::widgets::section::{card_heading_ui, card_ui, text_ui};
use crate::widgets::tokens::Tone;
use crate::widgets::tokens::size::{self, Type};

/// At this width the cards stand in two columns.
const TWO_COLUMNS: f32 = 760.0;

pub(super) fn overview_ui(ui: &mut Ui, scene: &mut Scene<'_>, page: &RunPage) {
    let clock = scene.clock;
    let (tags, own_tags) = rows::split_tags(&page.values.tags);
    let mut left: Vec<(&str, Vec<Line>, &str)> =
        vec![("Params", rows::entries(&page.values.params), "No params were logged")];
    let mut right: Vec<(&str, Vec<Line>, &str)> = vec![("Run", rows::facts(&page.run, clock), "")];
    right.push(("Tags", tags, "No tags were set"));
    for input in &page.datasets {
        left.push(("Dataset", rows::dataset(input), ""));
    }
    left.push(("Logged models", rows::models(&page.models, clock), ""));
    right.push(("MLflow's own tags", own_tags, ""));
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        if ui.available_width() >= TWO_COLUMNS {
            ui.spacing_mut().item_spacing.x = size::GAP_M;
            ui.columns(2, |columns| {
                cards_ui(&mut columns[0], scene, &left, 0);
                cards_ui(&mut columns[1], scene, &right, 1);
            });
        } else {
            cards_ui(ui, scene, &right, 1);
            cards_ui(ui, scene, &left, 0);
        }
        ui.add_space(size::GAP_L);
    });
}

fn cards_ui(ui: &mut Ui, scene: &mut Scene<'_>, cards: &[(&str, Vec<Line>, &str)], column: usize) {
    for (index, (title, lines, empty)) in cards.iter().enumerate() {
        if lines.is_empty() && empty.is_empty() {
            continue;
        }
        card_ui(ui, |ui| {
            ui.set_width(ui.available_width());
            ui.horizontal(|ui| {
                card_heading_ui(ui, title);
                if lines.iter().any(|line| line.is_masked) || scene.state.is_revealed {
                    reveal_ui(ui, scene);
                }
            });
            if lines.is_empty() {
                text_ui(ui, empty, Type::Small, Tone::Muted);
                return;
            }
            let shown: Vec<KeyValue<'_>> = lines
                .iter()
                .map(|line| {
                    let row = KeyValue::new(&line.key, &line.value);
                    if line.is_masked { row.tone(Tone::Warn) } else { row }
                })
                .collect();
            if let Some(clicked) = key_value::show(ui, ("overview", column, index), &shown) {
                scene.act(Action::Copy(lines[clicked].value.clone()));
            }
        });
        ui.add_space(size::GAP_M);
    }
}

/// Shows or masks secrets: an explicit wish, and visible as long as it holds.
pub(in crate::views) fn reveal_ui(ui: &mut Ui, scene: &mut Scene<'_>) {
    let is_revealed = scene.state.is_revealed;
    let text = if is_revealed { "Mask secrets" } else { "Reveal secrets" };
    if ui.add(Chip::button(text)).on_hover_text("Masked values look like secrets").clicked() {
        scene.act(Action::Reveal(!is_revealed));
    }
}
