//! Which examples of a comparison are listed.

use std::fmt;
use std::str::FromStr;

/// What became of an example from one run to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// Wrong, then right.
    Fixed,
    /// Right, then wrong.
    Broken,
    /// Wrong in both.
    StillWrong,
    /// Right in both.
    StillRight,
}

impl Outcome {
    /// All of them, those that changed first.
    pub const ALL: [Self; 4] = [Self::Fixed, Self::Broken, Self::StillWrong, Self::StillRight];

    /// What it is called on screen.
    pub fn title(self) -> &'static str {
        match self {
            Self::Fixed => "Fixed",
            Self::Broken => "Broken",
            Self::StillWrong => "Still wrong",
            Self::StillRight => "Still right",
        }
    }

    /// What it is called in an address.
    fn name(self) -> &'static str {
        match self {
            Self::Fixed => "fixed",
            Self::Broken => "broken",
            Self::StillWrong => "wrong",
            Self::StillRight => "right",
        }
    }

    /// Whether it is the same in both runs.
    pub fn is_unchanged(self) -> bool {
        matches!(self, Self::StillWrong | Self::StillRight)
    }

    fn bit(self) -> u8 {
        match self {
            Self::Fixed => 1,
            Self::Broken => 2,
            Self::StillWrong => 4,
            Self::StillRight => 8,
        }
    }
}

/// Outcomes whose examples are listed, at least one: at first, those that changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Outcomes(u8);

impl Default for Outcomes {
    fn default() -> Self {
        Self(Outcome::Fixed.bit() | Outcome::Broken.bit())
    }
}

impl Outcomes {
    /// One alone.
    pub fn only(outcome: Outcome) -> Self {
        Self(outcome.bit())
    }

    /// Whether examples of this outcome are listed.
    pub fn has(self, outcome: Outcome) -> bool {
        self.0 & outcome.bit() != 0
    }

    /// With one more, or without it; what is left empty is as at first.
    pub fn toggled(self, outcome: Outcome) -> Self {
        match self.0 ^ outcome.bit() {
            0 => Self::default(),
            bits => Self(bits),
        }
    }

    /// Whether those are listed that are the same in both runs.
    pub fn has_unchanged(self) -> bool {
        Outcome::ALL.into_iter().any(|one| one.is_unchanged() && self.has(one))
    }
}

impl fmt::Display for Outcomes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = Outcome::ALL.into_iter().filter(|one| self.has(*one)).map(Outcome::name).collect();
        f.write_str(&names.join("."))
    }
}

/// No outcome is called so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoOutcome;

impl FromStr for Outcomes {
    type Err = NoOutcome;

    fn from_str(text: &str) -> Result<Self, NoOutcome> {
        let bit = |name: &str| Outcome::ALL.into_iter().find(|one| one.name() == name).map(Outcome::bit);
        let bits = text.split('.').map(|name| bit(name).ok_or(NoOutcome)).collect::<Result<Vec<u8>, NoOutcome>>()?;
        Ok(Self(bits.into_iter().fold(0, |all, bit| all | bit)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_are_read_as_they_are_written() {
        assert_eq!(Outcomes::default().to_string(), "fixed.broken");
        for bits in 1..16 {
            let all = Outcomes(bits);
            assert_eq!(all.to_string().parse(), Ok(all));
        }
        assert_eq!("fixed.mended".parse::<Outcomes>(), Err(NoOutcome));
        assert_eq!("".parse::<Outcomes>(), Err(NoOutcome));
    }

    #[test]
    fn at_least_one_is_listed() {
        let only = Outcomes::only(Outcome::Broken);
        assert!(!only.has(Outcome::Fixed) && !only.has_unchanged());
        assert_eq!(only.toggled(Outcome::Broken), Outcomes::default());
        assert!(only.toggled(Outcome::StillRight).has_unchanged());
    }
}
