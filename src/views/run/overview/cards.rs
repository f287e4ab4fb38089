//! The cards of a run's overview.

use egui::Ui;

use super::super::rows::{Group, Line};
use super::OverviewMemory;
use crate::loader::RunPage;
use crate::model::mlflow;
use crate::state::{Action, Place, RunTab};
use crate::views::parts::{link, reveal_ui};
use crate::views::scene::Scene;
use crate::views::standing::standing;
use crate::views::time::moment_short;
use crate::widgets::chips::Chip;
use crate::widgets::glyphs::Glyph;
use crate::widgets::key_value::{self, KeyValue};
use crate::widgets::markdown::{Markdown, MarkdownText};
use crate::widgets::section::{card_heading_ui, card_ui, text_ui};
use crate::widgets::table::{CellText, Column, Table, TableState};
use crate::widgets::tokens::Tone;
use crate::widgets::tokens::size::{self, Type};
use crate::widgets::tree_row::{Fold, Mark, Trailing, TreeEvent, TreeRow};
use crate::widgets::virtual_rows::VirtualRows;
use crate::words;

/// A table within a card shows no more rows than this at a time.
const ROWS_MOST: usize = 12;
/// A note is not higher than this; it scrolls.
const NOTE_MOST: f32 = 260.0;

/// A run's page as cards.
pub(super) struct Cards<'p> {
    pub page: &'p RunPage,
    pub groups: &'p [Group],
    /// The value that is read whole.
    pub opened: Option<&'p str>,
}

