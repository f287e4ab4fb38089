//! What is to be seen first, the two evaluations it is said of, and the fields that part their examples.

use egui::{Label, RichText, Ui};

use super::SlicesMemory;
use super::links::Links;
use super::sides::whole_name;
use crate::analysis::slices::{Parting, SliceField};
use crate::model::EvaluationId;
use crate::query::{BothSides, NoVerdict, Scores, Sides, Slices};
use crate::state::{Action, RunTab};
use crate::views::scene::Scene;
use crate::widgets::chips::Chip;
use crate::widgets::glyphs::Glyph;
use crate::widgets::menu::{MenuEntry, MenuItem, button_menu};
use crate::widgets::section::{card_ui, text_ui};
use crate::widgets::tokens::size::{self, Type};
use crate::widgets::tokens::{Tokens, Tone};
use crate::words;

/// What the head tells of.
pub(super) struct Shown<'a> {
    pub scores: &'a Scores,
    pub both: &'a BothSides,
    /// The slices, once they are known.
    pub found: Option<&'a Slices>,
    /// Why seed and winner cannot be compared.
    pub why: Option<NoVerdict>,
    pub links: &'a Links,
}

pub(super) fn head_ui(ui: &mut Ui, scene: &mut Scene<'_>, memory: &mut SlicesMemory, shown: Shown<'_>) {
    let Shown { scores, both, found, why, links } = shown;
    card_ui(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.spacing_mut().item_spacing.y = 6.0;
        let headline = found.and_then(Slices::headline);
        let worst = found.and_then(Slices::worst);
        if let Some(headline) = &headline {
            ui.horizontal_top(|ui| {
                ui.spacing_mut().item_spacing.x = size::GAP_S;
                match worst {
                    Some(slice) if slice.difference().is_some_and(|it| it < 0.0) => Glyph::Down.show(ui, Tone::Bad),
                    Some(_) => Glyph::Down.show(ui, Tone::Warn),
                    None => Glyph::Check.show(ui, Tone::Good),
                };
                let color = Tokens::of(ui).text1;
                let text = RichText::new(headline).font(Type::BodyStrong.font()).color(color);
                ui.add(Label::new(text).wrap());
            });
        } else if let Some(why) = why {
            text_ui(ui, &format!("{}; one evaluation is shown alone", why.words()), Type::Body, Tone::Muted);
        }
        let n = words::counted(both.scored.len(), "example");
        let of = if both.before.is_some() { format!("{n} that both scored") } else { format!("{n} with a score") };
        let scale = if both.has_scale { "" } else { "; scores in the unit of the examples" };
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.x = size::GAP_S;
            pickers_ui(ui, memory, scores, both.ids.clone());
            super::scores::chooser_ui(ui, scene, scores);
            text_ui(ui, &format!("{of}{scale}"), Type::Small, Tone::Muted);
            if let Some(slice) = worst {
                let worse = words::counted(slice.worse.len(), "example");
                let text = format!("Show the {worse} that got worse");
                if ui.add(Chip::button(&text).glyph(Glyph::Down, Tone::Bad)).clicked() {
                    links.go(scene, &format!("{}, got worse", slice.value.text()), &slice.worse);
                }
            }
        });
        if let Some(found) = found {
            fields_ui(ui, scene, found);
        }
    });
}

/// Which evaluations are looked at: each can be another one. In a layout from left to right.
pub(super) fn pickers_ui(ui: &mut Ui, memory: &mut SlicesMemory, scores: &Scores, now: [Option<EvaluationId>; 2]) {
    if scores.columns.iter().filter(|column| column.scored > 0).count() < 2 {
        return;
    }
    let [before, after] = now;
    let before_now = picker_ui(ui, scores, "Compare with", before.as_ref());
    Glyph::Arrow.show(ui, Tone::Faint);
    let after_now = picker_ui(ui, scores, "Look at", after.as_ref());
    let is_changed = before_now.is_some() || after_now.is_some();
    if let Some(after) = after_now.or(after).filter(|_| is_changed) {
        memory.chosen = Some(match before_now.or(before) {
            Some(before) => Sides::Two { before, after },
            None => Sides::One(after),
        });
    }
    if memory.chosen.is_some() && ui.add(Chip::button("Seed and winner")).clicked() {
        memory.chosen = None;
    }
}

fn picker_ui(ui: &mut Ui, scores: &Scores, what: &str, now: Option<&EvaluationId>) -> Option<EvaluationId> {
    let column = now.and_then(|of| scores.columns.iter().find(|column| column.is(of)));
    let name = column.map_or_else(|| "nothing".to_owned(), whole_name);
    let button = ui.add(Chip::button(&name).glyph(Glyph::FoldOpen, Tone::Muted)).on_hover_text(what);
    let scored: Vec<_> = scores.columns.iter().filter(|column| column.scored > 0).collect();
    let names: Vec<String> = scored.iter().map(|column| whole_name(column)).collect();
    let counts: Vec<String> =
        scored.iter().map(|column| format!("n = {}", words::count(column.scored as u64))).collect();
    let entries: Vec<MenuEntry<'_>> = scored
        .iter()
        .zip(names.iter().zip(&counts))
        .map(|(column, (name, n))| {
            MenuEntry::Item(MenuItem::new(name).shortcut(n).checked(now.is_some_and(|of| column.is(of))))
        })
        .collect();
    let chosen = button_menu(&button, &entries)?;
    scored.get(chosen).map(|column| column.id())
}

fn fields_ui(ui: &mut Ui, scene: &mut Scene<'_>, found: &Slices) {
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = egui::vec2(size::GAP_S, size::GAP_XS);
        text_ui(ui, "By", Type::Small, Tone::Muted);
        if found.fields.is_empty() {
            let text = "nothing: no field has few values that repeat, and no input differs enough in length";
            text_ui(ui, text, Type::Small, Tone::Muted);
        }
        if found.field.is_none() && !found.fields.is_empty() {
            text_ui(ui, "there is no such field; choose one of", Type::Small, Tone::Muted);
        }
        for field in &found.fields {
            let title = field.title();
            let is_shown = found.field.as_ref() == Some(field);
            if ui.add(Chip::toggle(&title, is_shown)).on_hover_text(about(field)).clicked() {
                scene.act(Action::ShowRunTab(RunTab::Slices { field: Some(title) }));
            }
        }
    });
}

/// How a field parts examples.
fn about(field: &SliceField) -> &'static str {
    match field.parting {
        Parting::Values => "By its value",
        Parting::Elements => "By the values of its list: an example counts in each of its slices",
        Parting::Quarters => "By its number, in quarters of about as many examples",
        Parting::Lengths => "Computed: by how many characters it has, in quarters of about as many examples",
    }
}
