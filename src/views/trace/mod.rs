//! A trace: its spans as a tree with a waterfall beside it.

mod about;
mod beside;
mod chips;
mod compare_with;
mod cost;
mod find;
mod flags;
mod header;
mod rows;
mod span_row;
mod spans;
mod texts;
mod time;
mod walk;

use std::sync::Arc;

use egui::Ui;

use super::command::{Command, SpanCommand};
use super::details::{DetailsMemory, details_ui};
use super::parts::place_frame;
use super::parts::slot_ui;
use super::scene::Scene;
use super::scroll::NotedScroll;
use super::spans::{find_span, span_ref};
use crate::analysis::adapters::is_adapter;
use crate::loader::{Lane, NoSpans, TracePlace, TraceSort, TraceTree};
use crate::model::TraceId;
use crate::query::{FilteredTracesOf, TracePlaceBySessionOf, TracePlaceOf, TraceTreeOf};
use crate::state::{Action, Place, SpanChoice, SpanRef, TraceListing};
use crate::widgets::empty::empty_ui;
use crate::widgets::scroll::RowScroll;
use crate::widgets::tabs;
use crate::widgets::tokens::size;
use crate::words;
use beside::BesideMemory;
use find::FindInside;
use rows::SpanLines;

/// What the page remembers.
#[derive(Default)]
pub(super) struct TraceMemory {
    scroll: RowScroll,
    noted: NotedScroll,
    made_of: Option<MadeOf>,
    lines: SpanLines,
    /// The span that is looked at, as the page was when it was looked up, and its place.
    focus: Option<Focus>,
    /// The keyboard stands on a run of siblings: its first.
    run_at_cursor: Option<usize>,
    /// In so many frames the row of the focused span is scrolled to: in the second one it is unfolded.
    reveals: u8,
    find: FindInside,
    /// The time at the pointer, nanoseconds.
    pointer_ns: Option<i64>,
    /// What is told about the trace itself, of the same answer.
    about: Vec<about::Row>,
    total: usize,
    /// Where this trace stands in its list.
    place: Option<Arc<TracePlace>>,
    /// How wide it is on screen.
    place_width: f32,
    trace: Option<TraceId>,
    /// The spans are to get the keyboard.
    pub wants_focus: bool,
    shows_details: bool,
    /// Tags, metadata and assessments are shown.
    shows_about: bool,
    /// What the trace is about.
    beside: BesideMemory,
    /// What went wrong in it.
    flags: flags::FlagsMemory,
}

/// What the rows were made of.
#[derive(Clone)]
struct MadeOf {
    tree: Arc<Option<TraceTree>>,
    folds: u64,
    with_adapters: bool,
    kept: Option<usize>,
}

/// A span that is looked at.
struct Focus {
    tree: Arc<Option<TraceTree>>,
    wanted: Option<SpanRef>,
    ordinal: Option<usize>,
}

impl TraceMemory {
    /// The place of the span that is looked at.
    fn focused(&self) -> Option<usize> {
        self.focus.as_ref()?.ordinal
    }

    /// `13 of 31 spans shown, 18 adapters folded`.
    pub fn shown(&self) -> Option<String> {
        self.trace.as_ref()?;
        let (shown, total) = (self.lines.spans, self.total);
        // Spans that cannot be read are not none; the place itself says what is with them.
        if total == 0 {
            return None;
        }
        let folded = match self.lines.folded_adapters {
            0 => String::new(),
            1 => ", 1 adapter folded".to_owned(),
            more => format!(", {} adapters folded", words::count(more as u64)),
        };
        let doubled = match self.lines.doubled {
            0 => String::new(),
            more => format!(", {} doubled", words::count(more as u64)),
        };
        let alike = match self.lines.folded_alike {
            0 => String::new(),
            more => format!(", {} alike folded", words::count(more as u64)),
        };
        Some(format!(
            "{} of {} shown{folded}{doubled}{alike}",
            words::count(shown as u64),
            words::counted(total, "span")
        ))
    }
}

