//! What was painted, as the eye meets it.

use egui::epaint::{ClippedShape, Shape};
use egui::{Color32, Rect};

/// A text that was painted with an ellipsis, or reaches over the edge at a side: all of it, and where.
#[derive(Clone, Debug)]
pub struct Cut {
    pub text: String,
    pub rect: Rect,
}

/// Every text that had to be cut. Short values are made of pieces and stand here as `0`.
pub fn cut_texts(shapes: &[ClippedShape]) -> Vec<Cut> {
    let mut found = Vec::new();
    for clipped in shapes {
        each(&clipped.shape, &mut |shape| {
            if let Shape::Text(text) = shape
                && let rect = text.visual_bounding_rect()
                && let clip = clipped.clip_rect
                && clip.intersects(rect)
                && (text.galley.elided || rect.left() < clip.left() - 1.0 || rect.right() > clip.right() + 1.0)
            {
                found.push(Cut { text: text.galley.text().to_owned(), rect });
            }
        });
    }
    found
}

/// The texts that were painted, as they are read: what was cut is not among them. Short values are made of pieces and
/// have no text.
pub fn whole_texts(shapes: &[ClippedShape]) -> Vec<String> {
    let mut found = Vec::new();
    for clipped in shapes {
        each(&clipped.shape, &mut |shape| {
            if let Shape::Text(text) = shape
                && !text.galley.elided
            {
                found.push(text.galley.text().to_owned());
            }
        });
    }
    found
}

/// Frames in this colour.
pub fn frames(shapes: &[ClippedShape], color: Color32) -> Vec<Rect> {
    rects(shapes, &|rect| rect.stroke.width > 0.0 && rect.stroke.color == color)
}

/// Areas filled with this colour.
pub fn filled(shapes: &[ClippedShape], color: Color32) -> Vec<Rect> {
    rects(shapes, &|rect| rect.fill == color)
}

fn rects(shapes: &[ClippedShape], is_wanted: &dyn Fn(&egui::epaint::RectShape) -> bool) -> Vec<Rect> {
    let mut found = Vec::new();
    for clipped in shapes {
        each(&clipped.shape, &mut |shape| {
            if let Shape::Rect(rect) = shape
                && is_wanted(rect)
            {
                found.push(rect.rect);
            }
        });
    }
    found
}

fn each(shape: &Shape, see: &mut dyn FnMut(&Shape)) {
    match shape {
        Shape::Vec(shapes) => shapes.iter().for_each(|shape| each(shape, see)),
        shape => see(shape),
    }
}
