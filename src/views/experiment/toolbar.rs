//! Above the table: the filter, which columns, parents or not; below it what passes and what is selected.

use egui::{Align, Layout, Popup, PopupCloseBehavior, Rect, Ui, UiBuilder, pos2, vec2};

use super::arrange::{self, Arrangement};
use super::lines::{Columns, Typed, has_children};
use crate::loader::PreparedRuns;
use crate::query::table::NAME;
use crate::query::{Filter, FilterKeys};
use crate::views::filter_words::completion;
use crate::widgets::chips::Chip;
use crate::widgets::completion::{Completion, CompletionField, CompletionState};
use crate::widgets::field::Field;
use crate::widgets::menu::{ColumnPicker, PickerColumn, PickerState};
use crate::widgets::row_text;
use crate::widgets::section::text_ui;
use crate::widgets::tokens::Tone;
use crate::widgets::tokens::size::{self, Type};
use crate::words;
use crate::words::csv::Separated;

/// What the bar remembers.
#[derive(Default)]
pub(super) struct BarMemory {
    /// The filter is to get the keyboard.
    pub focus_filter: bool,
    pub typed: Typed,
    completion: CompletionState,
    picker: PickerState,
}

/// What the bar speaks of.
pub(super) struct Bar<'a> {
    pub runs: &'a PreparedRuns,
    /// How many runs pass the filter.
    pub matches: usize,
    pub selected: usize,
    /// Another order is being made.
    pub is_waiting: bool,
}

/// What the user did with it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct BarEvents {
    /// The filter is another one.
    pub typed: bool,
    pub fold_all: Option<bool>,
    pub clear_selection: bool,
    /// Compare what is selected.
    pub compare: bool,
    /// Draw the metrics of what is selected.
    pub charts: bool,
    pub export: Option<Separated>,
}

/// The height of the line below the filter, whatever stands there.
const LINE: f32 = size::CONTROL;

/// How large the list of columns is, and how low it may be.
const PICKER: egui::Vec2 = vec2(340.0, 380.0);
const PICKER_LEAST: f32 = 160.0;
/// What the count, the button for exporting and those for selected runs take of that line at most.
const COUNT_ROOM: f32 = 230.0;
const EXPORT_ROOM: f32 = 120.0;
const SELECTED_ROOM: f32 = 560.0;
/// A remark is no longer; in letters.
const REMARK_MOST: usize = 300;

/// What is left to the filter.
const FILTER_LEAST: f32 = 200.0;

/// The name of the field, by which it is found.
const LABEL: &str = "Filter these runs";
const HINT: &str = "metrics.eval > 70 and status = 'FINISHED', or a part of a name";

pub(super) fn toolbar_ui(
    ui: &mut Ui,
    memory: &mut BarMemory,
    bar: &Bar<'_>,
    columns: &Columns,
    arrangement: &mut Arrangement,
) -> BarEvents {
    let mut events = BarEvents::default();
    let place = ui.available_rect_before_wrap();
    // Nothing below moves when runs are selected, nor where a mistake finds room beside what is said of them.
    let remark = Remark::of(memory);
    let has_line = remark.as_ref().is_some_and(|remark| !remark.fits(ui, bar));
    let height = size::CONTROL + size::GAP_XS + LINE + if has_line { size::LINE } else { 0.0 };
    let place = Rect::from_min_size(place.min, vec2(place.width(), height));
    let top = place.with_max_y(place.top() + size::CONTROL);
    let mut right = ui.new_child(UiBuilder::new().max_rect(top).layout(Layout::right_to_left(Align::Center)));
    right.spacing_mut().item_spacing.x = size::GAP_S;
    columns_ui(&mut right, memory, columns, arrangement);
    if has_children(bar.runs) {
        parents_ui(&mut right, arrangement, bar.runs, &mut events);
    }
    let left = right.min_rect().left() - size::GAP_M;
    let field = place.with_max_x(left.max(place.left() + FILTER_LEAST));
    let mut left = ui.new_child(UiBuilder::new().id_salt("filter of runs").max_rect(field));
    left.spacing_mut().item_spacing.y = size::GAP_XS;
    filter_ui(&mut left, memory, &bar.runs.keys, &mut events);
    let below = Rect::from_min_size(pos2(place.left(), top.bottom() + size::GAP_XS), vec2(place.width(), LINE));
    let mut line = ui.new_child(UiBuilder::new().max_rect(below).layout(Layout::left_to_right(Align::Center)));
    line.spacing_mut().item_spacing.x = size::GAP_S;
    line_ui(&mut line, memory, bar, remark.as_ref().filter(|_| !has_line), &mut events);
    if let Some(remark) = remark.filter(|_| has_line) {
        let below = place.with_min_y(below.bottom());
        remark.ui(&mut ui.new_child(UiBuilder::new().id_salt("remark").max_rect(below)));
    }
    ui.advance_cursor_after_rect(place);
    events
}

