//! One row of the tree of spans: a span, or a run of siblings.

use egui::{Color32, Rect, Ui};

use super::rows::{SpanLine, extent_of_run};
use super::texts::{self, cost_text, run_text, token_text};
use crate::loader::{SpanFigures, TraceTree};
use crate::model::SpanHead;
use crate::views::spans::kind_tone;
use crate::widgets::tokens::{Tokens, Tone};
use crate::widgets::tree_row::{Fold, Mark, Trailing, TreeEvent, TreeRow};
use crate::widgets::virtual_rows::VisibleRow;
use crate::widgets::waterfall::Waterfall;
use crate::words;

/// How wide the columns of figures are.
#[derive(Clone, Copy)]
pub(super) struct Columns {
    /// Of the time without that of the spans below.
    pub own: f32,
    /// Of the tokens.
    pub usage: f32,
    /// Of the cost; 0 where it is not shown.
    pub cost: f32,
}

/// One row in the list.
pub(super) struct SpanRow<'a> {
    pub line: &'a SpanLine,
    pub tree: &'a TraceTree,
    /// `None` until they are known.
    pub figures: Option<&'a SpanFigures>,
    pub is_selected: bool,
    /// It is not among what is to stand out.
    pub is_dimmed: bool,
    /// How many places of what is looked for are in it.
    pub hits: usize,
    /// What the bars need, at the right.
    pub reserved: f32,
    pub columns: Columns,
}

impl SpanRow<'_> {
    pub fn show(&self, ui: &mut Ui, row: &VisibleRow) -> TreeEvent {
        if self.line.run.is_some() { self.show_run(ui, row) } else { self.show_span(ui, row) }
    }

    fn show_span(&self, ui: &mut Ui, row: &VisibleRow) -> TreeEvent {
        let Self { line, tree, figures, is_selected, reserved, columns, .. } = *self;
        let span = &tree.spans[line.ordinal];
        let own = figures.and_then(|figures| figures.own_time_ns).map(words::duration_ns);
        let own = own.unwrap_or_else(|| if figures.is_some() { "–".to_owned() } else { String::new() });
        let usage = token_text(figures.map(|figures| &figures.tokens));
        let tone = |tone: Tone| if self.is_dimmed { Tone::Faint } else { tone };
        let usage_tone = if usage == "–" { Tone::Faint } else { Tone::Muted };
        let cost = cost_text(figures);
        let cost_tone = if cost == "–" { Tone::Faint } else { Tone::Muted };
        // What has no room is left out from the left on.
        let trailing = [
            Trailing { tone: tone(cost_tone), ..Trailing::value(&cost, columns.cost) },
            Trailing { tone: tone(Tone::Muted), ..Trailing::value(&own, columns.own) },
            Trailing { tone: tone(usage_tone), ..Trailing::value(&usage, columns.usage) },
        ];
        let model = figures.and_then(|figures| figures.model.as_deref()).unwrap_or("");
        let model = model.rsplit('/').next().unwrap_or(model);
        let note = texts::note(tree, line, model);
        let found = match self.hits {
            0 => String::new(),
            1 => "found".to_owned(),
            more => format!("found ×{}", words::count(more as u64)),
        };
        TreeRow {
            depth: line.depth,
            fold: fold_of(line),
            mark: Mark::Square(tone(kind_tone(&span.kind))),
            name: if span.name.is_empty() { "(no name)" } else { &span.name },
            tone: tone(if is_failed(span) { Tone::Bad } else { Tone::Neutral }),
            note: &note,
            tag: (self.hits > 0).then_some((found.as_str(), Tone::Accent)),
            trailing: if columns.cost > 0.0 { &trailing } else { &trailing[1..] },
            reserved,
            selected: is_selected,
            ..TreeRow::default()
        }
        .show(ui, row)
    }

    fn show_run(&self, ui: &mut Ui, row: &VisibleRow) -> TreeEvent {
        let Some(run) = &self.line.run else { return TreeEvent::None };
        let (text, errors) = run_text(run, self.line.is_open == Some(true));
        TreeRow {
            depth: self.line.depth,
            fold: fold_of(self.line),
            name: &text,
            tone: Tone::Muted,
            tag: (!errors.is_empty()).then_some((errors.as_str(), Tone::Bad)),
            description: &errors,
            reserved: self.reserved,
            selected: self.is_selected,
            ..TreeRow::default()
        }
        .show(ui, row)
    }

    /// Adds the bar: the span's time, darker where it worked itself, underlined where it is critical. Returns where it
    /// stands, if it is to be seen.
    pub fn bar(&self, waterfall: &mut Waterfall, rect: Rect, shows_critical: bool, tokens: &Tokens) -> Option<Rect> {
        let Self { line, tree, .. } = *self;
        let shape = &tree.shape;
        if let Some(run) = extent_of_run(line) {
            let color = tokens.faint(tokens.faint(tokens.text3));
            return waterfall.add_if_seen(rect, run.0, run.1, color);
        }
        let span = &tree.spans[line.ordinal];
        let end = span.end_ns.unwrap_or(shape.overview.extent_ns.1);
        let color = self.color(span, tokens);
        let own = shape.own.of(line.ordinal);
        let is_all_own = own == [(span.start_ns, end)] || line.is_open.is_none() && own.is_empty();
        let bar =
            waterfall.add_if_seen(rect, span.start_ns, end, if is_all_own { color } else { tokens.faint(color) })?;
        if !is_all_own {
            waterfall.add_within(bar, own, color);
        }
        if shows_critical {
            waterfall.underline(bar, shape.critical.of(line.ordinal), tokens.text1);
        }
        Some(bar)
    }

    fn color(&self, span: &SpanHead, tokens: &Tokens) -> Color32 {
        let tone = if is_failed(span) { Tone::Bad } else { kind_tone(&span.kind) };
        let color = tone.color(tokens);
        if self.is_dimmed { color.gamma_multiply(0.25) } else { color }
    }
}

fn fold_of(line: &SpanLine) -> Fold {
    match line.is_open {
        None => Fold::Leaf,
        Some(true) => Fold::Open,
        Some(false) => Fold::Closed,
    }
}

pub(super) fn is_failed(span: &SpanHead) -> bool {
    span.status == "ERROR"
}
