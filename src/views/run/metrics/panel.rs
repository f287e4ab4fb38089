//! The lists beside the charts: which metrics, and of which runs; the runs are the legend, too.

use egui::accesskit::{Role, Toggled};
use egui::{Align, Rect, Ui, UiBuilder, pos2, vec2};

use super::MetricsMemory;
use super::choice::{Candidate, latest};
use crate::loader::RunPage;
use crate::state::{Action, RunTab};
use crate::views::scene::Scene;
use crate::widgets::category;
use crate::widgets::chips::Chip;
use crate::widgets::glyphs::Glyph;
use crate::widgets::row_text;
use crate::widgets::scroll::RowScroll;
use crate::widgets::section::section_ui;
use crate::widgets::tokens::size::{self, Type};
use crate::widgets::tokens::{Tokens, Tone};
use crate::widgets::tree_row::paint_background;
use crate::widgets::virtual_rows::{RowInfo, VirtualRows, VisibleRow};
use crate::words;

/// How much of its colour is left of the mark of what is not drawn.
const FAINT: f32 = 0.42;

/// One line that can be checked.
struct Line<'l> {
    name: &'l str,
    is_on: bool,
    tone: Option<Tone>,
    value: String,
    /// A point of it is pointed at in a chart.
    is_marked: bool,
}

/// What the user did with a list.
#[derive(Default)]
struct Done {
    toggled: Option<usize>,
    only: Option<usize>,
    hovered: Option<usize>,
}

/// What a list remembers.
#[derive(Default)]
pub(super) struct ListMemory {
    scroll: RowScroll,
    /// The line that the keyboard stands on, by its metric or run.
    cursor: Option<String>,
}

/// What the lists offer.
#[derive(Clone, Copy)]
pub(super) struct Lists<'a> {
    pub page: &'a RunPage,
    /// The metrics.
    pub keys: &'a [String],
    /// The metric that is shown alone.
    pub alone: Option<&'a String>,
    /// The runs.
    pub candidates: &'a [Candidate],
}

/// Both lists; `is_beside`: side by side rather than one below the other.
pub(super) fn lists_ui(
    ui: &mut Ui,
    scene: &mut Scene<'_>,
    memory: &mut MetricsMemory,
    lists: Lists<'_>,
    is_beside: bool,
) {
    let Lists { page, keys, alone, candidates } = lists;
    let outer = ui.max_rect();
    let has_runs = candidates.len() > 1;
    let (first, second) = match (has_runs, is_beside) {
        (false, _) => (outer, outer),
        (true, true) => {
            let half = outer.center().x;
            (outer.with_max_x(half - size::GAP_S), outer.with_min_x(half + size::GAP_S))
        }
        (true, false) => {
            // Each list gets what it needs, and no more than half if both need more.
            let need = |rows: usize| rows as f32 * size::ROW + 34.0;
            let (metrics, runs) = (need(keys.len()), need(candidates.len()));
            let half = (outer.height() - size::GAP_S) / 2.0;
            let height = if metrics <= half { metrics } else { half.max(outer.height() - size::GAP_S - runs) };
            let edge = outer.top() + height.min(metrics);
            (outer.with_max_y(edge), outer.with_min_y(edge + size::GAP_S))
        }
    };
    let mut area = ui.new_child(UiBuilder::new().id_salt("metrics").max_rect(first));
    metrics_list_ui(&mut area, scene, memory, page, (keys, alone));
    if has_runs {
        let mut area = ui.new_child(UiBuilder::new().id_salt("runs").max_rect(second));
        runs_list_ui(&mut area, memory, page, candidates);
    }
}

fn metrics_list_ui(
    ui: &mut Ui,
    scene: &mut Scene<'_>,
    memory: &mut MetricsMemory,
    page: &RunPage,
    (keys, alone): (&[String], Option<&String>),
) {
    let shown = keys.iter().filter(|key| !memory.choice.hidden.contains(*key)).count();
    ui.horizontal(|ui| {
        section_ui(ui, &format!("Metrics · {} of {}", words::count(shown as u64), words::count(keys.len() as u64)));
        ui.with_layout(egui::Layout::right_to_left(Align::Center), |ui| {
            let is_all = shown == keys.len();
            let text = if is_all { "None" } else { "All" };
            if keys.len() > 1 && ui.add(Chip::button(text)).on_hover_text("Show or hide all metrics").clicked() {
                memory.choice.hidden = if is_all { keys.iter().cloned().collect() } else { Default::default() };
                scene.act(Action::ShowRunTab(RunTab::Metrics { key: None }));
            }
        });
    });
    let line = |index: usize| {
        let key = &keys[index];
        let value = latest(page, key).map(|metric| words::value(metric.point.value)).unwrap_or_default();
        let is_on = match alone {
            Some(alone) => alone == key,
            None => !memory.choice.hidden.contains(key),
        };
        Line { name: key, is_on, tone: None, value, is_marked: false }
    };
    let ids: Vec<&str> = keys.iter().map(String::as_str).collect();
    let done = list_ui(ui, "Metrics", &mut memory.metric_list, &ids, line);
    if let Some(key) = done.only.and_then(|index| keys.get(index)) {
        scene.act(Action::ShowRunTab(RunTab::Metrics { key: Some(key.clone()) }));
    } else if let Some(key) = done.toggled.and_then(|index| keys.get(index)) {
        match alone {
            // One alone was shown: a check adds to it, or takes it away and shows all.
            Some(alone) => {
                memory.choice.hidden = keys.iter().filter(|one| *one != alone && *one != key).cloned().collect();
                if alone == key {
                    memory.choice.hidden.clear();
                }
                scene.act(Action::ShowRunTab(RunTab::Metrics { key: None }));
            }
            None => memory.choice.toggle_metric(key),
        }
    }
}

