//! The optimizers that can be told apart, in one place: what each is called, and what gives it
//! away.

use std::fmt;

/// An optimizer of DSPy (2.6 – 3.4), known by what it leaves behind in MLflow, which stores
/// neither its class nor its arguments. How the clues are weighed is [`crate::analysis::optimization::infer_optimizer`]'s.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Optimizer {
    /// Told by the param `strategy` (`p -> w`); or by evaluations named both `eval_full_N` and
    /// `eval_N` that one `compile()` left: it runs other optimizers, and those of all steps stand
    /// under one parent.
    BetterTogether,
    /// Told by bootstrapped demos where no evaluation was logged.
    BootstrapFewShot,
    /// Told by evaluations named `eval_N` and the param `sample`, which it gives to a nested
    /// LabeledFewShot.
    BootstrapFewShotWithRandomSearch,
    /// Told by its question for `proposed_instruction, proposed_prefix_for_output_field`.
    Copro,
    /// Told by a program of `programs[0]`, `programs[1]`, … without a trainset or a trace.
    Ensemble,
    /// Told by its tables (`use_mlflow=True`), by its questions for `new_instruction` or, for the
    /// source of a Flex, `revised_source`, by its prompt (DSPy 3.0 – 3.2), or by the names and
    /// sizes of its evaluations. `mlflow.genai.optimize_prompts` notes it as a param.
    Gepa,
    /// Told by what stands behind the run of the BootstrapFewShot inside it: evaluations of
    /// instructions with rules, each after a trace `RulesInductionProgram.forward`.
    InferRules,
    /// Told by labelled demos where no evaluation was logged.
    LabeledFewShot,
    /// Told by evaluations named `eval_minibatch_N`, by its params, or by its question for
    /// `proposed_instruction`.
    MiproV2,
    /// Told by thresholds, cuts or weights in the program, or by examples run repeatedly for
    /// decisions with a probability and never at another setting of the LM.
    ReAnchor,
    /// Told by its question for `module_advice`, or by examples run repeatedly with the LM set
    /// otherwise (`rollout_id`, temperature), where no evaluation was logged.
    Simba,
}

impl Optimizer {
    /// Its class in DSPy.
    pub fn name(self) -> &'static str {
        match self {
            Self::BetterTogether => "BetterTogether",
            Self::BootstrapFewShot => "BootstrapFewShot",
            Self::BootstrapFewShotWithRandomSearch => "BootstrapFewShotWithRandomSearch",
            Self::Copro => "COPRO",
            Self::Ensemble => "Ensemble",
            Self::Gepa => "GEPA",
            Self::InferRules => "InferRules",
            Self::LabeledFewShot => "LabeledFewShot",
            Self::MiproV2 => "MIPROv2",
            Self::ReAnchor => "ReAnchor",
            Self::Simba => "SIMBA",
        }
    }

    /// MLflow has a run for each evaluation that it makes (2.21 – 3.18).
    pub fn logs_evaluations(self) -> bool {
        use Optimizer::{BootstrapFewShot, Ensemble, LabeledFewShot, ReAnchor, Simba};
        !matches!(self, BootstrapFewShot | Ensemble | LabeledFewShot | ReAnchor | Simba)
    }

    /// It scores the program that it was given before any other (DSPy 2.6 – 3.4).
    pub fn scores_the_given_program_first(self) -> bool {
        matches!(self, Self::MiproV2 | Self::Gepa | Self::BootstrapFewShotWithRandomSearch)
    }
}

impl fmt::Display for Optimizer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
