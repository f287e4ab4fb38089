//! What was done as asked – a file was saved – said in passing, where it covers nothing and moves nothing: in the bar
//! at the bottom, for a few seconds.

use std::time::{Duration, Instant};

use egui::accesskit::{Live, Role};
use egui::{Align, Rect, Sense, Ui, vec2};

use super::scene::Scene;
use crate::state::Action;
use crate::widgets::glyphs::Glyph;
use crate::widgets::row_text;
use crate::widgets::tokens::size::{self, Type};
use crate::widgets::tokens::{Tokens, Tone};

/// How long it stands there, unless somebody points at it.
const SHOWN_FOR: Duration = Duration::from_secs(6);

/// Since when what is shown.
#[derive(Debug, Default)]
pub(super) struct PassingMemory(Option<(u64, Instant)>);

/// Shows it in the room that is left.
pub(super) fn passing_ui(ui: &mut Ui, scene: &mut Scene<'_>, memory: &mut PassingMemory) {
    let Some((number, notice)) = scene.state.passing() else {
        memory.0 = None;
        return;
    };
    let now = scene.clock.now;
    let since = match memory.0 {
        Some((shown, since)) if shown == number => since,
        _ => now,
    };
    memory.0 = Some((number, since));
    let tokens = Tokens::of(ui);
    let text = notice.details();
    let room = ui.available_size();
    let (rect, response) = ui.allocate_exact_size(vec2(room.x, size::LINE.min(room.y)), Sense::click());
    let mark = size::ICON + size::GAP_XS;
    let words = rect.with_min_x(rect.left() + mark);
    let end = if text.is_empty() { words.left() } else { line_ui(ui, words, &text, tokens) };
    Glyph::Check.paint_tone(ui.painter(), rect.left_center() + vec2(size::ICON / 2.0, 0.0), Tone::Good, tokens);
    let covered = rect.with_max_x(end);
    ui.ctx().accesskit_node_builder(response.id, |node| {
        node.set_role(Role::Status);
        node.set_live(Live::Polite);
        node.set_label(text.as_str());
    });
    let is_pointed_at = response.hovered() && ui.rect_contains_pointer(covered);
    if response.clicked() {
        scene.act(Action::Copy(text.clone()));
    }
    if is_pointed_at {
        memory.0 = Some((number, now));
        response.on_hover_text(format!("{text}\nClick to copy"));
    }
    let left = SHOWN_FOR.saturating_sub(now.saturating_duration_since(since));
    if left.is_zero() && !is_pointed_at {
        scene.act(Action::Passed);
    } else {
        ui.ctx().request_repaint_after(if is_pointed_at { SHOWN_FOR } else { left });
    }
}

/// Paints the line and returns where it ends. Of a path without room the beginning gives way: its end is the file.
fn line_ui(ui: &Ui, rect: Rect, text: &str, tokens: &Tokens) -> f32 {
    let fits = |text: &str| {
        let galley = row_text::layout(ui.painter(), text, Type::Caption.font(), rect.width());
        (!galley.elided).then_some(galley)
    };
    let (head, path) = text.split_at(text.find('/').unwrap_or(0));
    let shorter = |(at, _): (usize, &str)| fits(&format!("{head}…{}", &path[at..]));
    let galley = fits(text).or_else(|| path.match_indices('/').find_map(shorter));
    let galley = galley.unwrap_or_else(|| row_text::layout(ui.painter(), text, Type::Caption.font(), rect.width()));
    row_text::paint_galley(ui.painter(), rect, galley, tokens.text1, Align::Min).right()
}
