//! Looking for a text in what spans say.
//!
//! What is found is decided on decoded and masked text, as it is shown: the keys, texts and numbers of inputs, outputs,
//! attributes and events, each for itself. Decoding all spans of a store takes many times as long as reading them, so
//! that a [`Matcher`] also tells of the bytes of a record, however its text is escaped in them, whether it may hold
//! what is looked for ([`Matcher::may_be_in`]): a record that may not need not be decoded.

mod encoded;
mod excerpt;
mod fields;
mod raw;

use std::ops::Range;

use regex::{Regex, RegexBuilder};

pub use excerpt::Excerpt;
pub use fields::{FoundText, SearchField};

use super::secret::{MASK, Reveal};
use raw::RawFilter;

/// What is looked for may be this long, in bytes.
pub const MAX_BYTES: usize = 10_000;

/// A regular expression may not nest groups deeper.
const MAX_NESTING: u32 = 100;

/// What is looked for.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Default)]
pub struct SearchPattern {
    /// The text, or the regular expression.
    pub text: String,
    /// Capital and small letters count as the same.
    pub ignores_case: bool,
    /// Only where no letter, digit or underscore stands beside it.
    pub is_whole_word: bool,
    /// The text is a regular expression (<https://docs.rs/regex/latest/regex/#syntax>); `^` and `$` stand at lines.
    pub is_regex: bool,
}

/// Why nothing can be looked for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PatternError {
    /// There is no text.
    #[error("there is nothing to look for: the text is empty")]
    Empty,
    /// It is too long.
    #[error("the text has {0} bytes; up to {MAX_BYTES} can be looked for")]
    TooLong(usize),
    /// The regular expression stands for no text at all.
    #[error("this regular expression finds places between characters, and no text")]
    NoText,
    /// The regular expression is none: what is wrong with it.
    #[error("this is no regular expression that can be looked for: {0}")]
    NoRegex(String),
}

/// A [`SearchPattern`] made ready.
#[derive(Clone, Debug)]
pub struct Matcher {
    pattern: SearchPattern,
    decides: Regex,
    raw: RawFilter,
    /// What stands beside a place decides, too.
    looks_beside: bool,
}

impl Matcher {
    /// Makes a pattern ready.
    ///
    /// # Errors
    /// A pattern that stands for nothing, or for too much.
    pub fn new(pattern: &SearchPattern) -> Result<Self, PatternError> {
        let text = &pattern.text;
        if text.is_empty() {
            return Err(PatternError::Empty);
        }
        if text.len() > MAX_BYTES {
            return Err(PatternError::TooLong(text.len()));
        }
        let source = if pattern.is_regex { text.clone() } else { literally(text, pattern.ignores_case) };
        // Put between others it might close groups of theirs: it has to be one by itself.
        let hir = parse(&source, pattern)?;
        if hir.properties().maximum_len() == Some(0) {
            return Err(PatternError::NoText);
        }
        let whole = if pattern.is_whole_word { format!(r"\b{{start-half}}(?:{source})\b{{end-half}}") } else { source };
        let decides = RegexBuilder::new(&whole)
            .case_insensitive(pattern.is_regex && pattern.ignores_case)
            .multi_line(true)
            .nest_limit(MAX_NESTING + 2)
            .build()
            .map_err(|error| PatternError::NoRegex(last_line(&error.to_string())))?;
        let looks_beside = pattern.is_regex || pattern.is_whole_word;
        Ok(Self { pattern: pattern.clone(), decides, raw: RawFilter::new(pattern, &hir), looks_beside })
    }

    /// What it was made of.
    pub fn pattern(&self) -> &SearchPattern {
        &self.pattern
    }

    /// Whether what is looked for may stand in the decoded text of these bytes, a span's record or a part of it. False
    /// only if it surely does not.
    pub fn may_be_in(&self, record: &[u8]) -> bool {
        self.raw.may_be_in(record)
    }

    /// Whether [`Self::may_be_in`] tells anything: there are patterns that may be anywhere.
    pub fn tells_by_bytes(&self) -> bool {
        self.raw.tells()
    }

    /// Where in a text it stands first. Texts that stand in for secrets are none: between them each piece counts for
    /// itself.
    fn find(&self, text: &str, reveal: Reveal) -> Option<Range<usize>> {
        if reveal == Reveal::Revealed || !text.contains(MASK) {
            return self.find_in_piece(text);
        }
        let mut begin = 0;
        for piece in text.split(MASK) {
            if let Some(found) = self.find_in_piece(piece) {
                return Some(begin + found.start..begin + found.end);
            }
            begin += piece.len() + MASK.len();
        }
        None
    }

    fn find_in_piece(&self, text: &str) -> Option<Range<usize>> {
        self.decides.find_iter(text).find(|found| !found.is_empty()).map(|found| found.range())
    }
}

/// A text as a regular expression. A letter of ASCII is the same as the other case of it alone, which is what people
/// mean; Unicode would take the sign of Kelvin for a `k`.
fn literally(text: &str, ignores_case: bool) -> String {
    if !ignores_case {
        return regex::escape(text);
    }
    let mut source = String::with_capacity(text.len() * 4);
    for c in text.chars() {
        if c.is_ascii_alphabetic() {
            source.extend(['[', c.to_ascii_lowercase(), c.to_ascii_uppercase(), ']']);
        } else if c.is_ascii() {
            source.push_str(&regex::escape(c.encode_utf8(&mut [0; 4])));
        } else {
            source.push_str("(?i:");
            source.push(c);
            source.push(')');
        }
    }
    source
}

fn parse(source: &str, pattern: &SearchPattern) -> Result<regex_syntax::hir::Hir, PatternError> {
    regex_syntax::ParserBuilder::new()
        .case_insensitive(pattern.is_regex && pattern.ignores_case)
        .multi_line(true)
        .nest_limit(MAX_NESTING)
        .build()
        .parse(source)
        .map_err(|error| PatternError::NoRegex(last_line(&error.to_string())))
}

/// What is wrong, without the picture of the place above it.
fn last_line(message: &str) -> String {
    let line = message.lines().next_back().unwrap_or_default();
    line.trim().trim_start_matches("error: ").to_owned()
}

#[cfg(test)]
mod tests;
