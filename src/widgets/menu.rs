//! Menus, and the list from which the columns of a table are picked.

mod columns;
mod order;

pub use columns::{ColumnPicker, PickerColumn, PickerState};
pub use order::{move_by, move_to, toggle};

use super::glyphs::Glyph;
use super::row_text;
use super::tokens::size::{self, Type};
use super::tokens::{Tokens, Tone};
use egui::accesskit::Role;
use egui::containers::menu::menu_style;
use egui::{Align, Context, Id, Layout, Popup, PopupKind, Pos2, Rect, Response, Sense, Ui, WidgetInfo, pos2, vec2};

/// Something to choose in a menu.
#[derive(Clone, Copy, Debug)]
pub struct MenuItem<'a> {
    text: &'a str,
    shortcut: &'a str,
    glyph: Option<(Glyph, Tone)>,
    is_enabled: bool,
    is_checked: Option<bool>,
}

impl<'a> MenuItem<'a> {
    /// A choice.
    pub fn new(text: &'a str) -> Self {
        Self { text, shortcut: "", glyph: None, is_enabled: true, is_checked: None }
    }

    /// The key that does the same.
    pub fn shortcut(mut self, shortcut: &'a str) -> Self {
        self.shortcut = shortcut;
        self
    }

    /// An icon before it.
    pub fn glyph(mut self, glyph: Glyph, tone: Tone) -> Self {
        self.glyph = Some((glyph, tone));
        self
    }

    /// Whether it can be chosen now.
    pub fn enabled(mut self, is_enabled: bool) -> Self {
        self.is_enabled = is_enabled;
        self
    }

    /// Something that is on or off.
    pub fn checked(mut self, on: bool) -> Self {
        self.is_checked = Some(on);
        self
    }
}

