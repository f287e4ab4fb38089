//! Which traces of a list are shown, in which order: what the address says, else what was chosen when the page was
//! left.

use std::sync::Arc;

use egui::Ui;

use super::filter::{FilterMemory, Listed};
use super::rows::{BEFORE, COST};
use crate::loader::{Lane, TraceScope, TraceSort};
use crate::query::{FilterKeys, FilteredTraces, FilteredTracesOf, FilteredTracesSoFar, TraceKeysOf};
use crate::state::{Action, ExperimentTab, Place, RunTab, TraceListing};
use crate::store::TraceIndex;
use crate::views::names::run_page;
use crate::views::scene::Scene;
use crate::widgets::chips::Chip;
use crate::widgets::table::Sort;
use crate::widgets::tokens::size;

/// What the address says of the list.
#[derive(Clone, Debug, Default)]
pub(in crate::views) struct Chosen {
    /// As it is typed.
    pub filter: Option<String>,
    pub sort: Option<TraceSort>,
}

/// What the state calls the fields that are remembered.
const FILTER: &str = "traces";
const SORT: &str = "order of traces";

/// The columns of the table that can be sorted by, by their places among the cells; whether the largest come first at first.
const SORTED: [(usize, &str, bool); 7] = [
    (0, "time", true),
    (1, "name", false),
    (2, "status", false),
    (3, "latency_ms", true),
    (4, "stored_tokens", true),
    (COST, "cost", true),
    (6, "cached", false),
];

/// What is remembered of it.
#[derive(Default)]
pub(super) struct WantedMemory {
    pub filter: FilterMemory,
    /// The visit for which it was looked up how the page was left.
    restored: Option<u64>,
    asked: Option<FilteredTracesOf>,
    round: u8,
    /// What is shown until what was asked is there.
    shown: Option<Arc<FilteredTraces>>,
}

/// Takes in what the address says, or how the page was left; gives the order.
pub(super) fn restore(scene: &mut Scene<'_>, memory: &mut WantedMemory, chosen: Chosen) -> TraceSort {
    let left = |field: &str| scene.state.page().filters.get(field).cloned().unwrap_or_default();
    let is_new = memory.restored.replace(scene.state.visit()) != Some(scene.state.visit());
    let text = chosen.filter.clone().unwrap_or_else(|| left(FILTER));
    let sort = chosen.sort.clone().or_else(|| left(SORT).parse().ok()).unwrap_or_default();
    if (is_new || chosen.filter.is_some()) && memory.filter.text != text {
        memory.filter.read(&text, scene.clock);
    }
    // A link to the page says what is listed.
    let is_told = chosen.filter.is_some() || chosen.sort.is_some();
    if !is_told && (!text.is_empty() || sort != TraceSort::default()) {
        choose(scene, memory, text, &sort);
    }
    sort
}

/// Lists other traces, or in another order.
pub(super) fn choose(scene: &mut Scene<'_>, memory: &mut WantedMemory, text: String, sort: &TraceSort) {
    if memory.filter.text != text {
        memory.filter.read(&text, scene.clock);
    }
    scene.act(Action::Filtered(FILTER, text.clone()));
    scene.act(Action::Filtered(SORT, sort.to_string()));
    let filter = Some(text).filter(|text| !text.is_empty());
    let sort = Some(sort.clone()).filter(|sort| *sort != TraceSort::default());
    match scene.place() {
        Place::Experiment { .. } => scene.act(Action::ShowExperimentTab(ExperimentTab::Traces { filter, sort })),
        Place::Run { .. } => scene.act(Action::ShowRunTab(RunTab::Traces { filter, sort })),
        Place::Store
        | Place::Trace { .. }
        | Place::ProgramHistory(_)
        | Place::Compare { .. }
        | Place::CompareTraces(_)
        | Place::Search(_)
        | Place::Prompts(_) => {}
    }
}

/// What the list shows, for who opens one of its traces.
pub(super) fn listing(memory: &WantedMemory, sort: &TraceSort) -> TraceListing {
    let FilterMemory { filter, text, .. } = &memory.filter;
    TraceListing { filter: filter.clone(), text: text.clone(), sort: sort.clone() }
}

/// Whether all traces are listed as they come.
pub(super) fn is_whole(memory: &WantedMemory, sort: &TraceSort) -> bool {
    memory.filter.filter.is_empty() && *sort == TraceSort::default()
}

/// A list of traces before it is filtered.
#[derive(Clone, Copy)]
pub(super) struct Whole<'a> {
    pub scope: &'a TraceScope,
    pub all: &'a Arc<TraceIndex>,
}

