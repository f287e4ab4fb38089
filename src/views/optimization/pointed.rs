//! What the pointer stands on, in the chart or in the table: each marks it in the other.

use egui::Context;

use super::rows::Line;

/// What is pointed at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Pointed {
    /// The place of an evaluation in the chart.
    point: Option<usize>,
    /// A line of the table.
    row: Option<Line>,
}

impl Pointed {
    /// The evaluation that is read in the chart, whose row is to be marked.
    pub fn point(self) -> Option<usize> {
        self.point
    }

    /// What is pointed at anywhere, whose points are to be marked.
    pub fn line(self) -> Option<Line> {
        self.row.or(self.point.map(Line::Evaluation))
    }

    /// Notes what is read in the chart.
    pub fn at_point(&mut self, ctx: &Context, point: Option<usize>) {
        self.note(ctx, Self { point, ..*self });
    }

    /// Notes what is pointed at in the table.
    pub fn at_row(&mut self, ctx: &Context, row: Option<Line>) {
        self.note(ctx, Self { row, ..*self });
    }

    /// What was drawn before it was known is drawn again.
    fn note(&mut self, ctx: &Context, new: Self) {
        if *self != new {
            *self = new;
            ctx.request_repaint();
        }
    }
}
