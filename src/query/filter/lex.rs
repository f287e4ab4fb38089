//! From text to words, quoted texts and operators.

use super::FilterError;
use super::expected::{Expected, Wanted};
use super::syntax::Operator;

/// A piece of a filter and where it stands, in bytes.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Token {
    pub(super) at: usize,
    pub(super) end: usize,
    pub(super) kind: TokenKind,
}

/// What kind of piece.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum TokenKind {
    /// A key, a keyword or a number: whatever stands without quotes.
    Word(String),
    /// A text in quotes, and which.
    Quoted(String, char),
    /// `=`, `!=`, `<`, …
    Operator(Operator),
    Open,
    Close,
    Comma,
    /// The end of the filter.
    End,
}

impl Token {
    /// For people: what stands here.
    pub(super) fn describe(&self, text: &str) -> String {
        match self.kind {
            TokenKind::End => "the end".to_owned(),
            _ => {
                let piece: String = text[self.at..self.end].chars().take(40).collect();
                format!("`{piece}`")
            }
        }
    }

    /// Whether it is this keyword, in any case.
    pub(super) fn is_word(&self, keyword: &str) -> bool {
        matches!(&self.kind, TokenKind::Word(word) if word.eq_ignore_ascii_case(keyword))
    }
}

/// All pieces, ending with [`TokenKind::End`].
pub(super) fn tokens(text: &str) -> Result<Vec<Token>, FilterError> {
    match scan(text) {
        (tokens, None) => Ok(tokens),
        (_, Some(error)) => Err(error),
    }
}

/// The pieces before the first that cannot be read, and why it cannot; [`TokenKind::End`] stands
/// last, before the unreadable piece if there is one.
pub(super) fn scan(text: &str) -> (Vec<Token>, Option<FilterError>) {
    let mut tokens = Vec::new();
    let mut at = 0;
    let mut error = None;
    while let Some(c) = text[at..].chars().next() {
        let read = match c {
            c if c.is_whitespace() => {
                at += c.len_utf8();
                continue;
            }
            '(' => Ok((TokenKind::Open, 1)),
            ')' => Ok((TokenKind::Close, 1)),
            ',' => Ok((TokenKind::Comma, 1)),
            '\'' | '"' | '`' => quoted(text, at, c),
            '=' | '!' | '<' | '>' | '~' => operator(text, at),
            _ => {
                let rest = &text[at..];
                let length = rest.find(ends_word).unwrap_or(rest.len());
                Ok((TokenKind::Word(rest[..length].to_owned()), length))
            }
        };
        match read {
            Ok((kind, length)) => {
                tokens.push(Token { at, end: at + length, kind });
                at += length;
            }
            Err(found) => {
                error = Some(found);
                break;
            }
        }
    }
    tokens.push(Token { at, end: at, kind: TokenKind::End });
    (tokens, error)
}

/// A mistake of one character.
fn mistake(at: usize, found: String, wanted: String) -> FilterError {
    FilterError { range: at..at + 1, found, expected: vec![Expected(Wanted::Words(wanted))] }
}

/// Words hold anything but this, so that `metrics.a/b-c[0]` needs no quotes.
pub(super) fn ends_word(c: char) -> bool {
    c.is_whitespace() || "()=!<>~,'\"`".contains(c)
}

/// A text in quotes; the quote itself is written twice inside, as in SQL.
fn quoted(text: &str, at: usize, quote: char) -> Result<(TokenKind, usize), FilterError> {
    let mut inside = String::new();
    let mut chars = text[at + 1..].char_indices().peekable();
    while let Some((offset, c)) = chars.next() {
        if c != quote {
            inside.push(c);
        } else if chars.next_if(|(_, next)| *next == quote).is_some() {
            inside.push(quote);
        } else {
            return Ok((TokenKind::Quoted(inside, quote), offset + 2));
        }
    }
    Err(mistake(at, format!("{quote} without its partner"), format!("a closing {quote}")))
}

fn operator(text: &str, at: usize) -> Result<(TokenKind, usize), FilterError> {
    let known = [
        ("<=", Operator::LessOrEqual),
        (">=", Operator::GreaterOrEqual),
        ("!=", Operator::NotEqual),
        ("<>", Operator::NotEqual),
        ("==", Operator::Equal),
        ("=", Operator::Equal),
        ("<", Operator::Less),
        (">", Operator::Greater),
        ("~", Operator::Contains),
    ];
    match known.into_iter().find(|(sign, _)| text[at..].starts_with(sign)) {
        Some((sign, operator)) => Ok((TokenKind::Operator(operator), sign.len())),
        None => Err(mistake(at, "`!`".to_owned(), "`!=` or NOT".to_owned())),
    }
}
