//! What wrong examples have in common, seed beside winner.

use egui::Ui;

use super::ListMemory;
use super::links::Links;
use super::sides::SideNames;
use crate::analysis::failures::{FailureChange, FailureGroup, FailureKind};
use crate::query::Failures;
use crate::views::scene::Scene;
use crate::widgets::chips::Chip;
use crate::widgets::glyphs::Glyph;
use crate::widgets::section::{card_heading_ui, card_ui, text_ui};
use crate::widgets::table::{CellText, Column, Table};
use crate::widgets::tokens::Tone;
use crate::widgets::tokens::size::{self, Type};
use crate::words;

/// What the card remembers.
#[derive(Default)]
pub(super) struct FailuresMemory {
    /// Which kind is listed; the first that there is if none was chosen.
    kind: Option<FailureKind>,
    list: ListMemory,
}

/// What the card shows.
pub(super) struct Shown<'a> {
    pub found: &'a Failures,
    pub names: &'a SideNames,
    pub links: &'a Links,
}

/// So many rows stand in the page, which scrolls; of more the table scrolls.
const ROWS_WHOLE: usize = 14;
/// No more of a group is written into a title.
const TITLE_MOST: usize = 80;

/// What a column shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shows {
    What,
    Count(usize),
    Share,
    Change,
}

pub(super) fn card(ui: &mut Ui, scene: &mut Scene<'_>, memory: &mut FailuresMemory, shown: Shown<'_>) {
    let Shown { found, names, links } = shown;
    card_ui(ui, |ui| {
        ui.set_width(ui.available_width());
        card_heading_ui(ui, "What failures have in common");
        text_ui(ui, &wrong(found, names), Type::Small, Tone::Muted);
        let kinds = |kind: FailureKind| found.groups.iter().filter(move |group| group.kind == kind);
        let there: Vec<FailureKind> =
            FailureKind::ALL.into_iter().filter(|kind| kinds(*kind).next().is_some()).collect();
        let Some(kind) = memory.kind.filter(|kind| there.contains(kind)).or_else(|| there.first().copied()) else {
            text_ui(ui, nothing(found), Type::Small, Tone::Muted);
            return;
        };
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing = egui::vec2(size::GAP_S, size::GAP_XS);
            text_ui(ui, "By", Type::Small, Tone::Muted);
            for one in &there {
                let count = words::count(kinds(*one).count() as u64);
                let chip = Chip::toggle(title(*one), *one == kind).note(&count);
                if ui.add(chip).on_hover_text(about(*one)).clicked() {
                    memory.kind = Some(*one);
                    memory.list = ListMemory::default();
                }
            }
        });
        let source = found.feedback_words();
        if kind == FailureKind::Feedback && !source.is_empty() {
            text_ui(ui, &format!("What was said is {source}"), Type::Small, Tone::Muted);
        }
        ui.add_space(size::GAP_XS);
        let groups: Vec<&FailureGroup> = kinds(kind).collect();
        table_ui(ui, scene, memory, (found, &groups), (names, links));
    });
}

/// `Wrong, or without a score: 40 of 60 of the seed, 20 of 60 of the winner`
fn wrong(found: &Failures, names: &SideNames) -> String {
    let side = |side: usize| {
        let [wrong, of] = [found.wrong[side]?, found.of[side]?].map(|count| words::count(count as u64));
        let name = &names.titles[side];
        Some(if names.is_alone() { format!("{wrong} of {of}") } else { format!("{name} {wrong} of {of}") })
    };
    let sides: Vec<String> = [0, 1].into_iter().filter_map(side).collect();
    let complete = if found.complete { "" } else { "; not all of their traces could be looked into in time" };
    let threshold = words::value(found.threshold);
    format!("Wrong (below {threshold}) or without a score: {}{complete}", sides.join(", "))
}

fn nothing(found: &Failures) -> &'static str {
    match found.wrong.into_iter().flatten().all(|wrong| wrong == 0) {
        true => "No example failed",
        false => "Neither their traces nor their tables tell an exception, a feedback or what was taken for what",
    }
}

fn title(kind: FailureKind) -> &'static str {
    match kind {
        FailureKind::Exception => "Exception",
        FailureKind::Parse => "Answer not parsed",
        FailureKind::Feedback => "Feedback",
        FailureKind::Confused => "Expected → predicted",
    }
}

