//! What cannot be seen, made visible: controls, tabs, marks that turn the direction of text.

use std::borrow::Cow;

/// A tab reaches to the next multiple of this.
pub(super) const TAB: usize = 4;

/// A line as it is shown: controls as their pictures (`␀`), tabs as spaces, marks of direction by name.
pub fn visible_line(line: &str) -> Cow<'_, str> {
    let is_plain = line.bytes().all(|byte| (0x20..0x7F).contains(&byte)) || !line.chars().any(needs_change);
    if is_plain {
        return Cow::Borrowed(line);
    }
    let mut out = String::with_capacity(line.len() + 16);
    let mut column = 0;
    for c in line.chars() {
        column += 1;
        match c {
            '\t' => {
                let spaces = TAB - (column - 1) % TAB;
                out.extend(std::iter::repeat_n(' ', spaces));
                column += spaces - 1;
            }
            '\u{0}'..='\u{1F}' => push_picture(&mut out, 0x2400 + u32::from(c)),
            '\u{7F}' => out.push('␡'),
            _ if needs_change(c) => {
                out.push_str(&format!("‹U+{:04X}›", u32::from(c)));
            }
            _ => out.push(c),
        }
    }
    Cow::Owned(out)
}

fn push_picture(out: &mut String, code: u32) {
    out.push(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
}

/// Controls, and the marks that make text read otherwise than it is stored.
fn needs_change(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}' | '\u{FEFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn controls_are_seen() {
        assert_eq!(visible_line("a\u{0}b\u{1b}[31m\u{7f}"), "a␀b␛[31m␡");
        assert_eq!(visible_line("a\tb\t\tc"), "a   b       c");
        assert_eq!(visible_line("x\u{202e}y"), "x‹U+202E›y");
        assert_eq!(visible_line("\u{85}"), "‹U+0085›");
        assert!(matches!(visible_line("plain Ünïcode 佐藤"), Cow::Borrowed(_)));
    }
}
