//! What MLflow means by names, each fact once: keys of tags, metadata and attributes, and the files
//! of traces (MLflow 2.21 – 3.18; `mlflow/utils/mlflow_tags.py`, `mlflow/tracing/constant.py`).

/// What begins the keys that MLflow writes by itself.
pub const OWN: &str = "mlflow.";

/// The experiment that MLflow makes with every store.
pub const DEFAULT_EXPERIMENT: &str = "Default";

/// Of runs.
pub mod run {
    /// The tag that names the parent.
    pub const PARENT: &str = "mlflow.parentRunId";
    /// The tag that names the run, where the table of runs does not.
    pub const NAME: &str = "mlflow.runName";
    /// The tag that says who started it.
    pub const USER: &str = "mlflow.user";
    /// The tag that says which script or notebook it was.
    pub const SOURCE_NAME: &str = "mlflow.source.name";
    /// What begins the tags that say where it was started.
    pub const SOURCE: &str = "mlflow.source.";
    /// The tag with what people wrote about it.
    pub const NOTE: &str = "mlflow.note.content";
    /// The tag of a run that MLflow made itself, for one call of a library.
    pub const AUTOLOGGING: &str = "mlflow.autologging";
    /// What [`AUTOLOGGING`] says where the call was one `compile()` of DSPy's.
    pub const AUTOLOGGING_DSPY: &str = "dspy";
    /// The tag that says what a run of `mlflow.genai` is for (MLflow 3).
    pub const TYPE: &str = "mlflow.runType";
    /// What [`TYPE`] says of `mlflow.genai.evaluate` (MLflow 3.18).
    pub const TYPE_EVALUATION: &str = "genai_evaluate";
    /// The tag that lists the tables which were logged.
    pub const LOGGED_ARTIFACTS: &str = "mlflow.loggedArtifacts";
    /// The tag that lists the models which were logged (MLflow 1 – 2).
    pub const MODEL_HISTORY: &str = "mlflow.log-model.history";
}

/// Of `mlflow.genai.optimize_prompts` (MLflow 3.18).
pub mod prompts {
    /// The param that notes the class of the optimizer.
    pub const OPTIMIZER: &str = "optimizer";
    /// The param that notes how many prompts there are.
    pub const NUMBER: &str = "num_prompts";
    /// What the classes of its optimizers are called at the end.
    pub const CLASS_END: &str = "PromptOptimizer";
    /// What it calls GEPA.
    pub const CLASS_OF_GEPA: &str = "GepaPromptOptimizer";
    /// The metrics of the prompts that were given and given back.
    pub const SCORES: [&str; 2] = ["initial_eval_score", "final_eval_score"];
    /// The folder of the prompts that were tried: a folder for each iteration, in it the texts and the table of the
    /// examples (`eval_results.json`).
    pub const CANDIDATES: &str = "prompt_candidates/";
    /// What begins the folder of an iteration in it; its number follows.
    pub const ITERATION: &str = "iteration_";
    /// The means of an iteration, by scorer.
    pub const MEANS: &str = "scores.json";
    /// The column of the score that counts, in the table of an iteration; those of the scorers follow it.
    pub const AGGREGATE: &str = "aggregate_score";
    /// Which iteration a file is of, by its path.
    pub fn iteration_of(path: &str) -> Option<usize> {
        path.strip_prefix(CANDIDATES)?.split('/').next()?.strip_prefix(ITERATION)?.parse().ok()
    }
}

/// Of prompts in the registry (MLflow 2.21 – 3.18; `mlflow/prompt/constants.py`).
pub mod registered_prompts {
    /// The tag of a registered model, and of a version, that is a prompt.
    pub const IS_PROMPT: &str = "mlflow.prompt.is_prompt";
    /// The tag of a version that holds its text, or the messages of a chat as JSON.
    pub const TEXT: &str = "mlflow.prompt.text";
    /// The tag of a version that says whether it is a text or a chat (MLflow 3.2 and later).
    pub const KIND: &str = "_mlflow_prompt_type";
    /// The tag of a version that holds the structure of answers as JSON.
    pub const RESPONSE_FORMAT: &str = "_mlflow_prompt_response_format";
    /// The tag of a version that holds the model and its settings as JSON.
    pub const MODEL_CONFIG: &str = "_mlflow_prompt_model_config";
    /// The tag of a prompt that names its experiments: `,1,0,`.
    pub const EXPERIMENTS: &str = "_mlflow_experiment_ids";
    /// The tag of a version that names the runs which used it, with commas between (MLflow 2.21 – 3.1).
    pub const RUNS: &str = "mlflow.prompt.associatedRunIds";
    /// The tag of runs and traces that lists the versions which they used.
    pub const LINKED: &str = "mlflow.linkedPrompts";
    /// The stage of a version that was deleted (`mlflow/entities/model_registry/model_version_stages.py`).
    pub const DELETED: &str = "Deleted_Internal";
    /// What a version is called where a trace is associated with it (MLflow 3.6 and later).
    pub const ENTITY: &str = "prompt_version";

