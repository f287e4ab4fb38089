//! The proposals in order: what each was made from, what became of it, its text.

use std::sync::Arc;

use egui::accesskit::Role;
use egui::{Align, CornerRadius, Rect, Sense, Ui, pos2, vec2};

use super::proposals::{self, Fate, ProposalRow, ProposalRows, Wanted};
use super::rows::proposal_name;
use super::{FamilyTreeMemory, Shown};
use crate::analysis::family_tree::{FamilyProposal, ProposalStatus};
use crate::analysis::provenance::Writer;
use crate::loader::Part;
use crate::query::FamilyTree;
use crate::state::{DetailTab, Place, SpanRef};
use crate::views::scene::Scene;
use crate::views::text_change::NOT_IN_FULL;
use crate::views::wrapped::Wish;
use crate::widgets::chips::Chip;
use crate::widgets::diff_text;
use crate::widgets::empty::skeleton_rows_ui;
use crate::widgets::glyphs::Glyph;
use crate::widgets::row_text;
use crate::widgets::section::{card_heading_ui, text_ui};
use crate::widgets::tokens::size::{self, Type};
use crate::widgets::tokens::{Tokens, Tone};
use crate::widgets::virtual_rows::{RowInfo, RowsKind, VirtualRows, VisibleRow};
use crate::words;

/// Every row is so high.
const ROW: f32 = size::LINE + size::GAP_XS;
/// Where texts begin.
const INSET: f32 = 24.0;
/// The room for a head's columns, from the left.
const COLUMNS: [f32; 4] = [92.0, 128.0, 186.0, 72.0];
/// The room for the way to the proposer's span.
const LINK: f32 = 148.0;

/// What is chosen of the proposals, and above it how they are shown.
pub(super) fn list_ui(ui: &mut Ui, scene: &mut Scene<'_>, memory: &mut FamilyTreeMemory, shown: &Shown) {
    head_ui(ui, memory, shown);
    ui.add_space(size::GAP_XS);
    if shown.family_tree.proposals.is_empty() {
        text_ui(ui, "No proposals are recorded", Type::Small, Tone::Muted);
        return;
    }
    let Some(made) = make_rows(ui, scene, memory, shown) else {
        skeleton_rows_ui(ui, 8, ROW);
        return;
    };
    if made.rows.is_empty() {
        text_ui(ui, "None of the proposals", Type::Small, Tone::Muted);
        return;
    }
    let cursor = memory.cursor.and_then(|(proposal, below)| {
        let head = made.head_of(proposal)?;
        let own = made.rows[head..].iter().take_while(|row| row.proposal() == Some(proposal)).count();
        Some(head + below.min(own.saturating_sub(1)))
    });
    let reveal = if std::mem::take(&mut memory.reveals) { cursor } else { None };
    let mut event = None;
    let response = VirtualRows::new("proposals", made.rows.len(), ROW)
        .kind(RowsKind::Tree)
        .label("Proposals")
        .cursor(cursor)
        .reveal(reveal)
        .show(ui, &mut memory.scroll, |ui, row| {
            let done = row_ui(ui, row, &made.rows[row.index], shown, cursor == Some(row.index));
            event = event.take().or(done);
        });
    if let Some(row) = response.moved_to {
        memory.cursor = spot_of(&made, row, response.moved_to > cursor);
    }
    let at_cursor = cursor.and_then(|row| made.rows[row].proposal());
    if let Some(proposal) = at_cursor {
        if response.right {
            memory.open.insert(proposal);
        }
        if response.left {
            memory.open.remove(&proposal);
            memory.cursor = Some((proposal, 0));
        }
        if response.opened {
            let writer = shown.family_tree.proposals.get(proposal).and_then(|one| one.writers.iter().flatten().next());
            event = event.or(writer.map(|writer| RowEvent::Read(Arc::clone(writer))));
        }
    }
    match event {
        Some(RowEvent::Choose(proposal)) => memory.cursor = Some((proposal, 0)),
        Some(RowEvent::Fold(proposal)) => {
            memory.cursor = Some((proposal, 0));
            if !memory.open.remove(&proposal) {
                memory.open.insert(proposal);
            }
        }
        Some(RowEvent::Read(writer)) => open_writer(scene, shown, &writer),
        None => {}
    }
}

