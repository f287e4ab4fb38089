//! Where a program stands in the family trees of GEPA.

use super::run_ref::RunRef;
use crate::analysis::family_tree::FamilyCandidate;
use crate::analysis::optimization::{Optimizer, ProgramName};
use crate::model::{RunId, StateHash};
use crate::query::Optimization;
use crate::query::ask::Session;
use crate::query::family_tree::{FamilyTreeOf, FamilyTreeSource};
use crate::store::Result;

/// The place of a program in GEPA's family tree.
#[derive(Clone, Debug, PartialEq)]
pub struct Family {
    /// The optimization.
    pub parent: RunRef,
    /// Its number there.
    pub index: usize,
    /// What the optimization calls it.
    pub program: Option<ProgramName>,
    /// Whom it was bred from.
    pub parents: Vec<Relative>,
    /// Whom it bore.
    pub children: Vec<Relative>,
    /// GEPA's tables do not tell, but its prompts do.
    pub is_inferred: bool,
}

/// Another candidate of GEPA's.
#[derive(Clone, Debug, PartialEq)]
pub struct Relative {
    /// Its number.
    pub index: usize,
    /// What the optimization calls its program.
    pub program: Option<ProgramName>,
    /// Which program it is, if an evaluation tells.
    pub hash: Option<StateHash>,
    /// Its score in the family tree.
    pub score: Option<f64>,
}

/// The places of a program in the family trees of these optimizations.
pub(super) fn families(session: &mut Session<'_>, hash: &StateHash, found: &[&Optimization]) -> Result<Vec<Family>> {
    let mut families = Vec::new();
    for one in found.iter().filter(|one| one.optimizer.name == Some(Optimizer::Gepa)) {
        session.cx.check()?;
        let told = session.ask(&FamilyTreeOf(one.run.id.clone()))?;
        let Some(family_tree) = told.as_ref() else { continue };
        let hash_of = |runs: &[RunId]| {
            let evaluation = one.evaluations.iter().find(|evaluation| runs.contains(&evaluation.run_id))?;
            evaluation.state_hash.clone()
        };
        let hashes: Vec<Option<StateHash>> =
            family_tree.candidates.iter().map(|candidate| hash_of(&candidate.run_ids)).collect();
        let Some(at) = hashes.iter().position(|own| own.as_ref() == Some(hash)) else { continue };
        let own = &family_tree.candidates[at];
        let relatives = |is_one: &dyn Fn(usize, &[usize]) -> bool| -> Vec<Relative> {
            let others = family_tree.candidates.iter().zip(&hashes);
            let others = others.filter(|(candidate, _)| is_one(candidate.index, &candidate.parents));
            let relative = |(candidate, hash): (&FamilyCandidate, &Option<StateHash>)| {
                let program = family_tree.program_of(candidate);
                Relative { index: candidate.index, program, hash: hash.clone(), score: candidate.score }
            };
            others.map(relative).collect()
        };
        families.push(Family {
            parent: RunRef::of(&one.run),
            index: own.index,
            program: family_tree.program_of(own),
            parents: relatives(&|index, _| own.parents.contains(&index)),
            children: relatives(&|_, parents| parents.contains(&own.index)),
            is_inferred: family_tree.source == FamilyTreeSource::Inferred,
        });
    }
    Ok(families)
}
