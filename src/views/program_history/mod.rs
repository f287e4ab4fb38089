//! A program wherever it appears: where it came from, every evaluation of it, what was made of it.

mod rows;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use egui::{ScrollArea, Ui};

use super::comparing::{subject, tell_to_choose};
use super::costs::sum_cell;
use super::demos::{DemosMemory, demos_heading, demos_ui};
use super::parts::place_frame;
use super::parts::{link, short_id, slot_ui};
use super::program_name::{name_ui, tone};
use super::provenance::{self, Line, line_ui};
use super::python::python;
use super::run_menu::{RunMenu, compare_button_ui};
use super::scene::Scene;
use super::scroll::{NotedRow, NotedScroll};
use crate::loader::{Lane, ProgramOf, TraceScope};
use crate::model::{ArtifactOwner, ProgramSource, RunId, StateHash};
use crate::query::{ArtifactsOf, CostOf, Costs, ProgramHistory, ProgramHistoryOf};
use crate::state::{Action, NoticeText, Place};
use crate::widgets::chips::Chip;
use crate::widgets::empty::{empty_ui, skeleton_rows_ui};
use crate::widgets::section::{card_heading_ui, card_ui, section_ui, text_ui, title_ui};
use crate::widgets::table::{CellText, Column, Table, TableState};
use crate::widgets::tokens::Tone;
use crate::widgets::tokens::size::{self, Type};
use crate::words;
use rows::Evaluated;

/// Longer instructions are cut; the span that wrote them shows all.
const MOST_TEXT: usize = 1_200;

/// So often it is told how far the search has come.
const PROGRESS_EVERY: std::time::Duration = std::time::Duration::from_millis(100);

/// More evaluations are not listed.
const MOST_LINES: usize = 200;

/// More of them scroll.
const ROWS_MOST: usize = 12;

/// What the state calls the list of evaluations.
const LIST: &str = "evaluations";

/// What the page remembers.
#[derive(Default)]
pub(super) struct ProgramHistoryMemory {
    evaluations: TableState,
    scroll: NotedScroll,
    row: NotedRow,
    /// The evaluation that the keyboard stands on.
    cursor: Option<RunId>,
    /// The program whose demos are remembered.
    demos_of: Option<StateHash>,
    /// The demos of each predictor, by its place.
    demos: BTreeMap<usize, DemosMemory>,
    /// The table is to get the keyboard as soon as nothing else has it.
    wants_focus: bool,
    menu: RunMenu,
    /// What evaluations cost that are, or were, on screen.
    costs: HashMap<RunId, Arc<Costs>>,
}

/// Goes to the page of the program of a run, as soon as it is known which one that is.
pub(super) fn start(scene: &mut Scene<'_>, at_cursor: Option<&RunId>) {
    match subject(scene, at_cursor) {
        Some(run) => scene.act(Action::WishForHistory(Some(run))),
        None => tell_to_choose(scene),
    }
}

/// Looks up which program is wanted.
pub(super) fn resolve_pending(scene: &mut Scene<'_>) {
    let Some(run) = scene.state.wants_history.clone() else { return };
    let slot = scene.loader.ask(&ProgramOf { run: run.clone(), best: false }, Lane::Selection);
    let nothing = |what: &str, advice: String| Action::Notify(NoticeText::hint(what, advice));
    let target = match (slot.value().map(|found| found.as_ref().as_ref()), slot.error()) {
        (Some(Some(found)), _) => match &found.program.state_hash {
            Some(hash) => Action::Go(Place::ProgramHistory(hash.clone())),
            None => nothing("It is not known which program this is", "Its state is incomplete or damaged".to_owned()),
        },
        (Some(None), _) => nothing("This run has no program", "Evaluations and optimizations have one".to_owned()),
        (None, Some(error)) => nothing("The program could not be read", error.to_string()),
        (None, None) => return,
    };
    scene.act(Action::WishForHistory(None));
    scene.act(target);
}

