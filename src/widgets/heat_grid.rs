//! A small grid of figures, shaded by how high they are: rows by columns, each cell something to press.

use super::glyphs::Glyph;
use super::row_text;
use super::theme;
use super::tokens::size::{self, Type};
use super::tokens::{Tokens, Tone};
use egui::accesskit::Role;
use egui::{Align, IdSalt, Rect, ScrollArea, Sense, Ui, pos2, vec2};

/// One cell.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HeatCell {
    /// Its figure; nothing for a cell that stands for nothing.
    pub figure: String,
    /// A faint text after it.
    pub note: String,
    /// An icon before it.
    pub mark: Option<(Glyph, Tone)>,
    /// How strongly it is shaded, from 0 to 1.
    pub shade: f32,
    /// What is told where the pointer rests on it.
    pub hover: String,
    /// Whether pressing it leads somewhere.
    pub leads: bool,
}

/// What heads a row or a column.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HeatHead {
    /// Its name.
    pub name: String,
    /// A faint text after the name.
    pub note: String,
    /// What is told where the pointer rests on it.
    pub hover: String,
}

/// What was done with a grid: rows and columns of cells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HeatEvents {
    /// This cell was pressed.
    pub clicked: Option<(usize, usize)>,
    /// The pointer rests on this one.
    pub hovered: Option<(usize, usize)>,
}

/// How wide the head of a row is, at least and at most.
const HEAD: (f32, f32) = (150.0, 340.0);
/// How wide a cell is, at least and at most.
const CELL: (f32, f32) = (112.0, 150.0);
/// The darkest shade, as a share of the accent.
const DARKEST: f32 = 0.42;
const GAP: f32 = 2.0;

/// Draws a grid: `label` names it, `cells` are rows of as many cells as there are columns.
pub fn heat_grid_ui(
    ui: &mut Ui,
    (id, label): (&str, &str),
    (rows, columns): (&[HeatHead], &[HeatHead]),
    cells: &[Vec<HeatCell>],
) -> HeatEvents {
    let tokens = Tokens::of(ui);
    let mut events = HeatEvents::default();
    let available = ui.available_width();
    let left = (available - columns.len() as f32 * (CELL.0 + GAP)).clamp(HEAD.0, HEAD.1);
    let cell = ((available - left) / columns.len().max(1) as f32 - GAP).clamp(CELL.0, CELL.1);
    let whole = vec2(left + columns.len() as f32 * (cell + GAP), (rows.len() + 1) as f32 * (size::TABLE_ROW + GAP));
    ScrollArea::horizontal().id_salt(IdSalt::new(id)).auto_shrink([false, true]).show(ui, |ui| {
        let (area, response) = ui.allocate_exact_size(whole, Sense::hover());
        ui.ctx().accesskit_node_builder(response.id, |node| {
            node.set_role(Role::Group);
            node.set_label(label);
        });
        let place = |row: usize, column: Option<usize>| {
            let x = column.map_or(0.0, |column| left + column as f32 * (cell + GAP));
            let width = if column.is_some() { cell } else { left };
            let y = row as f32 * (size::TABLE_ROW + GAP);
            Rect::from_min_size(area.min + vec2(x, y), vec2(width, size::TABLE_ROW))
        };
        for (at, head) in columns.iter().enumerate() {
            head_ui(ui, place(0, Some(at)), head, Align::Max, ("column", at));
        }
        for (at, head) in rows.iter().enumerate() {
            head_ui(ui, place(at + 1, None), head, Align::Min, ("row", at));
        }
        for (row, of_row) in cells.iter().enumerate() {
            for (column, one) in of_row.iter().enumerate().take(columns.len()) {
                let rect = place(row + 1, Some(column));
                ui.painter().rect_filled(rect, 4.0, tokens.bg_raised.gamma_multiply(0.45));
                if one.figure.is_empty() {
                    continue;
                }
                let shade = tokens.accent.gamma_multiply(one.shade.clamp(0.0, 1.0) * DARKEST);
                ui.painter().rect_filled(rect, 4.0, shade);
                let sense = if one.leads { Sense::click() } else { Sense::hover() };
                let response = ui.interact(rect, ui.scope_id().with((id, row, column)), sense);
                paint(ui, rect.shrink2(vec2(size::GAP_S, 0.0)), one);
                if response.has_focus() {
                    theme::focus_ring(ui.painter(), rect, tokens);
                }
                ui.ctx().accesskit_node_builder(response.id, |node| {
                    node.set_role(if one.leads { Role::Button } else { Role::Cell });
                    let names = [&rows[row].name, &columns[column].name].map(String::as_str).join(", ");
                    node.set_label(format!("{names}: {} {}", one.figure, one.note));
                });
                if response.hovered() {
                    events.hovered = Some((row, column));
                }
                if response.clicked() {
                    events.clicked = Some((row, column));
                }
                if !one.hover.is_empty() {
                    response.on_hover_text(one.hover.as_str());
                }
            }
        }
    });
    events
}

/// The figure at the right, its note before the edge, its mark at the left.
fn paint(ui: &Ui, rect: Rect, one: &HeatCell) {
    let tokens = Tokens::of(ui);
    if let Some((mark, tone)) = one.mark {
        mark.paint(ui.painter(), pos2(rect.left() + 4.0, rect.center().y), 9.0, tone.color(tokens));
    }
    let note = row_text::layout(ui.painter(), &one.note, Type::Caption.font(), rect.width());
    let figure_right = rect.right() - note.size().x - if one.note.is_empty() { 0.0 } else { size::GAP_XS };
    let at = Rect::from_min_max(pos2(figure_right, rect.top()), rect.max);
    row_text::paint_galley(ui.painter(), at, note, tokens.text2, Align::Max);
    let figure = Rect::from_min_max(pos2(rect.left() + 12.0, rect.top()), pos2(figure_right, rect.bottom()));
    row_text::paint(ui.painter(), figure, &one.figure, Type::Value, tokens.text1, Align::Max);
}

/// The head of a row, its note behind the name; that of a column stands at the right, above the figures.
fn head_ui(ui: &Ui, rect: Rect, head: &HeatHead, align: Align, salt: (&str, usize)) {
    let tokens = Tokens::of(ui);
    let inner = rect.shrink2(vec2(size::GAP_S, 0.0));
    if align == Align::Max {
        row_text::paint(ui.painter(), inner, &head.name, Type::Small, tokens.text2, Align::Max);
    } else {
        let name = row_text::paint(ui.painter(), inner, &head.name, Type::Small, tokens.text1, Align::Min);
        let rest = inner.with_min_x((name.right() + size::GAP_XS).min(inner.right()));
        row_text::paint(ui.painter(), rest, &head.note, Type::Small, tokens.text3, Align::Min);
    }
    let response = ui.interact(rect, ui.scope_id().with(salt), Sense::hover());
    if !head.hover.is_empty() {
        response.on_hover_text(head.hover.as_str());
    }
}
