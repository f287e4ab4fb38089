//! The head of a comparison: which runs, what is known of them, and how it is shown.

use egui::{Align, Layout, Ui};

use super::CompareMemory;
use crate::model::{Program, RunId};
use crate::query::Comparison;
use crate::state::{Action, CompareTab, Place, RunTab};
use crate::views::artifacts_folder::missing_chip_ui;
use crate::views::comparing::swap;
use crate::views::names::{run_name, run_page};
use crate::views::program_name::{NamedRun, named_runs};
use crate::views::scene::Scene;
use crate::views::standing::standing;
use crate::widgets::chips::Chip;
use crate::widgets::glyphs::Glyph;
use crate::widgets::section::{text_ui, title_ui};
use crate::widgets::tokens::Tone;
use crate::widgets::tokens::size::{self, Type};
use crate::words;

/// What the switches at the right need.
const SWITCHES: f32 = 430.0;
/// So many characters of a hash tell it from others.
const HASH: usize = 8;

/// What is compared.
#[derive(Clone, Copy)]
pub(super) struct Compared<'a> {
    /// All of it, the baseline first.
    pub runs: &'a [RunId],
    /// The tab, if one was chosen.
    pub tab: Option<CompareTab>,
    /// The baseline, and the run that is shown beside it.
    pub pair: (&'a RunId, &'a RunId),
    /// `None` until it is known.
    pub diff: Option<&'a Comparison>,
}

/// Draws the head; returns how the two runs are called.
pub(super) fn header_ui(
    ui: &mut Ui,
    scene: &mut Scene<'_>,
    memory: &mut CompareMemory,
    compared: Compared<'_>,
) -> (String, String) {
    let Compared { runs, tab, pair: (a, b), diff } = compared;
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = egui::vec2(size::GAP_S, size::GAP_XS);
        title_ui(ui, "Compare");
        let named = named_runs(scene, runs);
        for ((at, run), NamedRun { text, tone }) in runs.iter().enumerate().zip(&named) {
            // What an optimization calls its score is that of some evaluation of many.
            let known = diff.filter(|_| run == a || run == b).map(|diff| diff.scores[usize::from(run != a)]);
            let (name, text, tone) = (run_name(scene, run), with_score(scene, run, text, known), *tone);
            if at == 1 {
                Glyph::Arrow.show(ui, Tone::Muted);
            }
            if at == 0 {
                let chip = Chip::button(&text).note("baseline").glyph(Glyph::Dot, tone);
                if ui.add(chip).on_hover_text(format!("Go to {name}")).clicked() {
                    scene.go(Place::of_run(None, run.clone()));
                }
            } else {
                let chip = match runs.len() {
                    2 => Chip::button(&text),
                    _ => Chip::toggle(&text, run == b),
                };
                let tip = if runs.len() == 2 { format!("Go to {name}") } else { format!("Compare {name}") };
                if ui.add(chip.glyph(Glyph::Dot, tone)).on_hover_text(tip).clicked() {
                    match runs.len() {
                        2 => scene.go(Place::of_run(None, run.clone())),
                        _ => scene.act(Action::ShowCompared(run.clone())),
                    }
                }
            }
        }
        if ui.add(Chip::button("Swap")).on_hover_text("The compared run becomes the baseline").clicked() {
            swap(scene, (runs, tab), (a, b));
        }
        if ui.add(Chip::button("Add…")).on_hover_text("Choose one more run to compare with the baseline").clicked() {
            scene.act(Action::ChooseToCompare(runs.to_vec()));
        }
        for run in [a, b] {
            let page = run_page(scene, run);
            // One button is enough: the folder is the store's.
            if page.as_deref().and_then(Option::as_ref).is_some_and(|page| missing_chip_ui(ui, scene, page)) {
                break;
            }
        }
        let parent = run_page(scene, a).as_deref().and_then(Option::as_ref).and_then(|page| page.parent.clone());
        if let Some(parent) = parent
            && ui.add(Chip::button("Evolution")).on_hover_text("All states of this optimization in order").clicked()
        {
            let tab = RunTab::Evolution { predictor: None, phrase: None, against: None };
            scene.go(Place::Run { experiment: Some(parent.experiment_id), run: parent.id, tab: Some(tab) });
        }
        if ui.available_size_before_wrap().x >= SWITCHES {
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| switches_ui(ui, scene, memory, true));
        } else {
            ui.end_row();
            switches_ui(ui, scene, memory, false);
        }
    });
    if let Some(diff) = diff {
        super::scores::scores_ui(ui, scene, diff);
    }
    facts_ui(ui, scene, (a, b), diff);
    ui.add_space(size::GAP_XS);
    let mut pair = named_runs(scene, &[a.clone(), b.clone()]).into_iter().map(|one| one.text);
    (pair.next().unwrap_or_default(), pair.next().unwrap_or_default())
}

