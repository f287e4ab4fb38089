//! How many runs and traces experiments have. No MLflow tells it, and reading them all to count them takes seconds: it
//! is found by looking whether there is one behind so many others, for all experiments at once.

use std::collections::HashMap;
use std::sync::{MutexGuard, PoisonError};

use serde_json::json;

use super::client::Answer;
use super::fields::list;
use super::lists::SEARCH_RUNS;
use super::places::token_at;
use super::together::together;
use super::trace_lists::TraceSearch;
use super::{Shared, lists};
use crate::model::{ExperimentCounts, ExperimentId, Json};
use crate::store::{ReadCx, Result, RunQuery, RunScope, Trail};

/// Looks at the same time for each count.
const LOOKS: u64 = 4;

/// Requests at the same time: some are left to whoever looks at a page.
const AT_ONCE: usize = lists::AT_ONCE / 2;

/// So often it is looked at most: a server that answers anything at all is left.
const ROUNDS: usize = 40;

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Runs that are not deleted.
    Runs,
    /// Traces.
    Traces,
}

/// The numbers that were found last, where it is looked first the next time.
pub type KnownCounts = HashMap<(Kind, ExperimentId), u64>;

/// What is counted where.
#[derive(Debug)]
struct Counter {
    kind: Kind,
    experiment: ExperimentId,
    number: Number,
}

/// What is known of a number.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Number {
    at_least: u64,
    at_most: Option<u64>,
    /// What it was before.
    before: Option<u64>,
    /// The server does not tell what stands behind others.
    is_unknown: bool,
}

impl Number {
    fn is_done(&self) -> bool {
        self.is_unknown || self.at_most.is_some_and(|most| self.at_least >= most)
    }

    /// Behind how many others it is looked for one next.
    fn looks(&self) -> Vec<u64> {
        let (from, ways) = (self.at_least, 0..LOOKS);
        let mut looks: Vec<u64> = match self.at_most {
            _ if self.is_new() && self.before.is_some() => {
                let before = self.before.unwrap_or_default();
                vec![before.saturating_sub(1), before]
            }
            Some(most) => {
                let between = most.saturating_sub(from);
                ways.map(|way| from.saturating_add(between.saturating_mul(way) / (LOOKS + 1))).collect()
            }
            // A few more than before: 0, 9, 99, 999 more.
            None if self.before.is_some() => {
                ways.map(|way| from.saturating_add(10_u64.saturating_pow(way as u32) - 1)).collect()
            }
            // Ten times as many each time: 0, 9, 99, 999; 9,999, …
            None => {
                let begin = from.saturating_mul(10).max(1);
                ways.map(|way| begin.saturating_mul(10_u64.saturating_pow(way as u32)).saturating_sub(1)).collect()
            }
        };
        looks.dedup();
        looks
    }

    /// Nobody looked yet.
    fn is_new(&self) -> bool {
        self.at_least == 0 && self.at_most.is_none()
    }

    /// The number, once it is known.
    fn told(&self) -> Option<u64> {
        (self.is_done() && !self.is_unknown).then_some(self.at_least)
    }

    fn learn(&mut self, behind: u64, is_there: Option<bool>) {
        match is_there {
            Some(true) => self.at_least = self.at_least.max(behind.saturating_add(1)),
            Some(false) => self.at_most = Some(self.at_most.map_or(behind, |most| most.min(behind))),
            None => self.is_unknown = true,
        }
    }
}

impl Shared {
    /// See [`crate::store::Store::experiment_counts`].
    pub fn experiment_counts(&self, cx: &ReadCx) -> Result<Vec<(ExperimentId, ExperimentCounts)>> {
        let experiments: Vec<ExperimentId> = self.experiments(cx, true)?.into_iter().map(|one| one.id).collect();
        let known = self.known_counts().clone();
        let both = |id: &ExperimentId| {
            [Kind::Runs, Kind::Traces].map(|kind| {
                let before = known.get(&(kind, id.clone())).copied();
                Counter { kind, experiment: id.clone(), number: Number { before, ..Number::default() } }
            })
        };
        let mut counters: Vec<Counter> = experiments.iter().flat_map(both).collect();
        for _ in 0..ROUNDS {
            cx.check()?;
            let looks: Vec<(usize, u64)> = counters
                .iter()
                .enumerate()
                .filter(|(_, counter)| !counter.number.is_done())
                .flat_map(|(at, counter)| counter.number.looks().into_iter().map(move |behind| (at, behind)))
                .collect();
            if looks.is_empty() {
                break;
            }
            let seen: Vec<((usize, u64), Option<bool>)> = {
                let of = |cx: &ReadCx, (at, behind): &(usize, u64)| match counters.get(*at) {
                    Some(counter) => self.is_there(cx, counter, *behind),
                    None => Ok(None),
                };
                let mut seen = Vec::with_capacity(looks.len());
                for some in looks.chunks(AT_ONCE) {
                    seen.extend(some.iter().copied().zip(together(cx, some, of)?));
                }
                seen
            };
            for ((at, behind), is_there) in seen {
                counters.get_mut(at).into_iter().for_each(|counter| counter.number.learn(behind, is_there));
            }
        }
        let found = counters.iter().filter_map(|one| Some(((one.kind, one.experiment.clone()), one.number.told()?)));
        self.known_counts().extend(found);
        let mut counts = Vec::with_capacity(experiments.len());
        for (id, pair) in experiments.into_iter().zip(counters.chunks(2)) {
            let told = |kind| pair.iter().find(|one| one.kind == kind).and_then(|one| one.number.told());
            let runs = match told(Kind::Runs) {
                Some(count) => count,
                None => self.counted_runs(cx, &id)?,
            };
            let traces = told(Kind::Traces);
            counts.push((id, ExperimentCounts { runs, traces }));
        }
        Ok(counts)
    }

