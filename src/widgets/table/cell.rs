//! One cell: a text with a tone, maybe a mark before it and a tint behind it.

use super::needs::Need;
use super::{CELL_PADDING, Column};
use crate::widgets::glyphs::Glyph;
use crate::widgets::row_text;
use crate::widgets::tokens::size::{self, Type};
use crate::widgets::tokens::{Tokens, Tone};
use crate::widgets::virtual_rows::VisibleRow;
use egui::accesskit::Role;
use egui::{Align, Galley, Painter, Rect, Sense, Ui, UiBuilder, pos2, vec2};
use std::borrow::Cow;
use std::sync::Arc;

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

    /// With a tint behind it.
    pub fn tint(mut self, tone: Tone) -> Self {
        self.tint = Some(tone);
        self
    }

    fn cut(&self) -> Type {
        match (self.mono, self.strong) {
            (true, _) => Type::Value,
            (false, true) => Type::BodyMedium,
            (false, false) => Type::Body,
        }
    }
}

/// A note with less room than this is left out.
const NOTE_LEAST: f32 = 40.0;
/// Deeper than this a row asks for no more room.
const DEPTH_MOST: usize = 8;

/// What a cell needs to be seen whole.
pub(super) fn need(painter: &Painter, cell: &CellText<'_>, column: &Column<'_>) -> Need {
    let text = width_of(painter, &cell.text, cell.cut());
    let note = if cell.note.is_empty() { 0.0 } else { width_of(painter, &cell.note, note_cut(column.align)) };
    need_of(cell, column, (text, note))
}

fn need_of(cell: &CellText<'_>, column: &Column<'_>, (text, note): (f32, f32)) -> Need {
    if cell.text.is_empty() && cell.note.is_empty() {
        return Need::default();
    }
    let mut room = 2.0 * CELL_PADDING;
    if let Some(depth) = cell.depth {
        room += depth.min(DEPTH_MOST) as f32 * size::INDENT + size::ICON + size::GAP_XS - CELL_PADDING / 2.0;
    }
    if cell.dot.is_some() {
        room += size::KIND_SQUARE + size::GAP_S;
    }
    if cell.glyph.is_some() {
        room += size::ICON + size::GAP_XS;
    }
    // A hair more, so that no rounding cuts what just fits.
    let text = text.ceil() + room + 1.0;
    let whole = if note > 0.0 { text + size::GAP_S + note.ceil() } else { text };
    let is_figure = column.is_figures && cell.text.len() <= row_text::SHORT || crate::words::is_figure(&cell.text);
    Need { whole, figure: if is_figure { text } else { 0.0 } }
}

fn note_cut(align: Align) -> Type {
    if align == Align::Max { Type::ValueSmall } else { Type::Small }
}

/// How wide a text is; of long ones an estimate, since they will be cut anyhow.
fn width_of(painter: &Painter, text: &str, cut: Type) -> f32 {
    if text.len() <= row_text::SHORT {
        return row_text::natural(painter, text, cut).size().x;
    }
    let letter = |c: char| if c.is_ascii() { 7.2 } else { 13.0 };
    text.chars().take(row_text::GRAPHEMES_MOST).map(letter).sum()
}

/// A text within a cell, as wide as it is if it is short.
struct Laid {
    /// How wide it would be.
    whole: f32,
    /// The layout, if it fits as it is.
    galley: Option<Arc<Galley>>,
}

fn lay(painter: &Painter, text: &str, cut: Type) -> Laid {
    if text.len() > row_text::SHORT {
        return Laid { whole: width_of(painter, text, cut), galley: None };
    }
    let galley = row_text::natural(painter, text, cut);
    Laid { whole: galley.size().x, galley: Some(galley) }
}

/// Paints a cell; says what it needs to be seen whole.
pub(super) fn paint(ui: &Ui, rect: Rect, cell: &CellText<'_>, column: &Column<'_>) -> Need {
    let tokens = Tokens::of(ui);
    let painter = ui.painter();
    let align = column.align;
    if let Some(tone) = cell.tint {
        let inside = rect.shrink2(vec2(2.0, 3.0));
        painter.rect_filled(inside, f32::from(size::RADIUS_CELL), tone.background(tokens));
    }
    let mut inner = rect.shrink2(vec2(CELL_PADDING, 0.0));
    if let Some(fold) = fold_rect(rect, cell) {
        inner = inner.with_min_x(fold.right());
    }
    if let Some(tone) = cell.dot {
        let at = inner.left_center() + vec2(size::KIND_SQUARE / 2.0, 0.0);
        painter.circle_filled(at, size::KIND_SQUARE / 2.0 - 0.5, tone.color(tokens));
        inner = inner.with_min_x(inner.left() + size::KIND_SQUARE + size::GAP_S);
    }
    if let Some((glyph, tone)) = cell.glyph {
        let at = inner.left_center() + vec2(size::ICON / 2.0, 0.0);
        glyph.paint_tone(painter, at, tone, tokens);
        inner = inner.with_min_x(inner.left() + size::ICON + size::GAP_XS);
    }
    if cell.text.is_empty() && cell.note.is_empty() {
        return Need::default();
    }
    let cut = cell.cut();
    let text = lay(painter, &cell.text, cut);
    let mut note = None;
    if !cell.note.is_empty() {
        let laid = lay(painter, &cell.note, note_cut(align));
        // The text comes first; a few letters of a note say nothing.
        let room = inner.width() - text.whole - size::GAP_S;
        let fits = laid.whole <= room || room >= NOTE_LEAST && !crate::words::is_figure(&cell.note);
        note = Some((laid.whole, fits.then_some(room.min(laid.whole.ceil()))));
    }
    let color = cell.tone.color(tokens);
    if let Some((_, Some(width))) = note
        && align == Align::Max
    {
        let place = inner.with_min_x(inner.right() - width);
        row_text::paint(painter, place, &cell.note, note_cut(align), tokens.text3, align);
        inner = inner.with_max_x(place.left() - size::GAP_XS);
    }
    let shown = match text.galley {
        Some(galley) if galley.size().x <= inner.width() => {
            row_text::paint_galley(painter, inner, galley, color, align)
        }
        _ if cell.is_key => row_text::paint_key(painter, inner, &cell.text, cut, color, align),
        _ => row_text::paint(painter, inner, &cell.text, cut, color, align),
    };
    if let Some((_, Some(_))) = note
        && align != Align::Max
    {
        let place = inner.with_min_x(shown.right() + size::GAP_S);
        row_text::paint(painter, place, &cell.note, note_cut(align), tokens.text3, Align::Min);
    }
    need_of(cell, column, (text.whole, note.map_or(0.0, |(whole, _)| whole)))
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
