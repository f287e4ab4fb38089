//! The one window: bars at the edges, the tree at the left, the place in the middle, details at the right.

use egui::{CentralPanel, Frame, Margin, Panel, Ui};

use super::details::DetailsMemory;
use super::experiment::ExperimentMemory;
use super::run::RunMemory;
use super::scene::Scene;
use super::trace::TraceMemory;
use super::tree::TreeMemory;
use super::welcome::WelcomeMemory;
use super::{command::Command, details, experiment, notices, run, status_bar, top_bar, trace, tree, welcome};
use crate::state::{Action, Place, ThemeChoice};
use crate::widgets::tokens::Tokens;

/// Narrower than this, the details stand below the tree of spans' place as a tab of their own.
pub(super) const NARROW: f32 = 1_000.0;

/// The details leave at least this much to the tree of spans.
const CENTRE: f32 = 470.0;

/// What the views remember between frames.
#[derive(Default)]
pub struct Memory {
    welcome: WelcomeMemory,
    tree: TreeMemory,
    experiment: ExperimentMemory,
    run: RunMemory,
    trace: TraceMemory,
    details: DetailsMemory,
    epoch: u64,
}

impl Memory {
    /// Whatever was made of another store's answers is forgotten; what is typed stays.
    fn keep_up(&mut self, epoch: u64) {
        if self.epoch != epoch {
            self.epoch = epoch;
            self.tree = TreeMemory::default();
            self.experiment = ExperimentMemory::default();
            self.run = RunMemory::default();
            self.trace = TraceMemory::default();
            self.details = DetailsMemory::default();
        }
    }
}

/// Draws the window.
pub fn window_ui(ui: &mut Ui, scene: &mut Scene<'_>, memory: &mut Memory) {
    memory.keep_up(scene.loader.epoch());
    for command in Command::pressed(ui.ctx()) {
        run_command(ui, scene, memory, command);
    }
    let tokens = Tokens::of(ui);
    let bar = |x: i8, y: i8| Frame::new().fill(tokens.bg_panel).inner_margin(Margin::symmetric(x, y));
    Panel::top("top bar").exact_size(40.0).frame(bar(8, 7)).show(ui, |ui| top_bar::top_bar_ui(ui, scene));
    Panel::bottom("status bar").exact_size(24.0).frame(bar(12, 3)).show(ui, |ui| {
        status_bar::status_bar_ui(ui, scene, memory.trace.shown());
    });
    let has_store = scene.loader.state().open.is_some();
    let is_narrow = ui.available_width() < NARROW;
    if has_store {
        let shown = Panel::left("tree")
            .default_size(scene.state.settings.tree_width.unwrap_or(292.0))
            .size_range(200.0..=520.0)
            .frame(Frame::new().fill(tokens.bg_panel))
            .show(ui, |ui| {
                // Or the panel would shrink to what is there while it is being read.
                ui.take_available_space();
                tree::tree_ui(ui, scene, &mut memory.tree);
            });
        note_width(ui, scene, shown.response.rect.width(), scene.state.settings.tree_width, 292.0, Action::TreeWidth);
        if matches!(scene.place(), Place::Trace { .. }) && !is_narrow {
            let most = (ui.available_width() - CENTRE).max(320.0);
            let shown = Panel::right("details")
                .default_size(scene.state.settings.details_width.unwrap_or(560.0).min(most))
                .size_range(320.0..=most)
                .frame(Frame::new().fill(tokens.bg_panel))
                .show(ui, |ui| {
                    ui.take_available_space();
                    details::details_ui(ui, scene, &mut memory.details);
                });
            // A window that is too small for the panel does not change what was set.
            if most > 560.0 {
                let width = shown.response.rect.width();
                note_width(ui, scene, width, scene.state.settings.details_width, 560.0, Action::DetailsWidth);
            }
        }
    }
    CentralPanel::default().frame(Frame::new().fill(tokens.bg_window)).show(ui, |ui| {
        notices::notices_ui(ui, scene);
        if !has_store {
            welcome::welcome_ui(ui, scene, &mut memory.welcome);
            return;
        }
        match scene.place().clone() {
            Place::Store => welcome::store_ui(ui, scene),
            Place::Experiment(id) => experiment::experiment_ui(ui, scene, &mut memory.experiment, &id),
            Place::Run { run, .. } => run::run_ui(ui, scene, &mut memory.run, &run),
            Place::Trace { trace, .. } => {
                let details = is_narrow.then_some(&mut memory.details);
                trace::trace_ui(ui, scene, &mut memory.trace, details, &trace);
            }
        }
    });
    notices::windows_ui(ui, scene);
}

/// A panel's width is noted once the user lets go of its edge.
fn note_width(
    ui: &Ui,
    scene: &mut Scene<'_>,
    width: f32,
    known: Option<f32>,
    default: f32,
    action: impl Fn(f32) -> Action,
) {
    let is_held = ui.input(|input| input.pointer.any_down());
    if !is_held && (width - known.unwrap_or(default)).abs() > 1.0 {
        scene.act(action(width));
    }
}

fn run_command(ui: &Ui, scene: &mut Scene<'_>, memory: &mut Memory, command: Command) {
    match command {
        Command::Back => scene.act(Action::Back),
        Command::Forward => scene.act(Action::Forward),
        Command::NextTrace => trace::step(scene, &mut memory.trace, true),
        Command::PreviousTrace => trace::step(scene, &mut memory.trace, false),
        Command::ToggleAdapters => scene.act(Action::ShowAdapters(!scene.state.settings.show_adapters)),
        Command::Filter if experiment::has_runs_filter(scene) => memory.experiment.focus_filter(),
        Command::Filter => memory.tree.focus_filter = true,
        Command::CopyLink => scene.act(Action::Copy(scene.state.location().to_string())),
        Command::OpenStore => scene.act(Action::ChooseStore),
        Command::ToggleTheme => scene.act(Action::Theme(other_theme(ui))),
        Command::Refresh => scene.act(Action::Refresh),
        Command::Leave => {
            if scene.state.shows_keys {
                scene.act(Action::ShowKeys(false));
            } else if scene.state.shows_warnings {
                scene.act(Action::ShowWarnings(false));
            } else {
                ui.memory_mut(|memory| {
                    if let Some(id) = memory.focused() {
                        memory.surrender_focus(id);
                    }
                });
            }
        }
        Command::ShowKeys => scene.act(Action::ShowKeys(!scene.state.shows_keys)),
    }
}

/// The theme that is not shown now.
pub(super) fn other_theme(ui: &Ui) -> ThemeChoice {
    if Tokens::of(ui).is_dark { ThemeChoice::Light } else { ThemeChoice::Dark }
}

/// The frame of a place: its margins.
pub(super) fn place_frame() -> Frame {
    Frame::new().inner_margin(Margin { left: 16, right: 16, top: 10, bottom: 0 })
}
