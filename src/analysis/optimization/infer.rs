//! Which optimizer it was. MLflow stores neither its class nor its arguments; only what
//! `compile()` was given as numbers and words, what was evaluated, and what was asked of models.
//!
//! A reason says what was seen, and who is known to leave that; never that nobody else does.

use super::Optimizer;
use crate::model::dspy::run_names::{self, is_full, is_numbered};
use crate::model::dspy::{artifacts, keys};
use crate::model::mlflow::prompts;
use crate::model::mlflow::run::TYPE_EVALUATION;

/// What can give an optimizer away.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct OptimizerClues {
    /// The evaluations, by start.
    pub evaluations: Vec<EvaluationClue>,
    /// MLflow made the run itself for one `compile()` (tag `mlflow.autologging` = `dspy`);
    /// otherwise it is a run of the user, in which there may have been several.
    pub is_of_one_compile: bool,
    /// The tag `mlflow.runType`, which `mlflow.genai` sets.
    pub run_type: Option<String>,
    /// The parent's params.
    pub params: Vec<(String, String)>,
    /// Keys of the parent's metrics.
    pub metrics: Vec<String>,
    /// Names of the parent's files.
    pub files: Vec<String>,
    /// Its folder of files is not there.
    pub has_no_files: bool,
    /// Some param repeats what the state of a program says.
    pub has_program_params: bool,
    /// Signatures that models were asked with in the parent's traces (`"a, b -> c"`).
    pub signatures: Vec<String>,
    /// Instructions that COPRO's proposer was told to be those of the given program.
    pub given_instructions: Vec<String>,
    /// Words that began prompts which were no signature's: the first of each.
    pub bare_prompts: Vec<String>,
    /// How many traces the parent itself has.
    pub traces: Option<u64>,
    /// How models were called in the parent's traces.
    pub calls: CallClues,
    /// Different rows of the trainset; `None` if there is none.
    pub trainset: Option<u64>,
    /// The program that was given back, if it is there.
    pub best: Option<ProgramClue>,
    /// Evaluations behind the run whose instructions have the rules of InferRules, each after
    /// a trace of its induction.
    pub with_rules: usize,
}

/// What an evaluation gives away.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct EvaluationClue {
    /// Its name.
    pub name: String,
    /// How many examples it scored, if known.
    pub n: Option<u64>,
    /// It was adopted: its parent is not stored.
    pub has_inferred_parent: bool,
}

/// What a program gives away.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct ProgramClue {
    /// The paths of its parts.
    pub paths: Vec<String>,
    /// How many labelled demos it has.
    pub labelled: usize,
    /// How many bootstrapped demos.
    pub bootstrapped: usize,
    /// Some field has a threshold, cuts or weights.
    pub is_fitted: bool,
}

/// What the calls of models in some traces give away.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct CallClues {
    /// How many different settings there were of `rollout_id` and temperature.
    pub settings: usize,
    /// Traces that were looked into.
    pub traces: usize,
    /// Those of them that answered with a decision and its probability (DSPy 3.4).
    pub decisions: usize,
}

/// What a run optimized, as far as it can be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// A program of DSPy.
    Program,
    /// Prompts of MLflow (`mlflow.genai.optimize_prompts`).
    Prompts,
    /// Nothing: it is an evaluation itself.
    Evaluation,
}

impl Purpose {
    /// One word for scripts.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Program => "program",
            Self::Prompts => "prompts",
            Self::Evaluation => "evaluation",
        }
    }
}

/// The optimizer, as far as it can be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OptimizerGuess {
    /// Which; `None` if nothing gives it away.
    pub name: Option<Optimizer>,
    /// It is stored, not inferred.
    pub is_stored: bool,
    /// What the run optimized, if it is known.
    pub purpose: Option<Purpose>,
    /// What it is told by, in words.
    pub reason: String,
}

impl OptimizerGuess {
    fn told(name: Optimizer, reason: impl Into<String>) -> Self {
        Self { name: Some(name), is_stored: false, purpose: Some(Purpose::Program), reason: reason.into() }
    }

