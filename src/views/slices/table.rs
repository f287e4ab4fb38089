//! The slices as a table, what got worse first.

use egui::Ui;

use super::ListMemory;
use super::links::Links;
use super::sides::SideNames;
use crate::analysis::slices::{Slice, SliceValue};
use crate::analysis::statistics::{Comparison, Interval, PairedTest};
use crate::query::Slices;
use crate::views::scene::Scene;
use crate::widgets::glyphs::Glyph;
use crate::widgets::section::{card_heading_ui, card_ui, text_ui};
use crate::widgets::table::{CellText, Column, Table};
use crate::widgets::tokens::Tone;
use crate::widgets::tokens::size::{self, Type};
use crate::words::{self, Decimals};

/// What the table shows.
pub(super) struct Shown<'a> {
    pub found: &'a Slices,
    pub names: &'a SideNames,
    pub links: &'a Links,
}

/// So many rows stand in the page, which scrolls; of more the table scrolls.
const ROWS_WHOLE: usize = 24;

/// What a column shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shows {
    Value,
    N,
    Before,
    BeforeInterval,
    After,
    AfterInterval,
    Difference,
    Interval,
    Worse,
    Better,
    P,
}

fn columns<'a>(field: &'a str, names: &'a SideNames) -> Vec<(Shows, Column<'a>)> {
    let [before, after] = &names.titles;
    let mut columns = vec![(Shows::Value, Column::text(field, 180.0).growing())];
    columns.push((Shows::N, Column::number("n", 48.0)));
    if !names.is_alone() {
        columns.push((Shows::Before, Column::number(before, 64.0)));
        columns.push((Shows::BeforeInterval, Column::text("95 %", 96.0).figures().minor(5).hint(MEAN)));
    }
    columns.push((Shows::After, Column::number(after, 64.0)));
    columns.push((Shows::AfterInterval, Column::text("95 %", 96.0).figures().minor(4).hint(MEAN)));
    if !names.is_alone() {
        columns.push((Shows::Difference, Column::number("Difference", 92.0)));
        columns.push((Shows::Interval, Column::text("95 %", 110.0).figures().minor(3).hint(DIFFERENCE)));
        columns.push((Shows::P, Column::number("p", 72.0).minor(1).hint(P)));
        columns.push((Shows::Worse, Column::number("Worse", 64.0).hint("Examples that got worse; click to see them")));
        columns.push((Shows::Better, Column::number("Better", 64.0).hint("Examples that got better").minor(2)));
    }
    columns.into_iter().map(|(shows, column)| (shows, column.unsorted())).collect()
}

const MEAN: &str = "In which interval the true mean of such examples lies: Wilson's of 0/1 scores, else resampled";
const DIFFERENCE: &str = "In which interval the true difference on such examples lies, by itself";
const P: &str = "How likely such a difference is by luck, of this slice by itself; point at it for all slices together";

pub(super) fn card(ui: &mut Ui, scene: &mut Scene<'_>, state: &mut ListMemory, shown: Shown<'_>) {
    let Shown { found, names, links } = shown;
    let Some(field) = &found.field else { return };
    let title = field.title();
    card_ui(ui, |ui| {
        ui.set_width(ui.available_width());
        card_heading_ui(ui, &format!("Score by {title}"));
        let count = found.slices.len();
        if !names.is_alone() {
            let text = format!(
                "{}: one of them differs by luck more easily; point at p for all of them together",
                words::counted(count, "slice")
            );
            text_ui(ui, &text, Type::Small, Tone::Muted);
        }
        ui.add_space(size::GAP_XS);
        let shows = columns(&title, names);
        let columns: Vec<Column<'_>> = shows.iter().map(|(_, column)| *column).collect();
        let height = Table::height_of(count.min(ROWS_WHOLE)) + size::SCROLL_BAR;
        let events = Table::new("slices", "Slices", &columns, count).selected(state.cursor).height(height).show(
            ui,
            &mut state.table,
            |row, column| match (found.slices.get(row), shows.get(column)) {
                (Some(slice), Some((shows, _))) => cell(slice, *shows, found),
                _ => CellText::default(),
            },
        );
        state.cursor = events.selected.or(state.cursor);
        let clicked = events.cell.or(events.opened.map(|row| (row, 0)));
        let Some((slice, column)) = clicked.and_then(|(row, column)| Some((found.slices.get(row)?, column))) else {
            return;
        };
        let name = format!("{title}: {}", slice.value.text());
        match shows.get(column).map(|(shows, _)| *shows) {
            Some(Shows::Worse) => links.go(scene, &format!("{name}, got worse"), &slice.worse),
            Some(Shows::Better) => links.go(scene, &format!("{name}, got better"), &slice.better),
            _ => links.go(scene, &name, &slice.examples),
        }
    });
}

