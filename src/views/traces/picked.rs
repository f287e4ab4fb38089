//! Traces that are selected in the list: what stands above it then, and what is done with them.

use std::collections::HashSet;
use std::sync::Arc;

use egui::Ui;

use super::listing::{Line, Listing};
use crate::loader::{Lane, SessionGroup};
use crate::query::{ExportFormat, PickedExportOf, PickedIdsOf, TraceFilter};
use crate::state::{Action, ExperimentTab, NoticeText, Place, RunTab};
use crate::store::TraceHandle;
use crate::views::export::{export_menu_ui, saved};
use crate::views::scene::Scene;
use crate::widgets::chips::Chip;
use crate::widgets::section::text_ui;
use crate::widgets::table::{RowSelection, SelectionChange};
use crate::widgets::tokens::Tone;
use crate::widgets::tokens::size::{self, Type};
use crate::words;

/// More are not opened as a list: the filter names each.
const LIST_MOST: usize = 200;

/// More are not compared: a column of times is drawn for each.
const COMPARE_MOST: usize = 12;

/// What a file of them is called.
const FILE: &str = "traces-selected";

/// What is selected.
#[derive(Default)]
pub(super) struct PickedMemory {
    /// By their places in the list.
    rows: RowSelection,
    traces: Arc<[TraceHandle]>,
    /// The list in which they have these places.
    of: Option<ListedAs>,
    /// What is being done, and with which.
    doing: Option<(Deed, Arc<[TraceHandle]>)>,
    /// How far that is, in words.
    progress: String,
}

/// A list as it stands.
pub(super) struct ListedAs {
    pub traces: Arc<[TraceHandle]>,
    /// What lines by session were made of.
    pub groups: Option<(Arc<Vec<SessionGroup>>, u64)>,
}

impl ListedAs {
    fn is_same(&self, other: &Self) -> bool {
        let groups = match (&self.groups, &other.groups) {
            (Some((a, a_version)), Some((b, b_version))) => Arc::ptr_eq(a, b) && a_version == b_version,
            (None, None) => true,
            _ => false,
        };
        groups && Arc::ptr_eq(&self.traces, &other.traces)
    }
}

/// What can be done with selected traces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Deed {
    Open,
    Compare,
    Export(ExportFormat),
    Copy,
}

impl PickedMemory {
    pub fn is_empty(&self) -> bool {
        self.traces.is_empty()
    }

    /// By their places in the list.
    pub fn rows(&self) -> &RowSelection {
        &self.rows
    }

    pub fn clear(&mut self) {
        self.rows.clear();
        self.traces = Arc::default();
    }

    /// The list may stand otherwise now: what of it was selected still is, what is not listed any more is not.
    /// `has_more`: more of the list is still to come, and what was selected may be there.
    pub fn follow(&mut self, listing: &Listing<'_>, now: ListedAs, has_more: bool) {
        if self.of.as_ref().is_some_and(|of| of.is_same(&now)) {
            return;
        }
        self.of = Some(now);
        if self.is_empty() {
            return self.clear();
        }
        let picked: HashSet<TraceHandle> = self.traces.iter().copied().collect();
        let is_picked = |at: &usize| matches!(listing.get(*at), Some(Line::Trace(trace)) if picked.contains(&trace));
        self.rows = RowSelection::of_rows((0..listing.len()).filter(is_picked), None);
        if !has_more {
            self.take_traces(listing);
        }
    }

    /// Does what the user asked for in the list, on whose line at `cursor` the keyboard stands. Going to a line, or
    /// opening it, selects nothing.
    pub fn change(&mut self, change: SelectionChange, cursor: Option<usize>, listing: &Listing<'_>) {
        if matches!(change, SelectionChange::Only(_)) {
            return;
        }
        if self.rows.is_empty() {
            self.rows = RowSelection::of_rows([], cursor);
        }
        match change {
            SelectionChange::Toggle(row) => self.toggle(row, listing),
            change => self.rows.apply(change, listing.len()),
        }
        self.take_traces(listing);
    }

