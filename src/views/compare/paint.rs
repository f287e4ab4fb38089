//! Painting the rows of a comparison.

use std::ops::Range;
use std::sync::Arc;

use egui::{Align, CornerRadius, Galley, Pos2, Rect, Response, Sense, Stroke, StrokeKind, Ui, vec2};

mod examples;

use super::rows::{CARD_GAP, CARD_PADDING, ChangeRow, DemoCell, GUTTER, Row, SENTENCE_LEFT, Side};
use crate::model::{RunId, TraceId};
use crate::widgets::diff_text::{self, DiffLine, Mark};
use crate::widgets::glyphs::Glyph;
use crate::widgets::row_text;
use crate::widgets::tokens::size::{self, Type};
use crate::widgets::tokens::{Tokens, Tone};
use crate::widgets::virtual_rows::{RowInfo, VisibleRow};
use crate::words;

/// Every row is so high.
pub(super) const ROW: f32 = size::LINE + size::GAP_XS;
/// Between what stands above a card and the card.
const TOP_GAP: f32 = 2.0;
/// What stands at the top of a card keeps this off its border.
const TOP_PADDING: f32 = 3.0;
/// The room for the number of a state.
const NUMBER: f32 = 28.0;
/// A tooltip never lays out more.
const TOOLTIP: usize = 2_000;

/// How the two sides are called.
pub(super) struct Names<'a> {
    pub old: &'a str,
    pub new: &'a str,
}

/// What the user did with a row.
pub(super) enum RowEvent {
    /// Copy the instructions of a predictor.
    CopyInstructions(usize, Side),
    /// Show the lines of a predictor that did not change.
    ShowWhole(usize),
    /// Copy this.
    Copy(String),
    /// Go to a run.
    Go(RunId),
    /// Go to a trace of the run on a side.
    OpenTrace(Side, TraceId),
    /// Say why no trace can be opened.
    Explain(String),
}

pub(super) fn row_ui(ui: &Ui, row: &VisibleRow, it: &Row, is_unified: bool, names: &Names<'_>) -> Option<RowEvent> {
    let tokens = Tokens::of(ui);
    let rect = row.rect;
    let tell = |label: &str| row.interact(ui, RowInfo { label, ..RowInfo::default() });
    match it {
        Row::Gap => None,
        Row::Bottom => {
            cards(ui, rect.with_max_y(rect.top() + size::GAP_S), Edge::Bottom, is_unified, tokens);
            None
        }
        Row::Predictor { title, facts } => {
            let words: Vec<&str> = facts.iter().map(|(text, _)| text.as_str()).collect();
            tell(&format!("Predictor {title}: {}", words.join(", ")));
            predictor(ui, rect, title, facts, tokens);
            None
        }
        Row::Step { number, title, facts, run } => step(ui, row, (*number, title), facts, run, tokens),
        Row::Same(text) => {
            tell(text);
            text_at(ui, rect, text, Type::Small, tokens.text2);
            None
        }
        Row::Sentence(text) | Row::Rest(text) => {
            tell(text);
            if matches!(it, Row::Sentence(_)) {
                Glyph::Warning.paint(ui.painter(), rect.left_center() + vec2(8.0, 0.0), size::ICON, tokens.text2);
            }
            text_at(ui, rect.with_min_x(rect.left() + SENTENCE_LEFT), text, Type::Body, tokens.text1);
            None
        }
        Row::Caption(text) => {
            tell(text);
            // Along an evolution it stands below the name of a state, not below its number.
            let left = if names.old.is_empty() { NUMBER } else { 0.0 };
            text_at(ui, rect.with_min_x(rect.left() + left), text, Type::Small, tokens.text2);
            None
        }
        Row::Captions(old, new) => {
            tell(&format!("{old}, {new}"));
            let (left, right) = halves(rect);
            text_at(ui, left, old, Type::Small, tokens.text2);
            text_at(ui, right, new, Type::Small, tokens.text2);
            None
        }
        Row::Top { predictor } => top(ui, row, *predictor, is_unified, names, tokens),
        Row::Pair(old, new) => {
            tell(&spoken(old.as_ref(), new.as_ref()));
            cards(ui, rect, Edge::Middle, false, tokens);
            let (left, right) = halves(rect);
            for (rect, line) in [(left, old), (right, new)] {
                if let Some(line) = line {
                    diff_text::paint(ui.painter(), rect.shrink2(vec2(CARD_PADDING, 0.0)), line, Type::Body, tokens);
                }
            }
            None
        }
        Row::Line(line) => {
            line_ui(ui, row, line, None);
            None
        }
        Row::Cut(text) => {
            tell(text).on_hover_text(text);
            cards(ui, rect, Edge::Middle, is_unified, tokens);
            let place = rect.shrink2(vec2(CARD_PADDING, 0.0));
            Glyph::Warning.paint(ui.painter(), place.left_center() + vec2(6.0, 0.0), size::ICON, tokens.warn);
            text_at(ui, place.with_min_x(place.left() + 20.0), text, Type::Small, tokens.text2);
            None
        }
        Row::Hidden { predictor, lines } => {
            let lines = *lines as u64;
            let text = format!("… {} unchanged {}", words::count(lines), if lines == 1 { "line" } else { "lines" });
            let response = tell(&text).on_hover_text("Click to show all lines");
            cards(ui, rect, Edge::Middle, is_unified, tokens);
            let color = if response.hovered() { tokens.accent } else { tokens.text2 };
            let (left, _) = halves(rect);
            text_at(ui, left.shrink2(vec2(CARD_PADDING, 0.0)), &text, Type::Small, color);
            response.clicked().then_some(RowEvent::ShowWhole(*predictor))
        }
        Row::DemoHead { columns } => {
            tell(&format!("Demos: {}", columns.join(", ")));
            for (rect, name) in demo_columns(rect, columns.len()).zip(columns) {
                text_at(ui, rect, name, Type::Small, tokens.text2);
            }
            None
        }
        Row::Demo { mark, cells, note, whole } => demo(ui, row, *mark, cells, note, whole, tokens),
        Row::Change(change) => change_ui(ui, row, change, tokens),
        Row::Example(one) => examples::alone_ui(ui, row, one, names, tokens),
        Row::Examples(left, right) => examples::row_ui(ui, row, [left.as_ref(), right.as_ref()], names, tokens),
    }
}

