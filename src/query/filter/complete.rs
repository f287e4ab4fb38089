//! What could come next while a filter is being typed.
//!
//! The parser says what it expects where the typing begins, so that whatever is offered can be
//! read; this file finds where that is, and `offers` knows what fits there.

mod offers;
mod partial;

use std::ops::Range;

use offers::Offer;
use partial::{Partial, Typed};

use super::expected::Wanted;
use super::grammar::Grammar;
use super::moments::Now;
use super::{FilterKeys, parse};

/// No more is offered: nobody reads more, they type on.
const MAX_OFFERED: usize = 200;

/// Something that could stand at the caret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completion {
    /// The bytes of the text that it takes the place of; empty at the caret if nothing was typed.
    pub replace: Range<usize>,
    /// What to put there, with the spaces that belong around it.
    pub insert: String,
    /// What to show.
    pub label: String,
    /// What to show beside it: how many runs have it, or what it means; may be empty.
    pub note: String,
    /// What it is.
    pub kind: CompletionKind,
}

/// What a completion is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CompletionKind {
    /// `metrics.` and its like, after which a key follows.
    Entity,
    /// An attribute.
    Attribute,
    /// AND, OR, NOT, parentheses.
    Keyword,
    /// A metric, param or tag that some run has.
    Key,
    /// A comparison.
    Operator,
    /// A value that some run has.
    Value,
}

/// See [`super::Filter::complete`].
pub(super) fn complete(text: &str, caret: usize, keys: &FilterKeys, grammar: &'static Grammar) -> Vec<Completion> {
    let caret = text.floor_char_boundary(caret);
    let partial = Partial::at(text, caret);
    let offered = offers::of(&wanted_after(&text[..partial.replace.start], grammar), &partial.typed, keys, grammar);
    // What is typed as a whole may be enough: then what follows it is offered too.
    let is_whole = match &partial.typed {
        Typed::Operator(_) => true,
        typed => offered.iter().any(|offer| offer.is_whole(typed, grammar)),
    };
    let mut found: Vec<(usize, Completion)> = Vec::new();
    for offer in offered.into_iter().filter(|offer| !offer.is_whole(&partial.typed, grammar)) {
        if let Some(rank) = offer.rank(&partial.typed, grammar) {
            found.push((rank, placed(text, partial.replace.clone(), offer)));
        }
    }
    if is_whole {
        let next = offers::of(&wanted_after(&text[..caret], grammar), &Typed::Nothing, keys, grammar).into_iter();
        let last = found.iter().map(|(rank, _)| *rank).max().unwrap_or(0);
        found.extend(next.map(|offer| (last, placed(text, caret..caret, offer))));
    }
    // By rank only: what is offered comes in the order in which it should be seen.
    found.sort_by_key(|(rank, _)| *rank);
    found.truncate(MAX_OFFERED);
    found.into_iter().map(|(_, completion)| completion).collect()
}

/// What may follow the beginning of a filter; nothing if it is none.
fn wanted_after(head: &str, grammar: &'static Grammar) -> Vec<Wanted> {
    // Which moment is meant does not change what may follow.
    match parse::parse(head, grammar, Now { ms: 0, is_utc: true }) {
        Ok(None) => vec![Wanted::Operand(grammar)],
        Ok(Some(_)) => vec![Wanted::And, Wanted::Or],
        // Only what is missing at the end begins there.
        Err(error) if error.range.start == head.len() => error.expected.into_iter().map(|one| one.0).collect(),
        Err(_) => Vec::new(),
    }
}

/// With a space on either side where there is none.
fn placed(text: &str, replace: Range<usize>, offer: Offer) -> Completion {
    let before = text[..replace.start].chars().next_back();
    let after = text[replace.end..].chars().next();
    let is_open = offer.insert.ends_with(['.', '(']);
    let lead = if before.is_none_or(|c| c.is_whitespace() || c == '(') || offer.is_tight { "" } else { " " };
    let trail = if is_open || after.is_some_and(|c| c.is_whitespace() || c == ')' || c == ',') { "" } else { " " };
    let insert = format!("{lead}{}{trail}", offer.insert);
    Completion { replace, insert, label: offer.label, note: offer.note, kind: offer.kind }
}

#[cfg(test)]
mod tests;
