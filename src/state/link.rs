//! A link that can be given to others: a place, and the store that it is in.
//!
//! `dspyglass:experiment/3/run/abc?tab=traces&store=/data/mlflow.db`. A link without a store is a place of the store
//! that is open, as addresses always were.

use percent_encoding::{AsciiSet, utf8_percent_encode};

use super::address::{PLAIN, SCHEME, decode};
use super::place::Place;
use super::tabs::RunTab;
use super::{AppState, Effect, NoticeText};
use crate::model::{Reveal, Unmasked};
use crate::store::StoreLocation;

/// What the store stands under.
const STORE: &str = "store";
/// Paths stay readable.
const PLAIN_IN_PATH: &AsciiSet = &PLAIN.remove(b'/').remove(b':');

/// A link, read.
#[derive(Clone, Debug, PartialEq)]
pub struct Link {
    /// The store, if it names one; made whole, and without credentials.
    pub store: Option<StoreLocation>,
    /// Where to go in it.
    pub place: Place,
    /// What was not understood and is left out.
    pub unknown: Vec<String>,
}

impl Link {
    /// Reads a link, or an address without a store.
    pub fn parse(text: &str) -> Self {
        let text = unquoted(text);
        let (path, query) = text.split_once('?').unwrap_or((text, ""));
        let is_store = |pair: &&str| pair.split_once('=').is_some_and(|(key, _)| key == STORE);
        let stores = query.split('&').filter(is_store).filter_map(|pair| pair.split_once('='));
        let store = stores.map(|(_, value)| decode(value)).rfind(|value| !value.trim().is_empty());
        let rest: Vec<&str> = query.split('&').filter(|pair| !is_store(pair)).collect();
        let (place, unknown) = Place::parse(&format!("{path}?{}", rest.join("&")));
        Self { store: store.map(|store| StoreLocation::from(&store).whole()), place, unknown }
    }

    /// Whether a text that was pasted among names and paths is meant as a link. Where nothing else may stand, as after
    /// `--at`, an address needs not say so.
    pub fn is_link(text: &str) -> bool {
        unquoted(text).starts_with(SCHEME)
    }

    /// As it is copied. An address of a store is written as it is shown: without name and password, and with its
    /// other secrets masked. Nor does a secret get in that is shown and was selected as a phrase.
    pub fn write(place: &Place, store: Option<&StoreLocation>) -> String {
        let text = without_secrets(place.clone()).to_string();
        let Some(store) = store else { return text };
        let before = if text.contains('?') { '&' } else { '?' };
        format!("{text}{before}{STORE}={}", utf8_percent_encode(&store.to_string(), PLAIN_IN_PATH))
    }
}

impl AppState {
    /// Goes where a link leads; opens its store first if that is not open. One that cannot be followed yet is
    /// followed once a store is open.
    pub(super) fn follow(&mut self, text: String) -> Vec<Effect> {
        let link = Link::parse(&text);
        match link.store.clone() {
            Some(store) if self.store() != Some(&store) => {
                self.wanted = Some(text);
                vec![Effect::Open(store)]
            }
            None if self.store().is_none() => {
                self.wanted = Some(text);
                let what = "This link names no store";
                self.notify(NoticeText::hint(what, "Open the store that it was copied from; it leads there then"));
                Vec::new()
            }
            _ => {
                self.go_to(link);
                Vec::new()
            }
        }
    }

    /// Goes to the place of a link, whichever store it names.
    pub(super) fn go_to(&mut self, link: Link) {
        if !link.unknown.is_empty() {
            let what = format!("Part of the address is not understood: {}", link.unknown.join(", "));
            self.notify(NoticeText::warning(what, "The rest of it is shown"));
        }
        self.go(link.place, None);
    }

    /// A store that is opened instead of the open one is not that of a link which could not be followed. On the
    /// welcome page it may be: that is where who was sent a link names the path that its store has here.
    pub(super) fn forget_wish(&mut self) {
        if self.store().is_some() {
            self.wanted = None;
        }
    }
}

/// The same place; a phrase with a secret in it is not chosen in it.
fn without_secrets(mut place: Place) -> Place {
    if let Place::Run { tab: Some(RunTab::Evolution { phrase, .. }), .. } = &mut place {
        phrase.take_if(|phrase| Unmasked::new(phrase.as_str()).readable(Reveal::Masked) != phrase.as_str());
    }
    place
}

/// As people paste it: with quotes around and spaces.
fn unquoted(text: &str) -> &str {
    let text = text.trim();
    let inner = ['"', '\''].iter().find_map(|quote| text.strip_prefix(*quote)?.strip_suffix(*quote));
    inner.unwrap_or(text).trim()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(place: &str, store: &str) -> String {
        Link::write(&Place::parse(place).0, Some(&StoreLocation::from(store)))
    }

    #[test]
    fn a_link_leads_back_to_place_and_store() {
        for (place, store) in [
            ("", "/data/mlflow.db"),
            ("experiment/1", "/a b/ü & ?=#%/mlflow.db"),
            ("experiment/1/run/a?tab=metrics&item=a%26b", "/data/佐藤.db"),
            ("compare/a/b?tab=examples&item=b", "/x/store=1&tab=traces"),
        ] {
            let link = Link::parse(&written(place, store));
            assert_eq!((link.place, link.unknown.len()), (Place::parse(place).0, 0), "{place}");
            assert_eq!(link.store, Some(StoreLocation::Path(store.into())));
        }
        let text = written("experiment/1?tab=traces", "/data/mlflow.db");
        assert_eq!(text, "dspyglass:experiment/1?tab=traces&store=/data/mlflow.db");
        assert_eq!(written("run/a", "/d/m.db"), "dspyglass:run/a?store=/d/m.db");
        assert!(Link::is_link(&text) && Link::is_link(&format!("  \"{text}\"\n")));
        assert_eq!(Link::parse(&format!(" '{text}' ")), Link::parse(&text));
    }

    #[test]
    fn addresses_from_before_links_are_still_understood() {
        for text in ["dspyglass:experiment/3/run/abc?tab=traces", "experiment/3/run/abc?tab=traces", "dspyglass:", ""] {
            let link = Link::parse(text);
            assert_eq!((link.place, link.unknown), Place::parse(text), "{text}");
            assert_eq!(link.store, None);
        }
        let odd = Link::parse("experiment/1?moon=3&store=&store");
        assert_eq!((odd.store, odd.unknown), (None, vec!["moon".to_owned(), "store".to_owned()]));
    }

    #[test]
    fn paths_and_names_are_no_links() {
        for text in ["/data/mlflow.db", "run/a", "http://host/experiment/1", "eval_full_1", "", "my dspyglass:x"] {
            assert!(!Link::is_link(text), "{text}");
        }
    }

    #[test]
    fn no_credential_gets_into_a_link() {
        let text = written("run/a", "http://me:pw1@host:5000/ml?token=abcdef123456&page=2");
        assert!(!text.contains("pw1") && !text.contains("abcdef"), "{text}");
        assert_eq!(Link::parse(&text).store.map(|store| store.name()), Some("host:5000".to_owned()));
        let phrase = |phrase: &str| written(&format!("run/a?tab=evolution&phrase={phrase}"), "/d/m.db");
        assert!(phrase("answer%20briefly").contains("answer%20briefly"));
        let secret = phrase("use%20sk-proj-abcdefghij1234567890");
        assert_eq!(secret, "dspyglass:run/a?tab=evolution&store=/d/m.db");
    }
}
