//! Keys of metrics and params that mean something.

/// The metric of an evaluation: its score, mostly in percent (MLflow 2.21 – 3.18).
pub const SCORE: &str = "eval";

/// The metrics of an optimization in which MLflow gathers the scores of its evaluations on all and
/// on a part of the examples (MIPROv2; MLflow 2.21 – 3.18).
pub const SCORES_BY_SIZE: [&str; 2] = ["eval_full", "eval_minibatch"];

/// The metric of the best score that GEPA saw (`use_mlflow=True`, DSPy 3.4).
pub const BEST_ON_VALSET: &str = "best_score_on_valset";

/// The metric of each new candidate's score on the validation examples; at step 0 the seed's
/// (`use_mlflow=True`, DSPy 3.4).
pub const VALSET_AVERAGE: &str = "val_program_average";

/// The param that says how many validation examples GEPA has (`use_mlflow=True`, DSPy 3.4).
pub const VALSET_SIZE: &str = "valset_size";

/// In the score of an example, the object of further scores by name that GEPA optimizes for, too (DSPy 3.4).
pub const OBJECTIVE_SCORES: &str = "objective_scores";

/// What begins the params with the instructions that GEPA was given; a slash and the path of the
/// predictor follow (`use_mlflow=True`, DSPy 3.4).
pub const SEED: &str = "summary/seed";

/// The params that MIPROv2 alone takes in `compile()` (DSPy 2.6 – 3.4).
pub const OF_MIPRO_ALONE: [&str; 2] = ["num_trials", "minibatch_full_eval_steps"];

/// The params of MIPROv2's `compile()` that say how often it evaluates (DSPy 2.6 – 3.5).
pub mod mipro {
    /// How many combinations of instructions and demos are tried.
    pub const TRIALS: &str = "num_trials";
    /// Whether they are tried on a part of the examples: `True` or `False`.
    pub const MINIBATCH: &str = "minibatch";
    /// After how many of them the best one so far is evaluated on all examples.
    pub const FULL_EVAL_STEPS: &str = "minibatch_full_eval_steps";
}

/// The param of BetterTogether's `compile()`: which optimizers it runs, as `p -> w` (DSPy 2.6 – 3.4).
pub const STRATEGY: &str = "strategy";

/// The param that BootstrapFewShotWithRandomSearch gives to a LabeledFewShot inside it (DSPy 2.6 – 3.4).
pub const SAMPLE: &str = "sample";

/// What the params of a program contain that say what a predictor's signature is, which MLflow
/// logs together with `model.json` (2.21 – 3.18).
pub const SIGNATURE: &str = ".signature.";

/// What ends the params with the instructions of a program's predictors (MLflow 2.21 – 3.18).
pub const INSTRUCTIONS: &str = ".signature.instructions";

/// What stands in the params of a program before the number of a predictor's field (MLflow 2.21 – 3.18).
pub const FIELDS: &str = ".signature.fields.";

/// Settings of an optimization that say most about it, the most telling first (DSPy 2.6 – 3.4).
pub const SETTINGS: [&str; 8] = [
    "num_trials",
    "minibatch_size",
    "minibatch_full_eval_steps",
    "max_bootstrapped_demos",
    "max_labeled_demos",
    "num_candidate_programs",
    "max_metric_calls",
    "seed",
];

/// Settings and responses of language models, in OpenAI's words, which LiteLLM uses for all providers.
pub mod lm {
    /// How many tokens an answer may have: the attribute of `LM.__call__` (DSPy 2.6 – 3.4), or its input where a call
    /// sets it; the second is what reasoning models take.
    pub const MAX_TOKENS: [&str; 2] = ["max_tokens", "max_completion_tokens"];
    /// The answers of a response.
    pub const CHOICES: &str = "choices";
    /// Why an answer ended.
    pub const FINISH_REASON: &str = "finish_reason";
    /// What [`FINISH_REASON`] says where it reached the limit of tokens.
    pub const ENDED_BY_LENGTH: &str = "length";
}
