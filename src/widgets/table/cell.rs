//! One cell: a text with a tone, maybe a mark before it and a tint behind it.

use super::{CELL_PADDING, Column, cell_text};
use crate::widgets::glyphs::Glyph;
use crate::widgets::tokens::size::{self, Type};
use crate::widgets::tokens::{Tokens, Tone};
use crate::widgets::virtual_rows::VisibleRow;
use egui::accesskit::Role;
use egui::{Align, Rect, Sense, Ui, UiBuilder, vec2};
use std::borrow::Cow;

/// What a cell shows.
#[derive(Clone, Debug, Default)]
pub struct CellText<'a> {
    /// The text; a cell never lays out more than 200 graphemes of it.
    pub text: Cow<'a, str>,
    /// The tone of the text.
    pub tone: Tone,
    /// Whether it is a value, in figures of one width.
    pub mono: bool,
    /// Whether it leads the row: medium weight.
    pub strong: bool,
    /// An icon before the text.
    pub glyph: Option<(Glyph, Tone)>,
    /// The dot of a category before the text.
    pub dot: Option<Tone>,
    /// A second, faint text after the first: `±11`.
    pub note: Cow<'a, str>,
    /// A tint behind the cell: good, bad or warn.
    pub tint: Option<Tone>,
}

impl<'a> CellText<'a> {
    /// A text.
    pub fn text(text: impl Into<Cow<'a, str>>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }

    /// A value: monospace.
    pub fn value(text: impl Into<Cow<'a, str>>) -> Self {
        Self { text: text.into(), mono: true, ..Self::default() }
    }

    /// What is not known: never 0.
    pub fn unknown() -> Self {
        Self { text: "–".into(), tone: Tone::Faint, ..Self::default() }
    }

    /// With another tone.
    pub fn tone(mut self, tone: Tone) -> Self {
        self.tone = tone;
        self
    }

    /// In medium weight.
    pub fn strong(mut self) -> Self {
        self.strong = true;
        self
    }

    /// With an icon before it.
    pub fn glyph(mut self, glyph: Glyph, tone: Tone) -> Self {
        self.glyph = Some((glyph, tone));
        self
    }

    /// With the dot of a category before it.
    pub fn dot(mut self, tone: Tone) -> Self {
        self.dot = Some(tone);
        self
    }

    /// With a faint text after it.
    pub fn note(mut self, note: impl Into<Cow<'a, str>>) -> Self {
        self.note = note.into();
        self
    }

    /// With a tint behind it.
    pub fn tint(mut self, tone: Tone) -> Self {
        self.tint = Some(tone);
        self
    }
}

pub(super) fn paint(ui: &Ui, rect: Rect, cell: &CellText<'_>, align: Align) {
    let tokens = Tokens::of(ui);
    if let Some(tone) = cell.tint {
        let inside = rect.shrink2(vec2(2.0, 3.0));
        ui.painter().rect_filled(inside, f32::from(size::RADIUS_CELL), tone.background(tokens));
    }
    let mut inner = rect.shrink2(vec2(CELL_PADDING, 0.0));
    if let Some(tone) = cell.dot {
        let at = inner.left_center() + vec2(size::KIND_SQUARE / 2.0, 0.0);
        ui.painter().circle_filled(at, size::KIND_SQUARE / 2.0 - 0.5, tone.color(tokens));
        inner = inner.with_min_x(inner.left() + size::KIND_SQUARE + size::GAP_S);
    }
    if let Some((glyph, tone)) = cell.glyph {
        let at = inner.left_center() + vec2(size::ICON / 2.0, 0.0);
        glyph.paint_tone(ui.painter(), at, tone, tokens);
        inner = inner.with_min_x(inner.left() + size::ICON + size::GAP_XS);
    }
    let cut = match (cell.mono, cell.strong) {
        (true, _) => Type::Value,
        (false, true) => Type::BodyMedium,
        (false, false) => Type::Body,
    };
    if cell.note.is_empty() {
        cell_text(ui, inner, &cell.text, cut, cell.tone, align);
    } else if align == Align::Max {
        let note = cell_text(ui, inner, &cell.note, Type::ValueSmall, Tone::Faint, Align::Max);
        let room = inner.with_max_x(note.left() - size::GAP_XS);
        cell_text(ui, room, &cell.text, cut, cell.tone, Align::Max);
    } else {
        let text = cell_text(ui, inner, &cell.text, cut, cell.tone, align);
        let room = inner.with_min_x(text.right() + size::GAP_S);
        cell_text(ui, room, &cell.note, Type::Small, Tone::Faint, Align::Min);
    }
}

/// What a row says as one sentence.
pub(super) fn describe(out: &mut String, columns: &[Column<'_>], cells: &[CellText<'_>]) {
    for (column, cell) in columns.iter().zip(cells) {
        if cell.text.is_empty() {
            continue;
        }
        if !out.is_empty() {
            out.push_str(", ");
        }
        if !column.title.is_empty() {
            out.push_str(column.title);
            out.push(' ');
        }
        out.push_str(&crate::widgets::format::ellipsize_graphemes(&cell.text, 60));
    }
}

/// Puts the cell under its row in the accessibility tree.
pub(super) fn tell(ui: &mut Ui, row: &VisibleRow, rect: Rect, column: usize, cell: &CellText<'_>) {
    let id = row.id.with(("cell", column));
    let child = ui.new_child(
        UiBuilder::new()
            .scope_id(id)
            .max_rect(rect)
            .sense(Sense::hover())
            .accessibility_parent(row.id)
            .accessibility_role(Role::Cell)
            .accessibility_label(crate::widgets::format::one_line(&cell.text, 200)),
    );
    child.ctx().accesskit_node_builder(id, |node| {
        node.set_column_index(column);
        node.set_row_index(row.index);
        crate::widgets::virtual_rows::set_bounds(node, rect.intersect(child.clip_rect()));
    });
}
