//! Examples that both runs evaluated, each leading to its traces: what became of it and its scores beside its text,
//! then what was expected and what each run answered.

use egui::{Align, Rect, Response, Sense, Ui, pos2, vec2};

use super::super::rows::{EXAMPLE_FIXED, ExampleColumns, ExampleRow};
use super::{Names, RowEvent};
use crate::state::Outcome;
use crate::views::text_change::{Side, text_at};
use crate::widgets::glyphs::Glyph;
use crate::widgets::menu::{MenuEntry, MenuItem, context_menu};
use crate::widgets::row_text;
use crate::widgets::tokens::size::{self, Type};
use crate::widgets::tokens::{Tokens, Tone};
use crate::widgets::tree_row::paint_background;
use crate::widgets::virtual_rows::{RowInfo, VisibleRow};
use crate::words;

const SIDES: [Side; 2] = [Side::Old, Side::New];
/// The room for the mark, and for the arrow between two scores.
const MARK: f32 = 22.0;
const ARROW: f32 = 24.0;

/// Where the text of an example begins, from the left.
pub(super) fn text_left(columns: &ExampleColumns) -> f32 {
    2.0 * columns.score + EXAMPLE_FIXED
}

/// The columns of a row behind the scores: the example, what was expected, both answers.
fn cells(rect: Rect, columns: &ExampleColumns) -> [Rect; 4] {
    let mut left = rect.left() + text_left(columns);
    [columns.text, columns.expected, columns.answers[0], columns.answers[1]].map(|width| {
        let cell = Rect::from_min_max(pos2(left, rect.top()), pos2((left + width).min(rect.right()), rect.bottom()));
        left += width;
        cell.with_max_x((cell.right() - size::GAP_S).max(cell.left()))
    })
}

/// The titles of the columns.
pub(super) fn head_ui(ui: &Ui, row: &VisibleRow, columns: &ExampleColumns, names: &Names<'_>) {
    let color = Tokens::of(ui).text2;
    let answered = [names.old, names.new].map(|name| format!("{} answered", words::one_line(name, 40)));
    let titles = ["Example", "Expected", &answered[0], &answered[1]];
    let shown = titles.iter().zip(cells(row.rect, columns)).filter(|(_, cell)| cell.width() > 0.0);
    let label: Vec<&str> = shown.clone().map(|(title, _)| *title).collect();
    row.interact(ui, RowInfo { label: &format!("Score, {}", label.join(", ")), ..RowInfo::default() });
    text_at(ui, row.rect.with_min_x(row.rect.left() + MARK), "Score", Type::Small, color);
    for (title, cell) in shown {
        text_at(ui, cell, title, Type::Small, color);
    }
}

/// The text opens the trace in the compared run, else in the baseline; each score and each answer that in its run.
pub(super) fn row_ui(
    ui: &Ui,
    row: &VisibleRow,
    (one, is_chosen): (&ExampleRow, bool),
    columns: &ExampleColumns,
    names: &Names<'_>,
) -> Option<RowEvent> {
    let said = say(one, names);
    row.interact(ui, RowInfo { label: &said, selected: is_chosen, ..RowInfo::default() });
    let rect = row.rect;
    let tokens = Tokens::of(ui);
    let response = ui.interact(rect, row.id.with("example"), Sense::click());
    button(&response, &said);
    let is_hovered = response.hovered() || response.contains_pointer();
    paint_background(ui, rect, is_chosen, is_hovered, tokens);
    if response.has_focus() {
        crate::widgets::theme::focus_ring(ui.painter(), rect, tokens);
    }
    let (glyph, tone) = mark(one.outcome);
    glyph.paint_tone(ui.painter(), rect.left_center() + vec2(9.0, 0.0), tone, tokens);
    let mut event = scores_ui(ui, row, one, columns, names);
    let [text, expected, old, new] = cells(rect, columns);
    text_at(ui, text, &one.text, Type::Body, tokens.text1);
    text_at(ui, expected, &one.expected, Type::Body, tokens.text2);
    for (side, cell) in [old, new].into_iter().enumerate() {
        match &one.answers[side] {
            Some(answer) => {
                // The mark says which is right: a row in two colours would only be loud.
                let color = if one.is_right(side) { tokens.text1 } else { tokens.text2 };
                text_at(ui, cell, answer, Type::Body, color);
            }
            None => {
                text_at(ui, cell, words::UNKNOWN, Type::Body, tokens.text3);
            }
        }
    }
    if response.clicked() {
        ui.memory_mut(|memory| memory.request_focus(row.list));
        let at = response.interact_pointer_pos();
        let own = [old, new].iter().position(|cell| cell.width() > 0.0 && at.is_some_and(|at| cell.contains(at)));
        event = Some(own.map_or_else(|| opened(one, names), |side| open(one, side, names)));
    }
    event = menu(&response, one, names).or(event);
    response.on_hover_ui(|ui| tip_ui(ui, one, names));
    event
}

