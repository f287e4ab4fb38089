//! Programs of an optimization that nothing but their order tells apart: they have the score of the winner.

use super::candidates::Candidate;
use super::program_names::{ProgramName, ProgramNames, ProgramRank};
use crate::words;

/// So many parts of a list of names are written.
const PARTS: usize = 6;

/// Several programs whose best full evaluations have the same score, one of them the winner.
#[derive(Clone, Debug, PartialEq)]
pub struct Tie {
    /// The places of the programs in the order of first evaluation, the winner's among them; two at least.
    pub places: Vec<usize>,
    /// Their score.
    pub score: f64,
    /// The one that was kept.
    pub winner: ProgramName,
}

impl Tie {
    /// The tie that the winner is part of; `None` if it stands alone, or has no score.
    pub fn of(names: &ProgramNames, candidates: &[Candidate]) -> Option<Self> {
        Self::with(names.winner()?, candidates)
    }

    fn with(winner: ProgramName, candidates: &[Candidate]) -> Option<Self> {
        let best = |one: &Candidate| one.full_range.map(|(_, high)| high);
        let score = candidates.get(winner.place).and_then(best)?;
        let is_equal = |(place, one): (usize, &Candidate)| (best(one) == Some(score)).then_some(place);
        let places: Vec<usize> = candidates.iter().enumerate().filter_map(is_equal).collect();
        (places.len() > 1).then_some(Self { places, score, winner })
    }

    /// `C2 to C6 all at 50, the first was kept`
    pub fn words(&self) -> String {
        let all = if self.places.len() == 2 { "both" } else { "all" };
        let is_first = self.places.first() == Some(&self.winner.place);
        let kept = match (self.winner.rank, is_first) {
            (Some(ProgramRank::Best), _) => "the first is taken for the best".to_owned(),
            (_, true) => "the first was kept".to_owned(),
            (_, false) => format!("{} was kept", self.winner),
        };
        format!("{} {all} at {}, {kept}", listed(&self.places), words::value(self.score))
    }
}

/// `C2 to C6`, `C1, C4 and C6`: names in order, three and more that follow each other as a range.
fn listed(places: &[usize]) -> String {
    let mut parts: Vec<(String, usize)> = Vec::new();
    for run in places.chunk_by(|a, b| a + 1 == *b) {
        match run {
            [first, _, .., last] => {
                parts.push((format!("{} to {}", ProgramName::at(*first), ProgramName::at(*last)), run.len()));
            }
            _ => parts.extend(run.iter().map(|place| (ProgramName::at(*place).to_string(), 1))),
        }
    }
    if parts.len() > PARTS {
        let more: usize = parts.split_off(PARTS - 1).iter().map(|(_, programs)| programs).sum();
        parts.push((format!("{} more", words::count(more as u64)), more));
    }
    let last = parts.pop().map(|(text, _)| text).unwrap_or_default();
    match parts.is_empty() {
        true => last,
        false => format!("{} and {last}", parts.into_iter().map(|(text, _)| text).collect::<Vec<_>>().join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(scores: &[Option<f64>], winner: usize, rank: ProgramRank) -> Option<String> {
        let candidate = |score: &Option<f64>| Candidate {
            state_hash: None,
            evaluations: vec![0],
            full_range: score.map(|score| (score, score)),
        };
        let candidates: Vec<Candidate> = scores.iter().map(candidate).collect();
        let winner = ProgramName { place: winner, is_seed: None, rank: Some(rank) };
        Tie::with(winner, &candidates).map(|tie| tie.words())
    }

    #[test]
    fn who_ties_with_the_winner_is_named() {
        let (won, best) = (ProgramRank::Winner, ProgramRank::Best);
        let five = [25.0, 50.0, 50.0, 50.0, 50.0, 50.0].map(Some);
        assert_eq!(told(&five, 1, won).as_deref(), Some("C2 to C6 all at 50, the first was kept"));
        let two = [50.0, 75.0, 60.0, 83.33, 0.0, 83.33].map(Some);
        assert_eq!(told(&two, 3, won).as_deref(), Some("C4 and C6 both at 83.33, the first was kept"));
        assert_eq!(told(&two, 5, won).as_deref(), Some("C4 and C6 both at 83.33, C6 was kept"));
        assert_eq!(told(&two, 3, best).as_deref(), Some("C4 and C6 both at 83.33, the first is taken for the best"));
        let gap = [Some(1.0), None, Some(1.0), Some(1.0), Some(1.0), Some(0.0), Some(1.0)];
        assert_eq!(told(&gap, 0, won).as_deref(), Some("C1, C3 to C5 and C7 all at 1, the first was kept"));
        // Who wins alone, below others or without a score ties with nobody.
        assert_eq!([told(&two, 1, won), told(&gap, 1, won), told(&[], 0, won)], [None, None, None]);
    }

    #[test]
    fn a_long_list_ends_with_a_number() {
        let every_other: Vec<usize> = (0..20).map(|place| place * 2).collect();
        assert_eq!(listed(&every_other), "C1, C3, C5, C7, C9 and 15 more");
        assert_eq!(listed(&[0, 1]), "C1 and C2");
    }
}
