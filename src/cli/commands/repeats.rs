//! Programs that were evaluated in full several times, in the terminal.

use serde::Serialize;

use crate::analysis::optimization::ProgramName;
use crate::cli::json::Real;
use crate::model::StateHash;
use crate::query::{Optimization, Repeats};

#[derive(Serialize)]
pub(super) struct RepeatsJson<'a> {
    program: String,
    state_hash: Option<&'a str>,
    run_ids: Vec<&'a str>,
    n: Option<u64>,
    low: Real,
    high: Real,
    /// Of those whose score is always the same: so many answers of the later evaluations are known to be from a model
    /// or likely from a cache, and so many of these are from a cache.
    answers: Option<AnswersJson>,
    text: String,
}

#[derive(Serialize)]
struct AnswersJson {
    told: u64,
    cached: u64,
}

impl<'a> RepeatsJson<'a> {
    pub(super) fn new(found: &'a Optimization, one: &Repeats) -> Self {
        let program = ProgramName::at(one.candidate).to_string();
        let runs = one.evaluations.iter().filter_map(|at| found.evaluations.get(*at));
        Self {
            state_hash: found
                .candidates
                .get(one.candidate)
                .and_then(|one| one.state_hash.as_ref())
                .map(StateHash::as_str),
            run_ids: runs.map(|one| one.run_id.as_str()).collect(),
            n: one.n,
            low: Real(one.low),
            high: Real(one.high),
            answers: one.answers.map(|answers| AnswersJson { told: answers.told, cached: answers.cached }),
            text: one.words(&program),
            program,
        }
    }
}
