//! The candidates as a tree in a table, and what can be done with the one that is chosen.

use egui::Ui;

use super::rows::{CandidateFacts, Rank, TreeLine};
use super::{FamilyTreeMemory, Shown};
use crate::model::RunId;
use crate::model::dspy::score_scale;
use crate::query::family_tree::called;
use crate::state::{Action, Place, RunTab};
use crate::views::program_name;
use crate::views::scene::Scene;
use crate::widgets::chips::Chip;
use crate::widgets::glyphs::Glyph;
use crate::widgets::section::text_ui;
use crate::widgets::table::{CellText, Column, Table};
use crate::widgets::tokens::Tone;
use crate::widgets::tokens::size::{self, Type};
use crate::words;
use crate::words::Decimals;

/// What the state calls this list.
const LIST: &str = "family tree";

/// More evaluations of one candidate are reached from its page.
const RUNS_MOST: usize = 3;

/// The room for a name and its dot at the top of the tree.
const NAME: f32 = 150.0;
/// Deeper than this the column does not grow.
const DEPTH_MOST: usize = 8;

/// What a column shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shows {
    Name,
    Origin,
    Score,
    Front,
    Evaluation,
    Instruction,
    Mark,
}

fn columns(knows_front: bool, depth: usize) -> Vec<(Shows, Column<'static>)> {
    let name = NAME + depth.min(DEPTH_MOST) as f32 * size::INDENT;
    let mut columns = vec![
        (Shows::Name, Column::text("Candidate", name)),
        (Shows::Mark, Column::text("Mark", 84.0).figures()),
        (Shows::Score, Column::number("Score", 66.0).hint(score_scale::WORDS)),
    ];
    if knows_front {
        columns.push((
            Shows::Front,
            Column::number("Front", 66.0)
                .hint("At how many validation examples no other candidate is better: GEPA breeds from these (Pareto front)")
                .minor(2),
        ));
    }
    columns.extend([
        (Shows::Origin, Column::text("Parents", 84.0).figures().minor(1)),
        (Shows::Evaluation, Column::text("Evaluation", 96.0).minor(3)),
        (
            Shows::Instruction,
            Column::text("What changed", 220.0)
                .growing()
                .hint("Where its instructions part from its parents'; of the seed how they begin"),
        ),
    ]);
    columns.into_iter().map(|(shows, column)| (shows, column.unsorted())).collect()
}

/// How the table is shown.
#[derive(Clone, Copy)]
pub(super) struct Look {
    /// The place of the candidate that is chosen.
    pub chosen: Option<usize>,
    /// It is no higher.
    pub most_height: f32,
}

pub(super) fn table_ui(ui: &mut Ui, scene: &mut Scene<'_>, memory: &mut FamilyTreeMemory, shown: &Shown, look: Look) {
    let decimals = Decimals::of(shown.facts.iter().filter_map(|one| one.score));
    let common = Common { examples: shown.examples, decimals };
    let depth = shown.lines.iter().map(|line| line.depth).max().unwrap_or_default();
    let shows = columns(shown.facts.iter().any(|one| one.front.is_some()), depth);
    let columns: Vec<Column<'_>> = shows.iter().map(|(_, column)| *column).collect();
    let at = look.chosen.and_then(|candidate| own_line(&shown.lines, candidate));
    let height = (Table::height_of(shown.lines.len()) + size::SCROLL_BAR).min(look.most_height);
    if let Some(row) = memory.row.restore(scene, LIST) {
        // Who comes back goes on with the keys where they were.
        memory.wants_focus = row.is_some();
    }
    let gets_focus = memory.wants_focus && ui.memory(|memory| memory.focused().is_none());
    memory.wants_focus &= !gets_focus;
    let events = Table::new("family tree", "Family tree", &columns, shown.lines.len())
        .selected(at)
        .height(height)
        .focus(gets_focus)
        .show(ui, &mut memory.table, |line, column| {
            let (Some(line), Some((shows, _))) = (shown.lines.get(line), shows.get(column)) else {
                return CellText::default();
            };
            shown.facts.get(line.candidate).map_or_else(CellText::default, |one| cell(line, one, *shows, common))
        });
    let facts = |line: usize| shown.lines.get(line).and_then(|line| shown.facts.get(line.candidate));
    if let Some(one) = events.selected.and_then(facts) {
        scene.act(Action::ShowRunTab(RunTab::FamilyTree { candidate: Some(one.index) }));
        scene.act(Action::Selected(LIST, one.index.to_string()));
    }
    if let Some(run) = events.opened.and_then(facts).and_then(|one| one.runs.first()) {
        open_run(scene, &run.run);
        return;
    }
    let Some((line, column)) = events.cell else { return };
    let (Some(one), Some((shows, _))) = (facts(line), shows.get(column)) else { return };
    match shows {
        Shows::Evaluation => {
            if let Some(run) = one.runs.first() {
                open_run(scene, &run.run);
            }
        }
        Shows::Instruction => {
            if let Some((_, parent, own)) = one.compare.first() {
                scene.go(Place::comparing(vec![parent.clone(), own.clone()]));
            }
        }
        _ => {}
    }
}

/// What a candidate is called.
fn name(one: &CandidateFacts) -> CellText<'static> {
    match one.program {
        Some(program) => program_name::cell(program),
        None => CellText::text(called(None, one.index)).dot(Tone::Faint),
    }
}

