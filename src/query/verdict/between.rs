//! Two evaluations against each other: whether one is better by more than luck, whatever they are evaluations of.

use crate::analysis::result_table::RightRule;
use crate::analysis::score_unit::unit;
use crate::analysis::statistics::{Comparison, Confidence, compare_paired};

/// Pairs of scores of the same examples, tested: the one way to a verdict.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::query) struct Compared {
    pub comparison: Comparison,
    /// Wrong before, right after.
    pub fixed: usize,
    /// Right before, wrong after.
    pub broken: usize,
}

impl Compared {
    /// Tests pairs of scores before and after; `None` without pairs.
    pub fn of(pairs: &[(f64, f64)], rule: RightRule) -> Option<Self> {
        let turned = |was_right: bool| {
            pairs.iter().filter(|(a, b)| rule.is_right(*a) == was_right && rule.is_right(*b) != was_right).count()
        };
        let comparison = compare_paired(pairs, Confidence::USUAL)?;
        Some(Self { comparison, fixed: turned(false), broken: turned(true) })
    }
}

/// One evaluation against another on the examples that both scored.
#[derive(Clone, Debug, PartialEq)]
pub struct Between {
    /// The examples, in their own unit.
    pub comparison: Comparison,
    /// One point of an example on the scale of the scores that were logged, 100 or 1; `None` where that is not known, so
    /// that differences are those of examples.
    pub unit: Option<f64>,
    /// From which score on an example is right: of the scores of these two evaluations.
    pub rule: RightRule,
    /// Wrong in the first, right in the second.
    pub fixed: usize,
    /// Right in the first, wrong in the second.
    pub broken: usize,
}

impl Between {
    /// Of pairs of scores; `scored` are the scores that were logged with the means of all their examples, where known.
    pub(in crate::query) fn of(pairs: &[(f64, f64)], rule: RightRule, scored: [Option<(f64, f64)>; 2]) -> Option<Self> {
        let Compared { comparison, fixed, broken } = Compared::of(pairs, rule)?;
        let unit = scored[0].zip(scored[1]).and_then(|(before, after)| unit(&[before, after]));
        Some(Self { comparison, unit, rule, fixed, broken })
    }

    /// What a point of an example is in figures: that of the logged scores, else its own.
    pub fn shown_unit(&self) -> f64 {
        self.unit.unwrap_or(1.0)
    }
}
