//! Painting the rows of a card.

use std::ops::Range;
use std::sync::Arc;

use egui::{Align, CornerRadius, Galley, Pos2, Rect, Response, Sense, Stroke, StrokeKind, Ui, vec2};

use super::rows::{CARD_GAP, CARD_PADDING, GUTTER, Side, TextRow};
use crate::widgets::diff_text::{self, DiffLine, Mark};
use crate::widgets::glyphs::Glyph;
use crate::widgets::row_text;
use crate::widgets::tokens::size::{self, Type};
use crate::widgets::tokens::{Tokens, Tone};
use crate::widgets::virtual_rows::{RowInfo, VisibleRow};
use crate::words;

/// Every row is so high.
pub(in crate::views) const ROW: f32 = size::LINE + size::GAP_XS;
/// Where the text of a sentence begins, right of its glyph.
pub(in crate::views) const SENTENCE_LEFT: f32 = 22.0;
/// Between what stands above a card and the card.
const TOP_GAP: f32 = 2.0;
/// What stands at the top of a card keeps this off its border.
const TOP_PADDING: f32 = 3.0;

/// Whose texts a card shows, as they are called.
#[derive(Clone, Copy, Debug)]
pub(in crate::views) enum Sides<'a> {
    /// The old text and the new one.
    Both { old: &'a str, new: &'a str },
    /// One text, with what changed in it.
    Alone(&'a str),
}

/// How cards are shown.
#[derive(Clone, Copy, Debug)]
pub(in crate::views) struct Look<'a> {
    pub sides: Sides<'a>,
    /// Both texts in one card.
    pub is_unified: bool,
    /// How far from the left captions stand.
    pub caption_left: f32,
}

/// What the user did with a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::views) enum TextEvent {
    /// Copy the text that a card has on one side.
    CopyText(usize, Side),
    /// Show the lines of a card that did not change.
    ShowWhole(usize),
}

