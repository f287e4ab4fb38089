//! One row of a tree: fold triangle, mark, name, an optional small bar, columns at the right.

mod parts;

pub use parts::{Fold, Mark, Trailing, TreeEvent};

use super::category;
use super::glyphs::{self, Glyph};
use super::row_text;
use super::tokens::size::{self, Type};
use super::tokens::{Tokens, Tone};
use super::virtual_rows::{RowInfo, VisibleRow};
use crate::words;
use egui::accesskit::{Action, Role};
use egui::{Align, Rect, Sense, Ui, pos2, vec2};

/// A row of a tree, to be shown within [`super::virtual_rows::VirtualRows`].
#[derive(Clone, Debug, Default)]
pub struct TreeRow<'a> {
    /// How deep it stands, from 0.
    pub depth: usize,
    /// Its children.
    pub fold: Fold,
    /// The mark before the name.
    pub mark: Mark,
    /// The name.
    pub name: &'a str,
    /// The tone of the name.
    pub tone: Tone,
    /// Whether the name leads: medium weight.
    pub strong: bool,
    /// A short faint text after the name: "inferred", "4 adapters folded".
    pub note: &'a str,
    /// A few words after the name in a colour of their own. In too little room the first word alone, or none.
    pub tag: Option<(&'a str, Tone)>,
    /// Whether it is the winner: a star after the name.
    pub star: bool,
    /// A small bar before the columns: how far from 0 to 1, and its tone.
    pub bar: Option<(f32, Tone)>,
    /// Columns at the right edge, from left to right.
    pub trailing: &'a [Trailing<'a>],
    /// Room kept free at the right of the columns, for what the caller paints.
    pub reserved: f32,
    /// Whether the row is selected.
    pub selected: bool,
    /// The place among its siblings and their number.
    pub position: Option<(usize, usize)>,
    /// What the marks and columns say, for those who do not see them: "finished, eval 83.5".
    pub description: &'a str,
}

const PADDING: f32 = 10.0;
const BAR_WIDTH: f32 = 26.0;
/// The room that marks and a name need; columns that would take it are left out, in all rows alike.
const NAME_LEAST: f32 = 110.0;
/// What a name keeps beside the bar, which is left out first: it only draws what a figure says.
const NAME_BESIDE_BAR: f32 = 96.0;
/// Rows deeper than this have no more room for the bar taken from them.
const DEPTH_BESIDE_BAR: usize = 3;
/// What the mark of a row needs that stands deeper than it seems.
const MARK: f32 = 26.0;
/// A name keeps so much room beside its tag, else the tag is left out.
const NAME_BESIDE_TAG: f32 = 60.0;
/// Between a name and its tag.
const TAG_GAP: f32 = size::GAP_XS + 2.0;
/// A note with less room than this is left out.
const NOTE_LEAST: f32 = 28.0;

/// How far a row is indented, and how many of its levels that leaves out: deep trees stop indenting where there would
/// be no room for names, and each row says how much deeper it stands than it seems.
fn indent(depth: usize, room: f32) -> (f32, usize) {
    let wanted = depth as f32 * size::INDENT;
    if wanted <= room {
        return (wanted, 0);
    }
    // Whole levels, so that parents and children that are both indented still stand in steps.
    let levels = ((room - MARK) / size::INDENT).floor().max(0.0);
    (levels * size::INDENT + MARK, depth - (levels as usize).min(depth))
}

