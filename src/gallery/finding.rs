//! What finds and chooses: the palette, a filter with completions, menus, columns.

use super::{Parts, boxed, data, specimen};
use crate::widgets::chips::Chip;
use crate::widgets::completion::{Completion, CompletionField, CompletionState};
use crate::widgets::field::Field;
use crate::widgets::glyphs::Glyph;
use crate::widgets::menu::{self, ColumnPicker, MenuEntry, MenuItem, PickerColumn, PickerState};
use crate::widgets::palette::{Palette, PaletteItem, PaletteState};
use crate::widgets::tokens::Tone;
use egui::Ui;

#[derive(Debug)]
pub(super) struct State {
    palette: Option<PaletteState>,
    filter: String,
    completion: CompletionState,
    wrong: String,
    wrong_completion: CompletionState,
    picker: PickerState,
    shown: Vec<usize>,
    is_checked: bool,
}

impl Default for State {
    fn default() -> Self {
        Self {
            palette: None,
            filter: String::new(),
            completion: CompletionState::default(),
            wrong: "metrics.eval > 70 adn params.k = 1".to_owned(),
            wrong_completion: CompletionState::default(),
            picker: PickerState::default(),
            shown: vec![3, 0, 4],
            is_checked: true,
        }
    }
}

impl State {
    pub(super) fn close(&mut self) {
        self.palette = None;
    }

    #[cfg(any(test, feature = "testing"))]
    pub(super) fn open(&mut self) {
        self.palette = Some(PaletteState::default());
    }
}

const COMMANDS: [(&str, &str, &str); 7] = [
    ("Open store…", "a file, a folder or an address", "Ctrl+O"),
    ("Compare with the baseline", "", "d"),
    ("Compare with the winner", "", ""),
    ("Copy link to this view", "", "Ctrl+Shift+C"),
    ("Fold adapters", "in the trace", "a"),
    ("Use blue and orange", "instead of green and red", ""),
    ("Zoom in", "", "Ctrl++"),
];

const RUNS: usize = 2_000;

fn item(index: usize) -> PaletteItem<'static> {
    if let Some((text, note, shortcut)) = COMMANDS.get(index) {
        return PaletteItem::new(*text).note(*note).shortcut(*shortcut);
    }
    let run = index - COMMANDS.len();
    if let Some((note, text)) = data::HOSTILE.get(run) {
        return PaletteItem::new(*text).note(*note).group(2);
    }
    PaletteItem::new(format!("eval_full_{run}")).note("bold-finch-218 · Évaluation").group(1)
}

pub(super) fn palette_ui(ui: &mut Ui, parts: &mut Parts) {
    let state = &mut parts.finding;
    specimen(ui, "Press Ctrl+K", |ui| {
        let wants = ui.input_mut(|input| input.consume_key(egui::Modifiers::COMMAND, egui::Key::K));
        if ui.add(Chip::button("Open the palette").key("Ctrl+K")).clicked() || wants {
            state.palette = Some(PaletteState::default());
        }
    });
    if let Some(open) = &mut state.palette {
        let groups = ["Commands", "Runs", "Hostile"];
        let total = COMMANDS.len() + RUNS;
        let events =
            Palette::new("Commands and runs", &groups, total, 0).note("2,007 things").show(ui.ctx(), open, item);
        if let Some(chosen) = events.chosen {
            parts.said = format!("Chose {}", item(chosen).text);
        }
        if events.chosen.is_some() || events.closed {
            state.palette = None;
        }
    }
}

const WORDS: [(&str, &str, &str); 8] = [
    ("metrics.eval", "metric", "in 412 runs"),
    ("metrics.eval_minibatch", "metric", "in 96 runs"),
    ("params.num_trials", "param", "6, 12, 18"),
    ("attributes.status", "attribute", "FINISHED, RUNNING, FAILED"),
    ("attributes.start_time", "attribute", ""),
    ("tags.`a long name with blanks in it`", "tag", "in 3 runs"),
    ("and", "operator", ""),
    ("or", "operator", "MLflow itself has none"),
];

fn completions(text: &str, caret: usize) -> Vec<Completion> {
    let start = text[..caret].rfind([' ', '(']).map_or(0, |at| at + 1);
    let typed = text[start..caret].to_lowercase();
    let fitting = WORDS.iter().filter(|(word, ..)| word.starts_with(&typed) && *word != typed);
    fitting
        .map(|(word, kind, note)| Completion {
            replace: start..caret,
            text: (*word).to_owned(),
            kind,
            note: (*note).to_owned(),
        })
        .collect()
}

pub(super) fn filter_ui(ui: &mut Ui, parts: &mut Parts) {
    let state = &mut parts.finding;
    specimen(ui, "A filter: type m, a, t, or press ↓", |ui| {
        let field = CompletionField::new(
            Field::new("Filter").hint("metrics.eval > 70 and attributes.status = 'FINISHED'").key("/"),
        );
        let events = field.show(ui, &mut state.filter, &mut state.completion, completions);
        if events.submitted {
            parts.said = format!("Filter by {}", state.filter);
        }
    });
    specimen(ui, "A filter that cannot be read", |ui| {
        let at = state.wrong.find("adn").map(|at| (at..at + 3, "expected “and”, “or” or the end, found “adn”"));
        let field = CompletionField::new(Field::new("Wrong filter").hint("Filter")).error(at);
        field.show(ui, &mut state.wrong, &mut state.wrong_completion, completions);
    });
}

pub(super) fn menus_ui(ui: &mut Ui, parts: &mut Parts) {
    let state = &mut parts.finding;
    let entries = [
        MenuEntry::Heading("Run"),
        MenuEntry::Item(MenuItem::new("Open").shortcut("Enter")),
        MenuEntry::Item(MenuItem::new("Compare with the winner").shortcut("d").glyph(Glyph::Star, Tone::Good)),
        MenuEntry::Item(MenuItem::new("Show minibatches").checked(state.is_checked)),
        MenuEntry::Rule,
        MenuEntry::Item(MenuItem::new("Copy id").shortcut("Ctrl+C")),
        MenuEntry::Item(MenuItem::new("Show its provenance").enabled(false)),
        MenuEntry::Item(MenuItem::new(data::HOSTILE[6].1)),
    ];
    let mut chosen = None;
    specimen(ui, "A menu from a button, and by the second button of the mouse", |ui| {
        let button = ui.add(Chip::button("More…"));
        chosen = menu::button_menu(&button, &entries).or(menu::context_menu(&button, &entries));
    });
    specimen(ui, "Its lines", |ui| {
        ui.set_max_width(280.0);
        chosen = chosen.or(menu::entries_ui(ui, &entries));
    });
    if chosen == Some(3) {
        state.is_checked = !state.is_checked;
    }
    specimen(ui, "Columns: tick, drag, Alt+↑ and Alt+↓", |ui| {
        let names: Vec<String> = (0..500).map(|index| format!("metric_{index}")).collect();
        let mut columns: Vec<PickerColumn<'_>> = ["status", "started", "duration", "eval", "cost"]
            .map(|title| PickerColumn { title, note: "attribute", is_fixed: false })
            .into();
        columns.extend(data::HOSTILE.map(|(note, title)| PickerColumn { title, note, is_fixed: false }));
        columns.extend(names.iter().map(|title| PickerColumn { title, note: "metric", is_fixed: false }));
        ui.set_max_width(320.0);
        boxed(ui, 336.0, |ui| {
            egui::Frame::new().inner_margin(6).show(ui, |ui| {
                ColumnPicker::new("columns", &columns).show(ui, &mut state.picker, &mut state.shown);
            });
        });
    });
}
