//! The gallery in a real window, for people who build views.

use egui::{Context, Key, Modifiers, ThemePreference, Ui};

use super::saver::SettingsPlace;
use super::themed::set_theme;
use crate::gallery::{GalleryState, gallery_ui};
use crate::widgets::theme;
use crate::widgets::tokens::Tokens;

/// Every widget in every state. Dark and light, and the zoom, are changed with the keys of the window.
pub(super) struct Gallery {
    state: GalleryState,
}

impl Gallery {
    /// Looks as the window does.
    pub fn new(ctx: &Context, settings: &SettingsPlace) -> Self {
        theme::apply(ctx);
        let (settings, _) = settings.load();
        set_theme(ctx, settings.theme);
        ctx.set_zoom_factor(settings.zoom);
        Self { state: GalleryState::default() }
    }
}

impl eframe::App for Gallery {
    fn ui(&mut self, ui: &mut Ui, _frame: &mut eframe::Frame) {
        if ui.input_mut(|input| input.consume_key(Modifiers::COMMAND | Modifiers::SHIFT, Key::L)) {
            let is_dark = Tokens::of(ui).is_dark;
            ui.ctx().set_theme(if is_dark { ThemePreference::Light } else { ThemePreference::Dark });
        }
        gallery_ui(ui, &mut self.state);
    }
}
