//! Fonts: Inter for prose, JetBrains Mono for values, both shipped; then Hack and the emoji fonts; then
//! whatever the system has.
//!
//! The system's fonts ([`super::system_fonts`]) are listed on a thread of their own as soon as the
//! window is made, and asked only for a character that no font here has. So the first frame waits for it only if it shows such a character,
//! and then no longer than the listing still takes.

mod plain;
mod scripts;

pub use scripts::{SCRIPTS, Script, can_draw, missing_scripts};

use egui::{Context, FontData, FontDefinitions, FontFamily};
use std::sync::Arc;

const MEDIUM: &str = "Inter-Medium";
const SEMI_BOLD: &str = "Inter-SemiBold";
const REGULAR: &str = "Inter-Regular";
const MONO: &str = "JetBrainsMono-Regular";

static REGULAR_BYTES: &[u8] = include_bytes!("../../assets/fonts/Inter-Regular.otf");
static MEDIUM_BYTES: &[u8] = include_bytes!("../../assets/fonts/Inter-Medium.otf");
static SEMI_BOLD_BYTES: &[u8] = include_bytes!("../../assets/fonts/Inter-SemiBold.otf");
static MONO_BYTES: &[u8] = include_bytes!("../../assets/fonts/JetBrainsMono-Regular.ttf");

/// The family of Inter Medium.
pub fn medium() -> FontFamily {
    named(MEDIUM)
}

/// The family of Inter SemiBold.
pub fn semi_bold() -> FontFamily {
    named(SEMI_BOLD)
}

fn named(name: &'static str) -> FontFamily {
    // A name is an `Arc<str>`: made once, so that asking for a font in every row allocates nothing.
    static MEDIUM_NAME: std::sync::LazyLock<Arc<str>> = std::sync::LazyLock::new(|| MEDIUM.into());
    static SEMI_BOLD_NAME: std::sync::LazyLock<Arc<str>> = std::sync::LazyLock::new(|| SEMI_BOLD.into());
    FontFamily::Name(Arc::clone(if name == MEDIUM { &MEDIUM_NAME } else { &SEMI_BOLD_NAME }))
}

/// The fonts and their order.
pub fn definitions() -> FontDefinitions {
    let mut fonts = FontDefinitions::default();
    for (name, bytes) in
        [(REGULAR, REGULAR_BYTES), (MEDIUM, MEDIUM_BYTES), (SEMI_BOLD, SEMI_BOLD_BYTES), (MONO, MONO_BYTES)]
    {
        let data = FontData::from_owned(plain::without_ligatures(bytes));
        fonts.font_data.insert(name.to_owned(), Arc::new(data));
    }
    // Behind the family's own font: the other shipped one, since each has signs that the other lacks
    // (✕ and ␀ are in JetBrains Mono, ★ is in Inter), then Hack, then egui's icons and emoji.
    let mut behind = vec!["Hack".to_owned()];
    if let Some(mono) = fonts.families.get(&FontFamily::Monospace) {
        behind.extend(mono.iter().filter(|name| *name != "Hack").cloned());
    }
    for (family, own) in [
        (FontFamily::Proportional, [REGULAR, MONO]),
        (medium(), [MEDIUM, MONO]),
        (semi_bold(), [SEMI_BOLD, MONO]),
        (FontFamily::Monospace, [MONO, REGULAR]),
    ] {
        let names = own.iter().map(|name| (*name).to_owned());
        fonts.families.insert(family, names.chain(behind.iter().cloned()).collect());
    }
    fonts
}

/// Installs the shipped fonts and the icons. The system's fonts stay behind them if they were added.
pub fn install(ctx: &Context) {
    ctx.set_fonts(definitions());
    super::glyphs::install(ctx);
}

/// Takes the system's fonts away, for tests whose pixels must not depend on the machine.
#[cfg(feature = "testing")]
pub fn without_system_fonts(ctx: &Context) {
    ctx.set_font_providers(Vec::new());
}

#[cfg(test)]
mod tests {
    use super::install;
    use crate::widgets::tokens::size::Type;
    use egui::Context;

    fn drawn(check: impl Fn(&Context)) {
        let ctx = Context::default();
        install(&ctx);
        ctx.run_ui(egui::RawInput::default(), |ui| check(ui.ctx())).drop_without_applying_deltas();
    }

    #[test]
    fn every_cut_has_its_fonts() {
        drawn(|ctx| {
            for cut in Type::ALL {
                let font = cut.font();
                ctx.fonts_mut(|fonts| {
                    assert!(fonts.has_glyphs(&font, "Score 71.7 ± 11 – … → ✓ ✕ ★ Σ ▸ ␀"), "{cut:?}");
                });
            }
        });
    }

    #[test]
    fn figures_of_the_value_font_have_one_width() {
        drawn(|ctx| {
            let font = Type::Value.font();
            ctx.fonts_mut(|fonts| {
                let zero = fonts.glyph_width(&font, '0');
                for digit in "123456789.,".chars() {
                    assert!((fonts.glyph_width(&font, digit) - zero).abs() < 1e-3, "{digit}");
                }
            });
        });
    }
}
