//! Examples by evaluations: which were fixed and which broken, how hard each is, and the way to what happened there.

mod arrangement;
mod chosen;
mod classes;
mod look;
mod opening;
mod rows;
mod sources;
mod values;

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use egui::Ui;

use super::parts::slot_ui;
use super::run_menu::RunMenu;
use super::scene::Scene;
use super::scroll::NotedScroll;
use super::step::neighbour;
use crate::analysis::matrix_view::MatrixSettings;
use crate::loader::{DerivedKey, ExamplesOf, Lane};
use crate::model::EvaluationId;
use crate::query::{Evaluated, ScoreColumn, ScoresOf};
use crate::state::{Action, MatrixChoice, Place};
use crate::widgets::empty::{empty_ui, skeleton_rows_ui};
use crate::widgets::matrix::{FIGURES, MARKS, Matrix, MatrixCursor, MatrixEvents, MatrixSource, MatrixState};
use crate::widgets::section::text_ui;
use crate::widgets::tokens::Tone;
use crate::widgets::tokens::size::{self, Type};
use crate::words;
use arrangement::BarMemory;
pub(super) use chosen::Chosen;
use look::{Look, Prepared};
use opening::Opening;

/// What the history calls this list.
const LIST: &str = "examples";

/// In less room the classes and what else can be chosen share their lines.
const TWO_BARS: f32 = 640.0;

/// What the tab remembers.
#[derive(Default)]
pub(super) struct ExamplesMemory {
    of: Option<Evaluated>,
    matrix: MatrixState,
    scroll: NotedScroll,
    bar: BarMemory,
    menu: RunMenu,
    opening: Opening,
    /// In which way it was looked at last, and the number of that.
    asked: Option<(MatrixSettings, u64)>,
    look: Option<(DerivedKey, Arc<Option<Look>>)>,
    /// The visit in which the chosen cell was scrolled to.
    revealed: Option<u64>,
    wants_focus: bool,
    /// The next row is to be chosen, or the previous one.
    step: Option<bool>,
}

impl ExamplesMemory {
    /// The matrix gets the keyboard, if it is on screen and has rows.
    pub fn focus_rows(&mut self) -> bool {
        let look = self.look.as_ref().and_then(|(_, look)| look.as_ref().as_ref());
        self.wants_focus = look.is_some_and(|look| look.lines() > 0);
        self.wants_focus
    }

    /// The filter is to get the keyboard.
    pub fn focus_filter(&mut self) {
        self.bar.focus_filter = true;
    }

    /// Goes to the next or the previous row.
    pub fn step(&mut self, is_forward: bool) {
        self.step = Some(is_forward);
    }

    /// The matrix as it is to be looked at, made on a worker. What was made last stays until there is another one.
    fn look(
        &mut self,
        scene: &mut Scene<'_>,
        (prepared, source): (&Prepared, u64),
        settings: &MatrixSettings,
    ) -> Option<Arc<Option<Look>>> {
        let variant = match &self.asked {
            Some((known, variant)) if known == settings => *variant,
            _ => {
                let mut hasher = DefaultHasher::new();
                format!("{settings:?}").hash(&mut hasher);
                let variant = hasher.finish();
                self.asked = Some((settings.clone(), variant));
                variant
            }
        };
        let key = DerivedKey { what: "view of examples", source, variant };
        if self.look.as_ref().is_none_or(|(made, _)| *made != key) {
            let (of, settings) = (Arc::clone(prepared), settings.clone());
            let slot = scene.loader.derive(key, Lane::Selection, move || {
                let look = Look::new(of, &settings);
                let bytes = look.as_ref().map_or(0, Look::bytes);
                (look, bytes)
            });
            if let Some(look) = slot.value() {
                self.look = Some((key, Arc::clone(look)));
            }
        }
        self.look.as_ref().map(|(_, look)| Arc::clone(look))
    }
}

