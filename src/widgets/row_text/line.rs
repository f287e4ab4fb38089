//! Laying out one line of text, cut with an ellipsis. egui keeps the layout between frames.

use crate::widgets::text::visible_line;
use crate::words;
use egui::text::{LayoutJob, TextWrapping};
use egui::{Color32, FontId, Galley, Painter, TextFormat};
use std::sync::Arc;

/// No cell or row ever lays out more than this.
pub const GRAPHEMES_MOST: usize = 200;

/// Lays `text` out as one line that is at most `width` wide.
pub fn layout(painter: &Painter, text: &str, font: FontId, width: f32) -> Arc<Galley> {
    let text = words::one_line(text, GRAPHEMES_MOST);
    // Marks that turn the direction are seen, as everywhere: a name must not read otherwise than it is.
    let text = visible_line(&text);
    let mut job = LayoutJob::single_section(
        text.into_owned(),
        // The colour is set when it is painted: hover and selection need no new layout.
        TextFormat::simple(font, Color32::PLACEHOLDER),
    );
    // Whole points, so that a panel that is being resized does not fill the layout cache with each width.
    job.wrap = TextWrapping::truncate_at_width(width.max(0.0).floor());
    job.break_on_newline = false;
    painter.layout_job(job)
}
