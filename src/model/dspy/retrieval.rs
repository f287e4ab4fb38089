//! What retrievers leave in their spans: keys of their outputs (DSPy 2.6 – 3.5 and MLflow's `Document`).

/// The passages that `dspy.Retrieve` and `dspy.retrievers.Embeddings` give back.
pub const PASSAGES: &str = "passages";

/// What holds the text of MLflow's `Document`.
pub const DOCUMENT_TEXT: &str = "page_content";

/// What holds the text of what `dspy.ColBERTv2` gives back.
pub const LONG_TEXT: &str = "long_text";
