//! What a trace is about, told below its spans: a line with its score, its program, its turn in a session and what
//! became of the same example elsewhere, and what was expected and answered under it.
//!
//! Nothing of it is asked before the figures of the spans are there. It stands at the bottom, so that the tree does not
//! move when it comes.

mod answer;
mod assessed;
mod line;
mod others;

use std::sync::Arc;

use egui::{Frame, Label, Margin, Rect, Response, RichText, ScrollArea, Ui, UiBuilder};

use crate::analysis::cost::CostSum;
use crate::loader::{Lane, TraceTree};
use crate::model::TraceId;
use crate::query::{
    ProgramOfTrace, SameExample, SameExampleOf, SessionCostOf, SessionTurn, SessionTurnOf, TraceAnswer, TraceAnswerOf,
    TraceExample, TraceExampleOf, TraceFiguresOf, TraceProgram,
};
use crate::state::Place;
use crate::views::example_trace::WantedTrace;
use crate::views::scene::Scene;
use crate::widgets::tokens::size::{self, Type};
use crate::widgets::tokens::{Tokens, Tone};

/// It takes at most this part of the height that it shares with the spans.
const SHARE: f32 = 0.5;
/// Where there is less height, only its line is shown until somebody wants more.
const UNFOLDED_FROM: f32 = 420.0;
/// Everything that is looked at goes first: it may need the tables of all evaluations and the traces of a run.
const BEHIND: Lane = Lane::Prefetch;
/// It is never lower than its line.
const LINE: f32 = size::CONTROL + 13.0;

/// What is remembered of it.
#[derive(Default)]
pub(super) struct BesideMemory {
    trace: Option<TraceId>,
    /// What is below the line is shown; with none, if there is room.
    is_open: Option<bool>,
    /// The other evaluations are listed.
    lists_others: bool,
    /// How high it was in the last frame.
    height: f32,
    /// All is known, and there is nothing to tell.
    is_silent: bool,
    answer: answer::AnswerMemory,
    wanted: WantedTrace,
    /// The session's traces beside this one, once they are known.
    turn: Option<SessionTurn>,
    /// What the session cost.
    session_cost: Option<Arc<Option<CostSum>>>,
    told: Told,
}

/// What is known by now; what was known stays while it is asked anew.
#[derive(Default)]
struct Told {
    example: Option<Arc<Option<TraceExample>>>,
    answer: Option<Arc<TraceAnswer>>,
    program: Option<Arc<Option<TraceProgram>>>,
    same: Option<Arc<Option<SameExample>>>,
}

impl Told {
    fn example(&self) -> Option<&TraceExample> {
        self.example.as_deref()?.as_ref()
    }

    fn program(&self) -> Option<&TraceProgram> {
        self.program.as_deref()?.as_ref()
    }

    fn same(&self) -> Option<&SameExample> {
        self.same.as_deref()?.as_ref()
    }

    /// Whether anything stands below the line, or may.
    fn has_below(&self, tree: &TraceTree) -> bool {
        !tree.head.assessments.is_empty()
            || self.answer.as_ref().is_none_or(|answer| !answer.expected.is_empty())
            || self.example().is_some_and(|example| !example.feedback.is_empty())
    }

    /// All is known, and there is nothing to tell but a turn of a session.
    fn is_silent(&self, tree: &TraceTree) -> bool {
        let is_known = self.example.is_some() && self.program.is_some() || tree.head.row.run_id.is_none();
        is_known && self.example().is_none() && self.program().is_none() && !self.has_below(tree)
    }
}

impl BesideMemory {
    /// How another trace is shown that takes the place of this one.
    pub fn emptied(&self) -> Self {
        Self { is_open: self.is_open, lists_others: self.lists_others, height: self.height, ..Self::default() }
    }
}

