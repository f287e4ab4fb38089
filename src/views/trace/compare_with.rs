//! The way from a trace to a comparison with another one.

use egui::Ui;

use crate::loader::TraceTree;
use crate::state::Action;
use crate::views::command::Command;
use crate::views::scene::Scene;
use crate::widgets::chips::Chip;

/// Leads to the choice of another trace; of a trace without spans nothing can be compared.
pub(super) fn compare_with_ui(ui: &mut Ui, scene: &mut Scene<'_>, tree: &TraceTree) {
    if tree.spans.is_empty() {
        return;
    }
    let key = Command::CompareWith.key_text(ui.ctx());
    let tip = format!("Choose another trace: spans aligned, prompts and answers word by word  {key}");
    if ui.add(Chip::button(Command::CompareWith.text())).on_hover_text(tip).clicked() {
        scene.act(Action::ChooseTraceToCompare(vec![tree.head.row.id.clone()]));
    }
}
