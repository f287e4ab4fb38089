//! Where a list of traces goes on. MLflow's page tokens count how many traces stand before: whatever is written or
//! deleted meanwhile moves all that follow, so that some come twice and others not at all. Lists in the order of time
//! go on behind the last trace instead, by its start and its id, which nothing moves. Servers whose tokens say
//! something else (Databricks) are followed by them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use crate::model::Json;
use crate::store::order::TraceKey;
use crate::store::{Cursor, Order, ReadCx, Trail};

/// So many pages may tell nothing new before a list is given up.
const BARREN: u32 = 50;

/// Behind which page a list goes on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The last trace that was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last: Option<TraceKey<String>>,
    /// What the server calls the next page of what it was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// The server refused the filter: it is asked without.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_unfiltered: bool,
    /// So many pages before told nothing new.
    #[serde(default)]
    pub barren: u32,
}

impl Place {
    /// Reads a cursor; `None`: it was made by somebody else, which is warned of.
    pub fn at(cursor: Option<&Cursor>, cx: &ReadCx) -> Option<Self> {
        let Some(cursor) = cursor else { return Some(Self::default()) };
        let place = serde_json::from_str(cursor.as_str()).ok();
        if place.is_none() {
            cx.warn("a list", "it cannot go on: its place was named by another store");
        }
        place
    }

    /// The same as a cursor.
    pub fn cursor(&self) -> Cursor {
        // Numbers and texts always make JSON.
        Cursor::new(serde_json::to_string(self).unwrap_or_default())
    }

    /// Whether a trace was given before.
    pub fn is_passed(&self, order: Order, key: &TraceKey<String>) -> bool {
        self.last.as_ref().is_some_and(|last| order.compare(key, last).is_le())
    }

    /// What has to hold of the start of all that comes.
    pub fn bound(&self, order: Order) -> Option<String> {
        // Where there are tokens to follow, the list is asked for as before.
        let start = self.last.as_ref().filter(|_| self.is_by_time()).and_then(|last| last.start_ms)?;
        let sign = if order == Order::OldestFirst { ">=" } else { "<=" };
        Some(format!("attributes.timestamp_ms {sign} {start}"))
    }

    /// Whether what was given before is told by its start and its id, and not by a token.
    pub fn is_by_time(&self) -> bool {
        self.token.as_deref().is_none_or(counts)
    }

    /// Where a list in the order of time goes on behind a page. `last`: the last trace of it that is new; `None` where
    /// all of them were given before. `token`: what the server calls the next page.
    pub fn behind(&self, last: Option<TraceKey<String>>, token: Option<String>, cx: &ReadCx) -> Option<Self> {
        let token = token?;
        let is_new = last.is_some();
        let barren = if is_new { 0 } else { self.barren + 1 };
        if barren > BARREN || (!is_new && self.token.as_ref() == Some(&token)) {
            cx.warn_again(Trail::circle().as_slice());
            return None;
        }
        let last = last.or_else(|| self.last.clone());
        let start = |key: &Option<TraceKey<String>>| key.as_ref().and_then(|key| key.start_ms);
        // Among many traces that began together the same question has a next page of its own.
        let is_asked_anew = counts(&token) && start(&last).is_some() && start(&last) != start(&self.last);
        let token = Some(token).filter(|_| !is_asked_anew);
        Some(Self { last, token, barren, is_unfiltered: self.is_unfiltered })
    }
}

impl Place {
    /// Where a list of other rows goes on behind a page of so many, by what the server calls the next one.
    pub fn behind_rows(&self, count: usize, token: Option<String>, cx: &ReadCx) -> Option<Self> {
        let token = token?;
        let barren = if count > 0 { 0 } else { self.barren + 1 };
        if barren > BARREN || self.token.as_ref() == Some(&token) {
            cx.warn_again(Trail::circle().as_slice());
            return None;
        }
        Some(Self { token: Some(token), barren, last: None, is_unfiltered: self.is_unfiltered })
    }
}

/// Whether a token only counts what stands before the page (`SearchUtils.create_page_token`).
pub fn counts(token: &str) -> bool {
    offset_of(token).is_some()
}

/// How many rows stand before the page of a token, where it says so.
pub fn offset_of(token: &str) -> Option<u64> {
    let decoded: Json = serde_json::from_slice(&STANDARD.decode(token).ok()?).ok()?;
    decoded.get("offset")?.as_u64()
}

/// The token of the page behind so many rows.
pub fn token_at(offset: u64) -> String {
    STANDARD.encode(format!("{{\"offset\": {offset}}}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(start: i64, id: &str) -> Option<TraceKey<String>> {
        Some(TraceKey { start_ms: Some(start), id: id.to_owned() })
    }

    #[test]
    fn a_list_goes_on_behind_its_last_trace_where_tokens_only_count() {
        let cx = ReadCx::new();
        assert_eq!(offset_of("eyJvZmZzZXQiOiA1MDB9"), Some(500));
        let first = Place::default();
        let second = first.behind(key(7, "b"), Some(token_at(500)), &cx).expect("it goes on");
        assert_eq!(second.bound(Order::NewestFirst).as_deref(), Some("attributes.timestamp_ms <= 7"));
        let passed = |id: &str, start| second.is_passed(Order::NewestFirst, &key(start, id).expect("a key"));
        assert_eq!([passed("c", 7), passed("b", 7), passed("a", 7), passed("z", 6)], [true, true, false, false]);
        assert_eq!(Place::at(Some(&second.cursor()), &cx), Some(second.clone()));
        // All of a page began together, and was given before: what it was asked goes on.
        let third = second.behind(None, Some(token_at(500)), &cx).expect("it goes on");
        assert_eq!(
            (third.token.clone(), third.bound(Order::NewestFirst)),
            (Some(token_at(500)), second.bound(Order::NewestFirst))
        );
        let opaque = first.behind(key(7, "b"), Some("x7".to_owned()), &cx).expect("it goes on");
        assert_eq!((opaque.token.as_deref(), opaque.bound(Order::NewestFirst)), (Some("x7"), None));
        assert!(cx.take_warnings().is_empty());
        assert_eq!(Place::at(Some(&Cursor::new("[7]")), &cx), None);
        assert_eq!(cx.take_warnings().len(), 1);
    }

    #[test]
    fn a_list_that_tells_nothing_new_ends() {
        let cx = ReadCx::new();
        let mut place = Place::default();
        let mut pages = 0;
        while let Some(next) = place.behind(key(7, "b").filter(|_| pages == 0), Some(format!("t{pages}")), &cx) {
            (place, pages) = (next, pages + 1);
            assert!(pages < 1_000);
        }
        assert_eq!(cx.take_warnings().len(), 1);
        let round = Place { token: Some("a".to_owned()), ..Place::default() };
        assert_eq!(round.behind(None, Some("a".to_owned()), &cx), None);
    }
}
