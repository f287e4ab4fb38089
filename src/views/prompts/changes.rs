//! What changed in a version, word by word: against the one before it, or any other.

use std::sync::Arc;

use egui::Ui;

use super::Shown;
use crate::loader::{Lane, Numbered, PreparedPromptChange, PromptChangeOf};
use crate::state::{Action, CompareSettings, PromptTab};
use crate::views::parts::slot_ui;
use crate::views::scene::Scene;
use crate::views::text_change::{self, Card, Look, NOT_IN_FULL, ROW, Side, Sides, TextEvent, TextRow};
use crate::views::wrapped::{Made, Wish, Wrapped};
use crate::widgets::chips::Chip;
use crate::widgets::empty::{empty_ui, skeleton_rows_ui};
use crate::widgets::glyphs::Glyph;
use crate::widgets::menu::{MenuEntry, MenuItem, button_menu};
use crate::widgets::scroll::RowScroll;
use crate::widgets::section::text_ui;
use crate::widgets::tokens::Tone;
use crate::widgets::tokens::size::{self, Type};
use crate::widgets::virtual_rows::VirtualRows;
use crate::words;

/// With less room than this both texts stand in one card.
const SIDE_BY_SIDE: f32 = 760.0;
/// The one card.
const CARD: usize = 0;

/// What the tab remembers.
#[derive(Default)]
pub(super) struct ChangesMemory {
    /// Which change it is.
    of: Option<(u64, Option<u64>)>,
    /// Lines that did not change are shown, too.
    is_whole: bool,
    rows: Wrapped<ChangeRows>,
    scroll: RowScroll,
}

/// The rows of the card.
#[derive(Default)]
struct ChangeRows(Vec<TextRow>);

impl Made for ChangeRows {
    fn bytes(&self) -> usize {
        self.0.iter().map(|row| 64 + row.bytes()).sum()
    }
}

/// How the rows are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Wanted {
    is_folded: bool,
    is_unified: bool,
    shows_space: bool,
}

