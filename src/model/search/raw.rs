//! What must stand in the bytes of a record for a text to stand in what it says.
//!
//! A record is JSON whose attributes are JSON once more, so that what people read may be escaped never, once or twice:
//! `é` may stand as itself, as `\u00e9` or as `\\u00e9`, a quote as `\"` or `\\\"`. Python, JavaScript, Java and Go
//! agree that letters, digits and most signs of ASCII are never escaped ([`is_plain`]). So a pattern is turned into
//! one of bytes in which every other character may stand in any of its ways, and what only looks at neighbours (`^`,
//! `\b`) is left out. It finds too much, never too little.

use regex::bytes;
use regex_syntax::hir::{Class, ClassBytes, ClassBytesRange, ClassUnicode, Hir, HirKind, Repetition};

use super::SearchPattern;

/// A piece of fewer plain characters is in nearly every record.
const SHORTEST_PIECE: usize = 3;

/// The ways of each character of a class are listed if it has no more than these.
const FEW: usize = 24;

/// Any one character that is not plain, in any of its ways.
const ANY_OTHER: &str = concat!(
    r#"(?s-u)\\*["/<>&'=\x00-\x1f\x7f]|[\x80-\xff]{1,4}|"#,
    r"\\+(?:[bfnrt]|u[0-9a-fA-F]{4}(?:\\+u[dD][c-fC-F][0-9a-fA-F]{2})?)?"
);

/// Whether a character always stands as itself.
fn is_plain(c: char) -> bool {
    matches!(c, ' '..='~') && !matches!(c, '"' | '\\' | '/' | '<' | '>' | '&' | '\'' | '=')
}

/// What must stand in the bytes; without any condition everything may be.
#[derive(Clone, Debug, Default)]
pub(super) struct RawFilter {
    /// A piece that is quickly looked for.
    piece: Option<bytes::Regex>,
    /// All of it.
    whole: Option<bytes::Regex>,
}

impl RawFilter {
    /// What must stand there for a pattern, which was parsed as `hir`.
    pub fn new(pattern: &SearchPattern, hir: &Hir) -> Self {
        let compiled = |source: &str| bytes::RegexBuilder::new(source).unicode(false).build().ok();
        let is_told_by_piece = !pattern.is_regex && pattern.text.chars().all(is_plain);
        let piece = if pattern.is_regex { None } else { piece(&pattern.text, pattern.ignores_case) };
        let whole = if is_told_by_piece { None } else { whole(hir) };
        Self { piece: piece.and_then(|piece| compiled(&piece)), whole: whole.and_then(|whole| compiled(&whole)) }
    }

    /// Whether there is a condition.
    pub fn tells(&self) -> bool {
        self.piece.is_some() || self.whole.is_some()
    }

    pub fn may_be_in(&self, record: &[u8]) -> bool {
        let is_in = |condition: &Option<bytes::Regex>| condition.as_ref().is_none_or(|one| one.is_match(record));
        is_in(&self.piece) && is_in(&self.whole)
    }
}

/// The piece of a text that is found most quickly.
fn piece(text: &str, ignores_case: bool) -> Option<String> {
    let longest = text.split(|c| !is_plain(c)).max_by_key(|run| run.len()).unwrap_or_default();
    if longest.len() >= SHORTEST_PIECE || longest.len() == text.len() {
        let case = if ignores_case { "(?i-u)" } else { "" };
        return Some(format!("{case}{}", regex::escape(longest)));
    }
    // A replacement may stand for any damage.
    let foreign =
        text.chars().find(|c| !c.is_ascii() && *c != char::REPLACEMENT_CHARACTER).filter(|_| !ignores_case)?;
    let unit = foreign.encode_utf16(&mut [0; 2]).last().copied()?;
    // As bytes, since no class of them is looked for.
    Some(format!("(?-u:{})|u(?i-u:{unit:04x})", bytes_of(foreign)))
}

/// A character's bytes as they are written in a regular expression.
fn bytes_of(c: char) -> String {
    c.encode_utf8(&mut [0; 4]).bytes().map(|byte| format!(r"\x{byte:02x}")).collect()
}

/// All of it; `None` where that could be nothing.
fn whole(hir: &Hir) -> Option<String> {
    let raw = in_bytes(hir);
    raw.properties().minimum_len().filter(|least| *least > 0)?;
    Some(raw.to_string())
}

