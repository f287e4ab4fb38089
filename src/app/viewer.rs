//! The application as eframe sees it: answers in, frame out, effects done.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use egui::{Context, Ui};

use super::dialog::{self, Answer, Chosen, OpenDialog};
use super::exit_after::{Awaited, ExitAfter};
use super::frame_log::FrameLog;
use super::opened::opened_place;
use super::save::Saving;
use super::saver::{Saver, SettingsPlace};
use super::themed::set_theme;
use super::{Allowed, Args, opener, outside, sample};
use crate::loader::{Loader, OpenStore, Opener};
use crate::model::Reveal;
use crate::query::PriceFile;
use crate::state::{Action, AppState, Effect, Link, NoticeText};
use crate::store::StoreLocation;
use crate::views::{Clock, Memory, Scene, window_ui};
use crate::widgets::theme;

/// Settings are written this long after the last change.
const SAVE_AFTER: Duration = Duration::from_millis(600);

/// How the viewer is started.
#[derive(Debug)]
pub struct ViewerOptions {
    /// From the command line.
    pub args: Args,
    /// Where settings are kept.
    pub settings: SettingsPlace,
    /// Where the program was started: stores in it are offered.
    pub folder: Option<PathBuf>,
    /// Which stores may open folders of artifacts outside their own.
    pub allowed: Allowed,
    /// The user's folder for what is kept of stores; without one it is kept in memory.
    pub cache: Option<PathBuf>,
    /// The user's file of prices; without one those that are built in.
    pub prices: Option<PriceFile>,
    /// The user's folder for what they say of traces; without one it is kept in memory.
    pub data: Option<PathBuf>,
    /// Print how long this took to be on screen, and end.
    pub exit_after: Option<ExitAfter>,
    /// Where to write what frames cost.
    pub frame_log: Option<PathBuf>,
    /// Files are saved into this folder without asking, for tests.
    pub save_into: Option<PathBuf>,
    /// When the program was started.
    pub started: Instant,
    /// What MLflow's own programs use where nothing else is named (`MLFLOW_TRACKING_URI`), opened at the start in the
    /// same way.
    pub tracking_uri: Option<StoreLocation>,
}

impl Default for ViewerOptions {
    fn default() -> Self {
        Self {
            args: Args::default(),
            settings: SettingsPlace::nowhere(),
            folder: None,
            allowed: Allowed::default(),
            cache: None,
            prices: None,
            data: None,
            exit_after: None,
            frame_log: None,
            tracking_uri: None,
            save_into: None,
            started: Instant::now(),
        }
    }
}

/// The window.
pub struct Viewer {
    state: AppState,
    loader: Loader,
    memory: Memory,
    actions: Vec<Action>,
    open: Option<Arc<OpenStore>>,
    dialog: Option<OpenDialog>,
    saving: Vec<Saving>,
    saver: Saver,
    unsaved_since: Option<Instant>,
    title: String,
    options: ViewerOptions,
    frame_log: Option<FrameLog>,
    awaited: Option<Awaited>,
    reveal_first: bool,
    /// A link leads into the first store that opens.
    has_link: bool,
    fixed_now_ms: Option<i64>,
}

impl Viewer {
    /// Makes the window.
    pub fn new(cc: &eframe::CreationContext<'_>, options: ViewerOptions) -> Self {
        let opener = opener(options.args.artifacts_dir.clone(), options.allowed.clone(), options.cache.clone());
        Self::with_opener(&cc.egui_ctx, options, opener)
    }

    /// The same over other stores, for tests.
    pub fn with_opener(ctx: &Context, options: ViewerOptions, opener: Opener) -> Self {
        theme::apply(ctx);
        let (settings, notice) = options.settings.load();
        let ui_thread = ctx.clone();
        let wake = Arc::new(move || ui_thread.request_repaint());
        let mut viewer = Self {
            saver: Saver::new(&options.settings),
            state: AppState::new(settings, options.args.at.clone()),
            loader: Loader::new(opener, wake)
                .with_cache_folder(options.cache.clone())
                .with_prices(options.prices.clone())
                .with_data_folder(options.data.clone()),
            memory: Memory::default(),
            actions: Vec::new(),
            open: None,
            dialog: None,
            saving: Vec::new(),
            unsaved_since: None,
            title: String::new(),
            frame_log: options.frame_log.as_deref().and_then(FrameLog::create),
            awaited: options.exit_after.map(|what| Awaited::new(what, options.started)),
            reveal_first: options.args.reveal,
            has_link: options.args.at.is_some(),
            fixed_now_ms: None,
            options,
        };
        viewer.actions.extend(notice.map(Action::Notify));
        for (name, _) in viewer.state.settings.stores.iter().filter(|(_, store)| store.allow_outside) {
            viewer.options.allowed.insert(name.clone());
        }
        // What the command line says goes before what was said earlier.
        if viewer.options.args.artifacts_dir.is_none() {
            for (name, store) in &viewer.state.settings.stores {
                if let Some(folder) = &store.artifacts_dir {
                    viewer.options.allowed.name_artifacts(name.clone(), Some(PathBuf::from(folder)));
                }
            }
        }
        viewer.state.working_folder = viewer.options.folder.clone();
        viewer.state.tracking_uri = viewer.options.tracking_uri.clone();
        set_theme(ctx, viewer.state.settings.theme);
        // Ours is bounded and remembered.
        ctx.options_mut(|options| options.zoom_with_keyboard = false);
        ctx.set_zoom_factor(viewer.state.settings.zoom);
        let args = &viewer.options.args;
        let linked = || Link::parse(args.at.as_deref()?).store;
        match (&args.store, args.demo) {
            (_, true) => viewer.loader.open(sample::marker()),
            // A store that is named beside a link is where the linked one is here.
            (Some(path), false) => viewer.loader.open(StoreLocation::parse(path).whole()),
            (None, false) => {
                let first = linked().or_else(|| viewer.options.tracking_uri.clone());
                first.into_iter().for_each(|store| viewer.loader.open(store));
            }
        }
        viewer
    }

