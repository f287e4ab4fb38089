//! `model.json`, in every shape that DSPy gave it.

use super::fitted::give_fitted;
use super::{HISTORY, METADATA, SELF, SOURCE, hash, is_bare};
use crate::model::program::Object;
use crate::model::{Demo, Direction, FactSource, Field, Json, Predictor, Program, ProgramSource, Reveal, Unmasked};

/// A state and what was strange about it.
#[derive(Clone, Debug, PartialEq)]
pub struct Parsed {
    /// The state.
    pub program: Program,
    /// What is not as DSPy writes it, as sentences; it was kept as it is.
    pub problems: Vec<String>,
}

/// Reads a saved state. `document` comes as stored, with its secrets, which are masked here
/// after the state has been counted (`state_hash`).
///
/// # Errors
/// Why it is no state at all, as the end of a sentence.
pub fn from_json(document: Unmasked<Json>, source: ProgramSource, reveal: Reveal) -> Result<Parsed, String> {
    let no_state = |value: &Json| format!("holds {} where a program's state is an object", kind(value));
    let Json::Object(raw) = document.as_stored_for_structure() else {
        return Err(no_state(document.as_stored_for_structure()));
    };
    let state_hash = hash::program(raw);
    let mut program = Program {
        source,
        complete: true,
        stale: None,
        state_hash,
        predictors: Vec::new(),
        metadata: None,
        other: Object::new(),
        missing: Vec::new(),
    };
    let mut problems = Vec::new();
    let is_bare = is_bare(raw) || raw.get(SOURCE).is_some_and(Json::is_string);
    let mut body = Object::new();
    for (key, value) in document.into_entries().into_iter().flatten() {
        if key == METADATA {
            program.metadata = Some(value.mask(&key, reveal));
        } else if is_bare {
            body.insert(key, value.into_stored_to_take_apart());
        } else if value.as_stored_for_structure().is_object() {
            let path = if key == SELF { String::new() } else { key };
            program.predictors.push(predictor(path, value, reveal, &mut problems));
        } else {
            let value = value.mask(&key, reveal);
            program.other.insert(key, value);
        }
    }
    if is_bare {
        program.predictors.push(predictor(String::new(), Unmasked::new(Json::Object(body)), reveal, &mut problems));
    }
    Ok(Parsed { program, problems })
}

fn predictor(path: String, raw: Unmasked<Json>, reveal: Reveal, problems: &mut Vec<String>) -> Predictor {
    let state_hash = raw.as_stored_for_structure().as_object().map(hash::predictor);
    let place = if path.is_empty() { "its predictor".to_owned() } else { format!("`{path}`") };
    let mut problem = |what: String| problems.push(format!("{place}: {what}"));
    let Json::Object(mut raw) = raw.mask("", reveal) else { return Predictor::default() };
    let mut predictor = Predictor { path, state_hash, ..Predictor::default() };

    // DSPy 2.5 saved both for a ChainOfThought, which asks with the extended one.
    let mut extended = raw.shift_remove("extended_signature");
    if matches!(extended, Some(Json::Object(_))) {
        (predictor.instructions, predictor.fields) = signature(&mut extended, &mut problem);
    } else {
        let mut plain = raw.shift_remove("signature");
        (predictor.instructions, predictor.fields) = signature(&mut plain, &mut problem);
        keep(&mut predictor.other, "signature", plain);
    }
    keep(&mut predictor.other, "extended_signature", extended);
    // Before 2.5 there was no object but two texts.
    if predictor.instructions.is_none() {
        let older = ["extended_signature_instructions", "signature_instructions"];
        predictor.instructions = older.iter().find_map(|key| Some(raw.get(*key)?.as_str()?.to_owned()));
    }
    predictor.demos = match raw.shift_remove("demos") {
        Some(Json::Array(items)) => {
            let (demos, strange): (Vec<_>, Vec<_>) = items.into_iter().partition(Json::is_object);
            if !strange.is_empty() {
                problem(format!("{} of its demos are no objects and stand under `other`", strange.len()));
                predictor.other.insert("demos".to_owned(), Json::Array(strange));
            }
            let demo = |item| if let Json::Object(values) = item { Demo { values } } else { Demo::default() };
            demos.into_iter().map(demo).collect()
        }
        None | Some(Json::Null) => Vec::new(),
        Some(strange) => {
            problem(format!("its demos are {}, not a list", kind(&strange)));
            predictor.other.insert("demos".to_owned(), strange);
            Vec::new()
        }
    };
    predictor.module_src = take_text(&mut raw, SOURCE);
    predictor.lm = raw.shift_remove("lm").filter(|lm| !lm.is_null());
    for key in HISTORY {
        if raw.get(key).and_then(Json::as_array).is_some_and(Vec::is_empty) {
            raw.shift_remove(key);
        }
    }
    name_from_fields(&mut predictor.fields, raw.get("fields"));
    give_fitted(&mut predictor.fields, &mut raw);
    predictor.other.extend(raw);
    predictor
}

