//! What two spans that stand for each other have in them.

use std::collections::BTreeSet;
use std::sync::Arc;

use egui::Ui;

use super::pair_paint::{PairEvent, row_ui};
use super::pair_rows::{Options, PairRows, rows};
use crate::analysis::trace_alignment::AlignedRow;
use crate::loader::{Lane, unique_id};
use crate::query::trace_alignment::{AlignedTraces, PartDiff, SpanPairOf};
use crate::state::Place;
use crate::views::parts::slot_ui;
use crate::views::scene::Scene;
use crate::views::spans::{kind_word, span_ref};
use crate::views::text_change::ROW;
use crate::views::wrapped::{Wish, Wrapped};
use crate::widgets::chips::Chip;
use crate::widgets::empty::{empty_ui, skeleton_rows_ui};
use crate::widgets::glyphs::Glyph;
use crate::widgets::scroll::RowScroll;
use crate::widgets::section::{card_heading_ui, text_ui};
use crate::widgets::tokens::Tone;
use crate::widgets::tokens::size::{self, Type};
use crate::widgets::virtual_rows::VirtualRows;
use crate::words;

/// What it remembers.
#[derive(Default)]
pub(super) struct PairMemory {
    asked: Option<SpanPairOf>,
    /// The answer, and the number under which its rows are kept.
    parts: Option<(Arc<Vec<PartDiff>>, u64)>,
    rows: Wrapped<PairRows>,
    scroll: RowScroll,
    whole: BTreeSet<usize>,
    shows_same: bool,
}

/// Which two spans.
#[derive(Clone, Copy)]
pub(super) struct Pair<'a> {
    pub aligned: &'a AlignedTraces,
    pub row: &'a AlignedRow,
    /// How the two traces are called: `A` and `B`.
    pub letters: [&'a str; 2],
}

pub(super) fn pair_ui(ui: &mut Ui, scene: &mut Scene<'_>, memory: &mut PairMemory, pair: Pair<'_>) {
    let Pair { aligned, row, letters } = pair;
    let ids = [0, 1].map(|side| aligned.tree(side).map(|tree| tree.head.row.id.clone()));
    let [Some(first), Some(other)] = ids else { return };
    let question = SpanPairOf { traces: [first, other], spans: row.spans };
    if memory.asked.as_ref() != Some(&question) {
        let shows_same = memory.shows_same;
        *memory = PairMemory { asked: Some(question.clone()), shows_same, ..PairMemory::default() };
    }
    head_ui(ui, scene, pair);
    let slot = scene.loader.ask(&question, Lane::Selection);
    let Some(parts) = slot_ui(ui, scene, &slot, "The two spans", ROW) else { return };
    if !memory.parts.as_ref().is_some_and(|(known, _)| Arc::ptr_eq(known, parts)) {
        memory.parts = Some((Arc::clone(parts), unique_id()));
    }
    let Some((parts, number)) = memory.parts.clone() else { return };
    let options = Options {
        shows_same: memory.shows_same,
        whole: memory.whole.clone(),
        shows_space: scene.state.settings.compare.shows_space,
    };
    let wish = Wish::new("rows of two spans", number, options);
    memory.rows.make(ui, scene.loader, wish, move |options, paper| rows(&parts, options, paper));
    let Some(made) = memory.rows.shown().cloned() else {
        skeleton_rows_ui(ui, 6, ROW);
        return;
    };
    if made.rows.is_empty() {
        empty_ui(ui, "Nothing was noted in these spans", "");
        return;
    }
    let mut event = None;
    VirtualRows::new("two spans", made.rows.len(), ROW).label("What differs in the span").show(
        ui,
        &mut memory.scroll,
        |ui, drawn| {
            if let Some(it) = made.rows.get(drawn.index) {
                event = row_ui(ui, drawn, it, (letters, memory.shows_same)).or(event);
            }
        },
    );
    match event {
        Some(PairEvent::ShowWhole(part)) => drop(memory.whole.insert(part)),
        Some(PairEvent::ToggleSame) => memory.shows_same = !memory.shows_same,
        None => {}
    }
}

/// Which span it is, its figures on both sides, and the way to each.
fn head_ui(ui: &mut Ui, scene: &mut Scene<'_>, pair: Pair<'_>) {
    let Pair { aligned, row, letters } = pair;
    ui.add_space(size::GAP_S);
    card_heading_ui(ui, &super::table::name(aligned, row));
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = egui::vec2(size::GAP_S, size::GAP_XS);
        let kind = row.spans.iter().enumerate().find_map(|(side, at)| aligned.tree(side)?.spans.get((*at)?));
        text_ui(ui, &kind.map(|span| kind_word(&span.kind)).unwrap_or_default(), Type::Small, Tone::Muted);
        for (side, letter) in letters.into_iter().enumerate() {
            let Some(at) = row.spans.get(side).copied().flatten() else { continue };
            let Some(tree) = aligned.tree(side) else { continue };
            let time = aligned.duration_ns(row, side);
            let time = time.map_or_else(|| "no end".to_owned(), words::duration_ns);
            let tokens = aligned.tokens(row, side);
            let tokens = tokens.map(|it| format!(" · {} tokens", words::tokens(it.total, it.input, it.output)));
            let text = format!("{letter} {time}{}", tokens.unwrap_or_default());
            let chip = Chip::button(&text).glyph(Glyph::Arrow, Tone::Muted);
            if ui.add(chip).on_hover_text(format!("Go to this span in trace {letter}")).clicked() {
                let (trace, row) = (tree.head.row.id.clone(), &tree.head.row);
                let (experiment, run) = (Some(row.experiment_id.clone()), row.run_id.clone());
                let mut place = Place::of_trace(experiment, run, trace);
                if let Place::Trace { span, .. } = &mut place {
                    *span = span_ref(tree, at);
                }
                scene.go(place);
            }
        }
        if let Some(difference) = aligned.duration_difference_ns(row) {
            text_ui(ui, &words::signed_duration_ns(difference), Type::Value, Tone::Muted);
        }
    });
    ui.add_space(size::GAP_XS);
}
