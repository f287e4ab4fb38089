//! The terminal twin: the questions that the window answers, asked in a terminal or a script.
//!
//! Tables for people, one JSON document for programs (`--json`). Everything is read through
//! `query`, as the window does, so that the two cannot disagree. Exit codes: 0 done, 1 nothing
//! could be read or it does not exist, 2 wrong usage.

mod args;
mod commands;
mod failure;
mod json;
mod style;
mod table;
mod warnings;
mod words;

use std::ffi::OsString;
use std::io::{BufWriter, IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser;

pub use args::WindowArgs;
use args::{Args, Asked, Command, Common};
use commands::diff_program_text::Page;
use failure::Failure;
use style::Style;

use crate::model::Reveal;
use crate::query::ask::{Memo, Session};
use crate::query::{LabelBooks, PriceFile};
use crate::store::{Budget, OpenOptions, ReadCx, Store, StoreError, StoreLocation, user_cache, user_data};

/// What a command line asked for.
#[derive(Debug)]
pub enum Outcome {
    /// It was answered in the terminal; the program ends with this code.
    Done(ExitCode),
    /// It asks for the window.
    Window(WindowArgs),
}

/// Opens the store of a command line.
pub type Opener<'a> = &'a dyn Fn(&StoreLocation, &OpenOptions) -> Result<Box<dyn Store>, StoreError>;

/// Answers the program's own command line on its standard output.
pub fn run() -> Outcome {
    let style = Style::of_stdout();
    let mut out = BufWriter::with_capacity(1 << 16, std::io::stdout().lock());
    let mut err = std::io::stderr().lock();
    let open = |location: &StoreLocation, options: &OpenOptions| crate::store::open(location, options);
    let reading = Reading {
        open: &open,
        budget: Budget::of_terminal(),
        cache: user_cache(),
        data: user_data(),
        may_ask: std::io::stderr().is_terminal(),
    };
    run_with(std::env::args_os(), &reading, style, &mut out, &mut err)
}

/// Answers a command line over stores that are opened otherwise, without colours.
#[cfg(feature = "testing")]
pub fn run_over(
    args: impl IntoIterator<Item = OsString>,
    open: Opener<'_>,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> Outcome {
    run_within(args, open, Budget::of_terminal(), out, err)
}

/// The same with other times for what can be left out.
#[cfg(feature = "testing")]
pub fn run_within(
    args: impl IntoIterator<Item = OsString>,
    open: Opener<'_>,
    budget: Budget,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> Outcome {
    run_with(args, &Reading { open, budget, cache: None, data: None, may_ask: false }, Style::default(), out, err)
}

/// How stores are read.
struct Reading<'a> {
    open: Opener<'a>,
    budget: Budget,
    /// The user's folder for what is kept of them.
    cache: Option<PathBuf>,
    /// The user's folder for what was said of them.
    data: Option<PathBuf>,
    /// Somebody sits at the terminal.
    may_ask: bool,
}

/// Answers a command line: `args` begin with the program's name. Help and mistakes in the
/// usage are printed by clap itself.
fn run_with(
    args: impl IntoIterator<Item = OsString>,
    reading: &Reading<'_>,
    style: Style,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> Outcome {
    let args = match Args::try_parse_from(args) {
        Ok(args) => args,
        Err(error) => {
            // Nothing can be done where not even this can be printed.
            let _ = error.print();
            return Outcome::Done(ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2)));
        }
    };
    let (command, common) = match args.split() {
        Ok(Asked::Terminal(command, common)) => (command, common),
        Ok(Asked::Window(window)) => {
            let window = window.into_window();
            if let Some(file) = window.prices.as_ref().filter(|file| !file.is_file()) {
                let _ = writeln!(err, "dspyglass: {} is no file of prices", file.display());
                return Outcome::Done(ExitCode::from(1));
            }
            return Outcome::Window(window);
        }
        Err(mistake) => {
            let _ = mistake.print();
            return Outcome::Done(ExitCode::from(2));
        }
    };
    let style = Style { is_utc: common.utc, ..style };
    let answered = answer(&command, &common, reading, style, out, err).and_then(|()| Ok(out.flush()?));
    match answered {
        Ok(()) => Outcome::Done(ExitCode::SUCCESS),
        Err(failure) => {
            if let Some(message) = failure.message() {
                let _ = writeln!(err, "dspyglass: {message}");
            }
            Outcome::Done(failure.exit_code())
        }
    }
}

fn answer(
    command: &Command,
    common: &Common,
    reading: &Reading<'_>,
    style: Style,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> Result<(), Failure> {
    // Mistakes in the usage come before the store, which may be large or not there.
    let plan = commands::plan(command, common.utc)?;
    let (artifacts_dir, cache) = (common.artifacts.clone(), reading.cache.clone());
    let options = OpenOptions { artifacts_dir, cache, may_ask: reading.may_ask, ..OpenOptions::default() };
    let location = StoreLocation::parse(command.store());
    // That of a store on another machine is there.
    let is_elsewhere = location.address().is_some_and(|address| address.over_ssh().is_some());
    if let Some(folder) = &options.artifacts_dir
        && !is_elsewhere
        && !folder.is_dir()
    {
        return Err(Failure::Absent(format!("{} is no folder; --artifacts names one", folder.display())));
    }
    if let Command::ServeStdio(args) = command {
        return commands::serve_stdio::answer(args, options, reading.open, out);
    }
    let reveal = if common.reveal { Reveal::Revealed } else { Reveal::Masked };
    let cx = ReadCx::new().with_reveal(reveal).with_budget(reading.budget);
    let file = PriceFile::of(common.prices.clone());
    let labels = Arc::new(LabelBooks::in_folder(reading.data.clone()));
    let memo = reading.cache.clone().map_or_else(Memo::new, Memo::with_cache).with_prices(file).with_labels(labels);
    if let Some(failed) = common.prices.as_ref().and_then(|_| memo.prices().failed.clone()) {
        return Err(Failure::Absent(failed));
    }
    if let Command::Prices(args) = command {
        commands::prices::answer(args, &memo.prices(), common.json, &mut Page { style, out })?;
    } else if let Command::Diff(args) = command
        && let Some(files) = args.files()
    {
        commands::diff_files::answer(files, &cx, common.json, &mut Page { style, out })?;
    } else {
        let mut store = (reading.open)(&location, &options)?;
        let session = Session::new(&mut *store, &cx, Arc::new(memo), 1);
        let mut answer = commands::Answer { session, style, is_json: common.json, out };
        let answered = plan(&mut answer);
        warnings::print_standing(&store.info(), style.is_utc, err);
        answered?;
    }
    if !common.json {
        warnings::print(&cx.take_warnings(), err);
    }
    Ok(())
}

#[cfg(test)]
mod tests;
