//! The command line.

mod cost;
mod diff_traces;
mod export;
mod optimizations;
mod prompts;
mod search;
mod serve_stdio;
mod stats;
mod traces;

use std::path::{Path, PathBuf};

use clap::error::ErrorKind;
use clap::{CommandFactory, Parser, Subcommand};

use super::commands::help::{self, HAS_WINDOW};
use crate::analysis::evolution::Against;
pub(super) use cost::{CostArgs, PricesArgs};
pub(super) use diff_traces::DiffTracesArgs;
pub(super) use export::{ExportArgs, LabelsArgs};
pub(super) use optimizations::{DoctorArgs, OptimizationArgs, OverviewArgs, ScoresArgs, SlicesArgs};
pub(super) use prompts::PromptsArgs;
pub(super) use search::SearchArgs;
pub(super) use serve_stdio::ServeStdioArgs;
pub(super) use stats::StatsArgs;
pub(super) use traces::{CodeLanguage, TraceArgs, TracesArgs};

/// See what DSPy's optimizers left in an MLflow store
#[derive(Debug, Parser)]
#[command(name = "dspyglass", version, long_about = help::ABOUT, after_long_help = help::top())]
pub(super) struct Args {
    /// The store to open in the window: a file such as mlflow.db, the folder it is in, one on another
    /// machine (user@host:/path/mlflow.db), or a tracking server (http://host:5000)
    #[arg(hide = !HAS_WINDOW)]
    store: Option<PathBuf>,

    /// Open the window at a place, as "Copy link to this view" gives it; the link names its store
    #[arg(long, value_name = "LOCATION", hide = !HAS_WINDOW)]
    at: Option<String>,

    /// Open the window with the sample store
    #[arg(long, conflicts_with = "store", hide = !HAS_WINDOW)]
    demo: bool,

    /// Open the window with every widget in every state, for people who build views
    #[arg(long, hide = true, conflicts_with_all = ["store", "at", "demo"])]
    gallery: bool,

    #[command(flatten)]
    common: Common,

    #[command(subcommand)]
    command: Option<Command>,
}

/// The flags that every command takes, before or after its name.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Common {
    /// Print one JSON document instead of tables: times as integers, unknown as null
    #[arg(long, global = true)]
    pub(super) json: bool,

    /// Where the artifacts of a copied store are
    #[arg(long, global = true, value_name = "DIR")]
    pub(super) artifacts: Option<PathBuf>,

    /// Show secrets (API keys, passwords, tokens), which are masked otherwise
    #[arg(long, global = true)]
    pub(super) reveal: bool,

    /// Times in UTC instead of local ones
    #[arg(long, global = true)]
    pub(super) utc: bool,

    /// Prices of models in LiteLLM's format over the built-in ones, in place of prices.json in the settings folder
    #[arg(long, global = true, value_name = "FILE")]
    pub(super) prices: Option<PathBuf>,
}

/// What the window is opened with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WindowArgs {
    /// The store; none shows the welcome page.
    pub store: Option<PathBuf>,
    /// Where to go in it.
    pub at: Option<String>,
    /// The sample store.
    pub demo: bool,
    /// Where the artifacts of a copied store are.
    pub artifacts: Option<PathBuf>,
    /// Secrets are shown from the start.
    pub reveal: bool,
    /// Times are in UTC.
    pub utc: bool,
    /// Prices of models over those that are built in.
    pub prices: Option<PathBuf>,
    /// Show what the window is made of, instead of a store.
    pub gallery: bool,
}

