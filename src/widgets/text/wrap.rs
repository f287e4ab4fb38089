//! Soft wrapping without laying anything out: by the widths of characters, measured once per font.

use super::grapheme::grapheme_boundary;
use egui::{Context, FontId};
use std::ops::Range;
use std::sync::Arc;

/// How wide the characters of a font are. Cheap to clone, and may be sent to a worker.
#[derive(Clone, Debug, PartialEq)]
pub struct CharWidths {
    ascii: Arc<[f32]>,
    ascii_most: f32,
    other: f32,
    wide: f32,
}

impl CharWidths {
    /// Widths in columns: one for most characters, two for wide ones.
    pub fn monospace() -> Self {
        Self { ascii: vec![1.0; 128].into(), ascii_most: 1.0, other: 1.0, wide: 2.0 }
    }

    /// Measures a font. Once per font and zoom is enough.
    pub fn measure(ctx: &Context, font: &FontId) -> Self {
        ctx.fonts_mut(|fonts| {
            let mut width = |c: char| fonts.glyph_width(font, c);
            let ascii: Vec<f32> = (0u8..128)
                .map(|byte| {
                    let c = char::from(byte);
                    // A control is shown by a picture of itself.
                    if c.is_control() { width('M') } else { width(c) }
                })
                .collect();
            Self {
                ascii_most: ascii.iter().copied().fold(0.0, f32::max),
                ascii: ascii.into(),
                // No word of a foreign script must be wider than it was taken for.
                other: width('m').max(width('Ж')),
                wide: font.size * 1.05,
            }
        })
    }

    /// The width of one character; joined and combining ones count like others, which only wraps earlier.
    pub fn of(&self, c: char) -> f32 {
        let code = u32::from(c);
        if c == '\t' {
            self.ascii[usize::from(b' ')] * super::visible::TAB as f32
        } else if let Some(width) = self.ascii.get(code as usize) {
            *width
        } else if is_wide(code) {
            self.wide
        } else if is_combining(code) {
            0.0
        } else {
            self.other
        }
    }

    /// No character is wider than this, tabs apart.
    fn most(&self, is_ascii: bool) -> f32 {
        if is_ascii { self.ascii_most } else { self.ascii_most.max(self.other).max(self.wide) }
    }
}

fn is_wide(code: u32) -> bool {
    matches!(code, 0x1100..=0x115F | 0x2E80..=0xA4CF | 0xAC00..=0xD7A3 | 0xF900..=0xFAFF
        | 0xFE30..=0xFE6F | 0xFF00..=0xFF60 | 0xFFE0..=0xFFE6 | 0x1F300..=0x1FAFF | 0x20000..=0x3FFFD)
}

fn is_combining(code: u32) -> bool {
    matches!(code, 0x0300..=0x036F | 0x200B..=0x200D | 0x20D0..=0x20FF | 0xFE00..=0xFE0F)
}

/// Pushes the starts of the pieces of one line that fit into `width`.
pub(super) fn push_wrapped(starts: &mut Vec<u32>, text: &str, range: Range<usize>, width: f32, widths: &CharWidths) {
    starts.push(range.start as u32);
    let line = &text[range.clone()];
    let body = line.trim_end_matches(['\n', '\r']);
    // Most lines fit whatever is in them: no byte is wider than the widest character.
    let fits = body.len() as f32 * widths.most(body.is_ascii()) <= width;
    if fits && !body.contains('\t') {
        return;
    }
    let mut begin = 0;
    let mut used = 0.0;
    let mut after_space = 0;
    for (at, c) in body.char_indices() {
        let wide = widths.of(c);
        if used + wide > width && at > begin && c != ' ' {
            let cut = if after_space > begin {
                after_space
            } else {
                let cut = begin + grapheme_boundary(&body[begin..], at - begin);
                if cut > begin { cut } else { at }
            };
            starts.push((range.start + cut) as u32);
            begin = cut;
            // What has been carried over to the new line.
            used = body[cut..at].chars().map(|c| widths.of(c)).sum();
        }
        used += wide;
        if c == ' ' || c == '\t' {
            after_space = at + 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::widgets::text::TextLines;

    fn wrapped(text: &str, columns: usize) -> Vec<String> {
        let lines = TextLines::new(text).wrap_at(columns);
        (0..lines.len()).map(|i| lines.line(i).to_owned()).collect()
    }

    #[test]
    fn words_stay_whole_where_they_fit() {
        assert_eq!(wrapped("the quick brown fox", 10), ["the quick ", "brown fox"]);
        assert_eq!(wrapped("abcdefghijkl", 5), ["abcde", "fghij", "kl"]);
        assert_eq!(wrapped("ab cdefghijkl", 5), ["ab ", "cdefg", "hijkl"]);
        assert_eq!(wrapped("a b\n\nc", 80), ["a b", "", "c"]);
        assert_eq!(wrapped("佐藤です", 4), ["佐藤", "です"]);
    }

    #[test]
    fn no_line_is_wider() {
        let text = "Ignore greetings and signatures; 佐藤 prefers e\u{301}clairs\tand 👨‍👩‍👧‍👦 too. ".repeat(20);
        let widths = CharWidths::monospace();
        for columns in [8, 13, 40] {
            for line in wrapped(&text, columns) {
                let width: f32 = line.trim_end_matches(' ').chars().map(|c| widths.of(c)).sum();
                assert!(width <= columns as f32 + 2.0, "{columns}: {line:?} {width}");
            }
        }
    }
}
