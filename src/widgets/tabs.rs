//! A line of tabs: words, maybe with a count, the chosen one underlined.

use super::row_text;
use super::theme;
use super::tokens::Tokens;
use super::tokens::size::{self, Type};
use egui::accesskit::Role;
use egui::{Align, AsIdSalt, Key, Modifiers, Rect, Sense, Ui, UiBuilder, pos2, vec2};

/// One tab.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tab<'a> {
    /// The word.
    pub title: &'a str,
    /// How many things stand there; empty if that says nothing.
    pub count: &'a str,
}

impl<'a> Tab<'a> {
    /// A tab without a count.
    pub fn new(title: &'a str) -> Self {
        Self { title, count: "" }
    }

    /// With a count.
    pub fn count(mut self, count: &'a str) -> Self {
        self.count = count;
        self
    }
}

const HEIGHT: f32 = 34.0;
/// The same where the tabs need more than one line.
const LINE_HEIGHT: f32 = 28.0;
/// What stands at both sides of a tab's words, and no less than that.
const PADDING: (f32, f32) = (size::GAP_M, 6.0);

/// Where each tab stands.
struct Plan {
    cells: Vec<Rect>,
    padding: f32,
    height: f32,
}

impl Plan {
    /// Tabs that do not fit move together; if that is not enough they go on in a line below: each can be read.
    fn new(ui: &Ui, tabs: &[Tab<'_>]) -> Self {
        let area = ui.available_rect_before_wrap();
        let words: Vec<f32> = tabs.iter().map(|tab| width(ui, tab)).collect();
        let natural: f32 = words.iter().sum();
        let room = (area.width() - natural) / (2.0 * tabs.len().max(1) as f32);
        let is_one = room >= PADDING.1;
        let padding = if is_one { room.min(PADDING.0) } else { PADDING.1 };
        let height = if is_one { HEIGHT } else { LINE_HEIGHT };
        let (mut left, mut top) = (area.left(), area.top());
        let cells = words.iter().map(|words| {
            let width = (words + 2.0 * padding).min(area.width());
            if !is_one && left > area.left() && left + width > area.right() {
                left = area.left();
                top += LINE_HEIGHT;
            }
            let cell = Rect::from_min_size(pos2(left, top), vec2(width, height));
            left = cell.right();
            cell
        });
        let cells: Vec<Rect> = cells.collect();
        Self { padding, height: top - area.top() + height, cells }
    }
}

/// Shows the tabs; returns the one that was chosen now, by click or by ← and →.
pub fn show(ui: &mut Ui, id_salt: impl AsIdSalt, label: &str, tabs: &[Tab<'_>], selected: usize) -> Option<usize> {
    let tokens = Tokens::of(ui);
    let plan = Plan::new(ui, tabs);
    let rect = Rect::from_min_size(ui.available_rect_before_wrap().min, vec2(ui.available_width(), plan.height));
    let mut line = ui.new_child(
        UiBuilder::new()
            .id_salt(egui::IdSalt::new(id_salt))
            .max_rect(rect)
            .accessibility_role(Role::TabList)
            .accessibility_label(label),
    );
    line.shrink_clip_rect(rect);
    let scope = line.scope_id();
    let mut chosen = None;
    for (index, (tab, cell)) in tabs.iter().zip(plan.cells).enumerate() {
        let id = scope.with(("tab", index));
        let response = line.interact(cell, id, Sense::click());
        let is_selected = index == selected;
        line.ctx().accesskit_node_builder(id, |node| {
            super::virtual_rows::set_bounds(node, cell);
            node.set_role(Role::Tab);
            node.set_label(if tab.title.is_empty() { "(empty)" } else { tab.title });
            node.set_selected(is_selected);
            node.set_position_in_set(index);
            node.set_size_of_set(tabs.len());
        });
        if response.clicked() {
            chosen = Some(index);
        }
        if response.has_focus() {
            chosen = step(&line, index, tabs.len()).or(chosen);
            theme::focus_ring(line.painter(), cell.shrink(2.0), tokens);
        }
        paint(&line, cell, tab, is_selected, response.hovered(), plan.padding);
    }
    if let Some(index) = chosen {
        line.memory_mut(|memory| memory.request_focus(scope.with(("tab", index))));
    }
    ui.painter().hline(rect.x_range(), rect.bottom() - 0.5, (size::RULE, tokens.line));
    ui.advance_cursor_after_rect(rect);
    chosen
}

fn step(ui: &Ui, index: usize, total: usize) -> Option<usize> {
    let id = ui.scope_id().with(("tab", index));
    ui.memory_mut(|memory| {
        memory.set_focus_lock_filter(id, egui::EventFilter { horizontal_arrows: true, ..egui::EventFilter::default() });
    });
    ui.input_mut(|input| {
        if input.consume_key(Modifiers::NONE, Key::ArrowRight) {
            (index + 1 < total).then_some(index + 1)
        } else if input.consume_key(Modifiers::NONE, Key::ArrowLeft) {
            index.checked_sub(1)
        } else {
            None
        }
    })
}

/// How wide its words are.
fn width(ui: &Ui, tab: &Tab<'_>) -> f32 {
    let title = row_text::layout(ui.painter(), tab.title, Type::BodyMedium.font(), 400.0);
    let count = if tab.count.is_empty() {
        0.0
    } else {
        let count = row_text::layout(ui.painter(), tab.count, Type::Body.font(), 200.0);
        count.size().x + size::GAP_XS + 2.0
    };
    // The widest cut, so that choosing a tab moves nothing.
    // A text is cut at whole points: the rounding must not cost a letter.
    title.size().x.ceil() + 1.0 + count.ceil()
}

fn paint(ui: &Ui, cell: Rect, tab: &Tab<'_>, is_selected: bool, is_hovered: bool, padding: f32) {
    let tokens = Tokens::of(ui);
    let inner = cell.shrink2(vec2(padding, 0.0));
    let (cut, color) = if is_selected {
        (Type::BodyMedium, tokens.text1)
    } else if is_hovered {
        (Type::Body, tokens.text1)
    } else {
        (Type::Body, tokens.text2)
    };
    let title = row_text::paint(ui.painter(), inner, tab.title, cut, color, Align::Min);
    let room = inner.with_min_x(title.right() + size::GAP_XS + 2.0);
    row_text::paint(ui.painter(), room, tab.count, Type::Body, tokens.text3, Align::Min);
    if is_selected {
        let line = Rect::from_min_max(pos2(cell.left(), cell.bottom() - 2.0), cell.right_bottom());
        ui.painter().rect_filled(line, 0.0, tokens.accent);
    }
}