impl Cards<'_> {
    pub fn left_ui(&self, ui: &mut Ui, scene: &mut Scene<'_>, memory: &mut OverviewMemory) {
        self.note_ui(ui, scene, memory);
        self.metrics_ui(ui, scene, memory);
        self.params_ui(ui, scene, memory);
        for group in self.groups.iter().filter(|group| group.name == "dataset" || group.name == "model") {
            lines_ui(ui, scene, group);
        }
    }

    pub fn right_ui(&self, ui: &mut Ui, scene: &mut Scene<'_>, memory: &mut OverviewMemory) {
        for name in ["run", "source"] {
            self.groups.iter().filter(|group| group.name == name).for_each(|group| lines_ui(ui, scene, group));
        }
        self.children_ui(ui, scene, memory);
        for name in ["tag", "own-tag"] {
            self.groups.iter().filter(|group| group.name == name).for_each(|group| lines_ui(ui, scene, group));
        }
    }

    /// `mlflow.note.content`: what people wrote about the run, as Markdown without anything loaded.
    fn note_ui(&self, ui: &mut Ui, scene: &mut Scene<'_>, memory: &mut OverviewMemory) {
        let tags = &self.page.values.tags;
        let Some(note) = tags.iter().find(|tag| &*tag.key == mlflow::run::NOTE) else { return };
        let source = note.value.as_str();
        if source.trim().is_empty() {
            return;
        }
        if memory.note.as_ref().is_none_or(|(known, _)| known != source) {
            memory.note = Some((source.to_owned(), MarkdownText::new(source)));
        }
        let Some((_, text)) = &memory.note else { return };
        let mut clicked = None;
        card(ui, |ui| {
            plain_head_ui(ui, "Note");
            let events = Markdown::new("run note", text).height(NOTE_MOST).show(ui, &mut memory.markdown);
            clicked = events.open;
            if text.is_cut() {
                text_ui(ui, "Only the beginning is shown; the tag holds all of it", Type::Small, Tone::Warn);
            }
        });
        if let Some(address) = clicked {
            memory.ask.ask_for_link(scene, &address);
        }
    }

    fn metrics_ui(&self, ui: &mut Ui, scene: &mut Scene<'_>, memory: &mut OverviewMemory) {
        let metrics = &self.page.values.metrics;
        card(ui, |ui| {
            plain_head_ui(ui, "Metrics");
            if metrics.is_empty() {
                text_ui(ui, "No metrics were logged", Type::Small, Tone::Muted);
                return;
            }
            // Where there is little room, when it was logged is in the chart.
            let columns = [
                Column::text("Metric", 200.0).unsorted().growing(),
                Column::number("Latest value", 110.0).unsorted(),
                Column::number("Step", 60.0).unsorted().minor(1),
                Column::text("Logged", 130.0).unsorted().figures().minor(2),
            ];
            let clock = scene.clock;
            let height = Table::height_of(metrics.len().min(ROWS_MOST)) + 1.0;
            let events = Table::new("latest metrics", "Latest metrics", &columns, metrics.len()).height(height).show(
                ui,
                &mut memory.metrics,
                |row, column| {
                    let metric = &metrics[row];
                    match column {
                        0 => CellText::key(metric.key.to_string()).tone(Tone::Accent),
                        1 => CellText::value(words::value(metric.point.value)),
                        2 => CellText::value(metric.point.step.to_string()).tone(Tone::Muted),
                        _ => CellText::text(moment_short(metric.point.timestamp_ms, clock)).tone(Tone::Muted),
                    }
                },
            );
            if let Some(metric) = events.selected.or(events.opened).and_then(|row| metrics.get(row)) {
                scene.act(Action::ShowRunTab(RunTab::Metrics { key: Some(metric.key.to_string()) }));
            }
        });
    }

    /// Params; those that repeat the program fold, which is where they are read.
    fn params_ui(&self, ui: &mut Ui, scene: &mut Scene<'_>, memory: &mut OverviewMemory) {
        let of = |is_folded: bool| self.groups.iter().find(|one| one.name == "param" && one.is_folded == is_folded);
        let (Some(own), Some(of_program)) = (of(false), of(true)) else { return };
        card(ui, |ui| {
            head_ui(ui, scene, own);
            if own.lines.is_empty() && of_program.lines.is_empty() {
                text_ui(ui, "No params were logged", Type::Small, Tone::Muted);
            }
            self.param_table_ui(ui, scene, &mut memory.params, own);
            if of_program.lines.is_empty() {
                return;
            }
            let opens_one = |value: &str| of_program.lines.iter().any(|line| of_program.item(line) == value);
            let is_open = memory.shows_program_params || self.opened.is_some_and(opens_one);
            ui.add_space(size::GAP_XS);
            ui.horizontal_wrapped(|ui| {
                let glyph = if is_open { Glyph::FoldOpen } else { Glyph::FoldClosed };
                let chip = Chip::button(&of_program.title).glyph(glyph, Tone::Muted);
                if ui.add(chip).on_hover_text("Show or fold them").clicked() {
                    memory.shows_program_params = !is_open;
                }
                if link(ui, "Program", Type::Small, Tone::Accent).clicked() {
                    scene.act(Action::ShowRunTab(RunTab::Program { predictor: None }));
                }
            });
            if is_open {
                ui.add_space(size::GAP_XS);
                if of_program.lines.iter().any(|line| line.is_masked) {
                    reveal_ui(ui, scene);
                }
                self.param_table_ui(ui, scene, &mut memory.program_params, of_program);
            }
        });
    }

    fn param_table_ui(&self, ui: &mut Ui, scene: &mut Scene<'_>, state: &mut TableState, group: &Group) {
        if group.lines.is_empty() {
            return;
        }
        // Keys have what they need, but a value is more than an ellipsis.
        let value = (ui.available_width() - size::SCROLL_BAR) * 0.4;
        let columns = [Column::text("Param", 120.0).unsorted(), Column::text("Value", value).unsorted().growing()];
        let selected = self.opened.and_then(|value| group.lines.iter().position(|line| group.item(line) == value));
        let height = Table::height_of(group.lines.len().min(ROWS_MOST)) + 1.0;
        let table = Table::new(("params", group.is_folded), "Params", &columns, group.lines.len())
            .selected(selected)
            .height(height);
        let events = table.show(ui, state, |row, column| {
            let line = &group.lines[row];
            match column {
                0 => CellText::key(words::one_line(&line.key, 200).into_owned()).tone(Tone::Muted),
                _ if line.is_masked => CellText::value(&*line.value).tone(Tone::Warn),
                _ => CellText::value(words::one_line(&line.value, 160).into_owned()),
            }
        });
        if let Some(row) = events.selected {
            open(scene, group, row);
        }
    }

    fn children_ui(&self, ui: &mut Ui, scene: &mut Scene<'_>, memory: &mut OverviewMemory) {
        let children = &self.page.children;
        if children.is_empty() {
            return;
        }
        let clock = scene.clock;
        let mut chosen = None;
        card(ui, |ui| {
            plain_head_ui(ui, &format!("Children · {}", words::count(children.len() as u64)));
            let height = children.len().min(ROWS_MOST) as f32 * size::ROW;
            let has_room = ui.available_width() > 460.0;
            let rows = VirtualRows::new("children", children.len(), size::ROW).label("Children").height(height);
            let experiment = &self.page.run.experiment_id;
            rows.show(ui, &mut memory.children, |ui, row| {
                let run = &children[row.index];
                let standing = standing(scene, experiment, run);
                let name = if run.name.is_empty() { run.id.as_str() } else { &run.name };
                let duration = run.duration_ms().map(words::duration_ms).unwrap_or_default();
                let start = run.start_time_ms.map(|ms| moment_short(ms, clock)).unwrap_or_default();
                let trailing = [Trailing::value(&duration, 90.0), Trailing::caption(&start, 110.0)];
                let trailing = if has_room { &trailing[..] } else { &trailing[..1] };
                let line = TreeRow {
                    fold: Fold::Flat,
                    mark: Mark::Status(standing.status),
                    name,
                    note: if run.parent_inferred { "inferred" } else { "" },
                    trailing,
                    ..TreeRow::default()
                };
                if matches!(line.show(ui, row), TreeEvent::Clicked | TreeEvent::DoubleClicked) {
                    chosen = Some(run.id.clone());
                }
            });
        });
        if let Some(run) = chosen {
            let experiment = scene.place().experiment().cloned();
            scene.go(Place::of_run(experiment, run));
        }
    }
}

