//! Examples that one run got right and the other wrong, each leading to its traces.

use egui::{Align, Rect, Response, Sense, Ui, vec2};

use super::super::rows::ExampleCell;
use super::{Names, RowEvent};
use crate::views::text_change::{Side, halves, text_at};
use crate::widgets::glyphs::Glyph;
use crate::widgets::menu::{MenuEntry, MenuItem, context_menu};
use crate::widgets::row_text;
use crate::widgets::tokens::size::{self, Type};
use crate::widgets::tokens::{Tokens, Tone};
use crate::widgets::virtual_rows::{RowInfo, VisibleRow};
use crate::words;

const SIDES: [Side; 2] = [Side::Old, Side::New];

pub(super) fn row_ui(
    ui: &Ui,
    row: &VisibleRow,
    cells: [Option<&ExampleCell>; 2],
    names: &Names<'_>,
) -> Option<RowEvent> {
    let label = cells.into_iter().flatten().map(say).collect::<Vec<_>>().join("; ");
    row.interact(ui, RowInfo { label: &label, ..RowInfo::default() });
    let (left, right) = halves(row.rect);
    let mut event = None;
    for (place, (rect, cell)) in [left, right].into_iter().zip(cells).enumerate() {
        if let Some(cell) = cell {
            event = cell_ui(ui, Spot { row, place, rect }, cell, names).or(event);
        }
    }
    event
}

/// An example that has the whole row.
pub(super) fn alone_ui(ui: &Ui, row: &VisibleRow, cell: &ExampleCell, names: &Names<'_>) -> Option<RowEvent> {
    row.interact(ui, RowInfo { label: &say(cell), ..RowInfo::default() });
    cell_ui(ui, Spot { row, place: 0, rect: row.rect }, cell, names)
}

/// Where a cell stands.
#[derive(Clone, Copy)]
struct Spot<'a> {
    row: &'a VisibleRow,
    /// Its place in the row.
    place: usize,
    rect: Rect,
}

/// The text opens the trace in the compared run, else in the baseline; each score that in its run.
fn cell_ui(ui: &Ui, spot: Spot<'_>, cell: &ExampleCell, names: &Names<'_>) -> Option<RowEvent> {
    let Spot { row, place, rect } = spot;
    let tokens = Tokens::of(ui);
    let response = ui.interact(rect, row.id.with(place), Sense::click());
    button(&response, &say(cell));
    if response.hovered() || response.contains_pointer() {
        ui.painter().rect_filled(rect, f32::from(size::RADIUS_CELL), tokens.bg_raised);
    }
    if response.has_focus() {
        crate::widgets::theme::focus_ring(ui.painter(), rect, tokens);
    }
    let (glyph, tone) = if cell.is_fixed { (Glyph::Up, Tone::Good) } else { (Glyph::Down, Tone::Bad) };
    glyph.paint_tone(ui.painter(), rect.left_center() + vec2(9.0, 0.0), tone, tokens);
    let run = [names.old, names.new];
    let mut event = None;
    let mut end = rect.right() - size::GAP_XS;
    for side in [1, 0] {
        let text = words::value(cell.scores[side]);
        let galley = row_text::layout(ui.painter(), &text, Type::Value.font(), 120.0);
        // Wide enough to be hit.
        let width = galley.size().x.max(18.0);
        let area = rect.with_min_x(end - width).with_max_x(end);
        let score = ui.interact(area, row.id.with((place, "score", side)), Sense::click());
        button(&score, &format!("Open in {}: {}", run[side], cell.text));
        let color = match &cell.traces[side] {
            Ok(_) => tokens.accent,
            Err(_) => tokens.text2,
        };
        row_text::paint_galley(ui.painter(), area, galley, color, Align::Max);
        if score.hovered() && cell.traces[side].is_ok() {
            ui.painter().hline(area.x_range(), area.center().y + 8.0, (size::RULE, color));
        }
        if score.has_focus() {
            crate::widgets::theme::focus_ring(ui.painter(), area, tokens);
        }
        if score.clicked() {
            event = Some(open(cell, side, names));
        }
        score.on_hover_text(match &cell.traces[side] {
            Ok(_) => format!("Open its trace in {}", run[side]),
            Err(why) => format!("{}: {why}", run[side]),
        });
        end = area.left();
        if side == 1 {
            let arrow = rect.with_min_x(end - 20.0).with_max_x(end);
            Glyph::Arrow.paint(ui.painter(), arrow.center(), size::ICON - 2.0, tokens.text3);
            end = arrow.left();
        }
    }
    let text = rect.with_min_x(rect.left() + 22.0).with_max_x(end - size::GAP_S);
    text_at(ui, text, &cell.text, Type::Body, tokens.text1);
    if response.clicked() {
        event = Some(open(cell, usize::from(cell.traces[1].is_ok() || cell.traces[0].is_err()), names));
    }
    event = menu(&response, cell, names).or(event);
    response.on_hover_ui(|ui| tip_ui(ui, cell, names));
    event
}

fn button(response: &Response, name: &str) {
    response.widget_info(|| egui::WidgetInfo::labeled(egui::accesskit::Role::Button, true, name));
}

fn open(cell: &ExampleCell, side: usize, names: &Names<'_>) -> RowEvent {
    match &cell.traces[side] {
        Ok(trace) => RowEvent::OpenTrace(SIDES[side], trace.clone()),
        Err(why) => RowEvent::Explain(format!("No trace of this example in {}: {why}", [names.old, names.new][side])),
    }
}

fn menu(response: &Response, cell: &ExampleCell, names: &Names<'_>) -> Option<RowEvent> {
    let texts = [names.old, names.new].map(|name| format!("Open in {}", words::one_line(name, 40)));
    let entries = [
        MenuEntry::Item(MenuItem::new(&texts[0]).enabled(cell.traces[0].is_ok())),
        MenuEntry::Item(MenuItem::new(&texts[1]).enabled(cell.traces[1].is_ok())),
        MenuEntry::Item(MenuItem::new("Copy example")),
    ];
    match context_menu(response, &entries)? {
        side @ (0 | 1) => Some(open(cell, side, names)),
        _ => Some(RowEvent::Copy(cell.whole.clone())),
    }
}

fn tip_ui(ui: &mut Ui, cell: &ExampleCell, names: &Names<'_>) {
    let mut lines = vec![cell.whole.clone(), String::new()];
    match &cell.traces {
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

fn say(cell: &ExampleCell) -> String {
    let word = if cell.is_fixed { "Fixed" } else { "Broken" };
    format!("{word}: {}, {} → {}", cell.text, words::value(cell.scores[0]), words::value(cell.scores[1]))
}
