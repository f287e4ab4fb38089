//! The frozen row of heads: what each column stands for.

use super::plan::Plan;
use super::source::{MatrixColumn, MatrixEvents, MatrixSource, StayingColumn, StayingKind};
use crate::widgets::category;
use crate::widgets::glyphs::Glyph;
use crate::widgets::row_text;
use crate::widgets::tokens::size::{self, Type};
use crate::widgets::tokens::{Tokens, Tone};
use crate::widgets::virtual_rows::set_bounds;
use egui::accesskit::{Action, Role};
use egui::{Align, Id, Painter, Rangef, Rect, Sense, Ui, pos2, vec2};

/// The height with one line, and with a second one.
pub(super) const ONE_LINE: f32 = size::TABLE_ROW;
pub(super) const TWO_LINES: f32 = 42.0;
const LINE: f32 = 17.0;
/// The free room at both sides of a text.
pub(super) const PADDING: f32 = size::GAP_S;
/// Between the mark of a column and its name, and before the star.
const GAP: f32 = size::GAP_XS;
const STAR: f32 = 12.0;

/// What a head needs to be read whole.
pub(super) fn need(painter: &Painter, column: &MatrixColumn<'_>) -> f32 {
    let width = |text: &str, cut| match text.is_empty() {
        true => 0.0,
        false if text.len() > row_text::SHORT => text.chars().count() as f32 * 7.0,
        false => row_text::natural(painter, text, cut).size().x,
    };
    let title = width(&column.title, Type::Small) + around(column);
    title.max(width(&column.note, Type::Caption)).ceil() + PADDING
}

/// What a head needs to be read where its name may be broken in two.
pub(super) fn need_broken(painter: &Painter, column: &MatrixColumn<'_>) -> f32 {
    let whole = need(painter, column);
    if !column.note.is_empty() || column.title.len() > row_text::SHORT {
        return whole;
    }
    let (first, second) = halves(&column.title);
    let width = |text: &str| row_text::natural(painter, text, Type::Small).size().x;
    ((width(first) + around(column)).max(width(second)).ceil() + PADDING).min(whole)
}

fn around(column: &MatrixColumn<'_>) -> f32 {
    let mark = if column.tone.is_some() { size::KIND_SQUARE + GAP } else { 0.0 };
    mark + if column.has_star { STAR + 2.0 } else { 0.0 }
}

/// Which column the cursor stands in, and which one the pointer.
pub(super) struct Lit {
    pub cursor: Option<usize>,
    pub hovered: Option<usize>,
}

