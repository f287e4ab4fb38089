//! Short values put together from glyphs that were laid out before.
//!
//! A table whose page jumps shows hundreds of numbers that it never showed: laying each out costs
//! more than everything else in the frame. In a face whose characters are all equally wide, a
//! character at the n-th place looks the same in every text. So each (place, character) is taken
//! once from a layout of egui's, and further texts are made of these pieces, pixel for pixel the
//! same. What is not known yet, is long, cut or beyond ASCII is laid out as ever.

use std::sync::{Arc, Mutex, PoisonError};

use egui::epaint::{Mesh, Vertex};
use egui::{Galley, Id, Painter, Pos2, Rect, vec2};

use super::row_text;
use super::tokens::size::Type;

/// No longer texts are put together, in characters.
const LONGEST: usize = 20;

/// Printable ASCII.
const CHARACTERS: usize = 95;

/// What is known of one character at one place: its corners, if it has any.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Piece {
    Blank,
    Corners([Vertex; 4]),
}

#[derive(Default)]
struct Known {
    /// In which pass it was made sure that the pieces are still good.
    pass: u64,
    /// Laid out anew whenever egui's atlas is: then no piece is good any more.
    probe: Option<Arc<Galley>>,
    pieces: Vec<Option<Piece>>,
    /// The width of a text of so many characters.
    widths: [Option<f32>; LONGEST + 1],
}

/// The layout of a value, at most `width` wide.
pub(super) fn layout(painter: &Painter, text: &str, width: f32) -> Arc<Galley> {
    let lay = |text: &str, width: f32| row_text::layout(painter, text, Type::Value.font(), width);
    let is_short = (1..=LONGEST).contains(&text.len()) && text.bytes().all(|byte| (0x20..0x7F).contains(&byte));
    if !is_short {
        return lay(text, width);
    }
    let ctx = painter.ctx();
    let id = Id::unique("glyphs of values");
    let known: Arc<Mutex<Known>> = ctx.data_mut(|data| Arc::clone(data.get_temp_mut_or_default(id)));
    let mut known = known.lock().unwrap_or_else(PoisonError::into_inner);
    let pass = ctx.cumulative_pass_nr() + 1;
    if known.pass != pass {
        let probe = lay("0", 100.0);
        if known.probe.as_ref().is_none_or(|old| !Arc::ptr_eq(old, &probe)) {
            known.pieces = vec![None; LONGEST * CHARACTERS];
            known.widths = [None; LONGEST + 1];
        }
        known.probe = Some(probe);
        known.pass = pass;
    }
    if let Some(galley) = known.put_together(text, width) {
        return Arc::new(galley);
    }
    let galley = lay(text, width);
    known.learn(text, &galley);
    galley
}

fn place_of(place: usize, byte: u8) -> usize {
    place * CHARACTERS + usize::from(byte.saturating_sub(0x20))
}

impl Known {
    fn put_together(&self, text: &str, width: f32) -> Option<Galley> {
        let own_width = self.widths[text.len()].filter(|own| *own <= width.floor())?;
        let probe = self.probe.as_ref()?;
        let mut mesh = Mesh::default();
        mesh.vertices.reserve(text.len() * 4);
        mesh.indices.reserve(text.len() * 6);
        for (place, byte) in text.bytes().enumerate() {
            match (*self.pieces.get(place_of(place, byte))?)? {
                Piece::Blank => {}
                Piece::Corners(corners) => {
                    let first = u32::try_from(mesh.vertices.len()).ok()?;
                    mesh.vertices.extend(corners);
                    mesh.add_triangle(first, first + 1, first + 2);
                    mesh.add_triangle(first + 2, first + 1, first + 3);
                }
            }
        }
        let bounds = mesh.calc_bounds();
        let mut galley = (**probe).clone();
        let placed = galley.rows.first_mut()?;
        let mut row = (*placed.row).clone();
        row.glyphs.clear();
        row.size.x = own_width;
        row.visuals.glyph_vertex_range = 0..mesh.vertices.len();
        row.visuals.mesh_bounds = bounds;
        (galley.num_vertices, galley.num_indices) = (mesh.vertices.len(), mesh.indices.len());
        row.visuals.mesh = mesh;
        galley.mesh_bounds = bounds.translate(placed.pos.to_vec2());
        placed.row = Arc::new(row);
        galley.rect = Rect::from_min_size(Pos2::ZERO, vec2(own_width, galley.rect.height()));
        Some(galley)
    }

    /// Takes the pieces of a layout, if it is what it should be: one row, nothing cut, each
    /// character at its place and as wide as the others.
    fn learn(&mut self, text: &str, galley: &Galley) {
        let [placed] = &galley.rows[..] else { return };
        let row = &placed.row;
        let Some(advance) = row.glyphs.first().map(|glyph| glyph.advance_width) else { return };
        let is_even = row.glyphs.iter().all(|glyph| (glyph.advance_width - advance).abs() < 1e-3);
        let is_same = row.glyphs.len() == text.len()
            && row.glyphs.iter().zip(text.bytes()).all(|(glyph, byte)| glyph.chr == char::from(byte));
        let inked = row.glyphs.iter().filter(|glyph| !glyph.uv_rect.is_nothing()).count();
        let vertices = &row.visuals.mesh.vertices;
        if galley.elided || !is_even || !is_same || vertices.len() != inked * 4 {
            return;
        }
        let mut corners = vertices.chunks_exact(4);
        for (place, (glyph, byte)) in row.glyphs.iter().zip(text.bytes()).enumerate() {
            let piece = if glyph.uv_rect.is_nothing() {
                Piece::Blank
            } else {
                let Some([a, b, c, d]) = corners.next() else { return };
                Piece::Corners([*a, *b, *c, *d])
            };
            if let Some(known) = self.pieces.get_mut(place_of(place, byte)) {
                *known = Some(piece);
            }
        }
        self.widths[text.len()] = Some(galley.rect.width());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::widgets::{fonts, theme};

    /// Everything that is drawn of a layout.
    fn drawn(galley: &Galley) -> (Rect, Rect, Vec<(Pos2, Mesh)>) {
        let rows = galley.rows.iter().map(|row| (row.pos, row.row.visuals.mesh.clone())).collect();
        (galley.rect, galley.mesh_bounds, rows)
    }

    #[test]
    fn what_is_put_together_is_what_egui_lays_out() {
        for scale in [1.0, 1.25, 2.0] {
            let ctx = egui::Context::default();
            theme::apply(&ctx);
            fonts::without_system_fonts(&ctx);
            ctx.set_pixels_per_point(scale);
            for _ in 0..2 {
                ctx.run_ui(egui::RawInput::default(), |ui| {
                    let painter = ui.painter();
                    let lay = |text: &str| row_text::layout(painter, text, Type::Value.font(), 200.0);
                    let ours = |text: &str| layout(painter, text, 200.0);
                    for number in 0..400_u32 {
                        ours(&format!("{}.{:02} -> {}", number * 7, number % 100, number * 13));
                    }
                    for text in ["0", "13.37 -> 2", "999.99 -> 5187", "2800.55 -> 1", "a b", " 7", "≥ 12", "-fi->=="]
                    {
                        assert_eq!(drawn(&ours(text)), drawn(&lay(text)), "{text} at {scale}");
                    }
                    let narrow = layout(painter, "2800.55 -> 1", 20.0);
                    assert!(narrow.elided, "what does not fit is cut as ever");
                })
                .drop_without_applying_deltas();
            }
        }
    }
}
