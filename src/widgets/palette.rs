//! The command palette: type to find, Enter to do. A calm sheet over the window.

mod listing;
pub mod rank;
mod row;

use super::field::Field;
use super::scroll::RowScroll;
use super::tokens::size::{self, Type};
use super::tokens::{Tokens, Tone};
use super::virtual_rows::VirtualRows;
use egui::accesskit::Role;
use egui::{Align2, Context, CornerRadius, Event, Frame, Id, Key, Margin, Modal, Modifiers, Shadow, Stroke, Ui, vec2};
use listing::{Line, Listing};
use std::borrow::Cow;

/// Something that can be chosen.
#[derive(Clone, Debug, Default)]
pub struct PaletteItem<'a> {
    /// What it is called, and found by.
    pub text: Cow<'a, str>,
    /// A faint text after it: where it is, what it does. Found by it too, but less well.
    pub note: Cow<'a, str>,
    /// Its keys.
    pub shortcut: Cow<'a, str>,
    /// Which of the groups it belongs to.
    pub group: usize,
    /// It is offered whatever is typed.
    pub is_always: bool,
    /// It stands there whatever is typed, behind what answers it.
    pub is_last: bool,
    /// The mark of a category before it.
    pub mark: Option<Tone>,
}

impl<'a> PaletteItem<'a> {
    /// An item of the first group.
    pub fn new(text: impl Into<Cow<'a, str>>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }

    /// With a faint text after it.
    pub fn note(mut self, note: impl Into<Cow<'a, str>>) -> Self {
        self.note = note.into();
        self
    }

    /// With its keys.
    pub fn shortcut(mut self, shortcut: impl Into<Cow<'a, str>>) -> Self {
        self.shortcut = shortcut.into();
        self
    }

    /// Offered whatever is typed, and first: it was made of that.
    pub fn always(mut self) -> Self {
        self.is_always = true;
        self
    }

    /// It stands there whatever is typed, in a group behind those with what answers it.
    pub fn last(mut self) -> Self {
        self.is_last = true;
        self
    }

    /// With the mark of a category before it.
    pub fn mark(mut self, mark: Option<Tone>) -> Self {
        self.mark = mark;
        self
    }

    /// In another group.
    pub fn group(mut self, group: usize) -> Self {
        self.group = group;
        self
    }
}

/// What a palette remembers; the caller keeps it while it is open and begins anew with each opening.
#[derive(Clone, Debug, Default)]
pub struct PaletteState {
    /// What was typed.
    pub typed: String,
    scroll: RowScroll,
    /// The line the keyboard stands on.
    cursor: usize,
    reveals: bool,
    listing: Listing,
    was_shown: bool,
}

/// What the user did with a palette.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PaletteEvents {
    /// This item was chosen; close the palette.
    pub chosen: Option<usize>,
    /// Esc, or a click beside it: close the palette.
    pub closed: bool,
}

/// A palette of items in groups. Show it last in a frame, as long as it is open.
#[must_use = "call `show`"]
pub struct Palette<'a> {
    label: &'a str,
    hint: &'a str,
    groups: &'a [&'a str],
    total: usize,
    version: u64,
    note: &'a str,
}

const WIDTH: f32 = 620.0;
const HEIGHT: f32 = 420.0;

impl<'a> Palette<'a> {
    /// A palette of `total` items. `version` changes when the items do.
    pub fn new(label: &'a str, groups: &'a [&'a str], total: usize, version: u64) -> Self {
        Self { label, hint: "Search or run a command", groups, total, version, note: "" }
    }

    /// What to type, shown while nothing is typed.
    pub fn hint(mut self, hint: &'a str) -> Self {
        self.hint = hint;
        self
    }

    /// A line below the list: "Searching…", "first 500 of 12,000".
    pub fn note(mut self, note: &'a str) -> Self {
        self.note = note;
        self
    }

    /// Draws the palette over the window. `item` is asked for all items when something was typed, else for those
    /// that are seen.
    pub fn show<'d>(
        self,
        ctx: &Context,
        state: &mut PaletteState,
        item: impl Fn(usize) -> PaletteItem<'d>,
    ) -> PaletteEvents {
        let tokens = Tokens::of(ctx);
        let id = Id::unique("palette").with(self.label);
        let window = ctx.content_rect();
        let width = WIDTH.min(window.width() - 2.0 * size::GAP_L).max(120.0);
        let height = HEIGHT.min(window.height() - 2.0 * size::GAP_L).max(90.0);
        let top = ((window.height() - height) * 0.28).max(size::GAP_L);
        let frame = Frame::new()
            .fill(tokens.bg_panel)
            .stroke(Stroke::new(size::RULE, tokens.line))
            .corner_radius(CornerRadius::same(size::RADIUS + 2))
            .shadow(Shadow { offset: [0, 8], blur: 24, spread: 0, color: tokens.shadow })
            .inner_margin(Margin::same(0));
        let modal = Modal::new(id)
            .area(Modal::default_area(id).anchor(Align2::CENTER_TOP, vec2(0.0, top)))
            .backdrop_color(tokens.scrim)
            .frame(frame);
        let mut events = PaletteEvents::default();
        let shown = modal.show(ctx, |ui| {
            ui.set_width(width);
            ui.set_max_width(width);
            ui.spacing_mut().item_spacing.y = 0.0;
            self.inside_ui(ui, id, height, state, &item, &mut events);
        });
        ctx.accesskit_node_builder(shown.response.id, |node| {
            node.set_role(Role::Dialog);
            node.set_label(self.label);
            node.set_modal();
        });
        events.closed |= shown.backdrop_response.clicked();
        events
    }