/// Draws the spans and, below them, what the trace is about, if it is about anything.
pub(super) fn with_beside_ui(
    ui: &mut Ui,
    scene: &mut Scene<'_>,
    memory: &mut super::TraceMemory,
    tree: &TraceTree,
    spans_ui: impl FnOnce(&mut Ui, &mut Scene<'_>, &mut super::TraceMemory),
) {
    let may_tell =
        tree.head.row.run_id.is_some() || tree.head.row.session.is_some() || !tree.head.assessments.is_empty();
    if !may_tell {
        return spans_ui(ui, scene, memory);
    }
    let area = ui.available_rect_before_wrap();
    let most = (area.height() * SHARE).max(LINE);
    let is_silent = memory.beside.is_silent && memory.beside.trace.as_ref() == Some(&tree.head.row.id);
    let height = if is_silent { 0.0 } else { memory.beside.height.clamp(LINE, most) };
    let edge = area.bottom() - height;
    ui.scope_builder(UiBuilder::new().max_rect(area.with_max_y(edge)), |ui| spans_ui(ui, scene, memory));
    // As much room as it may take: what it needs is known once it was laid out.
    let below = Rect::from_min_size(egui::pos2(area.left(), edge), egui::vec2(area.width(), most));
    ui.scope_builder(UiBuilder::new().max_rect(below), |ui| {
        beside_ui(ui, scene, memory, tree, Room { shared: area.height(), most })
    });
}

/// The height that there is: all of what it shares with the spans, and how much of it it may take.
#[derive(Clone, Copy)]
struct Room {
    shared: f32,
    most: f32,
}

fn beside_ui(ui: &mut Ui, scene: &mut Scene<'_>, memory: &mut super::TraceMemory, tree: &TraceTree, room: Room) {
    let own = &mut memory.beside;
    if own.trace.as_ref() != Some(&tree.head.row.id) {
        *own = BesideMemory { trace: Some(tree.head.row.id.clone()), ..own.emptied() };
    }
    let is_open = own.is_open.unwrap_or(room.shared >= UNFOLDED_FROM);
    ask(scene, own, tree, is_open);
    let is_silent = own.told.is_silent(tree) && own.turn.is_none();
    if own.is_silent != is_silent {
        own.is_silent = is_silent;
        ui.ctx().request_repaint();
    }
    if is_silent {
        return;
    }
    own.wanted.follow(scene);
    let tokens = Tokens::of(ui);
    let top = ui.max_rect().top();
    let rule =
        Rect::everything_left_of(ui.max_rect().right() + size::GAP_L).with_min_x(ui.max_rect().left() - size::GAP_L);
    ui.painter().hline(rule.x_range(), top, (size::RULE, tokens.line));
    let used = Frame::new().inner_margin(Margin { left: 0, right: 0, top: 6, bottom: 6 }).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = size::GAP_XS;
        line::line_ui(ui, scene, own, tree, is_open);
        if is_open || own.lists_others {
            let left = room.most - (ui.cursor().top() - top) - 6.0;
            let id = ("beside", tree.head.row.id.as_str());
            ScrollArea::vertical().id_salt(id).max_height(left.max(0.0)).auto_shrink([false, true]).show(ui, |ui| {
                ui.spacing_mut().item_spacing.y = size::GAP_XS;
                if is_open {
                    answer::answer_ui(ui, scene, own);
                    assessed::assessed_ui(ui, tree, own.told.example());
                }
                if own.lists_others {
                    others::others_ui(ui, scene, own, tree);
                }
            });
        }
    });
    let height = used.response.rect.height().ceil();
    if own.height != height {
        own.height = height;
        ui.ctx().request_repaint();
    }
}

/// A fact in small letters, never broken: what has no room on the line stands on the next.
fn fact_ui(ui: &mut Ui, text: &str, tone: Tone) -> Response {
    let color = tone.color(Tokens::of(ui));
    ui.add(Label::new(RichText::new(text).font(Type::Small.font()).color(color)).extend())
}

/// Asks for what is shown, once the figures of the spans are there.
fn ask(scene: &mut Scene<'_>, own: &mut BesideMemory, tree: &TraceTree, is_open: bool) {
    let id = &tree.head.row.id;
    let figures = scene.loader.ask(&TraceFiguresOf(id.clone()), Lane::Visible);
    if figures.value().is_none() && figures.error().is_none() {
        return;
    }
    if tree.head.row.session.is_some() {
        let turn = scene.loader.ask(&SessionTurnOf(id.clone()), BEHIND);
        own.turn = turn.value().and_then(|turn| turn.as_ref().clone());
        if let Some(turn) = &own.turn {
            let asked = SessionCostOf(tree.head.row.experiment_id.clone(), Arc::clone(&turn.session));
            own.session_cost = scene.loader.ask(&asked, BEHIND).value().cloned();
        }
    }
    if is_open && let Some(answer) = scene.loader.ask(&TraceAnswerOf(id.clone()), BEHIND).value() {
        own.told.answer = Some(Arc::clone(answer));
    }
    if tree.head.row.run_id.is_none() {
        return;
    }
    if let Some(example) = scene.loader.ask(&TraceExampleOf(id.clone()), BEHIND).value() {
        own.told.example = Some(Arc::clone(example));
    }
    if let Some(program) = scene.loader.ask(&ProgramOfTrace(id.clone()), BEHIND).value() {
        own.told.program = Some(Arc::clone(program));
    }
    if own.told.example().is_some()
        && let Some(same) = scene.loader.ask(&SameExampleOf(id.clone()), BEHIND).value()
    {
        own.told.same = Some(Arc::clone(same));
    }
}

/// Goes to the next or the previous turn of the session.
pub(super) fn turn(scene: &mut Scene<'_>, memory: &BesideMemory, is_forward: bool) {
    let Some(turn) = &memory.turn else { return };
    let target = if is_forward { turn.next.clone() } else { turn.previous.clone() };
    if let Some(trace) = target {
        // It may be of another run.
        scene.go(Place::of_trace(scene.place().experiment().cloned(), None, trace));
    }
}
