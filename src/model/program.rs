//! What a program is at one moment of its optimization: its predictors with their instructions,
//! fields, demos and LM settings.

use super::dspy::{artifacts, keys};
use super::{Json, StateHash};

/// A JSON object with its keys in stored order.
pub type Object = serde_json::Map<String, Json>;

/// Where a program's state was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ProgramSource {
    /// The artifact `model.json` of an evaluation.
    ModelJson,
    /// The artifact `best_model.json` of an optimization.
    BestModelJson,
    /// The params of an evaluation, which MLflow cuts at 6000 characters.
    Params,
    /// GEPA's table `candidates.json` beside the optimization (`use_mlflow=True`, DSPy 3.4):
    /// nothing but the instructions.
    Candidates,
    /// The params `summary/seed/…` of the optimization, in which GEPA keeps the instructions
    /// that it was given; MLflow cuts them at 6000 characters.
    SeedParams,
    /// A file that the user named.
    File,
}

impl ProgramSource {
    /// The name of the artifact, `params`, `summary/seed` or `file`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ModelJson => artifacts::MODEL,
            Self::BestModelJson => artifacts::BEST_MODEL,
            Self::Params => "params",
            Self::Candidates => artifacts::CANDIDATES,
            Self::SeedParams => keys::SEED,
            Self::File => "file",
        }
    }

    /// It is a file of the run itself, which holds the whole state.
    pub fn is_state_file(self) -> bool {
        matches!(self, Self::ModelJson | Self::BestModelJson)
    }

    /// Why it is not all of the program, as a sentence; empty where it is.
    fn incomplete(self) -> &'static str {
        match self {
            Self::ModelJson | Self::BestModelJson | Self::File => "",
            Self::Params => "Incomplete: params are cut at 6000 characters and lack what is null or empty",
            Self::Candidates => "Incomplete: no program was saved; GEPA's candidates.json tells its instructions",
            Self::SeedParams => {
                "Incomplete: no program was saved; GEPA's params tell its instructions, cut at 6000 characters"
            }
        }
    }

    /// It is made of params, each of which MLflow may have cut.
    pub fn is_params(self) -> bool {
        matches!(self, Self::Params | Self::SeedParams)
    }

    /// It tells the instructions of predictors and nothing else.
    pub fn has_instructions_only(self) -> bool {
        matches!(self, Self::Candidates | Self::SeedParams)
    }
}

/// The state of a program.
#[derive(Clone, Debug, PartialEq)]
pub struct Program {
    /// Where it was read.
    pub source: ProgramSource,
    /// It is all that DSPy saved. False for params, which lack all that is null, empty or
    /// long, also where nothing seems to be missing, and for GEPA's tables.
    pub complete: bool,
    /// Why this is not the state that it is taken for, as a sentence: the `best_model.json` of
    /// an optimization that did not finish is some program of a nested compile.
    pub stale: Option<String>,
    /// What the program does, as one text that is equal only for equal programs; `None` where
    /// that is not known: for params, and where the state names nothing at all.
    pub state_hash: Option<StateHash>,
    /// Its parameters in stored order: predictors and, without instructions, whatever else DSPy
    /// saves under a path (a `Retrieve`, a module kept as source).
    pub predictors: Vec<Predictor>,
    /// DSPy's note on versions (`metadata`), as stored.
    pub metadata: Option<Json>,
    /// Top-level keys that are neither predictors nor metadata, as stored.
    pub other: Object,
    /// Predictors that traces of the run show and the state lacks; empty where none was looked
    /// for.
    pub missing: Vec<MissingPredictor>,
}

/// A predictor that a program has and its saved state lacks. DSPy saves no submodule that is
/// frozen, as a compiled one is (2.5 – 3.4), and none that is made while the program runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MissingPredictor {
    /// Its signature as the trace has it, without types: `ticket -> reasoning, answer`.
    pub signature: String,
    /// The module around it (`ChainOfThought`), if it is not the predictor itself.
    pub module: Option<String>,
    /// A trace that shows it.
    pub trace: super::TraceId,
}

/// Why the state of a program may lack a predictor.
pub const MISSING_REASON: &str = "DSPy saves no submodule that is frozen, nor one that is made while the program runs";

impl MissingPredictor {
    /// Its signature, and the module around it: `ChainOfThought · ticket -> reasoning, answer`.
    pub fn named(&self) -> String {
        match &self.module {
            Some(module) => format!("{module} · {}", self.signature),
            None => self.signature.clone(),
        }
    }
}

impl Program {
    /// About how many bytes it holds.
    pub fn bytes(&self) -> usize {
        let of_predictor = |one: &Predictor| {
            let demos: usize = one.demos.iter().map(|demo| 200 + demo.values.len() * 200).sum();
            let texts = [&one.instructions, &one.module_src].into_iter().flatten();
            texts.map(String::len).sum::<usize>() + one.fields.len() * 200 + demos + 300
        };
        self.predictors.iter().map(of_predictor).sum()
    }
}

/// One parameter of a program, nearly always a `Predict`.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Predictor {
    /// Its path in the program, for instance `solve.predict`; empty for a program that is
    /// itself a predictor.
    pub path: String,
    /// The instructions of its signature; `None` if it has no signature.
    pub instructions: Option<String>,
    /// The fields of its signature in order.
    pub fields: Vec<Field>,
    /// Its demos in order.
    pub demos: Vec<Demo>,
    /// The Python that it runs: a Flex is saved as its source, without a signature (DSPy 3.4).
    pub module_src: Option<String>,
    /// The settings of its own LM; `None` if it uses the program's.
    pub lm: Option<Json>,
    /// Everything else that was saved with it, as stored.
    pub other: Object,
    /// Its state as one text, secrets included, so that masking makes no two of them equal;
    /// `None` where the state is not complete.
    pub state_hash: Option<StateHash>,
}

