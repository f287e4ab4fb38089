//! The window as data: where it is, what is folded, what the user was told and has set.
//!
//! Views return [`Action`]s; [`AppState::apply`] changes the state before the next frame and says
//! what has to be done outside ([`Effect`]). Pure: what a test applies is what the user did.
//!
//! Deliberately absent: egui, I/O, the clock.

mod action;
mod artifacts;
mod comparing;
mod fingerprint;
mod fold;
mod history;
mod location;
mod notice;
mod outside;
mod run_table;
mod saving;
mod settings;
mod tab;
#[cfg(test)]
mod tests;

use std::path::PathBuf;

pub use action::{Action, Effect, TreeKey};
pub use comparing::{CompareSettings, CompareWish, CompareWith, Comparing};
pub use fingerprint::{fingerprint, fingerprint_bytes, fingerprint_of};
pub use fold::Folds;
pub use history::{History, Scroll, Step};
pub use location::{Location, PHRASE_MOST, Place, SpanRef};
pub use notice::{NoticeKind, NoticeText};
pub use outside::Outside;
pub use run_table::{ColumnSettings, ColumnSort, RunTableSettings, SelectedRuns, ShownColumn};
pub use saving::FileToSave;
pub use settings::{Settings, StoreSettings, ThemeChoice, Unusable, VERSION, ZOOM, sane_zoom};
pub use tab::{DetailTab, Tab};

use crate::model::{ExperimentId, RunId, TraceId};
use crate::store::StoreLocation;

/// No more notices than this stand at a time; the oldest goes.
const MAX_NOTICES: usize = 4;

/// All of the window's own state.
#[derive(Clone, Debug, Default)]
pub struct AppState {
    history: History,
    /// What is remembered from one start to the next.
    pub settings: Settings,
    /// Experiments and runs whose children are shown.
    pub unfolded: Folds<TreeKey>,
    /// Spans of the trace on screen whose children are hidden, by ordinal.
    pub folded_spans: Folds<usize>,
    folds_of: Option<TraceId>,
    /// What the user was told, oldest first.
    pub notices: Vec<NoticeText>,
    /// The runs that are selected in a table.
    pub selected_runs: SelectedRuns,
    /// What is on its way to be compared.
    pub comparing: Comparing,
    /// The run whose program is to be shown wherever it stands, as soon as it is known.
    pub wants_origin: Option<RunId>,
    /// Whether secrets are shown; never remembered.
    pub is_revealed: bool,
    /// Whether the list of warnings is open.
    pub shows_warnings: bool,
    /// Whether the list of keys is open.
    pub shows_keys: bool,
    /// Whether the palette is open.
    pub shows_palette: bool,
    /// The store of which the user is asked whether it is to be forgotten.
    pub asks_to_forget: Option<StoreLocation>,
    /// The user said no to folders of artifacts outside the store's own.
    pub refuses_outside: bool,
    /// Whether the user is asked where the artifacts are.
    pub asks_for_artifacts: bool,
    /// Where the program was started: stores in it are offered.
    pub working_folder: Option<PathBuf>,
    store: Option<StoreLocation>,
    /// Where to go as soon as a store is open.
    wanted: Option<String>,
    /// Counts the places that were gone to: lists restore their scroll when it changes.
    visit: u64,
}

impl AppState {
    /// The state at the start. `at`: the address to go to as soon as a store is open.
    pub fn new(settings: Settings, at: Option<String>) -> Self {
        Self { settings, wanted: at, ..Self::default() }
    }

    /// Where the window is.
    pub fn location(&self) -> &Location {
        &self.history.step().location
    }

    /// The steps that were taken.
    pub fn history(&self) -> &History {
        &self.history
    }

    /// The store that is open.
    pub fn store(&self) -> Option<&StoreLocation> {
        self.store.as_ref()
    }

    /// Changes whenever another place is shown.
    pub fn visit(&self) -> u64 {
        self.visit
    }

    /// How a list of this place was scrolled.
    pub fn scroll(&self, list: &str) -> Option<Scroll> {
        self.history.step().scrolls.get(list).copied()
    }

    /// On which row of a list of this place the keyboard stood.
    pub fn selected(&self, list: &str) -> Option<&str> {
        self.history.step().selected.get(list).map(String::as_str)
    }

