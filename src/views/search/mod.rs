//! Looking for text in the spans of a store, an experiment, a run or a trace: hits come while the search goes on.

mod found;
mod head;
mod list;

use std::time::{Duration, Instant};

use egui::Ui;

use super::body::Wanted;
use super::names::run_page;
use super::parts::place_frame;
use super::scene::Scene;
use super::scroll::{NotedRow, NotedScroll};
use crate::loader::{CountSoFar, Failure, Lane, SearchSoFar};
use crate::model::{PatternError, Reveal};
use crate::query::{Search, scope_of_page};
use crate::state::{Place, SearchPlace, SearchWithin};
use crate::store::SearchScope;
use crate::widgets::empty::empty_ui;
use crate::widgets::scroll::RowScroll;
use crate::widgets::tokens::size;
use crate::words;
use found::{Found, Row};

/// So many hits are listed at first, and so many more whenever more are asked for.
const LISTED: usize = 2_000;
/// What is typed is looked for once nothing more was typed for so long.
const TYPING: Duration = Duration::from_millis(200);

/// What the page remembers.
#[derive(Default)]
pub(super) struct SearchMemory {
    /// What stands in the field, and since when it is not what is looked for.
    typed: String,
    typed_since: Option<Instant>,
    /// The search on screen, with nothing typed since.
    shown: Option<SearchPlace>,
    /// The search made ready, and what it was made of.
    ready: Option<(Key, Result<Search, PatternError>)>,
    so_far: SearchSoFar,
    /// In how many spans it may be, once all hits are listed that are to be; `None` if that is not known.
    count: Option<CountSoFar>,
    found: Found,
    rows: Vec<Row>,
    rows_of: Option<(u64, usize, bool, u64)>,
    /// More hits than this are not asked for.
    most: usize,
    is_stopped: bool,
    /// How often it was begun anew.
    begun: u64,
    scroll: RowScroll,
    noted: NotedScroll,
    row: NotedRow,
    cursor: Option<Row>,
    step: Option<bool>,
    /// The field, or the rows, are to get the keyboard.
    wants_field: bool,
    wants_rows: bool,
}

/// What a search is made of; with anything else it begins anew.
#[derive(Clone, PartialEq)]
struct Key {
    search: SearchPlace,
    scope: SearchScope,
    begun: u64,
    reveal: Reveal,
}

impl SearchMemory {
    /// The field gets the keyboard.
    fn focus_field(&mut self) {
        self.wants_field = true;
    }

    /// The rows get the keyboard, as soon as nothing else has it.
    pub fn focus_rows(&mut self) {
        self.wants_rows = true;
    }

    /// Goes to the next or the previous row.
    pub fn step(&mut self, is_forward: bool) {
        self.step = Some(is_forward);
    }

    /// Ends a search that goes on; says whether there was one.
    pub fn stop(&mut self) -> bool {
        let goes_on = self.goes_on();
        self.is_stopped |= goes_on;
        goes_on
    }

    /// Whether it is being looked for, or counted.
    fn goes_on(&self) -> bool {
        let is_ready = matches!(&self.ready, Some((_, Ok(_))));
        let is_counting = || self.count.as_ref().is_some_and(|count| !count.is_complete);
        let is_wanted = if self.is_full() { is_counting() } else { !self.so_far.is_complete };
        is_ready && is_wanted && !self.is_stopped && self.failure().is_none()
    }

    /// Whether no more hits are listed, though there may be some.
    fn is_full(&self) -> bool {
        !self.so_far.is_complete && self.so_far.hits >= self.most
    }

    /// Why it cannot go on.
    fn failure(&self) -> Option<&Failure> {
        self.so_far.error.as_ref().or_else(|| self.count.as_ref()?.error.as_ref())
    }

    fn error(&self) -> Option<&PatternError> {
        match &self.ready {
            Some((_, Err(error))) if *error != PatternError::Empty => Some(error),
            _ => None,
        }
    }
}

/// Leads to the search: that of what is on screen, or its field.
pub(super) fn start(scene: &mut Scene<'_>, memory: &mut SearchMemory) {
    if !matches!(scene.place(), Place::Search(_)) {
        let search = scene.place().search();
        scene.go(Place::Search(search));
    }
    memory.focus_field();
}