fn switches_ui(ui: &mut Ui, scene: &mut Scene<'_>, memory: &mut CompareMemory, is_reversed: bool) {
    let before = scene.state.settings.compare;
    let mut now = before;
    let mut parts = [0, 1, 2, 3];
    if is_reversed {
        parts.reverse();
    }
    for part in parts {
        match part {
            0 => {
                let tip = "What is the same in both is left out";
                if ui.add(Chip::toggle("Differences only", !before.shows_all)).on_hover_text(tip).clicked() {
                    now.shows_all = !before.shows_all;
                    memory.whole.clear();
                }
            }
            1 if ui.add(Chip::toggle("Side by side", !before.is_unified)).clicked() => now.is_unified = false,
            2 if ui.add(Chip::toggle("Unified", before.is_unified)).clicked() => now.is_unified = true,
            3 => {
                let tip = "Spaces, tabs and line ends as signs";
                if ui.add(Chip::toggle("Show spaces", before.shows_space)).on_hover_text(tip).clicked() {
                    now.shows_space = !before.shows_space;
                }
            }
            _ => {}
        }
    }
    if now != before {
        scene.act(Action::ArrangeCompare(now));
    }
}

/// `C4 ★ · eval_full_2 · 71.7`
fn with_score(scene: &mut Scene<'_>, run: &RunId, name: &str, known: Option<Option<f64>>) -> String {
    let page = run_page(scene, run);
    let own = page.as_deref().and_then(Option::as_ref).and_then(|page| page.score);
    match known.unwrap_or(own) {
        Some(score) => format!("{name} · {}", words::value(score)),
        None => name.to_owned(),
    }
}

fn facts_ui(ui: &mut Ui, scene: &mut Scene<'_>, (a, b): (&RunId, &RunId), diff: Option<&Comparison>) {
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = egui::vec2(size::GAP_S, size::GAP_XS);
        if let Some(diff) = diff
            && let Some(program) = &diff.program
        {
            let hashes = [&diff.old, &diff.new].map(|one| one.as_ref().and_then(|one| one.state_hash.as_ref()));
            let is_known = hashes[0].is_some() && hashes[0] == hashes[1];
            if program.same {
                let text =
                    if program.complete || is_known { "The same program" } else { "The same as far as params tell" };
                ui.add(Chip::new(text).glyph(Glyph::Check, Tone::Good).tinted(Tone::Good));
            }
        }
        let named = named_runs(scene, &[a.clone(), b.clone()]);
        for ((at, run), named) in [a, b].into_iter().enumerate().zip(named) {
            let facts = facts(scene, run, diff, at);
            one_side_ui(ui, &facts, named.tone);
        }
    });
}

/// The dot and what is said of its run, on one line together unless one line is too short for them.
fn one_side_ui(ui: &mut Ui, facts: &str, tone: Tone) {
    let add = |ui: &mut Ui| {
        Glyph::Dot.show(ui, tone);
        text_ui(ui, facts, Type::Small, Tone::Muted);
    };
    let galley = ui.painter().layout_no_wrap(facts.to_owned(), Type::Small.font(), egui::Color32::PLACEHOLDER);
    let room = egui::vec2(size::ICON + size::GAP_S + galley.size().x.ceil() + 1.0, size::LINE);
    if room.x <= ui.max_rect().width() {
        ui.allocate_ui_with_layout(room, Layout::left_to_right(Align::Center), add);
    } else {
        add(ui);
    }
}

/// `finished · n 60 · model.json · state 1a2b3c4d`
fn facts(scene: &mut Scene<'_>, run: &RunId, diff: Option<&Comparison>, at: usize) -> String {
    let page = run_page(scene, run);
    let mut facts = Vec::new();
    match page.as_deref() {
        Some(Some(page)) => {
            facts.push(standing(scene, &page.run.experiment_id, &page.run).said(scene.clock));
            if let Some(parent) = &page.parent {
                facts.push(format!("in {}", words::one_line(&parent.name, 30)));
            }
        }
        Some(None) => facts.push("not in this store".to_owned()),
        None => {}
    }
    if let Some(diff) = diff {
        if let Some(it) = &diff.stands_for[at] {
            let inferred = if it.inferred { ", inferred" } else { "" };
            facts.push(format!("as its winner in {}{inferred}", words::one_line(&it.name, 30)));
        }
        facts.push(match diff.rows[at] {
            Some(rows) => format!("n {}", words::count(rows as u64)),
            None => "n unknown".to_owned(),
        });
        let program = if at == 0 { &diff.old } else { &diff.new };
        facts.push(program.as_ref().map_or_else(|| "no program".to_owned(), state));
    }
    facts.join(" · ")
}

fn state(program: &Program) -> String {
    let source = program.source.as_str();
    match &program.state_hash {
        Some(hash) => {
            let hash: String = hash.as_str().chars().take(HASH).collect();
            format!("{source}, state {hash}")
        }
        None => format!("{source}, state unknown"),
    }
}