/// Takes out of a signature what is known here; what is left stays in `signature`.
fn signature(signature: &mut Option<Json>, problem: &mut impl FnMut(String)) -> (Option<String>, Vec<Field>) {
    let object = match signature {
        Some(Json::Object(object)) => object,
        None | Some(Json::Null) => return (None, Vec::new()),
        Some(strange) => {
            problem(format!("its signature is {}, not an object", kind(strange)));
            return (None, Vec::new());
        }
    };
    let instructions = take_text(object, "instructions");
    let fields = match object.shift_remove("fields") {
        Some(Json::Array(items)) => items.into_iter().map(field).collect(),
        None | Some(Json::Null) => Vec::new(),
        Some(strange) => {
            problem(format!("its fields are {}, not a list", kind(&strange)));
            object.insert("fields".to_owned(), strange);
            Vec::new()
        }
    };
    if object.is_empty() {
        *signature = None;
    }
    (instructions, fields)
}

fn field(value: Json) -> Field {
    let mut raw = match value {
        Json::Object(raw) => raw,
        other => return Field { other: [(String::new(), other)].into_iter().collect(), ..Field::default() },
    };
    let mut field = Field {
        prefix: take_text(&mut raw, "prefix"),
        description: take_text(&mut raw, "description"),
        ..Field::default()
    };
    tell(&mut field, &raw);
    field.other = raw;
    field
}

/// Reads name and direction where DSPy saved them with a field (`save_verbose`).
fn tell(field: &mut Field, raw: &Object) {
    if let Some(name) = raw.get("name").and_then(Json::as_str) {
        field.name = Some(name.to_owned());
        field.name_source = Some(FactSource::Stored);
    }
    let direction = ["field_type", "__dspy_field_type"].iter().find_map(|key| raw.get(*key)?.as_str());
    if let Some(direction) = direction.and_then(direction_of) {
        field.direction = Some(direction);
        field.direction_source = Some(FactSource::Stored);
    }
}

/// DSPy's words for directions.
pub(super) fn direction_of(word: &str) -> Option<Direction> {
    match word {
        "input" => Some(Direction::Input),
        "output" => Some(Direction::Output),
        _ => None,
    }
}

/// The extra `fields` of a predictor, which tell names where the signature has none. They stay
/// under `other` too.
fn name_from_fields(fields: &mut Vec<Field>, extra: Option<&Json>) {
    let Some(extra) = extra.and_then(Json::as_array) else { return };
    if fields.is_empty() {
        let named = |item: &&Json| item.get("prefix").is_some() || item.get("name").is_some();
        fields.extend(extra.iter().filter(named).cloned().map(field));
    } else if fields.len() == extra.len() {
        for (field, extra) in fields.iter_mut().zip(extra) {
            let is_other = |key: &str, mine: &Option<String>| {
                extra.get(key).and_then(Json::as_str).is_some_and(|text| mine.as_deref() != Some(text))
            };
            if let (Some(raw), None, false) = (extra.as_object(), &field.name, is_other("prefix", &field.prefix)) {
                tell(field, raw);
            }
        }
    }
}

/// Takes a text; anything else under the key stays.
fn take_text(object: &mut Object, key: &str) -> Option<String> {
    match object.shift_remove_entry(key)? {
        (_, Json::String(text)) => Some(text),
        (_, Json::Null) => None,
        (key, strange) => {
            object.insert(key, strange);
            None
        }
    }
}

fn keep(other: &mut Object, key: &str, value: Option<Json>) {
    if let Some(value) = value.filter(|value| !value.is_null()) {
        other.insert(key.to_owned(), value);
    }
}

