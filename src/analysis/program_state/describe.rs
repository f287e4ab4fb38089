//! Names, types and directions of fields, which DSPy does not save: recovered from signatures
//! in traces, or guessed and marked so.

use super::fitted::give_fitted;
use super::letters;
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
    /// That run is no relative: not its parent, nor a child of either.
    pub is_elsewhere: bool,
}

/// Fills in what is not known of the fields yet: from the signature of the run's own family that
/// fits each predictor best, of several that fit equally from the first; else from signatures
/// elsewhere, as far as those that fit best agree; else by guessing.
pub fn describe_fields(program: &mut Program, seen: &[SeenSignature]) {
    for predictor in &mut program.predictors {
        let scored = best_fits(predictor, seen.iter().filter(|one| !one.is_elsewhere));
        if let Some(best) = scored.first() {
            let (trace, run) = (best.trace.clone(), best.run.clone());
            let source = match fit(predictor, &best.signature).map(|fit| fit.prefixes) {
                Some(Prefixes::AllButLast) => FactSource::Similar { trace, run },
                _ => FactSource::Trace { trace, run },
            };
            for (field, known) in predictor.fields.iter_mut().zip(&best.signature.fields) {
                tell(field, known, &source);
            }
        }
        let scored = best_fits(predictor, seen.iter().filter(|one| one.is_elsewhere));
        if let Some(best) = scored.first() {
            let source = FactSource::Similar { trace: best.trace.clone(), run: best.run.clone() };
            for (at, field) in predictor.fields.iter_mut().enumerate() {
                if let Some(known) = agreed(at, &scored) {
                    tell(field, &known, &source);
                }
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
        give_fitted(fields, &mut predictor.other);
    }
}

/// Those that fit a predictor best, in their order.
fn best_fits<'s>(predictor: &Predictor, seen: impl Iterator<Item = &'s SeenSignature>) -> Vec<&'s SeenSignature> {
    let mut best: Option<Fit> = None;
    let mut found = Vec::new();
    for one in seen {
        let Some(fit) = fit(predictor, &one.signature) else { continue };
        if best.is_none_or(|best| fit > best) {
            best = Some(fit);
            found.clear();
        }
        if best == Some(fit) {
            found.push(one);
        }
    }
    found
}

/// What all of these signatures say of the field at a place; `None` if they differ in its name or
/// direction. Its type is that of those that tell one, if it is one.
fn agreed(at: usize, seen: &[&SeenSignature]) -> Option<SignatureField> {
    let mut all = seen.iter().filter_map(|one| one.signature.fields.get(at));
    let mut agreed = all.next()?.clone();
    let mut is_one_type = true;
    for other in all {
        if (&other.name, other.direction) != (&agreed.name, agreed.direction) {
            return None;
        }
        is_one_type &= agreed.type_.is_none() || other.type_.is_none() || agreed.type_ == other.type_;
        agreed.type_ = agreed.type_.or_else(|| other.type_.clone());
    }
    agreed.type_ = agreed.type_.filter(|_| is_one_type);
    Some(agreed)
}

/// Whether `seen` has a signature with types for every predictor that has fields.
pub fn fits_all(program: &Program, seen: &[SeenSignature]) -> bool {
    let with_fields = program.predictors.iter().filter(|predictor| !predictor.fields.is_empty());
    let is_told = |predictor: &Predictor| {
        seen.iter().any(|one| is_whole(&one.signature) && fit(predictor, &one.signature).is_some())
    };
    with_fields.into_iter().all(is_told)
}

/// Whether a signature may be that of one of a program's predictors.
pub fn is_of_program(program: &Program, signature: &SignatureText) -> bool {
    program.predictors.iter().any(|predictor| fit(predictor, signature).is_some())
}

/// The predictor of a program that a signature may be of; `None` if it may be of several.
pub fn predictor_of<'p>(program: &'p Program, signature: &SignatureText) -> Option<&'p Predictor> {
    let mut fitting = program.predictors.iter().filter(|predictor| fit(predictor, signature).is_some());
    let one = fitting.next()?;
    fitting.next().is_none().then_some(one)
}

/// Whether `seen` tells everything about every field, so that no more traces need to be read.
pub fn tells_all(program: &Program, seen: &[SeenSignature]) -> bool {
    let with_fields = program.predictors.iter().filter(|predictor| !predictor.fields.is_empty());
    let is_told = |predictor: &Predictor| {
        seen.iter().any(|one| is_whole(&one.signature) && fit(predictor, &one.signature) == Some(EXACT))
    };
    with_fields.into_iter().all(is_told)
}

fn is_whole(signature: &SignatureText) -> bool {
    signature.fields.iter().all(|field| field.type_.is_some())
}

/// How well a signature fits a predictor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Fit {
    has_instructions: bool,
    has_descriptions: bool,
    prefixes: Prefixes,
}

