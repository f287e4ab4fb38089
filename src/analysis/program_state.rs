//! The state of a program: read from what DSPy saved (`model.json`), or pieced together from
//! params, with the facts about its fields that only traces tell.

mod describe;
mod fitted;
mod hash;
mod params;
mod parse;
mod python;
mod signature;

pub use describe::{SeenSignature, describe_fields, fits_all, is_of_program, predictor_of, tells_all};
pub use params::{PARAM_CUT, ProgramKeys, describes_program, from_params, is_source, known_instructions, known_text};
pub use parse::{Parsed, from_json};
pub(super) use python::string as python_string;
pub use signature::{SignatureField, SignatureText, signature_of_repr, signature_of_text};

use crate::model::Json;

/// Keys that DSPy saves with a predictor and that say nothing of what it does.
const HISTORY: [&str; 2] = ["traces", "train"];

/// What stands beside the predictors and says nothing of what the program does.
const METADATA: &str = "metadata";

/// The key under which a Flex saves the Python that it runs (DSPy 3.4).
const SOURCE: &str = "module_src";

/// The path under which some versions of DSPy save a program that is itself a predictor.
const SELF: &str = "self";

/// Letters and digits in lower case: `Task Demos:` and `task_demos` are the same.
fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Whether a document is the state of a single predictor, without any path.
fn is_bare(document: &serde_json::Map<String, Json>) -> bool {
    let is_signature = |key: &str| {
        // A module may have a predictor of this name; that one has a signature inside.
        let signature = document.get(key).and_then(Json::as_object);
        signature.is_some_and(|it| it.contains_key("instructions") && !it.contains_key("signature"))
    };
    document.get("demos").is_some_and(Json::is_array)
        || is_signature("signature")
        || is_signature("extended_signature")
        || document.get("signature_instructions").is_some_and(Json::is_string)
}
