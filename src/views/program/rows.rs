//! What is said of a program: pure functions of what was read.

use crate::loader::DemoOrigin;
use crate::model::dspy::artifacts;
use crate::model::{Direction, FactSource, Field, Program, ProgramSource, RunId, Warning};
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

/// How a fact is known, in words; empty where it simply stands in the file.
pub(super) fn reason(source: Option<&FactSource>) -> String {
    match source {
        None | Some(FactSource::Stored) => String::new(),
        Some(FactSource::Trace { trace, run: None }) => format!("Read in trace {trace} of this run"),
        Some(FactSource::Trace { trace, run: Some(run) }) => format!("Read in trace {trace} of run {run}"),
        Some(FactSource::Similar { trace, run }) => {
            let place = run.as_ref().map_or_else(String::new, |run| format!(" of run {run}"));
            format!("Inferred: a predictor with the same fields stands in trace {trace}{place}")
        }
        Some(FactSource::GuessedFromDescription) => {
            "Guessed from the description: DSPy writes ${name} where the author gave none".to_owned()
        }
        Some(FactSource::GuessedFromPrefix) => {
            "Guessed from the prefix, which DSPy makes of the name; the file does not hold the name".to_owned()
        }
        Some(FactSource::GuessedFromDemos) => "Guessed from the demos, which name their fields".to_owned(),
    }
}

/// A word that says whether a fact may be wrong.
pub(super) fn guessed(source: Option<&FactSource>) -> &'static str {
    source.map_or("", FactSource::mark)
}

/// The direction of a field as a word.
pub(super) fn direction(field: &Field) -> Option<&'static str> {
    field.direction.map(Direction::as_str)
}

/// What was fitted to a field: `threshold 0.35`.
pub(super) fn fitted(field: &Field) -> String {
    field.fitted.iter().map(|(key, value)| format!("{key} {value}")).collect::<Vec<_>>().join(", ")
}

/// Where a demo came from, in a word or two.
pub(super) fn origin(origin: &DemoOrigin) -> String {
    match origin {
        DemoOrigin::Row(row) => format!("row {row}"),
        DemoOrigin::Rows(rows) => match rows.as_slice() {
            [one, other] => format!("row {one} or {other}"),
            [first, ..] => format!("row {first} or {} others", words::count(rows.len() as u64 - 1)),
            [] => "unknown".to_owned(),
        },
        DemoOrigin::Nowhere => "not there".to_owned(),
        DemoOrigin::Unknown => "unknown".to_owned(),
    }
}

/// Where a demo came from, as a sentence.
pub(super) fn origin_sentence(origin: &DemoOrigin) -> String {
    match origin {
        DemoOrigin::Row(row) => format!("Row {row} of trainset.json, counted from 1, has these values"),
        DemoOrigin::Rows(rows) => {
            let rows: Vec<String> = rows.iter().take(8).map(usize::to_string).collect();
            format!("Several rows of trainset.json have these values: {}", rows.join(", "))
        }
        DemoOrigin::Nowhere => "No row of trainset.json has these values".to_owned(),
        DemoOrigin::Unknown => "There is no trainset.json to look in, or none of these values stands in it".to_owned(),
    }
}

/// A title for a demo: `Demo 3 · bootstrapped · row 7 of trainset.json`.
pub(super) fn demo_title(number: usize, is_bootstrapped: bool, from: &DemoOrigin) -> String {
    let from = match from {
        DemoOrigin::Row(_) | DemoOrigin::Rows(_) => format!("{} of trainset.json", origin(from)),
        DemoOrigin::Nowhere => "not in trainset.json".to_owned(),
        DemoOrigin::Unknown => "origin unknown".to_owned(),
    };
    format!("Demo {number} · {} · {from}", demo_kind(is_bootstrapped))
}

/// DSPy's word for how a demo came to be.
pub(super) fn demo_kind(is_bootstrapped: bool) -> &'static str {
    if is_bootstrapped { "bootstrapped" } else { "labelled" }
}

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
    fn what_may_be_wrong_says_why() {
        for source in [FactSource::GuessedFromDescription, FactSource::GuessedFromPrefix, FactSource::GuessedFromDemos]
        {
            assert_eq!(guessed(Some(&source)), "guessed");
            assert!(reason(Some(&source)).starts_with("Guessed from"));
        }
        assert_eq!((guessed(Some(&FactSource::Stored)), reason(Some(&FactSource::Stored)).as_str()), ("", ""));
        let trace = FactSource::Trace { trace: "tr-1".into(), run: Some("p".into()) };
        assert_eq!((guessed(Some(&trace)), reason(Some(&trace)).as_str()), ("", "Read in trace tr-1 of run p"));
    }

    #[test]
    fn an_unknown_origin_stays_unknown() {
        assert_eq!(origin(&DemoOrigin::Unknown), "unknown");
        assert_eq!(origin(&DemoOrigin::Rows(vec![1, 4, 9])), "row 1 or 2 others");
        assert_eq!(demo_title(3, true, &DemoOrigin::Row(7)), "Demo 3 · bootstrapped · row 7 of trainset.json");
        assert_eq!(demo_title(1, false, &DemoOrigin::Nowhere), "Demo 1 · labelled · not in trainset.json");
    }

    #[test]
    fn python_names_the_file_and_says_what_is_missing() {
        let text = python(&"r1".into(), ProgramSource::BestModelJson, Some("/a \"b\"/"));
        assert!(text.contains("program.load(\"/a \\\"b\\\"/best_model.json\")"), "{text}");
        assert!(text.contains("not its class") && text.contains("run r1"));
    }

    #[test]
    fn only_problems_of_this_run_are_said() {
        let warning = |place: &str, what: &str| Warning { place: place.into(), what: what.into() };
        let all = [warning("run a, model.json", "is no JSON"), warning("run b, model.json", "is no JSON")];
        let said = problems(&all, &"a".into());
        assert_eq!(said.len(), 1);
        assert_eq!(said[0].0, "model.json is no JSON");
    }
}
