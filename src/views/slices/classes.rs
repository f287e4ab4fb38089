//! What was taken for what: both matrices beside each other, and how well each class was told from the others.

use egui::Ui;

use super::links::Links;
use super::sides::SideNames;
use super::{ListMemory, beside};
use crate::analysis::slices::{Confusion, LabelScores};
use crate::query::Slices;
use crate::views::scene::Scene;
use crate::widgets::count_grid::{CountGrid, GridCell};
use crate::widgets::glyphs::Glyph;
use crate::widgets::section::{card_heading_ui, card_ui, text_ui};
use crate::widgets::table::{CellText, Column, Table};
use crate::widgets::tokens::Tone;
use crate::widgets::tokens::size::{self, Type};
use crate::words::{self, Decimals};

/// What the cards show.
pub(super) struct Shown<'a> {
    pub found: &'a Slices,
    pub confusion: &'a Confusion,
    pub names: &'a SideNames,
    pub links: &'a Links,
}

/// More classes are no picture that anybody reads.
const DRAWN_MOST: usize = 12;
/// So many rows stand in the page, which scrolls; of more the table scrolls.
const ROWS_WHOLE: usize = 24;
/// No more of a class is written into a title.
const LABEL_MOST: usize = 40;

/// What a column shows of which side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shows {
    Label,
    Support,
    Precision(usize),
    Recall(usize),
    F1(usize),
}

pub(super) fn card(ui: &mut Ui, scene: &mut Scene<'_>, state: &mut ListMemory, shown: Shown<'_>) {
    let field = shown.found.field.as_ref().map(|field| field.title()).unwrap_or_default();
    let is_drawn = shown.confusion.labels.len() <= DRAWN_MOST;
    if is_drawn {
        let mut clicked: Option<(usize, usize, usize)> = None;
        if shown.names.is_alone() {
            card_ui(ui, |ui| {
                ui.set_width(ui.available_width());
                clicked = matrix_ui(ui, &shown, 1).map(|(row, column)| (1, row, column));
            });
        } else {
            let mut other = None;
            beside(
                ui,
                &mut state.height,
                [
                    &mut |ui: &mut Ui| clicked = matrix_ui(ui, &shown, 0).map(|(row, column)| (0, row, column)),
                    &mut |ui: &mut Ui| other = matrix_ui(ui, &shown, 1).map(|(row, column)| (1, row, column)),
                ],
            );
            clicked = clicked.or(other);
        }
        if let Some((side, row, column)) = clicked {
            let [expected, predicted] = [row, column].map(|at| label(shown.confusion, at));
            let whose = &shown.names.titles[side];
            let title = format!("{field}: {expected} → {predicted}, {whose}");
            shown.links.go(scene, &title, &shown.confusion.examples(side, row, column));
        }
        ui.add_space(size::GAP_S);
    }
    card_ui(ui, |ui| {
        ui.set_width(ui.available_width());
        card_heading_ui(ui, &format!("Precision and recall by {field}"));
        if !is_drawn {
            let text = format!(
                "{}, too many for a picture: what was taken for what stands among the failures, the most frequent first",
                words::counted(shown.confusion.labels.len(), "class")
            );
            text_ui(ui, &text, Type::Small, Tone::Muted);
        }
        if shown.found.not_predicted > 0 {
            let [left_out, of] =
                [shown.found.not_predicted, shown.found.examples()].map(|count| words::count(count as u64));
            let text = format!("Without {left_out} of {of} examples: what was predicted for them is not known");
            text_ui(ui, &text, Type::Small, Tone::Muted);
        }
        ui.add_space(size::GAP_XS);
        classes_ui(ui, scene, state, &shown);
    });
}

fn label(confusion: &Confusion, at: usize) -> String {
    let label = confusion.labels.get(at).map(String::as_str).unwrap_or_default();
    words::one_line(label, LABEL_MOST).into_owned()
}

fn matrix_ui(ui: &mut Ui, shown: &Shown<'_>, side: usize) -> Option<(usize, usize)> {
    let confusion = shown.confusion;
    let matrix = confusion.side(side);
    let title = &shown.names.titles[side];
    let right: usize = (0..matrix.len()).filter_map(|at| matrix.get(at)?.get(at)).sum();
    let all: usize = matrix.iter().flatten().sum();
    let [right, all] = [right, all].map(|count| words::count(count as u64));
    let whose = if shown.names.is_alone() { String::new() } else { format!("{title}: ") };
    card_heading_ui(ui, &format!("{whose}{right} of {all} as expected"));
    ui.add_space(size::GAP_XS);
    let rows = confusion.labels.get(..confusion.expected_labels()).unwrap_or_default();
    let grid = CountGrid::new(("confusion", side), rows, &confusion.labels).axes("expected ↓", "predicted →");
    grid.show(ui, |row, column| {
        let counts = matrix.get(row);
        let of: usize = counts.into_iter().flatten().sum();
        let count = counts.and_then(|row| row.get(column)).copied().unwrap_or_default();
        if count == 0 {
            return GridCell::default();
        }
        let [n, of_words] = [count, of].map(|count| words::count(count as u64));
        let (expected, predicted) = (label(confusion, row), label(confusion, column));
        GridCell {
            count,
            tone: if row == column { Tone::Good } else { Tone::Bad },
            share: count as f32 / of.max(1) as f32,
            words: format!("{whose}expected {expected}, predicted {predicted}: {n} of {of_words}"),
        }
    })
}

