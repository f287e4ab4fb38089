//! The versions of a prompt in a table, the newest first.

use egui::Ui;

use super::{Shown, uses};
use crate::model::PromptVersion;
use crate::views::scene::Scene;
use crate::views::scroll::NotedScroll;
use crate::views::step::stepped;
use crate::views::time::moment_short;
use crate::widgets::table::{CellText, Column, Table, TableState};
use crate::widgets::tokens::Tone;
use crate::widgets::tokens::size;
use crate::words;

const LIST: &str = "versions of a prompt";
/// So many rows stand above the version that is looked at; more scroll.
const ROWS_MOST: usize = 6;
/// In a low window fewer.
const ROWS_LOW: usize = 4;
const LOW: f32 = 520.0;

/// What the table remembers.
#[derive(Default)]
pub(super) struct VersionsMemory {
    table: TableState,
    scroll: NotedScroll,
    /// The version that was shown last.
    shown: Option<u64>,
    /// The rows are to get the keyboard.
    pub wants_focus: bool,
    /// The next row (true) or the previous one is wanted.
    pub step: Option<bool>,
}

pub(super) fn versions_ui(ui: &mut Ui, scene: &mut Scene<'_>, memory: &mut VersionsMemory, shown: Shown<'_>) {
    let versions: Vec<&PromptVersion> = shown.page.versions.iter().rev().collect();
    let prompt = &shown.page.prompt;
    let has_messages = versions.iter().any(|one| one.message.is_some());
    let columns = columns(shown, has_messages);
    let (shows, columns): (Vec<Shows>, Vec<Column<'_>>) = columns.into_iter().unzip();
    let uses = uses::ask(scene, &prompt.key);
    let selected = versions.iter().position(|one| one.version == shown.version);
    if let Some(next) = memory.step.take().and_then(|is_forward| stepped(selected, versions.len(), is_forward))
        && let Some(one) = versions.get(next)
    {
        shown.go_to(scene, one.version);
    }
    memory.scroll.restore(scene, LIST, &mut memory.table.scroll);
    let rows = if ui.available_height() < LOW { ROWS_LOW } else { ROWS_MOST };
    // A version that was just gone to is brought into view.
    if memory.shown != Some(shown.version) {
        memory.shown = Some(shown.version);
        if let Some(row) = selected {
            let top = memory.table.scroll.top;
            if row < top || row >= top + rows {
                memory.table.scroll.top = row.saturating_sub(rows / 2);
            }
        }
    }
    let height = Table::height_of(versions.len().min(rows)) + size::RULE;
    let focus = std::mem::take(&mut memory.wants_focus);
    let clock = scene.clock;
    let table = Table::new("prompt versions", "Versions", &columns, versions.len());
    let events = table.height(height).selected(selected).focus(focus).show(ui, &mut memory.table, |row, column| {
        let Some(one) = versions.get(row) else { return CellText::default() };
        let used = |kind: usize| match uses.as_ref().map(|uses| uses.counts(one.version)[kind]) {
            None => CellText::unknown(),
            Some(0) => CellText::value("0").tone(Tone::Faint),
            Some(count) => CellText::value(words::count(count as u64)),
        };
        match shows.get(column).copied() {
            Some(Shows::Version) => {
                let cell = CellText::value(words::count(one.version));
                if one.is_deleted { cell.tone(Tone::Faint) } else { cell.strong() }
            }
            Some(Shows::Aliases) => {
                let aliases: Vec<String> = prompt.aliases_of(one.version).map(|alias| format!("@{alias}")).collect();
                CellText::text(aliases.join(", "))
            }
            Some(Shows::Told) => told(one, has_messages),
            Some(Shows::Runs) => used(0),
            Some(Shows::Traces) => used(1),
            Some(Shows::By) => CellText::text(one.user.as_deref().unwrap_or_default()).tone(Tone::Muted),
            Some(Shows::Registered) => match one.created_ms {
                Some(ms) => CellText::text(moment_short(ms, clock)).tone(Tone::Muted),
                None => CellText::unknown(),
            },
            None => CellText::default(),
        }
    });
    memory.scroll.note(scene, LIST, memory.table.scroll);
    if let Some(one) = events.selected.and_then(|row| versions.get(row)).filter(|one| one.version != shown.version) {
        memory.shown = Some(one.version);
        shown.go_to(scene, one.version);
    }
}

/// What a column shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shows {
    Version,
    Aliases,
    Told,
    Runs,
    Traces,
    By,
    Registered,
}

/// The columns in which something stands.
fn columns(shown: Shown<'_>, has_messages: bool) -> Vec<(Shows, Column<'static>)> {
    let mut columns = vec![(Shows::Version, Column::number("Version", 64.0))];
    if !shown.page.prompt.aliases.is_empty() {
        columns.push((Shows::Aliases, Column::text("Aliases", 140.0).minor(1)));
    }
    let title = if has_messages { "Commit message" } else { "Text" };
    columns.push((Shows::Told, Column::text(title, 200.0).growing()));
    columns.push((Shows::Runs, Column::number("Runs", 56.0).hint("Runs that used it, as MLflow linked them")));
    columns.push((Shows::Traces, Column::number("Traces", 60.0).hint("Traces that used it, as MLflow linked them")));
    if shown.page.versions.iter().any(|one| one.user.is_some()) {
        columns.push((Shows::By, Column::text("By", 110.0).minor(3)));
    }
    columns.push((Shows::Registered, Column::text("Registered", 130.0).figures().minor(2)));
    columns.into_iter().map(|(shows, column)| (shows, column.unsorted())).collect()
}

/// The commit message of a version; where no version has one, the beginning of its text.
fn told(one: &PromptVersion, has_messages: bool) -> CellText<'static> {
    if one.is_deleted {
        return CellText::text("deleted").tone(Tone::Faint);
    }
    if has_messages {
        return CellText::text(words::one_line(one.message.as_deref().unwrap_or_default(), 200).into_owned());
    }
    match &one.content {
        Some(content) => {
            CellText::text(words::one_line(content.text().trim_start(), 200).into_owned()).tone(Tone::Muted)
        }
        None => CellText::text("no text").tone(Tone::Faint),
    }
}
