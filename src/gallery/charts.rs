//! Charts and bars over time.

use super::{Parts, boxed, data::DATA, specimen};
use crate::widgets::charts::{AxisKind, Bracket, ChartState, LineChart, Link, Marked, Series, SeriesStyle, Whisker};
use crate::widgets::glyphs::Glyph;
use crate::widgets::heat_grid::{HeatCell, HeatHead, heat_grid_ui};
use crate::widgets::scroll::RowScroll;
use crate::widgets::section;
use crate::widgets::tokens::{Tokens, Tone, size};
use crate::widgets::tree_row::{Fold, Mark, Trailing, TreeRow};
use crate::widgets::virtual_rows::{RowsKind, VirtualRows};
use crate::widgets::waterfall::{TimeScale, Waterfall, axis_ui};
use egui::{Sense, Ui, vec2};

#[derive(Debug, Default)]
pub(super) struct State {
    scores: ChartState,
    linked: ChartState,
    flat: ChartState,
    sure: ChartState,
    none: ChartState,
    spans: RowScroll,
}

const SPANS: [(&str, usize, Tone, i64, i64); 9] = [
    ("TicketRouter.forward", 0, Tone::Accent, 0, 1_840),
    ("Docs.forward", 1, Tone::Teal, 0, 206),
    ("ChainOfThought.forward", 1, Tone::Accent, 220, 1_180),
    ("Predict.forward", 2, Tone::Violet, 230, 1_170),
    ("LM.__call__ gpt-4o-mini", 3, Tone::Violet, 240, 1_160),
    ("ReAct.forward", 1, Tone::Pink, 1_190, 1_840),
    ("Tool.lookup_order", 2, Tone::Warn, 1_440, 1_498),
    ("ChatAdapter.parse", 2, Tone::Faint, 1_660, 1_661),
    ("a span without an end", 1, Tone::Violet, 1_700, i64::MAX / 2_000_000),
];

