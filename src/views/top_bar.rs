//! The bar at the top: the menu, back and forward, the way to this place, the search, live, theme.

use egui::{Align, Layout, Sense, Ui, vec2};

use super::belongs::belongs_to;
use super::command::Command;
use super::menu::menu_ui;
use super::names::experiment_name;
use super::parts::{icon_button, link, short_id};
use super::scene::Scene;
use crate::loader::Lane;
use crate::query::RunPageOf;
use crate::state::{Action, Place, PromptPlace};
use crate::widgets::chips::{Chip, key_cap};
use crate::widgets::glyphs::Glyph;
use crate::widgets::row_text;
use crate::widgets::section::text_ui;
use crate::widgets::tokens::size::{self, Type};
use crate::widgets::tokens::{Tokens, Tone};

/// Draws the bar; returns the command that was chosen in it.
pub(super) fn top_bar_ui(ui: &mut Ui, scene: &mut Scene<'_>) -> Option<Command> {
    let mut chosen = None;
    ui.horizontal_centered(|ui| {
        ui.spacing_mut().item_spacing.x = 2.0;
        let button = icon_button(ui, Glyph::Menu, "Menu", "Every command, with its key", true);
        chosen = menu_ui(ui, scene, &button);
        for (glyph, command) in
            [(Glyph::Panel, Command::ToggleTree), (Glyph::Back, Command::Back), (Glyph::Forward, Command::Forward)]
        {
            let tip = format!("{} ({})", command.tooltip(), command.key_text(ui.ctx()));
            if icon_button(ui, glyph, command.text(), &tip, command.can_run(scene)).clicked() {
                chosen = Some(command);
            }
        }
        let room = ui.available_width();
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.spacing_mut().item_spacing.x = size::GAP_S;
            right_ui(ui, scene, room, &mut chosen);
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| breadcrumb_ui(ui, scene));
        });
    });
    chosen
}

fn right_ui(ui: &mut Ui, scene: &mut Scene<'_>, room: f32, chosen: &mut Option<Command>) {
    let theme = Command::ToggleTheme;
    if icon_button(ui, Glyph::Theme, theme.text(), theme.tooltip(), true).clicked() {
        *chosen = Some(theme);
    }
    if scene.loader.is_live(scene.clock.now) {
        let tip = "Somebody writes to the store; what is written appears within a second";
        text_ui(ui, "live", Type::Small, Tone::Good).on_hover_text(tip);
        Glyph::Dot.show(ui, Tone::Good);
        ui.add_space(size::GAP_S);
    }
    if scene.state.is_revealed {
        let chip = Chip::button("Secrets shown").glyph(Glyph::Warning, Tone::Warn).tone(Tone::Warn);
        if ui.add(chip).on_hover_text("Mask them again").clicked() {
            scene.act(Action::Reveal(false));
        }
    }
    if search_button(ui, room).on_hover_text(Command::Palette.tooltip()).clicked() {
        *chosen = Some(Command::Palette);
    }
}

