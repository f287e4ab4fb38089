//! The example on which the keyboard stands: it is known by its place among those of the baseline, wherever its row is.

use egui::Ui;

use super::rows::{ExampleRow, Row};
use crate::state::Action;
use crate::views::scene::Scene;
use crate::views::scroll::NotedRow;
use crate::widgets::virtual_rows::RowsResponse;

/// What the state calls this list.
const LIST: &str = "examples";

/// The example on which the keyboard stands.
#[derive(Default)]
pub(super) struct ExampleCursor {
    id: Option<usize>,
    row: NotedRow,
    /// The list is to get the keyboard as soon as nothing else has it.
    wants_focus: bool,
}

impl ExampleCursor {
    /// Before the list is shown: who comes back finds the keyboard where it was.
    pub fn restore(&mut self, scene: &Scene<'_>) {
        if let Some(noted) = self.row.restore(scene, LIST) {
            self.id = noted.and_then(|id| id.parse().ok());
            self.wants_focus = self.id.is_some();
        }
    }

    /// The row of the example.
    pub fn row_in(&self, rows: &[Row]) -> Option<usize> {
        rows.iter().position(|row| matches!(row, Row::Example(one) if Some(one.id) == self.id))
    }

    /// The keyboard stands on an example now.
    pub fn set(&mut self, scene: &mut Scene<'_>, id: usize) {
        self.id = Some(id);
        scene.act(Action::Selected(LIST, id.to_string()));
    }

    /// After the list was shown: moves as its keys say, over what is no example; returns what was opened.
    pub fn follow<'r>(
        &mut self,
        ui: &Ui,
        scene: &mut Scene<'_>,
        rows: &'r [Row],
        list: &RowsResponse,
    ) -> Option<&'r ExampleRow> {
        if self.wants_focus && ui.memory(|memory| memory.focused().is_none()) {
            self.wants_focus = false;
            ui.memory_mut(|memory| memory.request_focus(list.id));
        }
        let at = self.row_in(rows);
        let example = |row: &'r Row| if let Row::Example(one) = row { Some(one) } else { None };
        if let Some(to) = list.moved_to {
            let is_down = at.is_none_or(|at| to > at);
            let next = match is_down {
                true => rows.iter().skip(to).find_map(example),
                false => rows.iter().take(to + 1).rev().find_map(example),
            };
            if let Some(next) = next {
                self.set(scene, next.id);
            }
        }
        rows.get(at.filter(|_| list.opened)?).and_then(example)
    }
}
