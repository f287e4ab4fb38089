//! The runs and traces that used a version of a prompt.

use std::sync::Arc;

use egui::Ui;

use super::Shown;
use crate::loader::Lane;
use crate::model::{PromptKey, PromptUse, PromptUser, RunStatus};
use crate::query::{Experiments, MOST_USERS, PromptUses, PromptUsesOf};
use crate::state::Place;
use crate::views::parts::{run_status, run_status_word, short_id, slot_ui, trace_status, trace_status_word};
use crate::views::scene::Scene;
use crate::views::scroll::NotedScroll;
use crate::views::time::moment_short;
use crate::widgets::empty::empty_ui;
use crate::widgets::section::text_ui;
use crate::widgets::table::{CellText, Column, Table, TableState};
use crate::widgets::tokens::Tone;
use crate::widgets::tokens::size::{self, Type};
use crate::words;

const LIST: &str = "uses of a prompt";

/// What the tab remembers.
#[derive(Default)]
pub(super) struct UsesMemory {
    table: TableState,
    scroll: NotedScroll,
    cursor: Option<usize>,
    /// The version whose uses are listed, and where these stand among those of the prompt.
    rows: Option<(u64, Arc<PromptUses>, Vec<usize>)>,
}

/// Who used a prompt, once that is known.
pub(super) fn ask(scene: &mut Scene<'_>, prompt: &PromptKey) -> Option<Arc<PromptUses>> {
    scene.loader.ask(&PromptUsesOf(prompt.clone()), Lane::Visible).value().cloned()
}

pub(super) fn uses_ui(ui: &mut Ui, scene: &mut Scene<'_>, memory: &mut UsesMemory, shown: Shown<'_>) {
    let slot = scene.loader.ask(&PromptUsesOf(shown.page.prompt.key.clone()), Lane::Selection);
    let Some(uses) = slot_ui(ui, scene, &slot, "Who used it", size::TABLE_ROW).cloned() else { return };
    if uses.is_cut {
        let most = words::count(MOST_USERS as u64);
        let text = format!("Only the newest {most} runs and {most} traces that used the prompt are counted");
        text_ui(ui, &text, Type::Small, Tone::Warn);
    }
    let is_made =
        |(version, of, _): &(u64, Arc<PromptUses>, Vec<usize>)| *version == shown.version && Arc::ptr_eq(of, &uses);
    if !memory.rows.as_ref().is_some_and(is_made) {
        if memory.rows.as_ref().is_none_or(|(version, ..)| *version != shown.version) {
            memory.cursor = None;
        }
        let wanted = uses.uses.iter().enumerate().filter(|(_, one)| one.used.version == shown.version);
        memory.rows = Some((shown.version, Arc::clone(&uses), wanted.map(|(at, _)| at).collect()));
    }
    let Some((_, _, rows)) = &memory.rows else { return };
    if rows.is_empty() {
        let text = "No run and no trace is linked to this version; MLflow links those that load or optimize it";
        empty_ui(ui, text, "");
        return;
    }
    let columns = [
        Column::text("Kind", 56.0).unsorted(),
        Column::text("Name", 200.0).unsorted().growing(),
        Column::text("Id", 110.0).unsorted().figures(),
        Column::text("Status", 96.0).unsorted().minor(2),
        Column::text("Experiment", 140.0).unsorted().minor(3),
        Column::text("Started", 130.0).unsorted().figures().minor(1),
    ];
    let experiments = scene.loader.ask(&Experiments, Lane::Visible).value().cloned();
    let clock = scene.clock;
    memory.scroll.restore(scene, LIST, &mut memory.table.scroll);
    let table = Table::new("prompt uses", "Uses", &columns, rows.len()).selected(memory.cursor);
    let events = table.show(ui, &mut memory.table, |row, column| {
        let Some(one) = rows.get(row).and_then(|at| uses.uses.get(*at)) else { return CellText::default() };
        match column {
            0 => CellText::text(if matches!(one.user, PromptUser::Run(_)) { "run" } else { "trace" }).tone(Tone::Muted),
            1 if one.name.is_empty() => CellText::text("no name").tone(Tone::Faint),
            1 => CellText::text(words::one_line(&one.name, 200).into_owned()).tone(Tone::Accent),
            2 => CellText::value(short_id(id(one))).tone(Tone::Muted),
            3 => status(one),
            4 => {
                let known = one.experiment.as_ref().map(|id| {
                    let all = experiments.iter().flat_map(|all| all.iter());
                    let found = all.into_iter().find(|experiment| experiment.id == *id);
                    found.map_or_else(|| format!("experiment {id}"), |experiment| experiment.name.clone())
                });
                known.map_or_else(CellText::unknown, |name| CellText::text(name).tone(Tone::Muted))
            }
            _ => match one.started_ms {
                Some(ms) => CellText::text(moment_short(ms, clock)).tone(Tone::Muted),
                None => CellText::unknown(),
            },
        }
    });
    memory.scroll.note(scene, LIST, memory.table.scroll);
    memory.cursor = events.selected.or(memory.cursor);
    let opened = events.cell.map(|(row, _)| row).or(events.opened);
    if let Some(one) = opened.and_then(|row| uses.uses.get(*rows.get(row)?)) {
        scene.go(match &one.user {
            PromptUser::Run(run) => Place::of_run(one.experiment.clone(), run.clone()),
            PromptUser::Trace(trace) => Place::of_trace(one.experiment.clone(), None, trace.clone()),
        });
    }
}

fn id(one: &PromptUse) -> &str {
    match &one.user {
        PromptUser::Run(run) => run.as_str(),
        PromptUser::Trace(trace) => trace.as_str(),
    }
}

fn status(one: &PromptUse) -> CellText<'static> {
    let (status, word) = match &one.user {
        PromptUser::Run(_) => {
            let status = RunStatus::parse(&one.status);
            (run_status(&status), run_status_word(&status))
        }
        PromptUser::Trace(_) => (trace_status(&one.status), trace_status_word(&one.status)),
    };
    CellText::text(word).glyph(status.glyph(), status.tone())
}
