//! Markdown as it is meant to be read. Nothing is fetched: images are named, links are told to the caller.

mod safe;

pub use safe::{MarkdownText, TEXT_MOST};

use super::tokens::{Tokens, size};
use egui::{AsIdSalt, IdSalt, OutputCommand, ScrollArea, Ui};
use egui_commonmark::{CommonMarkCache, CommonMarkViewer};

/// What a view of Markdown remembers; the caller keeps it.
#[derive(Default)]
pub struct MarkdownState {
    cache: CommonMarkCache,
}

impl std::fmt::Debug for MarkdownState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MarkdownState")
    }
}

/// What the user did with a Markdown text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MarkdownEvents {
    /// Clicked a link: ask before it is opened.
    pub open: Option<String>,
}

/// A view of Markdown that scrolls.
#[must_use = "call `show`"]
pub struct Markdown<'a> {
    id_salt: IdSalt,
    text: &'a MarkdownText,
    height: Option<f32>,
}

impl<'a> Markdown<'a> {
    /// A view of `text`.
    pub fn new(id_salt: impl AsIdSalt, text: &'a MarkdownText) -> Self {
        Self { id_salt: IdSalt::new(id_salt), text, height: None }
    }

    /// A fixed height instead of all that is left.
    pub fn height(mut self, height: f32) -> Self {
        self.height = Some(height);
        self
    }

    /// Draws the text.
    pub fn show(self, ui: &mut Ui, state: &mut MarkdownState) -> MarkdownEvents {
        let before = ui.ctx().output(|output| output.commands.len());
        let height = self.height.unwrap_or_else(|| ui.available_height());
        let tokens = Tokens::of(ui);
        ScrollArea::vertical().id_salt(self.id_salt).max_height(height).auto_shrink([false, true]).show(ui, |ui| {
            ui.style_mut().url_in_tooltip = true;
            // Where weight cannot say what is strong, brightness does.
            let visuals = ui.visuals_mut();
            // The stripes of tables would stand over their border.
            visuals.faint_bg_color = egui::Color32::default();
            visuals.widgets.noninteractive.fg_stroke.color = tokens.text2;
            visuals.widgets.active.fg_stroke.color = tokens.text1;
            // Bullets stand in the middle of lines, not of buttons.
            ui.spacing_mut().interact_size.y = size::LINE;
            CommonMarkViewer::new().show_alt_text_on_hover(false).show(ui, &mut state.cache, self.text.safe());
        });
        // A link opens a browser by itself: take that back, the caller decides.
        let mut events = MarkdownEvents::default();
        ui.ctx().output_mut(|output| {
            let said = output.commands.split_off(before.min(output.commands.len()));
            for command in said {
                match command {
                    OutputCommand::OpenUrl(link) => events.open = Some(link.url),
                    other => output.commands.push(other),
                }
            }
        });
        events
    }
}
