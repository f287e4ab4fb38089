//! Python that is copied.

use crate::model::{ProgramSource, RunId};

/// Python that loads the program. Its class is not stored, so that is left to the reader.
pub(super) fn python(run: &RunId, source: ProgramSource, folder: Option<&str>) -> String {
    let file = source.as_str();
    let path = folder.map_or_else(|| file.to_owned(), |folder| format!("{}/{file}", folder.trim_end_matches('/')));
    // A JSON string is also a Python string.
    let literal = serde_json::Value::String(path).to_string();
    format!(
        "import dspy\n\n\
         # MLflow stores the state of a program, not its class: make it of the class that was\n\
         # optimized, with the same predictors and signatures. The state is that of run {run}.\n\
         program = YourProgram()\n\
         program.load({literal})\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn python_names_the_file_and_says_what_is_missing() {
        let text = python(&"r1".into(), ProgramSource::BestModelJson, Some("/a \"b\"/"));
        assert!(text.contains("program.load(\"/a \\\"b\\\"/best_model.json\")"), "{text}");
        assert!(text.contains("not its class") && text.contains("run r1"));
    }
}