    fn known_counts(&self) -> MutexGuard<'_, KnownCounts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many traces a search finds; `None` where the server does not tell.
    pub fn count(&self, cx: &ReadCx, search: &TraceSearch<'_>) -> Result<Option<u64>> {
        let mut number = Number::default();
        for _ in 0..ROUNDS {
            if number.is_done() {
                break;
            }
            let looks = number.looks();
            let seen = together(cx, &looks, |cx, behind| self.is_trace_there(cx, search, *behind))?;
            looks.into_iter().zip(seen).for_each(|(behind, is_there)| number.learn(behind, is_there));
        }
        Ok(number.told())
    }

    fn is_trace_there(&self, cx: &ReadCx, search: &TraceSearch<'_>, behind: u64) -> Result<Option<bool>> {
        let token = (behind > 0).then(|| token_at(behind));
        let page = self.search_traces(cx, &TraceSearch { limit: 1, token, ..search.clone() })?;
        Ok(page.refused.is_none().then_some(!page.infos.is_empty()))
    }

    /// Whether there is one behind so many others; `None` where the server does not take such a question.
    fn is_there(&self, cx: &ReadCx, counter: &Counter, behind: u64) -> Result<Option<bool>> {
        match counter.kind {
            Kind::Runs => {
                let token = (behind > 0).then(|| token_at(behind));
                let mut body = json!({"experiment_ids": [counter.experiment.as_str()], "run_view_type": "ACTIVE_ONLY",
                    "max_results": 1});
                if let (Some(token), Some(map)) = (token, body.as_object_mut()) {
                    map.insert("page_token".to_owned(), Json::from(token));
                }
                Ok(match self.client.search(cx, SEARCH_RUNS, &body)? {
                    Answer::Found(page) => Some(!list(page.as_stored_for_structure(), "runs").is_empty()),
                    Answer::Absent | Answer::NoEndpoint => Some(false),
                    Answer::Rejected(_) => None,
                })
            }
            Kind::Traces => {
                let experiments = vec![counter.experiment.as_str()];
                self.is_trace_there(cx, &TraceSearch { experiments, ..TraceSearch::default() }, behind)
            }
        }
    }

    /// The runs of an experiment, counted one by one.
    fn counted_runs(&self, cx: &ReadCx, experiment: &ExperimentId) -> Result<u64> {
        let mut query = RunQuery::new(RunScope::Experiment(experiment.clone()));
        let mut trail = Trail::default();
        let mut count = 0;
        loop {
            let page = self.run_row_page(cx, &query)?;
            count += page.rows.len() as u64;
            query.cursor = trail.follow(page.next.as_ref());
            if query.cursor.is_none() {
                return Ok(count);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_number_is_found_in_few_rounds() {
        for (number, most) in [(0, 1), (1, 2), (7, 4), (99, 6), (100, 3), (2_211, 9), (100_000, 12), (7_654_321, 16)] {
            let mut counter = Number::default();
            let mut rounds = 0;
            while !counter.is_done() {
                rounds += 1;
                assert!(rounds <= ROUNDS, "{number}: {counter:?}");
                for behind in counter.looks() {
                    counter.learn(behind, Some(behind < number));
                }
            }
            assert_eq!(counter.told(), Some(number));
            assert!(rounds <= most, "{number}: {rounds} rounds");
        }
    }

    #[test]
    fn a_number_that_was_found_is_looked_for_where_it_was() {
        for (before, number, most) in [(0, 0, 2), (7, 7, 2), (100_000, 100_000, 2), (100_000, 100_007, 14), (9, 0, 12)]
        {
            let mut counter = Number { before: Some(before), ..Number::default() };
            let mut looks = 0;
            while !counter.is_done() {
                for behind in counter.looks() {
                    looks += 1;
                    counter.learn(behind, Some(behind < number));
                }
                assert!(looks <= most, "{before}, then {number}: {counter:?}");
            }
            assert_eq!(counter.told(), Some(number));
        }
    }
}
