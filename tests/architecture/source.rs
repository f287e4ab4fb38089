//! A Rust file taken apart as far as the checks need: its code without comments and texts, and
//! the texts that stand in it.

/// A file taken apart.
pub struct Source {
    /// The code; every comment and the inside of every text is blank, line ends are kept.
    pub code: String,
    /// The texts of the file, with the line on which each begins (from 1).
    pub texts: Vec<(usize, String)>,
}

impl Source {
    /// Takes a file apart.
    pub fn parse(text: &str) -> Self {
        let chars: Vec<char> = text.chars().collect();
        let mut source = Self { code: String::with_capacity(text.len()), texts: Vec::new() };
        let mut at = 0;
        while at < chars.len() {
            let end = source.piece(&chars, at);
            at = end.max(at + 1);
        }
        source
    }

    /// Reads one piece; gives the place behind it.
    fn piece(&mut self, chars: &[char], at: usize) -> usize {
        let next = |offset: usize| chars.get(at + offset).copied();
        match chars[at] {
            '/' if next(1) == Some('/') => self.blank(chars, at, line_end(chars, at)),
            '/' if next(1) == Some('*') => self.blank(chars, at, comment_end(chars, at)),
            '"' => self.text(chars, at, at + 1, quoted_end(chars, at + 1), 1),
            'r' if !is_in_word(chars, at) && raw_hashes(chars, at + 1).is_some() => self.raw_text(chars, at, 1),
            'b' if !is_in_word(chars, at) && next(1) == Some('r') && raw_hashes(chars, at + 2).is_some() => {
                self.raw_text(chars, at, 2)
            }
            // A character such as '"', not a lifetime.
            '\'' if next(1) == Some('\\') => {
                let end = (at + 3..chars.len()).find(|end| chars[*end] == '\'').map_or(chars.len(), |end| end + 1);
                self.blank(chars, at, end)
            }
            '\'' if next(2) == Some('\'') => self.blank(chars, at, at + 3),
            c => {
                self.code.push(c);
                at + 1
            }
        }
    }

    fn raw_text(&mut self, chars: &[char], at: usize, prefix: usize) -> usize {
        let hashes = raw_hashes(chars, at + prefix).unwrap_or(0);
        let start = at + prefix + hashes + 1;
        let is_end = |end: &usize| {
            chars[*end] == '"' && chars[*end + 1..].iter().take(hashes).filter(|c| **c == '#').count() == hashes
        };
        let end = (start..chars.len()).find(is_end).unwrap_or(chars.len());
        self.text(chars, at, start, end, 1 + hashes)
    }

    fn text(&mut self, chars: &[char], at: usize, start: usize, end: usize, closing: usize) -> usize {
        let end = end.min(chars.len());
        let line = self.code.matches('\n').count() + 1;
        self.texts.push((line, chars[start.min(end)..end].iter().collect()));
        self.code.push('"');
        self.blank(chars, at + 1, end);
        self.code.push('"');
        (end + closing).min(chars.len())
    }

    fn blank(&mut self, chars: &[char], from: usize, to: usize) -> usize {
        let to = to.min(chars.len());
        self.code.extend(chars[from.min(to)..to].iter().map(|c| if *c == '\n' { '\n' } else { ' ' }));
        to
    }
}

fn is_in_word(chars: &[char], at: usize) -> bool {
    at > 0 && (chars[at - 1].is_alphanumeric() || chars[at - 1] == '_')
}

/// How many `#` stand between the `r` and the quote of a raw text, if it is one.
fn raw_hashes(chars: &[char], at: usize) -> Option<usize> {
    let hashes = chars[at.min(chars.len())..].iter().take_while(|c| **c == '#').count();
    (chars.get(at + hashes) == Some(&'"')).then_some(hashes)
}

fn line_end(chars: &[char], at: usize) -> usize {
    (at..chars.len()).find(|end| chars[*end] == '\n').unwrap_or(chars.len())
}

fn comment_end(chars: &[char], at: usize) -> usize {
    let mut depth = 0;
    let mut end = at;
    while end + 1 < chars.len() {
        match (chars[end], chars[end + 1]) {
            ('/', '*') => depth += 1,
            ('*', '/') => depth -= 1,
            _ => {
                end += 1;
                continue;
            }
        }
        end += 2;
        if depth == 0 {
            return end;
        }
    }
    chars.len()
}

fn quoted_end(chars: &[char], from: usize) -> usize {
    let mut end = from;
    while end < chars.len() && chars[end] != '"' {
        end += if chars[end] == '\\' { 2 } else { 1 };
    }
    end
}

#[test]
fn takes_a_file_apart() {
    let text = r##"let a = "x // y"; // "no text"
let b = '"'; /* "nor /* this */ */ let c = r#"raw "text""#; let d: &'static str = b"\"q";
let e = '\''; let f = "two
lines"; let g = 'g';"##;
    let source = Source::parse(text);
    let texts: Vec<(usize, &str)> = source.texts.iter().map(|(line, text)| (*line, &**text)).collect();
    assert_eq!(texts, [(1, "x // y"), (2, "raw \"text\""), (2, "\\\"q"), (3, "two\nlines")]);
    assert!(source.code.contains("let d: &'static str = b\""));
    assert!(source.code.contains("let g ="));
    for gone in ["no text", "nor", "raw", "lines"] {
        assert!(!source.code.contains(gone), "{gone}");
    }
    assert_eq!(source.code.lines().count(), text.lines().count());
}