pub(super) fn changes_ui(
    ui: &mut Ui,
    scene: &mut Scene<'_>,
    memory: &mut ChangesMemory,
    (shown, against): (Shown<'_>, Option<u64>),
) {
    if memory.of != Some((shown.version, against)) {
        memory.of = Some((shown.version, against));
        memory.is_whole = false;
        memory.scroll = RowScroll::default();
        memory.rows.forget();
    }
    let asked = PromptChangeOf { prompt: shown.page.prompt.key.clone(), version: shown.version, against };
    let slot = scene.loader.ask(&asked, Lane::Selection);
    let Some(found) = slot_ui(ui, scene, &slot, "The changes", ROW).cloned() else { return };
    let base = found.as_ref().as_ref().map(|found| found.value.against).or(against);
    head_ui(ui, scene, memory, (shown, base));
    let Some(change) = found.as_ref() else {
        empty_ui(ui, nothing(shown, against), "");
        return;
    };
    let change = &change.value;
    facts_ui(ui, change);
    ui.add_space(size::GAP_S);
    if change.diff.is_same() {
        let text = format!("The same text as version {}", words::count(change.against));
        empty_ui(ui, &text, "");
        return;
    }
    let settings = scene.state.settings.compare;
    let wanted = Wanted {
        is_folded: !settings.shows_all && !memory.is_whole,
        is_unified: ui.available_width() < SIDE_BY_SIDE,
        shows_space: settings.shows_space,
    };
    make_rows(ui, scene, memory, (&found, wanted, shown.version));
    let Some(made) = memory.rows.shown().cloned() else {
        skeleton_rows_ui(ui, 8, ROW);
        return;
    };
    let names = [change.against, shown.version].map(|version| format!("version {}", words::count(version)));
    let [old, new] = &names;
    let look = Look { sides: Sides::Both { old, new }, is_unified: wanted.is_unified, caption_left: 0.0 };
    let mut event = None;
    let list = VirtualRows::new("prompt changes", made.0.len(), ROW).label("Changes");
    list.show(ui, &mut memory.scroll, |ui, row| {
        if let Some(done) = made.0.get(row.index).and_then(|one| text_change::row_ui(ui, row, one, &look)) {
            event = Some(done);
        }
    });
    match event {
        Some(TextEvent::ShowWhole(_)) => memory.is_whole = true,
        Some(TextEvent::CopyText(_, side)) => scene.act(Action::Copy(match side {
            Side::Old => change.diff.old(),
            Side::New => change.diff.new_text(),
        })),
        None => {}
    }
}

/// Why nothing is compared.
fn nothing(shown: Shown<'_>, against: Option<u64>) -> &'static str {
    let says = |version: u64| shown.page.version(version).is_some_and(|one| one.content.is_some());
    match against {
        _ if !says(shown.version) => "Nothing is known of what this version says",
        None => "There is no version before this one",
        Some(_) => "Nothing is known of what the other version says",
    }
}

/// With which version it is compared, and how it is shown.
fn head_ui(ui: &mut Ui, scene: &mut Scene<'_>, memory: &mut ChangesMemory, (shown, base): (Shown<'_>, Option<u64>)) {
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = egui::vec2(size::GAP_S, size::GAP_XS);
        text_ui(ui, "Compared with", Type::Small, Tone::Muted);
        let choices: Vec<u64> = (shown.page.versions.iter().rev())
            .filter(|one| one.content.is_some() && one.version != shown.version)
            .map(|one| one.version)
            .collect();
        let called = base.map_or_else(|| "no version".to_owned(), |base| format!("version {}", words::count(base)));
        let response = ui.add(Chip::button(&called).glyph(Glyph::FoldOpen, Tone::Muted));
        let response = response.on_hover_text("Choose the version that it is compared with");
        let names: Vec<String> = choices
            .iter()
            .map(|version| {
                let aliases: Vec<String> =
                    shown.page.prompt.aliases_of(*version).map(|alias| format!(" @{alias}")).collect();
                format!("Version {}{}", words::count(*version), aliases.concat())
            })
            .collect();
        let entries: Vec<MenuEntry<'_>> = names
            .iter()
            .zip(&choices)
            .map(|(name, version)| MenuEntry::Item(MenuItem::new(name).checked(Some(*version) == base)))
            .collect();
        if let Some(version) = button_menu(&response, &entries).and_then(|chosen| choices.get(chosen)) {
            let tab = PromptTab::Changes { against: Some(*version) };
            scene.act(Action::ShowPrompt(Some(shown.version), tab));
        }
        let settings = scene.state.settings.compare;
        let tip = "Lines that did not change are left out";
        if ui.add(Chip::toggle("Differences only", !settings.shows_all)).on_hover_text(tip).clicked() {
            scene.act(Action::ArrangeCompare(CompareSettings { shows_all: !settings.shows_all, ..settings }));
            memory.is_whole = false;
        }
        if ui.add(Chip::toggle("Show spaces", settings.shows_space)).clicked() {
            scene.act(Action::ArrangeCompare(CompareSettings { shows_space: !settings.shows_space, ..settings }));
        }
    });
}

/// What changed beside the text, and what of it was not compared.
fn facts_ui(ui: &mut Ui, change: &PreparedPromptChange) {
    for what in &change.others {
        text_ui(ui, &format!("The {what} changed, too; it stands below the text"), Type::Small, Tone::Warn);
    }
    if !change.diff.is_complete() {
        text_ui(ui, NOT_IN_FULL, Type::Small, Tone::Warn);
    }
}

/// Makes the rows on a worker; what was shown stays until they are there.
fn make_rows(
    ui: &Ui,
    scene: &mut Scene<'_>,
    memory: &mut ChangesMemory,
    (found, wanted, version): (&Arc<Option<Numbered<PreparedPromptChange>>>, Wanted, u64),
) {
    let Some(id) = found.as_ref().as_ref().map(|found| found.id) else { return };
    let found = Arc::clone(found);
    memory.rows.make(ui, scene.loader, Wish::new("changes in a prompt", id, wanted), move |wanted, paper| {
        let Some(found) = found.as_ref() else { return ChangeRows::default() };
        let names = [found.value.against, version].map(|version| format!("version {version}"));
        let card = Card {
            card: CARD,
            diff: &found.value.diff,
            whose: [&names[0], &names[1]],
            is_folded: wanted.is_folded,
            is_unified: wanted.is_unified,
            shows_space: wanted.shows_space,
            paper,
        };
        ChangeRows(card.rows())
    });
}
