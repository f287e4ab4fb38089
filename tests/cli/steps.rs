//! `trace --steps`: attempts, passages, calls that left the trace, what went wrong in agents; and the filter that finds
//! those (DSPy 3.4.1, MLflow 3.18).

use serde_json::{Value, json};

use super::{answered, database, document, text};

const BEST_OF_N: &str = "tr-8498c3cb2e40fdb9a44dab7bf12748af";
const REFINE: &str = "tr-136830801ed3d10c1dec438a95bc7330";
const COMPARISON: &str = "tr-e7029aaf91eef024d61b097326ce628f";
const RETRIEVE: &str = "tr-dc0f508d2ea3cff00a6ff3b3ad984b7e";
const PARALLEL: &str = "tr-8349aba27e9838720e0d086c139151e8";

fn steps(store: &str, trace: &str) -> Value {
    let store = database(store);
    document(&["trace", text(&store), trace, "--steps"])
}

fn told(store: &str, trace: &str) -> String {
    let store = database(store);
    answered(&["trace", text(&store), trace, "--steps"])
}
