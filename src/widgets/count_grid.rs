//! A grid of counts with a name for each row and column: what was taken for what, what became of what.

use egui::accesskit::Role;
use egui::epaint::TextShape;
use egui::{Align, AsIdSalt, IdSalt, Rect, Sense, Ui, WidgetInfo, pos2, vec2};

use super::row_text;
use super::theme;
use super::tokens::size::{self, Type};
use super::tokens::{Tokens, Tone};
use crate::words;

/// A cell of a grid.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct GridCell {
    /// How many there are; 0 is drawn as nothing.
    pub count: usize,
    /// What kind of thing that is: good, bad, or nothing of both.
    pub tone: Tone,
    /// How much of its row that is, 0 to 1: the strength of its tint.
    pub share: f32,
    /// What it is in words, for the pointer and for a screen reader.
    pub words: String,
}

/// A grid of counts; each cell that holds something can be clicked.
#[must_use = "call `show`"]
pub struct CountGrid<'a> {
    id_salt: IdSalt,
    rows: &'a [String],
    columns: &'a [String],
    axes: [&'a str; 2],
}

/// No more of a name is laid out.
const NAME_MOST: usize = 60;
/// The names of rows take no more of the width than this.
const NAMES_SHARE: f32 = 0.34;
/// The names of rows are never wider.
const NAMES_MOST: f32 = 180.0;
/// Names that stand on their side are no longer.
const SIDEWAYS_MOST: f32 = 104.0;
/// Cells are no wider than this, or than the longest name above them; and so high.
const CELL: (f32, f32) = (84.0, 26.0);
const CELL_LEAST: f32 = 20.0;
/// One of the lines of a column's name.
const HALF: f32 = 15.0;

impl<'a> CountGrid<'a> {
    /// A grid of these rows and columns.
    pub fn new(id_salt: impl AsIdSalt, rows: &'a [String], columns: &'a [String]) -> Self {
        Self { id_salt: IdSalt::new(id_salt), rows, columns, axes: ["", ""] }
    }

    /// What rows and columns are, at the corner: `expected ↓`, `predicted →`.
    pub fn axes(mut self, rows: &'a str, columns: &'a str) -> Self {
        self.axes = [rows, columns];
        self
    }

