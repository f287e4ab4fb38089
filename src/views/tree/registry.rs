//! The way from the tree to the prompts of the registry, where a store has some.

use egui::{Layout, Ui, vec2};

use crate::loader::Lane;
use crate::query::RegisteredPrompts;
use crate::state::{Place, PromptPlace};
use crate::views::scene::Scene;
use crate::widgets::scroll::RowScroll;
use crate::widgets::tokens::size;
use crate::widgets::tree_row::{Trailing, TreeEvent, TreeRow};
use crate::widgets::virtual_rows::{RowsKind, VirtualRows};
use crate::words;

/// A row as those of the tree; nothing where there are no prompts.
pub(super) fn prompts_row_ui(ui: &mut Ui, scene: &mut Scene<'_>) {
    let keeps = scene.loader.state().open.as_ref().is_some_and(|open| open.capabilities.keeps_prompts);
    if !keeps {
        return;
    }
    let slot = scene.loader.ask(&RegisteredPrompts, Lane::Visible);
    let count = slot.value().map_or(0, |prompts| prompts.len());
    if count == 0 {
        return;
    }
    let count = words::count(count as u64);
    let is_here = matches!(scene.place(), Place::Prompts(_));
    let mut is_chosen = false;
    ui.allocate_ui_with_layout(vec2(ui.available_width(), size::ROW), Layout::top_down(egui::Align::Min), |ui| {
        let rows = VirtualRows::new("registry", 1, size::ROW).kind(RowsKind::Tree).label("Registry").height(size::ROW);
        let response = rows.cursor(Some(0)).show(ui, &mut RowScroll::default(), |ui, row| {
            let trailing = [Trailing::caption(&count, 48.0)];
            let shown = TreeRow {
                name: "Prompts",
                strong: true,
                selected: is_here,
                trailing: &trailing,
                description: &count,
                ..TreeRow::default()
            };
            is_chosen |= matches!(shown.show(ui, row), TreeEvent::Clicked | TreeEvent::DoubleClicked);
        });
        is_chosen |= response.opened;
    });
    if is_chosen {
        scene.go(Place::Prompts(PromptPlace::default()));
    }
}