impl TreeRow<'_> {
    /// Paints the row and says what was done with it.
    pub fn show(&self, ui: &Ui, row: &VisibleRow) -> TreeEvent {
        let tokens = Tokens::of(ui);
        let response = row.interact(
            ui,
            RowInfo {
                label: self.name,
                depth: Some(self.depth),
                expanded: match self.fold {
                    Fold::Leaf | Fold::Flat => None,
                    Fold::Open => Some(true),
                    Fold::Closed => Some(false),
                },
                selected: self.selected,
                position: self.position,
            },
        );
        // A note that nothing else says, "inferred", is not for the eye alone.
        let said = if self.description.is_empty() { self.note } else { self.description };
        if !said.is_empty() {
            ui.ctx().accesskit_node_builder(row.id, |node| node.set_description(said));
        }
        paint_background(ui, row.rect, self.selected, response.hovered(), tokens);

        let center_y = row.rect.center().y;
        let right = self.trailing_ui(ui, row.rect, tokens);
        let (indent, levels) = indent(self.depth, right - row.rect.left() - NAME_LEAST);
        let mut x = row.rect.left() + PADDING + indent;
        if levels > 0 {
            let cell = Rect::from_min_max(pos2(x - MARK, row.rect.top()), pos2(x, row.rect.bottom()));
            let text = format!("+{}", words::count(levels as u64));
            row_text::paint(ui.painter(), cell, &text, Type::Caption, tokens.text3, Align::Min);
        }

        let fold_rect = Rect::from_center_size(
            pos2(x + size::ICON / 2.0, center_y),
            vec2(size::ICON + size::GAP_XS, row.rect.height()),
        );
        let toggled = self.fold_ui(ui, row, fold_rect, tokens);
        if self.fold != Fold::Flat {
            x += size::ICON + size::GAP_XS;
        }
        x = self.mark_ui(ui, pos2(x, center_y), tokens);

        self.name_ui(ui, Rect::from_min_max(pos2(x, row.rect.top()), pos2(right, row.rect.bottom())));
        if toggled {
            TreeEvent::FoldToggled
        } else if response.secondary_clicked() {
            TreeEvent::MenuAsked
        } else if response.double_clicked() {
            TreeEvent::DoubleClicked
        } else if response.clicked() {
            TreeEvent::Clicked
        } else {
            TreeEvent::None
        }
    }

    fn fold_ui(&self, ui: &Ui, row: &VisibleRow, rect: Rect, tokens: &Tokens) -> bool {
        let glyph = match self.fold {
            Fold::Leaf | Fold::Flat => return false,
            Fold::Open => Glyph::FoldOpen,
            Fold::Closed => Glyph::FoldClosed,
        };
        let id = row.id.with("fold");
        let response = ui.interact(rect, id, Sense::CLICK);
        let tone = if response.hovered() { Tone::Neutral } else { Tone::Faint };
        glyph.paint_tone(ui.painter(), rect.center(), tone, tokens);
        ui.ctx().accesskit_node_builder(id, |node| {
            super::virtual_rows::set_bounds(node, rect.intersect(ui.clip_rect()));
            let verb = if self.fold == Fold::Open { "Fold" } else { "Unfold" };
            node.set_role(Role::DisclosureTriangle);
            node.set_label(format!("{verb} {}", self.name));
            node.add_action(Action::Click);
        });
        response.clicked()
    }

    fn mark_ui(&self, ui: &Ui, at: egui::Pos2, tokens: &Tokens) -> f32 {
        let painter = ui.painter();
        let small = at + vec2(size::KIND_SQUARE / 2.0, 0.0);
        let large = at + vec2(size::ICON / 2.0, 0.0);
        match self.mark {
            Mark::None => return at.x,
            Mark::Square(tone) => glyphs::paint_square(painter, small, tone.color(tokens)),
            Mark::Dot(tone) => {
                painter.add(category::mark(small, size::KIND_SQUARE, tone, tokens));
            }
            Mark::Status(status) => glyphs::paint_status(painter, large, status, tokens),
            Mark::Glyph(glyph, tone) => glyph.paint_tone(painter, large, tone, tokens),
        }
        let width = match self.mark {
            Mark::Status(_) | Mark::Glyph(..) => size::ICON,
            _ => size::KIND_SQUARE,
        };
        at.x + width + size::GAP_XS + 3.0
    }

    /// Paints the columns and the bar from the right. Returns where the name has to end.
    fn trailing_ui(&self, ui: &Ui, rect: Rect, tokens: &Tokens) -> f32 {
        let painter = ui.painter();
        let mut right = rect.right() - PADDING - self.reserved;
        let least = rect.left() + PADDING + NAME_LEAST;
        let hides_captions = self.hides_captions(painter, rect);
        for column in self.trailing.iter().rev().filter(|column| column.mono || !hides_captions) {
            let cut = if column.mono { Type::Value } else { Type::Small };
            // A figure is shown whole or not at all.
            let width = match crate::words::is_figure(column.text) {
                true => row_text::natural(painter, column.text, cut).size().x.ceil().max(column.width),
                false => column.width,
            };
            if right - width < least {
                return right;
            }
            let cell = Rect::from_min_max(pos2(right - width, rect.top()), pos2(right, rect.bottom()));
            row_text::paint(painter, cell, column.text, cut, column.tone.color(tokens), Align::Max);
            right -= width + size::GAP_S;
        }
        if let Some((share, tone)) = self.bar
            && right - BAR_WIDTH >= least.max(rect.left() + self.least_beside_bar())
        {
            let track = Rect::from_min_size(
                pos2(right - BAR_WIDTH, rect.center().y - size::MINI_BAR / 2.0),
                vec2(BAR_WIDTH, size::MINI_BAR),
            );
            // On the selected row the colour of rules would not be seen.
            let empty = if self.selected { tokens.faint(tokens.text2) } else { tokens.line };
            painter.rect_filled(track, size::MINI_BAR / 2.0, empty);
            if share > 0.0 {
                let width = (BAR_WIDTH * share.min(1.0)).max(size::MINI_BAR);
                let full = Rect::from_min_size(track.min, vec2(width, size::MINI_BAR));
                painter.rect_filled(full, size::MINI_BAR / 2.0, tone.color(tokens));
            }
            right -= BAR_WIDTH + size::GAP_S;
        }
        right
    }

    /// What stands before the name.
    fn lead(&self) -> f32 {
        let fold = if self.fold == Fold::Flat { 0.0 } else { size::ICON + size::GAP_XS };
        let mark = if self.mark == Mark::None { 0.0 } else { size::ICON + size::GAP_XS + 3.0 };
        PADDING + fold + mark
    }

    /// How much of a row is left to what stands before the bar.
    fn least_beside_bar(&self) -> f32 {
        self.lead() + self.depth.min(DEPTH_BESIDE_BAR) as f32 * size::INDENT + NAME_BESIDE_BAR
    }

    /// Whether the name is whole only without the captions: a count says less than a name.
    fn hides_captions(&self, painter: &egui::Painter, rect: Rect) -> bool {
        let width = |mono| {
            let columns = self.trailing.iter().filter(|column| column.mono == mono);
            columns.map(|column| column.width + size::GAP_S).sum::<f32>()
        };
        let captions = width(false);
        if captions == 0.0 {
            return false;
        }
        let bar = self.bar.map_or(0.0, |_| BAR_WIDTH + size::GAP_S);
        let taken = PADDING + self.lead() + self.reserved + self.depth as f32 * size::INDENT + bar;
        let room = rect.width() - taken - width(true);
        let cut = if self.strong { Type::BodyMedium } else { Type::Body };
        let name = row_text::layout(painter, self.name, cut.font(), rect.width().max(1.0)).size().x;
        name > room - captions && name <= room
    }

    fn name_ui(&self, ui: &Ui, rect: Rect) {
        let tokens = Tokens::of(ui);
        let painter = ui.painter();
        let cut = if self.strong { Type::BodyMedium } else { Type::Body };
        let star = if self.star { size::ICON + size::GAP_XS } else { 0.0 };
        let lay = |text: &str| row_text::layout(painter, text, Type::Small.font(), f32::INFINITY);
        let first = self.tag.map(|(tag, _)| tag.split(' ').next().unwrap_or_default());
        let tag_room = first.map_or(0.0, |first| lay(first).size().x + TAG_GAP);
        let tag_room = if rect.width() - star - tag_room < NAME_BESIDE_TAG { 0.0 } else { tag_room };
        let room = rect.with_max_x(rect.right() - star - tag_room);
        let name = row_text::paint_numbered(painter, room, self.name, cut, self.tone.color(tokens));
        let mut x = name.right();
        if self.star {
            let at = pos2(x + star / 2.0 + 2.0, rect.center().y);
            Glyph::Star.paint_tone(painter, at, self.tone, tokens);
            x += star;
        }
        if let Some((tag, tone)) = self.tag {
            let room = rect.right() - x - TAG_GAP + 0.5;
            let mut galleys = [Some(tag), first].into_iter().flatten().map(lay);
            if let Some(galley) = galleys.find(|galley| galley.size().x <= room) {
                let place = rect.with_min_x(x + TAG_GAP);
                x = row_text::paint_galley(painter, place, galley, tone.color(tokens), Align::Min).right();
            }
        }
        let left = x + size::GAP_S;
        // Less than a few letters say nothing.
        if !self.note.is_empty() && left + NOTE_LEAST < rect.right() {
            row_text::paint(painter, rect.with_min_x(left), self.note, Type::Small, tokens.text3, Align::Min);
        }
    }
}

/// The background of a row that is selected or hovered.
pub fn paint_background(ui: &Ui, rect: Rect, selected: bool, hovered: bool, tokens: &Tokens) {
    if selected {
        ui.painter().rect_filled(rect, 0.0, tokens.bg_selected);
    } else if hovered {
        ui.painter().rect_filled(rect, 0.0, tokens.bg_raised);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_that_cannot_be_indented_says_how_deep_it_stands() {
        assert_eq!(indent(0, 0.0), (0.0, 0));
        assert_eq!(indent(3, 100.0), (3.0 * size::INDENT, 0));
        assert_eq!(indent(7, 100.0), (4.0 * size::INDENT + MARK, 3));
        assert_eq!(indent(5, -40.0), (MARK, 5), "where there is no room at all");
        for room in (-50..600).map(|room| room as f32) {
            let mut last = (0.0, 0);
            for depth in 0..200 {
                let (points, levels) = indent(depth, room);
                // One level deeper is told by the indent or by the mark.
                assert!(depth == 0 || points > last.0 || levels > last.1, "{depth} of {room}");
                assert!(points <= room.max(0.0) + MARK && levels <= depth);
                last = (points, levels);
            }
        }
    }
}
