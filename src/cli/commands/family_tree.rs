//! `dspyglass family-tree`

use serde::{Serialize, Serializer};

use super::{Answer, family_tree_text};
use crate::analysis::family_tree::{FamilyCandidate, FamilyProposal};
use crate::cli::args::FamilyTreeArgs;
use crate::cli::failure::Failure;
use crate::cli::json::{self, Real, Warnings, known};
use crate::model::RunId;
use crate::query::family_tree::FamilyTreeSource;
use crate::query::{FamilyTree, FamilyTreeOf};

#[derive(Serialize)]
struct Document<'a> {
    run_id: &'a str,
    source: &'static str,
    candidates: Vec<CandidateJson<'a>>,
    proposals: Vec<ProposalJson<'a>>,
    traces: u64,
    complete: bool,
    #[serde(skip_serializing_if = "Warnings::is_empty")]
    warnings: Warnings,
}

#[derive(Serialize)]
struct CandidateJson<'a> {
    candidate: usize,
    /// `C4`, the name of its program in the optimization; null if no evaluation of it is recorded.
    program: Option<String>,
    /// The score on the scale of `eval`.
    eval: Option<Real>,
    parents: &'a [usize],
    parents_inferred: bool,
    score: Option<Real>,
    run_ids: Vec<&'a str>,
    instructions: Vec<TextJson<'a>>,
    scores: Option<Scores<'a>>,
    front: Option<Vec<&'a str>>,
}

#[derive(Serialize)]
struct TextJson<'a> {
    component: &'a str,
    text: &'a str,
}

/// Scores by the id of their validation example.
struct Scores<'a>(&'a [(String, f64)]);

impl Serialize for Scores<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(id, score)| (id, Real(*score))))
    }
}

#[derive(Serialize)]
struct ProposalJson<'a> {
    iteration: Option<u64>,
    status: Option<&'a str>,
    parents: &'a [usize],
    candidate: Option<usize>,
    before: Option<Real>,
    after: Option<Real>,
    texts: Vec<ProposedJson<'a>>,
}

#[derive(Serialize)]
struct ProposedJson<'a> {
    component: Option<&'a str>,
    text: &'a str,
    trace_id: Option<&'a str>,
    span_id: Option<&'a str>,
}

pub(super) fn answer(args: &FamilyTreeArgs, answer: &mut Answer<'_>) -> Result<(), Failure> {
    let run = answer.run(&args.parent)?;
    let told = answer.session.ask(&FamilyTreeOf(run.id.clone()))?;
    let Some(told) = told.as_ref() else {
        return Err(Failure::Absent(format!("run {} has no family tree: it is no optimization by GEPA", run.id)));
    };
    if answer.is_json { print_json(told, answer) } else { family_tree_text::print(&run, told, answer) }
}

fn print_json(told: &FamilyTree, answer: &mut Answer<'_>) -> Result<(), Failure> {
    let is_told = told.source == FamilyTreeSource::Tables;
    let document = Document {
        run_id: told.parent.as_str(),
        source: if is_told { "tables" } else { "inferred" },
        candidates: told.candidates.iter().map(|one| candidate(told, one)).collect(),
        proposals: told.proposals.iter().map(proposal).collect(),
        traces: told.looked.traces,
        complete: told.looked.complete,
        warnings: answer.session.cx.take_warnings().into(),
    };
    json::write(&document, answer.out)
}

/// A candidate; what only tables tell is unknown without them.
fn candidate<'a>(told: &FamilyTree, one: &'a FamilyCandidate) -> CandidateJson<'a> {
    let is_told = told.source == FamilyTreeSource::Tables;
    CandidateJson {
        candidate: one.index,
        program: told.program_of(one).map(|name| name.to_string()),
        eval: told.score_of(one).map(Real),
        parents: &one.parents,
        parents_inferred: one.parents_inferred,
        score: one.score.map(Real),
        run_ids: one.run_ids.iter().map(RunId::as_str).collect(),
        instructions: one.instructions.iter().map(|(component, text)| TextJson { component, text }).collect(),
        scores: (!one.scores.is_empty()).then_some(Scores(&one.scores)),
        front: is_told.then(|| one.front.iter().map(|id| &**id).collect()),
    }
}

fn proposal(one: &FamilyProposal) -> ProposalJson<'_> {
    let texts = one.texts.iter().enumerate().map(|(at, (component, text))| {
        let writer = one.writers.get(at).and_then(Option::as_ref);
        ProposedJson {
            component: component.as_deref(),
            text,
            trace_id: writer.map(|writer| writer.trace.as_str()),
            span_id: writer.map(|writer| &*writer.span_id),
        }
    });
    ProposalJson {
        iteration: one.iteration,
        status: known(one.status.as_str()),
        parents: &one.parents,
        candidate: one.candidate,
        before: one.before.map(Real),
        after: one.after.map(Real),
        texts: texts.collect(),
    }
}
