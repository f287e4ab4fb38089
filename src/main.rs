//! The `dspyglass` program: answers in the terminal or opens the window.

use std::process::ExitCode;

use dspyglass::cli::{self, Outcome, WindowArgs};

fn main() -> ExitCode {
    match cli::run() {
        Outcome::Done(code) => code,
        Outcome::Window(args) => open_window(args),
    }
}

/// Opens the window and stays until it is closed.
fn open_window(_args: WindowArgs) -> ExitCode {
    eprintln!("dspyglass: there is no window yet; see `dspyglass --help` for the commands of the terminal");
    ExitCode::FAILURE
}