    /// Draws it over the width there is; returns the cell that was clicked, as row and column.
    pub fn show(self, ui: &mut Ui, cell: impl Fn(usize, usize) -> GridCell) -> Option<(usize, usize)> {
        let width = ui.available_width();
        let plan = self.plan(ui, width);
        let height = plan.head + self.rows.len() as f32 * CELL.1;
        let (outer, _) = ui.allocate_exact_size(vec2(width, height), Sense::hover());
        if !ui.is_rect_visible(outer) {
            return None;
        }
        self.names_ui(ui, outer, &plan);
        let mut clicked = None;
        let tokens = Tokens::of(ui);
        for row in 0..self.rows.len() {
            for column in 0..self.columns.len() {
                let rect = plan.cell(outer, row, column).shrink(1.0);
                let told = cell(row, column);
                let radius = f32::from(size::RADIUS_CELL);
                if told.count == 0 {
                    ui.painter().rect_filled(rect, radius, tokens.bg_raised.gamma_multiply(0.35));
                    continue;
                }
                let tint = told.tone.background(tokens);
                let strength = 0.35 + 0.65 * told.share.clamp(0.0, 1.0);
                ui.painter().rect_filled(rect, radius, tint.gamma_multiply(strength));
                let id = ui.scope_id().with((self.id_salt, row, column));
                let response = ui.interact(rect, id, Sense::click());
                response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &told.words));
                if response.hovered() || response.has_focus() {
                    theme::focus_ring(ui.painter(), rect, tokens);
                }
                let color = told.tone.color_on_background(tokens);
                row_text::paint(
                    ui.painter(),
                    rect,
                    &words::count(told.count as u64),
                    Type::Value,
                    color,
                    Align::Center,
                );
                if response.clicked() {
                    clicked = Some((row, column));
                }
                response.on_hover_text(&told.words).on_hover_cursor(egui::CursorIcon::PointingHand);
            }
        }
        clicked
    }

    fn plan(&self, ui: &Ui, width: f32) -> Plan {
        let widest = |names: &[String]| {
            let of = |name: &String| {
                let name = words::one_line(name, NAME_MOST);
                row_text::natural(ui.painter(), &name, Type::Small).size().x
            };
            names.iter().map(of).fold(0.0, f32::max)
        };
        let corner = self.axes.iter().map(|axis| row_text::natural(ui.painter(), axis, Type::Caption).size().x);
        let names = corner.fold(widest(self.rows), f32::max) + size::GAP_S;
        let names = names.min(NAMES_MOST).min(width * NAMES_SHARE).max(40.0);
        let longest = widest(self.columns);
        let halves: Vec<String> = self.columns.iter().flat_map(|name| halves(name).map(str::to_owned)).collect();
        let longest_half = widest(&halves);
        let room = (width - names) / self.columns.len().max(1) as f32;
        let cell = room.min(CELL.0.max(longest + size::GAP_S)).max(CELL_LEAST);
        let heads = match cell {
            cell if cell >= longest + size::GAP_S => Heads { is_upright: true, are_broken: false },
            cell if cell >= longest_half + size::GAP_XS => Heads { is_upright: true, are_broken: true },
            cell => Heads { is_upright: false, are_broken: cell >= 2.0 * HALF && longest_half < longest },
        };
        let sideways = if heads.are_broken { longest_half } else { longest };
        let head = if heads.is_upright { 2.0 * HALF } else { sideways.min(SIDEWAYS_MOST) + size::GAP_S };
        Plan { names, cell, head: head.max(2.0 * HALF + size::GAP_XS), heads }
    }

    fn names_ui(&self, ui: &Ui, outer: Rect, plan: &Plan) {
        let tokens = Tokens::of(ui);
        let painter = ui.painter();
        let corner = Rect::from_min_size(outer.min, vec2(plan.names - size::GAP_S, plan.head - 2.0));
        let line =
            |bottom: f32| corner.with_max_y(corner.bottom() - bottom).with_min_y(corner.bottom() - bottom - 14.0);
        row_text::paint(painter, line(14.0), self.axes[1], Type::Caption, tokens.text2, Align::Max);
        row_text::paint(painter, line(0.0), self.axes[0], Type::Caption, tokens.text2, Align::Min);
        for (row, name) in self.rows.iter().enumerate() {
            let cell = plan.cell(outer, row, 0);
            let rect = Rect::from_x_y_ranges(outer.left()..=cell.left() - size::GAP_S, cell.y_range());
            let name = words::one_line(name, NAME_MOST);
            row_text::paint(painter, rect, &name, Type::Small, tokens.text1, Align::Min);
        }
        for (column, name) in self.columns.iter().enumerate() {
            let cell = plan.cell(outer, 0, column);
            let name = words::one_line(name, NAME_MOST);
            let parts = if plan.heads.are_broken { halves(&name) } else { [&*name, ""] };
            let lines = parts.iter().filter(|part| !part.is_empty()).count();
            for (line, part) in parts.iter().take(lines).enumerate() {
                // From the line that stands next to the cells.
                let up = (lines - 1 - line) as f32 * HALF;
                if plan.heads.is_upright {
                    let bottom = cell.top() - 2.0 - up;
                    let rect = Rect::from_x_y_ranges(cell.x_range(), bottom - HALF..=bottom);
                    row_text::paint(painter, rect, part, Type::Small, tokens.text2, Align::Center);
                    continue;
                }
                let galley = row_text::fitted(painter, part, Type::Small, plan.head - size::GAP_XS);
                let left = cell.center().x - lines as f32 * HALF / 2.0 + line as f32 * HALF;
                let at = pos2(left, cell.top() - size::GAP_XS);
                let shape = TextShape::new(at, galley, tokens.text2).with_angle(-std::f32::consts::FRAC_PI_2);
                painter.add(shape);
            }
        }
    }
}

/// Where what stands.
struct Plan {
    names: f32,
    cell: f32,
    head: f32,
    heads: Heads,
}

/// How the names of columns stand.
#[derive(Clone, Copy)]
struct Heads {
    is_upright: bool,
    /// On two lines.
    are_broken: bool,
}

/// A name in two parts, broken where it may be and as near to its middle as can be; the second is empty where it cannot.
fn halves(name: &str) -> [&str; 2] {
    let breaks = name.char_indices().filter(|(_, letter)| matches!(letter, '-' | ' ' | '_' | '/' | '.'));
    let ends = breaks.map(|(at, letter)| at + letter.len_utf8()).filter(|end| *end < name.len());
    match ends.min_by_key(|end| end.abs_diff(name.len() / 2)) {
        Some(end) => {
            let (first, second) = name.split_at(end);
            [first.trim_end(), second]
        }
        None => [name, ""],
    }
}

impl Plan {
    fn cell(&self, outer: Rect, row: usize, column: usize) -> Rect {
        let at = vec2(self.names + column as f32 * self.cell, self.head + row as f32 * CELL.1);
        Rect::from_min_size(outer.min + at, vec2(self.cell, CELL.1))
    }
}

#[cfg(test)]
mod tests {
    use super::halves;

    #[test]
    fn names_break_near_their_middle() {
        assert_eq!(halves("python-language"), ["python-", "language"]);
        assert_eq!(halves("a long name"), ["a long", "name"]);
        assert_eq!(halves("licence"), ["licence", ""]);
        assert_eq!(halves("ends-"), ["ends-", ""]);
        assert_eq!(halves("账单 退款"), ["账单", "退款"]);
    }
}