/// Shows the filter, and gives the traces to list.
pub(super) fn listed(
    ui: &mut Ui,
    scene: &mut Scene<'_>,
    memory: &mut WantedMemory,
    whole: Whole<'_>,
    sort: &TraceSort,
) -> Arc<TraceIndex> {
    let Whole { scope, all } = whole;
    let (shown, is_waiting) = if is_whole(memory, sort) {
        (memory.asked, memory.shown) = (None, None);
        (None, false)
    } else {
        ask(scene, memory, scope, sort)
    };
    let keys = scene.loader.ask(&TraceKeysOf(scope.clone()), Lane::Prefetch);
    let none = FilterKeys::default();
    let listed = Listed {
        passing: shown.as_ref().map(|shown| shown.list.total),
        total: Some(all.total),
        facts: shown.as_ref().and_then(|shown| shown.facts),
        is_waiting,
    };
    if memory.filter.show(ui, keys.value().map_or(&none, |keys| &**keys), &listed) {
        let text = memory.filter.text.clone();
        memory.filter.read(&text, scene.clock);
        choose(scene, memory, text, sort);
    }
    match shown {
        Some(shown) => Arc::new(shown.list.clone()),
        // Until it is known what passes, what was listed before stays.
        None => Arc::clone(all),
    }
}

/// Of a run with evaluations under it: ways to their traces.
pub(super) fn evaluations_ui(ui: &mut Ui, scene: &mut Scene<'_>, scope: &TraceScope) {
    let (TraceScope::Run(run), Some(experiment)) = (scope, scene.place().experiment().cloned()) else { return };
    let page = run_page(scene, run);
    if page.as_deref().and_then(Option::as_ref).is_none_or(|page| page.children.is_empty()) {
        return;
    }
    let all = format!("optimization = '{run}'");
    let others = format!("{all} and run != '{run}'");
    ui.add_space(size::GAP_S);
    ui.add(Chip::toggle("Its own", true));
    for (name, filter) in [("Its evaluations’", others), ("All of the optimization", all)] {
        let tip = "In the list of the experiment, by a filter that can be changed there";
        if ui.add(Chip::toggle(name, false)).on_hover_text(tip).clicked() {
            let tab = ExperimentTab::Traces { filter: Some(filter), sort: None };
            scene.go(Place::Experiment { experiment: experiment.clone(), tab });
        }
    }
}

/// What passes as far as it is known, and whether more is waited for. What was shown stays until then.
fn ask(
    scene: &mut Scene<'_>,
    memory: &mut WantedMemory,
    scope: &TraceScope,
    sort: &TraceSort,
) -> (Option<Arc<FilteredTraces>>, bool) {
    let of = FilteredTracesOf { scope: scope.clone(), filter: memory.filter.filter.clone(), sort: sort.clone() };
    if memory.asked.as_ref() != Some(&of) {
        (memory.asked, memory.round) = (Some(of.clone()), 0);
    }
    let slot = scene.loader.ask(&FilteredTracesSoFar { of, round: memory.round }, Lane::Selection);
    let is_waiting = slot.value().is_none();
    if let Some(found) = slot.value() {
        memory.shown = Some(Arc::clone(found));
        // What is derived by then is kept: the next round goes on from there.
        if !found.is_whole() {
            memory.round = memory.round.saturating_add(1);
            return (memory.shown.clone(), true);
        }
    }
    (memory.shown.clone(), is_waiting)
}

/// The mark in the head of the table.
pub(super) fn mark(sort: &TraceSort) -> Option<Sort> {
    let key = sort.key();
    let found = SORTED.iter().find(|(_, own, _)| *own == key);
    found.map(|(column, ..)| Sort { column: *column + BEFORE, descending: sort.is_descending })
}

/// The order after a click on the title of a column.
pub(super) fn sorted_by(sort: &TraceSort, column: usize) -> Option<TraceSort> {
    let column = column.checked_sub(BEFORE)?;
    let (_, key, is_descending) = SORTED.iter().find(|(own, ..)| *own == column)?;
    let mut wanted: TraceSort = key.parse().ok()?;
    wanted.is_descending = if sort.key() == *key { !sort.is_descending } else { *is_descending };
    Some(wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_click_sorts_by_a_column_and_a_second_one_the_other_way_round() {
        let first = sorted_by(&TraceSort::default(), BEFORE + 3).expect("sortable");
        assert_eq!(
            (first.to_string().as_str(), mark(&first)),
            ("latency_ms:desc", Some(Sort { column: BEFORE + 3, descending: true }))
        );
        assert_eq!(sorted_by(&first, BEFORE + 3).map(|sort| sort.to_string()).as_deref(), Some("latency_ms:asc"));
        assert_eq!(sorted_by(&first, BEFORE + 7), None);
        assert_eq!(sorted_by(&first, 0), None);
        for (column, key, _) in SORTED {
            assert_eq!(sorted_by(&TraceSort::default(), BEFORE + column).map(|sort| sort.key()).as_deref(), Some(key));
        }
    }
}
