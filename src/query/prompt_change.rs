//! What changed in a prompt that `mlflow.genai.optimize_prompts` tried: against the one that was given, the one before it
//! or the best.

use super::program_change::ProgramChange;
use super::prompt_candidates::{PromptCandidate, PromptCandidatesOf, best_prompt};
use crate::analysis::evolution::Against;
use crate::analysis::program_diff::diff_programs;
use crate::model::program::Object;
use crate::model::{Predictor, Program, ProgramSource, RunId, TriedPrompt};
use crate::query::ask::Session;
use crate::store::{Part, Result};

/// What changed in one of the prompts of a run. `against`: what was given, if nothing is chosen. `None` if the run has no
/// such prompt.
///
/// # Errors
/// Those of the store; a file that cannot be read is a warning.
pub fn prompt_change(
    session: &mut Session<'_>,
    run: &RunId,
    prompt: TriedPrompt,
    against: Option<Against>,
) -> Result<Option<ProgramChange>> {
    let all = session.ask(&PromptCandidatesOf(run.clone()))?;
    let Some(own) = all.iter().position(|one| one.id() == Some(prompt)) else { return Ok(None) };
    let choices = vec![Against::Seed, Against::Previous, Against::Winner];
    let against = against.filter(|against| choices.contains(against)).unwrap_or(Against::Seed);
    let base = match against {
        Against::Previous => own.checked_sub(1),
        Against::Winner => best_prompt(&all),
        Against::Seed | Against::Parent => all.iter().position(PromptCandidate::is_seed),
    };
    let base = base.filter(|base| *base != own);
    let deadline = session.cx.begin(Part::Texts).ends();
    let pair = base.and_then(|base| all.get(base)).zip(all.get(own));
    let title = |one: &PromptCandidate| one.id().map(TriedPrompt::words).unwrap_or_default();
    Ok(Some(ProgramChange {
        candidate: own,
        run: run.clone(),
        against,
        choices,
        base: base.map(|base| (base, run.clone())),
        diff: pair.map(|(base, own)| diff_programs(&program(base), &program(own), deadline)),
        prompts: Some([pair.map(|(base, _)| title(base)).unwrap_or_default(), prompt.words()]),
    }))
}

/// Its texts as the instructions of a program.
fn program(one: &PromptCandidate) -> Program {
    // What was given stands in params alone where no folder was written; these are cut.
    let is_param = one.is_seed() && one.iteration.is_none();
    let predictor = |(name, text): (&String, &String)| Predictor {
        path: name.clone(),
        instructions: Some(text.trim_end().to_owned()),
        ..Predictor::default()
    };
    Program {
        source: if is_param { ProgramSource::SeedParams } else { ProgramSource::File },
        complete: !is_param,
        stale: None,
        state_hash: None,
        predictors: one.prompts.iter().map(predictor).collect(),
        metadata: None,
        other: Object::new(),
        missing: Vec::new(),
    }
}