    fn unknown(purpose: Option<Purpose>, reason: impl Into<String>) -> Self {
        Self { name: None, is_stored: false, purpose, reason: reason.into() }
    }
}

/// MIPROv2's proposer (DSPy 2.6 – 3.4).
const MIPRO_OUTPUT: &str = "-> proposed_instruction";
/// COPRO's proposer (DSPy 2.6 – 3.4).
const COPRO_OUTPUT: &str = "-> proposed_instruction, proposed_prefix_for_output_field";
/// GEPA's proposer (DSPy 3.4).
const GEPA_SIGNATURE: &str = "current_instruction, examples_with_feedback -> new_instruction";
/// GEPA's proposer of a Flex's source (DSPy 3.4).
const GEPA_SOURCE_OUTPUT: &str = "current_source, failures -> revised_source";
/// How GEPA's own prompt begins (DSPy 3.0 – 3.2).
const GEPA_PROMPT: &str = "I provided an assistant with the following instructions";
/// SIMBA's adviser (DSPy 2.6 – 3.4).
const SIMBA_OUTPUT: &str = "-> discussion, module_advice";

/// Whether a signature is an optimizer's question for a new instruction, or the new source of a Flex.
pub fn is_proposal(signature: &str) -> bool {
    [MIPRO_OUTPUT, GEPA_SIGNATURE, GEPA_SOURCE_OUTPUT, SIMBA_OUTPUT].iter().any(|part| signature.contains(part))
}

/// Whether a prompt is GEPA's question for a new instruction (DSPy 3.0 – 3.2), which has no signature.
pub fn is_reflection_prompt(prompt: &str) -> bool {
    prompt.trim_start().starts_with(GEPA_PROMPT)
}

/// Infers the optimizer, from the surest clue to the weakest.
pub fn infer_optimizer(clues: &OptimizerClues) -> OptimizerGuess {
    let optimizers = [of_prompts, several, by_traces_or_files, by_evaluations];
    if let Some(guess) = optimizers.iter().find_map(|infer| infer(clues)) {
        return guess;
    }
    if clues.evaluations.is_empty() {
        return without_evaluations(clues);
    }
    OptimizerGuess::unknown(Some(Purpose::Program), "nothing that it left behind gives it away")
}

/// `mlflow.genai.optimize_prompts` notes which class it was given.
fn of_prompts(clues: &OptimizerClues) -> Option<OptimizerGuess> {
    let class = param(clues, prompts::OPTIMIZER).filter(|class| class.ends_with(prompts::CLASS_END))?;
    param(clues, prompts::NUMBER)?;
    let reason = format!("mlflow.genai.optimize_prompts noted its param optimizer = {class}");
    let name = (class == prompts::CLASS_OF_GEPA).then_some(Optimizer::Gepa);
    Some(OptimizerGuess { name, is_stored: name.is_some(), purpose: Some(Purpose::Prompts), reason })
}

/// Optimizers of which several left evaluations under one parent.
fn several(clues: &OptimizerClues) -> Option<OptimizerGuess> {
    let strategy = param(clues, keys::STRATEGY).filter(|it| clues.is_of_one_compile || it.contains(" -> "));
    if let Some(strategy) = strategy {
        let reason = format!("param strategy = {strategy}, which its compile() takes");
        return Some(OptimizerGuess::told(Optimizer::BetterTogether, reason));
    }
    let tagged = |is_it: fn(&str) -> bool| {
        clues.evaluations.iter().filter(|one| !one.has_inferred_parent && is_it(&one.name)).count()
    };
    // GEPA with merges tags `eval_0` and `eval_1`, on a Flex `eval_full_0`, and never both.
    if tagged(is_full) == 0 || tagged(is_numbered) == 0 {
        return None;
    }
    const BOTH: &str = "evaluations named eval_full_N and such named eval_N stand under it";
    Some(match clues.is_of_one_compile {
        true => OptimizerGuess::told(
            Optimizer::BetterTogether,
            format!(
                "{BOTH}, and one compile() left them: several optimizers ran in it, as BetterTogether has them run"
            ),
        ),
        false => OptimizerGuess::unknown(Some(Purpose::Program), format!("{BOTH}: several optimizers ran in this run")),
    })
}

