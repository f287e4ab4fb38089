//! The one window: bars at the edges, the tree at the left, the place in the middle, details at the right.

mod moving;

use egui::{FocusDirection, Key, Rect, Ui, UiBuilder, Vec2, vec2};

use super::artifacts_folder::FolderMemory;
use super::compare::CompareMemory;
use super::compare_traces::CompareTracesMemory;
use super::copied::CopiedMemory;
use super::experiment::ExperimentMemory;
use super::palette::PaletteMemory;
use super::passing::PassingMemory;
use super::program_history::ProgramHistoryMemory;
use super::prompts::PromptsMemory;
use super::run::RunMemory;
use super::scene::Scene;
use super::search::{self, SearchMemory};
use super::server_check::ServerCheckMemory;
use super::side_panel::{Layout, Panel, SidePanelMemory, span_memory};
use super::sign_in::SignInMemory;
use super::trace::TraceMemory;
use super::tree::TreeMemory;
use super::welcome::{StoreMemory, WelcomeMemory};
use super::{
    artifacts_folder,
    command::{self, Command},
    compare, compare_traces, comparing, copied, experiment, notices, palette, program_history, prompts, run,
    server_check, side_panel, sign_in, status_bar, top_bar, trace, tree, welcome,
};
use crate::loader::Epoch;
use crate::model::RunId;
use crate::state::{Action, Place, SidePanel, ThemeChoice};
use crate::widgets::offers;
use crate::widgets::split::{CENTRE_LEAST, LEFT_LEAST, RIGHT_LEAST, Sized, Split, SplitAxis, clamp_size};
use crate::widgets::tokens::{Tokens, size};
use moving::{focus_filter, step};

const TOP_BAR: f32 = 40.0;
const STATUS_BAR: f32 = 24.0;
/// The widths of the panels, unless the user set others.
const TREE: f32 = 292.0;
/// In a small window the tree takes no more than this part of it, unless the user wants it so.
const TREE_SHARE: f32 = 0.28;

/// What the views remember between frames.
#[derive(Default)]
pub struct Memory {
    welcome: WelcomeMemory,
    store: StoreMemory,
    tree: TreeMemory,
    experiment: ExperimentMemory,
    run: RunMemory,
    trace: TraceMemory,
    compare: CompareMemory,
    compare_traces: CompareTracesMemory,
    search: SearchMemory,
    program_history: ProgramHistoryMemory,
    prompts: PromptsMemory,
    side_panel: SidePanelMemory,
    palette: PaletteMemory,
    folder: FolderMemory,
    sign_in: SignInMemory,
    server_check: ServerCheckMemory,
    copied: CopiedMemory,
    passing: PassingMemory,
    epoch: Epoch,
}

impl Memory {
    /// Whatever was made of another store's answers is forgotten; what is typed stays.
    fn forget_other_store(&mut self, ui: &Ui, epoch: Epoch) {
        if self.epoch != epoch {
            let (welcome, folder) = (std::mem::take(&mut self.welcome), std::mem::take(&mut self.folder));
            let sign_in = std::mem::take(&mut self.sign_in);
            let (copied, passing) = (std::mem::take(&mut self.copied), std::mem::take(&mut self.passing));
            *self = Self { welcome, folder, copied, passing, sign_in, epoch, ..Self::default() };
            // Who typed the path goes on with the keys of the tree.
            self.tree.wants_focus = ui.memory(|memory| memory.focused().is_some());
        }
    }

    /// Who begins with an arrow, while nothing has the keyboard, moves in what is on screen.
    fn route_first_arrow(&mut self, ui: &Ui, scene: &Scene<'_>) {
        let arrows = [Key::ArrowDown, Key::ArrowUp, Key::ArrowLeft, Key::ArrowRight];
        let is_arrow = ui.input(|input| arrows.into_iter().any(|key| input.key_pressed(key)));
        if is_arrow && ui.memory(|memory| memory.focused().is_none()) {
            // egui must not look for something to focus in that direction, too.
            ui.memory_mut(|memory| memory.move_focus(FocusDirection::None));
            self.focus_rows(scene);
        }
    }

