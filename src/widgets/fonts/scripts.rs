//! The scripts that no shipped font has: whether a text can be drawn, and what brings a font for it.

use crate::widgets::tokens::size::TYPE_BODY;
use egui::{Context, FontId};

/// A script that needs fonts of the system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Script {
    /// What people call it.
    pub name: &'static str,
    /// Characters that every font of this script has.
    pub sample: &'static str,
    /// The Debian package that brings a font.
    pub package: &'static str,
}

/// The scripts that prompts and answers are often written in and that no shipped font has.
pub const SCRIPTS: [Script; 7] = [
    Script { name: "Chinese and Japanese", sample: "佐藤", package: "fonts-noto-cjk" },
    Script { name: "Korean", sample: "한국", package: "fonts-noto-cjk" },
    Script { name: "Arabic", sample: "مرحبا", package: "fonts-noto-core" },
    Script { name: "Hebrew", sample: "שלום", package: "fonts-noto-core" },
    Script { name: "Devanagari", sample: "नमस", package: "fonts-noto-core" },
    Script { name: "Thai", sample: "สวัสด", package: "fonts-noto-core" },
    Script { name: "Bengali", sample: "নমস", package: "fonts-noto-core" },
];

/// Whether every character of `text` can be drawn. Waits for the system's list of fonts if one is missing.
pub fn can_draw(ctx: &Context, text: &str) -> bool {
    let font = FontId::proportional(TYPE_BODY);
    ctx.fonts_mut(|fonts| fonts.has_glyphs(&font, text))
}

/// The scripts that occur in `text` and cannot be drawn: say so, and name the package.
pub fn missing_scripts(ctx: &Context, text: &str) -> Vec<Script> {
    if text.is_ascii() {
        return Vec::new();
    }
    SCRIPTS
        .into_iter()
        .filter(|script| text.chars().any(|c| script_of(c) == Some(script.name)) && !can_draw(ctx, script.sample))
        .collect()
}

fn script_of(c: char) -> Option<&'static str> {
    let index = match u32::from(c) {
        0x3040..=0x30FF | 0x3400..=0x4DBF | 0x4E00..=0x9FFF | 0x20000..=0x2FA1F => 0,
        0x1100..=0x11FF | 0x3130..=0x318F | 0xAC00..=0xD7AF => 1,
        0x0600..=0x06FF | 0x0750..=0x077F => 2,
        0x0590..=0x05FF => 3,
        0x0900..=0x097F => 4,
        0x0E00..=0x0E7F => 5,
        0x0980..=0x09FF => 6,
        _ => return None,
    };
    SCRIPTS.get(index).map(|script| script.name)
}

#[cfg(test)]
mod tests {
    use super::{SCRIPTS, can_draw, missing_scripts, script_of};
    use egui::Context;

    #[test]
    fn a_script_without_a_font_is_named() {
        let ctx = Context::default();
        crate::widgets::fonts::install(&ctx);
        let check = |ctx: &Context| {
            assert!(can_draw(ctx, "Grüße, naïve, Жук, Ωμέγα"));
            assert!(!can_draw(ctx, SCRIPTS[0].sample), "no shipped font has Chinese");
            let missing = missing_scripts(ctx, "I am 佐藤");
            assert_eq!(missing.len(), 1);
            assert_eq!(missing[0].package, "fonts-noto-cjk");
            assert!(missing_scripts(ctx, "plain").is_empty());
        };
        ctx.run_ui(egui::RawInput::default(), |ui| check(ui.ctx())).drop_without_applying_deltas();
    }

    #[test]
    fn samples_are_of_their_script() {
        for script in SCRIPTS {
            for c in script.sample.chars() {
                assert_eq!(script_of(c), Some(script.name));
            }
        }
    }
}