/// The ways in which what a pattern finds may stand in bytes.
fn in_bytes(hir: &Hir) -> Hir {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => Hir::empty(),
        HirKind::Literal(literal) => match std::str::from_utf8(&literal.0) {
            Ok(text) => Hir::concat(text.chars().map(character).collect()),
            Err(_) => anything(),
        },
        HirKind::Class(Class::Unicode(class)) => any_of(class),
        HirKind::Class(Class::Bytes(class)) => {
            let ranges = class.iter().map(|range| {
                regex_syntax::hir::ClassUnicodeRange::new(char::from(range.start()), char::from(range.end()))
            });
            any_of(&ClassUnicode::new(ranges))
        }
        HirKind::Repetition(repetition) => {
            let sub = Box::new(in_bytes(&repetition.sub));
            Hir::repetition(Repetition { min: repetition.min, max: repetition.max, greedy: repetition.greedy, sub })
        }
        HirKind::Capture(capture) => in_bytes(&capture.sub),
        HirKind::Concat(parts) => Hir::concat(parts.iter().map(in_bytes).collect()),
        HirKind::Alternation(ways) => Hir::alternation(ways.iter().map(in_bytes).collect()),
    }
}

/// A character in each of its ways.
fn character(c: char) -> Hir {
    let mut buffer = [0; 4];
    let itself = Hir::literal(c.encode_utf8(&mut buffer).as_bytes());
    if is_plain(c) {
        return itself;
    }
    if c == char::REPLACEMENT_CHARACTER {
        return any_other();
    }
    let backslashes = |least| byte_times(b'\\', least);
    let mut ways = match c {
        '\\' => vec![backslashes(1)],
        _ if c.is_ascii() => vec![Hir::concat(vec![backslashes(0), itself])],
        _ => vec![itself],
    };
    let short = match c {
        '\u{8}' => Some("b"),
        '\u{c}' => Some("f"),
        '\n' => Some("n"),
        '\r' => Some("r"),
        '\t' => Some("t"),
        _ => None,
    };
    ways.extend(short.map(|short| Hir::concat(vec![backslashes(1), Hir::literal(short.as_bytes())])));
    let mut units = Vec::new();
    for unit in c.encode_utf16(&mut [0; 2]) {
        units.extend([backslashes(1), Hir::literal(*b"u")]);
        units.extend(format!("{unit:04x}").bytes().map(|digit| {
            let cases = [digit, digit.to_ascii_uppercase()].map(|case| ClassBytesRange::new(case, case));
            Hir::class(Class::Bytes(ClassBytes::new(cases)))
        }));
    }
    ways.push(Hir::concat(units));
    Hir::alternation(ways)
}

/// Any character of a class in each of its ways.
fn any_of(class: &ClassUnicode) -> Hir {
    let count: usize = class.iter().map(regex_syntax::hir::ClassUnicodeRange::len).sum();
    let plain = |c: &char| is_plain(*c);
    let all = || class.iter().flat_map(|range| range.start()..=range.end());
    if count <= FEW {
        return Hir::alternation(all().map(character).collect());
    }
    let ascii = || {
        let ranges = class.iter().filter(|range| range.start().is_ascii());
        ranges.flat_map(|range| range.start()..=range.end().min('\x7f'))
    };
    let itself = ascii().filter(plain).map(|c| ClassBytesRange::new(c as u8, c as u8));
    let itself = Hir::class(Class::Bytes(ClassBytes::new(itself)));
    let has_others = ascii().count() < count || ascii().any(|c| !is_plain(c));
    if has_others { Hir::alternation(vec![itself, any_other()]) } else { itself }
}

fn byte_times(byte: u8, least: u32) -> Hir {
    Hir::repetition(Repetition { min: least, max: None, greedy: true, sub: Box::new(Hir::literal([byte])) })
}

fn any_other() -> Hir {
    parsed(ANY_OTHER)
}

/// Any bytes at all.
fn anything() -> Hir {
    parsed("(?s-u).*")
}

/// A pattern of bytes that is written in this file; should it be none, everything may be there.
fn parsed(source: &str) -> Hir {
    regex_syntax::ParserBuilder::new().utf8(false).unicode(false).build().parse(source).unwrap_or_else(|_| Hir::empty())
}