    /// The rows of what is on screen get the keyboard; where there are none, those of the tree.
    fn focus_rows(&mut self, scene: &Scene<'_>) {
        let is_taken = match scene.place() {
            Place::Trace { .. } => {
                self.trace.wants_focus = true;
                true
            }
            Place::Experiment { experiment, tab } => self.experiment.focus_rows(experiment, tab),
            Place::Run { run, tab, .. } => self.run.focus_rows(run, tab.as_ref()),
            Place::Search(_) => {
                self.search.focus_rows();
                true
            }
            Place::CompareTraces(_) => {
                self.compare_traces.wants_focus = true;
                true
            }
            Place::Prompts(place) => {
                self.prompts.focus_rows(place);
                true
            }
            Place::Store | Place::ProgramHistory(_) | Place::Compare { .. } => false,
        };
        self.tree.wants_focus = !is_taken && !scene.state.settings.hides_tree;
    }
}

/// Draws the window.
pub fn window_ui(ui: &mut Ui, scene: &mut Scene<'_>, memory: &mut Memory) {
    offers::begin_frame(ui.ctx());
    memory.forget_other_store(ui, scene.loader.epoch());
    memory.route_first_arrow(ui, scene);
    comparing::resolve_pending(scene);
    program_history::resolve_pending(scene);
    for command in Command::pressed(ui.ctx(), scene.state.shows_palette) {
        run_command(ui, scene, memory, command);
    }
    let whole = ui.available_rect_before_wrap();
    let (top, rest) = whole.split_top_bottom_at_y((whole.top() + TOP_BAR).min(whole.bottom()));
    let (middle, bottom) = rest.split_top_bottom_at_y((rest.bottom() - STATUS_BAR).max(rest.top()));
    // In the order of reading, which is also that of the Tab key.
    bar_ui(ui, "top bar", top, vec2(8.0, 7.0), |ui| {
        if let Some(command) = top_bar::top_bar_ui(ui, scene) {
            run_command(ui, scene, memory, command);
        }
    });
    let tokens = Tokens::of(ui);
    let line = (size::RULE, tokens.line);
    ui.painter().rect_filled(middle, 0.0, tokens.bg_window);
    let mut area = ui.new_child(UiBuilder::new().id_salt("middle").max_rect(middle.with_min_y(top.bottom() + 1.0)));
    area.shrink_clip_rect(middle);
    middle_ui(&mut area, scene, memory);
    ui.painter().hline(top.x_range(), top.bottom() + 0.5, line);
    ui.painter().hline(bottom.x_range(), bottom.top() - 0.5, line);
    let spans = memory.trace.shown();
    bar_ui(ui, "status bar", bottom, vec2(12.0, 3.0), |ui| {
        status_bar::status_bar_ui(ui, scene, &mut memory.passing, spans);
    });
    copied::copied_ui(ui, scene, &mut memory.copied, bottom);
    ui.advance_cursor_after_rect(whole);
    notices::windows_ui(ui, scene);
    artifacts_folder::folder_ui(ui, scene, &mut memory.folder);
    server_check::server_check_ui(ui, scene, &mut memory.server_check);
    sign_in::sign_in_ui(ui, scene, &mut memory.sign_in);
    if scene.state.shows_palette
        && let Some(command) = palette::palette_ui(ui, scene, &mut memory.palette, memory.run.shown_tabs())
    {
        run_command(ui, scene, memory, command);
    }
}

fn bar_ui(ui: &mut Ui, name: &str, rect: Rect, margin: Vec2, add: impl FnOnce(&mut Ui)) {
    ui.painter().rect_filled(rect, 0.0, Tokens::of(ui).bg_panel);
    let inner = rect.shrink2(margin.min(rect.size() / 2.0));
    let mut bar = ui.new_child(UiBuilder::new().id_salt(name).max_rect(inner));
    bar.shrink_clip_rect(rect);
    add(&mut bar);
}