    /// One trace, or with the head of a session all that stand below it.
    fn toggle(&mut self, row: usize, listing: &Listing<'_>) {
        let is_head = |at: &usize| matches!(listing.get(*at), Some(Line::Session(_)));
        let total = listing.len();
        if !is_head(&row) {
            self.rows.apply(SelectionChange::Toggle(row), total);
            // A session is not selected without one of its traces.
            if let Some(head) = (0..row).rev().find(is_head).filter(|head| self.rows.contains(*head)) {
                self.rows.apply(SelectionChange::Toggle(head), total);
            }
            return;
        }
        let end = (row + 1..total).find(is_head).unwrap_or(total);
        let is_on = !self.rows.contains(row);
        // Of one that is folded nothing can be seen that would be selected.
        let below = if end > row + 1 { row..end } else { row..row };
        for at in below.rev().filter(|at| self.rows.contains(*at) != is_on).collect::<Vec<_>>() {
            self.rows.apply(SelectionChange::Toggle(at), total);
        }
    }

    /// Heads of sessions are no traces.
    fn take_traces(&mut self, listing: &Listing<'_>) {
        let trace = |at: usize| match listing.get(at) {
            Some(Line::Trace(trace)) => Some(trace),
            _ => None,
        };
        self.traces = self.rows.rows().filter_map(trace).collect();
        if self.is_empty() {
            self.clear();
        }
    }

    /// Compares them, or says why that cannot be done; says whether any are selected.
    pub fn compare(&mut self, scene: &mut Scene<'_>) -> bool {
        if (2..=COMPARE_MOST).contains(&self.traces.len()) {
            self.doing = Some((Deed::Compare, Arc::clone(&self.traces)));
        } else if !self.is_empty() {
            let what = format!("2 to {COMPARE_MOST} traces can be compared");
            let advice = format!("{} selected", words::counted(self.traces.len() as u64, "trace"));
            scene.act(Action::Notify(NoticeText::hint(what, advice)));
        }
        !self.is_empty()
    }

    pub fn copy(&mut self) {
        if !self.is_empty() {
            self.doing = Some((Deed::Copy, Arc::clone(&self.traces)));
        }
    }

    /// What can be done with them.
    pub fn bar_ui(&mut self, ui: &mut Ui) {
        ui.spacing_mut().item_spacing.x = size::GAP_S;
        let text = format!("{} selected ×", words::count(self.traces.len() as u64));
        if button_ui(ui, Chip::toggle(&text, true), "Select none: Escape. Space selects the row at the cursor") {
            return self.clear();
        }
        let mut deed = None;
        if self.traces.len() <= LIST_MOST {
            deed = button_ui(ui, Chip::button("Open as list"), "A list of these traces, by a filter of their ids")
                .then_some(Deed::Open);
        }
        if (2..=COMPARE_MOST).contains(&self.traces.len()) {
            let tip = "Their spans aligned, prompts, inputs and outputs word by word";
            if button_ui(ui, Chip::button("Compare").key("D"), tip) {
                deed = Some(Deed::Compare);
            }
        }
        if let Some(format) = export_menu_ui(ui) {
            deed = Some(Deed::Export(format));
        }
        if button_ui(ui, Chip::button("Copy ids").key("Ctrl C"), "One id on a line") {
            deed = Some(Deed::Copy);
        }
        if let Some(deed) = deed {
            self.doing = Some((deed, Arc::clone(&self.traces)));
        }
        if self.doing.is_some() {
            text_ui(ui, &self.progress, Type::Small, Tone::Faint);
        }
    }

    /// Goes on with what is being done.
    pub fn poll(&mut self, scene: &mut Scene<'_>) {
        let Some((deed, traces)) = self.doing.clone() else { return };
        let known = scene.loader.progress().filter(|(_, of)| *of == traces.len());
        self.progress = known.map_or_else(
            || "reading…".to_owned(),
            |(done, of)| format!("{} of {} written…", words::count(done as u64), words::count(of as u64)),
        );
        let done = match deed {
            Deed::Export(format) => exported(scene, traces, format),
            Deed::Open | Deed::Compare | Deed::Copy => named(scene, deed, traces),
        };
        if let Some(action) = done {
            scene.act(action);
            self.doing = None;
            if deed == Deed::Open {
                self.clear();
            }
        }
    }
}

