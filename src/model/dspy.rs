//! What DSPy and its autologging mean by names, each fact once: files of runs, names of runs, keys
//! of metrics and params, optimizers, and the one form of tables.
//!
//! Sources: DSPy 2.6 – 3.4 (`dspy/teleprompt`, `dspy/evaluate`, and `gepa` with `use_mlflow=True`),
//! MLflow 2.21 – 3.18 (`mlflow/dspy/callback.py` and `mlflow/dspy/util.py`). What MLflow alone means stands in
//! [`super::mlflow`].

pub mod agents;
pub mod artifacts;
pub mod attempts;
pub mod keys;
mod optimizer;
pub mod prompts;
pub mod retrieval;
pub mod run_names;
pub mod score_scale;
pub mod tables;

pub use optimizer::Optimizer;
