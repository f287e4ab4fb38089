//! What MLflow's params or GEPA's tables would tell of a program, so that a program known from
//! these can be compared with one known from its file.

use crate::analysis::program_state::PARAM_CUT;
use crate::model::program::Object;
use crate::model::secret::masked_json;
use crate::model::{Demo, Field, Json, Predictor, Program};

/// The program as GEPA's tables would show it: the instructions of its predictors.
pub(super) fn as_instructions(program: &Program) -> Program {
    let predictors = program.predictors.iter().filter(|one| one.instructions.is_some());
    let told = |one: &Predictor| Predictor {
        path: one.path.clone(),
        instructions: one.instructions.clone(),
        ..Predictor::default()
    };
    let predictors = predictors.map(told).collect();
    Program { predictors, state_hash: None, metadata: None, other: Object::new(), ..program.clone() }
}

/// The program as its params would show it: values as text, cut, without metadata, and without
/// the LM of a program that is itself a predictor. Its instructions stay whole: where those of another program were cut is told of that one.
pub(super) fn as_params(program: &Program) -> Program {
    let mut predictors: Vec<Predictor> = program.predictors.iter().map(predictor).collect();
    // What says nothing in params does not show there at all.
    predictors.retain(|one| {
        one.instructions.is_some() || one.module_src.is_some() || !one.demos.is_empty() || !one.other.is_empty()
    });
    Program { predictors, state_hash: None, metadata: None, other: Object::new(), ..program.clone() }
}

fn predictor(predictor: &Predictor) -> Predictor {
    let field = |field: &Field| Field {
        prefix: field.prefix.as_deref().map(cut),
        description: field.description.as_deref().map(cut),
        fitted: as_text(&field.fitted),
        other: Object::new(),
        ..field.clone()
    };
    let is_signature = predictor.instructions.is_some() || predictor.module_src.is_some();
    Predictor {
        path: predictor.path.clone(),
        instructions: predictor.instructions.clone(),
        fields: predictor.fields.iter().map(field).collect(),
        demos: predictor.demos.iter().map(|demo| Demo { values: as_text(&demo.values) }).collect(),
        module_src: predictor.module_src.as_deref().map(cut),
        lm: predictor.lm.as_ref().filter(|_| !predictor.path.is_empty()).and_then(setting),
        other: if is_signature { Object::new() } else { as_text(&predictor.other) },
        state_hash: None,
    }
}

/// Values as Python's `str` writes them; what is empty leaves no param.
fn as_text(values: &Object) -> Object {
    values.iter().filter_map(|(key, value)| Some((key.clone(), text(value)?))).collect()
}

fn text(value: &Json) -> Option<Json> {
    Some(match value {
        masked if *masked == masked_json() => masked.clone(),
        Json::Null => Json::from("None"),
        Json::Bool(true) => Json::from("True"),
        Json::Bool(false) => Json::from("False"),
        Json::Number(number) => Json::from(number.to_string()),
        Json::String(text) => Json::from(cut(text)),
        Json::Array(items) if items.is_empty() => return None,
        Json::Array(items) => Json::Array(items.iter().filter_map(text).collect()),
        Json::Object(map) if map.is_empty() => return None,
        Json::Object(map) => Json::Object(as_text(map)),
    })
}

/// A value outside of demos, where MLflow leaves out what is null or empty.
fn setting(value: &Json) -> Option<Json> {
    let filled = |object: Object| (!object.is_empty()).then_some(Json::Object(object));
    match value {
        Json::Null => None,
        masked if *masked == masked_json() => Some(masked.clone()),
        Json::Object(map) => {
            filled(map.iter().filter_map(|(key, value)| Some((key.clone(), setting(value)?))).collect())
        }
        Json::Array(items) => {
            let items: Vec<Json> = items.iter().filter_map(setting).collect();
            (!items.is_empty()).then_some(Json::Array(items))
        }
        other => text(other),
    }
}

fn cut(text: &str) -> String {
    text.chars().take(PARAM_CUT).collect()
}