/// The two scores, each leading to its trace.
fn scores_ui(
    ui: &Ui,
    row: &VisibleRow,
    one: &ExampleRow,
    columns: &ExampleColumns,
    names: &Names<'_>,
) -> Option<RowEvent> {
    let tokens = Tokens::of(ui);
    let run = [names.old, names.new];
    let mut event = None;
    let mut left = row.rect.left() + MARK;
    for side in [0, 1] {
        let place = row.rect.with_min_x(left).with_max_x(left + columns.score);
        let galley = row_text::layout(ui.painter(), &words::value(one.scores[side]), Type::Value.font(), 160.0);
        // Wide enough to be hit.
        let width = galley.size().x.max(18.0).min(columns.score.max(18.0));
        let area = if side == 0 { place.with_min_x(place.right() - width) } else { place.with_max_x(left + width) };
        let score = ui.interact(area, row.id.with(("score", side)), Sense::click());
        button(&score, &format!("Open in {}: {}", run[side], one.text));
        let color = if one.traces[side].is_ok() { tokens.accent } else { tokens.text2 };
        let align = if side == 0 { Align::Max } else { Align::Min };
        let drawn = row_text::paint_galley(ui.painter(), area, galley, color, align);
        if score.hovered() && one.traces[side].is_ok() {
            ui.painter().hline(drawn.x_range(), area.center().y + 8.0, (size::RULE, color));
        }
        if score.has_focus() {
            crate::widgets::theme::focus_ring(ui.painter(), area, tokens);
        }
        if score.clicked() {
            event = Some(open(one, side, names));
        }
        score.on_hover_text(match &one.traces[side] {
            Ok(_) => format!("Open its trace in {}", run[side]),
            Err(why) => format!("{}: {why}", run[side]),
        });
        left = place.right();
        if side == 0 {
            let arrow = row.rect.with_min_x(left).with_max_x(left + ARROW);
            Glyph::Arrow.paint(ui.painter(), arrow.center(), size::ICON - 2.0, tokens.text3);
            left = arrow.right();
        }
    }
    event
}

/// The sign of what became of an example.
pub(in crate::views::compare) fn mark(outcome: Outcome) -> (Glyph, Tone) {
    match outcome {
        Outcome::Fixed => (Glyph::Up, Tone::Good),
        Outcome::Broken => (Glyph::Down, Tone::Bad),
        Outcome::StillWrong => (Glyph::Cross, Tone::Bad),
        Outcome::StillRight => (Glyph::Check, Tone::Good),
    }
}

fn button(response: &Response, name: &str) {
    response.widget_info(|| egui::WidgetInfo::labeled(egui::accesskit::Role::Button, true, name));
}

/// The trace in the compared run is opened; where there is none, that in the baseline.
pub(in crate::views::compare) fn opened(one: &ExampleRow, names: &Names<'_>) -> RowEvent {
    open(one, usize::from(one.traces[1].is_ok() || one.traces[0].is_err()), names)
}

fn open(one: &ExampleRow, side: usize, names: &Names<'_>) -> RowEvent {
    match &one.traces[side] {
        Ok(trace) => RowEvent::OpenTrace(SIDES[side], trace.clone()),
        Err(why) => RowEvent::Explain(format!("No trace of this example in {}: {why}", [names.old, names.new][side])),
    }
}

fn menu(response: &Response, one: &ExampleRow, names: &Names<'_>) -> Option<RowEvent> {
    let texts = [names.old, names.new].map(|name| format!("Open in {}", words::one_line(name, 40)));
    let entries = [
        MenuEntry::Item(MenuItem::new(&texts[0]).enabled(one.traces[0].is_ok())),
        MenuEntry::Item(MenuItem::new(&texts[1]).enabled(one.traces[1].is_ok())),
        MenuEntry::Item(MenuItem::new("Copy example")),
    ];
    match context_menu(response, &entries)? {
        side @ (0 | 1) => Some(open(one, side, names)),
        _ => Some(RowEvent::Copy(one.whole.clone())),
    }
}

fn tip_ui(ui: &mut Ui, one: &ExampleRow, names: &Names<'_>) {
    let mut lines = vec![one.tip.clone(), String::new()];
    match &one.traces {
        [Ok(_), Ok(_)] => lines.push(format!("Click to open its trace in {}; a score opens its own", names.new)),
        [Ok(_), Err(why)] => {
            lines.extend([format!("{}: {why}", names.new), format!("Click to open it in {}", names.old)])
        }
        [Err(why), Ok(_)] => {
            lines.extend([format!("{}: {why}", names.old), format!("Click to open it in {}", names.new)])
        }
        [Err(old), Err(new)] => lines.extend([format!("{}: {old}", names.old), format!("{}: {new}", names.new)]),
    }
    lines.push("Right click to copy it".to_owned());
    ui.label(lines.join("\n"));
}

fn say(one: &ExampleRow, names: &Names<'_>) -> String {
    let [old, new] = one.scores.map(words::value);
    let mut said = format!("{}: {}, {old} → {new}", one.outcome.title(), one.text);
    if !one.expected.is_empty() {
        said.push_str(&format!(", expected {}", one.expected));
    }
    for (name, answer) in [names.old, names.new].into_iter().zip(&one.answers) {
        if let Some(answer) = answer {
            said.push_str(&format!(", {name} answered {answer}"));
        }
    }
    said
}