/// The line on which a candidate stands itself.
fn own_line(lines: &[TreeLine], candidate: usize) -> Option<usize> {
    lines.iter().position(|line| line.candidate == candidate && !line.is_mention)
}

fn open_run(scene: &mut Scene<'_>, run: &RunId) {
    let experiment = scene.place().experiment().cloned();
    scene.go(Place::Run { experiment, run: run.clone(), tab: Some(RunTab::Program { predictor: None }) });
}

/// What the cells of one table have in common.
#[derive(Clone, Copy)]
struct Common {
    /// How many validation examples there are.
    examples: Option<usize>,
    /// How scores are written.
    decimals: Decimals,
}

fn cell<'a>(line: &TreeLine, one: &'a CandidateFacts, shows: Shows, common: Common) -> CellText<'a> {
    let Common { examples, decimals } = common;
    let is_winner = matches!(one.rank, Some(Rank::Winner | Rank::InferredWinner));
    if line.is_mention {
        return match shows {
            Shows::Name => name(one)
                .tone(Tone::Muted)
                .note("merged, see above")
                .hover("It has two parents and stands below the other one")
                .in_tree(line.depth, None),
            Shows::Origin => CellText::text(one.origin.as_str()).tone(Tone::Muted),
            _ => CellText::default(),
        };
    }
    match shows {
        Shows::Name => {
            let cell = name(one).strong().in_tree(line.depth, None);
            match (one.program, one.is_numbered) {
                (Some(_), false) => cell,
                (Some(_), true) => cell
                    .note(called(None, one.index))
                    .hover(format!("GEPA's own tables call it candidate {}", one.index)),
                (None, _) => cell.hover("No evaluation of a program with its instructions is recorded"),
            }
        }
        Shows::Mark => match one.rank {
            Some(rank) if is_winner => {
                CellText::text(rank.word()).tone(Tone::Good).glyph(Glyph::Star, Tone::Good).hover(rank.reason())
            }
            Some(rank) => CellText::text(rank.word()).tone(Tone::Muted).hover(rank.reason()),
            None => CellText::default(),
        },
        Shows::Score => match one.score {
            Some(score) => {
                CellText::value(decimals.write(score)).tone(if is_winner { Tone::Good } else { Tone::Neutral })
            }
            None => CellText::unknown(),
        },
        Shows::Front => match (one.front, examples) {
            (None, _) => CellText::unknown(),
            (Some(0), _) => {
                CellText::value("no").tone(Tone::Faint).hover("At every validation example another is better")
            }
            (Some(front), Some(examples)) => {
                CellText::value(format!("{} / {}", words::count(front as u64), words::count(examples as u64)))
                    .hover(format!("No other is better at {front} of {examples} validation examples"))
            }
            (Some(front), None) => CellText::value(words::count(front as u64)),
        },
        Shows::Origin => {
            let tone = if one.origin == "unknown" { Tone::Faint } else { Tone::Muted };
            let cell = CellText::text(one.origin.as_str()).tone(tone);
            match one.is_inferred {
                true => cell.note("inferred").hover("Told by what the proposer was given; no table names the parent"),
                false => cell,
            }
        }
        Shows::Evaluation => match one.runs.as_slice() {
            [] => CellText::unknown().hover("No evaluation of a program with its instructions is recorded"),
            [run, others @ ..] => {
                let cell = CellText::text(run.name.as_str()).tone(Tone::Accent).hover("Click to open it");
                if others.is_empty() { cell } else { cell.note(format!("+{}", others.len())) }
            }
        },
        Shows::Instruction => match &one.change {
            None => CellText::unknown(),
            Some(text) => {
                let cell = CellText::text(text.as_str());
                match one.compare.first() {
                    Some((parent, ..)) => cell.hover(format!("{text}\n\nClick to compare it with {parent}")),
                    None => cell.hover(text.as_str()),
                }
            }
        },
    }
}

/// What can be done with a candidate; says whether its proposal is to be shown.
pub(super) fn chosen_ui(ui: &mut Ui, scene: &mut Scene<'_>, one: &CandidateFacts, has_proposal: bool) -> bool {
    let mut shows_proposal = false;
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = egui::vec2(size::GAP_S, size::GAP_XS);
        match one.program {
            Some(program) => program_name::name_ui(ui, program, Type::BodyStrong),
            None => text_ui(ui, &called(None, one.index), Type::BodyStrong, Tone::Neutral),
        };
        for run in one.runs.iter().take(RUNS_MOST) {
            if ui.add(Chip::button(&format!("Open {}", run.name))).clicked() {
                open_run(scene, &run.run);
            }
        }
        for (parent, base, own) in &one.compare {
            let text = format!("Compare with {parent}");
            let tip = "What changed from its parent's program";
            if ui.add(Chip::button(&text)).on_hover_text(tip).clicked() {
                scene.go(Place::comparing(vec![base.clone(), own.clone()]));
            }
        }
        if has_proposal {
            let tip = "Which proposal it was, and what the proposer read";
            shows_proposal = ui.add(Chip::button("Show its proposal")).on_hover_text(tip).clicked();
        }
        if one.runs.is_empty() {
            text_ui(ui, "no evaluation of it is recorded", Type::Small, Tone::Muted);
        }
    });
    shows_proposal
}
