//! Shows the rows, and turns clicks and keys into events.

use super::flatten::JsonRows;
use super::fold::JsonFold;
use super::search::JsonHit;
use crate::widgets::menu::{MenuEntry, MenuItem, context_menu};
use crate::widgets::scroll::RowScroll;
use crate::widgets::tokens::size;
use crate::widgets::virtual_rows::{RowsKind, RowsResponse, VirtualRows};
use egui::{AsIdSalt, Event, IdSalt, Key, KeyboardShortcut, Modifiers, Ui};

/// What a view of JSON remembers; the caller keeps it.
#[derive(Clone, Debug, Default)]
pub struct JsonState {
    /// What is open.
    pub fold: JsonFold,
    /// Which rows are shown.
    pub scroll: RowScroll,
    /// How far it is scrolled to the right, in points.
    pub x: f32,
    /// The row the keyboard stands on, counted with everything open.
    pub cursor: Option<usize>,
    reveal: bool,
    /// The rows that are not folded away, and for which rows and which folding they were counted.
    visible: Vec<u32>,
    counted: (u64, u64),
}

impl JsonState {
    /// Opens what is above a row, puts the keyboard there and scrolls to it.
    pub fn reveal(&mut self, rows: &JsonRows, row: usize) {
        self.fold.reveal(rows, row);
        self.cursor = Some(row);
        self.reveal = true;
    }

    fn count(&mut self, rows: &JsonRows) {
        let wanted = (rows.stamp, self.fold.version() + 1);
        if self.counted != wanted {
            self.visible = self.fold.visible(rows);
            self.counted = wanted;
        }
    }

    /// Where a row stands among those that are not folded away; that of what folds it away otherwise.
    fn place_of(&self, rows: &JsonRows, row: usize) -> Option<usize> {
        let mut at = Some(row as u32);
        while let Some(row) = at {
            if let Ok(place) = self.visible.binary_search(&row) {
                return Some(place);
            }
            at = rows.row(row as usize).and_then(|row| row.parent);
        }
        None
    }
}

/// What the user asked of a value. Rows are counted with everything open.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct JsonEvents {
    /// Copy the path of this row: [`JsonRows::path`].
    pub copy_path: Option<usize>,
    /// Copy the value of this row: [`JsonRows::copy_text`].
    pub copy_value: Option<usize>,
    /// The keyboard or a click went to this row.
    pub moved_to: Option<usize>,
}

/// A view of rows. It fills the space that is left, or [`Self::height`].
#[must_use = "call `show`"]
pub struct JsonView<'a> {
    id_salt: IdSalt,
    label: &'a str,
    pub(super) rows: &'a JsonRows,
    pub(super) hits: &'a [JsonHit],
    pub(super) current_hit: Option<usize>,
    height: Option<f32>,
}

/// The height of a row: that of a line of text and a little air.
pub(super) const ROW: f32 = size::LINE + 2.0;

impl<'a> JsonView<'a> {
    /// A view of `rows`.
    pub fn new(id_salt: impl AsIdSalt, label: &'a str, rows: &'a JsonRows) -> Self {
        Self { id_salt: IdSalt::new(id_salt), label, rows, hits: &[], current_hit: None, height: None }
    }

    /// Marks these hits, in the order of [`JsonRows::search`], and one of them as the current one. To go to a hit,
    /// call [`JsonState::reveal`] once with its row.
    pub fn hits(mut self, hits: &'a [JsonHit], current: Option<usize>) -> Self {
        self.hits = hits;
        self.current_hit = current;
        self
    }

    /// A fixed height instead of all that is left.
    pub fn height(mut self, height: f32) -> Self {
        self.height = Some(height);
        self
    }

    /// The height that shows so many rows.
    pub fn height_of(rows: usize) -> f32 {
        rows as f32 * ROW
    }