pub(in crate::views) fn row_ui(ui: &Ui, row: &VisibleRow, it: &TextRow, look: &Look<'_>) -> Option<TextEvent> {
    let tokens = Tokens::of(ui);
    let rect = row.rect;
    let is_unified = look.is_unified;
    let tell = |label: &str| row.interact(ui, RowInfo { label, ..RowInfo::default() });
    match it {
        TextRow::Gap => None,
        TextRow::Bottom => {
            cards(ui, rect.with_max_y(rect.top() + size::GAP_S), Edge::Bottom, is_unified, tokens);
            None
        }
        TextRow::Sentence(text) | TextRow::Rest(text) => {
            tell(text);
            if matches!(it, TextRow::Sentence(_)) {
                Glyph::Warning.paint(ui.painter(), rect.left_center() + vec2(8.0, 0.0), size::ICON, tokens.text2);
            }
            text_at(ui, rect.with_min_x(rect.left() + SENTENCE_LEFT), text, Type::Body, tokens.text1);
            None
        }
        TextRow::Caption(text) => {
            tell(text);
            text_at(ui, rect.with_min_x(rect.left() + look.caption_left), text, Type::Small, tokens.text2);
            None
        }
        TextRow::Top { card } => top(ui, row, *card, look, tokens),
        TextRow::Pair(old, new) => {
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
        TextRow::Line(line) => {
            line_ui(ui, row, line, None);
            None
        }
        TextRow::Cut(text) => {
            tell(text).on_hover_text(text);
            cards(ui, rect, Edge::Middle, is_unified, tokens);
            let place = rect.shrink2(vec2(CARD_PADDING, 0.0));
            Glyph::Warning.paint(ui.painter(), place.left_center() + vec2(6.0, 0.0), size::ICON, tokens.warn);
            text_at(ui, place.with_min_x(place.left() + 20.0), text, Type::Small, tokens.text2);
            None
        }
        TextRow::Hidden { card, lines } => {
            let lines = *lines as u64;
            let text = format!("… {} unchanged {}", words::count(lines), if lines == 1 { "line" } else { "lines" });
            let response = tell(&text).on_hover_text("Click to show all lines");
            cards(ui, rect, Edge::Middle, is_unified, tokens);
            let color = if response.hovered() { tokens.accent } else { tokens.text2 };
            let (left, _) = halves(rect);
            text_at(ui, left.shrink2(vec2(CARD_PADDING, 0.0)), &text, Type::Small, color);
            response.clicked().then_some(TextEvent::ShowWhole(*card))
        }
    }
}

/// A line that was drawn: what is done with its row, its text and where that stands.
pub(in crate::views) struct DrawnLine {
    pub response: Response,
    pub galley: Arc<Galley>,
    pub at: Pos2,
}

/// A line of both texts in one, of which some characters may be selected.
pub(in crate::views) fn line_ui(
    ui: &Ui,
    row: &VisibleRow,
    line: &DiffLine,
    selected: Option<Range<usize>>,
) -> DrawnLine {
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
fn halves(rect: Rect) -> (Rect, Rect) {
    let width = (rect.width() - CARD_GAP) / 2.0;
    (rect.with_max_x(rect.left() + width), rect.with_min_x(rect.right() - width))
}

/// Paints one line at the left.
pub(in crate::views) fn text_at(ui: &Ui, rect: Rect, text: &str, cut: Type, color: egui::Color32) -> Rect {
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

/// Paints a title, and beside it what is known of it: what has no room is left out.
pub(in crate::views) fn titled_ui(ui: &Ui, rect: Rect, title: &str, facts: &[(String, Tone)], tokens: &Tokens) {
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

fn top(ui: &Ui, row: &VisibleRow, card: usize, look: &Look<'_>, tokens: &Tokens) -> Option<TextEvent> {
    let label = match look.sides {
        Sides::Alone(name) => format!("Instructions of {name}"),
        Sides::Both { old, new } => format!("Instructions of {old} and {new}"),
    };
    row.interact(ui, RowInfo { label: &label, ..RowInfo::default() });
    cards(ui, row.rect, Edge::Top, look.is_unified, tokens);
    let (left, right) = halves(row.rect.with_min_y(row.rect.top() + TOP_GAP + TOP_PADDING));
    let mut event = None;
    let mut side_ui = |rect: Rect, side: Side, caption: &str, copy: &str| {
        let rect = rect.shrink2(vec2(CARD_PADDING, 0.0));
        let button = rect.with_min_x(rect.right() - 34.0);
        if button_ui(ui, row, button, ("Copy", copy), tokens).clicked() {
            event = Some(TextEvent::CopyText(card, side));
        }
        text_at(ui, rect.with_max_x(button.left() - size::GAP_S), caption, Type::Small, tokens.text2);
    };
    match look.sides {
        // A text alone needs no name.
        Sides::Alone(_) => side_ui(right, Side::New, "", "Copy these instructions"),
        Sides::Both { old, new } => {
            let caption = |sign: &str, name: &str| match look.is_unified {
                true => format!("{sign} {name}"),
                false => name.to_owned(),
            };
            side_ui(left, Side::Old, &caption("−", old), "Copy the old instructions");
            side_ui(right, Side::New, &caption("+", new), "Copy the new instructions");
        }
    }
    event
}

/// A small button within a row.
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
pub(in crate::views) fn sign(ui: &Ui, rect: Rect, line: &DiffLine, tokens: &Tokens) {
    let has = |mark: Mark| line.pieces.iter().any(|piece| piece.mark == mark);
    let (text, color) = match (has(Mark::Removed), has(Mark::Added)) {
        (true, true) => ("±", tokens.warn),
        (true, false) => ("−", tokens.bad),
        (false, true) => ("+", tokens.good),
        (false, false) => return,
    };
    text_at(ui, rect, text, Type::Value, color);
}
