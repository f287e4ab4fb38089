//! The candidates as a table, their evaluations folded below them.

use egui::{Rect, Ui, pos2, vec2};

use super::chart::open;
use super::cost::CostShown;
use super::parts::PartsShown;
use super::ranges::{Ranges, interval_words};
use super::rows::{CandidateRow, Candidates, LIST, Line, Mark, RowId, evaluation_marks};
use super::{OptimizationMemory, points};
use crate::analysis::optimization::{EvaluationKind, ProgramName};
use crate::loader::Optimization;
use crate::model::RunId;
use crate::state::{Action, FoldKey, RunTab};
use crate::views::program_name;
use crate::views::scene::Scene;
use crate::widgets::glyphs::Glyph;
use crate::widgets::table::{CellText, Column, Table};
use crate::widgets::tokens::Tone;
use crate::widgets::tokens::size;
use crate::words;
use crate::words::Decimals;

/// So many rows stand in the page itself, which scrolls; of more the table scrolls.
const ROWS_WHOLE: usize = 60;

/// So many candidates are seen before the page is scrolled.
const ROWS_LEAST: usize = 5;

/// What instructions keep where columns are given up.
const INSTRUCTIONS: f32 = 240.0;

/// What the interval is.
const INTERVAL: &str = "Half of the 95 % interval of its score: of the best full evaluation, or of one evaluation";

/// What the share of completed runs says.
const COMPLETED: &str = "How many of the runs did not crash: MLflow was given that instead of a score";

/// What the cost is.
const COST: &str = "What the traces of its evaluations used, times the prices of the models";

/// What a column shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shows {
    Name,
    Full,
    Interval,
    Mini,
    Other,
    Range,
    Completed,
    N,
    Parts,
    Instruction,
    Demos,
    Cost,
    Marks,
}

fn columns<'a>(
    candidates: &Candidates,
    ranges: &Ranges,
    (parts, about): (&PartsShown, &'a str),
    cost: &CostShown,
) -> Vec<(Shows, Column<'a>)> {
    let mut columns = vec![
        (Shows::Name, Column::text("Candidate", 150.0)),
        (Shows::Marks, Column::text("Mark", 92.0).figures()),
        (Shows::Full, Column::number("Full", 64.0).hint("The best score of its full evaluations")),
    ];
    if ranges.has_intervals() {
        columns.push((Shows::Interval, Column::number("±", 52.0).hint(INTERVAL).minor(3)));
    }
    if candidates.has_mini {
        columns.push((
            Shows::Mini,
            Column::number("Minibatch", 82.0)
                .hint("The mean of its scores on minibatches, each counting once, as MIPROv2 ranks its candidates")
                .minor(1),
        ));
    }
    if candidates.has_other {
        columns.push((Shows::Other, Column::number("Kind unknown", 100.0)));
    }
    if candidates.has_ranges {
        columns.push((Shows::Range, Column::number("Full, range", 116.0).minor(3)));
    }
    if candidates.has_completed {
        columns.push((Shows::Completed, Column::number("Completed", 84.0).hint(COMPLETED).minor(2)));
    }
    if parts.parts().is_some() {
        columns.push((Shows::Parts, Column::text("Instruction · demo set", 172.0).hint(about).figures().minor(2)));
    }
    if cost.has_costs() {
        // Who looks at scores against cost looks for it.
        let minor = if cost.is_chart { 1 } else { 3 };
        columns.push((Shows::Cost, Column::number("Cost", 112.0).hint(COST).minor(minor)));
    }
    columns.extend([
        (
            Shows::N,
            Column::number("n", 76.0)
                .hint("On how many examples it was scored: full evaluations, then minibatches")
                .minor(5),
        ),
        (
            Shows::Instruction,
            Column::text("Instructions", INSTRUCTIONS).growing().hint(
                "The predictors whose instructions are not those of the seed: how they go on where they part from \
                       those before, or which candidate had them first",
            ),
        ),
        (
            Shows::Demos,
            Column::text("Demos", 116.0)
                .minor(4)
                .hint("Which set of demos each predictor has, in order of first use; – for none"),
        ),
    ]);
    columns.into_iter().map(|(shows, column)| (shows, column.unsorted())).collect()
}

/// The height in which the first candidates are seen, if there are as many.
pub(super) fn least_height(memory: &OptimizationMemory) -> f32 {
    let candidates = memory.shown.as_ref().map_or(0, |(_, candidates, _)| candidates.rows.len());
    Table::height_of(candidates.min(ROWS_LEAST)) + size::SCROLL_BAR
}