/// A question.
#[derive(Clone, Debug, Subcommand)]
pub(super) enum Command {
    /// List the experiments of a store
    #[command(after_long_help = help::EXPERIMENTS)]
    Experiments(ExperimentsArgs),
    /// List runs as a tree, with their metrics, params and tags
    #[command(after_long_help = help::RUNS)]
    Runs(RunsArgs),
    /// Show every logged point of a run's metrics
    #[command(after_long_help = help::METRICS)]
    Metrics(MetricsArgs),
    /// List traces, newest first
    #[command(after_long_help = help::TRACES)]
    Traces(TracesArgs),
    /// Show one trace: its spans, what they were given and gave back, times, tokens, errors
    #[command(after_long_help = help::TRACE)]
    Trace(TraceArgs),
    /// Find a text in what spans were given, gave back and noted
    #[command(after_long_help = help::SEARCH)]
    Search(SearchArgs),
    /// Count traces or their spans: how many, how many failed, how long they took, what they used
    #[command(after_long_help = help::STATS)]
    Stats(StatsArgs),
    /// Say what the traces of a store or a run cost, by model and by run
    #[command(after_long_help = help::COST)]
    Cost(CostArgs),
    /// Show the prices of models, and where they come from
    #[command(after_long_help = help::PRICES)]
    Prices(PricesArgs),
    /// Write traces for other programs: MLflow, OpenTelemetry, DSPy
    #[command(after_long_help = help::EXPORT)]
    Export(ExportArgs),
    /// List what you said of traces and examples: right, wrong, notes, corrected answers
    #[command(after_long_help = help::LABELS)]
    Labels(LabelsArgs),
    /// List the optimizations and plain evaluations of a store, each in one line
    #[command(after_long_help = help::OVERVIEW)]
    Overview(OverviewArgs),
    /// Tell an optimization: its evaluations in order, the winner, which optimizer it was
    #[command(after_long_help = help::OPTIMIZATION)]
    Optimization(OptimizationArgs),
    /// Show examples over the evaluations of an optimization or an experiment, or of one evaluation, with their scores
    #[command(after_long_help = help::SCORES)]
    Scores(ScoresArgs),
    /// Show seed and winner of an optimization by the values of a field of the examples
    #[command(after_long_help = help::SLICES)]
    Slices(SlicesArgs),
    /// Say what went wrong in an optimization, or may have, by rules; with evidence for each
    #[command(after_long_help = help::DOCTOR)]
    Doctor(DoctorArgs),
    /// Show what a run's program is: instructions, fields, demos, LM settings
    #[command(after_long_help = help::PROGRAM)]
    Program(ProgramArgs),
    /// Show a program wherever it appears: where it came from, every evaluation of it
    #[command(name = "history", alias = "passport", after_long_help = help::HISTORY)]
    ProgramHistory(HistoryArgs),
    /// Show how the instructions of a predictor changed along an optimization
    #[command(after_long_help = help::EVOLUTION)]
    Evolution(EvolutionArgs),
    /// Show GEPA's family tree: which candidate was bred from which, and every proposal
    #[command(alias = "lineage", after_long_help = help::FAMILY_TREE)]
    FamilyTree(FamilyTreeArgs),
    /// Show what changed between the programs of two runs, and which examples were fixed or broken
    #[command(after_long_help = help::DIFF)]
    Diff(DiffArgs),
    /// Show two traces beside each other: which spans differ, what first, prompts and answers word by word
    #[command(after_long_help = help::DIFF_TRACES)]
    DiffTraces(DiffTracesArgs),
    /// List the prompts of the registry, or show one: its versions, what changed in them, who used them
    #[command(after_long_help = help::PROMPTS)]
    Prompts(PromptsArgs),
    /// Say what a store is and what of it is missing or damaged
    #[command(after_long_help = help::CHECK)]
    Check(CheckArgs),
    /// Answer another dspyglass that asks over ssh for a store on this machine
    #[command(after_long_help = help::SERVE_STDIO)]
    ServeStdio(ServeStdioArgs),
}

/// Of `experiments`.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct ExperimentsArgs {
    /// A file such as mlflow.db, or the folder it is in
    pub(super) store: PathBuf,
    /// Deleted experiments too
    #[arg(long)]
    pub(super) deleted: bool,
}

/// Of `runs`.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct RunsArgs {
    /// A file such as mlflow.db, or the folder it is in
    pub(super) store: PathBuf,
    /// Only the runs of this experiment, by id, the beginning of it or name
    #[arg(long, value_name = "E")]
    pub(super) experiment: Option<String>,
    /// Only the runs for which this holds, in MLflow's search syntax
    #[arg(long, value_name = "F", allow_hyphen_values = true)]
    pub(super) filter: Option<String>,
    /// Deleted runs too
    #[arg(long)]
    pub(super) deleted: bool,
}

/// Of `metrics`.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct MetricsArgs {
    /// A file such as mlflow.db, or the folder it is in
    pub(super) store: PathBuf,
    /// The run, by id, the beginning of it or a name that no other run has
    pub(super) run: String,
    /// Only this metric
    #[arg(long, value_name = "K", allow_hyphen_values = true)]
    pub(super) key: Option<String>,
}

/// Of `program`.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct ProgramArgs {
    /// A file such as mlflow.db, or the folder it is in
    pub(super) store: PathBuf,
    /// The run, by id, the beginning of it or a name that no other run has
    pub(super) run: String,
    /// The best program of an optimization (best_model.json) and nothing else
    #[arg(long)]
    pub(super) best: bool,
}

/// Of `program history`.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct HistoryArgs {
    /// A file such as mlflow.db, or the folder it is in
    pub(super) store: PathBuf,
    /// The program, by a run that has it (id, the beginning of it or a name) or by the beginning of its state hash
    pub(super) program: String,
    /// Of a run the best program of an optimization (best_model.json)
    #[arg(long)]
    pub(super) best: bool,
}

