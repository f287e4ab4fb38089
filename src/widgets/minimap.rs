//! A small picture of all of a timeline with the part that is shown, which can be moved.

use super::time_window::TimeWindow;
use super::tokens::size;
use super::tokens::{Tokens, Tone};
use egui::accesskit::Role;
use egui::{Color32, CursorIcon, Mesh, Rect, Sense, Shape, Ui, WidgetInfo, pos2, vec2};

/// How high it is.
pub const HEIGHT: f32 = 30.0;
/// The part that is shown is drawn at least this wide, so that it can be found.
const LEAST: f32 = 6.0;

/// A cell of the picture.
pub type Cell = Option<(Tone, Strength)>;

/// How strongly a cell is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strength {
    /// As a background of others.
    Faint,
    /// As what counts.
    Full,
}

/// Draws the picture, `columns` cells wide and row by row, and returns what is to be shown if the user moved that.
/// A drag moves the part that is shown, one from elsewhere chooses a new one, a double click shows all.
pub fn show(ui: &mut Ui, label: &str, columns: usize, cells: &[Cell], window: TimeWindow) -> Option<TimeWindow> {
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), HEIGHT), Sense::click_and_drag());
    response.widget_info(|| WidgetInfo::labeled(Role::Slider, true, label));
    let tokens = Tokens::of(ui);
    let painter = ui.painter().with_clip_rect(rect.intersect(ui.clip_rect()));
    painter.rect_filled(rect, size::RADIUS_CELL, tokens.bg_panel);
    let inner = rect.shrink2(vec2(0.0, 2.0));
    painter.add(Shape::mesh(picture(inner, columns, cells, tokens)));
    let whole = window.whole();
    let x = |at: i64| rect.left() + (share(at, whole) * f64::from(rect.width())) as f32;
    let (from, to) = window.shown();
    let middle = (x(from) + x(to)) / 2.0;
    let half = ((x(to) - x(from)) / 2.0).max(LEAST / 2.0);
    let shown = Rect::from_x_y_ranges(middle - half..=middle + half, rect.y_range());
    if !window.is_whole() {
        let veil = tokens.bg_window.gamma_multiply(0.5);
        painter.rect_filled(rect.with_max_x(shown.left()), 0.0, veil);
        painter.rect_filled(rect.with_min_x(shown.right()), 0.0, veil);
        painter.rect_stroke(shown, 2.0, (size::RULE, tokens.text3), egui::StrokeKind::Inside);
    }
    moved(ui, &response, (rect, shown), window)
}

fn moved(ui: &Ui, response: &egui::Response, (rect, shown): (Rect, Rect), window: TimeWindow) -> Option<TimeWindow> {
    let at = |x: f32| {
        let share = f64::from((x - rect.left()) / rect.width().max(1.0)).clamp(0.0, 1.0);
        let (from, to) = window.whole();
        from.saturating_add((share * (i128::from(to) - i128::from(from)) as f64) as i64)
    };
    if response.double_clicked() {
        return Some(window.fitting(window.whole().0, window.whole().1));
    }
    let origin = ui.input(|input| input.pointer.press_origin());
    let pointer = response.interact_pointer_pos();
    let grabs = |x: f32| !window.is_whole() && shown.x_range().contains(x);
    if response.hovered() && ui.input(|input| input.pointer.hover_pos()).is_some_and(|pointer| grabs(pointer.x)) {
        ui.set_cursor_icon(CursorIcon::Grab);
    }
    if response.drag_started() {
        let grabbed = origin.is_some_and(|origin| grabs(origin.x));
        ui.data_mut(|data| data.insert_temp(response.id, grabbed));
    }
    if response.dragged() {
        let grabbed = ui.data(|data| data.get_temp::<bool>(response.id)).unwrap_or(false);
        let (origin, pointer) = (origin?, pointer?);
        if grabbed {
            let width = (i128::from(window.shown().1) - i128::from(window.shown().0)) as f64;
            let whole = (i128::from(window.whole().1) - i128::from(window.whole().0)) as f64;
            let by = f64::from(response.drag_delta().x / rect.width().max(1.0)) * whole / width.max(1.0);
            return (by != 0.0).then(|| window.moved(by));
        }
        let (from, to) = (at(origin.x.min(pointer.x)), at(origin.x.max(pointer.x)));
        return (from < to).then(|| TimeWindow::new(window.whole(), Some((from, to))));
    }
    if response.clicked() && !window.is_whole() {
        let middle = at(pointer?.x);
        let (from, to) = window.shown();
        let width = (i128::from(to) - i128::from(from)) as f64;
        let by = (i128::from(middle) - (i128::from(from) + i128::from(to)) / 2) as f64 / width.max(1.0);
        return Some(window.moved(by));
    }
    None
}

fn share(at: i64, (from, to): (i64, i64)) -> f64 {
    let whole = (i128::from(to) - i128::from(from)).max(1) as f64;
    ((i128::from(at) - i128::from(from)) as f64 / whole).clamp(0.0, 1.0)
}

/// Cells of one colour beside each other are one rectangle.
fn picture(rect: Rect, columns: usize, cells: &[Cell], tokens: &Tokens) -> Mesh {
    let mut mesh = Mesh::default();
    let columns = columns.max(1);
    let rows = cells.len().div_ceil(columns).max(1);
    // Few rows are not drawn as thick as bars are.
    let height = (rect.height() / rows as f32).min(4.0);
    let top = rect.center().y - height * rows as f32 / 2.0;
    let width = rect.width() / columns as f32;
    for (row, cells) in cells.chunks(columns).enumerate() {
        let y = top + row as f32 * height;
        let mut begin = 0;
        for run in cells.chunk_by(|a, b| a == b) {
            if let Some(color) = run.first().copied().flatten().map(|cell| color(cell, tokens)) {
                let (x0, x1) = (rect.left() + begin as f32 * width, rect.left() + (begin + run.len()) as f32 * width);
                mesh.add_colored_rect(Rect::from_min_max(pos2(x0, y), pos2(x1, y + height)), color);
            }
            begin += run.len();
        }
    }
    mesh
}

fn color((tone, strength): (Tone, Strength), tokens: &Tokens) -> Color32 {
    let color = tone.color(tokens);
    if strength == Strength::Faint { color.gamma_multiply(0.22) } else { color }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::widgets::tokens::Palette;

    #[test]
    fn equal_cells_beside_each_other_are_drawn_as_one() {
        let full = Some((Tone::Violet, Strength::Full));
        let cells: Vec<Cell> =
            (0..24).flat_map(|row| (0..360).map(move |at| if at < row { full } else { None })).collect();
        let rect = Rect::from_min_size(pos2(0.0, 0.0), vec2(720.0, 48.0));
        let mesh = picture(rect, 360, &cells, Tokens::get(true, Palette::GreenRed));
        assert_eq!(mesh.vertices.len(), 23 * 4);
        let last = mesh.vertices.iter().map(|vertex| vertex.pos.x).fold(0.0, f32::max);
        assert_eq!(last, 46.0);
        assert!(picture(rect, 0, &[], Tokens::get(true, Palette::GreenRed)).is_empty());
    }
}