/// The tree, the place, and where there is room what is selected in it.
fn middle_ui(ui: &mut Ui, scene: &mut Scene<'_>, memory: &mut Memory) {
    if scene.loader.state().open.is_none() {
        centre_ui(ui, scene, memory, false);
        return;
    }
    let settings = &scene.state.settings;
    let width = ui.available_width();
    let tree_normal = TREE.min((width * TREE_SHARE).round()).max(LEFT_LEAST);
    let tree_wanted = settings.tree_width.unwrap_or(tree_normal);
    let tree_shown = (!settings.hides_tree).then_some(tree_wanted);
    let panel = side_panel::panel_of(scene);
    // In too little room the panels give way, but what was set comes back with the room.
    let layout = Layout::of(scene, &mut memory.side_panel, panel, (width, tree_shown));
    memory.run.set_told_beside(layout.right.is_some() && panel == Some(Panel::Selected(SidePanel::Candidate)));
    let Some(tree) = layout.tree else {
        memory.tree.leave();
        right_ui(ui, scene, memory, (panel, layout));
        return;
    };
    let rest = CENTRE_LEAST + layout.right.map_or(0.0, |_| RIGHT_LEAST);
    let mut tree_width = match layout.right {
        Some(_) => tree,
        None => clamp_size(tree, width, LEFT_LEAST, rest),
    };
    let mut cx = (scene, memory);
    let is_changed = Split::new("tree", "Width of the tree", SplitAxis::Horizontal)
        .sized(Sized::First)
        .normal(tree_normal)
        .least(LEFT_LEAST, rest)
        .show_with(
            ui,
            &mut tree_width,
            &mut cx,
            |ui, (scene, memory)| {
                ui.painter().rect_filled(ui.max_rect(), 0.0, Tokens::of(ui).bg_panel);
                tree::tree_ui(ui, scene, &mut memory.tree);
            },
            |ui, (scene, memory)| right_ui(ui, scene, memory, (panel, layout)),
        );
    if is_changed {
        cx.0.act(Action::TreeWidth(tree_width));
    }
}

/// The place, and its panel at the right, or what opens it.
fn right_ui(ui: &mut Ui, scene: &mut Scene<'_>, memory: &mut Memory, (panel, layout): (Option<Panel>, Layout)) {
    if let (Some(panel), Some(right)) = (panel, layout.right) {
        with_panel_ui(ui, scene, memory, (panel, right));
    } else if layout.has_strip {
        let whole = ui.available_rect_before_wrap();
        let (centre, strip) = whole.split_left_right_at_x((whole.right() - side_panel::STRIP).max(whole.left()));
        let mut area = ui.new_child(UiBuilder::new().id_salt("centre").max_rect(centre));
        area.shrink_clip_rect(centre);
        centre_ui(&mut area, scene, memory, false);
        let mut area = ui.new_child(UiBuilder::new().id_salt("strip").max_rect(strip));
        side_panel::strip_ui(&mut area, scene, &memory.side_panel);
        ui.advance_cursor_after_rect(whole);
    } else {
        centre_ui(ui, scene, memory, panel == Some(Panel::Span));
    }
}

fn with_panel_ui(ui: &mut Ui, scene: &mut Scene<'_>, memory: &mut Memory, (panel, width): (Panel, f32)) {
    let mut panel_width = width;
    let mut cx = (scene, memory);
    let (id, label) = side_panel::border(panel);
    let is_changed = Split::new(id, label, SplitAxis::Horizontal)
        .normal(side_panel::normal(panel))
        .least(CENTRE_LEAST, RIGHT_LEAST)
        .show_with(
            ui,
            &mut panel_width,
            &mut cx,
            |ui, (scene, memory)| centre_ui(ui, scene, memory, false),
            |ui, (scene, memory)| {
                let candidate = memory.run.candidate_at_cursor(scene);
                side_panel::panel_ui(ui, scene, &mut memory.side_panel, (panel, candidate));
            },
        );
    if is_changed {
        cx.0.act(side_panel::widened(panel, panel_width));
    }
}

