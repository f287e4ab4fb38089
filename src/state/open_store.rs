//! Which store is open: what is found again when it is opened, and what is forgotten with it.

use super::comparing::Comparing;
use super::fingerprint::fingerprint_of;
use super::history::History;
use super::link::Link;
use super::page_memory::PageMemories;
use super::place::Place;
use super::run_table::SelectedRuns;
use super::{AppState, Effect, TreeKey};
use crate::model::{ExperimentId, RunId};
use crate::store::StoreLocation;

impl AppState {
    /// Where else the user was in this store, the latest first: now, and at earlier starts.
    pub fn recent_places(&self) -> Vec<Place> {
        let mut recent: Vec<Place> = self.history.recent().into_iter().cloned().collect();
        let name = self.store.as_ref().map(fingerprint_of);
        let known = name.and_then(|name| self.settings.stores.get(&name));
        for text in known.into_iter().flat_map(|known| &known.places) {
            let (place, _) = Place::parse(text);
            if !recent.iter().any(|other| other.subject() == place.subject()) {
                recent.push(place);
            }
        }
        let own = self.location().subject();
        recent.retain(|place| place.subject() != own);
        recent
    }

    pub(super) fn leave_store(&mut self) {
        self.history = History::default();
        self.pages = PageMemories::default();
        self.visit += 1;
        self.unfolded.clear();
        self.selected_runs = SelectedRuns::default();
        self.comparing = Comparing::default();
        self.wants_history = None;
        self.is_revealed = false;
        self.shows_warnings = false;
        self.asks_to_forget = None;
        self.refuses_outside = false;
        self.asks_for_artifacts = false;
        (self.asks_to_sign_in, self.shows_server) = (false, false);
        self.store = None;
    }

    /// The store that is open is closed with it: else all of it would be noted again.
    pub(super) fn forget(&mut self, location: &StoreLocation) -> Vec<Effect> {
        self.asks_to_forget = None;
        let mut effects = vec![Effect::SaveSettings];
        if self.store.as_ref() == Some(location) {
            self.leave_store();
            effects.extend([Effect::Reveal(false), Effect::Close]);
        }
        self.settings.forget(&location.to_string());
        effects.push(Effect::ForgetFacts(location.clone()));
        effects
    }

    pub(super) fn enter_store(&mut self, location: StoreLocation) -> Vec<Effect> {
        self.note_store();
        self.leave_store();
        self.settings.note_recent(&location.to_string());
        let known = self.settings.store(&fingerprint_of(&location)).clone();
        self.store = Some(location);
        for key in &known.unfolded {
            if let Some(key) = parse_key(key) {
                self.unfolded.set(key, true);
            }
        }
        // What was asked for at the start goes before what was looked at last.
        if let Some(text) = self.wanted.take().or(known.location) {
            self.go_to(Link::parse(&text));
        }
        vec![Effect::Reveal(false), Effect::SaveSettings]
    }

    /// Notes in the settings what is to be found again when the store is opened next.
    pub(super) fn remember(&mut self) -> Vec<Effect> {
        self.note_store();
        vec![Effect::SaveSettings]
    }

    /// Brings the store's part of the settings up to date; call it before they are written.
    pub fn note_store(&mut self) {
        let Some(store) = &self.store else { return };
        let name = fingerprint_of(store);
        let location = self.location().to_string();
        let places: Vec<String> = self.history.recent().into_iter().map(ToString::to_string).collect();
        let mut unfolded: Vec<String> = self.unfolded.iter().map(print_key).collect();
        unfolded.sort();
        let store = self.settings.store(&name);
        store.location = Some(location);
        store.note_places(places);
        store.unfolded = unfolded;
    }
}

fn print_key(key: &TreeKey) -> String {
    match key {
        TreeKey::Experiment(id) => format!("experiment/{id}"),
        TreeKey::Run(id) => format!("run/{id}"),
    }
}

fn parse_key(text: &str) -> Option<TreeKey> {
    match text.split_once('/')? {
        ("experiment", id) => Some(TreeKey::Experiment(ExperimentId::from(id))),
        ("run", id) => Some(TreeKey::Run(RunId::from(id))),
        _ => None,
    }
}