/// Where a row stands within its proposal; a gap is stepped over.
fn spot_of(made: &ProposalRows, row: usize, is_down: bool) -> Option<(usize, usize)> {
    let beside = if is_down { row + 1 } else { row.saturating_sub(1) };
    let of = |row: usize| Some((row, made.rows.get(row)?.proposal()?));
    let (row, proposal) = of(row).or_else(|| of(beside))?;
    Some((proposal, row - made.head_of(proposal)?))
}

fn head_ui(ui: &mut Ui, memory: &mut FamilyTreeMemory, shown: &Shown) {
    let all = &shown.family_tree.proposals;
    let of = |status: ProposalStatus| all.iter().filter(|one| one.status == status).count() as u64;
    let fates = [
        (Fate::All, "All", all.len() as u64),
        (Fate::Accepted, "Accepted", of(ProposalStatus::Accepted)),
        (Fate::Rejected, "Rejected", of(ProposalStatus::Rejected)),
    ];
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = egui::vec2(size::GAP_S, size::GAP_XS);
        card_heading_ui(ui, "Proposals");
        for (fate, word, count) in fates {
            let text = format!("{word} {}", words::count(count));
            if ui.add(Chip::toggle(&text, memory.fate == fate)).clicked() {
                memory.fate = fate;
            }
        }
        let tip = "What was added to the parent's instructions and what was removed";
        if ui.add(Chip::toggle("Changes", !memory.shows_texts)).on_hover_text(tip).clicked() {
            memory.shows_texts = !memory.shows_texts;
        }
        let is_scored = all.iter().any(|one| one.before.is_some() || one.after.is_some());
        let scores = match is_scored {
            true => "scores are sums over the sampled examples, before → after",
            false => "what they scored on the sampled examples is not recorded",
        };
        if !all.is_empty() {
            text_ui(ui, scores, Type::Small, Tone::Muted);
        }
    });
}

/// Makes the rows on a worker; what was shown stays until they are there.
fn make_rows(
    ui: &Ui,
    scene: &mut Scene<'_>,
    memory: &mut FamilyTreeMemory,
    shown: &Shown,
) -> Option<Arc<ProposalRows>> {
    let wanted = Wanted { fate: memory.fate, shows_changes: !memory.shows_texts, open: memory.open.clone() };
    let wish = Wish { inset: INSET + size::GAP_M, ..Wish::new("rows of proposals", shown.id, wanted) };
    let (family_tree, budget) = (Arc::clone(&shown.family_tree), scene.loader.budget());
    memory.rows.make(ui, scene.loader, wish, move |wanted, paper| {
        proposals::rows(&family_tree, wanted, paper, budget.begin(Part::ProposedTexts).ends())
    });
    memory.rows.shown().cloned()
}

/// What the user did with a row.
enum RowEvent {
    Choose(usize),
    Fold(usize),
    Read(Arc<Writer>),
}

