//! Every widget in every state: what the design system looks like, on one sheet per widget.
//!
//! For people who build views, and for tests that draw all of it in both themes at several sizes. It shows
//! made-up data only and knows nothing of stores; nothing in it is needed to run the window.

mod basics;
mod charts;
mod counts;
mod data;
mod finding;
mod json;
mod matrix;
mod media;
mod panels;
mod rows;
mod states;
mod tables;
mod texts;

use crate::widgets::scroll::RowScroll;
use crate::widgets::section;
use crate::widgets::tokens::size::{self, Type};
use crate::widgets::tokens::{Tokens, Tone};
use crate::widgets::virtual_rows::{RowInfo, VirtualRows};
use egui::{Align, Frame, Margin, Rect, ScrollArea, Ui, UiBuilder, vec2};

/// One sheet of the gallery.
struct Sheet {
    title: &'static str,
    show: fn(&mut Ui, &mut Parts),
}

const SHEETS: [Sheet; 17] = [
    Sheet { title: "Colours and type", show: basics::colours_ui },
    Sheet { title: "Chips, fields and tabs", show: basics::controls_ui },
    Sheet { title: "Cards and facts", show: basics::cards_ui },
    Sheet { title: "Empty, loading, failed", show: states::states_ui },
    Sheet { title: "Trees and lists", show: rows::rows_ui },
    Sheet { title: "Tables", show: tables::tables_ui },
    Sheet { title: "Matrices", show: matrix::matrices_ui },
    Sheet { title: "Long texts", show: texts::texts_ui },
    Sheet { title: "JSON", show: json::json_ui },
    Sheet { title: "Charts and time", show: charts::charts_ui },
    Sheet { title: "Counts and scores", show: counts::counts_ui },
    Sheet { title: "Command palette", show: finding::palette_ui },
    Sheet { title: "Filter with completions", show: finding::filter_ui },
    Sheet { title: "Menus and columns", show: finding::menus_ui },
    Sheet { title: "Split panels", show: panels::split_ui },
    Sheet { title: "Bytes and images", show: media::media_ui },
    Sheet { title: "Markdown", show: media::markdown_ui },
];

/// What the sheets remember.
#[derive(Debug, Default)]
struct Parts {
    basics: basics::State,
    rows: rows::State,
    tables: tables::State,
    matrix: matrix::State,
    texts: texts::State,
    json: json::State,
    charts: charts::State,
    finding: finding::State,
    panels: panels::State,
    media: media::State,
    said: String,
}

/// What the gallery remembers; the caller keeps it.
#[derive(Debug, Default)]
pub struct GalleryState {
    sheet: usize,
    list: RowScroll,
    parts: Parts,
}

impl GalleryState {
    /// The titles of the sheets, in order. Each is a heading of its sheet.
    pub fn titles() -> impl Iterator<Item = &'static str> {
        SHEETS.iter().map(|sheet| sheet.title)
    }

    /// Turns to a sheet.
    pub fn turn_to(&mut self, sheet: usize) {
        self.sheet = sheet.min(SHEETS.len() - 1);
        // A palette that stays open would cover the other sheets.
        self.parts.finding.close();
    }

    /// Opens the command palette over the sheet.
    #[cfg(feature = "testing")]
    pub fn open_palette(&mut self) {
        self.parts.finding.open();
    }
}

const LIST_WIDTH: f32 = 200.0;

/// Draws the gallery: the list of sheets at the left, the chosen one beside it.
pub fn gallery_ui(ui: &mut Ui, state: &mut GalleryState) {
    let tokens = Tokens::of(ui);
    let outer = ui.available_rect_before_wrap();
    ui.painter().rect_filled(outer, 0.0, tokens.bg_window);
    let list = outer.with_max_x(outer.left() + LIST_WIDTH.min(outer.width() / 3.0));
    ui.painter().rect_filled(list, 0.0, tokens.bg_panel);
    ui.painter().vline(list.right(), list.y_range(), (size::RULE, tokens.line));
    list_ui(ui, list.with_max_x(list.right() - 1.0), state);

    let Some(sheet) = SHEETS.get(state.sheet) else { return };
    let rest = outer.with_min_x(list.right() + size::RULE);
    let mut area = ui.new_child(UiBuilder::new().id_salt(("sheet", state.sheet)).max_rect(rest));
    area.shrink_clip_rect(rest);
    ScrollArea::vertical().id_salt(sheet.title).auto_shrink([false, false]).show(&mut area, |ui| {
        Frame::new().inner_margin(Margin::same(size::GAP_L as i8)).show(ui, |ui| {
            ui.set_width(ui.available_width());
            section::title_ui(ui, sheet.title);
            (sheet.show)(ui, &mut state.parts);
            if !state.parts.said.is_empty() {
                ui.add_space(size::GAP_M);
                section::text_ui(ui, &state.parts.said, Type::Small, Tone::Muted);
            }
        });
    });
    ui.advance_cursor_after_rect(outer);
}

fn list_ui(ui: &mut Ui, rect: Rect, state: &mut GalleryState) {
    let tokens = Tokens::of(ui);
    let mut chosen = None;
    let mut list = ui.new_child(UiBuilder::new().id_salt("sheets").max_rect(rect));
    list.add_space(size::GAP_S);
    let rows = VirtualRows::new("list", SHEETS.len(), size::ROW).label("Sheets").cursor(Some(state.sheet)).show(
        &mut list,
        &mut state.list,
        |ui, row| {
            let Some(sheet) = SHEETS.get(row.index) else { return };
            let selected = row.index == state.sheet;
            let response = row.interact(ui, RowInfo { label: sheet.title, selected, ..RowInfo::default() });
            if selected || response.hovered() {
                let fill = if selected { tokens.bg_selected } else { tokens.bg_raised };
                ui.painter().rect_filled(row.rect, 0.0, fill);
            }
            let room = row.rect.shrink2(vec2(size::GAP_M, 0.0));
            let painter = ui.painter();
            crate::widgets::row_text::paint(painter, room, sheet.title, Type::Body, tokens.text1, Align::Min);
            if response.clicked() {
                chosen = Some(row.index);
            }
        },
    );
    if let Some(sheet) = rows.moved_to.or(chosen) {
        state.turn_to(sheet);
    }
}

/// A specimen: what it is, and below it the widget.
fn specimen(ui: &mut Ui, name: &str, add: impl FnOnce(&mut Ui)) {
    ui.add_space(size::GAP_M);
    section::section_ui(ui, name);
    ui.add_space(size::GAP_XS);
    ui.push_id(name, add);
}

/// A part of the sheet with a border and a height, for widgets that fill what there is.
fn boxed(ui: &mut Ui, height: f32, add: impl FnOnce(&mut Ui)) {
    let tokens = Tokens::of(ui);
    let outer = Rect::from_min_size(ui.available_rect_before_wrap().min, vec2(ui.available_width(), height));
    ui.painter().rect_filled(outer, f32::from(size::RADIUS), tokens.bg_window);
    let mut inner = ui.new_child(UiBuilder::new().id_salt("boxed").max_rect(outer.shrink(1.0)));
    inner.shrink_clip_rect(outer.shrink(1.0));
    add(&mut inner);
    let stroke = (size::RULE, tokens.line);
    ui.painter().rect_stroke(outer, f32::from(size::RADIUS), stroke, egui::StrokeKind::Inside);
    ui.advance_cursor_after_rect(outer);
}