fn by_traces_or_files(clues: &OptimizerClues) -> Option<OptimizerGuess> {
    let told = |name, reason: String| Some(OptimizerGuess::told(name, reason));
    let asked = |part: &str| clues.signatures.iter().any(|signature| signature.contains(part));
    if let Some(file) = clues.files.iter().find(|file| artifacts::OF_GEPA_ALONE.contains(&file.as_str())) {
        return told(Optimizer::Gepa, format!("it wrote {file}"));
    }
    if asked(GEPA_SIGNATURE) {
        return told(Optimizer::Gepa, format!("a model was asked with its signature ({GEPA_SIGNATURE})"));
    }
    if asked(GEPA_SOURCE_OUTPUT) {
        return told(Optimizer::Gepa, "a model was asked for revised_source, as it asks to rewrite a Flex".into());
    }
    if clues.bare_prompts.iter().any(|prompt| prompt.starts_with(GEPA_PROMPT)) {
        return told(Optimizer::Gepa, format!("a model was asked with its prompt (“{GEPA_PROMPT}…”)"));
    }
    if asked(COPRO_OUTPUT) {
        let reason = "a model was asked for proposed_instruction and proposed_prefix_for_output_field";
        return told(Optimizer::Copro, reason.into());
    }
    if asked(SIMBA_OUTPUT) {
        return told(Optimizer::Simba, "a model was asked for module_advice".into());
    }
    if clues.evaluations.iter().any(|one| run_names::is_minibatch(&one.name)) {
        return told(Optimizer::MiproV2, "it names evaluations eval_minibatch_N".into());
    }
    if let Some(key) = keys::OF_MIPRO_ALONE.iter().find(|key| param(clues, key).is_some()) {
        return told(Optimizer::MiproV2, format!("param {key}, which its compile() takes"));
    }
    if asked(MIPRO_OUTPUT) {
        return told(Optimizer::MiproV2, "a model was asked for proposed_instruction".into());
    }
    None
}

fn by_evaluations(clues: &OptimizerClues) -> Option<OptimizerGuess> {
    let told = |name, reason: &str| Some(OptimizerGuess::told(name, reason));
    if clues.with_rules > 0 {
        let reason = format!(
            "after the BootstrapFewShot that this run is, {} with rules in the instructions \
             followed, each after a trace RulesInductionProgram.forward",
            if clues.with_rules == 1 { "1 evaluation".to_owned() } else { format!("{} evaluations", clues.with_rules) }
        );
        return told(Optimizer::InferRules, &reason);
    }
    let names = || clues.evaluations.iter().map(|one| one.name.as_str());
    let has_adopted = clues.evaluations.iter().any(|one| one.has_inferred_parent);
    if has_adopted && names().next().is_some_and(run_names::is_first_numbered) {
        return told(Optimizer::Gepa, "eval_0 is followed by eval_full_N without a parent");
    }
    if !names().any(is_numbered) || names().any(is_full) {
        return None;
    }
    let sizes = || clues.evaluations.iter().filter_map(|one| one.n);
    if sizes().max() != sizes().min() {
        return told(Optimizer::Gepa, "evaluations named eval_N are of different sizes");
    }
    if param(clues, keys::SAMPLE).is_some() {
        let reason = "evaluations are named eval_N, and param sample was given to a nested compile()";
        return told(Optimizer::BootstrapFewShotWithRandomSearch, reason);
    }
    None
}

