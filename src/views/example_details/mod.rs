//! The example that is selected in a matrix, told beside it: what was given and expected, what the selected evaluation
//! answered, what the others answered, and what changed in the prompt between two of them.

mod cards;
mod fields;

use std::collections::HashMap;
use std::sync::Arc;

use egui::{Frame, Label, Margin, RichText, ScrollArea, Ui};

use super::example_trace::WantedTrace;
use super::labels::example_labels_ui;
use super::parts::slot_ui;
use super::program_change::{ProgramChangeMemory, Told, against_ui, program_change_ui};
use super::scene::Scene;
use super::scores_of::scores_of;
use crate::analysis::optimization::EvaluationKind;
use crate::analysis::result_table::RightRule;
use crate::analysis::score_matrix::{ExampleClass, MatrixExample};
use crate::loader::{Lane, ProgramChangeOf};
use crate::model::program::Object;
use crate::model::{EvaluationId, LabelOf, RunId};
use crate::query::{ExampleCell, ProgramNamesOf, Scores};
use crate::widgets::chips::Chip;
use crate::widgets::empty::empty_ui;
use crate::widgets::glyphs::Glyph;
use crate::widgets::section::{card_heading_ui, text_ui};
use crate::widgets::tokens::size::{self, Type};
use crate::widgets::tokens::{Tokens, Tone};
use crate::words;
use cards::{Cell, cards_ui, selected_ui};
use fields::FieldsMemory;

/// What closes the panel stands here.
const CLOSE: f32 = 34.0;

/// What the panel remembers.
#[derive(Default)]
pub(super) struct ExampleDetailsMemory {
    /// The matrix and the example that the rest belongs to.
    shown: Option<(Arc<Option<Scores>>, usize)>,
    /// What it was given and is expected, and what its labels are said of.
    parted: Option<(Object, Object, Option<LabelOf>)>,
    inputs: FieldsMemory,
    expected: FieldsMemory,
    selected: cards::SelectedMemory,
    change: ProgramChangeMemory,
    wanted: WantedTrace,
    /// What is known of the answers of the others, by column.
    others: HashMap<usize, Arc<Option<ExampleCell>>>,
    /// What changed in the prompt is shown.
    shows_change: bool,
    /// More than the first answers of the others are shown.
    shows_all: bool,
}

/// What is looked at: `example` by its place in the matrix, and an evaluation of it.
#[derive(Clone, Copy)]
pub(super) struct Chosen<'a> {
    /// The run whose page it is.
    pub of: &'a RunId,
    pub example: Option<usize>,
    pub evaluation: Option<&'a EvaluationId>,
}

/// An example with all that is known of it.
#[derive(Clone, Copy)]
struct Example<'a> {
    scores: &'a Scores,
    place: usize,
    one: &'a MatrixExample,
    /// From which score on it is right: as set beside the matrix, else as usual.
    rule: Option<RightRule>,
}

pub(super) fn example_details_ui(
    ui: &mut Ui,
    scene: &mut Scene<'_>,
    memory: &mut ExampleDetailsMemory,
    chosen: Chosen<'_>,
) {
    Frame::new().inner_margin(Margin { left: 14, right: 14, top: 10, bottom: 8 }).show(ui, |ui| {
        let Some(place) = chosen.example else {
            empty_ui(ui, "Select a cell of the matrix: its example, the answers to it and their traces stand here", "");
            return;
        };
        let score = scene.state.page().matrix.score.clone();
        let slot = scores_of(scene, chosen.of, score);
        let Some(found_scores) = slot_ui(ui, scene, &slot, "The examples", size::LINE) else { return };
        let Some(scores) = found_scores.as_ref() else { return };
        let Some(one) = scores.matrix.examples.get(place) else {
            empty_ui(ui, "There is no such example in the matrix", "");
            return;
        };
        let is_shown =
            memory.shown.as_ref().is_some_and(|(known, at)| Arc::ptr_eq(known, found_scores) && *at == place);
        if !is_shown {
            let shown = Some((Arc::clone(found_scores), place));
            // Who reads reasoning or changes of one example reads those of the next.
            let (selected, shows_change) = (memory.selected.emptied(), memory.shows_change);
            *memory = ExampleDetailsMemory { shown, selected, shows_change, ..ExampleDetailsMemory::default() };
        }
        memory.wanted.follow(scene);
        let set = scene.state.page().matrix.settings.threshold;
        let by = |usual: RightRule| RightRule { threshold: set.unwrap_or(usual.threshold), ..usual };
        let example = Example { scores, place, one, rule: scores.usual_rule().map(by) };
        head_ui(ui, example);
        ScrollArea::vertical().id_salt(("example", place)).auto_shrink(false).show(ui, |ui| {
            example_ui(ui, scene, memory, example, chosen.evaluation);
            ui.add_space(size::GAP_L);
        });
    });
}

/// `Example 2   ▲ fixed`
fn head_ui(ui: &mut Ui, example: Example<'_>) {
    let class = example.rule.and_then(|rule| example.scores.class_of(example.one, rule));
    ui.horizontal(|ui| {
        ui.set_width((ui.available_width() - CLOSE).max(0.0));
        ui.spacing_mut().item_spacing.x = size::GAP_S;
        let title = format!("Example {}", words::count(example.place as u64 + 1));
        let color = Tokens::of(ui).text1;
        let response = ui.add(Label::new(RichText::new(&title).font(Type::BodyStrong.font()).color(color)));
        ui.ctx().accesskit_node_builder(response.id, |node| {
            node.set_role(egui::accesskit::Role::Heading);
            node.set_label(title.as_str());
        });
        if let Some(class) = class {
            let (glyph, tone) = class_mark(class);
            ui.add(Chip::new(class.as_str()).glyph(glyph, tone));
        }
    });
    ui.add_space(size::GAP_S);
}

