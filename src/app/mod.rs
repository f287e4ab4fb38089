//! The program's window: eframe, what has to be done outside the state, what is kept on disk.
//!
//! Deliberately absent: logic. What a click means is in `state`, what is read is in `loader`.

mod dialog;
mod exit_after;
mod frame_log;
mod gallery;
mod opened;
mod outside;
mod sample;
mod save;
mod saver;
mod startup;
mod themed;
mod viewer;

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

pub use exit_after::ExitAfter;
pub use saver::SettingsPlace;
pub use viewer::{Viewer, ViewerOptions};

use crate::loader::Opener;
use crate::query::PriceFile;
use crate::state::fingerprint_of;
use crate::store::server::SignIns;
use crate::store::{self, OpenOptions, StoreLocation};

/// What the window is opened with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Args {
    /// The store; none shows the welcome page.
    pub store: Option<PathBuf>,
    /// Where to go in it.
    pub at: Option<String>,
    /// The sample store.
    pub demo: bool,
    /// Secrets are shown from the start.
    pub reveal: bool,
    /// Where the artifacts of a copied store are.
    pub artifacts_dir: Option<PathBuf>,
    /// Times are written in UTC.
    pub utc: bool,
    /// Prices of models over those that are built in.
    pub prices: Option<PathBuf>,
    /// Show what the window is made of, instead of a store.
    pub gallery: bool,
}

/// For benchmarks: a file into which each frame's CPU time is written.
const FRAME_LOG: &str = "DSPYGLASS_FRAME_LOG";

/// Opens the window and returns when it is closed.
///
/// # Errors
/// One readable line that says why there is no window, and what to do.
pub fn run(args: Args) -> Result<(), String> {
    let options = ViewerOptions {
        prices: PriceFile::of(args.prices.clone()),
        args,
        settings: SettingsPlace::of_user(),
        folder: std::env::current_dir().ok(),
        allowed: Allowed::default(),
        exit_after: ExitAfter::from_env(),
        frame_log: std::env::var_os(FRAME_LOG).map(PathBuf::from),
        cache: store::user_cache(),
        data: store::user_data(),
        save_into: None,
        tracking_uri: tracking_uri(std::env::var_os(TRACKING_URI)),
        started: std::time::Instant::now(),
    };
    startup::run(options)
}

/// The variable that names the store of MLflow's own programs.
const TRACKING_URI: &str = "MLFLOW_TRACKING_URI";

/// The store that it names, if that can be opened: an address, or a file that is there.
fn tracking_uri(value: Option<std::ffi::OsString>) -> Option<StoreLocation> {
    let value = value.filter(|value| !value.is_empty())?;
    let location = StoreLocation::parse(std::path::Path::new(&value)).whole();
    let is_there = location.path().is_none_or(std::path::Path::exists);
    is_there.then_some(location)
}

/// Opens stores of every kind; also the sample, which is unpacked first. What servers say is kept in the folder `cache`.
pub fn opener(artifacts_dir: Option<PathBuf>, allowed: Allowed, cache: Option<PathBuf>) -> Opener {
    Arc::new(move |location| {
        if *location == sample::marker() {
            return store::open(&sample::unpacked()?, &OpenOptions::default());
        }
        // What was said of a store is known by where it is, not by what was typed.
        let found = store::find(location)?;
        let location = found.location();
        let artifacts_dir = allowed.artifacts_of(&location).or_else(|| artifacts_dir.clone());
        let allow_outside = allowed.has(&location);
        let (cache, sign_ins) = (cache.clone(), allowed.sign_ins());
        found.open(&OpenOptions { artifacts_dir, allow_outside, cache, sign_ins, may_ask: false, is_watched: true })
    })
}

/// What the user said of stores: which may open folders of artifacts outside their own, below which folder artifacts are
/// looked for, and who they are to servers.
#[derive(Clone, Debug, Default)]
pub struct Allowed(Arc<Mutex<Said>>);

#[derive(Debug, Default)]
struct Said {
    outside: HashSet<String>,
    folders: HashMap<String, PathBuf>,
    sign_ins: SignIns,
}

impl Allowed {
    /// Notes a store, by the fingerprint of its location.
    fn insert(&self, fingerprint: String) {
        self.said().outside.insert(fingerprint);
    }

    /// Notes where the artifacts of a store are.
    fn name_artifacts(&self, fingerprint: String, folder: Option<PathBuf>) {
        match folder {
            Some(folder) => self.said().folders.insert(fingerprint, folder),
            None => self.said().folders.remove(&fingerprint),
        };
    }

    fn said(&self) -> MutexGuard<'_, Said> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn artifacts_of(&self, location: &StoreLocation) -> Option<PathBuf> {
        self.said().folders.get(&fingerprint_of(location)).cloned()
    }

    fn sign_ins(&self) -> SignIns {
        self.said().sign_ins.clone()
    }

    fn has(&self, location: &StoreLocation) -> bool {
        self.said().outside.contains(&fingerprint_of(location))
    }
}
