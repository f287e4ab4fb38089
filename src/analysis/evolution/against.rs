//! With which state each state of an evolution is compared.

use std::fmt;
use std::str::FromStr;

use crate::analysis::optimization::Optimizer;

/// With which state each state is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Against {
    /// The one before it whose instructions are known.
    Previous,
    /// The program that the optimization was given.
    Seed,
    /// The one that its proposer was shown.
    Parent,
    /// The program that the optimization gave back.
    Winner,
}

impl Against {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Previous, Self::Seed, Self::Parent, Self::Winner];

    /// One word, for addresses, settings and scripts.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Previous => "previous",
            Self::Seed => "seed",
            Self::Parent => "parent",
            Self::Winner => "winner",
        }
    }

    /// What fits how an optimizer works (DSPy 2.6 – 3.4): GEPA breeds each candidate from another one; others make
    /// theirs independently of each other, from the program that they were given; BetterTogether runs one optimizer
    /// after another. Of these the first that is `known`.
    pub fn fitting(optimizer: Option<Optimizer>, known: &[Self]) -> Self {
        let wanted: &[Self] = match optimizer {
            Some(Optimizer::Gepa) => &[Self::Parent, Self::Seed],
            None | Some(Optimizer::BetterTogether) => &[],
            Some(_) => &[Self::Seed],
        };
        wanted.iter().copied().find(|one| known.contains(one)).unwrap_or(Self::Previous)
    }
}

impl fmt::Display for Against {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// It is none of the four words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownAgainst;

impl fmt::Display for UnknownAgainst {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = Against::ALL.map(Against::as_str);
        write!(f, "expected one of {}", words.join(", "))
    }
}

impl std::error::Error for UnknownAgainst {}

impl FromStr for Against {
    type Err = UnknownAgainst;

    fn from_str(text: &str) -> Result<Self, UnknownAgainst> {
        Self::ALL.into_iter().find(|one| one.as_str() == text).ok_or(UnknownAgainst)
    }
}

/// The states of an optimization that others can be compared with, by their places among the candidates.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Relatives {
    /// The program that it was given, if that is known.
    pub seed: Option<usize>,
    /// The program that it gave back, if that is known.
    pub winner: Option<usize>,
    /// Whom each state was bred from, as far as that is known; two for a merged one.
    pub parents: Vec<Vec<usize>>,
}

impl Relatives {
    /// What the states can be compared with.
    pub fn known(&self) -> Vec<Against> {
        let is_known = |one: &Against| match one {
            Against::Previous => true,
            Against::Seed => self.seed.is_some(),
            Against::Parent => self.parents.iter().any(|parents| !parents.is_empty()),
            Against::Winner => self.winner.is_some(),
        };
        Against::ALL.into_iter().filter(is_known).collect()
    }

    /// The places that the state at a place may be compared with, the first of which has what is looked for.
    pub fn of(&self, against: Against, at: usize) -> impl Iterator<Item = usize> + '_ {
        let (before, others) = match against {
            Against::Previous => (at, &[][..]),
            Against::Seed => (0, self.seed.as_slice()),
            Against::Parent => (0, self.parents.get(at).map_or(&[][..], Vec::as_slice)),
            Against::Winner => (0, self.winner.as_slice()),
        };
        (0..before).rev().chain(others.iter().copied()).filter(move |other| *other != at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fits_an_optimizer_is_taken_if_it_is_known() {
        let fitting = |optimizer, relatives: &Relatives| Against::fitting(optimizer, &relatives.known());
        let mut relatives = Relatives { seed: Some(0), winner: Some(2), parents: vec![vec![], vec![0]] };
        for independent in [Optimizer::MiproV2, Optimizer::Copro, Optimizer::InferRules] {
            assert_eq!(fitting(Some(independent), &relatives), Against::Seed);
        }
        assert_eq!(fitting(Some(Optimizer::Gepa), &relatives), Against::Parent);
        assert_eq!(fitting(Some(Optimizer::BetterTogether), &relatives), Against::Previous);
        assert_eq!(fitting(None, &relatives), Against::Previous);
        relatives.parents.clear();
        assert_eq!(fitting(Some(Optimizer::Gepa), &relatives), Against::Seed);
        relatives.seed = None;
        assert_eq!(fitting(Some(Optimizer::MiproV2), &relatives), Against::Previous);
        assert_eq!(relatives.known(), [Against::Previous, Against::Winner]);
    }

    #[test]
    fn words_are_read_as_they_are_written() {
        for one in Against::ALL {
            assert_eq!(one.to_string().parse(), Ok(one));
        }
        assert_eq!("Seed".parse::<Against>(), Err(UnknownAgainst));
    }
}
