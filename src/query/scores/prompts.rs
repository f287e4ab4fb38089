//! The prompts that `mlflow.genai.optimize_prompts` tried as evaluations beside each other (MLflow 3.18): all of them are
//! of one run.

use super::evaluated::{Described, scored_rows};
use crate::analysis::optimization::EvaluationKind;
use crate::model::{EvaluationId, RunId};
use crate::query::ask::Session;
use crate::query::example_rows::ExampleRows;
use crate::query::prompt_candidates::{PromptCandidatesOf, best_prompt};
use crate::store::{Part, Result};

/// The prompts of a run with their examples.
pub(super) struct Tried {
    pub described: Vec<Described>,
    pub tables: Vec<ExampleRows>,
    /// The place of what was given.
    pub seed: Option<usize>,
    /// The place of the best one.
    pub winner: Option<usize>,
}

/// What a run tried; `None` of one that optimized no prompts.
pub(super) fn tried(session: &mut Session<'_>, run: &RunId, score: Option<&str>) -> Result<Option<Tried>> {
    let all = session.ask(&PromptCandidatesOf(run.clone()))?;
    if all.is_empty() {
        return Ok(None);
    }
    let time = session.cx.begin(Part::Scores);
    let most = all.iter().map(|one| one.table.rows.len()).max();
    let (mut described, mut tables) = (Vec::with_capacity(all.len()), Vec::with_capacity(all.len()));
    for (place, one) in all.iter().enumerate() {
        session.cx.check()?;
        let Some(prompt) = one.id() else { continue };
        tables.push(scored_rows(session, &EvaluationId::of_prompt(run.clone(), prompt), score, time)?);
        let is_full = Some(one.table.rows.len()) == most && most > Some(0);
        described.push(Described {
            run: run.clone(),
            prompt: Some(prompt),
            name: prompt.words(),
            candidate: place,
            kind: if is_full { EvaluationKind::Full } else { EvaluationKind::Unknown },
            score: one.score,
            program: None,
        });
    }
    let seed = all.iter().position(super::super::prompt_candidates::PromptCandidate::is_seed);
    Ok(Some(Tried { described, tables, seed, winner: best_prompt(&all) }))
}