/// The place itself. `with_details`: there is no room beside it, so the details are a tab of it.
fn centre_ui(ui: &mut Ui, scene: &mut Scene<'_>, memory: &mut Memory, with_details: bool) {
    notices::notices_ui(ui, scene);
    if scene.loader.state().open.is_none() {
        welcome::welcome_ui(ui, scene, &mut memory.welcome);
        return;
    }
    super::step::prepare(scene);
    match scene.place().clone() {
        Place::Store => welcome::store_ui(ui, scene, &mut memory.store),
        Place::Experiment { experiment, tab } => {
            experiment::experiment_ui(ui, scene, &mut memory.experiment, &experiment, tab);
        }
        Place::Run { run, tab, .. } => run::run_ui(ui, scene, &mut memory.run, &run, tab),
        Place::ProgramHistory(hash) => {
            program_history::program_history_ui(ui, scene, &mut memory.program_history, &hash)
        }
        Place::Prompts(place) => prompts::prompts_ui(ui, scene, &mut memory.prompts, &place),
        Place::Trace { trace, .. } => {
            let details = with_details.then_some(span_memory(&mut memory.side_panel));
            trace::trace_ui(ui, scene, &mut memory.trace, details, &trace);
        }
        Place::Compare { runs, shown, tab } => {
            compare::compare_ui(ui, scene, &mut memory.compare, (&runs, shown.as_ref()), tab);
        }
        Place::CompareTraces(compared) => {
            compare_traces::compare_traces_ui(ui, scene, &mut memory.compare_traces, &compared);
        }
        Place::Search(search) => {
            if let Some(found) = search::search_ui(ui, scene, &mut memory.search, &search) {
                span_memory(&mut memory.side_panel).look_for(&found);
            }
        }
    }
}