    /// Draws the visible rows.
    pub fn show(self, ui: &mut Ui, state: &mut JsonState) -> JsonEvents {
        let mut events = JsonEvents::default();
        state.count(self.rows);
        let cursor = state.cursor.and_then(|row| state.place_of(self.rows, row));
        let reveal = std::mem::take(&mut state.reveal).then_some(cursor).flatten();
        let mut list = VirtualRows::new(self.id_salt, state.visible.len(), ROW)
            .kind(RowsKind::Tree)
            .label(self.label)
            .cursor(cursor)
            .reveal(reveal);
        if let Some(height) = self.height {
            list = list.height(height);
        }
        let (mut toggled, mut widest) = (None, 0.0_f32);
        let (visible, fold, x) = (&state.visible, &mut state.fold, state.x);
        let mut below = None;
        let key = |modifiers| ui.ctx().format_shortcut(&KeyboardShortcut::new(modifiers, Key::C));
        let (copy_value, copy_path) = (key(Modifiers::COMMAND), key(Modifiers::COMMAND | Modifiers::SHIFT));
        let shown = list.show(ui, &mut state.scroll, |ui, row| {
            let Some(index) = visible.get(row.index).map(|index| *index as usize) else { return };
            let is_open = fold.is_open(self.rows, index);
            let painted = self.row_ui(ui, row, index, is_open, cursor == Some(row.index), x);
            widest = widest.max(painted.width);
            if painted.toggled || painted.response.double_clicked() {
                toggled = Some(index);
            } else if painted.response.clicked() || painted.response.secondary_clicked() {
                events.moved_to = Some(index);
            }
            let can_fold = self.rows.row(index).is_some_and(super::JsonRow::can_fold);
            let entries = [
                MenuEntry::Item(MenuItem::new("Copy value").shortcut(&copy_value)),
                MenuEntry::Item(MenuItem::new("Copy path").shortcut(&copy_path)),
                MenuEntry::Rule,
                MenuEntry::Item(MenuItem::new("Open all below").enabled(can_fold)),
                MenuEntry::Item(MenuItem::new("Close all below").enabled(can_fold)),
            ];
            match context_menu(&painted.response, &entries) {
                Some(0) => events.copy_value = Some(index),
                Some(1) => events.copy_path = Some(index),
                Some(3) => below = Some((index, true)),
                Some(4) => below = Some((index, false)),
                _ => {}
            }
        });
        if let Some(place) = shown.moved_to {
            events.moved_to = state.visible.get(place).map(|index| *index as usize);
        }
        if let Some(index) = toggled {
            state.fold.toggle(self.rows, index);
            events.moved_to = Some(index);
        }
        if let Some((index, open)) = below {
            state.fold.set_open_below(self.rows, index, open);
        }
        self.keys(ui, state, &shown, cursor, &mut events);
        if events.moved_to.is_some() {
            state.cursor = events.moved_to;
        }
        scroll_sideways(ui, state, &shown, widest);
        events
    }

    fn keys(
        &self,
        ui: &Ui,
        state: &mut JsonState,
        shown: &RowsResponse,
        cursor: Option<usize>,
        events: &mut JsonEvents,
    ) {
        let Some(index) = cursor.and_then(|place| state.visible.get(place)).map(|index| *index as usize) else {
            return;
        };
        if !shown.has_focus {
            return;
        }
        let Some(row) = self.rows.row(index) else { return };
        let is_open = state.fold.is_open(self.rows, index);
        if shown.opened {
            state.fold.toggle(self.rows, index);
        } else if shown.left && is_open {
            state.fold.set_open(self.rows, index, false);
        } else if shown.left {
            events.moved_to = row.parent.map(|parent| parent as usize);
            state.reveal = events.moved_to.is_some();
        } else if shown.right && row.can_fold() && !is_open {
            state.fold.set_open(self.rows, index, true);
        } else if shown.right && row.can_fold() {
            events.moved_to = Some(index + 1);
            state.reveal = true;
        }
        let (copies, shift) =
            ui.input(|input| (input.events.iter().any(|event| matches!(event, Event::Copy)), input.modifiers.shift));
        if copies && shift {
            events.copy_path = Some(index);
        } else if copies {
            events.copy_value = Some(index);
        }
    }
}

fn scroll_sideways(ui: &Ui, state: &mut JsonState, shown: &RowsResponse, widest: f32) {
    let most = (widest - shown.rect.width() + size::GAP_L).max(0.0);
    if most > 0.0 && ui.rect_contains_pointer(shown.rect) {
        state.x -= ui.input_mut(|input| std::mem::take(&mut input.smooth_scroll_delta.x));
    }
    // What is scrolled out may have been wider: never jump back while rows go by.
    state.x = if state.x.is_finite() { state.x.clamp(0.0, most.max(state.x)) } else { 0.0 };
}