/// The heading of a part.
fn heading_ui(ui: &mut Ui, text: &str) {
    card_heading_ui(ui, text);
    ui.add_space(size::GAP_XS);
}

/// The sign of what became of an example.
fn class_mark(class: ExampleClass) -> (Glyph, Tone) {
    match class {
        ExampleClass::Fixed => (Glyph::Up, Tone::Good),
        ExampleClass::Broken => (Glyph::Down, Tone::Bad),
        ExampleClass::Unstable => (Glyph::Diamond, Tone::Warn),
        ExampleClass::AlwaysWrong => (Glyph::Cross, Tone::Bad),
        ExampleClass::AlwaysRight => (Glyph::Check, Tone::Good),
    }
}

fn example_ui(
    ui: &mut Ui,
    scene: &mut Scene<'_>,
    memory: &mut ExampleDetailsMemory,
    example: Example<'_>,
    evaluation: Option<&EvaluationId>,
) {
    let (inputs, expected, what) = memory.parted.get_or_insert_with(|| {
        let (inputs, expected) = example.scores.parted(&example.one.example);
        let what = LabelOf::example(&inputs);
        (inputs, expected, what)
    });
    memory.inputs.show(ui, scene, "input", inputs);
    if !expected.is_empty() {
        ui.add_space(size::GAP_S);
        heading_ui(ui, "Expected");
        memory.expected.show(ui, scene, "expected", expected);
    }
    ui.add_space(size::GAP_XS);
    example_labels_ui(ui, scene, what.as_ref(), expected);
    let cells = cells(example);
    let Some(selected) = selected(&cells, example, evaluation) else {
        text_ui(ui, "No evaluation has it", Type::Small, Tone::Muted);
        return;
    };
    ui.add_space(size::GAP_S);
    selected_ui(ui, scene, memory, example, selected);
    prompt_ui(ui, scene, memory, selected);
    let others: Vec<Cell<'_>> = cells.into_iter().filter(|cell| cell.column != selected.column).collect();
    if !others.is_empty() {
        ui.add_space(size::GAP_S);
        heading_ui(ui, &format!("What the others answered · {}", words::count(others.len() as u64)));
        cards_ui(ui, scene, memory, example, &others);
    }
}

/// The evaluations that have this example, in order.
fn cells(example: Example<'_>) -> Vec<Cell<'_>> {
    let of = |(column, evaluation)| {
        let row = example.one.rows.get(column).copied().flatten()? as usize;
        let score = example.one.scores.get(column).copied().flatten();
        Some(Cell { column, evaluation, row, score })
    };
    example.scores.columns.iter().enumerate().filter_map(of).collect()
}

/// The one that was chosen; without one, that of the winner, else the last full one, else the last.
fn selected<'a>(cells: &[Cell<'a>], example: Example<'_>, chosen: Option<&EvaluationId>) -> Option<Cell<'a>> {
    let of = |id: &EvaluationId| cells.iter().find(|cell| cell.evaluation.is(id));
    let is_full = |cell: &&Cell<'_>| cell.evaluation.kind == EvaluationKind::Full;
    let is_winner = |cell: &&Cell<'_>| Some(cell.evaluation.candidate) == example.scores.winner;
    let full = || cells.iter().rev().filter(is_full);
    let usual = || full().find(is_winner).or_else(|| full().next()).or(cells.last());
    chosen.and_then(of).or_else(usual).copied()
}

/// What changed in the prompt from another program to that of the selected evaluation.
fn prompt_ui(ui: &mut Ui, scene: &mut Scene<'_>, memory: &mut ExampleDetailsMemory, selected: Cell<'_>) {
    let names = match (&selected.evaluation.program, selected.evaluation.prompt) {
        (Some(program), _) => {
            let names = scene.loader.ask(&ProgramNamesOf(program.optimization.clone()), Lane::Visible);
            let Some(names) = names.value().and_then(|names| names.as_ref().clone()) else { return };
            Some(names)
        }
        (None, Some(_)) => None,
        // A plain evaluation stands alone.
        (None, None) => return,
    };
    let of = selected.evaluation.program.as_ref().map_or(&selected.evaluation.run_id, |program| &program.optimization);
    let tip = "From another program to the one that gave this answer";
    if ui.add(Chip::toggle("What changed in the prompt", memory.shows_change)).on_hover_text(tip).clicked() {
        memory.shows_change = !memory.shows_change;
    }
    if !memory.shows_change {
        return;
    }
    ui.add_space(size::GAP_XS);
    let asked = ProgramChangeOf {
        optimization: of.clone(),
        run: selected.evaluation.run_id.clone(),
        prompt: selected.evaluation.prompt,
        against: scene.state.settings.compare.against,
    };
    let slot = scene.loader.ask(&asked, Lane::Selection);
    let Some(found) = slot_ui(ui, scene, &slot, "What changed", size::LINE) else { return };
    if let Some(numbered) = found.as_ref() {
        against_ui(ui, scene, &numbered.value);
        ui.add_space(size::GAP_XS);
    }
    program_change_ui(ui, scene, &mut memory.change, found, Told { of, names: names.as_deref(), asks_writers: false });
}
