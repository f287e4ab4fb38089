//! Painting the rows of what two spans have in them.

use egui::{Rect, Sense, Ui, vec2};

use super::pair_rows::{LEFT, PairRow};
use crate::analysis::span_difference::PartChange;
use crate::views::text_change::{sign, text_at};
use crate::widgets::diff_text;
use crate::widgets::glyphs::Glyph;
use crate::widgets::tokens::size::{self, Type};
use crate::widgets::tokens::{Tokens, Tone};
use crate::widgets::virtual_rows::{RowInfo, VisibleRow};
use crate::words;

/// What the user did with a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PairEvent {
    /// Show all lines of this part.
    ShowWhole(usize),
    /// Show the parts that are the same, or hide them.
    ToggleSame,
}

/// The names of the two traces, `A` and `B`.
pub(super) type Letters<'a> = [&'a str; 2];

pub(super) fn row_ui(
    ui: &Ui,
    row: &VisibleRow,
    it: &PairRow,
    (letters, shows_same): (Letters<'_>, bool),
) -> Option<PairEvent> {
    let tokens = Tokens::of(ui);
    let rect = row.rect;
    let tell = |label: &str| row.interact(ui, RowInfo { label, ..RowInfo::default() });
    match it {
        PairRow::Gap => None,
        PairRow::Place(text) => {
            tell(text);
            let painted = text_at(ui, rect, text, Type::BodyStrong, tokens.text1);
            let rule = Rect::from_min_max(
                egui::pos2(painted.right() + size::GAP_M, rect.center().y),
                egui::pos2(rect.right(), rect.center().y + size::RULE),
            );
            ui.painter().rect_filled(rule, 0.0, tokens.line);
            None
        }
        PairRow::Title(text, change) => {
            let (word, tone) = told(*change, letters);
            tell(&if word.is_empty() { text.clone() } else { format!("{text}, {word}") });
            let place = rect.with_min_x(rect.left() + LEFT);
            let painted = text_at(ui, place, text, Type::Value, tokens.accent);
            let gap = if text.is_empty() { 0.0 } else { size::GAP_S };
            let place = place.with_min_x(painted.right() + gap);
            text_at(ui, place, &word, Type::Small, tone.color(tokens));
            None
        }
        PairRow::Line(line) => {
            tell(&line.spoken());
            sign(ui, rect.with_min_x(rect.left() + 4.0), line, tokens);
            let place = rect.with_min_x(rect.left() + LEFT);
            diff_text::paint(ui.painter(), place, line, Type::Body, tokens);
            None
        }
        PairRow::Hidden(part, lines) => {
            let text = format!("… {}", words::counted(*lines as u64, "more line"));
            let event = PairEvent::ShowWhole(*part);
            press(ui, row, (&text, "Click to show all lines"), tokens).then_some(event)
        }
        PairRow::Sentence(text) => {
            tell(text).on_hover_text(*text);
            Glyph::Warning.paint(ui.painter(), rect.left_center() + vec2(8.0, 0.0), size::ICON, tokens.warn);
            text_at(ui, rect.with_min_x(rect.left() + LEFT), text, Type::Small, tokens.text2);
            None
        }
        PairRow::Same(count) => {
            let verb = if shows_same { "Hide" } else { "Show" };
            let (is, them) = if *count == 1 { ("is", "it") } else { ("are", "them") };
            let text = format!("{} {is} the same · {verb} {them}", words::counted(*count as u64, "part"));
            press(ui, row, (&text, ""), tokens).then_some(PairEvent::ToggleSame)
        }
    }
}

/// What became of a part, where its words do not say it.
fn told(change: PartChange, [first, other]: Letters<'_>) -> (String, Tone) {
    match change {
        PartChange::Changed => (String::new(), Tone::Muted),
        PartChange::Same => ("the same".to_owned(), Tone::Muted),
        PartChange::Removed => (format!("only in {first}"), Tone::Bad),
        PartChange::Added => (format!("only in {other}"), Tone::Good),
    }
}

/// A row that does something when it is clicked.
fn press(ui: &Ui, row: &VisibleRow, (text, tip): (&str, &str), tokens: &Tokens) -> bool {
    let response = row.interact(ui, RowInfo { label: text, ..RowInfo::default() });
    let pressed = ui.interact(row.rect, row.id.with("press"), Sense::click());
    pressed.widget_info(|| egui::WidgetInfo::labeled(egui::accesskit::Role::Button, true, text));
    let color = if pressed.hovered() || response.hovered() { tokens.accent } else { tokens.text2 };
    text_at(ui, row.rect.with_min_x(row.rect.left() + LEFT), text, Type::Small, color);
    let is_clicked = pressed.clicked() || response.clicked();
    if !tip.is_empty() {
        pressed.on_hover_text(tip);
    }
    is_clicked
}
