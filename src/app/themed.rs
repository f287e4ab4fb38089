//! The theme that was chosen, as egui takes it.

use egui::{Context, ThemePreference};

use crate::state::ThemeChoice;

pub(super) fn set_theme(ctx: &Context, theme: ThemeChoice) {
    ctx.set_theme(match theme {
        ThemeChoice::System => ThemePreference::System,
        ThemeChoice::Dark => ThemePreference::Dark,
        ThemeChoice::Light => ThemePreference::Light,
    });
}
