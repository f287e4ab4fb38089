//! What the user can do, and what of it has to be done outside the state.

use std::path::PathBuf;

use super::charts::ChartChoice;
use super::comparing::{CompareSettings, CompareWish};
use super::comparing_traces::ComparedTraces;
use super::matrix::MatrixChoice;
use super::notice::NoticeText;
use super::outside::Outside;
use super::page_memory::{FoldKey, Scroll};
use super::place::Place;
use super::run_table::RunTableSettings;
use super::saving::FileToSave;
use super::searching::SearchPlace;
use super::settings::ThemeChoice;
use super::side_panel::SidePanel;
use super::span_choice::SpanChoice;
use super::span_ref::SpanRef;
use super::tabs::{CompareTab, DetailTab, ExperimentTab, PromptTab, RunTab};
use super::trace_listing::TraceListing;
use crate::model::{ExperimentId, LabelChange, LabelOf, RunId, SearchPattern, TraceId};
use crate::query::StatsBy;
use crate::store::{SignIn, StoreLocation};

/// A thing in the tree of experiments and runs.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum TreeKey {
    /// An experiment.
    Experiment(ExperimentId),
    /// A run.
    Run(RunId),
}

/// Something the user did. Views only ever return these.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// Go to a place.
    Go(Place),
    /// Go to a trace of a list that shows this: the traces beside it are those of that list.
    GoInList(Place, TraceListing),
    /// Follow a link or an address: to its place, in its store if it names another one; say what of it is not
    /// understood.
    GoTo(String),
    /// One step back in the history.
    Back,
    /// One step forward.
    Forward,
    /// One step out: from a trace to its run, …
    Up,
    /// Another tab of this experiment.
    ShowExperimentTab(ExperimentTab),
    /// Another tab of this run, or something else in the one that is shown.
    ShowRunTab(RunTab),
    /// Another tab of this comparison.
    ShowCompareTab(CompareTab),
    /// Another one of the runs of this comparison, beside the first.
    ShowCompared(RunId),
    /// Another one of these traces beside the first, or another row of them.
    LookAtTraces(ComparedTraces),
    /// Another tab of the focused span.
    ShowDetail(DetailTab),
    /// Another version of this prompt, and what of it is shown.
    ShowPrompt(Option<u64>, PromptTab),
    /// Look for something else, or elsewhere, in this search.
    LookFor(SearchPlace),
    /// Focus a span of this trace.
    FocusSpan(Option<SpanRef>),
    /// Show or hide the children of an experiment or a run in the tree.
    Unfold(TreeKey, bool),
    /// Arrange the table of an experiment's runs so.
    ArrangeRuns(ExperimentId, RunTableSettings),
    /// These runs of an experiment are selected now.
    SelectRuns(ExperimentId, Vec<RunId>),
    /// Fold these things of this page, or unfold them.
    Fold(Vec<FoldKey>, bool),
    /// Draw these charts of this run.
    ChooseCharts(ChartChoice),
    /// Look at the examples of this page so.
    ArrangeMatrix(MatrixChoice),
    /// Look at the spans of this trace so.
    ArrangeSpans(SpanChoice),
    /// Look for this inside the trace that is shown: after going to a trace, its hits are marked and counted.
    FindInside(SearchPattern),
    /// Show or hide adapters.
    ShowAdapters(bool),
    /// Show traces by session, or one after another.
    GroupBySession(bool),
    /// Show counts over traces by this in place of lists of them, or lists.
    ShowAggregates(Option<StatsBy>),
    /// Show comparisons so.
    ArrangeCompare(CompareSettings),
    /// Show or mask secrets.
    Reveal(bool),
    /// Light, dark, or as the system.
    Theme(ThemeChoice),
    /// Everything larger or smaller; 1 is as the system has it.
    Zoom(f32),
    /// A panel was made this wide.
    TreeWidth(f32),
    /// Hide the tree, or show it.
    HideTree(bool),
    /// A panel was made this wide.
    DetailsWidth(f32),
    /// A panel at the right of a run was made this wide.
    SidePanelWidth(SidePanel, f32),
    /// Show or hide the panel at the right of a run.
    ShowSidePanel {
        /// In a window that has room for it beside everything else.
        has_room: bool,
        /// It is shown.
        shows: bool,
    },
    /// The tree of artifacts was made this wide.
    ArtifactsWidth(f32),
    /// A list was scrolled.
    Scrolled(&'static str, Scroll),
    /// The keyboard stands on another row of a list, by a key that finds it again.
    Selected(&'static str, String),
    /// This stands in a field that filters.
    Filtered(&'static str, String),
    /// Choose a store in the system's dialog.
    ChooseStore,
    /// Open the store at this path.
    OpenStore(StoreLocation),
    /// Open the sample store.
    OpenSample,
    /// Close the store and show the welcome page.
    CloseStore,
    /// Ask whether a store is to be forgotten, or take the question back.
    AskToForget(Option<StoreLocation>),
    /// Forget what is remembered of a store; the store itself stays as it is.
    Forget(StoreLocation),
    /// Folders of artifacts outside the store's own may be opened, or the question is not to be asked again.
    AllowOutside(bool),
    /// Ask where the store's artifacts are, or take the question back.
    AskForArtifacts(bool),
    /// Choose the folder of the artifacts in the system's dialog.
    ChooseArtifacts,
    /// The store's artifacts are below this folder; with none, where the store says.
    NameArtifacts(Option<PathBuf>),
    /// Ask who the user is to the server that is open, or take the question back.
    AskToSignIn(bool),
    /// Show or hide what the server that is open is and has.
    ShowServer(bool),
    /// Tell the server who the user is.
    SignIn(SignIn),
    /// A store was opened.
    StoreOpened(StoreLocation),
    /// Put this into the clipboard.
    Copy(String),
    /// Put a link to what is shown now into the clipboard.
    CopyLink,
    /// Something was put into the clipboard.
    Copied,
    /// Write a file where the user wants it.
    Save(FileToSave),
    /// Show a file or a web page outside, as the user has just said twice.
    OpenOutside(Outside),
    /// Tell the user.
    Notify(NoticeText),
    /// What was said in passing has been there long enough.
    Passed,
    /// Take a notice away.
    Dismiss(usize),
    /// Show or hide the list of warnings.
    ShowWarnings(bool),
    /// Show or hide the list of keys.
    ShowKeys(bool),
    /// Show or hide the palette.
    ShowPalette(bool),
    /// Others are compared with this run, which is called so; with none, there is no baseline.
    SetBaseline(Option<RunId>, String),
    /// Look up with what to compare a run, and go there; nothing any more.
    WishToCompare(Option<CompareWish>),
    /// Look up which program a run is of, and go to its page; nothing any more.
    WishForHistory(Option<RunId>),
    /// Choose a run in the palette, to be compared with these.
    ChooseToCompare(Vec<RunId>),
    /// Choose a trace in the palette, to be compared with these.
    ChooseTraceToCompare(Vec<TraceId>),
    /// Say something of a trace or an example.
    Label(LabelOf, LabelChange),
    /// Ask everything on screen again.
    Refresh,
}

/// What has to be done outside the state.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Show the system's dialog for choosing a store.
    ShowOpenDialog,
    /// Open the store at this path.
    Open(StoreLocation),
    /// Let this store, known by its fingerprint, open folders of artifacts outside its own.
    AllowOutside(String),
    /// Show the system's dialog for choosing the folder of the artifacts.
    ShowFolderDialog,
    /// Look for the artifacts of this store, known by its fingerprint, below a folder.
    NameArtifacts(String, Option<PathBuf>),
    /// Unpack and open the sample store.
    OpenSample,
    /// Close the store.
    Close,
    /// Tell the server that is open who the user is; nothing of it is kept beyond this run of the program.
    SignIn(SignIn),
    /// Delete what is kept of a store in the user's cache folder.
    ForgetFacts(StoreLocation),
    /// Put this into the clipboard.
    Copy(String),
    /// Keep what the user says of a trace or an example.
    Label(LabelOf, LabelChange),
    /// Ask where to, and write a file.
    Save(FileToSave),
    /// Hand a file or a web page to the system's program.
    OpenOutside(Outside),
    /// Write the settings.
    SaveSettings,
    /// Show or mask secrets.
    Reveal(bool),
    /// Use this theme.
    Theme(ThemeChoice),
    /// Show everything larger or smaller.
    Zoom(f32),
    /// Ask everything on screen again.
    Refresh,
}
