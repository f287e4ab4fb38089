//! Where an instruction came from, as one line below it.

use super::Answer;
use crate::cli::failure::Failure;
use crate::cli::words;
use crate::model::{Predictor, Run};
use crate::query::{self, Origin};

/// Says which span wrote the instruction of a predictor, for the programs of optimizations.
pub(super) fn print(run: &Run, predictor: &Predictor, answer: &mut Answer<'_>) -> Result<(), Failure> {
    if predictor.instructions.is_none() {
        return Ok(());
    }
    // Also the parent that adopted it.
    let page = query::run_page(&mut answer.session, &run.id)?;
    let parent = page.and_then(|page| page.run.parent_id).unwrap_or_else(|| run.id.clone());
    let Some(told) = query::provenance(&mut answer.session, &parent, &run.id, &predictor.path)? else {
        return Ok(());
    };
    match told.origin {
        Origin::Writer(found) => {
            let guessed = if found.is_inferred { " (inferred)" } else { "" };
            let (span, trace) = (words::clean(&found.writer.span_id), words::clean(found.writer.trace.as_str()));
            writeln!(answer.out, "\n  Written by span {span} of trace {trace}{guessed}")?;
        }
        Origin::Program { is_inferred } => {
            let guessed = if is_inferred { " (inferred)" } else { "" };
            writeln!(answer.out, "\n  Of the program that was given to the optimization{guessed}")?;
        }
        Origin::Unknown => {}
    }
    Ok(())
}