impl Program {
    /// Whether it is a predictor itself, without a path.
    fn is_bare(&self) -> bool {
        self.predictors.iter().any(|one| one.path.is_empty())
    }

    /// Why it is not all of the program, as a sentence; empty where it is.
    pub fn incomplete(&self) -> &'static str {
        match self.source {
            ProgramSource::Params if self.is_bare() => {
                "Incomplete: params are cut at 6000 characters and hold no LM settings"
            }
            source => source.incomplete(),
        }
    }

    /// Why a predictor shows no LM settings, as a sentence. MLflow leaves `lm` out of the params
    /// of a program that is itself a predictor, not of one that has predictors (2.21 – 3.18).
    pub fn why_no_lm(&self, path: &str) -> &'static str {
        match self.source {
            ProgramSource::Params if path.is_empty() => {
                "Unknown: the params of a program that is itself a predictor hold no LM settings"
            }
            ProgramSource::Candidates | ProgramSource::SeedParams => "Unknown: only instructions are told",
            _ => "None of its own: it uses the LM that is configured where it runs",
        }
    }

    /// A part of it is a Flex, which is saved as its source.
    pub fn has_source(&self) -> bool {
        self.predictors.iter().any(|one| one.module_src.is_some())
    }
}

impl Predictor {
    /// What optimizers rewrite of it: its instructions, or its source.
    pub fn text(&self) -> Option<&str> {
        self.instructions.as_deref().or(self.module_src.as_deref())
    }
}

/// One field of a signature. DSPy saves prefix and description only; the rest is recovered.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Field {
    /// Its name, if known.
    pub name: Option<String>,
    /// How the name is known.
    pub name_source: Option<FactSource>,
    /// Whether it is given to the predictor or asked from it, if known.
    pub direction: Option<Direction>,
    /// How the direction is known.
    pub direction_source: Option<FactSource>,
    /// Its Python type as its signature's repr writes it (`str`, `list[Person]`), if known;
    /// it is always read from a trace.
    pub type_: Option<String>,
    /// How the type is known.
    pub type_source: Option<FactSource>,
    /// What stands before its value in a prompt (`Reasoning:`).
    pub prefix: Option<String>,
    /// What it means, in words for the model; `${name}` where the author gave none.
    pub description: Option<String>,
    /// What was fitted to it, as stored: a `threshold`, `cuts` or `weights` (ReAnchor, DSPy 3.4).
    pub fitted: Object,
    /// Keys that were saved with it and are not known here.
    pub other: Object,
}

/// How a fact about a field is known that DSPy does not always save.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum FactSource {
    /// It stands in the saved state.
    Stored,
    /// A trace of this program tells it.
    Trace {
        /// The trace.
        trace: super::TraceId,
        /// Its run, if not the one whose program this is: a parent's.
        run: Option<super::RunId>,
    },
    /// A trace tells it of a predictor whose fields are the same: one of a run that is no relative,
    /// or one whose last prefix is another, as COPRO rewrites it.
    Similar {
        /// The trace.
        trace: super::TraceId,
        /// Its run, if it was recorded in one and that is not the one whose program this is.
        run: Option<super::RunId>,
    },
    /// The description is `${name}`, which DSPy writes where the author gave none.
    GuessedFromDescription,
    /// The prefix is made of the name (`Task demos:` of `task_demos`), or was once.
    GuessedFromPrefix,
    /// The demos name it.
    GuessedFromDemos,
}

impl FactSource {
    /// The word for a fact that may be wrong: `inferred`, `guessed`, else nothing.
    pub fn mark(&self) -> &'static str {
        match self {
            Self::Stored | Self::Trace { .. } => "",
            Self::Similar { .. } => "inferred",
            Self::GuessedFromDescription | Self::GuessedFromPrefix | Self::GuessedFromDemos => "guessed",
        }
    }

    /// One word for scripts: `stored`, `trace`, `similar`, `description`, `prefix`, `demos`.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Stored => "stored",
            Self::Trace { .. } => "trace",
            Self::Similar { .. } => "similar",
            Self::GuessedFromDescription => "description",
            Self::GuessedFromPrefix => "prefix",
            Self::GuessedFromDemos => "demos",
        }
    }
}

/// Which way a field goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Direction {
    /// Given to the predictor.
    Input,
    /// Asked from the predictor.
    Output,
}

impl Direction {
    /// DSPy's word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Input => "input",
            Self::Output => "output",
        }
    }
}

/// One demonstration.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Demo {
    /// Everything that was saved with it, in stored order, `augmented` included.
    pub values: Object,
}

/// The key that marks a demo as bootstrapped.
pub const AUGMENTED: &str = "augmented";

impl Demo {
    /// The program itself made it (`augmented`); otherwise it is a labelled example.
    pub fn is_bootstrapped(&self) -> bool {
        match self.values.get(AUGMENTED) {
            Some(Json::Bool(flag)) => *flag,
            // Params hold text.
            Some(Json::String(text)) => text == "True",
            _ => false,
        }
    }

    /// What it shows: its values without the mark.
    pub fn fields(&self) -> impl Iterator<Item = (&String, &Json)> {
        self.values.iter().filter(|(key, _)| *key != AUGMENTED)
    }
}

/// What a predictor is called: its path; a program that is itself a predictor has none.
pub fn predictor_title(path: &str) -> &str {
    if path.is_empty() { "(the program itself)" } else { path }
}