fn filter_ui(ui: &mut Ui, memory: &mut BarMemory, keys: &FilterKeys, events: &mut BarEvents) {
    let id = egui::Id::unique("filter of the table of runs");
    if std::mem::take(&mut memory.focus_filter) {
        ui.memory_mut(|memory| memory.request_focus(id));
    }
    let typed = &mut memory.typed;
    // While something is offered, what is typed is not finished, and no mistake yet.
    let error = typed.error.as_ref().filter(|_| !memory.completion.is_open());
    let error = error.map(|(range, words)| (range.clone(), words.as_str()));
    let field = CompletionField::new(Field::new(LABEL).id(id).hint(HINT).key("/")).error(error).told_elsewhere();
    let mut text = std::mem::take(&mut typed.text);
    let done = field.show(ui, &mut text, &mut memory.completion, |text, caret| completions(text, caret, keys));
    typed.text = text;
    events.typed = done.changed;
}

fn completions(text: &str, caret: usize, keys: &FilterKeys) -> Vec<Completion> {
    Filter::complete(text, caret, keys).into_iter().map(completion).collect()
}

fn columns_ui(ui: &mut Ui, memory: &mut BarMemory, columns: &Columns, arrangement: &mut Arrangement) {
    let button = ui.add(Chip::button("Columns…")).on_hover_text("Which columns are shown, and in which order");
    Popup::menu(&button)
        .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
        .accessible_name("Columns of the table")
        .show(|ui| {
            ui.set_width(PICKER.x);
            // It ends within the window, however low that is.
            let room = ui.ctx().content_rect().bottom() - button.rect.bottom() - size::GAP_XL * 2.0;
            let height = room.clamp(PICKER_LEAST, PICKER.y);
            let listed: Vec<PickerColumn<'_>> = columns
                .all
                .iter()
                .map(|one| PickerColumn {
                    title: arrange::title(&one.column),
                    note: arrange::kind(&one.column),
                    is_fixed: one.column == NAME,
                })
                .collect();
            let place =
                |column: &crate::query::table::RunColumn| columns.all.iter().position(|one| one.column == *column);
            let mut shown: Vec<usize> = arrangement.shown.iter().filter_map(place).collect();
            if ColumnPicker::new("columns of runs", &listed).height(height).show(ui, &mut memory.picker, &mut shown) {
                arrangement.show(shown.iter().map(|place| columns.all[*place].column.clone()).collect());
            }
        });
}

fn parents_ui(ui: &mut Ui, arrangement: &mut Arrangement, runs: &PreparedRuns, events: &mut BarEvents) {
    let tip = "Children stand below their parents; off: all runs stand in one list";
    if ui.add(Chip::toggle("Under parents", !arrangement.is_flat)).on_hover_text(tip).clicked() {
        arrangement.is_flat = !arrangement.is_flat;
    }
    if !arrangement.is_flat && runs.forest.nodes.len() > 1 {
        if ui.add(Chip::button("Unfold all")).clicked() {
            events.fold_all = Some(false);
        }
        if ui.add(Chip::button("Fold all")).clicked() {
            events.fold_all = Some(true);
        }
    }
}

