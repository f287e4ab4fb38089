//! What retrievers leave in their spans: keys of their outputs (DSPy 2.6 – 3.5 and MLflow's `Document`).

/// The passages that `dspy.Retrieve` and `dspy.retrievers.Embeddings` give back.
pub const PASSAGES: &str = "passages";

/// Under what a retriever gives back its list, the first that there is.
pub const LISTS: [&str; 6] = [PASSAGES, "documents", "docs", "contexts", "context", "results"];

/// What holds the text of a passage: MLflow's `Document`, DSPy's `dotdict`, others.
pub const TEXTS: [&str; 5] = ["page_content", "long_text", "text", "content", "passage"];

/// What tells how well one fits.
pub const SCORES: [&str; 9] =
    ["score", "scores", "prob", "probs", "similarity", "similarities", "distance", "distances", "relevance"];

/// What tells where it is from.
pub const SOURCES: [&str; 6] = ["doc_uri", "source", "title", "url", "path", "file"];

/// What the index calls it.
pub const NUMBERS: [&str; 7] = ["id", "ids", "index", "indices", "pid", "pids", "chunk_id"];