/// A line that was drawn: what is done with its row, its text and where that stands.
pub(super) struct DrawnLine {
    pub response: Response,
    pub galley: Arc<Galley>,
    pub at: Pos2,
}

/// A line of both texts in one, of which some characters may be selected.
pub(super) fn line_ui(ui: &Ui, row: &VisibleRow, line: &DiffLine, selected: Option<Range<usize>>) -> DrawnLine {
    let tokens = Tokens::of(ui);
    let response =
        row.interact(ui, RowInfo { label: &line.spoken(), selected: selected.is_some(), ..RowInfo::default() });
    cards(ui, row.rect, Edge::Middle, true, tokens);
    let inner = row.rect.shrink2(vec2(CARD_PADDING, 0.0));
    sign(ui, inner, line, tokens);
    let place = inner.with_min_x(inner.left() + GUTTER);
    let (galley, at) = diff_text::paint_selected(ui.painter(), place, (line, selected), Type::Body, tokens);
    DrawnLine { response, galley, at }
}

/// The two halves of a row.
pub(super) fn halves(rect: Rect) -> (Rect, Rect) {
    let width = (rect.width() - CARD_GAP) / 2.0;
    (rect.with_max_x(rect.left() + width), rect.with_min_x(rect.right() - width))
}

fn text_at(ui: &Ui, rect: Rect, text: &str, cut: Type, color: egui::Color32) -> Rect {
    row_text::paint(ui.painter(), rect, text, cut, color, Align::Min)
}

/// What is said of two lines.
fn spoken(old: Option<&DiffLine>, new: Option<&DiffLine>) -> String {
    match (old, new) {
        (Some(old), Some(new)) if !old.is_changed() && !new.is_changed() => old.text(),
        (old, new) => {
            let text = |line: Option<&DiffLine>| line.map(DiffLine::spoken).unwrap_or_default();
            format!("{} → {}", text(old), text(new))
        }
    }
}

/// Which part of a card a row is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Edge {
    Top,
    Middle,
    Bottom,
}

fn cards(ui: &Ui, rect: Rect, edge: Edge, is_one: bool, tokens: &Tokens) {
    let (left, right) = halves(rect);
    let both = [left, right];
    let parts: &[Rect] = if is_one { &[rect] } else { &both };
    let painter = ui.painter().with_clip_rect(rect.intersect(ui.clip_rect()));
    for part in parts {
        // The card is higher than its part; what stands over is cut off.
        let mut whole = *part;
        whole.min.y += if edge == Edge::Top { TOP_GAP } else { -20.0 };
        whole.max.y += if edge == Edge::Bottom { 0.0 } else { 20.0 };
        painter.rect_filled(whole, CornerRadius::same(size::RADIUS), tokens.bg_panel);
        let stroke = Stroke::new(size::RULE, tokens.line);
        painter.rect_stroke(whole, CornerRadius::same(size::RADIUS), stroke, StrokeKind::Inside);
    }
}

fn predictor(ui: &Ui, rect: Rect, title: &str, facts: &[(String, Tone)], tokens: &Tokens) {
    let name = text_at(ui, rect.with_max_x(rect.center().x), title, Type::Value, tokens.text1);
    let mut left = name.right() + size::GAP_M;
    for (text, tone) in facts {
        let galley = row_text::layout(ui.painter(), text, Type::Small.font(), 400.0);
        let width = galley.size().x + 2.0 * size::GAP_S;
        let chip = Rect::from_min_size(egui::pos2(left, rect.center().y - 10.0), vec2(width, 20.0));
        if chip.right() > rect.right() {
            break;
        }
        ui.painter().rect_filled(chip, CornerRadius::same(size::RADIUS_CHIP), tone.background(tokens));
        row_text::paint_galley(ui.painter(), chip, galley, tone.color_on_background(tokens), Align::Center);
        left = chip.right() + size::GAP_S;
    }
}

