//! What the programs of an optimization are called: the one name and the one colour that a program has wherever it
//! is spoken of.

use std::collections::{HashMap, HashSet};
use std::fmt;

use super::candidates::{Candidate, Seed, Winner};
use super::evaluations::Evaluation;
use crate::model::RunId;

/// The name of a program within its optimization: `C1`, `C2`, … in the order of first evaluation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ProgramName {
    /// Its place in the order of first evaluation, from 0. It is the place of its colour, too.
    pub place: usize,
    /// It is the program that the optimization was given; `None` where that is not known of any.
    pub is_seed: Option<bool>,
    /// It is the one that was given back, or the best.
    pub rank: Option<ProgramRank>,
}

/// Why a program leads its optimization.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ProgramRank {
    /// Its state is that of the `best_model.json` of the finished optimization.
    Winner,
    /// Nothing tells what was given back; no full evaluation is better than its best one.
    Best,
}

impl ProgramRank {
    /// A word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Winner => "winner",
            Self::Best => "best, inferred",
        }
    }

    /// Why.
    pub fn reason(self) -> &'static str {
        match self {
            Self::Winner => "Its state is that of best_model.json of the finished optimization",
            Self::Best => {
                "Inferred: the best full evaluation; no best_model.json of a finished optimization names the winner"
            }
        }
    }
}

/// `C4`.
impl fmt::Display for ProgramName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "C{}", self.place + 1)
    }
}

impl ProgramName {
    /// A name of which nothing else is known.
    pub fn at(place: usize) -> Self {
        Self { place, is_seed: None, rank: None }
    }

    /// Its number, from 1.
    pub fn number(&self) -> usize {
        self.place + 1
    }

    /// The word behind it, if it is the seed.
    pub fn seed_word(&self) -> Option<&'static str> {
        (self.is_seed == Some(true)).then_some("seed")
    }

    /// `C4 ★`, `C1 seed`, `C1 ★ seed`: the name as it stands where nothing else says what the program is.
    pub fn marked(&self) -> String {
        let star = self.rank.map(|_| "★");
        let words = [Some(self.to_string()), star.map(str::to_owned), self.seed_word().map(str::to_owned)];
        words.into_iter().flatten().collect::<Vec<_>>().join(" ")
    }

    /// `C4, winner`, for those who do not see the star.
    pub fn spoken(&self) -> String {
        let words = [Some(self.to_string()), self.rank.map(|rank| rank.word().to_owned())];
        let seed = self.seed_word().map(str::to_owned);
        words.into_iter().flatten().chain(seed).collect::<Vec<_>>().join(", ")
    }
}

/// The names of all programs of an optimization.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ProgramNames {
    names: Vec<ProgramName>,
    by_run: HashMap<RunId, usize>,
    first_runs: Vec<RunId>,
}

impl ProgramNames {
    /// The names of these candidates.
    pub fn new(
        candidates: &[Candidate],
        evaluations: &[Evaluation],
        seed: Option<&Seed>,
        winner: Option<&Winner>,
    ) -> Self {
        let runs = |one: &Candidate| -> Vec<&RunId> {
            one.evaluations.iter().filter_map(|at| evaluations.get(*at)).map(|one| &one.run_id).collect()
        };
        let [of_seed, of_winner] = [seed.map(|seed| &seed.run_ids), winner.map(|winner| &winner.run_ids)]
            .map(|runs| runs.map(|runs| runs.iter().collect::<HashSet<&RunId>>()));
        let mut by_run = HashMap::new();
        let mut first_runs = Vec::with_capacity(candidates.len());
        let name = |(place, one): (usize, &Candidate)| {
            let own = runs(one);
            let is_among = |runs: &HashSet<&RunId>| own.iter().any(|run| runs.contains(run));
            by_run.extend(own.iter().map(|run| ((*run).clone(), place)));
            first_runs.extend(own.first().map(|run| (*run).clone()));
            let is_ranked = of_winner.as_ref().is_some_and(is_among);
            let rank = winner.filter(|_| is_ranked);
            ProgramName {
                place,
                is_seed: of_seed.as_ref().map(is_among),
                rank: rank.map(|winner| if winner.inferred { ProgramRank::Best } else { ProgramRank::Winner }),
            }
        };
        let names = candidates.iter().enumerate().map(name).collect();
        Self { names, by_run, first_runs }
    }

    /// All of them, in order.
    pub fn all(&self) -> &[ProgramName] {
        &self.names
    }

    /// The name of the candidate at a place.
    pub fn at(&self, place: usize) -> Option<ProgramName> {
        self.names.get(place).copied()
    }

    /// The name of the program that a run evaluated.
    pub fn of_run(&self, run: &RunId) -> Option<ProgramName> {
        self.at(*self.by_run.get(run)?)
    }

    /// The name of the program that the first of these runs evaluated that evaluated any.
    pub fn of_any<'r>(&self, runs: impl IntoIterator<Item = &'r RunId>) -> Option<ProgramName> {
        runs.into_iter().find_map(|run| self.of_run(run))
    }

    /// The name of the winner, or of what is taken for it.
    pub fn winner(&self) -> Option<ProgramName> {
        self.names.iter().find(|name| name.rank.is_some()).copied()
    }

    /// The first evaluation of the program at a place.
    pub fn first_run(&self, place: usize) -> Option<&RunId> {
        self.first_runs.get(place)
    }

    /// About how many bytes it holds.
    pub fn bytes(&self) -> usize {
        self.by_run.keys().map(|run| 64 + run.as_str().len()).sum::<usize>() + self.names.len() * 32
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::optimization::test_facts::{facts, hash};
    use crate::analysis::optimization::{candidates, evaluations, winner};

    #[test]
    fn a_program_has_one_name_in_all_its_evaluations() {
        let facts = [
            facts("a", "eval_full_0", Some(50.0), Some(12), "s"),
            facts("b", "eval_minibatch_0", Some(80.0), Some(5), "t"),
            facts("c", "eval_full_1", Some(70.0), Some(12), "t"),
            facts("d", "eval_full_2", Some(60.0), Some(12), ""),
        ];
        let evaluations = evaluations(&facts, &[]);
        let found = candidates(&evaluations);
        let seed = Seed { run_ids: vec!["a".into()], state_hash: Some(hash("s")) };
        let won = winner(&evaluations, Some(&hash("t")));
        let names = ProgramNames::new(&found, &evaluations, Some(&seed), won.as_ref());
        let of = |run: &str| names.of_run(&run.into()).map(|name| name.marked());
        let told = ["a", "b", "c", "d", "elsewhere"].map(of);
        assert_eq!(told.map(Option::unwrap_or_default), ["C1 seed", "C2 ★", "C2 ★", "C3", ""]);
        assert_eq!(names.winner().map(|name| name.spoken()).as_deref(), Some("C2, winner"));
        assert_eq!(names.first_run(1).map(RunId::as_str), Some("b"));
        // Nothing is known of a seed, and the winner is inferred.
        let names = ProgramNames::new(&found, &evaluations, None, winner(&evaluations, None).as_ref());
        let first = names.at(0).expect("a name");
        assert_eq!((first.is_seed, first.marked().as_str()), (None, "C1"));
        assert_eq!(names.winner().map(|name| name.spoken()).as_deref(), Some("C2, best, inferred"));
    }
}