    /// Where else the user was in this store, the latest first: now, and at earlier starts.
    pub fn recent_places(&self) -> Vec<Location> {
        let mut recent: Vec<Location> = self.history.recent().into_iter().cloned().collect();
        let name = self.store.as_ref().map(fingerprint_of);
        let known = name.and_then(|name| self.settings.stores.get(&name));
        for text in known.into_iter().flat_map(|known| &known.places) {
            let (location, _) = Location::parse(text);
            if !recent.iter().any(|other| other.place == location.place) {
                recent.push(location);
            }
        }
        recent.retain(|location| location.place != self.location().place);
        recent
    }

    /// Does what the user did.
    pub fn apply(&mut self, action: Action) -> Vec<Effect> {
        match action {
            Action::Go(location) => self.go(location),
            Action::GoTo(text) => self.go_to(&text),
            Action::Back => {
                if self.history.back() {
                    self.arrive();
                }
            }
            Action::Forward => {
                if self.history.forward() {
                    self.arrive();
                }
            }
            Action::Up => {
                if let Some(place) = self.location().place.parent() {
                    let is_list = matches!(self.location().place, Place::Trace { .. });
                    let up = Location::at(place);
                    self.go(if is_list { up.with_tab(Tab::Traces) } else { up });
                }
            }
            Action::ShowTab(tab) => self.change(|location| {
                (location.tab, location.item, location.phrase) = (Some(tab), None, None);
            }),
            Action::ShowDetail(tab) => self.change(|location| location.detail = tab),
            Action::FocusSpan(span) => self.change(|location| location.span = span),
            Action::FocusItem(item) => self.change(|location| location.item = item),
            Action::FindPhrase(phrase) => self.change(|location| location.phrase = phrase),
            Action::Unfold(key, is_open) => {
                self.unfolded.set(key, is_open);
                return self.remember();
            }
            Action::ArrangeRuns(experiment, table) => {
                self.arrange_runs(&experiment, table);
                return vec![Effect::SaveSettings];
            }
            Action::SelectRuns(experiment, ids) => {
                self.selected_runs = SelectedRuns { experiment: Some(experiment), ids };
            }
            Action::FoldSpan(ordinal, is_folded) => self.folded_spans.set(ordinal, is_folded),
            Action::ShowAdapters(show) => {
                self.settings.show_adapters = show;
                return vec![Effect::SaveSettings];
            }
            Action::GroupBySession(by_session) => {
                self.settings.by_session = by_session;
                return vec![Effect::SaveSettings];
            }
            Action::ArrangeCompare(compare) => {
                self.settings.compare = compare;
                return vec![Effect::SaveSettings];
            }
            Action::Reveal(reveal) => {
                self.is_revealed = reveal;
                return vec![Effect::Reveal(reveal)];
            }
            Action::Theme(theme) => {
                self.settings.theme = theme;
                return vec![Effect::Theme(theme), Effect::SaveSettings];
            }
            Action::Zoom(zoom) => {
                self.settings.zoom = sane_zoom(zoom);
                return vec![Effect::Zoom(self.settings.zoom), Effect::SaveSettings];
            }
            Action::TreeWidth(width) => {
                self.settings.tree_width = Some(width);
                return vec![Effect::SaveSettings];
            }
            Action::DetailsWidth(width) => {
                self.settings.details_width = Some(width);
                return vec![Effect::SaveSettings];
            }
            Action::ArtifactsWidth(width) => {
                self.settings.artifacts_width = Some(width);
                return vec![Effect::SaveSettings];
            }
            Action::Scrolled(list, scroll) => self.history.note_scroll(list, scroll),
            Action::Selected(list, row) => self.history.note_selected(list, row),
            Action::ChooseStore => return vec![Effect::ShowOpenDialog],
            Action::OpenStore(location) => return vec![Effect::Open(location)],
            Action::OpenSample => return vec![Effect::OpenSample],
            Action::CloseStore => {
                self.note_store();
                self.leave_store();
                return vec![Effect::Reveal(false), Effect::Close, Effect::SaveSettings];
            }
            Action::AskToForget(location) => self.asks_to_forget = location,
            Action::Forget(location) => return self.forget(&location),
            Action::AllowOutside(false) => self.refuses_outside = true,
            Action::AllowOutside(true) => return self.allow_outside(),
            Action::AskForArtifacts(asks) => self.asks_for_artifacts = asks && self.store.is_some(),
            Action::ChooseArtifacts => return vec![Effect::ShowFolderDialog],
            Action::NameArtifacts(folder) => return self.name_artifacts(folder),
            Action::StoreOpened(location) => return self.enter_store(location),
            Action::Copy(text) => return vec![Effect::Copy(text)],
            Action::Save(file) => return vec![Effect::Save(file)],
            Action::OpenOutside(what) => return vec![Effect::OpenOutside(what)],
            Action::Notify(notice) => self.notify(notice),
            Action::Dismiss(index) => {
                if index < self.notices.len() {
                    self.notices.remove(index);
                }
            }
            Action::ShowWarnings(show) => self.shows_warnings = show,
            Action::ShowKeys(show) => self.shows_keys = show,
            Action::ShowPalette(show) => {
                self.shows_palette = show;
                self.comparing.choosing.clear();
            }
            Action::SetBaseline(run, name) => self.set_baseline(run, &name),
            Action::WishToCompare(wish) => self.comparing.wish = wish,
            Action::WishForOrigin(run) => self.wants_origin = run,
            Action::ChooseToCompare(runs) => self.choose_to_compare(runs),
            Action::Refresh => return vec![Effect::Refresh],
        }
        Vec::new()
    }

