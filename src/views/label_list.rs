//! The traces that the user labelled, chosen in a list of traces.

use egui::Ui;

use super::scene::Scene;
use crate::loader::Lane;
use crate::model::{Judgement, LabelOf};
use crate::query::{Labelled, LabelledOf, TraceFilter};
use crate::widgets::chips::Chip;
use crate::widgets::glyphs::Glyph;
use crate::widgets::menu::{MenuEntry, MenuItem, button_menu};
use crate::widgets::tokens::Tone;
use crate::words;

/// A filter names no more traces than these, the ones that were labelled last.
const MOST: usize = 200;

/// Which of them.
type Which = (&'static str, fn(&Labelled) -> bool);

const CHOICES: [Which; 5] = [
    ("Labelled as right", |one| one.label.judgement == Some(Judgement::Right)),
    ("Labelled as wrong", |one| one.label.judgement == Some(Judgement::Wrong)),
    ("With a note", |one| !one.label.note.is_empty()),
    ("Corrected", |one| one.label.corrected.is_some()),
    ("Otherwise than the metric", |one| one.disagrees == Some(true)),
];

/// The button with the choices, if anything is labelled in this store; the filter of the one that was chosen.
pub fn label_list_ui(ui: &mut Ui, scene: &mut Scene<'_>) -> Option<String> {
    let (labels, version) = scene.loader.labels().filter(|(labels, _)| !labels.is_empty())?;
    let slot = scene.loader.ask(&LabelledOf { version }, Lane::Prefetch);
    let all = slot.value()?;
    let of = |is: fn(&Labelled) -> bool| -> Vec<&Labelled> {
        all.iter().filter(|one| one.row.is_some() && is(one)).take(MOST).collect()
    };
    let found: Vec<(&str, Vec<&Labelled>)> = CHOICES.iter().map(|(text, is)| (*text, of(*is))).collect();
    let disagreeing = found.last().map_or(0, |(_, of)| of.len());
    let chip = Chip::button("Labels").glyph(Glyph::FoldOpen, Tone::Faint);
    let note = format!("{} otherwise than the metric", words::count(disagreeing as u64));
    let chip = if disagreeing > 0 { chip.note(&note) } else { chip };
    let button = ui.add(chip);
    let texts: Vec<(String, usize)> =
        found.iter().map(|(text, of)| (format!("{text} · {}", words::count(of.len() as u64)), of.len())).collect();
    let entries: Vec<MenuEntry<'_>> =
        texts.iter().map(|(text, count)| MenuEntry::Item(MenuItem::new(text).enabled(*count > 0))).collect();
    let chosen = button_menu(&button, &entries);
    button
        .on_hover_text(format!("{} of yours, kept in your data folder", words::counted(labels.len() as u64, "label")));
    let (_, chosen) = found.get(chosen?)?;
    let ids = chosen.iter().filter_map(|one| match &one.what {
        LabelOf::Trace(id) => Some(id),
        LabelOf::Example(_) => None,
    });
    Some(TraceFilter::text_of_ids(ids))
}
