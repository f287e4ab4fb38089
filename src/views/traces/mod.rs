//! A list of traces that never pages visibly: all handles, or those that are there, and lines as they come into view.

mod aggregates;
mod costs;
mod filter;
mod listing;
mod picked;
mod rows;
mod wanted;

use std::collections::HashMap;
use std::sync::Arc;

use egui::Ui;

use super::label_list::label_list_ui;
use super::parts::{search_button_ui, slot_ui};
use super::scene::Scene;
use super::scroll::{NotedRow, NotedScroll};
use super::step::stepped;
use crate::loader::{Lane, SessionGroup, TraceScope, TraceSort};
use crate::query::{FilteredSessionsOf, FilteredTracesOf};
use crate::state::{Action, FoldKey, Place};
use crate::store::{TraceHandle, TraceIndex};
use crate::widgets::chips::Chip;
use crate::widgets::empty::empty_ui;
use crate::widgets::section::text_ui;
use crate::widgets::table::{SelectionChange, Table, TableState};
use crate::widgets::tokens::Tone;
use crate::widgets::tokens::size::{self, Type};
use crate::words;
use aggregates::{AggregatesMemory, Counted, aggregates_ui};
use listing::{Line, Listing};
use picked::{ListedAs, PickedMemory};
use rows::BEFORE;
pub(super) use wanted::Chosen;
use wanted::WantedMemory;

/// Lines that are read beyond the visible ones, in both directions.
const AHEAD: usize = 30;

/// What the history calls this list.
const LIST: &str = "traces";

/// What a list remembers.
#[derive(Default)]
pub(super) struct TracesMemory {
    aggregates: AggregatesMemory,
    table: TableState,
    scroll: NotedScroll,
    row: NotedRow,
    /// The lines are to get the keyboard as soon as nothing else has it.
    wants_focus: bool,
    has_lines: bool,
    scope: Option<TraceScope>,
    /// The end of what is there is on screen, and more is to come.
    waits_for_more: bool,
    /// The next line is to get the keyboard, or the previous one.
    step: Option<bool>,
    /// The line the keyboard stands on; it stays with its trace when newer ones come.
    cursor: Option<Line>,
    /// The lines by session, and what they were made of.
    lines: Vec<Line>,
    made_of: Option<(Arc<Vec<SessionGroup>>, u64)>,
    /// Where each session stands among the groups.
    places: HashMap<Option<Arc<str>>, usize>,
    /// Which of the traces are listed.
    wanted: WantedMemory,
    /// Which of them are selected.
    picked: PickedMemory,
    /// What the lines on screen cost.
    costs: costs::CostsShown,
}

impl TracesMemory {
    /// The lines of this list get the keyboard, if it is on screen and has any.
    pub fn focus_rows(&mut self, scope: &TraceScope) -> bool {
        self.wants_focus = self.has_lines && self.scope.as_ref() == Some(scope);
        self.wants_focus
    }

    /// The filter gets the keyboard.
    pub fn focus_filter(&mut self) {
        self.wanted.filter.wants_focus = true;
    }

    /// No trace of this list is selected any more; says whether any was.
    pub fn unpick(&mut self, scope: &TraceScope) -> bool {
        let had_any = self.scope.as_ref() == Some(scope) && !self.picked.is_empty();
        if had_any {
            self.picked.clear();
        }
        had_any
    }

    /// Compares the traces of this list that are selected; says whether there are such.
    pub fn compare_picked(&mut self, scene: &mut Scene<'_>, scope: &TraceScope) -> bool {
        self.scope.as_ref() == Some(scope) && self.picked.compare(scene)
    }

    /// Goes to the next or the previous line.
    pub fn step(&mut self, is_forward: bool) {
        self.step = Some(is_forward);
    }
}