pub(super) fn charts_ui(ui: &mut Ui, parts: &mut Parts) {
    let state = &mut parts.charts;
    specimen(ui, "A line of 100,000 points, steps, dots and rings", |ui| {
        section::card_ui(ui, |ui| {
            LineChart::new("scores", "Score", &DATA.series)
                .height(220.0)
                .y_range(20.0, 90.0)
                .show(ui, &mut state.scores);
        });
    });
    specimen(ui, "Points that belong together, one of them marked; one value alone", |ui| {
        section::card_ui(ui, |ui| {
            let full = Series::new("full", [(0.0, 58.0), (3.0, 71.7)]).style(SeriesStyle::Dots);
            let mini = Series::new("minibatch", [(1.0, 76.0), (2.0, 64.0)]).tone(Tone::Muted).style(SeriesStyle::Rings);
            let tone = Tone::Category(1);
            let link = |from: [f64; 2], is_strong: bool| Link { from, to: [3.0, 71.7], tone, is_strong };
            let links = [link([1.0, 76.0], true), link([2.0, 64.0], false)];
            LineChart::new("linked", "Linked points", &[full, mini])
                .height(160.0)
                .x_kind(AxisKind::Whole)
                .x_name("Evaluation")
                .y_name("Score")
                .links(&links)
                .marked(&[Marked { at: [1.0, 76.0], tone }])
                .show(ui, &mut state.linked);
            let flat = [Series::new("flat", [(0.0, 0.3763), (9.0, 0.3763)])];
            LineChart::new("flat", "A constant", &flat).height(90.0).y_name("Value").show(ui, &mut state.flat);
        });
    });
    specimen(ui, "How sure points are, and how far two of one thing stray", |ui| {
        section::card_ui(ui, |ui| {
            let full =
                Series::new("full", [(0.0, 48.3), (3.0, 63.3), (6.0, 71.7), (8.0, 66.0)]).style(SeriesStyle::Dots);
            let minibatches = [(1.0, 52.0), (2.0, 40.0), (4.0, 72.0), (5.0, 56.0), (7.0, 60.0)];
            let mini = Series::new("minibatch", minibatches).tone(Tone::Muted).style(SeriesStyle::Rings);
            let whisker = |x: f64, y: f64, half: f64, tone: Tone| Whisker {
                x,
                low: y - half,
                high: y + half,
                tone,
                is_strong: x == 4.0,
            };
            let wide = mini.points().iter().map(|at| whisker(at.x, at.y, 19.0, Tone::Faint));
            let narrow = full.points().iter().map(|at| whisker(at.x, at.y, 12.0, Tone::Accent));
            let whiskers: Vec<Whisker> = narrow.chain(wide).collect();
            let brackets = [Bracket { x: 8.0, low: 66.0, high: 71.7, tone: Tone::Category(1) }];
            LineChart::new("sure", "Scores with intervals", &[full, mini])
                .height(160.0)
                .x_kind(AxisKind::Whole)
                .names(false)
                .whiskers(&whiskers)
                .brackets(&brackets)
                .show(ui, &mut state.sure);
        });
    });
    specimen(ui, "Figures by rows and columns, shaded by how high they are", |ui| {
        section::card_ui(ui, |ui| {
            let head = |name: &str, note: &str| HeatHead { name: name.into(), note: note.into(), hover: String::new() };
            let rows = [
                head("Seed’s instruction", "Route the ticket."),
                head("Instruction 1", "Read it twice."),
                head("All", ""),
            ];
            let columns = [head("No demos", ""), head("Demo set 1", ""), head("All demo sets", "")];
            let cell = |figure: &str, note: &str, mark: Glyph, shade: f32| HeatCell {
                figure: figure.into(),
                note: note.into(),
                mark: Some((mark, if mark == Glyph::Dot { Tone::Accent } else { Tone::Muted })),
                shade,
                hover: String::new(),
                leads: shade > 0.0,
            };
            let cells = [
                vec![
                    cell("30.94", "n 76", Glyph::Dot, 0.0),
                    HeatCell::default(),
                    cell("30.94", "n 76", Glyph::Dot, 0.0),
                ],
                vec![
                    cell("54.47", "n 84", Glyph::Dot, 1.0),
                    cell("44.65", "n 8", Glyph::Ring, 0.6),
                    cell("53.52", "n 92", Glyph::Dot, 0.95),
                ],
                vec![
                    cell("43.10", "n 160", Glyph::Dot, 0.5),
                    cell("44.65", "n 8", Glyph::Ring, 0.6),
                    HeatCell::default(),
                ],
            ];
            heat_grid_ui(ui, ("grid", "Means by instruction and demo set"), (&rows, &columns), &cells);
        });
    });
    specimen(ui, "A chart of nothing", |ui| {
        section::card_ui(ui, |ui| {
            LineChart::new("none", "Empty chart", &[]).height(90.0).show(ui, &mut state.none);
        });
    });
    specimen(ui, "Spans over time", |ui| {
        let axis = (ui.available_width() * 0.4).min(320.0);
        let (head, _) = ui.allocate_exact_size(vec2(ui.available_width(), size::ROW), Sense::hover());
        let scale = TimeScale::new(0, 1_840_000_000, head.right() - axis, head.right() - size::GAP_M);
        axis_ui(ui, head.with_min_x(head.right() - axis), &scale);
        let tokens = Tokens::of(ui);
        let mut bars = Waterfall::new(scale, ui.pixels_per_point());
        let mut painter = None;
        boxed(ui, SPANS.len() as f32 * size::ROW + 2.0, |ui| {
            let rows = VirtualRows::new("spans", SPANS.len(), size::ROW).kind(RowsKind::Tree).label("Spans");
            rows.show(ui, &mut state.spans, |ui, row| {
                let (name, depth, tone, from, to) = SPANS[row.index];
                let has_children = SPANS.get(row.index + 1).is_some_and(|next| next.1 > depth);
                let fold = if has_children { Fold::Open } else { Fold::Leaf };
                let trailing = [Trailing::value("30 ms", 60.0)];
                let mark = Mark::Square(tone);
                TreeRow { depth, fold, mark, name, trailing: &trailing, reserved: axis, ..TreeRow::default() }
                    .show(ui, row);
                let color = tone.color(tokens);
                let color = if has_children { tokens.faint(color) } else { color };
                bars.add(row.rect, from * 1_000_000, to * 1_000_000, color);
                painter = Some(ui.painter().clone());
            });
        });
        if let Some(painter) = painter {
            bars.paint(&painter);
        }
    });
}
