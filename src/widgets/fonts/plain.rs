//! Takes the ligatures out of a font: `>=`, `!=` and `->` are shown as the characters that are stored.
//!
//! Both shipped fonts join them by default, which is pretty in an editor and wrong where values are compared,
//! counted and searched. egui has no switch for it, so the features lose their names when the font is loaded.

/// The features that put one sign in the place of several characters.
const JOINING: [&[u8; 4]; 3] = [b"calt", b"liga", b"clig"];

/// The font without its joining features; as it was if it cannot be read.
pub(super) fn without_ligatures(font: &[u8]) -> Vec<u8> {
    let mut out = font.to_vec();
    for at in joining_tags(font).unwrap_or_default() {
        out[at..at + 4].copy_from_slice(b"none");
    }
    out
}

/// Where the names of the joining features stand: table directory, `GSUB`, its list of features.
fn joining_tags(font: &[u8]) -> Option<Vec<usize>> {
    let tables = u16_at(font, 4)?;
    let record = (0..tables).map(|index| 12 + 16 * index).find(|at| font.get(*at..*at + 4) == Some(b"GSUB"))?;
    let substitutions = u32_at(font, record + 8)?;
    let features = substitutions + u16_at(font, substitutions + 6)?;
    let records = (0..u16_at(font, features)?).map(|index| features + 2 + 6 * index);
    let is_joining = |at: &usize| JOINING.iter().any(|tag| font.get(*at..*at + 4) == Some(&tag[..]));
    Some(records.filter(is_joining).collect())
}

fn u16_at(font: &[u8], at: usize) -> Option<usize> {
    let bytes = font.get(at..at + 2)?;
    Some(usize::from(bytes[0]) << 8 | usize::from(bytes[1]))
}

fn u32_at(font: &[u8], at: usize) -> Option<usize> {
    Some(u16_at(font, at)? << 16 | u16_at(font, at + 2)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::widgets::tokens::size::Type;

    #[test]
    fn damaged_fonts_stay_as_they_are() {
        for font in [&b""[..], b"OTTO", &[0xFF; 64]] {
            assert_eq!(without_ligatures(font), font);
        }
    }

    #[test]
    fn what_is_stored_is_what_is_shown() {
        let ctx = egui::Context::default();
        crate::widgets::fonts::install(&ctx);
        ctx.run_ui(egui::RawInput::default(), |ui| {
            for cut in Type::ALL {
                // Each character as wide as it is alone: nothing was joined.
                let wide = |text: &str| {
                    ui.painter().layout_no_wrap(text.to_owned(), cut.font(), egui::Color32::WHITE).size().x
                };
                for pair in ["->", "=>", "!=", "<=", "www"] {
                    let joined = wide(pair);
                    let apart: f32 = pair.chars().map(|c| wide(&c.to_string())).sum();
                    assert!((joined - apart).abs() < 2.5, "{pair} in {cut:?}: {joined} for {apart}");
                }
                let galley = ui.painter().layout_no_wrap("a->b >= c != d".to_owned(), cut.font(), egui::Color32::WHITE);
                let glyphs: Vec<_> = galley.rows.iter().flat_map(|row| row.glyphs.iter()).collect();
                // A joined sign is one picture, and the characters behind it have none.
                let is_seen = |glyph: &&egui::epaint::text::Glyph| glyph.chr == ' ' || glyph.uv_rect.size.x > 0.0;
                assert!(glyphs.iter().all(is_seen), "{cut:?}");
                assert_eq!(glyphs.len(), 14);
            }
        })
        .drop_without_applying_deltas();
    }
}