/// `fills`: it is the last part of the page, and takes what is left of it.
pub(super) fn table_ui(ui: &mut Ui, scene: &mut Scene<'_>, memory: &mut OptimizationMemory, fills: bool) {
    let Some((found, candidates, _)) = &memory.shown else { return };
    let Some(found) = found.as_ref() else { return };
    let folds = &scene.state.page().folds;
    let lines = candidates.lines(folds);
    let about = memory.parts.about();
    let shows = columns(candidates, &memory.ranges, (&memory.parts, &about), &memory.cost);
    let columns: Vec<Column<'_>> = shows.iter().map(|(_, column)| *column).collect();
    let whole = Table::height_of(lines.len()) + size::SCROLL_BAR;
    let view = ui.clip_rect().height();
    let least = if lines.len() > ROWS_WHOLE { whole.min(view) } else { whole };
    let height = if fills { ui.available_height().max(least) } else { least };
    let top = ui.cursor().min;
    memory.scroll.restore(scene, LIST, &mut memory.table.scroll);
    if let Some(row) = memory.row.restore(scene, LIST) {
        memory.cursor = row.as_deref().and_then(RowId::parse);
        // Who comes back goes on with the keys where they were.
        memory.wants_focus |= memory.cursor.is_some();
    }
    let gets_focus = memory.wants_focus && ui.memory(|memory| memory.focused().is_none());
    memory.wants_focus &= !gets_focus;
    let cursor = memory.cursor.as_ref().and_then(|id| candidates.line_of(found, id));
    let cursor = cursor.or_else(|| candidates.winner().filter(|_| memory.is_told_beside));
    let events = Table::new("candidates", "Candidates", &columns, lines.len())
        .selected(cursor.and_then(|cursor| lines.iter().position(|line| *line == cursor)))
        .marked(memory.pointed.point().and_then(|place| points::line_of(candidates, &lines, place)))
        .height(height)
        .focus(gets_focus)
        .show(ui, &mut memory.table, |line, column| {
            let Some((shows, _)) = shows.get(column) else { return CellText::default() };
            match lines.get(line) {
                Some(Line::Candidate(at)) if *shows == Shows::Cost => memory.cost.candidate_cell(*at),
                Some(Line::Evaluation(place)) if *shows == Shows::Cost => found
                    .evaluations
                    .get(*place)
                    .map_or_else(CellText::default, |one| memory.cost.evaluation_cell(&one.run_id)),
                Some(Line::Candidate(at)) => {
                    let row = &candidates.rows[*at];
                    let is_open = folds.has(&FoldKey::Candidate(row.first.clone()));
                    candidate(row, *shows, is_open, (candidates.decimals, &memory.ranges, &memory.parts))
                }
                Some(Line::Evaluation(place)) => {
                    evaluation(found, *place, *shows, (candidates.decimals, &memory.ranges))
                }
                None => CellText::default(),
            }
        });
    memory.pointed.at_row(ui.ctx(), events.hovered.and_then(|row| lines.get(row).copied()));
    memory.scroll.note(scene, LIST, memory.table.scroll);
    if let Some(row) = events.selected {
        memory.cursor = lines.get(row).and_then(|line| candidates.id_of(found, *line));
        let candidate = memory.cursor.as_ref().map(|row| row.run().clone());
        scene.act(Action::ShowRunTab(RunTab::Optimization { candidate }));
        scene.act(Action::Selected(LIST, memory.cursor.as_ref().map(RowId::to_text).unwrap_or_default()));
        // Whoever moves with the keys below the edge of the page sees where the keyboard is.
        if lines.len() <= ROWS_WHOLE {
            let y = top.y + Table::height_of(row);
            ui.scroll_to_rect(Rect::from_min_size(pos2(top.x, y), vec2(1.0, size::TABLE_ROW)), None);
        }
    }
    let folded = events.folded.and_then(|line| lines.get(line)).and_then(|line| candidates.id_of(found, *line));
    if let Some(RowId::Candidate(first)) = folded {
        let key = FoldKey::Candidate(first);
        let is_unfolded = folds.has(&key);
        scene.act(Action::Fold(vec![key], !is_unfolded));
        return;
    }
    let asked = events.menu.and_then(|line| lines.get(line)).and_then(|line| run_of(found, candidates, line));
    if let Some(run) = asked {
        memory.menu.open(ui, run);
    }
    memory.menu.show(ui, scene);
    let line = events.opened.or(events.cell.map(|(line, _)| line)).and_then(|line| lines.get(line));
    let run = line.and_then(|line| run_of(found, candidates, line));
    if let Some(run) = run {
        open(scene, &run);
    }
}

/// The run to which a line leads.
pub(super) fn run_of(found: &Optimization, candidates: &Candidates, line: &Line) -> Option<RunId> {
    Some(match line {
        Line::Candidate(at) => candidates.rows.get(*at)?.opens.clone(),
        Line::Evaluation(place) => found.evaluations.get(*place)?.run_id.clone(),
    })
}

fn score(score: Option<f64>, decimals: Decimals) -> CellText<'static> {
    score.map_or_else(CellText::unknown, |score| CellText::value(decimals.write(score)))
}

/// `62.26`, and where that stands among the others.
fn mean_of_minibatches(row: &CandidateRow, decimals: Decimals) -> CellText<'static> {
    let cell = score(row.mini, decimals);
    let Some(rank) = row.mini_rank else { return cell };
    let of = words::counted(row.batches, "minibatch");
    cell.hover(format!("The mean over {of}: rank {}", words::count(rank as u64)))
}