fn cell<'a>(slice: &'a Slice, shows: Shows, found: &Slices) -> CellText<'a> {
    // Points have two decimals, means of the metric those of all of them.
    let decimals = match found.unit {
        unit if unit > 1.0 => Decimals::HUNDREDTHS,
        _ => Decimals::of(found.slices.iter().map(|one| one.after.mean)),
    };
    let value = |score: f64| decimals.write(score * found.unit);
    let interval = |told: Option<Interval>| match told.map(|it| it.scaled(found.unit)) {
        Some(it) => {
            CellText::value(format!("{} – {}", decimals.write(it.low), decimals.write(it.high))).tone(Tone::Muted)
        }
        None => CellText::unknown(),
    };
    match shows {
        Shows::Value => name(slice),
        Shows::N => CellText::value(words::count(slice.examples.len() as u64)).tone(Tone::Muted),
        Shows::Before => slice.before.map_or_else(CellText::unknown, |side| CellText::value(value(side.mean))),
        Shows::BeforeInterval => interval(slice.before.and_then(|side| side.interval)),
        Shows::After => CellText::value(value(slice.after.mean)),
        Shows::AfterInterval => interval(slice.after.interval),
        Shows::Difference => slice.difference().map_or_else(CellText::unknown, |difference| {
            let sign = if difference > 0.0 { "+" } else { "" };
            let cell = CellText::value(format!("{sign}{}", value(difference)));
            match difference {
                difference if difference < 0.0 => cell.tone(Tone::Bad).glyph(Glyph::Down, Tone::Bad),
                difference if difference > 0.0 => cell.tone(Tone::Good).glyph(Glyph::Up, Tone::Good),
                _ => cell.tone(Tone::Muted),
            }
        }),
        Shows::Interval => interval(slice.comparison.and_then(|told| told.interval)),
        Shows::Worse => {
            let cell = counted(slice.worse.len(), Tone::Bad);
            // The slice that the sentence above speaks of.
            let is_told = found.worst().is_some_and(|worst| std::ptr::eq(worst, slice));
            if is_told { cell.tint(Tone::Bad) } else { cell }
        }
        Shows::Better => counted(slice.better.len(), Tone::Neutral),
        Shows::P => slice.comparison.map_or_else(CellText::unknown, |told| p(&told, found.slices.len())),
    }
}

fn name(slice: &Slice) -> CellText<'_> {
    match &slice.value {
        SliceValue::Text(text) if text.is_empty() => CellText::text("empty").tone(Tone::Muted),
        SliceValue::Nothing => CellText::text("no value").tone(Tone::Muted).hover("Null, or no such field"),
        SliceValue::Text(text) => CellText::text(text.as_str()).strong().hover(text.as_str()),
        value => CellText::value(value.text()),
    }
}

fn counted(count: usize, tone: Tone) -> CellText<'static> {
    let text = words::count(count as u64);
    if count == 0 { CellText::value(text).tone(Tone::Faint) } else { CellText::value(text).tone(tone) }
}

fn p(told: &Comparison, count: usize) -> CellText<'static> {
    let test = match told.test {
        PairedTest::McNemarExact => "McNemar's exact test",
        PairedTest::PairedBootstrap => "Differences of the examples, resampled with a fixed seed",
    };
    let corrected = told.p_of_best(count);
    let of = words::counted(count, "slice");
    let hover = format!("{test}\nAs one of {of} {} (Bonferroni)", words::p_value(corrected));
    // The head of the column says what it is.
    let written = words::p_value(told.p);
    let figure = written.trim_start_matches("p ").trim_start_matches("= ");
    let cell = CellText::value(figure.to_owned()).hover(hover);
    if corrected < 0.05 { cell } else { cell.tone(Tone::Muted) }
}