pub(super) fn program_history_ui(
    ui: &mut Ui,
    scene: &mut Scene<'_>,
    memory: &mut ProgramHistoryMemory,
    hash: &StateHash,
) {
    place_frame().show(ui, |ui| {
        let slot = scene.loader.ask(&ProgramHistoryOf(hash.clone()), Lane::Selection);
        if slot.wants_skeleton(scene.clock.now) {
            progress_ui(ui, scene);
        }
        let Some(program_history) = slot_ui(ui, scene, &slot, "The program", size::TABLE_ROW) else { return };
        let Some(program_history) = program_history.as_ref() else {
            empty_ui(ui, &format!("No run of this store holds the program {}", short_id(hash.as_str())), "");
            return;
        };
        header_ui(ui, scene, program_history);
        ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            provenances_ui(ui, scene, memory, program_history);
            let first = program_history.evaluations.len().min(MOST_LINES);
            let evaluations = rows::evaluations(&program_history.evaluations[..first]);
            evaluations_ui(ui, scene, memory, &evaluations, program_history.evaluations.len());
            let nowhere = match program_history.complete {
                true => "No optimization began with it or chose it as its best program",
                false => "None of the optimizations looked at began with it or chose it as its best program",
            };
            lines_ui(ui, scene, "Where it stands", &rows::descendants(program_history), nowhere);
            ui.add_space(size::GAP_L);
        });
    });
}

/// How far the search has come: thousands of files may have to be read.
fn progress_ui(ui: &mut Ui, scene: &Scene<'_>) {
    let text = match scene.loader.progress() {
        Some((done, of)) if done < of => {
            format!("Looking for this program: {} of {}", words::count(done as u64), words::counted(of, "run"))
        }
        Some(_) => "Reading the optimizations that it is part of".to_owned(),
        None => "Looking for this program in all runs".to_owned(),
    };
    text_ui(ui, &text, Type::Small, Tone::Muted);
    ui.add_space(size::GAP_S);
    ui.ctx().request_repaint_after(PROGRESS_EVERY);
}

fn header_ui(ui: &mut Ui, scene: &mut Scene<'_>, program_history: &ProgramHistory) {
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = size::GAP_S;
        title_ui(ui, "Program");
        names_ui(ui, scene, program_history);
        let hash = program_history.hash.to_string();
        let copied = link(ui, &short_id(&hash), Type::ValueSmall, Tone::Muted);
        if copied.on_hover_text(format!("{hash}\nClick to copy")).clicked() {
            scene.act(Action::Copy(hash));
        }
        let demos: usize = program_history.program.predictors.iter().map(|one| one.demos.len()).sum();
        let mut what = vec![words::counted(program_history.program.predictors.len(), "predictor")];
        if demos > 0 {
            what.push(format!(
                "{}, {} of them in the trainset",
                words::counted(demos, "demo"),
                words::count(program_history.demos.len() as u64)
            ));
        }
        what.push(words::counted(program_history.evaluations.len(), "evaluation"));
        let what = what.join(" · ");
        text_ui(ui, &what, Type::Small, Tone::Muted);
        let runs = words::count(program_history.runs as u64);
        let seen = match program_history.complete {
            true => format!("{runs} runs looked at"),
            false => format!("only {runs} runs and some of its optimizations looked at"),
        };
        text_ui(ui, &seen, Type::Small, Tone::Faint);
    });
    ways_ui(ui, scene, program_history);
    ui.add_space(size::GAP_S);
}

/// So many of its names stand in the head.
const MOST_NAMES: usize = 3;

/// What the optimizations that evaluated it call it.
fn names_ui(ui: &mut Ui, scene: &mut Scene<'_>, program_history: &ProgramHistory) {
    for (home, name) in program_history.names.iter().take(MOST_NAMES) {
        name_ui(ui, *name, Type::BodyStrong);
        text_ui(ui, "of", Type::Small, Tone::Faint);
        if link(ui, &words::one_line(&home.name, 40), Type::Small, Tone::Accent).clicked() {
            scene.go(Place::of_run(None, home.run_id.clone()));
        }
    }
    let more = program_history.names.len().saturating_sub(MOST_NAMES);
    if more > 0 {
        text_ui(ui, &format!("and in {} more", words::count(more as u64)), Type::Small, Tone::Faint);
    }
}

