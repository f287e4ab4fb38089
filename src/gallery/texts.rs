//! Long texts.

use super::{Parts, boxed, data::DATA, specimen};
use crate::widgets::text::{CharWidths, TextLines, TextState, VirtualText};
use crate::widgets::tokens::{Tone, size};
use egui::Ui;
use std::sync::LazyLock;

#[derive(Debug, Default)]
pub(super) struct State {
    raw: TextState,
    prose: TextState,
    none: TextState,
    wrapped: Option<(u32, TextLines)>,
}

static EMPTY: LazyLock<TextLines> = LazyLock::new(|| TextLines::new(""));

pub(super) fn texts_ui(ui: &mut Ui, parts: &mut Parts) {
    let state = &mut parts.texts;
    specimen(ui, "As it is stored, with hits", |ui| {
        boxed(ui, 14.0 * size::LINE, |ui| {
            let hits = [4..9, 30..45];
            let text = VirtualText::new("raw", "Prompt", &DATA.lines).numbers().hits(&hits, Some(1));
            if let Some(lines) = text.show(ui, &mut state.raw).copy {
                parts.said = format!("Copied {} lines", lines.len());
            }
        });
    });
    specimen(ui, "As prose, wrapped", |ui| {
        let width = (ui.available_width() - 30.0).max(40.0);
        // The window wraps on a worker; here it is short enough.
        if state.wrapped.as_ref().is_none_or(|(old, _)| *old != width as u32) {
            let widths = CharWidths::measure(ui.ctx(), &size::Type::Body.font());
            state.wrapped = Some((width as u32, DATA.lines.wrapped(width, &widths)));
        }
        let Some((_, lines)) = &state.wrapped else { return };
        boxed(ui, 10.0 * size::LINE, |ui| {
            VirtualText::new("prose", "Prompt as prose", lines).prose().tone(Tone::Muted).show(ui, &mut state.prose);
        });
    });
    specimen(ui, "Nothing", |ui| {
        boxed(ui, size::LINE + 2.0, |ui| {
            VirtualText::new("none", "Empty text", &EMPTY).numbers().show(ui, &mut state.none);
        });
    });
}