pub(super) fn traces_ui(
    ui: &mut Ui,
    scene: &mut Scene<'_>,
    memory: &mut TracesMemory,
    scope: &TraceScope,
    chosen: Chosen,
) {
    if memory.scope.as_ref() != Some(scope) {
        *memory = TracesMemory { scope: Some(scope.clone()), ..TracesMemory::default() };
    }
    let sort = wanted::restore(scene, &mut memory.wanted, chosen);
    let behind = if memory.waits_for_more { Lane::Visible } else { Lane::Prefetch };
    let slot = scene.loader.trace_index_on(scope, Lane::Selection, behind);
    let Some(all) = slot_ui(ui, scene, &slot, "The traces", size::TABLE_ROW) else { return };
    // The first pages may be empty, and nobody knows whether the last one will be.
    if all.handles.is_empty() && !all.total.is_zero() {
        return;
    }
    if all.handles.is_empty() {
        memory.has_lines = false;
        let sentence = "No traces; they appear when a DSPy program runs with mlflow.dspy.autolog()";
        empty_ui(ui, sentence, "");
        return;
    }
    let mut labelled = None;
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.y = size::GAP_XS;
        // In their place, so that nothing below moves.
        if !memory.picked.is_empty() && aggregates::chosen(scene).is_none() {
            return memory.picked.bar_ui(ui);
        }
        aggregates::switch_ui(ui, scene);
        wanted::evaluations_ui(ui, scene, scope);
        ui.add_space(size::GAP_S);
        search_button_ui(ui, scene);
        labelled = label_list_ui(ui, scene);
    });
    if let Some(text) = labelled {
        wanted::choose(scene, &mut memory.wanted, text, &sort);
    }
    memory.picked.poll(scene);
    ui.add_space(size::GAP_XS);
    let listed = wanted::listed(ui, scene, &mut memory.wanted, wanted::Whole { scope, all }, &sort);
    if let Some(by) = aggregates::chosen(scene) {
        memory.has_lines = false;
        let wanted = Counted { scope: scope.clone(), filter: memory.wanted.filter.filter.clone(), by };
        if let Some(more) = aggregates_ui(ui, scene, &mut memory.aggregates, wanted) {
            let text = memory.wanted.filter.and(&more);
            scene.act(Action::ShowAggregates(None));
            wanted::choose(scene, &mut memory.wanted, text, &sort);
        }
        return;
    }
    let index = listed;
    memory.has_lines = !index.handles.is_empty();
    if index.handles.is_empty() {
        if empty_ui(ui, "No trace passes this filter", "Clear the filter") {
            wanted::choose(scene, &mut memory.wanted, String::new(), &sort);
        }
        return;
    }
    let groups = if sort == TraceSort::default() { by_session(ui, scene, memory, scope) } else { None };
    let listing = match groups {
        Some(_) => Listing::BySession(&memory.lines),
        None => Listing::Plain(&index.handles),
    };
    let now = listed_as(&index, groups.as_ref().and(memory.made_of.clone()));
    memory.picked.follow(&listing, now, index.has_more());
    let columns = rows::columns(wanted::mark(&sort).filter(|_| sort != TraceSort::default()));
    let clock = scene.clock;
    if let Some(row) = memory.row.restore(scene, LIST) {
        memory.cursor = row.as_deref().and_then(Line::parse);
        // Who comes back goes on with the keys where they were.
        memory.wants_focus = memory.cursor.is_some();
    }
    // A step goes on with the keys of the rows, if nothing else has them.
    memory.wants_focus |= memory.step.is_some();
    let gets_focus = memory.wants_focus && ui.memory(|memory| memory.focused().is_none());
    memory.wants_focus &= !gets_focus;
    let selected = memory.cursor.as_ref().and_then(|cursor| listing.position(cursor));
    let stepped = memory.step.take().and_then(|is_forward| stepped(selected, listing.len(), is_forward));
    memory.scroll.restore(scene, LIST, &mut memory.table.scroll);
    let wanted_scroll = memory.table.scroll;
    let loader = &*scene.loader;
    let table = Table::new("traces", "Traces", &columns, listing.len())
        .sort(wanted::mark(&sort))
        .selected(selected)
        .selection(memory.picked.rows())
        .reveal(stepped)
        .focus(gets_focus);
    let (folds, places) = (&scene.state.page().folds, &memory.places);
    let events =
        table.show(ui, &mut memory.table, |row, column| match (listing.get(row), column.saturating_sub(BEFORE)) {
            (Some(Line::Session(id)), rows::COST) => memory.costs.session_cell(id.as_ref()),
            (Some(Line::Session(id)), column) => {
                let group = groups.as_ref().zip(places.get(&id)).and_then(|(groups, at)| groups.get(*at));
                let newest = group.and_then(|group| loader.trace_row(*group.traces.first()?));
                let traces = group.map_or(0, |group| group.traces.len());
                let newest = newest.map(|row| &**row);
                let is_open = !folds.has(&FoldKey::Session(id.clone()));
                rows::session_cell((id.as_deref(), traces), is_open, newest, column, clock)
            }
            (Some(Line::Trace(handle)), rows::COST) => memory.costs.cell(handle),
            (Some(Line::Trace(handle)), column) => match loader.trace_row(handle) {
                Some(line) if groups.is_some() => rows::cell_in_session(line, column, clock),
                Some(line) => rows::cell(line, column, clock),
                None => rows::waiting(column),
            },
            (None, column) => rows::waiting(column),
        });
    let visible = &events.visible;
    let from = visible.start.saturating_sub(AHEAD);
    let to = (visible.end + AHEAD).min(listing.len());
    let wanted = listing.handles(from.min(to)..to);
    let line_at = |at: Option<usize>| at.and_then(|at| listing.get(at));
    let moved_to = line_at(events.selected.or(stepped));
    // With Ctrl or Shift a click selects.
    let clicked = events.cell.filter(|_| matches!(events.select, Some(SelectionChange::Only(_)))).map(|(row, _)| row);
    let is_plain = ui.input(|input| input.modifiers.is_none());
    let opened = line_at(events.opened.filter(|_| is_plain).or(clicked));
    let fold = line_at(events.folded);
    scene.loader.want_trace_rows(&wanted, Lane::Visible);
    if !events.given_up.contains(&(BEFORE + rows::COST)) {
        memory.costs.want(scene, &listing.handles(costs::blocks(visible, listing.len())));
    }
    if let Some(groups) = &groups {
        let heads = visible.clone().filter_map(|at| match listing.get(at) {
            Some(Line::Session(id)) => groups.get(*memory.places.get(&id)?),
            _ => None,
        });
        memory.costs.want_sessions(scene, heads);
    }
    memory.waits_for_more = index.has_more() && visible.end + AHEAD >= listing.len();
    // The row that was at the top may be among those that are still to come.
    let is_at_end = visible.end >= listing.len() && memory.table.scroll.top < wanted_scroll.top;
    if index.has_more() && is_at_end && matches!(listing, Listing::Plain(_)) {
        memory.table.scroll = wanted_scroll;
    } else {
        memory.scroll.note(scene, LIST, memory.table.scroll);
    }
    let sorted_by = events.sort;
    if let Some(change) = events.select {
        memory.picked.change(change, selected, &listing);
    }
    if events.copy {
        memory.picked.copy();
    }
    if let Some(line) = moved_to {
        scene.act(Action::Selected(LIST, line.to_text()));
        memory.cursor = Some(line);
    }
    match (fold, opened) {
        (Some(Line::Session(id)), _) | (None, Some(Line::Session(id))) => {
            let key = FoldKey::Session(id);
            let is_folded = scene.state.page().folds.has(&key);
            scene.act(Action::Fold(vec![key], !is_folded));
        }
        (_, Some(Line::Trace(handle))) => open(scene, &memory.wanted, &sort, handle),
        _ => {}
    }
    if let Some(sort) = sorted_by.and_then(|column| wanted::sorted_by(&sort, column)) {
        let text = memory.wanted.filter.text.clone();
        wanted::choose(scene, &mut memory.wanted, text, &sort);
    }
}