/// What looks like a field and opens the palette; in little room only its key.
fn search_button(ui: &mut Ui, room: f32) -> egui::Response {
    let key = Command::Palette.key_text(ui.ctx());
    let tokens = Tokens::of(ui);
    let painter = ui.painter();
    let key = row_text::layout(painter, &key, Type::ValueSmall.font(), 90.0);
    let key_width = key.size().x + size::GAP_S;
    let hint = row_text::layout(painter, "Search or run a command", Type::Body.font(), 300.0);
    let has_hint = room > 720.0;
    let lens = size::GAP_S + size::ICON;
    let least = lens + key_width + size::GAP_S;
    let width = if has_hint { (room * 0.28).clamp(hint.size().x + least + size::GAP_XL, 360.0) } else { least };
    let (rect, response) = ui.allocate_exact_size(vec2(width, size::CONTROL), Sense::click());
    let name = Command::Palette.text();
    response.widget_info(|| egui::WidgetInfo::labeled(egui::accesskit::Role::Button, true, name));
    let radius = f32::from(size::RADIUS);
    ui.painter().rect_filled(rect, radius, tokens.bg_window);
    let border = if response.hovered() { tokens.text3 } else { tokens.line };
    ui.painter().rect_stroke(rect, radius, (size::RULE, border), egui::StrokeKind::Inside);
    let at = rect.left_center() + vec2(lens - size::ICON / 2.0, 0.0);
    Glyph::Search.paint_tone(ui.painter(), at, Tone::Faint, tokens);
    if has_hint {
        let inner = rect.with_min_x(rect.left() + lens + size::GAP_S);
        row_text::paint_galley(ui.painter(), inner, hint, tokens.text3, Align::Min);
    }
    let cap = rect.shrink(4.0);
    key_cap(ui, cap.with_min_x(cap.right() - key_width), key, tokens);
    if response.has_focus() {
        crate::widgets::theme::focus_ring(ui.painter(), rect, tokens);
    }
    response
}

/// Store › experiment › run › trace; each leads there.
fn breadcrumb_ui(ui: &mut Ui, scene: &mut Scene<'_>) {
    ui.spacing_mut().item_spacing.x = size::GAP_S;
    ui.add_space(size::GAP_XS);
    let Some(open) = scene.loader.state().open.clone() else {
        text_ui(ui, "dspyglass", Type::BodyStrong, Tone::Neutral);
        return;
    };
    let place = scene.place().clone();
    let mut steps: Vec<(String, Place)> = Vec::new();
    steps.push((open.info.location.name(), Place::Store));
    let (experiment, run) = belongs_to(scene, &place);
    if let Some(id) = &experiment {
        steps.push((experiment_name(scene, id), Place::of_experiment(id.clone())));
    }
    if let Some(run) = &run {
        let slot = scene.loader.ask(&RunPageOf(run.clone()), Lane::Visible);
        let name = slot.value().and_then(|page| page.as_ref().as_ref()).map(|page| page.run.name.clone());
        let name = name.filter(|name| !name.is_empty()).unwrap_or_else(|| short_id(run.as_str()));
        steps.push((name, Place::of_run(experiment.clone(), run.clone())));
    }
    let own = match &place {
        Place::Store | Place::Experiment { .. } | Place::Run { .. } => None,
        Place::Trace { trace, .. } => Some(short_id(trace.as_str())),
        Place::Search(_) => Some("Text search".to_owned()),
        Place::ProgramHistory(hash) => Some(format!("program {}", short_id(hash.as_str()))),
        Place::Compare { .. } => Some("Compare".to_owned()),
        Place::CompareTraces(_) => Some("Compare traces".to_owned()),
        Place::Prompts(prompts) => match &prompts.prompt {
            None => Some("Prompts".to_owned()),
            Some(prompt) => {
                steps.push(("Prompts".to_owned(), Place::Prompts(PromptPlace::default())));
                Some(prompt.to_string())
            }
        },
    };
    if let Place::Search(search) = &place
        && let Some(trace) = &search.trace
    {
        let place = Place::of_trace(search.experiment.clone(), search.run.clone(), trace.clone());
        steps.push((short_id(trace.as_str()), place));
    }
    steps.extend(own.map(|name| (name, place.clone())));
    let last = steps.len() - 1;
    for (index, (name, target)) in steps.into_iter().enumerate() {
        if index > 0 {
            text_ui(ui, "›", Type::Body, Tone::Faint);
        }
        if index == last {
            let cut = if matches!(target, Place::Trace { .. }) { Type::Value } else { Type::BodyStrong };
            text_ui(ui, &crate::words::one_line(&name, 60), cut, Tone::Neutral);
        } else if link(ui, &crate::words::one_line(&name, 40), Type::Body, Tone::Muted).clicked() {
            scene.go(target);
        }
    }
}
