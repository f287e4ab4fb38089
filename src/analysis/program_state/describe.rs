//! Names, types and directions of fields, which DSPy does not save: recovered from signatures
//! in traces, or guessed and marked so.

use super::signature::{SignatureField, SignatureText, is_name};
use crate::model::{FactSource, Field, Predictor, Program, RunId, TraceId};

/// A signature that was seen in a trace.
#[derive(Clone, Debug, PartialEq)]
pub struct SeenSignature {
    /// The signature.
    pub signature: SignatureText,
    /// The trace.
    pub trace: TraceId,
    /// Its run, if not the one whose program is described.
    pub run: Option<RunId>,
}

/// Fills in what is not known of the fields yet, from the signature that fits each predictor
/// best, else by guessing. Of several that fit equally the first counts.
pub fn describe_fields(program: &mut Program, seen: &[SeenSignature]) {
    for predictor in &mut program.predictors {
        let scored = seen.iter().filter_map(|one| Some((fit(predictor, &one.signature)?, one)));
        // `max_by_key` gives the last of equals.
        if let Some((_, best)) = scored.rev().max_by_key(|(fit, _)| *fit) {
            let source = FactSource::Trace { trace: best.trace.clone(), run: best.run.clone() };
            for (field, known) in predictor.fields.iter_mut().zip(&best.signature.fields) {
                tell(field, known, &source);
            }
        }
        let Predictor { fields, demos, .. } = predictor;
        for field in fields.iter_mut().filter(|field| field.name.is_none()) {
            let demo_keys = demos.iter().flat_map(|demo| demo.fields().map(|(key, _)| &**key));
            if let Some((name, source)) = guess(field, demo_keys) {
                field.name = Some(name);
                field.name_source = Some(source);
            }
        }
    }
}

/// Whether `seen` tells everything about every field, so that no more traces need to be read.
pub fn tells_all(program: &Program, seen: &[SeenSignature]) -> bool {
    let with_fields = program.predictors.iter().filter(|predictor| !predictor.fields.is_empty());
    let is_told = |predictor: &Predictor| {
        seen.iter().any(|one| {
            let is_whole = one.signature.fields.iter().all(|field| field.type_.is_some());
            is_whole && fit(predictor, &one.signature) == Some(EXACT)
        })
    };
    with_fields.into_iter().all(is_told)
}

/// How well a signature fits a predictor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Fit {
    has_instructions: bool,
    has_descriptions: bool,
    has_prefixes: bool,
}

/// It is the predictor's own.
const EXACT: Fit = Fit { has_instructions: true, has_descriptions: true, has_prefixes: true };

/// How well a signature fits; `None` if it is that of another predictor.
fn fit(predictor: &Predictor, signature: &SignatureText) -> Option<Fit> {
    let (fields, known) = (&predictor.fields, &signature.fields);
    if fields.is_empty() || fields.len() != known.len() {
        return None;
    }
    let pairs = || fields.iter().zip(known);
    let is_other_name = |(field, known): (&Field, &SignatureField)| {
        field.name.as_ref().is_some_and(|name| *name != known.name) // stored with the state
    };
    if pairs().any(is_other_name) {
        return None;
    }
    let has_prefixes = pairs().all(|(field, known)| known.prefix.is_some() && field.prefix == known.prefix);
    // Without the repr, and where an optimizer changed a prefix, the names must speak for it.
    if !has_prefixes && !pairs().all(|(field, known)| agrees(field, &known.name)) {
        return None;
    }
    Some(Fit {
        has_instructions: predictor.instructions.is_some() && predictor.instructions == signature.instructions,
        has_descriptions: pairs()
            .all(|(field, known)| known.description.is_some() && field.description == known.description),
        has_prefixes,
    })
}

/// Whether prefix or description speak of this name.
fn agrees(field: &Field, name: &str) -> bool {
    let is_described = field.description.as_deref().and_then(placeholder) == Some(name);
    is_described || field.prefix.as_deref().is_some_and(|prefix| letters(prefix).starts_with(&letters(name)))
}

fn tell(field: &mut Field, known: &SignatureField, source: &FactSource) {
    if field.name.is_none() {
        field.name = Some(known.name.clone());
        field.name_source = Some(source.clone());
    }
    if field.direction.is_none() {
        field.direction = Some(known.direction);
        field.direction_source = Some(source.clone());
    }
    field.type_ = known.type_.clone();
}