/// The list as it stands now.
fn listed_as(index: &TraceIndex, groups: Option<(Arc<Vec<SessionGroup>>, u64)>) -> ListedAs {
    ListedAs { traces: Arc::clone(&index.handles), groups }
}

/// Goes to a trace; those beside it are those of this list.
fn open(scene: &mut Scene<'_>, wanted: &WantedMemory, sort: &TraceSort, handle: TraceHandle) {
    let Some(trace) = scene.loader.trace_row(handle).map(|line| line.id.clone()) else { return };
    let place = scene.place();
    let (experiment, run) = (place.experiment().cloned(), place.run().cloned());
    scene.act(Action::GoInList(Place::of_trace(experiment, run, trace), wanted::listing(wanted, sort)));
}

/// The sessions, if the list has some and is to be shown by them; a switch where it has some.
fn by_session(
    ui: &mut Ui,
    scene: &mut Scene<'_>,
    memory: &mut TracesMemory,
    scope: &TraceScope,
) -> Option<Arc<Vec<SessionGroup>>> {
    let is_on = scene.state.settings.by_session;
    let lane = if is_on { Lane::Visible } else { Lane::Prefetch };
    let filter = memory.wanted.filter.filter.clone();
    let passing = FilteredTracesOf { filter, ..FilteredTracesOf::whole(scope.clone()) };
    let slot = scene.loader.ask(&FilteredSessionsOf(passing), lane);
    let groups = slot.value().filter(|groups| !groups.is_empty())?;
    let chip = Chip::toggle("By session", is_on);
    let tip = "The traces of a session stand together, the session of the newest trace first";
    if ui.add(chip).on_hover_text(tip).clicked() {
        scene.act(Action::GroupBySession(!is_on));
    }
    let sessions = groups.iter().filter(|group| group.id.is_some()).count() as u64;
    text_ui(ui, &words::counted(sessions, "session"), Type::Small, Tone::Muted);
    if !is_on {
        return None;
    }
    let folds = &scene.state.page().folds;
    let is_same = |(made_of, version): &(Arc<_>, u64)| Arc::ptr_eq(made_of, groups) && *version == folds.version();
    if !memory.made_of.as_ref().is_some_and(is_same) {
        memory.made_of = Some((Arc::clone(groups), folds.version()));
        memory.lines = listing::by_session(groups, folds);
        memory.places = groups.iter().enumerate().map(|(at, group)| (group.id.clone(), at)).collect();
    }
    Some(Arc::clone(groups))
}
