//! Says for a moment that something was put into the clipboard, in the middle of the bar at the bottom, where it
//! covers nothing and moves nothing.

use std::time::{Duration, Instant};

use egui::accesskit::{Live, Role};
use egui::{Align, Rect, Sense, Ui, WidgetInfo, vec2};

use super::scene::Scene;
use crate::widgets::glyphs::Glyph;
use crate::widgets::row_text;
use crate::widgets::tokens::Tokens;
use crate::widgets::tokens::size::{self, Type};

/// How long it is said.
const SHOWN_FOR: Duration = Duration::from_millis(2_000);
const TEXT: &str = "Copied";

/// What was said.
#[derive(Debug, Default)]
pub(super) struct CopiedMemory {
    seen: u64,
    since: Option<Instant>,
}

/// Draws it into the bar, as long as it is new.
pub(super) fn copied_ui(ui: &Ui, scene: &Scene<'_>, memory: &mut CopiedMemory, bar: Rect) {
    if memory.seen != scene.state.copied {
        (memory.seen, memory.since) = (scene.state.copied, Some(scene.clock.now));
    }
    let Some(since) = memory.since else { return };
    let left = SHOWN_FOR.saturating_sub(scene.clock.now.saturating_duration_since(since));
    if left.is_zero() {
        memory.since = None;
        return;
    }
    ui.ctx().request_repaint_after(left);
    let tokens = Tokens::of(ui);
    let text = row_text::layout(ui.painter(), TEXT, Type::Small.font(), 200.0);
    let width = size::ICON + size::GAP_XS + text.size().x + 2.0 * size::GAP_S;
    let pill = Rect::from_center_size(bar.center(), vec2(width, bar.height() - 4.0));
    let response = ui.interact(pill, egui::Id::unique("copied"), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Status, true, TEXT));
    ui.ctx().accesskit_node_builder(response.id, |node| node.set_live(Live::Polite));
    ui.painter().rect_filled(pill, f32::from(size::RADIUS), tokens.good_bg);
    let inner = pill.shrink2(vec2(size::GAP_S, 0.0));
    let at = inner.left_center() + vec2(size::ICON / 2.0, 0.0);
    Glyph::Check.paint(ui.painter(), at, size::ICON, tokens.good);
    let room = inner.with_min_x(inner.left() + size::ICON + size::GAP_XS);
    row_text::paint_galley(ui.painter(), room, text, tokens.text1, Align::Min);
}