/// Draws the page. `details`: where the window is narrow, the details stand here as a second tab.
pub(super) fn trace_ui(
    ui: &mut Ui,
    scene: &mut Scene<'_>,
    memory: &mut TraceMemory,
    details: Option<&mut DetailsMemory>,
    id: &TraceId,
) {
    if memory.trace.as_ref() != Some(id) {
        *memory = TraceMemory {
            trace: Some(id.clone()),
            // Who came with the keyboard, or by a click in a list, goes on with the arrows.
            wants_focus: ui.memory(|memory| memory.focused().is_some()),
            shows_details: memory.shows_details,
            shows_about: memory.shows_about,
            beside: memory.beside.emptied(),
            ..TraceMemory::default()
        };
    }
    let TraceListing { filter, sort, .. } = scene.state.history().listing().cloned().unwrap_or_default();
    let list = FilteredTracesOf { scope: scene.place().scope(), filter, sort };
    let is_by_session = scene.state.settings.by_session && list.sort == TraceSort::default();
    let place = TracePlaceOf { list, trace: id.clone() };
    // As the list stands on screen.
    let place = match is_by_session {
        true => scene.loader.ask(&TracePlaceBySessionOf(place), Lane::Prefetch),
        false => scene.loader.ask(&place, Lane::Prefetch),
    };
    memory.place = place.value().and_then(|place| place.as_ref().clone()).map(Arc::new);
    let slot = scene.loader.ask(&TraceTreeOf(id.clone()), Lane::Selection);
    place_frame().show(ui, |ui| {
        let Some(answer) = slot_ui(ui, scene, &slot, "The trace", size::ROW) else { return };
        let Some(tree) = answer.as_ref() else {
            empty_ui(ui, &format!("This store has no trace {id}; it may have been deleted"), "");
            return;
        };
        look_up_focus(scene, memory, answer, tree);
        make_rows(scene, memory, answer, tree);
        let focused = memory.focused();
        memory.find.follow(scene, id, tree, focused);
        header::header_ui(ui, scene, memory, tree);
        if details.is_some() {
            let titles = [tabs::Tab::new("Spans"), tabs::Tab::new("Details")];
            let shown = usize::from(memory.shows_details);
            if let Some(chosen) = tabs::show(ui, "trace tabs", "Trace", &titles, shown) {
                memory.shows_details = chosen == 1;
            }
            ui.add_space(size::GAP_XS);
        }
        match details {
            Some(details) if memory.shows_details => details_ui(ui, scene, details),
            _ => beside::with_beside_ui(ui, scene, memory, tree, |ui, scene, memory| match tree.spans.is_empty() {
                true => no_spans_ui(ui, scene, tree.no_spans.as_ref()),
                false => spans::spans_ui(ui, scene, memory, tree),
            }),
        }
    });
}

fn no_spans_ui(ui: &mut Ui, scene: &mut Scene<'_>, why: Option<&NoSpans>) {
    let sentence = why.map_or_else(|| "No spans are stored for this trace".to_owned(), NoSpans::sentence);
    let action = if why.is_some_and(NoSpans::can_be_named) { Command::ArtifactsFolder.text() } else { "" };
    if empty_ui(ui, &sentence, action) {
        scene.act(Action::AskForArtifacts(true));
    }
}

fn make_rows(scene: &Scene<'_>, memory: &mut TraceMemory, answer: &Arc<Option<TraceTree>>, tree: &TraceTree) {
    let folds = &scene.state.page().folds;
    let with_adapters = scene.state.settings.show_adapters;
    let kept = memory.focused().filter(|at| tree.spans.get(*at).is_some_and(is_adapter));
    let is_same = memory.made_of.as_ref().is_some_and(|made| {
        Arc::ptr_eq(&made.tree, answer)
            && (made.folds, made.with_adapters, made.kept) == (folds.version(), with_adapters, kept)
    });
    if !is_same {
        memory.lines.make(tree, folds, with_adapters, kept);
        memory.total = tree.spans.len();
        memory.about = about::rows(&tree.head);
        memory.made_of = Some(MadeOf { tree: Arc::clone(answer), folds: folds.version(), with_adapters, kept });
    }
}