/// By which prefixes a signature fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Prefixes {
    /// By none: prefixes and descriptions speak of its names.
    Named,
    /// By all but the last, which COPRO rewrites.
    AllButLast,
    /// By all.
    All,
}

/// It is the predictor's own.
const EXACT: Fit = Fit { has_instructions: true, has_descriptions: true, prefixes: Prefixes::All };

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
    let is_same_prefix =
        |(field, known): (&Field, &SignatureField)| known.prefix.is_some() && field.prefix == known.prefix;
    let is_same_description = |(field, known): (&Field, &SignatureField)| {
        known.description.is_some() && field.description == known.description
    };
    let others = pairs().take(fields.len() - 1).filter(|_| fields.len() > 1);
    let prefixes = if pairs().all(is_same_prefix) {
        Prefixes::All
    } else if others.clone().next().is_some()
        && others.into_iter().all(is_same_prefix)
        && pairs().next_back().is_some_and(is_same_description)
    {
        Prefixes::AllButLast
    } else if pairs().all(|(field, known)| agrees(field, &known.name)) {
        // Without the repr the names must speak for it.
        Prefixes::Named
    } else {
        return None;
    };
    Some(Fit {
        has_instructions: predictor.instructions.is_some() && predictor.instructions == signature.instructions,
        has_descriptions: pairs().all(is_same_description),
        prefixes,
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
    if field.type_.is_none() && known.type_.is_some() {
        field.type_ = known.type_.clone();
        field.type_source = Some(source.clone());
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::program_state::{from_json, signature_of_repr, signature_of_text};
    use crate::model::{Direction, ProgramSource, Reveal, Unmasked};
    use serde_json::json;

    fn program(fields: serde_json::Value) -> Program {
        let state =
            json!({"p": {"demos": [{"taskDemos": 1}], "signature": {"instructions": "Do it", "fields": fields}}});
        from_json(Unmasked::new(state), ProgramSource::ModelJson, Reveal::Masked).expect("a state").program
    }

    fn names(program: &Program) -> Vec<Option<&str>> {
        program.predictors[0].fields.iter().map(|field| field.name.as_deref()).collect()
    }

    fn seen(signature: Option<SignatureText>) -> SeenSignature {
        SeenSignature {
            signature: signature.expect("a signature"),
            trace: "tr-1".into(),
            run: None,
            is_elsewhere: false,
        }
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
    fn signatures_elsewhere_tell_where_they_agree_and_are_marked() {
        let fields = json!([{"prefix": "Ticket:", "description": "came in"},
            {"prefix": "Sum it up in one word", "description": "a word"}]);
        let repr = |trace: &str, names: (&str, &str), type_: &str, is_elsewhere: bool| {
            let (q, a) = names;
            let signature = signature_of_repr(&format!(
                "S({q} -> {a}\n instructions='Else'\n \
                 {q} = Field(annotation=str required=True json_schema_extra={{'desc': 'came in', 'prefix': 'Ticket:'}})\n \
                 {a} = Field(annotation={type_} required=True json_schema_extra={{'desc': 'a word', 'prefix': 'Word:'}})\n)"
            ));
            SeenSignature { trace: trace.into(), is_elsewhere, ..seen(signature) }
        };
        // The last prefix was rewritten, and no name can be made of it.
        let mut described = program(fields.clone());
        describe_fields(&mut described, &[]);
        assert_eq!(names(&described), [Some("ticket"), Some("sum_it_up_in_one_word")]);
        for is_elsewhere in [true, false] {
            let mut described = program(fields.clone());
            describe_fields(&mut described, &[repr("tr-1", ("ticket", "word"), "str", is_elsewhere)]);
            assert_eq!(names(&described), [Some("ticket"), Some("word")]);
            let word = &described.predictors[0].fields[1];
            let source = Some(FactSource::Similar { trace: "tr-1".into(), run: None });
            assert_eq!((&word.name_source, &word.type_source), (&source, &source));
            assert_eq!((word.type_.as_deref(), word.direction), (Some("str"), Some(Direction::Output)));
        }
        // Others of equal rank contradict each other.
        let both = [repr("tr-1", ("ticket", "word"), "str", true), repr("tr-2", ("ticket", "word"), "int", true)];
        let mut described = program(fields.clone());
        describe_fields(&mut described, &both);
        assert_eq!((names(&described)[1], &described.predictors[0].fields[1].type_), (Some("word"), &None));
        let both = [repr("tr-1", ("ticket", "word"), "str", true), repr("tr-2", ("ticket", "gist"), "str", true)];
        let mut described = program(fields);
        describe_fields(&mut described, &both);
        assert_eq!(described.predictors[0].fields[1].direction, None);
        assert_eq!(names(&described)[0], Some("ticket"));
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
