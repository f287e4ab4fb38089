//! The prompts of the registry: all of them in a table; of one its versions, and of a version what it says, what changed
//! in it and who used it.

mod changes;
mod head;
mod list;
mod uses;
mod versions;

use egui::Ui;

use super::body::Body;
use super::body::text::{Face, TextMemory, searched_text_ui};
use super::parts::{place_frame, slot_ui};
use super::scene::Scene;
use crate::loader::{Lane, PromptTextOf};
use crate::model::PromptKey;
use crate::query::{PromptPage, PromptPageOf};
use crate::state::{Action, PromptPlace, PromptTab};
use crate::widgets::empty::empty_ui;
use crate::widgets::section::text_ui;
use crate::widgets::tabs;
use crate::widgets::tokens::Tone;
use crate::widgets::tokens::size::{self, Type};
use crate::words;
use changes::ChangesMemory;
use list::ListMemory;
use uses::UsesMemory;
use versions::VersionsMemory;

/// What the place remembers.
#[derive(Default)]
pub(super) struct PromptsMemory {
    of: Option<PromptKey>,
    list: ListMemory,
    versions: VersionsMemory,
    text: TextMemory,
    changes: ChangesMemory,
    uses: UsesMemory,
}

impl PromptsMemory {
    /// The table on screen gets the keyboard.
    pub fn focus_rows(&mut self, place: &PromptPlace) {
        match place.prompt {
            None => self.list.wants_focus = true,
            Some(_) => self.versions.wants_focus = true,
        }
    }

    /// Goes to the next or the previous row of the table on screen.
    pub fn step(&mut self, place: &PromptPlace, is_forward: bool) {
        match place.prompt {
            None => self.list.step = Some(is_forward),
            Some(_) => self.versions.step = Some(is_forward),
        }
    }
}

/// Who is looked at: a prompt, and one of its versions.
#[derive(Clone, Copy)]
struct Shown<'a> {
    page: &'a PromptPage,
    version: u64,
    tab: PromptTab,
}

impl Shown<'_> {
    /// Shows another version, and the same of it.
    fn go_to(self, scene: &mut Scene<'_>, version: u64) {
        let tab = match self.tab {
            PromptTab::Changes { .. } => PromptTab::Changes { against: None },
            tab => tab,
        };
        scene.act(Action::ShowPrompt(Some(version), tab));
    }
}

pub(super) fn prompts_ui(ui: &mut Ui, scene: &mut Scene<'_>, memory: &mut PromptsMemory, place: &PromptPlace) {
    place_frame().show(ui, |ui| match &place.prompt {
        None => list::list_ui(ui, scene, &mut memory.list),
        Some(prompt) => prompt_ui(ui, scene, memory, (prompt, place)),
    });
}

fn prompt_ui(
    ui: &mut Ui,
    scene: &mut Scene<'_>,
    memory: &mut PromptsMemory,
    (prompt, place): (&PromptKey, &PromptPlace),
) {
    if memory.of.as_ref() != Some(prompt) {
        let list = std::mem::take(&mut memory.list);
        *memory = PromptsMemory { of: Some(prompt.clone()), list, ..PromptsMemory::default() };
    }
    let slot = scene.loader.ask(&PromptPageOf(prompt.clone()), Lane::Selection);
    let Some(found) = slot_ui(ui, scene, &slot, "The prompt", size::TABLE_ROW).cloned() else { return };
    let Some(page) = found.as_ref() else {
        empty_ui(ui, &format!("This store has no prompt {prompt}; it may have been deleted"), "");
        return;
    };
    let latest = page.prompt.latest().or_else(|| page.versions.last().map(|one| one.version));
    let Some(version) = place.version.or(latest) else {
        head::head_ui(ui, scene, page);
        empty_ui(ui, "It has no versions", "");
        return;
    };
    let shown = Shown { page, version, tab: place.tab };
    head::head_ui(ui, scene, page);
    versions::versions_ui(ui, scene, &mut memory.versions, shown);
    ui.add_space(size::GAP_S);
    let Some(told) = page.version(version) else {
        let text = format!("It has no version {}; it may have been deleted for good", words::count(version));
        text_ui(ui, &text, Type::Body, Tone::Neutral);
        return;
    };
    head::version_ui(ui, scene, shown, told);
    tabs_ui(ui, scene, shown);
    ui.add_space(size::GAP_S);
    match place.tab {
        PromptTab::Text => version_text_ui(ui, scene, &mut memory.text, shown),
        PromptTab::Changes { against } => changes::changes_ui(ui, scene, &mut memory.changes, (shown, against)),
        PromptTab::Uses => uses::uses_ui(ui, scene, &mut memory.uses, shown),
    }
}

/// The row of tabs of a version.
fn tabs_ui(ui: &mut Ui, scene: &mut Scene<'_>, shown: Shown<'_>) {
    let uses = uses::ask(scene, &shown.page.prompt.key);
    let uses =
        uses.map(|uses| words::count(uses.counts(shown.version).iter().sum::<usize>() as u64)).unwrap_or_default();
    let titles: Vec<tabs::Tab<'_>> = PromptTab::ALL
        .iter()
        .map(|tab| match tab {
            PromptTab::Uses => tabs::Tab::new(tab.title()).count(&uses),
            PromptTab::Text | PromptTab::Changes { .. } => tabs::Tab::new(tab.title()),
        })
        .collect();
    let selected = PromptTab::ALL.iter().position(|tab| tab.is_same_tab(&shown.tab)).unwrap_or(0);
    if let Some(chosen) = tabs::show(ui, "prompt tabs", "Version", &titles, selected)
        && let Some(tab) = PromptTab::ALL.get(chosen)
    {
        scene.act(Action::ShowPrompt(Some(shown.version), *tab));
    }
}

/// What a version says.
fn version_text_ui(ui: &mut Ui, scene: &mut Scene<'_>, memory: &mut TextMemory, shown: Shown<'_>) {
    let asked = PromptTextOf { prompt: shown.page.prompt.key.clone(), version: shown.version };
    let slot = scene.loader.ask(&asked, Lane::Selection);
    let Some(found) = slot_ui(ui, scene, &slot, "The text", size::LINE).cloned() else { return };
    match found.as_ref() {
        Some(prepared) => {
            if prepared.is_broken {
                let text = "It is said to be a chat, but what is stored is no list of messages";
                text_ui(ui, text, Type::Small, Tone::Warn);
            }
            let body = Body { id: "prompt text", label: "text of the prompt", text: &prepared.text };
            searched_text_ui(ui, scene, memory, body, Face::Prose);
        }
        None if shown.page.version(shown.version).is_some_and(|one| one.is_deleted) => {
            empty_ui(ui, "This version was deleted; MLflow does not show its text either", "");
        }
        None => {
            empty_ui(ui, "No text was stored with this version", "");
        }
    }
}
