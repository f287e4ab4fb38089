//! The frozen line at the bottom: what each column comes to.

use super::head::{PADDING, whole};
use super::plan::Plan;
use super::source::{MatrixSource, StayingColumn, StayingKind};
use crate::widgets::row_text;
use crate::widgets::tokens::Tokens;
use crate::widgets::tokens::size::{self, Type};
use crate::widgets::virtual_rows::set_bounds;
use egui::accesskit::Role;
use egui::{Align, Id, Rect, Sense, Ui, pos2, vec2};

/// Its height: the figure, and below it of how many.
pub(super) const HEIGHT: f32 = 40.0;
const LINE: f32 = 17.0;

pub(super) fn show(
    ui: &mut Ui,
    (id, rect): (Id, Rect),
    (title, staying): (&str, &[StayingColumn<'_>]),
    (plan, x): (&Plan, f32),
    source: &impl MatrixSource,
) {
    let tokens = Tokens::of(ui);
    let line = (size::RULE, tokens.line);
    ui.painter().hline(whole(rect), rect.top() + 0.5, line);
    ui.painter().hline(whole(rect), rect.bottom() - 0.5, line);
    let text = staying.iter().position(|one| one.kind == StayingKind::Text).unwrap_or(0);
    let left = rect.left() + plan.staying_left(text) + PADDING;
    let room = Rect::from_min_max(pos2(left, rect.top()), pos2(rect.left() + plan.edge - PADDING, rect.bottom()));
    row_text::paint(ui.painter(), room, title, Type::Body, tokens.text2, Align::Min);
    let clip = ui.clip_rect();
    let edge = (rect.left() + plan.edge).max(clip.left());
    ui.set_clip_rect(clip.intersect(rect).with_min_x(edge));
    let mut told = Vec::new();
    for at in plan.seen(x) {
        let Some(sum) = source.sum(at) else { continue };
        let left = rect.left() + plan.left(at, x);
        let place = Rect::from_min_size(pos2(left, rect.top() + 3.0), vec2(plan.column, LINE));
        let own = id.with(("sum", at));
        ui.interact(place.union(place.translate(vec2(0.0, LINE))).intersect(ui.clip_rect()), own, Sense::hover());
        let words = if sum.note.is_empty() { sum.figure.to_string() } else { format!("{}, {}", sum.figure, sum.note) };
        ui.ctx().accesskit_node_builder(own, |node| {
            set_bounds(node, place.intersect(ui.clip_rect()));
            node.set_role(Role::Cell);
            node.set_label(words.as_str());
            node.set_column_index(staying.len() + at);
        });
        told.push(words);
        if left < edge - 0.5 || left + plan.column > rect.right().min(clip.right()) + 0.5 {
            // The beginning of a figure is another figure.
            continue;
        }
        let figure = row_text::natural(ui.painter(), &sum.figure, Type::Value);
        row_text::paint_galley(ui.painter(), place, figure, sum.tone.color(tokens), Align::Center);
        let second = place.translate(vec2(0.0, LINE - 1.0));
        row_text::paint(ui.painter(), second, &sum.note, Type::Caption, tokens.text3, Align::Center);
    }
    ui.set_clip_rect(clip);
    let own = id.with("sums");
    ui.interact(room, own, Sense::hover());
    ui.ctx().accesskit_node_builder(own, |node| {
        set_bounds(node, rect.intersect(clip));
        node.set_role(Role::Row);
        node.set_label(format!("{title}: {}", told.join("; ")));
    });
}
