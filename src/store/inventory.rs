//! What a store holds beside runs and traces, counted.

/// How much a store holds beside runs and traces; `None` where it has no place for such things.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Inventory {
    /// Assessments by kind (`feedback`, `expectation`, `issue`), the most frequent first.
    pub assessments: Option<Vec<(String, u64)>>,
    /// Prompts of the registry (MLflow 3).
    pub prompts: Option<u64>,
    /// Their versions.
    pub prompt_versions: Option<u64>,
    /// Evaluation datasets (MLflow ≥ 3.3).
    pub evaluation_datasets: Option<u64>,
    /// Records of all of them.
    pub dataset_records: Option<u64>,
    /// Datasets that were given to runs.
    pub run_datasets: Option<u64>,
    /// Logged models that are not deleted (MLflow 3).
    pub logged_models: Option<u64>,
}
