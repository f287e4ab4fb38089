//! Paints one row of JSON.

use super::row::{JsonKey, JsonKind, JsonRow};
use super::search::{JsonHit, JsonPart};
use super::view::JsonView;
use crate::widgets::glyphs::Glyph;
use crate::widgets::row_text::GRAPHEMES_MOST;
use crate::widgets::text::visible_line;
use crate::widgets::tokens::size::{self, Type};
use crate::widgets::tokens::{Tokens, Tone};
use crate::widgets::tree_row::paint_background;
use crate::widgets::virtual_rows::{RowInfo, VisibleRow, set_bounds};
use crate::words;
use egui::accesskit::{Action, Role};
use egui::text::{CCursor, LayoutJob, TextWrapping};
use egui::{Painter, Rect, Response, Sense, Ui, pos2, vec2};

const PADDING: f32 = 6.0;
/// The room that deep rows leave for what they say.
const TEXT_LEAST: f32 = 160.0;

pub(super) struct Painted {
    pub(super) response: Response,
    pub(super) toggled: bool,
    /// How wide the row would have liked to be.
    pub(super) width: f32,
}

impl JsonView<'_> {
    pub(super) fn row_ui(
        &self,
        ui: &Ui,
        row: &VisibleRow,
        index: usize,
        is_open: bool,
        selected: bool,
        x: f32,
    ) -> Painted {
        let tokens = Tokens::of(ui);
        let empty = JsonRow {
            depth: 0,
            kind: JsonKind::Null,
            key: JsonKey::Root,
            preview: "".into(),
            count: 0,
            descendants: 0,
            parent: None,
            is_open: false,
        };
        let json = self.rows.row(index).unwrap_or(&empty);
        let (key, value) = (json.key.text(), self.value_text(json, index, is_open));
        let label = match &*key {
            "" => format!("{}: {value}", json.kind.word()),
            key => format!("{key}: {} {value}", json.kind.word()),
        };
        let info = RowInfo {
            label: &words::one_line(&label, GRAPHEMES_MOST),
            depth: Some(json.depth as usize),
            expanded: json.can_fold().then_some(is_open),
            selected,
            position: None,
        };
        let response = row.interact(ui, info);
        paint_background(ui, row.rect, selected, response.hovered(), tokens);

        let painter = ui.painter().with_clip_rect(ui.clip_rect().intersect(row.rect));
        let indent = (json.depth as f32 * size::INDENT).min((row.rect.width() - TEXT_LEAST).max(0.0));
        let mut at = pos2(row.rect.left() + PADDING + indent - x, row.rect.center().y);
        let begin = at.x;
        let toggled = json.can_fold() && fold_ui(ui, row, at, &label, is_open);
        at.x += size::ICON + size::GAP_XS;
        if json.kind == JsonKind::Line {
            // A thin line at the side holds the lines of a text together.
            let line = at.x - size::GAP_S;
            painter.vline(line, row.rect.y_range(), (size::RULE, tokens.line));
        }
        if !key.is_empty() {
            let tone = if matches!(json.key, JsonKey::Name(_)) { Tone::Accent } else { Tone::Faint };
            at.x = self.part_ui(&painter, at, &key, None, tone, index, JsonPart::Key, tokens) + size::GAP_M;
        }
        if json.kind == JsonKind::Masked {
            Glyph::Dot.paint(&painter, at + vec2(size::ICON / 2.0, 0.0), size::ICON - 2.0, tokens.warn);
            at.x += size::ICON + size::GAP_XS;
        }
        let raw = matches!(json.kind, JsonKind::Line | JsonKind::String).then(|| self.rows.shown(index));
        at.x = self.part_ui(&painter, at, &value, raw, tone_of(json.kind, is_open), index, JsonPart::Value, tokens);
        let width = at.x - begin + indent + 2.0 * PADDING;
        Painted { response, toggled, width }
    }

    /// What is shown of a row's value.
    fn value_text(&self, row: &JsonRow, index: usize, is_open: bool) -> String {
        let many = |one: &str, more: &str| match row.count {
            1 => format!("1 {one}"),
            n => format!("{} {more}", words::count(n.into())),
        };
        match row.kind {
            JsonKind::Object if is_open => many("key", "keys"),
            JsonKind::Array if is_open => many("item", "items"),
            JsonKind::Text if is_open => many("line", "lines"),
            JsonKind::Chunk => many("item", "items"),
            JsonKind::Object | JsonKind::Array if row.count > 0 => {
                visible_line(&format!("{} · {}", words::count(row.count.into()), row.preview)).into_owned()
            }
            _ => visible_line(self.rows.shown(index)).into_owned(),
        }
    }

    /// Paints a key or a value with its hits; returns where it ends. `raw` is the text before controls were made
    /// visible, which is what hits are counted in.
    #[expect(clippy::too_many_arguments, reason = "one call for keys and one for values")]
    fn part_ui(
        &self,
        painter: &Painter,
        at: egui::Pos2,
        text: &str,
        raw: Option<&str>,
        tone: Tone,
        index: usize,
        part: JsonPart,
        tokens: &Tokens,
    ) -> f32 {
        let color = tone.color(tokens);
        let text = if text.len() > 8_000 { &text[..text.floor_char_boundary(8_000)] } else { text };
        // Cut where the row ends, with an ellipsis, so that it is seen that there is more.
        let mut job = LayoutJob::simple_singleline(text.to_owned(), Type::Value.font(), color);
        let room = (painter.clip_rect().right() - at.x - size::GAP_S).max(24.0).floor();
        job.wrap = TextWrapping::truncate_at_width(room);
        let galley = painter.layout_job(job);
        let raw = raw.unwrap_or(text);
        for (hit_index, hit) in self.hits_of(index, part) {
            let column = |byte: usize| {
                let byte = raw.floor_char_boundary(byte.min(raw.len()));
                CCursor::new(visible_line(&raw[..byte]).chars().count())
            };
            let left = at.x + galley.pos_from_cursor(column(hit.range.start)).left();
            let right = at.x + galley.pos_from_cursor(column(hit.range.end)).left();
            let mark = Rect::from_x_y_ranges(left..=right, at.y - size::LINE / 2.0..=at.y + size::LINE / 2.0);
            painter.rect_filled(mark, 2.0, tokens.warn_bg);
            if self.current_hit == Some(hit_index) {
                painter.rect_stroke(mark, 2.0, (1.0, tokens.warn), egui::StrokeKind::Outside);
            }
        }
        let end = at.x + galley.size().x;
        let top = ((at.y - galley.size().y / 2.0) * 2.0).round() / 2.0;
        painter.galley(pos2(at.x, top), galley, color);
        end
    }

    fn hits_of(&self, index: usize, part: JsonPart) -> impl Iterator<Item = (usize, &JsonHit)> {
        let first = self.hits.partition_point(|hit| (hit.row as usize) < index);
        let of_row = self.hits.iter().enumerate().skip(first).take_while(move |(_, hit)| hit.row as usize == index);
        of_row.filter(move |(_, hit)| hit.part == part)
    }
}