/// A state of the program: a click goes to its first evaluation.
fn step(
    ui: &Ui,
    row: &VisibleRow,
    (number, title): (usize, &str),
    facts: &[(String, Tone)],
    run: &RunId,
    tokens: &Tokens,
) -> Option<RowEvent> {
    let words: Vec<&str> = facts.iter().map(|(text, _)| text.as_str()).collect();
    let label = format!("State {number}: {title}, {}", words.join(", "));
    let response = row.interact(ui, RowInfo { label: &label, ..RowInfo::default() });
    if response.hovered() {
        ui.painter().rect_filled(row.rect, f32::from(size::RADIUS_CELL), tokens.bg_raised);
    }
    let (mark, rest) = row.rect.split_left_right_at_x(row.rect.left() + NUMBER);
    text_at(ui, mark, &number.to_string(), Type::Value, tokens.text2);
    predictor(ui, rest, title, facts, tokens);
    let clicked = response.clicked();
    response.on_hover_text(format!("{}\n\nClick to open the first evaluation", label));
    clicked.then(|| RowEvent::Go(run.clone()))
}

fn top(
    ui: &Ui,
    row: &VisibleRow,
    predictor: usize,
    is_unified: bool,
    names: &Names<'_>,
    tokens: &Tokens,
) -> Option<RowEvent> {
    let label = match names.old {
        "" => format!("Instructions of {}", names.new),
        old => format!("Instructions of {old} and {}", names.new),
    };
    row.interact(ui, RowInfo { label: &label, ..RowInfo::default() });
    cards(ui, row.rect, Edge::Top, is_unified, tokens);
    let (left, right) = halves(row.rect.with_min_y(row.rect.top() + TOP_GAP + TOP_PADDING));
    let mut event = None;
    for (rect, name, side, sign) in [(left, names.old, Side::Old, "−"), (right, names.new, Side::New, "+")] {
        let rect = rect.shrink2(vec2(CARD_PADDING, 0.0));
        if name.is_empty() {
            continue;
        }
        let copy = match side {
            Side::New if names.old.is_empty() => "Copy these instructions",
            Side::Old => "Copy the old instructions",
            Side::New => "Copy the new instructions",
        };
        let button = rect.with_min_x(rect.right() - 34.0);
        let response = button_ui(ui, row, button, ("Copy", copy), tokens);
        let caption = if is_unified { format!("{sign} {name}") } else { name.to_owned() };
        // A text alone needs no name.
        if !names.old.is_empty() {
            text_at(ui, rect.with_max_x(button.left() - size::GAP_S), &caption, Type::Small, tokens.text2);
        }
        if response.clicked() {
            event = Some(RowEvent::CopyInstructions(predictor, side));
        }
    }
    event
}

fn button_ui(ui: &Ui, row: &VisibleRow, rect: Rect, (text, name): (&str, &str), tokens: &Tokens) -> Response {
    let response = ui.interact(rect, row.id.with(name), Sense::click());
    response.widget_info(|| egui::WidgetInfo::labeled(egui::accesskit::Role::Button, true, name));
    if response.has_focus() {
        crate::widgets::theme::focus_ring(ui.painter(), rect, tokens);
    }
    let color = if response.hovered() { tokens.accent } else { tokens.text2 };
    row_text::paint(ui.painter(), rect, text, Type::Small, color, Align::Max);
    response.on_hover_text(name)
}

/// `+`, `−` or `±` before a line that changed.
fn sign(ui: &Ui, rect: Rect, line: &DiffLine, tokens: &Tokens) {
    let has = |mark: Mark| line.pieces.iter().any(|piece| piece.mark == mark);
    let (text, color) = match (has(Mark::Removed), has(Mark::Added)) {
        (true, true) => ("±", tokens.warn),
        (true, false) => ("−", tokens.bad),
        (false, true) => ("+", tokens.good),
        (false, false) => return,
    };
    text_at(ui, rect, text, Type::Value, color);
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

fn demo(
    ui: &Ui,
    row: &VisibleRow,
    mark: Mark,
    cells: &[DemoCell],
    note: &str,
    whole: &str,
    tokens: &Tokens,
) -> Option<RowEvent> {
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
    let delta_width = if change.delta.is_empty() { 0.0 } else { 90.0 };
    let key = rect.with_max_x(rect.left() + key_width - size::GAP_M);
    let named = row_text::paint_dotted(ui.painter(), key, &change.key, Type::Small, tokens.text1);
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
    text_at(ui, values.with_min_x(left.right() + 6.0), "→", Type::Small, tokens.text3);
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