/// What can be done with the program: its evaluation stands for it.
fn ways_ui(ui: &mut Ui, scene: &mut Scene<'_>, program_history: &ProgramHistory) {
    let program = &program_history.program;
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = egui::vec2(size::GAP_S, size::GAP_XS);
        if let Some(run) = rows::representative(program_history) {
            compare_button_ui(ui, scene, run);
        }
        if program.source.is_state_file()
            && ui
                .add(Chip::button("Copy Python that loads this program"))
                .on_hover_text("The class of the program is not stored: that part is yours")
                .clicked()
        {
            let run = &program_history.read_in;
            let tree = scene.loader.ask(&ArtifactsOf(ArtifactOwner::Run(run.clone())), Lane::Visible);
            let folder = tree.value().and_then(|tree| tree.folder.clone());
            scene.act(Action::Copy(python(run, program.source, folder.as_deref())));
        }
    });
}

/// Each instruction, where it came from, and the demos beside it.
fn provenances_ui(
    ui: &mut Ui,
    scene: &mut Scene<'_>,
    memory: &mut ProgramHistoryMemory,
    program_history: &ProgramHistory,
) {
    if memory.demos_of.as_ref() != Some(&program_history.hash) {
        memory.demos_of = Some(program_history.hash.clone());
        memory.demos.clear();
    }
    for (at, predictor) in program_history.program.predictors.iter().enumerate() {
        if predictor.instructions.is_none() && predictor.demos.is_empty() {
            continue;
        }
        card_ui(ui, |ui| {
            ui.set_width(ui.available_width());
            let title = crate::model::predictor_title(&predictor.path);
            card_heading_ui(ui, title);
            if let Some(instructions) = &predictor.instructions {
                text_ui(ui, &words::ellipsize_graphemes(instructions, MOST_TEXT), Type::Body, Tone::Neutral);
            }
            match program_history.origins.iter().find(|told| told.path == predictor.path) {
                Some(told) => line_ui(ui, scene, &provenance::line(told)),
                None => {
                    let text = match program_history.complete {
                        true => "It is in no optimization",
                        false => "It is in no optimization that was looked at",
                    };
                    text_ui(ui, text, Type::Small, Tone::Muted);
                }
            }
            if !predictor.demos.is_empty() {
                demos_of_ui(ui, scene, memory.demos.entry(at).or_default(), (program_history, at));
            }
        });
        ui.add_space(size::GAP_M);
    }
}

/// The demos of a predictor, as the program of the run shows them.
fn demos_of_ui(
    ui: &mut Ui,
    scene: &mut Scene<'_>,
    memory: &mut DemosMemory,
    (program_history, at): (&ProgramHistory, usize),
) {
    let best = program_history.program.source == ProgramSource::BestModelJson;
    let slot = scene.loader.ask(&ProgramOf { run: program_history.read_in.clone(), best }, Lane::Selection);
    let demos = program_history.program.predictors.get(at).map(|one| &one.demos).into_iter().flatten();
    let made = demos.clone().filter(|demo| demo.is_bootstrapped()).count();
    ui.add_space(size::GAP_S);
    section_ui(ui, &demos_heading(demos.count(), made));
    let prepared = slot.value().and_then(|found| found.as_ref().as_ref());
    let shown = prepared.and_then(|prepared| prepared.predictors.get(at));
    match (shown, slot.error()) {
        (Some(shown), _) => {
            // Several tables of demos stand on this page.
            ui.push_id(at, |ui| demos_ui(ui, scene, memory, shown));
        }
        (None, Some(error)) => {
            text_ui(ui, &format!("They could not be read: {error}"), Type::Small, Tone::Warn);
        }
        (None, None) => skeleton_rows_ui(ui, 2, size::TABLE_ROW),
    }
}

