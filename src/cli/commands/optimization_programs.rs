//! The programs of an optimization in the terminal, each by its name and what it is made of.

use serde::Serialize;

use super::parts::PartJson;
use crate::analysis::optimization::Candidate;
use crate::analysis::parts::Parts;
use crate::cli::json::Real;
use crate::model::StateHash;
use crate::query::Optimization;

#[derive(Serialize)]
pub(super) struct ProgramJson<'a> {
    /// `C4`, as everywhere.
    program: String,
    state_hash: Option<&'a str>,
    run_ids: Vec<&'a str>,
    /// The best of its full evaluations.
    score: Option<Real>,
    seed: Option<bool>,
    winner: bool,
    /// On minibatches.
    minibatches: Option<MinibatchesJson>,
    /// Of MIPROv2: for each predictor its instruction and its demos.
    parts: Option<Vec<PartJson<'a>>>,
}

#[derive(Serialize)]
struct MinibatchesJson {
    /// Each counts once, as MIPROv2 ranks its candidates.
    mean: Real,
    count: usize,
}

pub(super) fn programs<'a>(found: &'a Optimization, parts: Option<&'a Parts>) -> Vec<ProgramJson<'a>> {
    let runs = |one: &Candidate| -> Vec<&'a str> {
        one.evaluations.iter().filter_map(|at| found.evaluations.get(*at)).map(|one| one.run_id.as_str()).collect()
    };
    let named = found.names.all().iter().zip(&found.candidates);
    named
        .map(|(name, one)| ProgramJson {
            program: name.to_string(),
            state_hash: one.state_hash.as_ref().map(StateHash::as_str),
            run_ids: runs(one),
            score: one.full_range.map(|(_, best)| Real(best)),
            seed: name.is_seed,
            winner: name.rank.is_some(),
            minibatches: minibatches(&found.minibatch_scores(&one.evaluations)),
            parts: PartJson::of(parts, name.place),
        })
        .collect()
}

fn minibatches(scores: &[f64]) -> Option<MinibatchesJson> {
    let count = scores.len();
    (count > 0).then(|| MinibatchesJson { mean: Real(scores.iter().sum::<f64>() / count as f64), count })
}
