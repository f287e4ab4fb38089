//! The window as data: where it is, what is folded, what the user was told and has set.
//!
//! Views return [`Action`]s; [`AppState::apply`] changes the state before the next frame and says
//! what has to be done outside ([`Effect`]). Pure: what a test applies is what the user did.
//!
//! Deliberately absent: egui, I/O, the clock.

mod action;
mod address;
mod artifacts;
mod charts;
mod comparing;
mod comparing_traces;
mod example_set;
mod fingerprint;
mod fold;
mod history;
mod link;
mod matrix;
mod notice;
mod open_store;
mod outcomes;
mod outside;
mod page_memory;
mod phrase;
mod place;
mod prompts;
mod run_table;
mod saving;
mod searching;
mod settings;
mod side_panel;
mod span_choice;
mod span_ref;

mod tabs;
#[cfg(test)]
mod tests;
mod trace_listing;

use std::path::PathBuf;

use page_memory::PageMemories;

pub use action::{Action, Effect, TreeKey};
pub use charts::ChartChoice;
pub use comparing::{CompareSettings, CompareWish, CompareWith, Comparing};
pub use comparing_traces::{ComparedRow, ComparedTraces};
pub use example_set::{EXAMPLES_MOST, ExampleSet};
pub use fingerprint::{fingerprint, fingerprint_bytes, fingerprint_of};
pub use fold::Folds;
pub use history::History;
pub use link::Link;
pub use matrix::MatrixChoice;
pub use notice::{NoticeKind, NoticeText};
pub use outcomes::{Outcome, Outcomes};
pub use outside::Outside;
pub use page_memory::{FoldKey, PageMemory, Scroll};
pub use phrase::{PHRASE_MOST, Phrase};
pub use place::{Place, Subject};
pub use prompts::PromptPlace;
pub use run_table::{ColumnSettings, ColumnSort, RunTableSettings, SelectedRuns, ShownColumn};
pub use saving::FileToSave;
pub use searching::{SearchPlace, SearchWithin};
pub use settings::{Settings, StoreSettings, ThemeChoice, Unusable, VERSION, ZOOM, sane_zoom};
pub use side_panel::{SidePanel, SidePanelSettings};
pub use span_choice::SpanChoice;
pub use span_ref::SpanRef;
pub use tabs::{CompareTab, DetailTab, ExperimentTab, PromptTab, RunTab};
pub use trace_listing::TraceListing;

use crate::model::RunId;
use crate::store::StoreLocation;

/// No more notices than this stand at a time; the oldest goes.
const MAX_NOTICES: usize = 4;

/// All of the window's own state.
#[derive(Clone, Debug, Default)]
pub struct AppState {
    history: History,
    pages: PageMemories,
    /// What is remembered from one start to the next.
    pub settings: Settings,
    /// Experiments and runs whose children are shown.
    pub unfolded: Folds<TreeKey>,
    /// What the user was told, oldest first.
    pub notices: Vec<NoticeText>,
    /// The runs that are selected in a table.
    pub selected_runs: SelectedRuns,
    /// What is on its way to be compared.
    pub comparing: Comparing,
    /// The run whose program is to be shown wherever it stands, as soon as it is known.
    pub wants_history: Option<RunId>,
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
    /// Whether the user is asked who they are to the server that is open.
    pub asks_to_sign_in: bool,
    /// Whether what the server that is open is and has is shown.
    pub shows_server: bool,
    /// Where the program was started: stores in it are offered.
    pub working_folder: Option<PathBuf>,
    /// What MLflow's own programs use where nothing else is named: offered, too.
    pub tracking_uri: Option<StoreLocation>,
    /// Counts what was put into the clipboard.
    pub copied: u64,
    /// What was done last, to be said in passing, and which of all such it is.
    passing: Option<(u64, NoticeText)>,
    told: u64,
    store: Option<StoreLocation>,
    /// Where to go as soon as a store is open, as an address or a link.
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
    pub fn location(&self) -> &Place {
        self.history.place()
    }

    /// The steps that were taken.
    pub fn history(&self) -> &History {
        &self.history
    }

    /// What was done just now, to be said in passing, and a number that no other one has.
    pub fn passing(&self) -> Option<(u64, &NoticeText)> {
        self.passing.as_ref().map(|(number, notice)| (*number, notice))
    }

    /// The store that is open.
    pub fn store(&self) -> Option<&StoreLocation> {
        self.store.as_ref()
    }

    /// Changes whenever another place is shown.
    pub fn visit(&self) -> u64 {
        self.visit
    }

    /// How this page stands: as it was left, when it was shown before.
    pub fn page(&self) -> &PageMemory {
        self.pages.shown()
    }

    /// How a list of this page was scrolled.
    pub fn scroll(&self, list: &str) -> Option<Scroll> {
        self.page().scrolls.get(list).copied()
    }

