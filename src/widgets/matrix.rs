//! A matrix: rows by columns, virtual both ways. What tells the rows apart stays at the left, the heads of the columns
//! at the top, and what they come to at the bottom; only cells that are seen are asked for.

mod cell;
mod head;
mod plan;
mod row;
mod source;
mod sums;

pub use source::{
    MatrixCell, MatrixColumn, MatrixCursor, MatrixEvents, MatrixSource, MatrixState, MatrixSum, StayingColumn,
    StayingKind, StayingText,
};

use super::side_bar;
use super::tokens::{Tokens, size};
use super::tree_row::paint_background;
use super::virtual_rows::{RowInfo, RowsKind, RowsResponse, VirtualRows};
use cell::Marks;
use egui::{AsIdSalt, IdSalt, Key, Modifiers, Rect, Ui, UiBuilder, vec2};
use plan::{Hit, Plan};
use row::Drawing;

/// A virtual matrix. It fills the space that is left, or [`Self::height`].
#[must_use = "call `show`"]
pub struct Matrix<'a> {
    id_salt: IdSalt,
    label: &'a str,
    staying: &'a [StayingColumn<'a>],
    cell_least: f32,
    sums: &'a str,
    cursor: Option<MatrixCursor>,
    height: Option<f32>,
    wants_focus: bool,
}

/// The least width of a column of marks; of one with figures.
pub const MARKS: f32 = 44.0;
/// The least width of a column whose cells have figures.
pub const FIGURES: f32 = 56.0;

