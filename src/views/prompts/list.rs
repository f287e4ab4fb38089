//! All prompts in a table.

use egui::Ui;

use crate::loader::Lane;
use crate::model::RegisteredPrompt;
use crate::query::RegisteredPrompts;
use crate::state::{Place, PromptPlace};
use crate::views::parts::slot_ui;
use crate::views::scene::Scene;
use crate::views::scroll::NotedScroll;
use crate::views::step::stepped;
use crate::views::time::moment_short;
use crate::widgets::empty::empty_ui;
use crate::widgets::section::{text_ui, title_ui};
use crate::widgets::table::{CellText, Column, Table, TableState};
use crate::widgets::tokens::Tone;
use crate::widgets::tokens::size::{self, Type};
use crate::words;

const LIST: &str = "prompts";

/// What the table remembers.
#[derive(Default)]
pub(super) struct ListMemory {
    table: TableState,
    scroll: NotedScroll,
    cursor: Option<usize>,
    /// The rows are to get the keyboard.
    pub wants_focus: bool,
    /// The next row (true) or the previous one is wanted.
    pub step: Option<bool>,
}

pub(super) fn list_ui(ui: &mut Ui, scene: &mut Scene<'_>, memory: &mut ListMemory) {
    let slot = scene.loader.ask(&RegisteredPrompts, Lane::Selection);
    let Some(prompts) = slot_ui(ui, scene, &slot, "The prompts", size::TABLE_ROW).cloned() else { return };
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = size::GAP_S;
        title_ui(ui, "Prompts");
        text_ui(ui, &words::counted(prompts.len(), "registered prompt"), Type::Small, Tone::Muted);
    });
    ui.add_space(size::GAP_S);
    if prompts.is_empty() {
        let text = "No prompts are registered in this store; mlflow.genai.register_prompt writes them";
        empty_ui(ui, text, "");
        return;
    }
    let columns = columns(&prompts);
    let (shows, columns): (Vec<Shows>, Vec<Column<'_>>) = columns.into_iter().unzip();
    if let Some(is_forward) = memory.step.take() {
        memory.cursor = stepped(memory.cursor, prompts.len(), is_forward).or(memory.cursor);
    }
    memory.scroll.restore(scene, LIST, &mut memory.table.scroll);
    let focus = std::mem::take(&mut memory.wants_focus);
    let clock = scene.clock;
    let table = Table::new("prompts", "Prompts", &columns, prompts.len()).selected(memory.cursor).focus(focus);
    let events = table.show(ui, &mut memory.table, |row, column| {
        let Some(one) = prompts.get(row) else { return CellText::default() };
        match shows.get(column).copied() {
            Some(Shows::Name) => CellText::text(one.key.to_string()).strong().tone(Tone::Accent),
            Some(Shows::Versions) => CellText::value(words::count(one.versions.len() as u64)),
            Some(Shows::Aliases) => CellText::text(aliases(one)).tone(Tone::Muted),
            Some(Shows::Description) => {
                CellText::text(one.description.as_deref().unwrap_or_default()).tone(Tone::Muted)
            }
            Some(Shows::Changed) => match one.updated_ms {
                Some(ms) => CellText::text(moment_short(ms, clock)).tone(Tone::Muted),
                None => CellText::unknown(),
            },
            None => CellText::default(),
        }
    });
    memory.scroll.note(scene, LIST, memory.table.scroll);
    memory.cursor = events.selected.or(memory.cursor);
    if let Some(one) = events.cell.map(|(row, _)| row).or(events.opened).and_then(|row| prompts.get(row)) {
        scene.go(Place::Prompts(PromptPlace::of(one.key.clone())));
    }
}

/// What a column shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shows {
    Name,
    Versions,
    Aliases,
    Description,
    Changed,
}

/// The columns in which something stands.
fn columns(prompts: &[RegisteredPrompt]) -> Vec<(Shows, Column<'static>)> {
    let has_description = prompts.iter().any(|one| one.description.is_some());
    let name = Column::text("Prompt", 220.0);
    let mut columns = vec![(Shows::Name, if has_description { name } else { name.growing() })];
    columns.push((Shows::Versions, Column::number("Versions", 72.0)));
    if prompts.iter().any(|one| !one.aliases.is_empty()) {
        columns.push((Shows::Aliases, Column::text("Aliases", 200.0).minor(1)));
    }
    if has_description {
        columns.push((Shows::Description, Column::text("Description", 220.0).growing().minor(2)));
    }
    columns.push((Shows::Changed, Column::text("Changed", 130.0).figures()));
    columns.into_iter().map(|(shows, column)| (shows, column.unsorted())).collect()
}

/// `production → 2, champion → 4`
fn aliases(prompt: &RegisteredPrompt) -> String {
    let written = prompt.aliases.iter().map(|alias| format!("{} → {}", alias.name, words::count(alias.version)));
    written.collect::<Vec<_>>().join(", ")
}