pub(super) fn card<R>(ui: &mut Ui, add: impl FnOnce(&mut Ui) -> R) {
    card_ui(ui, |ui| {
        ui.set_width(ui.available_width());
        add(ui)
    });
    ui.add_space(size::GAP_M);
}

/// A heading as high as one with a button beside it.
pub(super) fn plain_head_ui(ui: &mut Ui, title: &str) {
    ui.horizontal(|ui| card_heading_ui(ui, title));
}

fn head_ui(ui: &mut Ui, scene: &mut Scene<'_>, group: &Group) {
    ui.horizontal(|ui| {
        card_heading_ui(ui, &group.title);
        if group.lines.iter().any(|line| line.is_masked) {
            reveal_ui(ui, scene);
        }
    });
}

/// Few keys and values; a click opens one to be read whole.
fn lines_ui(ui: &mut Ui, scene: &mut Scene<'_>, group: &Group) {
    if group.lines.is_empty() {
        return;
    }
    card(ui, |ui| {
        head_ui(ui, scene, group);
        let tone = |line: &Line| match (&line.to, line.is_masked) {
            (_, true) => Tone::Warn,
            (Some(_), _) => Tone::Accent,
            (None, _) => Tone::Neutral,
        };
        let shown: Vec<KeyValue<'_>> = group
            .lines
            .iter()
            .map(|line| KeyValue::new(&line.key, &line.value).note(&line.note).tone(tone(line)))
            .collect();
        if let Some(clicked) = key_value::show(ui, ("overview", &*group.title), &shown) {
            match &group.lines[clicked].to {
                Some(place) => scene.go(place.clone()),
                None => open(scene, group, clicked),
            }
        }
    });
}

fn open(scene: &mut Scene<'_>, group: &Group, row: usize) {
    let Some(line) = group.lines.get(row) else { return };
    scene.act(Action::ShowRunTab(RunTab::Overview { value: Some(group.item(line)) }));
}