pub(super) fn examples_ui(
    ui: &mut Ui,
    scene: &mut Scene<'_>,
    memory: &mut ExamplesMemory,
    of: &Evaluated,
    chosen: &Chosen,
) {
    if memory.of.as_ref() != Some(of) {
        *memory = ExamplesMemory { of: Some(of.clone()), ..ExamplesMemory::default() };
    }
    let choice = scene.state.page().matrix.clone();
    let asked = ExamplesOf(ScoresOf { of: of.clone(), score: choice.score.clone() });
    let slot = scene.loader.ask(&asked, Lane::Selection);
    let Some(found) = slot_ui(ui, scene, &slot, "The examples", size::TABLE_ROW) else { return };
    let Some(prepared) = found.as_ref() else {
        empty_ui(ui, "This store has no such run", "");
        return;
    };
    let Some(scores) = prepared.value.scores() else { return };
    if scores.matrix.examples.is_empty() {
        empty_ui(ui, &sources::nothing(scores), "");
        return;
    }
    let only = chosen.only.as_ref().map(|only| Arc::from(only.examples()));
    let settings = MatrixSettings { only, ..choice.settings.clone() };
    let Some(look) = memory.look(scene, (found, prepared.id), &settings) else {
        skeleton_rows_ui(ui, 12, size::TABLE_ROW);
        return;
    };
    let Some(look) = look.as_ref() else { return };
    let changed = bars_ui(ui, scene, memory, look, (&choice, chosen));
    if let Some(choice) = changed {
        scene.act(Action::ArrangeMatrix(choice));
    }
    if look.view.shown == 0 {
        nothing_passes_ui(ui, scene, &choice, chosen);
        return;
    }
    matrix_ui(ui, scene, memory, look, chosen);
    opening::prepare(scene, chosen.evaluation.as_ref());
    memory.opening.resolve(scene);
    memory.menu.show(ui, scene);
}

/// Above the matrix: which examples, in which way, and from what the scores come. Returns what is chosen now.
fn bars_ui(
    ui: &mut Ui,
    scene: &mut Scene<'_>,
    memory: &mut ExamplesMemory,
    look: &Look,
    (choice, chosen): (&MatrixChoice, &Chosen),
) -> Option<MatrixChoice> {
    let mut now = choice.clone();
    ui.spacing_mut().item_spacing.y = size::GAP_XS;
    let is_narrow = ui.available_width() < TWO_BARS;
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = egui::vec2(size::GAP_S, size::GAP_XS);
        classes::classes_ui(ui, look, &mut now.settings);
        if !is_narrow {
            ui.end_row();
        }
        arrangement::arrangement_ui(ui, scene, &mut memory.bar, look, (&mut now, chosen));
    });
    told_ui(ui, look);
    (now != *choice).then_some(now)
}

/// How many examples are shown, and from what their scores come.
fn told_ui(ui: &mut Ui, look: &Look) {
    let Some(scores) = look.scores() else { return };
    let told = &look.told;
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = size::GAP_S;
        let (shown, all) = (look.view.shown, scores.matrix.examples.len());
        let count = match shown == all {
            true => look::examples(all),
            false => format!("{} of {}", words::count(shown as u64), look::examples(all)),
        };
        text_ui(ui, &format!("{count} · {}", told.line), Type::Small, Tone::Muted);
        if !told.trouble.is_empty() {
            text_ui(ui, &told.trouble, Type::Small, Tone::Warn).on_hover_text(&told.about_trouble);
        }
    });
}

/// Filters that nothing passes, and the way back.
fn nothing_passes_ui(ui: &mut Ui, scene: &mut Scene<'_>, choice: &MatrixChoice, chosen: &Chosen) {
    if empty_ui(ui, "No example passes these filters", "Show all examples") {
        let settings = MatrixSettings {
            classes: std::collections::BTreeSet::new(),
            fields: Vec::new(),
            text: String::new(),
            ..choice.settings.clone()
        };
        scene.act(Action::ArrangeMatrix(MatrixChoice { settings, ..choice.clone() }));
        Chosen { only: None, ..chosen.clone() }.show(scene);
    }
}

