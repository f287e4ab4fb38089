//! The pieces of a message.

use egui::{Label, RichText, Ui};

use super::{Drawing, media};
use crate::loader::{Piece, SignatureField, Text};
use crate::views::body::text::Face;
use crate::views::scene::Scene;
use crate::widgets::chips::Chip;
use crate::widgets::glyphs::Glyph;
use crate::widgets::section::text_ui;
use crate::widgets::tokens::size::{self, Type};
use crate::widgets::tokens::{Tokens, Tone};
use crate::words;

/// Pieces of demos are numbered behind those of their card.
const PIECES_MOST: usize = 10_000;
/// A type in Python's words may be as long as a program.
const TYPE_MOST: usize = 160;

/// The number before those of the pieces of a demo.
pub(super) fn below(demo: usize) -> usize {
    (demo + 1).saturating_mul(PIECES_MOST)
}

/// Draws pieces; `at` is their card, and the number of the first.
pub(super) fn pieces_ui(
    ui: &mut Ui,
    scene: &mut Scene<'_>,
    drawing: &mut Drawing<'_>,
    (card, first): (usize, usize),
    pieces: &[Piece],
) {
    let is_foldable = |piece: &Piece| matches!(piece, Piece::Folded { .. } | Piece::Signature(_) | Piece::Tool { .. });
    let mut at = 0;
    while let Some(piece) = pieces.get(at) {
        if is_foldable(piece) {
            // Those that fold stand in one line, what is open below it.
            let count = pieces.iter().skip(at).take_while(|piece| is_foldable(piece)).count();
            let folds = pieces.get(at..at + count).unwrap_or_default();
            folds_ui(ui, scene, drawing, (card, first + at), folds);
            at += count;
            continue;
        }
        ui.push_id((card, first + at), |ui| piece_ui(ui, scene, drawing, piece));
        at += 1;
    }
}

/// `▸ 2 inputs, 1 output   ▸ output rules`
fn folds_ui(
    ui: &mut Ui,
    scene: &mut Scene<'_>,
    drawing: &mut Drawing<'_>,
    (card, first): (usize, usize),
    pieces: &[Piece],
) {
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.y = 2.0;
        for (at, piece) in pieces.iter().enumerate() {
            let key = (card, first + at);
            let (title, note) = match piece {
                Piece::Signature(fields) => (signature_title(fields), String::new()),
                Piece::Folded { title, .. } => ((*title).to_owned(), String::new()),
                Piece::Tool { name, .. } => (words::one_line(name, 60).into_owned(), String::new()),
                _ => continue,
            };
            ui.push_id(key, |ui| fold_ui(ui, drawing, key, (&title, &note)));
        }
    });
    for (at, piece) in pieces.iter().enumerate() {
        if !drawing.memory.open.contains(&(card, first + at)) {
            continue;
        }
        ui.push_id((card, first + at), |ui| match piece {
            Piece::Signature(fields) => signature_ui(ui, fields),
            Piece::Folded { title, text } => {
                text_ui(ui, title, Type::Small, Tone::Muted);
                value_ui(ui, scene, drawing, (title, text), Face::Value);
            }
            Piece::Tool { name, about, text } => {
                text_ui(ui, &words::one_line(name, 80), Type::Value, Tone::Warn);
                if !about.is_empty() {
                    wrapped_ui(ui, about, Type::Small, Tone::Muted);
                }
                value_ui(ui, scene, drawing, (name, text), Face::Value);
            }
            _ => {}
        });
        ui.add_space(size::GAP_XS);
    }
}

/// What opens and closes something.
pub(super) fn fold_ui(ui: &mut Ui, drawing: &mut Drawing<'_>, key: (usize, usize), (title, note): (&str, &str)) {
    let is_open = drawing.memory.open.contains(&key);
    let glyph = if is_open { Glyph::FoldOpen } else { Glyph::FoldClosed };
    let chip = Chip::toggle(title, is_open).note(note).glyph(glyph, Tone::Muted);
    if ui.add(chip).clicked() && !drawing.memory.open.remove(&key) {
        drawing.memory.open.insert(key);
    }
}

/// `2 inputs, 1 output`
fn signature_title(fields: &[SignatureField]) -> String {
    let outputs = fields.iter().filter(|field| field.is_output).count();
    let inputs = fields.len() - outputs;
    let parts = [(inputs, "input"), (outputs, "output")];
    let told: Vec<String> =
        parts.into_iter().filter(|(count, _)| *count > 0).map(|(count, word)| words::counted(count, word)).collect();
    told.join(", ")
}

