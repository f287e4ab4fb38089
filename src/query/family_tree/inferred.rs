//! The family tree of a GEPA run without tables: its proposer was given the instruction of the
//! parent word for word, and what was accepted was evaluated in full.

use std::sync::Arc;

use super::super::optimization::Optimization;
use crate::analysis::family_tree::{FamilyCandidate, FamilyProposal, ProposalStatus};
use crate::analysis::optimization::EvaluationKind;
use crate::analysis::provenance::{Writer, WriterKind};
use crate::model::{Predictor, Program, RunStatus};

/// Candidates and proposals, from the spans of the proposer in order of time.
pub fn family_tree(found: &Optimization, spans: Vec<Arc<Writer>>) -> (Vec<FamilyCandidate>, Vec<FamilyProposal>) {
    let mut candidates = candidates(found);
    // Programs that were only tried on a sample were not accepted.
    let tried: Vec<&Program> = found.programs.iter().flatten().collect();
    let is_over = found.run.status == RunStatus::Finished;
    let mut proposals = Vec::new();
    for span in spans.into_iter().filter(|span| span.kind != WriterKind::CallOfProposer) {
        let (Some(given), Some(text)) = (span.given_instruction(), span.proposed_instruction()) else { continue };
        let text = text.trim().to_owned();
        let parent = candidates.iter().position(|one| component_with(one, given).is_some());
        let component = parent.and_then(|parent| component_with(&candidates[parent], given)).map(str::to_owned);
        let child = candidates.iter().position(|one| {
            let is_here = |(path, own): &(String, String)| {
                own.trim() == text && component.as_ref().is_none_or(|component| component == path)
            };
            Some(one.index) != parent && one.instructions.iter().any(is_here)
        });
        if let (Some(parent), Some(child)) = (parent, child)
            && child > parent
            && candidates[child].parents.is_empty()
        {
            candidates[child].parents = vec![parent];
            candidates[child].parents_inferred = true;
        }
        let was_tried = tried
            .iter()
            .any(|program| program.predictors.iter().any(|one| one.text().is_some_and(|own| own.trim() == text)));
        let status = match child {
            Some(_) => ProposalStatus::Accepted,
            None if was_tried || is_over => ProposalStatus::Rejected,
            None => ProposalStatus::Other(String::new()),
        };
        proposals.push(FamilyProposal {
            iteration: None,
            status,
            parents: parent.into_iter().collect(),
            candidate: child,
            before: None,
            after: None,
            texts: vec![(component, text)],
            writers: vec![Some(span)],
        });
    }
    (candidates, proposals)
}

/// The programs that were evaluated in full, in order of their first evaluation.
fn candidates(found: &Optimization) -> Vec<FamilyCandidate> {
    let is_full = |at: &usize| found.evaluations[*at].kind != EvaluationKind::Minibatch;
    let full = found.candidates.iter().filter(|one| one.evaluations.iter().any(is_full));
    let candidate = |(index, one): (usize, &crate::analysis::optimization::Candidate)| {
        let program = one.evaluations.iter().find_map(|at| found.programs[*at].as_ref());
        let predictors = program.map_or(&[][..], |program| &program.predictors);
        let instruction = |one: &Predictor| Some((one.path.clone(), one.text()?.to_owned()));
        let scores = one.evaluations.iter().filter(|at| is_full(at));
        FamilyCandidate {
            index,
            instructions: predictors.iter().filter_map(instruction).collect(),
            score: scores.filter_map(|at| found.evaluations[*at].score).find(|score| score.is_finite()),
            run_ids: one.evaluations.iter().map(|at| found.evaluations[*at].run_id.clone()).collect(),
            ..FamilyCandidate::default()
        }
    };
    full.enumerate().map(candidate).collect()
}

/// The component of a candidate whose instruction this is.
fn component_with<'a>(candidate: &'a FamilyCandidate, instruction: &str) -> Option<&'a str> {
    let own = candidate.instructions.iter().find(|(_, own)| own.trim() == instruction.trim());
    own.map(|(component, _)| &**component)
}