    /// Does what the user did.
    pub fn apply(&mut self, action: Action) -> Vec<Effect> {
        match action {
            Action::Go(place) => self.go(place, None),
            Action::GoInList(place, listing) => self.go(place, Some(listing)),
            Action::GoTo(text) => return self.follow(text),
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
                if let Some(place) = self.location().parent() {
                    self.go(place, None);
                }
            }
            Action::ShowExperimentTab(tab) => self.look(|place| place.show_experiment_tab(tab)),
            Action::ShowRunTab(tab) => self.look(|place| place.show_run_tab(tab)),
            Action::ShowCompareTab(tab) => self.look(|place| place.show_compare_tab(tab)),
            Action::ShowCompared(run) => self.look(|place| place.show_compared(run)),
            Action::ShowPrompt(version, tab) => self.look(|place| place.show_prompt(version, tab)),
            Action::ShowDetail(tab) => self.look(|place| place.show_detail(tab)),
            Action::LookAtTraces(compared) => self.look(|place| place.look_at_traces(compared)),
            Action::LookFor(search) => {
                self.look(|place| place.look_for(search));
                // What was folded and where it was scrolled belongs to what was looked for.
                self.pages.show(self.history.place().subject());
            }
            Action::FocusSpan(span) => self.look(|place| place.focus_span(span)),
            Action::Unfold(key, is_open) => {
                self.unfolded.set(key, is_open);
                return self.remember();
            }
            Action::ArrangeRuns(experiment, table) => {
                self.arrange_runs(&experiment, table);
                return vec![Effect::SaveSettings];
            }
            Action::SelectRuns(experiment, ids) => self.select_runs(experiment, ids),
            Action::Fold(keys, is_folded) => {
                let folds = &mut self.pages.shown_mut().folds;
                keys.into_iter().for_each(|key| folds.set(key, is_folded));
            }
            Action::ChooseCharts(choice) => self.pages.shown_mut().charts = choice,
            Action::ArrangeSpans(choice) => self.pages.shown_mut().spans = choice,
            Action::FindInside(pattern) => self.pages.shown_mut().spans.find = Some(pattern),
            Action::ArrangeMatrix(choice) => self.pages.shown_mut().matrix = choice,
            Action::ShowAdapters(show) => {
                self.settings.show_adapters = show;
                return vec![Effect::SaveSettings];
            }
            Action::GroupBySession(by_session) => {
                self.settings.by_session = by_session;
                return vec![Effect::SaveSettings];
            }
            Action::ShowAggregates(by) => {
                self.settings.aggregates = by.map(|by| by.word().to_owned());
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
            Action::HideTree(hide) => {
                self.settings.hides_tree = hide;
                return vec![Effect::SaveSettings];
            }
            Action::DetailsWidth(width) => {
                self.settings.details_width = Some(width);
                return vec![Effect::SaveSettings];
            }
            Action::SidePanelWidth(panel, width) => {
                self.settings.side_panel.set_width(panel, width);
                return vec![Effect::SaveSettings];
            }
            Action::ShowSidePanel { has_room, shows } => {
                self.settings.side_panel.show(has_room, shows);
                return vec![Effect::SaveSettings];
            }
            Action::ArtifactsWidth(width) => {
                self.settings.artifacts_width = Some(width);
                return vec![Effect::SaveSettings];
            }
            Action::Scrolled(list, scroll) => drop(self.pages.shown_mut().scrolls.insert(list, scroll)),
            Action::Selected(list, row) => drop(self.pages.shown_mut().rows.insert(list, row)),
            Action::Filtered(field, text) => drop(self.pages.shown_mut().filters.insert(field, text)),
            Action::ChooseStore => return vec![Effect::ShowOpenDialog],
            Action::OpenStore(location) => {
                self.forget_wish();
                return vec![Effect::Open(location)];
            }
            Action::OpenSample => {
                self.forget_wish();
                return vec![Effect::OpenSample];
            }
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
            Action::AskToSignIn(asks) => self.asks_to_sign_in = asks && self.store.is_some(),
            Action::ShowServer(shows) => self.shows_server = shows && self.store.is_some(),
            Action::SignIn(who) => return vec![Effect::SignIn(who)],
            Action::StoreOpened(location) => return self.enter_store(location),
            Action::Copy(text) => return vec![Effect::Copy(text)],
            Action::CopyLink => return vec![Effect::Copy(Link::write(self.location(), self.store()))],
            Action::Copied => self.copied += 1,
            Action::Save(file) => return vec![Effect::Save(file)],
            Action::OpenOutside(what) => return vec![Effect::OpenOutside(what)],
            Action::Notify(notice) => self.notify(notice),
            Action::Passed => self.passing = None,
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
                self.comparing.choosing_trace.clear();
            }
            Action::SetBaseline(run, name) => self.set_baseline(run, &name),
            Action::WishToCompare(wish) => self.comparing.wish = wish,
            Action::WishForHistory(run) => self.wants_history = run,
            Action::ChooseToCompare(runs) => self.choose_to_compare(runs),
            Action::ChooseTraceToCompare(traces) => self.choose_trace_to_compare(traces),
            Action::Label(what, change) => return vec![Effect::Label(what, change)],
            Action::Refresh => return vec![Effect::Refresh],
        }
        Vec::new()
    }

    /// Something else of this place is looked at: no step of the history.
    fn look(&mut self, change: impl FnOnce(&mut Place)) {
        let mut place = self.location().clone();
        change(&mut place);
        self.history.replace(place);
    }

    fn go(&mut self, place: Place, listing: Option<TraceListing>) {
        if place != *self.location() {
            self.history.push(place, listing);
            self.arrive();
        }
    }

    /// Unfolds the way to the place in the tree, and shows the page as it was left.
    fn arrive(&mut self) {
        self.visit += 1;
        let place = self.history.place();
        if let (Some(experiment), Some(_)) = (place.experiment(), place.run()) {
            self.unfolded.set(TreeKey::Experiment(experiment.clone()), true);
        }
        self.pages.show(place.subject());
        self.select_runs_again();
    }

    fn notify(&mut self, notice: NoticeText) {
        if notice.kind == NoticeKind::Done {
            self.told += 1;
            self.passing = Some((self.told, notice));
            return;
        }
        self.notices.retain(|other| *other != notice);
        if self.notices.len() >= MAX_NOTICES {
            self.notices.remove(0);
        }
        self.notices.push(notice);
    }
}
