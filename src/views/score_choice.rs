//! Which of several scores of the examples is looked at, for the whole page of a run.

use egui::Ui;

use crate::state::MatrixChoice;
use crate::widgets::chips::Chip;
use crate::widgets::glyphs::Glyph;
use crate::widgets::menu::{MenuEntry, MenuItem, button_menu};
use crate::widgets::tokens::Tone;
use crate::words;

/// No more of a name is written on a button.
const NAME_MOST: usize = 28;

/// The choice, where there is one.
pub(super) fn score_choice_ui(ui: &mut Ui, names: &[String], choice: &mut MatrixChoice) {
    if names.is_empty() {
        return;
    }
    let shown = choice.score.as_deref().map_or("Own score".into(), |name| words::one_line(name, NAME_MOST));
    let text = format!("Score: {shown}");
    let button = ui.add(Chip::button(&text).glyph(Glyph::FoldOpen, Tone::Faint));
    let button = button.on_hover_text("Which of the scores of an example");
    let own = MenuItem::new("The one of the evaluation").checked(choice.score.is_none());
    let mut entries = vec![MenuEntry::Item(own), MenuEntry::Rule];
    let is_on = |name: &String| choice.score.as_ref() == Some(name);
    entries.extend(names.iter().map(|name| MenuEntry::Item(MenuItem::new(name).checked(is_on(name)))));
    match button_menu(&button, &entries) {
        Some(0) => choose(choice, None),
        Some(entry) => {
            if let Some(name) = entry.checked_sub(2).and_then(|at| names.get(at)) {
                choose(choice, Some(name.clone()));
            }
        }
        None => {}
    }
}

/// Another score lies on another scale.
pub(super) fn choose(choice: &mut MatrixChoice, score: Option<String>) {
    choice.score = score;
    choice.settings.threshold = None;
}
