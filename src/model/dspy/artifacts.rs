//! The files beside runs that mean something, by their paths among the run's artifacts.

/// The program that an evaluation evaluated (MLflow 2.21 – 3.18).
pub const MODEL: &str = "model.json";

/// The program that an optimization gave back (MLflow 2.21 – 3.18); compiles inside another one
/// overwrite it.
pub const BEST_MODEL: &str = "best_model.json";

/// The examples of an evaluation with their scores (MLflow 3.3 – 3.18).
pub const RESULT_TABLE: &str = "result_table.json";

/// Of several files, the one of these that comes first tells most of a run.
pub const BY_WORTH: [&str; 7] = [RESULT_TABLE, BEST_MODEL, MODEL, CANDIDATES, PROPOSALS, VALSET, TRAINSET];

/// The trainset that an optimization was given (MLflow 2.21 – 3.18); compiles inside it append theirs.
pub const TRAINSET: &str = "trainset.json";

/// The valset that an optimization was given, if it was given one (MLflow 2.21 – 3.18).
pub const VALSET: &str = "valset.json";

/// GEPA's candidates, all but the seed (`use_mlflow=True`, DSPy 3.4).
pub const CANDIDATES: &str = "candidates.json";

/// What GEPA's models proposed, and what became of it (`use_mlflow=True`, DSPy 3.4).
pub const PROPOSALS: &str = "proposals.json";

/// What each of GEPA's candidates but the seed scored on each validation example
/// (`use_mlflow=True`, DSPy 3.4).
pub const VALSET_SCORES: &str = "valset_scores.json";

/// Which of GEPA's candidates nobody beat, at each validation example (`use_mlflow=True`, DSPy 3.4).
pub const VALSET_FRONT: &str = "valset_pareto_front.json";

/// What each of GEPA's candidates but the seed scored by each objective on average (`use_mlflow=True`, DSPy 3.4).
pub const OBJECTIVE_SCORES: &str = "objective_scores.json";

/// Which of GEPA's candidates nobody beat, by each objective (`use_mlflow=True`, DSPy 3.4).
pub const OBJECTIVE_FRONT: &str = "objective_pareto_front.json";

/// The table that MLflow's page on DSPy has people log beside an evaluation, with columns of any name; the table of a
/// prompt among the candidates of `mlflow.genai.optimize_prompts` is called so, too (MLflow 3.18).
pub const USERS_TABLE: &str = "eval_results.json";

/// Those that only GEPA writes: other optimizers may come to name something `candidates.json`.
pub const OF_GEPA_ALONE: [&str; 3] = [PROPOSALS, VALSET_SCORES, VALSET_FRONT];

/// Those of which a family tree can be made: one of them is enough.
pub const OF_FAMILY_TREE: [&str; 2] = [CANDIDATES, PROPOSALS];
