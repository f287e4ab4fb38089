//! Small things that several places share.

use egui::{Frame, Label, Margin, Response, RichText, Sense, Ui, vec2};

use super::command::Command;
use super::failed::failed_ui;
use super::scene::Scene;
use crate::loader::Slot;
use crate::model::RunStatus;
use crate::state::{Action, Place};
use crate::widgets::chips::Chip;
use crate::widgets::empty::skeleton_rows_ui;
use crate::widgets::glyphs::{Glyph, Status};
use crate::widgets::tokens::size::{self, Type};
use crate::widgets::tokens::{Tokens, Tone};

/// A column of durations has room for the widest one: `59 min 59 s`, `23 h 59 min`.
pub(super) const DURATION: f32 = 98.0;

/// The frame of a place: its margins.
pub(super) fn place_frame() -> Frame {
    Frame::new().inner_margin(Margin { left: 16, right: 16, top: 10, bottom: 0 })
}

/// How a run's status is drawn.
pub(super) fn run_status(status: &RunStatus) -> Status {
    match status {
        RunStatus::Finished => Status::Finished,
        RunStatus::Failed | RunStatus::Killed => Status::Failed,
        RunStatus::Running | RunStatus::Scheduled => Status::Running,
        RunStatus::Other(_) => Status::Unknown,
    }
}

/// A run's status as a word.
pub(super) fn run_status_word(status: &RunStatus) -> String {
    match status.as_str() {
        "" => "unknown".to_owned(),
        word => word.to_lowercase(),
    }
}

/// How a trace's or a span's status is drawn.
pub(super) fn trace_status(status: &str) -> Status {
    match status {
        "OK" => Status::Finished,
        "ERROR" => Status::Failed,
        "IN_PROGRESS" => Status::Running,
        _ => Status::Unknown,
    }
}

/// A trace's status as a word.
pub(super) fn trace_status_word(status: &str) -> String {
    match status {
        "OK" => "finished".to_owned(),
        "ERROR" => "failed".to_owned(),
        "IN_PROGRESS" => "running".to_owned(),
        "" | "UNSET" | "STATE_UNSPECIFIED" => "unknown".to_owned(),
        other => other.to_lowercase(),
    }
}

/// What is there; else its skeleton or why it could not be read. A failed refresh stands above what
/// was there before.
pub(super) fn slot_ui<'s, T>(
    ui: &mut Ui,
    scene: &mut Scene<'_>,
    slot: &'s Slot<T>,
    what: &str,
    row_height: f32,
) -> Option<&'s std::sync::Arc<T>> {
    if let Some(error) = slot.error() {
        failed_ui(ui, scene, what, error);
    }
    if slot.wants_skeleton(scene.clock.now) {
        skeleton_rows_ui(ui, 12, row_height);
    }
    slot.value()
}

/// A small button that is only an icon; its name is for tooltips and screen readers.
pub(super) fn icon_button(ui: &mut Ui, glyph: Glyph, name: &str, tooltip: &str, enabled: bool) -> Response {
    let side = vec2(size::CONTROL, size::CONTROL);
    let (rect, response) = ui.allocate_exact_size(side, if enabled { Sense::click() } else { Sense::hover() });
    response.widget_info(|| egui::WidgetInfo::labeled(egui::accesskit::Role::Button, enabled, name));
    let tokens = Tokens::of(ui);
    if response.hovered() && enabled {
        ui.painter().rect_filled(rect, f32::from(size::RADIUS), tokens.bg_raised);
    }
    if response.has_focus() {
        crate::widgets::theme::focus_ring(ui.painter(), rect, tokens);
    }
    let color = if enabled { tokens.text2 } else { tokens.line };
    glyph.paint(ui.painter(), rect.center(), size::ICON, color);
    response.on_hover_text(tooltip)
}

/// A word that leads somewhere.
pub(super) fn link(ui: &mut Ui, text: &str, cut: Type, tone: Tone) -> Response {
    let tokens = Tokens::of(ui);
    let text = crate::words::one_line(text, 80);
    let rich = RichText::new(text.as_ref()).font(cut.font()).color(tone.color(tokens));
    let response = ui.add(Label::new(rich).sense(Sense::click()).truncate());
    response.widget_info(|| egui::WidgetInfo::labeled(egui::accesskit::Role::Link, true, text.as_ref()));
    if response.has_focus() {
        crate::widgets::theme::focus_ring(ui.painter(), response.rect.expand2(vec2(2.0, 0.0)), tokens);
    }
    response.on_hover_cursor(egui::CursorIcon::PointingHand)
}

/// An id in few characters: its beginning, and a sign where there is more.
pub(super) fn short_id(id: &str) -> String {
    let head = crate::words::id_head(id);
    if head.len() == id.len() { id.to_owned() } else { format!("{head}…") }
}

/// Leads to the search for text in the traces on screen.
pub(super) fn search_button_ui(ui: &mut Ui, scene: &mut Scene<'_>) {
    let key = Command::Filter.key_text(ui.ctx());
    let chip = Chip::button("Search text").glyph(Glyph::Search, Tone::Muted).key(&key);
    if ui.add(chip).on_hover_text(Command::SearchText.tooltip()).clicked() {
        let search = scene.place().search();
        scene.go(Place::Search(search));
    }
}

/// Shows or masks secrets: an explicit wish, and visible as long as it holds.
pub(super) fn reveal_ui(ui: &mut Ui, scene: &mut Scene<'_>) {
    let is_revealed = scene.state.is_revealed;
    let text = if is_revealed { "Mask secrets" } else { "Reveal secrets" };
    if ui.add(Chip::button(text)).on_hover_text("Masked values look like secrets").clicked() {
        scene.act(Action::Reveal(!is_revealed));
    }
}
