//! Painting the rows of a comparison.

use egui::{Align, Rect, Ui};

mod examples;

pub(super) use examples::{mark, opened};

use super::rows::{ChangeRow, DemoRow, Row, Rows};
use crate::model::TraceId;
use crate::views::text_change::{self, Look, Side, Sides, TextEvent, text_at, titled_ui};
use crate::widgets::diff_text::Mark;
use crate::widgets::glyphs::Glyph;
use crate::widgets::row_text;
use crate::widgets::tokens::size::{self, Type};
use crate::widgets::tokens::{Tokens, Tone};
use crate::widgets::virtual_rows::{RowInfo, VisibleRow};
use crate::words;

/// A tooltip never lays out more.
const TOOLTIP: usize = 2_000;

/// How the two sides are called.
pub(super) struct Names<'a> {
    pub old: &'a str,
    pub new: &'a str,
}

/// What the user did with a row.
pub(super) enum RowEvent {
    /// With the instructions of a predictor.
    Text(TextEvent),
    /// Copy this.
    Copy(String),
    /// Go to a trace of the run on a side.
    OpenTrace(Side, TraceId),
    /// Say why no trace can be opened.
    Explain(String),
}

/// `is_chosen`: the keyboard stands on it.
pub(super) fn row_ui(ui: &Ui, row: &VisibleRow, all: &Rows, is_chosen: bool, names: &Names<'_>) -> Option<RowEvent> {
    let it = all.rows.get(row.index)?;
    let (is_unified, columns) = (all.is_unified, &all.columns);
    let tokens = Tokens::of(ui);
    let rect = row.rect;
    let sides = Sides::Both { old: names.old, new: names.new };
    let look = &Look { sides, is_unified, caption_left: 0.0 };
    let tell = |label: &str| row.interact(ui, RowInfo { label, ..RowInfo::default() });
    match it {
        Row::Text(text) => text_change::row_ui(ui, row, text, look).map(RowEvent::Text),
        Row::Predictor { title, facts } => {
            let words: Vec<&str> = facts.iter().map(|(text, _)| text.as_str()).collect();
            tell(&format!("Predictor {title}: {}", words.join(", ")));
            titled_ui(ui, rect, title, facts, tokens);
            None
        }
        Row::Same(text) => {
            tell(text);
            text_at(ui, rect, text, Type::Small, tokens.text2);
            None
        }
        Row::DemoHead { columns } => {
            tell(&format!("Demos: {}", columns.join(", ")));
            for (rect, name) in demo_columns(rect, columns.len()).zip(columns) {
                text_at(ui, rect, name, Type::Small, tokens.text2);
            }
            None
        }
        Row::Demo(it) => demo(ui, row, it, tokens),
        Row::Change(change) => change_ui(ui, row, change, tokens),
        Row::ExampleHead => {
            examples::head_ui(ui, row, columns, names);
            None
        }
        Row::Example(one) => examples::row_ui(ui, row, (one, is_chosen), columns, names),
        Row::Answers(text) => {
            tell(text);
            let left = rect.left() + examples::text_left(columns);
            text_at(ui, rect.with_min_x(left), text, Type::Small, tokens.text2);
            None
        }
    }
}

/// The columns of a demo; the last one is its source.
fn demo_columns(rect: Rect, columns: usize) -> impl Iterator<Item = Rect> {
    let values = columns.saturating_sub(1).max(1) as f32;
    let left = rect.left() + 28.0;
    let last = (rect.width() * 0.22).clamp(120.0, 260.0);
    let each = ((rect.right() - last - left) / values).max(20.0);
    (0..columns).map(move |at| {
        let from = left + each * at as f32;
        let to = if at + 1 == columns { rect.right() } else { from + each };
        rect.with_min_x(from).with_max_x(to - size::GAP_M)
    })
}