fn button_ui(ui: &mut Ui, chip: Chip<'_>, tip: &str) -> bool {
    ui.add(chip).on_hover_text(tip).clicked()
}

/// The file, once it is made.
fn exported(scene: &mut Scene<'_>, traces: Arc<[TraceHandle]>, format: ExportFormat) -> Option<Action> {
    let slot = scene.loader.ask(&PickedExportOf { traces, format }, Lane::Selection);
    saved(&slot, format, &format.file_name(FILE))
}

/// What is done with their ids, once these are known.
fn named(scene: &mut Scene<'_>, deed: Deed, traces: Arc<[TraceHandle]>) -> Option<Action> {
    let slot = scene.loader.ask(&PickedIdsOf(traces), Lane::Selection);
    if let Some(error) = slot.error() {
        return Some(Action::Notify(NoticeText::failed("The selected traces could not be read", error.to_string())));
    }
    let ids = slot.value()?;
    if deed == Deed::Copy {
        return Some(Action::Copy(ids.iter().map(|id| id.as_str()).collect::<Vec<_>>().join("\n")));
    }
    if deed == Deed::Compare {
        return Some(Action::Go(Place::comparing_traces(ids.as_ref().clone())));
    }
    let filter = Some(TraceFilter::text_of_ids(ids.iter()));
    Some(Action::Go(match scene.place().clone() {
        Place::Run { experiment, run, .. } => {
            Place::Run { experiment, run, tab: Some(RunTab::Traces { filter, sort: None }) }
        }
        Place::Experiment { experiment, .. } => {
            Place::Experiment { experiment, tab: ExperimentTab::Traces { filter, sort: None } }
        }
        place => place,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_head_of_a_session_selects_its_traces() {
        let trace = |id: u64| Line::Trace(TraceHandle(id));
        let head = |id: &str| Line::Session(Some(id.into()));
        let lines = [head("b"), trace(9), trace(3), head("a"), trace(8), head("folded")];
        let listing = Listing::BySession(&lines);
        let mut picked = PickedMemory::default();
        let mut after = |row| {
            picked.change(SelectionChange::Toggle(row), None, &listing);
            (picked.traces.iter().map(|trace| trace.0).collect::<Vec<_>>(), picked.rows.contains(0))
        };
        assert_eq!(after(0), (vec![9, 3], true));
        assert_eq!(after(4), (vec![9, 3, 8], true));
        assert_eq!(after(2), (vec![9, 8], false), "the session is not whole any more");
        assert_eq!(after(5), (vec![9, 8], false), "nothing of it can be seen");
        assert_eq!(after(0), (vec![9, 3, 8], true));
        assert_eq!(after(0), (vec![8], false));
        picked.change(SelectionChange::Only(1), None, &listing);
        assert_eq!(picked.traces.len(), 1, "going to a line selects nothing");
    }

    #[test]
    fn what_is_selected_stays_so_where_the_list_stands_otherwise() {
        let now = |traces: &[u64]| -> Arc<[TraceHandle]> { traces.iter().copied().map(TraceHandle).collect() };
        let mut picked = PickedMemory::default();
        let mut after = |traces: &[u64], change: Option<SelectionChange>| {
            let traces = now(traces);
            let listing = Listing::Plain(&traces);
            // The first lines are there before the others.
            let first = Listing::Plain(&traces[..1]);
            picked.follow(&first, ListedAs { traces: traces[..1].into(), groups: None }, true);
            picked.follow(&listing, ListedAs { traces: Arc::clone(&traces), groups: None }, false);
            if let Some(change) = change {
                picked.change(change, Some(1), &listing);
            }
            picked.rows.rows().collect::<Vec<_>>()
        };
        assert_eq!(after(&[5, 4, 3, 2], Some(SelectionChange::Extend(2))), [1, 2]);
        assert_eq!(after(&[7, 6, 5, 4, 3, 2], None), [3, 4]);
        assert_eq!(after(&[3, 2], None), [0], "what is not listed is not selected");
        assert_eq!(after(&[4, 3, 2], None), [1]);
    }
}
