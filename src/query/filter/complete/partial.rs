//! What is being typed at the caret, and what of the text it is.

use std::ops::Range;

use crate::query::filter::lex::{Token, TokenKind, ends_word, scan};

/// What is being typed.
pub(super) struct Partial {
    /// Its place, up to the end of the word that the caret stands in.
    pub(super) replace: Range<usize>,
    /// What stands before the caret of it.
    pub(super) typed: Typed,
}

/// What of a piece was typed before the caret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Typed {
    /// The caret stands where something new begins.
    Nothing,
    /// A word without quotes.
    Word(String),
    /// The key of an entity (`metrics`, …), maybe in quotes.
    Key(String, String),
    /// A text whose quote is not closed.
    Quoted(String),
    /// `>`, `!`, …
    Operator(String),
}

impl Partial {
    pub(super) fn at(text: &str, caret: usize) -> Self {
        let (mut tokens, unread) = scan(&text[..caret]);
        tokens.pop(); // the end
        let last = tokens.pop();
        if let Some(unread) = unread {
            return Self::unread(text, caret, unread.range.start, last);
        }
        match last {
            Some(Token { at, end, kind: TokenKind::Word(word) }) if end == caret => {
                Self { replace: at..end_of_word(text, caret), typed: typed_word(word) }
            }
            Some(Token { at, end, kind: TokenKind::Operator(_) }) if end == caret => {
                Self { replace: at..caret, typed: Typed::Operator(text[at..caret].to_owned()) }
            }
            _ => Self { replace: caret..caret, typed: Typed::Nothing },
        }
    }

    /// A quote that is not closed yet, or the first half of `!=`.
    fn unread(text: &str, caret: usize, at: usize, last: Option<Token>) -> Self {
        let Some(quote) = text[at..caret].chars().next().filter(|first| *first != '!') else {
            return Self { replace: at..caret, typed: Typed::Operator(text[at..caret].to_owned()) };
        };
        let inside = text[at + 1..caret].replace(&format!("{quote}{quote}"), &quote.to_string());
        let end = end_of_quoted(text, caret, quote);
        match last {
            Some(Token { at: start, end: dot, kind: TokenKind::Word(word) }) if dot == at && quote != '\'' => {
                let entity = word.trim_end_matches('.').to_owned();
                Self { replace: start..end, typed: Typed::Key(entity, inside) }
            }
            _ => Self { replace: at..end, typed: Typed::Quoted(inside) },
        }
    }
}

fn typed_word(word: String) -> Typed {
    match word.split_once('.') {
        Some((entity, key)) => Typed::Key(entity.to_owned(), key.to_owned()),
        None => Typed::Word(word),
    }
}

/// The word that the caret stands in goes on after it; after its dot a quoted key may follow.
fn end_of_word(text: &str, caret: usize) -> usize {
    let rest = &text[caret..];
    let end = caret + rest.find(ends_word).unwrap_or(rest.len());
    match text[end..].chars().next() {
        Some(quote @ ('"' | '`')) if text[..end].ends_with('.') => {
            text[end + 1..].find(quote).map_or(end, |length| end + length + 2)
        }
        _ => end,
    }
}

/// A quote further on may open the next text rather than close this one: it counts only if it
/// ends the word that the caret stands in.
fn end_of_quoted(text: &str, caret: usize, quote: char) -> usize {
    let rest = &text[caret..];
    let word = rest.find(char::is_whitespace).map_or(rest, |end| &rest[..end]);
    word.find(quote).map_or(caret, |length| caret + length + 1)
}