fn demo(ui: &Ui, row: &VisibleRow, it: &DemoRow, tokens: &Tokens) -> Option<RowEvent> {
    let DemoRow { mark, cells, note, whole } = it;
    let (sign, tone, word) = match mark {
        Mark::Added => ("+", Tone::Good, "added"),
        Mark::Removed => ("−", Tone::Bad, "removed"),
        Mark::Same => ("", Tone::Muted, "kept"),
    };
    let texts: Vec<&str> = cells.iter().map(|cell| cell.text.as_str()).collect();
    let label = format!("Demo {word}: {}, {note}", texts.join(", "));
    let response = row.interact(ui, RowInfo { label: &label, ..RowInfo::default() });
    ui.painter().rect_filled(row.rect, 0.0, tone.background(tokens));
    let strong = tone.color_on_background(tokens);
    text_at(ui, row.rect.with_min_x(row.rect.left() + size::GAP_S), sign, Type::Value, strong);
    for (rect, cell) in demo_columns(row.rect, cells.len() + 1).zip(cells) {
        let color = if cell.is_changed { strong } else { tokens.text1 };
        let covered = text_at(ui, rect, &cell.text, Type::Body, color);
        if cell.is_changed {
            let y = covered.bottom() - 1.0;
            ui.painter().hline(covered.x_range(), y, (size::RULE, strong));
        }
    }
    if let Some(rect) = demo_columns(row.rect, cells.len() + 1).last() {
        text_at(ui, rect, note, Type::Small, tokens.text2);
    }
    let clicked = response.clicked();
    response.on_hover_text(format!("{}\n\nClick to copy", words::ellipsize_graphemes(whole, TOOLTIP)));
    clicked.then(|| RowEvent::Copy(whole.to_owned()))
}

fn change_ui(ui: &Ui, row: &VisibleRow, change: &ChangeRow, tokens: &Tokens) -> Option<RowEvent> {
    let text = |value: &Option<String>| value.clone().unwrap_or_else(|| "not set".to_owned());
    let (old, new) = (text(&change.old), text(&change.new));
    let note = if change.note.is_empty() { String::new() } else { format!(" ({})", change.note) };
    let delta = if change.delta.is_empty() { String::new() } else { format!(", {}", change.delta) };
    let label = format!("{}{note}: {} → {}{delta}", change.key, words::one_line(&old, 200), words::one_line(&new, 200));
    let response = row.interact(ui, RowInfo { label: &label, ..RowInfo::default() });
    let rect = row.rect;
    if response.hovered() {
        ui.painter().rect_filled(rect, f32::from(size::RADIUS_CELL), tokens.bg_raised);
    }
    let key_width = (rect.width() * 0.28).clamp(160.0, 340.0);
    let delta = row_text::natural(ui.painter(), &change.delta, Type::Value).size().x;
    let delta_width = if change.delta.is_empty() { 0.0 } else { (delta + size::GAP_M).max(90.0) };
    let key = rect.with_max_x(rect.left() + key_width - size::GAP_M);
    let named = row_text::paint_key(ui.painter(), key, &change.key, Type::Small, tokens.text1, Align::Min);
    text_at(ui, key.with_min_x(named.right() + size::GAP_S), &change.note, Type::Small, tokens.text2);
    let values = rect.with_min_x(rect.left() + key_width).with_max_x(rect.right() - delta_width);
    let half = (values.width() - 24.0) / 2.0;
    let left = values.with_max_x(values.left() + half);
    let right = values.with_min_x(values.right() - half);
    let value = |rect: Rect, value: &Option<String>, text: &str, tone: Tone| {
        let color = if value.is_some() { tone.color(tokens) } else { tokens.text3 };
        text_at(ui, rect, &words::one_line(text, 200), Type::Value, color)
    };
    value(left, &change.old, &old, Tone::Muted);
    let arrow = egui::pos2(values.center().x, rect.center().y);
    Glyph::Arrow.paint(ui.painter(), arrow, size::ICON - 2.0, tokens.text3);
    value(right, &change.new, &new, Tone::Neutral);
    if !change.delta.is_empty() {
        // More is not always better: the sign tells, no colour.
        row_text::paint(ui.painter(), rect, &change.delta, Type::Value, tokens.text1, Align::Max);
    }
    let clicked = response.clicked();
    let cut = |text: &str| words::ellipsize_graphemes(text, TOOLTIP / 2).into_owned();
    response.on_hover_text(format!("{}\n\n− {}\n\n+ {}\n\nClick to copy both", change.key, cut(&old), cut(&new)));
    clicked.then(|| RowEvent::Copy(format!("{}\n{old}\n{new}", change.key)))
}
