//! Names that DSPy and MLflow give to things stand in one place.
//!
//! Prose is left alone: a text with a blank in it is said to people, and may speak of `model.json`.

use crate::rules::test_module_line;
use crate::source::Source;

/// Names that are words of their own elsewhere, though the home has them.
const COMMON: [&str; 10] =
    ["chat", "columns", "data", "dspy", "max_tokens", "minibatch", "optimizer", "sample", "seed", "strategy"];

/// Where names may stand beside their home: it may import widgets alone, and invents what they show.
const EXCEPTION: &str = "src/gallery/";

/// What is called as keys of MLflow are, and is none: the usual file of a store.
const STORE: &str = "mlflow.db";

/// Whether a file is where the names live.
pub fn is_home(file: &str) -> bool {
    file.starts_with("src/model/dspy") || file == "src/model/mlflow.rs"
}

/// The names that a file of the home gives.
pub fn defined(source: &Source) -> Vec<String> {
    let end = test_module_line(source);
    let texts = source.texts.iter().filter(|(line, _)| *line < end).map(|(_, text)| text.clone());
    texts.filter(|text| !is_prose(text) && !COMMON.contains(&text.as_str()) && text != "mlflow.").collect()
}

/// Names of the home that are spelled somewhere else.
pub fn elsewhere(file: &str, source: &Source, known: &[String]) -> Vec<String> {
    if is_home(file) || file.ends_with("/tests.rs") || file.starts_with(EXCEPTION) {
        return Vec::new();
    }
    let end = test_module_line(source);
    let texts = source.texts.iter().filter(|(line, _)| *line < end);
    let is_name = |text: &str| {
        let is_known = known.iter().any(|name| name == text || name.ends_with(".json") && text.contains(name.as_str()));
        let is_like_one = text.starts_with("eval_") || text.starts_with("mlflow.") && text != STORE;
        !is_prose(text) && (is_known || is_like_one) || text.contains("'mlflow.")
    };
    texts
        .filter(|(_, text)| is_name(text))
        .map(|(line, text)| format!("line {line}: `{text}` belongs to src/model/dspy or src/model/mlflow.rs"))
        .collect()
}

fn is_prose(text: &str) -> bool {
    text.is_empty() || text.contains(char::is_whitespace)
}

#[test]
fn a_name_elsewhere_is_found() {
    let known =
        defined(&Source::parse("const A: &str = \"a.json\"; const B: &str = \"GEPA\"; const C: &str = \"seed\";"));
    assert_eq!(known, ["a.json", "GEPA"]);
    let found = |file: &str, code: &str| elsewhere(file, &Source::parse(code), &known).len();
    for code in [
        "\"a.json\"",
        "x == \"GEPA\"",
        "format!(\"{x}/a.json\")",
        "name.starts_with(\"eval_x\")",
        "\"mlflow.new\"",
        "\"select a from b where key = 'mlflow.user'\"",
    ] {
        assert_eq!(found("src/views/a.rs", code), 1, "{code}");
    }
    for code in
        ["\"it has no a.json\"", "\"seed\"", "\"mlflow.db\"", "// \"GEPA\"", "#[cfg(test)]\nmod tests { f(\"GEPA\") }"]
    {
        assert_eq!(found("src/views/a.rs", code), 0, "{code}");
    }
    assert_eq!(found("src/model/dspy/a.rs", "\"GEPA\""), 0);
}
