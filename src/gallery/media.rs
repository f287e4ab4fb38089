//! Bytes, images, Markdown.

use super::{Parts, boxed, data::DATA, specimen};
use crate::widgets::hex_rows::{HexRows, HexState};
use crate::widgets::image_view::{ImageError, ImageState, ImageView, decode_image};
use crate::widgets::markdown::{Markdown, MarkdownState};
use crate::widgets::notice::Notice;
use crate::widgets::tokens::size;
use egui::Ui;

#[derive(Debug, Default)]
pub(super) struct State {
    bytes: HexState,
    none: HexState,
    picture: ImageState,
    dot: ImageState,
    markdown: MarkdownState,
    nested: MarkdownState,
    failed: Option<ImageError>,
}

pub(super) fn media_ui(ui: &mut Ui, parts: &mut Parts) {
    let state = &mut parts.media;
    specimen(ui, "Bytes", |ui| {
        boxed(ui, 10.0 * size::LINE, |ui| {
            if let Some(range) = HexRows::new("bytes", "Bytes", &DATA.bytes).show(ui, &mut state.bytes) {
                parts.said = format!("Copied bytes {range:?}");
            }
        });
    });
    specimen(ui, "No bytes", |ui| {
        boxed(ui, size::LINE, |ui| {
            HexRows::new("none", "No bytes", &[]).show(ui, &mut state.none);
        });
    });
    specimen(ui, "An image", |ui| {
        ImageView::new("picture", "Rings of colour", &DATA.picture).height(300.0).show(ui, &mut state.picture);
    });
    specimen(ui, "An image of six pixels", |ui| {
        ImageView::new("dot", "Six pixels", &DATA.dot).height(90.0).show(ui, &mut state.dot);
    });
    specimen(ui, "An image that cannot be read", |ui| {
        let failed = state.failed.get_or_insert_with(|| match decode_image(b"GIF89a no more", 1_000) {
            Err(error) => error,
            Ok(_) => ImageError::Unreadable(String::new()),
        });
        Notice::failed("Could not show the image", "plot.gif", &failed.to_string()).show(ui);
    });
}

pub(super) fn markdown_ui(ui: &mut Ui, parts: &mut Parts) {
    let state = &mut parts.media;
    specimen(ui, "A text with an image that is not fetched", |ui| {
        let events = Markdown::new("readme", &DATA.markdown).height(560.0).show(ui, &mut state.markdown);
        if let Some(link) = events.open {
            parts.said = format!("Asked to open {link}");
        }
    });
    specimen(ui, "Nested too deeply: shown as it is written", |ui| {
        Markdown::new("nested", &DATA.nested).height(90.0).show(ui, &mut state.nested);
    });
}
