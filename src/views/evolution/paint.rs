//! Painting the rows of an evolution.

use egui::Ui;

use super::rows::{Row, StepRow};
use crate::analysis::optimization::ProgramName;
use crate::model::RunId;
use crate::views::program_name;
use crate::views::text_change::{self, Look, Sides, TextEvent, titled_ui};
use crate::widgets::tokens::Tokens;
use crate::widgets::tokens::size::{self, Type};
use crate::widgets::virtual_rows::{RowInfo, VisibleRow};

/// The room for the name of a state.
const NAME: f32 = 52.0;

/// Every state has one text. What is said of it stands below its name, not below its mark.
const LOOK: Look<'static> = Look { sides: Sides::Alone("this state"), is_unified: true, caption_left: NAME };

/// What the user did with a row.
pub(super) enum RowEvent {
    /// With the instructions of a state.
    Text(TextEvent),
    /// Go to a run.
    Go(RunId),
}

pub(super) fn row_ui(ui: &Ui, row: &VisibleRow, it: &Row) -> Option<RowEvent> {
    match it {
        Row::Step(step) => step_ui(ui, row, step),
        Row::Text(text) => text_change::row_ui(ui, row, text, &LOOK).map(RowEvent::Text),
    }
}

/// A state of the program: a click goes to its first evaluation.
fn step_ui(ui: &Ui, row: &VisibleRow, it: &StepRow) -> Option<RowEvent> {
    let tokens = Tokens::of(ui);
    let StepRow { name, title, facts, run } = it;
    let words: Vec<&str> = facts.iter().map(|(text, _)| text.as_str()).collect();
    let label = format!("{name}: {title}, {}", words.join(", "));
    let response = row.interact(ui, RowInfo { label: &label, ..RowInfo::default() });
    if response.hovered() {
        ui.painter().rect_filled(row.rect, f32::from(size::RADIUS_CELL), tokens.bg_raised);
    }
    let (mark, rest) = row.rect.split_left_right_at_x(row.rect.left() + NAME);
    let plain = ProgramName::at(name.place);
    program_name::paint(ui.painter(), mark, plain, Type::BodyMedium, tokens);
    titled_ui(ui, rest, title, facts, tokens);
    let clicked = response.clicked();
    response.on_hover_text(format!("{}\n\nClick to open the first evaluation", label));
    clicked.then(|| RowEvent::Go(run.clone()))
}
