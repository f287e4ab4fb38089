//! Which registered prompts a run or a trace used: chips that lead to the versions.

use egui::Ui;

use super::scene::Scene;
use crate::loader::Lane;
use crate::model::PromptUser;
use crate::query::PromptsUsedBy;
use crate::state::{Place, PromptPlace};
use crate::widgets::chips::Chip;
use crate::widgets::glyphs::Glyph;
use crate::widgets::section::text_ui;
use crate::widgets::tokens::Tone;
use crate::widgets::tokens::size::Type;
use crate::words;

/// No more of them stand in a head; the others are counted.
const MOST: usize = 4;

/// Adds them to the line of a head; nothing where there are none, or while they are not known.
pub(super) fn used_prompts_ui(ui: &mut Ui, scene: &mut Scene<'_>, user: PromptUser) {
    let keeps = scene.loader.state().open.as_ref().is_some_and(|open| open.capabilities.keeps_prompts);
    if !keeps {
        return;
    }
    let slot = scene.loader.ask(&PromptsUsedBy(user), Lane::Visible);
    let Some(used) = slot.value() else { return };
    for one in used.iter().take(MOST) {
        let name = one.used.prompt.to_string();
        let text = format!("Prompt {} version {}", words::one_line(&name, 40), words::count(one.used.version));
        let chip = Chip::button(&text).glyph(Glyph::Arrow, Tone::Muted);
        if ui.add(chip).on_hover_text("Show the prompt that was used, in this version").clicked() {
            scene.go(Place::Prompts(PromptPlace::version(one.used.prompt.clone(), one.used.version)));
        }
    }
    if let Some(more) = used.len().checked_sub(MOST).filter(|more| *more > 0) {
        let rest = used.iter().skip(MOST).map(|one| format!("{} version {}", one.used.prompt, one.used.version));
        let tip = words::ellipsize_graphemes(&rest.collect::<Vec<_>>().join("\n"), 2_000).into_owned();
        let text = format!("and {} more prompts", words::count(more as u64));
        text_ui(ui, &text, Type::Small, Tone::Muted).on_hover_text(tip);
    }
}