fn row_ui(ui: &Ui, row: &VisibleRow, it: &ProposalRow, shown: &Shown, is_chosen: bool) -> Option<RowEvent> {
    let tokens = Tokens::of(ui);
    let all = &shown.family_tree.proposals;
    let info =
        |label, depth, expanded| RowInfo { label, depth: Some(depth), expanded, selected: is_chosen, position: None };
    let rect = row.rect.with_min_x(row.rect.left() + INSET);
    let under = |ui: &Ui, is_hovered: bool| {
        crate::widgets::tree_row::paint_background(ui, row.rect, is_chosen, is_hovered, tokens);
    };
    match it {
        ProposalRow::Gap => None,
        ProposalRow::Head { proposal, is_open } => {
            let one = all.get(*proposal)?;
            let label = proposals::spoken(&shown.family_tree, *proposal, one);
            let response = row.interact(ui, info(&label, 0, *is_open));
            under(ui, response.hovered());
            let placed = Placed { at: *proposal, one };
            head_row_ui(ui, row, placed, *is_open, &shown.family_tree);
            let read = match one.texts.len() {
                1 => read_ui(ui, row, placed, 0, shown),
                _ => None,
            };
            let clicked = response.clicked().then_some(match is_open {
                Some(_) => RowEvent::Fold(*proposal),
                None => RowEvent::Choose(*proposal),
            });
            read.or(clicked)
        }
        ProposalRow::Component { proposal, text } => {
            let one = all.get(*proposal)?;
            let component = one.texts.get(*text).and_then(|(component, _)| component.as_deref());
            let component = component.unwrap_or("unknown component");
            let response = row.interact(ui, info(&format!("For {component}"), 1, None));
            under(ui, response.hovered());
            row_text::paint(ui.painter(), rect, component, Type::Value, tokens.text2, Align::Min);
            let placed = Placed { at: *proposal, one };
            read_ui(ui, row, placed, *text, shown).or(response.clicked().then_some(RowEvent::Choose(*proposal)))
        }
        ProposalRow::Coarse { proposal } => {
            let response = row.interact(ui, info(NOT_IN_FULL, 1, None));
            under(ui, false);
            row_text::paint(ui.painter(), rect, NOT_IN_FULL, Type::Small, tokens.warn, Align::Min);
            response.clicked().then_some(RowEvent::Choose(*proposal))
        }
        ProposalRow::Line { proposal, line } => {
            let response = row.interact(ui, info(&line.spoken(), 1, None));
            under(ui, false);
            diff_text::paint(ui.painter(), rect, line, Type::Body, tokens);
            response.clicked().then_some(RowEvent::Choose(*proposal))
        }
        ProposalRow::Same { proposal } => {
            let response = row.interact(ui, info(proposals::SAME, 1, None));
            under(ui, false);
            row_text::paint(ui.painter(), rect, proposals::SAME, Type::Small, tokens.text2, Align::Min);
            response.clicked().then_some(RowEvent::Choose(*proposal))
        }
        ProposalRow::Hidden { proposal, hidden } => {
            let text = hidden.words();
            let response = row.interact(ui, info(&text, 1, None)).on_hover_text("Click to show all of it");
            under(ui, false);
            let color = if response.hovered() { tokens.accent } else { tokens.text2 };
            row_text::paint(ui.painter(), rect, &text, Type::Small, color, Align::Min);
            response.clicked().then_some(RowEvent::Fold(*proposal))
        }
    }
}

/// A proposal and its place among all of them.
#[derive(Clone, Copy)]
struct Placed<'a> {
    at: usize,
    one: &'a FamilyProposal,
}

fn head_row_ui(
    ui: &Ui,
    row: &VisibleRow,
    Placed { at, one }: Placed<'_>,
    is_open: Option<bool>,
    family_tree: &FamilyTree,
) {
    let tokens = Tokens::of(ui);
    let painter = ui.painter();
    if let Some(is_open) = is_open {
        let glyph = if is_open { Glyph::FoldOpen } else { Glyph::FoldClosed };
        glyph.paint_tone(painter, row.rect.left_center() + vec2(INSET / 2.0, 0.0), Tone::Faint, tokens);
    }
    let most = row.rect.right() - LINK - size::GAP_S;
    let mut left = row.rect.left() + INSET;
    // A change of scores is never cut: what it was made from gives way.
    let scores = match one.before.is_some() || one.after.is_some() {
        true => proposals::scores(one),
        false => String::new(),
    };
    let scores_width = (row_text::natural(painter, &scores, Type::Value).size().x + size::GAP_M).max(COLUMNS[3]);
    let is_tight = left + COLUMNS[..3].iter().sum::<f32>() + scores_width > most;
    let mut next = |width: f32| {
        let rect = Rect::from_min_max(pos2(left, row.rect.top()), pos2((left + width).min(most), row.rect.bottom()));
        left += width;
        rect.with_max_x((rect.right() - size::GAP_S).max(rect.left()))
    };
    let name = proposal_name(at, one);
    let name_width = match is_tight {
        true => row_text::natural(painter, &name, Type::BodyMedium).size().x + size::GAP_M,
        false => COLUMNS[0],
    };
    row_text::paint(painter, next(name_width), &name, Type::BodyMedium, tokens.text1, Align::Min);
    if !is_tight {
        row_text::paint(
            painter,
            next(COLUMNS[1]),
            &proposals::from(family_tree, one),
            Type::Body,
            tokens.text2,
            Align::Min,
        );
    }
    if is_tight {
        let place = next(scores_width);
        scores_ui(ui, place, one, &scores);
    }
    fate_ui(ui, next(COLUMNS[2]), one, family_tree);
    if !is_tight {
        let place = next(scores_width);
        scores_ui(ui, place, one, &scores);
    }
    if let [(Some(component), _)] = one.texts.as_slice() {
        let rest = next(most);
        row_text::paint(painter, rest, component, Type::Value, tokens.text3, Align::Min);
    }
}