    fn inside_ui<'d>(
        &self,
        ui: &mut Ui,
        id: Id,
        height: f32,
        state: &mut PaletteState,
        item: &dyn Fn(usize) -> PaletteItem<'d>,
        events: &mut PaletteEvents,
    ) {
        // Before the field sees them: there ↑ and ↓ would move the caret, Enter and Esc give the focus away.
        let keys = Keys::take(ui);
        let field = id.with("field");
        let margin = Margin::symmetric(10, 10);
        Frame::new().inner_margin(margin).show(ui, |ui| {
            let response = Field::new(self.label).id(field).hint(self.hint).without_frame().show(ui, &mut state.typed);
            if !state.was_shown || !response.has_focus() {
                state.was_shown = true;
                ui.memory_mut(|memory| memory.request_focus(field));
            }
        });
        let line = ui.available_rect_before_wrap();
        ui.painter().hline(line.x_range(), line.top(), (size::RULE, Tokens::of(ui).line));
        ui.add_space(size::GAP_XS);

        if state.listing.update(&state.typed, self.version, self.total, self.groups.len(), item) {
            state.cursor = state.listing.first_item().unwrap_or(0);
            state.scroll = RowScroll::default();
        }
        if let Some(to) = keys.moved(&state.listing, state.cursor) {
            state.cursor = to;
            state.reveals = true;
        }
        let foot = size::LINE + size::GAP_S;
        let room = height - foot - size::CONTROL - 24.0;
        let mut clicked = None;
        if state.listing.lines.is_empty() {
            nothing_ui(ui, room);
        } else {
            let query = rank::Query::new(&state.typed);
            let (lines, cursor) = (&state.listing.lines, state.cursor);
            let reveal = std::mem::take(&mut state.reveals).then_some(cursor);
            // The heading above the first item is worth seeing too.
            let reveal = reveal.map(|line| if line == 1 { 0 } else { line });
            VirtualRows::new("items", lines.len(), size::TABLE_ROW)
                .label(self.label)
                .height(room)
                .cursor(Some(cursor))
                .reveal(reveal)
                .show(ui, &mut state.scroll, |ui, row| match lines.get(row.index) {
                    Some(Line::Heading(group)) => row::heading_ui(ui, row, self.groups.get(*group).unwrap_or(&"")),
                    Some(Line::Item(index)) => {
                        let is_clicked = row::item_ui(ui, row, &item(*index), &query, cursor == row.index);
                        if is_clicked {
                            clicked = Some(*index);
                        }
                    }
                    None => {}
                });
        }
        row::foot_ui(ui, foot, self.note);
        let under_cursor = state.listing.item_at(state.cursor);
        events.chosen = clicked.or(if keys.enter { under_cursor } else { None });
        events.closed = keys.escape;
    }
}

fn nothing_ui(ui: &mut Ui, room: f32) {
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), room), egui::Sense::hover());
    let text = "Nothing has this name";
    response.widget_info(|| egui::WidgetInfo::labeled(Role::Status, true, text));
    let at = rect.with_max_y(rect.top() + 64.0);
    super::row_text::paint(ui.painter(), at, text, Type::Body, Tokens::of(ui).text2, egui::Align::Center);
}

/// The keys of this frame that belong to the list.
struct Keys {
    steps: Vec<Key>,
    enter: bool,
    escape: bool,
}

impl Keys {
    fn take(ui: &Ui) -> Self {
        let mut keys = Self { steps: Vec::new(), enter: false, escape: false };
        ui.input_mut(|input| {
            input.events.retain(|event| {
                let Event::Key { key, pressed: true, modifiers, .. } = event else { return true };
                if !modifiers.is_none() {
                    return true;
                }
                match key {
                    Key::ArrowUp | Key::ArrowDown | Key::PageUp | Key::PageDown => keys.steps.push(*key),
                    Key::Enter => keys.enter = true,
                    Key::Escape => keys.escape = true,
                    _ => return true,
                }
                false
            });
            // Some backends tell Ctrl+N and Ctrl+P as in a terminal.
            for (key, step) in [(Key::N, Key::ArrowDown), (Key::P, Key::ArrowUp)] {
                if input.consume_key(Modifiers::CTRL, key) {
                    keys.steps.push(step);
                }
            }
        });
        keys
    }

    fn moved(&self, listing: &Listing, from: usize) -> Option<usize> {
        let to = self.steps.iter().fold(from, |at, key| match key {
            Key::ArrowUp => listing.step(at, -1),
            Key::ArrowDown => listing.step(at, 1),
            Key::PageUp => listing.step(at, -8),
            _ => listing.step(at, 8),
        });
        (!self.steps.is_empty()).then_some(to)
    }
}
