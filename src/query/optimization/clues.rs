//! What gives the optimizer away: gathered cheaply first, from traces only if need be.

use std::collections::HashSet;

use super::DataSize;
use crate::analysis::optimization::{
    CallClues, EvaluationClue, EvaluationFacts, Optimizer, OptimizerClues, OptimizerGuess, ProgramClue,
    infer_optimizer, is_proposal,
};
use crate::analysis::program_state::describes_program;
use crate::model::mlflow::run::{AUTOLOGGING, AUTOLOGGING_DSPY, TYPE};
use crate::model::{ArtifactOwner, Json, Program, Run, RunValues, SpanBody, SpanHead, TraceId};
use crate::query::artifacts::ArtifactsOf;
use crate::query::ask::Session;
use crate::query::lookup;
use crate::query::trace::{BodyOf, SpansOf};
use crate::store::{Result, TraceQuery};

/// No more traces than this are looked into.
const MAX_TRACES: usize = 200;

/// No more calls of predictors than this are looked at in a trace.
const MAX_PREDICTS: usize = 12;

/// After so many traces behind the first proposal the rest tells nothing new.
const MAX_PROPOSALS: usize = 40;

/// What is known of an optimization before its traces are asked.
pub struct Known<'a> {
    pub values: &'a RunValues,
    pub facts: &'a [EvaluationFacts],
    pub best: Option<&'a Program>,
    pub trainset: Option<DataSize>,
    /// Its own traces; 0 if there are none, `None` if nobody knows.
    pub traces: Option<u64>,
    /// Those of its evaluations that InferRules made.
    pub with_rules: usize,
}

/// The optimizer, and the instructions that it was given where its proposer was told them.
pub fn optimizer(session: &mut Session<'_>, run: &Run, known: Known<'_>) -> Result<(OptimizerGuess, Vec<String>)> {
    let files = session.ask(&ArtifactsOf(ArtifactOwner::Run(run.id.clone())))?;
    let tag = |key: &str| lookup::tag(known.values, key).map(|tag| tag.value.as_str().to_owned());
    let evaluation = |one: &EvaluationFacts| EvaluationClue {
        name: one.run.name.clone(),
        n: one.settled_n(),
        has_inferred_parent: one.run.parent_inferred,
    };
    let has_program_params = known.values.params.iter().any(|param| describes_program(&param.key));
    let mut clues = OptimizerClues {
        evaluations: known.facts.iter().map(evaluation).collect(),
        is_of_one_compile: tag(AUTOLOGGING).is_some_and(|flavor| flavor == AUTOLOGGING_DSPY),
        run_type: tag(TYPE),
        params: known.values.params.iter().map(|one| (one.key.to_string(), one.value.as_str().to_owned())).collect(),
        metrics: known.values.metrics.iter().map(|metric| metric.key.to_string()).collect(),
        has_no_files: files.absent.is_some(),
        files: files.entries.iter().map(|entry| entry.path.clone()).collect(),
        has_program_params,
        traces: known.traces.filter(|traces| *traces > 0),
        trainset: known.trainset.map(|size| size.distinct),
        best: known.best.map(program),
        with_rules: known.with_rules,
        ..OptimizerClues::default()
    };
    let is_sure = |guess: &OptimizerGuess| {
        use Optimizer::{BetterTogether, Gepa, InferRules, MiproV2};
        matches!(guess.name, Some(BetterTogether | Gepa | InferRules | MiproV2))
    };
    let guess = infer_optimizer(&clues);
    if is_sure(&guess) {
        return Ok((guess, Vec::new()));
    }
    // To look for traces that are not there costs a look at all of the store's.
    if known.traces != Some(0) {
        ask_traces(session, run, &mut clues)?;
    }
    Ok((infer_optimizer(&clues), clues.given_instructions))
}

/// What a program gives away.
fn program(program: &Program) -> ProgramClue {
    let demos = || program.predictors.iter().flat_map(|predictor| &predictor.demos);
    let bootstrapped = demos().filter(|demo| demo.is_bootstrapped()).count();
    let is_fitted = program.predictors.iter().flat_map(|one| &one.fields).any(|field| !field.fitted.is_empty());
    ProgramClue {
        paths: program.predictors.iter().map(|one| one.path.clone()).collect(),
        labelled: demos().count() - bootstrapped,
        bootstrapped,
        is_fitted,
    }
}

/// Looks into the traces of the optimization itself until enough proposals are found.
fn ask_traces(session: &mut Session<'_>, run: &Run, clues: &mut OptimizerClues) -> Result<()> {
    let query = TraceQuery { run: Some(run.id.clone()), limit: Some(MAX_TRACES), ..TraceQuery::default() };
    let index = session.store.trace_index(session.cx, &query)?;
    let mut proposals = 0;
    let mut calls = Calls::default();
    // Who left evaluations is told by them.
    let asks_calls = clues.evaluations.is_empty() && clues.best.is_some();
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
        if asks_calls {
            calls.add(session, &row.id, &spans)?;
        }
        if !clues.signatures.is_empty() {
            proposals += 1;
            if proposals == MAX_PROPOSALS {
                break;
            }
        }
    }
    clues.calls = calls.clues();
    Ok(())
}

/// How models were called.
#[derive(Default)]
struct Calls {
    settings: HashSet<[Option<String>; 2]>,
    traces: usize,
    decisions: usize,
}

impl Calls {
    fn add(&mut self, session: &mut Session<'_>, trace: &TraceId, spans: &[SpanHead]) -> Result<()> {
        if let Some(call) = spans.iter().find(|span| span.name.starts_with("LM."))
            && let Some(body) = session.store.span_body(session.cx, trace, call.handle)?
        {
            self.settings.insert(["rollout_id", "temperature"].map(|key| setting(&body, key)));
        }
        let root = spans.iter().find(|span| span.parent_id.is_none());
        let Some(root) = root else { return Ok(()) };
        let body = session.store.span_body(session.cx, trace, root.handle)?;
        if let Some(outputs) = body.as_ref().and_then(|body| body.outputs.as_ref()?.as_object()) {
            self.traces += 1;
            self.decisions += usize::from(outputs.values().any(is_decision));
        }
        Ok(())
    }

    fn clues(self) -> CallClues {
        CallClues { settings: self.settings.len(), traces: self.traces, decisions: self.decisions }
    }
}

/// A setting of a call; where it overrides that of the LM, the inputs have it.
fn setting(body: &SpanBody, key: &str) -> Option<String> {
    let of_call = body.inputs.as_ref().and_then(|inputs| inputs.get(key));
    of_call.or_else(|| body.attributes.get(key)).filter(|value| !value.is_null()).map(Json::to_string)
}

/// Whether a value is a `Noul`, `Choice` or `Score` (DSPy 3.4).
fn is_decision(value: &Json) -> bool {
    let has = |key: &str| value.get(key).is_some();
    has("confidence") && (has("probability") || has("probabilities"))
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
