//! The head of a trace: its name, its figures as chips, its place in the list.

use egui::Ui;

use super::rows::{self, total_text};
use super::{TraceMemory, step};
use crate::loader::{Lane, TraceTree};
use crate::model::Assessment;
use crate::query::TraceFiguresOf;
use crate::state::Action;
use crate::views::command::Command;
use crate::views::parts::{link, short_id, trace_status};
use crate::views::scene::Scene;
use crate::views::time::{moment_short, moment_utc};
use crate::views::traces::status_word;
use crate::widgets::chips::Chip;
use crate::widgets::glyphs::Glyph;
use crate::widgets::section::{text_ui, title_ui};
use crate::widgets::tokens::Tone;
use crate::widgets::tokens::size::{self, Type};
use crate::words;

/// Assessments shown as chips; the rest is counted.
const MAX_SCORES: usize = 4;

pub(super) fn header_ui(ui: &mut Ui, scene: &mut Scene<'_>, memory: &mut TraceMemory, tree: &TraceTree) {
    let row = &tree.head.row;
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = egui::vec2(size::GAP_S, size::GAP_XS);
        title_ui(ui, if row.name.is_empty() { row.id.as_str() } else { &row.name });
        let status = trace_status(&row.status);
        ui.add(Chip::new(&status_word(&row.status)).glyph(status.glyph(), status.tone()));
        if rows::has_parse_fallback(tree) {
            let tip = "An answer could not be parsed by the chat adapter; the JSON adapter was tried next";
            ui.add(Chip::new("parse fallback").glyph(Glyph::Warning, Tone::Warn)).on_hover_text(tip);
        }
        if let Some(ms) = row.duration_ms {
            ui.add(Chip::new(&words::duration_ms(ms)));
        }
        tokens_ui(ui, scene, tree);
        if row.cached == Some(true) {
            let tip = "No usage was recorded and every call took less than 5 ms";
            ui.add(Chip::new("cached").note("likely")).on_hover_text(tip);
        }
        if let Some(cost) = row.cost_usd {
            ui.add(Chip::new(&format!("${cost:.4}")));
        }
        for assessment in tree.head.assessments.iter().take(MAX_SCORES) {
            score_ui(ui, assessment);
        }
        if tree.head.assessments.len() > MAX_SCORES {
            let more = format!("{} more", tree.head.assessments.len() - MAX_SCORES);
            text_ui(ui, &more, Type::Small, Tone::Muted);
        }
        let started = moment_short(row.start_time_ms, scene.clock).replace(' ', "\u{a0}");
        text_ui(ui, &started, Type::Small, Tone::Muted).on_hover_text(moment_utc(row.start_time_ms));
        let id = row.id.to_string();
        let short = link(ui, &short_id(&id), Type::ValueSmall, Tone::Muted);
        if short.on_hover_text(format!("{id}\nClick to copy")).clicked() {
            scene.act(Action::Copy(id));
        }
    });
    ui.add_space(size::GAP_XS);
    ui.horizontal_wrapped(|ui| tools_ui(ui, scene, memory, tree));
    ui.add_space(size::GAP_S);
}

fn tokens_ui(ui: &mut Ui, scene: &mut Scene<'_>, tree: &TraceTree) {
    let figures = scene.loader.ask(&TraceFiguresOf(tree.head.row.id.clone()), Lane::Visible);
    let (text, note) = total_text(tree.head.row.tokens, figures.value().map(|figures| &**figures));
    let chip = Chip::new(&text);
    let chip = match &note {
        Some(note) => chip.note(note),
        None => chip,
    };
    let tip = match (&note, text.ends_with("unknown")) {
        (_, true) => "No usage was recorded: unknown, not 0",
        (Some(note), _) if note != "stored" => "Recomputed from the spans; the stored total differs",
        (Some(_), _) => "As stored; not recomputed from the spans",
        _ => "Recomputed from the spans, each usage counted once",
    };
    ui.add(chip).on_hover_text(tip);
}

fn score_ui(ui: &mut Ui, assessment: &Assessment) {
    let value = match &assessment.value {
        crate::model::Json::Number(number) => number.as_f64().map_or_else(|| number.to_string(), words::value),
        crate::model::Json::String(text) => text.clone(),
        other => other.to_string(),
    };
    let text = format!("{} {}", assessment.name, words::one_line(&value, 24));
    let is_right = matches!(value.as_str(), "1" | "1.0" | "true");
    let is_wrong = matches!(value.as_str(), "0" | "0.0" | "false") || assessment.error.is_some();
    let chip = Chip::new(&text);
    let chip = match (is_right, is_wrong) {
        (true, _) => chip.glyph(Glyph::Check, Tone::Good),
        (_, true) => chip.glyph(Glyph::Cross, Tone::Bad),
        _ => chip,
    };
    let response = ui.add(chip);
    if let Some(rationale) = &assessment.rationale {
        response.on_hover_text(words::ellipsize_graphemes(rationale, 1_000).as_ref());
    }
}

fn tools_ui(ui: &mut Ui, scene: &mut Scene<'_>, memory: &mut TraceMemory, tree: &TraceTree) {
    let adapters = tree.spans.iter().filter(|span| rows::is_adapter(span)).count();
    if adapters > 0 {
        let shows = scene.state.settings.show_adapters;
        let text = if shows { "Adapters shown" } else { "Adapters folded" };
        let chip = Chip::toggle(text, shows).key("a");
        if ui.add(chip).on_hover_text(Command::ToggleAdapters.tooltip()).clicked() {
            scene.act(Action::ShowAdapters(!shows));
        }
    }
    if let Some(place) = memory.place.clone() {
        let position = words::count(place.position as u64 + 1);
        let text = format!("{position} of {}", words::count(place.total));
        text_ui(ui, &text, Type::Small, Tone::Muted);
        for (command, name, forward, glyph, key) in [
            (Command::Previous, "Previous", false, Glyph::Back, "k"),
            (Command::Next, "Next", true, Glyph::Forward, "j"),
        ] {
            let chip = Chip::button(name).glyph(glyph, Tone::Muted).key(key);
            if ui.add(chip).on_hover_text(command.tooltip()).clicked() {
                step(scene, memory, forward);
            }
        }
    }
}