/// Draws the page. Returns what is to be looked for in the span that was opened.
pub(super) fn search_ui(
    ui: &mut Ui,
    scene: &mut Scene<'_>,
    memory: &mut SearchMemory,
    search: &SearchPlace,
) -> Option<Wanted> {
    if memory.shown.as_ref() != Some(search) {
        // Gone to, by whichever way.
        if memory.shown.as_ref().is_none_or(|shown| shown.pattern.text != search.pattern.text) {
            memory.typed.clone_from(&search.pattern.text);
            memory.typed_since = None;
        }
        memory.wants_field |= search.pattern.text.is_empty();
        memory.shown = Some(search.clone());
    }
    ask(scene, memory, search);
    let mut opened = None;
    place_frame().show(ui, |ui| {
        head::head_ui(ui, scene, memory, search);
        ui.add_space(size::GAP_S);
        if memory.rows.is_empty() {
            nothing_ui(ui, scene, memory, search);
        } else {
            opened = list::list_ui(ui, scene, memory, search);
        }
    });
    opened
}

/// Asks for what was found, as long as more is wanted.
fn ask(scene: &mut Scene<'_>, memory: &mut SearchMemory, search: &SearchPlace) {
    let Some(scope) = scope_of(scene, search) else { return };
    let sought = SearchPlace { is_flat: false, ..search.clone() };
    let key = Key { search: sought, scope, begun: memory.begun, reveal: scene.loader.reveal() };
    if memory.ready.as_ref().is_none_or(|(known, _)| *known != key) {
        let mut made = Search::new(search.pattern.clone(), key.scope.clone());
        for _ in 0..memory.begun {
            made = made.map(Search::begun_anew);
        }
        memory.ready = Some((key, made));
        (memory.so_far, memory.count, memory.found, memory.rows_of) = Default::default();
        (memory.most, memory.is_stopped, memory.cursor, memory.scroll) = (LISTED, false, None, RowScroll::default());
    }
    if let Some((_, Ok(ready))) = &memory.ready
        && !memory.is_stopped
    {
        memory.so_far = scene.loader.search(ready, memory.most, Lane::Selection);
        memory.count = if memory.is_full() { scene.loader.count_behind(ready, &memory.so_far) } else { None };
    }
    memory.found.take(&memory.so_far, memory.most);
    let folds = &scene.state.page().folds;
    let rows_of = (memory.found.replaced, memory.found.len(), search.is_flat, folds.version());
    if memory.rows_of != Some(rows_of) {
        memory.rows = memory.found.rows(search.is_flat, folds);
        memory.rows_of = Some(rows_of);
    }
}

/// What is searched, once that is known. The traces of an optimization are recorded in its evaluations.
fn scope_of(scene: &mut Scene<'_>, search: &SearchPlace) -> Option<SearchScope> {
    Some(match (search.within(), &search.experiment, &search.run, &search.trace) {
        (SearchWithin::Trace, _, _, Some(trace)) => SearchScope::Trace(trace.clone()),
        (SearchWithin::Run, _, Some(run), _) => {
            let page = run_page(scene, run)?;
            scope_of_page(run, page.as_ref().as_ref())
        }
        (SearchWithin::Experiment, Some(experiment), _, _) => {
            SearchScope::Traces { experiment: Some(experiment.clone()), run: None }
        }
        _ => SearchScope::Store,
    })
}

/// There is no hit: what would stand here, or why nothing does.
fn nothing_ui(ui: &mut Ui, scene: &mut Scene<'_>, memory: &mut SearchMemory, search: &SearchPlace) {
    if search.pattern.text.is_empty() {
        let what = "Type a text: it is looked for in inputs, outputs, attributes, events and names of spans, \
                    however MLflow escaped it";
        empty_ui(ui, what, "");
    } else if memory.so_far.is_complete && memory.error().is_none() {
        let what = format!("Nothing found in {}", words::counted(memory.so_far.spans, "span"));
        let action = if search.pattern.ignores_case { head::AGAIN } else { "Ignore case" };
        if !empty_ui(ui, &what, action) {
            return;
        }
        if search.pattern.ignores_case {
            memory.begun += 1;
        } else {
            let mut wider = search.clone();
            wider.pattern.ignores_case = true;
            head::look_for(scene, memory, wider);
        }
    }
}