/// What is wrong with the filter, or may be.
struct Remark {
    text: String,
    tone: Tone,
}

impl Remark {
    /// While something is offered, what is typed is not finished, and no mistake yet.
    fn of(memory: &BarMemory) -> Option<Self> {
        let typed = &memory.typed;
        let error = typed.error.as_ref().map(|(_, text)| (text, Tone::Bad));
        let unknown = typed.unknown.as_ref().map(|text| (text, Tone::Warn));
        let told = error.or(unknown).filter(|_| !memory.completion.is_open());
        told.map(|(text, tone)| Self { text: text.clone(), tone })
    }

    /// Whether there is room for all of it in the line of what passes and what is selected.
    fn fits(&self, ui: &Ui, bar: &Bar<'_>) -> bool {
        let own = row_text::layout(ui.painter(), &self.text, Type::Small.font(), f32::INFINITY).size().x;
        let buttons = if bar.selected > 0 { SELECTED_ROOM } else { EXPORT_ROOM };
        own + COUNT_ROOM + buttons <= ui.available_width()
    }

    fn ui(&self, ui: &mut Ui) {
        text_ui(ui, &words::one_line(&self.text, REMARK_MOST), Type::Small, self.tone);
    }
}

fn line_ui(ui: &mut Ui, memory: &BarMemory, bar: &Bar<'_>, remark: Option<&Remark>, events: &mut BarEvents) {
    let total = bar.runs.table.rows.len();
    let count = |count: usize| words::count(count as u64);
    let mut text = if memory.typed.filter.is_empty() {
        words::counted(total, "run")
    } else {
        format!("{} of {}", count(bar.matches), words::counted(total, "run"))
    };
    // With a mistake in it the text is not what was looked for.
    if memory.typed.is_words && memory.typed.error.is_none() {
        let words: Vec<String> = memory.typed.text.split_whitespace().map(|word| format!("“{word}”")).collect();
        text.push_str(&format!(" with {} in the name", words.join(" and ")));
    }
    // What is listed is what passed the filter before the mistake.
    if memory.typed.error.is_some() && !memory.typed.filter.is_empty() {
        text.push_str(", as filtered before");
    }
    text_ui(ui, &words::one_line(&text, 120), Type::Small, Tone::Muted);
    if let Some(remark) = remark {
        ui.add_space(size::GAP_S);
        remark.ui(ui);
    }
    if bar.is_waiting {
        text_ui(ui, "sorting…", Type::Small, Tone::Faint);
    }
    if bar.selected > 0 {
        ui.add_space(size::GAP_S);
        text_ui(ui, &format!("{} selected", count(bar.selected)), Type::BodyMedium, Tone::Accent);
        let tip = "The first selected run is the baseline";
        if bar.selected > 1 && ui.add(Chip::button("Compare").key("D")).on_hover_text(tip).clicked() {
            events.compare = true;
        }
        let tip = "The curves of the selected runs in the same charts";
        if bar.selected > 1 && ui.add(Chip::button("Charts")).on_hover_text(tip).clicked() {
            events.charts = true;
        }
        if ui.add(Chip::button("Copy as TSV").key("Ctrl C")).on_hover_text("For a spreadsheet").clicked() {
            events.export = Some(Separated::Tsv);
        }
        if ui.add(Chip::button("Export CSV…")).on_hover_text("The selected runs, the columns that are shown").clicked()
        {
            events.export = Some(Separated::Csv);
        }
        if ui.add(Chip::button("Clear selection")).clicked() {
            events.clear_selection = true;
        }
    } else {
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let tip = "All runs that are shown, in these columns";
            if ui.add(Chip::button("Export CSV…")).on_hover_text(tip).clicked() {
                events.export = Some(Separated::Csv);
            }
        });
    }
}
