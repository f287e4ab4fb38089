//! What the user is told: at the top of the middle until it is taken away, and in small windows.

use egui::{Align2, Frame, Margin, ScrollArea, Ui, Window};

use super::command::Command;
use super::scene::Scene;
use crate::state::{Action, NoticeKind};
use crate::widgets::chips::Chip;
use crate::widgets::key_value::{self, KeyValue};
use crate::widgets::notice::{Notice, NoticeEvent};
use crate::widgets::section::text_ui;
use crate::widgets::tokens::Tone;
use crate::widgets::tokens::size::{self, Type};

/// Warnings shown in their window; the rest is counted and can be copied.
const MAX_LISTED: usize = 200;

pub(super) fn notices_ui(ui: &mut Ui, scene: &mut Scene<'_>) {
    let state = scene.state;
    for (index, notice) in state.notices.iter().enumerate() {
        let shape = match notice.kind {
            NoticeKind::Failed => Notice::failed(&notice.what, "", &notice.advice),
            NoticeKind::Warning => Notice::warning(&notice.what).advice(&notice.advice),
            NoticeKind::Hint => Notice::hint(&notice.what).advice(&notice.advice),
        };
        let event = Frame::new()
            .inner_margin(Margin { left: 16, right: 16, top: 10, bottom: 0 })
            .show(ui, |ui| ui.push_id(("notice", index), |ui| shape.dismissible().show(ui)).inner)
            .inner;
        match event {
            NoticeEvent::Dismiss => scene.act(Action::Dismiss(index)),
            NoticeEvent::CopyDetails => scene.act(Action::Copy(notice.details())),
            _ => {}
        }
    }
}

pub(super) fn windows_ui(ui: &mut Ui, scene: &mut Scene<'_>) {
    if scene.state.shows_warnings {
        warnings_ui(ui, scene);
    }
    if scene.state.shows_keys {
        keys_ui(ui, scene);
    }
}

fn warnings_ui(ui: &mut Ui, scene: &mut Scene<'_>) {
    let warnings = std::sync::Arc::clone(scene.loader.warnings());
    let mut is_open = true;
    Window::new("Warnings")
        .open(&mut is_open)
        .collapsible(false)
        .anchor(Align2::CENTER_CENTER, egui::Vec2::ZERO)
        .default_width(640.0)
        .show(ui.ctx(), |ui| {
            text_ui(ui, "Everything else was read all the same", Type::Body, Tone::Muted);
            ui.add_space(size::GAP_S);
            ScrollArea::vertical().max_height(360.0).show(ui, |ui| {
                for warning in warnings.iter().take(MAX_LISTED) {
                    text_ui(ui, &crate::widgets::format::one_line(&warning.place, 200), Type::Value, Tone::Muted);
                    let what = crate::widgets::format::ellipsize_graphemes(&warning.what, 600);
                    ui.add(egui::Label::new(what.as_ref()).wrap());
                    ui.add_space(size::GAP_S);
                }
                if warnings.len() > MAX_LISTED {
                    let more = format!("{} more; copy to see them", warnings.len() - MAX_LISTED);
                    text_ui(ui, &more, Type::Body, Tone::Muted);
                }
            });
            if ui.add(Chip::button("Copy all")).clicked() {
                let lines: Vec<String> = warnings.iter().map(|one| format!("{}: {}", one.place, one.what)).collect();
                scene.act(Action::Copy(lines.join("\n")));
            }
        });
    if !is_open {
        scene.act(Action::ShowWarnings(false));
    }
}

/// A key as it is printed on a keyboard.
fn key_text(ui: &Ui, shortcut: &egui::KeyboardShortcut) -> String {
    ui.ctx().format_shortcut(shortcut).replace("Slash", "/").replace("Questionmark", "?")
}

fn keys_ui(ui: &mut Ui, scene: &mut Scene<'_>) {
    let mut is_open = true;
    Window::new("Keys")
        .open(&mut is_open)
        .collapsible(false)
        .resizable(false)
        .anchor(Align2::CENTER_CENTER, egui::Vec2::ZERO)
        .default_width(520.0)
        .show(ui.ctx(), |ui| {
            let names: Vec<(String, &str)> = Command::ALL
                .into_iter()
                .map(|command| {
                    let keys: Vec<String> = command.shortcuts().iter().map(|shortcut| key_text(ui, shortcut)).collect();
                    (keys.join(" or "), command.text())
                })
                .chain([
                    ("↑ ↓ ← →".to_owned(), "Move in trees and tables, fold and unfold"),
                    ("Enter".to_owned(), "Open what the keyboard stands on"),
                    ("Home, End, Page Up, Page Down".to_owned(), "Move far"),
                ])
                .collect();
            let rows: Vec<KeyValue<'_>> = names.iter().map(|(keys, text)| KeyValue::prose(keys, text)).collect();
            key_value::show(ui, "keys", &rows);
        });
    if !is_open {
        scene.act(Action::ShowKeys(false));
    }
}