    /// Fixes the time, for tests.
    #[cfg(feature = "testing")]
    pub fn with_now_ms(mut self, now_ms: i64) -> Self {
        self.fixed_now_ms = Some(now_ms);
        self
    }

    /// The state, for tests.
    pub fn state(&self) -> &AppState {
        &self.state
    }

    /// The loader, for tests.
    pub fn loader(&self) -> &Loader {
        &self.loader
    }

    /// What the user would have done, for tests and commands from outside.
    pub fn act(&mut self, action: Action) {
        self.actions.push(action);
    }

    fn clock(&self) -> Clock {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let now_ms = self.fixed_now_ms.unwrap_or_else(|| i64::try_from(since.as_millis()).unwrap_or(i64::MAX));
        Clock { now: Instant::now(), now_ms, is_utc: self.options.args.utc, is_fixed: self.fixed_now_ms.is_some() }
    }

    /// Does what was asked for; says whether there was anything.
    fn apply(&mut self, ctx: &Context) -> bool {
        let actions = std::mem::take(&mut self.actions);
        let has_acted = !actions.is_empty();
        for action in actions {
            for effect in self.state.apply(action) {
                self.perform(ctx, effect);
            }
        }
        has_acted
    }

    fn perform(&mut self, ctx: &Context, effect: Effect) {
        match effect {
            Effect::ShowOpenDialog => self.show_dialog(ctx, Chosen::Store),
            Effect::ShowFolderDialog => self.show_dialog(ctx, Chosen::ArtifactsFolder),
            Effect::Open(location) => self.loader.open(location.whole()),
            Effect::AllowOutside(name) => self.options.allowed.insert(name),
            Effect::NameArtifacts(name, folder) => self.options.allowed.name_artifacts(name, folder),
            Effect::OpenSample => self.loader.open(sample::marker()),
            Effect::Close => {
                self.loader.close();
                self.open = None;
            }
            Effect::SignIn(who) => self.loader.sign_in(who),
            Effect::ForgetFacts(location) => self.loader.forget_facts(location),
            Effect::Copy(text) => {
                ctx.copy_text(text);
                self.actions.push(Action::Copied);
            }
            Effect::Label(what, change) => self.loader.label(what, change, self.clock().now_ms),
            Effect::Save(file) => {
                let ui_thread = ctx.clone();
                let folder = self.options.save_into.clone();
                let opened = self.open.as_ref().and_then(|open| open.info.location.path()).map(Path::to_owned);
                self.saving.extend(Saving::start(file, folder, opened, move || ui_thread.request_repaint()));
            }
            Effect::OpenOutside(what) => self.actions.extend(outside::open(ctx, &what).map(Action::Notify)),
            Effect::SaveSettings => self.unsaved_since = Some(Instant::now()),
            Effect::Reveal(reveal) => {
                self.loader.set_reveal(if reveal { Reveal::Revealed } else { Reveal::Masked });
            }
            Effect::Theme(theme) => set_theme(ctx, theme),
            Effect::Zoom(zoom) => ctx.set_zoom_factor(zoom),
            Effect::Refresh => self.loader.refresh(),
        }
    }

    fn show_dialog(&mut self, ctx: &Context, what: Chosen) {
        if self.dialog.is_some() {
            return;
        }
        let ui_thread = ctx.clone();
        self.dialog = OpenDialog::show(what, move || ui_thread.request_repaint());
    }

    fn poll_dialog(&mut self) {
        let Some((what, answer)) = self.dialog.as_ref().and_then(|dialog| Some((dialog.what, dialog.poll()?))) else {
            return;
        };
        self.dialog = None;
        self.actions.extend(match (answer, what) {
            (Answer::Chosen(path), Chosen::Store) => Some(Action::OpenStore(path.into())),
            (Answer::Chosen(path), Chosen::ArtifactsFolder) => Some(Action::NameArtifacts(Some(path))),
            (Answer::Unseen, what) => Some(Action::Notify(dialog::unseen(what))),
            (Answer::Closed, _) => None,
        });
    }