/// Does what a command says, as long as it makes sense here.
fn run_command(ui: &Ui, scene: &mut Scene<'_>, memory: &mut Memory, command: Command) {
    if !command.can_run(scene) {
        return;
    }
    let zoom = scene.state.settings.zoom;
    match command {
        Command::Palette => {
            if !scene.state.shows_palette {
                memory.palette = PaletteMemory::opened(ui);
            }
            scene.act(Action::ShowPalette(!scene.state.shows_palette));
        }
        Command::Compare if moving::compare_picked(scene, memory) => {}
        Command::Compare => comparing::start(scene, run_at_cursor(scene, memory).as_ref()),
        Command::CompareWith => comparing::choose(scene, run_at_cursor(scene, memory).as_ref()),
        Command::Baseline => comparing::set_baseline(scene, run_at_cursor(scene, memory).as_ref()),
        Command::ProgramHistory => program_history::start(scene, run_at_cursor(scene, memory).as_ref()),
        Command::Back => scene.act(Action::Back),
        Command::Forward => scene.act(Action::Forward),
        Command::Up => scene.act(Action::Up),
        Command::Next => step(scene, memory, true),
        Command::Previous => step(scene, memory, false),
        Command::ToggleAdapters => scene.act(Action::ShowAdapters(!scene.state.settings.show_adapters)),
        Command::Filter if command::has_runs_filter(scene) => memory.experiment.focus_filter(scene),
        Command::Filter if scene.place().lists_examples() => focus_filter(scene, memory),
        Command::FilterTraces => focus_filter(scene, memory),
        // Who looks at traces looks for what they say.
        Command::Filter if command::leads_to_search(scene) => search::start(scene, &mut memory.search),
        Command::SearchText => search::start(scene, &mut memory.search),
        Command::Filter => {
            memory.tree.focus_filter = true;
            if scene.state.settings.hides_tree {
                scene.act(Action::HideTree(false));
            }
        }
        Command::ToggleTree => scene.act(Action::HideTree(!scene.state.settings.hides_tree)),
        Command::TogglePanel => side_panel::toggle(scene, &memory.side_panel),
        Command::CopyLink => scene.act(Action::CopyLink),
        Command::OpenStore => scene.act(Action::ChooseStore),
        Command::OpenSample => scene.act(Action::OpenSample),
        Command::CloseStore => scene.act(Action::CloseStore),
        Command::ForgetStore => scene.act(Action::AskToForget(scene.state.store().cloned())),
        Command::CheckServer => scene.act(Action::ShowServer(!scene.state.shows_server)),
        Command::SignIn => scene.act(Action::AskToSignIn(!scene.state.asks_to_sign_in)),
        Command::ArtifactsFolder => scene.act(Action::AskForArtifacts(!scene.state.asks_for_artifacts)),
        Command::Reveal => scene.act(Action::Reveal(!scene.state.is_revealed)),
        Command::ShowWarnings => scene.act(Action::ShowWarnings(!scene.state.shows_warnings)),
        Command::ZoomIn => scene.act(Action::Zoom(zoom + 0.1)),
        Command::ZoomOut => scene.act(Action::Zoom(zoom - 0.1)),
        Command::ZoomReset => scene.act(Action::Zoom(1.0)),
        Command::ToggleTheme => scene.act(Action::Theme(other_theme(ui))),
        Command::Refresh => scene.act(Action::Refresh),
        Command::Leave => {
            if scene.state.asks_to_forget.is_some() {
                scene.act(Action::AskToForget(None));
            } else if scene.state.asks_for_artifacts {
                scene.act(Action::AskForArtifacts(false));
            } else if scene.state.asks_to_sign_in {
                scene.act(Action::AskToSignIn(false));
            } else if scene.state.shows_server {
                scene.act(Action::ShowServer(false));
            } else if scene.state.shows_keys {
                scene.act(Action::ShowKeys(false));
            } else if scene.state.shows_warnings {
                scene.act(Action::ShowWarnings(false));
            } else if matches!(scene.place(), Place::Search(_)) && memory.search.stop()
                || !ui.ctx().text_edit_focused() && unpick(scene, memory)
            {
            } else if ui.memory(|memory| memory.focused().is_some()) || !side_panel::give_way(scene, &memory.side_panel)
            {
                leave_focus(ui);
            }
        }
        Command::Spans(one) => trace::run_command(scene, &mut memory.trace, span_memory(&mut memory.side_panel), one),
        Command::Labels(command) => super::labels::run(ui, scene, command),
        Command::ShowKeys => scene.act(Action::ShowKeys(!scene.state.shows_keys)),
    }
}

/// No trace of the list on screen is selected any more; says whether any was.
fn unpick(scene: &Scene<'_>, memory: &mut Memory) -> bool {
    let scope = scene.place().scope();
    scene.place().lists_traces() && (memory.experiment.unpick(&scope) || memory.run.unpick(&scope))
}

/// Nothing has the keyboard any more.
fn leave_focus(ui: &Ui) {
    ui.memory_mut(|memory| {
        if let Some(id) = memory.focused() {
            memory.surrender_focus(id);
        }
    });
}

/// The run on which the keyboard stands: in the tree, else among the candidates of an optimization.
fn run_at_cursor(scene: &Scene<'_>, memory: &Memory) -> Option<RunId> {
    memory.tree.run_at_cursor().cloned().or_else(|| memory.run.candidate_at_cursor(scene))
}

/// The theme that is not shown now.
pub(super) fn other_theme(ui: &Ui) -> ThemeChoice {
    if Tokens::of(ui).is_dark { ThemeChoice::Light } else { ThemeChoice::Dark }
}
