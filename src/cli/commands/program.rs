//! `dspyglass program`

use serde::Serialize;

use super::{Answer, program_text};
use crate::cli::args::ProgramArgs;
use crate::cli::failure::Failure;
use crate::cli::json::{self, Warnings};
use crate::model::program::Object;
use crate::model::{Demo, FactSource, Field, Json, Predictor, Program, Run};
use crate::query;

#[derive(Serialize)]
struct Document<'a> {
    run_id: &'a str,
    source: &'a str,
    complete: bool,
    stale: Option<&'a str>,
    state_hash: Option<&'a str>,
    predictors: Vec<OnePredictor<'a>>,
    metadata: &'a Option<Json>,
    #[serde(skip_serializing_if = "Object::is_empty")]
    other: &'a Object,
    /// Predictors that traces show and the state lacks.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    missing: Vec<OneMissing<'a>>,
    #[serde(skip_serializing_if = "Warnings::is_empty")]
    warnings: Warnings,
}

#[derive(Serialize)]
struct OneMissing<'a> {
    signature: &'a str,
    module: Option<&'a str>,
    trace_id: &'a str,
}

/// A predictor of a program.
#[derive(Serialize)]
pub(super) struct OnePredictor<'a> {
    path: &'a str,
    instructions: Option<&'a str>,
    fields: Vec<OneField<'a>>,
    demos: Vec<&'a Object>,
    /// The Python of a Flex.
    #[serde(skip_serializing_if = "Option::is_none")]
    module_src: Option<&'a str>,
    lm: &'a Option<Json>,
    other: &'a Object,
    state_hash: Option<&'a str>,
}

/// A field of a signature.
#[derive(Serialize)]
pub(super) struct OneField<'a> {
    name: Option<&'a str>,
    direction: Option<&'a str>,
    r#type: Option<&'a str>,
    prefix: Option<&'a str>,
    description: Option<&'a str>,
    name_source: Option<&'a str>,
    direction_source: Option<&'a str>,
    type_source: Option<&'a str>,
    /// The trace that told name, direction or type.
    #[serde(skip_serializing_if = "Option::is_none")]
    trace_id: Option<&'a str>,
    /// What was fitted to it: `threshold`, `cuts`, `weights`.
    #[serde(skip_serializing_if = "Object::is_empty")]
    fitted: &'a Object,
    #[serde(skip_serializing_if = "Object::is_empty")]
    other: &'a Object,
}

impl<'a> From<&'a Field> for OneField<'a> {
    fn from(field: &'a Field) -> Self {
        let sources = [&field.name_source, &field.direction_source, &field.type_source];
        let trace_id = sources.into_iter().find_map(|source| match source {
            Some(FactSource::Trace { trace, .. } | FactSource::Similar { trace, .. }) => Some(trace.as_str()),
            _ => None,
        });
        Self {
            name: field.name.as_deref(),
            direction: field.direction.map(|direction| direction.as_str()),
            r#type: field.type_.as_deref(),
            prefix: field.prefix.as_deref(),
            description: field.description.as_deref(),
            name_source: field.name_source.as_ref().map(FactSource::as_str),
            direction_source: field.direction_source.as_ref().map(FactSource::as_str),
            type_source: field.type_source.as_ref().map(FactSource::as_str),
            trace_id,
            fitted: &field.fitted,
            other: &field.other,
        }
    }
}

impl<'a> From<&'a Predictor> for OnePredictor<'a> {
    fn from(predictor: &'a Predictor) -> Self {
        Self {
            path: &predictor.path,
            instructions: predictor.instructions.as_deref(),
            fields: predictor.fields.iter().map(OneField::from).collect(),
            demos: values(&predictor.demos),
            module_src: predictor.module_src.as_deref(),
            lm: &predictor.lm,
            other: &predictor.other,
            state_hash: predictor.state_hash.as_ref().map(|hash| hash.as_str()),
        }
    }
}

/// Demos as they were saved.
pub(super) fn values(demos: &[Demo]) -> Vec<&Object> {
    demos.iter().map(|demo| &demo.values).collect()
}

pub(super) fn answer(args: &ProgramArgs, answer: &mut Answer<'_>) -> Result<(), Failure> {
    let run = answer.run(&args.run)?;
    let Some(program) = query::program(&mut answer.session, &run.id, args.best)? else {
        return Err(without_program(&run, args.best, answer));
    };
    if answer.is_json { print_json(&run, &program, answer) } else { program_text::print(&run, &program, answer) }
}

/// Says what was looked for in vain; a damaged file is why, if there is one.
fn without_program(run: &Run, best: bool, answer: &Answer<'_>) -> Failure {
    let looked = match best {
        true => "no best_model.json".to_owned(),
        false => format!("no program: {}", query::NO_PROGRAM),
    };
    let why =
        answer.session.cx.take_warnings().into_iter().map(|warning| format!("; {}: {}", warning.place, warning.what));
    Failure::Absent(format!("run {} has {looked}{}", run.id, why.collect::<String>()))
}

fn print_json(run: &Run, program: &Program, answer: &mut Answer<'_>) -> Result<(), Failure> {
    let document = Document {
        run_id: run.id.as_str(),
        source: program.source.as_str(),
        complete: program.complete,
        stale: program.stale.as_deref(),
        state_hash: program.state_hash.as_ref().map(|hash| hash.as_str()),
        predictors: program.predictors.iter().map(OnePredictor::from).collect(),
        metadata: &program.metadata,
        other: &program.other,
        missing: program
            .missing
            .iter()
            .map(|one| OneMissing {
                signature: &one.signature,
                module: one.module.as_deref(),
                trace_id: one.trace.as_str(),
            })
            .collect(),
        warnings: answer.session.cx.take_warnings().into(),
    };
    json::write(&document, answer.out)
}