    fn poll_saving(&mut self) {
        let actions = &mut self.actions;
        self.saving.retain(|saving| {
            let told = saving.poll();
            actions.extend(told.iter().flatten().cloned().map(Action::Notify));
            told.is_none()
        });
    }

    /// Tells the state which store is open, and what could not be opened.
    fn note_store(&mut self) {
        let open = self.loader.state().open.clone();
        let is_same = match (&self.open, &open) {
            (Some(a), Some(b)) => Arc::ptr_eq(a, b),
            (a, b) => a.is_none() && b.is_none(),
        };
        if !is_same {
            if let Some(open) = &open {
                self.actions.push(Action::StoreOpened(open.info.location.clone()));
                // A link goes before that, in the store that it leads into.
                let is_linked = std::mem::take(&mut self.has_link);
                let first = open.info.opened_for.clone().filter(|_| !is_linked);
                self.actions.extend(first.map(|what| Action::Go(opened_place(what))));
                if std::mem::take(&mut self.reveal_first) {
                    self.actions.push(Action::Reveal(true));
                }
            }
            self.open = open;
        }
        // On the welcome page the sentence stands below the field; over a store it needs a notice.
        if self.open.is_some()
            && let Some((location, error)) = self.loader.take_failed()
        {
            let what = format!("{location} could not be opened");
            self.actions.push(Action::Notify(NoticeText::failed(what, error.to_string())));
        }
    }

    fn drop_files(&mut self, ctx: &Context) {
        let first = |input: &egui::InputState| input.raw.dropped_files.first().map(|file| file.path().to_owned());
        let dropped = ctx.input(first).filter(|path| !path.as_os_str().is_empty());
        self.actions.extend(dropped.map(|path| Action::OpenStore(path.into())));
    }

    fn save_settings(&mut self, ctx: &Context) {
        if let Some(failure) = self.saver.failure() {
            let notice = NoticeText::warning("The settings could not be saved", failure);
            self.actions.push(Action::Notify(notice));
        }
        let Some(since) = self.unsaved_since else { return };
        let waited = since.elapsed();
        if waited < SAVE_AFTER {
            ctx.request_repaint_after(SAVE_AFTER - waited);
            return;
        }
        self.state.note_store();
        if self.saver.save(self.state.settings.to_text()) {
            self.unsaved_since = None;
        }
    }

    fn set_title(&mut self, ctx: &Context) {
        let title = self
            .open
            .as_ref()
            .map_or_else(|| "dspyglass".to_owned(), |open| format!("{} – dspyglass", open.info.location.name()));
        if title != self.title {
            ctx.send_viewport_cmd(egui::ViewportCommand::Title(title.clone()));
            self.title = title;
        }
    }
}

impl eframe::App for Viewer {
    fn logic(&mut self, ctx: &Context, _frame: &mut eframe::Frame) {
        if let Some(log) = &mut self.frame_log {
            log.begin();
        }
        if let Some(awaited) = &self.awaited {
            awaited.begin_frame(ctx);
        }
        let now = Instant::now();
        self.loader.begin_frame(now);
        self.poll_dialog();
        self.poll_saving();
        if let Some(why) = self.loader.label_failure() {
            self.actions.push(Action::Notify(NoticeText::failed("The label was not kept", why)));
        }
        self.note_store();
        self.drop_files(ctx);
        self.apply(ctx);
        self.save_settings(ctx);
        self.set_title(ctx);
        let is_seen =
            ctx.input(|input| input.viewport().minimized != Some(true) && input.viewport().occluded != Some(true));
        self.loader.watch(is_seen);
        if let Some(rest) = self.loader.live_for(now) {
            ctx.request_repaint_after(rest);
        }
        if self.loader.is_reading() {
            // Skeletons appear, and stuck readings are given up, without anything waking the window.
            ctx.request_repaint_after(Duration::from_millis(100));
        }
    }

    fn ui(&mut self, ui: &mut Ui, _frame: &mut eframe::Frame) {
        let clock = self.clock();
        let mut scene = Scene { state: &self.state, loader: &mut self.loader, clock, actions: &mut self.actions };
        window_ui(ui, &mut scene, &mut self.memory);
        let ctx = ui.ctx().clone();
        // What is copied out of a text or a field goes no other way.
        if ctx.output(|output| output.commands.iter().any(outside::is_copy)) {
            self.actions.push(Action::Copied);
        }
        if self.apply(&ctx) {
            ctx.request_repaint();
        }
        if let Some(log) = &mut self.frame_log {
            log.end();
        }
        if let Some(awaited) = &mut self.awaited {
            awaited.end_frame(&ctx, &mut self.loader);
        }
    }

    fn on_exit(&mut self, _gl: Option<&eframe::glow::Context>) {
        // What was said in the last frame, too.
        let now_ms = self.clock().now_ms;
        for effect in std::mem::take(&mut self.actions).into_iter().flat_map(|action| self.state.apply(action)) {
            if let Effect::Label(what, change) = effect {
                self.loader.label(what, change, now_ms);
            }
        }
        self.state.note_store();
        self.saver.save(self.state.settings.to_text());
        self.saver.finish();
        self.loader.finish_labels();
    }
}
