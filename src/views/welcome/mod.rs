//! Choosing a store; and, once one is open, the page of all its experiments.

mod store;

pub(super) use store::store_ui;

use std::path::PathBuf;

use egui::{Align, Key, Layout, Ui, UiBuilder, vec2};

use super::command::Command;
use super::parts::link;
use super::scene::Scene;
use crate::state::Action;
use crate::widgets::chips::Chip;
use crate::widgets::field::Field;
use crate::widgets::notice::{Notice, NoticeEvent};
use crate::widgets::section::{section_ui, text_ui};
use crate::widgets::tokens::Tone;
use crate::widgets::tokens::size::{self, Type};

/// What is typed.
#[derive(Default)]
pub(super) struct WelcomeMemory {
    path: String,
    has_focused: bool,
}

const WIDTH: f32 = 560.0;

pub(super) fn welcome_ui(ui: &mut Ui, scene: &mut Scene<'_>, memory: &mut WelcomeMemory) {
    let area = ui.available_rect_before_wrap();
    let width = WIDTH.min(area.width() - 2.0 * size::GAP_L);
    let left = area.center().x - width / 2.0;
    let top = area.top() + (area.height() * 0.16).min(140.0);
    let inner = egui::Rect::from_min_max(egui::pos2(left, top), egui::pos2(left + width, area.bottom()));
    ui.scope_builder(UiBuilder::new().max_rect(inner).layout(Layout::top_down(Align::Min)), |ui| {
        text_ui(ui, "dspyglass", Type::Headline, Tone::Neutral);
        let what = "See what DSPy and MLflow recorded: runs, metrics, traces, and what exactly was said to the model";
        let muted = crate::widgets::tokens::Tokens::of(ui).text2;
        ui.add(egui::Label::new(egui::RichText::new(what).color(muted)).wrap());
        ui.add_space(size::GAP_XL);
        open_ui(ui, scene, memory);
        failed_ui(ui, scene);
        ui.add_space(size::GAP_L);
        recent_ui(ui, scene);
    });
    ui.advance_cursor_after_rect(area);
}

fn open_ui(ui: &mut Ui, scene: &mut Scene<'_>, memory: &mut WelcomeMemory) {
    section_ui(ui, "Open a store: mlflow.db, or a folder that holds one");
    ui.horizontal(|ui| {
        let button = 150.0;
        let width = ui.available_width() - button;
        let field = Field::new("Path of the store").hint("/path/to/mlflow.db").width(width);
        let response = field.show(ui, &mut memory.path);
        if !memory.has_focused && scene.loader.state().opening.is_none() {
            memory.has_focused = true;
            response.request_focus();
        }
        let is_entered = response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
        let has_path = !memory.path.trim().is_empty();
        let is_clicked = ui.add(Chip::button("Open")).clicked();
        if (is_entered || is_clicked) && has_path {
            scene.act(Action::OpenStore(typed_path(&memory.path)));
        }
        if ui.add(Chip::button("Browse…")).on_hover_text(Command::OpenStore.tooltip()).clicked() {
            scene.act(Action::ChooseStore);
        }
    });
    ui.add_space(size::GAP_XS);
    ui.horizontal(|ui| {
        text_ui(ui, "or drop a file or a folder here, or look at", Type::Small, Tone::Muted);
        if link(ui, "the sample store", Type::Small, Tone::Accent).clicked() {
            scene.act(Action::OpenSample);
        }
    });
    if let Some(path) = &scene.loader.state().opening {
        ui.add_space(size::GAP_M);
        text_ui(ui, &format!("Opening {}…", path.display()), Type::Small, Tone::Muted);
    }
}

/// A path as people paste it: with quotes around, with `file://` before (the reader knows that), with spaces.
fn typed_path(text: &str) -> PathBuf {
    let text = text.trim();
    let unquoted = ['"', '\''].iter().find_map(|quote| text.strip_prefix(*quote)?.strip_suffix(*quote));
    PathBuf::from(unquoted.unwrap_or(text))
}

fn failed_ui(ui: &mut Ui, scene: &mut Scene<'_>) {
    let Some((path, error)) = scene.loader.state().failed.clone() else { return };
    ui.add_space(size::GAP_L);
    if Notice::failed("This store could not be opened", &error, "").show(ui) == NoticeEvent::CopyDetails {
        scene.act(Action::Copy(format!("{}: {error}", path.display())));
    }
}

fn recent_ui(ui: &mut Ui, scene: &mut Scene<'_>) {
    let recent = &scene.state.settings.recent;
    if recent.is_empty() {
        return;
    }
    section_ui(ui, "Recent stores");
    let mut chosen = None;
    for path in recent.iter().take(8) {
        let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), size::ROW), egui::Sense::click());
        response.widget_info(|| egui::WidgetInfo::labeled(egui::accesskit::Role::Link, true, path));
        let tokens = crate::widgets::tokens::Tokens::of(ui);
        if response.hovered() || response.has_focus() {
            ui.painter().rect_filled(rect, f32::from(size::RADIUS), tokens.bg_raised);
        }
        let inner = rect.shrink2(vec2(size::GAP_S, 0.0));
        crate::widgets::row_text::paint(ui.painter(), inner, path, Type::Value, tokens.text1, Align::Min);
        if response.clicked() {
            chosen = Some(PathBuf::from(path));
        }
    }
    if let Some(path) = chosen {
        scene.act(Action::OpenStore(path));
    }
}

#[cfg(test)]
mod tests {
    use super::typed_path;
    use std::path::Path;

    #[test]
    fn paths_as_they_are_pasted() {
        for text in ["/a b/mlflow.db", " /a b/mlflow.db\n", "\"/a b/mlflow.db\"", "'/a b/mlflow.db'"] {
            assert_eq!(typed_path(text), Path::new("/a b/mlflow.db"));
        }
        assert_eq!(typed_path("\"a"), Path::new("\"a"));
    }
}
