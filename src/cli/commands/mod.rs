//! One module per command: asks `query`, then prints a table or a document.

mod check;
mod check_server;
mod cost;
mod cost_json;
mod cost_text;
mod diff;
mod diff_examples;
pub(super) mod diff_files;
pub(super) mod diff_program_text;
mod diff_text;
mod diff_traces;
mod diff_traces_compared;
mod diff_traces_text;
mod doctor;
mod evolution;
mod experiments;
mod export;
mod family_tree;
mod family_tree_text;
pub(super) mod help;
mod labels;
mod metrics;
mod optimization;
mod optimization_programs;
mod overview;
mod parts;
pub(super) mod prices;
mod program;
mod program_history;
mod program_history_text;
mod program_text;
mod prompts;
mod prompts_text;
mod prompts_told;
mod provenance;
mod repeats;
mod runs;
mod runs_text;
mod scores;
mod scores_text;
mod search;
pub(super) mod serve_stdio;
mod slices;
mod stats;
mod trace;
mod trace_attempts;
mod trace_attempts_text;
mod trace_beside;
mod trace_chat;
mod trace_chat_text;
mod trace_code;
mod trace_head_text;
mod trace_steps;
mod trace_steps_text;
mod trace_text;
mod trace_values_text;
mod traces;
mod verdict;

use std::io::Write;

use super::args::Command;
use super::failure::Failure;
use super::style::Style;
use crate::model::{Experiment, Run};
use crate::query::ask::Session;
use crate::query::{self, Filter, Found};

/// Where a command reads from and prints to.
pub(super) struct Answer<'a> {
    pub(super) session: Session<'a>,
    pub(super) style: Style,
    pub(super) is_json: bool,
    pub(super) out: &'a mut dyn Write,
}

/// A command whose own arguments are right.
type Plan<'a> = Box<dyn FnOnce(&mut Answer<'_>) -> Result<(), Failure> + 'a>;

/// Reads what a command says about itself, before any store is opened. `is_utc`: the dates in it are in UTC.
///
/// # Errors
/// A filter or a pattern that is none.
pub(super) fn plan(command: &Command, is_utc: bool) -> Result<Plan<'_>, Failure> {
    Ok(match command {
        Command::Experiments(args) => Box::new(|answer| experiments::answer(args, answer)),
        Command::Runs(args) => {
            let text = args.filter.as_deref().unwrap_or_default();
            let filter = Filter::parse(text).map_err(|error| Failure::Filter(text.to_owned(), error))?;
            Box::new(move |answer| runs::answer(args, &filter, answer))
        }
        Command::Metrics(args) => Box::new(|answer| metrics::answer(args, answer)),
        Command::Traces(args) => {
            let wanted = traces::wanted(args, is_utc)?;
            Box::new(move |answer| traces::answer(args, wanted, answer))
        }
        Command::Trace(args) => Box::new(|answer| trace::answer(args, answer)),
        Command::Search(args) => {
            let ready = search::ready(args)?;
            Box::new(move |answer| search::answer(args, ready, answer))
        }
        Command::Stats(args) => {
            let filter = traces::filter(args.filter.as_deref(), is_utc)?;
            Box::new(move |answer| stats::answer(args, filter, answer))
        }
        Command::Export(args) => {
            let wanted = traces::wanted(&export::listed(args), is_utc)?;
            Box::new(move |answer| export::answer(args, wanted, answer))
        }
        Command::Labels(args) => Box::new(|answer| labels::answer(args, answer)),
        Command::Optimization(args) => Box::new(|answer| optimization::answer(args, answer)),
        Command::Overview(args) => Box::new(|answer| overview::answer(args, answer)),
        Command::Scores(args) => Box::new(|answer| scores::answer(args, answer)),
        Command::Slices(args) => Box::new(|answer| slices::answer(args, answer)),
        Command::Doctor(args) => Box::new(|answer| doctor::answer(args, answer)),
        Command::Program(args) => Box::new(|answer| program::answer(args, answer)),
        Command::ProgramHistory(args) => Box::new(|answer| program_history::answer(args, answer)),
        Command::Evolution(args) => Box::new(|answer| evolution::answer(args, answer)),
        Command::FamilyTree(args) => Box::new(|answer| family_tree::answer(args, answer)),
        Command::Diff(args) => Box::new(|answer| diff::answer(args, answer)),
        Command::Cost(args) => Box::new(|answer| cost::answer(args, answer)),
        // Without a store, or with one of their own, before this.
        Command::Prices(_) | Command::ServeStdio(_) => Box::new(|_| Ok(())),
        Command::DiffTraces(args) => Box::new(|answer| diff_traces::answer(args, answer)),
        Command::Prompts(args) => Box::new(|answer| prompts::answer(args, answer)),
        Command::Check(_) => Box::new(check::answer),
    })
}

impl Answer<'_> {
    /// The experiment that a user means.
    fn experiment(&mut self, id_or_name: &str) -> Result<Experiment, Failure> {
        match query::find_experiment(&mut self.session, id_or_name)? {
            Found::One(experiment) => Ok(experiment),
            Found::Several(ids) => Err(several("experiments", id_or_name, &ids)),
            Found::Nothing => Err(self.absent("experiment", id_or_name)),
        }
    }

    /// The run that a user means.
    fn run(&mut self, id_or_name: &str) -> Result<Run, Failure> {
        match query::find_run(&mut self.session, id_or_name)? {
            Found::One(run) => Ok(run),
            Found::Several(ids) => Err(several("runs", id_or_name, &ids)),
            Found::Nothing => Err(self.absent("run", id_or_name)),
        }
    }

    fn absent(&self, what: &str, id: &str) -> Failure {
        Failure::Absent(format!("{} has no {what} {id:?}", self.session.store.info().location))
    }
}

/// Says what to do where a name or the beginning of an id is not enough.
fn several(what: &str, text: &str, ids: &[String]) -> Failure {
    const SHOWN: usize = 5;
    let shown = ids.iter().take(SHOWN).map(String::as_str).collect::<Vec<_>>().join(", ");
    // No more traces than these are asked for.
    let at_least = if ids.len() >= query::MAX_CANDIDATES { "at least " } else { "" };
    let more = ids.len().checked_sub(SHOWN).filter(|more| *more > 0);
    let more = more.map_or_else(String::new, |more| format!(" and {at_least}{more} more"));
    let is_begun = ids.iter().any(|id| id.contains(text));
    let how = if is_begun { "begin with" } else { "are named" };
    Failure::Absent(format!("{at_least}{} {what} {how} {text:?}; name one by its id: {shown}{more}", ids.len()))
}