/// A line of a menu.
#[derive(Clone, Copy, Debug)]
pub enum MenuEntry<'a> {
    /// Something to choose.
    Item(MenuItem<'a>),
    /// A rule between groups.
    Rule,
    /// The name of what follows.
    Heading(&'a str),
}

const WIDTH_LEAST: f32 = 180.0;
const WIDTH_MOST: f32 = 360.0;

/// The menu that a secondary click on `response` opens. Returns the entry that was chosen.
pub fn context_menu(response: &Response, entries: &[MenuEntry<'_>]) -> Option<usize> {
    let popup = Popup::context_menu(response).accessible_name("Menu");
    popup.show(|ui| scrolled_ui(ui, entries)).and_then(|shown| shown.inner)
}

/// The menu that a click on the button `response` opens. Returns the entry that was chosen.
pub fn button_menu(response: &Response, entries: &[MenuEntry<'_>]) -> Option<usize> {
    let popup = Popup::menu(response).accessible_name("Menu");
    popup.show(|ui| scrolled_ui(ui, entries)).and_then(|shown| shown.inner)
}

/// Opens the menu of this id, and closes any other one.
pub fn open_menu(ctx: &Context, id: Id) {
    Popup::open_id(ctx, id);
}

/// Whether it is still open.
pub fn is_menu_open(ctx: &Context, id: Id) -> bool {
    Popup::is_id_open(ctx, id)
}

/// The menu of this id at a point, if it is open. Returns the entry that was chosen.
pub fn menu_at(ui: &Ui, id: Id, at: Pos2, entries: &[MenuEntry<'_>]) -> Option<usize> {
    let popup = Popup::new(id, ui.ctx().clone(), at, ui.layer_id())
        .kind(PopupKind::Menu)
        .layout(Layout::top_down_justified(Align::Min))
        .style(menu_style)
        .gap(0.0)
        .accessible_name("Menu")
        .open_memory(None);
    popup.show(|ui| scrolled_ui(ui, entries)).and_then(|shown| shown.inner)
}

/// A menu that is higher than the window scrolls.
fn scrolled_ui(ui: &mut Ui, entries: &[MenuEntry<'_>]) -> Option<usize> {
    let most = (ui.ctx().content_rect().height() - 64.0).max(size::ROW);
    let area = egui::ScrollArea::vertical().max_height(most).min_scrolled_height(most);
    area.show(ui, |ui| entries_ui(ui, entries)).inner
}

/// Shows the lines of a menu; returns the one that was chosen, and closes the menu around it.
pub fn entries_ui(ui: &mut Ui, entries: &[MenuEntry<'_>]) -> Option<usize> {
    let width = entries.iter().map(|entry| natural_width(ui, entry)).fold(WIDTH_LEAST, f32::max).min(WIDTH_MOST);
    ui.spacing_mut().item_spacing.y = 0.0;
    let mut chosen = None;
    for (index, entry) in entries.iter().enumerate() {
        match entry {
            MenuEntry::Item(item) => {
                if item_ui(ui, item, width).clicked() {
                    chosen = Some(index);
                }
            }
            MenuEntry::Rule => {
                let (rect, _) = ui.allocate_exact_size(vec2(width, size::GAP_S + size::RULE), Sense::hover());
                let line = Tokens::of(ui).line;
                ui.painter().hline(rect.x_range(), rect.center().y, (size::RULE, line));
            }
            MenuEntry::Heading(text) => {
                let (rect, response) = ui.allocate_exact_size(vec2(width, size::ROW), Sense::hover());
                response.widget_info(|| WidgetInfo::labeled(Role::Heading, true, *text));
                let room = rect.shrink2(vec2(size::GAP_S, 0.0));
                let tone = Tokens::of(ui).text3;
                row_text::paint(ui.painter(), room, text, Type::Caption, tone, Align::Min);
            }
        }
    }
    if chosen.is_some() {
        ui.close();
    }
    chosen
}

fn natural_width(ui: &Ui, entry: &MenuEntry<'_>) -> f32 {
    let lay = |text: &str, cut: Type| row_text::layout(ui.painter(), text, cut.font(), WIDTH_MOST).size().x;
    match entry {
        MenuEntry::Item(item) => {
            let shortcut =
                if item.shortcut.is_empty() { 0.0 } else { lay(item.shortcut, Type::ValueSmall) + size::GAP_XL };
            size::ICON + size::GAP_S * 3.0 + lay(item.text, Type::Body) + shortcut
        }
        MenuEntry::Heading(text) => lay(text, Type::Caption) + size::GAP_S * 2.0,
        MenuEntry::Rule => 0.0,
    }
}

fn item_ui(ui: &mut Ui, item: &MenuItem<'_>, width: f32) -> Response {
    let sense = if item.is_enabled { Sense::click() } else { Sense::hover() };
    let (rect, response) = ui.allocate_exact_size(vec2(width, size::ROW), sense);
    response.widget_info(|| match item.is_checked {
        Some(on) => WidgetInfo::selected(Role::MenuItemCheckBox, item.is_enabled, on, item.text),
        None => WidgetInfo::labeled(Role::MenuItem, item.is_enabled, item.text),
    });
    let tokens = Tokens::of(ui);
    let is_lit = item.is_enabled && (response.hovered() || response.has_focus());
    if is_lit {
        ui.painter().rect_filled(rect, f32::from(size::RADIUS_CELL), tokens.bg_raised);
    }
    let inner = rect.shrink2(vec2(size::GAP_S, 0.0));
    let mark = pos2(inner.left() + size::ICON / 2.0, inner.center().y);
    match (item.is_checked, item.glyph) {
        (Some(true), _) => Glyph::Check.paint_tone(ui.painter(), mark, Tone::Accent, tokens),
        (_, Some((glyph, tone))) => glyph.paint_tone(ui.painter(), mark, tone, tokens),
        _ => {}
    }
    let color = if !item.is_enabled {
        tokens.text3
    } else if is_lit {
        tokens.text1
    } else {
        tokens.text2
    };
    let shortcut = row_text::paint(ui.painter(), inner, item.shortcut, Type::ValueSmall, tokens.text3, Align::Max);
    let right = if item.shortcut.is_empty() { inner.right() } else { shortcut.left() - size::GAP_S };
    let room =
        Rect::from_min_max(pos2(mark.x + size::ICON / 2.0 + size::GAP_S, rect.top()), pos2(right, rect.bottom()));
    row_text::paint(ui.painter(), room, item.text, Type::Body, color, Align::Min);
    if response.has_focus() {
        super::theme::focus_ring(ui.painter(), rect, tokens);
    }
    response
}