/// What a value is, in words.
pub(super) fn kind(value: &Json) -> &'static str {
    match value {
        Json::Null => "nothing (null)",
        Json::Bool(_) => "true or false",
        Json::Number(_) => "a number",
        Json::String(_) => "a text",
        Json::Array(_) => "a list",
        Json::Object(_) => "an object",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn parse(state: Json) -> Parsed {
        from_json(Unmasked::new(state), ProgramSource::ModelJson, Reveal::Masked).expect("a state")
    }

    #[test]
    fn an_ordinary_program() {
        let parsed = parse(json!({
            "plan": {"traces": [], "train": [], "demos": [], "lm": null,
                "signature": {"instructions": "Plan", "fields": [{"prefix": "Q:", "description": "q"}]}},
            "solve.predict": {"traces": [1], "train": [], "lm": {"model": "m", "api_key": "abc"},
                "demos": [{"augmented": true, "q": 1, "a": null}, {"q": "two"}],
                "signature": {"instructions": "Solve", "fields": [], "new": 7}, "extra": "kept"},
            "metadata": {"dependency_versions": {}},
        }));
        assert_eq!(parsed.problems, Vec::<String>::new());
        let [plan, solve] = &parsed.program.predictors[..] else { panic!("two predictors") };
        assert_eq!((&*plan.path, plan.instructions.as_deref(), plan.lm.as_ref()), ("plan", Some("Plan"), None));
        assert_eq!(plan.fields[0].prefix.as_deref(), Some("Q:"));
        assert!(plan.other.is_empty());
        assert!(solve.demos[0].is_bootstrapped() && !solve.demos[1].is_bootstrapped());
        let keys: Vec<&String> = solve.demos[0].fields().map(|(key, _)| key).collect();
        assert_eq!(keys, ["q", "a"]);
        assert_eq!(solve.lm, Some(json!({"model": "m", "api_key": {"masked": true}})));
        assert_eq!(Json::Object(solve.other.clone()), json!({"signature": {"new": 7}, "traces": [1], "extra": "kept"}));
        assert_eq!(parsed.program.metadata, Some(json!({"dependency_versions": {}})));
    }

    #[test]
    fn a_bare_predictor_in_both_spellings() {
        let body = json!({"traces": [], "train": [], "demos": [], "lm": null,
            "signature": {"instructions": "x", "fields": []}});
        let mut bare = body.clone();
        bare["metadata"] = json!({"v": 1});
        let bare = parse(bare).program;
        let named = parse(json!({"self": body})).program;
        assert_eq!(bare.predictors[0].path, "");
        assert_eq!(bare.predictors, named.predictors);
        assert_eq!(bare.state_hash, named.state_hash);
        assert!(bare.other.is_empty() && bare.metadata.is_some());
    }

    #[test]
    fn predictors_may_be_called_like_keys() {
        let predictor = json!({"demos": [], "signature": {"instructions": "x", "fields": []}});
        let parsed = parse(json!({"signature": predictor, "demos": predictor, "train": predictor})).program;
        let paths: Vec<&str> = parsed.predictors.iter().map(|one| &*one.path).collect();
        assert_eq!(paths, ["signature", "demos", "train"]);
    }

    #[test]
    fn other_shapes_are_kept_as_they_are() {
        let parsed = parse(json!({
            "past": {"k": 3},
            "flex": {"module_src": "def f(): pass"},
            "old": {"signature": {"instructions": "a", "fields": []},
                "extended_signature": {"instructions": "b", "fields": [{"prefix": "R:", "description": ""}]}},
            "older": {"demos": [], "signature_instructions": "c", "signature_prefix": "A:"},
            "verbose": {"demos": [], "signature": {"instructions": "d", "fields": [{"prefix": "A:", "description": "x"}]},
                "fields": [{"name": "a", "field_type": "output", "prefix": "A:", "description": "x"}]},
            "k": 5,
        }));
        let program = parsed.program;
        let [past, flex, old, older, verbose] = &program.predictors[..] else { panic!("five") };
        assert_eq!((past.instructions.as_ref(), &past.other["k"]), (None, &json!(3)));
        assert_eq!((flex.module_src.as_deref(), flex.other.is_empty()), (Some("def f(): pass"), true));
        assert_eq!((old.instructions.as_deref(), old.fields.len()), (Some("b"), 1));
        assert_eq!(old.other["signature"]["instructions"], "a");
        assert_eq!(older.instructions.as_deref(), Some("c"));
        let field = &verbose.fields[0];
        assert_eq!((field.name.as_deref(), field.direction), (Some("a"), Some(Direction::Output)));
        assert_eq!(field.name_source, Some(FactSource::Stored));
        assert_eq!(program.other["k"], 5);
    }

    #[test]
    fn wrong_types_are_told_and_kept() {
        let parsed = parse(json!({
            "a": {"signature": "text", "demos": {"x": 1}, "lm": "gpt"},
            "b": {"signature": {"instructions": 7, "fields": "none"}, "demos": [1, {"q": 2}, null]},
            "c": {"signature": {"instructions": "x", "fields": [3, {"prefix": 4, "description": null}]}},
        }));
        assert_eq!(parsed.problems.len(), 4, "{:?}", parsed.problems);
        let [a, b, c] = &parsed.program.predictors[..] else { panic!("three") };
        assert_eq!(Json::Object(a.other.clone()), json!({"signature": "text", "demos": {"x": 1}}));
        assert_eq!(b.other["signature"], json!({"instructions": 7, "fields": "none"}));
        assert_eq!((b.demos.len(), &b.other["demos"]), (1, &json!([1, null])));
        assert_eq!(c.fields[0].other[""], 3);
        assert_eq!(c.fields[1].other["prefix"], 4);
        for strange in [json!([]), json!("x"), json!(null), json!(1)] {
            assert!(from_json(Unmasked::new(strange), ProgramSource::ModelJson, Reveal::Masked).is_err());
        }
    }

    #[test]
    fn secrets_are_masked_but_tell_programs_apart() {
        let of = |key: &str| parse(json!({"p": {"lm": {"api_key": key}}})).program;
        let (one, two) = (of("abc1"), of("abc2"));
        assert_eq!(one.predictors[0].lm, two.predictors[0].lm);
        assert_ne!(one.state_hash, two.state_hash);
        assert_ne!(one.predictors[0].state_hash, two.predictors[0].state_hash);
    }
}