    fn change(&mut self, change: impl FnOnce(&mut Location)) {
        let mut location = self.location().clone();
        change(&mut location);
        self.history.replace(location);
    }

    fn go(&mut self, location: Location) {
        if location != *self.location() {
            self.history.push(location);
            self.arrive();
        }
    }

    fn go_to(&mut self, text: &str) {
        let (location, unknown) = Location::parse(text);
        if !unknown.is_empty() {
            let what = format!("Part of the address is not understood: {}", unknown.join(", "));
            self.notify(NoticeText::warning(what, "The rest of it is shown"));
        }
        self.go(location);
    }

    /// Unfolds the way to the place in the tree, and forgets the folds of another trace.
    fn arrive(&mut self) {
        self.visit += 1;
        let place = self.location().place.clone();
        if let (Some(experiment), Some(_)) = (place.experiment(), place.run()) {
            self.unfolded.set(TreeKey::Experiment(experiment.clone()), true);
        }
        if let Place::Trace { trace, .. } = place
            && self.folds_of.as_ref() != Some(&trace)
        {
            self.folded_spans.clear();
            self.folds_of = Some(trace);
        }
    }

    fn notify(&mut self, notice: NoticeText) {
        self.notices.retain(|other| *other != notice);
        if self.notices.len() >= MAX_NOTICES {
            self.notices.remove(0);
        }
        self.notices.push(notice);
    }

    fn leave_store(&mut self) {
        self.history = History::default();
        self.visit += 1;
        self.unfolded.clear();
        self.folded_spans.clear();
        self.selected_runs = SelectedRuns::default();
        self.comparing = Comparing::default();
        self.wants_origin = None;
        self.is_revealed = false;
        self.shows_warnings = false;
        self.asks_to_forget = None;
        self.refuses_outside = false;
        self.asks_for_artifacts = false;
        self.store = None;
    }

    /// The store that is open is closed with it: else all of it would be noted again.
    fn forget(&mut self, location: &StoreLocation) -> Vec<Effect> {
        self.asks_to_forget = None;
        let mut effects = vec![Effect::SaveSettings];
        if self.store.as_ref() == Some(location) {
            self.leave_store();
            effects.extend([Effect::Reveal(false), Effect::Close]);
        }
        self.settings.forget(&location.to_string());
        effects
    }

    fn enter_store(&mut self, location: StoreLocation) -> Vec<Effect> {
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
            self.go_to(&text);
        }
        vec![Effect::Reveal(false), Effect::SaveSettings]
    }

    /// Notes in the settings what is to be found again when the store is opened next.
    fn remember(&mut self) -> Vec<Effect> {
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
