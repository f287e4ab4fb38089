//! What DSPy's modules that try several times leave in their spans (DSPy 2.6 – 3.5, `dspy/predict` and
//! `dspy/teleprompt/ensemble.py`): classes, and keys of what is asked between two attempts.

/// Tries up to N times and hands on what its reward function likes best.
pub const BEST_OF_N: &str = "BestOfN";
/// The same, with advice from one attempt to the next.
pub const REFINE: &str = "Refine";
/// Reads answers that were given before, and gives one of its own.
pub const MULTI_CHAIN_COMPARISON: &str = "MultiChainComparison";
/// Asks several programs; a function makes one answer of theirs.
pub const ENSEMBLED_PROGRAM: &str = "EnsembledProgram";

/// What [`REFINE`] asks for after an attempt: by module, what it should do otherwise.
pub const ADVICE: &str = "advice";
/// What the attempt before was worth, among the inputs of that.
pub const REWARD: &str = "reward_value";
/// How much it should have been worth.
pub const THRESHOLD: &str = "target_threshold";
/// The input that none but that predictor has.
pub const REWARD_CODE: &str = "reward_code";
/// What begins the inputs of [`MULTI_CHAIN_COMPARISON`]'s predictor that hold an attempt each.
pub const ATTEMPT: &str = "reasoning_attempt_";