/// Every evaluation of the program; a click goes to its run.
fn evaluations_ui(
    ui: &mut Ui,
    scene: &mut Scene<'_>,
    memory: &mut ProgramHistoryMemory,
    evaluations: &[Evaluated],
    total: usize,
) {
    card_ui(ui, |ui| {
        ui.set_width(ui.available_width());
        card_heading_ui(ui, "Evaluations");
        if total > evaluations.len() {
            let count = |count: usize| words::count(count as u64);
            let text = format!("The first {} of {} are listed", count(evaluations.len()), count(total));
            text_ui(ui, &text, Type::Small, Tone::Warn);
        }
        if evaluations.is_empty() {
            text_ui(ui, "It was never evaluated", Type::Small, Tone::Muted);
            return;
        }
        let columns = [
            Column::text("Evaluation", 140.0).unsorted(),
            Column::number("Score", 66.0).unsorted(),
            Column::number("n", 50.0).unsorted(),
            Column::text("Data", 150.0).unsorted().growing(),
            Column::text("Optimization", 160.0).unsorted(),
            Column::text("Experiment", 120.0).unsorted().minor(2),
            Column::number("Tokens", 76.0).unsorted().minor(1),
            Column::number("Cost", 92.0).unsorted().minor(3),
        ];
        memory.scroll.restore(scene, LIST, &mut memory.evaluations.scroll);
        if let Some(row) = memory.row.restore(scene, LIST) {
            memory.cursor = row.map(|id| RunId::from(id.as_str()));
            // Who comes back goes on with the keys where they were.
            memory.wants_focus = memory.cursor.is_some();
        }
        let gets_focus = memory.wants_focus && ui.memory(|memory| memory.focused().is_none());
        memory.wants_focus &= !gets_focus;
        let cursor = evaluations.iter().position(|one| one.target.run() == memory.cursor.as_ref());
        let needed: f32 = columns.iter().map(|column| column.width).sum();
        let bar = if needed > ui.available_width() - size::SCROLL_BAR { size::SCROLL_BAR } else { size::RULE };
        let height = Table::height_of(evaluations.len().min(ROWS_MOST)) + bar;
        let table = Table::new("evaluations", "Evaluations", &columns, evaluations.len());
        let table = table.height(height).selected(cursor.filter(|_| memory.cursor.is_some())).focus(gets_focus);
        let known = |text: &Option<String>| text.clone().map_or_else(CellText::unknown, CellText::value);
        let costs = &memory.costs;
        let events = table.show(ui, &mut memory.evaluations, |row, column| {
            let Some(one) = evaluations.get(row) else { return CellText::unknown() };
            match column {
                0 => CellText::text(one.name.as_str()).tone(Tone::Accent),
                1 => known(&one.score),
                2 => known(&one.n).tone(Tone::Muted),
                3 => CellText::text(one.data.as_str()),
                4 => match &one.optimization {
                    Some(name) => match one.program {
                        Some(program) => CellText::text(format!("{program} of {name}")).dot(tone(program)),
                        None => CellText::text(name.as_str()),
                    }
                    .tone(Tone::Muted),
                    None => CellText::text("none").tone(Tone::Faint),
                },
                5 => CellText::text(one.experiment.as_str()).tone(Tone::Muted),
                6 => known(&one.tokens).tone(Tone::Muted),
                _ => one
                    .target
                    .run()
                    .and_then(|run| costs.get(run))
                    .map_or_else(CellText::default, |one| sum_cell(&one.all)),
            }
        });
        for run in events.visible.clone().filter_map(|row| evaluations.get(row)?.target.run()) {
            let asked = CostOf(TraceScope::Run(run.clone()));
            if let Some(cost) = scene.loader.ask(&asked, Lane::Prefetch).value() {
                memory.costs.insert(run.clone(), Arc::clone(cost));
            }
        }
        memory.scroll.note(scene, LIST, memory.evaluations.scroll);
        if let Some(run) = events.selected.and_then(|row| evaluations.get(row)?.target.run()) {
            memory.cursor = Some(run.clone());
            scene.act(Action::Selected(LIST, run.to_string()));
        }
        if let Some(run) = events.menu.and_then(|row| evaluations.get(row)?.target.run()) {
            memory.menu.open(ui, run.clone());
        }
        memory.menu.show(ui, scene);
        if let Some(one) = events.cell.map(|(row, _)| row).or(events.opened).and_then(|row| evaluations.get(row)) {
            scene.act(Action::Go(one.target.clone()));
        }
    });
    ui.add_space(size::GAP_M);
}

fn lines_ui(ui: &mut Ui, scene: &mut Scene<'_>, title: &str, lines: &[Line], empty: &str) {
    card_ui(ui, |ui| {
        ui.set_width(ui.available_width());
        card_heading_ui(ui, title);
        if lines.is_empty() {
            text_ui(ui, empty, Type::Small, Tone::Muted);
        }
        for line in lines {
            line_ui(ui, scene, line);
        }
    });
    ui.add_space(size::GAP_M);
}