fn columns(names: &SideNames) -> Vec<(Shows, Column<'static>)> {
    let mut columns =
        vec![(Shows::Label, Column::text("Class", 160.0).growing()), (Shows::Support, Column::number("n", 48.0))];
    let sides: &[usize] = if names.is_alone() { &[1] } else { &[0, 1] };
    type Of = fn(usize) -> Shows;
    let figures: [(&str, &str, Of); 3] = [
        ("Precision", "Of those predicted to be it, the share that is", Shows::Precision),
        ("Recall", "Of those that are it, the share predicted to be", Shows::Recall),
        ("F1", "The harmonic mean of precision and recall", Shows::F1),
    ];
    for ((title, hint, shows), order) in figures.into_iter().zip([3, 2, 1]) {
        for side in sides {
            // The second of both says what became of the first.
            let title = if *side == 1 && !names.is_alone() { "→" } else { title };
            let column = Column::number(title, if title == "→" { 84.0 } else { 78.0 }).hint(hint);
            columns.push((shows(*side), if order > 1 { column.minor(order) } else { column }));
        }
    }
    columns.into_iter().map(|(shows, column)| (shows, column.unsorted())).collect()
}

fn classes_ui(ui: &mut Ui, scene: &mut Scene<'_>, state: &mut ListMemory, shown: &Shown<'_>) {
    let confusion = shown.confusion;
    let scores = [0, 1].map(|side| Confusion::scores(confusion.side(side)));
    let shows = columns(shown.names);
    let columns: Vec<Column<'_>> = shows.iter().map(|(_, column)| *column).collect();
    let count = confusion.labels.len();
    let height = Table::height_of(count.min(ROWS_WHOLE)) + size::SCROLL_BAR;
    let events = Table::new("classes", "Classes", &columns, count).selected(state.cursor).height(height).show(
        ui,
        &mut state.table,
        |row, column| {
            let Some((shows, _)) = shows.get(column) else { return CellText::default() };
            let (Some(before), Some(after)) = (scores[0].get(row), scores[1].get(row)) else {
                return CellText::default();
            };
            let of = |side: usize, of: fn(&LabelScores) -> Option<f64>| share(side, [of(before), of(after)]);
            match *shows {
                Shows::Label => {
                    let text = confusion.labels.get(row).map(String::as_str).unwrap_or_default();
                    let cell = CellText::text(text).strong().hover(text);
                    if row < confusion.expected_labels() { cell } else { cell.tone(Tone::Muted).note("never expected") }
                }
                Shows::Support => CellText::value(words::count(after.support as u64)).tone(Tone::Muted),
                Shows::Precision(side) => of(side, |it| it.precision),
                Shows::Recall(side) => of(side, |it| it.recall),
                Shows::F1(side) => of(side, |it| it.f1),
            }
        },
    );
    state.cursor = events.selected.or(state.cursor);
    let clicked = events.cell.map(|(row, _)| row).or(events.opened);
    if let Some(row) = clicked {
        let field = shown.found.field.as_ref().map(|field| field.title()).unwrap_or_default();
        let missed: Vec<u32> =
            (0..count).filter(|column| *column != row).flat_map(|column| confusion.examples(1, row, column)).collect();
        shown.links.go(scene, &format!("{field}: {} taken for others", label(confusion, row)), &missed);
    }
}

/// A share of the seed, or of the winner with a mark of what became of it.
fn share(side: usize, [before, after]: [Option<f64>; 2]) -> CellText<'static> {
    let Some(value) = [before, after].get(side).copied().flatten() else { return CellText::unknown() };
    let cell = CellText::value(Decimals::HUNDREDTHS.write(value));
    match before.zip(after).filter(|_| side == 1) {
        Some((before, after)) if after < before => cell.tone(Tone::Bad).glyph(Glyph::Down, Tone::Bad),
        Some((before, after)) if after > before => cell.tone(Tone::Good).glyph(Glyph::Up, Tone::Good),
        _ => cell,
    }
}
