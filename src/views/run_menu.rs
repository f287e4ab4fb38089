//! What can be done with a run: the button on its page, and the menu of its row in the tree and in tables.

use egui::{Context, Id, Pos2, Ui};

use super::command::Command;
use super::comparing::{use_as_baseline, wish};
use super::names::{run_name, run_page};
use super::scene::Scene;
use crate::model::dspy::run_names;
use crate::model::{Run, RunId};
use crate::state::{Action, CompareWith, Place, RunTab};
use crate::widgets::chips::Chip;
use crate::widgets::menu::{MenuEntry, MenuItem, button_menu, is_menu_open, menu_at, open_menu};
use crate::words;

/// Longer names are cut in a menu.
const NAME: usize = 40;

/// What can be chosen.
#[derive(Clone, Copy)]
enum Choice {
    Open,
    OpenProgram,
    With(CompareWith),
    WithBaseline,
    WithAnother,
    UseAsBaseline,
    History,
    CopyName,
    CopyId,
    CopyLink,
}

/// A line of the menu.
enum Line {
    Heading(&'static str),
    Rule,
    Item { text: String, key: String, is_enabled: bool, checked: Option<bool>, choice: Choice },
}

impl Line {
    fn item(text: impl Into<String>, choice: Choice) -> Self {
        Self::Item { text: text.into(), key: String::new(), is_enabled: true, checked: None, choice }
    }

    fn key(mut self, of: Command, ctx: &Context) -> Self {
        if let Self::Item { key, .. } = &mut self {
            *key = of.key_text(ctx);
        }
        self
    }

    fn entry(&self) -> MenuEntry<'_> {
        match self {
            Self::Heading(text) => MenuEntry::Heading(text),
            Self::Rule => MenuEntry::Rule,
            Self::Item { text, key, is_enabled, checked, choice: _ } => {
                let item = MenuItem::new(text).shortcut(key).enabled(*is_enabled);
                MenuEntry::Item(match checked {
                    Some(on) => item.checked(*on),
                    None => item,
                })
            }
        }
    }
}

/// The menu of a row, where one is open.
#[derive(Default)]
pub(super) struct RunMenu {
    open: Option<(RunId, Pos2)>,
}

impl RunMenu {
    /// The row of this run was clicked for its menu. It is shown by the same `ui`.
    pub fn open(&mut self, ui: &Ui, run: RunId) {
        self.open = ui.input(|input| input.pointer.interact_pos()).map(|at| (run, at));
        if self.open.is_some() {
            open_menu(ui.ctx(), Self::id(ui));
        }
    }

    /// Shows it as long as it is open; does what was chosen.
    pub fn show(&mut self, ui: &Ui, scene: &mut Scene<'_>) {
        let Some((run, at)) = self.open.clone() else { return };
        let lines = row_lines(ui.ctx(), scene, &run);
        let entries: Vec<MenuEntry<'_>> = lines.iter().map(Line::entry).collect();
        let chosen = menu_at(ui, Self::id(ui), at, &entries);
        if !is_menu_open(ui.ctx(), Self::id(ui)) {
            self.open = None;
        }
        if let Some(Line::Item { choice, .. }) = chosen.and_then(|chosen| lines.get(chosen)) {
            choose(scene, &run, *choice);
        }
    }

    fn id(ui: &Ui) -> Id {
        ui.unique_id().with("run menu")
    }
}

/// The button of a run's page: with what it can be compared.
pub(super) fn compare_button_ui(ui: &mut Ui, scene: &mut Scene<'_>, run: &Run) {
    let button = ui.add(Chip::button("Compare…")).on_hover_text("What changed from another run to this one");
    let lines = compare_lines(ui.ctx(), scene, &run.id);
    let entries: Vec<MenuEntry<'_>> = lines.iter().map(Line::entry).collect();
    let chosen = button_menu(&button, &entries);
    if let Some(Line::Item { choice, .. }) = chosen.and_then(|chosen| lines.get(chosen)) {
        choose(scene, &run.id, *choice);
    }
}

