//! One cell: a text with a tone, maybe a mark before it and a tint behind it.

use super::{CELL_PADDING, Column};
use crate::widgets::glyphs::Glyph;
use crate::widgets::tokens::size::{self, Type};
use crate::widgets::tokens::{Tokens, Tone};
use crate::widgets::virtual_rows::VisibleRow;
use egui::accesskit::Role;
use egui::{Rect, Sense, Ui, UiBuilder, pos2, vec2};
use std::borrow::Cow;

/// The room that a name keeps however deep it stands.
const NAME_LEAST: f32 = 120.0;

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
    /// Whether it is a key, whose middle gives way where it has to be cut.
    pub is_key: bool,
    /// A tint behind the cell: good, bad or warn.
    pub tint: Option<Tone>,
    /// A bar behind the text, as a share of the cell, from 0 to 1.
    pub bar: Option<f32>,
    /// What is told where the pointer rests on it: why a value is a guess.
    pub hover: Cow<'a, str>,
    /// How deep its row stands below others; with it room is kept for a triangle.
    pub depth: Option<usize>,
    /// Whether the rows below it are shown; `None` if there are none.
    pub is_open: Option<bool>,
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

    /// A key: its end tells it from its neighbours, so its middle gives way.
    pub fn key(text: impl Into<Cow<'a, str>>) -> Self {
        Self { is_key: true, ..Self::text(text) }
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

    /// With a text where the pointer rests on it.
    pub fn hover(mut self, hover: impl Into<Cow<'a, str>>) -> Self {
        self.hover = hover.into();
        self
    }

    /// In a tree, so deep; `is_open` says whether the rows below it are shown, if there are any.
    pub fn in_tree(mut self, depth: usize, is_open: Option<bool>) -> Self {
        (self.depth, self.is_open) = (Some(depth), is_open);
        self
    }

    /// With a bar behind it: which share of the largest it is.
    pub fn bar(mut self, share: f32) -> Self {
        self.bar = Some(share.clamp(0.0, 1.0));
        self
    }

    /// With a tint behind it.
    pub fn tint(mut self, tone: Tone) -> Self {
        self.tint = Some(tone);
        self
    }

    /// In which cut of type it is set.
    pub(super) fn cut(&self) -> Type {
        match (self.mono, self.strong) {
            (true, _) => Type::Value,
            (false, true) => Type::BodyMedium,
            (false, false) => Type::Body,
        }
    }
}

/// Where the triangle of a cell stands, if it has room for one.
pub(super) fn fold_rect(rect: Rect, cell: &CellText<'_>) -> Option<Rect> {
    let depth = cell.depth?;
    // Deep trees stop indenting where there would be no room for names.
    let most = (rect.width() - NAME_LEAST).max(0.0);
    let left = rect.left() + CELL_PADDING / 2.0 + (depth as f32 * size::INDENT).min(most);
    Some(Rect::from_min_size(pos2(left, rect.top()), vec2(size::ICON + size::GAP_XS, rect.height())))
}

/// The triangle that shows and hides the rows below; says whether it was clicked.
pub(super) fn fold_ui(ui: &Ui, row: &VisibleRow, rect: Rect, cell: &CellText<'_>) -> bool {
    let (Some(is_open), Some(place)) = (cell.is_open, fold_rect(rect, cell)) else { return false };
    let id = row.id.with("fold");
    let response = ui.interact(place, id, Sense::CLICK);
    let glyph = if is_open { Glyph::FoldOpen } else { Glyph::FoldClosed };
    let tone = if response.hovered() { Tone::Neutral } else { Tone::Faint };
    glyph.paint_tone(ui.painter(), place.center(), tone, Tokens::of(ui));
    ui.ctx().accesskit_node_builder(id, |node| {
        crate::widgets::virtual_rows::set_bounds(node, place.intersect(ui.clip_rect()));
        node.set_role(Role::DisclosureTriangle);
        let verb = if is_open { "Fold" } else { "Unfold" };
        node.set_label(format!("{verb} the row of {}", cell.text));
        node.add_action(egui::accesskit::Action::Click);
    });
    response.clicked()
}

/// What a row says as one sentence.
pub(super) fn describe(out: &mut String, columns: &[Column<'_>], cells: &[(usize, CellText<'_>)]) {
    for (column, cell) in cells.iter().filter_map(|(index, cell)| Some((columns.get(*index)?, cell))) {
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
        out.push_str(&crate::words::ellipsize_graphemes(&cell.text, 60));
        if !cell.note.is_empty() {
            // Whether something is inferred must not be for the eye alone.
            out.push_str(" (");
            out.push_str(&crate::words::ellipsize_graphemes(&cell.note, 60));
            out.push(')');
        }
    }
}

/// Puts the cell under its row in the accessibility tree.
pub(super) fn tell(ui: &mut Ui, row: &VisibleRow, rect: Rect, column: usize, cell: &CellText<'_>) {
    let id = row.id.with(("cell", column));
    let mut label = crate::words::one_line(&cell.text, 200).into_owned();
    if !cell.note.is_empty() {
        label = format!("{label} ({})", crate::words::one_line(&cell.note, 60));
    }
    let child = ui.new_child(
        UiBuilder::new()
            .scope_id(id)
            .max_rect(rect)
            .sense(Sense::hover())
            .accessibility_parent(row.id)
            .accessibility_role(Role::Cell)
            .accessibility_label(label),
    );
    child.ctx().accesskit_node_builder(id, |node| {
        node.set_column_index(column);
        if !cell.hover.is_empty() {
            node.set_description(crate::words::ellipsize_graphemes(&cell.hover, 400).into_owned());
        }
        node.set_row_index(row.index);
        crate::widgets::virtual_rows::set_bounds(node, rect.intersect(child.clip_rect()));
    });
}