/// Looks up the span that is looked at; one that was just gone to is unfolded and scrolled to.
fn look_up_focus(scene: &mut Scene<'_>, memory: &mut TraceMemory, answer: &Arc<Option<TraceTree>>, tree: &TraceTree) {
    let wanted = if let Place::Trace { span, .. } = scene.place() { span.clone() } else { None };
    let before = memory.focus.take();
    if before.as_ref().is_some_and(|one| Arc::ptr_eq(&one.tree, answer) && one.wanted == wanted) {
        memory.focus = before;
        return;
    }
    let is_new = before.as_ref().is_none_or(|one| one.wanted != wanted);
    let ordinal = match &wanted {
        Some(span) => find_span(tree, span).or_else(|| (!tree.spans.is_empty()).then_some(0)),
        None => {
            let nodes = &tree.outline.forest.nodes;
            let first = (0..nodes.len()).find(|at| !rows::is_out(tree, *at, scene.state.settings.show_adapters));
            nodes.get(first.unwrap_or(0)).map(|node| node.item)
        }
    };
    if is_new {
        memory.run_at_cursor = None;
        // Who comes back finds the list as it was scrolled.
        let is_wanted = before.is_some() || wanted.is_some() && scene.state.scroll(spans::LIST).is_none();
        memory.reveals = if is_wanted { 2 } else { 0 };
    }
    if let Some(ordinal) = ordinal.filter(|_| is_new && wanted.is_some()) {
        let page = scene.state.page();
        let hiding = rows::hiding(tree, &page.folds, scene.state.settings.show_adapters, ordinal);
        for (key, is_in) in hiding {
            scene.act(Action::Fold(vec![key], is_in));
        }
    }
    memory.focus = Some(Focus { tree: Arc::clone(answer), wanted, ordinal });
}

/// Does what a command of the spans says; what the details answer, they are given.
pub(super) fn run_command(
    scene: &mut Scene<'_>,
    memory: &mut TraceMemory,
    details: &mut DetailsMemory,
    command: SpanCommand,
) {
    if command.is_of_details() {
        // Where they are a tab, it has to be on screen.
        memory.shows_details = true;
        if let Place::Trace { trace, .. } = scene.place() {
            details.press(trace.clone(), command);
        }
    } else {
        walk_or_look(scene, memory, command);
    }
}

fn walk_or_look(scene: &mut Scene<'_>, memory: &mut TraceMemory, command: SpanCommand) {
    match command {
        SpanCommand::Find => {
            memory.find.wants_focus = true;
            memory.shows_details = false;
        }
        SpanCommand::NextTurn => beside::turn(scene, &memory.beside, true),
        SpanCommand::PreviousTurn => beside::turn(scene, &memory.beside, false),
        SpanCommand::Critical => {
            let choice = scene.state.page().spans.clone();
            let shows_critical = !choice.shows_critical;
            scene.act(Action::ArrangeSpans(SpanChoice { shows_critical, ..choice }));
        }
        _ => {
            let Some(made) = memory.made_of.clone() else { return };
            let Some(tree) = made.tree.as_ref() else { return };
            let focused = memory.focused();
            time::run(scene, memory, tree, focused, command);
            let with_adapters = scene.state.settings.show_adapters;
            let to = focused.and_then(|from| walk::target(tree, from, command, with_adapters));
            if let Some(to) = to {
                memory.run_at_cursor = None;
                scene.act(Action::FocusSpan(span_ref(tree, to)));
            }
        }
    }
}

/// Goes to the next or the previous trace of the list that this one is in.
pub(super) fn step(scene: &mut Scene<'_>, memory: &mut TraceMemory, forward: bool) {
    let Place::Trace { experiment, run, detail, .. } = scene.place().clone() else { return };
    let Some(place) = &memory.place else { return };
    let target = if forward { place.next.clone() } else { place.previous.clone() };
    if let Some(trace) = target {
        let place = Place::Trace { experiment, run, trace, span: None, detail };
        scene.act(match scene.state.history().listing().cloned() {
            Some(listing) => Action::GoInList(place, listing),
            None => Action::Go(place),
        });
    }
}