fn about(kind: FailureKind) -> &'static str {
    match kind {
        FailureKind::Exception => "The exception with which the trace of the example ended",
        FailureKind::Parse => "An adapter could not read the answer of the model, whether another one helped or not",
        FailureKind::Feedback => "What the metric said, without quotations, numbers and the example's own values",
        FailureKind::Confused => "Short values that were taken for others",
    }
}

fn columns(names: &SideNames) -> Vec<(Shows, Column<'_>)> {
    let mut columns = vec![(Shows::What, Column::text("In common", 240.0).growing())];
    if !names.is_alone() {
        columns.push((Shows::Count(0), Column::number(&names.titles[0], 64.0)));
    }
    let after = if names.is_alone() { "n" } else { &names.titles[1] };
    columns.push((Shows::Count(1), Column::number(after, 64.0)));
    columns.push((
        Shows::Share,
        Column::number("Share", 64.0).hint("Of its wrong examples, of the evaluation at the right").minor(2),
    ));
    if !names.is_alone() {
        columns.push((Shows::Change, Column::text("Change", 96.0).figures().minor(1)));
    }
    columns.into_iter().map(|(shows, column)| (shows, column.unsorted())).collect()
}

fn table_ui(
    ui: &mut Ui,
    scene: &mut Scene<'_>,
    memory: &mut FailuresMemory,
    (found, groups): (&Failures, &[&FailureGroup]),
    (names, links): (&SideNames, &Links),
) {
    let shows = columns(names);
    let columns: Vec<Column<'_>> = shows.iter().map(|(_, column)| *column).collect();
    let height = Table::height_of(groups.len().min(ROWS_WHOLE)) + size::SCROLL_BAR;
    let table = Table::new("failures", "Failures", &columns, groups.len()).selected(memory.list.cursor).height(height);
    let events = table.show(ui, &mut memory.list.table, |row, column| match (groups.get(row), shows.get(column)) {
        (Some(group), Some((shows, _))) => cell(group, *shows, found),
        _ => CellText::default(),
    });
    memory.list.cursor = events.selected.or(memory.list.cursor);
    let clicked = events.cell.or(events.opened.map(|row| (row, 0)));
    let Some((group, column)) = clicked.and_then(|(row, column)| Some((groups.get(row)?, column))) else { return };
    let side = match shows.get(column) {
        Some((Shows::Count(side), _)) => *side,
        _ if group.examples[1].is_empty() => 0,
        _ => 1,
    };
    let what = words::one_line(&group.what, TITLE_MOST);
    let whose = &names.titles[side];
    links.go(scene, &format!("{what}, {whose}"), &group.examples[side]);
}

fn cell<'a>(group: &'a FailureGroup, shows: Shows, found: &Failures) -> CellText<'a> {
    match shows {
        Shows::What => {
            let hover = if group.sample.is_empty() { &group.what } else { &group.sample };
            CellText::text(group.what.as_str()).hover(hover.as_str())
        }
        Shows::Count(side) => match found.examples(group, side) {
            Some([]) => CellText::value(words::count(0)).tone(Tone::Faint),
            Some(examples) => CellText::value(words::count(examples.len() as u64)),
            None => CellText::unknown().hover("This evaluation tells no such reasons"),
        },
        Shows::Share => match found.wrong[1].zip(found.examples(group, 1)) {
            Some((wrong, examples)) if wrong > 0 => {
                let share = examples.len() as f64 / wrong as f64 * 100.0;
                CellText::value(format!("{} %", words::value(share.round()))).tone(Tone::Muted)
            }
            _ => CellText::unknown(),
        },
        Shows::Change => match found.change(group) {
            Some(FailureChange::New) => CellText::text("new").tone(Tone::Bad).glyph(Glyph::Down, Tone::Bad),
            Some(FailureChange::Solved) => CellText::text("solved").tone(Tone::Good).glyph(Glyph::Up, Tone::Good),
            Some(FailureChange::Stays) => {
                let [before, after] = [0, 1].map(|side| group.examples[side].len());
                let text = match after.cmp(&before) {
                    std::cmp::Ordering::Less => "fewer",
                    std::cmp::Ordering::Equal => "as many",
                    std::cmp::Ordering::Greater => "more",
                };
                CellText::text(text).tone(Tone::Muted)
            }
            None => CellText::default(),
        },
    }
}
