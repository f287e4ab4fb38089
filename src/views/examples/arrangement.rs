//! In which way examples are looked at: filters, order, groups, columns, which score and from where on it is right.

use egui::{Align, DragValue, Id, Layout, Ui};

use super::chosen::Chosen;
use super::look::{Look, has_partial};
use super::values::{self, ValuesMemory};
use crate::analysis::matrix_view::{MatrixColumns, MatrixSettings, MatrixSort};
use crate::state::MatrixChoice;
use crate::views::scene::Scene;
use crate::views::score_choice::score_choice_ui;
use crate::widgets::chips::Chip;
use crate::widgets::field::Field;
use crate::widgets::glyphs::Glyph;
use crate::widgets::menu::{MenuEntry, MenuItem, button_menu};
use crate::widgets::section::text_ui;
use crate::widgets::tokens::Tone;
use crate::widgets::tokens::size::{self, Type};
use crate::words;

/// What the bar remembers.
#[derive(Default)]
pub(super) struct BarMemory {
    /// The filter is to get the keyboard.
    pub focus_filter: bool,
    values: ValuesMemory,
}

/// The filter is so wide, or as wide as there is room.
const FILTER: f32 = 220.0;
/// And so wide in less than this room, so that all of the bar stands on one line.
const FILTER_TIGHT: f32 = 160.0;
const TIGHT: f32 = 780.0;
/// What the threshold needs, and with the button that resets it.
const THRESHOLD: f32 = 134.0;
const THRESHOLD_MOVED: f32 = 200.0;
const FILTER_LEAST: f32 = 130.0;
/// No more of a name is written on a button.
const NAME_MOST: usize = 28;

pub(super) fn arrangement_ui(
    ui: &mut Ui,
    scene: &mut Scene<'_>,
    memory: &mut BarMemory,
    look: &Look,
    (choice, chosen): (&mut MatrixChoice, &Chosen),
) {
    filter_ui(ui, memory, &mut choice.settings);
    only_ui(ui, scene, chosen);
    values::chosen_ui(ui, &mut choice.settings);
    values::button_ui(ui, &mut memory.values, look, &mut choice.settings);
    sort_ui(ui, look, &mut choice.settings, chosen);
    group_ui(ui, look, &mut choice.settings);
    columns_ui(ui, look, &mut choice.settings);
    score_choice_ui(ui, look.scores().map_or(&[][..], |scores| &scores.score_names), choice);
    threshold_ui(ui, look, &mut choice.settings);
}

fn filter_ui(ui: &mut Ui, memory: &mut BarMemory, settings: &mut MatrixSettings) {
    let id = Id::unique("filter of examples");
    if std::mem::take(&mut memory.focus_filter) {
        ui.memory_mut(|memory| memory.request_focus(id));
    }
    // In a line that is full already it begins the next one.
    let line = ui.available_size_before_wrap().x;
    let usual = if ui.max_rect().width() < TIGHT { FILTER_TIGHT } else { FILTER };
    let width = if line < FILTER_LEAST { ui.max_rect().width().min(usual) } else { line.min(usual) };
    Field::new("Filter these examples")
        .id(id)
        .hint("Text in any field")
        .key("/")
        .width(width)
        .show(ui, &mut settings.text);
}

/// The examples that a link led to, and the way to all others.
fn only_ui(ui: &mut Ui, scene: &mut Scene<'_>, chosen: &Chosen) {
    let Some(only) = &chosen.only else { return };
    let title = if only.title().is_empty() { "Some examples" } else { only.title() };
    let text = words::one_line(title, 2 * NAME_MOST);
    let count = words::count(only.examples().len() as u64);
    let chip = Chip::toggle(&text, true).note(&count).glyph(Glyph::Cross, Tone::Muted);
    if ui.add(chip).on_hover_text("Show all other examples, too").clicked() {
        Chosen { only: None, ..chosen.clone() }.show(scene);
    }
}

fn menu_chip<'a>(text: &'a str) -> Chip<'a> {
    Chip::button(text).glyph(Glyph::FoldOpen, Tone::Faint)
}