    /// Whether that is what [`KIND`] says of a chat.
    pub fn is_chat(kind: &[u8]) -> bool {
        kind == b"chat"
    }
}

/// Of traces: tags and metadata.
pub mod trace {
    /// The folder of its files.
    pub const ARTIFACTS: &str = "mlflow.artifactLocation";
    /// The run in which it was recorded, up to MLflow 3.17; later there is a table.
    pub const RUN: &str = "mlflow.sourceRun";
    /// The experiment, as `dspyglass export` notes it on the resources of OTLP.
    pub const EXPERIMENT: &str = "mlflow.experimentId";
    /// The session, up to MLflow 3.17; later it is a column.
    pub const SESSION: &str = "mlflow.trace.session";
    /// Who it was made for (MLflow 3).
    pub const USER: &str = "mlflow.trace.user";
    /// Its name, where there is no column.
    pub const NAME: &str = "mlflow.traceName";
    /// The beginning of its inputs, where there is no column.
    pub const INPUTS: &str = "mlflow.traceInputs";
    /// The beginning of its outputs, where there is no column.
    pub const OUTPUTS: &str = "mlflow.traceOutputs";
    /// The sum of its tokens.
    pub const TOKENS: &str = "mlflow.trace.tokenUsage";
    /// The sum of its costs.
    pub const COST: &str = "mlflow.trace.cost";
    /// Its size in bytes.
    pub const BYTES: &str = "mlflow.trace.sizeBytes";
    /// How many spans it has, and how large they are (MLflow 3.1 and later).
    pub const SIZES: &str = "mlflow.trace.sizeStats";
    /// Where its spans are (`TRACKING_STORE`, `ARTIFACT_REPO`, `ARCHIVE_REPO`); older MLflow writes no such tag.
    pub const SPANS: &str = "mlflow.trace.spansLocation";
    /// Where its spans were archived to (MLflow 3.13 and later).
    pub const ARCHIVE: &str = "mlflow.trace.archiveLocation";
    /// It is complete.
    pub const FINALIZED: &str = "mlflow.trace.infoFinalized";
    /// In which form it was written.
    pub const SCHEMA: &str = "mlflow.trace_schema.version";
    /// The file that holds its spans where the database does not (MLflow 2.21 – 3.3, and stores made
    /// by `mlflow migrate-filestore`).
    pub const SPANS_FILE: &str = "traces.json";
    /// The folder of its attachments among its files.
    pub const ATTACHMENTS: &str = "attachments/";
}

/// Of spans: attributes.
pub mod span {
    /// What it was given.
    pub const INPUTS: &str = "mlflow.spanInputs";
    /// What it gave back.
    pub const OUTPUTS: &str = "mlflow.spanOutputs";
    /// The trace that it belongs to, which MLflow 3 notes in every span and asks for when it reads one.
    pub const REQUEST_ID: &str = "mlflow.traceRequestId";
    /// Its kind, as `LLM` or `CHAIN`.
    pub const KIND: &str = "mlflow.spanType";
    /// The tokens that it used (MLflow 3.2 and later).
    pub const TOKENS: &str = "mlflow.chat.tokenUsage";
    /// The model that it asked, where the attribute `model` does not say it.
    pub const MODEL: &str = "mlflow.llm.model";
    /// In [`TOKENS`], how many input tokens came from the provider's cache (MLflow 3.5 and later; not by DSPy's spans).
    pub const CACHED_INPUT: &str = "cache_read_input_tokens";
}
