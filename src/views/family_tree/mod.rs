//! GEPA's family tree: which candidate was bred from which, what was proposed and what became of it.

mod changes;
mod list;
mod proposals;
mod proposed_lines;
mod rows;
mod table;

use std::collections::BTreeSet;
use std::sync::Arc;

use egui::Ui;

use super::parts::slot_ui;
use super::scene::Scene;
use super::scroll::NotedRow;
use super::wrapped::Wrapped;
use crate::loader::{Lane, Numbered, Optimization, PreparedFamilyTreeOf, RunPage};
use crate::query::family_tree::FamilyTreeSource;
use crate::query::{FamilyTree, OptimizationOf};
use crate::widgets::empty::empty_ui;
use crate::widgets::notice::Notice;
use crate::widgets::scroll::RowScroll;
use crate::widgets::section::text_ui;
use crate::widgets::table::TableState;
use crate::widgets::tokens::Tone;
use crate::widgets::tokens::size::{self, Type};
use proposals::{Fate, ProposalRows};
use rows::{CandidateFacts, TreeLine};

/// What the tab remembers.
#[derive(Default)]
pub(super) struct FamilyTreeMemory {
    shown: Option<Arc<Shown>>,
    table: TableState,
    row: NotedRow,
    /// The candidates are to get the keyboard as soon as nothing else has it.
    wants_focus: bool,
    fate: Fate,
    /// The proposed texts alone, nothing marked in them.
    shows_texts: bool,
    open: BTreeSet<usize>,
    rows: Wrapped<ProposalRows>,
    scroll: RowScroll,
    /// The proposal that the keyboard stands in, and on which of its rows.
    cursor: Option<(usize, usize)>,
    /// The cursor's row is to be shown.
    reveals: bool,
}

/// What was made of the answers.
struct Shown {
    /// What nothing else has: rows are kept under it.
    id: u64,
    family_tree: Arc<FamilyTree>,
    found: Arc<Option<Optimization>>,
    lines: Vec<TreeLine>,
    facts: Vec<CandidateFacts>,
    /// How many validation examples there are, if known.
    examples: Option<usize>,
}

impl FamilyTreeMemory {
    /// Makes lines and facts anew only when something changed.
    fn update_rows(
        &mut self,
        told: &Numbered<Arc<FamilyTree>>,
        found: &Arc<Option<Optimization>>,
    ) -> Option<Arc<Shown>> {
        if let Some(shown) = &self.shown
            && shown.id == told.id
            && Arc::ptr_eq(&shown.found, found)
        {
            return Some(Arc::clone(shown));
        }
        let (family_tree, optimization) = (&told.value, found.as_ref().as_ref()?);
        if self.shown.as_ref().is_some_and(|shown| shown.family_tree.parent != family_tree.parent) {
            *self = Self::default();
        }
        let examples = family_tree.candidates.iter().map(|one| one.scores.len()).max().filter(|most| *most > 0);
        let shown = Arc::new(Shown {
            id: told.id,
            family_tree: Arc::clone(family_tree),
            found: Arc::clone(found),
            lines: rows::tree(&family_tree.candidates),
            facts: rows::facts(family_tree, optimization),
            examples,
        });
        self.shown = Some(Arc::clone(&shown));
        Some(shown)
    }
}

/// The candidates take at most this share of the height.
const TABLE_SHARE: f32 = 0.42;
/// So many of them are seen, if there are as many: their rows, the header, a bar below.
const TABLE_LEAST: f32 = 6.0 * size::TABLE_ROW + size::SCROLL_BAR;

pub(super) fn family_tree_ui(
    ui: &mut Ui,
    scene: &mut Scene<'_>,
    memory: &mut FamilyTreeMemory,
    page: &RunPage,
    candidate: Option<usize>,
) {
    let slot = scene.loader.ask(&PreparedFamilyTreeOf(page.run.id.clone()), Lane::Selection);
    let Some(told) = slot_ui(ui, scene, &slot, "The family tree", size::TABLE_ROW) else { return };
    let Some(told) = told.as_ref() else {
        let text = "No family tree: only GEPA breeds candidates from candidates, and nothing tells that this was GEPA";
        empty_ui(ui, text, "");
        return;
    };
    let slot = scene.loader.ask(&OptimizationOf(page.run.id.clone()), Lane::Selection);
    let Some(found) = slot_ui(ui, scene, &slot, "The optimization", size::TABLE_ROW) else { return };
    let Some(shown) = memory.update_rows(told, found) else { return };
    let family_tree = &shown.family_tree;
    head_ui(ui, family_tree);
    if family_tree.candidates.is_empty() {
        text_ui(ui, "No candidate was evaluated in full yet", Type::Body, Tone::Muted);
    } else {
        let at = candidate.and_then(|index| shown.facts.iter().position(|one| one.index == index));
        // Without a choice what is asked for most stands there: the best.
        let chosen = at.or_else(|| shown.facts.iter().position(|one| one.rank.is_some())).unwrap_or(0);
        let most = (ui.available_height() * TABLE_SHARE).max(TABLE_LEAST);
        table::table_ui(ui, scene, memory, &shown, table::Look { chosen: at, most_height: most });
        ui.add_space(size::GAP_XS);
        if let Some(one) = shown.facts.get(chosen) {
            let proposal = family_tree.proposals.iter().position(|proposal| proposal.candidate == Some(one.index));
            if table::chosen_ui(ui, scene, one, proposal.is_some()) {
                memory.fate = Fate::All;
                memory.cursor = proposal.map(|proposal| (proposal, 0));
                memory.open.extend(proposal);
                memory.reveals = true;
            }
        }
    }
    ui.add_space(size::GAP_M);
    list::list_ui(ui, scene, memory, &shown);
}

fn head_ui(ui: &mut Ui, family_tree: &FamilyTree) {
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = egui::vec2(size::GAP_S, 2.0);
        text_ui(ui, &rows::summary(family_tree), Type::Body, Tone::Neutral);
        let tone = if family_tree.source == FamilyTreeSource::Inferred { Tone::Warn } else { Tone::Muted };
        text_ui(ui, rows::source(family_tree.source), Type::Small, tone);
    });
    if let Some(text) = rows::cut_short(family_tree) {
        Notice::warning("The search for the proposers' spans was cut short").advice(&text).show(ui);
    }
    ui.add_space(size::GAP_XS);
}