fn signature_ui(ui: &mut Ui, fields: &[SignatureField]) {
    for field in fields {
        line_ui(ui, |ui| {
            let direction = if field.is_output { "output" } else { "input" };
            text_ui(ui, direction, Type::Caption, Tone::Faint);
            name_ui(ui, &field.name, field.field_type.as_deref());
        });
        if !field.description.is_empty() {
            wrapped_ui(ui, &words::ellipsize_graphemes(&field.description, 600), Type::Small, Tone::Muted);
        }
    }
}

/// The name of a field with its type, which may be long.
fn name_ui(ui: &mut Ui, name: &str, field_type: Option<&str>) {
    text_ui(ui, &words::one_line(name, 80), Type::Value, Tone::Accent);
    if let Some(kind) = field_type.filter(|kind| *kind != "str") {
        let short = words::one_line(kind, TYPE_MOST);
        let color = Tone::Faint.color(Tokens::of(ui));
        let text = RichText::new(short.as_ref()).font(Type::ValueSmall.font()).color(color);
        ui.add(Label::new(text).truncate()).on_hover_text(words::ellipsize_graphemes(kind, 2_000));
    }
}

/// A line of names: no higher than they are.
fn line_ui(ui: &mut Ui, add: impl FnOnce(&mut Ui)) {
    ui.scope(|ui| {
        ui.spacing_mut().interact_size.y = size::TYPE_FIGURE;
        ui.horizontal(add);
    });
}

fn piece_ui(ui: &mut Ui, scene: &mut Scene<'_>, drawing: &mut Drawing<'_>, piece: &Piece) {
    match piece {
        Piece::Field { name, field_type, text, is_prose } => {
            line_ui(ui, |ui| name_ui(ui, name, field_type.as_deref()));
            let face = if *is_prose { Face::Prose } else { Face::Value };
            value_ui(ui, scene, drawing, (name, text), face);
        }
        Piece::Plain(text) => value_ui(ui, scene, drawing, ("Text", text), Face::Prose),
        Piece::Objective(text) => {
            text_ui(ui, "objective", Type::Small, Tone::Muted);
            value_ui(ui, scene, drawing, ("Objective", text), Face::Prose);
        }
        Piece::ToolCall { name, id, text } => {
            tool_title_ui(ui, "call", name, id);
            value_ui(ui, scene, drawing, (name, text), Face::Value);
        }
        Piece::ToolResult { name, id, text } => {
            tool_title_ui(ui, "result", name, id);
            value_ui(ui, scene, drawing, ("Result", text), Face::Prose);
        }
        Piece::Reasoning(text) => {
            text_ui(ui, "reasoning of the model", Type::Small, Tone::Muted);
            value_ui(ui, scene, drawing, ("Reasoning", text), Face::Prose);
        }
        Piece::Media(found) => media::media_ui(ui, scene, drawing, found),
        Piece::Note(text) => {
            text_ui(ui, text, Type::Small, Tone::Muted);
        }
        Piece::Signature(_) | Piece::Folded { .. } | Piece::Tool { .. } => {}
    }
    ui.add_space(size::GAP_S - 2.0);
}

/// `call  lookup_order  call_1`
fn tool_title_ui(ui: &mut Ui, what: &str, name: &str, id: &str) {
    line_ui(ui, |ui| {
        text_ui(ui, what, Type::Small, Tone::Muted);
        text_ui(ui, &words::one_line(name, 80), Type::Value, Tone::Warn);
        text_ui(ui, &words::one_line(id, 40), Type::ValueSmall, Tone::Faint);
    });
}

fn value_ui(ui: &mut Ui, scene: &mut Scene<'_>, drawing: &mut Drawing<'_>, value: (&str, &Text), face: Face) {
    if value.1.text().is_empty() {
        text_ui(ui, "empty", Type::Small, Tone::Faint);
        return;
    }
    drawing.texts.text_ui(ui, scene, value, face);
}

fn wrapped_ui(ui: &mut Ui, text: &str, cut: Type, tone: Tone) {
    let color = tone.color(Tokens::of(ui));
    ui.add(Label::new(RichText::new(text).font(cut.font()).color(color)).wrap());
}
