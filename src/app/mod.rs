//! The program's window: eframe, what has to be done outside the state, what is kept on disk.
//!
//! Deliberately absent: logic. What a click means is in `state`, what is read is in `loader`.

mod dialog;
mod exit_after;
mod frame_log;
mod outside;
mod sample;
mod save;
mod saver;
mod startup;
mod viewer;

use std::path::PathBuf;
use std::sync::Arc;

pub use exit_after::ExitAfter;
pub use saver::SettingsPlace;
pub use viewer::{Viewer, ViewerOptions};

use crate::loader::Opener;
use crate::store::{self, OpenOptions};

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
}

/// For benchmarks: a file into which each frame's CPU time is written.
const FRAME_LOG: &str = "DSPYGLASS_FRAME_LOG";

/// Opens the window and returns when it is closed.
///
/// # Errors
/// One readable line that says why there is no window, and what to do.
pub fn run(args: Args) -> Result<(), String> {
    let options = ViewerOptions {
        args,
        settings: SettingsPlace::of_user(),
        exit_after: ExitAfter::from_env(),
        frame_log: std::env::var_os(FRAME_LOG).map(PathBuf::from),
        save_into: None,
        started: std::time::Instant::now(),
    };
    startup::run(options)
}

/// Opens stores of every kind; also the sample, which is unpacked first.
pub fn opener(artifacts_dir: Option<PathBuf>) -> Opener {
    Arc::new(move |path| {
        let options = OpenOptions { artifacts_dir: artifacts_dir.clone(), ..OpenOptions::default() };
        if path == sample::marker() {
            return store::open(&sample::unpacked()?, &OpenOptions::default());
        }
        store::open(path, &options)
    })
}
