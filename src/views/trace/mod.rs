//! A trace: its spans as a tree with a waterfall beside it.

mod about;
mod header;
mod rows;
mod spans;

use std::sync::Arc;

use egui::Ui;

use super::command::Command;
use super::details::{DetailsMemory, details_ui};
use super::parts::place_frame;
use super::parts::slot_ui;
use super::scene::Scene;
use super::scroll::NotedScroll;
use crate::loader::{Lane, NoSpans, TracePlace, TraceTree};
use crate::model::TraceId;
use crate::query::{TracePlaceOf, TraceTreeOf};
use crate::state::{Action, Place};
use crate::widgets::empty::empty_ui;
use crate::widgets::scroll::RowScroll;
use crate::widgets::tabs;
use crate::widgets::tokens::size;
use crate::words;
use rows::SpanLines;

/// What the page remembers.
#[derive(Default)]
pub(super) struct TraceMemory {
    scroll: RowScroll,
    noted: NotedScroll,
    made_of: Option<(Arc<Option<TraceTree>>, u64, bool)>,
    lines: SpanLines,
    /// What is told about the trace itself, of the same answer.
    about: Vec<about::Row>,
    total: usize,
    /// Where this trace stands in its list.
    place: Option<Arc<TracePlace>>,
    trace: Option<TraceId>,
    /// The spans are to get the keyboard.
    pub wants_focus: bool,
    shows_details: bool,
    /// Tags, metadata and assessments are shown.
    shows_about: bool,
}

impl TraceMemory {
    /// `13 of 31 spans shown, 18 adapters folded`.
    pub fn shown(&self) -> Option<String> {
        self.trace.as_ref()?;
        let (shown, total) = (self.lines.lines.len(), self.total);
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
        Some(format!("{} of {} shown{folded}{doubled}", words::count(shown as u64), words::counted(total, "span")))
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
            ..TraceMemory::default()
        };
    }
    let scope = scene.place().scope();
    let place = scene.loader.ask(&TracePlaceOf { scope, trace: id.clone() }, Lane::Prefetch);
    memory.place = place.value().and_then(|place| place.as_ref().clone()).map(Arc::new);
    let slot = scene.loader.ask(&TraceTreeOf(id.clone()), Lane::Selection);
    place_frame().show(ui, |ui| {
        let Some(answer) = slot_ui(ui, scene, &slot, "The trace", size::ROW) else { return };
        let Some(tree) = answer.as_ref() else {
            empty_ui(ui, &format!("This store has no trace {id}; it may have been deleted"), "");
            return;
        };
        make_rows(scene, memory, answer, tree);
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
            _ if tree.spans.is_empty() => no_spans_ui(ui, scene, tree.no_spans.as_ref()),
            _ => spans::spans_ui(ui, scene, memory, tree),
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
    let is_same = memory.made_of.as_ref().is_some_and(|(old, version, adapters)| {
        Arc::ptr_eq(old, answer) && *version == folds.version() && *adapters == with_adapters
    });
    if !is_same {
        memory.lines = rows::rows(tree, folds, with_adapters);
        memory.total = tree.spans.len();
        memory.about = about::rows(&tree.head);
        memory.made_of = Some((Arc::clone(answer), folds.version(), with_adapters));
    }
}

/// Goes to the next or the previous trace of the list that this one is in.
pub(super) fn step(scene: &mut Scene<'_>, memory: &mut TraceMemory, forward: bool) {
    let Place::Trace { experiment, run, detail, .. } = scene.place().clone() else { return };
    let Some(place) = &memory.place else { return };
    let target = if forward { place.next.clone() } else { place.previous.clone() };
    if let Some(trace) = target {
        scene.go(Place::Trace { experiment, run, trace, span: None, detail });
    }
}