/// Those that evaluate nothing leave a program and traces; and evaluations have none below them.
fn without_evaluations(clues: &OptimizerClues) -> OptimizerGuess {
    let Some(best) = &clues.best else { return no_optimization(clues) };
    const NOTHING: &str = "no evaluation stands under it, and";
    let parts = || best.paths.iter().map(String::as_str);
    let is_of_list = |path: &str| path.strip_prefix("programs[").is_some_and(|rest| rest.contains(']'));
    if parts().next().is_some() && parts().all(is_of_list) && clues.trainset.is_none() && clues.traces.unwrap_or(0) == 0
    {
        let reason = format!("{NOTHING} its program is a list programs[0] …, without a trainset and without a trace");
        return OptimizerGuess::told(Optimizer::Ensemble, reason);
    }
    if best.is_fitted {
        let reason = format!("{NOTHING} its program has thresholds, cuts or weights of fields, which it fits");
        return OptimizerGuess::told(Optimizer::ReAnchor, reason);
    }
    // With labelled demos alone they were bootstrapped by nobody.
    let may_be_resampled = best.bootstrapped > 0 || best.labelled == 0;
    if let (Some(traces), Some(rows)) = (clues.traces, clues.trainset)
        && may_be_resampled
        && rows > 0
        && traces >= 3 * rows
    {
        return run_repeatedly(traces, rows, &clues.calls);
    }
    if best.bootstrapped > 0 {
        return OptimizerGuess::told(
            Optimizer::BootstrapFewShot,
            format!("{NOTHING} its program has bootstrapped demos"),
        );
    }
    if best.labelled > 0 {
        return OptimizerGuess::told(
            Optimizer::LabeledFewShot,
            format!("{NOTHING} its program has labelled demos only"),
        );
    }
    OptimizerGuess::unknown(Some(Purpose::Program), format!("{NOTHING} nothing else gives it away"))
}

/// SIMBA samples at several settings of the LM, ReAnchor asks the same for each of its settings.
fn run_repeatedly(traces: u64, rows: u64, calls: &CallClues) -> OptimizerGuess {
    let examples = if rows == 1 { "1 example was".to_owned() } else { format!("{rows} examples were") };
    let seen = format!("no evaluation stands under it, and {examples} run {traces} times");
    if calls.settings > 1 {
        let reason = format!("{seen} at {} settings of rollout_id and temperature, as it samples", calls.settings);
        return OptimizerGuess::told(Optimizer::Simba, reason);
    }
    if calls.traces > 0 && calls.decisions == calls.traces {
        let reason = format!("{seen} at one setting of the LM, each time for decisions with a probability");
        return OptimizerGuess::told(Optimizer::ReAnchor, reason);
    }
    OptimizerGuess::unknown(Some(Purpose::Program), format!("{seen}, as SIMBA and ReAnchor run them"))
}

/// What has no program that an optimization gave back.
fn no_optimization(clues: &OptimizerClues) -> OptimizerGuess {
    let evaluation = |reason: &str| OptimizerGuess::unknown(Some(Purpose::Evaluation), reason);
    if clues.run_type.as_deref() == Some(TYPE_EVALUATION) {
        return evaluation("it is an evaluation by mlflow.genai.evaluate and optimized nothing");
    }
    if clues.metrics.iter().any(|key| key == keys::SCORE) {
        return evaluation("it is an evaluation itself and optimized nothing");
    }
    if clues.has_program_params || clues.files.iter().any(|file| file == artifacts::MODEL) {
        let runs = match clues.traces {
            Some(1) => "a program was run 1 time in it and".to_owned(),
            Some(traces) if traces > 1 => format!("a program was run {traces} times in it and"),
            _ => "it holds a program, and".to_owned(),
        };
        return evaluation(&format!(
            "{runs} no score was logged, as when a metric raises or returns no number; it optimized nothing"
        ));
    }
    let purpose = clues.is_of_one_compile.then_some(Purpose::Program);
    let files = if clues.has_no_files { "no file of it is there" } else { "it holds no saved program" };
    OptimizerGuess::unknown(purpose, format!("no evaluation stands under it, and {files}"))
}

fn param<'a>(clues: &'a OptimizerClues, key: &str) -> Option<&'a str> {
    clues.params.iter().find(|(known, _)| known == key).map(|(_, value)| value.as_str())
}

#[cfg(test)]
mod tests;
