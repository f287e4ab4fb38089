//! Which MLflow answers behind the address of the store, which endpoints it has, and what it cannot tell.

use egui::{Align2, Id, ScrollArea, Ui, Window};

use super::scene::Scene;
use super::time::moment;
use crate::loader::Lane;
use crate::query::ServerReportOf;
use crate::state::Action;
use crate::store::{Endpoint, ServerReport};
use crate::views::parts::slot_ui;
use crate::widgets::chips::Chip;
use crate::widgets::key_value::{KeyValue, show_wrapped};
use crate::widgets::section::{section_ui, text_ui};
use crate::widgets::tokens::Tone;
use crate::widgets::tokens::size::{self, Type};

/// What the panel remembers.
#[derive(Default)]
pub(super) struct ServerCheckMemory {
    /// Which time it is asked.
    round: u64,
    /// What was shown in the last frame: nothing, that it is being asked, or the answer.
    shown: Option<bool>,
    /// Frames until the panel is as large as what it shows.
    settling: u8,
}

const KEYS: f32 = 178.0;
/// A window follows its content by a frame, and a list within it by another.
const SETTLING: u8 = 4;
/// The room that is left to the heading and the buttons.
const AROUND: f32 = 150.0;

/// The panel, while it is open.
pub(super) fn server_check_ui(ui: &mut Ui, scene: &mut Scene<'_>, memory: &mut ServerCheckMemory) {
    let Some(server) = scene.loader.server().filter(|_| scene.state.shows_server).cloned() else {
        memory.shown = None;
        return;
    };
    let mut is_open = true;
    let room = ui.ctx().content_rect().size();
    Window::new("What this server tells")
        .id(Id::unique("server check"))
        .open(&mut is_open)
        .collapsible(false)
        .resizable(false)
        .anchor(Align2::CENTER_CENTER, egui::Vec2::ZERO)
        .show(ui.ctx(), |ui| {
            ui.set_width((room.x - 48.0).clamp(200.0, 640.0));
            text_ui(ui, &server.place().to_string(), Type::Value, Tone::Muted);
            ui.add_space(size::GAP_S);
            let slot = scene.loader.ask(&ServerReportOf(memory.round), Lane::Selection);
            let is_told = Some(slot.value().is_some());
            if std::mem::replace(&mut memory.shown, is_told) != is_told {
                memory.settling = SETTLING;
            }
            if memory.settling > 0 {
                memory.settling -= 1;
                ui.ctx().request_repaint();
            }
            let most = (room.y - AROUND).max(120.0);
            ScrollArea::vertical().max_height(most).show(ui, |ui| {
                let report = slot_ui(ui, scene, &slot, "What this server tells", size::TABLE_ROW);
                if let Some(report) = report.and_then(|report| report.as_ref().as_ref()) {
                    report_ui(ui, scene, report);
                }
                ui.add_space(size::GAP_S);
                section_ui(ui, "No server tells");
                ui.add_space(size::GAP_XS);
                for one in server.untold() {
                    text_ui(ui, &format!("– {one}"), Type::Small, Tone::Muted);
                }
            });
            ui.add_space(size::GAP_S);
            ui.horizontal(|ui| {
                if ui.add(Chip::button("Ask again")).clicked() {
                    memory.round += 1;
                }
                let text = slot.value().and_then(|report| Some(as_text(report.as_ref().as_ref()?)));
                if let Some(text) = text.filter(|_| ui.add(Chip::button("Copy")).clicked()) {
                    scene.act(Action::Copy(text));
                }
            });
        });
    if !is_open {
        scene.act(Action::ShowServer(false));
    }
}

fn report_ui(ui: &mut Ui, scene: &Scene<'_>, report: &ServerReport) {
    let answered = scene.loader.standing().and_then(|standing| standing.answered_ms);
    let answered = answered.map(|ms| moment(ms, scene.clock));
    let facts = report.facts();
    let mut rows: Vec<KeyValue<'_>> = facts.iter().map(|(key, value)| KeyValue::prose(key, value)).collect();
    rows.extend(answered.as_deref().map(|moment| KeyValue::prose("Answered last", moment)));
    show_wrapped(ui, "server facts", KEYS, &rows);
    ui.add_space(size::GAP_S);
    section_ui(ui, "Endpoints");
    ui.add_space(size::GAP_XS);
    let told: Vec<String> = report.endpoints.iter().map(Endpoint::words).collect();
    let rows: Vec<KeyValue<'_>> = report.endpoints.iter().zip(&told).map(|(one, told)| row(one, told)).collect();
    show_wrapped(ui, "server endpoints", KEYS, &rows);
}

fn row<'e>(endpoint: &'e Endpoint, told: &'e str) -> KeyValue<'e> {
    let tone = match endpoint.is_there {
        Some(true) => Tone::Muted,
        Some(false) => Tone::Warn,
        None => Tone::Neutral,
    };
    KeyValue::prose(endpoint.what, told).tone(tone).note(endpoint.path)
}

/// The report for the clipboard.
fn as_text(report: &ServerReport) -> String {
    let facts = report.facts().into_iter().map(|(key, value)| format!("{key}: {value}"));
    let endpoints = report.endpoints.iter().map(|one| format!("{}: {} ({})", one.what, one.words(), one.path));
    facts.chain(endpoints).collect::<Vec<_>>().join("\n")
}