fn row_lines(ctx: &Context, scene: &mut Scene<'_>, run: &RunId) -> Vec<Line> {
    let mut lines = vec![
        Line::item("Open", Choice::Open),
        Line::item("Open its program", Choice::OpenProgram),
        Line::item("Program history", Choice::History).key(Command::ProgramHistory, ctx),
        Line::Rule,
        Line::Heading("Compare"),
    ];
    lines.extend(compare_lines(ctx, scene, run));
    lines.extend([
        Line::Rule,
        Line::item("Copy name", Choice::CopyName),
        Line::item("Copy run id", Choice::CopyId),
        Line::item("Copy link", Choice::CopyLink),
    ]);
    lines
}

/// With what a run can be compared.
fn compare_lines(ctx: &Context, scene: &mut Scene<'_>, run: &RunId) -> Vec<Line> {
    let page = run_page(scene, run);
    let page = page.as_deref().and_then(Option::as_ref);
    let is_optimization = page.is_some_and(|page| run_names::is_optimization(&page.children));
    let has_optimization = is_optimization || page.is_none_or(|page| page.parent.is_some());
    let baseline = scene.state.comparing.baseline.clone().filter(|baseline| baseline != run);
    let is_baseline = scene.state.comparing.baseline.as_ref() == Some(run);
    let mut lines = Vec::new();
    // The key does what stands first here.
    let by_key = |line: Line| if baseline.is_none() { line.key(Command::Compare, ctx) } else { line };
    if is_optimization {
        lines.push(by_key(Line::item("With the seed", Choice::With(CompareWith::Seed))));
    } else if has_optimization {
        lines.push(by_key(Line::item("With the previous different program", Choice::With(CompareWith::Previous))));
        lines.push(Line::item("With the seed", Choice::With(CompareWith::Seed)));
        lines.push(Line::item("With the winner", Choice::With(CompareWith::Winner)));
    }
    let with_baseline = match &baseline {
        Some(id) => format!("With the baseline {}", words::one_line(&run_name(scene, id), NAME)),
        None => "With the baseline".to_owned(),
    };
    lines.push(Line::Item {
        text: with_baseline,
        key: if baseline.is_some() { Command::Compare.key_text(ctx) } else { String::new() },
        is_enabled: baseline.is_some(),
        checked: None,
        choice: Choice::WithBaseline,
    });
    lines.push(Line::item("With another run…", Choice::WithAnother).key(Command::CompareWith, ctx));
    lines.push(Line::Item {
        text: "Use as baseline".to_owned(),
        key: Command::Baseline.key_text(ctx),
        is_enabled: true,
        checked: Some(is_baseline),
        choice: Choice::UseAsBaseline,
    });
    lines
}

fn choose(scene: &mut Scene<'_>, run: &RunId, choice: Choice) {
    let page = run_page(scene, run);
    let page = page.as_deref().and_then(Option::as_ref);
    let experiment = page.map(|page| page.run.experiment_id.clone()).or_else(|| scene.place().experiment().cloned());
    let place = Place::of_run(experiment.clone(), run.clone());
    match choice {
        Choice::Open => scene.go(place),
        Choice::OpenProgram => {
            let tab = Some(RunTab::Program { predictor: None });
            scene.go(Place::Run { experiment, run: run.clone(), tab });
        }
        Choice::With(with) => wish(scene, run.clone(), with),
        Choice::WithBaseline => {
            if let Some(baseline) = scene.state.comparing.baseline.clone() {
                scene.go(Place::comparing(vec![baseline, run.clone()]));
            }
        }
        Choice::WithAnother => scene.act(Action::ChooseToCompare(vec![run.clone()])),
        Choice::UseAsBaseline => use_as_baseline(scene, run),
        Choice::History => scene.act(Action::WishForHistory(Some(run.clone()))),
        Choice::CopyName => {
            let name = page.map(|page| page.run.name.clone()).filter(|name| !name.is_empty());
            scene.act(Action::Copy(name.unwrap_or_else(|| run.to_string())));
        }
        Choice::CopyId => scene.act(Action::Copy(run.to_string())),
        Choice::CopyLink => scene.act(Action::Copy(place.to_string())),
    }
}
