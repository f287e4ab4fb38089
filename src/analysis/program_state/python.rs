//! Just enough of Python's `repr` to read the signatures that traces hold.

/// Reads a string literal at the beginning of `text`: its value, and what stands after it.
pub(in crate::analysis) fn string(text: &str) -> Option<(String, &str)> {
    let quote = text.chars().next().filter(|c| matches!(c, '\'' | '"'))?;
    let mut value = String::new();
    let mut rest = text[1..].chars();
    loop {
        match rest.next()? {
            c if c == quote => return Some((value, rest.as_str())),
            '\\' => match rest.next()? {
                'n' => value.push('\n'),
                'r' => value.push('\r'),
                't' => value.push('\t'),
                'x' => value.push(code(&mut rest, 2)?),
                'u' => value.push(code(&mut rest, 4)?),
                'U' => value.push(code(&mut rest, 8)?),
                c @ ('\\' | '\'' | '"') => value.push(c),
                other => value.extend(['\\', other]),
            },
            c => value.push(c),
        }
    }
}

fn code(rest: &mut std::str::Chars<'_>, digits: usize) -> Option<char> {
    let number = rest.as_str().get(..digits).and_then(|hex| u32::from_str_radix(hex, 16).ok())?;
    rest.nth(digits - 1)?;
    Some(char::from_u32(number).unwrap_or(char::REPLACEMENT_CHARACTER))
}

/// Where `needle` stands in `text` outside of strings and brackets.
pub(super) fn find_outside(text: &str, needle: &str) -> Option<usize> {
    let mut depth = 0_usize;
    let mut at = 0;
    while at < text.len() {
        let rest = &text[at..];
        if depth == 0 && rest.starts_with(needle) {
            return Some(at);
        }
        let c = rest.chars().next()?;
        match c {
            '\'' | '"' => {
                let (_, after) = string(rest)?;
                at = text.len() - after.len();
                continue;
            }
            '[' | '(' | '{' => depth += 1,
            // One too many closes what was opened before `text`.
            ']' | ')' | '}' => depth = depth.checked_sub(1)?,
            _ => {}
        }
        at += c.len_utf8();
    }
    None
}

/// The string value of a key in a dict whose `{` stands before `text`.
pub(super) fn value_of(text: &str, wanted: &str) -> Option<String> {
    let mut rest = text;
    loop {
        let (key, after) = string(rest.trim_start())?;
        let after = after.strip_prefix(':')?.trim_start();
        if key == wanted {
            return string(after).map(|(value, _)| value);
        }
        rest = &after[find_outside(after, ",")? + 1..];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings() {
        assert_eq!(string(r#"'a\'b' rest"#), Some(("a'b".into(), " rest")));
        assert_eq!(string(r#""it's\n\x41\u00e9\U0001f9ee\\" "#), Some(("it's\nAé🧮\\".into(), " ")));
        assert_eq!(string("'ñ日本語'"), Some(("ñ日本語".into(), "")));
        assert_eq!(string(r"'\ud800'"), Some(("\u{FFFD}".into(), "")));
        for broken in ["", "x", "'open", r"'\", r"'\u12", r"'\xé"] {
            assert_eq!(string(broken), None, "{broken}");
        }
    }

    #[test]
    fn what_stands_outside_of_strings_and_brackets() {
        assert_eq!(find_outside("Literal[' required=', 'b'] required=True", " required="), Some(26));
        assert_eq!(find_outside("dict[str, int] required", ","), None);
        assert_eq!(find_outside("} , x", ","), None);
        assert_eq!(find_outside("日本, x", ","), Some(6));
    }

    #[test]
    fn values_of_a_dict() {
        let dict =
            r#"'format': <class 'str'>, 'limits': {'a': [1, 2], 'prefix': 'no'}, 'prefix': "Q's:", 'desc': ''})"#;
        assert_eq!(value_of(dict, "prefix").as_deref(), Some("Q's:"));
        assert_eq!(value_of(dict, "desc").as_deref(), Some(""));
        assert_eq!(value_of(dict, "other"), None);
    }
}