/// Of `evolution`.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct EvolutionArgs {
    /// A file such as mlflow.db, or the folder it is in
    pub(super) store: PathBuf,
    /// The run under which the optimizer ran, by id, the beginning of it or a name that no other run has
    pub(super) parent: String,
    /// The path of the predictor; without it the one whose instructions changed most often
    #[arg(long, value_name = "PATH", allow_hyphen_values = true)]
    pub(super) predictor: Option<String>,
    /// With which state each is compared: previous, seed, parent (the one its proposer was shown) or winner; without
    /// it what fits the optimizer
    #[arg(long, value_name = "STATE")]
    pub(super) against: Option<Against>,
}

/// Of `family-tree`.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct FamilyTreeArgs {
    /// A file such as mlflow.db, or the folder it is in
    pub(super) store: PathBuf,
    /// The run under which GEPA ran, by id, the beginning of it or a name that no other run has
    pub(super) parent: String,
}

/// Of `diff`.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct DiffArgs {
    /// A file such as mlflow.db, or the folder it is in; without runs, a .json file of a program
    pub(super) store: PathBuf,
    /// The run to compare with, by id, the beginning of it or a name that no other run has; else a second .json file
    pub(super) run_a: String,
    /// The run that is compared; an optimization stands for its best program, as its winner was evaluated
    pub(super) run_b: Option<String>,
    /// The examples that stayed wrong and those that stayed right, too
    #[arg(long)]
    pub(super) all: bool,
}

impl DiffArgs {
    /// The two files that are compared without any store.
    pub(super) fn files(&self) -> Option<[&Path; 2]> {
        let is_json = |path: &Path| path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("json"));
        let files = [self.store.as_path(), Path::new(&self.run_a)];
        (self.run_b.is_none() && files.into_iter().all(is_json)).then_some(files)
    }
}

/// Of `check`.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct CheckArgs {
    /// A file such as mlflow.db, the folder it is in, or the address of a server
    pub(super) store: PathBuf,
}

impl Command {
    /// The store that is asked.
    pub(super) fn store(&self) -> &Path {
        match self {
            Self::Experiments(args) => &args.store,
            Self::Runs(args) => &args.store,
            Self::Metrics(args) => &args.store,
            Self::Traces(args) => &args.store,
            Self::Trace(args) => &args.store,
            Self::Search(args) => &args.store,
            Self::Stats(args) => &args.store,
            Self::Export(args) => &args.store,
            Self::Labels(args) => &args.store,
            Self::Overview(args) => &args.store,
            Self::Optimization(args) => &args.store,
            Self::Scores(args) => &args.store,
            Self::Slices(args) => &args.store,
            Self::Doctor(args) => &args.store,
            Self::Program(args) => &args.store,
            Self::ProgramHistory(args) => &args.store,
            Self::Evolution(args) => &args.store,
            Self::FamilyTree(args) => &args.store,
            Self::Diff(args) => &args.store,
            Self::DiffTraces(args) => &args.store,
            Self::Prompts(args) => &args.store,
            Self::Check(args) => &args.store,
            Self::ServeStdio(args) => &args.store,
            Self::Cost(args) => &args.store,
            Self::Prices(_) => Path::new(""), // it asks none
        }
    }
}

/// The parts of a command line that open the window.
pub(super) struct Window {
    store: Option<PathBuf>,
    at: Option<String>,
    demo: bool,
    gallery: bool,
    common: Common,
}

impl Window {
    pub(super) fn into_window(self) -> WindowArgs {
        let Self { store, at, demo, gallery, common } = self;
        let Common { artifacts, reveal, utc, prices, .. } = common;
        WindowArgs { store, at, demo, artifacts, reveal, utc, prices, gallery }
    }
}

/// A command and its flags, or what the window is opened with.
pub(super) enum Asked {
    Terminal(Box<Command>, Common),
    Window(Box<Window>),
}

impl Args {
    /// Tells the terminal's questions from the window.
    ///
    /// # Errors
    /// Flags that do not go together.
    pub(super) fn split(self) -> Result<Asked, clap::Error> {
        let mistake = |text: &str| Self::command().error(ErrorKind::ArgumentConflict, text);
        let Self { store, at, demo, gallery, common, command } = self;
        match command {
            Some(_) if store.is_some() => Err(mistake("the store stands after the command: dspyglass runs STORE")),
            Some(_) if at.is_some() || demo || gallery => {
                Err(mistake("--at and --demo open the window and go with no command"))
            }
            Some(Command::Diff(args)) if args.run_b.is_none() && args.files().is_none() => Err(mistake(
                "diff compares two runs of a store, diff STORE RUN_A RUN_B, or two .json files of programs",
            )),
            Some(command) => Ok(Asked::Terminal(Box::new(command), common)),
            None if common.json => Err(mistake("--json needs a command, for instance: dspyglass runs STORE --json")),
            None => Ok(Asked::Window(Box::new(Window { store, at, demo, gallery, common }))),
        }
    }
}
