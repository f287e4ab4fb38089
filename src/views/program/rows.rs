//! What is said of a program: pure functions of what was read.

use crate::model::dspy::artifacts;
use crate::model::{Program, ProgramSource, RunId, Warning};
use crate::words;

/// The path of a predictor; a program that is itself one has none.
pub(super) fn title(path: &str) -> &str {
    crate::model::predictor_title(path)
}

/// `1 demo`, `4 demos`.
pub(super) fn demos_short(count: usize) -> String {
    words::counted(count, "demo")
}

/// Where the program was read, and whether that is all of it.
pub(super) fn source(program: &Program) -> String {
    match program.source {
        ProgramSource::Params => "from params".to_owned(),
        other => format!("from {}", other.as_str()),
    }
}

/// What was wrong with the files of this run, each with what it means.
pub(super) fn problems(warnings: &[Warning], run: &RunId) -> Vec<(String, String)> {
    let place = format!("run {run}, ");
    let of_run = warnings.iter().filter_map(|warning| Some((warning.place.strip_prefix(&place)?, &warning.what)));
    let said = |(file, what): (&str, &String)| {
        let meaning = match (file, what.contains("params")) {
            (artifacts::MODEL, false) => "What is shown is pieced together from what else the store holds",
            _ => "",
        };
        (format!("{file} {what}"), meaning.to_owned())
    };
    of_run.map(said).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_problems_of_this_run_are_said() {
        let warning = |place: &str, what: &str| Warning { place: place.into(), what: what.into() };
        let all = [warning("run a, model.json", "is no JSON"), warning("run b, model.json", "is no JSON")];
        let said = problems(&all, &"a".into());
        assert_eq!(said.len(), 1);
        assert_eq!(said[0].0, "model.json is no JSON");
    }
}
