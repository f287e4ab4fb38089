//! What gives the optimizer away: gathered cheaply first, from traces only if need be.

use super::DataSize;
use crate::analysis::optimization::{Evaluation, OptimizerClues, OptimizerGuess, infer_optimizer, is_proposal};
use crate::model::{ArtifactOwner, Json, Program, Run, RunId, RunValues};
use crate::query::artifacts::ArtifactsOf;
use crate::query::ask::Session;
use crate::query::trace::{BodyOf, SpansOf};
use crate::store::{Result, TraceQuery};

/// No more traces than this are looked into.
const MAX_TRACES: usize = 200;

/// No more calls of predictors than this are looked at in a trace.
const MAX_PREDICTS: usize = 12;

/// After so many traces behind the first proposal the rest tells nothing new.
const MAX_PROPOSALS: usize = 40;

/// The optimizer, and the instructions that it was given where its proposer was told them.
#[expect(clippy::too_many_arguments, reason = "each is another clue, and all are at hand where it is asked")]
pub fn optimizer(
    session: &mut Session<'_>,
    run: &Run,
    values: &RunValues,
    evaluations: &[Evaluation],
    best: Option<&Program>,
    trainset: Option<DataSize>,
    traces: Option<u64>,
) -> Result<(OptimizerGuess, Vec<String>)> {
    let files = session.ask(&ArtifactsOf(ArtifactOwner::Run(run.id.clone())))?;
    let mut clues = OptimizerClues {
        evaluation_names: evaluations.iter().map(|one| one.name.clone()).collect(),
        evaluation_sizes: evaluations.iter().filter_map(|one| one.n).collect(),
        has_adopted: evaluations.iter().any(|one| one.parent_inferred),
        params: values.params.iter().map(|param| param.key.to_string()).collect(),
        metrics: values.metrics.iter().map(|metric| metric.key.to_string()).collect(),
        files: files.entries.iter().map(|entry| entry.path.clone()).collect(),
        traces,
        trainset: trainset.map(|size| size.distinct),
        best_demos: best.map(demos),
        ..OptimizerClues::default()
    };
    let is_sure = |guess: &OptimizerGuess| matches!(guess.name, Some("MIPROv2" | "GEPA"));
    let guess = infer_optimizer(&clues);
    if is_sure(&guess) {
        return Ok((guess, Vec::new()));
    }
    ask_traces(session, &run.id, &mut clues)?;
    Ok((infer_optimizer(&clues), clues.given_instructions))
}

/// How many labelled and bootstrapped demos a program has.
fn demos(program: &Program) -> (usize, usize) {
    let demos = || program.predictors.iter().flat_map(|predictor| &predictor.demos);
    let bootstrapped = demos().filter(|demo| demo.is_bootstrapped()).count();
    (demos().count() - bootstrapped, bootstrapped)
}

/// Looks into the traces of the optimization itself until enough proposals are found.
fn ask_traces(session: &mut Session<'_>, run: &RunId, clues: &mut OptimizerClues) -> Result<()> {
    let query = TraceQuery { run: Some(run.clone()), limit: Some(MAX_TRACES), ..TraceQuery::default() };
    let index = session.store.trace_index(session.cx, &query)?;
    let mut proposals = 0;
    for row in session.store.trace_rows(session.cx, &index.handles)? {
        session.cx.check()?;
        let spans = session.ask(&SpansOf(row.id.clone()))?;
        // Predictors name their signature; a bare call of a model has none.
        let asked = spans.iter().filter(|span| span.name.starts_with("Predict.")).take(MAX_PREDICTS);
        let mut has_signature = false;
        for span in asked {
            let body = session.ask(&BodyOf(row.id.clone(), span.handle))?;
            let Some(body) = body.as_ref() else { continue };
            let Some(signature) = body.attributes.get("signature").and_then(Json::as_str) else { continue };
            has_signature = true;
            if is_proposal(signature) {
                clues.signatures.push(signature.to_owned());
                let given = body.inputs.as_ref().and_then(|inputs| inputs.get("basic_instruction")?.as_str());
                clues.given_instructions.extend(given.map(str::to_owned));
            }
        }
        let call = spans.iter().find(|span| span.name.starts_with("LM."));
        if let (false, Some(call)) = (has_signature, call) {
            let body = session.ask(&BodyOf(row.id.clone(), call.handle))?;
            clues.bare_prompts.extend(body.as_ref().as_ref().and_then(|body| first_text(body.inputs.as_ref()?)));
        }
        if !clues.signatures.is_empty() {
            proposals += 1;
            if proposals == MAX_PROPOSALS {
                break;
            }
        }
    }
    Ok(())
}

/// The beginning of the first text of a prompt.
fn first_text(inputs: &Json) -> Option<String> {
    let text = match inputs {
        Json::String(text) => text,
        Json::Array(items) => return items.iter().find_map(first_text),
        Json::Object(map) => {
            let wanted = ["prompt", "messages", "content", "text"];
            return wanted.iter().filter_map(|key| map.get(*key)).find_map(first_text);
        }
        _ => return None,
    };
    let text = text.trim_start();
    Some(text[..text.floor_char_boundary(200)].to_owned())
}