pub(super) fn show(
    ui: &mut Ui,
    (id, rect): (Id, Rect),
    staying: &[StayingColumn<'_>],
    (plan, x): (&Plan, f32),
    source: &impl MatrixSource,
    lit: &Lit,
    events: &mut MatrixEvents,
) {
    let tokens = Tokens::of(ui);
    for (at, column) in staying.iter().enumerate() {
        let left = rect.left() + plan.staying_left(at);
        let place = Rect::from_min_max(pos2(left, rect.top()), pos2(left + plan.staying[at], rect.bottom()));
        if column.title.is_empty() || place.width() < 1.0 {
            continue;
        }
        let align = if column.kind == StayingKind::Number { Align::Max } else { Align::Min };
        let room = place.shrink2(vec2(PADDING, 0.0));
        row_text::paint(ui.painter(), room, column.title, Type::Small, tokens.text2, align);
        let own = id.with(("staying", at));
        ui.interact(place, own, Sense::hover());
        ui.ctx().accesskit_node_builder(own, |node| {
            set_bounds(node, place.intersect(ui.clip_rect()));
            node.set_role(Role::ColumnHeader);
            node.set_label(column.title);
            node.set_column_index(at);
        });
    }
    let clip = ui.clip_rect();
    let moving = clip.intersect(rect);
    ui.set_clip_rect(moving.with_min_x((rect.left() + plan.edge).max(moving.left())));
    for at in plan.seen(x) {
        let left = rect.left() + plan.left(at, x);
        let place = Rect::from_min_size(pos2(left, rect.top()), vec2(plan.column, rect.height()));
        let column = source.column(at);
        let own = id.with(("column", at));
        // What is hidden behind the columns that stay is not clicked.
        let response = ui.interact(place.intersect(ui.clip_rect()), own, Sense::click());
        ui.ctx().accesskit_node_builder(own, |node| {
            set_bounds(node, place.intersect(ui.clip_rect()));
            node.set_role(Role::ColumnHeader);
            let star = if column.has_star { " ★" } else { "" };
            let gap = if column.note.is_empty() { "" } else { " " };
            node.set_label(format!("{}{star}{gap}{}", column.title, column.note));
            node.set_description(source.column_hover(at));
            node.set_column_index(staying.len() + at);
            node.add_action(Action::Click);
        });
        let is_cursor = lit.cursor == Some(at);
        if is_cursor || response.hovered() || lit.hovered == Some(at) {
            let fill = if is_cursor { tokens.bg_selected } else { tokens.bg_raised };
            let ground = place.shrink2(vec2(1.0, 2.0));
            ui.painter().rect_filled(ground, f32::from(size::RADIUS_CELL), fill);
        }
        paint(ui.painter(), place, &column, tokens);
        if response.clicked() {
            events.head = Some(at);
        }
        if response.secondary_clicked() {
            events.menu = Some(at);
        }
        if response.has_focus() {
            crate::widgets::theme::focus_ring(ui.painter(), place.shrink(1.0), tokens);
        }
        let hover = if response.hovered() { source.column_hover(at) } else { String::new() };
        if !hover.is_empty() {
            response.on_hover_text(hover);
        }
    }
    ui.set_clip_rect(clip);
    ui.painter().hline(whole(rect), rect.bottom() - 0.5, (size::RULE, tokens.line));
}

/// The width of a line over all of the matrix, the bar at its right included.
pub(super) fn whole(rect: Rect) -> Rangef {
    Rangef::new(rect.left(), rect.right() + size::SCROLL_BAR)
}

fn paint(painter: &Painter, place: Rect, column: &MatrixColumn<'_>, tokens: &Tokens) {
    let room = place.width() - size::GAP_XS;
    // A name that needs more than a line has two where it has no second line of its own.
    let is_whole = row_text::natural(painter, &column.title, Type::Small).size().x + around(column) <= room;
    let (title, note) = match column.note.is_empty() && !is_whole && place.height() >= TWO_LINES {
        true => halves(&column.title),
        false => (&*column.title, &*column.note),
    };
    let note_tone = if column.note.is_empty() { tokens.text1 } else { tokens.text3 };
    let first = match note.is_empty() {
        true => place,
        false => Rect::from_min_size(place.min + vec2(0.0, 4.0), vec2(place.width(), LINE)),
    };
    let title = row_text::layout_key(painter, title, Type::Small, (room - around(column)).max(4.0));
    let whole = title.size().x + around(column);
    let mut at = place.center().x - whole / 2.0;
    if let Some(tone) = column.tone {
        let center = pos2(at + size::KIND_SQUARE / 2.0, first.center().y);
        painter.add(category::mark(center, size::KIND_SQUARE - 1.0, tone, tokens));
        at += size::KIND_SQUARE + GAP;
    }
    let color = if column.has_star { tokens.good } else { tokens.text1 };
    let right = at + title.size().x;
    row_text::paint_galley(painter, first.with_min_x(at), title, color, Align::Min);
    if column.has_star {
        let center = pos2(right + 2.0 + STAR / 2.0, first.center().y);
        Glyph::Star.paint(painter, center, STAR, Tone::Good.color(tokens));
    }
    if !note.is_empty() {
        let second = Rect::from_min_size(pos2(place.left(), first.bottom()), vec2(place.width(), LINE));
        let second = second.shrink2(vec2(size::GAP_XS / 2.0, 0.0));
        let cut = if column.note.is_empty() { Type::Small } else { Type::Caption };
        row_text::paint_key(painter, second, note, cut, note_tone, Align::Center);
    }
}

/// A name in two parts: broken behind what parts words, as near to its middle as there is such a place.
fn halves(name: &str) -> (&str, &str) {
    let is_break = |letter: char| letter.is_whitespace() || matches!(letter, '-' | '_' | ':' | '/' | '.');
    let breaks = name.char_indices().filter(|(_, letter)| is_break(*letter)).map(|(at, letter)| at + letter.len_utf8());
    let inner = breaks.filter(|at| *at < name.len());
    let near = inner.min_by_key(|at| (2 * at).abs_diff(name.len()));
    near.map_or((name, ""), |at| (name[..at].trim_end(), &name[at..]))
}

#[cfg(test)]
mod tests {
    use super::halves;

    #[test]
    fn a_long_name_breaks_between_words() {
        assert_eq!(halves("held out: mipro winner"), ("held out:", "mipro winner"));
        assert_eq!(halves("bold-finch-218"), ("bold-", "finch-218"));
        assert_eq!(halves("eval_"), ("eval_", ""));
        assert_eq!(halves("佐藤 さん"), ("佐藤", "さん"));
        assert_eq!(halves(""), ("", ""));
    }
}
