//! The `dspyglass` program: answers in the terminal or opens the window.

use std::process::ExitCode;

#[cfg(feature = "window")]
use dspyglass::app;
use dspyglass::cli::{self, Outcome, WindowArgs};

fn main() -> ExitCode {
    match cli::run() {
        Outcome::Done(code) => code,
        Outcome::Window(args) => open_window(args),
    }
}

/// Opens the window and stays until it is closed.
#[cfg(feature = "window")]
fn open_window(args: WindowArgs) -> ExitCode {
    let WindowArgs { store, at, demo, artifacts, reveal, utc, prices, gallery } = args;
    match app::run(app::Args { store, at, demo, reveal, artifacts_dir: artifacts, utc, prices, gallery }) {
        Ok(()) => ExitCode::SUCCESS,
        Err(line) => {
            eprintln!("dspyglass: {line}");
            ExitCode::FAILURE
        }
    }
}

/// Says that there is no window to open.
#[cfg(not(feature = "window"))]
fn open_window(_: WindowArgs) -> ExitCode {
    eprintln!("dspyglass: this program was built without its window; ask in the terminal: dspyglass runs STORE");
    ExitCode::from(2)
}
