//! The examples of a prompt that `mlflow.genai.optimize_prompts` tried: from the table of its iteration, else from GEPA's
//! tables (MLflow 3.18).

use super::{ExampleRows, NoScores, ScoreSource};
use crate::analysis::example_traces::{NoTrace, TraceLink};
use crate::model::{RunId, TriedPrompt};
use crate::query::ask::Session;
use crate::query::prompt_candidates::PromptCandidatesOf;
use crate::store::Result;

/// The examples of one of the prompts; without any scores if nothing tells them.
pub fn prompt_rows(session: &mut Session<'_>, run: &RunId, prompt: TriedPrompt) -> Result<ExampleRows> {
    let all = session.ask(&PromptCandidatesOf(run.clone()))?;
    let Some(one) = all.iter().find(|one| one.id() == Some(prompt)) else {
        return Ok(ExampleRows::nothing(NoScores::NoTable));
    };
    if one.table.rows.is_empty() || one.table.example_fields.is_empty() {
        return Ok(ExampleRows::nothing(NoScores::NoTable));
    }
    // Whose examples they are tells what was given.
    let read = one.read.as_ref().or_else(|| all.iter().find_map(|other| other.read.as_ref()));
    let mut notes = Vec::new();
    let source = match (&one.read, one.candidate) {
        (Some(read), _) => {
            if !read.from_words.is_empty() {
                notes.push(format!("{}: yes counts as 1, no as 0", read.from_words.join(", ")));
            }
            ScoreSource::UsersTable { path: read.path.clone(), column: read.column.clone(), rule: read.rule }
        }
        (None, Some(candidate)) => ScoreSource::Valset { parent: run.clone(), candidate },
        (None, None) => return Ok(ExampleRows::nothing(NoScores::NoTable)),
    };
    if one.shares_examples
        && let Some(read) = read
    {
        notes.push(format!("What its examples are is taken from {}, which has as many, in that order", read.path));
    }
    let mut rows = ExampleRows::of_table(one.table.clone(), source);
    rows.given = read.map(|read| read.given.clone()).filter(|given| !given.is_empty());
    rows.notes = notes;
    if one.read.is_none() {
        rows.objectives.clone_from(&one.scores);
    }
    // All prompts are tried within one run, and none of its traces says which of them it is of.
    rows.links = vec![TraceLink::Unknown(NoTrace::OfAnyPrompt); rows.table.rows.len()];
    Ok(rows)
}