fn tone_of(kind: JsonKind, is_open: bool) -> Tone {
    match kind {
        JsonKind::Object | JsonKind::Array | JsonKind::Text if is_open => Tone::Faint,
        JsonKind::Object | JsonKind::Array => Tone::Muted,
        JsonKind::String | JsonKind::Text | JsonKind::Line => Tone::Neutral,
        JsonKind::Number => Tone::Teal,
        JsonKind::Bool => Tone::Violet,
        JsonKind::Masked | JsonKind::Cut => Tone::Warn,
        JsonKind::Null | JsonKind::Chunk => Tone::Faint,
    }
}

fn fold_ui(ui: &Ui, row: &VisibleRow, at: egui::Pos2, label: &str, is_open: bool) -> bool {
    let rect = Rect::from_center_size(at + vec2(size::ICON / 2.0, 0.0), vec2(size::ICON + 4.0, row.rect.height()));
    let id = row.id.with("fold");
    let response = ui.interact(rect, id, Sense::CLICK);
    let tone = if response.hovered() { Tone::Neutral } else { Tone::Faint };
    let glyph = if is_open { Glyph::FoldOpen } else { Glyph::FoldClosed };
    let painter = ui.painter().with_clip_rect(ui.clip_rect().intersect(row.rect));
    glyph.paint_tone(&painter, rect.center(), tone, Tokens::of(ui));
    ui.ctx().accesskit_node_builder(id, |node| {
        set_bounds(node, rect.intersect(ui.clip_rect()));
        node.set_role(Role::DisclosureTriangle);
        let verb = if is_open { "Fold" } else { "Unfold" };
        node.set_label(format!("{verb} {}", words::one_line(label, 60)));
        node.add_action(Action::Click);
    });
    response.clicked()
}