fn runs_list_ui(ui: &mut Ui, memory: &mut MetricsMemory, page: &RunPage, candidates: &[Candidate]) {
    let shown = candidates.iter().filter(|candidate| candidate.is_shown).count();
    ui.horizontal(|ui| {
        section_ui(ui, &format!("Runs · {} of {}", words::count(shown as u64), words::count(candidates.len() as u64)));
        ui.with_layout(egui::Layout::right_to_left(Align::Center), |ui| {
            let is_all = shown == candidates.len();
            let text = if is_all { "Only this" } else { "All children" };
            if ui.add(Chip::button(text)).clicked() {
                memory.choice.without_own = false;
                memory.choice.shown =
                    if is_all { Default::default() } else { page.children.iter().map(|run| run.id.clone()).collect() };
            }
        });
    });
    let marked = &memory.pointed;
    let line = |index: usize| {
        let candidate = &candidates[index];
        let value = if index == 0 { "this run".to_owned() } else { String::new() };
        let (tone, is_marked) = (Some(candidate.tone), marked.marks(candidate.tone));
        Line { name: &candidate.label, is_on: candidate.is_shown, tone, value, is_marked }
    };
    let ids: Vec<&str> = candidates.iter().map(|candidate| candidate.run.id.as_str()).collect();
    let done = list_ui(ui, "Runs to draw", &mut memory.run_list, &ids, line);
    if let Some(candidate) = done.hovered.and_then(|index| candidates.get(index)) {
        memory.pointed.in_list(candidate.tone);
    }
    if let Some(candidate) = done.toggled.or(done.only).and_then(|index| candidates.get(index)) {
        memory.choice.toggle_run(&page.run.id, &candidate.run.id);
    }
}

/// A list of lines to check: a click or Enter turns one, a double click asks for it alone.
fn list_ui<'l>(
    ui: &mut Ui,
    label: &str,
    memory: &mut ListMemory,
    ids: &[&str],
    line: impl Fn(usize) -> Line<'l>,
) -> Done {
    let mut done = Done::default();
    let total = ids.len();
    let at = memory.cursor.as_ref().and_then(|cursor| ids.iter().position(|id| id == cursor));
    // No higher than its rows: the frame of the keyboard goes around the list, not around what is below it.
    let height = (total as f32 * size::ROW).min(ui.available_height());
    let list = VirtualRows::new(label, total, size::ROW).label(label).cursor(at).height(height);
    let rows = list.show(ui, &mut memory.scroll, |ui, row| {
        let line = line(row.index);
        let response = line_ui(ui, row, &line, at == Some(row.index));
        if response.hovered() {
            done.hovered = Some(row.index);
        }
        if response.double_clicked() {
            done.only = Some(row.index);
        } else if response.clicked() {
            done.toggled = Some(row.index);
            memory.cursor = Some(ids[row.index].to_owned());
        }
    });
    if let Some(id) = rows.moved_to.and_then(|at| ids.get(at)) {
        memory.cursor = Some((*id).to_owned());
    }
    if rows.opened {
        done.toggled = at;
    }
    done
}

fn line_ui(ui: &Ui, row: &VisibleRow, line: &Line<'_>, is_cursor: bool) -> egui::Response {
    let tokens = Tokens::of(ui);
    let label = words::one_line(line.name, 200);
    let response = row.interact(ui, RowInfo { label: &label, selected: is_cursor, ..RowInfo::default() });
    ui.ctx().accesskit_node_builder(row.id, |node| {
        node.set_role(Role::CheckBox);
        node.set_toggled(if line.is_on { Toggled::True } else { Toggled::False });
    });
    let has_keyboard = ui.memory(|memory| memory.has_focus(row.list));
    paint_background(ui, row.rect, is_cursor && has_keyboard, response.hovered() || line.is_marked, tokens);
    let mut x = row.rect.left() + size::GAP_XS;
    let center = |x: f32| pos2(x + size::ICON / 2.0, row.rect.center().y);
    let frame = Rect::from_center_size(center(x), vec2(13.0, 13.0));
    ui.painter().rect_stroke(frame, 3.0, (size::RULE, tokens.text3), egui::StrokeKind::Inside);
    if line.is_on {
        Glyph::Check.paint(ui.painter(), frame.center(), size::ICON - 3.0, tokens.text1);
    }
    x += size::ICON + size::GAP_S;
    if let Some(tone) = line.tone {
        let mut painter = ui.painter().clone();
        if !line.is_on {
            painter.multiply_opacity(FAINT);
        }
        painter.add(category::mark(center(x - 3.0), size::KIND_SQUARE, tone, tokens));
        x += size::ICON;
    }
    let room = row.rect.with_min_x(x).with_max_x(row.rect.right() - size::GAP_S);
    let value = row_text::paint(ui.painter(), room, &line.value, Type::ValueSmall, tokens.text3, Align::Max);
    let name = room.with_max_x(if line.value.is_empty() { room.right() } else { value.left() - size::GAP_S });
    let color = if line.is_on { tokens.text1 } else { tokens.text2 };
    row_text::paint(ui.painter(), name, line.name, Type::Small, color, Align::Min);
    response
}