impl<'a> Matrix<'a> {
    /// A matrix with these columns that stay.
    pub fn new(id_salt: impl AsIdSalt, label: &'a str, staying: &'a [StayingColumn<'a>]) -> Self {
        let id_salt = IdSalt::new(id_salt);
        Self { id_salt, label, staying, cell_least: MARKS, sums: "", cursor: None, height: None, wants_focus: false }
    }

    /// No column is narrower: [`MARKS`] or [`FIGURES`].
    pub fn cell_least(mut self, width: f32) -> Self {
        self.cell_least = width.max(1.0);
        self
    }

    /// There is a line at the bottom for what columns come to, which is called so.
    pub fn sums(mut self, title: &'a str) -> Self {
        self.sums = title;
        self
    }

    /// The chosen row and cell.
    pub fn cursor(mut self, cursor: Option<MatrixCursor>) -> Self {
        self.cursor = cursor;
        self
    }

    /// A fixed height.
    pub fn height(mut self, height: f32) -> Self {
        self.height = Some(height);
        self
    }

    /// Gives the keyboard to the rows.
    pub fn focus(mut self, wants_focus: bool) -> Self {
        self.wants_focus = wants_focus;
        self
    }

    /// Draws the matrix.
    pub fn show(self, ui: &mut Ui, state: &mut MatrixState, source: &impl MatrixSource) -> MatrixEvents {
        let available = ui.available_rect_before_wrap();
        let height = self.height.unwrap_or_else(|| available.height()).max(size::TABLE_ROW);
        let outer = Rect::from_min_size(available.min, vec2(available.width(), height));
        let id = ui.make_persistent_id(self.id_salt);
        let mut inner = ui.new_child(UiBuilder::new().id_salt(self.id_salt).max_rect(outer));
        inner.shrink_clip_rect(outer);
        let mut events = MatrixEvents::default();

        let ([need, broken], has_notes) = self.head_needs(&inner, source);
        // Where the bar at the right stands no column does, so that the last one can be read.
        let view = outer.width() - size::SCROLL_BAR;
        let plan = Plan::new(self.staying, (need, broken, self.cell_least), source.columns(), view);
        let most = plan.most();
        let revealed = state.reveal.take();
        if let Some(column) = revealed.and_then(|revealed| revealed.column) {
            state.x = plan.revealing(column, state.x);
        }
        let is_cut = need > plan.column + 0.5;
        let head_height = if has_notes || is_cut { head::TWO_LINES } else { head::ONE_LINE };
        let sums_height = if self.sums.is_empty() { 0.0 } else { sums::HEIGHT };
        let bar_height = if most > 0.0 { size::SCROLL_BAR } else { 0.0 };
        let head = outer.with_max_y(outer.top() + head_height);
        let room = (outer.height() - head_height - sums_height - bar_height).max(0.0);
        let rows_height = room.min(source.lines() as f32 * size::TABLE_ROW);
        let sums =
            Rect::from_min_size(outer.left_top() + vec2(0.0, head_height + rows_height), vec2(view, sums_height));
        let track = Rect::from_min_max(
            egui::pos2(outer.left() + plan.edge, sums.bottom()),
            egui::pos2(outer.left() + view, sums.bottom() + bar_height),
        );
        side_bar::show(&inner, id, outer, track, &mut state.x, most);

        let whole = outer.with_max_x(outer.left() + view);
        let pointed = inner.input(|input| input.pointer.hover_pos()).filter(|pos| whole.contains(*pos));
        let pointed = pointed.filter(|_| inner.ui_contains_pointer());
        let over = pointed.and_then(|pos| plan.hit(pos.x - outer.left(), state.x));
        let lit = head::Lit {
            cursor: self.cursor.and_then(|cursor| cursor.column),
            hovered: over.and_then(|over| if let Hit::Column(column) = over { Some(column) } else { None }),
        };
        let head_of_view = head.with_max_x(outer.left() + view);
        head::show(&mut inner, (id, head_of_view), self.staying, (&plan, state.x), source, &lit, &mut events);
        inner.advance_cursor_after_rect(head.with_max_y(head.bottom() - inner.spacing().item_spacing.y));

        let drawing = Drawing {
            staying: self.staying,
            plan: &plan,
            x: state.x,
            seen: plan.seen(state.x),
            marks: Marks::new(inner.painter()),
            tokens: Tokens::of(&inner),
            is_heard: inner.ctx().accesskit_node_builder(inner.unique_id(), |_| ()).is_some(),
        };
        let rows = VirtualRows::new("rows", source.lines(), size::TABLE_ROW)
            .kind(RowsKind::Table)
            .label(self.label)
            .height(rows_height)
            .cursor(self.cursor.map(|cursor| cursor.line))
            .reveal(revealed.map(|revealed| revealed.line))
            .show(&mut inner, &mut state.scroll, |ui, row| {
                self.line_ui(ui, row, &drawing, over, source, &mut events);
            });
        if state.x > 0.0 {
            // Something stands behind what stays.
            let line = (size::RULE, drawing.tokens.faint(drawing.tokens.text3));
            let down = head.top()..=sums.bottom();
            inner.painter().vline(outer.left() + plan.edge, down, line);
        }
        if sums_height > 0.0 {
            sums::show(&mut inner, (id, sums), (self.sums, self.staying), (&plan, state.x), source);
        }
        if self.wants_focus {
            inner.memory_mut(|memory| memory.request_focus(rows.id));
        }
        inner.ctx().accesskit_node_builder(rows.id, |node| {
            node.set_column_count(self.staying.len() + source.columns());
        });
        self.keys(&inner, &rows, source, &mut events);
        if let Some(column) = events.chosen.filter(|chosen| Some(*chosen) != self.cursor).and_then(|at| at.column) {
            state.x = plan.revealing(column, state.x);
        }
        events.lines = rows.visible;
        events.columns = drawing.seen;
        drop(inner);
        ui.advance_cursor_after_rect(outer.with_max_y(track.bottom().min(outer.bottom())));
        events
    }

    /// What the widest of the heads needs, whole and with its name broken in two, and whether one of them has a second
    /// line.
    fn head_needs(&self, ui: &Ui, source: &impl MatrixSource) -> ([f32; 2], bool) {
        /// So many of the longest names are measured.
        const MEASURED: usize = 8;
        let mut longest: Vec<(usize, usize)> = Vec::new();
        let mut has_notes = false;
        for at in 0..source.columns() {
            let column = source.column(at);
            has_notes |= !column.note.is_empty();
            longest.push((column.title.len() + 2 * usize::from(column.has_star) + column.note.len() / 2, at));
        }
        longest.sort_unstable_by(|a, b| b.cmp(a));
        longest.truncate(MEASURED);
        let mut needs = [self.cell_least; 2];
        for (_, at) in longest {
            let column = source.column(at);
            needs[0] = needs[0].max(head::need(ui.painter(), &column));
            needs[1] = needs[1].max(head::need_broken(ui.painter(), &column));
        }
        (needs, has_notes)
    }

    fn line_ui(
        &self,
        ui: &mut Ui,
        row: &super::virtual_rows::VisibleRow,
        drawing: &Drawing<'_>,
        over: Option<Hit>,
        source: &impl MatrixSource,
        events: &mut MatrixEvents,
    ) {
        let tokens = drawing.tokens;
        if let Some(words) = source.heading(row.index) {
            row.interact(ui, RowInfo { label: &words, ..RowInfo::default() });
            ui.painter().rect_filled(row.rect, 0.0, tokens.bg_panel);
            drawing.heading_ui(ui, row, &words);
            drawing.cells_ui(ui, row, source, None);
            return;
        }
        let cursor = self.cursor.filter(|cursor| cursor.line == row.index);
        let sentence = if drawing.is_heard { drawing.sentence(row.index, source) } else { String::new() };
        let info = RowInfo { label: &sentence, selected: cursor.is_some(), ..RowInfo::default() };
        let response = row.interact(ui, info);
        paint_background(ui, row.rect, cursor.is_some(), response.hovered(), tokens);
        let y = row.rect.bottom() - size::RULE / 2.0;
        ui.painter().hline(row.rect.x_range(), y, (size::RULE, tokens.line.gamma_multiply(0.6)));
        drawing.staying_ui(ui, row, source);
        drawing.cells_ui(ui, row, source, cursor.and_then(|cursor| cursor.column));
        let at = response.interact_pointer_pos().map(|pos| pos.x - row.rect.left());
        let column = at.and_then(|at| match drawing.plan.hit(at, drawing.x) {
            Some(Hit::Column(column)) => Some(column),
            _ => None,
        });
        let place = MatrixCursor { line: row.index, column };
        if response.clicked() {
            events.chosen = Some(place);
        }
        if response.double_clicked() {
            events.opened = Some(place);
        }
        if response.secondary_clicked() && column.is_some() {
            events.chosen = Some(place);
            events.menu = column;
        }
        if !response.hovered() {
            return;
        }
        let (told, rect) = match over {
            Some(Hit::Column(column)) => (source.hover(row.index, column), drawing.place(row.rect, column)),
            Some(Hit::Staying(at)) => {
                let left = row.rect.left() + drawing.plan.staying_left(at);
                let place = row.rect.with_min_x(left).with_max_x(left + drawing.plan.staying[at]);
                let text = source.staying(row.index, at).text;
                (crate::words::ellipsize_graphemes(&text, 600).into_owned(), place)
            }
            None => return,
        };
        if !told.is_empty() {
            response.with_new_rect(rect).on_hover_text(told);
        }
    }

    /// What keys mean: up and down are the rows' own, left and right move from cell to cell.
    fn keys(&self, ui: &Ui, rows: &RowsResponse, source: &impl MatrixSource, events: &mut MatrixEvents) {
        let column = self.cursor.and_then(|cursor| cursor.column);
        if let Some(line) = rows.moved_to {
            let is_down = self.cursor.is_none_or(|cursor| line >= cursor.line);
            events.chosen = row_near(source, line, is_down).map(|line| MatrixCursor { line, column });
        }
        if rows.opened {
            events.opened = self.cursor;
        }
        let Some(last) = source.columns().checked_sub(1).filter(|_| rows.has_focus) else { return };
        let far = ui.input_mut(|input| {
            let left = input.consume_key(Modifiers::COMMAND, Key::ArrowLeft).then_some(0);
            left.or_else(|| input.consume_key(Modifiers::COMMAND, Key::ArrowRight).then_some(last))
        });
        let column = match (far, rows.left, rows.right) {
            (Some(far), ..) => Some(far),
            (None, true, false) => column.and_then(|column| column.checked_sub(1)),
            (None, false, true) => Some(column.map_or(0, |column| (column + 1).min(last))),
            _ => return,
        };
        let line = self.cursor.map(|cursor| cursor.line).or_else(|| row_near(source, rows.visible.start, true));
        events.chosen = line.map(|line| MatrixCursor { line, column });
    }
}

/// The row at a line or beside the heading that stands there, first further in the direction of the step.
fn row_near(source: &impl MatrixSource, line: usize, is_down: bool) -> Option<usize> {
    let is_row = |line: &usize| source.heading(*line).is_none();
    let mut down = (line..source.lines()).filter(is_row);
    let mut up = (0..=line.min(source.lines().checked_sub(1)?)).rev().filter(is_row);
    if is_down { down.next().or_else(|| up.next()) } else { up.next().or_else(|| down.next()) }
}