fn matrix_ui(ui: &mut Ui, scene: &mut Scene<'_>, memory: &mut ExamplesMemory, look: &Look, chosen: &Chosen) {
    let shown_column = |of: &EvaluationId| {
        let at = look.scores()?.columns.iter().position(|column| column.is(of))?;
        look.view.column_of(at)
    };
    let column = chosen.evaluation.as_ref().and_then(shown_column);
    let line = chosen.example.and_then(|example| look.view.row_of(example));
    let cursor = line.map(|line| MatrixCursor { line, column });
    memory.scroll.restore(scene, LIST, &mut memory.matrix.scroll);
    let is_new = memory.revealed.replace(scene.state.visit()) != Some(scene.state.visit());
    if is_new && cursor.is_some() {
        // Who comes by an address sees what it names, and goes on with the keys from there.
        memory.matrix.reveal = cursor;
        memory.wants_focus = true;
    }
    let stepped = memory.step.take().and_then(|is_forward| row_beside(look, line, is_forward));
    let stepped = stepped.map(|line| MatrixCursor { line, column });
    if stepped.is_some() {
        memory.matrix.reveal = stepped;
    }
    let gets_focus = memory.wants_focus && ui.memory(|memory| memory.focused().is_none());
    memory.wants_focus &= !gets_focus;
    let staying = look.staying();
    let least = if look.is_binary() { MARKS } else { FIGURES };
    let events = Matrix::new("examples", "Examples", &staying)
        .sums("Mean, n")
        .cell_least(least)
        .cursor(cursor)
        .focus(gets_focus)
        .show(ui, &mut memory.matrix, look);
    memory.scroll.note(scene, LIST, memory.matrix.scroll);
    let events = MatrixEvents { chosen: stepped.or(events.chosen), ..events };
    follow(ui, scene, memory, (look, chosen), events);
}

/// Does what the user asked of the matrix.
fn follow(
    ui: &Ui,
    scene: &mut Scene<'_>,
    memory: &mut ExamplesMemory,
    (look, chosen): (&Look, &Chosen),
    events: MatrixEvents,
) {
    let choose = |scene: &mut Scene<'_>, at: MatrixCursor| {
        let evaluation = at.column.and_then(|shown| look.column(shown)).map(ScoreColumn::id);
        Chosen { example: look.example(at.line), evaluation, only: chosen.only.clone() }.show(scene);
    };
    if let Some(at) = events.chosen {
        choose(scene, at);
    }
    let run_of = |shown: usize| look.column(shown).map(|column| column.run_id.clone());
    if let Some(run) = events.menu.and_then(run_of) {
        memory.menu.open(ui, run);
    }
    if let Some(run) = events.head.and_then(run_of) {
        let experiment = scene.place().experiment().cloned();
        scene.go(Place::of_run(experiment, run));
    }
    if let Some(at) = events.opened
        && !memory.opening.want(look, at)
        && at.column.is_none()
        && let Some(column) = first_evaluated(look, at.line)
    {
        // Of a row as a whole nothing can be opened yet: its first cell that was evaluated is gone to.
        choose(scene, MatrixCursor { column: Some(column), ..at });
    }
}

/// The first shown column in which the example of a line was evaluated.
fn first_evaluated(look: &Look, line: usize) -> Option<usize> {
    let is_evaluated = |shown: &usize| look.said(line, *shown).is_some_and(|said| said != rows::Said::NotEvaluated);
    (0..look.view.columns.len()).find(is_evaluated)
}

/// The row beside another one, over headings; with none, the first.
fn row_beside(look: &Look, line: Option<usize>, is_forward: bool) -> Option<usize> {
    let mut at = match line {
        Some(line) => neighbour(line, look.lines(), is_forward)?,
        None => 0,
    };
    while look.example(at).is_none() {
        at = neighbour(at, look.lines(), is_forward || line.is_none())?;
    }
    Some(at)
}
