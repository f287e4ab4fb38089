//! Every colour, size and gap of the window, once. Nothing else names one.

mod category;
pub mod contrast;
mod dark;
mod light;
pub mod size;
mod tone;

pub use category::HUES;
pub use tone::Tone;

use egui::{Color32, Context, Ui, Visuals};

/// The colour roles of one theme. Sizes do not depend on the theme and stand in [`size`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tokens {
    /// Whether this is a dark theme.
    pub is_dark: bool,
    /// The centre of the window.
    pub bg_window: Color32,
    /// Side panels, bars, cards.
    pub bg_panel: Color32,
    /// Chips, hovered rows and buttons.
    pub bg_raised: Color32,
    /// The selected row.
    pub bg_selected: Color32,
    /// Rules, borders, grid lines.
    pub line: Color32,
    /// Content.
    pub text1: Color32,
    /// Secondary content.
    pub text2: Color32,
    /// Captions; never for what must be read.
    pub text3: Color32,
    /// Focus, links, the one primary thing.
    pub accent: Color32,
    /// Right, fixed, added, finished, winner.
    pub good: Color32,
    /// Wrong, broken, removed, failed.
    pub bad: Color32,
    /// Running, unstable, stalled, masked.
    pub warn: Color32,
    /// LM and Predict spans.
    pub violet: Color32,
    /// Retriever spans.
    pub teal: Color32,
    /// Agent spans.
    pub pink: Color32,
    /// Behind added text and good scores; translucent.
    pub good_bg: Color32,
    /// Behind removed text and bad scores; translucent.
    pub bad_bg: Color32,
    /// Behind warnings; translucent.
    pub warn_bg: Color32,
    /// `good` as text on `good_bg`: a shade stronger, since the tint eats contrast.
    pub good_on_bg: Color32,
    /// `bad` as text on `bad_bg`.
    pub bad_on_bg: Color32,
    /// `warn` as text on `warn_bg`.
    pub warn_on_bg: Color32,
    /// What lies over a window behind a dialog or a palette; translucent.
    pub scrim: Color32,
    /// The shadow of popups; translucent.
    pub shadow: Color32,
    /// Colours for things that have no meaning of their own, runs and candidates: twelve hues, then the same ones lighter
    /// or darker.
    pub categories: [Color32; 2 * HUES],
}

/// Which pair of colours says good and bad.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Palette {
    /// Green and red.
    #[default]
    GreenRed,
    /// Blue and orange, for eyes that cannot tell green from red.
    BlueOrange,
}

impl Tokens {
    /// The tokens of a theme and a palette.
    pub fn get(is_dark: bool, palette: Palette) -> &'static Self {
        match (is_dark, palette) {
            (true, Palette::GreenRed) => &dark::TOKENS,
            (true, Palette::BlueOrange) => &dark::BLUE_ORANGE,
            (false, Palette::GreenRed) => &light::TOKENS,
            (false, Palette::BlueOrange) => &light::BLUE_ORANGE,
        }
    }

    /// The tokens of the theme that is active where `source` paints.
    pub fn of(source: &impl HasVisuals) -> &'static Self {
        source.with_visuals(|visuals| {
            // `theme::apply` puts `bad` there, so the style itself remembers the palette.
            let plain = Self::get(visuals.dark_mode, Palette::GreenRed);
            let other = Self::get(visuals.dark_mode, Palette::BlueOrange);
            if visuals.error_fg_color == other.bad { other } else { plain }
        })
    }

    /// The colour of the `index`-th category; they repeat after two dozen.
    pub fn category(&self, index: usize) -> Color32 {
        self.categories[index % self.categories.len()]
    }

    /// Behind a score between good and bad: a tint, from barely seen at 0 to strong at 1, on which [`Self::text1`] can
    /// be read.
    pub fn shade(&self, is_good: bool, strength: f32) -> Color32 {
        const LEAST: f32 = 0.08;
        const MOST: f32 = 0.34;
        let strength = if strength.is_finite() { strength.clamp(0.0, 1.0) } else { 0.0 };
        let color = if is_good { self.good } else { self.bad };
        color.gamma_multiply(LEAST + (MOST - LEAST) * strength)
    }

    /// A colour made faint, for bars whose own share is elsewhere and for inner fills.
    pub fn faint(&self, color: Color32) -> Color32 {
        color.gamma_multiply(0.42)
    }
}

/// Something that knows the active [`Visuals`]: a [`Ui`] or a [`Context`].
pub trait HasVisuals {
    /// Calls `read` with the active visuals.
    fn with_visuals<R>(&self, read: impl FnOnce(&Visuals) -> R) -> R;
}

impl HasVisuals for Ui {
    fn with_visuals<R>(&self, read: impl FnOnce(&Visuals) -> R) -> R {
        read(self.visuals())
    }
}

impl HasVisuals for Context {
    fn with_visuals<R>(&self, read: impl FnOnce(&Visuals) -> R) -> R {
        read(&self.global_style().visuals)
    }
}