/// The name that a field probably has.
fn guess<'a>(field: &Field, mut demo_keys: impl Iterator<Item = &'a str>) -> Option<(String, FactSource)> {
    if let Some(name) = field.description.as_deref().and_then(placeholder) {
        return Some((name.to_owned(), FactSource::GuessedFromDescription));
    }
    let prefix = field.prefix.as_deref()?.trim().trim_end_matches(':');
    let wanted = letters(prefix);
    if let Some(key) = demo_keys.find(|key| letters(key) == wanted) {
        return Some((key.to_owned(), FactSource::GuessedFromDemos));
    }
    let name = prefix.split_whitespace().map(str::to_lowercase).collect::<Vec<_>>().join("_");
    is_name(&name).then_some((name, FactSource::GuessedFromPrefix))
}

/// The name in `${name}`.
fn placeholder(description: &str) -> Option<&str> {
    description.strip_prefix("${")?.strip_suffix('}').filter(|name| is_name(name))
}

/// Letters and digits in lower case: `Task Demos:` and `task_demos` are the same.
fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::program_state::{from_json, signature_of_repr, signature_of_text};
    use crate::model::{Direction, ProgramSource, Reveal};
    use serde_json::json;

    fn program(fields: serde_json::Value) -> Program {
        let state =
            json!({"p": {"demos": [{"taskDemos": 1}], "signature": {"instructions": "Do it", "fields": fields}}});
        from_json(state, ProgramSource::ModelJson, Reveal::Masked).expect("a state").program
    }

    fn names(program: &Program) -> Vec<Option<&str>> {
        program.predictors[0].fields.iter().map(|field| field.name.as_deref()).collect()
    }

    fn seen(signature: Option<SignatureText>) -> SeenSignature {
        SeenSignature { signature: signature.expect("a signature"), trace: "tr-1".into(), run: None }
    }

    #[test]
    fn names_are_guessed_and_marked() {
        let mut program = program(json!([
            {"prefix": "Reasoning: Let's think step by step in order to", "description": "${reasoning}"},
            {"prefix": "Task Demos:", "description": "some"},
            {"prefix": "Final Answer:", "description": "a number"},
            {"prefix": "Now, what is it?", "description": ""},
        ]));
        describe_fields(&mut program, &[]);
        assert_eq!(names(&program), [Some("reasoning"), Some("taskDemos"), Some("final_answer"), None]);
        let sources: Vec<_> = program.predictors[0]
            .fields
            .iter()
            .map(|field| field.name_source.as_ref().map(FactSource::as_str))
            .collect();
        assert_eq!(sources, [Some("description"), Some("demos"), Some("prefix"), None]);
        assert!(program.predictors[0].fields.iter().all(|field| field.direction.is_none() && field.type_.is_none()));
    }

    #[test]
    fn the_signature_that_fits_best_tells() {
        let fields = json!([{"prefix": "Q!", "description": "ask"}, {"prefix": "Answer:", "description": "${answer}"}]);
        let repr = |instructions: &str, names: (&str, &str)| {
            let (q, a) = names;
            seen(signature_of_repr(&format!(
                "S({q} -> {a}\n instructions='{instructions}'\n \
                 {q} = Field(annotation=int required=True json_schema_extra={{'desc': 'ask', 'prefix': 'Q!'}})\n \
                 {a} = Field(annotation=str required=True json_schema_extra={{'desc': '${{answer}}', 'prefix': 'Answer:'}})\n)"
            )))
        };
        let others = [repr("Other", ("wrong", "answer")), seen(signature_of_text("a, b -> answer"))];
        let mut described = program(fields.clone());
        describe_fields(&mut described, &others);
        assert_eq!(names(&described), [Some("wrong"), Some("answer")], "the prefixes fit");
        assert!(!tells_all(&described, &others));
        let all = [others[0].clone(), repr("Do it", ("query", "answer")), others[1].clone()];
        let mut described = program(fields);
        assert!(tells_all(&described, &all));
        describe_fields(&mut described, &all);
        assert_eq!(names(&described), [Some("query"), Some("answer")]);
        let field = &described.predictors[0].fields[0];
        assert_eq!((field.type_.as_deref(), field.direction), (Some("int"), Some(Direction::Input)));
        assert_eq!(field.name_source, Some(FactSource::Trace { trace: "tr-1".into(), run: None }));
    }

    #[test]
    fn a_short_signature_tells_only_what_it_knows() {
        let fields = json!([{"prefix": "Question:", "description": "x"}, {"prefix": "Answer:", "description": "y"}]);
        let mut described = program(fields.clone());
        describe_fields(&mut described, &[seen(signature_of_text("question -> answer"))]);
        let field = &described.predictors[0].fields[1];
        assert_eq!((field.type_.as_deref(), field.direction), (None, Some(Direction::Output)));
        let mut other = program(fields);
        describe_fields(&mut other, &[seen(signature_of_text("text -> summary"))]);
        assert!(other.predictors[0].fields.iter().all(|field| field.direction.is_none()));
        assert_eq!(names(&other), [Some("question"), Some("answer")]);
    }
}