/// What it scored before and after, as it is written.
fn scores_ui(ui: &Ui, rect: Rect, one: &FamilyProposal, scores: &str) {
    let tokens = Tokens::of(ui);
    let is_better = matches!((one.before, one.after), (Some(before), Some(after)) if after > before);
    let color = if is_better { tokens.good } else { tokens.text2 };
    row_text::paint(ui.painter(), rect, scores, Type::Value, color, Align::Min);
}

/// The fate as a chip.
fn fate_ui(ui: &Ui, rect: Rect, one: &FamilyProposal, family_tree: &FamilyTree) {
    let tokens = Tokens::of(ui);
    let (glyph, tone) = match one.status {
        ProposalStatus::Accepted => (Glyph::Check, Tone::Good),
        ProposalStatus::Rejected => (Glyph::Cross, Tone::Bad),
        ProposalStatus::Other(_) => (Glyph::Unknown, Tone::Warn),
    };
    let text = proposals::fate(family_tree, one);
    let room = (rect.width() - 2.0 * size::GAP_S - size::ICON - 2.0).max(0.0);
    let galley = row_text::layout(ui.painter(), &text, Type::Small.font(), room);
    let width = galley.size().x + 2.0 * size::GAP_S + size::ICON + 2.0;
    let chip = Rect::from_min_size(pos2(rect.left(), rect.center().y - 9.0), vec2(width.min(rect.width()), 18.0));
    ui.painter().rect_filled(chip, CornerRadius::same(size::RADIUS_CHIP), tone.background(tokens));
    let color = tone.color_on_background(tokens);
    glyph.paint(ui.painter(), chip.left_center() + vec2(size::GAP_S + size::ICON / 2.0 - 2.0, 0.0), size::ICON, color);
    let inner = chip.with_min_x(chip.left() + size::GAP_S + size::ICON);
    row_text::paint_galley(ui.painter(), inner, galley, color, Align::Min);
}

/// The way to the span that wrote a text.
fn read_ui(ui: &Ui, row: &VisibleRow, Placed { at, one }: Placed<'_>, text: usize, shown: &Shown) -> Option<RowEvent> {
    let tokens = Tokens::of(ui);
    let rect = row.rect.with_min_x((row.rect.right() - LINK).max(row.rect.left()));
    let Some(writer) = one.writers.get(text).and_then(Option::as_ref) else {
        let why = if shown.family_tree.looked.complete { "no span of it" } else { "its span was not reached" };
        row_text::paint(ui.painter(), rect, why, Type::Small, tokens.text3, Align::Max);
        return None;
    };
    let response = ui.interact(rect, row.id.with(("read", text)), Sense::click());
    let name = format!("What the proposer read, {}", proposal_name(at, one));
    response.widget_info(|| egui::WidgetInfo::labeled(Role::Link, true, name.as_str()));
    if response.has_focus() {
        crate::widgets::theme::focus_ring(ui.painter(), rect, tokens);
    }
    let color = if response.hovered() { tokens.text1 } else { tokens.accent };
    row_text::paint(ui.painter(), rect, "What the proposer read", Type::Small, color, Align::Max);
    let clicked = response.clicked();
    let signature = writer.signature.as_deref().map(|text| format!("\n{text}")).unwrap_or_default();
    response
        .on_hover_cursor(egui::CursorIcon::PointingHand)
        .on_hover_text(format!("{}{signature}\n\nClick to open the span that wrote it", writer.name));
    clicked.then(|| RowEvent::Read(Arc::clone(writer)))
}

fn open_writer(scene: &mut Scene<'_>, shown: &Shown, writer: &Writer) {
    let experiment = scene.place().experiment().cloned();
    let run = Some(shown.family_tree.parent.clone());
    let span = Some(SpanRef { id: writer.span_id.clone(), nth: writer.span_nth });
    scene.go(Place::Trace { experiment, run, trace: writer.trace.clone(), span, detail: DetailTab::default() });
}