/// `±11`
fn half(ends: Option<[f64; 2]>) -> CellText<'static> {
    let Some([low, high]) = ends else { return CellText::default() };
    let half = words::value(((high - low) / 2.0).round());
    CellText::value(format!("±{half}")).tone(Tone::Faint).hover(interval_words([low, high]))
}

fn completed(share: Option<f64>) -> CellText<'static> {
    share
        .map_or_else(CellText::unknown, |share| CellText::value(format!("{} %", words::value(share))).tone(Tone::Muted))
}

fn marks<'a>(marks: &[Mark]) -> CellText<'a> {
    let words: Vec<&str> = marks.iter().map(|mark| mark.word).collect();
    let reasons: Vec<String> = marks.iter().map(|mark| format!("{}: {}", mark.word, mark.reason)).collect();
    let cell = CellText::text(words.join(", ")).tone(Tone::Muted).hover(reasons.join("\n"));
    if marks.iter().any(|mark| mark.is_winner) { cell.tone(Tone::Good).glyph(Glyph::Star, Tone::Good) } else { cell }
}

fn candidate<'a>(
    row: &'a CandidateRow,
    shows: Shows,
    is_open: bool,
    (decimals, ranges, parts): (Decimals, &Ranges, &PartsShown),
) -> CellText<'a> {
    let is_winner = row.marks.iter().any(|mark| mark.is_winner);
    match shows {
        Shows::Name => {
            let fold = (row.evaluations.len() > 1).then_some(is_open);
            let note = if row.evaluations.len() > 1 {
                words::counted(row.evaluations.len(), "evaluation")
            } else {
                String::new()
            };
            program_name::cell(ProgramName::at(row.number)).strong().note(note).in_tree(0, fold)
        }
        Shows::Full => score(row.full, decimals).tone(match (row.full, is_winner) {
            (None, _) => Tone::Faint,
            (_, true) => Tone::Good,
            _ => Tone::Neutral,
        }),
        Shows::Interval => half(row.best_full.and_then(|place| ranges.interval(place))),
        Shows::Mini => mean_of_minibatches(row, decimals),
        Shows::Parts => match parts.of(row.number) {
            Some((short, in_full)) => CellText::value(short).hover(in_full),
            None => CellText::unknown(),
        },
        Shows::Other => score(row.other, decimals),
        Shows::Range => match row.range {
            Some((low, high)) => CellText::value(format!("{} – {}", decimals.write(low), decimals.write(high)))
                .tone(Tone::Muted)
                .hover("The lowest and highest score of its full evaluations: one program, so this is noise"),
            None => CellText::default(),
        },
        Shows::Completed => completed(row.completed),
        Shows::N => CellText::value(row.n.as_str()).tone(Tone::Muted),
        Shows::Instruction => match &row.instruction {
            Some(text) => CellText::text(text.as_str()).hover(row.about_instructions.as_str()),
            None => CellText::unknown(),
        },
        // Which they are stands in the column of the parts, where there is one.
        Shows::Demos => match if parts.parts().is_some() { &row.demo_counts } else { &row.demos } {
            Some(text) => CellText::text(text.as_str()).tone(Tone::Muted).hover(row.about_demos.as_str()),
            None => CellText::unknown(),
        },
        Shows::Marks => marks(&row.marks),
        // Where the costs are known.
        Shows::Cost => CellText::default(),
    }
}

fn evaluation<'a>(
    found: &'a Optimization,
    place: usize,
    shows: Shows,
    (decimals, ranges): (Decimals, &Ranges),
) -> CellText<'a> {
    let Some(one) = found.evaluations.get(place) else { return CellText::default() };
    let of = |kind: EvaluationKind| if one.kind == kind { score(one.score, decimals) } else { CellText::default() };
    match shows {
        Shows::Name => {
            let (glyph, tone, what) = match one.kind {
                EvaluationKind::Full => (Glyph::Dot, Tone::Accent, "A full evaluation"),
                EvaluationKind::Minibatch => (Glyph::Ring, Tone::Muted, "An evaluation on a minibatch"),
                EvaluationKind::Unknown => (Glyph::Unknown, Tone::Warn, "Nothing tells what it was made on"),
            };
            let name = if one.name.is_empty() { one.run_id.as_str() } else { &one.name };
            CellText::text(name).glyph(glyph, tone).hover(what).in_tree(1, None)
        }
        Shows::Full => of(EvaluationKind::Full),
        Shows::Interval => half(ranges.interval(place)),
        Shows::Mini => of(EvaluationKind::Minibatch),
        Shows::Other => of(EvaluationKind::Unknown),
        Shows::Completed => completed(one.completed),
        Shows::N => match one.n {
            Some(n) => CellText::value(words::count(n)).tone(Tone::Muted),
            None => CellText::unknown(),
        },
        Shows::Marks => marks(&evaluation_marks(found, place)),
        Shows::Range | Shows::Parts | Shows::Instruction | Shows::Demos | Shows::Cost => CellText::default(),
    }
}
