//! Attempts beside each other where there is room, under one another where there is not; what was handed on is marked.

use egui::{CornerRadius, Frame, Margin, Stroke, Ui};

use super::fields::{find_ui, named_fields_ui};
use super::parts_ui::{failure_ui, head_ui, label_ui};
use super::{DetailsMemory, Focused};
use crate::loader::{Lane, PreparedAttempt, PreparedAttempts, PreparedAttemptsOf, PreparedLikelyCallsOf, Text};
use crate::state::{Action, Place};
use crate::views::body::page::TextsMemory;
use crate::views::parts::slot_ui;
use crate::views::scene::Scene;
use crate::views::spans::span_ref;
use crate::widgets::chips::Chip;
use crate::widgets::glyphs::Glyph;
use crate::widgets::section::text_ui;
use crate::widgets::tokens::size::{self, Type};
use crate::widgets::tokens::{Tokens, Tone};
use crate::words;

/// A column is no narrower.
const NARROWEST: f32 = 168.0;

/// The attempts of a module.
pub(super) fn attempts_ui(ui: &mut Ui, scene: &mut Scene<'_>, memory: &mut DetailsMemory, one: Focused<'_>) {
    let slot = scene.loader.ask(&PreparedAttemptsOf(one.trace.clone(), one.ordinal), Lane::Selection);
    let Some(answer) = slot_ui(ui, scene, &slot, "The attempts", size::LINE) else { return };
    if let Some(found) = answer.as_ref() {
        page_ui(ui, scene, memory, one, found);
    }
}

/// Traces that the span likely made.
pub(super) fn likely_ui(ui: &mut Ui, scene: &mut Scene<'_>, memory: &mut DetailsMemory, one: Focused<'_>) {
    let slot = scene.loader.ask(&PreparedLikelyCallsOf(one.trace.clone(), one.ordinal), Lane::Selection);
    let Some(answer) = slot_ui(ui, scene, &slot, "The likely calls", size::LINE) else { return };
    if let Some(found) = answer.as_ref() {
        page_ui(ui, scene, memory, one, found);
    }
}

fn page_ui(ui: &mut Ui, scene: &mut Scene<'_>, memory: &mut DetailsMemory, one: Focused<'_>, found: &PreparedAttempts) {
    let texts: Vec<&Text> = found.texts();
    let source = texts.first().map_or(0, |text| text.id());
    find_ui(ui, scene, memory, one, (source, &texts));
    ui.add_space(size::GAP_XS);
    text_ui(ui, &format!("{} · {}", found.title, words::count(found.attempts.len() as u64)), Type::Small, Tone::Muted);
    text_ui(ui, &found.told, Type::Small, Tone::Muted);
    if let Some(threshold) = &found.threshold {
        let text = format!("An attempt worth {} is enough", words::one_line(threshold, 40));
        text_ui(ui, &text, Type::Small, Tone::Muted);
    }
    if found.is_cut {
        text_ui(ui, "More traces began at that time, and were not looked at", Type::Small, Tone::Warn);
    }
    ui.add_space(size::GAP_XS);
    memory.texts.show(ui, source, |ui, texts, _| {
        ui.spacing_mut().interact_size.y = size::LINE;
        let room = ui.available_width();
        let fitting =
            (((room + size::GAP_S) / (NARROWEST + size::GAP_S)) as usize).clamp(1, found.attempts.len().max(1));
        let width = (room - size::GAP_S * (fitting - 1) as f32) / fitting as f32;
        for (row, some) in found.attempts.chunks(fitting).enumerate() {
            texts.card_ui(ui, row as u64, |ui, texts| {
                ui.horizontal_top(|ui| {
                    ui.spacing_mut().item_spacing.x = size::GAP_S;
                    for (at, attempt) in some.iter().enumerate() {
                        ui.push_id(at, |ui| {
                            ui.vertical(|ui| {
                                ui.set_width(width);
                                attempt_ui(ui, scene, texts, one, attempt);
                            });
                        });
                    }
                });
            });
            ui.add_space(size::GAP_S);
        }
    });
}

fn attempt_ui(
    ui: &mut Ui,
    scene: &mut Scene<'_>,
    texts: &mut TextsMemory,
    one: Focused<'_>,
    attempt: &PreparedAttempt,
) {
    let tokens = Tokens::of(ui);
    let line = if attempt.is_result { tokens.good } else { tokens.line };
    let frame = Frame::new()
        .fill(tokens.bg_window)
        .stroke(Stroke::new(size::RULE, line))
        .corner_radius(CornerRadius::same(size::RADIUS))
        .inner_margin(Margin::same(8));
    frame.show(ui, |ui| {
        let tone = if attempt.error.is_some() { Tone::Bad } else { Tone::Neutral };
        let has_target = attempt.span.is_some() || attempt.trace.is_some();
        if head_ui(ui, (&words::one_line(&attempt.title, 60), "", tone), "", has_target) {
            go_to(scene, one, attempt);
        }
        if !attempt.figures.is_empty() {
            text_ui(ui, &attempt.figures, Type::Small, Tone::Muted);
        }
        if attempt.is_result {
            let tip = "It gave back what was handed on; that it was taken is inferred from that";
            ui.add(Chip::new("same outputs").glyph(Glyph::Check, Tone::Good)).on_hover_text(tip);
        }
        if let Some((trace, reason)) = &attempt.trace {
            ui.add(Chip::new("likely")).on_hover_text(format!("{trace}\nLikely, for {reason}"));
        }
        if let Some(error) = &attempt.error {
            failure_ui(ui, (Glyph::Cross, Tone::Bad), if error.is_empty() { "Failed" } else { error });
        }
        if let Some(advice) = &attempt.advice {
            label_ui(ui, "advice that it was given");
            ui.push_id("advised", |ui| named_fields_ui(ui, scene, texts, advice));
        }
        match &attempt.fields {
            Some(fields) => named_fields_ui(ui, scene, texts, fields),
            None if attempt.error.is_some() => {}
            None => {
                text_ui(ui, "It gave nothing back", Type::Small, Tone::Muted);
            }
        }
    });
}

/// To the span of an attempt, or to the trace that it is.
fn go_to(scene: &mut Scene<'_>, one: Focused<'_>, attempt: &PreparedAttempt) {
    if let Some((trace, _)) = &attempt.trace {
        let Place::Trace { experiment, run, detail, .. } = scene.place().clone() else { return };
        scene.act(Action::Go(Place::Trace { experiment, run, trace: trace.clone(), span: None, detail }));
    } else if let Some(to) = attempt.span.and_then(|span| span_ref(one.tree, span)) {
        scene.act(Action::FocusSpan(Some(to)));
    }
}
