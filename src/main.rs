//! The `dspyglass` program: answers in the terminal or opens the window.

use std::process::ExitCode;

use dspyglass::app;
use dspyglass::cli::{self, Outcome, WindowArgs};

fn main() -> ExitCode {
    match cli::run() {
        Outcome::Done(code) => code,
        Outcome::Window(args) => open_window(args),
    }
}

/// Opens the window and stays until it is closed.
fn open_window(args: WindowArgs) -> ExitCode {
    let WindowArgs { store, at, demo, artifacts, reveal, utc, gallery } = args;
    match app::run(app::Args { store, at, demo, reveal, artifacts_dir: artifacts, utc, gallery }) {
        Ok(()) => ExitCode::SUCCESS,
        Err(line) => {
            eprintln!("dspyglass: {line}");
            ExitCode::FAILURE
        }
    }
}