fn sort_ui(ui: &mut Ui, look: &Look, settings: &mut MatrixSettings, chosen: &Chosen) {
    let column = chosen.evaluation.as_ref().and_then(|of| {
        let at = look.scores()?.columns.iter().position(|column| column.is(of))?;
        Some((at, look.heads.get(look.view.column_of(at)?)?))
    });
    let by_column = column.map(|(_, head)| format!("Score in {}", words::one_line(&head.title, NAME_MOST)));
    let of_column = |at: usize| {
        let shown = look.view.column_of(at).and_then(|shown| look.heads.get(shown));
        shown.map_or_else(|| "a column".to_owned(), |head| words::one_line(&head.title, NAME_MOST).into_owned())
    };
    let mut sorts = vec![
        (MatrixSort::Order, "As in the table"),
        (MatrixSort::Flips, "Flips: what changed most often"),
        (MatrixSort::Hardness, "Hardness: the lowest mean first"),
    ];
    if look.view.ends.iter().all(Option::is_some) {
        sorts.push((MatrixSort::Regressions, "Regressions of the winner"));
    }
    if let (Some((at, _)), Some(text)) = (column, &by_column) {
        sorts.push((MatrixSort::Column(at), text));
    }
    let sorted = match settings.sort {
        MatrixSort::Order => "In order".to_owned(),
        MatrixSort::Flips => "Sorted by flips".to_owned(),
        MatrixSort::Hardness => "Sorted by hardness".to_owned(),
        MatrixSort::Regressions => "Sorted by regressions".to_owned(),
        MatrixSort::Column(at) => format!("Sorted by {}", of_column(at)),
    };
    let button = ui.add(menu_chip(&sorted)).on_hover_text("In which order examples stand");
    let mut entries: Vec<MenuEntry<'_>> =
        sorts.iter().map(|(sort, text)| MenuEntry::Item(MenuItem::new(text).checked(*sort == settings.sort))).collect();
    entries.push(MenuEntry::Rule);
    entries.push(MenuEntry::Item(MenuItem::new("The other way round").checked(settings.is_reversed)));
    match button_menu(&button, &entries) {
        Some(entry) if entry < sorts.len() => settings.sort = sorts[entry].0,
        Some(_) => settings.is_reversed = !settings.is_reversed,
        None => {}
    }
}

fn group_ui(ui: &mut Ui, look: &Look, settings: &mut MatrixSettings) {
    let fields = look.prepared().map_or(&[][..], |prepared| &prepared.fields);
    let grouped = settings.group_by.as_ref();
    let fields: Vec<&str> = fields
        .iter()
        .filter(|field| field.parts_examples || Some(&field.name) == grouped)
        .map(|field| field.name.as_str())
        .collect();
    if fields.is_empty() {
        return;
    }
    let text = match grouped {
        Some(field) => format!("Grouped by {}", words::one_line(field, NAME_MOST)),
        None => "Not grouped".to_owned(),
    };
    let button = ui.add(menu_chip(&text)).on_hover_text("Examples with one value of a field stand together");
    let none = MenuEntry::Item(MenuItem::new("Not grouped").checked(grouped.is_none()));
    let mut entries = vec![none, MenuEntry::Rule];
    let is_grouped = |field: &str| grouped.is_some_and(|grouped| grouped == field);
    entries.extend(fields.iter().map(|field| MenuEntry::Item(MenuItem::new(field).checked(is_grouped(field)))));
    match button_menu(&button, &entries) {
        Some(0) => settings.group_by = None,
        Some(entry) => {
            let field = entry.checked_sub(2).and_then(|at| fields.get(at));
            settings.group_by = field.map(|field| (*field).to_owned()).or(settings.group_by.take());
        }
        None => {}
    }
}

fn columns_ui(ui: &mut Ui, look: &Look, settings: &mut MatrixSettings) {
    let is_full = settings.columns == MatrixColumns::Full;
    if !is_full && !look.scores().is_some_and(has_partial) {
        return;
    }
    let tip = "Leave out evaluations on a part of the examples";
    if ui.add(Chip::toggle("Only full", is_full)).on_hover_text(tip).clicked() {
        settings.columns = if is_full { MatrixColumns::All } else { MatrixColumns::Full };
    }
}

/// From which score on an example is right, where scores are not only 0 and 1.
fn threshold_ui(ui: &mut Ui, look: &Look, settings: &mut MatrixSettings) {
    let Some(usual) = look.scores().and_then(|scores| scores.usual_rule()).filter(|rule| !rule.is_binary) else {
        return;
    };
    let [least, most] = look.range;
    let step = (most - least) / 200.0;
    let mut value = settings.threshold.unwrap_or(usual.threshold);
    // All of it stands in one line.
    let is_moved = settings.threshold.is_some_and(|set| set != usual.threshold);
    let room = egui::vec2(if is_moved { THRESHOLD_MOVED } else { THRESHOLD }, size::CONTROL);
    ui.allocate_ui_with_layout(room, Layout::left_to_right(Align::Center), |ui| {
        let label = text_ui(ui, "Right from", Type::Small, Tone::Muted);
        let drag = DragValue::new(&mut value)
            .range(least..=most)
            .speed(step)
            .max_decimals(4)
            .custom_formatter(|value, _| words::value(value));
        let tip = format!(
            "From this score on an example counts as right; half of the observed range is {}",
            words::value(usual.threshold)
        );
        let response = ui.add(drag).labelled_by(label.id).on_hover_text(tip);
        if response.changed() {
            settings.threshold = Some(value);
        }
        let is_moved = settings.threshold.is_some_and(|set| set != usual.threshold);
        if is_moved && ui.add(Chip::button("Reset")).on_hover_text("Half of the observed range again").clicked() {
            settings.threshold = None;
        }
    });
}
